"""Who can do what with a bucket: computed from all policies, and then tried with the keys that are at hand.

What is tried leaves nothing: a writer begins an upload that is never finished, a remover removes what is not there. A
right to change the bucket itself is only computed, because trying it would change it.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any, Final

from govcloud.clouds.object_store import StoreSession
from govcloud.providers.storage.adapters import LiveIdentity
from govcloud.providers.storage.decision import RIGHTS, Decision, Document, Subject, decide
from govcloud.providers.storage.endpoint import AccessKey, client
from govcloud.providers.storage.settings import ACCESS_LIST, POLICY, found
from govcloud.providers.storage.store import Store
from govcloud.providers.storage.view import View
from govcloud_base.errors import Text

__all__ = ["TRIED", "Standing", "standings"]

TRIED: Final = ("list", "read", "write", "delete", "erase")
"""Rights that can be tried and leave no trace."""
_REFUSALS: Final = (401, 403)
_PROBE: Final = ".govcloud-audit/"
"""Keys under this prefix are no tenant's."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands to a bucket."""

    name: str
    """Name of the identity; empty for a reader without a key."""
    computed: Mapping[str, Decision]
    """By the name of each right."""
    tried: Mapping[str, bool]
    """What the store really let happen; rights that were not tried are not in it."""
    untried: Text | None = None
    """Why nothing was tried, where that is so."""

    @property
    def surprises(self) -> tuple[str, ...]:
        """Rights in which the store did otherwise than its policies say."""
        wanted = {Decision.ALLOWED: True, Decision.REFUSED: False}
        return tuple(right for right, did in self.tried.items() if wanted.get(self.computed[right], did) is not did)


def standings(store: Store, view: View, bucket: str, key_of: Callable[[str], AccessKey | None]) -> Iterator[Standing]:
    """Yield how everybody stands to a bucket: the reader without a key first, then each identity of the store.

    `key_of` finds the key of an identity where it is at hand. The provisioner's own is not shown, for its key makes and
    removes all of this. Raises CloudError where the store cannot be read.
    """
    with store.reported(Text(f"reading the rights on {bucket}", f"việc đọc quyền trên kho {bucket}")):
        document, access_list = _shared(found(store.s3, bucket, (POLICY.name, ACCESS_LIST.name)))
        listed: Any = store.s3.list_objects_v2(Bucket=bucket, MaxKeys=1)
        sample = next((row["Key"] for row in listed.get("Contents", ())), None)
    for subject, key in _everybody(store, view, key_of):
        computed = {right.name: decide(subject, right, bucket, document, access_list) for right in RIGHTS}
        if key is None and not subject.anonymous:
            yield Standing(
                subject.name, computed, {}, Text("its key is not at hand", "không có khóa của danh tính này")
            )
            continue
        with store.reported(Text(f"trying rights on {bucket}", f"việc thử quyền trên kho {bucket}")):
            tried = _tried(store, bucket, sample, key)
        yield Standing(subject.name, computed, tried)


def _everybody(
    store: Store, view: View, key_of: Callable[[str], AccessKey | None]
) -> Iterator[tuple[Subject, AccessKey | None]]:
    yield Subject(""), None
    for identity in view.identities:
        if identity.name != "anonymous" and not view.own(identity):
            yield _subject(store, identity), key_of(identity.name)


def _subject(store: Store, identity: LiveIdentity) -> Subject:
    if not identity.enabled:
        return Subject(identity.name, store.adapter.principal(identity.name))  # nothing that it has does anything
    documents = (*identity.others, *([identity.document] if identity.document else ()))
    return Subject(identity.name, store.adapter.principal(identity.name), documents, identity.actions)


def _shared(said: Mapping[str, Any]) -> tuple[Document, list[tuple[str, str]]]:
    """Return the bucket's own policy, and what its access list gives to others."""
    document, rows = said.get(POLICY.name), said.get(ACCESS_LIST.name, [])
    grants = [(str(row["grantee"]), str(row["may"])) for row in rows]
    return document if isinstance(document, Mapping) else {}, grants


def _tried(store: Store, bucket: str, sample: str | None, key: AccessKey | None) -> dict[str, bool]:
    """Return which of the rights the store grants to whoever has the key, or to somebody without one."""
    with closing(client(store.endpoint, key, unsigned=key is None, read_seconds=20)) as made:
        session = StoreSession(made)
        calls: dict[str, Callable[[], bool | None]] = {
            "list": lambda: _allowed(session, "list_objects_v2", Bucket=bucket, MaxKeys=1),
            "read": lambda: _allowed(session, "head_object", Bucket=bucket, Key=sample) if sample else None,
            "write": lambda: _begun(store, session, bucket),
            "delete": lambda: _removed(store, session, bucket),
            "erase": lambda: _allowed(
                session, "delete_object", Bucket=bucket, Key=_key(), VersionId="null", absent=(404,)
            ),
        }
        answers = {right: calls[right]() for right in TRIED}
    return {right: answer for right, answer in answers.items() if answer is not None}


def _allowed(session: StoreSession, operation: str, absent: tuple[int, ...] = (), **arguments: Any) -> bool | None:
    """Return whether a call is let through; None where the store refuses for another reason than a lack of rights."""
    answer, _ = session.call(operation, **arguments)
    if answer.ok or answer.status in absent:
        return True
    return False if answer.status in _REFUSALS else None


def _begun(store: Store, session: StoreSession, bucket: str) -> bool | None:
    """Begin an upload and break it off: nothing was ever stored, not even where what is stored stays locked."""
    answer, begun = session.call("create_multipart_upload", Bucket=bucket, Key=(key := _key()))
    if answer.ok:
        store.s3.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=begun["UploadId"])
        return True
    return False if answer.status in _REFUSALS else None


def _removed(store: Store, session: StoreSession, bucket: str) -> bool | None:
    """Remove what is not there; a marker that a store makes of it all the same is taken away."""
    answer, removed = session.call("delete_object", Bucket=bucket, Key=(key := _key()))
    if answer.ok:
        if removed.get("VersionId"):
            store.s3.delete_object(Bucket=bucket, Key=key, VersionId=removed["VersionId"])
        return True
    return False if answer.status in _REFUSALS else None


def _key() -> str:
    return f"{_PROBE}{secrets.token_hex(8)}"
