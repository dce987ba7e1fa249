"""NET-04 by use: names resolve in every namespace, and through each link the other end answers with its own name."""

from __future__ import annotations

from collections.abc import Mapping

from govcloud.audit.access import Access, DeclaredService
from govcloud.audit.check import Check, Examination, by_tenant
from govcloud.audit.probe_pods import deployed
from govcloud.audit.result import Finding
from govcloud.audit.verdict import Verdict
from govcloud_base.errors import Text

__all__ = ["CHECK", "judge"]

_NAME = "kubernetes.default.svc"
_PORT = 8080
_AGAIN = 3


def judge(resolved: Mapping[str, str | None], answers: Mapping[DeclaredService, str | None]) -> list[Finding]:
    """Return a finding for each namespace that asked for a name, and for each service that was used."""
    findings = [
        Finding(
            Text(f"names in {namespace}", f"tên trong {namespace}"),
            Verdict.PASS,
            Text(f"{_NAME} is {address}", f"{_NAME} là {address}"),
        )
        if address
        else Finding(
            Text(f"names in {namespace}", f"tên trong {namespace}"),
            Verdict.FAIL,
            Text(f"{_NAME} does not resolve", f"không phân giải được {_NAME}"),
        )
        for namespace, address in resolved.items()
    ]
    for service, answer in answers.items():
        if answer == service.answer:
            findings.append(
                Finding(Text.quoted(str(service)), Verdict.PASS, Text(f"{answer} answered", f"{answer} đã trả lời"))
            )
        else:
            reason = Text(
                f"expected {service.answer}, got {answer or 'no answer'}",
                f"chờ {service.answer}, nhận {answer or 'không có trả lời'}",
            )
            findings.append(Finding(Text.quoted(str(service)), Verdict.FAIL, reason))
    return findings


def _examine(subject: str, access: Access) -> Examination:
    own = access.tenants[subject].namespaces
    services = {(s.source, s.host, s.port, s.path): s for s in sorted(access.services) if s.source in own}
    names = {(namespace, _NAME, 0, ""): namespace for namespace in own}
    questions = [*names, *services]
    with deployed(access.prober, access.run, own, (_PORT,)) as probes:
        answers = probes.ask(questions)
        for _ in range(_AGAIN):
            # a busy machine is not a broken link
            answers |= probes.ask([question for question, answer in answers.items() if answer is None])
        # what a namespace asked that turned out to be blind proves nothing
        known = {q: answer for q, answer in answers.items() if q[0] in probes.standing(own)}
        findings = probes.seen(own)
    findings += judge(
        {namespace: known[q] for q, namespace in names.items() if q in known},
        {service: known[q] for q, service in services.items() if q in known},
    )
    return Examination(len(own) + len(questions), tuple(findings))


CHECK = Check("NET-04.services", ("NET-04",), by_tenant, _examine, node=True)
