"""A user's folders, as variables name them."""

from __future__ import annotations

from pathlib import Path

import pytest

from govcloud.country.cache import cache_file
from govcloud_base.user_folders import cache_folder, config_folder, state_folder


@pytest.mark.parametrize(
    ("own", "base", "folder"),
    [
        ("/own", "/base", "/own"),
        ("own", "/base", "here/own"),
        ("", "/base", "/base/govcloud"),
        ("", "", "home/.cache/govcloud"),
        # No path of the specification: a tilde that no shell expanded would else become a folder wherever one stands.
        ("", "~/.cache", "home/.cache/govcloud"),
        ("", "relative", "home/.cache/govcloud"),
    ],
)
def test_one_reading_of_the_cache(
    own: str, base: str, folder: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GOVCLOUD_CACHE", own)
    monkeypatch.setenv("XDG_CACHE_HOME", base)
    assert cache_folder() == tmp_path / folder
    assert cache_file(Path("country"), "readings").parent == tmp_path / folder / "countries"


def test_state_and_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("GOVCLOUD_STATE", "XDG_STATE_HOME", "GOVCLOUD_CONFIG", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, "")
    assert state_folder() == tmp_path / ".local" / "state" / "govcloud"
    assert config_folder() == tmp_path / ".config" / "govcloud"
