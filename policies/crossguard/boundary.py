"""TEN-01 at preview: every namespace says whose it is, every object lies in its own tenant's namespace."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from declared import Declared, control, label, labels, resource_rule, tenant_of

__all__ = ["admission_stays_closed", "bindings_stay_inside", "namespace_is_labelled", "object_is_at_home"]

_BOUNDARY = control("TEN-01")
_ACCESS = control("TEN-04")


def _home(resource: Declared) -> str:
    return "-".join(label(resource, fact) for fact in ("tenant_label", "env_label", "zone_label"))


@resource_rule("TEN-01")
def namespace_is_labelled(resource: Declared) -> Iterator[str]:
    """A namespace carries every label of the boundary, and the name that they make."""
    if resource.kind != "Namespace":
        return
    missing = [key for key in _BOUNDARY.strings("labels_required") if not labels(resource).get(key)]
    if missing:
        yield f"namespace {resource.name} lacks the labels {', '.join(missing)}"
    elif label(resource, "managed_label") != _BOUNDARY.string("managed_value"):
        yield f"namespace {resource.name} is not labelled as managed by the platform, so admission ignores it"
    elif resource.metadata.get("name") != _home(resource):
        yield f"namespace {resource.name} is not named as its labels say: {_home(resource)}"


@resource_rule("TEN-01")
def object_is_at_home(resource: Declared) -> Iterator[str]:
    """An object labelled for a tenant lies in the namespace that its labels name."""
    namespace = resource.metadata.get("namespace")
    if namespace and tenant_of(resource) and namespace != _home(resource):
        yield f"{resource.kind} {resource.name} is labelled for {_home(resource)} but lies in {namespace}"


@resource_rule("TEN-01")
def bindings_stay_inside(resource: Declared) -> Iterator[str]:
    """A RoleBinding of a tenant names subjects of that tenant, or the platform's own groups."""
    if resource.kind != "RoleBinding" or not tenant_of(resource):
        return
    for subject in resource.props.get("subjects") or ():
        if not _own(subject, resource):
            kind, name = subject.get("kind"), subject.get("name")
            yield f"RoleBinding {resource.name} gives rights in {tenant_of(resource)} to {kind} {name}"


def _own(subject: Mapping[str, Any], binding: Declared) -> bool:
    tenant = tenant_of(binding)
    groups = {f"{_ACCESS.string('group_prefix')}{tenant}:{role}" for role in _ACCESS.strings("tenant_roles")}
    if subject.get("kind") == "Group":
        return subject.get("name") in groups | set(_ACCESS.strings("platform_groups"))
    if subject.get("kind") == "ServiceAccount":
        family = f"{tenant}-{label(binding, 'env_label')}-"
        namespace = str(subject.get("namespace") or "")
        # the zone has no dash of its own: `g09-20-prod-srv` is not a namespace of g09
        return namespace.startswith(family) and "-" not in namespace.removeprefix(family)
    return False


@resource_rule("TEN-01")
def admission_stays_closed(resource: Declared) -> Iterator[str]:
    """Admission policies fail closed and their bindings deny: a policy that only warns is a silent hole."""
    if resource.kind == "ValidatingAdmissionPolicy" and resource.spec.get("failurePolicy") != "Fail":
        yield f"admission policy {resource.name} does not fail closed"
    if resource.kind == "ValidatingAdmissionPolicyBinding":
        if "Deny" not in (resource.spec.get("validationActions") or ()):
            yield f"the binding {resource.name} of an admission policy does not deny"
        if resource.spec.get("policyName") != resource.metadata.get("name"):
            yield f"the binding {resource.name} names another policy: {resource.spec.get('policyName')}"
