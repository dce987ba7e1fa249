"""NET-02 and NET-04 measured: from a real pod in every namespace to every other, open is exactly what was declared.

A closed port proves nothing by itself: the listener may be dead, or nothing may be enforced. So every listener must
answer from inside its own pod, and a rule made for the purpose must turn a closed flow open and closed again.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from govcloud.audit.access import Access, DeclaredFlow
from govcloud.audit.check import BlindError, Check, Examination, once
from govcloud.audit.probe_pods import Measured, Probes, deployed
from govcloud.audit.request import Api, Request, collection
from govcloud.audit.result import Finding
from govcloud.audit.verdict import Verdict

__all__ = ["CHECK", "judge", "listeners", "ports_in_use", "relation"]

_CANARY = "govcloud-audit-canary"
_FLIP_SECONDS = 30.0
_AGAIN = 3
"""How often a flow that should be open is tried again, more patiently: a busy machine is not a closed port."""


def ports_in_use(flows: Iterable[DeclaredFlow]) -> tuple[int, ...]:
    """Return every port of the declaration; each is tried between every two namespaces."""
    return tuple(sorted({flow.port for flow in flows}))


def relation(namespaces: Iterable[str], ports: Iterable[int]) -> list[tuple[str, str, int]]:
    """Return every ordered pair of different namespaces with every port."""
    names, numbers = sorted(namespaces), tuple(ports)
    return [(a, b, port) for a in names for b in names if a != b for port in numbers]


def judge(
    namespaces: Iterable[str], ports: Iterable[int], declared: frozenset[DeclaredFlow], measured: Measured
) -> list[Finding]:
    """Return a finding for each ordered pair; a difference is named with source, target, port and both answers."""
    by_pair: dict[tuple[str, str], list[str]] = {}
    missing: set[tuple[str, str]] = set()
    for source, target, port in relation(namespaces, ports):
        pair = by_pair.setdefault((source, target), [])
        if (source, target, port) not in measured:
            missing.add((source, target))
            continue
        wanted, found = DeclaredFlow(source, target, port) in declared, measured[source, target, port]
        if wanted is not found:
            pair.append(f"{source} > {target}:{port} declared {_word(wanted)}, measured {_word(found)}")
    return [
        Finding(f"{a} > {b}", Verdict.FAIL, "; ".join(wrong))
        if wrong
        else Finding(f"{a} > {b}", Verdict.ERROR, "not measured")
        if (a, b) in missing
        else Finding(f"{a} > {b}", Verdict.PASS, "as declared")
        for (a, b), wrong in by_pair.items()
    ]


def _word(opened: bool) -> str:
    return "open" if opened else "closed"


def listeners(namespaces: Iterable[str], ports: Iterable[int], reached: Measured) -> list[Finding]:
    """Return a finding for each listener: that it answers from inside its own pod."""
    numbers = tuple(ports)
    findings = []
    for namespace in sorted(namespaces):
        dead = [str(port) for port in numbers if not reached.get((namespace, namespace, port))]
        name = f"listener in {namespace}"
        findings.append(
            Finding(name, Verdict.ERROR, f"does not answer on {', '.join(dead)}, so closed proves nothing")
            if dead
            else Finding(name, Verdict.PASS, "answers from inside its own pod")
        )
    return findings


def _examine(_subject: str, access: Access) -> Examination:
    if access.prober is None:
        raise BlindError("no identity may run probe pods in every namespace")
    namespaces, ports = access.namespaces(), ports_in_use(access.flows)
    if not ports:
        raise BlindError("the declaration opens nothing, so there is no flow by which to see that flows exist")
    with deployed(access.prober, namespaces, ports) as probes:
        own = probes.measure((name, name, port) for name in namespaces for port in ports)
        findings = listeners(namespaces, ports, own)
        findings.append(_canary(access, probes))
        measured = _patiently(probes, access.flows, relation(namespaces, ports))
    findings += judge(namespaces, ports, access.flows, measured)
    return Examination(len(namespaces) + 1 + len(namespaces) * (len(namespaces) - 1), tuple(findings))


def _patiently(
    probes: Probes, declared: frozenset[DeclaredFlow], wanted: list[tuple[str, str, int]]
) -> dict[tuple[str, str, int], bool]:
    measured = dict(probes.measure(wanted))
    for round_ in range(1, _AGAIN + 1):
        shut = [flow for flow, found in measured.items() if not found and DeclaredFlow(*flow) in declared]
        if not shut:
            break
        measured.update(probes.measure(shut, seconds=2.0 + 2.0 * round_))
    return measured


def _canary(access: Access, probes: Probes) -> Finding:
    """Return whether a rule opens a closed flow and its removal closes it: that rules, and nothing else, decide."""
    name = "canary"
    flow = _undeclared(access, probes)
    assert access.prober is not None
    if probes.measure([flow])[flow]:
        return Finding(name, Verdict.FAIL, f"{flow[0]} > {flow[1]}:{flow[2]} is open before anybody opened it")
    opening = _opening(flow)
    try:
        for request in opening:
            answer = access.prober.send(request)
            if not answer.ok:
                raise BlindError(f"{request}: {answer}")
        if not _becomes(probes, flow, True):
            reason = f"{flow[0]} > {flow[1]}:{flow[2]} stays closed under a rule that opens it: closed proves nothing"
            return Finding(name, Verdict.ERROR, reason)
    finally:
        _remove(access.prober, opening)
    if not _becomes(probes, flow, False):
        return Finding(name, Verdict.FAIL, f"{flow[0]} > {flow[1]}:{flow[2]} stays open after its rule has gone")
    return Finding(name, Verdict.PASS, "a rule opened a closed flow, and its removal closed it")


def _undeclared(access: Access, probes: Probes) -> tuple[str, str, int]:
    """Return a flow between two tenants that nobody declared."""
    for a, b in access.pairs():
        source, target = access.tenants[a].home, access.tenants[b].home
        for port in probes.ports:
            if DeclaredFlow(source, target, port) not in access.flows:
                return source, target, port
    raise BlindError("every flow between tenants' homes is declared, so none can serve as a canary")


def _opening(flow: tuple[str, str, int]) -> list[Request]:
    source, target, port = flow

    def rule(namespace: str, direction: str, end: str, other: str) -> Request:
        peer = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": other}}}
        spec: Mapping[str, Any] = {
            "podSelector": {},
            "policyTypes": [direction],
            direction.lower(): [{end: [peer], "ports": [{"protocol": "TCP", "port": port}]}],
        }
        body = {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": _CANARY, "namespace": namespace},
            "spec": spec,
        }
        return Request("POST", collection("networking.k8s.io", "networkpolicies", namespace), body)

    return [rule(target, "Ingress", "from", source), rule(source, "Egress", "to", target)]


def _remove(api: Api, made: Iterable[Request]) -> None:
    for request in made:
        api.send(Request("DELETE", f"{request.path}/{_CANARY}"))


def _becomes(probes: Probes, flow: tuple[str, str, int], opened: bool) -> bool:
    deadline = time.monotonic() + _FLIP_SECONDS
    while time.monotonic() < deadline:
        if probes.measure([flow])[flow] is opened:
            return True
    return False


CHECK = Check("NET-04.flows", ("NET-02", "NET-04"), once, _examine, node=True)
