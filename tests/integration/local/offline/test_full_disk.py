"""A disk that is really full: what Pulumi leaves in its state then, and that the next run gets over it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from workbench import Workbench

from govcloud_local.pulumi import install

pytestmark = [
    pytest.mark.toolchain,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can make a small disk"),
]

PROGRAM = """
import os
import pulumi

class Part(pulumi.ComponentResource):
    def __init__(self, name, text):
        super().__init__("test:index:Part", name, {"text": text})
        self.register_outputs({"text": text})

for number in range(int(os.environ["PARTS"])):
    Part(f"part-{number}", "x" * 3000)
pulumi.export("parts", os.environ["PARTS"])
"""


class Disk:
    """A small file system of its own."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self._filling = place / "filling"

    def fill(self, free: int = 0) -> None:
        """Leave that many bytes."""
        with self._filling.open("wb") as stream:
            while True:
                try:
                    os.write(stream.fileno(), b"\0" * 4096)
                except OSError:
                    break
            os.ftruncate(stream.fileno(), os.fstat(stream.fileno()).st_size - free)

    def empty(self) -> None:
        self._filling.unlink()


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    place = tmp_path / "disk"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "govcloud-test", str(place)], check=True)
    yield Disk(place)
    subprocess.run(["umount", str(place)], check=True)


@pytest.fixture
def small(bench: Workbench, disk: Disk) -> Workbench:
    """The workbench with its state on the small disk, and the `pulumi` that people run in front of the CLI."""
    bench.program(PROGRAM)
    state = disk.place / "state"
    state.mkdir()
    entrance = bench.folder / "entrance"
    entrance.write_text(install._entrance(bench.pulumi, state))
    entrance.chmod(0o700)
    environment = {
        **bench.environment,
        "PULUMI_BACKEND_URL": f"file://{state}?metadata=skip",
        "PARTS": "2",
        "GOVCLOUD_LANG": "en",
    }
    made = replace(bench, pulumi=entrance, environment=environment)
    made.done("stack", "init", "full")
    made.done("up", "--yes", "--skip-preview", "--stack", "full")
    return made


UP = ("up", "--yes", "--skip-preview", "--stack", "full")


def _parts(small: Workbench) -> int:
    resources = json.loads(small.done("stack", "export", "--stack", "full"))["deployment"]["resources"]
    return sum(1 for resource in resources if resource["type"] == "test:index:Part")


def test_a_lock_that_found_no_room_stops_nobody_later(small: Workbench, disk: Disk, bench: Workbench) -> None:
    disk.fill()
    assert small.run(*UP, PARTS="3").returncode != 0
    disk.empty()
    official = replace(small, pulumi=bench.pulumi).run(*UP, PARTS="3")
    assert "unexpected end of JSON input" in official.stdout + official.stderr, "Pulumi alone gets over it by now"
    said = small.done(*UP, PARTS="3")
    assert "took over from a run that was interrupted (?, no room on the disk)" in said
    assert _parts(small) == 3
    assert "took over" not in small.done(*UP)


def test_a_state_that_found_no_room_is_put_back(small: Workbench, disk: Disk, bench: Workbench) -> None:
    state = disk.place / "state" / ".pulumi" / "stacks" / "bench" / "full.json"
    disk.fill(free=8192)
    with subprocess.Popen(
        [small.pulumi, *UP, "--non-interactive"],
        cwd=small.folder,
        env={**small.environment, "PARTS": "9"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as running:
        end = time.monotonic() + 60
        while _is_whole(state):
            assert running.poll() is None and time.monotonic() < end
            time.sleep(0.01)
        running.send_signal(signal.SIGKILL)  # it would try for minutes
    disk.empty()
    official = replace(small, pulumi=bench.pulumi).run("stack", "export", "--stack", "full")
    assert official.returncode != 0, "Pulumi alone gets over it by now"
    said = small.done(*UP, PARTS="9")
    assert "full: its state was cut off" in said
    assert _parts(small) == 9
    assert "cut off" not in small.done(*UP)


def _is_whole(state: Path) -> bool:
    try:
        json.loads(state.read_bytes())
    except ValueError:
        return False
    return True
