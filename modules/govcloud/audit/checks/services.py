"""NET-04 by use: names resolve in every namespace, and through each link the other end answers with its own name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from govcloud.audit.access import Access, DeclaredService
from govcloud.audit.check import BlindError, Check, Examination, once
from govcloud.audit.probe_pods import deployed
from govcloud.audit.result import Finding
from govcloud.audit.verdict import Verdict

__all__ = ["CHECK", "judge"]

_NAME = "kubernetes.default.svc"
_PORT = 8080
_AGAIN = 3


def judge(
    resolved: Mapping[str, str | None], services: Iterable[DeclaredService], answers: Sequence[str | None]
) -> list[Finding]:
    """Return a finding for each namespace that asked for a name, and for each service that was used."""
    findings = [
        Finding(f"names in {namespace}", Verdict.PASS, f"{_NAME} is {address}")
        if address
        else Finding(f"names in {namespace}", Verdict.FAIL, f"{_NAME} does not resolve")
        for namespace, address in resolved.items()
    ]
    for service, answer in zip(services, answers, strict=True):
        if answer == service.answer:
            findings.append(Finding(str(service), Verdict.PASS, f"{answer} answered"))
        else:
            reason = f"expected {service.answer}, got {answer or 'no answer'}"
            findings.append(Finding(str(service), Verdict.FAIL, reason))
    return findings


def _examine(_subject: str, access: Access) -> Examination:
    if access.prober is None:
        raise BlindError("no identity may run probe pods in every namespace")
    namespaces, services = access.namespaces(), sorted(access.services)
    with deployed(access.prober, namespaces, (_PORT,)) as probes:
        questions = [(namespace, _NAME, 0, "") for namespace in namespaces]
        questions += [(s.source, s.host, s.port, s.path) for s in services]
        answers = probes.ask(questions)
        for _ in range(_AGAIN):
            # a busy machine is not a broken link
            open_ones = [question for question in questions if answers[question] is None]
            answers |= probes.ask(open_ones)
    resolved = {question[0]: answers[question] for question in questions[: len(namespaces)]}
    used = [answers[question] for question in questions[len(namespaces) :]]
    return Examination(len(questions), tuple(judge(resolved, services, used)))


CHECK = Check("NET-04.services", ("NET-04",), once, _examine, node=True)
