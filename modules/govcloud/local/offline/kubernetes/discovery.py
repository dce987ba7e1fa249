"""Where a server keeps the objects of a kind: asked once for each group and version that is used."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from govcloud.local.offline.kubernetes import metadata
from govcloud.local.offline.kubernetes.api_error import ApiError
from govcloud.local.offline.kubernetes.kinds import Kind

if TYPE_CHECKING:
    from govcloud.local.offline.kubernetes.client import Client

__all__ = ["Discovery", "NoSuchKindError", "Resource"]


class NoSuchKindError(Exception):
    """The server has no such kind (yet)."""

    def __init__(self, kind: Kind) -> None:
        super().__init__(f'no matches for kind "{kind.name}" in version "{kind.api_version}"')
        self.kind = kind


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind as the server serves it."""

    kind: Kind
    plural: str
    namespaced: bool

    def collection(self, namespace: str) -> str:
        """Return the path of the objects in a namespace; of all of a cluster-wide kind."""
        root = f"/apis/{self.kind.api_version}" if self.kind.group else f"/api/{self.kind.version}"
        scope = f"/namespaces/{quote(namespace or 'default')}" if self.namespaced else ""
        return f"{root}{scope}/{self.plural}"

    def path(self, manifest: dict[str, Any]) -> str:
        """Return the path of one object."""
        return f"{self.collection(metadata.namespace_of(manifest))}/{quote(metadata.name_of(manifest))}"


class Discovery:
    """The kinds of one server. Safe for many threads."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._locks: dict[str, threading.Lock] = {}
        self._versions: dict[str, dict[str, Resource]] = {}

    def resource(self, kind: Kind) -> Resource:
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
            raise NoSuchKindError(kind)
        return known[kind.name]

    def _ask(self, kind: Kind) -> dict[str, Resource]:
        root = f"/apis/{kind.api_version}" if kind.group else f"/api/{kind.version}"
        try:
            answer = self._client.request("GET", root)
        except ApiError as error:
            if error.missing:
                return {}
            raise
        return {
            item["kind"]: Resource(Kind(kind.group, kind.version, item["kind"]), item["name"], bool(item["namespaced"]))
            for item in answer.get("resources", ())
            if "/" not in item["name"]
        }
