"""What is known of a bag while it is made: who has which path, what an earlier run left, what is in it by now.

A database of SQLite that nobody else can open and that ends with it: memory does not grow with the bucket.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Iterator
from types import TracebackType

from govcloud.backup.entry import Found
from govcloud.export import paths
from govcloud.export.item import Item

__all__ = ["Register"]


class Register:
    """Paths and items of one bag; safe in threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # With an empty name the pages go to a file without a name, and only when there are many.
        self._database = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self._database.execute("PRAGMA journal_mode=OFF")
        self._database.execute("PRAGMA cache_size=-16384")
        for table in (
            "taken (folded TEXT PRIMARY KEY, file INTEGER)",
            "left (id TEXT PRIMARY KEY, line TEXT)",
            "item (key BLOB, modified TEXT, id TEXT, line TEXT, PRIMARY KEY (key, modified, id))",
            "lies (path TEXT PRIMARY KEY, sha256 TEXT)",
        ):
            self._database.execute(f"CREATE TABLE {table} WITHOUT ROWID")

    def __enter__(self) -> Register:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def path(self, found: Found) -> str | None:
        """Return the path of a version, which no other has, nor is a folder of another's, on any file system; None
        where a listing names it a second time."""
        plain = paths.readable(found.key)
        ways = [paths.live(plain)] if plain is not None and found.latest else []
        ways += [paths.renamed(found.key)] if found.latest else []
        ways.append(paths.older(found.key, found.id))
        return next((path for path in ways if self._claimed(paths.folded(path))), None)

    def _claimed(self, folded: str) -> bool:
        above = list(paths.folders(folded))
        with self._lock:
            ask = self._database.execute
            if ask("SELECT 1 FROM taken WHERE folded = ?", (folded,)).fetchone():
                return False
            known: list[str] = []
            for folder in above:
                row = ask("SELECT file FROM taken WHERE folded = ?", (folder,)).fetchone()
                if row is None:
                    known.append(folder)
                elif row[0]:
                    return False
                else:
                    break  # whatever is above a folder is one
            ask("INSERT INTO taken VALUES (?, 1)", (folded,))
            self._database.executemany("INSERT INTO taken VALUES (?, 0)", [(folder,) for folder in known])
        return True

    def recall(self, items: Iterable[Item]) -> None:
        """Take up what an earlier run wrote down; of a version the last word counts."""
        with self._lock:
            self._database.execute("BEGIN")
            self._database.executemany(
                "INSERT OR REPLACE INTO left VALUES (?, ?)", ((item.found.id, item.line()) for item in items)
            )
            self._database.execute("COMMIT")

    def left(self, id: str) -> Item | None:
        """Return what an earlier run wrote down of a version; None where nothing."""
        with self._lock:
            row = self._database.execute("SELECT line FROM left WHERE id = ?", (id,)).fetchone()
        return Item.of(row[0]) if row else None

    def add(self, item: Item) -> None:
        """Note that an item is in the bag."""
        with self._lock:
            key = item.found.key.encode("utf-8", "surrogatepass")
            row = (key, item.found.modified.isoformat(), item.found.id, item.line())
            self._database.execute("INSERT OR IGNORE INTO item VALUES (?, ?, ?, ?)", row)
            if item.path:
                self._database.execute("INSERT INTO lies VALUES (?, ?)", (item.path, item.sha256))

    def lines(self) -> Iterator[str]:
        """Yield the line of each item, by key and time."""
        return (row[0] for row in self._database.execute("SELECT line FROM item ORDER BY key, modified, id"))

    def digests(self) -> Iterator[tuple[str, str]]:
        """Yield path and digest of each file, by path."""
        yield from self._database.execute("SELECT path, sha256 FROM lies ORDER BY path")

    def has(self, path: str) -> bool:
        """Return whether a file is in the bag."""
        with self._lock:
            return self._database.execute("SELECT 1 FROM lies WHERE path = ?", (path,)).fetchone() is not None
