"""What is put into a fresh Kubernetes before anyone uses it, by server-side apply under one field manager."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Mapping, Sequence

from govcloud.refusal import refusal
from govcloud_base.discovery import Served, root, served
from govcloud_base.errors import CloudError, Problem, Text
from govcloud_local.access import kubeconfig, pki
from govcloud_local.daemons import probe
from govcloud_local.daemons.component import Home
from govcloud_local.settings import Settings

__all__ = ["FIELD_MANAGER", "apply", "bindings"]

FIELD_MANAGER = "govcloud-local"
_ATTEMPTS = 20


def bindings() -> list[Mapping[str, object]]:
    """Return who may do what from the start: the platform engineer everything, the API server what kubelets ask for."""
    return [
        _binding("govcloud-platform-engineer", "cluster-admin", "Group", kubeconfig.ENGINEER_GROUP),
        _binding("govcloud-kubelet-client", "system:kubelet-api-admin", "User", "kube-apiserver-kubelet-client"),
    ]


def _binding(name: str, role: str, kind: str, subject: str) -> Mapping[str, object]:
    group = "rbac.authorization.k8s.io"
    return {
        "apiVersion": f"{group}/v1",
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name, "labels": {"govcloud.gov.vn/managed-by": "govcloud"}},
        "roleRef": {"apiGroup": group, "kind": "ClusterRole", "name": role},
        "subjects": [{"apiGroup": group, "kind": kind, "name": subject}],
    }


def apply(settings: Settings, manifests: Sequence[Mapping[str, object]]) -> None:
    """Apply the manifests in order. Raises CloudError with the server's words when one is refused."""
    kinds: dict[str, dict[str, Served]] = {}
    for manifest in manifests:
        version, kind = str(manifest["apiVersion"]), str(manifest["kind"])
        if version not in kinds:
            kinds[version] = served(version, json.loads(_call(settings, "GET", root(version), f"{version} {kind}")))
        metadata = manifest["metadata"]
        assert isinstance(metadata, Mapping)
        path = kinds[version][kind].path(str(metadata["name"]), str(metadata.get("namespace", "default")))
        _call(
            settings,
            "PATCH",
            f"{path}?fieldManager={FIELD_MANAGER}&force=true",
            f"{kind} {metadata['name']}",
            json.dumps(manifest).encode(),
        )


def _call(settings: Settings, method: str, path: str, what: str, body: bytes = b"") -> bytes:
    authority = pki.kubernetes(settings)
    # needed before anyone is bound to a role; the authority's key beside it could make the same certificate
    pair = authority.client("bootstrap", "govcloud-bootstrap", ["system:masters"])
    said: str | Text = ""
    for attempt in range(_ATTEMPTS):
        if attempt:
            time.sleep(0.1)
        try:
            status, answer = probe.http_request(
                settings,
                method,
                settings.api_url + path,
                ca=authority.certificate,
                pair=pair,
                within=Home.NETWORK,
                body=body,
                headers={"Content-Type": "application/apply-patch+yaml"} if body else {},
            )
        except (OSError, http.client.HTTPException) as error:
            said = refusal(error)
            continue
        if status < 300:
            return answer
        said = _message(answer) or str(status)
        if status < 500 and status not in (404, 409, 429):  # 404, 409: something of a fresh server is still settling
            break
    raise CloudError(
        Problem(
            code="GC-LOCAL-007",
            message=Text(f"the API server did not take {what}", f"máy chủ API không chấp nhận {what}"),
            fix=Text(
                "see `govcloud local logs kube-apiserver`, then run `govcloud local up` again",
                "hãy xem `govcloud local logs kube-apiserver`, rồi chạy lại `govcloud local up`",
            ),
            value=said,
        )
    )


def _message(answer: bytes) -> str:
    try:
        return str(json.loads(answer)["message"])
    except (ValueError, KeyError, TypeError):
        return answer.decode(errors="replace")[:200]
