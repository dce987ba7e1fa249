"""Attempts at the object store: a call that must be refused with AccessDenied, and a signed twin that must succeed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from govcloud.audit.attempt import allowed, twin_failed
from govcloud.audit.result import Finding
from govcloud.audit.verdict import Verdict
from govcloud.clouds.object_store import StoreSession
from govcloud.clouds.request import Answer
from govcloud_base.errors import Text

__all__ = ["Call", "StoreAttempt", "judge", "perform"]


@dataclass(frozen=True)
class Call:
    """An S3 operation by its Python name, with arguments."""

    operation: str
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def send(self, session: StoreSession) -> Answer:
        """Make the call and return the answer."""
        return session.call(self.operation, **self.arguments)[0]

    def __str__(self) -> str:
        target = "/".join(str(self.arguments[key]) for key in ("Bucket", "Key") if key in self.arguments)
        return f"{self.operation} {target}"


@dataclass(frozen=True)
class StoreAttempt:
    """One attack and its twin; `undo` is called where the attack succeeded."""

    name: Text
    attack: Call
    twin: Call
    undo: Call | None = None
    codes: tuple[str, ...] = ("AccessDenied",)
    """Error codes by which the store refuses for the expected reason."""


def judge(attempt: StoreAttempt, attack: Answer, twin: Answer) -> Finding:
    """Return what the two answers prove."""
    if attack.ok:
        return Finding(attempt.name, Verdict.FAIL, allowed(attempt.attack, attack))
    if not twin.ok:
        return Finding(attempt.name, Verdict.ERROR, twin_failed(attempt.twin, twin))
    code = attack.text.partition(":")[0]
    if code in attempt.codes:
        return Finding(attempt.name, Verdict.PASS, Text(f"refused with {code}", f"bị từ chối với mã {code}"))
    got = attack.described
    reason = Text(
        f"not {' or '.join(attempt.codes)} but {got.en}",
        f"không phải {' hoặc '.join(attempt.codes)} mà là {got.vi}",
    )
    return Finding(attempt.name, Verdict.ERROR, reason)


def perform(attempts: Iterable[StoreAttempt], attacker: StoreSession, owner: StoreSession) -> list[Finding]:
    """Send each attempt as `attacker` and its twin as `owner`, and judge the answers."""
    findings = []
    for attempt in attempts:
        twin = attempt.twin.send(owner)
        attack = attempt.attack.send(attacker)
        if attack.ok and attempt.undo:
            attempt.undo.send(attacker)
        findings.append(judge(attempt, attack, twin))
    return findings
