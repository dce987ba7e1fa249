"""The node's process 1, its plan and control groups, as far as that needs no root."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from govcloud_local.daemons.component import Home
from govcloud_local.daemons.process import Namespace
from govcloud_local.node import cgroups, init, kubelet, machine, settling
from govcloud_local.settings import Profile, Settings


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(state=tmp_path / "state", profile=Profile.FULL, base=30000)


def test_the_plan_shows_nothing_of_the_machine_that_it_need_not(settings: Settings) -> None:
    machine.prepare(settings, [Path("/opt/tools/kubelet")], queue_expression=False)
    plan = json.loads((settings.config / "node-init" / "plan.json").read_text())
    assert set(plan["covered"]) == {"/run", "/var/lib", "/var/log"}
    assert {str(settings.state), "/opt/tools/kubelet"} <= set(plan["kept"])
    assert all(Path(source).is_dir() for source in plan["binds"].values())
    assert [c["argv"][0] for c in plan["commands"]] == ["ip", "nft", "iptables-restore"]
    machine.prepare(settings, [], queue_expression=True)
    plan = json.loads((settings.config / "node-init" / "plan.json").read_text())
    assert [c["argv"][0] for c in plan["commands"]] == ["ip", "nft"]


def test_process_1_owns_every_namespace(settings: Settings) -> None:
    component = machine.component(settings)
    assert component.name == "node-init"
    assert component.unshare is Namespace.ALL
    assert component.home is Home.HOST
    assert component.ready() is not None


def test_nothing_of_a_node_that_is_gone_is_seen(settings: Settings) -> None:
    assert not machine.inside(settings, "/etc").exists()


def test_daemons_of_the_node_write_what_pods_can_read() -> None:
    command = machine.command(Path("/bin/sh"), "-c", "umask")
    said = subprocess.run(command, capture_output=True, text=True, check=True, umask=0o077)
    assert said.stdout == "0022\n"


def test_a_failing_command_ends_the_node_with_its_words() -> None:
    with pytest.raises(SystemExit, match="sh -c echo no such luck >&2; exit 3: no such luck"):
        init.run(["sh", "-c", "echo no such luck >&2; exit 3"], "")
    with pytest.raises(SystemExit, match="no-such-program is not installed"):
        init.run(["no-such-program"], "")


def test_process_1_needs_the_standard_library_only() -> None:
    code = f"import runpy; runpy.run_path({init.__file__!r}, run_name='looked at')"
    assert subprocess.run([sys.executable, "-I", "-S", "-c", code], check=False).returncode == 0


def test_a_group_of_version_1_gets_processors(tmp_path: Path) -> None:
    (tmp_path / "cpuset.cpus").write_text("0-1\n")
    (tmp_path / "cpuset.mems").write_text("0\n")
    group = tmp_path / "group"
    group.mkdir()
    for name in ("cpuset.cpus", "cpuset.mems"):
        (group / name).write_text("\n")  # the kernel makes these, empty
    init.make_cgroup(group, cgroups.CONTROLLERS)
    assert (group / "cpuset.cpus").read_text() == "0-1\n"
    assert (group / "cpuset.mems").read_text() == "0\n"


def test_a_group_of_version_2_gets_controllers(tmp_path: Path) -> None:
    group = tmp_path / "group"
    group.mkdir()
    for folder in (tmp_path, group):
        (folder / "cgroup.controllers").write_text("cpu memory pids\n")
    init.make_cgroup(group, ["cpu", "memory"])
    assert (group / "cgroup.subtree_control").read_text() == "+pids"


def test_a_node_without_controllers_says_so_at_once(tmp_path: Path) -> None:
    group = tmp_path / "group"
    group.mkdir()
    (tmp_path / "cgroup.controllers").write_text("cpu memory pids\n")
    (group / "cgroup.controllers").write_text("pids\n")  # what the kernel leaves when the others are refused
    with pytest.raises(SystemExit, match=f"{group} does not get the controllers cpu, memory: {tmp_path} holds"):
        init.make_cgroup(group, ["cpu", "memory", "pids"])


@pytest.fixture
def hierarchies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    mount = tmp_path / "cgroup"
    for name in ("cpu,cpuacct", "memory", "unified"):
        (mount / name).mkdir(parents=True)
    (mount / "cpu").symlink_to("cpu,cpuacct")
    monkeypatch.setattr(cgroups, "_MOUNT", mount)
    return mount


def test_one_group_a_hierarchy_and_a_name_a_cloud(hierarchies: Path, settings: Settings, tmp_path: Path) -> None:
    roots = cgroups.roots(settings)
    assert len(roots) == 2
    assert {root.parent.resolve().name for root in roots} == {"cpu,cpuacct", "memory"}
    other = Settings(state=tmp_path / "other", profile=Profile.FULL)
    assert cgroups.name(other) != cgroups.name(settings)


def test_version_2_has_one_hierarchy(hierarchies: Path, settings: Settings) -> None:
    (hierarchies / "cgroup.controllers").write_text("cpu memory\n")
    assert cgroups.roots(settings) == [hierarchies / cgroups.name(settings)]


def test_groups_go_with_all_below_and_nothing_else(hierarchies: Path, settings: Settings) -> None:
    name = cgroups.name(settings)
    for root in ("memory", "unified"):
        (hierarchies / root / name / "kubepods" / "pod1").mkdir(parents=True)
    (hierarchies / "memory" / "foreign").mkdir()
    assert cgroups.remove(settings) == []
    assert cgroups.remove(settings) == []
    assert sorted(path.name for path in hierarchies.rglob("*")) == [
        "cpu",
        "cpu,cpuacct",
        "foreign",
        "memory",
        "unified",
    ]


def test_a_group_in_use_is_told(hierarchies: Path, settings: Settings) -> None:
    group = hierarchies / "memory" / cgroups.name(settings)
    group.mkdir()
    (group / "held").write_text("")
    assert cgroups.remove(settings, patience=0.1) == [group]


def test_the_kubelet_lets_nobody_in_without_a_name(settings: Settings) -> None:
    configuration = kubelet.configuration(settings)
    assert configuration["authentication"] == {
        "anonymous": {"enabled": False},
        "webhook": {"enabled": True},
        "x509": {"clientCAFile": str(settings.pki / "kubernetes" / "ca.crt")},
    }
    assert configuration["authorization"] == {"mode": "Webhook"}
    assert configuration["readOnlyPort"] == 0
    assert configuration["cgroupRoot"] == f"/{cgroups.name(settings)}"


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ([{"type": "Ready", "status": "True"}], None),
        ([{"type": "Ready", "status": "False", "message": "no network yet"}], "'no network yet'"),
        ([{"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown"}], "'NodeStatusUnknown'"),
        ([], "chưa báo trạng thái `Ready`"),
    ],
)
def test_an_object_is_ready_when_it_says_so(conditions: list[dict[str, str]], expected: str | None) -> None:
    said = settling.condition({"status": {"conditions": conditions}}, "Ready")
    assert (said and said.vi) == expected
