"""Results of a run as people and programs read them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from govcloud.audit.result import CheckResult
from govcloud.audit.verdict import Verdict, worst

__all__ = ["as_rows", "overall"]


def overall(results: Iterable[CheckResult]) -> Verdict:
    """Return the verdict of the whole run; a run without results is MISSING."""
    return worst(result.verdict for result in results)


def as_rows(results: Iterable[CheckResult]) -> list[dict[str, object]]:
    """Return the results as plain data, every finding included; sentences in both languages, `{"en": …, "vi": …}`."""
    return [asdict(result) for result in results]
