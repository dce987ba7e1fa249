"""Probe pods: one in every namespace, listening and connecting, so that flows are measured where they would happen."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from govcloud.audit import workload
from govcloud.audit.check import BlindError
from govcloud.audit.request import Api, Request, collection, resource

__all__ = ["NAME", "Measured", "Probes", "deployed", "standing"]

NAME = "govcloud-audit-probe"
_READY_SECONDS = 180.0
_ENTER_SECONDS = 90.0
"""Patience with a busy node for starting a process in a pod; waiting for connections is not part of it."""
_SOURCES_AT_ONCE = 8
"""Sources mostly wait for connections that do not come about; more at once would make each other late."""

Measured = Mapping[tuple[str, str, int], bool]
"""Whether a connection from a namespace to another at a port came about, and the right listener answered."""


@dataclass(frozen=True)
class Probes:
    """Running probe pods and the ports on which every one of them listens."""

    api: Api
    addresses: Mapping[str, str]
    """Pod address by namespace."""
    ports: tuple[int, ...]

    def measure(self, wanted: Iterable[tuple[str, str, int]], seconds: float = 2.0) -> Measured:
        """Try each (source, target, port) from inside the source's pod; raises BlindError where none can be entered."""
        by_source: dict[str, list[tuple[str, int]]] = {}
        for source, target, port in wanted:
            by_source.setdefault(source, []).append((target, port))
        result: dict[tuple[str, str, int], bool] = {}
        with ThreadPoolExecutor(max_workers=_SOURCES_AT_ONCE) as pool:
            answers = pool.map(lambda s: self._from(s, by_source[s], seconds), by_source)
            for source, banners in zip(by_source, answers, strict=True):
                for target, port in by_source[source]:
                    answered = banners.get(f"{self.addresses[target]}:{port}")
                    result[source, target, port] = answered == f"{target} {port}"
        return result

    def ask(
        self, wanted: Iterable[tuple[str, str, int, str]], seconds: float = 5.0
    ) -> dict[tuple[str, str, int, str], str | None]:
        """Ask each (source, host, port, path) from inside the source's pod; port 0 asks for the host's address only."""
        by_source: dict[str, list[tuple[str, int, str]]] = {}
        for source, host, port, path in wanted:
            by_source.setdefault(source, []).append((host, port, path))
        result: dict[tuple[str, str, int, str], str | None] = {}
        with ThreadPoolExecutor(max_workers=_SOURCES_AT_ONCE) as pool:
            answers = pool.map(lambda s: self._run(s, "ask.py", by_source[s], seconds), by_source)
            for source, found in zip(by_source, answers, strict=True):
                for (host, port, path), answer in zip(by_source[source], found, strict=True):
                    result[source, host, port, path] = answer
        return result

    def _from(self, source: str, targets: list[tuple[str, int]], seconds: float) -> dict[str, Any]:
        where = [(self.addresses[target], port) for target, port in targets]
        return dict(self._run(source, "connect.py", where, seconds))

    def _run(self, source: str, program: str, questions: Sequence[Any], seconds: float) -> Any:
        """Run a program of `probes` in the source's pod and return the JSON that it prints."""
        text = files("govcloud.audit.probes").joinpath(program).read_text(encoding="utf-8")
        command = ["python3", "-I", "-S", "-c", text, str(seconds), json.dumps(questions)]
        answer = self.api.execute(source, NAME, command, _ENTER_SECONDS + seconds)
        if not answer.ok:
            raise BlindError(f"probe in {source}: {answer}")
        try:
            return json.loads(answer.text.strip().splitlines()[-1])
        except (ValueError, IndexError):
            raise BlindError(f"probe in {source} answered {answer.text[:200]!r}") from None


@contextmanager
def deployed(api: Api, namespaces: Iterable[str], ports: Iterable[int]) -> Iterator[Probes]:
    """Run a probe pod in each namespace; yield them once all are ready; remove those that were not there before."""
    wanted, listening = tuple(namespaces), tuple(sorted(ports))
    made: list[str] = []
    try:
        for namespace in wanted:
            if _create(api, namespace, listening):
                made.append(namespace)
        yield Probes(api, {namespace: _address(api, namespace) for namespace in wanted}, listening)
    finally:
        for namespace in made:
            api.send(Request("DELETE", resource("", "pods", NAME, namespace), query={"gracePeriodSeconds": "0"}))


@contextmanager
def standing(api: Api, namespaces: Iterable[str], ports: Iterable[int]) -> Iterator[None]:
    """Keep the probe pods for several checks: each finds them there, and leaves them.

    Where they do not come up none are kept, and each check says by itself why it could not look.
    """
    with ExitStack() as kept:
        with suppress(BlindError):
            kept.enter_context(deployed(api, namespaces, ports))
        yield


def _create(api: Api, namespace: str, ports: tuple[int, ...]) -> bool:
    """Create the pod and return True, or False where it is there already; wait for one that is on its way out.

    Looks before it creates: where the pod that is there fills the quota, the refusal would name the quota.
    """
    request = _creation(namespace, ports)
    pod = Request("GET", resource("", "pods", NAME, namespace))
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        answer = api.send(pod)
        if not answer.ok:
            answer = api.send(request)
            if answer.ok:
                return True
            if answer.status != 409:
                raise BlindError(f"{request}: {answer}")
        elif not answer.json().get("metadata", {}).get("deletionTimestamp"):
            return False
        if time.monotonic() > deadline:
            raise BlindError(f"{request}: an earlier pod of that name does not go: {answer}")
        time.sleep(0.3)


def _creation(namespace: str, ports: tuple[int, ...]) -> Request:
    program = files("govcloud.audit.probes").joinpath("listen.py").read_text(encoding="utf-8")
    pod = workload.hardened_pod(
        workload.container(
            command=["python3", "-I", "-S", "-c", program, namespace, *(str(port) for port in ports)],
            resources={
                "requests": {"cpu": "5m", "memory": "24Mi"},
                "limits": {"cpu": "100m", "memory": "48Mi"},
            },
        )
    )
    return Request("POST", collection("", "pods", namespace), workload.workload("Pod", NAME, namespace, pod))


def _address(api: Api, namespace: str) -> str:
    """Return the pod's address once it runs; raises BlindError where it does not come up, with the reason."""
    request = Request("GET", resource("", "pods", NAME, namespace))
    deadline = time.monotonic() + _READY_SECONDS
    while True:
        answer = api.send(request)
        if not answer.ok:
            raise BlindError(f"{request}: {answer}")
        status = answer.json().get("status", {})
        running = status.get("phase") == "Running" and all(
            container.get("ready") for container in status.get("containerStatuses", [])
        )
        if running and status.get("podIP"):
            return str(status["podIP"])
        if status.get("phase") in ("Failed", "Succeeded") or time.monotonic() > deadline:
            raise BlindError(f"the probe in {namespace} is {status.get('phase')}: {_why(status)}")
        time.sleep(0.3)


def _why(status: Mapping[str, Any]) -> str:
    conditions = [c.get("message") for c in status.get("conditions", []) if c.get("status") != "True"]
    states = [c.get("state") for c in status.get("containerStatuses", [])]
    return "; ".join(str(part) for part in [*conditions, *states] if part) or "no reason given"
