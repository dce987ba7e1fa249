"""A review as a comment of a merge request: what decides first, the rest folded; untrusted text never as markup."""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction

from pydantic.alias_generators import to_camel

from govcloud.model.review_policy import ReviewPolicySpec
from govcloud.report.folding import Cause, folded
from govcloud.review.review import WORKING_TREE, Review
from govcloud.review.tier import text
from govcloud.rules import wording
from govcloud_base.errors import Language, Problem, Severity, Text

__all__ = ["MARKER", "markdown", "vnd", "why"]

MARKER = "<!-- govcloud-review -->"
"""First line, by which a workflow finds the comment that it replaces."""
_LARGEST = 60_000
"""Characters; GitHub takes no comment of more than 65,536, and no comment would be worse than a short one."""
_MOST = 8
"""Entries of a list that are shown at once."""
_MARKUP = re.compile(r"([\\`*{}\[\]<>#|~@&$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9]))")
_LIVE = re.compile(r"\\?[@#!](?=\w)|:(?=//)|www(?=\.)", re.IGNORECASE)

_WORDS = {
    "base": Text("base", "gốc"),
    "head": Text("head", "mới"),
    "by": Text("from", "của"),
    "working": Text("working tree", "thư mục đang sửa"),
    "centre": Text("the centre", "trung ương"),
    "why": Text("Why", "Lý do"),
    "approve": Text("Must approve", "Người phải duyệt"),
    "another": Text("another person than the author", "người khác người gửi"),
    "errors": Text("Must be mended", "Phải sửa"),
    "warnings": Text("Warnings", "Cảnh báo"),
    "weaker": Text("Protection that is given up", "Bảo vệ bị bớt đi"),
    "auto": Text("Smallest edit that needs nobody", "Sửa ít nhất để được tự động duyệt"),
    "gained": Text("can newly reach", "kết nối mới"),
    "lost": Text("can no longer reach", "không còn kết nối"),
    "reach": Text("Reachability", "Khả năng kết nối"),
    "budget": Text("Budgets", "Ngân sách"),
    "columns": Text(
        "| budget | resource | size | given away | remains |", "| ngân sách | tài nguyên | tổng | đã cấp | còn lại |"
    ),
    "resources": Text("Resources", "Tài nguyên"),
    "none": Text("nothing changes in the cloud", "không có gì thay đổi trên đám mây"),
    "unknown": Text("not rendered: mend the errors first", "chưa tính được: hãy sửa lỗi trước"),
    "addresses": Text("Addresses", "Địa chỉ"),
    "cost": Text("Cost a month", "Chi phí mỗi tháng"),
    "unpriced": Text("unknown: the cloud has no price list", "chưa rõ: đám mây chưa có bảng giá"),
    "illustrated": Text(
        "an illustration: no published source confirms these prices",
        "chỉ để minh họa: chưa có nguồn công bố xác nhận các giá này",
    ),
    "same": Text("unchanged", "không đổi"),
    "next": Text("Next", "Bước tiếp theo"),
    "all": Text("All changes", "Mọi thay đổi"),
    "further": Text("{} more follow from this", "kéo theo {} lỗi khác"),
    "more": Text("and {} more", "và {} mục nữa"),
    "cut": Text(
        "Cut here: too long for a comment; `govcloud review` prints all of it",
        "Cắt tại đây: quá dài cho một bình luận; `govcloud review` in ra đầy đủ",
    ),
    "presumed": Text(
        "presumed from the files: unless the author speaks for it, somebody of it approves",
        "suy từ các tệp: nếu người gửi không đại diện cơ quan này thì cơ quan này phải duyệt",
    ),
    "mended": Text("{} findings mended, {} from before stand", "đã sửa {} lỗi, còn {} lỗi từ trước"),
}


def markdown(review: Review, language: Language) -> str:
    """Return the comment, ending in a newline."""
    say = _Speaker(language)
    lines = list(_lines(review, say))
    room = _LARGEST
    for number, line in enumerate(lines):
        room -= len(line) + 1
        if room < 0:
            # Inside the folded list or not, an empty line ends what was open; a tag too many does no harm.
            return "\n".join([*lines[:number], "", "</details>", "", f"**{say('cut')}**"]) + "\n"
    return "\n".join(lines) + "\n"


def why(review: Review, language: Language) -> str:
    """Return only why a change has its tier, who must approve, and the smallest edit that needs nobody."""
    say = _Speaker(language)
    lines = [f"**{say.own(review.title)}**"]
    lines += [*_findings(review, say), *_why(review, say), *_approvers(review, say)]
    lines += [*_list(say("auto"), [say.own(edit) for edit in review.edits], say), "", say.own(review.next_step)]
    return "\n".join(lines)


class _Speaker:
    """Words in one language, and text of others made harmless."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, word: str, *values: object) -> str:
        return _WORDS[word].in_language(self.language).format(*values)

    def own(self, sentence: Text) -> str:
        """Return a sentence that may hold parts of a declaration."""
        return plain(sentence.in_language(self.language))

    def kind(self, name: str) -> str:
        """Return what a kind of declarations or objects is called."""
        return wording.kind(name) if self.language is Language.VI else name

    def resource(self, name: str) -> str:
        """Return what a resource of a quota is called."""
        return wording.RESOURCES[name].vi if self.language is Language.VI else to_camel(name)


def plain(untrusted: str) -> str:
    """Return text that no forge takes for markup, a mention, a reference, a link or a line of its own.

    Forges look for mentions and links in the text that is left when markup is done, so a backslash does not stop them;
    a space of no width does.
    """
    shown = "".join(c if c.isprintable() else " " for c in untrusted)
    return _LIVE.sub(lambda m: m[0] + "\u200b", _MARKUP.sub(r"\\\1", shown[:500]))


def vnd(amount: Fraction) -> str:
    """Return an amount of money, rounded to whole VND (half away from zero) and grouped: `1.234.568`."""
    whole = int(abs(amount) + Fraction(1, 2))
    return f"{'-' if amount < 0 and whole else ''}{whole:,}".replace(",", ".")


def _lines(review: Review, say: _Speaker) -> Iterable[str]:
    author = review.author or say("centre")
    yield MARKER
    yield f"### GovCloud: {say.own(review.title)}"
    yield ""
    doubt = f" ({say('presumed')})" if review.presumed else ""
    head = plain(review.head) if review.head != WORKING_TREE else say("working")
    yield f"{plain(review.base)} → {head}, {say('by')} {author}{doubt}, {review.date}"
    if review.nothing:
        yield ""
        yield say.own(review.next_step)
        return
    yield from _findings(review, say)
    yield from _why(review, say)
    yield from _approvers(review, say)
    yield from _list(say("auto"), [say.own(edit) for edit in review.edits], say)
    yield from _reach(review, say)
    yield from _budgets(review, say)
    yield from _numbers(review, say)
    yield ""
    yield f"**{say('next')}.** {say.own(review.next_step)}"
    yield from _folded(review, say)


def _list(title: str, entries: list[str], say: _Speaker) -> Iterable[str]:
    if not entries:
        return
    yield ""
    yield f"**{title}**"
    yield ""
    yield from (f"- {entry}" for entry in entries[:_MOST])
    if len(entries) > _MOST:
        yield f"- {say('more', len(entries) - _MOST)}"


def _findings(review: Review, say: _Speaker) -> Iterable[str]:
    causes = folded(review.introduced)
    errors = [c for c in causes if c.problem.severity is Severity.ERROR]
    warnings = [c for c in causes if c.problem.severity is not Severity.ERROR]
    yield from _list(say("errors"), [_cause(c, say) for c in errors], say)
    yield from _list(say("weaker"), [_finding(p, say, fix=False) for p in review.weakenings], say)
    yield from _list(say("warnings"), [_cause(c, say) for c in warnings], say)
    if review.mended or review.standing:
        yield ""
        yield say("mended", len(review.mended), review.standing)


def _cause(cause: Cause, say: _Speaker) -> str:
    """Return a finding; what follows from it, or is the same elsewhere, is counted."""
    further = len(cause.following) + len(cause.same)
    return _finding(cause.problem, say) + (f" ({say('further', further)})" if further else "")


def _finding(problem: Problem, say: _Speaker, *, fix: bool = True) -> str:
    place = f" {plain(str(problem.place))}" if problem.place else ""
    advice = f" → {say.own(problem.fix)}" if fix else ""
    return f"`{problem.code}`{place}: {say.own(problem.message)}{advice}"


def _why(review: Review, say: _Speaker) -> Iterable[str]:
    least = next(iter(review.policy.tiers))
    weighing = [r for r in review.reasons if r.rule.tier != least and r.rule.weakening is None]
    shown = [f"{say.own(r.what)} ({_tier(r.rule.tier, review.policy, say)})" for r in weighing]
    if not shown and not review.refused:
        shown = [say.own(r.what) for r in review.reasons]
    yield from _list(say("why"), shown, say)


def _approvers(review: Review, say: _Speaker) -> Iterable[str]:
    entries = []
    for approver in review.approvers:
        other = f" ({say('another')})" if approver.another_person else ""
        matters = "; ".join(say.own(matter) for matter in approver.decides[:_MOST])
        entries.append(f"**{approver.id}** {say.own(approver.title)}{other}{': ' if matters else ''}{matters}")
    yield from _list(say("approve"), entries, say)


def _tier(name: str, policy: ReviewPolicySpec, say: _Speaker) -> str:
    return say.own(text(policy.tiers[name].title))


def _reach(review: Review, say: _Speaker) -> Iterable[str]:
    entries = [f"+ {say('gained')}: {say.own(p.what)}" for p in review.gained]
    entries += [f"− {say('lost')}: {say.own(p.what)}" for p in review.lost]
    yield from _list(say("reach"), entries, say)


def _budgets(review: Review, say: _Speaker) -> Iterable[str]:
    if not review.budgets:
        return
    yield ""
    yield say("columns")
    yield "|---|---|---|---|---|"
    for b in review.budgets[:_MOST]:
        size = _arrow(b.written(b.before), b.written(b.after))
        used = _arrow(b.written(b.used_before), b.written(b.used_after))
        yield f"| {b.name} | {say.resource(b.resource)} | {size} | {used} | {b.written(b.remaining)} |"
    if len(review.budgets) > _MOST:
        yield ""
        yield say("more", len(review.budgets) - _MOST)


def _arrow(before: str, after: str) -> str:
    return after if before == after else f"{before} → {after}"


def _numbers(review: Review, say: _Speaker) -> Iterable[str]:
    yield ""
    yield f"**{say('resources')}.** {_resources(review, say)}"
    if review.addresses is not None:
        pools = [f"+ {plain(p)} ({s})" for s, p in review.addresses.taken]
        pools += [f"− {plain(p)} ({s})" for s, p in review.addresses.returned]
        full = [f"{plain(r)} {_percent(b)} → {_percent(a)}" for r, b, a in review.addresses.used]
        yield f"**{say('addresses')}.** {', '.join((*pools, *full))}"
    yield f"**{say('cost')}.** {_cost(review, say)}"


def _percent(share: Fraction) -> str:
    return f"{float(share * 100):.3g} %"


def _resources(review: Review, say: _Speaker) -> str:
    found = review.resources
    if found is None:
        return say("unknown")
    parts = [f"+ {say.kind(kind)} {name}" for kind, name in found.gained]
    parts += [f"− {say.kind(kind)} {name}" for kind, name in found.lost]
    parts = parts[:_MOST] + ([say("more", len(parts) - _MOST)] if len(parts) > _MOST else [])
    for kind, made, changed, gone in found.objects:
        signs = [f"{sign}{n}" for sign, n in (("+", made), ("~", changed), ("−", gone)) if n]
        parts.append(f"{say.kind(kind)} {' '.join(signs)}")
    return f"{', '.join(parts)} ({', '.join(found.stacks[:_MOST])})" if parts else say("none")


def _cost(review: Review, say: _Speaker) -> str:
    if review.costs is None:
        return say("unpriced")
    if not review.costs:
        return say("same")
    total = sum((c.change for c in review.costs), Fraction(0))
    each = [f"{c.tenant} {vnd(c.before)} → {vnd(c.after)}" for c in review.costs[:_MOST]]
    doubt = f" – {say('illustrated')}" if any(c.provisional for c in review.costs) else ""
    return f"{'+' if total > 0 else ''}{vnd(total)} VND ({'; '.join(each)}){doubt}"


def _folded(review: Review, say: _Speaker) -> Iterable[str]:
    """Yield every single change, for those who want to look."""
    if not review.reasons:
        return
    yield ""
    yield f"<details><summary>{say('all')}: {len(review.reasons)}</summary>"
    yield ""
    for reason in review.reasons[:100]:
        yield f"- {_tier(reason.rule.tier, review.policy, say)}: {say.own(reason.what)} ({plain(str(reason.place))})"
    if len(review.reasons) > 100:
        yield f"- {say('more', len(review.reasons) - 100)}"
    yield ""
    yield "</details>"
