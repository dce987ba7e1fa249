"""Two revisions of a country compared: everything that a reviewer needs to decide, as one value."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from govcloud import rules
from govcloud.country import Country
from govcloud.model.review_policy import ReviewPolicySpec
from govcloud.review import (
    addresses,
    approver,
    budget,
    cost,
    data_loss,
    difference,
    ownership,
    reach,
    reasons,
    weakening,
)
from govcloud.review.addresses import AddressUse
from govcloud.review.approver import Approver
from govcloud.review.budget import Budget
from govcloud.review.cost import Cost
from govcloud.review.difference import Change
from govcloud.review.finding import beyond, by_cause
from govcloud.review.neighbourhood import around
from govcloud.review.reach import Passage
from govcloud.review.resources import Resources, resources
from govcloud.review.tier import Reason, highest, text
from govcloud.rules import lifecycles
from govcloud_base.errors import GovCloudError, Place, Problem, Severity, Text, UsageError

__all__ = ["WORKING_TREE", "Review", "Revision", "compare", "judged", "policy_of"]


WORKING_TREE = "working tree"
"""Name of the revision that is no revision yet."""


@dataclass(frozen=True)
class Revision:
    """One revision of a country, judged."""

    name: str
    """How the reader calls it: `origin/main (1a2b3c4)`, `working tree`."""
    country: Country | None
    """The country; None where its files could not be read."""
    problems: tuple[Problem, ...]
    """What is wrong with it on the day."""
    guard: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """Controls and admission rules by file."""


@dataclass(frozen=True)
class Review:
    """What a change means. Everything a reader sees is in both languages."""

    base: str
    head: str
    date: datetime.date
    author: str | None
    """Code of the agency that makes the change; None where it is the centre or several."""
    policy: ReviewPolicySpec
    tier: str
    reasons: tuple[Reason, ...]
    """Why the tier is not lower; the gravest first."""
    approvers: tuple[Approver, ...]
    files: tuple[str, ...]
    """Files touched, of the whole repository."""
    changes: tuple[Change, ...]
    introduced: tuple[Problem, ...]
    """Findings that the change brings; errors refuse it."""
    mended: tuple[Problem, ...]
    """Findings that it puts right."""
    standing: int
    """Findings that were there before and still are."""
    weakenings: tuple[Problem, ...]
    resources: Resources | None
    budgets: tuple[Budget, ...]
    gained: tuple[Passage, ...]
    lost: tuple[Passage, ...]
    addresses: AddressUse | None
    costs: tuple[Cost, ...] | None
    """None where a cloud concerned has no price list."""
    edits: tuple[Text, ...] = ()
    """The smallest edits that together make the change automatic, tried; empty where it is, or no edit can do that."""
    presumed: bool = False
    """Whether nobody said who makes the change: `author` only follows from the files, and excuses no approval."""

    @property
    def refused(self) -> bool:
        """Whether the change has errors that nobody can approve away."""
        return self.tier == list(self.policy.tiers)[-1]

    @property
    def automatic(self) -> bool:
        """Whether nobody needs to look."""
        return self.tier == next(iter(self.policy.tiers))

    def above(self, tier: str) -> bool:
        """Return whether the change needs more than `tier`; raises UsageError where the policy has no such tier."""
        order = list(self.policy.tiers)
        if tier not in order:
            raise UsageError(
                Problem(
                    "GC-REVIEW-005",
                    Text(f"the review policy has no tier {tier!r}", f"quy tắc xét duyệt không có mức {tier!r}"),
                    Text("name one of its tiers", "nêu một trong các mức"),
                    value=tier,
                    allowed=", ".join(order),
                )
            )
        return order.index(self.tier) > order.index(tier)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything to mark in the files: findings and weakenings."""
        return (*self.introduced, *self.weakenings)

    @property
    def nothing(self) -> bool:
        """Whether the two revisions do not differ at all."""
        return not self.files

    @property
    def title(self) -> Text:
        """The verdict in a few words."""
        if self.nothing:
            return Text("nothing to decide", "không có gì phải quyết định")
        return text(self.policy.tiers[self.tier].title)

    @property
    def next_step(self) -> Text:
        """What happens now."""
        if self.nothing:
            return Text("Nothing: no file differs from the base.", "Không có: không tệp nào khác với bản gốc.")
        return text(self.policy.tiers[self.tier].next_step)


def policy_of(country: Country, date: datetime.date) -> ReviewPolicySpec:
    """Return the review policy in force; raises GovCloudError where there is none."""
    policy = country.law.review(date)
    if policy is None:
        raise GovCloudError(
            Problem(
                "GC-REVIEW-002",
                Text(f"no review policy is in force on {date}", f"không có quy tắc xét duyệt hiệu lực ngày {date}"),
                Text(
                    "copy policies/review/ of the project, or extend its days of validity",
                    "chép policies/review/ của dự án, hoặc gia hạn hiệu lực",
                ),
                Place(str(country.law.folder)),
            )
        )
    return policy.spec


def compare(
    base: Revision, head: Revision, files: Iterable[str], date: datetime.date, agency: str | None = None
) -> Review:
    """Compare two revisions; `files` are all that differ in the repository, `agency` the code of who makes the change.

    Ownership and the review policy are those of `base`. Raises GovCloudError where `base` itself cannot be read or has
    no review policy, UsageError where it has no such agency.
    """
    if base.country is None:
        raise GovCloudError(base.problems)
    touched = tuple(sorted(files))
    policy = policy_of(base.country, date)
    by = ownership.author(base.country, touched, agency)
    presumed = agency is None and by is not None
    introduced, mended, standing = _compared(base.problems, head.problems)
    introduced = [*introduced, *ownership.judge(base.country, head.country, touched, by, policy)]
    if head.country is None:
        return _unreadable(base, head, date, by, policy, touched, introduced, presumed)
    introduced += data_loss.judge(base.country, head.country)
    introduced += lifecycles.changed(base.country, head.country, date)
    changes = difference.changes(base.country, head.country, policy.orders)
    near = around(base.country, head.country, ((c.kind, c.name) for c in changes))
    gained, lost = reach.between(*near, date)
    why = reasons.of(base.country, head.country, changes, gained, touched, policy)
    weakenings = (
        *weakening.of_reasons(why),
        *weakening.of_law(base.country.law, head.country.law),
        *weakening.of_files(base.guard, head.guard),
    )
    introduced = by_cause(introduced, changes, touched)
    errors = any(p.severity is Severity.ERROR for p in introduced)
    order = list(policy.tiers)
    tier = order[-1] if errors else highest((r.rule.tier for r in why), policy)
    sound = not any(p.severity is Severity.ERROR for p in (*base.problems, *head.problems))
    return Review(
        base=base.name,
        head=head.name,
        date=date,
        author=by,
        policy=policy,
        tier=tier,
        reasons=tuple(sorted(why, key=lambda r: -order.index(r.rule.tier))),
        approvers=() if errors else approver.required(base.country, head.country, why, tier, by, policy, presumed),
        files=touched,
        changes=changes,
        introduced=tuple(introduced),
        mended=tuple(mended),
        standing=standing,
        weakenings=weakenings,
        resources=resources(*(country.on(date) for country in near)) if sound else None,
        budgets=budget.budgets(base.country, head.country, date),
        gained=gained,
        lost=lost,
        addresses=addresses.address_use(base.country, head.country),
        costs=cost.costs(*near),
        edits=() if errors else reasons.tried_edits(base.country, head.country, why, policy, date),
        presumed=presumed,
    )


def _compared(before: Sequence[Problem], after: Sequence[Problem]) -> tuple[list[Problem], list[Problem], int]:
    """Return findings that are new, those that are gone, and how many stay."""
    introduced = beyond(before, after)
    return introduced, beyond(after, before), len(after) - len(introduced)


def _unreadable(
    base: Revision,
    head: Revision,
    date: datetime.date,
    by: str | None,
    policy: ReviewPolicySpec,
    files: tuple[str, ...],
    introduced: list[Problem],
    presumed: bool,
) -> Review:
    """Return the review of a change after which the country cannot be read: nothing is known but that."""
    return Review(
        base=base.name,
        head=head.name,
        date=date,
        author=by,
        policy=policy,
        tier=list(policy.tiers)[-1],
        reasons=(),
        approvers=(),
        files=files,
        changes=(),
        introduced=tuple(introduced),
        mended=(),
        standing=0,
        weakenings=(),
        resources=None,
        budgets=(),
        gained=(),
        lost=(),
        addresses=None,
        costs=(),
        presumed=presumed,
    )


def judged(name: str, country: Country, date: datetime.date, guard: Mapping[str, bytes]) -> Revision:
    """Return a revision of a country that could be read, with what the rules find on `date`."""
    return Revision(name, country, tuple(rules.judge(country, date)), guard)
