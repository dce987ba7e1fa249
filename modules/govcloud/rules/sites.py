"""Clouds and waivers: where data may be, and which exceptions count."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable

from govcloud.country import Country
from govcloud.country.characters import folded
from govcloud.rules.finding import At, unknown
from govcloud.rules.precedence import contests
from govcloud_base.errors import Problem, Severity

__all__ = ["judge"]

_NOTICE = datetime.timedelta(days=30)
"""How long before its end one is told of it."""
_SHOWN = 5
"""Tenants that a warning names."""


def judge(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield clouds abroad (GC-CLOUD-002), clouds whose stores are told apart by nothing (GC-CLOUD-015), waivers that do
    not count (GC-WAIVER-*), stores whose disks nobody attests any more (GC-CLOUD-017), and as a warning buckets that no
    workload can reach (GC-CLOUD-006).
    """
    yield from _clouds(country)
    yield from _addresses(country)
    yield from _sealed(country, date)
    yield from _waivers(country, date)


def _clouds(country: Country) -> Iterable[Problem]:
    for cloud in country.clouds.values():
        if cloud.spec.region not in country.spec.regions:
            at = At(country, cloud, "spec", "region")
            what = ("region inside the country", "vùng trong lãnh thổ")
            yield unknown(at, "GC-CLOUD-002", what, cloud.spec.region, list(country.spec.regions))
    keeping: dict[str, list[str]] = defaultdict(list)
    for tenant in country.tenants.values():
        if tenant.spec.storage.buckets and tenant.spec.environments and not tenant.leaving:
            keeping[tenant.spec.cloud].append(tenant.name)
    for name, tenants in keeping.items():
        site = country.clouds.get(name)
        if site is not None and site.spec.object_store.workloads is None:
            more = f", ... ({len(tenants)})" if len(tenants) > _SHOWN else ""
            yield At(country, site, "spec", "objectStore").problem(
                "GC-CLOUD-006",
                (
                    "tenants keep buckets here, and their workloads have no way to them",
                    "tenant có kho đối tượng ở đây nhưng ứng dụng của họ không có đường tới kho",
                ),
                (
                    "declare objectStore.workloads: the endpoint, and the addresses of its hosts",
                    "khai báo objectStore.workloads: địa chỉ dịch vụ và địa chỉ các máy chủ của kho",
                ),
                value=", ".join(tenants[:_SHOWN]) + more,
                severity=Severity.WARNING,
            )


def _addresses(country: Country) -> Iterable[Problem]:
    """Yield clouds that take their store's address from another's variable: they would share it, and no file says so.

    What is not said is not looked after: each would find the other's buckets and identities to be nobody's.
    """
    named = (cloud for cloud in country.clouds.values() if cloud.spec.object_store.endpoint_from)
    lost = contests(named, lambda cloud: cloud.spec.object_store.endpoint_from, lambda cloud: cloud.name)
    for cloud, other in lost:
        variable = cloud.spec.object_store.endpoint_from
        yield At(country, cloud, "spec", "objectStore", "endpointFrom").problem(
            "GC-CLOUD-015",
            (
                f"the store's address comes from the same variable as that of cloud {other.name}",
                f"địa chỉ kho lấy từ cùng một biến với đám mây {other.name}",
            ),
            (
                "name a variable of its own; where both clouds use one store, declare its endpoint in both",
                "nêu một biến riêng; nếu hai đám mây dùng chung một kho thì khai báo `endpoint` của kho ở cả hai",
            ),
            value=variable,
        )


def _sealed(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield clouds on which data lies that must be encrypted, and whose attestation ended, or ends soon."""
    asking = country.law.catalogue["CRY-03"].level
    for cloud in country.clouds.values():
        sealed = cloud.spec.object_store.sealed_disks
        if sealed is None or sealed.until >= date + _NOTICE:
            continue
        trusting = [
            tenant.name
            for tenant in country.tenants.values()
            if tenant.spec.cloud == cloud.name
            and tenant.spec.storage.buckets
            and tenant.spec.level >= asking
            and not tenant.leaving
        ]
        if trusting:
            over = sealed.until < date
            yield At(country, cloud, "spec", "objectStore", "sealedDisks", "until").problem(
                "GC-CLOUD-017",
                (
                    f"nobody attests {'any more' if over else f'after {sealed.until}'} that the disks below the store "
                    f"are encrypted, and {len(trusting)} tenants rely on it (CRY-03)",
                    f"{'không còn' if over else f'sau ngày {sealed.until} sẽ không còn'} ai chứng nhận ổ đĩa của kho "
                    f"được mã hóa, trong khi {len(trusting)} tenant dựa vào đó (CRY-03)",
                ),
                (
                    "have the disks attested again, and write the new day",
                    "đề nghị chứng nhận lại và ghi ngày mới",
                ),
                value=sealed.until,
                allowed=f">= {date}",
                severity=Severity.ERROR if over else Severity.WARNING,
            )


def _waivers(country: Country, date: datetime.date) -> Iterable[Problem]:
    known = sorted(country.law.catalogue)
    for waiver in country.waivers.values():
        if waiver.spec.control not in known:
            at = At(country, waiver, "spec", "control")
            yield unknown(at, "GC-WAIVER-003", ("control", "biện pháp kiểm soát"), waiver.spec.control, known)
        if folded(waiver.spec.approver) == folded(waiver.spec.author):
            yield At(country, waiver, "spec", "approver").problem(
                "GC-WAIVER-001",
                ("who asks for a waiver does not approve it", "người đề nghị miễn trừ không được tự duyệt"),
                ("have somebody else approve it", "để người khác phê duyệt"),
                value=waiver.spec.approver,
            )
        if waiver.spec.expires < date:
            yield At(country, waiver, "spec", "expires").problem(
                "GC-WAIVER-002",
                ("the waiver has expired; its control applies again", "miễn trừ đã hết hạn; biện pháp lại có hiệu lực"),
                ("meet the control, or have the waiver renewed", "đáp ứng biện pháp, hoặc gia hạn miễn trừ"),
                value=waiver.spec.expires,
                allowed=f">= {date}",
                scope=waiver.spec.tenant,
            )
