"""What real servers were seen to do, as the reference shows it: probed here, and written down as a country has it.

    uv run python tests/support/recorded_stores.py FOLDER [SERVER...]

runs each server alone, all by default, and writes `docs/generators/probed_stores/SERVER.json`; FOLDER holds what they
need meanwhile. `make pages` makes the page of these.
"""

from __future__ import annotations

import datetime
import sys
import threading
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

from stores import juicefs, moto, radosgw, seaweedfs
from stores.running import RunningStore

from govcloud import country
from govcloud.country import store_table
from govcloud.examination.store_table import made
from govcloud.model.dialect import Dialect
from govcloud.model.store_table import StoreTable
from govcloud.providers.storage.trials.catalogue import TRIALS
from govcloud.providers.storage.trials.whole import run

__all__ = ["FOLDER", "SERVERS", "recorded"]

SERVERS: Mapping[str, Callable[[Path, int], AbstractContextManager[RunningStore]]] = {
    "seaweedfs": seaweedfs.running,
    "juicefs": juicefs.running,
    "radosgw": radosgw.running,
    "moto": moto.running,
}

FOLDER = Path(__file__).parents[2] / "docs" / "generators" / "probed_stores"
_PORT = 11_000


def recorded(server: str) -> StoreTable:
    """Return what is written down of a server."""
    from govcloud.country.kinds import COUNTRY_KINDS

    file = FOLDER / f"{server}.json"
    _, found = country.Readings().declared(file.read_bytes(), file.name, COUNTRY_KINDS)
    assert isinstance(found, StoreTable)
    return found


def _record(server: str, running: RunningStore) -> None:
    opened = running.store()
    try:
        probed = run(
            opened, TRIALS.values(), lambda trial, outcome: print(trial.id, outcome.verdict), threading.Event()
        )
    finally:
        opened.close()
    dialect: Dialect = running.dialect  # type: ignore[assignment]  # of those that have an adapter
    spec = made(dialect, probed, datetime.datetime.now(datetime.UTC))
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / f"{server}.json").write_text(store_table.text(server, spec), encoding="utf-8")


def main(folder: str, *servers: str) -> None:
    """Record `servers`, or all."""
    for server in servers or SERVERS:
        home = Path(folder, server)
        home.mkdir(parents=True)
        with SERVERS[server](home, _PORT) as running:
            _record(server, running)


if __name__ == "__main__":
    main(*sys.argv[1:])
