"""Links: both ends agree, the connection table of the date allows the pair, the reason and the way."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence

from govcloud.country import Country
from govcloud.model.agency import Agency
from govcloud.model.connection import ConnectionRow
from govcloud.model.link import PORTS, Link
from govcloud.model.platform_kind import KINDS
from govcloud.rules import offers, precedence, wording
from govcloud.rules.chains import exchange_of
from govcloud.rules.finding import At, misplaced
from govcloud_base.errors import Problem, Severity

__all__ = ["judge", "same_body"]


def judge(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield problems of links (GC-LINK-*). A pair that the table does not name is denied."""
    rows = _Rows(country, date)
    for link in country.links.values():
        if not link.holds(date):
            yield from _out_of_force(country, link, date)
            continue
        first, second = (country.agencies_by_code.get(end) for end in link.spec.ends)
        if first is None or second is None:
            continue  # reported as a dangling reference
        if first is second:
            yield At(country, link, "spec", "ends").problem(
                "GC-LINK-001",
                ("both ends are the same agency", "hai đầu là cùng một cơ quan"),
                ("declare a flow in its tenant instead", "khai báo luồng trong tenant của cơ quan"),
                value=first.code,
            )
            continue
        yield from _table(country, link, first, second, rows)
        yield from _way(country, link, first, second, rows)
        yield from _through(country, link, rows)
        yield from _approvals(country, link, date)
        yield from _ends(country, link, first, second, rows)
    yield from _ports(country, date)


class _Rows:
    """The law of a date as links need it: looked up once, whatever the number of links."""

    def __init__(self, country: Country, date: datetime.date) -> None:
        self._rows: dict[tuple[str, ...], list[ConnectionRow]] = defaultdict(list)
        for row in country.law.connections(date):
            self._rows[tuple(sorted(row.between))].append(row)
        self._titles = wording.titles(country.law, date)
        self.through_lgsp = country.law.through_lgsp(date)
        self.tiers = country.law.tiers(date)
        self.external = {name for name, tier in self.tiers.items() if tier.external}

    def called(self, name: str) -> str:
        """Return the Vietnamese title of a tier, a kind of links or platforms, or a way."""
        return self._titles.get(name, name)

    def written(self, name: str) -> str:
        """Return the same with the name, which is to be written."""
        return wording.to_write(self.called(name), name)

    def covering(self, tiers: tuple[str, str], *, same_body: bool, kind: str) -> list[ConnectionRow]:
        """Return the rows that speak about such a link."""
        found = self._rows.get(tuple(sorted(tiers)), [])
        return [row for row in found if row.covers(tiers, same_body=same_body, kind=kind)]


def same_body(country: Country, first: Agency, second: Agency) -> bool:
    """Return whether two agencies hang below the same top agency."""
    tops = [(agency, *country.ancestors(agency))[-1] for agency in (first, second)]
    return tops[0].code == tops[1].code


def _out_of_force(country: Country, link: Link, date: datetime.date) -> Iterable[Problem]:
    last = link.spec.valid_to
    if last is not None and last < date:
        yield At(country, link, "spec", "validTo").problem(
            "GC-LINK-006",
            ("the link has expired; it is not provisioned", "liên kết đã hết hạn; không được cấp phát"),
            ("renew it with new approvals, or remove it", "gia hạn với văn bản mới, hoặc bỏ liên kết"),
            value=last,
            severity=Severity.WARNING,
        )


def _table(country: Country, link: Link, first: Agency, second: Agency, law: _Rows) -> Iterable[Problem]:
    tiers = (first.spec.tier, second.spec.tier)
    same = same_body(country, first, second)
    rows = law.covering(tiers, same_body=same, kind=link.spec.kind)
    if not rows:
        kind, relation = link.spec.kind, "cùng hệ thống" if same else "khác hệ thống"
        bodies = "one body" if same else "different bodies"
        yield (
            _of_tier(country, At(country, link, "spec", "ends"), (first, second), law).problem(
                "GC-LINK-002",
                (
                    f"no rule allows a link of kind {kind} between {tiers[0]} and {tiers[1]} of {bodies}",
                    f"không quy tắc nào cho phép liên kết {law.called(kind)} giữa {law.called(tiers[0])} và "
                    f"{law.called(tiers[1])} {relation}",
                ),
                (
                    "go through the body above, or change the kind if the purpose is another",
                    "kết nối qua cơ quan cấp trên, hoặc đổi loại nếu mục đích khác",
                ),
                value=f"{first.code} - {second.code}",
            )
        )
        return
    ways = sorted({via for row in rows for via in row.via})
    if link.spec.via not in ways:
        yield At(country, link, "spec", "via").problem(
            "GC-LINK-003",
            (
                f"{tiers[0]} and {tiers[1]} are not linked this way ({rows[0].source})",
                f"{law.called(tiers[0])} và {law.called(tiers[1])} không được kết nối theo cách này ({rows[0].source})",
            ),
            _led(country, link, ways, law),
            value=link.spec.via,
            allowed=", ".join(ways),
        )


def _led(country: Country, link: Link, ways: Sequence[str], law: _Rows) -> tuple[str, str]:
    """Return how a link takes one of `ways`: with a platform that may carry it, or without any.

    Ways that no declared platform may carry are named only where there is no other.
    """
    carriers = {way: offers.carriers(country, link.spec.ends, way, link.spec.environment) for way in ways}
    english, vietnamese = [], []
    for way, names in carriers.items():
        if way == "direct":
            english.append("write via: direct" + (" and remove platform" if link.spec.platform else ""))
            vietnamese.append("ghi via: direct" + (" và bỏ platform" if link.spec.platform else ""))
        elif names:
            english.append(f"write via: {way} and platform: {names[0]}")
            vietnamese.append(f"ghi `via: {way}` ({law.called(way)}) và platform: {names[0]}")
    if not english:
        first = "link through {} once a platform of this kind is declared", "kết nối qua {} sau khi khai báo nền tảng"
        return first[0].format(" or ".join(ways)), first[1].format(wording.either(map(law.written, ways)))
    return ", or ".join(english), ", hoặc ".join(vietnamese)


def _carried(country: Country, link: Link, lead: tuple[str, str], verb: tuple[str, str]) -> tuple[str, str]:
    """Return the advice to name one of the platforms that may carry a link; `lead` alone where there is none."""
    names = offers.platforms(country, link)
    if not names:
        return lead
    return f"{verb[0]} platform: {' or '.join(names)}", f"{verb[1]} platform: {wording.either(names)}"


def _of_tier(country: Country, at: At, ends: tuple[Agency, Agency], law: _Rows) -> At:
    """Return the place, following from what makes an end's standing unknown: its tier, or the body above it."""
    strange = next((end for end in ends if end.spec.tier not in law.tiers), None)
    if strange is not None:
        return at.following(strange, "spec", "tier")
    orphan = next((e for e in ends if law.tiers[e.spec.tier].parents and country.parent(e) is None), None)
    return at.following(orphan, "spec", "parent")


def _way(country: Country, link: Link, first: Agency, second: Agency, law: _Rows) -> Iterable[Problem]:
    via, name = link.spec.via, link.spec.platform
    at = At(country, link, "spec", "platform")
    if (via == "direct") != (name is None):
        yield at.problem(
            "GC-LINK-004",
            (
                "a direct link names no platform" if via == "direct" else f"a link via {via} names its platform",
                "liên kết trực tiếp không nêu nền tảng"
                if via == "direct"
                else f"liên kết qua {law.called(via)} phải nêu nền tảng",
            ),
            ("remove platform", "bỏ platform")
            if via == "direct"
            else _carried(
                country, link, ("add platform: with its name", "thêm platform: với tên nền tảng"), ("add", "thêm")
            ),
            value=name,
        )
        return
    platform = country.platforms.get(name) if name else None
    if platform is None:
        return  # direct, or reported as a dangling reference
    if platform.spec.kind != via:
        yield at.problem(
            "GC-LINK-004",
            (f"{name} is of kind {platform.spec.kind}", f"{name} thuộc loại {law.called(platform.spec.kind)}"),
            (f"name a platform of kind {via}", f"dùng nền tảng loại {law.written(via)}"),
            value=name,
        )
    if not platform.provisioned:
        yield at.problem(
            "GC-LINK-013",
            (f"{name} is only planned: nothing carries the link", f"{name} mới ở trạng thái dự kiến, chưa chạy"),
            (
                "use a platform that is active, or link directly",
                "dùng nền tảng đang hoạt động, hoặc liên kết trực tiếp",
            ),
            value=name,
        )
    bodies = {a.code for end in (first, second) for a in (end, *country.ancestors(end))}
    if not KINDS[platform.spec.kind].central and platform.spec.owner not in bodies:
        yield at.following(platform, "spec", "owner").problem(
            "GC-LINK-007",
            (
                f"{name} belongs to {platform.spec.owner}, which is neither end nor above one",
                f"{name} thuộc {platform.spec.owner}, không phải hai đầu hay cấp trên của chúng",
            ),
            _carried(
                country,
                link,
                ("use the platform of one of the ends", "dùng nền tảng của một trong hai đầu"),
                ("of one of the ends: write", "của một trong hai đầu: ghi"),
            ),
            value=name,
            allowed=", ".join(offers.platforms(country, link)) or None,
        )
    if platform.spec.environment != link.spec.environment:
        yield at.problem(
            "GC-LINK-010",
            (
                f"{name} runs in environment {platform.spec.environment}",
                f"{name} chạy ở môi trường {platform.spec.environment}",
            ),
            _carried(
                country,
                link,
                (
                    "environments never mix: use a platform of this one",
                    "các môi trường không lẫn nhau: dùng nền tảng cùng môi trường",
                ),
                ("environments never mix: write", "các môi trường không lẫn nhau: ghi"),
            ),
            value=link.spec.environment,
            allowed=platform.spec.environment,
        )


def _through(country: Country, link: Link, law: _Rows) -> Iterable[Problem]:
    """Yield ends whose body lacks the integration platform through which the way must lead."""
    if link.spec.via not in law.through_lgsp:
        return
    for index, end in enumerate(link.spec.ends):
        if exchange_of(country, end, link.spec.environment) is None:
            yield At(country, link, "spec", "ends", index).problem(
                "GC-LINK-012",
                (
                    f"{link.spec.via} is reached through an LGSP, and the body of {end} has none",
                    f"{law.called(link.spec.via)} phải đi qua LGSP, nhưng {end} chưa có LGSP",
                ),
                ("declare the body's LGSP first", "khai báo LGSP của bộ hoặc tỉnh trước"),
                value=end,
            )


def _approvals(country: Country, link: Link, date: datetime.date) -> Iterable[Problem]:
    agreed = [approval.agency for approval in link.spec.approvals]
    others = (n for n, code in enumerate(agreed) if code not in link.spec.ends or code in agreed[:n])
    for end in link.spec.ends:
        if end not in agreed:
            other = next(others, None)
            path = () if other is None else (other, "agency")
            yield At(country, link, "spec", "approvals", *path).problem(
                "GC-LINK-005",
                (f"{end} has not agreed", f"{end} chưa đồng ý"),
                (
                    f"add the approval of each end: write agency: {end} with its document",
                    f"thêm văn bản đồng ý của mỗi đầu: ghi agency: {end} với văn bản của cơ quan này",
                ),
                value=", ".join(sorted(agreed)),
                allowed=", ".join(link.spec.ends),
            )
    # one of a later day is reported as a record of a day to come
    late = [(n, a.date) for n, a in enumerate(link.spec.approvals) if link.spec.valid_from < a.date <= date]
    if not late:
        return
    first = max(day for _, day in late)
    begin = (f"let the link begin later: validFrom: {first}", f"để liên kết bắt đầu muộn hơn: validFrom: {first}")
    if len(late) == len(link.spec.approvals):  # not the documents are wrong, but the day on which the link begins
        yield At(country, link, "spec", "validFrom").problem(
            "GC-LINK-005",
            ("the link begins before anybody agreed", "liên kết bắt đầu trước khi có bên nào đồng ý"),
            begin,
            value=link.spec.valid_from,
            allowed=f">= {first}",
        )
        return
    for index, day in late:
        yield At(country, link, "spec", "approvals", index, "date").problem(
            "GC-LINK-005",
            ("approved after the link's first day", "được duyệt sau ngày bắt đầu liên kết"),
            begin,
            value=day,
            allowed=f"<= {link.spec.valid_from}",
        )


def _ends(country: Country, link: Link, first: Agency, second: Agency, law: _Rows) -> Iterable[Problem]:
    """Yield ends that have no gateway, and ends whose gateways cannot see each other.

    A body outside the State has no gateway here: the link says what its own side may open.
    """
    clouds = set()
    for index, agency in enumerate((first, second)):
        if agency.spec.tier in law.external:
            continue
        tenant = country.tenants_by_agency.get(agency.code)
        if tenant is None or (tenant.name, link.spec.environment) not in country.segments_by_tenant:
            at = _without_segment(country, At(country, link, "spec", "ends", index), agency, link.spec.environment)
            yield at.problem(
                "GC-LINK-008",
                (
                    f"{agency.code} has no segment in environment {link.spec.environment}",
                    f"{agency.code} không có phân đoạn ở môi trường {link.spec.environment}",
                ),
                ("declare its tenant and segment first", "khai báo tenant và phân đoạn trước"),
                value=agency.code,
            )
        elif tenant.spec.cloud in country.clouds:
            clouds.add(tenant.spec.cloud)
    if len(clouds) > 1:
        yield At(country, link, "spec", "ends").problem(
            "GC-LINK-011",
            (
                "the ends lie on different clouds: GovCloud provisions no way from one cloud to another yet",
                "hai đầu ở hai đám mây khác nhau: GovCloud chưa dựng đường nối giữa hai đám mây",
            ),
            ("move one end's tenant to the other's cloud", "chuyển tenant của một đầu sang đám mây của đầu kia"),
            value=", ".join(sorted(clouds)),
        )


def _without_segment(country: Country, at: At, agency: Agency, environment: str) -> At:
    """Return the place of an end without a segment, following from what keeps its tenant or segment from being found.

    The tenant may say that it is another agency's or bear another name, and the segment that is called as the agency's
    may name another tenant or environment.
    """
    if (tenant := misplaced(country, agency.code)) is not None:
        return at.following(tenant, "spec", "agency")
    if (tenant := country.tenants_by_agency.get(agency.code)) is not None and tenant.name != agency.tenant_name:
        return at.following(tenant, "metadata", "name")
    usual = f"tsl-{agency.tenant_name}"
    segment = country.segments.get(usual) or country.segments.get(f"{usual}-{environment}")
    if segment is None:
        return at
    return at.following(segment, "spec", "environment" if segment.spec.tenant == agency.tenant_name else "tenant")


def _ports(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield links that want the same port of one gateway; what this is a part of may have taken it as well."""
    taken = {(end, environment, port): name for end, environment, port, name in country.rest.ports}
    wanted = [
        (link, (end, link.spec.environment, link.spec.listen))
        for link in country.links.values()
        if link.holds(date)
        for end in sorted(set(link.spec.ends))
    ]
    free = [claim for claim in wanted if claim[1] not in taken]
    lost = precedence.contests(free, lambda claim: claim[1], lambda claim: precedence.agreed(claim[0]))
    found = [(link, port, other.name) for (link, port), (other, _) in lost]
    found += [(link, port, taken[port]) for link, port in wanted if port in taken and taken[port] != link.name]
    used: dict[tuple[str, str], set[int]] = defaultdict(set)
    for end, environment, port in (*taken, *(claim for _, claim in wanted)):
        used[end, environment].add(port)
    for link, (end, environment, port), name in found:
        busy = [used[code, environment] for code in link.spec.ends]
        unused = next((number for number in PORTS if not any(number in ports for ports in busy)), None)
        for ports in busy:
            ports.update(filter(None, [unused]))  # the next link that lost its port is told of another one
        yield At(country, link, "spec", "listen").problem(
            "GC-LINK-009",
            (f"the gateway of {end} uses the port for {name}", f"cổng kết nối của {end} đã dùng cổng này cho {name}"),
            (
                f"choose a free port between {PORTS[0]} and {PORTS[-1]}"
                + (f": write listen: {unused}" if unused else ""),
                f"chọn cổng trống từ {PORTS[0]} đến {PORTS[-1]}" + (f": ghi listen: {unused}" if unused else ""),
            ),
            value=port,
        )
