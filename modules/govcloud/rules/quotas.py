"""The quota tree is sound: at every node and for every resource, what is given away is no more than what was given."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial

from pydantic.alias_generators import to_camel

from govcloud.country import Country
from govcloud.model.declaration import Declaration
from govcloud.model.quota import Quota
from govcloud.model.tenant import Tenant
from govcloud.rules import wording
from govcloud.rules.budgets import Amounts, Budget, Node, budget, budgets, parent_tenant, shares
from govcloud.rules.finding import At
from govcloud.rules.raising import Raise, raised, with_those_above
from govcloud_base.errors import Problem, Text

__all__ = ["judge", "too_small"]

_SHOWN = 8
"""Holders that a message names; a province has a hundred and more."""
_LEAST = {"cpu": 1, "memory": 4 << 20, "pods": 1, "ephemeral_storage": 16 << 20}
"""What a zone needs to run one pod: a thousandth of a processor, 4 MiB, one pod, 16 MiB of disk for logs."""
_MISTYPED = 10
"""A share of so many budgets is the mistake, not the budget: a unit of another size, a zero too many."""
_LEAST_BUCKET = 1 << 20
"""Bytes: the unit in which stores count."""


def judge(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield overdrawn budgets (GC-QUOTA-001, 002), buckets beyond their environment (003), zones too small (004), more
    zones than namespaces (005), buckets without the number of objects that a budget limits (006), and buckets that
    could hold nothing (007).
    """
    found = budgets(country, date)
    above = _Above(country, date, found)
    for tenant in country.tenants.values():
        own = found["Tenant", tenant.name]
        yield from _overdrawn(country, tenant, ("spec", "quota"), own, "GC-QUOTA-001", partial(above.beyond, tenant))
        for environment in tenant.spec.environments:
            yield from _buckets(country, tenant, environment, above)
            yield from too_small(country, tenant, environment)
        yield from _empty(country, tenant)
    yield from _uncounted(country)
    for cloud in country.clouds.values():
        yield from _overdrawn(country, cloud, ("spec", "capacity"), found["Cloud", cloud.name], "GC-QUOTA-002")


@dataclass
class _Above:
    """What must be raised above a budget that is raised; the shares are looked for once somebody asks."""

    country: Country
    date: datetime.date
    found: Mapping[Node, Budget]

    @cached_property
    def shares(self) -> Mapping[Node, Mapping[str, Amounts]]:
        return shares(self.country, self.date)

    def beyond(self, tenant: Tenant, resource: str, excess: int) -> list[Raise]:
        """Return the budgets that must be raised with the tenant's, of which `excess` is lacking."""
        return self.of(tenant, resource, 0)[1:]

    def of(self, tenant: Tenant, resource: str, more: int) -> list[Raise]:
        """Return the budgets that must be raised where `more` is drawn on the tenant's, its own among them."""
        return raised(self.country, self.date, tenant, resource, more, self.found, self.shares)


def _none_above(resource: str, excess: int) -> list[Raise]:
    return []


def _overdrawn(
    country: Country,
    node: Declaration,
    path: tuple[str, ...],
    drawn: Budget,
    code: str,
    above: Callable[[str, int], list[Raise]] = _none_above,
) -> Iterable[Problem]:
    """Yield what is overdrawn of a budget; `above` says, of a resource and by how much, what must be raised with it."""
    for resource, excess in drawn.overdrawn().items():
        need, field = drawn.given(resource), to_camel(resource)
        holders = drawn.largest(resource)
        shown = ", ".join(f"{name} {Quota.write(resource, amount)}" for name, amount in holders[:_SHOWN])
        each = (f"{wording.holder(name)} {Quota.write(resource, held)}" for name, held in holders[:_SHOWN])
        parts = ", ".join(each)
        more = len(holders) - _SHOWN
        over = Quota.write(resource, excess)
        without = drawn.limits.amount(resource) - (need - holders[0][1])
        room = Quota.write(resource, max(without, 0))
        yield At(country, node, *path, field).problem(
            code,
            (
                f"{node.name} gives away more {field} than it has: {over} too much "
                f"({shown}{f' and {more} more' if more > 0 else ''})",
                f"{node.name} phân bổ {wording.resource(resource)} vượt hạn mức: quá {over} "
                f"({parts}{f' và {more} nơi khác' if more > 0 else ''})",
            ),
            _evened(
                _raising(
                    field, Quota.write(resource, need), with_those_above(field, resource, above(resource, excess))
                ),
                over,
                room,
                holders,
                drawn.limits.amount(resource),
            ),
            value=Quota.write(resource, need),
            allowed=f"<= {drawn.limits.written(resource)}",
        )


def _raising(field: str, need: str, above: Text) -> Text:
    return Text(f"raise {field} to {need}{above.en}", f"tăng {field} lên {need}{above.vi}")


def _evened(raising: Text, over: str, room: str, holders: list[tuple[str, int]], limit: int) -> tuple[str, str]:
    """Return how a budget suffices: `holders` hold more than `limit`, and the others leave `room` for the largest."""
    name, share = holders[0]
    shown, others = wording.holder(name), sum(amount for _, amount in holders[1:])
    if others <= limit and share >= _MISTYPED * limit > 0:
        return (
            f"correct {name}, which alone is far more than all: the others leave {room} for it; or {raising.en}",
            f"sửa {shown}, riêng phần này đã vượt xa tất cả: các phần khác chừa lại {room} cho nó; hoặc {raising.vi}",
        )
    if others > limit:
        return (
            f"{raising.en}, or lower the shares by {over} in all",
            f"{raising.vi}, hoặc giảm các phần tổng cộng {over}",
        )
    return (
        f"{raising.en}, or lower one of the shares by {over}; the others leave {room} for {name}",
        f"{raising.vi}, hoặc giảm một phần đi {over}; các phần khác chừa lại {room} cho {shown}",
    )


def _buckets(country: Country, tenant: Tenant, environment: str, above: _Above) -> Iterable[Problem]:
    quota = tenant.spec.environments[environment].quota
    buckets = tenant.spec.storage.buckets
    if (
        len(buckets) <= quota.buckets
        and sum(b.quota for b in buckets.values()) <= quota.object_storage
        and (quota.objects is None or sum(b.objects or 0 for b in buckets.values()) <= quota.objects)
    ):
        return  # nearly all: nothing needs to be named
    spent = {
        f"bucket {name}": Quota.of({"buckets": 1, "object_storage": b.quota, "objects": b.objects or 0}).amounts()
        for name, b in buckets.items()
    }
    limits = {"buckets": quota.buckets, "object_storage": quota.object_storage}
    if quota.objects is not None:
        limits["objects"] = quota.objects
    path = ("spec", "environments", environment, "quota")
    own = budget(Quota.of(limits), spent)
    yield from _overdrawn(country, tenant, path, own, "GC-QUOTA-003", partial(above.of, tenant))


def too_small(country: Country, tenant: Tenant, environment: str) -> Iterable[Problem]:
    """Yield what a tenant's environment has too little of for the zones that its level and its file give it."""
    zones = len(country.zones(tenant, environment))
    quota = tenant.spec.environments[environment].quota
    path = ("spec", "environments", environment, "quota")
    for resource, least in _LEAST.items():
        needed, limit, field = least * zones, quota.limit(resource), to_camel(resource)
        if limit is not None and limit < needed:
            yield At(country, tenant, *path, field).problem(
                "GC-QUOTA-004",
                (
                    f"too little {field} for the {zones} zones of level {tenant.spec.level}",
                    f"quá ít {wording.resource(resource)} cho {zones} vùng mạng của cấp độ {tenant.spec.level}",
                ),
                (
                    f"write {field}: {Quota.write(resource, needed)} or more",
                    f"ghi {field}: từ {Quota.write(resource, needed)} trở lên",
                ),
                value=quota.written(resource),
                allowed=f">= {Quota.write(resource, needed)}",
            )
    if quota.namespaces is not None and quota.namespaces < zones:
        yield At(country, tenant, *path, "namespaces").problem(
            "GC-QUOTA-005",
            (
                f"level {tenant.spec.level} and the declared zones take {zones} namespaces",
                f"cấp độ {tenant.spec.level} và các vùng đã khai báo cần {zones} namespace",
            ),
            (f"write namespaces: {zones}, or leave the limit out", f"ghi namespaces: {zones}, hoặc bỏ giới hạn"),
            value=quota.namespaces,
            allowed=f">= {zones}",
        )


def _empty(country: Country, tenant: Tenant) -> Iterable[Problem]:
    """Yield buckets that nothing fits into: a store takes an amount below its unit for no limit at all."""
    for name, bucket in tenant.spec.storage.buckets.items():
        for field, amount, least, written in (
            ("quota", bucket.quota, _LEAST_BUCKET, "1Mi"),
            ("objects", bucket.objects, 1, "1"),
        ):
            if amount is not None and amount < least:
                yield At(country, tenant, "spec", "storage", "buckets", name, field).problem(
                    "GC-QUOTA-007",
                    ("nothing fits into the bucket", "kho không chứa được gì"),
                    (
                        f"write {field}: {written} or more, or remove the bucket",
                        f"ghi {field}: từ {written} trở lên, hoặc bỏ kho",
                    ),
                    value=amount,
                    allowed=f">= {written}",
                )


def _uncounted(country: Country) -> Iterable[Problem]:
    """Yield buckets that may hold any number of objects although a budget that pays for them limits it."""
    tenants = country.tenants.values()
    stating = {t.name for t in tenants if t.spec.quota.objects is not None}
    within = {t.name for t in tenants if any(e.quota.objects is not None for e in t.spec.environments.values())}
    clouds = {c.name for c in country.clouds.values() if c.spec.capacity.objects is not None}
    if not (stating or within or clouds):
        return
    for tenant in tenants:
        payers = {tenant.name}
        above = parent_tenant(country, tenant)
        while above is not None and above.name not in payers:
            payers.add(above.name)
            above = parent_tenant(country, above)
        if not (payers & stating or tenant.name in within or tenant.spec.cloud in clouds):
            continue
        for name, bucket in tenant.spec.storage.buckets.items():
            if bucket.objects is None:
                yield At(country, tenant, "spec", "storage", "buckets", name).problem(
                    "GC-QUOTA-006",
                    (
                        "objects are limited here, but this bucket states no number",
                        "số đối tượng bị giới hạn nhưng kho này chưa nêu số lượng",
                    ),
                    ("add objects: with the most that it may hold", "thêm objects: với số lượng tối đa"),
                )
