"""The whole probe on real servers: what each can do, nothing left behind, and what a killed probe left goes later."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from stores.running import RunningStore

from govcloud.providers.storage.scratch import CATALOGUE_BUCKET
from govcloud.providers.storage.store import Store
from govcloud.providers.storage.trials.catalogue import FAST, TRIALS
from govcloud.providers.storage.trials.outcome import Verdict
from govcloud.providers.storage.trials.whole import Probed, run
from govcloud.providers.storage.trials.workshop import RETENTION, Workshop

pytestmark = pytest.mark.cloud

LACKS = {
    "seaweedfs": {
        "identity-conditions",
        "public-access-block",
        "ownership",
        "quota-objects",
        "access-log",
        "subresources-safe",
    },
    "minio": {
        "access-log",
        "batch-delete",
        "cors",
        "customer-keys",
        "encryption",
        "event-order",
        "legal-hold",
        "lifecycle",
        "object-lock",
        "ownership",
        "policy-conditions",
        "policy-deny",
        "policy-grant",
        "public-access-block",
        "quota-bytes",
        "quota-objects",
        "retention-kept",
        "subresources-safe",
        "versioning",
    },
    "radosgw": {"encryption", "ownership", "access-log", "subresources-safe"},
}
"""What is known not to work on each server; all else does."""


def ours(store: Store) -> set[str]:
    """Return what probes have made and is there: buckets, identities, and what was written down of these."""
    names = {row["Name"] for row in store.s3.list_buckets()["Buckets"]}
    notes: list[str] = []
    if CATALOGUE_BUCKET in names:
        listed = store.s3.list_objects_v2(Bucket=CATALOGUE_BUCKET, Prefix="identities/")
        notes = [row["Key"] for row in listed.get("Contents", [])]
    names |= {one.name for one in store.adapter.identities()}
    return {*notes, *(name for name in names if name.startswith("govcloud-probe-"))}


@pytest.fixture(scope="module")
def probed(store: Store) -> Probed:
    return run(store, TRIALS.values(), lambda *_: None, threading.Event())


def test_each_capability_is_what_is_known_of_the_server(probed: Probed, store: Store) -> None:
    wrong = {name: outcome for name, outcome in probed.outcomes.items() if outcome.verdict is not Verdict.WORKS}

    assert set(wrong) == LACKS[store.adapter.name], wrong
    assert {outcome.verdict for outcome in wrong.values()} <= {Verdict.DOES_NOT}, wrong
    assert all(outcome.reason for outcome in wrong.values())


def test_a_probe_leaves_nothing_and_says_no_secret(probed: Probed, store: Store) -> None:
    key = store.endpoint.key
    assert key is not None
    told = str(probed)

    assert probed.left == ()
    assert ours(store) == set()
    assert key.access not in told
    assert key.secret not in told
    assert "Signature" not in told.replace("SignatureDoesNotMatch", "")


KILLED = """
import os, signal, sys, threading
from govcloud.providers.storage import scratch
from govcloud.providers.storage.endpoint import Endpoint
from govcloud.providers.storage.store import Store
from govcloud.providers.storage.trials import catalogue, locks, whole

point, dialect = sys.argv[1:]
store = Store(Endpoint.from_config({"adapter": dialect}, os.environ), os.environ)
owner, _, name = point.rpartition(".")
owner = {"scratch": scratch, "adapter": store.adapter, "locks": locks}[owner]
done = getattr(owner, name)

def killing(*arguments, **more):
    done(*arguments, **more)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(owner, name, killing)
chosen = [catalogue.TRIALS[trial] for trial in ("object-lock", "identity-deny", "quota-bytes")]
whole.run(store, chosen, print, threading.Event())
"""


@pytest.mark.parametrize(
    "point",
    [
        "scratch.make",
        "scratch.announce",
        "adapter.create_identity",
        "adapter.set_policy",
        "adapter.set_quota",
        "adapter.delete_identity",
        "locks._locked",
        "scratch.forget",
        "scratch.remove",
    ],
)
def test_what_a_probe_left_that_was_killed_goes_with_the_next_one(
    store: Store, server: RunningStore, point: str
) -> None:
    if point == "adapter.set_quota" and not store.adapter.quota_unit:
        pytest.skip("this dialect knows no quota")
    if point == "locks._locked" and "object-lock" in LACKS[store.adapter.name]:
        pytest.skip("this server locks nothing")
    ran = subprocess.run(
        [sys.executable, "-c", KILLED, point, server.dialect],
        env={**os.environ, **server.environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == -signal.SIGKILL, ran.stderr
    if point not in ("scratch.forget",):
        assert ours(store)

    shop = Workshop(store, 0, threading.Event())
    shop.sweep()
    if left := ours(store):
        assert all(name.startswith("govcloud-probe-") for name in left)
        time.sleep(RETENTION.total_seconds() + 1)  # a version is locked: it goes when its time is over
        shop.sweep()

    assert ours(store) == set()


def test_the_fast_trials_are_of_the_whole_probe(store: Store) -> None:
    assert FAST.keys() <= TRIALS.keys()
    assert all(store.capabilities.works(name) == (name not in LACKS[store.adapter.name]) for name in FAST)
