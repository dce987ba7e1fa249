"""Statements in the policy of a bucket: put there and taken away by several owners who do not overwrite one another."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Sequence
from typing import Any, Final

from govcloud.providers.storage import bucket, content_problems, problems, settings, statements, written_rights
from govcloud.providers.storage.settings import POLICY
from govcloud.providers.storage.statements import GrantSpec, Owner, PolicySpec
from govcloud.providers.storage.store import Store
from govcloud_base.errors import CloudError, Text

__all__ = [
    "apply",
    "apply_grant",
    "live",
    "live_grant",
    "remove",
    "remove_grant",
    "require",
    "right",
    "set_statements",
    "told_grant",
    "told_policy",
]

_TRIES: Final = 5
_PAUSE_SECONDS: Final = 0.2


def apply_grant(store: Store, spec: GrantSpec) -> bool:
    """Bring a grant to what is declared at this time; return whether it stands.

    Raises:
        CloudError: GC-STORE-011 no such bucket; -037 nobody of the grantee's name; -038 the bucket is not ours; -008
            the store did not keep the statements; -009 its bucket policies bind nobody.
    """
    active = spec.active(store.now())
    if active:
        require(store, spec.bucket, "grant")
        _somebody(store, spec.grantee)
    wanted = statements.of_grant(spec, store.adapter.principal(spec.grantee)) if active else []
    set_statements(store, spec.bucket, statements.grants(spec.name), wanted)
    return active


def live_grant(store: Store, spec: GrantSpec) -> tuple[bool, bool] | None:
    """Return whether a grant's statements are there, and whether they are word for word as declared; None where the
    bucket is gone."""
    found = live(store, spec.bucket, statements.grants(spec.name))
    if found is None:
        return None
    wanted = statements.of_grant(spec, store.adapter.principal(spec.grantee))
    return bool(found), statements.same(found, wanted)


def told_grant(store: Store, name: str, bucket_name: str) -> GrantSpec | None:
    """Return the grant of that name as the bucket's policy tells of it, without its last day, which stands nowhere.

    Raises CloudError, GC-STORE-049, where its statements are none that a grant makes.
    """
    found = live(store, bucket_name, statements.grants(name))
    if not found:
        return None
    spec = written_rights.grant_of(found, name, bucket_name, _identities(store))
    if spec is None:
        raise CloudError(content_problems.statements_strange(bucket_name, name))
    return spec


def told_policy(store: Store, bucket_name: str) -> PolicySpec | None:
    """Return the bucket's own policy as it stands. Raises CloudError, GC-STORE-049, where no declaration makes it."""
    found = live(store, bucket_name, statements.own_policy)
    if not found:
        return None
    spec = written_rights.policy_of(found, bucket_name, _identities(store))
    if spec is None:
        raise CloudError(content_problems.statements_strange(bucket_name, "BucketPolicy"))
    return spec


def remove_grant(store: Store, name: str, bucket_name: str) -> None:
    """Take a grant back; no error where it, or the bucket, is gone already."""
    if store.exists(bucket_name):
        set_statements(store, bucket_name, statements.grants(name), [])


def apply(store: Store, spec: PolicySpec) -> None:
    """Bring a bucket's own policy to what is declared.

    Raises:
        CloudError: as :func:`apply_grant`, and GC-STORE-039 where it would deny the provisioner himself.
    """
    require(store, spec.bucket, "policy")
    names = _named(spec)
    denied = {name for s in spec.statements if s["effect"] == "Deny" for name in s.get("identities") or ()}
    for name in names:
        _somebody(store, name, denied=name in denied)
    if not store.endpoint.url.startswith("https:") and any(
        s["effect"] == "Deny" and not s.get("identities") for s in spec.statements
    ):
        raise CloudError(content_problems.policy_locks_out(spec.bucket, store.endpoint.url))
    set_statements(store, spec.bucket, statements.own_policy, _rendered(store, spec))


def right(store: Store, spec: PolicySpec, found: Sequence[dict[str, Any]]) -> bool:
    """Tell whether statements that were found are a bucket's own policy word for word."""
    return statements.same(found, _rendered(store, spec))


def live(store: Store, name: str, owner: Owner) -> list[dict[str, Any]] | None:
    """Return the owner's statements as they are in the policy of a bucket; None where the bucket is gone."""
    if not store.exists(name):
        return None
    with store.reported(Text(f"reading the policy of bucket {name}", f"việc đọc chính sách của kho {name}")):
        return statements.owned(_said(store, name), owner)


def remove(store: Store, name: str) -> None:
    """Take a bucket's own policy back; no error where it, or the bucket, is gone already."""
    if store.exists(name):
        set_statements(store, name, statements.own_policy, [])


def require(store: Store, name: str, what: str) -> None:
    """Refuse what the store cannot do and buckets that are not ours, before anything is changed."""
    store.adapter.open()
    if not store.capabilities.works(POLICY.capability):
        raise CloudError(problems.setting_unsupported(what, store.adapter.name))
    if not store.exists(name):
        raise CloudError(problems.bucket_gone(name))
    if not bucket.ownership(store, name):
        raise CloudError(content_problems.bucket_not_ours(name))


def set_statements(store: Store, name: str, owner: Owner, wanted: Sequence[dict[str, Any]]) -> None:
    """Make `wanted` the owner's statements in the policy of a bucket, and leave all others as they are.

    Reads, writes and reads again, one at a time within this process; where somebody else wrote in between, begins anew.

    Raises:
        CloudError: GC-STORE-008, the statements do not read back; GC-STORE-011, the bucket is gone.
    """
    found: list[dict[str, Any]] = []
    with (
        store.lock_of(name),
        store.reported(Text(f"setting the policy of bucket {name}", f"việc đặt chính sách kho {name}")),
    ):
        for attempt in range(_TRIES):
            if not store.exists(name):
                raise CloudError(problems.bucket_gone(name))
            said = _said(store, name)
            found = statements.owned(said, owner)
            if statements.same(found, wanted):
                return
            if attempt:
                time.sleep(_PAUSE_SECONDS * random.random())  # noqa: S311 - a pause, not a secret
            document = statements.replaced(said, owner, wanted)
            if document is None:
                store.s3.delete_bucket_policy(Bucket=name)  # a read just found one
            else:
                store.s3.put_bucket_policy(Bucket=name, Policy=json.dumps(document))
        found = statements.owned(_said(store, name), owner)
    if not statements.same(found, wanted):
        raise CloudError(problems.setting_ignored(name, POLICY.name, settings.line(wanted), settings.line(found)))


def _named(spec: PolicySpec) -> list[str]:
    return sorted({name for statement in spec.statements for name in statement.get("identities") or ()})


def _identities(store: Store) -> dict[str, str]:
    adapter = store.adapter
    return {adapter.principal(identity.name): identity.name for identity in adapter.identities()}


def _rendered(store: Store, spec: PolicySpec) -> list[dict[str, Any]]:
    return statements.of_policy(spec, {name: store.adapter.principal(name) for name in _named(spec)})


def _said(store: Store, name: str) -> object:
    return settings.found(store.s3, name, (POLICY.name,)).get(POLICY.name)


def _somebody(store: Store, name: str, *, denied: bool = False) -> None:
    """Refuse the name of nobody, whom some servers take without a word; and to deny the provisioner."""
    identity = store.adapter.identity(name)
    if identity is None:
        raise CloudError(content_problems.grantee_unknown(name, store.adapter.name))
    key = store.endpoint.key
    if denied and key is not None and key.access in identity.access_keys:
        raise CloudError(content_problems.policy_locks_out(name, name))
