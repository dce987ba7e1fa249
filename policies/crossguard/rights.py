"""TEN-04 at preview: no role of a tenant is a wildcard, no tenant is bound to an administrator's role."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from declared import Declared, control, resource_rule, tenant_of

__all__ = ["bindings_are_modest", "roles_have_no_wildcard", "roles_keep_secrets"]

_ACCESS = control("TEN-04")


@resource_rule("TEN-04")
def roles_have_no_wildcard(resource: Declared) -> Iterator[str]:
    """A Role anywhere, and a ClusterRole of a tenant or for tenants, names verbs and resources one by one and
    never escalates."""
    tenants = bool(tenant_of(resource)) or _for_tenants(resource.metadata)
    if resource.kind != "Role" and not (resource.kind == "ClusterRole" and tenants):
        return
    if resource.props.get("aggregationRule"):
        yield f"{resource.kind} {resource.name} takes over the rules of other roles"
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
        if writing and reserved and tenants:
            yield f"{resource.kind} {resource.name} grants {', '.join(writing)} on {', '.join(reserved)}"


@resource_rule("TEN-04")
def roles_keep_secrets(resource: Declared) -> Iterator[str]:
    """A role for tenants leads into pods, or writes pods, only where it reads Secrets as well: a pod shows those of its
    namespace."""
    if resource.kind not in ("Role", "ClusterRole") or not (tenant_of(resource) or _for_tenants(resource.metadata)):
        return
    rules = resource.props.get("rules") or ()
    if any(_reads_secrets(rule) for rule in rules):
        return
    for rule in rules:
        named = set(rule.get("resources") or ())
        for name in sorted(named & set(_ACCESS.strings("ways_into_pods"))):
            yield f"{resource.kind} {resource.name} grants {name} but not the Secrets that it shows"
        if set(rule.get("verbs") or ()) & set(_ACCESS.strings("pod_writing_verbs")):
            for name in sorted(named & set(_ACCESS.strings("pod_writing"))):
                yield f"{resource.kind} {resource.name} writes {name} but may not read the Secrets that these may"


def _reads_secrets(rule: Mapping[str, Any]) -> bool:
    named = rule.get("resources") or (), rule.get("verbs") or ()
    return "secrets" in named[0] and "get" in named[1] and not rule.get("resourceNames")


@resource_rule("TEN-04")
def bindings_are_modest(resource: Declared) -> Iterator[str]:
    """Nobody but the platform is bound to an administrator's cluster role, or to anything across the cluster;
    the platform's roles for tenants go to the tenant's group of that name, namespace by namespace."""
    if resource.kind not in ("RoleBinding", "ClusterRoleBinding"):
        return
    role = resource.props.get("roleRef") or {}
    subjects = resource.props.get("subjects") or ()
    if resource.kind == "ClusterRoleBinding" and _for_tenants(role):
        yield f"ClusterRoleBinding {resource.name} gives {role.get('name')} in every namespace"
    outside = [s for s in subjects if s.get("name") not in _ACCESS.strings("platform_groups")]
    if not outside:
        return
    if role.get("kind") == "ClusterRole" and (
        role.get("name") in _ACCESS.strings("cluster_roles_refused")
        or (tenant_of(resource) and str(role.get("name")).startswith(_ACCESS.string("cluster_role_prefix_refused")))
    ):
        yield f"{resource.kind} {resource.name} grants the cluster role {role.get('name')}"
    for subject in outside:
        if resource.kind == "RoleBinding" and not _may_have(tenant_of(resource), role, subject):
            yield f"RoleBinding {resource.name} gives {role.get('name')} to {subject.get('name')}"
        of_tenant = subject.get("kind") == "Group" and str(subject.get("name")).startswith(
            _ACCESS.string("group_prefix")
        )
        if resource.kind == "ClusterRoleBinding" and of_tenant:
            yield f"ClusterRoleBinding {resource.name} gives {subject.get('name')} rights in every namespace"


def _for_tenants(named: Mapping[str, Any]) -> bool:
    """Return whether what is named is one of the platform's cluster roles for tenants."""
    return str(named.get("name")).startswith(_ACCESS.string("tenant_role_prefix"))


def _may_have(tenant: str, role: Mapping[str, Any], subject: Mapping[str, Any]) -> bool:
    """Return whether a tenant's subject may be bound to a role: to one of the platform's, only the group for it."""
    name = str(role.get("name"))
    if role.get("kind") != "ClusterRole" or not name.startswith(_ACCESS.string("platform_role_prefix")):
        return True
    short = name.removeprefix(_ACCESS.string("tenant_role_prefix"))
    group = f"{_ACCESS.string('group_prefix')}{tenant}:{short}"
    return short in _ACCESS.strings("tenant_roles") and (subject.get("kind"), subject.get("name")) == ("Group", group)
