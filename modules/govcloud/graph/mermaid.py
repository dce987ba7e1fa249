"""Pictures as Mermaid text, which forges and editors draw themselves."""

from __future__ import annotations

from govcloud.graph.quota import Amount, Budget, QuotaTree
from govcloud.graph.reachability import Reach
from govcloud.graph.selection import too_large
from govcloud.graph.topology import Tie, Topology
from govcloud.graph.words import Words
from govcloud_base.errors import Text

__all__ = ["MOST_EDGES", "draw_quota", "draw_reachability", "draw_topology"]

MOST_EDGES = 500
"""More than Mermaid draws with its default settings."""
_ARROWS = {"both": "<-->", "first-to-second": "-->", "second-to-first": "-->"}


def draw_topology(content: Topology, words: Words) -> str:
    """Return the topology as a flowchart: a frame for each cloud, arrows for links."""
    lines = _head(content.title, "LR")
    for cloud, title in content.clouds.items():
        lines.append(f"  subgraph {_id('cloud', cloud)}[{_label(cloud, title)}]")
        for site in content.sites:
            if site.cloud == cloud:
                about = [
                    f"{site.name} · {site.title}",
                    f"{words.level(site.level)} · {words.name(site.tier)} · {words.name(site.state)}",
                ]
                about += [*site.segments, *site.platforms, *([f"+ {site.hidden}"] if site.hidden else [])]
                lines.append(f"    {_id('tenant', site.name)}[{_label(*about)}]")
        lines.append("  end")
    lines += [f"  {_id('tenant', s.parent)} -.- {_id('tenant', s.name)}" for s in content.sites if s.parent is not None]
    lines += [_tie(tie, words) for tie in content.ties]
    return _text(lines, len(content.ties) + len(content.sites))


def _tie(tie: Tie, words: Words) -> str:
    first, second = tie.first, tie.second
    if tie.direction == "second-to-first":
        first, second = second, first
    via = words.name(tie.via)
    way = via if tie.platform is None else f"{via} {tie.platform}"
    label = _label(f"{words.name(tie.kind)}, {way}" + (f" × {tie.count}" if tie.count > 1 else ""))
    return f"  {_id('tenant', first)} {_ARROWS[tie.direction]}|{label}| {_id('tenant', second)}"


def draw_quota(content: QuotaTree, words: Words) -> str:
    """Return the quota tree as a flowchart: each budget with what is given away of it."""
    lines = _head(content.title, "LR")
    above: list[str] = []
    for number, budget in enumerate(content.budgets):
        del above[budget.depth :]
        node = f"b{number}"
        lines.append(f"  {node}[{_label(*_amounts(budget, words))}]")
        if above:
            lines.append(f"  {above[-1]} --> {node}")
        above.append(node)
    return _text(lines, len(content.budgets))


def _amounts(budget: Budget, words: Words) -> list[str]:
    name = f"{words.kind(budget.kind)} {budget.name}"
    shown = [a for a in budget.amounts if a.budget != "0" or a.spent not in (None, "0")]
    return [
        name + (f" · {budget.title}" if budget.title else "") + (f" (+ {budget.hidden})" if budget.hidden else ""),
        *(f"{words.resource(a.resource)} {_share(a)}" for a in shown),
    ]


def _share(amount: Amount) -> str:
    return amount.budget if amount.spent is None else f"{amount.spent} / {amount.budget}"


def draw_reachability(content: Reach, _: Words) -> str:
    """Return the reachability as a flowchart: a frame for each tenant, an arrow for each opening."""
    lines = _head(content.title, "LR")
    for tenant, title in content.tenants.items():
        lines.append(f"  subgraph {_id('tenant', tenant)}[{_label(f'{tenant} · {title}')}]")
        lines += [f"    {_id('ns', r.namespace)}[{_label(r.namespace)}]" for r in content.rooms if r.tenant == tenant]
        lines.append("  end")
    lines += [
        f"  {_id('ns', o.source)} -->|{_label(', '.join(map(str, o.ports)))}| {_id('ns', o.target)}"
        for o in content.openings
    ]
    return _text(lines, len(content.openings))


def _head(title: str, direction: str) -> list[str]:
    return ["---", f"title: {_label(title)}", "---", f"flowchart {direction}"]


def _text(lines: list[str], edges: int) -> str:
    if edges > MOST_EDGES:
        raise too_large(Text("arrows", "mũi tên"), edges, MOST_EDGES)
    return "\n".join(lines) + "\n"


def _id(kind: str, name: str) -> str:
    """Return a node's identifier: a name alone might be one of Mermaid's words."""
    return f"{kind}_{name.replace('-', '_')}"


def _label(*lines: str) -> str:
    """Return a quoted label. What Mermaid or HTML would interpret is written as an entity."""
    return '"' + "<br/>".join(_escaped(line) for line in lines if line) + '"'


def _escaped(text: str) -> str:
    plain = "".join(c if c.isprintable() else " " for c in text)
    return "".join(f"#{ord(c)};" if c in '#"<>&`|[]{}()\\%' else c for c in plain)
