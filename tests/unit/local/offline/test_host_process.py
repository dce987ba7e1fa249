"""How the language host starts and ends, as a process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import grpc
import pytest

from govcloud_base.wire.protocol import language_pb2, language_pb2_grpc
from govcloud_offline.host import program
from govcloud_offline.host.server import read_arguments

HOST = [sys.executable, "-I", "-m", "govcloud_offline.host"]


@pytest.fixture
def host(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A host as the engine starts it: a process group of its own, its input held open."""
    (tmp_path / "executor.py").write_text(
        "import signal, subprocess, sys, time\n"
        "signal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)', sys.argv[0]])\n"
        "open(sys.argv[0] + '.started', 'w').close()\n"
        "time.sleep(600)\n"
    )
    started = subprocess.Popen(
        [*HOST, "--use-executor", str(tmp_path / "executor.py"), "127.0.0.1:1"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        process_group=0,
    )
    with started:
        yield started
        started.kill()


def port(host: subprocess.Popen[str]) -> int:
    assert host.stdout is not None
    return int(host.stdout.readline())


def start_program(host: subprocess.Popen[str], tmp_path: Path) -> None:
    """Have the host run a program that ignores SIGINT and has a child."""
    with grpc.insecure_channel(f"127.0.0.1:{port(host)}") as channel:
        info = language_pb2.ProgramInfo(root_directory=str(tmp_path), program_directory=str(tmp_path), entry_point=".")
        info.options.update({"virtualenv": sys.prefix})
        call = language_pb2_grpc.LanguageRuntimeStub(channel).Run.future(language_pb2.RunRequest(info=info))
        _until((tmp_path / "executor.py.started").exists)
        del call


def test_the_first_line_is_the_port(host: subprocess.Popen[str]) -> None:
    with grpc.insecure_channel(f"127.0.0.1:{port(host)}") as channel:
        grpc.channel_ready_future(channel).result(timeout=60)


def test_it_goes_when_the_engine_is_gone(host: subprocess.Popen[str]) -> None:
    port(host)
    assert host.stdin is not None
    host.stdin.close()
    host.wait(60)
    assert host.stdout is not None
    assert host.stdout.read() == ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_on_a_signal(host: subprocess.Popen[str], number: int) -> None:
    port(host)
    os.killpg(host.pid, number)
    assert host.wait(60) == 0


def test_program_and_grandchildren_go_with_the_engine(host: subprocess.Popen[str], tmp_path: Path) -> None:
    start_program(host, tmp_path)
    assert host.stdin is not None
    host.stdin.close()
    host.wait(60)
    _until(lambda: not _running(tmp_path))


def test_a_program_that_ignores_the_interrupt_is_killed(host: subprocess.Popen[str], tmp_path: Path) -> None:
    start_program(host, tmp_path)
    os.killpg(host.pid, signal.SIGINT)
    host.wait(60)
    _until(lambda: not _running(tmp_path))


def test_without_an_engine_it_waits_to_be_attached_to() -> None:
    with subprocess.Popen(HOST, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True) as host:
        assert port(host) > 0
        assert host.poll() is None
        host.terminate()
        assert host.wait(60) == 0


def test_it_starts_without_importing_pulumi() -> None:
    """`import pulumi` would cost more than all the rest, twice for every operation."""
    code = "import govcloud_offline.host.server, sys; print([m for m in sys.modules if m.split('.')[0] == 'pulumi'])"
    shown = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "[]\n"


def test_it_says_the_version_of_its_sdk() -> None:
    shown = subprocess.run([*HOST, "--version"], capture_output=True, text=True, check=True)
    assert shown.stdout.startswith("3.")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], ("", program.EXECUTOR)),
        (["127.0.0.1:1234"], ("127.0.0.1:1234", program.EXECUTOR)),
        (["--logtostderr", "-v=9", "--tracing", "file:x", "127.0.0.1:1"], ("127.0.0.1:1", program.EXECUTOR)),
        (["--use-executor", "/x/exec", "127.0.0.1:1"], ("127.0.0.1:1", Path("/x/exec"))),
    ],
)
def test_what_the_engine_passes_is_understood(given: list[str], expected: tuple[str, Path]) -> None:
    assert read_arguments(given) == expected


def _running(mark: Path) -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = os.fsdecode((process / "cmdline").read_bytes())
        except OSError:
            continue
        if str(mark) in command and int(process.name) != os.getpid():
            found.append(command)
    return found


def _until(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)
