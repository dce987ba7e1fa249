"""Stacks by name: `<kind>.<id>` says what to render."""

from __future__ import annotations

from collections.abc import Callable

from govcloud.country import Country
from govcloud.country.document import Document
from govcloud.country.suggestion import did_you_mean
from govcloud.model.platform_kind import KINDS
from govcloud.plan import Administration, CloudTarget, StackPlan
from govcloud.render.cluster import cluster
from govcloud.render.manifest import Rendering
from govcloud.render.platform import platform
from govcloud.render.segment import segment
from govcloud.render.tenant import tenant
from govcloud.stack import StackKind, StackName
from govcloud_base.errors import GovCloudError, Problem, Text, UsageError

__all__ = ["absent", "plan", "stack"]

_KINDS: dict[StackKind, Callable[[Country, str], Rendering]] = {
    StackKind.CLUSTER: cluster,
    StackKind.TENANT: tenant,
    StackKind.SEGMENT: segment,
    StackKind.PLATFORM: platform,
}


def stack(country: Country, name: str) -> Rendering:
    """Render the stack called `name`, such as `tenant.h41`.

    Raises UsageError where the country has no such stack, GovCloudError where a file of its tenant cannot be read.
    """
    if name not in country.stacks():
        raise UsageError(absent(country, name))
    if unread := country.unread.get(country.tenant_of(name) or ""):
        raise GovCloudError(unread)
    named = StackName.parse(name)
    return _KINDS[named.kind](country, named.id)


def absent(country: Country, name: str) -> Problem:
    """Return why there is no stack `name`: nothing of that name is declared, or it is declared but not to run yet."""
    kind, _, identity = name.partition(".")
    document = country.documents.get(("Platform", identity)) if kind == "platform" else None
    if document is not None:
        return _waiting(name, document)
    english, vietnamese = did_you_mean(name, country.stacks())
    return Problem(
        "GC-STACK-002",
        Text(f"there is no stack {name!r} in this country", f"quốc gia này không khai báo stack {name!r}"),
        Text(
            english or "list the stacks with `govcloud up --list`",
            vietnamese or "xem danh sách stack bằng `govcloud up --list`",
        ),
        value=name,
        allowed=", ".join(country.stacks()[:40]),
    )


def _waiting(name: str, document: Document) -> Problem:
    """Return the problem of a platform that is judged, but of which nothing is provisioned."""
    spec = document.value["spec"]
    if KINDS[spec["kind"]].blueprint is None:
        return Problem(
            "GC-STACK-007",
            Text(
                f"{name} is declared, but there is no blueprint for platforms of the kind {spec['kind']!r} yet",
                f"{name} đã khai báo, nhưng chưa có bản thiết kế cho nền tảng loại {spec['kind']!r}",
            ),
            Text(
                "nothing can be provisioned of it; its declaration keeps its place and quota",
                "chưa thể dựng; khai báo vẫn giữ chỗ và hạn mức cho nó",
            ),
            document.place("spec", "kind"),
            spec["kind"],
            ", ".join(kind.name for kind in KINDS.values() if kind.blueprint),
        )
    return Problem(
        "GC-STACK-006",
        Text(
            f"{name} is declared, but planned: nothing of it is provisioned",
            f"{name} đã khai báo nhưng mới dự kiến (planned): không dựng gì",
        ),
        Text(
            f"write `state: active` here, have the change approved, then run `govcloud up {name}`",
            f"ghi `state: active` tại đây, chờ duyệt thay đổi, rồi chạy `govcloud up {name}`",
        ),
        document.place("spec", "state"),
        "planned",
        "active",
    )


def plan(country: Country, name: str) -> StackPlan:
    """Return all that the stack called `name` registers.

    Expects a country without errors (rules.require). Raises UsageError where the country has no such stack.
    """
    rendered = stack(country, name)
    owner = country.tenant_of(name)
    cloud = country.clouds[rendered.cloud]
    return StackPlan(
        id=name.partition(".")[2],
        cloud=CloudTarget(
            name=cloud.metadata.name,
            context=cloud.spec.cluster.context,
            region=cloud.spec.region,
            adapter=cloud.spec.object_store.adapter,
            endpoint=cloud.spec.object_store.endpoint,
            endpoint_from=cloud.spec.object_store.endpoint_from,
            administration=Administration(**cloud.spec.object_store.administration.model_dump()),
        ),
        # A tenant's segments and platforms go with it.
        protected=not (owner and country.tenants[owner].leaving),
        manifests=tuple(rendered.manifests.values()),
        namespaces=rendered.namespaces,
        buckets=rendered.buckets,
        identities=rendered.identities,
    )
