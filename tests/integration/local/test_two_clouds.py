"""Two clouds on one machine: what is done to one leaves the other alone."""

from __future__ import annotations

from pathlib import Path

import footprint
import pytest
from breakable_cloud import BreakableCloud
from port_bases import FOOTPRINT as BASE

from govcloud_local import settings
from govcloud_local.settings import Profile, Settings

pytestmark = pytest.mark.cloud

PUT = """
import boto3
store = boto3.client("s3")
store.create_bucket(Bucket="two-clouds-{turn}")
store.put_object(Bucket="two-clouds-{turn}", Key="k", Body=b"x" * 100_000)
assert store.get_object(Bucket="two-clouds-{turn}", Key="k")["Body"].read() == b"x" * 100_000
"""


def _works(cloud: BreakableCloud, turn: str) -> None:
    code, rows = cloud.status()
    assert (code, {row["state"] for row in rows.values()}) == (0, {"ready"})
    cloud.run("python", "-W", "ignore", "-c", PUT.format(turn=turn))


@pytest.mark.parametrize("command", [["down"], ["reset", "--yes"]])
def test_ending_another_cloud_breaks_nothing(breakable: BreakableCloud, tmp_path: Path, command: list[str]) -> None:
    """The other has the same ports, as any two clouds have where nobody chose some: it is down, or failed to start."""
    breakable.up(BASE)
    before = footprint.take(breakable.state, BASE)
    assert any(path.startswith("/tmp/seaweedfs-") for path in before.sockets)
    other = BreakableCloud(tmp_path, {**breakable.environment, "GOVCLOUD_STATE": str(tmp_path)})
    settings.save(Settings(state=tmp_path, profile=Profile.CONTROL_PLANE, base=BASE))
    refused = other.govcloud("local", "up", "--port-base", str(BASE), "--profile", "control-plane", check=False)
    assert refused.returncode == 3 and "GC-LOCAL-002" in refused.stderr
    other.govcloud("local", *command)
    after = footprint.take(breakable.state, BASE)
    assert (after.sockets, after.listeners) == (before.sockets, before.listeners)
    _works(breakable, command[0])


def test_nothing_of_a_killed_store_is_left(breakable: BreakableCloud) -> None:
    breakable.govcloud("local", "down")
    before = footprint.take(breakable.state, BASE)
    breakable.up(BASE)
    breakable.run("kill", "-9", str(breakable.status()[1]["seaweedfs"]["pid"]))
    breakable.govcloud("local", "down")
    assert footprint.take(breakable.state, BASE) == before
