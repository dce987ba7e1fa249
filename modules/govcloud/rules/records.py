"""Records: what is said to have happened has happened, whoever wrote it down.

A reference has no day of its own, but those of the State name their day or year (`123/2026/QĐ-UBND`). One of a day or
year that is still to come is no document's; where only a running number looks like a year, that is told as a warning.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

from govcloud.country import Country
from govcloud.model.declaration import Declaration
from govcloud.rules.finding import At
from govcloud.rules.reference_day import to_come
from govcloud_base.errors import Problem, Severity

__all__ = ["judge"]

_Path = tuple[str | int, ...]


def judge(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield records of days to come (GC-RECORD-001) and references of days or years to come (002)."""
    for declared, path, day in _days(country):
        if day is not None and day > date:
            yield At(country, declared, *path).problem(
                "GC-RECORD-001",
                ("the record is of a day to come", "ghi nhận một ngày chưa đến"),
                ("write the day on which it happened, once it has", "ghi ngày đã diễn ra, sau khi việc đó xảy ra"),
                value=day,
                allowed=f"<= {date}",
            )
    for declared, path, reference in _references(country):
        stated = to_come(reference, date) if reference else None
        if stated is not None:
            yield At(country, declared, *path).problem(
                "GC-RECORD-002",
                ("the reference is of a day or year to come", "số hiệu mang ngày hoặc năm chưa đến"),
                ("write the reference of the document that exists", "ghi số hiệu của văn bản đã có"),
                value=reference,
                allowed=f"<= {date}",
                severity=Severity.ERROR if stated.certain else Severity.WARNING,
            )


def _days(country: Country) -> Iterator[tuple[Declaration, _Path, datetime.date | None]]:
    """Yield every day on which something is said to have happened."""
    for tenant in country.tenants.values():
        life = tenant.spec.lifecycle
        if life.export is not None:
            yield tenant, ("spec", "lifecycle", "export", "date"), life.export.date
        for index, stop in enumerate(life.planned_stops):
            yield tenant, ("spec", "lifecycle", "plannedStops", index, "announced"), stop.announced
    for segment in country.segments.values():
        yield segment, ("spec", "allocated"), segment.spec.allocated
    for link in country.links.values():
        for index, approval in enumerate(link.spec.approvals):
            yield link, ("spec", "approvals", index, "date"), approval.date


def _references(country: Country) -> Iterator[tuple[Declaration, _Path, str | None]]:
    """Yield every reference of a document that is said to exist."""
    for tenant in country.tenants.values():
        life, transition = tenant.spec.lifecycle, tenant.spec.transition
        yield tenant, ("spec", "levelDossier"), tenant.spec.level_dossier
        if transition is not None:
            yield tenant, ("spec", "transition", "levelDossier"), transition.level_dossier
        if life.export is not None:
            yield tenant, ("spec", "lifecycle", "export", "reference"), life.export.reference
        if life.legal_hold is not None:
            yield tenant, ("spec", "lifecycle", "legalHold", "reference"), life.legal_hold.reference
    for cloud in country.clouds.values():
        if cloud.spec.prices is not None:
            yield cloud, ("spec", "prices", "source"), cloud.spec.prices.source
        if (sealed := cloud.spec.object_store.sealed_disks) is not None:
            yield cloud, ("spec", "objectStore", "sealedDisks", "reference"), sealed.reference
    for segment in country.segments.values():
        yield segment, ("spec", "allocation"), segment.spec.allocation
        for index, old in enumerate(segment.spec.inherited):
            yield segment, ("spec", "inherited", index, "allocation"), old.allocation
    for link in country.links.values():
        for index, approval in enumerate(link.spec.approvals):
            yield link, ("spec", "approvals", index, "reference"), approval.reference
