"""What is remembered of a revision of a country: enough to find and read the few declarations that a change concerns.

One SQLite file in the user's cache folder for each country's folder. It holds the revision that was the base of a
review last, under the ids of git's trees, the day and the code that read and judged it; anything else is no index. Like
all that is kept there (:mod:`govcloud.country.cache`) it saves time and decides nothing, and what cannot be believed
counts as absent.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from govcloud.country import Country
from govcloud.country.cache import MOST_FILES, Cache
from govcloud.model.agency import folders
from govcloud.model.segment import Segment
from govcloud.rules.allocation import pools
from govcloud.rules.budgets import Node, shares
from govcloud.rules.network import parse, span
from govcloud.rules.topics import topics
from govcloud_base import own_file
from govcloud_base.errors import Problem

__all__ = ["Entry", "Index", "ends"]

_TABLES = """
CREATE TABLE problems (problem TEXT NOT NULL);
CREATE TABLE files (id INTEGER PRIMARY KEY, file TEXT NOT NULL UNIQUE, object TEXT NOT NULL, reading BLOB NOT NULL);
CREATE TABLE paths (folded TEXT NOT NULL, path TEXT NOT NULL, PRIMARY KEY (folded, path)) WITHOUT ROWID;
CREATE TABLE topics (topic TEXT NOT NULL, file INTEGER NOT NULL, PRIMARY KEY (topic, file)) WITHOUT ROWID;
CREATE TABLE pools (first BLOB NOT NULL, last BLOB NOT NULL, file TEXT NOT NULL, pool TEXT NOT NULL, allocated TEXT);
CREATE TABLE ports (file TEXT NOT NULL, code TEXT NOT NULL, environment TEXT NOT NULL, port INTEGER, link TEXT);
CREATE TABLE shares (kind TEXT NOT NULL, name TEXT NOT NULL, tenant TEXT NOT NULL, amounts TEXT NOT NULL);
"""
_INDEXES = """
CREATE INDEX topics_of ON topics (file);
CREATE INDEX ports_of ON ports (code);
CREATE INDEX shares_of ON shares (kind, name);
"""


@dataclass(frozen=True)
class Entry:
    """A declaration's file."""

    file: str
    """Name from the repository's root."""
    object_id: str
    """Its content in the repository."""
    reading: bytes
    """What reading it gave (Readings.line)."""


class Index:
    """An index that was opened; it has the files and topics of the base (rules.neighbourhood.Relations)."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @classmethod
    def at(cls, file: Path, key: str) -> Self | None:
        """Return the index in `file` if it is the one of `key`; None where there is none to be believed."""
        seal = _seal(file, key).lines()
        if not seal or not own_file.believable(file) or seal != [_digest(file)]:
            return None
        return cls(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True))

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def problems(self) -> tuple[Problem, ...]:
        """Return all that is wrong with the whole country."""
        rows = self._connection.execute("SELECT problem FROM problems")
        return tuple(Problem.of(json.loads(text)) for (text,) in rows)

    def files(self, topics: Collection[str]) -> set[str]:
        """Return the files of declarations that have any of `topics`."""
        asked = """SELECT DISTINCT f.file FROM topics t JOIN files f ON f.id = t.file
            WHERE t.topic IN (SELECT value FROM json_each(?))"""
        return {file for (file,) in self._rows(asked, topics)}

    def topics(self, files: Collection[str]) -> set[str]:
        """Return all topics of `files`."""
        asked = """SELECT DISTINCT t.topic FROM files f JOIN topics t ON f.id = t.file
            WHERE f.file IN (SELECT value FROM json_each(?))"""
        return {topic for (topic,) in self._rows(asked, files)}

    def entries(self, files: Collection[str]) -> list[Entry]:
        """Return those of `files` that the revision has, in order."""
        asked = "SELECT file, object, reading FROM files WHERE file IN (SELECT value FROM json_each(?)) ORDER BY file"
        return [Entry(*row) for row in self._rows(asked, files)]

    def below(self, folder: str) -> list[Entry]:
        """Return the files below a folder, in order."""
        asked = "SELECT file, object, reading FROM files WHERE file > ? AND file < ? ORDER BY file"
        return [Entry(*row) for row in self._connection.execute(asked, (f"{folder}/", f"{folder}0"))]

    def central(self) -> set[str]:
        """Return the files of the country's head, of its clouds and of what is locked for them."""
        asked = "SELECT f.file FROM topics t JOIN files f ON f.id = t.file WHERE t.topic > ? AND t.topic < ?"
        ranges = ((f"{kind} ", f"{kind}!") for kind in ("Country", "Cloud", "ImageLock", "StoreTable"))
        return {file for bounds in ranges for (file,) in self._connection.execute(asked, bounds)}

    def spans(self, files: Collection[str]) -> list[tuple[bytes, bytes]]:
        """Return the ends of the pools of `files`."""
        return [*self._rows("SELECT first, last FROM pools WHERE file IN (SELECT value FROM json_each(?))", files)]

    def overlapping(self, spans: Iterable[tuple[bytes, bytes]]) -> set[str]:
        """Return the files of segments with a pool that shares an address with one of `spans`."""
        asked = "SELECT file FROM pools WHERE first <= ? AND last >= ?"
        return {file for first, last in spans for (file,) in self._connection.execute(asked, (last, first))}

    def others(self, paths: Collection[str]) -> bool:
        """Return whether a file or folder differs from one of `paths` only in case."""
        asked = "SELECT path FROM paths WHERE folded IN (SELECT value FROM json_each(?))"
        return any(path not in paths for (path,) in self._rows(asked, {path.lower() for path in paths}))

    def shares(self, nodes: Collection[Node], without: Collection[str]) -> dict[Node, dict[str, tuple[int, ...]]]:
        """Return what weighs on the budgets of `nodes` by tenants other than `without`."""
        found: dict[Node, dict[str, tuple[int, ...]]] = {}
        for node in nodes:
            asked = "SELECT tenant, amounts FROM shares WHERE kind = ? AND name = ?"
            rows = self._connection.execute(asked, node)
            found[node] = {tenant: tuple(json.loads(text)) for tenant, text in rows if tenant not in without}
        return found

    def ports(self, codes: Collection[str], without: Collection[str]) -> tuple[tuple[str, str, int, str], ...]:
        """Return the ports of the gateways of agencies that links in force have, but for links in files `without`."""
        asked = "SELECT * FROM ports WHERE code IN (SELECT value FROM json_each(?)) ORDER BY link"
        return tuple((*port,) for file, *port in self._rows(asked, codes) if file not in without)

    def pools(self, without: Collection[str]) -> tuple[tuple[str, datetime.date | None], ...]:
        """Return all pools but those of the files `without`, and when they were allocated where that is known."""
        rows = self._connection.execute("SELECT file, pool, allocated FROM pools")
        day = datetime.date.fromisoformat
        return tuple((pool, day(text) if text else None) for file, pool, text in rows if file not in without)

    def _rows(self, statement: str, asked: Collection[str]) -> Iterator[tuple[Any, ...]]:
        return self._connection.execute(statement, (json.dumps(sorted(asked)),))

    @staticmethod
    def write(
        file: Path,
        key: str,
        country: Country,
        date: datetime.date,
        problems: Iterable[Problem],
        entries: Iterable[Entry],
        names: Iterable[str],
    ) -> None:
        """Replace the index in `file` by that of a country which has `problems` on `date`, whole or not at all.

        `entries` are all declarations of the country and of its law, `names` all files that lie beside them. A folder
        that cannot be written is no problem of the user's.
        """
        with contextlib.suppress(OSError, sqlite3.Error):
            with contextlib.closing(sqlite3.connect(":memory:")) as connection:
                connection.executescript(_TABLES)
                found = ((json.dumps(problem.as_dict()),) for problem in problems)
                connection.executemany("INSERT INTO problems VALUES (?)", found)
                _fill_files(connection, country, entries, names)
                _fill_sums(connection, country, date)
                connection.executescript(_INDEXES)
                connection.commit()
                made = connection.serialize()
            own_file.write(file, made, MOST_FILES)
            _seal(file, key).write([hashlib.blake2b(made).hexdigest().encode()])


def _seal(file: Path, key: str) -> Cache:
    """Return where the digest of the index of `key` is kept: SQLite itself would not notice a changed byte."""
    return Cache(file.with_suffix(".seal"), key)


def _digest(file: Path) -> bytes:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "blake2b").hexdigest().encode()


def ends(pool: str) -> tuple[bytes, bytes] | None:
    """Return the first and last address of a pool in an order in which versions do not mix; None where unreadable."""
    try:
        network = parse(pool)
    except ValueError:
        return None
    first, last = (bytes([network.version]) + number.to_bytes(16, "big") for number in span(network))
    return first, last


def _fill_files(
    connection: sqlite3.Connection, country: Country, entries: Iterable[Entry], names: Iterable[str]
) -> None:
    rows = [(number, e.file, e.object_id, e.reading) for number, e in enumerate(entries)]
    connection.executemany("INSERT INTO files VALUES (?, ?, ?, ?)", rows)
    paths = sorted({path for name in names for path in folders(name)})
    connection.executemany("INSERT INTO paths VALUES (?, ?)", ((path.lower(), path) for path in paths))
    numbers = {file: number for number, file, *_ in rows}
    declared = ((country.documents[key].file, d) for key, d in country.declarations.items())
    found = sorted((topic, numbers[file]) for file, d in declared for topic in topics(country.name, d))
    connection.executemany("INSERT INTO topics VALUES (?, ?)", found)


def _fill_sums(connection: sqlite3.Connection, country: Country, date: datetime.date) -> None:
    for segment in country.segments.values():
        file = country.document(segment).file
        rows = [(*(ends(pool) or (b"", b"")), file, pool, day) for pool, day in _pools(segment)]
        connection.executemany("INSERT INTO pools VALUES (?, ?, ?, ?, ?)", rows)
    for link in country.links.values():
        if link.holds(date):
            file, port = country.document(link).file, (link.spec.environment, link.spec.listen, link.name)
            connection.executemany(
                "INSERT INTO ports VALUES (?, ?, ?, ?, ?)", [(file, e, *port) for e in link.spec.ends]
            )
    for (kind, name), held in shares(country, date).items():
        drawn = ((kind, name, tenant, json.dumps(amounts)) for tenant, amounts in held.items())
        connection.executemany("INSERT INTO shares VALUES (?, ?, ?, ?)", drawn)


def _pools(segment: Segment) -> Iterator[tuple[str, str | None]]:
    own, *inherited = pools(segment)
    yield own, segment.spec.allocated.isoformat() if segment.spec.allocated else None
    yield from ((pool, None) for pool in inherited)
