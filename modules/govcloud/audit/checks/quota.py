"""TEN-03 live: of twice as many pods as there is room for, sent at once, exactly the room is admitted."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from govcloud.audit import workload
from govcloud.audit.access import Access, TenantAccess
from govcloud.audit.attempt import Authority, Refusal
from govcloud.audit.check import BlindError, Check, Examination, by_tenant, read_all
from govcloud.audit.result import Finding
from govcloud.audit.verdict import Verdict
from govcloud.clouds.request import Answer, Request, collection
from govcloud.refusal import quotation
from govcloud.render.image import Image
from govcloud_base.errors import Text
from govcloud_base.quantity import exact

__all__ = ["CHECK", "Room", "judge", "room"]

_NAME = "govcloud-audit-quota"
_MOST = 6
"""Pods that are let in at most: enough for a race, few enough for a small quota."""
_SETTLE_SECONDS = 60.0
_EACH = {
    "requests.cpu": Fraction("0.001"),
    "limits.cpu": Fraction("0.001"),
    "requests.ephemeral-storage": Fraction(1),
    "limits.ephemeral-storage": Fraction(1),
    "count/pods": Fraction(1),
}
"""What each pod takes of what else a quota bounds."""


class FullError(BlindError):
    """A zone has no room for a pod: another one may have."""


@dataclass(frozen=True)
class Room:
    """How many pods of which size still fit."""

    pods: int
    memory: int
    """Bytes that each pod asks for, chosen so that few fit."""


def room(quota: Mapping[str, Any]) -> Room:
    """Return the room that a ResourceQuota has left, by its own status; raises BlindError where it says nothing,
    FullError where none is left.
    """
    hard, used = quota.get("status", {}).get("hard") or {}, quota.get("status", {}).get("used") or {}
    try:
        others = (int((exact(hard[key]) - exact(used[key])) / each) for key, each in _EACH.items() if key in hard)
        pods = min((int(exact(hard["pods"]) - exact(used["pods"])), *others))
        memory = int(min(exact(hard[key]) - exact(used[key]) for key in ("requests.memory", "limits.memory")))
    except (KeyError, ValueError) as error:
        raise BlindError(
            Text(
                f"the quota's status does not count pods and memory: {error}",
                f"trạng thái của hạn mức không tính Pod và bộ nhớ: {quotation(str(error)).vi}",
            )
        ) from None
    wanted = min(_MOST, pods)
    if wanted < 1 or memory < wanted:
        raise FullError(
            Text(
                f"no room left in the quota: {pods} pods, {memory} bytes of memory",
                f"hạn mức không còn chỗ: {pods} Pod, {memory} byte bộ nhớ",
            )
        )
    each = memory // wanted
    return Room(pods=min(pods, memory // each), memory=each)


def judge(expected: int, answers: Iterable[Answer]) -> list[Finding]:
    """Return a finding for each creation; one too many is a violation, whichever it was."""
    refusal = Refusal(Authority.QUOTA)
    findings, admitted = [], 0
    for number, answer in enumerate(answers, start=1):
        name = Text(f"creation {number}", f"lần tạo {number}")
        if answer.ok:
            admitted += 1
            findings.append(
                Finding(name, Verdict.PASS, Text("admitted", "được nhận"))
                if admitted <= expected
                else Finding(
                    name,
                    Verdict.FAIL,
                    Text(
                        f"admitted, though the quota had room for {expected} only",
                        f"được nhận, dù hạn mức chỉ còn chỗ cho {expected}",
                    ),
                )
            )
        elif refusal.matches(answer):
            findings.append(Finding(name, Verdict.PASS, Text("refused by the quota", "bị hạn mức từ chối")))
        else:
            findings.append(
                Finding(
                    name,
                    Verdict.ERROR,
                    Text(
                        f"neither admitted nor refused by the quota: {answer.described.en}",
                        f"không được nhận mà cũng không bị hạn mức từ chối: {answer.described.vi}",
                    ),
                )
            )
    if admitted < expected:
        reason = Text(
            f"{admitted} admitted where {expected} had room: the refusals prove nothing",
            f"chỉ {admitted} được nhận dù còn chỗ cho {expected}: các lần từ chối không chứng minh được gì",
        )
        findings.append(Finding(Text("benign twin", "yêu cầu lành đối chứng"), Verdict.ERROR, reason))
    return findings


def _examine(subject: str, access: Access) -> Examination:
    tenant = access.tenants[subject]
    namespace, left = _roomy(tenant)
    requests = [_creation(namespace, number, left.memory, tenant.probe) for number in range(2 * left.pods)]
    try:
        with ThreadPoolExecutor(max_workers=len(requests)) as pool:
            answers = list(pool.map(tenant.api.send, requests))
        return Examination(len(requests), tuple(judge(left.pods, answers)))
    finally:
        _sweep(tenant, namespace)


def _roomy(tenant: TenantAccess) -> tuple[str, Room]:
    """Return the first zone of the tenant in which a pod has room, and what room; raises BlindError where none has.

    A tenant that fills one zone must not blind the check.
    """
    reason = FullError(Text("the tenant has no zone", "đơn vị thuê không có vùng nào"))
    for namespace in (tenant.home, *(zone for zone in tenant.zones if zone != tenant.home)):
        _sweep(tenant, namespace)
        try:
            return namespace, room(_settled_quota(tenant, namespace))
        except FullError as full:
            reason = full
    raise reason


def _creation(namespace: str, number: int, memory: int, image: Image) -> Request:
    amounts = {"cpu": "1m", "memory": str(memory), "ephemeral-storage": "1"}
    pod = workload.hardened_pod(image, workload.container(image, resources={"requests": amounts, "limits": amounts}))
    # counted by the quota, but never run: no node carries this label
    pod["nodeSelector"] = {"govcloud.gov.vn/audit": "never"}
    request = workload.create("Pod", f"{_NAME}-{number}", namespace, pod)
    request.body["metadata"]["labels"] = {"app.kubernetes.io/name": _NAME}
    return request


def _settled_quota(tenant: TenantAccess, namespace: str) -> Mapping[str, Any]:
    """Return the quota once it counts what is there: pods that just went are given back a little later."""
    deadline = time.monotonic() + _SETTLE_SECONDS
    while True:
        quotas = read_all(tenant.api, "", "resourcequotas", namespace)
        if len(quotas) != 1:
            raise BlindError(
                Text(
                    f"{len(quotas)} quotas in {namespace}, expected one",
                    f"có {len(quotas)} hạn mức trong {namespace}, lẽ ra phải có một",
                )
            )
        pods = read_all(tenant.api, "", "pods", namespace)
        counted = sum(p.get("status", {}).get("phase") not in ("Succeeded", "Failed") for p in pods)
        used = quotas[0].get("status", {}).get("used", {}).get("pods")
        if used is not None and int(exact(used)) == counted:
            return quotas[0]
        if time.monotonic() > deadline:
            raise BlindError(
                Text(
                    f"the quota of {namespace} counts {used} pods, there are {counted}",
                    f"hạn mức của {namespace} tính {used} Pod, thực tế có {counted}",
                )
            )
        time.sleep(0.5)


def _sweep(tenant: TenantAccess, namespace: str) -> None:
    path = collection("", "pods", namespace)
    for pod in read_all(tenant.api, "", "pods", namespace):
        if pod["metadata"].get("labels", {}).get("app.kubernetes.io/name") == _NAME:
            tenant.api.send(Request("DELETE", f"{path}/{pod['metadata']['name']}", query={"gracePeriodSeconds": "0"}))


CHECK = Check("TEN-03.quota-race", ("TEN-03",), by_tenant, _examine)
