"""A store as its administrator sees it, read at once: every bucket's name, and everybody whom it lets in."""

from __future__ import annotations

from dataclasses import dataclass

from govcloud.providers.storage.adapters import LiveIdentity
from govcloud.providers.storage.store import Store
from govcloud_base.errors import Text

__all__ = ["View", "look"]


@dataclass(frozen=True, slots=True)
class View:
    """What is in a store."""

    buckets: frozenset[str]
    identities: tuple[LiveIdentity, ...]
    provisioner: str
    """Public half of the key with which it was looked."""
    administrator: str = ""
    """Public half of the key with which identities are administered, where that is another one."""

    def identity(self, name: str) -> LiveIdentity | None:
        """Return the identity of that name."""
        return next((identity for identity in self.identities if identity.name == name), None)

    def own(self, identity: LiveIdentity) -> bool:
        """Tell whether an identity is one of those with whose keys the store is provisioned and administered."""
        return not {self.provisioner, self.administrator}.isdisjoint(identity.access_keys)


def look(store: Store) -> View:
    """Read the store. Raises CloudError where it cannot be read: not being told is never taken for nothing there."""
    store.adapter.open()
    with store.reported(Text("listing the buckets", "việc liệt kê các kho")):
        names = frozenset(row["Name"] for row in store.s3.list_buckets().get("Buckets", []))
    key, other = store.endpoint.key, store.endpoint.administration.key
    return View(names, store.adapter.identities(), key.access if key else "", other.access if other else "")
