"""What an examination of one cloud may use: its declaration, the identity that looks, pods, and the object store."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from govcloud.clouds.object_store import ObjectStore, StoreSession
from govcloud.clouds.request import Api
from govcloud.country import Country
from govcloud.examination.finding import Finding
from govcloud.examination.ground import Ground
from govcloud.examination.patience import Patience
from govcloud.examination.pods import Pods
from govcloud.model.cloud import Cloud
from govcloud_base.errors import Problem

__all__ = ["Examine", "Site", "StoreView"]


@dataclass(frozen=True)
class StoreView:
    """The object store as the platform reaches it."""

    at: ObjectStore
    session: StoreSession | None
    """Calls with the platform's key; None where this shell has none."""
    authority: str | Problem | None
    """Certificate (PEM) of the authority that workloads trust; None where every system does, or why it is not known."""


@dataclass(frozen=True)
class Site:
    """One cloud, and the means to look at it."""

    country: Country
    """The country as far as it lies on this cloud."""
    cloud: Cloud
    server: str
    """Address of the API server."""
    api: Api
    pods: Pods
    bodies: frozenset[str] = frozenset()
    """All tenants of the country by name, on whatever cloud."""
    store: StoreView | Problem | None = None
    """None where no tenant keeps buckets here; a problem where this shell does not know the store's address."""

    @property
    def ground(self) -> Ground:
        """The examination's own namespaces."""
        return self.pods.ground

    @property
    def patience(self) -> Patience:
        """How everything here waits."""
        return self.pods.ground.patience


Examine = Callable[[Site], Iterable[Finding]]
"""A subject: looks at one side of a site. Raises BlindError where it cannot look at all."""
