"""STO-03, STO-04 and TEN-03 by reading the store: every bucket is declared, tagged, bounded, and ends no version."""

from __future__ import annotations

import json
from collections.abc import Iterable

from govcloud.audit.access import Access
from govcloud.audit.check import Check, Examination
from govcloud.audit.comparison import AS_DECLARED
from govcloud.audit.result import Finding
from govcloud.audit.store_reading import judge, read, said
from govcloud.audit.verdict import Verdict
from govcloud.errors import Text
from govcloud.providers.storage import undeclared
from govcloud.providers.storage.deviation import Deviation
from govcloud.rules import controls

__all__ = ["LIFECYCLE", "NAME_SPACE", "QUOTA", "judge_lifecycle", "judge_name_space"]


def judge_name_space(tenant: str, declared: Iterable[str], found: Iterable[Deviation]) -> Finding:
    """Return whether the tenant's name space holds the declared buckets alone."""
    known = set(declared)
    extra = [row for row in found if row.kind == "bucket" and not row.setting and row.name not in known]
    title = Text(f"name space of {tenant}", f"không gian tên của {tenant}")
    if extra:
        return Finding(title, Verdict.FAIL, Text.joined(said(row) for row in extra))
    return Finding(title, Verdict.PASS, Text("holds the declared buckets alone", "chỉ chứa các kho đã khai báo"))


def judge_lifecycle(bucket: str, found: Iterable[Deviation]) -> Finding:
    """Return whether no rule of the bucket ends what versioning keeps, or what nobody deleted."""
    title = Text(f"lifecycle of bucket {bucket}", f"vòng đời của kho {bucket}")
    for row in found:
        if row.name == bucket and row.setting == undeclared.LIFECYCLE:
            rules = [rule for rule in json.loads(row.live) if rule.get("Status") == "Enabled"]
            ends = sorted({name for rule in rules for name in rule} & set(_LIFECYCLE_REFUSED))
            if ends:
                return Finding(title, Verdict.FAIL, Text.joined([Text.quoted(", ".join(ends)), said(row)], ": "))
        elif row.name == bucket and not row.setting:
            return Finding(title, Verdict.FAIL, said(row))
    return Finding(title, Verdict.PASS, Text("no rule ends a version", "không quy tắc nào kết thúc một phiên bản"))


_LIFECYCLE_REFUSED = controls.by_id("STO-04").strings("lifecycle_refused")


def _name_space(subject: str, access: Access) -> Examination:
    buckets = [bucket.name for bucket in access.tenants[subject].buckets]
    found = read(access, subject)
    findings = [
        judge(Text(f"tags of bucket {name}", f"thẻ của kho {name}"), found, name, ("tags",), AS_DECLARED)
        for name in buckets
    ]
    findings.append(judge_name_space(subject, buckets, found))
    return Examination(len(buckets) + 1, tuple(findings))


def _lifecycle(subject: str, access: Access) -> Examination:
    buckets = access.tenants[subject].versioned(controls.by_id("STO-04").level)
    found = read(access, subject)
    return Examination(len(buckets), tuple(judge_lifecycle(name, found) for name in buckets))


def _quota(subject: str, access: Access) -> Examination:
    buckets = [bucket.name for bucket in access.tenants[subject].buckets]
    found = read(access, subject)
    findings = (
        judge(Text(f"quota of bucket {name}", f"hạn mức của kho {name}"), found, name, ("quotaBytes",), AS_DECLARED)
        for name in buckets
    )
    return Examination(len(buckets), tuple(findings))


def _owners(access: Access) -> tuple[str, ...]:
    return tuple(name for name, tenant in access.tenants.items() if tenant.buckets)


def _everybody(access: Access) -> tuple[str, ...]:
    return tuple(access.tenants) if _owners(access) else ()


def _keepers(access: Access) -> tuple[str, ...]:
    level = controls.by_id("STO-04").level
    return tuple(name for name, tenant in access.tenants.items() if tenant.versioned(level))


NAME_SPACE = Check("STO-03.name-space", ("STO-03",), _everybody, _name_space)
LIFECYCLE = Check("STO-04.lifecycle", ("STO-04",), _keepers, _lifecycle)
QUOTA = Check("TEN-03.store-quota", ("TEN-03",), _owners, _quota)
