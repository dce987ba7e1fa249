"""Stacks by name: `<kind>.<id>` says what to render."""

from __future__ import annotations

from collections.abc import Callable

from govcloud.country import Country
from govcloud.country.suggestion import did_you_mean
from govcloud.errors import Problem, Text, UsageError
from govcloud.plan import CloudTarget, StackPlan
from govcloud.render.cluster import cluster
from govcloud.render.manifest import Rendering
from govcloud.render.platform import platform
from govcloud.render.segment import segment
from govcloud.render.tenant import tenant

__all__ = ["plan", "stack"]

_KINDS: dict[str, Callable[[Country, str], Rendering]] = {
    "cluster": cluster,
    "tenant": tenant,
    "segment": segment,
    "platform": platform,
}


def stack(country: Country, name: str) -> Rendering:
    """Render the stack called `name`, such as `tenant.h41`.

    Raises UsageError where the country has no such stack.
    """
    if name not in country.stacks():
        english, vietnamese = did_you_mean(name, country.stacks())
        raise UsageError(
            Problem(
                "GC-STACK-001",
                Text(f"there is no stack {name!r}", f"không có stack {name!r}"),
                Text(english or "choose one of the stacks", vietnamese or "chọn một trong các stack"),
                value=name,
                allowed=", ".join(country.stacks()[:40]),
            )
        )
    kind, _, identity = name.partition(".")
    return _KINDS[kind](country, identity)


def plan(country: Country, name: str) -> StackPlan:
    """Return all that the stack called `name` registers.

    Expects a country without errors (rules.require). Raises UsageError where the country has no such stack.
    """
    rendered = stack(country, name)
    kind, _, identity = name.partition(".")
    cloud = country.clouds[rendered.cloud]
    return StackPlan(
        id=identity,
        cloud=CloudTarget(
            name=cloud.metadata.name,
            context=cloud.spec.cluster.context,
            region=cloud.spec.region,
            adapter=cloud.spec.object_store.adapter,
            endpoint=cloud.spec.object_store.endpoint,
            endpoint_from=cloud.spec.object_store.endpoint_from,
        ),
        protected=not (kind == "tenant" and country.tenants[identity].leaving),
        manifests=tuple(rendered.manifests.values()),
        namespaces=rendered.namespaces,
        buckets=rendered.buckets,
        identities=rendered.identities,
    )
