"""The quota tree: at every node and for every resource, what is given away is no more than what was given.

A tenant's quota is the budget of its whole sub-tree. It pays for the tenant's own environments, segments and platforms,
and for the tenants of the agencies below; tenants at the top draw on the cloud's capacity.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping

from govcloud.country import Country
from govcloud.errors import Problem
from govcloud.model.declaration import Declaration
from govcloud.model.quota import Quota
from govcloud.model.tenant import Tenant
from govcloud.rules.finding import At

__all__ = ["judge", "parent_tenant", "spending"]

_FIELDS = {"object_storage": "objectStorage"}
_LEAST = {"cpu": 1, "memory": 4 << 20, "pods": 1}
"""What a zone needs to run one pod: a thousandth of a processor, 4 MiB, one pod."""


def judge(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield overdrawn budgets (GC-QUOTA-001, 002), buckets beyond their environment (003) and zones too small (004)."""
    spent = spending(country)
    for tenant in country.tenants.values():
        path, own = ("spec", "quota"), spent["Tenant", tenant.name]
        yield from _overdrawn(country, tenant, path, tenant.spec.quota, own, "GC-QUOTA-001")
        for environment in tenant.spec.environments:
            yield from _buckets(country, tenant, environment)
            yield from _zones(country, tenant, environment)
    for cloud in country.clouds.values():
        path, given = ("spec", "capacity"), spent["Cloud", cloud.name]
        yield from _overdrawn(country, cloud, path, cloud.spec.capacity, given, "GC-QUOTA-002")


def parent_tenant(country: Country, tenant: Tenant) -> Tenant | None:
    """Return the tenant from whose budget `tenant` draws: of the nearest agency above that has one on this cloud."""
    agency = country.agencies_by_code.get(tenant.spec.agency)
    for above in country.ancestors(agency) if agency else ():
        candidate = country.tenants_by_agency.get(above.code)
        if candidate is not None and candidate.spec.cloud == tenant.spec.cloud:
            return candidate
    return None


def spending(country: Country) -> dict[tuple[str, str], dict[str, Quota]]:
    """Return what draws on each budget: by (kind, name) of its tenant or cloud, then by what draws."""
    spent: dict[tuple[str, str], dict[str, Quota]] = defaultdict(dict)
    for tenant in country.tenants.values():
        for name, environment in tenant.spec.environments.items():
            spent["Tenant", tenant.name][f"environment {name}"] = environment.quota
        above = parent_tenant(country, tenant)
        node = ("Tenant", above.name) if above else ("Cloud", tenant.spec.cloud)
        spent[node][f"tenant {tenant.name}"] = tenant.spec.quota
    for segment in country.segments.values():
        spent["Tenant", segment.spec.tenant][f"segment {segment.name}"] = segment.spec.quota
    for platform in country.platforms.values():
        owner = country.tenants_by_agency.get(platform.spec.owner)
        if owner is not None:
            spent["Tenant", owner.name][f"platform {platform.name}"] = platform.spec.quota
    return spent


def _overdrawn(
    country: Country,
    node: Declaration,
    path: tuple[str, ...],
    budget: Quota,
    spent: Mapping[str, Quota],
    code: str,
) -> Iterable[Problem]:
    total = Quota.total(spent.values())
    for resource in Quota.RESOURCES:
        have, need = budget.amount(resource), total.amount(resource)
        if need <= have:
            continue
        holders = sorted(spent.items(), key=lambda item: -item[1].amount(resource))
        shown = ", ".join(f"{name} {q.written(resource)}" for name, q in holders if q.amount(resource))
        over = Quota.write(resource, need - have)
        field = _FIELDS.get(resource, resource)
        yield At(country, node, *path, field).problem(
            code,
            (
                f"{node.name} gives away more {field} than it has: {over} too much ({shown})",
                f"{node.name} phân bổ {field} vượt hạn mức: quá {over} ({shown})",
            ),
            (
                f"raise {field} to {Quota.write(resource, need)}, or lower one of the shares by {over}",
                f"tăng {field} lên {Quota.write(resource, need)}, hoặc giảm một phần đi {over}",
            ),
            value=Quota.write(resource, need),
            allowed=f"<= {budget.written(resource)}",
        )


def _buckets(country: Country, tenant: Tenant, environment: str) -> Iterable[Problem]:
    quota = tenant.spec.environments[environment].quota
    buckets = tenant.spec.storage.buckets
    spent = {f"bucket {name}": Quota.of({"buckets": 1, "object_storage": b.quota}) for name, b in buckets.items()}
    limits = Quota.of({"buckets": quota.buckets, "object_storage": quota.object_storage})
    path = ("spec", "environments", environment, "quota")
    yield from _overdrawn(country, tenant, path, limits, spent, "GC-QUOTA-003")


def _zones(country: Country, tenant: Tenant, environment: str) -> Iterable[Problem]:
    zones = len(country.zones(tenant, environment))
    quota = tenant.spec.environments[environment].quota
    for resource, least in _LEAST.items():
        needed = least * zones
        if quota.amount(resource) < needed:
            yield At(country, tenant, "spec", "environments", environment, "quota", resource).problem(
                "GC-QUOTA-004",
                (
                    f"too little {resource} for the {zones} zones of level {tenant.spec.level}",
                    f"quá ít {resource} cho {zones} vùng mạng của cấp độ {tenant.spec.level}",
                ),
                (
                    f"ask for at least {Quota.write(resource, needed)}",
                    f"đề nghị ít nhất {Quota.write(resource, needed)}",
                ),
                value=quota.written(resource),
                allowed=f">= {Quota.write(resource, needed)}",
            )
