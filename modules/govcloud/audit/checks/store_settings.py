"""STO-03, STO-04 and TEN-03 by reading the store: every bucket is declared, tagged, bounded, and ends no version early.

What bears the platform's name or tags and is no tenant's is the whole cloud's finding.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import partial

from govcloud.audit.access import Access
from govcloud.audit.check import BlindError, Check, Examination, once
from govcloud.audit.comparison import AS_DECLARED
from govcloud.audit.result import Finding
from govcloud.audit.store_reading import StoreReader, judge, read, said
from govcloud.audit.verdict import Verdict
from govcloud.comparison.words import in_words
from govcloud.country.controls import Control
from govcloud.providers.storage import settings
from govcloud.providers.storage.bucket import ABSENT
from govcloud.providers.storage.content import Count
from govcloud.providers.storage.deviation import Deviation
from govcloud_base.errors import Text

__all__ = [
    "LIFECYCLE",
    "NAME_SPACE",
    "QUOTA",
    "STRANGERS",
    "judge_count",
    "judge_lifecycle",
    "judge_name_space",
    "judge_strangers",
]


def judge_name_space(tenant: str, declared: Iterable[str], found: Iterable[Deviation]) -> Finding:
    """Return whether the tenant's name space holds the declared buckets alone."""
    known = set(declared)
    extra = [row for row in found if row.kind == "bucket" and not row.setting and row.name not in known]
    title = Text(f"name space of {tenant}", f"không gian tên của {tenant}")
    if extra:
        return Finding(title, Verdict.FAIL, Text.joined(said(row) for row in extra))
    return Finding(title, Verdict.PASS, Text("holds the declared buckets alone", "chỉ chứa các kho đã khai báo"))


def judge_strangers(found: Iterable[Deviation]) -> list[Finding]:
    """Return a finding for each bucket that looks like the platform's and is nobody's, one that passes where there is
    none."""
    wrong = [
        Finding(
            Text.quoted(f"bucket {row.name}"),
            Verdict.FAIL,
            Text(
                f"belongs to no declared tenant ({row.live}); declare its tenant, or archive and delete it",
                f"không thuộc tenant nào đã khai báo ({in_words(row.live).vi}); khai báo tenant, hoặc lưu trữ rồi xóa",
            ),
        )
        for row in found
    ]
    title = Text("buckets of nobody", "kho không của ai")
    none = Text(
        "each bucket with a name or tags of the platform is some declared tenant's",
        "mọi kho mang tên hoặc thẻ của nền tảng đều thuộc tenant đã khai báo",
    )
    return wrong or [Finding(title, Verdict.PASS, none)]


def judge_count(bucket: str, most: int, count: Count) -> Finding:
    """Return whether a bucket holds no more objects than it may; where there are too many to count, a person says."""
    title = Text(f"objects in bucket {bucket}", f"số đối tượng trong kho {bucket}")
    seen = count.number
    if seen > most:
        return Finding(title, Verdict.FAIL, Text(f"more than the {most} declared", f"nhiều hơn {most} đã khai báo"))
    if not count.whole:
        return Finding(
            title,
            Verdict.MANUAL,
            Text(
                f"more than {seen}, too many to count here, {most} declared: have the store's own count looked at",
                f"hơn {seen}, quá nhiều để đếm ở đây, khai báo {most}: cần người xem số đếm của chính kho",
            ),
        )
    return Finding(title, Verdict.PASS, Text(f"{seen} of at most {most}", f"{seen} trên tối đa {most}"))


def judge_lifecycle(bucket: str, found: Iterable[Deviation], control: Control) -> Finding:
    """Return whether no rule of the bucket, beside those that are declared, ends what versioning keeps, or what nobody
    deleted."""
    title = Text(f"lifecycle of bucket {bucket}", f"vòng đời của kho {bucket}")
    for row in found:
        if row.name == bucket and row.setting == settings.LIFECYCLE.name and row.live != ABSENT:
            declared = json.loads(row.declared) if row.declared != ABSENT else []
            rules = [r for r in json.loads(row.live) if r.get("Status") == "Enabled" and r not in declared]
            ends = sorted({name for rule in rules for name in rule} & set(control.strings("lifecycle_refused")))
            if ends:
                return Finding(title, Verdict.FAIL, Text.joined([Text.quoted(", ".join(ends)), said(row)], ": "))
        elif row.name == bucket and not row.setting:
            return Finding(title, Verdict.FAIL, said(row))
    return Finding(
        title, Verdict.PASS, Text("no rule ends a version early", "không quy tắc nào kết thúc phiên bản sớm")
    )


def _name_space(subject: str, access: Access) -> Examination:
    buckets = [bucket.name for bucket in access.tenants[subject].buckets]
    found = read(access, lambda store: store.deviations(subject))
    findings = [
        judge(Text(f"tags of bucket {name}", f"thẻ của kho {name}"), found, name, ("tags",), AS_DECLARED)
        for name in buckets
    ]
    findings.append(judge_name_space(subject, buckets, found))
    return Examination(len(buckets) + 1, tuple(findings))


def _strangers(_subject: str, access: Access) -> Examination:
    findings = judge_strangers(read(access, lambda store: store.strangers()))
    return Examination(len(findings), tuple(findings))


def _lifecycle(subject: str, access: Access) -> Examination:
    control = access.catalogue["STO-04"]
    buckets = access.tenants[subject].versioned(control.level)
    found = read(access, lambda store: store.deviations(subject))
    return Examination(len(buckets), tuple(judge_lifecycle(name, found, control) for name in buckets))


def _quota(subject: str, access: Access) -> Examination:
    buckets = [bucket.name for bucket in access.tenants[subject].buckets]
    found = read(access, lambda store: store.deviations(subject))
    findings = [
        judge(Text(f"quota of bucket {name}", f"hạn mức của kho {name}"), found, name, ("quotaBytes",), AS_DECLARED)
        for name in buckets
    ]
    findings += _counts(subject, access)
    return Examination(len(findings), tuple(findings))


def _count(bucket: str, most: int, store: StoreReader) -> Count:
    return store.count(bucket, most)


def _counts(subject: str, access: Access) -> Iterator[Finding]:
    """Yield a finding for each bucket that states how many objects it may hold; one gone or unreadable hides no other.

    The store itself keeps to no such number, so this is where more is seen.
    """
    for bucket in access.tenants[subject].buckets:
        if bucket.objects is not None:
            look = partial(_count, bucket.name, bucket.objects)
            try:
                yield judge_count(bucket.name, bucket.objects, read(access, look))
            except BlindError as blinded:
                yield Finding(Text.quoted(f"bucket {bucket.name}"), Verdict.ERROR, blinded.reason)


def _owners(access: Access) -> tuple[str, ...]:
    return tuple(name for name, tenant in access.tenants.items() if tenant.buckets)


def _everybody(access: Access) -> tuple[str, ...]:
    return tuple(access.tenants) if _owners(access) else ()


def _store(access: Access) -> tuple[str, ...]:
    return once(access) if _owners(access) else ()


def _keepers(access: Access) -> tuple[str, ...]:
    level = access.catalogue["STO-04"].level
    return tuple(name for name, tenant in access.tenants.items() if tenant.versioned(level))


NAME_SPACE = Check("STO-03.name-space", ("STO-03",), _everybody, _name_space)
STRANGERS = Check("STO-03.strangers", ("STO-03",), _store, _strangers)
LIFECYCLE = Check("STO-04.lifecycle", ("STO-04",), _keepers, _lifecycle)
QUOTA = Check("TEN-03.store-quota", ("TEN-03",), _owners, _quota)
