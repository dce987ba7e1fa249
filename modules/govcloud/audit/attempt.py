"""Attempts: an attack, the reasons for which it must be refused, and a benign twin that must succeed.

A refusal alone proves little: a misspelt manifest, a dead server and a lapsed certificate refuse as well.
So an attempt counts only when the refusal names the expected authority, and the same identity's harmless
twin goes through.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass

from govcloud.audit.result import Finding
from govcloud.audit.verdict import Verdict
from govcloud.clouds.request import Answer, Api, Request
from govcloud_base.errors import Text

__all__ = ["RBAC", "Attempt", "Authority", "Refusal", "allowed", "judge", "perform", "policy", "twin_failed"]


class Authority(enum.StrEnum):
    """Who may refuse a request."""

    RBAC = "rbac"
    """Authorisation: the identity holds no such right."""
    ESCALATION = "escalation"
    """Authorisation's second rule: nobody grants rights that he lacks."""
    POLICY = "policy"
    """One of our admission policies, by name and control."""
    POD_SECURITY = "pod-security"
    """The namespace's Pod Security level."""
    QUOTA = "quota"
    """The namespace's resource quota."""


_AUTHORITIES = {
    Authority.RBAC: Text("authorisation", "phân quyền"),
    Authority.ESCALATION: Text("the rule that nobody grants what he lacks", "quy tắc không ai cấp quyền mình không có"),
    Authority.POLICY: Text("an admission policy", "chính sách tiếp nhận"),
    Authority.POD_SECURITY: Text("Pod Security", "mức an toàn Pod Security"),
    Authority.QUOTA: Text("the quota", "hạn mức"),
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """An expected reason: the authority and, for a policy, its name and the control that its message begins
    with."""

    authority: Authority
    policy: str = ""
    control: str = ""

    def matches(self, answer: Answer) -> bool:
        """Return whether the answer is a refusal by this authority."""
        if answer.status not in (403, 422):
            return False
        text = answer.message
        match self.authority:
            case Authority.RBAC:
                return answer.status == 403 and " cannot " in text and "ValidatingAdmissionPolicy" not in text
            case Authority.ESCALATION:
                return "attempting to grant RBAC permissions not currently held" in text
            case Authority.POLICY:
                return f"ValidatingAdmissionPolicy '{self.policy}'" in text and f": {self.control}: " in text
            case Authority.POD_SECURITY:
                return 'violates PodSecurity "restricted' in text
            case Authority.QUOTA:
                return "exceeded quota" in text

    @property
    def described(self) -> Text:
        """Who refuses, in words."""
        if self.policy:
            return Text(f"policy {self.policy} ({self.control})", f"chính sách {self.policy} ({self.control})")
        return _AUTHORITIES[self.authority]


RBAC = Refusal(Authority.RBAC)


def policy(name: str, control: str) -> Refusal:
    """Return the refusal by the admission policy `govcloud-<name>` for this control."""
    return Refusal(Authority.POLICY, f"govcloud-{name}", control)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attack with its twin, both sent by the same identity."""

    name: Text
    attack: Request
    refusals: tuple[Refusal, ...]
    """Any of these reasons will do; defence in depth means that the first line answers."""
    twin: Request


def perform(api: Api, attempts: Iterable[Attempt]) -> list[Finding]:
    """Send every attempt and its twin, and judge the answers. A twin that several attempts share is sent
    once."""
    twins: dict[str, Answer] = {}
    findings = []
    for attempt in attempts:
        key = f"{attempt.twin} {attempt.twin.body}"
        if key not in twins:
            twins[key] = api.send(attempt.twin)
        findings.append(judge(attempt, api.send(attempt.attack), twins[key]))
    return findings


def judge(attempt: Attempt, attack: Answer, twin: Answer) -> Finding:
    """Return what the two answers prove."""
    if attack.ok:
        return Finding(attempt.name, Verdict.FAIL, allowed(attempt.attack, attack))
    if not twin.ok:
        return Finding(attempt.name, Verdict.ERROR, twin_failed(attempt.twin, twin))
    for refusal in attempt.refusals:
        if refusal.matches(attack):
            by = refusal.described
            return Finding(attempt.name, Verdict.PASS, Text(f"refused by {by.en}", f"bị từ chối bởi {by.vi}"))
    expected, got = [refusal.described for refusal in attempt.refusals], attack.described
    reason = Text(
        f"not refused by {' or '.join(by.en for by in expected)} but answered {got.en}",
        f"không bị từ chối bởi {' hoặc '.join(by.vi for by in expected)} mà nhận trả lời {got.vi}",
    )
    return Finding(attempt.name, Verdict.ERROR, reason)


def allowed(attack: object, answer: Answer) -> Text:
    """Return that an attack went through."""
    return Text(f"{attack} was allowed ({answer.status})", f"{attack} được chấp nhận ({answer.status})")


def twin_failed(twin: object, answer: Answer) -> Text:
    """Return that nothing can be concluded, for the harmless twin was refused as well."""
    said = answer.to(twin)
    return Text(
        f"the benign twin failed, so a refusal proves nothing: {said.en}",
        f"yêu cầu lành đối chứng cũng thất bại nên việc từ chối không chứng minh được gì: {said.vi}",
    )
