"""One `go build`: run in a session of its own, followed line by line, ended whole when interrupted."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

from govcloud_local.toolchain import cache, golang, pins
from govcloud_local.toolchain.catalogue import GoModule, Recipe
from govcloud_local.toolchain.search import ask_version
from govcloud_local.toolchain.version import first_version, spelled

__all__ = ["BuildError", "CancelledError", "Workshop"]

_LAST_LINES = 12


class BuildError(Exception):
    """`go build` failed, or its result is not what was asked for; the lines say why."""

    def __init__(self, lines: list[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


class CancelledError(Exception):
    """The run was interrupted."""


class Workshop:
    """Runs builds, from several threads if need be, and can end all of them at once."""

    def __init__(self, go: Path) -> None:
        self._go = go
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._cancelled = False

    @property
    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled

    def build(self, recipe: Recipe, module: GoModule, folder: Path, follow: Callable[[str], None]) -> None:
        """Build a tool into a cache entry; the entry's lock must be held.

        `follow` gets each line that Go prints (modules downloaded, packages compiled), from this thread.
        Raises BuildError, CancelledErrorError, or OSError (no space, no permission).
        """
        with cache.staged(folder) as temporary:
            argv = [str(self._go), "build", "-v", "-mod=readonly", "-trimpath", "-buildvcs=false"]
            argv += ["-ldflags", pins.ldflags(module)]
            if module.tags:
                argv += ["-tags", ",".join(module.tags)]
            # A folder as target names each file after its package, which is not always the tool's name.
            single = len(module.packages) == 1
            target = temporary / "out" / recipe.name if single else temporary / "out"
            argv += ["-o", str(target), *module.packages.values()]
            # Go's own work folder lies in ours: what it leaves behind when killed goes with it.
            work = temporary / "work"
            work.mkdir()
            self._run(
                argv, pins.folder(module), {**golang.environment(cgo=module.cgo), "GOTMPDIR": str(work)}, recipe, follow
            )
            self._check(recipe, module, temporary / "out")

    def cancel(self) -> None:
        """End all running builds and start no more."""
        with self._lock:
            self._cancelled = True
            running = list(self._running)
        for process in running:
            _signal(process, signal.SIGTERM)
        for process in running:
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL)

    def _run(
        self,
        argv: list[str],
        cwd: Path,
        environment: dict[str, str],
        recipe: Recipe,
        follow: Callable[[str], None],
    ) -> None:
        log = cache.log_file(recipe.name)
        log.parent.mkdir(parents=True, exist_ok=True)
        last: deque[str] = deque(maxlen=_LAST_LINES)
        with self._lock:
            if self._cancelled:
                raise CancelledError
            process = subprocess.Popen(
                argv,
                cwd=cwd,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                # Ctrl-C reaches us alone; we end Go and all its compilers together.
                start_new_session=True,
            )
            self._running.add(process)
        try:
            assert process.stdout is not None
            with process.stdout, log.open("w") as written:
                for line in process.stdout:
                    written.write(line)
                    last.append(line.rstrip())
                    follow(line.rstrip())
            code = process.wait()
        except BaseException:
            _signal(process, signal.SIGKILL)
            process.wait()
            raise
        finally:
            with self._lock:
                self._running.discard(process)
        if self._cancelled:
            raise CancelledError
        if code != 0:
            raise BuildError(list(last) or [f"go build ended with code {code} and said nothing"])

    @staticmethod
    def _check(recipe: Recipe, module: GoModule, out: Path) -> None:
        """Make sure that what came out runs here and says the version that was pinned."""
        missing = [name for name in recipe.files if not (out / name).is_file()]
        if missing:
            raise BuildError([f"go build made no file {name}" for name in missing])
        if recipe.ask is None:
            return
        said, pinned = ask_version(recipe, out / recipe.files[0]), first_version(pins.version(module))
        if said is None or said != pinned:
            answer = spelled(said) if said else "nothing"
            raise BuildError([f"the built {recipe.name} says version {answer}, pinned is {pins.version(module)}"])


def _signal(process: subprocess.Popen[str], number: int) -> None:
    """Signal the whole session of a build. Its leader is not reaped yet, so the id is still its own."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
