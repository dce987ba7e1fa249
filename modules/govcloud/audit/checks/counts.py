"""TEN-03 live: every kind that a tenant may create is filled to its bound, and one more is refused by the quota.

What a tenant leaves in the cluster's own store, every tenant pays for: full, it takes no write from anybody.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from govcloud.audit import small_objects, workload
from govcloud.audit.access import Access, TenantAccess
from govcloud.audit.attempt import Authority, Refusal
from govcloud.audit.check import BlindError, Check, Examination, by_tenant, read_all
from govcloud.audit.result import Finding
from govcloud.audit.verdict import Verdict
from govcloud.clouds.request import Answer, Api, Request, collection
from govcloud.render.counts import creatable
from govcloud.render.image import Image
from govcloud_base.errors import Text
from govcloud_base.quantity import exact

__all__ = ["CHECK", "judge_disk", "judge_ended", "judge_kind", "judge_silent", "smallest"]

_BEYOND = 2
"""Creations that are sent beyond the room."""
_AT_ONCE = 8
_SETTLE_SECONDS = 20.0
_QUOTA = Refusal(Authority.QUOTA)
_PODS = ("", "pods")


def judge_kind(name: str, bound: int, before: int, after: int, answers: Iterable[Answer]) -> Finding:
    """Return what the creations prove, of which more were sent than the declared `bound` leaves room for.

    `before` and `after` are how many of the kind there were, the audit's own included.
    """
    title = Text.quoted(name)
    sent = list(answers)
    refused = [a for a in sent if _QUOTA.matches(a) and f"count/{name}=" in a.message]
    strange = next((a for a in sent if not a.ok and a not in refused), None)
    if after > bound:
        return Finding(
            title,
            Verdict.FAIL,
            Text(
                f"there are {after}, though no more than {bound} are declared",
                f"có {after}, trong khi khai báo không quá {bound}",
            ),
        )
    if strange is not None:
        return Finding(
            title,
            Verdict.ERROR,
            Text(
                f"neither admitted nor refused by the count: {strange.described.en}",
                f"không được nhận mà cũng không bị từ chối vì số lượng: {strange.described.vi}",
            ),
        )
    if not refused:
        return Finding(
            title,
            Verdict.ERROR,
            Text(
                f"{after} of {bound} exist and nothing was refused: others removed some",
                f"có {after} trên {bound} mà không có gì bị từ chối: ai đó đã xóa bớt",
            ),
        )
    if len(refused) == len(sent) and before < bound:
        return Finding(
            title,
            Verdict.ERROR,
            Text(
                f"all refused, though {before} of {bound} exist: that proves nothing",
                f"tất cả bị từ chối dù mới có {before} trên {bound}: không chứng minh được gì",
            ),
        )
    return Finding(
        title, Verdict.PASS, Text(f"refused by the quota beyond {bound}", f"bị hạn mức từ chối khi vượt quá {bound}")
    )


def judge_ended(quota: Mapping[str, Any], bound: int, pods: int) -> Finding:
    """Return whether pods that ended are counted: only running them would fill their count, so it is read."""
    status = quota.get("status") or {}
    hard, used = ((status.get(key) or {}).get("count/pods") for key in ("hard", "used"))
    if hard is None or used is None or int(exact(hard)) > bound:
        return Finding(
            Text.quoted("pods"),
            Verdict.FAIL,
            Text(
                f"count/pods is {hard}, declared {bound}",
                f"count/pods là {'không có' if hard is None else hard}, khai báo là {bound}",
            ),
        )
    if int(exact(used)) < pods:
        return Finding(
            Text.quoted("pods"),
            Verdict.ERROR,
            Text(f"the quota counts {used} of {pods} pods", f"hạn mức chỉ tính {used} trên {pods} Pod"),
        )
    return Finding(
        Text.quoted("pods"),
        Verdict.PASS,
        Text(f"counted, ended ones as well: {used} of {hard}", f"được tính, kể cả Pod đã kết thúc: {used} trên {hard}"),
    )


def judge_disk(attack: Answer, twin: Answer) -> Finding:
    """Return whether a pod that asks for more disk than the zone has is refused, and one that asks for little not."""
    name = Text("disk of nodes", "đĩa của các nút")
    if attack.ok:
        return Finding(
            name,
            Verdict.FAIL,
            Text("a pod may ask for more than the zone has", "một Pod được phép xin nhiều hơn phần của vùng"),
        )
    if not twin.ok:
        return Finding(
            name,
            Verdict.ERROR,
            Text(
                f"a pod that asks for little was refused, so a refusal proves nothing: {twin.described.en}",
                f"Pod xin ít cũng bị từ chối nên việc từ chối không chứng minh được gì: {twin.described.vi}",
            ),
        )
    if _QUOTA.matches(attack) and "ephemeral-storage=" in attack.message:
        return Finding(
            name,
            Verdict.PASS,
            Text("refused by the quota beyond what the zone has", "bị hạn mức từ chối khi vượt quá phần của vùng"),
        )
    return Finding(
        name,
        Verdict.ERROR,
        Text(
            f"not refused by the quota but answered {attack.described.en}",
            f"không bị hạn mức từ chối mà nhận trả lời {attack.described.vi}",
        ),
    )


def judge_silent(answer: Answer) -> Finding:
    """Return whether a pod that says nothing about disk is given a bound, or refused for saying nothing."""
    name = Text("disk of a silent pod", "đĩa của Pod không nêu gì")
    if answer.status == 403 and "must specify" in answer.message and "ephemeral-storage" in answer.message:
        return Finding(name, Verdict.PASS, Text("refused, as it states none", "bị từ chối vì không nêu giới hạn"))
    if not answer.ok:
        return Finding(
            name, Verdict.ERROR, Text(f"not admitted: {answer.described.en}", f"không được nhận: {answer.described.vi}")
        )
    containers = answer.json().get("spec", {}).get("containers", [])
    limits = [(c.get("resources", {}).get("limits") or {}).get("ephemeral-storage") for c in containers]
    if not limits or None in limits:
        return Finding(
            name,
            Verdict.FAIL,
            Text("a pod that states no limit of disk has none", "Pod không nêu giới hạn đĩa thì không có giới hạn nào"),
        )
    return Finding(
        name, Verdict.PASS, Text(f"bounded by default at {limits[0]}", f"mặc định bị giới hạn ở {limits[0]}")
    )


def _examine(subject: str, access: Access) -> Examination:
    tenant = access.tenants[subject]
    api = tenant.api
    namespace, hard = smallest(tenant)
    kinds = {f"{plural}.{group}".rstrip("."): (group, plural) for group, plural in sorted(creatable() - {_PODS})}
    findings = _filled(api, namespace, hard, kinds, tenant.probe)
    # While objects go, the quota's controller counts them anew and may be late by a moment, so a kind is tried again.
    doubted = {f.name.en: kinds[f.name.en] for f in findings if f.verdict is not Verdict.PASS}
    again = {f.name.en: f for f in _filled(api, namespace, hard, doubted, tenant.probe)} if doubted else {}
    findings = [again.get(f.name.en, f) for f in findings]
    pods = len(read_all(api, *_PODS, namespace))
    findings.append(judge_ended(_quota(api, namespace), int(hard["count/pods"]), pods))
    findings += _disk(api, namespace, int(exact(hard["limits.ephemeral-storage"])), tenant.probe)
    return Examination(len(kinds) + 3, tuple(findings))


def _filled(
    api: Api, namespace: str, hard: Mapping[str, str], kinds: Mapping[str, tuple[str, str]], image: Image
) -> list[Finding]:
    """Fill kinds to their declared bounds and beyond; what is made here is taken out again.

    Nothing is taken out before all are full: of what goes, the quota gives the room back only a moment later.
    """
    _sweep(api, namespace, kinds.values())
    _settle(api, namespace, kinds)
    try:
        return [_fill(api, namespace, name, place, int(hard[f"count/{name}"]), image) for name, place in kinds.items()]
    finally:
        _sweep(api, namespace, kinds.values())


def _fill(api: Api, namespace: str, name: str, place: tuple[str, str], bound: int, image: Image) -> Finding:
    before = len(read_all(api, *place, namespace))
    request = small_objects.creation(*place, namespace, image)
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        answers = list(pool.map(lambda _: _create(api, request), range(max(bound - before, 0) + _BEYOND)))
    return judge_kind(name, bound, before, len(read_all(api, *place, namespace)), answers)


def _create(api: Api, request: Request) -> Answer:
    """Create one object, again where somebody else was writing down the quota's use."""
    answer = api.send(request)
    for _ in range(_AT_ONCE):
        if answer.status != 409:
            break
        answer = api.send(request)
    return answer


def _settle(api: Api, namespace: str, kinds: Mapping[str, tuple[str, str]]) -> None:
    """Wait until the quota counts what is there; where it never does, that shows in what it admits."""
    deadline = time.monotonic() + _SETTLE_SECONDS
    while time.monotonic() < deadline:
        used = (_quota(api, namespace).get("status") or {}).get("used") or {}
        there = {name: len(read_all(api, *place, namespace)) for name, place in kinds.items()}
        if all(exact(used.get(f"count/{name}", "0")) == number for name, number in there.items()):
            return
        time.sleep(0.5)


def _sweep(api: Api, namespace: str, places: Iterable[tuple[str, str]]) -> None:
    own = [
        Request(
            "DELETE",
            f"{collection(group, plural, namespace)}/{found['metadata']['name']}",
            query={"propagationPolicy": "Background"},
        )
        for group, plural in places
        for found in read_all(api, group, plural, namespace)
        if (found["metadata"].get("labels") or {}).get("app.kubernetes.io/name") == small_objects.MARK
    ]
    with ThreadPoolExecutor(max_workers=_AT_ONCE) as pool:
        list(pool.map(api.send, own))


def _quota(api: Api, namespace: str) -> Mapping[str, Any]:
    quotas = read_all(api, "", "resourcequotas", namespace)
    if len(quotas) != 1:
        raise BlindError(
            Text(
                f"{len(quotas)} quotas in {namespace}, expected one",
                f"có {len(quotas)} hạn mức trong {namespace}, lẽ ra phải có một",
            )
        )
    return quotas[0]


def smallest(tenant: TenantAccess) -> tuple[str, Mapping[str, str]]:
    """Return the tenant's zone in which least is to be filled, with its declared bounds."""
    quotas = {
        m["metadata"]["namespace"]: m["spec"]["hard"]
        for m in tenant.manifests.values()
        if m["kind"] == "ResourceQuota" and m["metadata"]["namespace"] in tenant.zones
    }
    if not quotas:
        raise BlindError(
            Text(
                "no quota is declared in a zone of the tenant",
                "không khai báo hạn mức nào trong các vùng của đơn vị thuê",
            )
        )
    return min(
        quotas.items(), key=lambda entry: (sum(int(n) for k, n in entry[1].items() if k.startswith("count/")), entry[0])
    )


def _disk(api: Api, namespace: str, most: int, image: Image) -> Iterator[Finding]:
    half = most // 2 + 1
    # two containers: more than a zone has in one of them would be refused by the limit of one
    yield judge_disk(api.send(_pod(namespace, image, half, half)), api.send(_pod(namespace, image, 1, 1)))
    yield judge_silent(api.send(_pod(namespace, image, None)))


def _pod(namespace: str, image: Image, *disks: int | None) -> Request:
    amounts = [{"cpu": "1m", "memory": "4Mi"} | ({} if d is None else {"ephemeral-storage": str(d)}) for d in disks]
    resources = [{"requests": a, "limits": a} for a in amounts]
    containers = (workload.container(image, f"probe-{n}", resources=r) for n, r in enumerate(resources))
    return workload.create("Pod", small_objects.MARK, namespace, workload.hardened_pod(image, *containers)).dry_run()


CHECK = Check("TEN-03.counts", ("TEN-03",), by_tenant, _examine)
