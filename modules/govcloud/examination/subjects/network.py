"""Network policies: really enforced, both ways, to pods and services, by each protocol, and from the first second.

Closed proves something only of a flow that was open before. So every flow is measured open first; then a policy closes
one direction at each of two ends, and flows that no policy names must stay open. So it is in a pod's first second: the
policy is there before the pod, and beside it an equal pod without any policy must get through.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from govcloud.audit.check import BlindError
from govcloud.clouds.request import Request, collection
from govcloud.examination.finding import Finding, absent, found, lacking, unknown
from govcloud.examination.ground import IN, OPEN, OUT
from govcloud.examination.pods import PORT, Standing
from govcloud.examination.site import Site
from govcloud_base.errors import Text

__all__ = ["CAPABILITIES", "closed", "examine", "started"]

INGRESS, EGRESS, START = "network-ingress", "network-egress", "network-start"
CAPABILITIES = (INGRESS, EGRESS, START)

_OPEN_SECONDS = 25.0
_CLOSE_SECONDS = 25.0
"""How long services may take to be known everywhere, and policies to take effect; most need one or two."""
_TRY_SECONDS = 1.0
_START_SECONDS = 3.0
"""How long a fresh pod tries: its first second, and as much again for a slow machine."""
_HAMMER_SECONDS = 90.0

Way = tuple[int, str]
"""Protocol, 4 or 6, and what is addressed: the pod itself, or its service."""

_POD, _SERVICE = "pod", "service"
_WAYS: tuple[Way, ...] = ((4, _POD), (4, _SERVICE), (6, _POD), (6, _SERVICE))
_KINDS = {_POD: Text("pods", "pod"), _SERVICE: Text("services", "dịch vụ")}
_FIX = Text(
    "run a network plugin that enforces NetworkPolicy in both directions, for all protocols that pods have",
    "dùng thành phần mạng thực thi NetworkPolicy cả hai chiều, với mọi giao thức mà pod có",
)
_FIX_START = Text(
    "let the network plugin connect a pod only when its policies are in force (a strict or default-deny mode)",
    "đặt thành phần mạng chỉ nối pod khi chính sách đã có hiệu lực (chế độ chặn mặc định)",
)

Measured = Mapping[Way, bool]


def examine(site: Site) -> Iterator[Finding]:
    """Measure the flows open, close them, measure again, and let fresh pods try."""
    try:
        standing = site.pods.standing()
        before = _opened(site, standing)
        _close(site)
        after = _closed(site, standing, before)
    except BlindError as error:
        yield from (unknown(name, error.reason) for name in CAPABILITIES)
        return
    for capability in (INGRESS, EGRESS):
        yield from closed(capability, before[capability], after[capability], after[OPEN])
    try:
        yield from _started(site, standing)
    except BlindError as error:
        yield unknown(START, error.reason)


def _targets(to: Standing) -> dict[Way, str]:
    """Return the addresses by which a pod can be reached."""
    kinds = {_POD: to.pod, _SERVICE: to.service}
    return {way: kinds[way[1]][way[0]] for way in _WAYS if way[0] in kinds[way[1]]}


_FLOWS = {INGRESS: (OPEN, IN), EGRESS: (OUT, OPEN), OPEN: (OPEN, OUT)}
"""Source and target: closed at the target, closed at the source, and closed nowhere."""


def _measure(site: Site, standing: Mapping[str, Standing]) -> dict[str, Measured]:
    def one(flow: tuple[str, str]) -> Measured:
        source, target = flow
        ways = _targets(standing[target])
        answers = site.pods.execute(source, "connect.py", [str(_TRY_SECONDS), _asked(ways.values())], _TRY_SECONDS)
        return {way: answers.get(f"{address}:{PORT}") == standing[target].banner for way, address in ways.items()}

    with ThreadPoolExecutor(max_workers=len(_FLOWS)) as pool:
        return dict(zip(_FLOWS, pool.map(one, _FLOWS.values()), strict=True))


def _opened(site: Site, standing: Mapping[str, Standing]) -> dict[str, Measured]:
    """Return what is open before any policy; services take a moment to be known everywhere."""
    measured: dict[str, Measured] = {}
    for _ in site.patience.tries(_OPEN_SECONDS):
        measured = _measure(site, standing)
        if all(all(flow.values()) for flow in measured.values()):
            break
    return measured


def _close(site: Site) -> None:
    for role, direction in ((IN, "Ingress"), (OUT, "Egress")):
        namespace = site.ground.namespace(role)
        body = {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": site.ground.metadata("closed", namespace),
            "spec": {"podSelector": {}, "policyTypes": [direction]},
        }
        site.ground.create(Request("POST", collection("networking.k8s.io", "networkpolicies", namespace), body))


def _closed(site: Site, standing: Mapping[str, Standing], before: Mapping[str, Measured]) -> dict[str, Measured]:
    """Return what is open once the policies had time to take effect."""
    measured: dict[str, Measured] = {}
    for _ in site.patience.tries(_CLOSE_SECONDS):
        measured = _measure(site, standing)
        shut = not any(measured[flow][way] for flow in (INGRESS, EGRESS) for way in measured[flow])
        if shut and measured[OPEN] == before[OPEN]:
            break
    return measured


def closed(capability: str, before: Measured, after: Measured, control: Measured) -> Iterator[Finding]:
    """Yield a finding for each way: whether a policy closed what was open, while flows that none names stayed open."""
    for family in (4, 6):
        ways = [way for way in before if way[0] == family]
        if not ways:
            yield absent(
                capability,
                Text(f"pods here have no IPv{family} address", f"pod ở đây không có địa chỉ IPv{family}"),
                Text(f"IPv{family}", f"IPv{family}"),
            )
        for way in ways:
            aspect = _aspect(way)
            if not before[way]:
                said = Text("closed before any policy closed it", "đã đóng khi chưa có chính sách nào")
                yield unknown(capability, said, aspect)
            elif after.get(way):
                said = Text("stays open under a policy that closes it", "vẫn mở dù đã có chính sách đóng")
                yield lacking(capability, said, _FIX, aspect)
            elif not control.get(way):
                said = Text("what no policy names closed as well", "luồng không bị chính sách nào đóng cũng đã đóng")
                yield unknown(capability, said, aspect)
            else:
                yield found(
                    capability,
                    Text("open without a policy, closed with it", "chưa có chính sách thì mở, có thì đóng"),
                    aspect,
                )


def _aspect(way: Way) -> Text:
    kind = _KINDS[way[1]]
    return Text(f"{kind.en}, IPv{way[0]}", f"{kind.vi}, IPv{way[0]}")


def _started(site: Site, standing: Mapping[str, Standing]) -> Iterator[Finding]:
    """Let pods try from their first instruction on, and let one be tried before it stands."""
    fresh = "fresh"
    doors = {role: site.pods.serve(role, fresh, early=True) for role in (IN, OUT)}
    family = min(doors[OUT])
    control = f"{doors[OUT][family]}:{PORT}"
    hammered = {(role, number): address for role, door in doors.items() for number, address in door.items()}
    eager = {OUT: _targets(standing[OPEN]), OPEN: _targets(standing[OUT])}
    with ThreadPoolExecutor(max_workers=1) as pool:
        knocking = pool.submit(
            site.pods.execute,
            OPEN,
            "eager.py",
            [str(_HAMMER_SECONDS), str(_START_SECONDS), control, _asked(hammered.values())],
            _HAMMER_SECONDS,
        )
        for role, ways in eager.items():
            site.pods.start(role, "eager", "eager.py", [str(_START_SECONDS), "0", "", _asked(ways.values())])
        # The closed one first: when the open one answers, it has stood for a while and was tried all the time.
        for role in (IN, OUT):
            site.pods.listen(role, fresh)
            site.pods.running(role, fresh)
        tried = {role: site.pods.outcome(role, "eager") for role in eager}
        knocked = knocking.result()
    for way, address in eager[OUT].items():
        free = tried[OPEN].get(f"{eager[OPEN].get(way, '')}:{PORT}", [0, 0])
        aspect = _aspect(way)
        yield started(tried[OUT][f"{address}:{PORT}"], free, Text(f"out, {aspect.en}", f"chiều ra, {aspect.vi}"))
    for number in sorted(doors[IN]):
        shut, free = (knocked[f"{hammered[role, number]}:{PORT}"] for role in (IN, OUT))
        aspect = _aspect((number, _SERVICE))
        yield started(shut, free, Text(f"in, {aspect.en}", f"chiều vào, {aspect.vi}"))


def started(shut: list[int], free: list[int], aspect: Text) -> Finding:
    """Return what the tries of a fresh pod behind a policy prove, beside those of one without: `[answered, tried]`."""
    if shut[0]:
        said = Text(f"{shut[0]} of {shut[1]} tries got through", f"{shut[0]} trên {shut[1]} lần thử lọt qua")
        return lacking(START, said, _FIX_START, aspect)
    if not free[0] or not shut[1]:
        said = Text(
            f"without a policy none of {free[1]} tries got through either",
            f"không có chính sách thì cả {free[1]} lần thử cũng không qua được",
        )
        return unknown(START, said, aspect)
    said = Text(
        f"none of {shut[1]} tries, {free[0]} without a policy",
        f"không lần nào trên {shut[1]}, còn không có chính sách thì {free[0]}",
    )
    return found(START, said, aspect)


def _asked(addresses: Iterable[str]) -> str:
    return json.dumps([[address, PORT] for address in addresses])
