"""Who can newly reach whom, and who no longer can, in words: agencies over links, zones inside a tenant."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from govcloud.country import Country
from govcloud.errors import Place, Text
from govcloud.model.agency import Agency
from govcloud.model.link import Link
from govcloud.model.names import namespace
from govcloud.model.review_policy import ReachRule, ReviewPolicySpec
from govcloud.render.reachability import reachability
from govcloud.render.zone import EXCHANGE, GATEWAY
from govcloud.review.tier import Reason, text

__all__ = ["Passage", "between", "reasons"]


@dataclass(frozen=True)
class Passage:
    """Connections that one side may open to the other."""

    kind: str
    """`agencies` or `zones`, as in ReachRule."""
    source: str
    """Agency code, or zone."""
    target: str
    """Agency code, or zone."""
    what: Text
    """In words, without a verb of change: `zone edge → zone db of h41 (prod), TCP 5432`."""
    key: tuple[str, str]
    """(kind, name) of the declaration that opens it."""
    path: tuple[str, ...]
    """Where in it."""


def between(base: Country, head: Country, date: datetime.date) -> tuple[tuple[Passage, ...], tuple[Passage, ...]]:
    """Return what is gained and what is lost from `base` to `head` on `date`."""
    old, new = ({p.what.en: p for p in (*_agencies(c, date), *_zones(c, date))} for c in (base, head))
    gained = tuple(p for name, p in new.items() if name not in old)
    return gained, tuple(p for name, p in old.items() if name not in new)


def reasons(head: Country, gained: Iterable[Passage], policy: ReviewPolicySpec) -> Iterable[Reason]:
    """Yield what the policy says about each passage that opens."""
    automatic = next(iter(policy.tiers))
    for passage in gained:
        rule = next((r for r in policy.reach if _fits(r, passage)), None)
        consequence = rule or policy.unforeseen
        reason = text(consequence.reason)
        what = Text(f"{reason.en}: {passage.what.en}", f"{reason.vi}: {passage.what.vi}")
        document = head.documents.get(passage.key)
        place = document.place(*passage.path) if document else Place(passage.key[1])
        if consequence.tier == automatic:
            yield Reason(consequence, what, place, passage.key)
        else:
            edit = Text(f"leave out {passage.what.en}", f"bỏ {passage.what.vi}")
            yield Reason(consequence, what, place, passage.key, edit, undoes=True)


def _fits(rule: ReachRule, passage: Passage) -> bool:
    if rule.between != passage.kind:
        return False
    return (not rule.to or passage.target in rule.to) and (not rule.source or passage.source in rule.source)


def _agencies(country: Country, date: datetime.date) -> Iterable[Passage]:
    for link in country.links.values():
        if not link.holds(date):
            continue
        for source, target in link.directions():
            ends = [country.agencies_by_code.get(code) for code in (source, target)]
            if ends[0] is None or ends[1] is None:
                continue
            way = _way(link)
            english = f"{_name(ends[0]).en} → {_name(ends[1]).en}, {way.en}: {_offer(country, target, link).en}"
            vietnamese = f"{_name(ends[0]).vi} → {_name(ends[1]).vi}, {way.vi}: {_offer(country, target, link).vi}"
            yield Passage("agencies", source, target, Text(english, vietnamese), ("Link", link.name), ("spec", "ends"))


def _name(agency: Agency) -> Text:
    title = text(agency.spec.title)
    return Text(f"{agency.code} ({title.en})", f"{agency.code} ({title.vi})")


def _way(link: Link) -> Text:
    if link.spec.platform is None:
        return Text("directly between the gateways", "trực tiếp giữa hai cổng kết nối")
    return Text(f"through {link.spec.platform} ({link.spec.via})", f"qua {link.spec.platform} ({link.spec.via})")


def _offer(country: Country, code: str, link: Link) -> Text:
    """Return what the target end offers: one published service, or nothing but its gateway."""
    tenant = country.tenants_by_agency.get(code)
    segment = country.segments_by_tenant.get((tenant.name, link.spec.environment)) if tenant else None
    if segment is None:
        return Text("nothing yet, for it has no segment", "chưa có gì, vì chưa có phân đoạn")
    offer = segment.spec.publishes
    if offer is None:
        return Text("its gateway only, nothing is published", "chỉ cổng kết nối, chưa công bố dịch vụ")
    where = f"{offer.service}, TCP {offer.port}"
    return Text(f"{where} in zone {offer.zone}", f"{where} ở vùng {offer.zone}")


def _zones(country: Country, date: datetime.date) -> Iterable[Passage]:
    homes = _homes(country)
    ports: dict[tuple[str, str], set[int]] = defaultdict(set)
    listening = {k.spec.listen for k in country.links.values() if k.holds(date)}
    for flow in reachability(country, date).flows:
        ends = [homes.get(name) for name in (flow.source, flow.target)]
        if ends[0] is None or ends[1] is None or ends[0][:2] != ends[1][:2]:
            continue  # between tenants: told by the link
        if ends[1][2] == GATEWAY and flow.port in listening:
            continue  # told by the link as well
        ports[flow.source, flow.target].add(flow.port)
    for (source, target), open_ports in sorted(ports.items()):
        (tenant, environment, one), other = homes[source], homes[target][2]
        # One passage a port: ports that stay are no news when one is added.
        for port in sorted(open_ports):
            english = f"zone {one} → zone {other} of {tenant} ({environment}), TCP {port}"
            vietnamese = f"vùng {one} → vùng {other} của {tenant} ({environment}), TCP {port}"
            where = ("spec", "environments", environment, "flows")
            yield Passage("zones", one, other, Text(english, vietnamese), ("Tenant", tenant), where)


def _homes(country: Country) -> dict[str, tuple[str, str, str]]:
    """Return tenant, environment and zone of each namespace: names are never taken apart."""
    return {
        namespace(tenant.name, environment, zone): (tenant.name, environment, zone)
        for tenant in country.tenants.values()
        for environment in tenant.spec.environments
        for zone in (*country.zones(tenant, environment), GATEWAY, EXCHANGE)
    }
