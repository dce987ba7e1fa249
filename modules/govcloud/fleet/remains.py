"""What would hold a namespace that is to go: objects that wait for somebody to take a finalizer off, for ever.

Kubernetes deletes a namespace once it is empty, and an object once its finalizers are gone. Those of Kubernetes itself
are taken off by its own controllers; any other may belong to nobody. Admission keeps tenants from setting one, but what
was made before, or by an operator that has left, is still there when the tenant goes.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from govcloud.clouds.request import MERGE_PATCH, Request
from govcloud_base.discovery import Served, root, served
from govcloud_base.errors import Text

__all__ = ["Held", "Server", "release"]

_PATIENCE_SECONDS = 20.0
"""How long whoever set a finalizer has to take it off by itself, once the object is deleted."""
_METADATA = {"Accept": "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"}


@dataclass(frozen=True)
class Held:
    """An object that finalizers hold."""

    path: str
    """Where the API server keeps it."""
    kind: str
    namespace: str
    name: str
    uid: str
    finalizers: tuple[str, ...]
    """Those that Kubernetes itself will not take off."""

    def __str__(self) -> str:
        return f"{self.namespace}/{self.kind}/{self.name} ({', '.join(self.finalizers)})"


class Server(Protocol):
    """An API server, seen as the platform: :class:`govcloud.clouds.live_cluster.LiveCluster`."""

    def call(self, request: Request) -> dict[str, Any] | None:
        """Return the answer, None where there is no such thing; raises CloudError where the server refuses."""


def release(
    server: Server,
    namespaces: Iterable[str],
    report: Callable[[Text], None],
    lawful: Collection[str],
    patience: float = _PATIENCE_SECONDS,
) -> None:
    """Delete what finalizers hold in namespaces that are about to be deleted, and name each object.

    `lawful` are the finalizers that the law lets objects have: Kubernetes takes them off itself. Whoever set another
    may still take it off within `patience` seconds; then it is removed. Raises CloudError where the server refuses.
    """
    wanted = tuple(namespaces)
    found = list(_held(server, wanted, {*_TAKEN_OFF, *lawful}))
    for held in found:
        report(Text(f"{held}: held", f"{held}: đang bị giữ"))
        options = {"preconditions": {"uid": held.uid}, "propagationPolicy": "Background"}
        server.call(Request("DELETE", held.path, options))
    deadline = time.monotonic() + patience
    while found and time.monotonic() < deadline:
        time.sleep(min(0.5, patience))
        found = list(_held(server, wanted, {*_TAKEN_OFF, *lawful}))
    for held in found:
        live = server.call(Request("GET", held.path))
        if live is None:
            continue
        kept = [name for name in live["metadata"].get("finalizers") or () if name not in held.finalizers]
        # With the version that was read: a change between is not overwritten.
        metadata = {"finalizers": kept or None, "resourceVersion": live["metadata"]["resourceVersion"]}
        server.call(Request("PATCH", held.path, {"metadata": metadata}, MERGE_PATCH))
        report(Text(f"{held}: removed", f"{held}: đã gỡ"))


def _held(server: Server, namespaces: tuple[str, ...], taken_off: Collection[str]) -> Iterator[Held]:
    for kind in _kinds(server):
        for namespace in namespaces:
            listed = server.call(Request("GET", kind.collection(namespace), headers=_METADATA)) or {}
            for item in listed.get("items") or ():
                metadata = item["metadata"]
                foreign = tuple(name for name in metadata.get("finalizers") or () if name not in taken_off)
                if foreign:
                    name = metadata["name"]
                    path = kind.path(name, namespace)
                    yield Held(path, kind.kind, namespace, name, metadata["uid"], foreign)


_TAKEN_OFF = frozenset(
    {
        "batch.kubernetes.io/job-tracking",
        "resource.kubernetes.io/delete-protection",
        "service.kubernetes.io/load-balancer-cleanup",
    }
)
"""Further ones that Kubernetes' own controllers take off, by their whole names: a domain can be written by anybody."""


def _kinds(server: Server) -> Iterator[Served]:
    """Yield every namespaced kind that can be listed and deleted."""
    groups = (server.call(Request("GET", "/apis")) or {}).get("groups") or ()
    for version in ("v1", *(group["preferredVersion"]["groupVersion"] for group in groups)):
        for kind in served(version, server.call(Request("GET", root(version))) or {}).values():
            if kind.namespaced and {"list", "delete", "patch"} <= kind.verbs:
                yield kind
