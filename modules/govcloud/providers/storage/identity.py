"""A tenant's identity on a store: a key pair that reaches its own buckets and is dead the moment it is revoked."""

from __future__ import annotations

import datetime
import functools
import json
from collections.abc import Callable, Collection
from dataclasses import replace
from typing import Concatenate, Final, ParamSpec, TypeVar

from govcloud.providers.storage import policy, problems
from govcloud.providers.storage.adapters import Adapter, LiveIdentity
from govcloud.providers.storage.capabilities import CATALOGUE_BUCKET
from govcloud.providers.storage.endpoint import AccessKey
from govcloud.providers.storage.identity_spec import IdentitySpec, Issued, Retiring, problems_of
from govcloud.providers.storage.key_trial import await_death, await_silence, prove
from govcloud.providers.storage.store import Store
from govcloud_base.errors import CloudError, Text

__all__ = [
    "REVOKED",
    "IdentitySpec",
    "Issued",
    "Retiring",
    "create",
    "delete",
    "differing",
    "problems_of",
    "read",
    "shut_out",
    "update",
]

REVOKED = "revoked behind the declaration"
"""What `rotation` reads as when the key is gone or disabled, so that the next update issues another."""
_OWN_TRIAL: Final = datetime.timedelta(minutes=1)
"""A use of the new key within this time of our own trial of it may be that trial: servers' clocks differ."""

Given = ParamSpec("Given")
Result = TypeVar("Result")


def _changing(work: Callable[Concatenate[Store, Given], Result]) -> Callable[Concatenate[Store, Given], Result]:
    """Make who reads after `work` look again, whether or not all of it was done."""

    @functools.wraps(work)
    def done(store: Store, /, *args: Given.args, **kwargs: Given.kwargs) -> Result:
        try:
            return work(store, *args, **kwargs)
        finally:
            store.everybody.forget()

    return done


@_changing
def create(store: Store, spec: IdentitySpec) -> Issued:
    """Make the identity, or take up one of ours that a crash left half-made, with a new key and no other.

    Raises:
        CloudError: GC-STORE-012 foreign, -013 key unusable, -014 isolation broken, -018 from the server.
    """
    adapter = _reached(store)
    adapter.check()
    live = adapter.identity(spec.name)
    if live is None:
        key = adapter.create_identity(spec.name)
    else:
        _refuse_foreign(store, live)
        for old in live.access_keys:
            # Its secret is known to nobody: the run that issued it died before it could record it.
            adapter.remove_key(spec.name, old)
        key = adapter.add_key(spec.name)
    return _settled(store, Issued(spec, key, adapter.principal(spec.name)))


def read(store: Store, issued: Issued) -> Issued | None:
    """Return the identity as it is, None where it is gone.

    Drift shows in the inputs, so that the next update repairs it: a changed policy as `policy`, a lost or
    disabled key as `rotation`, an identity that works though it shall not as `enabled`. A new key that somebody uses
    ends the time of the old one.
    """
    _reached(store)
    live = store.everybody.identity(issued.spec.name)
    if live is None:
        return None
    spec, adapter = issued.spec, store.adapter
    wrong = {
        setting: found for setting, _, found in differing(spec, live, adapter, _keys(issued), active=issued.active)
    }
    seen = replace(
        spec,
        policy=wrong.get("policy", spec.policy),
        rotation=REVOKED if issued.active and {"enabled", "keys"} & wrong.keys() else spec.rotation,
        enabled=spec.enabled or (not issued.active and "enabled" in wrong),
    )
    retiring = issued.retiring
    if retiring is not None and _in_use(store, issued):
        retiring = replace(retiring, until=min(retiring.until, store.now()))
    active = issued.active or "enabled" in wrong
    return Issued(seen, issued.key, adapter.principal(spec.name), retiring, active)


def differing(
    spec: IdentitySpec,
    live: LiveIdentity,
    adapter: Adapter,
    access_keys: Collection[str] = (),
    *,
    active: bool = True,
    most: int = 1,
) -> list[tuple[str, str, str]]:
    """Return each setting in which a live identity is not as it shall be, with what it shall be and what it is.

    Settings are `policy` (all that it may), `enabled`, and `keys`: the public halves of those that work, of which there
    shall be one, and `most` at the most. Where `access_keys` are known, the first of them must work and the others may.
    One that is not `active` shall be disabled and have no rights; its keys are not looked at.
    """
    own = adapter.own_policy(spec.name)
    found: list[tuple[str, str, str]] = []
    shall = spec.effective(active)
    wanted = policy.canonical(shall)
    if live.document is None or live.policies != (own,) or live.actions:
        beside: dict[str, object] = {"attached": list(live.policies)}
        if live.actions:
            beside["actions"] = list(live.actions)
        found.append(("policy", wanted, json.dumps(beside, ensure_ascii=False)))
    elif not policy.same(live.document, shall):
        found.append(("policy", wanted, policy.canonical(live.document)))
    if live.enabled != active:
        found.append(("enabled", str(active).lower(), str(live.enabled).lower()))
    if active and not _right_keys(live.access_keys, list(access_keys), most):
        found.append(("keys", ", ".join(access_keys) or "1", ", ".join(live.access_keys) or "0"))
    return found


@_changing
def update(store: Store, old: Issued, spec: IdentitySpec) -> Issued:
    """Bring policy, key and state to `spec`.

    A changed `rotation` issues a new key first. The old one stays until the new one is in use, or its time is over, and
    goes with the next update; one that was found lost or accompanied by another is revoked at once.

    Raises:
        CloudError: as :func:`create`, and GC-STORE-015 where an old key outlives its revocation.
    """
    adapter = _reached(store)
    live = adapter.identity(spec.name)
    if live is None:
        return create(store, spec)
    if live.actions and live.managed:
        # Rights beside all policies, which nothing takes from an identity but its end.
        adapter.delete_identity(spec.name)
        return create(store, spec)
    issued = Issued(spec, old.key, adapter.principal(spec.name), old.retiring)
    if spec.rotation == old.spec.rotation:
        return _settled(store, _relieved(store, issued))
    return _rotated(store, old, issued, live)


def _rotated(store: Store, old: Issued, issued: Issued, live: LiveIdentity) -> Issued:
    """Issue another key; every key but the last one goes before, as some servers let an identity have two at most."""
    adapter, spec, now = store.adapter, issued.spec, store.now()
    if not live.enabled:
        # Some servers list the keys of a disabled identity only when it is enabled again: without any rights.
        adapter.set_policy(spec.name, policy.NOTHING)
        live = adapter.identity(spec.name) or live
    # Two keys for a while are a convenience for who follows the declaration; after a finding there is none.
    found = old.spec.rotation == REVOKED
    overlaps = spec.active(now) and spec.overlap_hours > 0 and not found and old.key.access in live.access_keys
    for stale in live.access_keys:
        if stale != old.key.access:
            adapter.remove_key(spec.name, stale)
    if old.retiring is not None and old.retiring.key.secret:
        await_death(store, spec.name, old.retiring.key)
    adapter.set_policy(spec.name, spec.effective(spec.active(now)))
    key = adapter.add_key(spec.name)
    until = now + datetime.timedelta(hours=spec.overlap_hours)
    retiring = Retiring(old.key, until, now) if overlaps else None
    made = _settled(store, replace(issued, key=key, retiring=retiring))
    if not overlaps:
        adapter.remove_key(spec.name, old.key.access)
        if old.key.secret:
            await_death(store, spec.name, old.key)
    return made


def _relieved(store: Store, issued: Issued) -> Issued:
    """Revoke the key before the last rotation where its time is over, and see that it is dead."""
    retiring, name = issued.retiring, issued.spec.name
    if retiring is None:
        return issued
    if store.now() < retiring.until and issued.spec.active(store.now()) and not _in_use(store, issued):
        return issued
    store.adapter.remove_key(name, retiring.key.access)
    if retiring.key.secret:
        await_death(store, name, retiring.key)
    return replace(issued, retiring=None)


def _settled(store: Store, issued: Issued) -> Issued:
    """Give the identity its rights, or take all from it where it shall not work now, and try its key."""
    spec, adapter, now = issued.spec, store.adapter, store.now()
    active = spec.active(now)
    # First the rights: setting them also enables, and one that shall not work must have none by then.
    adapter.set_policy(spec.name, spec.effective(active))
    if active:
        prove(store, spec, issued.key)
    else:
        adapter.set_enabled(spec.name, False)
        if issued.key.secret:
            await_silence(store, spec, issued.key)
    retiring = replace(issued.retiring, since=now) if issued.retiring else None
    return replace(issued, retiring=retiring, active=active)


def _in_use(store: Store, issued: Issued) -> bool:
    """Tell whether somebody else than us was seen to use the new key; False where the server does not say."""
    if issued.retiring is None:
        return False
    used = store.adapter.last_used(issued.spec.name, issued.key.access)
    return used is not None and used > issued.retiring.since + _OWN_TRIAL


def _keys(issued: Issued) -> list[str]:
    return [issued.key.access, *([issued.retiring.key.access] if issued.retiring else [])]


def _right_keys(live: Collection[str], known: list[str], most: int) -> bool:
    if not known:
        return 1 <= len(live) <= most
    return known[0] in live and set(live) <= set(known)


@_changing
def delete(store: Store, issued: Issued) -> None:
    """Remove the identity and see that its keys are refused from now on; no error where it is gone already.

    Raises:
        CloudError: GC-STORE-015, a key still works.
    """
    _reached(store).delete_identity(issued.spec.name)
    for key in (issued.key, issued.retiring.key if issued.retiring else AccessKey("", "")):
        if key.access and key.secret:
            await_death(store, issued.spec.name, key)


@_changing
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
