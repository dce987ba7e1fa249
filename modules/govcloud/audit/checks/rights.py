"""TEN-01 and TEN-04 by reading: no binding reaches across tenants, no role bound in a tenant's namespace is a wildcard,
and the platform's roles for tenants are what they were declared to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from govcloud.audit.access import Access
from govcloud.audit.check import Check, Examination, by_tenant, read_all
from govcloud.audit.comparison import as_declared
from govcloud.audit.result import Finding
from govcloud.audit.verdict import Verdict
from govcloud.comparison.cluster_rights import EVERYBODY, HARMLESS
from govcloud.country.controls import Control
from govcloud.render import access as declared_access
from govcloud_base.errors import Text

__all__ = ["CHECK", "judge_cluster", "judge_namespace", "judge_role"]

_GROUP = "rbac.authorization.k8s.io"

Object = Mapping[str, Any]


def judge_namespace(
    tenant: str,
    own: Iterable[str],
    namespace: str,
    roles: Iterable[Object],
    bindings: Iterable[Object],
    cluster_roles: Mapping[str, Object],
    control: Control,
) -> Finding:
    """Return the finding for one namespace of the tenant.

    `own` are all namespaces of the same tenant, `cluster_roles` the cluster's by name,
    `control` says what is refused.
    """
    wrong = [
        *(text for role in roles for text in (*_wildcards(role, control), *_shows_secrets(role, control))),
        *(text for binding in bindings for text in _outsiders(tenant, frozenset(own), binding, control)),
        *(text for binding in bindings for text in _bound(tenant, binding, cluster_roles, control)),
    ]
    if wrong:
        return Finding(Text.quoted(f"namespace {namespace}"), Verdict.FAIL, Text.joined(wrong))
    return Finding(
        Text.quoted(f"namespace {namespace}"), Verdict.PASS, Text("rights stay inside", "các quyền chỉ ở bên trong")
    )


def _wildcards(role: Object, control: Control) -> Iterator[Text]:
    for rule in role.get("rules") or ():
        verbs = sorted(set(rule.get("verbs") or ()) & set(control.strings("verbs_refused")))
        resources = [r for r in rule.get("resources") or () if r == "*" or r.startswith("*/")]
        if verbs or resources or "*" in (rule.get("apiGroups") or ()):
            what = ", ".join([*verbs, *resources])
            yield Text(
                f"role {role['metadata']['name']} grants {what or 'every API group'}",
                f"vai trò {role['metadata']['name']} cho quyền {what or 'trên mọi nhóm API'}",
            )


def _shows_secrets(role: Object, control: Control) -> Iterator[Text]:
    """Yield the ways to Secrets through pods that a role gives without giving the Secrets themselves."""
    rules = [
        (set(r.get("resources") or ()), set(r.get("verbs") or ()), r.get("resourceNames"))
        for r in role.get("rules") or ()
    ]
    if any("secrets" in named and "get" in verbs and not some for named, verbs, some in rules):
        return
    ways = {way for named, _, _ in rules for way in named & set(control.strings("ways_into_pods"))}
    writing = set(control.strings("pod_writing_verbs"))
    ways |= {
        kind for named, verbs, _ in rules if verbs & writing for kind in named & set(control.strings("pod_writing"))
    }
    if ways:
        yield Text(
            f"role {role['metadata']['name']} shows Secrets that it may not read: {', '.join(sorted(ways))}",
            f"vai trò {role['metadata']['name']} làm lộ Secret mà nó không được đọc: {', '.join(sorted(ways))}",
        )


def _outsiders(tenant: str, own: frozenset[str], binding: Object, control: Control) -> Iterator[Text]:
    name = binding["metadata"]["name"]
    groups = {f"{control.string('group_prefix')}{tenant}:{role}" for role in control.strings("tenant_roles")}
    inside = groups | set(control.strings("platform_groups"))
    for subject in binding.get("subjects") or ():
        account = subject.get("kind") == "ServiceAccount" and subject.get("namespace") in own
        if not account and not (subject.get("kind") == "Group" and subject.get("name") in inside):
            place = f"{subject['namespace']}/" if subject.get("namespace") else ""
            yield Text(
                f"binding {name} names {subject.get('kind')} {place}{subject.get('name')}",
                f"liên kết {name} nêu {subject.get('kind')} {place}{subject.get('name')}",
            )


def _bound(tenant: str, binding: Object, cluster_roles: Mapping[str, Object], control: Control) -> Iterator[Text]:
    """Yield what is wrong with the cluster role that a binding gives in its namespace."""
    reference = binding.get("roleRef") or {}
    if reference.get("kind") != "ClusterRole":
        return
    name, role = binding["metadata"]["name"], str(reference.get("name"))
    if role in control.strings("cluster_roles_refused"):
        yield Text(f"binding {name} grants the cluster role {role}", f"liên kết {name} cho vai trò toàn cụm {role}")
    elif role not in cluster_roles:
        yield Text(
            f"binding {name} grants the cluster role {role}, which is not there",
            f"liên kết {name} cho vai trò toàn cụm {role}, vốn không tồn tại",
        )
    else:
        given = cluster_roles[role]
        yield from (
            Text(f"binding {name}: {text.en}", f"liên kết {name}: {text.vi}")
            for text in (*_wildcards(given, control), *_shows_secrets(given, control))
        )
    if role.startswith(control.string("platform_role_prefix")):
        short = role.removeprefix(control.string("tenant_role_prefix"))
        group = f"{control.string('group_prefix')}{tenant}:{short}"
        for subject in binding.get("subjects") or ():
            if subject.get("name") != group and subject.get("name") not in control.strings("platform_groups"):
                yield Text(
                    f"binding {name} grants the cluster role {role} to {subject.get('name')}",
                    f"liên kết {name} cho {subject.get('name')} vai trò toàn cụm {role}",
                )


def judge_role(declared: Object, live: Mapping[str, Object]) -> Finding:
    """Return whether a role of the platform for tenants is live as declared; `live` are cluster roles by name."""
    name = declared["metadata"]["name"]
    return as_declared(Text(f"cluster role {name}", f"vai trò toàn cụm {name}"), declared, live.get(name))


def judge_cluster(tenant: str, own: Iterable[str], bindings: Iterable[Object], control: Control) -> Finding:
    """Return the finding for bindings across the cluster: none names the tenant, its accounts, or everybody, and none
    gives a role that is meant for one namespace at a time."""
    prefix, namespaces = f"{control.string('group_prefix')}{tenant}:", set(own)
    wrong: list[Text] = []
    for binding in bindings:
        role = str((binding.get("roleRef") or {}).get("name"))
        if role.startswith(control.string("tenant_role_prefix")):
            wrong.append(
                Text(
                    f"cluster role binding {binding['metadata']['name']} gives {role} in every namespace",
                    f"liên kết vai trò toàn cụm {binding['metadata']['name']} cho {role} trong mọi namespace",
                )
            )
        for subject in binding.get("subjects") or ():
            name = str(subject.get("name"))
            if (
                name.startswith(prefix)
                or subject.get("namespace") in namespaces
                or (name in EVERYBODY and role not in HARMLESS)
                or (name.startswith("system:serviceaccounts:") and name.partition("accounts:")[2] in namespaces)
            ):
                wrong.append(
                    Text(
                        f"cluster role binding {binding['metadata']['name']} gives {role} to {name}",
                        f"liên kết vai trò toàn cụm {binding['metadata']['name']} cho {name} vai trò {role}",
                    )
                )
    if wrong:
        return Finding(Text("across the cluster", "trên toàn cụm"), Verdict.FAIL, Text.joined(wrong))
    return Finding(
        Text("across the cluster", "trên toàn cụm"),
        Verdict.PASS,
        Text("no binding names the tenant", "không liên kết vai trò nào nêu đơn vị thuê"),
    )


def _examine(subject: str, access: Access) -> Examination:
    tenant = access.tenants[subject]
    cluster_roles = {role["metadata"]["name"]: role for role in read_all(access.auditor, _GROUP, "clusterroles")}
    control = access.catalogue["TEN-04"]
    declared = list(declared_access.roles(access.catalogue))
    findings = [judge_role(role, cluster_roles) for role in declared]
    for namespace in tenant.namespaces:
        roles = read_all(access.auditor, _GROUP, "roles", namespace)
        bindings = read_all(access.auditor, _GROUP, "rolebindings", namespace)
        findings.append(judge_namespace(subject, tenant.namespaces, namespace, roles, bindings, cluster_roles, control))
    everywhere = read_all(access.auditor, _GROUP, "clusterrolebindings")
    findings.append(judge_cluster(subject, tenant.namespaces, everywhere, control))
    return Examination(len(declared) + len(tenant.namespaces) + 1, tuple(findings))


CHECK = Check("TEN-01.rights", ("TEN-01", "TEN-04"), by_tenant, _examine)
