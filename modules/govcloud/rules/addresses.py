"""The address plan of the dedicated network: every pool is well formed, allocated inside it, and nobody else's."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from govcloud.country import Country
from govcloud.model.segment import Segment
from govcloud.rules import allocation, precedence
from govcloud.rules.finding import At, unknown
from govcloud.rules.network import Network, inside, overlaps, parse
from govcloud.rules.overlap import Claim, overlapping, refused
from govcloud_base.errors import Problem, Severity

__all__ = ["judge"]

_SOON = datetime.timedelta(365)


def judge(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield malformed pools (GC-ADDR-001), pools outside the dedicated network (002), in reserved ranges (003) or
    overlapping (004), ranges that fill up (005) or overlap each other (006), pools inherited from nobody (007) or too
    small for their network points (009), two segments for one environment (GC-SEGMENT-001) and zones that do not exist
    (002).
    """
    bounds, problem = _plan(country, "dedicatedNetwork", country.spec.dedicated_network)
    reserved, other = _plan(country, "reservedNetworks", country.spec.reserved_networks)
    yield from (*problem, *other)
    yield from _doubled(country, bounds)
    yield from _homes(country)
    allocated: list[Claim] = []
    for segment in country.segments.values():
        yield from _attachment(country, segment)
        yield from _inherited(country, segment, date)
        yield from _pools(country, segment, [n for n, _ in bounds], [n for n, _ in reserved], allocated)
    refusals = refused(allocated)
    yield from overlapping(country, refusals)
    wrong = [*(claim for claim in allocated if not claim.sound), *(claim for claim, _ in refusals)]
    yield from _filling(country, bounds, date, {(claim.segment.name, claim.number) for claim in wrong})


def _pools(
    country: Country, segment: Segment, bounds: list[Network], reserved: list[Network], allocated: list[Claim]
) -> Iterable[Problem]:
    """Yield what is wrong with each pool by itself, and add the sound ones to `allocated`."""
    for index, text in enumerate(allocation.pools(segment)):
        path: tuple[str | int, ...] = ("spec", "inherited", index - 1, "pool") if index else ("spec", "pool")
        try:
            pool = parse(text)
        except ValueError as error:
            yield _malformed(At(country, segment, *path), text, error)
            continue
        outside = bool(bounds) and not any(inside(pool, bound) for bound in bounds)
        allocated.append(Claim(pool, segment, index, sound=not outside and _succeeded(country, segment, index)))
        if index == 0 and (segment.spec.endpoints or 0) > pool.num_addresses - 2:
            yield At(country, segment, "spec", "endpoints").problem(
                "GC-ADDR-009",
                (
                    f"the pool has too few addresses for {segment.spec.endpoints} network points",
                    f"dải địa chỉ không đủ cho {segment.spec.endpoints} điểm mạng",
                ),
                ("ask the network's authority for a larger pool", "đề nghị cơ quan quản lý mạng cấp dải lớn hơn"),
                value=segment.spec.endpoints,
                allowed=f"<= {pool.num_addresses - 2}",
            )
        if outside:
            yield At(country, segment, *path).problem(
                "GC-ADDR-002",
                ("outside the dedicated network", "nằm ngoài mạng truyền số liệu chuyên dùng"),
                ("ask the network's authority for a pool", "đề nghị cơ quan quản lý mạng cấp dải địa chỉ"),
                value=pool,
                allowed=", ".join(map(str, bounds)),
            )
        elif taken := next((n for n in reserved if overlaps(pool, n)), None):
            yield At(country, segment, *path).problem(
                "GC-ADDR-003",
                (f"overlaps the reserved range {taken}", f"trùng với dải dành riêng {taken}"),
                ("choose a pool outside it", "chọn dải khác"),
                value=pool,
            )


def _succeeded(country: Country, segment: Segment, index: int) -> bool:
    """Return whether a pool, by its number, is the segment's own or came with a body merged into the tenant's."""
    if index == 0:
        return True
    tenant = country.tenants.get(segment.spec.tenant)
    return tenant is not None and tenant.spec.agency in country.heirs(segment.spec.inherited[index - 1].source)


def _plan(country: Country, field: str, written: tuple[str, ...]) -> tuple[list[tuple[Network, int]], list[Problem]]:
    """Return the ranges of a field of the country with their positions, and problems of the malformed ones."""
    networks: list[tuple[Network, int]] = []
    problems: list[Problem] = []
    for index, text in enumerate(written):
        try:
            networks.append((parse(text), index))
        except ValueError as error:
            problems.append(_malformed(At(country, country.settings, "spec", field, index), text, error))
    return networks, problems


def _doubled(country: Country, bounds: list[tuple[Network, int]]) -> Iterable[Problem]:
    """Yield ranges of the dedicated network that hold the same addresses twice."""
    for bound, index in bounds:
        other = next((n for n, i in bounds if i < index and overlaps(n, bound)), None)
        if other is not None:
            yield At(country, country.settings, "spec", "dedicatedNetwork", index).problem(
                "GC-ADDR-006",
                (f"overlaps {other} of the same list", f"trùng với {other} trong cùng danh sách"),
                ("write each address once", "mỗi địa chỉ chỉ viết một lần"),
                value=bound,
            )


def _filling(
    country: Country, bounds: list[tuple[Network, int]], date: datetime.date, wrong: set[tuple[str, int]]
) -> Iterable[Problem]:
    """Yield a warning for each range that is nearly full, or will be within a year at the present pace.

    Pools that are refused, by segment and number, take nothing: once they are put right, they are somewhere else.
    """
    threshold = country.spec.address_warning
    positions = dict(bounds)
    for used in allocation.use(country, date, wrong):
        soon = used.full_on is not None and used.full_on - date <= _SOON
        if used.percent < threshold and not soon:
            continue
        english = f"{used.taken} of {used.total} addresses are taken ({used.percent} %), {used.free} are left"
        vietnamese = f"đã dùng {used.taken} trên {used.total} địa chỉ ({used.percent} %), còn {used.free}"
        if used.full_on is not None:
            english += f"; at the pace of the last year ({used.pace}) none is left on {used.full_on}"
            vietnamese += f"; với mức cấp của năm qua ({used.pace}), sẽ hết vào ngày {used.full_on}"
        yield At(country, country.settings, "spec", "dedicatedNetwork", positions[used.bound]).problem(
            "GC-ADDR-005",
            (english, vietnamese),
            (
                "have the network's authority add a range to dedicatedNetwork",
                "đề nghị cơ quan quản lý mạng bổ sung dải vào dedicatedNetwork",
            ),
            value=used.bound,
            allowed=f"< {threshold} %",
            severity=Severity.WARNING,
        )


def _inherited(country: Country, segment: Segment, date: datetime.date) -> Iterable[Problem]:
    """Yield pools said to come from an agency that was not merged into the tenant's, or was not yet."""
    tenant = country.tenants.get(segment.spec.tenant)
    for index, old in enumerate(segment.spec.inherited):
        at = At(country, segment, "spec", "inherited", index, "from")
        if old.source not in country.agencies_by_code:
            heir = tenant.spec.agency if tenant is not None else None
            merged = sorted(code for code in country.agencies_by_code if heir in country.heirs(code))
            yield unknown(at, "GC-REF-001", ("agency", "cơ quan"), old.source, merged)
        elif tenant is not None and tenant.spec.agency not in country.heirs(old.source):
            yield at.problem(
                "GC-ADDR-007",
                (
                    f"{old.source} was not merged into {tenant.spec.agency}",
                    f"{old.source} không sáp nhập vào {tenant.spec.agency}",
                ),
                (
                    "write mergedInto in the agency that ended, or remove the pool",
                    "ghi mergedInto ở cơ quan đã kết thúc, hoặc bỏ dải này",
                ),
                value=old.pool,
            )
        elif (last := country.agencies_by_code[old.source].spec.valid_to) is not None and last >= date:
            yield at.problem(
                "GC-ADDR-007",
                (f"{old.source} goes on until {last}", f"{old.source} còn hoạt động đến hết ngày {last}"),
                (
                    f"remove the pool until then: it is that of {old.source}",
                    f"bỏ dải này đến ngày đó: dải vẫn của {old.source}",
                ),
                value=old.pool,
                allowed=f">= {last + datetime.timedelta(1)}",
            )


def _malformed(at: At, text: str, error: ValueError) -> Problem:
    return at.problem(
        "GC-ADDR-001",
        (f"not a network: {error}", "không phải một dải địa chỉ mạng hợp lệ"),
        (
            "write address/length with host bits zero, such as 10.80.1.0/24",
            "viết địa chỉ/độ dài, phần máy bằng 0, ví dụ 10.80.1.0/24",
        ),
        value=text,
    )


def _homes(country: Country) -> Iterable[Problem]:
    """Yield segments of an environment that has another one."""

    def home(segment: Segment) -> tuple[str, str]:
        return (segment.spec.tenant, segment.spec.environment)

    for segment, other in precedence.contests(country.segments.values(), home, precedence.attached):
        yield At(country, segment, "spec", "tenant").problem(
            "GC-SEGMENT-001",
            (f"{other.name} is the segment of this environment", f"{other.name} đã là phân đoạn của môi trường này"),
            ("keep one segment an environment", "mỗi môi trường chỉ một phân đoạn"),
            value="/".join(home(segment)),
        )


def _attachment(country: Country, segment: Segment) -> Iterable[Problem]:
    tenant = country.tenants.get(segment.spec.tenant)
    if tenant is None or segment.spec.environment not in tenant.spec.environments or not country.level_table(tenant):
        return  # reported as a dangling reference
    existing = list(country.zones(tenant, segment.spec.environment))
    wanted: list[tuple[str, tuple[str | int, ...]]] = [
        (zone, ("spec", "zones", index)) for index, zone in enumerate(segment.spec.zones)
    ]
    if segment.spec.publishes:
        wanted.append((segment.spec.publishes.zone, ("spec", "publishes", "zone")))
    for zone, path in wanted:
        if zone not in existing:
            at = At(country, segment, *path).following(tenant, "spec", "level")
            yield unknown(at, "GC-SEGMENT-002", ("zone", "vùng mạng"), zone, existing)
