"""Who can newly reach whom or whose data, and who no longer can, in words: agencies over links and by grants, zones
inside a tenant."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from govcloud.country import Country
from govcloud.model.names import GATEWAY_ZONE, namespace
from govcloud.model.review_policy import ReachRule, ReviewPolicySpec
from govcloud.model.segment import Publication
from govcloud.review.edit import Edit, Step, assigning, closing, restoring
from govcloud.review.tier import Reason, text
from govcloud.rules.reachability import GATEWAY_PORT, Reach, of_link, of_tenant
from govcloud_base.errors import Place, Text

__all__ = ["Passage", "between", "reasons"]


@dataclass(frozen=True)
class Passage:
    """Connections that one side may open to the other."""

    kind: str
    """`agencies`, `zones` or `data`, as in ReachRule."""
    source: str
    """Agency code, zone, or tenant."""
    target: str
    """Agency code, zone, or tenant."""
    what: Text
    """In words, without a verb of change: `zone edge → zone db of h41 (prod), TCP 5432`."""
    key: tuple[str, str]
    """(kind, name) of the declaration that opens it."""
    path: tuple[str, ...]
    """Where in it."""
    zones: tuple[str, str] = ("", "")
    """Zones at both ends; of a link the asking gateway's, and the one that answers; none of data."""
    port: int = 0
    """TCP port that is reached; none of data."""


def between(base: Country, head: Country, date: datetime.date) -> tuple[tuple[Passage, ...], tuple[Passage, ...]]:
    """Return what is gained and what is lost from `base` to `head` on `date`."""
    old, new = ({p.what.en: p for p in (*_agencies(c, date), *_zones(c), *_data(c))} for c in (base, head))
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
            says = Text(f"leave out {passage.what.en}", f"bỏ {passage.what.vi}")
            yield Reason(consequence, what, place, passage.key, Edit(says, _closed(passage), undoes=True))


def _closed(passage: Passage) -> Step:
    if passage.path[-1] == "flows":
        return closing(passage.key, passage.path[2], *passage.zones, (passage.port,))
    if passage.kind == "data":
        return assigning(passage.key, {passage.path: ()})
    return restoring(passage.key, passage.path)


def _fits(rule: ReachRule, passage: Passage) -> bool:
    if rule.between != passage.kind:
        return False
    source, target = passage.zones
    return (not rule.to or target in rule.to) and (not rule.source or source in rule.source)


def _agencies(country: Country, date: datetime.date) -> Iterable[Passage]:
    for link in country.links.values():
        for reach in of_link(country, link, date):
            names = [_name(country, code) for code in (reach.source, reach.target)]
            way, offer = _way(country, reach), _offer(country, reach)
            english = f"{names[0].en} → {names[1].en}, {way.en}: {offer.en}"
            vietnamese = f"{names[0].vi} → {names[1].vi}, {way.vi}: {offer.vi}"
            what = Text(english, vietnamese)
            key, zones = ("Link", link.name), (GATEWAY_ZONE, _answers(country, reach))
            yield Passage("agencies", reach.source, reach.target, what, key, ("spec", "ends"), zones, reach.port)


def _name(country: Country, code: str) -> Text:
    title = text(country.agencies_by_code[code].spec.title)
    return Text(f"{code} ({title.en})", f"{code} ({title.vi})")


def _way(country: Country, reach: Reach) -> Text:
    platforms = " → ".join(hop for hop in reach.hops if hop in country.platforms)
    if not platforms:
        return Text("directly between the gateways", "trực tiếp giữa hai cổng kết nối")
    return Text(f"through {platforms}", f"qua {platforms}")


def _published(country: Country, reach: Reach) -> Publication | None:
    """Return the service that the target end publishes."""
    tenant = country.tenants_by_agency.get(reach.target)
    segment = country.segments_by_tenant.get((tenant.name, reach.environment)) if tenant else None
    return segment.spec.publishes if segment else None


def _answers(country: Country, reach: Reach) -> str:
    """Return the zone in which whoever is reached answers."""
    offer = _published(country, reach)
    return offer.zone if offer else GATEWAY_ZONE


def _offer(country: Country, reach: Reach) -> Text:
    """Return what the target end offers: one published service, or nothing but its gateway."""
    offer = _published(country, reach)
    if offer is None:
        return Text(
            f"its gateway only, TCP {reach.port}; nothing is published",
            f"chỉ cổng kết nối, TCP {reach.port}; chưa công bố dịch vụ",
        )
    where = f"{offer.service}, TCP {offer.port}"
    return Text(f"{where} in zone {offer.zone}", f"{where} ở vùng {offer.zone}")


def _data(country: Country) -> Iterable[Passage]:
    """Yield the rights on buckets of others, each with its last day: a longer one is another right."""
    verbs = {"read": Text("reads", "đọc"), "write": Text("writes to", "ghi vào")}
    for tenant in country.tenants.values():
        for label, bucket in tenant.spec.storage.buckets.items():
            for grant in bucket.grants:
                does, where = verbs[grant.access], f"{label}/{grant.prefix}*"
                end = (
                    Text(f"until {grant.until}", f"đến {grant.until}")
                    if grant.until
                    else Text(f"as long as {grant.link}", f"theo thời hạn của {grant.link}")
                )
                what = Text(
                    f"{grant.to} {does.en} {where} of {tenant.name}, {end.en}",
                    f"{grant.to} {does.vi} {where} của {tenant.name}, {end.vi}",
                )
                path = ("spec", "storage", "buckets", label, "grants")
                yield Passage("data", grant.to, tenant.name, what, ("Tenant", tenant.name), path)


def _zones(country: Country) -> Iterable[Passage]:
    homes = _homes(country)
    for tenant in country.tenants.values():
        for reach in of_tenant(tenant):
            if reach.source in homes and reach.target in homes:  # else a zone that does not exist, which rules report
                ends = homes[reach.source], homes[reach.target]
                where = ("spec", "environments", reach.environment, "flows")
                home = (tenant.name, reach.environment)
                yield _passage(ends, home, reach.port, ("Tenant", tenant.name), where)
    for segment in country.segments.values():
        key, home = ("Segment", segment.name), (segment.spec.tenant, segment.spec.environment)
        for zone in segment.spec.zones:
            yield _passage((zone, GATEWAY_ZONE), home, GATEWAY_PORT, key, ("spec", "zones"))
        offer = segment.spec.publishes
        if offer is not None:
            yield _passage((GATEWAY_ZONE, offer.zone), home, offer.port, key, ("spec", "publishes"))


def _passage(
    zones: tuple[str, str], home: tuple[str, str], port: int, key: tuple[str, str], path: tuple[str, ...]
) -> Passage:
    (source, target), (tenant, environment) = zones, home
    english = f"zone {source} → zone {target} of {tenant} ({environment}), TCP {port}"
    vietnamese = f"vùng {source} → vùng {target} của {tenant} ({environment}), TCP {port}"
    return Passage("zones", source, target, Text(english, vietnamese), key, path, zones, port)


def _homes(country: Country) -> dict[str, str]:
    """Return the zone of each namespace: names are never taken apart."""
    return {
        namespace(tenant.name, environment, zone): zone
        for tenant in country.tenants.values()
        for environment in tenant.spec.environments
        for zone in country.zones(tenant, environment)
    }
