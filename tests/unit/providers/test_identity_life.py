"""Keys in time: two that overlap, an identity that is disabled, and one that is over."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from typing import Any

import pytest

from govcloud.providers.storage import identity, policy
from govcloud.providers.storage.identity import REVOKED, IdentitySpec
from govcloud.providers.storage.resource_types import RESOURCE_TYPES, Around
from govcloud.providers.storage.store import Store
from govcloud.render import storage
from govcloud_base.errors import CloudError

BUCKET = "vn-h41-prod-records"
DOCUMENT = storage.policy([BUCKET])
SPEC = IdentitySpec("h41-prod", json.dumps(DOCUMENT), (BUCKET,))
AGAIN = replace(SPEC, rotation="2")
INPUTS = {"name": "h41-prod", "policy": json.dumps(DOCUMENT), "buckets": [BUCKET]}
TYPE = RESOURCE_TYPES["govcloud:storage:Identity"]
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def rotated(store: Store, gate: Any) -> tuple[Any, Any]:
    """An identity before and after its rotation; whoever asks with a revoked key is not known."""
    gate.answers[""] = "InvalidAccessKeyId"
    old = identity.create(store, SPEC)
    return old, identity.update(store, old, AGAIN)


def test_after_a_rotation_two_keys_work(store: Store, adapter: Any, rotated: tuple[Any, Any], clock: Any) -> None:
    old, new = rotated

    assert new.key != old.key
    assert set(adapter.known["h41-prod"].access_keys) == {old.key.access, new.key.access}
    assert new.retiring.key == old.key
    assert new.retiring.until == clock.now + 24 * HOUR
    assert identity.read(store, new) == new


def test_the_old_key_goes_when_its_day_is_over(
    store: Store, adapter: Any, rotated: tuple[Any, Any], clock: Any
) -> None:
    _, new = rotated
    clock.now += 23 * HOUR
    assert len(adapter.known["h41-prod"].access_keys) == 2
    new = identity.update(store, new, AGAIN)
    assert len(adapter.known["h41-prod"].access_keys) == 2

    clock.now += HOUR
    new = identity.update(store, new, AGAIN)

    assert adapter.known["h41-prod"].access_keys == (new.key.access,)
    assert new.retiring is None


def test_the_old_key_goes_when_the_new_one_is_in_use(
    store: Store, adapter: Any, rotated: tuple[Any, Any], clock: Any
) -> None:
    _, new = rotated
    adapter.used[new.key.access] = clock.now + datetime.timedelta(seconds=30)
    seen = identity.read(store, new)
    assert seen == new  # that was our own trial of it
    clock.now += HOUR
    adapter.used[new.key.access] = clock.now

    seen = identity.read(store, new)

    assert seen is not None
    assert seen.retiring is not None
    assert seen.retiring.until <= clock.now
    assert identity.update(store, seen, AGAIN).retiring is None
    assert adapter.known["h41-prod"].access_keys == (new.key.access,)


def test_what_we_use_ourselves_ends_no_overlap(
    store: Store, adapter: Any, rotated: tuple[Any, Any], clock: Any
) -> None:
    _, new = rotated
    clock.now += HOUR
    new = identity.update(store, new, AGAIN)  # tries the new key again
    adapter.used[new.key.access] = clock.now

    seen = identity.read(store, new)

    assert seen == new
    assert len(adapter.known["h41-prod"].access_keys) == 2


def test_a_retired_key_that_still_works_is_an_error(
    store: Store, gate: Any, rotated: tuple[Any, Any], clock: Any
) -> None:
    _, new = rotated
    clock.now += 24 * HOUR
    gate.answers[""] = ""

    with pytest.raises(CloudError) as refused:
        identity.update(store, new, AGAIN)

    assert [problem.code for problem in refused.value.problems] == ["GC-STORE-015"]


def test_never_more_than_two_keys(store: Store, adapter: Any, rotated: tuple[Any, Any]) -> None:
    old, new = rotated

    third = identity.update(store, new, replace(SPEC, rotation="3"))

    assert set(adapter.known["h41-prod"].access_keys) == {new.key.access, third.key.access}
    assert old.key.access not in adapter.known["h41-prod"].access_keys


def test_a_strange_key_ends_all_others_at_once(store: Store, adapter: Any, rotated: tuple[Any, Any]) -> None:
    _, new = rotated
    backdoor = adapter.add_key("h41-prod")

    seen = identity.read(store, new)

    assert seen is not None
    assert seen.spec.rotation == REVOKED
    mended = identity.update(store, seen, AGAIN)
    assert adapter.known["h41-prod"].access_keys == (mended.key.access,)
    assert mended.key.access not in (new.key.access, backdoor.access)


def test_no_overlap_where_none_is_wanted(store: Store, adapter: Any, gate: Any) -> None:
    gate.answers[""] = "InvalidAccessKeyId"
    old = identity.create(store, SPEC)

    new = identity.update(store, old, replace(AGAIN, overlap_hours=0))

    assert adapter.known["h41-prod"].access_keys == (new.key.access,)
    assert new.retiring is None


def test_a_disabled_identity_may_nothing_and_its_key_is_seen_to_be_refused(
    store: Store, adapter: Any, gate: Any
) -> None:
    made = identity.create(store, SPEC)
    gate.answers[BUCKET] = "InvalidAccessKeyId"

    off = identity.update(store, made, replace(SPEC, enabled=False))

    live = adapter.known["h41-prod"]
    assert not live.enabled
    assert live.document == policy.NOTHING
    assert (off.active, off.key) == (False, made.key)
    assert identity.read(store, off) == off
    gate.answers[BUCKET] = ""
    on = identity.update(store, off, SPEC)
    assert adapter.known["h41-prod"].enabled
    assert policy.same(adapter.known["h41-prod"].document, DOCUMENT)
    assert on == made


def test_a_disabled_identity_whose_key_still_works_is_an_error(store: Store, gate: Any) -> None:
    made = identity.create(store, SPEC)

    with pytest.raises(CloudError) as refused:
        identity.update(store, made, replace(SPEC, enabled=False))

    assert [problem.code for problem in refused.value.problems] == ["GC-STORE-015"]


def test_one_that_somebody_enabled_again_is_drift(store: Store, adapter: Any, gate: Any) -> None:
    made = identity.create(store, SPEC)
    gate.answers[BUCKET] = "AccessDenied"
    off = identity.update(store, made, replace(SPEC, enabled=False))
    adapter.set_enabled("h41-prod", True)

    seen = identity.read(store, off)

    assert seen is not None
    assert seen.spec.enabled
    assert seen.spec.rotation == ""
    assert not identity.update(store, seen, replace(SPEC, enabled=False)).active
    assert not adapter.known["h41-prod"].enabled


def test_an_identity_is_disabled_after_its_last_day(store: Store, adapter: Any, gate: Any, clock: Any) -> None:
    inputs = {**INPUTS, "expires": "2026-12-01"}
    _, outputs = TYPE.create(store, inputs)
    assert outputs["active"] is True
    clock.now += 35 * HOUR
    assert TYPE.due(inputs, outputs, clock.now) == []
    clock.now += HOUR
    assert TYPE.due(inputs, outputs, clock.now) == ["expires"]
    gate.answers[BUCKET] = "AccessDenied"

    outputs = TYPE.update(store, inputs, outputs)

    assert outputs["active"] is False
    assert not adapter.known["h41-prod"].enabled
    assert TYPE.due(inputs, outputs, clock.now) == []
    read = TYPE.read(store, "h41-prod", inputs, outputs)
    assert read is not None
    assert read[1] == {**outputs, "rotation": None}


def test_one_that_is_over_and_was_enabled_again_is_due_again(store: Store, adapter: Any, gate: Any, clock: Any) -> None:
    inputs = {**INPUTS, "expires": "2026-11-30"}
    _, outputs = TYPE.create(store, inputs)
    clock.now += 24 * HOUR
    gate.answers[BUCKET] = "AccessDenied"
    outputs = TYPE.update(store, inputs, outputs)
    adapter.set_enabled("h41-prod", True)

    read = TYPE.read(store, "h41-prod", inputs, outputs)

    assert read is not None
    assert TYPE.due(inputs, read[1], clock.now) == ["expires"]


def test_a_state_of_before_has_nothing_due_and_reads_unchanged(store: Store, gate: Any, clock: Any) -> None:
    _, outputs = TYPE.create(store, INPUTS)

    assert outputs.keys() == {"name", "policy", "buckets", "accessKey", "secretKey", "principal"}
    assert TYPE.checked({}, INPUTS, Around(None, clock.now)) == (INPUTS, [])
    assert TYPE.due(INPUTS, outputs, clock.now + 9999 * HOUR) == []
    read = TYPE.read(store, "h41-prod", INPUTS, outputs)
    assert read is not None
    assert {name: value for name, value in read[1].items() if value is not None} == outputs


def test_two_keys_in_a_state_come_back_as_they_were(store: Store, adapter: Any, gate: Any, clock: Any) -> None:
    gate.answers[""] = "InvalidAccessKeyId"
    _, first = TYPE.create(store, INPUTS)

    outputs = TYPE.update(store, {**INPUTS, "rotation": "2"}, first)

    assert outputs["previousSecretKey"] == first["secretKey"]
    assert TYPE.secret_outputs >= {"secretKey", "previousSecretKey"}
    assert TYPE.due(INPUTS, outputs, clock.now) == []
    clock.now += 24 * HOUR
    assert TYPE.due({**INPUTS, "rotation": "2"}, outputs, clock.now) == ["previousUntil"]
    outputs = TYPE.update(store, {**INPUTS, "rotation": "2"}, outputs)
    assert not [name for name in outputs if name.startswith("previous")]
    assert adapter.known["h41-prod"].access_keys == (outputs["accessKey"],)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"expires": "soon"}, "expires"),
        ({"expires": "2026-11-29"}, "expires"),
        ({"overlapHours": -1}, "overlapHours"),
        ({"overlapHours": 169}, "overlapHours"),
        ({"enabled": "no"}, "enabled"),
    ],
)
def test_a_wrong_declaration_names_its_input(change: dict[str, Any], wrong: str, clock: Any) -> None:
    _, failures = TYPE.checked({}, INPUTS | change, Around(None, clock.now))

    assert [name for name, _ in failures] == [wrong]


def test_one_that_is_over_may_stay_declared(clock: Any) -> None:
    inputs = {**INPUTS, "expires": "2026-11-29"}

    assert TYPE.checked(inputs, inputs, Around(None, clock.now))[1] == []
