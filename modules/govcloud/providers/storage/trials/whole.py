"""One whole probe of a store: every trial in a bucket of its own, several at once, and nothing is left behind."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from typing import Final

from govcloud.providers.storage.store import Store
from govcloud.providers.storage.trials.bench import Bench
from govcloud.providers.storage.trials.outcome import Outcome
from govcloud.providers.storage.trials.trial import Trial, ended, judged
from govcloud.providers.storage.trials.workshop import Workshop
from govcloud_base.errors import Text

__all__ = ["PATIENCE", "Probed", "Told", "run"]

PATIENCE: Final = 10.0
"""Seconds within which an effect must show: servers keep policies and quotas in memory for a while."""
_AT_ONCE: Final = 6
_OFTEN: Final = 0.2
"""Seconds after which a probe sees that it was told to stop."""

Told = Callable[[Trial, Outcome], None]
"""Is told of each trial when it has ended."""


@dataclass(frozen=True)
class Probed:
    """What a probe found."""

    server: str
    """What the server calls itself."""
    outcomes: Mapping[str, Outcome]
    """By the ids of the trials, in their order; those that were not reached are missing."""
    left: tuple[str, ...]
    """Buckets and identities that could not be removed: the next probe sweeps them."""


def run(
    store: Store,
    trials: Iterable[Trial],
    told: Told,
    stopped: threading.Event,
    patience: float = PATIENCE,
) -> Probed:
    """Make all trials; when `stopped` is set those that run are given up, and what they made is removed.

    Raises:
        CloudError: the store does not answer, or does not let the provisioner in.
    """
    chosen = list(trials)
    shop = Workshop(store, patience, stopped)
    with store.reported(Text("the probe", "việc dò khả năng")):
        shop.sweep()
        server = _server(store, shop.bucket())
        found: dict[str, Outcome] = {}
        try:
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                running = {pool.submit(_made, shop, trial): trial for trial in chosen}
                try:
                    for trial, outcome in _ending(running, stopped):
                        found[trial.id] = outcome
                        told(trial, outcome)
                finally:
                    for future in running:
                        future.cancel()
        finally:
            left = shop.close()
    return Probed(server, {trial.id: found[trial.id] for trial in chosen if trial.id in found}, tuple(left))


def _ending(running: Mapping[Future[Outcome], Trial], stopped: threading.Event) -> Iterable[tuple[Trial, Outcome]]:
    waiting = set(running)
    while waiting and not stopped.is_set():
        done, waiting = wait(waiting, _OFTEN, FIRST_COMPLETED)
        yield from ((running[future], future.result()) for future in done)


def _made(shop: Workshop, trial: Trial) -> Outcome:
    """Make one trial; where the store does not give it a bucket to work in, it could not be tried."""
    try:
        bench = Bench(shop.store.s3, shop.bucket(locked=trial.locked), whole_probe=shop)
        bench.stand()
    except Exception as error:
        said = judged(error)
        return Outcome(said.verdict, said.reason, (), 0.0)
    return ended(trial, bench)


def _server(store: Store, bucket: str) -> str:
    headers = store.s3.head_bucket(Bucket=bucket)["ResponseMetadata"]["HTTPHeaders"]
    return headers.get("server", "")
