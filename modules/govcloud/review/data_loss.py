"""Names under which data is kept: what is renamed is deleted and made anew, empty. Refused, however it is meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from govcloud.country import Country
from govcloud.model import names
from govcloud.model.cloud import Cloud
from govcloud.model.platform import Platform
from govcloud.model.quota import Quota
from govcloud.model.segment import Segment
from govcloud.model.tenant import Tenant
from govcloud.render.tenant import zone_quotas
from govcloud_base.errors import Place, Problem, Text

__all__ = ["judge"]

_GONE = ("exported", "removed")
"""States of a tenant after which nothing of it is kept."""


def judge(base: Country, head: Country) -> Iterable[Problem]:
    """Yield what would delete data: a country, tenant, environment, bucket or platform renamed (GC-LOSS-001) or removed
    outside off-boarding (GC-LOSS-002), a tenant that moves to another cloud (GC-LOSS-003), a zone, gateway or
    platform that vanishes with its volumes (GC-LOSS-004), and a cloud that gets another store while tenants write
    (GC-LOSS-005).
    """
    if base.name != head.name:
        yield Problem(
            "GC-LOSS-001",
            Text(
                f"the country is renamed from {base.name}: every bucket would be made anew, empty",
                f"quốc gia bị đổi tên từ {base.name}: mọi kho sẽ được tạo lại, rỗng",
            ),
            Text(f"keep the name {base.name}", f"giữ tên {base.name}"),
            head.place(head.settings, "metadata", "name"),
            value=head.name,
            allowed=base.name,
        )
    yield from _tenants(base, head)
    yield from _stores(base, head)
    for platform in base.platforms.values():
        if platform.name not in head.platforms:
            yield from _platform(base, head, platform)
    yield from _shared(base, head)


def _tenants(base: Country, head: Country) -> Iterable[Problem]:
    new = {t.spec.agency: t for t in head.tenants.values() if t.name not in base.tenants}
    for tenant in base.tenants.values():
        after = head.tenants.get(tenant.name)
        offboarded = tenant.spec.lifecycle.state in _GONE
        if after is None:
            heir = new.get(tenant.spec.agency) or _same_purpose(tenant, new.values())
            if heir is not None:
                yield _renamed(head, heir, ("metadata", "name"), "tenant", tenant.name, heir.name)
            elif not offboarded:
                yield _removed(base, tenant, (), ("tenant", "tenant"), tenant.name)
            continue
        if after == tenant:
            continue
        if after.spec.cloud != tenant.spec.cloud:
            yield Problem(
                "GC-LOSS-003",
                Text(
                    f"{tenant.name} moves from {tenant.spec.cloud}: what it holds would stay behind and be deleted",
                    f"{tenant.name} rời {tenant.spec.cloud}: dữ liệu sẽ ở lại và bị xóa",
                ),
                Text(
                    "declare a second tenant there, move the data, then off-board this one",
                    "khai báo tenant mới ở đó, chuyển dữ liệu, rồi kết thúc tenant này",
                ),
                head.place(after, "spec", "cloud"),
                value=after.spec.cloud,
                allowed=tenant.spec.cloud,
            )
        if not offboarded:
            yield from _parts(base, head, tenant, after)


def _stores(base: Country, head: Country) -> Iterable[Problem]:
    """Yield clouds that get another store while a tenant may write into the old one: what it wrote would stay there.

    Whose buckets moved has been read-only since before the change, and is still.
    """
    for cloud in base.clouds.values():
        after = head.clouds.get(cloud.name)
        if after is None or _store(after) == _store(cloud):
            continue
        for tenant in base.tenants.values():
            now = head.tenants.get(tenant.name)
            held = now is not None and tenant.spec.storage.read_only and now.spec.storage.read_only
            if tenant.spec.cloud != cloud.name or not tenant.spec.storage.buckets or tenant.leaving or held:
                continue
            yield Problem(
                "GC-LOSS-005",
                Text(
                    f"{cloud.name} gets another object store, and {tenant.name} may write into the old one: what is "
                    "there would stay behind",
                    f"{cloud.name} đổi kho đối tượng trong khi {tenant.name} vẫn ghi vào kho cũ: dữ liệu sẽ ở lại đó",
                ),
                Text(
                    f"first write `readOnly: true` under storage of {tenant.name} and move its buckets with `govcloud "
                    "storage migrate`; remove it in a change after this one",
                    f"trước hết ghi `readOnly: true` dưới `storage` của {tenant.name} và chuyển kho bằng `govcloud "
                    "storage migrate`; bỏ dòng đó trong một thay đổi sau thay đổi này",
                ),
                head.place(after, "spec", "objectStore"),
                value=tenant.name,
            )


def _store(cloud: Cloud) -> tuple[str | None, str | None, str]:
    """Return which store a cloud has, as far as its file says."""
    store = cloud.spec.object_store
    return store.endpoint, store.endpoint_from, store.adapter


def _parts(base: Country, head: Country, tenant: Tenant, after: Tenant) -> Iterable[Problem]:
    for environment in tenant.spec.environments.keys() & after.spec.environments.keys():
        yield from _zones(base, head, (tenant, after), environment)
    held = (
        (("environment", "môi trường"), ("spec", "environments"), tenant.spec.environments, after.spec.environments),
        (("bucket", "kho"), ("spec", "storage", "buckets"), tenant.spec.storage.buckets, after.spec.storage.buckets),
    )
    for what, path, before, now in held:
        fresh = [name for name in now if name not in before]
        for name in before:
            if name in now:
                continue
            heir = next((n for n in fresh if now[n] == before[name]), None)
            if heir is None:
                yield _removed(base, tenant, (*path, name), what, f"{tenant.name}/{name}")
            else:
                yield _renamed(head, after, (*path, heir), what[0], f"{tenant.name}/{name}", heir)


def _zones(base: Country, head: Country, revisions: tuple[Tenant, Tenant], environment: str) -> Iterable[Problem]:
    """Yield zones that could hold volumes and are no longer there: undeclared, or gone with a level or regime."""
    tenant, after = revisions
    kept = head.zones(after, environment)
    if set(base.zones(tenant, environment)) <= set(kept):
        return
    gone = {z: q for z, q in zone_quotas(base, tenant, environment).items() if z not in kept and q.storage}
    written = [zone for zone in gone if zone in tenant.spec.environments[environment].zones]
    for zone in written:
        where = base.place(tenant, "spec", "environments", environment, "zones", zone, key=True)
        yield _vanished(f"{tenant.name}/{environment}", {zone: gone[zone]}, where)
    derived = {zone: quota for zone, quota in gone.items() if zone not in written}
    if derived:
        yield _vanished(f"{tenant.name}/{environment}", derived, head.place(after, "spec", "level"))


def _vanished(home: str, zones: Mapping[str, Quota], place: Place) -> Problem:
    listed, most = ", ".join(zones), Quota.total(zones.values()).written("storage")
    entries = ", ".join(f"{zone}: {{}}" for zone in zones)
    environment = home.partition("/")[2]
    return Problem(
        "GC-LOSS-004",
        Text(
            f"zones of {home} vanish with the volumes in them, {most} at most: {listed}",
            f"vùng mạng của {home} mất đi cùng các ổ đĩa trong đó, tối đa {most}: {listed}",
        ),
        Text(
            f"keep them: write {entries} under environments.{environment}.zones",
            f"giữ lại: viết {entries} trong environments.{environment}.zones",
        ),
        place,
        value=listed,
    )


def _shared(base: Country, head: Country) -> Iterable[Problem]:
    """Yield gateways and platforms with volumes that are declared still, but no longer in that namespace."""
    homes = {home for _, home in _homes(head)}
    for declared, home in _homes(base):
        key = (declared.kind, declared.name)
        if home not in homes and key in head.declarations:
            what = Text("platform", "nền tảng") if isinstance(declared, Platform) else Text("segment", "phân đoạn")
            yield Problem(
                "GC-LOSS-004",
                Text(
                    f"the namespace {home} of the {what.en} {declared.name} vanishes, and with it the volumes in it",
                    f"không gian {home} của {what.vi} {declared.name} mất đi cùng các ổ đĩa trong đó",
                ),
                Text(
                    "leave it where it is; declare a second one in the new place and move the data first",
                    f"giữ nguyên vị trí; khai báo thêm một {what.vi} ở nơi mới và chuyển dữ liệu trước",
                ),
                head.place(head.declarations[key], "spec"),
                value=declared.name,
            )


def _homes(country: Country) -> Iterable[tuple[Segment | Platform, str]]:
    """Yield each gateway and platform that may hold volumes, with its namespace."""
    for segment in country.segments.values():
        if segment.spec.quota.storage:
            environment = segment.spec.environment
            yield segment, names.namespace(segment.spec.tenant, environment, names.GATEWAY_ZONE)
    for platform in country.platforms.values():
        tenant = country.tenants_by_agency.get(platform.spec.owner)
        if tenant is not None and platform.provisioned and platform.spec.quota.storage:
            yield platform, names.namespace(tenant.name, platform.spec.environment, platform.spec.zone)


def _same_purpose(tenant: Tenant, new: Iterable[Tenant]) -> Tenant | None:
    return next((t for t in new if t.spec.purpose == tenant.spec.purpose), None)


def _platform(base: Country, head: Country, platform: Platform) -> Iterable[Problem]:
    new = [p for p in head.platforms.values() if p.name not in base.platforms]
    heir = next((p for p in new if (p.spec.kind, p.spec.owner) == (platform.spec.kind, platform.spec.owner)), None)
    if heir is not None:
        yield _renamed(head, heir, ("metadata", "name"), "platform", platform.name, heir.name)


_VIETNAMESE = {"tenant": "tenant", "environment": "môi trường", "bucket": "kho", "platform": "nền tảng"}


def _renamed(head: Country, at: Tenant | Platform, path: tuple[str, ...], what: str, old: str, new: str) -> Problem:
    return Problem(
        "GC-LOSS-001",
        Text(
            f"the {what} {old} is renamed: what it holds would be deleted, and {new} made anew, empty",
            f"{_VIETNAMESE[what]} {old} bị đổi tên: dữ liệu sẽ bị xóa và {new} được tạo lại, rỗng",
        ),
        Text(
            f"keep the name {old.rpartition('/')[2]}; titles may change freely",
            f"giữ tên {old.rpartition('/')[2]}; tiêu đề thì đổi tùy ý",
        ),
        head.place(at, *path, key=True),
        value=new,
        allowed=old.rpartition("/")[2],
    )


def _removed(base: Country, at: Tenant, path: tuple[str, ...], what: tuple[str, str], name: str) -> Problem:
    return Problem(
        "GC-LOSS-002",
        Text(
            f"the {what[0]} {name} is removed, and what it holds with it, before the tenant was off-boarded",
            f"{what[1]} {name} bị xóa cùng dữ liệu khi tenant chưa kết thúc",
        ),
        Text(
            "put it back; set lifecycle.state to exported, then removed, in changes of their own",
            "khôi phục khai báo; chuyển lifecycle.state sang `exported` rồi `removed` trong các thay đổi riêng",
        ),
        base.place(at, *path, key=True),
        value=name,
    )
