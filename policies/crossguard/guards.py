"""TEN-03 and NET-02 at preview: no namespace without quota, limits and default deny, no bucket without a
quota."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial

from declared import Declared, control, resource_rule, stack_rule

__all__ = ["bucket_has_quota", "namespaces_deny_by_default", "namespaces_have_quota"]

_QUOTA = control("TEN-03")
_BOUNDS = frozenset(_QUOTA.strings("quota_bounds"))
_DENY = control("NET-02")
_ENDS = (("ingress", "from"), ("egress", "to"))


@resource_rule("TEN-03")
def bucket_has_quota(resource: Declared) -> Iterator[str]:
    """A bucket states how much it may hold."""
    if resource.type == "govcloud:storage:Bucket" and not resource.props.get("quotaBytes"):
        yield f"bucket {resource.props.get('name')} has no quota"


@stack_rule("TEN-03")
def namespaces_have_quota(resources: Iterable[Declared]) -> Iterator[str]:
    """Every namespace of the stack has a ResourceQuota that bounds all that tenants share and a LimitRange that limits
    something."""
    stack = list(resources)
    for kind in _QUOTA.strings("quota_kinds"):
        for namespace in _without(stack, partial(_bounds, kind=kind)):
            yield f"namespace {namespace} has no {kind}"


def _bounds(resource: Declared, kind: str) -> bool:
    """Return whether the resource is of the kind and says all that it must: what a quota leaves out is unbounded."""
    if resource.kind == "ResourceQuota":
        return kind == "ResourceQuota" and (resource.spec.get("hard") or {}).keys() >= _BOUNDS
    return resource.kind == kind and bool(resource.spec.get("limits"))


@stack_rule("NET-02")
def namespaces_deny_by_default(resources: Iterable[Declared]) -> Iterator[str]:
    """Every namespace of the stack has a policy that selects every pod, both directions, and lets nothing
    pass but named peers."""
    for namespace in _without(list(resources), denies):
        yield f"namespace {namespace} has no default deny in both directions"


def denies(resource: Declared) -> bool:
    """Return whether the resource is a default deny."""
    spec = resource.spec
    return (
        resource.kind == "NetworkPolicy"
        and not spec.get("podSelector")
        and set(_DENY.strings("policy_types")) <= set(spec.get("policyTypes") or ())
        and all(rule.get(end) for direction, end in _ENDS for rule in spec.get(direction) or ())
    )


def _without(stack: list[Declared], wanted: Callable[[Declared], bool]) -> list[str]:
    """Return the names of the stack's namespaces in which no resource is as wanted."""
    covered = {r.metadata.get("namespace") for r in stack if wanted(r)}
    names = {str(r.metadata.get("name")) for r in stack if r.kind == "Namespace"}
    return sorted(names - covered)
