"""Socket files of daemons: each goes with the daemon that made it, and no other is touched."""

from __future__ import annotations

import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from govcloud_base.errors import Text
from govcloud_base.interruption import Interruption
from govcloud_local import cloud as embedded
from govcloud_local import settings
from govcloud_local.daemons import lifecycle, records, sockets
from govcloud_local.daemons.component import Component, Home
from govcloud_local.daemons.lifecycle import Starter
from govcloud_local.settings import Profile, Settings

_DAEMON = """
import os, signal, socket, sys, time
bound = []
def bind(path):
    if os.path.lexists(path):
        os.unlink(path)
    bound.append(socket.socket(socket.AF_UNIX))
    bound[-1].bind(path)
    bound[-1].listen()
for path in sys.argv[2:]:
    bind(path)
def end(number, frame):
    bind(sys.argv[1])
    os._exit(0)
if sys.argv[1]:
    signal.signal(signal.SIGTERM, end)
time.sleep(600)
"""


def _store(place: Path, last: str = "") -> Component:
    """Return a daemon that binds one socket below the state and one elsewhere, as the object store does.

    It binds `last` when it is told to end, right before it does.
    """
    files = (last, "run/store.sock", str(place))
    return Component(
        name="store",
        argv=(sys.executable, "-S", "-c", _DAEMON, *files),
        socket_names=(f"{place.parent}/store-*-16411.sock",),
        ready=lambda: None if _answers(place) else Text("no answer", "chưa trả lời"),
        home=Home.HOST,
        after=(),
    )


def _answers(place: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(place)) == 0


def _up(chosen: Settings, component: Component) -> None:
    with Interruption() as interruption:
        Starter(chosen, [component], [], interruption, lambda event: None).run()


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[[str], Settings]]:
    """Make clouds, which are down again after the test."""
    clouds: list[Settings] = []

    def one(name: str) -> Settings:
        clouds.append(Settings(state=tmp_path / name, profile=Profile.CONTROL_PLANE))
        settings.save(clouds[-1])
        return clouds[-1]

    yield one
    for each in clouds:
        lifecycle.stop(each)


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    """Return where daemons of several clouds put a socket of the same name."""
    return tmp_path / "store-grpc-16411.sock"


def test_down_of_another_cloud_with_the_same_ports_breaks_nothing(
    made: Callable[[str], Settings], shared: Path
) -> None:
    one, other = made("one"), made("other")
    _up(one, _store(shared))
    embedded.down(other.state)
    assert _answers(shared) and _answers(one.run / "store.sock")
    embedded.down(one.state)
    assert not shared.exists()
    assert list(one.run.iterdir()) == []


def test_a_socket_that_another_cloud_has_bound_since_stays(made: Callable[[str], Settings], shared: Path) -> None:
    one, other = made("one"), made("other")
    _up(one, _store(shared))
    process = records.read_all(one)[0].process
    assert process is not None
    process.signal(signal.SIGKILL)
    while process.alive():
        time.sleep(0.02)
    _up(other, _store(shared))
    embedded.down(one.state)
    assert _answers(shared)
    embedded.down(other.state)
    assert not shared.exists()


@pytest.mark.parametrize("recorded", [True, False])
def test_sockets_of_a_killed_daemon_go_at_down_or_are_bound_anew(
    made: Callable[[str], Settings], shared: Path, recorded: bool
) -> None:
    one = made("one")
    _up(one, _store(shared))
    if not recorded:  # `up` was killed before it wrote them down
        for file in one.run.glob("store.*"):
            if file.suffix != ".sock":
                file.unlink()
    else:
        process = records.read_all(one)[0].process
        assert process is not None
        process.signal(signal.SIGKILL)
        while process.alive():
            time.sleep(0.02)
        assert shared.exists(), "nobody cleared up"
    embedded.down(one.state)
    assert not shared.exists()
    assert list(one.run.iterdir()) == []


def test_a_socket_that_a_daemon_binds_in_its_last_moment_goes(
    made: Callable[[str], Settings], shared: Path, tmp_path: Path
) -> None:
    one = made("one")
    last = tmp_path / "store-master-16411.sock"
    _up(one, _store(shared, str(last)))
    lifecycle.stop(one)
    assert list(tmp_path.glob("*.sock")) == []


def test_of_what_a_pattern_fits_only_a_socket_that_nobody_listens_at_is_cleared(tmp_path: Path) -> None:
    living, dead, other, plain = (tmp_path / f"{name}.sock" for name in ("a-1", "b-1", "c-2", "d-1"))
    plain.write_text("somebody's file")
    with socket.socket(socket.AF_UNIX) as answering:
        answering.bind(str(living))
        answering.listen()
        for place in (dead, other):
            with socket.socket(socket.AF_UNIX) as gone:
                gone.bind(str(place))
        sockets.clear([f"{tmp_path}/*-1.sock"])
        assert sorted(tmp_path.iterdir()) == [living, other, plain]


def test_only_the_same_file_is_removed(tmp_path: Path) -> None:
    place = tmp_path / "a.sock"
    with socket.socket(socket.AF_UNIX) as mine:
        mine.bind(str(place))
        status = place.lstat()
        same = sockets.SocketFile(str(place), status.st_ino, status.st_mtime_ns)
        for strange in (
            sockets.SocketFile(str(place), status.st_ino + 1, status.st_mtime_ns),
            sockets.SocketFile(str(place), status.st_ino, status.st_mtime_ns + 1),
            sockets.SocketFile(str(tmp_path / "none"), status.st_ino, status.st_mtime_ns),
        ):
            sockets.remove([strange])
            assert place.exists()
        sockets.remove([same])
        assert not place.exists()
    place.write_text("somebody's file")
    os.utime(place, ns=(same.made, same.made))
    sockets.remove([sockets.SocketFile(str(place), place.stat().st_ino, same.made)])
    assert place.exists(), "it is no socket"
