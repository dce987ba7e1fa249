"""One long-lived `weed shell`: commands over its standard input, one answer each, no secret on a command line.

The shell has no prompt when its input is a pipe. Every command is therefore followed by a word that is no
command; the shell's complaint about that word is the end of the answer.
"""

from __future__ import annotations

import contextlib
import os
import re
import select
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from pathlib import Path

from govcloud.providers.storage import problems
from govcloud.refusal import quotation
from govcloud_base.errors import CloudError, EnvironmentProblem, Text

__all__ = ["NO_ANSWER", "CommandError", "WeedShell"]

_SAFE = re.compile(r"[A-Za-z0-9@%+=:,./_-]+")
_LOG_LINE = re.compile(r"^[IWEF]\d{4} \d\d:\d\d:\d\d\.\d+ ")
_ANSWER_SECONDS = 30.0


NO_ANSWER = Text("no answer", "không có trả lời")
_ENDED = Text("the shell ended", "tiến trình quản trị đã kết thúc")


class CommandError(CloudError):
    """The shell answered `error:`; `detail` is what it said."""

    def __init__(self, command: str, detail: str) -> None:
        super().__init__(problems.shell_failed(command, quotation(detail)))
        self.detail = detail


class WeedShell:
    """A `weed shell` process, started at the first command, restarted when it died, one command at a time."""

    def __init__(self, config: Path | None, master: str, filer: str, environment: Mapping[str, str]) -> None:
        """`config` holds security.toml, None where weed finds its own or needs none; `master` and `filer` are
        `host:port.grpcPort`."""
        self._argv = [
            "-logtostderr=true",
            *([f"-config_dir={config}"] if config else []),
            "shell",
            f"-master={master}",
            f"-filer={filer}",
        ]
        self._master = master
        self._environment = environment
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._pending = b""
        self._count = 0
        self._answered = False

    def start(self) -> None:
        """Start the process if there is none, and do not wait for it to connect."""
        with self._lock:
            self._running()

    def run(self, command: str, /, **flags: str) -> str:
        """Run `command -flag value …` and return what it printed.

        Raises:
            CommandError: GC-STORE-018, the shell reported an error.
            CloudError: GC-STORE-018, no answer in time; the shell is then stopped.
            EnvironmentProblem: GC-STORE-017, there is no `weed`, or nothing where it was told to connect.
        """
        words = [command]
        for flag, value in flags.items():
            if not _SAFE.fullmatch(value):
                raise ValueError(f"{command}: -{flag} has a character that the shell would interpret")
            words.append(f"-{flag}={value}")
        with self._lock:
            lines = self._answer(command, " ".join(words))
        errors = [line for line in lines if line.startswith("error: ")]
        unknown = [line for line in lines if line.startswith("unknown command: ")]
        if errors or unknown:
            raise CommandError(command, "; ".join([e.removeprefix("error: ") for e in errors] + unknown))
        return "\n".join(lines)

    def close(self) -> None:
        """End the process; the next command starts another."""
        with self._lock:
            self._stop()

    def _answer(self, name: str, line: str) -> list[str]:
        process = self._running()
        self._count += 1
        end = f"govcloud.end.{self._count}"
        assert process.stdin is not None
        try:
            process.stdin.write(f"{line}\n{end}\n".encode())
            process.stdin.flush()
        except OSError as error:
            self._stop()
            raise CloudError(problems.shell_failed(name, _ENDED)) from error
        lines: list[str] = []
        deadline = time.monotonic() + _ANSWER_SECONDS
        while (read := self._line(process, deadline)) is not None:
            if read == f"unknown command: {end}":
                self._answered = True
                return lines
            if read and not _LOG_LINE.match(read):
                lines.append(read)
        timed_out = time.monotonic() >= deadline
        self._stop()
        if timed_out and not self._answered:
            # Without a master the shell waits for ever and says nothing.
            raise EnvironmentProblem(
                problems.shell_unavailable(
                    Text(en=f"no answer from {self._master}", vi=f"{self._master} không trả lời")
                )
            )
        said = [NO_ANSWER if timed_out else _ENDED, *map(quotation, lines[-1:])]
        raise CloudError(problems.shell_failed(name, Text.joined(said, ": ")))

    def _line(self, process: subprocess.Popen[bytes], deadline: float) -> str | None:
        """Return the next line, None at the end of file or past `deadline`."""
        assert process.stdout is not None
        descriptor = process.stdout.fileno()
        while b"\n" not in self._pending:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([descriptor], [], [], left)[0]:
                return None
            chunk = os.read(descriptor, 65536)
            if not chunk:
                return None
            self._pending += chunk
        line, self._pending = self._pending.split(b"\n", 1)
        return line.decode(errors="replace").rstrip("\r")

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._stop()
        self._process = subprocess.Popen(
            [str(_weed(self._environment)), *self._argv],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # One pipe for both: the order of an answer and the mark behind it is what makes the protocol work.
            stderr=subprocess.STDOUT,
            env={k: v for k, v in self._environment.items() if k in ("HOME", "PATH") or k.startswith("WEED_")},
        )
        self._pending = b""
        self._answered = False
        return self._process

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(OSError):
            process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()


def _weed(environment: Mapping[str, str]) -> Path:
    """Return the `weed` program: on PATH, else beside this interpreter, where its wheel puts it."""
    found = shutil.which("weed", path=environment.get("PATH"))
    beside = Path(sys.executable).with_name("weed")
    if found:
        return Path(found)
    if beside.is_file():
        return beside
    raise EnvironmentProblem(
        problems.shell_unavailable(Text(en="there is no `weed` on PATH", vi="không có `weed` trong PATH"))
    )
