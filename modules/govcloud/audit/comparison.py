"""Objects as the API server stores them beside what was declared, and amounts as it counts them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from govcloud.audit.result import Finding
from govcloud.audit.verdict import Verdict
from govcloud.comparison import changes
from govcloud.comparison.amounts import same_amount
from govcloud_base.errors import Text

__all__ = ["ABSENT", "AS_DECLARED", "NOT_THERE", "as_declared", "deviates", "same_quantities"]

ABSENT = Text("absent", "không có")
NOT_THERE = Text("is not there", "không tồn tại")
AS_DECLARED = Text("as declared", "đúng như khai báo")


def as_declared(title: Text, declared: Mapping[str, Any], live: Mapping[str, Any] | None) -> Finding:
    """Return the finding called `title`: whether a live object is what its whole manifest declares, and nothing more.

    Each deviation is named with what is live and what was declared.
    """
    if live is None:
        return Finding(title, Verdict.FAIL, NOT_THERE)
    found = Text.joined(deviates(c.field, _short(c.declared), _short(c.live)) for c in changes(declared, live))
    if found.en:
        reason = Text(f"differs from the declaration: {found.en}", f"khác với khai báo: {found.vi}")
        return Finding(title, Verdict.FAIL, reason)
    return Finding(title, Verdict.PASS, AS_DECLARED)


def deviates(field: str, declared: Text, live: Text) -> Text:
    """Return that a field is not as declared, with both values."""
    return Text(f"{field} is {live.en}, declared {declared.en}", f"{field} là {live.vi}, khai báo là {declared.vi}")


def _short(value: Any) -> Text:
    if value is None:
        return ABSENT
    text = str(value)
    return Text.quoted(text if len(text) <= 120 else text[:117] + "...")


def same_quantities(declared: Mapping[str, Any], live: Mapping[str, Any]) -> bool:
    """Return whether two resource lists say the same: `1024Mi` is `1Gi`. An extra or missing entry differs."""
    return declared.keys() == live.keys() and all(same_amount(declared[name], live[name]) for name in declared)
