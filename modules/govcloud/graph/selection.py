"""Which tenants a picture shows: one with its surroundings, or all down to a depth."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from govcloud.country import Country
from govcloud.country.suggestion import did_you_mean
from govcloud.rules.budgets import parent_tenant
from govcloud_base.errors import Problem, Text, UsageError

__all__ = ["Selection", "select", "too_large"]


@dataclass(frozen=True)
class Selection:
    """The tenants to show, parents before children, and where the others went."""

    parents: dict[str, str | None]
    """Shown tenants in the order of a tree, each with the shown tenant from whose budget it draws."""
    stands_for: dict[str, str]
    """The shown tenant that stands for each tenant, itself or one above it; tenants that none stands for are absent."""
    focus: frozenset[str]
    """Shown tenants of which everything is shown; the others are there only because these touch them."""

    @cached_property
    def hidden(self) -> Counter[str]:
        """How many tenants each shown one stands for beside itself."""
        return Counter(self.stands_for.values()) - Counter(list(self.parents))

    @cached_property
    def depths(self) -> dict[str, int]:
        """Number of shown tenants above each."""
        found: dict[str, int] = {}
        for name, parent in self.parents.items():
            found[name] = 0 if parent is None else found[parent] + 1
        return found

    @cached_property
    def children(self) -> dict[str | None, list[str]]:
        """Shown tenants by the one above; those at the top by None."""
        return _children(self.parents)


def select(country: Country, tenant: str | None, depth: int | None, *, linked: bool = True) -> Selection:
    """Return all tenants, or `tenant` with those above, below and (`linked`) at the other ends of its links.

    `depth` is the number of levels to show below the top, or below `tenant`. Raises UsageError where there is no such
    tenant.
    """
    if tenant is not None and tenant not in country.tenants:
        raise UsageError(_unknown(country, tenant))
    parents = {t.name: p.name if (p := parent_tenant(country, t)) else None for t in country.tenants.values()}
    children = _children(parents)
    roots = children.get(None, []) if tenant is None else [tenant]
    focus: dict[str, None] = {}
    stands_for: dict[str, str] = {}
    waiting = [(name, 0, name) for name in reversed(roots)]
    while waiting:
        name, level, shown = waiting.pop()
        if depth is None or level <= depth:
            shown = name
            focus[name] = None
        stands_for[name] = shown
        waiting += [(child, level + 1, shown) for child in reversed(children.get(name, []))]
    wanted = dict(focus)
    if tenant is not None:
        above = parents[tenant]
        while above is not None and above not in wanted:
            wanted = {above: None, **wanted}
            above = parents[above]
        partners = sorted(_linked(country, tenant) - stands_for.keys()) if linked else ()
        wanted |= dict.fromkeys(partners)
        stands_for |= {name: name for name in wanted}
    # A partner may hang below a tenant that stands later in the order: parents come first.
    order = {name: parents[name] if parents[name] in wanted else None for name in wanted}
    return Selection(_tree(order), stands_for, frozenset(focus))


def _tree(parents: dict[str, str | None]) -> dict[str, str | None]:
    children = _children(parents)
    ordered: dict[str, str | None] = {}
    waiting = list(reversed(children.get(None, [])))
    while waiting:
        name = waiting.pop()
        ordered[name] = parents[name]
        waiting += reversed(children.get(name, []))
    return ordered


def _children(parents: dict[str, str | None]) -> dict[str | None, list[str]]:
    found: dict[str | None, list[str]] = {}
    for name in sorted(parents):
        found.setdefault(parents[name], []).append(name)
    return found


def _linked(country: Country, tenant: str) -> set[str]:
    """Return the tenants at the other ends of a tenant's links, and the owners of the platforms on the way."""
    codes: set[str] = set()
    for link in country.links_by_agency.get(country.tenants[tenant].spec.agency, ()):
        codes.update(link.spec.ends)
        if platform := country.platforms.get(link.spec.platform or ""):
            codes.add(platform.spec.owner)
    return {found.name for code in codes if (found := country.tenants_by_agency.get(code))}


def too_large(what: Text, count: int, limit: int) -> UsageError:
    """Return the error that a picture would show more than a person can read."""
    return UsageError(
        Problem(
            "GC-GRAPH-002",
            Text(f"the picture would show {count} {what.en}", f"hình sẽ có {count} {what.vi}"),
            Text(
                "choose with --tenant NAME, cut with --depth 0, or take `--format json`",
                "chọn bằng --tenant TÊN, cắt bằng --depth 0, hoặc dùng `--format json`",
            ),
            value=str(count),
            allowed=f"<= {limit}",
        )
    )


def _unknown(country: Country, tenant: str) -> Problem:
    titles = {}
    for name, declared in country.tenants.items():
        agency = country.agencies_by_code.get(declared.spec.agency)
        titles[name] = agency.spec.title.vi if agency else ""
    english, vietnamese = did_you_mean(tenant, titles, titles)
    shown = list(titles)[:20]
    return Problem(
        "GC-GRAPH-001",
        Text(f"there is no tenant {tenant!r}", f"không có tenant {tenant!r}"),
        Text(english or "name a declared tenant", vietnamese or "dùng tên tenant đã khai báo"),
        value=tenant,
        allowed=", ".join(shown) + (", ..." if len(titles) > len(shown) else "") or None,
    )
