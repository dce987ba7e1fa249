"""A tenant's identity on a store: a key pair that reaches its own buckets and is dead the moment it is revoked."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from govcloud.providers.storage import policy, problems
from govcloud.providers.storage.adapters import Adapter, LiveIdentity
from govcloud.providers.storage.capabilities import CATALOGUE_BUCKET
from govcloud.providers.storage.endpoint import AccessKey, error_code
from govcloud.providers.storage.store import Store
from govcloud.refusal import quotation
from govcloud_base.errors import CloudError, Problem, Text

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = [
    "REVOKED",
    "IdentitySpec",
    "Issued",
    "create",
    "delete",
    "problems_of",
    "read",
    "shut_out",
    "update",
]

REVOKED = "revoked behind the declaration"
"""What `rotation` reads as when the key is gone or disabled, so that the next update issues another."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,62}")
_SECONDS_UNTIL_KNOWN = 10.0
_SECONDS_UNTIL_DEAD = 5.0
_PAUSE_SECONDS = 0.02
_NOT_YOURS = ("AccessDenied", "403")
_UNKNOWN_KEY = ("InvalidAccessKeyId", "SignatureDoesNotMatch")


@dataclass(frozen=True, slots=True)
class IdentitySpec:
    """What an identity shall be."""

    name: str
    policy: str
    """The policy document, JSON."""
    buckets: tuple[str, ...] = ()
    """Buckets that it works on: a new key is tried on the first."""
    rotation: str = ""
    """Any change of this text issues a new key and revokes the old one."""

    def document(self) -> Mapping[str, object]:
        """Return the policy document. Raises ValueError where `policy` is not a JSON object."""
        parsed = json.loads(self.policy)
        if not isinstance(parsed, dict):
            raise ValueError("not a JSON object")
        return parsed


@dataclass(frozen=True, slots=True)
class Issued:
    """An identity with the key that was issued for it."""

    spec: IdentitySpec
    key: AccessKey
    principal: str


def problems_of(spec: IdentitySpec) -> list[tuple[str, Problem]]:
    """Return what is wrong with a declaration, each with the name of its input; no cloud is asked."""
    found: list[tuple[str, Problem]] = []
    if not _NAME.fullmatch(spec.name):
        found.append(("name", problems.input_invalid("name", spec.name, "2-63 of a-z 0-9 -")))
    try:
        statements = spec.document().get("Statement")
    except ValueError as error:
        found.append(
            (
                "policy",
                problems.input_invalid(
                    "policy", quotation(str(error)), Text("a JSON policy document", "một chính sách dạng JSON")
                ),
            )
        )
    else:
        if not statements:
            found.append(
                (
                    "policy",
                    problems.input_invalid("policy", Text("no Statement", "không có `Statement`"), "≥ 1 Statement"),
                )
            )
    return found


def create(store: Store, spec: IdentitySpec) -> Issued:
    """Make the identity, or take up one of ours that a crash left half-made, with a new key and no other.

    Raises:
        CloudError: GC-STORE-012 foreign, -013 key unusable, -014 isolation broken, -018 from the server.
    """
    adapter = _reached(store)
    live = adapter.identity(spec.name)
    if live is None:
        key = adapter.create_identity(spec.name)
    else:
        _refuse_foreign(store, live)
        key = adapter.add_key(spec.name)
    adapter.set_policy(spec.name, spec.document())
    for old in live.access_keys if live else ():
        # Its secret is known to nobody: the run that issued it died before it could record it.
        adapter.remove_key(spec.name, old)
    _prove(store, spec, key)
    return Issued(spec, key, adapter.principal(spec.name))


def read(store: Store, issued: Issued) -> Issued | None:
    """Return the identity as it is, None where it is gone.

    Drift shows in the inputs, so that the next update repairs it: a changed policy as `policy`, a lost or
    disabled key as `rotation`.
    """
    live = _reached(store).identity(issued.spec.name)
    if live is None:
        return None
    spec = issued.spec
    wrong = {setting: found for setting, _, found in differing(spec, live, store.adapter, issued.key.access)}
    rotation = REVOKED if {"enabled", "keys"} & wrong.keys() else spec.rotation
    found = IdentitySpec(spec.name, wrong.get("policy", spec.policy), spec.buckets, rotation)
    return Issued(found, issued.key, store.adapter.principal(spec.name))


def differing(
    spec: IdentitySpec, live: LiveIdentity, adapter: Adapter, access_key: str | None = None
) -> list[tuple[str, str, str]]:
    """Return each setting in which a live identity is not as it shall be, with what it shall be and what it is.

    Settings are `policy` (all that it may), `enabled`, and `keys`: the public halves of those that work, of which there
    shall be one alone, `access_key` where that is known.
    """
    own = adapter.own_policy(spec.name)
    found: list[tuple[str, str, str]] = []
    wanted = policy.canonical(spec.document())
    if live.document is None or live.policies != (own,) or live.actions:
        beside: dict[str, object] = {"attached": list(live.policies)}
        if live.actions:
            beside["actions"] = list(live.actions)
        found.append(("policy", wanted, json.dumps(beside, ensure_ascii=False)))
    elif not policy.same(live.document, spec.document()):
        found.append(("policy", wanted, policy.canonical(live.document)))
    if not live.enabled:
        found.append(("enabled", "true", "false"))
    if len(live.access_keys) != 1 or access_key not in (None, *live.access_keys):
        found.append(("keys", access_key or "1", ", ".join(live.access_keys) or "0"))
    return found


def update(store: Store, old: Issued, spec: IdentitySpec) -> Issued:
    """Bring policy and key to `spec`; a changed `rotation` issues a new key first and then revokes the rest.

    Raises:
        CloudError: as :func:`create`, and GC-STORE-015 where the old key outlives its revocation.
    """
    adapter = _reached(store)
    live = adapter.identity(spec.name)
    if live is None:
        return create(store, spec)
    if live.actions and live.managed:
        # Rights beside all policies, which nothing takes from an identity but its end.
        adapter.delete_identity(spec.name)
        return create(store, spec)
    adapter.set_policy(spec.name, spec.document())
    if spec.rotation == old.spec.rotation:
        _prove(store, spec, old.key)
        return Issued(spec, old.key, adapter.principal(spec.name))
    key = adapter.add_key(spec.name)
    _prove(store, spec, key)
    for stale in live.access_keys:
        adapter.remove_key(spec.name, stale)
    if old.key.secret:
        _await_death(store, spec.name, old.key)
    return Issued(spec, key, adapter.principal(spec.name))


def delete(store: Store, issued: Issued) -> None:
    """Remove the identity and see that its key is refused from now on; no error where it is gone already.

    Raises:
        CloudError: GC-STORE-015, the key still works.
    """
    _reached(store).delete_identity(issued.spec.name)
    if issued.key.access and issued.key.secret:
        _await_death(store, issued.spec.name, issued.key)


def shut_out(store: Store, name: str) -> None:
    """Take every right from the identity, so that none of its keys does anything more; no error where there is none."""
    adapter = _reached(store)
    live = adapter.identity(name)
    if live is not None and live.managed:
        adapter.set_policy(name, policy.NOTHING)


def _reached(store: Store) -> Adapter:
    """Return the adapter, once the store itself has answered: an administration shell would wait without a word."""
    store.adapter.open()
    store.exists(CATALOGUE_BUCKET)
    return store.adapter


def _refuse_foreign(store: Store, live: LiveIdentity) -> None:
    """Pass for an identity with our policy or none: nothing that somebody else set up is taken over."""
    if not live.managed:
        reason = Text(en="it comes from the server's own file", vi="nó đến từ tệp cấu hình của máy chủ")
        raise CloudError(problems.identity_is_foreign(live.name, reason))
    others = [name for name in live.policies if name != store.adapter.own_policy(live.name)]
    others += live.actions
    if others:
        shown = ", ".join(others)
        reason = Text(en=f"it has the policies or rights {shown}", vi=f"nó có các chính sách hoặc quyền {shown}")
        raise CloudError(problems.identity_is_foreign(live.name, reason))


def _prove(store: Store, spec: IdentitySpec, key: AccessKey) -> None:
    """See that the store knows the key, lets it into its own bucket and keeps it out of one that is not its own.

    The bucket that the key must not reach is the catalogue of capabilities, which belongs to no tenant.
    """
    from botocore.exceptions import ClientError

    assert store.capabilities  # makes the catalogue's bucket, so that a refusal means "not yours", not "absent"
    mine = spec.buckets[0] if spec.buckets and store.exists(spec.buckets[0]) else None
    deadline = time.monotonic() + _SECONDS_UNTIL_KNOWN
    with (
        store.reported(Text(f"trying the key of {spec.name}", f"việc thử khóa của {spec.name}")),
        closing(store.client(key)) as tenant,
    ):
        while code := _refusal(tenant, mine):
            if mine is None and code == "AccessDenied":
                break  # the store knows the key, which is all that can be asked
            if time.monotonic() > deadline:
                store.adapter.remove_key(spec.name, key.access)
                raise CloudError(problems.key_unusable(spec.name, code))
            time.sleep(_PAUSE_SECONDS)
        try:
            tenant.list_objects_v2(Bucket=CATALOGUE_BUCKET, MaxKeys=1)
        except ClientError as error:
            if error_code(error) in _NOT_YOURS:
                return
            raise
    # Not only this key: every key of the identity has the same policy.
    store.adapter.set_policy(spec.name, policy.NOTHING)
    raise CloudError(problems.isolation_broken(spec.name, CATALOGUE_BUCKET))


def _await_death(store: Store, name: str, key: AccessKey) -> None:
    """Wait until the store does not know the key any more."""
    deadline = time.monotonic() + _SECONDS_UNTIL_DEAD
    with (
        store.reported(Text(f"trying the revoked key of {name}", f"việc thử khóa đã thu hồi của {name}")),
        closing(store.client(key)) as tenant,
    ):
        while _refusal(tenant, None) not in _UNKNOWN_KEY:
            if time.monotonic() > deadline:
                raise CloudError(problems.key_not_revoked(name))
            time.sleep(_PAUSE_SECONDS)


def _refusal(tenant: S3Client, bucket: str | None) -> str:
    """Return the error code with which the store refuses to list `bucket` (or the buckets), '' where it does not."""
    from botocore.exceptions import ClientError

    try:
        if bucket is not None:
            tenant.list_objects_v2(Bucket=bucket, MaxKeys=1)
        else:
            tenant.list_buckets()
    except ClientError as error:
        return error_code(error)
    return ""
