"""Starting many daemons at once in the order of their needs, and stopping them in the reverse one."""

from __future__ import annotations

import concurrent.futures
import contextlib
import enum
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from govcloud_base.errors import CloudError, GovCloudError, Problem, Text
from govcloud_base.interruption import Interruption
from govcloud_local.daemons import logs, records, sockets
from govcloud_local.daemons.component import NODE_INIT, Component, Home, Report
from govcloud_local.daemons.process import Namespace, Process, SpawnError, spawn
from govcloud_local.daemons.records import MARK, Record
from govcloud_local.settings import Settings

__all__ = ["Event", "Phase", "Starter", "Task", "Watch", "joined", "needs", "stop"]

_POLL = 0.03
_ADOPT_SECONDS = 10.0
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Phase(enum.StrEnum):
    """What happens to a component or task."""

    STARTING = "starting"
    READY = "ready"
    KEPT = "kept"
    """It was serving already."""


@dataclass(frozen=True, slots=True)
class Event:
    """One change, for whoever shows progress."""

    name: str
    phase: Phase
    seconds: float
    """Since this component or task began."""
    detail: Text | None = None
    """What it is doing, where it says so."""


Watch = Callable[[Event], None]
"""Called from several threads."""


@dataclass(frozen=True, kw_only=True)
class Task:
    """Work that is done once among the starting daemons."""

    name: str
    after: tuple[str, ...]
    run: Callable[[Report], None]
    """Reports whenever it waits: that is also where it is stopped when the user or a failure asks for it."""


class _StoppedError(Exception):
    """Another part failed, or the user asked to stop."""


def needs(components: Sequence[Component]) -> dict[str, tuple[str, ...]]:
    """Return what each component waits for."""
    names = [component.name for component in components]
    return {c.name: tuple(names[:i]) if c.after is None else c.after for i, c in enumerate(components)}


def joined(settings: Settings, component: Component) -> Namespace:
    """Return the namespaces of the node that a component is put into."""
    if not settings.full or component.name == NODE_INIT or component.home is Home.HOST:
        return Namespace.NONE
    return Namespace.ALL if component.home is Home.NODE else Namespace.NETWORK


class Starter:
    """One run that brings components to serve; `started` names what it had to start."""

    def __init__(
        self,
        settings: Settings,
        components: Sequence[Component],
        tasks: Sequence[Task],
        interruption: Interruption,
        watch: Watch,
    ) -> None:
        self.started: list[str] = []
        self._settings = settings
        self._components = components
        self._tasks = tasks
        self._needs = needs(components) | {task.name: task.after for task in tasks}
        self._interruption = interruption
        self._watch = watch
        self._done: set[str] = set()
        self._change = threading.Condition()
        self._failed = threading.Event()

    def run(self) -> None:
        """Start everything. Raises the first error, or AbortedError, once no thread of this run works any more."""
        work: list[Callable[[], None]] = [
            *(lambda c=c: self._bring_up(c) for c in self._components),
            *(lambda t=t: self._perform(t) for t in self._tasks),
        ]
        with concurrent.futures.ThreadPoolExecutor(len(work), thread_name_prefix="up") as pool:
            pending = {pool.submit(self._guarded, item) for item in work}
            errors: list[BaseException] = []
            while pending:
                finished, pending = concurrent.futures.wait(pending, timeout=0.1)
                errors.extend(error for future in finished if (error := future.exception()))
        self._interruption.check()
        if errors:
            raise errors[0]
        for record in records.read_all(self._settings):
            if record.process and record.alive:  # should it be killed, nobody could see any more what it had bound
                records.save(self._settings, replace(record, sockets=sockets.bound(record.process)))

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except _StoppedError:
            pass
        except BaseException:
            self._failed.set()
            raise

    def _go_on(self) -> None:
        if self._failed.is_set() or self._interruption.event.is_set():
            raise _StoppedError

    def _wait_for_needs(self, name: str) -> None:
        wanted = set(self._needs[name])
        with self._change:
            while not wanted <= self._done:
                self._go_on()
                self._change.wait(0.1)
        self._go_on()

    def _finish(self, name: str, phase: Phase, begun: float) -> None:
        with self._change:
            self._done.add(name)
            self._change.notify_all()
        self._watch(Event(name, phase, time.monotonic() - begun))

    def _perform(self, task: Task) -> None:
        self._wait_for_needs(task.name)
        begun = time.monotonic()
        self._watch(Event(task.name, Phase.STARTING, 0.0))
        task.run(partial(self._report, task.name, begun))
        self._finish(task.name, Phase.READY, begun)

    def _report(self, name: str, begun: float, line: Text) -> None:
        self._go_on()
        self._watch(Event(name, Phase.STARTING, time.monotonic() - begun, line))

    def _bring_up(self, component: Component) -> None:
        self._wait_for_needs(component.name)
        begun = time.monotonic()
        node = Process.load(self._settings.run / f"{NODE_INIT}.json") if self._settings.full else None
        wanted = records.digest(self._settings, component, node)
        record = records.read(self._settings, component.name)
        if record and record.process and record.alive:
            same = record.digest == wanted
            if same and self._until_ready(component, record.process, _ADOPT_SECONDS) is None:
                self._finish(component.name, Phase.KEPT, begun)
                return
        if record:
            _end(record)
        self._watch(Event(component.name, Phase.STARTING, 0.0))
        if component.before_start:
            component.before_start()
            self._go_on()
        log = logs.file(self._settings, component.name)
        offset = logs.length(log)
        process = self._spawn(component, node, wanted, log)
        missing = self._until_ready(component, process, component.start_seconds)
        if missing is not None:
            raise _did_not_start(component.name, missing, process, log, offset)
        self._finish(component.name, Phase.READY, begun)

    def _spawn(self, component: Component, node: Process | None, digest: str, log: Path) -> Process:
        environment = {
            "PATH": _PATH,
            "HOME": str(self._settings.state),
            "LANG": "C.UTF-8",
            **component.environment,
            MARK: f"{self._settings.state}:{component.name}",
        }
        namespaces = joined(self._settings, component)
        try:
            process = spawn(
                component.argv,
                log=log,
                environment=environment,
                cwd=self._settings.state,
                join=node if namespaces else None,
                namespaces=namespaces,
                unshare=component.unshare,
            )
        except SpawnError as error:
            raise _did_not_start(component.name, error.reason, None, log, 0) from None
        records.save(
            self._settings,
            Record(
                name=component.name,
                process=process,
                after=self._needs[component.name],
                patience=component.stop_seconds,
                digest=digest,
                socket_names=component.socket_names,
            ),
        )
        self.started.append(component.name)
        return process

    def _until_ready(self, component: Component, process: Process, seconds: float) -> Text | None:
        """Return None as soon as the component serves, else what was missing at the end."""
        end = time.monotonic() + seconds
        while True:
            missing = component.ready()
            if missing is None or not process.alive() or time.monotonic() > end:
                return missing
            self._go_on()
            time.sleep(_POLL)


def stop(settings: Settings, names: Sequence[str] | None = None) -> None:
    """Stop the recorded daemons (or those named) and forget them: each after all that were started after it."""
    chosen = {r.name: r for r in records.read_all(settings) if names is None or r.name in names}
    with contextlib.ExitStack() as stack:
        if not chosen:
            return
        pool = stack.enter_context(concurrent.futures.ThreadPoolExecutor(len(chosen)))
        gone = {name: threading.Event() for name in chosen}

        def end(record: Record) -> None:
            for other in chosen.values():
                if record.name in other.after:
                    gone[other.name].wait()
            try:
                _end(record)
                records.delete(settings, record.name)
            finally:
                gone[record.name].set()

        for future in [pool.submit(end, record) for record in chosen.values()]:
            future.result()


def _end(record: Record) -> None:
    """Stop a daemon, if it still runs, and remove the socket files that it bound."""
    if record.process and record.alive:
        sockets.end(record.process, record.patience, record.sockets, record.socket_names)
    else:
        sockets.remove(record.sockets)
        sockets.clear(record.socket_names)


def _did_not_start(name: str, missing: Text, process: Process | None, log: Path, offset: int) -> GovCloudError:
    ended = process is None or not process.alive()
    how = Text("ended while starting", "đã kết thúc khi đang khởi động")
    if not ended:
        how = Text("does not become ready", "không trở nên sẵn sàng")
    lines = logs.last_words(log, offset)
    said = missing if process is None or not ended or not lines else lines
    return CloudError(
        Problem(
            code="GC-LOCAL-008",
            message=Text(f"{name} {how.en}", f"{name} {how.vi}"),
            fix=Text(
                f"read its log: `govcloud local logs {name}` (and `govcloud local doctor`)",
                f"hãy đọc nhật ký: `govcloud local logs {name}` (và `govcloud local doctor`)",
            ),
            value=said,
        )
    )
