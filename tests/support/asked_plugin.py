"""Our Kubernetes plugin, called as the engine calls it, and calls of the official one as they were recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import grpc
from google.protobuf import json_format

from govcloud_base.wire.protocol import provider_pb2, status_pb2
from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.changes.diff import ChangeKind, difference
from govcloud_offline.kubernetes.inputs.manifest import Manifest
from govcloud_offline.kubernetes.objects.apply import ApplyOptions, update
from govcloud_offline.kubernetes.servicer import KubernetesServicer

__all__ = ["Aborted", "CallContext", "Provider", "Recorded", "changes_of", "updated"]


class Aborted(Exception):
    """The call ended with an error."""

    def __init__(self, code: grpc.StatusCode, details: str, status: Any = None) -> None:
        super().__init__(details)
        self.code = code
        self.detail: provider_pb2.ErrorResourceInitFailed | None = None
        for key, value in getattr(status, "trailing_metadata", ()):
            if key == "grpc-status-details-bin":
                self.detail = provider_pb2.ErrorResourceInitFailed()
                status_pb2.Status.FromString(value).details[0].Unpack(self.detail)


class CallContext:
    """The end of a call, as the servicer sees it."""

    def abort(self, code: grpc.StatusCode, details: str) -> None:
        raise Aborted(code, details)

    def abort_with_status(self, status: Any) -> None:
        raise Aborted(status.code, status.details, status)


@dataclass
class Provider:
    """Our servicer, asked in JSON as the recordings are written."""

    servicer: KubernetesServicer = field(default_factory=KubernetesServicer)

    def ask(self, method: str, request: dict[str, Any]) -> dict[str, Any]:
        """Return the answer; raises :class:`Aborted`."""
        name = {"CheckConfig": "Check", "DiffConfig": "Diff", "GetPluginInfo": None}.get(method, method)
        message = getattr(provider_pb2, f"{name}Request")() if name else None
        if message is not None:
            json_format.ParseDict(request, message, ignore_unknown_fields=True)
        answer = getattr(self.servicer, method)(message, CallContext())
        shown: dict[str, Any] = json_format.MessageToDict(answer)
        return shown

    def configure(self, kubeconfig_text: str, **variables: str) -> None:
        """Configure as the engine does."""
        settings = {"kubeconfig": kubeconfig_text, **variables}
        self.ask(
            "Configure",
            {
                "acceptSecrets": True,
                "variables": {f"kubernetes:config:{key}": value for key, value in settings.items()},
            },
        )


@dataclass(frozen=True)
class Recorded:
    """One recorded call."""

    where: str
    method: str
    request: dict[str, Any]
    response: dict[str, Any]
    error: str


def changes_of(old: dict[str, Any], live: dict[str, Any], new: dict[str, Any], **options: Any) -> dict[str, ChangeKind]:
    """Return what an update from recorded inputs and a live object to new inputs would change."""
    sides = [Manifest.of(body) for body in (old, live, new)]
    return difference(old_inputs=sides[0], live=sides[1], new_inputs=sides[2], **options).changes


def updated(
    cluster: Cluster, old: dict[str, Any], new: dict[str, Any], live: dict[str, Any], options: ApplyOptions
) -> dict[str, Any]:
    """Update a live object and return what the server made of it."""
    return update(cluster, Manifest.of(old), Manifest.of(new), Manifest.of(live), options)[1].body
