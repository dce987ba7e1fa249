"""What earlier runs read: declarations by the digest of their file's content, so that none unchanged is parsed again.

A declaration is kept as JSON and read back by the kind's own model, which checks it as it did the first time; keeping
it any other way would not be faster (docs/explanation/measurements.md).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import ValidationError
from pydantic_core import PydanticSerializationError, to_json

from govcloud.country.cache import Cache, cache_file, code_digest, digest
from govcloud.country.document import Document
from govcloud.country.fields import typed
from govcloud.country.kinds import kind_of
from govcloud.country.reader import read_bytes
from govcloud.model.declaration import Declaration

__all__ = ["Readings"]


class Readings:
    """Reads files; where it was given lines of earlier readings, uses them and remembers what came of its own."""

    def __init__(self, lines: Iterable[bytes] | None = None, cache: Cache | None = None) -> None:
        self._keeps = lines is not None
        self._cache = cache
        self._known = {line[:40]: line for line in lines or ()}
        self._used: dict[bytes, bytes] = {}
        self._seen: list[bytes] = []
        self._learned = False

    @classmethod
    def of(cls, folder: Path) -> Readings:
        """Return what is remembered of the country at `folder`."""
        cache = Cache(cache_file(folder, "readings"), code_digest("model", "country"))
        return cls(cache.lines(), cache)

    def declared(self, data: bytes, shown: str, kinds: Mapping[str, type[Declaration]]) -> tuple[Document, Declaration]:
        """Return the document and the declaration, of one of `kinds`, that a file's content is.

        Raises GovCloudError with every problem found.
        """
        if not self._keeps:
            document = read_bytes(data, shown)
            return document, typed(kind_of(document, kinds), document)
        key = digest(data)
        self._seen += (shown.encode("utf-8", "replace"), key)
        if (line := self._known.get(key)) and (known := _recalled(line, kinds)):
            self._used[key] = line
            return Document(shown, data), known
        document = read_bytes(data, shown)
        declaration = typed(kind_of(document, kinds), document)
        if line := _line(key, document, declaration):
            self._used[key] = line
            self._learned = True
        return document, declaration

    def save(self) -> None:
        """Keep what this run read for the next one, and nothing older."""
        if self._cache is not None and (self._learned or len(self._used) < len(self._known)):
            self._cache.write(self._used.values())

    def line(self, data: bytes) -> bytes | None:
        """Return what is kept of a content that was read; None where it would not come back as it is."""
        return self._used.get(digest(data))

    def digest(self) -> str:
        """Return the digest of everything read so far: names as shown, and contents."""
        return digest(b"\0".join(self._seen)).decode()


def _line(key: bytes, document: Document, declaration: Declaration) -> bytes | None:
    """Return what to keep; None for what would not come back as it is."""
    try:
        line = b" ".join((key, declaration.kind.encode(), to_json(document.value)))
        return line if _recalled(line, {declaration.kind: type(declaration)}) == declaration else None
    except PydanticSerializationError:
        return None


def _recalled(line: bytes, kinds: Mapping[str, type[Declaration]]) -> Declaration | None:
    _, kind, text = line.split(b" ", 2)
    model = kinds.get(kind.decode())
    try:
        return model.model_validate_json(text) if model else None
    except ValidationError:
        return None
