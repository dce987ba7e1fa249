"""NET-04 towards hosts outside the cluster: the object store is reached from zones that hold keys, and from no other.

A zone that does not get through proves nothing unless somebody does at the same time, and unless its own packets get
anywhere at all: a declared zone must be answered, and every zone must be answered by the name service.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from govcloud.audit.access import Access, DeclaredHost
from govcloud.audit.check import BlindError, Check, Examination
from govcloud.audit.probe_pods import Probes, deployed
from govcloud.audit.result import Finding
from govcloud.audit.verdict import Verdict

__all__ = ["CHECK", "Host", "judge"]

_NAME = "kubernetes.default.svc"
_LISTENED = (8080,)
_AGAIN = 3

Host = tuple[str, int]
"""Address and port."""


def judge(
    alive: Mapping[str, bool], declared: frozenset[DeclaredHost], measured: Mapping[tuple[str, Host], bool]
) -> list[Finding]:
    """Return a finding for each namespace and host.

    `alive` tells of each namespace whether its packets get anywhere, `measured` whether the host answered it.
    """
    return [
        _finding(alive[source], DeclaredHost(source, *host) in declared, measured, source, host)
        for host in _hosts(declared)
        for source in sorted(alive)
    ]


def _finding(alive: bool, wanted: bool, measured: Mapping[tuple[str, Host], bool], source: str, host: Host) -> Finding:
    name = f"{source} > {host[0]}:{host[1]}"
    found = measured[source, host]
    if found and wanted:
        return Finding(name, Verdict.PASS, "answered, as declared")
    if found:
        return Finding(name, Verdict.FAIL, "declared closed, measured open")
    if not any(answered for (_, other), answered in measured.items() if other == host):
        return Finding(name, Verdict.ERROR, "answers nobody, so closed proves nothing")
    if not alive:
        return Finding(name, Verdict.ERROR, f"not even names resolve in {source}, so closed proves nothing")
    if wanted:
        return Finding(name, Verdict.FAIL, "declared open, measured closed")
    return Finding(name, Verdict.PASS, "closed, as declared")


def _hosts(declared: Iterable[DeclaredHost]) -> list[Host]:
    return sorted({(flow.address, flow.port) for flow in declared})


def _examine(_subject: str, access: Access) -> Examination:
    if access.prober is None:
        raise BlindError("no identity may run probe pods in every namespace")
    namespaces = access.namespaces()
    # a country has more clouds than the one that is examined: their stores are no business of these zones
    declared = frozenset(way for way in access.hosts if way.source in namespaces)
    hosts = _hosts(declared)
    if not hosts:
        raise BlindError("the declaration names no host outside, so there is nothing to measure")
    with deployed(access.prober, namespaces, _LISTENED) as probes:
        alive, measured = _measure(probes, namespaces, hosts, declared)
    return Examination(len(namespaces) * len(hosts), tuple(judge(alive, declared, measured)))


def _measure(
    probes: Probes, namespaces: Iterable[str], hosts: list[Host], declared: frozenset[DeclaredHost]
) -> tuple[dict[str, bool], dict[tuple[str, Host], bool]]:
    names = [(source, _NAME, 0, "") for source in namespaces]
    # whatever a server says to a plain request, be it that it wants TLS, shows that the connection came about
    ways = [(source, *host, "/") for source in namespaces for host in hosts]
    answers = probes.ask([*names, *ways], seconds=3.0)
    for _ in range(_AGAIN):
        # a busy machine is not a closed door
        expected = [*names, *(way for way in ways if DeclaredHost(*way[:3]) in declared)]
        answers |= probes.ask([question for question in expected if answers[question] is None])
    alive = {name[0]: answers[name] is not None for name in names}
    return alive, {(way[0], (way[1], way[2])): answers[way] is not None for way in ways}


def _subjects(access: Access) -> tuple[str, ...]:
    return ("cloud",) if access.hosts else ()


CHECK = Check("NET-04.hosts", ("NET-02", "NET-04"), _subjects, _examine, node=True)
