"""An API server in memory, the recordings of the official plugin, and our servicer called as the engine calls it."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import grpc
import pytest
from google.protobuf import json_format
from made_objects import refusal

from govcloud_base.wire.protocol import provider_pb2, status_pb2
from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.api.configuration import Settings
from govcloud_offline.kubernetes.servicer import KubernetesServicer

RECORDINGS = Path(__file__).parents[4] / "fixtures" / "kubernetes-plugin"

# group/version → kind → plural, namespaced
SERVED: dict[str, dict[str, tuple[str, bool]]] = {
    "v1": {
        "ConfigMap": ("configmaps", True),
        "LimitRange": ("limitranges", True),
        "Namespace": ("namespaces", False),
        "PersistentVolumeClaim": ("persistentvolumeclaims", True),
        "Pod": ("pods", True),
        "ResourceQuota": ("resourcequotas", True),
        "Secret": ("secrets", True),
        "Service": ("services", True),
        "ServiceAccount": ("serviceaccounts", True),
    },
    "admissionregistration.k8s.io/v1": {
        "ValidatingAdmissionPolicy": ("validatingadmissionpolicies", False),
        "ValidatingAdmissionPolicyBinding": ("validatingadmissionpolicybindings", False),
    },
    "apiextensions.k8s.io/v1": {"CustomResourceDefinition": ("customresourcedefinitions", False)},
    "apps/v1": {
        "DaemonSet": ("daemonsets", True),
        "Deployment": ("deployments", True),
        "StatefulSet": ("statefulsets", True),
    },
    "batch/v1": {"Job": ("jobs", True)},
    "discovery.k8s.io/v1": {"EndpointSlice": ("endpointslices", True)},
    "networking.k8s.io/v1": {"NetworkPolicy": ("networkpolicies", True)},
    "policy/v1": {"PodDisruptionBudget": ("poddisruptionbudgets", True)},
    "rbac.authorization.k8s.io/v1": {
        "ClusterRole": ("clusterroles", False),
        "Role": ("roles", True),
        "RoleBinding": ("rolebindings", True),
    },
    "scheduling.k8s.io/v1": {"PriorityClass": ("priorityclasses", False)},
}


@dataclass
class Call:
    """One request that the server got."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    content_type: str


@dataclass
class ApiDouble:
    """As much of an API server as a test needs: objects by path, and answers that a test prescribes."""

    objects: dict[str, dict[str, Any]] = field(default_factory=dict)
    answers: dict[tuple[str, str], list[tuple[int, Any]]] = field(default_factory=dict)
    """By method and path; the last one is repeated."""
    served: dict[str, dict[str, tuple[str, bool]]] = field(
        default_factory=lambda: {version: dict(kinds) for version, kinds in SERVED.items()}
    )
    calls: list[Call] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    """What it warns of in answers to POST."""
    url: str = ""

    def path(self, manifest: dict[str, Any], *, collection: bool = False) -> str:
        """Return where an object is kept."""
        version = manifest["apiVersion"]
        plural, namespaced = self.served[version][manifest["kind"]]
        root = f"/apis/{version}" if "/" in version else f"/api/{version}"
        scope = f"/namespaces/{manifest['metadata'].get('namespace', 'default')}" if namespaced else ""
        return f"{root}{scope}/{plural}" + ("" if collection else f"/{manifest['metadata']['name']}")

    def put(self, manifest: dict[str, Any]) -> None:
        """Keep an object."""
        self.objects[self.path(manifest)] = manifest

    def prescribe(self, method: str, path: str, *answers: tuple[int, Any]) -> None:
        """Let the server answer the next calls of `method` on `path` like this, the last one for ever."""
        self.answers[method, path] = list(answers)

    def made(self, *methods: str) -> list[Call]:
        """Return the calls by these methods."""
        return [call for call in self.calls if call.method in methods]

    def answer(self, call: Call) -> tuple[int, Any]:
        self.calls.append(call)
        prescribed = self.answers.get((call.method, call.path))
        if prescribed:
            return prescribed.pop(0) if len(prescribed) > 1 else prescribed[0]
        if call.path == "/version":
            return 200, {"gitVersion": "v1.36.3"}
        version = call.path.removeprefix("/apis/").removeprefix("/api/")
        if call.method == "GET" and version in self.served:
            return 200, {
                "resources": [
                    {"name": plural, "kind": kind, "namespaced": namespaced}
                    for kind, (plural, namespaced) in self.served[version].items()
                ]
            }
        if call.method == "GET" and call.path in self.objects:
            return 200, self.objects[call.path]
        if call.method == "DELETE" and call.path in self.objects:
            del self.objects[call.path]
            return 200, {}
        if call.method == "POST":
            made = {**call.body, "metadata": {**call.body["metadata"], "uid": "1", "resourceVersion": "1"}}
            if "dryRun" not in call.query:
                self.put(made)
            return 201, made
        name = call.path.rsplit("/", 1)[-1]
        return refusal(404, "NotFound", f'"{name}" not found', name=name)


@pytest.fixture
def api() -> Iterator[ApiDouble]:
    """A server of this test on a loopback port."""
    double = ApiDouble()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            parts = urlsplit(self.path)
            content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            call = Call(
                self.command,
                parts.path,
                dict(parse_qsl(parts.query)),
                json.loads(content) if content else None,
                self.headers.get("Content-Type", ""),
            )
            code, document = double.answer(call)
            data = json.dumps(document).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            for text in double.warnings if self.command == "POST" else ():
                escaped = text.replace("\\", "\\\\").replace('"', '\\"')
                self.send_header("Warning", f'299 - "{escaped}"')
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *arguments: Any) -> None:
            """Be silent."""

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815 (named by http.server)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    double.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield double
    server.shutdown()
    thread.join()
    server.server_close()


def kubeconfig(url: str) -> str:
    """Return the content of a kubeconfig for a server without TLS."""
    return json.dumps(
        {
            "current-context": "x",
            "clusters": [{"name": "c", "cluster": {"server": url}}],
            "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
            "users": [{"name": "u", "user": {}}],
        }
    )


@pytest.fixture
def cluster(api: ApiDouble) -> Iterator[Cluster]:
    """The server in memory, connected to."""
    connected = Cluster(Settings(kubeconfig=kubeconfig(api.url)))
    assert connected.unreachable == ""
    yield connected
    connected.close()


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


@pytest.fixture
def provider(api: ApiDouble) -> Iterator[Provider]:
    """Our servicer, configured for the server in memory."""
    made = Provider()
    made.configure(kubeconfig(api.url))
    assert made.servicer.cluster.unreachable == ""
    yield made
    made.servicer.cluster.close()


@pytest.fixture
def unconnected() -> Provider:
    """Our servicer with a kubeconfig that does not exist."""
    made = Provider()
    made.configure("ABSENT_KUBECONFIG")
    return made


@dataclass(frozen=True)
class Recorded:
    """One recorded call."""

    where: str
    method: str
    request: dict[str, Any]
    response: dict[str, Any]
    error: str


@pytest.fixture(scope="session")
def recordings() -> Callable[[str], list[Recorded]]:
    """Return the calls of one recording, in order."""

    def read(name: str) -> list[Recorded]:
        calls = []
        for number, line in enumerate((RECORDINGS / name).read_text().splitlines(), 1):
            call = json.loads(line)
            calls.append(
                Recorded(
                    f"{name}:{number}",
                    call["method"].rsplit("/", 1)[-1],
                    call["request"],
                    call.get("response") or {},
                    "\n".join(call.get("errors", ())),
                )
            )
        return calls

    return read
