"""What follows from a tenant's declaration and the law: its level, regime, zones, their quotas, versions of buckets."""

from __future__ import annotations

from collections.abc import Iterator

from govcloud.country import Country
from govcloud.explanation.value import Bound, Origin, Value
from govcloud.model import names
from govcloud.model.quota import Quota
from govcloud.model.tenant import Tenant
from govcloud.render.tenant import zone_quotas
from govcloud.rules import criteria, wording
from govcloud.rules.levels import computed
from govcloud_base.errors import Text

__all__ = ["values"]


def values(country: Country, declared: Tenant) -> Iterator[Value]:
    """Yield values that the file alone does not explain."""
    yield _level(country, declared)
    if declared.spec.regime is None:
        place = country.place(country.settings, "spec", "regime")
        yield Value(("regime",), country.spec.regime, Origin.COUNTRY, place)
    yield from _zones(country, declared)
    yield from _buckets(country, declared)


def _level(country: Country, declared: Tenant) -> Value:
    level, articles = computed(country, declared)
    regime = country.law.regime(country.regime(declared))
    sources = "; ".join(dict.fromkeys(a.source for a in articles)) or "-"
    source = f"{regime.spec.source}, {sources}" if regime and articles else sources
    bounds = [
        Bound(
            Text(
                f"the criteria give at least level {level}: {source}", f"tiêu chí cho ít nhất cấp độ {level}: {source}"
            ),
            country.place(declared, "spec", "criteria", key=True),
        )
    ]
    for criterion in articles:
        facts = criterion.model_dump(exclude={"level", "source", "provisional"}, exclude_none=True, by_alias=True)
        shown = ", ".join(f"{name}: {str(fact).lower()}" for name, fact in facts.items())
        bounds.append(
            Bound(
                Text(
                    f"{criterion.source} demands level {criterion.level} where {shown}",
                    f"{criterion.source} đòi cấp độ {criterion.level} vì {criteria.in_words(criterion).vi} ({shown})",
                )
            )
        )
    place = country.place(declared, "spec", "level")
    return Value(("level",), str(declared.spec.level), Origin.FILE, place, bounds=tuple(bounds))


def _zones(country: Country, declared: Tenant) -> Iterator[Value]:
    table = country.level_table(declared)
    minimum = table.minimum(declared.spec.level) if table else ()
    for environment in declared.spec.environments:
        quotas = zone_quotas(country, declared, environment)
        for zone in country.zones(declared, environment):
            path = ("environments", environment, "zones", zone)
            namespace = names.namespace(declared.name, environment, zone)
            source = f"{table.name}: {table.spec.source}" if table and zone in minimum else None
            written = country.place(declared, "spec", *path, key=True) if source is None else None
            yield Value((*path, "namespace"), namespace, Origin.LAW if source else Origin.FILE, written, source)
            for resource in ("cpu", "memory", "storage", "pods"):
                if quotas[zone].amount(resource):
                    yield _share(country, declared, environment, zone, resource, quotas[zone])


def _share(country: Country, declared: Tenant, environment: str, zone: str, resource: str, part: Quota) -> Value:
    whole = declared.spec.environments[environment].quota.written(resource)
    place = country.place(declared, "spec", "environments", environment, "quota", resource)
    bound = Bound(
        Text(
            f"its share of the environment's {resource} {whole}",
            f"phần của nó trong {whole} {wording.RESOURCES[resource].vi} của môi trường",
        ),
        place,
    )
    path = ("environments", environment, "zones", zone, "quota", resource)
    return Value(path, part.written(resource), Origin.DERIVED, bounds=(bound,))


def _buckets(country: Country, declared: Tenant) -> Iterator[Value]:
    table = country.level_table(declared)
    for name, bucket in declared.spec.storage.buckets.items():
        path = ("storage", "buckets", name)
        for environment in declared.spec.environments:
            full = names.bucket(country.name, declared.name, environment, name)
            yield Value((*path, "names", environment), full, Origin.DERIVED)
        if table and declared.spec.level >= table.spec.versioning_from:
            first = table.spec.versioning_from
            asked = str(bucket.versioning).lower()
            bound = Bound(
                Text(
                    f"from level {first} every bucket keeps versions, whatever is declared ({asked})",
                    f"từ cấp độ {first}, mọi kho phải lưu phiên bản, bất kể khai báo ({asked})",
                )
            )
            yield Value((*path, "versioning"), "true", Origin.LAW, None, table.spec.source, (bound,))
