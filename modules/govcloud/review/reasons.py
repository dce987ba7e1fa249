"""Why a change needs somebody: every reason that the review policy gives, and the edits after which it needs nobody."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

from govcloud import rules
from govcloud.country import Country
from govcloud.model.review_policy import Consequence, ReviewPolicySpec
from govcloud.review import data_loss, difference, ownership, reach
from govcloud.review.difference import Change
from govcloud.review.edit import Edit, elsewhere
from govcloud.review.finding import beyond
from govcloud.review.neighbourhood import around
from govcloud.review.reach import Passage
from govcloud.review.tier import Reason, of_change, text
from govcloud_base.errors import Place, Severity, Text

__all__ = ["of", "tried_edits"]

_FILES = 3
"""Files named in one sentence."""


def of(
    base: Country,
    head: Country,
    changes: Sequence[Change],
    gained: Sequence[Passage],
    files: Iterable[str],
    policy: ReviewPolicySpec,
) -> list[Reason]:
    """Return the reasons that changes of declarations give, what they open, and the other files touched."""
    return [
        *_of_declarations(head, changes, gained, policy),
        *_files(base, head, files, policy),
        *_many(changes, policy),
    ]


def tried_edits(
    base: Country, head: Country, reasons: Sequence[Reason], policy: ReviewPolicySpec, date: datetime.date
) -> tuple[Text, ...]:
    """Return the edits of all reasons that need somebody, made and judged: none where they would not do."""
    least = next(iter(policy.tiers))
    waiting = [r for r in reasons if r.rule.tier != least]
    edits = [edit for r in waiting if (edit := r.edit) is not None]
    # Taking back all that a change does is no advice.
    if len(edits) < len(waiting) or (len(waiting) == len(reasons) and all(edit.undoes for edit in edits)):
        return ()
    edited = head
    for edit in edits:
        edited = edit.makes(base, edited)
    found = beyond(rules.judge(head, date), rules.judge(edited, date)) if edited is not head else []
    if any(p.severity is Severity.ERROR for p in (*found, *data_loss.judge(base, edited))):
        return ()
    changes = difference.changes(base, edited, policy.orders)
    gained, _ = reach.between(*around(base, edited, ((c.kind, c.name) for c in changes)), date)
    if any(r.rule.tier != least for r in _of_declarations(edited, changes, gained, policy)):
        return ()
    return tuple({edit.says.en: edit.says for edit in edits}.values())


def _of_declarations(
    head: Country, changes: Iterable[Change], gained: Iterable[Passage], policy: ReviewPolicySpec
) -> Iterable[Reason]:
    """Yield the reasons that changes of declarations give, and what they open."""
    yield from (of_change(change, policy) for change in changes if not _told(change, gained))
    yield from (r for r in reach.reasons(head, gained, policy) if not _part_of_new(r, changes))


def _told(change: Change, gained: Iterable[Passage]) -> bool:
    """Return whether a change of flows is told by what it opens."""
    return "flows" in change.path and any(p.key == (change.kind, change.name) for p in gained)


def _part_of_new(reason: Reason, changes: Iterable[Change]) -> bool:
    """Return whether a passage inside a new tenant concerns nobody but its owner, who asks for all of it."""
    new = {(c.kind, c.name) for c in changes if not c.path and c.sense == "added"}
    return reason.key in new and reason.rule.approvers == ("owner",)


def _files(base: Country, head: Country, files: Iterable[str], policy: ReviewPolicySpec) -> Iterable[Reason]:
    """Yield a reason for each rule about files that are no declarations."""
    declared = {document.file for c in (base, head) for document in c.documents.values()}
    by_rule: dict[int, tuple[Consequence, list[str]]] = {}
    for file in files:
        if file not in declared:
            rule: Consequence = ownership.file_rule(file, policy) or policy.unforeseen
            by_rule.setdefault(id(rule.reason), (rule, []))[1].append(file)
    for rule, found in by_rule.values():
        reason, names = text(rule.reason), ", ".join(found[:_FILES])
        more = Text(f" and {n} more", f" và {n} tệp nữa") if (n := len(found) - _FILES) > 0 else Text("", "")
        yield Reason(
            rule,
            Text(f"{reason.en}: {names}{more.en}", f"{reason.vi}: {names}{more.vi}"),
            Place(found[0]),
            None,
            Edit(
                Text(f"move {names}{more.en} into a change of its own", f"tách {names}{more.vi} thành thay đổi riêng"),
                elsewhere,
                undoes=True,
            ),
        )


def _many(changes: Iterable[Change], policy: ReviewPolicySpec) -> Iterable[Reason]:
    tenants = sorted({c.name for c in changes if c.kind == "Tenant"})
    if len(tenants) >= policy.many_tenants:
        reason, count = text(policy.many.reason), len(tenants)
        yield Reason(
            policy.many,
            Text(f"{reason.en}: {count}", f"{reason.vi}: {count}"),
            Place(""),
            None,
            Edit(
                Text(
                    f"split it into changes of fewer than {policy.many_tenants} tenants",
                    f"chia thành các thay đổi dưới {policy.many_tenants} tenant",
                ),
                elsewhere,
            ),
        )
