"""TEN-05 live: dangerous pods of every kind, sent by the tenant itself, are refused where their author sees
it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from govcloud.audit import workload
from govcloud.audit.access import Access, TenantAccess
from govcloud.audit.attempt import RBAC, Attempt, Authority, Refusal, perform, policy
from govcloud.audit.check import BlindError, Check, Examination, by_tenant
from govcloud.clouds.request import MERGE_PATCH, STRATEGIC_PATCH, Request, resource
from govcloud.render.image import Image
from govcloud_base.errors import Text

__all__ = ["CHECK", "attempts", "running_attempts"]

_NAME = "govcloud-audit-hardening"
_POD_SECURITY = Refusal(Authority.POD_SECURITY)
_HARDENING = "TEN-05"

_REQUIRED, _PREFERRED = (f"{word}DuringSchedulingIgnoredDuringExecution" for word in ("required", "preferred"))
_NEAR = {"labelSelector": {}, "topologyKey": "kubernetes.io/hostname"}
_EVERYBODY = {**_NEAR, "namespaceSelector": {}}

Change = Callable[[dict[str, Any]], None]


def _pod(**fields: Any) -> Change:
    return lambda pod: pod.update(copy.deepcopy(fields))


def _container(**fields: Any) -> Change:
    return lambda pod: pod["containers"][0].update(copy.deepcopy(fields))


def _context(**fields: Any) -> Change:
    return lambda pod: pod["containers"][0]["securityContext"].update(copy.deepcopy(fields))


def _root(pod: dict[str, Any]) -> None:
    pod["securityContext"] = {"runAsUser": 0, "seccompProfile": {"type": "RuntimeDefault"}}


def _init(**fields: Any) -> Change:
    def change(pod: dict[str, Any]) -> None:
        context = {"allowPrivilegeEscalation": True, "privileged": True}
        pod["initContainers"] = [{**pod["containers"][0], "name": "first", "securityContext": context, **fields}]

    return change


ATTACKS: dict[Text, Change] = {
    Text("privileged container", "container đặc quyền"): _context(privileged=True, allowPrivilegeEscalation=True),
    Text("privileged init container", "container khởi tạo đặc quyền"): _init(),
    Text("privileged sidecar", "container kèm đặc quyền"): _init(restartPolicy="Always"),
    Text("hostPath volume", "ổ đĩa hostPath"): _pod(volumes=[{"name": "host", "hostPath": {"path": "/"}}]),
    Text.quoted("hostNetwork"): _pod(hostNetwork=True),
    Text.quoted("hostPID"): _pod(hostPID=True),
    Text.quoted("hostUsers"): _pod(hostUsers=True),
    Text.quoted("hostIPC"): _pod(hostIPC=True),
    Text.quoted("hostPort"): _container(ports=[{"containerPort": 8080, "hostPort": 8080}]),
    Text("added capability", "thêm năng lực"): _context(capabilities={"drop": ["ALL"], "add": ["SYS_ADMIN"]}),
    Text("capabilities not dropped", "không bỏ các năng lực"): _context(capabilities={}),
    Text("privilege escalation", "leo thang đặc quyền"): _context(allowPrivilegeEscalation=True),
    Text("root user", "người dùng root"): _root,
    Text("seccomp unconfined", "seccomp không giới hạn"): _context(seccompProfile={"type": "Unconfined"}),
    Text.quoted("nodeName"): _pod(nodeName="govcloud-node"),
    Text("own scheduler", "bộ lập lịch riêng"): _pod(schedulerName="own"),
    Text("tolerates every taint", "chịu được mọi dấu loại trừ"): _pod(tolerations=[{"operator": "Exists"}]),
    Text("system priority", "độ ưu tiên của hệ thống"): _pod(priorityClassName="system-cluster-critical"),
    Text("platform priority", "độ ưu tiên của nền tảng"): _pod(priorityClassName="govcloud-platform"),
    Text("takes for ever to end", "kết thúc mãi không xong"): _pod(terminationGracePeriodSeconds=10**9),
    Text("keeps others off its node", "không cho ai khác vào nút của mình"): _pod(
        affinity={"podAntiAffinity": {_REQUIRED: [_EVERYBODY]}}
    ),
    Text("would rather have others off its node", "muốn không có ai khác ở nút của mình"): _pod(
        affinity={"podAntiAffinity": {_PREFERRED: [{"weight": 1, "podAffinityTerm": _EVERYBODY}]}}
    ),
    Text("follows others to their node", "theo bên khác tới nút của họ"): _pod(
        affinity={"podAffinity": {_REQUIRED: [{**_NEAR, "namespaces": ["kube-system"]}]}}
    ),
}

_EVERY_KIND = ("privileged container", "privileged init container", "hostPath volume", "nodeName")
"""Attacks repeated for kinds beyond Pod and Deployment: one for each way in which the rules are written."""


def attempts(namespace: str, image: Image) -> Iterator[Attempt]:
    """Return every attempt by creation, each a dry run: had it been allowed, nothing would have been left
    behind."""
    for kind in workload.KINDS:
        # replication controllers are older than deployments, and no tenant may make them
        ordinary = "Deployment" if kind == "ReplicationController" else kind
        twin = workload.create(ordinary, _NAME, namespace, workload.hardened_pod(image)).dry_run()
        for name, change in ATTACKS.items():
            if kind not in ("Pod", "Deployment") and name.en not in _EVERY_KIND:
                continue
            pod = workload.hardened_pod(image)
            change(pod)
            yield Attempt(
                name=Text(f"{kind}: {name.en}", f"{kind}: {name.vi}"),
                attack=workload.create(kind, _NAME, namespace, pod).dry_run(),
                refusals=_refusals(kind),
                twin=twin,
            )


def _refusals(kind: str) -> tuple[Refusal, ...]:
    if kind == "Pod":
        return _POD_SECURITY, policy("pods", _HARDENING)
    named = policy("pod-schedules" if kind == "CronJob" else "pod-templates", _HARDENING)
    return (named, RBAC) if kind == "ReplicationController" else (named,)


def running_attempts(namespace: str, pod: str, image: Image) -> Iterator[Attempt]:
    """Return attempts on a pod that was admitted and runs: to slip a container or an image in, to place it by hand."""
    note = {"metadata": {"annotations": {"example.vn/note": "twin"}}}
    twin = Request("PATCH", resource("", "pods", pod, namespace), note, MERGE_PATCH).dry_run()

    def request(**context: Any) -> Request:
        extra = workload.container(image, "debug")
        del extra["resources"]
        extra["securityContext"].update(context)
        return Request(
            "PATCH",
            resource("", "pods", pod, namespace, "ephemeralcontainers"),
            {"spec": {"ephemeralContainers": [extra]}},
            STRATEGIC_PATCH,
        ).dry_run()

    running = policy("running-pods", _HARDENING)
    contexts: dict[Text, dict[str, Any]] = {
        Text("as hardened as can be", "được gia cố tối đa"): {},
        Text("privileged", "đặc quyền"): {"privileged": True, "allowPrivilegeEscalation": True},
        Text("with a capability", "có năng lực"): {"capabilities": {"drop": ["ALL"], "add": ["NET_RAW"]}},
    }
    for name, context in contexts.items():
        yield Attempt(
            name=Text(f"Pod: ephemeral container {name.en}", f"Pod: container tạm {name.vi}"),
            attack=request(**context),
            refusals=(RBAC, _POD_SECURITY, policy("pods", _HARDENING), running),
            twin=twin,
        )
    # of a declared registry and by digest, so that nothing but its change is wrong with it
    changed = f"{image.reference.partition('@')[0]}@sha256:{'f' * 64}"
    other = {"spec": {"containers": [{"name": "probe", "image": changed}]}}
    yield Attempt(
        name=Text("Pod: another image while it runs", "Pod: đổi ảnh khi đang chạy"),
        attack=Request("PATCH", resource("", "pods", pod, namespace), other, STRATEGIC_PATCH).dry_run(),
        refusals=(running,),
        twin=twin,
    )
    binding = {
        "apiVersion": "v1",
        "kind": "Binding",
        "metadata": {"name": pod, "namespace": namespace},
        "target": {"apiVersion": "v1", "kind": "Node", "name": "govcloud-node"},
    }
    yield Attempt(
        name=Text("Pod: bound to a node by hand", "Pod: gắn vào nút bằng tay"),
        attack=Request("POST", resource("", "pods", pod, namespace, "binding"), binding).dry_run(),
        refusals=(RBAC, policy("placement", _HARDENING)),
        twin=twin,
    )


def _examine(subject: str, access: Access) -> Examination:
    tenant = access.tenants[subject]
    planned = list(attempts(tenant.home, tenant.probe))
    findings = perform(tenant.api, planned)
    with_pod, running = _on_running_pod(tenant, access.run.named(_NAME))
    return Examination(len(planned) + with_pod, (*findings, *running))


def _on_running_pod(tenant: TenantAccess, pod: str) -> tuple[int, tuple[Any, ...]]:
    created = workload.create("Pod", pod, tenant.home, workload.hardened_pod(tenant.probe))
    answer = tenant.api.send(created)
    if not answer.ok:
        raise BlindError(answer.to(created))
    try:
        planned = list(running_attempts(tenant.home, pod, tenant.probe))
        return len(planned), tuple(perform(tenant.api, planned))
    finally:
        tenant.api.send(Request("DELETE", resource("", "pods", pod, tenant.home), query={"gracePeriodSeconds": "0"}))


CHECK = Check("TEN-05.pod-hardening", ("TEN-05",), by_tenant, _examine)
