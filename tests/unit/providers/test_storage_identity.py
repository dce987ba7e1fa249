from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest

from govcloud.providers.storage import identity, policy
from govcloud.providers.storage.adapters import LiveIdentity
from govcloud.providers.storage.endpoint import AccessKey, new_key
from govcloud.providers.storage.identity import IdentitySpec, Issued
from govcloud.providers.storage.store import Store
from govcloud.render import storage
from govcloud_base.errors import CloudError

DOCUMENT = storage.policy(["vn-h41-prod-records"])
SPEC = IdentitySpec("h41-prod", json.dumps(DOCUMENT), ("vn-h41-prod-records",))
Gate = Any


def codes(error: pytest.ExceptionInfo[CloudError]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def test_keys_are_long_random_and_never_shown() -> None:
    keys = [new_key() for _ in range(50)]

    assert all(re.fullmatch(r"GC[A-Z0-9]{18}", key.access) for key in keys)
    assert all(re.fullmatch(r"[A-Za-z0-9]{40}", key.secret) for key in keys)
    assert len({key.secret for key in keys}) == 50
    assert keys[0].secret not in repr(keys[0])


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"name": "A b"}, "name"),
        ({"name": "x\nexit"}, "name"),
        ({"policy": "{"}, "policy"),
        ({"policy": "[]"}, "policy"),
        ({"policy": "{}"}, "policy"),
    ],
)
def test_a_wrong_declaration_names_its_input(change: dict[str, Any], wrong: str) -> None:
    assert [name for name, _ in identity.problems_of(replace(SPEC, **change))] == [wrong]


def test_an_identity_gets_its_policy_and_one_key(store: Store, adapter: Any, gate: Gate) -> None:
    issued = identity.create(store, SPEC)

    live = adapter.known["h41-prod"]
    assert policy.same(live.document, DOCUMENT)
    assert live.access_keys == (issued.key.access,)
    assert issued.principal == "arn:memory:h41-prod"
    assert identity.read(store, issued) == issued


def test_a_key_that_the_store_does_not_take_is_an_error_and_is_withdrawn(
    store: Store, adapter: Any, gate: Gate
) -> None:
    gate.answers[SPEC.buckets[0]] = "InvalidAccessKeyId"

    with pytest.raises(CloudError) as refused:
        identity.create(store, SPEC)

    assert codes(refused) == ["GC-STORE-013"]
    assert adapter.known["h41-prod"].access_keys == ()


def test_a_key_that_opens_a_strange_bucket_shuts_the_identity_out(store: Store, adapter: Any, gate: Gate) -> None:
    gate.answers["govcloud-capabilities"] = ""

    with pytest.raises(CloudError) as refused:
        identity.create(store, SPEC)

    assert codes(refused) == ["GC-STORE-014"]
    assert adapter.known["h41-prod"].document == policy.NOTHING


def test_a_store_that_goes_by_what_was_before_a_change_is_given_time(store: Store, adapter: Any, gate: Gate) -> None:
    bucket, key = SPEC.buckets[0], identity.create(store, SPEC)
    adapter.settling_seconds = 5.0
    # It knows neither key nor policy yet, then the policy that was before.
    gate.before[bucket] = ["InvalidAccessKeyId", "AccessDenied"] * 3
    gate.before["govcloud-capabilities"] = [""] * 3

    changed = identity.update(store, key, replace(SPEC, rotation="once more"))

    assert adapter.known["h41-prod"].document != policy.NOTHING
    assert gate.before == {bucket: [], "govcloud-capabilities": []}
    gate.before[""] = [""] * 6
    gate.answers[""] = "InvalidAccessKeyId"
    identity.delete(store, changed)
    assert gate.before[""] == []


def test_a_store_is_not_given_time_for_ever(store: Store, adapter: Any, gate: Gate) -> None:
    adapter.settling_seconds = 0.2
    gate.answers["govcloud-capabilities"] = ""

    with pytest.raises(CloudError) as refused:
        identity.create(store, SPEC)

    assert codes(refused) == ["GC-STORE-014"]


def test_a_key_that_outlives_its_revocation_is_an_error(store: Store, gate: Gate) -> None:
    issued = identity.create(store, SPEC)

    with pytest.raises(CloudError) as refused:
        identity.delete(store, issued)

    assert codes(refused) == ["GC-STORE-015"]


def test_a_refusal_of_another_kind_is_no_proof_of_death(store: Store, gate: Gate) -> None:
    issued = identity.create(store, SPEC)
    gate.answers[""] = "AccessDenied"  # the store still knows the key

    with pytest.raises(CloudError):
        identity.delete(store, issued)
    gate.answers[""] = "InvalidAccessKeyId"
    identity.delete(store, issued)


@pytest.mark.parametrize(
    "live",
    [
        LiveIdentity("h41-prod", True, False, (), ("K",), None),
        LiveIdentity("h41-prod", True, True, ("somebody-elses",), ("K",), None),
        LiveIdentity("h41-prod", True, True, ("own-h41-prod", "more"), ("K",), None),
    ],
    ids=["static", "other policy", "one policy more"],
)
def test_an_identity_that_somebody_else_set_up_is_left_alone(
    store: Store, adapter: Any, gate: Gate, live: LiveIdentity
) -> None:
    adapter.known["h41-prod"] = live

    with pytest.raises(CloudError) as refused:
        identity.create(store, SPEC)

    assert codes(refused) == ["GC-STORE-012"]
    assert adapter.known["h41-prod"] == live


@pytest.mark.parametrize("change", ["disabled", "policy", "detached", "rights", "key lost", "key added"])
def test_every_drift_shows_in_the_inputs(store: Store, adapter: Any, gate: Gate, change: str) -> None:
    issued = identity.create(store, SPEC)
    live = adapter.known["h41-prod"]
    adapter.known["h41-prod"] = {
        "disabled": replace(live, enabled=False),
        "policy": replace(live, document=storage.policy(["another"])),
        "detached": replace(live, policies=()),
        "rights": replace(live, actions=("Read:vn-h42-prod-records",)),
        "key lost": replace(live, access_keys=()),
        "key added": replace(live, access_keys=("BACKDOOR", issued.key.access)),
    }[change]

    found = identity.read(store, issued)

    assert found is not None
    assert found.spec != issued.spec
    assert (found.spec.rotation == identity.REVOKED) == (change in ("disabled", "key lost", "key added"))
    assert (found.spec.policy != issued.spec.policy) == (change in ("policy", "detached", "rights"))


def test_rotation_leaves_only_the_new_key(store: Store, adapter: Any, gate: Gate) -> None:
    old = identity.create(store, SPEC)
    gate.answers[""] = "InvalidAccessKeyId"

    new = identity.update(store, old, replace(SPEC, rotation="2", overlap_hours=0))

    assert new.key != old.key
    assert adapter.known["h41-prod"].access_keys == (new.key.access,)


def test_rights_beside_all_policies_go_with_the_identity(store: Store, adapter: Any, gate: Gate) -> None:
    old = identity.create(store, SPEC)
    adapter.known["h41-prod"] = replace(adapter.known["h41-prod"], actions=("Admin",))

    new = identity.update(store, old, SPEC)

    assert new.key != old.key
    assert adapter.known["h41-prod"].actions == ()


def test_an_update_of_a_lost_identity_makes_it_again(store: Store, adapter: Any, gate: Gate) -> None:
    lost = Issued(SPEC, AccessKey("GONE", "s"), "")

    issued = identity.update(store, lost, SPEC)

    assert adapter.known["h41-prod"].access_keys == (issued.key.access,)


def test_an_identity_that_is_shut_out_keeps_its_keys_and_may_do_nothing(store: Store, gate: Gate, adapter: Any) -> None:
    issued = identity.create(store, SPEC)

    identity.shut_out(store, SPEC.name)

    live = adapter.known[SPEC.name]
    assert live.document == policy.NOTHING
    assert live.access_keys == (issued.key.access,)
    identity.shut_out(store, "nobody")
