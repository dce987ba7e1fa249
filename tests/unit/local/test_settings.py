"""The state folder: what is kept is read back; damage, other versions and missing rights are said, not guessed."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from govcloud_base.errors import EnvironmentProblem, UsageError
from govcloud_local import settings
from govcloud_local.settings import Profile, Settings


def test_settings_are_read_back(tmp_path: Path) -> None:
    for profile in Profile:
        saved = Settings(state=tmp_path / "s", profile=profile, base=21000)
        settings.save(saved)
        assert settings.load(tmp_path / "s") == saved


def test_no_state_is_no_cloud(tmp_path: Path) -> None:
    assert settings.load(tmp_path / "absent") is None


def test_the_state_is_closed_to_others_even_if_the_folder_was_not(tmp_path: Path) -> None:
    state = tmp_path / "s"
    state.mkdir(mode=0o755)
    settings.save(Settings(state=state, profile=Profile.FULL))
    assert state.stat().st_mode & 0o777 == 0o700
    assert (state / "settings.json").stat().st_mode & 0o777 == 0o600


def test_another_versions_state_is_refused(tmp_path: Path) -> None:
    settings.save(Settings(state=tmp_path, profile=Profile.FULL))
    record = json.loads((tmp_path / "settings.json").read_text())
    (tmp_path / "settings.json").write_text(json.dumps({**record, "format": settings.FORMAT + 1}))
    with pytest.raises(EnvironmentProblem, match="GC-LOCAL-003"):
        settings.load(tmp_path)


@pytest.mark.parametrize(
    "content",
    ["", "{}", "[]", "nonsense", '{"format": 1, "profile": "half", "base": 1}', '{"format": 1, "profile": "full"}'],
)
def test_a_damaged_file_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "settings.json").write_text(content)
    with pytest.raises((EnvironmentProblem, UsageError), match=r"GC-LOCAL-00[14]"):
        settings.load(tmp_path)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentProblem, match="GC-LOCAL-005"):
        settings.save(Settings(state=tmp_path / "file" / "state", profile=Profile.FULL))


def test_a_folder_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "s").mkdir()
    monkeypatch.setattr(os, "getuid", lambda: 4242)
    with pytest.raises(EnvironmentProblem, match="another user"):
        settings.save(Settings(state=tmp_path / "s", profile=Profile.CONTROL_PLANE))


def test_the_api_is_where_the_profile_says() -> None:
    control_plane = Settings(state=Path("/s"), profile=Profile.CONTROL_PLANE, base=20000)
    full = Settings(state=Path("/s"), profile=Profile.FULL, base=20000)
    assert control_plane.api_url == control_plane.machine_api_url == "https://127.0.0.1:20002"
    assert full.api_url == "https://10.250.0.1:20002"
    assert full.machine_api_url == "https://127.0.0.1:20002"
