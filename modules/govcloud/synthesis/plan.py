"""The plan of a synthetic country: agencies, sites, levels, budgets, pools, links and platforms that fit each other.

Everything is drawn from generators that are seeded by the country's seed and the agency's code, so that one agency more
changes no other's draw, and the same seed gives the same country on every machine.
"""

from __future__ import annotations

import dataclasses
import random
from collections import defaultdict
from dataclasses import dataclass

from govcloud.synthesis.amounts import Amounts
from govcloud.synthesis.bodies import Body
from govcloud.synthesis.network import NATIONAL_EXCHANGE, Connection, connections, pools

__all__ = ["Plan", "Site", "Wish", "plan"]

NATIONAL = "cgc-hn2"
"""The site of whoever has none of its own."""
_OWN_SITES = 6
"""So many provinces run a cloud of their own; leasing is preferred."""
_SIZES = {
    "ministry": Amounts(12_000, 49_152, 900, 600, 8, 1200),
    "government-body": Amounts(6_000, 24_576, 400, 300, 6, 600),
    "province": Amounts(16_000, 65_536, 1200, 800, 8, 1600),
    "province-unit": Amounts(1_500, 6_144, 60, 90, 4, 80),
    "ministry-unit": Amounts(2_000, 8_192, 80, 110, 4, 120),
    "commune": Amounts(400, 1_536, 10, 36, 3, 12),
}
"""What the production environment of an agency of a tier uses on average."""
GATEWAY = Amounts(30, 128, 0, 5)
PLATFORMS = {
    "lgsp": Amounts(60, 256, 0, 6),
    "portal": Amounts(2_000, 8_192, 100, 40),
    "analytics": Amounts(4_000, 16_384, 500, 40),
    "soc": Amounts(2_000, 8_192, 400, 30),
    "open-data": Amounts(500, 2_048, 50, 12),
    "reporting": Amounts(1_000, 4_096, 100, 20),
}
"""What every ministry and province has (targets of the strategy), and what each may use."""
EXCHANGE = Amounts(200, 512, 0, 8)
_OFTEN = {"ministry": 1.0, "government-body": 1.0, "province": 1.0, "province-unit": 0.9, "ministry-unit": 0.9}
"""How often an agency of a tier has a test environment beside production."""


@dataclass(frozen=True, slots=True)
class Site:
    """A cloud of the country."""

    name: str
    kind: str
    region: str
    vi: str
    en: str
    capacity: Amounts


@dataclass(frozen=True, slots=True)
class Wish:
    """What one agency asks for."""

    body: Body
    cloud: str
    level: int
    subjects: int
    """People whose personal data it holds."""
    environments: dict[str, Amounts]
    buckets: dict[str, tuple[str, int]]
    """Sharing class and gibibytes by name."""
    trial: bool
    budget: Amounts
    """For its whole sub-tree."""
    backup: str | None = None
    """The cloud on which its buckets are backed up."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole country."""

    year: int
    """Reviews are due in the year after it."""
    sites: tuple[Site, ...]
    wishes: tuple[Wish, ...]
    pools: dict[str, str]
    connections: tuple[Connection, ...]

    @property
    def environments(self) -> int:
        """How many environments the country's tenants have."""
        return sum(len(wish.environments) for wish in self.wishes)


def plan(bodies: tuple[Body, ...], seed: int, year: int) -> Plan:
    """Return the plan of a country with these agencies, each after its parent.

    Raises ValueError where the dedicated network has too few addresses for them.
    """
    own = _own_sites(bodies, seed)
    clouds = {body.code: own.get(body.top, NATIONAL) for body in bodies}
    drawn = [_drawn(body, clouds[body.code], seed) for body in bodies]
    budgets = _budgets(drawn)
    sites = {w.cloud for w in drawn if w.body.parent is None}
    wishes = tuple(dataclasses.replace(w, budget=budgets[w.body.code], backup=_second(w, sites)) for w in drawn)
    return Plan(
        year=year,
        sites=_sites(bodies, own, wishes),
        wishes=wishes,
        pools=pools(bodies),
        connections=tuple(connections(bodies, clouds, seed)),
    )


def platforms(body: Body) -> dict[str, Amounts]:
    """Return the platforms that a body owns, by kind, and what each may use."""
    found = dict(PLATFORMS) if body.tier in ("ministry", "province") else {}
    return {**found, "ndxp": EXCHANGE} if body.code == NATIONAL_EXCHANGE else found


def _own_sites(bodies: tuple[Body, ...], seed: int) -> dict[str, str]:
    provinces = sorted(body.code for body in bodies if body.tier == "province")
    chosen = random.Random(f"{seed}/sites").sample(provinces, min(len(provinces) // 4, _OWN_SITES))  # noqa: S311
    return {code: f"agc-{code.lower()}" for code in chosen}


def _drawn(body: Body, cloud: str, seed: int) -> Wish:
    chance = random.Random(f"{seed}/{body.code}")  # noqa: S311 - a plan, not a secret
    level = _level(body.tier, chance)
    production = _SIZES[body.tier].scaled(chance.uniform(0.7, 1.5))
    environments = {"prod": production}
    if chance.random() < _OFTEN.get(body.tier, 0.6):
        # Every environment has the tenant's buckets, so the object store is not smaller in test.
        test = production.scaled(0.5)
        environments["test"] = test._replace(buckets=production.buckets, objects=production.objects)
    names = ("records", "exchange", "open-data")[: 1 if level == 1 else chance.choice((1, 2, 2, 3))]
    classes = {"records": "private", "exchange": "shared", "open-data": "open"}
    each = max(production.objects // (len(names) + 1), 1)
    if level == 1:
        subjects = 0
    elif level == 2:
        subjects = chance.randrange(200, 45_000)
    else:
        subjects = chance.randrange(2_000, 90_000) if body.tier == "commune" else chance.randrange(100_000, 9_000_000)
    return Wish(
        body=body,
        cloud=cloud,
        level=level,
        subjects=subjects,
        environments=environments,
        buckets={name: (classes[name], each) for name in names},
        trial=body.tier == "commune" and chance.random() < 0.03,
        budget=Amounts(),
    )


def _second(wish: Wish, sites: set[str]) -> str | None:
    """Return the cloud for a tenant's backups: the national one, or another where it lies there itself."""
    others = sorted(sites - {wish.cloud})
    return NATIONAL if NATIONAL in others else next(iter(others), None)


def _level(tier: str, chance: random.Random) -> int:
    draw = chance.random()
    if tier == "ministry":
        return 4 if draw < 0.25 else 3
    if tier in ("province", "government-body"):
        return 3
    if tier == "commune":
        return 1 if draw < 0.05 else 3 if draw < 0.4 else 2
    return 3 if draw < 0.5 else 2


def _budgets(wishes: list[Wish]) -> dict[str, Amounts]:
    """Return what each tenant must be given: children come after their parents, so the sum runs backwards."""
    below: dict[str, list[Amounts]] = defaultdict(list)
    found: dict[str, Amounts] = {}
    for wish in reversed(wishes):
        body = wish.body
        parts = [*wish.environments.values(), GATEWAY, *platforms(body).values(), *below[body.code]]
        room = 1.1 if body.parent is None else 1.02
        found[body.code] = Amounts.total(parts).scaled(room)
        if body.parent is not None:
            below[body.parent].append(found[body.code])
    return found


def _sites(bodies: tuple[Body, ...], own: dict[str, str], wishes: tuple[Wish, ...]) -> tuple[Site, ...]:
    load: dict[str, list[Amounts]] = defaultdict(list)
    for wish in wishes:
        if wish.body.parent is None:
            load[wish.cloud].append(wish.budget)
    by_name = {name: next(body for body in bodies if body.code == code) for code, name in own.items()}
    sites = []
    for name, given in sorted(load.items()):
        capacity = Amounts.total(given).scaled(1.15)
        body = by_name.get(name)
        if body is None:
            titles = ("Đám mây Chính phủ - Hà Nội 2", "Government cloud - Hanoi 2")
            sites.append(Site(name, "CGC", "vn-hn-1", *titles, capacity))
        else:
            title = (f"Đám mây của {body.vi}", f"Cloud of the {body.en}")
            sites.append(Site(name, "AGC", _region(body.unit or ""), *title, capacity))
    return tuple(sites)


def _region(unit: str) -> str:
    """Return the region in which a province lies; codes of provinces run from north to south."""
    return "vn-hn-1" if unit < "44" else "vn-dn-1" if unit < "70" else "vn-hcm-1"
