"""What one check found for one subject, as reports and tests read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from govcloud.audit.verdict import Verdict, worst
from govcloud_base.errors import Language, Text

__all__ = ["CheckResult", "Finding", "conclude"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing examined: what was asked, what came of it, and why that verdict."""

    name: Text
    verdict: Verdict
    reason: Text

    def render(self, language: Language) -> str:
        """Return the finding as one line."""
        return f"{self.verdict.value} {self.name.in_language(language)}: {self.reason.in_language(language)}"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The record of one check on one subject."""

    id: str
    """The check's id: `TEN-05.pod-hardening`."""
    controls: tuple[str, ...]
    """Ids of the controls that the check speaks for."""
    subject: str
    """Whom it examined: a tenant, or an ordered pair of tenants `h41 > g09`."""
    declared: int
    """How many things the check set out to examine, known before it looked."""
    examined: int
    """How many it did examine, each with an answer that proves something."""
    verdict: Verdict
    reason: Text
    """One line; for anything but PASS it names the worst finding."""
    findings: tuple[Finding, ...] = ()
    """Every thing examined, in order, passed ones included."""

    def render(self, language: Language) -> str:
        """Return the result in one line, and a line for each finding that did not pass."""
        said = self.reason.in_language(language)
        head = f"{self.verdict.value} {self.id} [{self.subject}] {self.examined}/{self.declared}: {said}"
        bad = [f"  {f.render(language)}" for f in self.findings if f.verdict is not Verdict.PASS]
        return "\n".join([head, *bad])

    def __str__(self) -> str:
        return self.render(Language.EN)


def conclude(
    check: str, controls: tuple[str, ...], subject: str, declared: int, findings: Iterable[Finding]
) -> CheckResult:
    """Return the result that the findings amount to.

    A violation stays FAIL whatever else went wrong. Otherwise a check that set out to examine nothing, or
    examined less than it declared, is ERROR: a silence must never read as a pass.
    """
    seen = tuple(findings)
    examined = sum(finding.verdict not in (Verdict.ERROR, Verdict.MISSING) for finding in seen)
    verdict = worst(finding.verdict for finding in seen)
    if verdict is not Verdict.FAIL and (declared == 0 or examined < declared):
        verdict = Verdict.ERROR
    return CheckResult(
        id=check,
        controls=controls,
        subject=subject,
        declared=declared,
        examined=examined,
        verdict=verdict,
        reason=_reason(verdict, declared, examined, seen),
        findings=seen,
    )


def _reason(verdict: Verdict, declared: int, examined: int, findings: tuple[Finding, ...]) -> Text:
    named = [finding for finding in findings if finding.verdict is verdict]
    if verdict is Verdict.PASS:
        return Text(
            f"{examined} of {declared} examined, all as required",
            f"đã xem {examined} trên {declared} mục, tất cả đúng yêu cầu",
        )
    if named:
        first, more = named[0], len(named) - 1
        others = Text(f" (and {more} more)", f" (và {more} mục khác)") if more else Text.quoted("")
        return Text.joined([first.name, Text.quoted(": "), first.reason, others], "")
    return Text(f"examined {examined} of {declared}", f"chỉ xem được {examined} trên {declared} mục")
