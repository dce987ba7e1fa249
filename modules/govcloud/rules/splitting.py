"""Systems that were cut up to get a lower level (NĐ 331/2026, article 8): seen together they would have a higher one.

Two tenants of one body belong together where they hold the same data, or share a zone of data: an internal direct link
joins segments to which the database zones of both are attached, so nothing stands between them. Taken together, a group
has the most protected information of any member, the widest infrastructure, all duties, and the people of all. What a
member declares may then be too low although its own criteria were met. A group of which one member has the higher level
by itself was not cut up: a small system beside a large one stays small.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import get_args

from govcloud.country import Country
from govcloud.model.tenant import Criteria, DataSubjects, Tenant
from govcloud.rules.finding import At
from govcloud.rules.levels import computed_in
from govcloud.rules.separation import holds_data
from govcloud_base.errors import Problem, Severity

__all__ = ["Group", "groups", "judge", "together"]

_INFORMATION = get_args(Criteria.model_fields["information"].annotation)
_INFRASTRUCTURE = get_args(Criteria.model_fields["infrastructure"].annotation)


@dataclass(frozen=True)
class Group:
    """Tenants of one body that belong together."""

    members: tuple[Tenant, ...]
    """At least two, in the order of their names."""
    dataset: str | None
    """What they all hold; None where they share a zone."""
    link: str | None = None
    """The link that joins their zones."""


def judge(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield tenants whose level is below that of the group to which they belong (GC-LEVEL-008).

    Holding the same data is an error. A shared zone is a warning: systems may be neighbours with good reason.
    """
    reported: set[str] = set()
    for group in groups(country, date):
        whole = together(member.spec.criteria for member in group.members)
        for tenant in group.members:
            regime = country.regime(tenant)
            level, articles = computed_in(country, regime, whole)
            alone = max(computed_in(country, regime, member.spec.criteria)[0] for member in group.members)
            if level <= alone or tenant.spec.level >= level or tenant.name in reported:
                continue
            reported.add(tenant.name)
            others = ", ".join(m.name for m in group.members if m is not tenant)
            why = "; ".join(f"{regime} {article.source}" for article in articles)
            shared = (
                (f"the data {group.dataset!r}", f"dữ liệu {group.dataset!r}")
                if group.dataset is not None
                else (f"a zone (link {group.link})", f"vùng mạng (liên kết {group.link})")
            )
            yield At(country, tenant, "spec", "level").problem(
                "GC-LEVEL-008",
                (
                    f"shares {shared[0]} with {others}; together they are of level {level} ({why})",
                    f"dùng chung {shared[1]} với {others}; gộp lại là cấp độ {level} ({why})",
                ),
                (
                    f"declare level {level} in each of them, or keep what they share in one",
                    f"khai báo cấp độ {level} ở từng hệ thống, hoặc chỉ giữ phần dùng chung ở một nơi",
                ),
                value=tenant.spec.level,
                allowed=f">= {level}",
                severity=Severity.ERROR if group.dataset is not None else Severity.WARNING,
            )


def groups(country: Country, date: datetime.date) -> Iterator[Group]:
    """Yield the groups of a country: by data, then by zone."""
    holders: dict[tuple[str, str], list[Tenant]] = defaultdict(list)
    for tenant in country.tenants.values():
        for dataset in tenant.spec.datasets:
            holders[_body(country, tenant.spec.agency), dataset].append(tenant)
    for (_, dataset), members in sorted(holders.items()):
        if len(members) > 1:
            yield Group(tuple(sorted(members, key=lambda t: t.name)), dataset)
    for link in country.links.values():
        if link.spec.kind != "internal" or link.spec.via != "direct" or not link.holds(date):
            continue
        ends = [country.tenants_by_agency.get(code) for code in sorted(set(link.spec.ends))]
        first, second = ends if len(ends) == 2 else (None, None)
        if first is None or second is None:
            continue
        alike = _body(country, first.spec.agency) == _body(country, second.spec.agency)
        if alike and all(holds_data(country, tenant, link.spec.environment) for tenant in (first, second)):
            yield Group((first, second), None, link.name)


def together(criteria: Iterable[Criteria]) -> Criteria:
    """Return the facts about one system that would do all that these systems do."""
    found = tuple(criteria)
    return Criteria(
        information=max((c.information for c in found), key=_INFORMATION.index),
        data_subjects=DataSubjects(
            basic=sum(c.data_subjects.basic for c in found),
            sensitive=sum(c.data_subjects.sensitive for c in found),
        ),
        administrative_procedures=any(c.administrative_procedures for c in found),
        infrastructure=max((c.infrastructure for c in found), key=_INFRASTRUCTURE.index),
        nonstop=any(c.nonstop for c in found),
        critical=any(c.critical for c in found),
    )


def _body(country: Country, code: str) -> str:
    agency = country.agencies_by_code.get(code)
    return (agency, *country.ancestors(agency))[-1].code if agency else code
