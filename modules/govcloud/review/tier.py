"""The review policy applied to each single change: which tier it has, why, and which edit would make it automatic."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pydantic.alias_generators import to_camel, to_snake

from govcloud.model.declaration import Title
from govcloud.model.quantity import format_bytes
from govcloud.model.quota import Quota
from govcloud.model.review_policy import ChangeRule, Consequence, ReviewPolicySpec
from govcloud.model.tenant import Tenant
from govcloud.review.difference import Change, matches
from govcloud.review.edit import Edit, assigning, undoing
from govcloud.rules.wording import kind, resource
from govcloud_base.errors import Place, Text

__all__ = ["Reason", "highest", "of_change", "subject", "text"]


@dataclass(frozen=True)
class Reason:
    """Why a change has at least a tier."""

    rule: Consequence
    """What the policy demands."""
    what: Text
    """The change in words."""
    place: Place
    """Where to look."""
    key: tuple[str, str] | None = None
    """(kind, name) of the declaration that changes, from which approvers follow."""
    edit: Edit | None = None
    """The smallest edit after which this reason is gone; None where no edit of the declaration can do that."""


def text(title: Title) -> Text:
    """Return a title as messages carry it; a title without English is shown as it is."""
    return Text(title.en or title.vi, title.vi)


def highest(tiers: Iterable[str], policy: ReviewPolicySpec) -> str:
    """Return the gravest of `tiers`; the least of the policy where there is none."""
    order = list(policy.tiers)
    return max(tiers, key=order.index, default=order[0])


def subject(change: Change) -> Text:
    """Return what changes: the declaration, and where a value does, its field in the words of the file."""
    english, vietnamese = f"{change.kind} {change.name}", f"{kind(change.kind)} {change.name}"
    field = change.field.removeprefix("spec.")
    return Text(f"{english}: {field}", f"{vietnamese}: trường {field}") if change.path else Text(english, vietnamese)


def of_change(change: Change, policy: ReviewPolicySpec) -> Reason:
    """Return the reason that a change gives; what no rule covers is unforeseen."""
    rule: Consequence = next((r for r in policy.changes if _fits(r, change)), policy.unforeseen)
    reason, automatic = text(rule.reason), next(iter(policy.tiers))
    changed, values = subject(change), _values(change)
    what = Text(f"{reason.en}: {changed.en}{values}", f"{reason.vi}: {changed.vi}{values}")
    key = (change.kind, change.name)
    if rule.tier == automatic:
        return Reason(rule, what, change.place, key)
    return Reason(rule, what, change.place, key, _edit(change, policy, automatic))


def _values(change: Change) -> str:
    before, after = change.written_before, change.written_after
    if not change.path:
        return ""
    if change.sense == "added":
        return f" + {after}" if after else " +"
    if change.sense == "removed":
        return f" - {before}" if before else " -"
    return f" {before} → {after}"


def _fits(rule: ChangeRule, change: Change) -> bool:
    return _speaks_of(rule, change) and not _exceeded(rule, change)


def _speaks_of(rule: ChangeRule, change: Change) -> bool:
    if rule.kind != change.kind or (rule.sense is not None and change.sense not in rule.sense):
        return False
    return not change.path if rule.field is None else bool(change.path) and matches(rule.field, change.path)


def _exceeded(rule: ChangeRule, change: Change) -> frozenset[str]:
    """Return which bounds of the rule the change exceeds."""
    over = set()
    if rule.at_most_percent is not None:
        before, after = change.before, change.after
        if not (isinstance(before, int) and isinstance(after, int)) or after * 100 > _bound(rule, before) * 100:
            over.add("percent")
    levels = [getattr(d.spec, "level", None) for d in (change.before, change.after) if hasattr(d, "spec")]
    if rule.at_most_level is not None and any(level is None or level > rule.at_most_level for level in levels):
        over.add("level")
    if rule.at_most_quota is not None and _beyond(rule.at_most_quota, change):
        over.add("quota")
    return frozenset(over)


def _bound(rule: ChangeRule, before: int) -> int:
    assert rule.at_most_percent is not None
    return before * (100 + rule.at_most_percent) // 100


def _beyond(most: Quota, change: Change) -> list[str]:
    if not isinstance(change.after, Tenant):
        return list(Quota.RESOURCES)
    asked = change.after.spec.quota
    return [r for r in Quota.RESOURCES if asked.amount(r) > most.amount(r)]


def _edit(change: Change, policy: ReviewPolicySpec, automatic: str) -> Edit | None:
    """Return the smallest edit that a rule without people would accept; None where a change has none."""
    for rule in policy.changes:
        if rule.tier == automatic and _speaks_of(rule, change):
            over = _exceeded(rule, change)
            if "level" in over:
                return None  # a level follows from facts; nobody is asked to bend them
            if smaller := _smaller(rule, change, over):
                return smaller
    if change.kind == "Tenant" and not change.path and change.sense == "added":
        return None
    what = subject(change)
    if change.path and change.written_before is not None and change.sense in ("raised", "lowered", "changed"):
        says = Text(f"leave {what.en} at {change.written_before}", f"giữ {what.vi} là {change.written_before}")
    elif change.sense == "removed":
        says = Text(f"put {what.en} back", f"khôi phục {what.vi}")
    else:
        says = Text(f"leave {what.en} out", f"bỏ {what.vi} khỏi thay đổi")
    return Edit(says, undoing(change), undoes=True)


def _smaller(rule: ChangeRule, change: Change, over: frozenset[str]) -> Edit | None:
    """Return the edit that asks for as much as the rule covers."""
    key = (change.kind, change.name)
    if over == {"percent"} and isinstance(change.before, int) and change.before:
        written, bound = _write(change, _bound(rule, change.before))
        return Edit(_to(change, written), assigning(key, {change.path: bound}))
    if over == {"quota"} and rule.at_most_quota is not None and isinstance(change.after, Tenant):
        return _within(rule.at_most_quota, change.after)
    return None


def _within(most: Quota, tenant: Tenant) -> Edit:
    """Return the edit that keeps a new tenant, and each of its environments, within a budget."""
    resources = [r for r in Quota.RESOURCES if tenant.spec.quota.amount(r) > most.amount(r)]
    asked = ", ".join(f"{r} {most.written(r)}" for r in resources)
    named = ", ".join(f"{resource(r)} {most.written(r)}" for r in resources)
    values: dict[tuple[str, ...], int] = {("spec", "quota", to_camel(r)): most.amount(r) for r in resources}
    larger: dict[tuple[str, ...], int] = {
        ("spec", "environments", name, "quota", to_camel(r)): most.amount(r)
        for name, environment in tenant.spec.environments.items()
        for r in resources
        if environment.quota.amount(r) > most.amount(r)
    }
    within = ", ".join(sorted({path[2] for path in larger}))
    says = Text(
        f"ask for at most {asked}" + (f", in {within} as well" if within else ""),
        f"chỉ xin tối đa {named}" + (f", cả trong {within}" if within else ""),
    )
    return Edit(says, assigning((tenant.kind, tenant.name), {**values, **larger}))


def _to(change: Change, bound: str) -> Text:
    what = subject(change)
    return Text(f"raise {what.en} to at most {bound}", f"tăng {what.vi} tối đa đến {bound}")


def _write(change: Change, amount: int) -> tuple[str, int]:
    """Return an amount as the file writes it, bytes in whole mebibytes where they are that large, and what that is."""
    last = to_snake(change.path[-1])
    if last in ("memory", "storage", "object_storage", "ephemeral_storage", "quota") and amount >= 1 << 20:
        amount = amount >> 20 << 20
    if last in Quota.RESOURCES:
        return Quota.write(last, amount), amount
    return (format_bytes(amount) if last == "quota" else str(amount)), amount  # quota: of a bucket
