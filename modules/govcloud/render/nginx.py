"""An nginx workload in a zone: configuration, Deployment, Service and, where several run, a disruption budget."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from govcloud.model.cloud import Cluster
from govcloud.render.image import Image
from govcloud.render.manifest import Manifest
from govcloud.render.zone import Zone

__all__ = [
    "AGENCY_HEADER",
    "HTTP_PORT",
    "PLATFORM_PRIORITY",
    "configuration",
    "server",
    "service_address",
    "workload",
]

HTTP_PORT = 8080
AGENCY_HEADER = "X-Govcloud-Agency"
"""Who asks, as the asking gateway says to a platform, which believes it because only gateways can reach it. A caller's
own is removed on every path, and no published service ever sees one."""
PLATFORM_PRIORITY = "govcloud-platform"
"""Priority class of gateways and shared platforms: many depend on them, so they are the last to be evicted. Refused in
tenants' zones by admission (TEN-05)."""
_USER = 65532
_CONFIGURATION_FOLDER = "/etc/govcloud"


def service_address(zone: Zone, service: str, port: int, cluster: Cluster) -> str:
    """Return host and port of a service, spelt in full so that no search domain can answer instead."""
    return f"{service}.{zone.namespace}.svc.{cluster.dns_domain}:{port}"


def configuration(cluster: Cluster, http: Sequence[str], stream: Sequence[str] = ()) -> str:
    """Return an nginx configuration with these blocks.

    Names are looked up when a connection needs them, not when nginx starts: a peer that isn't there yet, or has moved,
    must not keep this side from running.
    """
    resolver = f"resolver {cluster.dns_address} valid=10s ipv6=off;"
    lines = [
        "load_module modules/ngx_stream_module.so;",
        "worker_processes 1;",
        "pid /tmp/nginx.pid;",
        "error_log stderr warn;",
        "events { worker_connections 512; }",
        "http {",
        "    access_log /dev/stdout;",
        "    server_tokens off;",
        *(f"    {kind}_temp_path /tmp/{kind};" for kind in ("proxy", "fastcgi", "uwsgi", "scgi")),
        "    client_body_temp_path /tmp/client_body;",
        "    proxy_connect_timeout 3s;",
        "    proxy_http_version 1.1;",
        "    default_type text/plain;",
        f"    {resolver}",
        # Some servers read `X_Govcloud_Agency` as `X-Govcloud-Agency`: nothing but letters, digits and dashes passes.
        "    underscores_in_headers off;",
        "    ignore_invalid_headers on;",
        # Whatever a caller says, in however many copies; a location that says who asks replaces this line.
        f'    proxy_set_header {AGENCY_HEADER} "";',
        *_indented(http),
        "}",
    ]
    if stream:
        lines += ["stream {", "    proxy_connect_timeout 3s;", f"    {resolver}", *_indented(stream), "}"]
    return "\n".join(lines) + "\n"


def server(port: int, *lines: str, title: str = "") -> str:
    """Return an HTTP server block. Paths with control characters, however they are written, are refused: an expression
    that ends at a line would take such a path for another.
    """
    guard = 'if ($uri ~ "[\\x00-\\x1f\\x7f]") { return 400; }'
    body = [f"listen {port};", guard, *(part for line in lines for part in line.splitlines())]
    return "\n".join([f"server {{{title and f' # {title}'}", *(f"    {line}" for line in body), "}"])


def _indented(blocks: Iterable[str]) -> Iterable[str]:
    return ("    " + line for block in blocks for line in block.splitlines())


def workload(
    zone: Zone, name: str, config: str, image: Image, *, replicas: int, ports: Mapping[str, int]
) -> Iterable[Manifest]:
    """Yield what runs nginx from `image` as `name` in `zone`, `ports` by name; the port `http` answers `/healthz`."""
    own = {"app.kubernetes.io/name": name}
    labels = {**zone.labels, **own}
    metadata = {"name": name, "namespace": zone.namespace, "labels": labels}
    yield {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"nginx.conf": config}}
    yield {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata,
        "spec": {
            "replicas": replicas,
            "revisionHistoryLimit": 2,
            "selector": {"matchLabels": own},
            # The old one serves until the new one is ready.
            "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}},
            "template": {
                # nginx reads its configuration once: a changed one must make new pods.
                "metadata": {"labels": labels, "annotations": {"govcloud.gov.vn/config": _digest(config)}},
                "spec": _pod(own, name, ports, image),
            },
        },
    }
    yield {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata,
        "spec": {
            "type": "ClusterIP",
            "selector": own,
            "ports": [
                {"name": port, "protocol": "TCP", "port": number, "targetPort": number}
                for port, number in ports.items()
            ],
        },
    }
    if replicas >= 2:
        yield {
            "apiVersion": "policy/v1",
            "kind": "PodDisruptionBudget",
            "metadata": metadata,
            "spec": {"minAvailable": 1, "selector": {"matchLabels": own}},
        }


def _digest(config: str) -> str:
    return hashlib.sha256(config.encode()).hexdigest()[:16]


def _pod(own: Mapping[str, str], name: str, ports: Mapping[str, int], image: Image) -> Manifest:
    selector = {"matchLabels": dict(own)}
    probe = {"httpGet": {"path": "/healthz", "port": "http"}, "timeoutSeconds": 3}
    return {
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 10,
        "priorityClassName": PLATFORM_PRIORITY,
        **image.secrets,
        # Spread over hosts and failure domains as far as there are any; one node must still hold all.
        "affinity": {
            "podAntiAffinity": {
                "preferredDuringSchedulingIgnoredDuringExecution": [
                    {
                        "weight": 100,
                        "podAffinityTerm": {
                            "labelSelector": selector,
                            "topologyKey": "kubernetes.io/hostname",
                        },
                    }
                ]
            }
        },
        "topologySpreadConstraints": [
            {
                "maxSkew": 1,
                "topologyKey": "topology.kubernetes.io/zone",
                "whenUnsatisfiable": "ScheduleAnyway",
                "labelSelector": selector,
            }
        ],
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": _USER,
            "runAsGroup": _USER,
            "seccompProfile": {"type": "RuntimeDefault"},
        },
        "containers": [
            {
                "name": name,
                "image": image.reference,
                "imagePullPolicy": "IfNotPresent",
                "command": [
                    "/usr/sbin/nginx",
                    "-e",
                    "stderr",
                    "-c",
                    f"{_CONFIGURATION_FOLDER}/nginx.conf",
                    "-g",
                    "daemon off;",
                ],
                "ports": [{"name": port, "containerPort": number, "protocol": "TCP"} for port, number in ports.items()],
                "readinessProbe": {**probe, "periodSeconds": 5},
                "livenessProbe": {**probe, "periodSeconds": 20, "failureThreshold": 3},
                "resources": {
                    "requests": {"cpu": "10m", "memory": "32Mi"},
                    "limits": {"cpu": "100m", "memory": "32Mi"},
                },
                "securityContext": {
                    "allowPrivilegeEscalation": False,
                    "readOnlyRootFilesystem": True,
                    "capabilities": {"drop": ["ALL"]},
                },
                "volumeMounts": [
                    {"name": "config", "mountPath": _CONFIGURATION_FOLDER, "readOnly": True},
                    {"name": "tmp", "mountPath": "/tmp"},  # noqa: S108 - a volume of the pod's own
                ],
            }
        ],
        "volumes": [
            {"name": "config", "configMap": {"name": name}},
            {"name": "tmp", "emptyDir": {"sizeLimit": "16Mi"}},
        ],
    }
