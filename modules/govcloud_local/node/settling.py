"""Waiting for the node: Ready in the API server's eyes, and names answered."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from govcloud.refusal import quotation, refusal
from govcloud_base.errors import CloudError, Problem, Text
from govcloud_local.access import pki
from govcloud_local.daemons import probe
from govcloud_local.daemons.component import Home, Report
from govcloud_local.node import dns, kubelet
from govcloud_local.settings import Settings

__all__ = ["condition", "wait"]

_PATIENCE = 90.0


def wait(settings: Settings, report: Report) -> None:
    """Return when the node is Ready and the name service answers; CloudError after 90 s.

    The API server may still tell of the node's former life, but the answered name passes through a pod, the service
    proxy and the API of now.
    """
    steps: tuple[tuple[Callable[[Settings], Text | None], Text], ...] = (
        (_node_ready, Text("the node", "nút")),
        (_pods_known, Text("the kubelet", "kubelet")),
        (dns.answers, Text("the name service", "dịch vụ tên miền")),
    )
    deadline = time.monotonic() + _PATIENCE
    for look, what in steps:
        reported = False
        while (missing := look(settings)) is not None:
            if not reported:
                report(Text(f"waiting for {what.en}", f"đang chờ {what.vi}"))
                reported = True
            if time.monotonic() > deadline:
                raise _late(what, missing)
            time.sleep(0.2)


def condition(status: Mapping[str, Any], kind: str) -> Text | None:
    """Return None when the condition `kind` of an object is True, else what the object says about it."""
    for entry in status.get("status", {}).get("conditions", []):
        if entry["type"] == kind:
            said = str(entry.get("message") or entry.get("reason") or kind)
            return None if entry["status"] == "True" else quotation(said)
    return Text(f"{kind} is not reported yet", f"chưa báo trạng thái `{kind}`")


def _node_ready(settings: Settings) -> Text | None:
    return _asked(settings, f"/api/v1/nodes/{settings.node_name}", lambda node: condition(node, "Ready"))


def _pods_known(settings: Settings) -> Text | None:
    """Look whether the kubelet has heard of every pod of the node: until then it refuses logs and exec."""
    authority = pki.kubernetes(settings)
    pair = authority.client("kubelet-client", "kube-apiserver-kubelet-client")
    url = f"https://{settings.node_address}:{kubelet.PORT}/pods"
    known = _get(settings, url, pair)
    if isinstance(known, Text):
        return known
    missing = Text("the kubelet does not know all its pods yet", "kubelet chưa biết hết các pod của nó")
    return _asked(
        settings,
        f"/api/v1/pods?fieldSelector=spec.nodeName%3D{settings.node_name}",
        lambda pods: None if _uids(pods) <= _uids(known) else missing,
    )


def _uids(pods: Mapping[str, Any]) -> set[str]:
    return {pod["metadata"]["uid"] for pod in pods.get("items") or ()}


def _asked(settings: Settings, path: str, judge: Callable[[Mapping[str, Any]], Text | None]) -> Text | None:
    """Return what `judge` says of an object that the node itself may read, or why it can't be read."""
    user = f"system:node:{settings.node_name}"
    answer = _get(
        settings, settings.api_url + path, pki.kubernetes(settings).client("node-probe", user, ["system:nodes"])
    )
    return answer if isinstance(answer, Text) else judge(answer)


def _get(settings: Settings, url: str, pair: pki.Pair) -> Mapping[str, Any] | Text:
    """Return a JSON object from inside the node's network, or one line saying why there is none."""
    ca = pki.kubernetes(settings).certificate
    accept = {"Accept": "application/json"}
    try:
        status, answer = probe.http_request(settings, "GET", url, ca=ca, pair=pair, within=Home.NETWORK, headers=accept)
    except (OSError, http.client.HTTPException) as error:
        return refusal(error)
    if status != 200:
        return Text(f"{url} answers {status}", f"{url} trả lời {status}")
    found: Mapping[str, Any] = json.loads(answer)
    return found


def _late(what: Text, missing: Text) -> CloudError:
    return CloudError(
        Problem(
            code="GC-NODE-010",
            message=Text(f"{what.en} does not become ready", f"{what.vi} không sẵn sàng"),
            fix=Text(
                "look into the logs: `govcloud local logs kubelet`, then run `govcloud local up` again",
                "hãy xem nhật ký: `govcloud local logs kubelet`, rồi chạy lại `govcloud local up`",
            ),
            value=missing,
        )
    )
