"""What one server says about its own kinds: asked for a group and version at a time, and kept on disk.

Asked only about what :mod:`field_types` does not know: custom kinds, a kind or a field of a newer Kubernetes, or a
name that nobody knows. A document never changes under the address that the server's index gives it, which holds its
hash; so a file with what it says about types is as good as the document itself, and much smaller.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from govcloud_base import own_file
from govcloud_base.user_folders import cache_folder
from govcloud_offline.kubernetes.api.api_error import ApiError, UnreachableError
from govcloud_offline.kubernetes.api.schemas import OTHERS, Document, document_of
from govcloud_offline.kubernetes.inputs.field_types import ANY, BUILTIN
from govcloud_offline.kubernetes.inputs.kinds import Kind

if TYPE_CHECKING:
    from govcloud_offline.kubernetes.api.client import Client

__all__ = ["OpenApi", "ServedTypes"]

_INDEX: Final = "/openapi/v3"
_READING: Final = 2  # to be raised whenever something else is read out of the same document: what was kept is void then
_LARGEST: Final = 64 << 20
_MOST_FILES: Final = 500
"""Some clusters' groups and versions; those written longest ago go first."""


class OpenApi:
    """The documents of one server. Safe for many threads."""

    def __init__(self, client: Client, cache: Path | None = None) -> None:
        self._client = client
        self._cache = cache if cache is not None else cache_folder() / "openapi"
        self._lock = threading.Lock()
        self._index: Mapping[str, Any] | None = None
        self._documents: dict[str, Document | None] = {}

    def document(self, api_version: str) -> Document | None:
        """Return the document of `apps/v1` and the like; None where the server has none or does not show it."""
        with self._lock:
            if api_version not in self._documents:
                try:
                    self._documents[api_version] = self._read(api_version)
                except (ApiError, UnreachableError):
                    return None
            return self._documents[api_version]

    def _read(self, api_version: str) -> Document | None:
        if self._index is None:
            self._index = self._client.request("GET", _INDEX).get("paths") or {}
        place = self._index.get(f"apis/{api_version}" if "/" in api_version else f"api/{api_version}")
        address = (place or {}).get("serverRelativeURL")
        if not address:
            return None
        name = hashlib.sha256(f"{_READING} {self._client.server}{address}".encode()).hexdigest()
        file = self._cache / f"{name[:40]}.json"
        known = _stored(file)
        if known is None:
            known = document_of(self._client.request("GET", address))
            if "hash=" in address:
                _store(file, known)
        return known


def _stored(file: Path) -> Document | None:
    try:
        kept = json.loads(own_file.read(file, _LARGEST))
        return Document(kept["kinds"], kept["fields"])
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _store(file: Path, document: Document) -> None:
    """Keep a document, whole or not at all; where nothing can be written, the server is asked again."""
    kept = json.dumps({"kinds": document.kinds, "fields": document.fields}, separators=(",", ":"))
    with contextlib.suppress(OSError):
        own_file.write(file, kept.encode(), _MOST_FILES)


class ServedTypes:
    """The types that this plugin knows, and those beyond them of the `document` that speaks for a kind."""

    def __init__(self, document: Callable[[Kind], Document | None]) -> None:
        self._document = document

    def of_kind(self, kind: Kind) -> str | None:
        """Return the type of the objects of a kind; None where nobody knows it."""
        known = BUILTIN.of_kind(kind)
        if known is None:
            document = self._document(kind)
            known = document.kinds.get(str(kind)) if document is not None else None
        return known

    def of_field(self, kind: Kind, owner: str, name: str) -> str | None:
        """Return what is written in a field; None only where the server was asked and has no such field."""
        known = BUILTIN.of_field(kind, owner, name)
        if known is None:
            document = self._document(kind)
            # Where there is nobody to ask, it is sent, and the server decides.
            known = document.of_field(owner, name) if document is not None else ANY
        return known

    def names(self, kind: Kind, owner: str) -> tuple[str, ...]:
        """Return the fields of a type, as far as somebody names them."""
        known = BUILTIN.names(kind, owner)
        if not known:
            document = self._document(kind)
            known = tuple(document.fields.get(owner, ())) if document is not None else ()
        return tuple(name for name in known if name != OTHERS)
