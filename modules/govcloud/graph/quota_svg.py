"""The quota tree as SVG: a row for each budget, a column for each resource, a bar for what is given away."""

from __future__ import annotations

from govcloud.graph.drawing import Drawing, fitted
from govcloud.graph.quota import Amount, Budget, QuotaTree
from govcloud.graph.selection import too_large
from govcloud.graph.words import Words
from govcloud_base.errors import Text

__all__ = ["draw"]

_MOST = 300
_LEFT, _NAMES, _INDENT, _COLUMN, _ROW, _TOP = 16, 430, 18, 172, 34, 84
_NEAR = 0.9
"""From this part of a budget on, the bar says that little is left."""


def draw(content: QuotaTree, words: Words) -> str:
    """Return the picture. Raises UsageError where it would be too large to read."""
    if len(content.budgets) > _MOST:
        raise too_large(Text("budgets", "ngân sách"), len(content.budgets), _MOST)
    heading = f"{content.title}: " + ("cây hạn mức" if words.vietnamese else "quota tree")
    drawing = Drawing(heading, _description(content, words), words.language)
    drawing.text(_LEFT, 30, heading, size=17, bold=True)
    note = "đã phân bổ / hạn mức" if words.vietnamese else "given away / budget"
    drawing.text(_LEFT, 50, note, colour="faint")
    start = _LEFT + _NAMES
    for column, resource in enumerate(content.resources):
        drawing.text(
            start + column * _COLUMN, _TOP - 12, fitted(words.resource(resource), _COLUMN - 8, 12, bold=True), bold=True
        )
    width = start + len(content.resources) * _COLUMN + _LEFT
    for row, budget in enumerate(content.budgets):
        _row(drawing, budget, _TOP + row * _ROW, width, words)
    return drawing.finish(width, _TOP + len(content.budgets) * _ROW + 12)


def _row(drawing: Drawing, budget: Budget, y: float, width: float, words: Words) -> None:
    whole = budget.kind in ("cloud", "tenant")
    if whole:
        drawing.box(_LEFT - 8, y, width - 2 * _LEFT + 16, _ROW - 3, "group" if budget.kind == "cloud" else "box")
    x = _LEFT + _INDENT * budget.depth
    hidden = f" (+ {budget.hidden})" if budget.hidden else ""
    label = " · ".join(
        part for part in (budget.name if whole else f"{words.kind(budget.kind)} {budget.name}", budget.title) if part
    )
    room = _NAMES - _INDENT * budget.depth - 12
    drawing.text(
        x,
        y + 20,
        fitted(label, room - 8 * len(hidden), 13, bold=whole) + hidden,
        size=13,
        bold=whole,
        colour="ink" if whole else "faint",
    )
    for column, amount in enumerate(budget.amounts):
        _amount(drawing, budget, amount, _LEFT + _NAMES + column * _COLUMN, y, words)


def _amount(drawing: Drawing, budget: Budget, amount: Amount, x: float, y: float, words: Words) -> None:
    if amount.spent is None or amount.used is None:
        if amount.budget != "0":
            drawing.text(x, y + 20, amount.budget, colour="faint")
        return
    if amount.budget == "0" and amount.spent == "0":
        return
    colour = "over" if amount.used > 1 else "near" if amount.used >= _NEAR else "good"
    full = _COLUMN - 22
    percent = f"{round(amount.used * 100)} %"
    hint = f"{budget.name} {words.resource(amount.resource)}: {amount.spent} / {amount.budget}, {percent}"
    drawing.text(x, y + 14, fitted(f"{amount.spent} / {amount.budget}", full, 11), size=11)
    drawing.box(x, y + 19, full, 7, "rest", hint=hint)
    drawing.box(x, y + 19, max(1.0, full * min(1.0, amount.used)), 7, colour, hint=hint)
    if amount.used > 1:
        drawing.text(x + full, y + 14, "!", colour="over", bold=True, anchor="end")


def _description(content: QuotaTree, words: Words) -> str:
    said = []
    for budget in content.budgets:
        spent = [f"{words.resource(a.resource)} {a.spent}/{a.budget}" for a in budget.amounts if a.spent is not None]
        if spent:
            said.append(f"{words.kind(budget.kind)} {budget.name}: {', '.join(spent)}")
    return ("Đã phân bổ trên hạn mức. " if words.vietnamese else "Given away of each budget. ") + "; ".join(said) + "."
