"""Plugins that are forks of the plugin server, and what happens where there is none."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import grpc
import pytest
from google.protobuf.struct_pb2 import Struct

from govcloud_base.wire import collector
from govcloud_base.wire.protocol import provider_pb2, provider_pb2_grpc
from govcloud_local.pulumi import plugin_server, plugin_start

STORAGE, KUBERNETES = "govcloud.providers.storage", "govcloud_offline.kubernetes"
PATIENCE = 20.0


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


def answers(state: Path) -> bool:
    try:
        plugin_start.connect(str(state)).close()
    except OSError:
        return False
    return True


class Plugin:
    """A plugin as the engine starts it: through the starter, its port on the first line."""

    def __init__(self, state: Path, name: str, **environment: str) -> None:
        self.starter = subprocess.Popen(
            [sys.executable, "-I", "-S", plugin_start.__file__, str(state), name, "127.0.0.1:1"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, **environment},
            cwd=state,
        )
        assert self.starter.stdout is not None
        self.port = int(self.starter.stdout.readline())

    def reasons(self, **config: str) -> str:
        """Return what the storage plugin says is wrong with a configuration."""
        news = Struct()
        news.update(config)
        with grpc.insecure_channel(f"127.0.0.1:{self.port}") as channel:
            stub = provider_pb2_grpc.ResourceProviderStub(channel)
            response = stub.CheckConfig(provider_pb2.CheckRequest(urn="urn:x", news=news), timeout=PATIENCE)
        return "\n".join(failure.reason for failure in response.failures)

    def listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def end(self) -> None:
        if self.starter.poll() is None:
            self.starter.kill()
        self.starter.wait(PATIENCE)
        until(lambda: not self.listens())
        for stream in (self.starter.stdin, self.starter.stdout):
            assert stream is not None
            stream.close()


class Server:
    """A plugin server on a state folder of its own."""

    def __init__(self, state: Path) -> None:
        self.state = state
        (state / "run").mkdir(mode=0o700)
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-u", "-m", "govcloud_local.pulumi.plugin_server", str(state)],
            stderr=subprocess.PIPE,
        )
        until(lambda: answers(state))

    def forks(self) -> list[int]:
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def end(self) -> str:
        """End the server; return what it complained about."""
        self.process.terminate()
        _, said = self.process.communicate(timeout=PATIENCE)
        return said.decode()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    found = Server(tmp_path)
    try:
        yield found
    finally:
        said = found.end()
    assert "Traceback" not in said, said


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Plugin]]:
    plugins: list[Plugin] = []

    def started(name: str, **environment: str) -> Plugin:
        plugins.append(Plugin(tmp_path, name, **environment))
        return plugins[-1]

    yield started
    for plugin in plugins:
        plugin.end()


def test_a_plugin_is_a_fork_with_the_environment_and_folder_of_who_starts_it(
    server: Server, start: Callable[..., Plugin]
) -> None:
    vietnamese, english = start(STORAGE, GOVCLOUD_LANG="vi"), start(STORAGE, GOVCLOUD_LANG="en")
    assert len(server.forks()) == 2
    assert "không" in vietnamese.reasons(adapter="nonesuch")
    assert "không" not in english.reasons(adapter="nonesuch")
    assert {Path(f"/proc/{pid}/cwd").readlink() for pid in server.forks()} == {server.state}


def test_both_plugins_are_served(server: Server, start: Callable[..., Plugin]) -> None:
    plugin = start(KUBERNETES)
    assert len(server.forks()) == 1
    assert plugin.listens()
    threads = list(Path(f"/proc/{server.process.pid}/task").iterdir())
    assert len(threads) == 1, "forking with more is not safe"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_plugin_ends_with_its_starter(server: Server, start: Callable[..., Plugin], number: signal.Signals) -> None:
    plugin = start(STORAGE)
    plugin.starter.send_signal(number)
    until(lambda: not server.forks())
    assert not plugin.listens()
    assert plugin.starter.wait(PATIENCE) != 0


@pytest.mark.parametrize("name", [STORAGE, KUBERNETES])
def test_a_plugin_ends_with_the_engine(server: Server, start: Callable[..., Plugin], name: str) -> None:
    plugin = start(name)
    assert plugin.starter.stdin is not None
    plugin.starter.stdin.close()  # what the engine's death does
    assert plugin.starter.wait(PATIENCE) == 0
    until(lambda: not server.forks())


def test_a_plugin_outlives_the_server(server: Server, start: Callable[..., Plugin]) -> None:
    plugin = start(KUBERNETES)
    server.process.kill()
    server.process.wait(PATIENCE)
    time.sleep(1.5)  # longer than a plugin that started by itself takes to notice the end of its parent
    assert plugin.listens()


@pytest.mark.parametrize("name", [STORAGE, KUBERNETES])
def test_a_plugin_starts_by_itself_where_no_server_answers(tmp_path: Path, name: str) -> None:
    (tmp_path / "run").mkdir()
    plugin = Plugin(tmp_path, name)
    try:
        assert plugin.listens()
        assert plugin.starter.stdin is not None
        plugin.starter.stdin.close()
        assert plugin.starter.wait(PATIENCE) == 0, "it ends with the engine, too"
    finally:
        plugin.end()


def test_nobody_gets_a_plugin_of_yesterdays_code(server: Server, start: Callable[..., Plugin]) -> None:
    file = Path(collector.__file__)
    status = file.stat()
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns + 1))
    try:
        plugin = start(STORAGE)
        assert plugin.listens()
        assert server.forks() == [], "it has begun anew, and the plugin started by itself"
        until(lambda: answers(server.state))
        start(STORAGE)
        assert len(server.forks()) == 1
    finally:
        os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_a_folder_that_is_gone_is_the_starters_problem(server: Server, tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    starting = [sys.executable, "-I", "-S", plugin_start.__file__, str(tmp_path), STORAGE, "127.0.0.1:1"]
    script = f"import os; os.rmdir({str(gone)!r}); os.execv({sys.executable!r}, {starting!r})"
    starter = subprocess.Popen(
        [sys.executable, "-c", script], cwd=gone, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert starter.stdout is not None and starter.stdin is not None
    assert int(starter.stdout.readline()) > 0
    until(lambda: not server.forks())
    starter.communicate(timeout=PATIENCE)


NO_REQUESTS = (
    b"",
    b"\0\0",
    b"\0\0\0\x05abcde",
    b"\xff\xff\xff\xffabc",
    b"\0\0\0\x0aa\0b\0many\0c",
    b"\0\0\0\x09nonesuch\0",
)


def test_what_is_no_request_is_not_answered_and_hinders_nobody(server: Server, start: Callable[..., Plugin]) -> None:
    for content in NO_REQUESTS:
        with socket.socket(fileno=plugin_start.connect(str(server.state)).detach()) as connection:
            connection.settimeout(PATIENCE)
            connection.sendall(content)
            connection.shutdown(socket.SHUT_WR)
            assert connection.recv(1) == b"", content
    until(lambda: not server.forks())
    assert start(STORAGE).listens()
    assert len(server.forks()) == 1


def test_who_dawdles_keeps_nobody_waiting(server: Server, start: Callable[..., Plugin]) -> None:
    with socket.socket(fileno=plugin_start.connect(str(server.state)).detach()) as dawdler:
        dawdler.settimeout(PATIENCE)
        dawdler.sendall(b"\0")
        assert start(STORAGE).listens()
        assert dawdler.recv(1) == b""
    until(lambda: len(server.forks()) == 1)


def test_only_this_user_may_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked(user: int) -> plugin_server.Request | None:
        monkeypatch.setattr(os, "geteuid", lambda: user)
        theirs, ours = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs, ours:
            content = b"\0".join([b"plugin", b"/", b"1", b"argument", b"A=b=c"])
            socket.send_fds(theirs, [len(content).to_bytes(4, "big") + content], [0, 1, 2])
            return plugin_server.receive(ours)

    me = os.geteuid()
    request = asked(me)
    assert request is not None
    assert (request.plugin, request.arguments, request.environment) == ("plugin", ["argument"], {b"A": b"b=c"})
    for handle in request.streams:
        os.close(handle)
    before = len(list(Path("/proc/self/fd").iterdir()))
    assert asked(me + 1) is None
    assert len(list(Path("/proc/self/fd").iterdir())) == before
