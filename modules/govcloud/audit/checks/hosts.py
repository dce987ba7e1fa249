"""NET-04 towards hosts outside the cluster: the object store is reached from zones that hold keys, and from no other.

A zone that does not get through proves nothing unless somebody does at the same time, and unless its own packets get
anywhere at all: a declared zone must be answered, and every zone must be answered by the name service.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from govcloud.audit.access import Access, DeclaredHost
from govcloud.audit.check import BlindError, Check, Examination, by_tenant
from govcloud.audit.probe_pods import Probes, deployed
from govcloud.audit.result import Finding
from govcloud.audit.verdict import Verdict
from govcloud_base.errors import Text

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
    name = Text.quoted(f"{source} > {host[0]}:{host[1]}")
    found = measured[source, host]
    if found and wanted:
        return Finding(name, Verdict.PASS, Text("answered, as declared", "có trả lời, đúng như khai báo"))
    if found:
        return Finding(name, Verdict.FAIL, Text("declared closed, measured open", "khai báo đóng, đo thấy mở"))
    if not any(answered for (_, other), answered in measured.items() if other == host):
        return Finding(
            name,
            Verdict.ERROR,
            Text(
                "answers nobody, so closed proves nothing", "không trả lời ai, nên việc đóng không chứng minh được gì"
            ),
        )
    if not alive:
        return Finding(
            name,
            Verdict.ERROR,
            Text(
                f"not even names resolve in {source}, so closed proves nothing",
                f"trong {source} ngay cả tên cũng không phân giải được, nên việc đóng không chứng minh được gì",
            ),
        )
    if wanted:
        return Finding(name, Verdict.FAIL, Text("declared open, measured closed", "khai báo mở, đo thấy đóng"))
    return Finding(name, Verdict.PASS, Text("closed, as declared", "đóng, đúng như khai báo"))


def _hosts(declared: Iterable[DeclaredHost]) -> list[Host]:
    return sorted({(flow.address, flow.port) for flow in declared})


def _examine(subject: str, access: Access) -> Examination:
    # a country has more clouds than the one that is examined: their stores are no business of these zones
    declared = frozenset(way for way in access.hosts if way.source in access.namespaces())
    hosts, own = _hosts(declared), access.tenants[subject].namespaces
    if not hosts:
        raise BlindError(
            Text(
                "the declaration names no host outside, so there is nothing to measure",
                "khai báo không nêu máy chủ nào bên ngoài, nên không có gì để đo",
            )
        )
    # whoever may reach a host shows, for all who may not, that it answers
    asked = tuple(dict.fromkeys([*own, *sorted({way.source for way in declared})]))
    with deployed(access.prober, access.run, asked, _LISTENED) as probes:
        alive, measured = _measure(probes, probes.standing(asked), hosts, declared)
        known = probes.standing(asked)
        findings = probes.seen(own)
    measured = {way: found for way, found in measured.items() if way[0] in known}
    findings += judge({name: alive[name] for name in own if name in known}, declared, measured)
    return Examination(len(own) + len(own) * len(hosts), tuple(findings))


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
        answers |= probes.ask([question for question in expected if answers.get(question) is None])
    alive = {name[0]: answers.get(name) is not None for name in names}
    return alive, {(way[0], (way[1], way[2])): answers.get(way) is not None for way in ways}


def _subjects(access: Access) -> tuple[str, ...]:
    return by_tenant(access) if access.hosts else ()


CHECK = Check("NET-04.hosts", ("NET-02", "NET-04"), _subjects, _examine, node=True)
