"""TEN-04 at preview: no role of a tenant is a wildcard, no tenant is bound to an administrator's role."""

from __future__ import annotations

from collections.abc import Iterator

from declared import Declared, tenant_of

from govcloud.rules import controls

__all__ = ["bindings_are_modest", "roles_have_no_wildcard"]

_ACCESS = controls.by_id("TEN-04")


def roles_have_no_wildcard(resource: Declared) -> Iterator[str]:
    """A Role anywhere, and a ClusterRole of a tenant, names verbs and resources one by one and never
    escalates."""
    if resource.kind != "Role" and not (resource.kind == "ClusterRole" and tenant_of(resource)):
        return
    for rule in resource.props.get("rules") or ():
        for verb in sorted(set(rule.get("verbs") or ()) & set(_ACCESS.strings("verbs_refused"))):
            yield f"{resource.kind} {resource.name} grants the verb {verb}"
        for name in rule.get("resources") or ():
            if name in _ACCESS.strings("resources_refused") or str(name).startswith("*/"):
                yield f"{resource.kind} {resource.name} grants the resources {name}"
        if "*" in (rule.get("apiGroups") or ()):
            yield f"{resource.kind} {resource.name} grants every API group"
        writing = sorted(set(rule.get("verbs") or ()) - set(_ACCESS.strings("verbs_reading")))
        reserved = sorted(set(rule.get("resources") or ()) & set(_ACCESS.strings("resources_reserved")))
        if writing and reserved and tenant_of(resource):
            yield f"{resource.kind} {resource.name} grants {', '.join(writing)} on {', '.join(reserved)}"


def bindings_are_modest(resource: Declared) -> Iterator[str]:
    """Nobody but the platform is bound to an administrator's cluster role, or to anything across the
    cluster."""
    if resource.kind not in ("RoleBinding", "ClusterRoleBinding"):
        return
    role = resource.props.get("roleRef") or {}
    subjects = resource.props.get("subjects") or ()
    outside = [s for s in subjects if s.get("name") not in _ACCESS.strings("platform_groups")]
    if not outside:
        return
    if role.get("kind") == "ClusterRole" and (
        role.get("name") in _ACCESS.strings("cluster_roles_refused")
        or (tenant_of(resource) and str(role.get("name")).startswith(_ACCESS.string("cluster_role_prefix_refused")))
    ):
        yield f"{resource.kind} {resource.name} grants the cluster role {role.get('name')}"
    if resource.kind == "ClusterRoleBinding":
        for subject in outside:
            if subject.get("kind") == "Group" and str(subject.get("name")).startswith(_ACCESS.string("group_prefix")):
                yield f"ClusterRoleBinding {resource.name} gives {subject.get('name')} rights in every namespace"
