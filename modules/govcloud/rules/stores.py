"""Object stores: what a tenant's level and buckets need of the store of its cloud, by what a probe found there.

Where no table lies beside the country, nothing is known and nobody is refused, as with a cloud that was not examined.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from govcloud.country import Country
from govcloud.model.store_table import StoreTable, digest
from govcloud.model.tenant import Tenant
from govcloud.rules.capability import STORES, Capability, catalogue, needs
from govcloud.rules.finding import At
from govcloud.rules.separation import tables
from govcloud_base.errors import Problem, Severity, Text

__all__ = ["judge", "unprobed"]

_COUNTS_NO_MORE, _DUE = "store-probe", "store-probe-due"
"""Quantities of a level table: days after which a table counts no more, and after which the reader is told."""


def judge(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield tenants whose store was seen not to do what they need (GC-PROBE-001) or of which it is not known (002),
    tables that are old (003), changed by hand (004), or of no such store (005).
    """
    usable = {}
    for name, table in country.store_tables.items():
        if problem := _untrue(country, table):
            yield problem
        else:
            usable[name] = table
    if not usable:
        return
    capabilities = catalogue(country.law.folder, STORES)
    due: dict[str, list[int]] = {}
    for tenant in country.tenants.values():
        found = usable.get(tenant.spec.cloud)
        if found is None or tenant.leaving or not tenant.spec.storage.buckets or tenant.name in country.unread:
            continue
        yield from _lacks(country, tenant, found, usable, capabilities)
        if problem := _expired(country, tenant, found, date):
            yield problem
        elif (days := _days(country, tenant, _DUE)) is not None:
            due.setdefault(found.name, []).append(days)
    for name, limits in due.items():
        yield from _old(country, usable[name], min(limits), date)


def unprobed(country: Country, cloud: str) -> Text | None:
    """Return that the store of a cloud was never probed; None where it was, or no tenant keeps buckets there."""
    keeping = any(t.spec.cloud == cloud and t.spec.storage.buckets and not t.leaving for t in country.tenants.values())
    if cloud in country.store_tables or not keeping:
        return None
    command = f"`govcloud storage probe {cloud}`"
    return Text(
        f"What the object store of {cloud} can do was never found out: {command}",
        f"Chưa dò kho đối tượng của {cloud} làm được gì: {command}",
    )


def _untrue(country: Country, table: StoreTable) -> Problem | None:
    """Return why a table tells nothing of the store that is declared; None where it does."""
    cloud, probe = country.clouds.get(table.name), f"`govcloud storage probe {table.name}`"
    if cloud is None:
        return At(country, table, "metadata", "name").problem(
            "GC-PROBE-005",
            ("the table is of a cloud that is not declared", "bảng này thuộc đám mây chưa khai báo"),
            ("delete the file", "xóa tệp"),
            value=table.name,
            allowed=", ".join(sorted(country.clouds)) or None,
        )
    adapter = cloud.spec.object_store.adapter
    if table.spec.dialect != adapter:
        return At(country, table, "spec", "dialect").problem(
            "GC-PROBE-005",
            (
                f"the table is of a store of another dialect than {table.name} declares",
                f"bảng này thuộc kho có phương ngữ khác với khai báo của {table.name}",
            ),
            (f"run {probe}, or delete the file", f"chạy {probe}, hoặc xóa tệp"),
            value=table.spec.dialect,
            allowed=adapter,
        )
    if digest(table.spec) != table.spec.digest:
        return At(country, table, "spec", "digest").problem(
            "GC-PROBE-004",
            ("the table is not as a probe wrote it", "bảng này không còn nguyên như khi được dò"),
            (f"run {probe}; nothing in it is changed by hand", f"chạy {probe}; không sửa tay nội dung"),
        )
    return None


def _lacks(
    country: Country,
    tenant: Tenant,
    table: StoreTable,
    others: Mapping[str, StoreTable],
    capabilities: Mapping[str, Capability],
) -> Iterable[Problem]:
    for name, capability in capabilities.items():
        if not capability.needed or not needs(country, tenant, capability):
            continue
        tried = table.spec.capabilities.get(name)
        if tried is None or tried.verdict == "untried":
            yield _unknown(country, tenant, table, name, capability)
        elif tried.verdict == "does-not":
            yield _refused(country, tenant, table, name, capability, others)


def _refused(
    country: Country,
    tenant: Tenant,
    table: StoreTable,
    name: str,
    capability: Capability,
    others: Mapping[str, StoreTable],
) -> Problem:
    title, lacking, cloud = capability.title, capability.lacking, table.name
    tried = table.spec.capabilities[name]
    able = [
        other
        for other, known in sorted(others.items())
        if (found := known.spec.capabilities.get(name)) is not None and found.verdict == "works"
    ]
    there = ", ".join(able)
    move = (
        (f"move the tenant to {there}, which can, or", f"chuyển tenant sang {there} là nơi có, hoặc")
        if able
        else ("no cloud was seen to be able to;", "chưa thấy đám mây nào có;")
    )
    sources, why = "; ".join(capability.sources), tried.reason
    return (
        At(country, tenant, "spec", "cloud")
        .following(table, "spec", "capabilities", name, "verdict")
        .problem(
            "GC-PROBE-001",
            (
                f"the object store of {cloud} lacks what level {tenant.spec.level} and its buckets need: {title.en}"
                f"{f' ({why.en})' if why else ''}: {lacking.en} ({sources})",
                f"kho đối tượng của {cloud} thiếu năng lực mà cấp độ {tenant.spec.level} và các kho của nó cần: "
                f"{title.vi}"
                f"{f' ({why.vi})' if why else ''}: {lacking.vi} ({sources})",
            ),
            (
                f"{move[0]} mend the store and run `govcloud storage probe {cloud}`",
                f"{move[1]} khắc phục kho rồi chạy `govcloud storage probe {cloud}`",
            ),
            value=cloud,
            allowed=there or None,
            severity=Severity.ERROR if capability.refuses else Severity.WARNING,
            scope=tenant.name,
        )
    )


def _unknown(country: Country, tenant: Tenant, table: StoreTable, name: str, capability: Capability) -> Problem:
    title, cloud = capability.title, table.name
    return At(country, tenant, "spec", "cloud").problem(
        "GC-PROBE-002",
        (
            f"nobody could see whether the object store of {cloud} can do what {tenant.name} needs: {title.en} "
            f"({name})",
            f"chưa rõ kho đối tượng của {cloud} có năng lực mà {tenant.name} cần hay không: {title.vi} ({name})",
        ),
        (f"run `govcloud storage probe {cloud}` again", f"chạy lại `govcloud storage probe {cloud}`"),
        value=cloud,
        severity=Severity.WARNING,
    )


def _days(country: Country, tenant: Tenant, quantity: str) -> int | None:
    """Return the least that the regimes of a tenant say for its level; None where they say nothing."""
    found = [table.amount(quantity, level) for table, level in tables(country, tenant)]
    return min((days for days in found if days is not None), default=None)


def _expired(country: Country, tenant: Tenant, table: StoreTable, date: datetime.date) -> Problem | None:
    days = _days(country, tenant, _COUNTS_NO_MORE)
    if days is None or date - table.spec.day <= datetime.timedelta(days):
        return None
    cloud = table.name
    return (
        At(country, tenant, "spec", "cloud")
        .following(table, "spec", "at")
        .problem(
            "GC-PROBE-003",
            (
                f"the object store of {cloud} was last looked at on {table.spec.day}, too long ago for level "
                f"{tenant.spec.level}",
                f"kho đối tượng của {cloud} được dò lần cuối ngày {table.spec.day}, quá lâu đối với cấp độ "
                f"{tenant.spec.level}",
            ),
            (f"run `govcloud storage probe {cloud}`", f"chạy `govcloud storage probe {cloud}`"),
            value=cloud,
            allowed=f"<= {days} d",
            scope=tenant.name,
        )
    )


def _old(country: Country, table: StoreTable, days: int, date: datetime.date) -> Iterable[Problem]:
    if date - table.spec.day > datetime.timedelta(days):
        yield At(country, table, "spec", "at").problem(
            "GC-PROBE-003",
            (
                f"the object store of {table.name} was last looked at on {table.spec.day}",
                f"kho đối tượng của {table.name} được dò lần cuối ngày {table.spec.day}",
            ),
            (f"run `govcloud storage probe {table.name}`", f"chạy `govcloud storage probe {table.name}`"),
            value=table.spec.at,
            severity=Severity.WARNING,
        )
