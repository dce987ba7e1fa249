"""The address plan of the dedicated network: every pool is well formed, allocated inside it, and nobody else's."""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Iterable

from govcloud.country import Country
from govcloud.errors import Problem
from govcloud.model.segment import Segment
from govcloud.rules.finding import At, unknown

__all__ = ["Network", "judge", "parse"]

Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def parse(text: str) -> Network:
    """Return the network that `text` writes as `address/length`.

    Raises ValueError for everything else that `ipaddress` would take for one: masks instead of lengths, host bits set,
    IPv4 addresses disguised as IPv6.
    """
    address, slash, length = text.partition("/")
    if not slash or not length.isascii() or not length.isdigit():
        raise ValueError("write address/length")
    network = ipaddress.ip_network(f"{address}/{length}")
    if isinstance(network, ipaddress.IPv6Network) and network.network_address.ipv4_mapped is not None:
        raise ValueError("write IPv4 addresses as IPv4")
    return network


def judge(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield malformed pools (GC-ADDR-001), pools outside the dedicated network (002), in reserved ranges (003) or
    overlapping (004), two segments for one environment (GC-SEGMENT-001) and zones that do not exist (002).
    """
    bounds, problem = _plan(country, "dedicatedNetwork", country.spec.dedicated_network)
    reserved, other = _plan(country, "reservedNetworks", country.spec.reserved_networks)
    yield from (*problem, *other)
    allocated: list[tuple[Network, Segment]] = []
    homes: dict[tuple[str, str], str] = {}
    for segment in country.segments.values():
        yield from _attachment(country, segment, homes)
        at = At(country, segment, "spec", "pool")
        try:
            pool = parse(segment.spec.pool)
        except ValueError as error:
            yield _malformed(at, segment.spec.pool, error)
            continue
        if bounds and not any(_inside(pool, bound) for bound in bounds):
            yield at.problem(
                "GC-ADDR-002",
                ("outside the dedicated network", "nằm ngoài mạng truyền số liệu chuyên dùng"),
                ("ask the network's authority for a pool", "đề nghị cơ quan quản lý mạng cấp dải địa chỉ"),
                value=pool,
                allowed=", ".join(map(str, bounds)),
            )
        if taken := next((n for n in reserved if _overlaps(pool, n)), None):
            yield at.problem(
                "GC-ADDR-003",
                (f"overlaps the reserved range {taken}", f"trùng với dải dành riêng {taken}"),
                ("choose a pool outside it", "chọn dải khác"),
                value=pool,
            )
        allocated.append((pool, segment))
    yield from _overlapping(country, allocated)


def _plan(country: Country, field: str, written: tuple[str, ...]) -> tuple[list[Network], list[Problem]]:
    networks: list[Network] = []
    problems: list[Problem] = []
    for index, text in enumerate(written):
        try:
            networks.append(parse(text))
        except ValueError as error:
            problems.append(_malformed(At(country, country.settings, "spec", field, index), text, error))
    return networks, problems


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


def _inside(pool: Network, bound: Network) -> bool:
    if isinstance(pool, ipaddress.IPv4Network) and isinstance(bound, ipaddress.IPv4Network):
        return pool.subnet_of(bound)
    if isinstance(pool, ipaddress.IPv6Network) and isinstance(bound, ipaddress.IPv6Network):
        return pool.subnet_of(bound)
    return False


def _overlaps(one: Network, other: Network) -> bool:
    return one.version == other.version and one.overlaps(other)


def _overlapping(country: Country, allocated: list[tuple[Network, Segment]]) -> Iterable[Problem]:
    """Yield each pool that overlaps an earlier one in address order: one pass, however many there are."""
    allocated.sort(key=lambda entry: (entry[0].version, int(entry[0].network_address), entry[0].prefixlen))
    widest: tuple[Network, Segment] | None = None
    for pool, segment in allocated:
        if widest is not None and _overlaps(widest[0], pool):
            yield At(country, segment, "spec", "pool").problem(
                "GC-ADDR-004",
                (
                    f"overlaps {widest[0]} of {widest[1].name}",
                    f"trùng với {widest[0]} của {widest[1].name}",
                ),
                ("use the pool that was allocated to this segment", "dùng dải đã cấp cho phân đoạn này"),
                value=pool,
            )
        if (
            widest is None
            or widest[0].version != pool.version
            or int(pool.broadcast_address) > int(widest[0].broadcast_address)
        ):
            widest = (pool, segment)


def _attachment(country: Country, segment: Segment, homes: dict[tuple[str, str], str]) -> Iterable[Problem]:
    home = (segment.spec.tenant, segment.spec.environment)
    if homes.setdefault(home, segment.name) != segment.name:
        yield At(country, segment, "spec", "tenant").problem(
            "GC-SEGMENT-001",
            (
                f"{homes[home]} is already the segment of this environment",
                f"{homes[home]} đã là phân đoạn của môi trường này",
            ),
            ("keep one segment an environment", "mỗi môi trường chỉ một phân đoạn"),
            value="/".join(home),
        )
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
            at = At(country, segment, *path)
            yield unknown(at, "GC-SEGMENT-002", ("zone", "vùng mạng"), zone, existing)
