"""The dedicated network of a synthetic country: address pools that never overlap, and who is linked with whom."""

from __future__ import annotations

import ipaddress
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from govcloud.synthesis.bodies import Body

__all__ = ["MONITOR", "NATIONAL_EXCHANGE", "NETWORK", "Connection", "connections", "pools"]

NETWORK = ipaddress.IPv4Network("10.80.0.0/13")
"""The dedicated network's addresses."""
_LENGTHS = {"ministry": 24, "government-body": 24, "province": 22, "province-unit": 26, "ministry-unit": 27}
_SMALLEST = 27
"""Of communes and branches; a province of 778 network points needs a /22."""
_FIRST_PORT = 9000
NATIONAL_EXCHANGE = "G06"
"""Runs the national exchange NDXP."""
MONITOR = "G01"
"""Runs the national monitoring centre, with which every centre of a ministry or province is linked."""


@dataclass(frozen=True, slots=True)
class Connection:
    """A link between two bodies."""

    first: Body
    second: Body
    kind: str
    platform: str | None
    """The platform through which it goes; None where it is direct."""
    port: int


def pools(bodies: Iterable[Body]) -> dict[str, str]:
    """Return each body's pool by its code: large ones first, so that every pool begins where the last one ends."""
    position = int(NETWORK.network_address) + 256
    found: dict[str, str] = {}
    for body in sorted(bodies, key=lambda b: _LENGTHS.get(b.tier, _SMALLEST)):
        length = _LENGTHS.get(body.tier, _SMALLEST)
        size = 1 << (32 - length)
        position = -(-position // size) * size
        found[body.code] = f"{ipaddress.IPv4Address(position)}/{length}"
        position += size
    if position > int(NETWORK.broadcast_address) + 1:
        raise ValueError("more agencies than the dedicated network has addresses for")
    return found


def connections(bodies: tuple[Body, ...], clouds: dict[str, str], seed: int) -> Iterator[Connection]:
    """Yield the links of a country: each agency with those that the connection table of 2025 lets it talk to.

    `clouds` is the site of each body by its code: gateways of one site see each other, those of two do not.
    """
    taken: dict[str, set[int]] = defaultdict(set)
    joined: set[tuple[str, str, bool]] = set()
    for first, second, kind, platform in _wanted(bodies, seed):
        # Monitoring is a link of its own beside the one through which two bodies work together.
        pair = (min(first.code, second.code), max(first.code, second.code), kind == "monitoring")
        if pair in joined or clouds[first.code] != clouds[second.code]:
            continue
        joined.add(pair)
        used = taken[first.code], taken[second.code]
        port = _FIRST_PORT
        while port in used[0] or port in used[1]:
            port += 1
        used[0].add(port)
        used[1].add(port)
        yield Connection(first, second, kind, platform, port)


def _wanted(bodies: tuple[Body, ...], seed: int) -> Iterator[tuple[Body, Body, str, str | None]]:
    by_code = {body.code: body for body in bodies}
    by_tier: dict[str, list[Body]] = defaultdict(list)
    units: dict[str, list[Body]] = defaultdict(list)
    for body in bodies:
        by_tier[body.tier].append(body)
        if body.tier in ("province-unit", "ministry-unit"):
            units[body.top].append(body)
    national = f"ndxp-{NATIONAL_EXCHANGE.lower()}" if NATIONAL_EXCHANGE in by_code else None
    monitor = by_code.get(MONITOR)
    provinces, ministries = by_tier["province"], by_tier["ministry"]
    for body in bodies:
        chance = random.Random(f"{seed}/{body.code}/links")  # noqa: S311 - a plan, not a secret
        if body.parent is not None:
            yield by_code[body.parent], body, chance.choice(("administrative", "administrative", "internal")), None
        if body.tier == "commune":
            near = units[body.top]
            for unit in chance.sample(near, min(len(near), chance.choice((2, 3, 3, 4)))):
                yield unit, body, "administrative", None
        elif body.tier in ("province-unit", "ministry-unit"):
            near = units[body.top][:20]
            for unit in chance.sample(near, min(len(near), 2)):
                if unit is not body:
                    yield body, unit, "internal", None
        if monitor is not None and body is not monitor and body.tier in ("ministry", "province"):
            yield monitor, body, "monitoring", None
        if body.tier == "ministry":
            for other in ministries:
                if other is not body and chance.random() < 0.5:
                    yield body, other, "administrative", None
            for province in provinces:
                through = national if national and chance.random() < 0.5 else f"lgsp-{province.name}"
                yield body, province, "administrative", through
                departments = units[province.code]
                if departments and chance.random() < 0.5:
                    yield body, chance.choice(departments), "administrative", None
        elif body.tier == "province":
            for other in chance.sample(provinces, min(len(provinces), 3)):
                if other is not body:
                    yield body, other, "administrative", f"lgsp-{body.name}"
