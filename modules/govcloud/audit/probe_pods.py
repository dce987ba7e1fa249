"""Probe pods: one in every namespace, listening and connecting, so that flows are measured where they would happen.

A tenant administers its zones, so a pod there is evidence only if this run made it and nobody else could touch it. It
is known by the uid that the API server gave it, its specification is compared with what was sent, before and after each
measurement, and admission keeps its name, its label and the ways into it for the platform. A namespace where no such
pod stands is blind, with its reason; the others are measured.
"""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from govcloud.audit import probe_pod
from govcloud.audit.check import BlindError
from govcloud.audit.result import Finding
from govcloud.audit.run import ProbePod, Run
from govcloud.audit.verdict import Verdict
from govcloud.clouds.request import Api, Request, collection
from govcloud_base.errors import Text

__all__ = ["Measured", "Probes", "deployed", "standing"]

_READY_SECONDS = 180.0
_ENTER_SECONDS = 90.0
"""Patience with a busy node for starting a process in a pod; waiting for connections is not part of it."""
_SOURCES_AT_ONCE = 8
"""Sources mostly wait for connections that do not come about; more at once would make each other late."""

Measured = Mapping[tuple[str, str, int], bool]
"""Whether a connection from a namespace to another at a port came about, and the right listener answered."""


@dataclass(frozen=True)
class Probes:
    """The run's probe pods, and the namespaces that have none."""

    api: Api
    run: Run
    pods: Mapping[str, ProbePod]
    """By namespace."""
    blind: dict[str, Text] = field(default_factory=dict)
    """Why a namespace cannot be looked at; grows when a pod turns out to have been touched, or cannot be entered."""

    def standing(self, namespaces: Iterable[str]) -> tuple[str, ...]:
        """Return those of the namespaces that can be looked at, in their order."""
        return tuple(name for name in namespaces if name in self.pods and name not in self.blind)

    def seen(self, namespaces: Iterable[str]) -> list[Finding]:
        """Return a finding for each namespace: that its probe is this run's and untouched, or why nothing is known."""
        return [
            Finding(Text(f"probe in {name}", f"Pod dò trong {name}"), Verdict.ERROR, self.blind[name])
            if name in self.blind
            else Finding(
                Text(f"probe in {name}", f"Pod dò trong {name}"),
                Verdict.PASS,
                Text("made by this run, and untouched", "do lần chạy này tạo và chưa ai động vào"),
            )
            for name in namespaces
        ]

    def measure(self, wanted: Iterable[tuple[str, str, int]], seconds: float = 2.0) -> Measured:
        """Try each (source, target, port) from inside the source's pod; what touches a blind namespace is left out."""
        flows = [flow for flow in wanted if not {flow[0], flow[1]} & self.blind.keys()]
        by_source: dict[str, list[tuple[str, int]]] = {}
        for source, target, port in flows:
            by_source.setdefault(source, []).append((self.pods[target].address, port))
        answers = self._all("connect.py", by_source, seconds)
        result = {
            (source, target, port): answers[source].get(f"{self.pods[target].address}:{port}")
            == f"{target} {self.run.mark} {port}"
            for source, target, port in flows
            if source in answers
        }
        self._look_again({name for source, target, _ in flows for name in (source, target)})
        return {flow: found for flow, found in result.items() if not {flow[0], flow[1]} & self.blind.keys()}

    def ask(
        self, wanted: Iterable[tuple[str, str, int, str]], seconds: float = 5.0
    ) -> dict[tuple[str, str, int, str], str | None]:
        """Ask each (source, host, port, path) from inside the source's pod; port 0 asks for the host's address only.

        What a blind namespace would have asked is left out.
        """
        by_source: dict[str, list[tuple[str, int, str]]] = {}
        for source, host, port, path in wanted:
            if source not in self.blind:
                by_source.setdefault(source, []).append((host, port, path))
        answers = self._all("ask.py", by_source, seconds)
        self._look_again(by_source)
        return {
            (source, *question): answer
            for source, found in answers.items()
            if source not in self.blind
            for question, answer in zip(by_source[source], found, strict=True)
        }

    def _all(self, program: str, questions: Mapping[str, Sequence[Any]], seconds: float) -> dict[str, Any]:
        """Run a program of `probes` in each source's pod; sources that cannot be entered become blind."""

        def one(source: str) -> Any:
            return self._run(source, program, questions[source], seconds)

        return self._gathered(questions, one)

    def _look_again(self, namespaces: Iterable[str]) -> None:
        """Make blind the namespaces whose pod is no longer the one that was made."""

        def one(namespace: str) -> None:
            probe_pod.require(self.api, self.run, namespace, self.pods[namespace])

        self._gathered([name for name in namespaces if name not in self.blind], one)

    def _gathered(self, namespaces: Iterable[str], look: Callable[[str], Any]) -> dict[str, Any]:
        result: dict[str, Any] = {}

        def one(namespace: str) -> None:
            with _blinded(self.blind, namespace):
                result[namespace] = look(namespace)

        with ThreadPoolExecutor(max_workers=_SOURCES_AT_ONCE) as pool:
            list(pool.map(one, namespaces))
        return result

    def _run(self, source: str, program: str, questions: Sequence[Any], seconds: float) -> Any:
        """Run a program of `probes` in the source's pod and return the JSON that it prints."""
        text = files("govcloud.audit.probes").joinpath(program).read_text(encoding="utf-8")
        command = ["python3", "-I", "-S", "-c", text, str(seconds), json.dumps(questions)]
        answer = self.api.execute(source, self.run.probe, command, _ENTER_SECONDS + seconds)
        if not answer.ok:
            raise BlindError(answer.to(f"{self.run.probe} ({source})"))
        try:
            return json.loads(answer.text.strip().splitlines()[-1])
        except (ValueError, IndexError):
            raise BlindError(
                Text(
                    f"the probe in {source} answered {answer.text[:200]!r}",
                    f"Pod dò trong {source} trả lời {answer.text[:200]!r}",
                )
            ) from None


@contextmanager
def deployed(api: Api | None, run: Run, namespaces: Iterable[str], ports: Iterable[int]) -> Iterator[Probes]:
    """Run a probe pod in each namespace; yield them once all are ready; remove those that are not kept standing.

    Raises BlindError where nobody may run any.
    """
    if api is None:
        raise BlindError(
            Text(
                "no identity may run probe pods in every namespace",
                "không danh tính nào được chạy Pod dò trong mọi namespace",
            )
        )
    wanted, listening = tuple(namespaces), frozenset(ports)
    nowhere = _nowhere(api)
    known = run.blind if nowhere is None else dict.fromkeys(wanted, nowhere)
    blind = {name: reason for name, reason in known.items() if name in wanted}
    made: dict[str, str] = {}
    pods: dict[str, ProbePod] = {}
    probe_pod.sweep(api, run)
    try:
        for namespace in wanted:
            if namespace not in run.pods and namespace not in blind:
                with _blinded(blind, namespace):
                    made[namespace] = probe_pod.create(api, run, namespace, listening)
        deadline = time.monotonic() + _READY_SECONDS
        for namespace in wanted:
            if namespace not in blind:
                with _blinded(blind, namespace):
                    pods[namespace] = (
                        probe_pod.ready(api, run, namespace, made[namespace], listening, deadline)
                        if namespace in made
                        else _kept(api, run, namespace, listening)
                    )
        yield Probes(api, run, pods, blind | _odd(pods))
    finally:
        for namespace, uid in made.items():
            if namespace not in run.pods:
                probe_pod.remove(api, run, namespace, uid)


def _nowhere(api: Api) -> Text | None:
    """Return that no node runs pods, where the API server says so: then nothing is made, and nothing waited for."""
    answer = api.send(Request("GET", collection("", "nodes")))
    nodes = answer.json().get("items")
    if not answer.ok or not isinstance(nodes, list) or any(map(_is_ready, nodes)):
        return None
    return Text(
        f"pods cannot run here, so nothing is measured: of {len(nodes)} nodes none is ready",
        f"không chạy được Pod ở đây nên không đo được gì: trong {len(nodes)} nút không nút nào sẵn sàng",
    )


def _is_ready(node: Mapping[str, Any]) -> bool:
    conditions = (node.get("status") or {}).get("conditions") or ()
    return any(c.get("type") == "Ready" and c.get("status") == "True" for c in conditions)


@contextmanager
def _blinded(blind: dict[str, Text], namespace: str) -> Iterator[None]:
    """Take down why a namespace cannot be looked at, and go on: the others can."""
    try:
        yield
    except BlindError as error:
        blind[namespace] = error.reason


def _kept(api: Api, run: Run, namespace: str, ports: frozenset[int]) -> ProbePod:
    pod = run.pods[namespace]
    if not ports <= pod.ports:
        raise BlindError(
            Text(
                f"the probe in {namespace} does not listen on {sorted(ports - pod.ports)}",
                f"Pod dò trong {namespace} không lắng nghe ở {sorted(ports - pod.ports)}",
            )
        )
    probe_pod.require(api, run, namespace, pod)
    return pod


def _odd(pods: Mapping[str, ProbePod]) -> dict[str, Text]:
    """Return the namespaces whose pod runs another image than most: one name, so one digest."""
    most = Counter(pod.image for pod in pods.values()).most_common(1)
    return {
        namespace: Text(
            f"the probe in {namespace} runs {pod.image}, others run {most[0][0]}",
            f"Pod dò trong {namespace} chạy {pod.image}, các Pod khác chạy {most[0][0]}",
        )
        for namespace, pod in pods.items()
        if pod.image != most[0][0]
    }


@contextmanager
def standing(api: Api | None, run: Run, namespaces: Iterable[str], ports: Iterable[int]) -> Iterator[None]:
    """Keep the probe pods for several checks: each finds them in `run`, and leaves them.

    Where one does not come up, each check says by itself why it could not look.
    """
    if api is None:
        yield
        return
    with deployed(api, run, namespaces, ports) as probes:
        run.pods.update({name: probes.pods[name] for name in probes.standing(probes.pods)})
        run.blind.update(probes.blind)
        try:
            yield
        finally:
            run.pods.clear()
            run.blind.clear()
