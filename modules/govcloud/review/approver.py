"""Who must approve: roles of the policy and the agencies concerned, found from what is declared; never the author."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

from govcloud.country import Country
from govcloud.model.declaration import Declaration
from govcloud.model.identifier import slug
from govcloud.model.review_policy import ReviewPolicySpec
from govcloud.model.tenant import Tenant
from govcloud.review.ownership import parties
from govcloud.review.tier import Reason, text
from govcloud.rules.budgets import payers
from govcloud_base.errors import Text

__all__ = ["Approver", "required"]

_FALLBACK = "cloud-operator"


@dataclass(frozen=True, order=True)
class Approver:
    """One whose approval a change needs."""

    id: str
    """Agency code or role."""
    team: str
    """Team of the forge."""
    title: Text = dataclasses.field(compare=False)
    """Name for people."""
    another_person: bool = False
    """Whether the change comes from the same agency: then somebody else of it approves."""
    decides: tuple[Text, ...] = dataclasses.field(default=(), compare=False)
    """On what, as the policy's rules call it; empty for who approves every change of the tier."""


def required(
    base: Country,
    head: Country,
    reasons: Iterable[Reason],
    tier: str,
    by: str | None,
    policy: ReviewPolicySpec,
    presumed: bool = False,
) -> tuple[Approver, ...]:
    """Return who must approve a change of `tier` made by agency `by`, all of them; nobody where the tier is the least.

    Each has a matter of its own to decide, so nobody stands in for another. An agency that only the files point to
    has not consented by making the change.
    """
    consenting = None if presumed else by
    order = list(policy.tiers)
    if tier == order[0]:
        return ()
    wanted: dict[str, dict[str, Text]] = {name: {} for name in policy.tiers[tier].approvers}
    for reason in reasons:
        if reason.rule.tier == order[0]:
            continue
        for name in policy.tiers[reason.rule.tier].approvers:
            wanted.setdefault(name, {})
        for symbol in reason.rule.approvers:
            matter = text(reason.rule.reason)
            for name in _resolve(symbol, base, head, reason.key, consenting, policy):
                wanted.setdefault(name, {})[matter.en] = matter
    if not wanted:
        wanted[_FALLBACK] = {}
    named = (_approver(base, head, name, by, policy) for name in wanted)
    return tuple(sorted(dataclasses.replace(a, decides=tuple(wanted[a.id].values())) for a in named))


def _resolve(
    symbol: str, base: Country, head: Country, key: tuple[str, str] | None, by: str | None, policy: ReviewPolicySpec
) -> Iterable[str]:
    if symbol in policy.roles:
        return (symbol,)
    revisions = [(c, d) for c in (base, head) if key is not None and (d := c.declarations.get(key)) is not None]
    if symbol == "owner":
        # The base revision's word: a change cannot choose its own approver.
        return next(([code] for c, d in revisions if (code := _owner(c, d)) is not None), ())
    if symbol == "parties":
        return {code for c, d in revisions for code in parties(c, d)} - {by}
    if symbol == "budget":
        return {holder for c, d in revisions if isinstance(d, Tenant) for holder in _holders(c, d)}
    assert symbol == "level", symbol
    levels = [d.spec.level for _, d in revisions if isinstance(d, Tenant)]
    role = policy.level_approvers.get(str(max(levels, default=5)), _FALLBACK)
    return _resolve(role, base, head, key, by, policy)


def _owner(country: Country, declared: Declaration) -> str | None:
    bodies = country.bodies(declared)
    return bodies[0] if len(bodies) == 1 else None


def _holders(country: Country, tenant: Tenant) -> Iterable[str]:
    """Return who gives a tenant its budget: the agency above, and the operator of a cloud that gives it capacity."""
    found = payers(country, tenant)
    return [payer.spec.agency if isinstance(payer, Tenant) else _FALLBACK for payer in found] or [_FALLBACK]


def _approver(base: Country, head: Country, name: str, by: str | None, policy: ReviewPolicySpec) -> Approver:
    if name in policy.roles:
        role = policy.roles[name]
        return Approver(name, role.team, text(role.title))
    agency = base.agencies_by_code.get(name) or head.agencies_by_code.get(name)
    title = text(agency.spec.title) if agency else Text(name, name)
    return Approver(name, slug(name), title, another_person=name == by)
