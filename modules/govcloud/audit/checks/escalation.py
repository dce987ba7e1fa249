"""TEN-04 live: a tenant's administrator cannot give himself more, nor loosen what the platform set."""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

from govcloud.audit.access import Access, TenantAccess
from govcloud.audit.attempt import RBAC, Attempt, Authority, Refusal, perform, policy
from govcloud.audit.check import BlindError, Check, Examination, by_tenant
from govcloud.audit.own_objects import own_objects
from govcloud.clouds.request import APPLY, JSON_PATCH, MERGE_PATCH, Request, collection, resource
from govcloud.country.controls import Catalogue
from govcloud.render.access import role_name
from govcloud.render.image import Image
from govcloud_base.discovery import plural
from govcloud_base.errors import Text

__all__ = [
    "CHECK",
    "binding_attempts",
    "guard_attempts",
    "impersonation_attempts",
    "lasting_attempts",
    "namespace_attempts",
]

_NAME = "govcloud-audit-escalation"
_GROUP = "rbac.authorization.k8s.io"
_MANAGER = "pulumi-kubernetes"
"""The platform's own field manager: whoever names it may force fields, so it must not be what protects
them."""

_GRANT = Refusal(Authority.ESCALATION)
_ROLES = (RBAC, _GRANT, policy("access", "TEN-04"))

# Which of two policies that both refuse answers first is not defined.
_GUARDS: dict[str, tuple[str, tuple[Refusal, ...]]] = {
    "ResourceQuota": ("", (policy("platform-objects", "TEN-03"),)),
    "LimitRange": ("", (policy("platform-objects", "TEN-03"),)),
    "NetworkPolicy": (
        "networking.k8s.io",
        (policy("platform-objects", "NET-02"), policy("network-policies", "NET-04")),
    ),
    "RoleBinding": (_GROUP, (policy("platform-objects", "TEN-04"), policy("access", "TEN-04"))),
}


def _role(*rules: dict[str, list[str]]) -> dict[str, Any]:
    return {
        "apiVersion": f"{_GROUP}/v1",
        "kind": "Role",
        "metadata": {"generateName": f"{_NAME}-"},
        "rules": list(rules),
    }


def _binding(namespace: str, kind: str, role: str, subject: dict[str, str]) -> dict[str, Any]:
    return {
        "apiVersion": f"{_GROUP}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": _NAME, "namespace": namespace},
        "roleRef": {"apiGroup": _GROUP, "kind": kind, "name": role},
        "subjects": [subject],
    }


def _group(name: str) -> dict[str, str]:
    return {"apiGroup": _GROUP, "kind": "Group", "name": name}


def binding_attempts(tenant: TenantAccess, other: str, own_map: str, catalogue: Catalogue) -> Iterator[Attempt]:
    """Return attempts by roles and bindings; the config map `own_map` exists in the tenant's home by now."""
    home = tenant.home
    roles, bindings = collection(_GROUP, "roles", home), collection(_GROUP, "rolebindings", home)
    twin = _own_map(home, own_map)["patch"]
    for name, rule in {
        Text("every verb", "mọi động từ"): {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["*"]},
        Text("every resource", "mọi tài nguyên"): {"apiGroups": [""], "resources": ["*"], "verbs": ["get"]},
        Text("every group", "mọi nhóm API"): {"apiGroups": ["*"], "resources": ["configmaps"], "verbs": ["get"]},
        Text.quoted("escalate"): {"apiGroups": [_GROUP], "resources": ["roles"], "verbs": ["escalate"]},
        Text.quoted("bind"): {"apiGroups": [_GROUP], "resources": ["clusterroles"], "verbs": ["bind"]},
        Text.quoted("impersonate"): {"apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"]},
        Text("write quotas", "quyền ghi hạn mức"): {
            "apiGroups": [""],
            "resources": ["resourcequotas"],
            "verbs": ["update"],
        },
    }.items():
        yield Attempt(
            Text(f"role with {name.en}", f"vai trò với {name.vi}"),
            Request("POST", roles, _role(rule)).dry_run(),
            _ROLES,
            twin,
        )

    own = _group(f"gov:{tenant.name}:viewer")
    foreign_account = {"kind": "ServiceAccount", "name": "default", "namespace": f"{other}-prod-srv"}
    for name, body in {
        Text.quoted("cluster-admin"): _binding(home, "ClusterRole", "cluster-admin", own),
        Text("admin of everything", "quản trị mọi thứ"): _binding(home, "ClusterRole", "admin", own),
        Text("the administrator's role to others", "vai trò quản trị cho người khác"): _binding(
            home, "ClusterRole", role_name(catalogue, "admin"), own
        ),
        Text("another tenant's group", "nhóm của đơn vị thuê khác"): _binding(
            home, "Role", _NAME, _group(f"gov:{other}:admin")
        ),
        Text("a group that only begins alike", "nhóm chỉ giống phần đầu"): _binding(
            home, "Role", _NAME, _group(f"gov:{tenant.name}:adminx")
        ),
        Text("everybody", "mọi người"): _binding(home, "Role", _NAME, _group("system:authenticated")),
        Text("a named person", "một người cụ thể"): _binding(
            home, "Role", _NAME, {"apiGroup": _GROUP, "kind": "User", "name": "nguyen-van-a"}
        ),
        Text("another tenant's service account", "tài khoản dịch vụ của đơn vị thuê khác"): _binding(
            home, "Role", _NAME, foreign_account
        ),
    }.items():
        yield Attempt(
            Text(f"bind {name.en}", f"liên kết {name.vi}"), Request("POST", bindings, body).dry_run(), _ROLES, twin
        )
    cluster = {**_binding(home, "ClusterRole", "view", own), "kind": "ClusterRoleBinding"}
    cluster["metadata"] = {"name": _NAME}
    viewer = resource(_GROUP, "clusterroles", role_name(catalogue, "viewer"))
    wider = Request("PATCH", viewer, {"rules": []}, MERGE_PATCH)
    yield Attempt(
        Text("change the roles of all tenants", "đổi vai trò của mọi đơn vị thuê"), wider.dry_run(), (RBAC,), twin
    )
    yield Attempt(
        Text("bind across the cluster", "liên kết trên toàn cụm"),
        Request("POST", collection(_GROUP, "clusterrolebindings"), cluster).dry_run(),
        (RBAC,),
        twin,
    )


def impersonation_attempts(tenant: TenantAccess) -> Iterator[Attempt]:
    """Return attempts to act as somebody else."""
    path = collection("", "configmaps", tenant.home)
    for name, headers in {
        Text("a person", "một người"): {"Impersonate-User": "nguyen-van-b"},
        Text.quoted("system:masters"): {"Impersonate-User": "nguyen-van-b", "Impersonate-Group": "system:masters"},
        Text("the platform", "nền tảng"): {
            "Impersonate-User": "engineer",
            "Impersonate-Group": "gov:platform:engineer",
        },
        Text("a controller", "một bộ điều khiển"): {
            "Impersonate-User": "system:serviceaccount:kube-system:namespace-controller"
        },
        Text("a uid", "một mã đối tượng (uid)"): {"Impersonate-User": "nguyen-van-b", "Impersonate-Uid": "0"},
    }.items():
        yield Attempt(
            Text(f"impersonate {name.en}", f"mạo danh {name.vi}"),
            Request("GET", path, headers=headers),
            (RBAC,),
            Request("GET", path),
        )


def guard_attempts(namespace: str, manifests: Mapping[str, Mapping[str, Any]], own_map: str) -> Iterator[Attempt]:
    """Return attempts on what the platform put into the namespace, by every way of writing; twins on `own_map`."""
    for manifest in manifests.values():
        metadata, kind = manifest["metadata"], manifest["kind"]
        if metadata.get("namespace") != namespace or kind not in _GUARDS:
            continue
        group, refusals = _GUARDS[kind]
        path = resource(group, plural(kind), metadata["name"], namespace)
        twins = _own_map(namespace, own_map)
        for name, attack, twin in _writes(path, collection(group, plural(kind), namespace), manifest, twins):
            yield Attempt(
                Text(f"{name.en} {kind} {metadata['name']}", f"{name.vi} {kind} {metadata['name']}"),
                attack,
                (RBAC, *refusals),
                twin,
            )
        if kind == "ResourceQuota":
            status = Request("PATCH", f"{path}/status", {"status": {"used": {"pods": "0"}}}, MERGE_PATCH)
            yield Attempt(
                Text("rewrite the quota's use", "ghi lại mức đã dùng của hạn mức"),
                status.dry_run(),
                (RBAC, *refusals),
                twins["patch"],
            )


def _own_map(namespace: str, name: str) -> dict[str, Request]:
    """Return the benign twins: the same kinds of write on a config map of the tenant's own."""
    path = resource("", "configmaps", name, namespace)
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": name, "namespace": namespace}}
    forced = {"fieldManager": _MANAGER, "force": "true"}
    label = [{"op": "add", "path": "/metadata/annotations", "value": {"a": "b"}}]
    return {
        "update": Request("PUT", path, body).dry_run(),
        "patch": Request("PATCH", path, {"metadata": {"annotations": {"a": "b"}}}, MERGE_PATCH).dry_run(),
        "pointer": Request("PATCH", path, label, JSON_PATCH).dry_run(),
        "force": Request("PATCH", path, body, APPLY, forced).dry_run(),
        "delete": Request("DELETE", path).dry_run(),
    }


def _writes(
    path: str, all_of_kind: str, manifest: Mapping[str, Any], twins: Mapping[str, Request]
) -> Iterator[tuple[Text, Request, Request]]:
    owner = {"apiVersion": "v1", "kind": "ConfigMap", "name": _NAME, "uid": "00000000-0000-0000-0000-000000000000"}
    unlabelled = {"metadata": {"labels": {"govcloud.gov.vn/managed-by": None}}}
    note = [{"op": "add", "path": "/metadata/annotations", "value": {"a": "b"}}]
    forced = {"fieldManager": _MANAGER, "force": "true"}
    changed = {**manifest, "metadata": {**manifest["metadata"], "annotations": {"a": "b"}}}
    yield Text("update", "cập nhật"), Request("PUT", path, changed).dry_run(), twins["update"]
    yield Text("unlabel", "gỡ nhãn"), Request("PATCH", path, unlabelled, MERGE_PATCH).dry_run(), twins["patch"]
    yield (
        Text("patch by pointer", "sửa theo con trỏ"),
        Request("PATCH", path, note, JSON_PATCH).dry_run(),
        twins["pointer"],
    )
    yield (
        Text("force fields of", "ép các trường của"),
        Request("PATCH", path, changed, APPLY, forced).dry_run(),
        twins["force"],
    )
    yield (
        Text("take ownership of", "chiếm quyền sở hữu"),
        Request("PATCH", path, {"metadata": {"ownerReferences": [owner]}}, MERGE_PATCH).dry_run(),
        twins["patch"],
    )
    yield (
        Text("pin with a finalizer", "ghim bằng finalizer"),
        Request("PATCH", path, {"metadata": {"finalizers": ["example.vn/stay"]}}, MERGE_PATCH).dry_run(),
        twins["patch"],
    )
    yield Text("delete", "xóa"), Request("DELETE", path).dry_run(), twins["delete"]
    yield Text("sweep away", "xóa hàng loạt"), Request("DELETE", all_of_kind).dry_run(), twins["delete"]


def namespace_attempts(tenant: TenantAccess, own_map: str) -> Iterator[Attempt]:
    """Return attempts on the namespace itself, its labels and its subresources."""
    twins = _own_map(tenant.home, own_map)
    path = resource("", "namespaces", tenant.home)
    refusals = (RBAC, policy("namespaces", "TEN-01"))
    relaxed = {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "privileged"}}}
    sold = {"metadata": {"labels": {"govcloud.gov.vn/tenant": "other"}}}
    freed = [{"op": "remove", "path": "/metadata/labels/govcloud.gov.vn~1managed-by"}]
    whole = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": tenant.home, "labels": {}}}
    forced = {"fieldManager": _MANAGER, "force": "true"}
    for name, attack, twin in (
        (
            Text("relax Pod Security of", "nới Pod Security của"),
            Request("PATCH", path, relaxed, MERGE_PATCH),
            twins["patch"],
        ),
        (Text("relabel", "đổi nhãn"), Request("PATCH", path, sold, MERGE_PATCH), twins["patch"]),
        (Text("unlabel", "gỡ nhãn"), Request("PATCH", path, freed, JSON_PATCH), twins["pointer"]),
        (
            Text("force labels of", "ép nhãn của"),
            Request("PATCH", path, {**whole, **relaxed}, APPLY, forced),
            twins["force"],
        ),
        (
            Text("relabel by status", "đổi nhãn qua trạng thái của"),
            Request("PATCH", f"{path}/status", relaxed, MERGE_PATCH),
            twins["patch"],
        ),
        (
            Text("relabel by finalize", "đổi nhãn qua bước kết thúc (finalize) của"),
            Request("PUT", f"{path}/finalize", whole),
            twins["update"],
        ),
        (Text("replace", "thay thế"), Request("PUT", path, whole), twins["update"]),
        (Text("delete", "xóa"), Request("DELETE", path), twins["delete"]),
    ):
        yield Attempt(Text(f"{name.en} the namespace", f"{name.vi} namespace"), attack.dry_run(), refusals, twin)
    found = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"{tenant.name}-own"}}
    create = Request("POST", collection("", "namespaces"), found).dry_run()
    yield Attempt(Text("create a namespace", "tạo một namespace"), create, refusals, twins["patch"])


def lasting_attempts(namespace: str, image: Image) -> Iterator[Attempt]:
    """Return attempts to keep what should end: by a finalizer on each kind that a tenant makes, by a lasting token."""
    held = policy("platform-objects", "TEN-04")
    for kind, ordinary in own_objects(namespace, image).items():
        body = copy.deepcopy(ordinary.body)
        body["metadata"]["finalizers"] = ["example.vn/stay"]
        yield Attempt(
            Text(f"{kind} with a finalizer", f"{kind} có finalizer"),
            dataclasses.replace(ordinary, body=body),
            (held,),
            ordinary,
        )
        if "template" in body.get("spec", {}):
            body = copy.deepcopy(ordinary.body)
            body["spec"]["template"].setdefault("metadata", {})["finalizers"] = ["example.vn/stay"]
            attack = dataclasses.replace(ordinary, body=body)
            yield Attempt(
                Text(f"{kind} whose pods have a finalizer", f"{kind} có Pod mang finalizer"), attack, (held,), ordinary
            )
    ordinary = own_objects(namespace, image)["Secret"]
    annotations = {"kubernetes.io/service-account.name": "default"}
    body = {
        **ordinary.body,
        "metadata": {**ordinary.body["metadata"], "annotations": annotations},
        "type": "kubernetes.io/service-account-token",
    }
    minted = dataclasses.replace(ordinary, body=body)
    yield Attempt(
        Text("Secret that mints a token", "Secret sinh mã truy cập"), minted, (policy("secrets", "TEN-04"),), ordinary
    )


def _examine(subject: str, access: Access) -> Examination:
    tenant = access.tenants[subject]
    other = next((name for name in access.tenants if name != subject), "another")
    home, own_map = tenant.home, access.run.named(_NAME)
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": own_map}}
    made = Request("POST", collection("", "configmaps", home), body)
    answer = tenant.api.send(made)
    if not answer.ok:
        raise BlindError(answer.to(made))
    try:
        planned = [
            *binding_attempts(tenant, other, own_map, access.catalogue),
            *impersonation_attempts(tenant),
            *namespace_attempts(tenant, own_map),
            *guard_attempts(home, tenant.manifests, own_map),
            *lasting_attempts(home, tenant.probe),
        ]
        return Examination(len(planned), tuple(perform(tenant.api, planned)))
    finally:
        tenant.api.send(Request("DELETE", f"{made.path}/{own_map}"))


CHECK = Check("TEN-04.escalation", ("TEN-04", "TEN-03", "NET-02"), by_tenant, _examine)
