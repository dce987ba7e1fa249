"""Where a country's Pulumi project lies, and which country a run of Pulumi works on."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from govcloud import folders
from govcloud_base.errors import UsageError

OURS = "name: govcloud\nruntime: python\n"


def project(folder: Path, text: str = OURS) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Pulumi.yaml").write_text(text)
    return folder


def test_the_nearest_project_of_ours_is_the_country_s(tmp_path: Path) -> None:
    outer = project(tmp_path / "outer")
    inner = project(outer / "inner", "# mine\nname: 'govcloud-la' # renamed\n")
    country = inner / "stacks" / "la"
    assert folders.project_of(country) == inner, "even where the country is yet to be made"
    country.mkdir(parents=True)
    assert folders.project_of(country) == inner
    project(inner / "stacks", "name: another\nmain: x\n")
    assert folders.project_of(country) == inner, "somebody else's program is not ours to run"
    (inner / "Pulumi.yaml").unlink()
    assert folders.project_of(country) == outer


@pytest.mark.parametrize("text", ["name: govcloudy\n", "main: x\n  name: govcloud\n", "name: govcloud-\n", ""])
def test_a_project_that_is_called_otherwise_is_none_of_ours(tmp_path: Path, text: str) -> None:
    assert folders.project_of(project(tmp_path / "a", text) / "stacks") == folders.project_root()


def test_no_project_is_looked_for_above_a_repository(tmp_path: Path) -> None:
    repository = project(tmp_path / "outer") / "repository"
    (repository / ".git").mkdir(parents=True)
    assert folders.project_of(repository / "stacks" / "vn") == folders.project_root()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_a_project_of_another_user_is_not_run(tmp_path: Path) -> None:
    shared = project(tmp_path / "shared")
    country = shared / "mine"
    country.mkdir()
    assert folders.project_of(country) == shared
    os.chown(shared, 65534, 65534)
    assert folders.project_of(country) == folders.project_root()


def test_a_project_where_everybody_may_write_is_not_run(tmp_path: Path) -> None:
    shared = project(tmp_path / "shared")
    (shared / "mine").mkdir()
    shared.chmod(0o1777)  # as the machine's temporary folder
    assert folders.project_of(shared / "mine") == folders.project_root()


def test_a_run_works_on_the_country_that_is_named_else_the_only_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOVCLOUD_COUNTRY", "")  # as if it were not set
    root = project(tmp_path / "a")
    monkeypatch.chdir(root)
    assert folders.country_of_run() is None
    for name in ("vn", "la"):
        (root / "stacks" / name).mkdir(parents=True)
    (root / "stacks/vn/country.yaml").touch()
    assert folders.country_of_run() == root / "stacks/vn"
    (root / "stacks/la/country.yaml").touch()
    with pytest.raises(UsageError) as raised:  # of two, nobody knows which
        folders.country_of_run()
    (problem,) = raised.value.problems
    assert (problem.code, problem.allowed) == ("GC-COUNTRY-003", f"{root / 'stacks/la'}, {root / 'stacks/vn'}")
    monkeypatch.setenv("GOVCLOUD_COUNTRY", "x")
    assert folders.country_of_run() == Path("x")
