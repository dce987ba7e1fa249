"""A country's folder holds plain declarations under names that cannot be mistaken, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from govcloud.country.folder import declaration_files
from govcloud_base.errors import GovCloudError, Language, Problem


def refused(folder: Path) -> list[Problem]:
    with pytest.raises(GovCloudError) as caught:
        declaration_files(folder)
    assert caught.value.render(Language.VI) != caught.value.render(Language.EN)
    return list(caught.value.problems)


def test_files_come_by_name_whatever_the_disk_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("b.yaml", "a/z.yaml", "a/c.yaml", "a/README.md", "a.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    assert [f.shown for f in declaration_files(tmp_path)] == ["a.yaml", "b.yaml", "a/c.yaml", "a/z.yaml"]
    assert [f.shown for f in declaration_files(Path("a"))] == ["a/c.yaml", "a/z.yaml"]


@pytest.mark.parametrize(
    ("name", "code", "shown"),
    [
        ("t\u0435nant.yaml", "GC-FOLDER-006", "t\u0435nant.yaml"),
        ("ten\u200bant.yaml", "GC-FOLDER-006", "ten\\u200bant.yaml"),
        ("tenant .yaml", "GC-FOLDER-006", "tenant .yaml"),
        (os.fsdecode(b"a\xff.yaml"), "GC-FOLDER-006", "a\\udcff.yaml"),
        ("tenant.yml", "GC-FOLDER-004", "tenant.yml"),
        ("Tenant.yaml", "GC-FOLDER-003", "tenant.yaml"),
    ],
)
def test_names_that_can_be_mistaken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, code: str, shown: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tenant.yaml").touch()
    (tmp_path / name).touch()
    (problem,) = refused(tmp_path)
    assert (problem.code, problem.place and problem.place.file) == (code, shown)


def test_links_lead_nowhere(tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret.yaml").touch()
    country = tmp_path / "vn"
    country.mkdir()
    (country / "folder").symlink_to(tmp_path / "outside")
    (country / "file.yaml").symlink_to(tmp_path / "outside" / "secret.yaml")
    assert [p.code for p in refused(country)] == ["GC-FOLDER-002", "GC-FOLDER-002"]


def test_a_folder_that_cannot_be_looked_into_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "closed").mkdir()
    scan = os.scandir

    def closed(path: str) -> object:
        if path.endswith("closed"):
            raise PermissionError(13, "Permission denied")
        return scan(path)

    monkeypatch.setattr(os, "scandir", closed)
    assert [p.code for p in refused(tmp_path)] == ["GC-FOLDER-007"]


def test_folders_without_end_are_left(tmp_path: Path) -> None:
    (tmp_path / "/".join("d" * 40)).mkdir(parents=True)
    assert [p.code for p in refused(tmp_path)] == ["GC-FOLDER-005"]
