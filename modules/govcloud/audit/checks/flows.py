"""NET-02 and NET-04 measured: from a real pod in every namespace to every other, open is exactly what was declared.

A closed port proves nothing by itself: the listener may be dead, or nothing may be enforced. So every listener must
answer from inside its own pod, and a rule made for the purpose must turn a closed flow open and closed again.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from govcloud.audit.access import Access, DeclaredFlow
from govcloud.audit.check import BlindError, Check, Examination, by_tenant
from govcloud.audit.comparison import AS_DECLARED
from govcloud.audit.probe_pods import Measured, Probes, deployed
from govcloud.audit.result import Finding
from govcloud.audit.run import LABEL, Run
from govcloud.audit.verdict import Verdict
from govcloud.clouds.request import Request, collection
from govcloud_base.errors import Text

__all__ = ["CHECK", "judge", "listeners", "ports_in_use", "relation", "undeclared"]

_CANARY = Text("canary", "luồng thử")
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
    flows: Iterable[tuple[str, str, int]], declared: frozenset[DeclaredFlow], measured: Measured
) -> list[Finding]:
    """Return a finding for each ordered pair; a difference is named with source, target, port and both answers."""
    by_pair: dict[tuple[str, str], list[Text]] = {}
    missing: set[tuple[str, str]] = set()
    for source, target, port in flows:
        pair = by_pair.setdefault((source, target), [])
        if (source, target, port) not in measured:
            missing.add((source, target))
            continue
        wanted, found = DeclaredFlow(source, target, port) in declared, measured[source, target, port]
        if wanted is not found:
            pair.append(_differs(f"{source} > {target}:{port}", wanted))
    return [
        Finding(Text.quoted(f"{a} > {b}"), Verdict.FAIL, Text.joined(wrong))
        if wrong
        else Finding(Text.quoted(f"{a} > {b}"), Verdict.ERROR, Text("not measured", "chưa đo được"))
        if (a, b) in missing
        else Finding(Text.quoted(f"{a} > {b}"), Verdict.PASS, AS_DECLARED)
        for (a, b), wrong in by_pair.items()
    ]


def _differs(way: str, wanted: bool) -> Text:
    if wanted:
        return Text(f"{way} declared open, measured closed", f"{way} khai báo mở, đo thấy đóng")
    return Text(f"{way} declared closed, measured open", f"{way} khai báo đóng, đo thấy mở")


def listeners(namespaces: Iterable[str], ports: Iterable[int], reached: Measured) -> dict[str, Finding]:
    """Return a finding for each namespace's listener: that it answers from inside its own pod."""
    numbers = tuple(ports)
    findings = {}
    for namespace in sorted(namespaces):
        dead = [str(port) for port in numbers if not reached.get((namespace, namespace, port))]
        name = Text(f"listener in {namespace}", f"nơi lắng nghe trong {namespace}")
        findings[namespace] = (
            Finding(
                name,
                Verdict.ERROR,
                Text(
                    f"does not answer on {', '.join(dead)}, so closed proves nothing",
                    f"không trả lời ở {', '.join(dead)}, nên việc đóng không chứng minh được gì",
                ),
            )
            if dead
            else Finding(
                name, Verdict.PASS, Text("answers from inside its own pod", "trả lời từ bên trong chính Pod của nó")
            )
        )
    return findings


def _examine(subject: str, access: Access) -> Examination:
    """Measure from the tenant's namespaces to every other that can be looked at.

    One that cannot is named where it belongs, as its own tenant's: a zone that is full spoils nobody else's result.
    """
    namespaces, ports = access.namespaces(), ports_in_use(access.flows)
    if not ports:
        raise BlindError(
            Text(
                "the declaration opens nothing, so there is no flow by which to see that flows exist",
                "khai báo không mở luồng nào, nên không có luồng để thấy rằng các luồng tồn tại",
            )
        )
    own = access.tenants[subject].namespaces
    with deployed(access.prober, access.run, namespaces, ports) as probes:
        reached = probes.measure((name, name, port) for name in probes.standing(namespaces) for port in ports)
        heard = listeners(probes.standing(namespaces), ports, reached)
        alive = tuple(name for name, finding in heard.items() if finding.verdict is Verdict.PASS)
        sources = tuple(name for name in own if name in alive)
        canary = _canary(access, probes, sources, alive)
        pairs = [flow for flow in relation(alive, ports) if flow[0] in sources]
        measured = _patiently(probes, access.flows, pairs)
        # a probe that went meanwhile is missed where it belongs as well
        pairs = [flow for flow in pairs if not {flow[0], flow[1]} & probes.blind.keys()]
        findings = probes.seen(own)
    findings += [*(heard[name] for name in own if name in heard), canary]
    findings += judge(pairs, access.flows, measured)
    return Examination(2 * len(own) + 1 + len({flow[:2] for flow in pairs}), tuple(findings))


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


def _canary(access: Access, probes: Probes, sources: tuple[str, ...], targets: tuple[str, ...]) -> Finding:
    """Return whether a rule opens a closed flow and its removal closes it: that rules, and nothing else, decide.

    A target where no rule can be made, or whose probe went, is its tenant's affair: another will do.
    """
    reason = Text("there is nowhere to try it", "không có nơi nào để thử")
    while sources:
        try:
            flow = undeclared(access, probes.standing(sources), probes.standing(targets))
            return _flip(access, probes, flow)
        except NothingUndeclared:
            break
        except BlindError as error:
            reason = error.reason
            targets = tuple(name for name in targets if name != flow[1])
    return Finding(_CANARY, Verdict.ERROR, reason)


class NothingUndeclared(BlindError):
    """Every flow between the namespaces that can be looked at is declared."""


def _flip(access: Access, probes: Probes, flow: tuple[str, str, int]) -> Finding:
    name, way = _CANARY, f"{flow[0]} > {flow[1]}:{flow[2]}"
    if _measured(probes, flow):
        return Finding(
            name, Verdict.FAIL, Text(f"{way} is open before anybody opened it", f"{way} đã mở khi chưa ai mở")
        )
    opening = _opening(access.run, flow)
    try:
        for request in opening:
            answer = probes.api.send(request)
            if not answer.ok:
                raise BlindError(answer.to(request))
        if not _becomes(probes, flow, True):
            return Finding(
                name,
                Verdict.ERROR,
                Text(
                    f"{way} stays closed under a rule that opens it: closed proves nothing",
                    f"{way} vẫn đóng dù có quy tắc mở: việc đóng không chứng minh được gì",
                ),
            )
    finally:
        for request in opening:
            probes.api.send(Request("DELETE", f"{request.path}/{access.run.probe}"))
    if not _becomes(probes, flow, False):
        return Finding(
            name,
            Verdict.FAIL,
            Text(f"{way} stays open after its rule has gone", f"{way} vẫn mở sau khi quy tắc của nó đã bị gỡ"),
        )
    return Finding(
        name,
        Verdict.PASS,
        Text(
            "a rule opened a closed flow, and its removal closed it",
            "một quy tắc mở được luồng đang đóng, và gỡ quy tắc thì luồng đóng lại",
        ),
    )


def undeclared(access: Access, sources: Iterable[str], targets: tuple[str, ...]) -> tuple[str, str, int]:
    """Return a flow that nobody declared, to another tenant's home where one can be looked at.

    Raises NothingUndeclared where there is none.
    """
    ports = ports_in_use(access.flows)
    homes = {tenant.home for tenant in access.tenants.values()}
    for source in sources:
        owner = next(t for t in access.tenants.values() if source in t.namespaces)
        for target in sorted(targets, key=lambda name: (name in owner.namespaces, name not in homes)):
            for port in ports:
                if source != target and DeclaredFlow(source, target, port) not in access.flows:
                    return source, target, port
    raise NothingUndeclared(
        Text(
            "every flow to namespaces that can be looked at is declared",
            "mọi luồng tới các namespace xem được đều đã khai báo",
        )
    )


def _opening(run: Run, flow: tuple[str, str, int]) -> list[Request]:
    source, target, port = flow

    def rule(namespace: str, direction: str, end: str, other: str) -> Request:
        peer = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": other}}}
        spec: Mapping[str, Any] = {
            # The run's own pods, and nobody else's, for the moment that it takes.
            "podSelector": {"matchLabels": {LABEL: run.mark}},
            "policyTypes": [direction],
            direction.lower(): [{end: [peer], "ports": [{"protocol": "TCP", "port": port}]}],
        }
        body = {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": {"name": run.probe, "namespace": namespace, "labels": {LABEL: run.mark}},
            "spec": spec,
        }
        return Request("POST", collection("networking.k8s.io", "networkpolicies", namespace), body)

    return [rule(target, "Ingress", "from", source), rule(source, "Egress", "to", target)]


def _becomes(probes: Probes, flow: tuple[str, str, int], opened: bool) -> bool:
    deadline = time.monotonic() + _FLIP_SECONDS
    while time.monotonic() < deadline:
        if _measured(probes, flow) is opened:
            return True
    return False


def _measured(probes: Probes, flow: tuple[str, str, int]) -> bool:
    """Return whether the flow is open; raises BlindError where one of its ends can no longer be looked at."""
    measured = probes.measure([flow])
    if flow not in measured:
        raise BlindError(Text.joined(probes.blind[name] for name in flow[:2] if name in probes.blind))
    return measured[flow]


CHECK = Check("NET-04.flows", ("NET-02", "NET-04"), by_tenant, _examine, node=True)
