"""Control groups of both versions, complete and incomplete."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from govcloud_local.node.kernel import cgroups

V1 = ("cpu", "cpuset", "memory", "pids", "cpuacct", "devices", "freezer")


@pytest.fixture(autouse=True)
def root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 0)


def _v1(tmp_path: Path, mounted: tuple[str, ...], disabled: tuple[str, ...] = ()) -> tuple[Path, Path]:
    mount = tmp_path / "cgroup"
    for name in mounted:
        (mount / name).mkdir(parents=True)
    listed = tmp_path / "cgroups"
    rows = [f"{name}\t1\t1\t{int(name not in disabled)}" for name in V1]
    listed.write_text("\n".join(["#subsys_name\thierarchy\tnum_cgroups\tenabled", *rows]) + "\n")
    return mount, listed


def test_version_1_with_all_controllers_mounted(tmp_path: Path) -> None:
    feature = cgroups(*_v1(tmp_path, V1))
    assert (feature.problem, feature.detail) == (None, "v1")


def test_version_1_with_a_controller_that_is_not_mounted(tmp_path: Path) -> None:
    feature = cgroups(*_v1(tmp_path, V1[:-1]))
    assert feature.problem is not None and feature.problem.en.endswith(": freezer")
    assert feature.fix is not None


def test_version_1_with_a_controller_that_is_switched_off(tmp_path: Path) -> None:
    feature = cgroups(*_v1(tmp_path, V1, disabled=("memory",)))
    assert feature.problem is not None and feature.problem.en.endswith(": memory")


@pytest.mark.parametrize(
    ("controllers", "lacking"), [("cpuset cpu io memory pids", None), ("cpuset cpu io", "memory, pids")]
)
def test_version_2(tmp_path: Path, controllers: str, lacking: str | None) -> None:
    (tmp_path / "cgroup.controllers").write_text(f"{controllers}\n")
    feature = cgroups(tmp_path, tmp_path / "none")
    assert feature.detail == "v2"
    assert (feature.problem and feature.problem.vi.partition(": ")[2]) == lacking


@pytest.mark.parametrize(
    ("processes", "handed", "held"),
    [
        ("1\n", "", "cpu, cpuset, memory, pids"),
        ("1\n", "memory pids", "cpu, cpuset"),
        ("1\n", "cpuset cpu memory pids", None),
        ("", "", None),
    ],
    ids=["nothing handed on", "some handed on", "all handed on", "no process"],
)
def test_version_2_in_a_container_with_a_group_of_its_own(
    tmp_path: Path, processes: str, handed: str, held: str | None
) -> None:
    (tmp_path / "cgroup.controllers").write_text("cpuset cpu io memory pids\n")
    (tmp_path / "cgroup.type").write_text("domain\n")
    (tmp_path / "cgroup.procs").write_text(processes)
    (tmp_path / "cgroup.subtree_control").write_text(handed)
    problem = cgroups(tmp_path, tmp_path / "none").problem
    assert (problem and problem.en.partition(": ")[2]) == held
