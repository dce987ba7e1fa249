"""A check: an id, the controls that it speaks for, its subjects, and how one subject is examined."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from govcloud.audit.access import Access
from govcloud.audit.result import CheckResult, Finding, conclude
from govcloud.audit.verdict import Verdict
from govcloud.clouds.request import Api, Request, collection
from govcloud_base.errors import Text

__all__ = ["BlindError", "Check", "Examination", "by_tenant", "once", "read_all"]


class BlindError(Exception):
    """The check could not look: not permitted, no answer, no such thing. Never "nothing found"."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


@dataclass(frozen=True)
class Examination:
    """What examining a subject yields: how much was to be examined, and a finding for each thing that was."""

    declared: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Check:
    """One check. Calling it never raises for what the cloud does: it concludes."""

    id: str
    controls: tuple[str, ...]
    subjects: Callable[[Access], tuple[str, ...]]
    examine: Callable[[str, Access], Examination]
    node: bool = False
    """Whether it needs pods that really run."""

    def __call__(self, subject: str, access: Access) -> CheckResult:
        """Examine the subject and return the result; a check that was blinded is ERROR."""
        try:
            examination = self.examine(subject, access)
        except BlindError as blinded:
            finding = Finding(Text("looking", "việc xem xét"), Verdict.ERROR, blinded.reason)
            return conclude(self.id, self.controls, subject, 1, [finding])
        return conclude(self.id, self.controls, subject, examination.declared, examination.findings)


def by_tenant(access: Access) -> tuple[str, ...]:
    """Subjects of a check that examines each tenant."""
    return tuple(access.tenants)


def once(_access: Access) -> tuple[str, ...]:
    """Subjects of a check that examines the whole cloud at once."""
    return ("cloud",)


def read_all(api: Api, group: str, plural: str, namespace: str | None = None) -> list[dict[str, Any]]:
    """Return every object of a kind, page by page; raises BlindError where the identity may not look or nothing
    answers."""
    found: list[dict[str, Any]] = []
    token = ""
    while True:
        query = {"limit": "500", **({"continue": token} if token else {})}
        request = Request("GET", collection(group, plural, namespace), query=query)
        answer = api.send(request)
        if not answer.ok:
            raise BlindError(answer.to(request))
        body = answer.json()
        if not isinstance(body.get("items"), list):
            raise BlindError(Text(f"{request}: the answer holds no list", f"{request}: trả lời không chứa danh sách"))
        found += body["items"]
        token = str(body.get("metadata", {}).get("continue") or "")
        if not token:
            return found


def unique(checks: Iterable[Check]) -> tuple[Check, ...]:
    """Return the checks as a suite; raises ValueError where two share an id, for one would hide the other."""
    suite = tuple(checks)
    ids = [check.id for check in suite]
    doubled = sorted({name for name in ids if ids.count(name) > 1})
    if doubled:
        raise ValueError(f"checks with the same id: {', '.join(doubled)}")
    return suite
