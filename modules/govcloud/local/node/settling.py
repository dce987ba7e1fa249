"""Waiting for the node: Ready in the API server's eyes, and names answered."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Mapping
from typing import Any

from govcloud.errors import CloudError, Problem, Text
from govcloud.local import pki, probe
from govcloud.local.component import Home, Report
from govcloud.local.node import dns
from govcloud.local.settings import Settings

__all__ = ["condition", "wait"]

_PATIENCE = 90.0


def wait(settings: Settings, report: Report) -> None:
    """Return when the node is Ready and CoreDNS is available; CloudError after 90 s."""
    steps = (
        (f"/api/v1/nodes/{settings.node_name}", "Ready", "the node", "nút"),
        (
            f"/apis/apps/v1/namespaces/kube-system/deployments/{dns.DEPLOYMENT}",
            "Available",
            "the name service",
            "dịch vụ tên miền",
        ),
    )
    deadline = time.monotonic() + _PATIENCE
    for path, wanted, english, vietnamese in steps:
        while (missing := _look(settings, path, wanted)) is not None:
            report(f"waiting for {english}")
            if time.monotonic() > deadline:
                raise _late(english, vietnamese, missing)
            time.sleep(0.2)


def condition(status: Mapping[str, Any], kind: str) -> str | None:
    """Return None when the condition `kind` of an object is True, else what the object says about it."""
    for entry in status.get("status", {}).get("conditions", []):
        if entry["type"] == kind:
            return None if entry["status"] == "True" else str(entry.get("message") or entry.get("reason") or kind)
    return f"{kind} is not reported yet"


def _look(settings: Settings, path: str, wanted: str) -> str | None:
    authority = pki.kubernetes(settings)
    # The node's own credentials would do for the node but not for the Deployment.
    pair = authority.client("bootstrap", "govcloud-bootstrap", ["system:masters"])
    try:
        status, answer = probe.http_request(
            settings,
            "GET",
            settings.api_url + path,
            ca=authority.certificate,
            pair=pair,
            within=Home.NETWORK,
            headers={"Accept": "application/json"},
        )
    except (OSError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__
    return condition(json.loads(answer), wanted) if status == 200 else f"the API server answers {status}"


def _late(english: str, vietnamese: str, missing: str) -> CloudError:
    return CloudError(
        Problem(
            code="GC-NODE-010",
            message=Text(f"{english} does not become ready", f"{vietnamese} không sẵn sàng"),
            fix=Text(
                "look into the logs: govcloud local logs kubelet, then run govcloud local up again",
                "hãy xem nhật ký: govcloud local logs kubelet, rồi chạy lại govcloud local up",
            ),
            value=missing,
        )
    )
