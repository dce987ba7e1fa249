"""Security levels: declared ones are not below what the criteria give, and what a level demands is declared.

A tenant in transition follows two regimes at once; each gives a level of its own, and both count.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

from govcloud.country import Country
from govcloud.model.level import Criterion, Regime
from govcloud.model.tenant import Criteria, Tenant
from govcloud.rules import quotas, separation, wording
from govcloud.rules.finding import At, elsewhere
from govcloud_base.errors import Problem, Severity, Text

__all__ = ["computed", "computed_in", "judge"]

_APPROVAL_TOLD_FROM = 4
"""Level from which a dossier without the class of its approver is reported: it must have been appraised outside."""


_DOSSIER_FROM = 2
"""Level from which a system that runs on the dedicated network must have its dossier; else a missing one is told."""


def judge(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield levels that are too low (GC-LEVEL-001), platforms above their owner's level (002), missing dossiers (004),
    regimes not in force (005), approvers of the wrong class (007), transitions to nowhere (009) or without end (010),
    personal data of nobody (013) and data that is personal elsewhere but not here (014).
    """
    for tenant in country.tenants.values():
        yield from _too_low(country, tenant, date)
        yield from _in_force(country, tenant, country.regime(tenant), date, "spec", "regime")
        yield from _of_level(country, tenant)
        yield from _people(country, tenant)
        if tenant.spec.transition is not None:
            yield from _transition(country, tenant, date)
    yield from _datasets(country)
    for platform in country.platforms.values():
        owner = country.tenants_by_agency.get(platform.spec.owner)
        if owner is not None and platform.spec.level > owner.spec.level:
            yield (
                At(country, platform, "spec", "level")
                .following(owner, "spec", "level")
                .problem(
                    "GC-LEVEL-002",
                    (
                        f"the platform's level is above that of its owner's tenant ({owner.spec.level})",
                        f"cấp độ nền tảng cao hơn tenant của chủ quản ({owner.spec.level})",
                    ),
                    (
                        f"declare level {owner.spec.level}, or raise the owner tenant's level",
                        f"khai báo cấp độ {owner.spec.level}, hoặc nâng cấp độ tenant của chủ quản",
                    ),
                    value=platform.spec.level,
                    allowed=f"<= {owner.spec.level}",
                )
            )


def computed(country: Country, tenant: Tenant) -> tuple[int, tuple[Criterion, ...]]:
    """Return the lowest level that the tenant's regime allows, and the articles that demand it."""
    return computed_in(country, country.regime(tenant), tenant.spec.criteria)


def computed_in(country: Country, regime: str, criteria: Criteria) -> tuple[int, tuple[Criterion, ...]]:
    """Return the lowest level that a regime allows for a system of such facts; the highest criterion wins.

    With it, the articles that demand that level. A regime that is not known demands level 1.
    """
    found = country.law.regime(regime)
    if found is None:
        return 1, ()
    applying = [c for c in found.spec.criteria if c.applies(criteria)]
    level = max((c.level for c in applying), default=found.spec.lowest)
    return level, tuple(c for c in applying if c.level == level)


def _too_low(country: Country, tenant: Tenant, date: datetime.date) -> Iterable[Problem]:
    """Yield a level below what the criteria give, in the regime that the tenant follows."""
    regime, level = country.regime(tenant), tenant.spec.level
    least, reasons = computed_in(country, regime, tenant.spec.criteria)
    if level < least:
        fix = Text.joined([_declare(least), *_demanded(country, tenant, least, date)], ", ")
        yield _below(At(country, tenant, "spec", "level"), regime, level, least, reasons, fix)


def _declare(level: int) -> Text:
    return Text(f"declare level {level}", f"khai báo cấp độ {level}")


def _below(at: At, regime: str, level: int, least: int, reasons: Iterable[Criterion], fix: Text) -> Problem:
    why = f"{regime} {', '.join(dict.fromkeys(reason.source for reason in reasons))}"
    return at.problem(
        "GC-LEVEL-001",
        (f"the criteria give level {least} ({why})", f"theo tiêu chí phải là cấp độ {least} ({why})"),
        (fix.en, fix.vi),
        value=level,
        allowed=f">= {least}",
    )


def _demanded(country: Country, tenant: Tenant, level: int, date: datetime.date) -> list[Text]:
    """Return what a tenant would lack at another level and does not lack at its own: how to mend each, with the line.

    Whoever declares the level without it is told of the next mistake only then.
    """

    def lacking(one: Tenant) -> Iterator[Problem]:
        yield from _of_level(country, one)
        yield from separation.of_tenant(country, one, date)
        for environment in one.spec.environments:
            yield from quotas.too_small(country, one, environment)

    other = tenant.model_copy(update={"spec": tenant.spec.model_copy(update={"level": level})})
    known = {(p.code, p.place, p.severity) for p in lacking(tenant)}
    file = country.place(tenant).file
    found = []
    for problem in lacking(other):
        if problem.place is not None and (problem.code, problem.place, problem.severity) not in known:
            found.append(elsewhere(problem.place, problem.fix, file))
    return found


def _of_level(country: Country, tenant: Tenant) -> Iterable[Problem]:
    """Yield what a tenant lacks of the dossier and the approval that its level demands."""
    if tenant.spec.level_dossier is None and tenant.spec.lifecycle.state == "active":
        joined = any(
            (tenant.name, environment) in country.segments_by_tenant for environment in tenant.spec.environments
        )
        grave = joined and tenant.spec.level >= _DOSSIER_FROM
        yield At(country, tenant, "spec").problem(
            "GC-LEVEL-004",
            ("no approved level dossier is named", "chưa nêu hồ sơ đề xuất cấp độ được duyệt"),
            ("add levelDossier: with its reference", "thêm levelDossier: với số hiệu hồ sơ"),
            severity=Severity.ERROR if grave else Severity.WARNING,
        )
    yield from _approval(country, tenant)


def _in_force(country: Country, tenant: Tenant, name: str, date: datetime.date, *path: str) -> Iterable[Problem]:
    regime = country.law.regime(name)
    if regime is not None and not regime.spec.holds(date):
        yield At(country, tenant, *path).problem(
            "GC-LEVEL-005",
            (f"{name} is not in force on {date}", f"{name} không có hiệu lực ngày {date}"),
            ("name the regime in force", "dùng chế độ đang có hiệu lực"),
            value=name,
            allowed=", ".join(r.name for r in country.law.regimes if r.spec.holds(date)) or None,
            scope=tenant.name,
        )


def _approval(country: Country, tenant: Tenant) -> Iterable[Problem]:
    regime = country.law.regime(country.regime(tenant))
    if regime is None:
        return
    level, approver = tenant.spec.level, tenant.spec.level_approver
    allowed = regime.spec.may_approve(level)
    if approver is None:
        if level >= _APPROVAL_TOLD_FROM and tenant.spec.level_dossier is not None:
            yield At(country, tenant, "spec", "levelDossier").problem(
                "GC-LEVEL-007",
                (
                    f"a dossier of level {level} says who approved it",
                    f"hồ sơ cấp độ {level} phải nêu cấp phê duyệt",
                ),
                (
                    f"add levelApprover: {' or '.join(allowed)}",
                    f"thêm levelApprover: {wording.either(_titled(regime, name) for name in allowed)}",
                ),
                allowed=", ".join(allowed) or None,
                severity=Severity.WARNING,
            )
    elif approver not in allowed:
        yield At(country, tenant, "spec", "levelApprover").problem(
            "GC-LEVEL-007",
            (
                f"{approver} does not approve dossiers of level {level}",
                f"{_called(regime, approver, short=True)} không có thẩm quyền phê duyệt hồ sơ cấp độ {level}",
            ),
            (
                f"have the dossier approved by {' or '.join(allowed)}",
                f"trình phê duyệt hồ sơ theo cấp {wording.either(_called(regime, name) for name in allowed)}",
            ),
            value=approver,
            allowed=", ".join(allowed) or None,
        )


def _called(regime: Regime, approver: str, *, short: bool = False) -> str:
    """Return the Vietnamese title of who approves dossiers, with the name to write unless `short`."""
    found = regime.spec.approvers.get(approver)
    title = found.title.vi if found else approver
    return title if short else wording.to_write(title, approver)


def _titled(regime: Regime, approver: str) -> str:
    """Return the name to write, with the Vietnamese title of who it is."""
    return f"{approver} ({_called(regime, approver, short=True)})"


def _transition(country: Country, tenant: Tenant, date: datetime.date) -> Iterable[Problem]:
    other = tenant.spec.transition
    assert other is not None
    if other.regime == country.regime(tenant):
        yield At(country, tenant, "spec", "transition", "regime").problem(
            "GC-LEVEL-009",
            ("a transition is to or from another regime", "chuyển tiếp phải với một chế độ khác"),
            ("name the other regime, or remove transition", "nêu chế độ kia, hoặc bỏ transition"),
            value=other.regime,
        )
        return
    regime = country.law.regime(other.regime)
    if regime is None:
        return  # reported as a dangling reference
    least, reasons = computed_in(country, other.regime, tenant.spec.criteria)
    if other.level < least:
        at = At(country, tenant, "spec", "transition", "level")
        yield _below(at, other.regime, other.level, least, reasons, _declare(least))
    last = regime.spec.valid_to
    if other.until < date:
        yield At(country, tenant, "spec", "transition", "until").problem(
            "GC-LEVEL-010",
            ("the transition is over", "thời gian chuyển tiếp đã hết"),
            ("remove transition, or have its end approved anew", "bỏ transition, hoặc xin gia hạn"),
            value=other.until,
            allowed=f">= {date}",
            severity=Severity.WARNING,
        )
    elif last is not None and other.until > last:
        yield At(country, tenant, "spec", "transition", "until").problem(
            "GC-LEVEL-010",
            (
                f"{other.regime} ends on {last}, before the transition does",
                f"{other.regime} hết hiệu lực ngày {last}, trước khi chuyển tiếp xong",
            ),
            (f"end the transition by {last}", f"kết thúc chuyển tiếp chậm nhất ngày {last}"),
            value=other.until,
            allowed=f"<= {last}",
        )
    else:
        yield from _in_force(country, tenant, other.regime, date, "spec", "transition", "regime")


def _people(country: Country, tenant: Tenant) -> Iterable[Problem]:
    """Yield criteria that count nobody although the tenant says that it holds personal data."""
    subjects = tenant.spec.criteria.data_subjects
    if subjects.basic or subjects.sensitive:
        return
    personal = [name for name, bucket in tenant.spec.storage.buckets.items() if bucket.personal_data]
    personal += [name for name, dataset in tenant.spec.datasets.items() if dataset.personal_data]
    if personal:
        yield At(country, tenant, "spec", "criteria", "dataSubjects").problem(
            "GC-LEVEL-013",
            (
                f"{', '.join(personal)} holds personal data, but the criteria count nobody",
                f"{', '.join(personal)} có dữ liệu cá nhân, nhưng tiêu chí không tính ai",
            ),
            (
                "count the people in criteria.dataSubjects, or take personalData back where there is none",
                "ghi số người vào criteria.dataSubjects, hoặc gỡ `personalData` nếu không có",
            ),
            value=0,
            allowed=">= 1",
        )


def _datasets(country: Country) -> Iterable[Problem]:
    """Yield datasets that are personal where another tenant holds them, but not here."""
    holders = [
        (name, held, tenant) for tenant in country.tenants.values() for name, held in tenant.spec.datasets.items()
    ]
    personal: dict[str, Tenant] = {}
    for name, held, tenant in holders:
        if held.personal_data:
            personal.setdefault(name, tenant)
    for name, held, tenant in holders:
        if name in personal and not held.personal_data:
            yield At(country, tenant, "spec", "datasets", name).problem(
                "GC-LEVEL-014",
                (
                    f"{name!r} is personal data at {personal[name].name}",
                    f"{name!r} là dữ liệu cá nhân tại {personal[name].name}",
                ),
                ("write personalData: true here as well", "ghi personalData: true ở đây"),
                value="false",
                allowed="true",
            )
