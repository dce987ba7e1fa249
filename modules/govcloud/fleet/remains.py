"""What would hold a namespace that is to go: objects that wait for somebody to take a finalizer off, for ever.

Kubernetes deletes a namespace once it is empty, and an object once its finalizers are gone. Those of Kubernetes itself
are taken off by its own controllers; any other may belong to nobody. Admission keeps tenants from setting one, but what
was made before, or by an operator that has left, is still there when the tenant goes.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from kubernetes import client, config
from urllib3.exceptions import HTTPError

from govcloud.country import controls
from govcloud_base import cluster_client
from govcloud_base.errors import CloudError, Problem, Text

__all__ = ["Cluster", "Held", "Server", "release"]

_PATIENCE_SECONDS = 20.0
"""How long whoever set a finalizer has to take it off by itself, once the object is deleted."""
_METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"


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
    """An API server, seen as the platform."""

    def call(self, method: str, path: str, body: Any = None, accept: str = "application/json") -> dict[str, Any] | None:
        """Return the answer, None where there is no such thing; raises CloudError where the server refuses."""


def release(
    server: Server,
    namespaces: Iterable[str],
    report: Callable[[Text], None],
    patience: float = _PATIENCE_SECONDS,
) -> None:
    """Delete what finalizers hold in namespaces that are about to be deleted, and name each object.

    Whoever set a finalizer may still take it off within `patience` seconds; then it is removed. Raises CloudError where
    the server refuses.
    """
    wanted = tuple(namespaces)
    found = list(_held(server, wanted))
    for held in found:
        report(Text(f"{held}: held", f"{held}: đang bị giữ"))
        server.call("DELETE", held.path, {"preconditions": {"uid": held.uid}, "propagationPolicy": "Background"})
    deadline = time.monotonic() + patience
    while found and time.monotonic() < deadline:
        time.sleep(min(0.5, patience))
        found = list(_held(server, wanted))
    for held in found:
        live = server.call("GET", held.path)
        if live is None:
            continue
        kept = [name for name in live["metadata"].get("finalizers") or () if name not in held.finalizers]
        # With the version that was read: a change between is not overwritten.
        metadata = {"finalizers": kept or None, "resourceVersion": live["metadata"]["resourceVersion"]}
        server.call("PATCH", held.path, {"metadata": metadata})
        report(Text(f"{held}: removed", f"{held}: đã gỡ"))


def _held(server: Server, namespaces: tuple[str, ...]) -> Iterator[Held]:
    for root, kind, plural in _kinds(server):
        for namespace in namespaces:
            path = f"{root}/namespaces/{namespace}/{plural}"
            for item in (server.call("GET", path, accept=_METADATA) or {}).get("items") or ():
                metadata = item["metadata"]
                foreign = tuple(name for name in metadata.get("finalizers") or () if name not in _TAKEN_OFF)
                if foreign:
                    name = metadata["name"]
                    yield Held(f"{path}/{name}", kind, namespace, name, metadata["uid"], foreign)


_TAKEN_OFF = frozenset(
    {
        *controls.by_id("TEN-04").strings("finalizers_allowed"),
        "batch.kubernetes.io/job-tracking",
        "resource.kubernetes.io/delete-protection",
        "service.kubernetes.io/load-balancer-cleanup",
    }
)
"""Finalizers that Kubernetes' own controllers take off, by their whole names: a domain can be written by anybody."""


def _kinds(server: Server) -> Iterator[tuple[str, str, str]]:
    """Yield root path, kind and plural of every namespaced kind that can be listed and deleted."""
    groups = (server.call("GET", "/apis") or {}).get("groups") or ()
    roots = ["/api/v1", *(f"/apis/{group['preferredVersion']['groupVersion']}" for group in groups)]
    for root in roots:
        for row in (server.call("GET", root) or {}).get("resources") or ():
            if row["namespaced"] and "/" not in row["name"] and {"list", "delete", "patch"} <= set(row["verbs"]):
                yield root, row["kind"], row["name"]


class Cluster:
    """A cluster as a context of KUBECONFIG names it."""

    def __init__(self, context: str) -> None:
        """Connect; raises CloudError where there is no such context."""
        try:
            self._api: client.ApiClient = cluster_client.from_files(os.environ.get("KUBECONFIG"), context)
        except config.ConfigException as error:
            raise _refused(str(error)) from error

    def call(self, method: str, path: str, body: Any = None, accept: str = "application/json") -> dict[str, Any] | None:
        """Return the answer, None where there is no such thing; raises CloudError where the server refuses."""
        headers: Mapping[str, str] = {
            "Accept": accept,
            "Content-Type": "application/merge-patch+json" if method == "PATCH" else "application/json",
        }
        call = self._api.param_serialize(method, path, header_params=headers, body=body, auth_settings=["BearerToken"])
        try:
            response: Any = self._api.call_api(*call, _request_timeout=30)
            content = response.read()
        except (client.ApiException, HTTPError) as error:
            raise _refused(f"{method} {path}: {error}") from error
        if response.status == 404:
            return None
        if not 200 <= response.status < 300:
            raise _refused(f"{method} {path}: {response.status} {response.reason}")
        answer: dict[str, Any] = json.loads(content)
        return answer


def _refused(reason: str) -> CloudError:
    return CloudError(
        Problem(
            code="GC-LIFECYCLE-012",
            message=Text(
                en="it cannot be seen or removed what holds the namespaces of the tenant",
                vi="không xem hoặc không gỡ được những gì đang giữ lại không gian của tenant",
            ),
            fix=Text(
                en="check that the cluster runs and that KUBECONFIG names it, then destroy again",
                vi="kiểm tra cụm đang chạy và KUBECONFIG đã trỏ tới cụm, rồi xóa lại",
            ),
            value=reason,
        )
    )
