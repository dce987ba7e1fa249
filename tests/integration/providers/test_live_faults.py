"""A store that throttles, half fails, answers late, cuts connections or only reads: each fault at each request.

Whatever goes wrong, an error says so, no data is lost, and the next run without the fault ends where it should.
"""

from __future__ import annotations

import itertools
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from faulty_store import Fault, Line, kinds, line

from govcloud.providers.storage import bucket, bucket_policy, content, identity
from govcloud.providers.storage.bucket_spec import BucketSpec, settings_said
from govcloud.providers.storage.endpoint import client
from govcloud.providers.storage.identity import IdentitySpec
from govcloud.providers.storage.statements import GrantSpec
from govcloud.providers.storage.store import Store
from govcloud_base.errors import CloudError

pytestmark = pytest.mark.cloud

UNSURE = (Fault.FAILED_AFTER, Fault.CUT_BEFORE, Fault.TORN)
"""One of each class: it was done and looks as if not, it was not done, it was done and nobody can read that."""
PATIENCE = 1
"""Seconds for which the client waits for an answer."""
KNOWN = ("GC-STORE-003", "GC-STORE-004")
"""The store does not answer; the store refused: nothing else may be said of a fault of the line."""
SETTINGS, _ = settings_said(
    {
        "lifecycle": [{"id": "old", "noncurrentDays": 90}],
        "cors": [{"origins": ["https://h41.gov.vn"], "methods": ["GET"]}],
    }
)


@pytest.fixture(scope="module")
def faulty(store_environment: Mapping[str, str]) -> Iterator[Line]:
    ca = Path(store_environment["AWS_CA_BUNDLE"])
    with line(store_environment["AWS_ENDPOINT_URL_S3"], ca, late_seconds=PATIENCE + 0.5) as made:
        yield made


def reached(store: Store, faulty: Line, retries: int) -> Store:
    endpoint = replace(store.endpoint, url=faulty.url)
    s3 = client(endpoint, read_seconds=PATIENCE, retries=retries)
    return Store(endpoint, {}, s3=s3, adapter=store.adapter, capabilities=store.capabilities)


@pytest.fixture
def once(store: Store, faulty: Line) -> Iterator[Store]:
    """The store over the line, by a client that asks once."""
    made = reached(store, faulty, retries=1)
    yield made
    faulty.set()
    made.s3.close()


@pytest.fixture
def patient(store: Store, faulty: Line) -> Iterator[Store]:
    """The same with the plugin's own client, which asks again."""
    made = reached(store, faulty, retries=3)
    yield made
    faulty.set()
    made.s3.close()


def fresh(settings: Mapping[str, Any] = SETTINGS) -> BucketSpec:
    name = f"vn-t{secrets.token_hex(4)}-prod-records"
    return BucketSpec(name, tags={"govcloud.gov.vn/tenant": name}, settings=settings)


def said(work: Callable[[], object]) -> list[str]:
    """Return the codes of what went wrong; anything else than an error of the project goes through."""
    try:
        work()
    except CloudError as error:
        return [problem.code for problem in error.problems]
    return []


def requests(faulty: Line, work: Callable[[], object]) -> list[str]:
    """Return what a work asks where nothing goes wrong."""
    faulty.set()
    work()
    return list(faulty.asked)


def chosen(fault: Fault, asked: list[str]) -> list[int]:
    """Return at which requests a fault is tried: of each kind one, and of those that a fault can concern."""
    changing = [number for number in kinds(asked) if not asked[number].startswith(("GET", "HEAD"))]
    match fault:
        case Fault.TORN:
            return [number for number in kinds(asked) if asked[number].startswith("GET")]
        case Fault.LATE | Fault.READ_ONLY:
            return changing[:2]  # it takes its time; and from the first refusal on nothing is changed
        case _:
            return changing


def gone(store: Store, name: str) -> None:
    content.remove_all(store.s3, name)
    bucket.delete(store, name)


@pytest.mark.parametrize("fault", Fault, ids=lambda fault: fault.name)
def test_a_bucket_that_was_half_made_is_finished(store: Store, once: Store, faulty: Line, fault: Fault) -> None:
    first = fresh()
    asked = requests(faulty, lambda: bucket.create(once, first))
    gone(store, first.name)

    for number in chosen(fault, asked):
        spec = fresh()
        faulty.set(fault, number)
        codes = said(lambda spec=spec: bucket.create(once, spec))  # type: ignore[misc]
        at = faulty.asked[number] if number < len(faulty.asked) else "nothing"
        assert not set(codes) - set(KNOWN), (at, codes)
        faulty.set()
        assert bucket.create(once, spec) == spec, at
        assert content.first(store.s3, spec.name) is None, at
        bucket.delete(store, spec.name)


@pytest.mark.parametrize("fault", UNSURE, ids=lambda fault: fault.name)
def test_a_bucket_that_was_half_changed_is_finished_and_keeps_its_data(
    store: Store, once: Store, faulty: Line, fault: Fault
) -> None:
    spec = fresh(settings={})
    bucket.create(store, spec)
    version = store.s3.put_object(Bucket=spec.name, Key="record", Body=b"1")["VersionId"]
    changed = replace(spec, settings=SETTINGS, tags={**spec.tags, "note": "mới"}, encryption=True)
    wanted = itertools.cycle((changed, spec))
    asked = requests(faulty, lambda: bucket.update(once, next(wanted)))

    for number in chosen(fault, asked):
        goal = next(wanted)
        faulty.set(fault, number)
        codes = said(lambda goal=goal: bucket.update(once, goal))  # type: ignore[misc]
        assert not set(codes) - set(KNOWN), codes
        faulty.set()
        assert bucket.update(once, goal) == goal
    got = store.s3.get_object(Bucket=spec.name, Key="record", VersionId=version)
    assert got["Body"].read() == b"1"
    gone(store, spec.name)


@pytest.mark.parametrize("fault", Fault, ids=lambda fault: fault.name)
def test_no_fault_makes_a_bucket_with_data_look_empty(store: Store, once: Store, faulty: Line, fault: Fault) -> None:
    spec = fresh(settings={})
    bucket.create(store, spec)
    version = store.s3.put_object(Bucket=spec.name, Key="record", Body=b"1")["VersionId"]
    store.s3.delete_object(Bucket=spec.name, Key="record")
    asked = requests(faulty, lambda: said(lambda: bucket.delete(once, spec.name)))

    for number in kinds(asked):
        faulty.set(fault, number)
        codes = said(lambda: bucket.delete(once, spec.name))
        assert codes, faulty.asked
        assert not set(codes) - {*KNOWN, "GC-STORE-006"}, codes
    got = store.s3.get_object(Bucket=spec.name, Key="record", VersionId=version)
    assert got["Body"].read() == b"1"
    faulty.set()
    gone(store, spec.name)


@pytest.mark.parametrize("fault", UNSURE, ids=lambda fault: fault.name)
def test_a_deletion_that_broke_off_is_finished(store: Store, once: Store, faulty: Line, fault: Fault) -> None:
    first = fresh(settings={})
    bucket.create(store, first)
    asked = requests(faulty, lambda: bucket.delete(once, first.name))

    for number in kinds(asked):
        spec = fresh(settings={})
        bucket.create(store, spec)
        faulty.set(fault, number)
        codes = said(lambda spec=spec: bucket.delete(once, spec.name))  # type: ignore[misc]
        assert not set(codes) - set(KNOWN), codes
        faulty.set()
        bucket.delete(once, spec.name)
        assert not store.exists(spec.name)


@pytest.mark.parametrize("fault", UNSURE, ids=lambda fault: fault.name)
def test_a_right_that_was_half_given_is_given_and_none_is_lost(
    store: Store, once: Store, faulty: Line, fault: Fault
) -> None:
    spec = fresh(settings={})
    bucket.create(store, spec)
    reader = identity.create(store, IdentitySpec(f"{spec.name}-r", '{"Statement": [{"Effect": "Deny"}]}'))
    first = GrantSpec("first", spec.name, reader.spec.name, "read")
    bucket_policy.apply_grant(store, first)
    second = GrantSpec("second", spec.name, reader.spec.name, "write", prefix="in/")
    asked = requests(faulty, lambda: bucket_policy.apply_grant(once, second))
    bucket_policy.remove_grant(store, second.name, spec.name)

    for number in kinds(asked):
        faulty.set(fault, number)
        codes = said(lambda: bucket_policy.apply_grant(once, second))
        assert not set(codes) - set(KNOWN), codes
        faulty.set()
        assert bucket_policy.apply_grant(once, second)
        assert bucket_policy.live_grant(store, first) == (True, True)
        assert bucket_policy.live_grant(store, second) == (True, True)
        bucket_policy.remove_grant(once, second.name, spec.name)
    bucket_policy.remove_grant(once, first.name, spec.name)
    identity.delete(store, reader)
    gone(store, spec.name)


@pytest.mark.parametrize("fault", [Fault.FAILED_AFTER, Fault.CUT_AFTER], ids=lambda fault: fault.name)
def test_what_goes_wrong_once_is_asked_again_in_the_same_run(
    store: Store, patient: Store, faulty: Line, fault: Fault
) -> None:
    """At the requests after which it is not known whether something was done."""
    first = fresh()
    asked = requests(faulty, lambda: bucket.create(patient, first))
    gone(store, first.name)
    changing = chosen(Fault.CUT_AFTER, asked)
    assert len(changing) >= 6

    for number in changing:
        spec = fresh()
        faulty.set(fault, number)
        assert bucket.create(patient, spec) == spec, faulty.asked
        assert content.first(store.s3, spec.name) is None, faulty.asked
        bucket.delete(store, spec.name)


def test_a_store_that_throttles_without_end_is_left_alone_soon(patient: Store, faulty: Line) -> None:
    faulty.set(Fault.THROTTLED, 0, times=1000)

    assert said(lambda: bucket.create(patient, fresh())) == ["GC-STORE-004"]
    assert len(faulty.asked) == 4  # once, and three times again
