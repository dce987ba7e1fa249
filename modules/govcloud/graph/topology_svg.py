"""The topology as SVG: the tenants as an indented tree on the left, the links as lanes on the right.

A link begins and ends beside the words that describe it, so no label floats over a line, and lanes are shared by links
that do not overlap.
"""

from __future__ import annotations

from collections import defaultdict

from govcloud.graph.drawing import Drawing, fitted
from govcloud.graph.selection import too_large
from govcloud.graph.topology import Site, Tie, Topology
from govcloud.graph.words import Words
from govcloud_base.errors import Text

__all__ = ["draw"]

_MOST_SITES = 150
_MOST_TIES = 120
_LEFT, _INDENT, _WIDTH, _LANE, _LINE, _GAP = 16, 26, 560, 14, 17, 10


def draw(content: Topology, words: Words) -> str:
    """Return the picture; more links than lines can tell apart are only counted, tenant by tenant.

    Raises UsageError where there are too many tenants to read.
    """
    if len(content.sites) > _MOST_SITES:
        raise too_large(Text("tenants", "tenant"), len(content.sites), _MOST_SITES)
    drawn = range(len(content.ties)) if len(content.ties) <= _MOST_TIES else range(0)
    heading = f"{content.title}: " + ("tenant và liên kết" if words.vietnamese else "tenants and links")
    drawing = Drawing(heading, _description(content, words), words.language)
    drawing.text(_LEFT, 30, heading, size=17, bold=True)
    right = _LEFT + _INDENT * (max((s.depth for s in content.sites), default=0) + 1) + _WIDTH
    ports: dict[int, list[float]] = defaultdict(list)
    y = 44.0
    for cloud, title in content.clouds.items():
        drawing.text(
            _LEFT,
            y + 18,
            fitted(f"{cloud} · {title}", right - _LEFT, 13, bold=True),
            size=13,
            bold=True,
            colour="faint",
        )
        y += 30
        trunks: dict[str | None, float] = {None: y - 6}
        for site in content.sites:
            if site.cloud == cloud:
                y = _site(drawing, content, site, drawn, y, right, ports, trunks, words)
    lanes = _lanes({number: (ends[0], ends[1]) for number, ends in ports.items() if len(ends) == 2})
    for number, lane in lanes.items():
        first, second = ports[number]
        _tie(drawing, content.ties[number], (first, second), right, right + 18 + lane * _LANE, words)
    width = right + 18 + (max(lanes.values(), default=0) + 2) * _LANE
    if drawn:
        _legend(drawing, y + 12, words.vietnamese)
    return drawing.finish(width, y + 36)


def _site(
    drawing: Drawing,
    content: Topology,
    site: Site,
    drawn: range,
    y: float,
    right: float,
    ports: dict[int, list[float]],
    trunks: dict[str | None, float],
    words: Words,
) -> float:
    """Draw one tenant with a line of text for each end of a link; return where the next one begins."""
    x = _LEFT + _INDENT * (site.depth + 1)
    ties = [(n, tie) for n, tie in enumerate(content.ties) if site.name in (tie.first, tie.second)]
    facts = [site.agency, words.level(site.level), words.name(site.tier), words.name(site.state)]
    count = sum(tie.count for _, tie in ties)
    if not drawn and count:
        facts.append(f"{count} {'liên kết' if words.vietnamese else 'links'}")
    ties = ties if drawn else []
    more = [*site.segments, *site.platforms]
    lines = [" · ".join(facts), *([" · ".join(more)] if more else [])]
    height = 24 + _LINE * (len(lines) + len(ties)) + 6
    anchor = y + 14
    above = trunks.get(site.parent, y)
    drawing.path(f"M{x - _INDENT / 2:.1f},{above:.1f} V{anchor:.1f} H{x:.1f}", "line")
    trunks[site.name] = y + height
    drawing.box(x, y, right - x, height, "box", hint=f"{site.name}: {site.title}", framed=True)
    hidden = f"  (+ {site.hidden})" if site.hidden else ""
    name = f"{site.name} · {site.title}"
    drawing.text(
        x + 10, y + 19, fitted(name, right - x - 20 - 8 * len(hidden), 14, bold=True) + hidden, size=14, bold=True
    )
    baseline = y + 19.0
    for line in lines:
        baseline += _LINE
        drawing.text(x + 10, baseline, fitted(line, right - x - 20, 12), colour="faint")
    for number, tie in ties:
        baseline += _LINE
        text = _words(tie, site.name, words)
        drawing.text(right - 10, baseline, fitted(text, right - x - 20, 12), anchor="end")
        ports[number].append(baseline - 4)
    return y + height + _GAP


def _words(tie: Tie, here: str, words: Words) -> str:
    other = tie.second if here == tie.first else tie.first
    outgoing = tie.direction == "both" or (tie.direction == "first-to-second") == (here == tie.first)
    arrow = "⇄" if tie.direction == "both" else "→" if outgoing else "←"
    via = words.name(tie.via)
    way = via if tie.platform is None else f"{via} {tie.platform}"
    times = f" × {tie.count}" if tie.count > 1 else f", :{tie.port}" if tie.port else ""
    return f"{words.name(tie.kind)}, {way}{times}  {arrow} {other}"


def _lanes(spans: dict[int, tuple[float, float]]) -> dict[int, int]:
    """Return a lane for each span, the shorter further in; spans in one lane do not touch."""
    taken: list[list[tuple[float, float]]] = []
    lanes: dict[int, int] = {}
    for number, ends in sorted(spans.items(), key=lambda item: (abs(item[1][1] - item[1][0]), item)):
        low, high = min(ends), max(ends)
        free = (i for i, lane in enumerate(taken) if all(high < other[0] or low > other[1] for other in lane))
        lane = next(free, len(taken))
        if lane == len(taken):
            taken.append([])
        taken[lane].append((low, high))
        lanes[number] = lane
    return lanes


def _tie(drawing: Drawing, tie: Tie, heights: tuple[float, float], right: float, lane: float, words: Words) -> None:
    """Draw a link from the words at its upper end to those at its lower end."""
    first, second = heights
    bend = 5 if second >= first else -5
    data = (
        f"M{right + 2:.1f},{first:.1f} H{lane - 5:.1f} Q{lane:.1f},{first:.1f} {lane:.1f},{first + bend:.1f} "
        f"V{second - bend:.1f} Q{lane:.1f},{second:.1f} {lane - 5:.1f},{second:.1f} H{right + 2:.1f}"
    )
    drawing.path(
        data,
        "one" if tie.platform is None else "two",
        dashed=tie.platform is not None,
        start=tie.direction != "first-to-second",
        end=tie.direction != "second-to-first",
        hint=f"{tie.first} – {tie.second}: {_words(tie, tie.first, words)}",
    )


def _legend(drawing: Drawing, y: float, vietnamese: bool) -> None:
    drawing.path(f"M{_LEFT},{y:.1f} H{_LEFT + 30}", "one")
    drawing.text(_LEFT + 38, y + 4, "trực tiếp" if vietnamese else "direct", colour="faint")
    drawing.path(f"M{_LEFT + 130},{y:.1f} H{_LEFT + 160}", "two", dashed=True)
    drawing.text(_LEFT + 168, y + 4, "qua nền tảng" if vietnamese else "through a platform", colour="faint")


def _description(content: Topology, words: Words) -> str:
    ties = "; ".join(f"{t.first} – {t.second} ({words.name(t.kind)}, {words.name(t.via)})" for t in content.ties)
    names = ", ".join(s.name for s in content.sites)
    if words.vietnamese:
        return f"{len(content.sites)} tenant: {names}. {len(content.ties)} liên kết: {ties}."
    return f"{len(content.sites)} tenants: {names}. {len(content.ties)} links: {ties}."
