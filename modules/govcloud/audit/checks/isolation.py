"""TEN-01 live: with its own credential, a tenant neither sees nor changes anything of another at the API
server."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from govcloud.audit import workload
from govcloud.audit.access import Access, TenantAccess
from govcloud.audit.attempt import RBAC, Attempt, perform
from govcloud.audit.check import BlindError, Check, Examination
from govcloud.clouds.request import JSON_PATCH, MERGE_PATCH, Request, collection, resource
from govcloud.render.image import Image
from govcloud_base.errors import Text

__all__ = ["CHECK", "attempts"]

_NAME = "govcloud-audit-isolation"
_LISTING = Text("list config maps", "liệt kê ConfigMap")


def _inside(name: Text, namespace: str) -> Text:
    return Text(f"{name.en} in {namespace}", f"{name.vi} trong {namespace}")


def _config_map(namespace: str, name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}}


def _probes(namespace: str, own_map: str, image: Image) -> dict[Text, Request]:
    """Return what is asked of a namespace: refused in another tenant's, harmless in one's own."""
    maps = collection("", "configmaps", namespace)
    one = resource("", "configmaps", own_map, namespace)
    merge = {"data": {"a": "b"}}
    pointer = [{"op": "add", "path": "/metadata/labels", "value": {"a": "b"}}]
    return {
        Text("list pods", "liệt kê Pod"): Request("GET", collection("", "pods", namespace)),
        _LISTING: Request("GET", maps),
        Text("list services", "liệt kê Service"): Request("GET", collection("", "services", namespace)),
        Text("get a config map", "đọc một ConfigMap"): Request("GET", one),
        Text("watch config maps", "theo dõi ConfigMap"): Request(
            "GET", maps, query={"watch": "1", "timeoutSeconds": "1", "fieldSelector": f"metadata.name={own_map}"}
        ),
        Text("create a config map", "tạo một ConfigMap"): Request(
            "POST", maps, {**_config_map(namespace, own_map), "metadata": {"generateName": f"{_NAME}-"}}
        ).dry_run(),
        Text("update a config map", "cập nhật một ConfigMap"): Request(
            "PUT", one, _config_map(namespace, own_map)
        ).dry_run(),
        Text("patch a config map", "sửa một ConfigMap"): Request("PATCH", one, merge, MERGE_PATCH).dry_run(),
        Text("patch by pointer", "sửa theo con trỏ"): Request("PATCH", one, pointer, JSON_PATCH).dry_run(),
        Text("delete a config map", "xóa một ConfigMap"): Request("DELETE", one).dry_run(),
        Text("create a pod", "tạo một Pod"): workload.create(
            "Pod", own_map, namespace, workload.hardened_pod(image)
        ).dry_run(),
    }


def attempts(own: str, others: tuple[str, ...], own_map: str, image: Image) -> Iterator[Attempt]:
    """Return what a tenant with the namespace `own`, and the config map `own_map` in it, tries on the namespaces
    `others` of somebody else."""
    twins = _probes(own, own_map, image)
    listing = twins[_LISTING]
    for namespace in others:
        for name, request in _probes(namespace, own_map, image).items():
            yield Attempt(_inside(name, namespace), request, (RBAC,), twins[name])
        for name, request in {
            Text("list secrets", "liệt kê Secret"): Request("GET", collection("", "secrets", namespace)),
            Text("get the store's keys", "lấy khóa của kho đối tượng"): Request(
                "GET", resource("", "secrets", "object-store", namespace)
            ),
            Text("list role bindings", "liệt kê liên kết vai trò"): Request(
                "GET", collection("rbac.authorization.k8s.io", "rolebindings", namespace)
            ),
            Text("exec in a pod", "chạy lệnh trong một Pod"): Request(
                "GET", resource("", "pods", "any", namespace, "exec"), query={"command": "id", "stdout": "1"}
            ),
            Text("read a pod's log", "đọc nhật ký của một Pod"): Request(
                "GET", resource("", "pods", "any", namespace, "log")
            ),
            Text("mint a token", "tạo mã truy cập"): Request(
                "POST",
                resource("", "serviceaccounts", "default", namespace, "token"),
                {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {}},
            ).dry_run(),
            Text("read the quota", "đọc hạn mức"): Request("GET", collection("", "resourcequotas", namespace)),
            Text("read the namespace", "đọc namespace"): Request("GET", resource("", "namespaces", namespace, None)),
            Text("delete the namespace", "xóa namespace"): Request(
                "DELETE", resource("", "namespaces", namespace, None)
            ).dry_run(),
        }.items():
            yield Attempt(_inside(name, namespace), request, (RBAC,), listing)
    for plural in ("pods", "secrets", "configmaps", "services"):
        yield Attempt(
            Text(f"list {plural} everywhere", f"liệt kê {plural} ở mọi nơi"),
            Request("GET", collection("", plural)),
            (RBAC,),
            listing,
        )


def _examine(subject: str, access: Access) -> Examination:
    attacker, victim = (access.tenants[name] for name in subject.split(" > "))
    for namespace in victim.namespaces:
        _exists(access, victim, namespace)
    own_map = access.run.named(_NAME)
    made = Request("POST", collection("", "configmaps", attacker.home), _config_map(attacker.home, own_map))
    answer = attacker.api.send(made)
    if not answer.ok:
        raise BlindError(answer.to(made))
    try:
        planned = list(attempts(attacker.home, victim.namespaces, own_map, attacker.probe))
        return Examination(len(planned), tuple(perform(attacker.api, planned)))
    finally:
        attacker.api.send(Request("DELETE", resource("", "configmaps", own_map, attacker.home)))


def _exists(access: Access, victim: TenantAccess, namespace: str) -> None:
    """Raise BlindError unless the victim's namespace is there: authorisation also refuses what does not exist."""
    request = Request("GET", resource("", "namespaces", namespace))
    answer = access.auditor.send(request)
    if not answer.ok:
        raise BlindError(answer.to(request))
    label = access.catalogue["TEN-01"].string("tenant_label")
    owner = answer.json().get("metadata", {}).get("labels", {}).get(label)
    if owner != victim.name:
        raise BlindError(
            Text(
                f"namespace {namespace} is labelled {owner}, not {victim.name}",
                f"namespace {namespace} mang nhãn {owner}, không phải {victim.name}",
            )
        )


def _subjects(access: Access) -> tuple[str, ...]:
    return tuple(f"{attacker} > {victim}" for attacker, victim in access.pairs())


CHECK = Check("TEN-01.api-isolation", ("TEN-01",), _subjects, _examine)
