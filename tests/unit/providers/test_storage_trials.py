"""Every trial can fail: on a store that lies it says no, and where the connection is cut it says that nobody knows."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import lying_store
import pytest
from lying_store import LyingStore

from govcloud.providers.storage.endpoint import AccessKey, Endpoint, client
from govcloud.providers.storage.store import Store
from govcloud.providers.storage.trials.bench import Bench
from govcloud.providers.storage.trials.catalogue import TRIALS
from govcloud.providers.storage.trials.outcome import Outcome, Verdict
from govcloud.providers.storage.trials.trial import Trial, ended
from govcloud.providers.storage.trials.whole import run
from govcloud.providers.storage.trials.workshop import Workshop

PATIENCE = 0.05
READ_BACK = {"tagging", "policy", "lifecycle", "subresources-safe"}
"""What shows by reading back alone: of a store that remembers all and does nothing, they say that it works."""


@pytest.fixture(scope="module", params=[False, True], ids=["forgets", "remembers"])
def liar(request: pytest.FixtureRequest) -> Iterator[LyingStore]:
    with lying_store.running(remembers=request.param) as server:
        yield server


def opened(server: LyingStore, adapter: Any) -> Store:
    adapter.counts_objects = True
    endpoint = Endpoint(server.url, "vn-hn-1", "memory", AccessKey("GCADMIN", "secret"))
    return Store(endpoint, {}, s3=client(endpoint, retries=1), adapter=adapter)


def made(trial: Trial, server: LyingStore, adapter: Any, *, cut: bool = False) -> Outcome:
    store = opened(server, adapter)
    shop = Workshop(store, PATIENCE, threading.Event())
    bench = Bench(store.s3, shop.bucket(), whole_probe=shop)
    bench.stand()
    server.cuts = cut
    try:
        return ended(trial, bench)
    finally:
        server.cuts = False
        shop.close()


@pytest.mark.parametrize("trial", TRIALS.values(), ids=TRIALS)
def test_a_store_that_lies_is_found_out(trial: Trial, liar: LyingStore, adapter: Any) -> None:
    outcome = made(trial, liar, adapter)

    wanted = Verdict.DOES_NOT
    if liar.remembers and trial.id in READ_BACK:
        wanted = Verdict.WORKS
    if liar.remembers and trial.id == "access-log":
        wanted = Verdict.UNTRIED
    assert outcome.verdict is wanted, outcome
    assert wanted is Verdict.WORKS or outcome.reason is not None


@pytest.mark.parametrize("trial", TRIALS.values(), ids=TRIALS)
def test_where_the_connection_is_cut_nobody_knows(trial: Trial, liar: LyingStore, adapter: Any) -> None:
    outcome = made(trial, liar, adapter, cut=True)

    assert outcome.verdict is Verdict.UNTRIED, outcome
    assert outcome.reason is not None
    assert "did not answer" in outcome.reason.en


def test_a_whole_probe_tells_every_trial_and_leaves_no_identity(liar: LyingStore, adapter: Any) -> None:
    told: list[str] = []

    probed = run(opened(liar, adapter), TRIALS.values(), lambda t, _: told.append(t.id), threading.Event(), PATIENCE)

    assert list(probed.outcomes) == list(TRIALS)
    assert sorted(told) == sorted(TRIALS)
    assert adapter.known == {}
    assert probed.left == ()


def test_a_probe_that_is_told_to_stop_removes_what_it_made(liar: LyingStore, adapter: Any) -> None:
    stopped = threading.Event()

    probed = run(opened(liar, adapter), TRIALS.values(), lambda *_: stopped.set(), stopped, PATIENCE)

    assert len(probed.outcomes) < len(TRIALS)
    assert adapter.known == {}
    assert not [name for name in liar.buckets if name in probed.left]
