"""Starting in the order of needs, keeping what serves, repairing what does not, undoing in the reverse order."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Callable

import pytest

from govcloud_base.errors import CloudError, Text
from govcloud_base.interruption import AbortedError, Interruption
from govcloud_local.daemons import lifecycle, records
from govcloud_local.daemons.component import Component
from govcloud_local.daemons.lifecycle import Event, Phase, Starter, Task
from govcloud_local.settings import Settings

_DAEMON = """
import signal, sys, time
name, folder = sys.argv[1:3]
def say(word):
    with open(folder + "/history", "a") as stream:
        stream.write(word + " " + name + "\\n")
def end(*_):
    say("end")
    sys.exit()
signal.signal(signal.SIGTERM, end)
say("start")
open(folder + "/" + name + ".serves", "w").close()
while True:
    time.sleep(0.05)
"""


def _daemon(cloud: Settings, name: str, *arguments: str, after: tuple[str, ...] | None = None) -> Component:
    serves = cloud.state / f"{name}.serves"
    return Component(
        name=name,
        argv=(sys.executable, "-S", "-c", _DAEMON, name, str(cloud.state), *arguments),
        ready=lambda: None if serves.exists() else Text("no file yet", "chưa có tệp"),
        after=after,
    )


def _up(
    cloud: Settings, components: list[Component], tasks: list[Task] | None = None
) -> tuple[Starter, dict[str, Phase]]:
    last: dict[str, Phase] = {}

    def watch(event: Event) -> None:
        last[event.name] = event.phase

    with Interruption() as interruption:
        starter = Starter(cloud, components, tasks or [], interruption, watch)
        starter.run()
    return starter, last


def _history(cloud: Settings) -> list[str]:
    return (cloud.state / "history").read_text().splitlines()


def _wait(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def test_each_starts_after_its_needs_and_ends_before_them(cloud: Settings) -> None:
    chain = [_daemon(cloud, "a", after=()), _daemon(cloud, "b"), _daemon(cloud, "c")]
    _up(cloud, chain)
    lifecycle.stop(cloud)
    assert _history(cloud) == ["start a", "start b", "start c", "end c", "end b", "end a"]
    assert list(cloud.run.iterdir()) == []


def test_independent_ones_do_not_wait_for_each_other(cloud: Settings) -> None:
    # each serves only when the other has started: one after the other would never get ready
    both = [_daemon(cloud, "a", after=()), _daemon(cloud, "b", after=())]
    paired = [
        Component(name=c.name, argv=c.argv, after=(), ready=o.ready, start_seconds=15)
        for c, o in zip(both, reversed(both), strict=True)
    ]
    starter, _ = _up(cloud, paired)
    assert set(starter.started) == {"a", "b"}


def test_what_serves_is_kept(cloud: Settings) -> None:
    components = [_daemon(cloud, "a"), _daemon(cloud, "b")]
    _up(cloud, components)
    starter, last = _up(cloud, components)
    assert starter.started == []
    assert last == {"a": Phase.KEPT, "b": Phase.KEPT}


def test_what_died_is_started_again_alone(cloud: Settings) -> None:
    components = [_daemon(cloud, "a"), _daemon(cloud, "b")]
    _up(cloud, components)
    victim = records.read(cloud, "a")
    assert victim is not None and victim.process is not None
    victim.process.signal(signal.SIGKILL)
    _wait(lambda: not victim.alive)
    starter, last = _up(cloud, components)
    assert starter.started == ["a"]
    assert last == {"a": Phase.READY, "b": Phase.KEPT}


def test_another_command_line_means_a_new_start(cloud: Settings) -> None:
    _up(cloud, [_daemon(cloud, "a")])
    before = records.read(cloud, "a")
    starter, _ = _up(cloud, [_daemon(cloud, "a", "--changed")])
    assert starter.started == ["a"]
    assert before is not None and not before.alive


def test_a_daemon_that_ends_is_reported_with_its_last_words(cloud: Settings) -> None:
    code = "import sys; print('old', 'words'); sys.exit('the disk is on fire')"
    dying = Component(name="dying", argv=(sys.executable, "-c", code), ready=lambda: Text("not yet", "chưa"))
    healthy = _daemon(cloud, "healthy", after=())
    with pytest.raises(CloudError, match=r"GC-LOCAL-008.*dying ended while starting") as caught:
        _up(cloud, [dying, healthy])
    assert "the disk is on fire" in str(caught.value)


def test_a_daemon_that_never_serves_is_reported_with_what_is_missing(cloud: Settings) -> None:
    slow = Component(
        name="slow",
        argv=_daemon(cloud, "slow").argv,
        ready=lambda: Text("its door is shut", "cửa còn đóng"),
        start_seconds=0.2,
    )
    with pytest.raises(CloudError, match="does not become ready") as caught:
        _up(cloud, [slow])
    assert "its door is shut" in str(caught.value)


def test_a_program_that_is_absent_is_reported(cloud: Settings) -> None:
    with pytest.raises(CloudError, match="No such file"):
        _up(cloud, [Component(name="x", argv=("/absent/x",), ready=lambda: None)])


def test_nothing_starts_after_a_failure(cloud: Settings) -> None:
    failing = Task(name="t", after=("a",), run=lambda report: _fail())
    with pytest.raises(RuntimeError, match="broken"):
        _up(cloud, [_daemon(cloud, "a", after=()), _daemon(cloud, "b", after=("t",))], [failing])
    assert _history(cloud) == ["start a"]


def _fail() -> None:
    raise RuntimeError("broken")


def test_a_signal_stops_the_start_and_all_that_was_started_is_known(cloud: Settings) -> None:
    never = Component(name="b", argv=_daemon(cloud, "b").argv, ready=lambda: Text("never", "không bao giờ"))
    components = [_daemon(cloud, "a"), never, _daemon(cloud, "c")]
    serves = cloud.state / "b.serves"

    def interrupt() -> None:
        _wait(serves.exists)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=interrupt).start()
    with Interruption() as interruption:
        starter = Starter(cloud, components, [], interruption, lambda event: None)
        with pytest.raises(AbortedError) as caught:
            starter.run()
    assert caught.value.number == signal.SIGTERM
    assert starter.started == ["a", "b"]
    lifecycle.stop(cloud, starter.started)
    assert _history(cloud) == ["start a", "start b", "end b", "end a"]


def test_a_waiting_task_is_stopped_where_it_reports(cloud: Settings) -> None:
    def wait(report: Callable[[Text], None]) -> None:
        while True:
            report(Text("waiting", "đang chờ"))
            time.sleep(0.02)

    def interrupt() -> None:
        time.sleep(0.2)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=interrupt).start()
    with pytest.raises(AbortedError):
        _up(cloud, [_daemon(cloud, "a")], [Task(name="t", after=(), run=wait)])


def test_a_lost_daemon_is_found_by_its_mark(cloud: Settings) -> None:
    _up(cloud, [_daemon(cloud, "a")])
    record = records.read(cloud, "a")
    assert record is not None and record.process is not None
    records.delete(cloud, "a")
    assert records.strays(cloud, [record.process]) == []
    assert records.strays(cloud, []) == [record.process]
    record.process.stop()
    assert records.strays(cloud, []) == []


def test_records_of_daemons_that_are_gone_are_cleared(cloud: Settings) -> None:
    (cloud.run / "ghost.json").write_text("damaged")
    lifecycle.stop(cloud)
    assert list(cloud.run.iterdir()) == []
