"""Where a server keeps the objects of a kind: asked once for each group and version that is used."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from govcloud_base.discovery import Served, root, served
from govcloud_offline.kubernetes.api.api_error import ApiError, UnreachableError
from govcloud_offline.kubernetes.inputs.kinds import Kind
from govcloud_offline.kubernetes.inputs.removed_kinds import removal_of

if TYPE_CHECKING:
    from govcloud_offline.kubernetes.api.client import Client

__all__ = ["Discovery", "NoSuchKindError"]


class NoSuchKindError(Exception):
    """The server has no such kind (yet); `advice` says what to write instead."""

    def __init__(self, kind: Kind, advice: str = "") -> None:
        hint = f"; {advice}" if advice else ""
        super().__init__(f'no matches for kind "{kind.name}" in version "{kind.api_version}"{hint}')
        self.kind = kind

    @property
    def final(self) -> bool:
        """True for a kind that only the server itself could have: no definition will bring it."""
        return self.kind.builtin


class Discovery:
    """The kinds of one server. Safe for many threads."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._versions: dict[str, dict[str, Served]] = {}

    def resource(self, kind: Kind) -> Served:
        """Return how the server serves `kind`. Raises :class:`NoSuchKindError`, and what the client raises."""
        api_version = kind.api_version
        with self._lock:
            lock = self._locks.setdefault(api_version, threading.Lock())
        with lock:
            known = self._versions.get(api_version)
            if known is None or kind.name not in known:
                # What is missing is asked for again: a definition may have been made since.
                known = self._versions[api_version] = self._ask(kind)
        if kind.name not in known:
            raise NoSuchKindError(kind, self._advice(kind))
        return known[kind.name]

    def _advice(self, kind: Kind) -> str:
        """Return what became of a kind that the server itself would define; "" where nobody knows."""
        removal = removal_of(kind)
        if removal is not None:
            return f"Kubernetes {removal.since} removed it: {removal.advice}"
        others = self._elsewhere(kind) if kind.builtin else []
        return f"this server has it as {' and '.join(others)}" if others else ""

    def _elsewhere(self, kind: Kind) -> list[str]:
        """Return the other versions in which the server has a kind, the one that it prefers first."""
        try:
            versions = (
                self._client.request("GET", f"/apis/{kind.group}" if kind.group else "/api").get("versions") or ()
            )
            # The core group alone lists plain names.
            names = [item["version"] if isinstance(item, dict) else item for item in versions]
            others = [Kind(kind.group, name, kind.name) for name in names if name != kind.version]
            return [other.api_version for other in others if kind.name in self._ask(other)]
        except (ApiError, UnreachableError):
            return []

    def _ask(self, kind: Kind) -> dict[str, Served]:
        try:
            return served(kind.api_version, self._client.request("GET", root(kind.api_version)))
        except ApiError as error:
            if error.missing:
                return {}
            raise
