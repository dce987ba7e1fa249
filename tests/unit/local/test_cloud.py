"""What is decided before anything starts."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from govcloud_base.errors import EnvironmentProblem, UsageError
from govcloud_local import cloud, settings
from govcloud_local.daemons.process import Process
from govcloud_local.settings import Profile, Settings
from govcloud_local.toolchain.tool import Tool


class ReachedError(Exception):
    """The decision was taken: the next step is to get the tools."""


def _decide(state: Path, profile: Profile | None = None, base: int | None = None) -> Settings:
    """Return what `up` would start, without starting it."""
    decided: list[Settings] = []

    def resolve(chosen: Settings, names: tuple[str, ...]) -> Mapping[str, Tool]:
        assert {"etcd", "kube-apiserver", "weed"} <= set(names)
        decided.append(chosen)
        raise ReachedError

    with pytest.raises(ReachedError):
        cloud.up(state, profile, base, resolve, lambda event: None)
    return decided[0]


@pytest.mark.parametrize(("user", "profile"), [(0, Profile.FULL), (1000, Profile.CONTROL_PLANE)])
def test_the_default_is_all_that_the_user_may(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, user: int, profile: Profile
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: user)
    assert _decide(tmp_path / "s").profile is profile


def test_full_without_root_is_refused_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(EnvironmentProblem, match=r"GC-LOCAL-010.*root") as caught:
        _decide(tmp_path / "s", Profile.FULL)
    assert "--profile control-plane" in str(caught.value)
    assert [f.name for f in (tmp_path / "s").iterdir()] == ["lock"]


def test_choices_are_remembered_and_can_be_changed_while_down(tmp_path: Path) -> None:
    first = _decide(tmp_path, Profile.CONTROL_PLANE, 20000)
    assert (first.profile, first.base) == (Profile.CONTROL_PLANE, 20000)
    assert _decide(tmp_path) == first
    assert _decide(tmp_path, base=21000).base == 21000
    assert _decide(tmp_path).base == 21000


def test_choices_cannot_be_changed_while_something_runs(tmp_path: Path) -> None:
    first = _decide(tmp_path, Profile.CONTROL_PLANE, 20000)
    me = Process.of(os.getpid())
    assert me is not None
    me.save(first.run / "etcd.json")
    assert _decide(tmp_path) == first
    with pytest.raises(UsageError, match="GC-LOCAL-011"):
        _decide(tmp_path, base=21000)
    assert settings.load(tmp_path) == first


def test_a_full_disk_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    total = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: total._replace(free=100 << 20))
    with pytest.raises(EnvironmentProblem, match=r"GC-LOCAL-012") as caught:
        _decide(tmp_path, Profile.CONTROL_PLANE)
    assert "100 MiB" in str(caught.value)


def test_a_disk_that_fills_up_on_the_way_is_said(tmp_path: Path) -> None:
    def resolve(chosen: Settings, names: tuple[str, ...]) -> Mapping[str, Tool]:
        raise OSError(28, "No space left on device", "/somewhere")

    with pytest.raises(EnvironmentProblem, match=r"GC-LOCAL-005") as caught:
        cloud.up(tmp_path, Profile.CONTROL_PLANE, None, resolve, lambda event: None)
    assert "No space left on device" in str(caught.value)


def test_status_before_the_first_up_ended_is_said(tmp_path: Path) -> None:
    _decide(tmp_path, Profile.CONTROL_PLANE)
    with pytest.raises(EnvironmentProblem, match="GC-LOCAL-015"):
        cloud.status(tmp_path)


def test_reset_deletes_a_damaged_state(tmp_path: Path) -> None:
    _decide(tmp_path / "s", Profile.CONTROL_PLANE)
    (tmp_path / "s" / "settings.json").write_text("damaged")
    cloud.reset(tmp_path / "s")
    assert not (tmp_path / "s").exists()
