"""Waiting for the node: Ready in the API server's eyes, and names answered."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from govcloud.errors import CloudError, Problem, Text
from govcloud.local import pki, probe
from govcloud.local.component import Home, Report
from govcloud.local.node import dns
from govcloud.local.settings import Settings

__all__ = ["condition", "wait"]

_PATIENCE = 90.0


def wait(settings: Settings, report: Report) -> None:
    """Return when the node is Ready and the name service answers; CloudError after 90 s.

    The API server may still tell of the node's former life, but the answered name passes through a pod, the service
    proxy and the API of now.
    """
    steps: tuple[tuple[Callable[[Settings], str | None], str, str], ...] = (
        (_node_ready, "the node", "nút"),
        (dns.answers, "the name service", "dịch vụ tên miền"),
    )
    deadline = time.monotonic() + _PATIENCE
    for look, english, vietnamese in steps:
        reported = False
        while (missing := look(settings)) is not None:
            if not reported:
                report(f"waiting for {english}")
                reported = True
            if time.monotonic() > deadline:
                raise _late(english, vietnamese, missing)
            time.sleep(0.2)


def condition(status: Mapping[str, Any], kind: str) -> str | None:
    """Return None when the condition `kind` of an object is True, else what the object says about it."""
    for entry in status.get("status", {}).get("conditions", []):
        if entry["type"] == kind:
            return None if entry["status"] == "True" else str(entry.get("message") or entry.get("reason") or kind)
    return f"{kind} is not reported yet"


def _node_ready(settings: Settings) -> str | None:
    authority = pki.kubernetes(settings)
    user = f"system:node:{settings.node_name}"
    try:
        status, answer = probe.http_request(
            settings,
            "GET",
            f"{settings.api_url}/api/v1/nodes/{settings.node_name}",
            ca=authority.certificate,
            pair=authority.client("node-probe", user, ["system:nodes"]),
            within=Home.NETWORK,
            headers={"Accept": "application/json"},
        )
    except (OSError, http.client.HTTPException) as error:
        return str(error) or type(error).__name__
    return condition(json.loads(answer), "Ready") if status == 200 else f"the API server answers {status}"


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
