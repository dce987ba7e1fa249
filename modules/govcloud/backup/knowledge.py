"""What earlier runs left in the second store, looked up by the version's name without holding it all in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from types import TracebackType

from govcloud.backup.entry import Entry

__all__ = ["Knowledge"]

_AT_ONCE = 1000


class Knowledge:
    """Entries by the id of their version; a database of SQLite that nobody else can open and that ends with it.

    It needs no order of listings: stores sort names as they like. To be used in one thread.
    """

    def __init__(self) -> None:
        # With an empty name the pages go to a file without a name, and only when there are many.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode=OFF")
        self._database.execute("PRAGMA cache_size=-16384")
        self._database.execute("CREATE TABLE known (id TEXT PRIMARY KEY, before INTEGER, line TEXT) WITHOUT ROWID")
        self._database.execute("CREATE TABLE state (key TEXT PRIMARY KEY, rank TEXT, line TEXT) WITHOUT ROWID")

    def __enter__(self) -> Knowledge:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def learn(self, entries: Iterable[Entry], *, before: bool) -> int:
        """Take up entries, of the backup `before` this one or of a run that did not end; return how many."""
        number = 0
        for batch in _batches(entries):
            rows = [(entry.found.id, int(before), entry.line()) for entry in batch]
            self._database.executemany("INSERT OR IGNORE INTO known VALUES (?, ?, ?)", rows)
            number += len(rows)
        return number

    def of(self, id: str) -> tuple[Entry, bool] | None:
        """Return the entry of a version, and whether it was in the backup before; None where it is not known."""
        row = self._database.execute("SELECT line, before FROM known WHERE id = ?", (id,)).fetchone()
        return (Entry.of(row[0]), bool(row[1])) if row else None

    def settle(self, entries: Iterable[Entry]) -> None:
        """Of each object keep the youngest of the entries that were settled so far."""
        for batch in _batches(entries):
            rows = [(e.found.key, f"{e.found.modified.isoformat()} {int(e.found.latest)}", e.line()) for e in batch]
            self._database.executemany(
                "INSERT INTO state VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET rank = excluded.rank, "
                "line = excluded.line WHERE excluded.rank > rank",
                rows,
            )

    def settled(self) -> Iterator[Entry]:
        """Yield what :meth:`settle` kept, by name."""
        for row in self._database.execute("SELECT line FROM state ORDER BY key"):
            yield Entry.of(row[0])

    def settled_number(self) -> tuple[int, int]:
        """Return how many objects were settled that are there, and their bytes."""
        number = size = 0
        for entry in self.settled():
            if not entry.found.marker:
                number, size = number + 1, size + entry.found.size
        return number, size


def _batches(entries: Iterable[Entry]) -> Iterator[list[Entry]]:
    batch: list[Entry] = []
    for entry in entries:
        batch.append(entry)
        if len(batch) == _AT_ONCE:
            yield batch
            batch = []
    if batch:
        yield batch
