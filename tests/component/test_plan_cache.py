"""A plan that was made before is the plan that would be made now, or it is made anew."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path
from typing import Any

import pytest

from govcloud import country, render
from govcloud.components import plan_cache
from govcloud.components.plan_cache import planned
from govcloud.folders import project_root
from govcloud.plan import StackPlan
from govcloud_base.errors import GovCloudError

DATE = datetime.date(2026, 11, 22)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the reference country with its law."""
    shutil.copytree(project_root() / "stacks" / "vn", tmp_path / "vn")
    shutil.copytree(
        project_root() / "policies", tmp_path / "policies", ignore=shutil.ignore_patterns("crossguard", ".*")
    )
    return tmp_path / "vn"


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return the folders that were read as countries, in order."""
    read: list[Path] = []
    known = country.known

    def noted(folder: Path, law: Path | None = None, readings: country.Readings | None = None) -> country.Country:
        read.append(folder)
        return known(folder, law, readings)

    monkeypatch.setattr(country, "known", noted, raising=False)
    return read


def test_a_kept_plan_equals_the_one_that_was_made(folder: Path, tmp_path: Path, judged: list[Path]) -> None:
    for stack in ("cluster.cgc-hn1", "tenant.h41", "segment.tsl-h41", "platform.lgsp-h41"):
        made = planned(folder, stack, DATE, tmp_path / "cache")
        count = len(judged)
        kept = planned(folder, stack, DATE, tmp_path / "cache")
        assert kept == made
        assert len(judged) == count


def _edited(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.parametrize("change", ["a declaration", "a file more", "the law"])
def test_any_change_is_judged_again(folder: Path, tmp_path: Path, judged: list[Path], change: str) -> None:
    planned(folder, "tenant.h41", DATE, tmp_path / "cache")
    if change == "a declaration":
        _edited(folder, "tenants/h41/tenant.yaml", "ports: [5432]", "ports: [5433]")
    elif change == "a file more":
        shutil.copy(folder / "agencies/g12.yaml", folder / "agencies/notes.md")
    else:
        law = folder.parent / "policies/levels/nd331-2026.yaml"
        law.write_text(law.read_text() + "\n# noted\n")
    again = planned(folder, "tenant.h41", DATE, tmp_path / "cache")
    assert len(judged) == 2
    assert ("5433" in again.to_json()) is (change == "a declaration")


def test_a_change_behind_a_link_is_judged_again(folder: Path, tmp_path: Path, judged: list[Path]) -> None:
    link = tmp_path / "link"
    link.symlink_to(folder, target_is_directory=True)
    planned(link, "tenant.h41", DATE, tmp_path / "cache")
    _edited(folder, "tenants/h41/tenant.yaml", "ports: [5432]", "ports: [5433]")
    assert "5433" in planned(link, "tenant.h41", DATE, tmp_path / "cache").to_json()
    assert len(judged) == 2


def test_another_day_is_judged_again(folder: Path, tmp_path: Path) -> None:
    today = planned(folder, "segment.tsl-h41-101", DATE, tmp_path / "cache")
    before = planned(folder, "segment.tsl-h41-101", datetime.date(2026, 10, 14), tmp_path / "cache")
    assert "9101" in today.to_json()
    assert "9101" not in before.to_json(), "the link was not in force yet"


def test_a_country_with_mistakes_has_no_plan_however_often_it_is_asked(folder: Path, tmp_path: Path) -> None:
    planned(folder, "tenant.h41", DATE, tmp_path / "cache")
    _edited(folder, "tenants/h41/tenant.yaml", "level: 3", "level: 1")
    for _ in range(2):
        with pytest.raises(GovCloudError):
            planned(folder, "tenant.h41", DATE, tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == 1


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe", b'{"id": "h41"}', b"null"])
def test_a_damaged_plan_is_ignored(folder: Path, tmp_path: Path, content: bytes) -> None:
    made = planned(folder, "tenant.h41", DATE, tmp_path / "cache")
    (file,) = (tmp_path / "cache").iterdir()
    file.write_bytes(content)
    assert planned(folder, "tenant.h41", DATE, tmp_path / "cache") == made


def test_a_plan_that_others_could_have_written_is_ignored(folder: Path, tmp_path: Path, judged: list[Path]) -> None:
    made = planned(folder, "tenant.h41", DATE, tmp_path / "cache")
    (file,) = (tmp_path / "cache").iterdir()
    poisoned = StackPlan.from_json(file.read_text().replace("Egress", "Eggress"))
    file.write_text(poisoned.to_json())
    assert planned(folder, "tenant.h41", DATE, tmp_path / "cache") == poisoned, "the file is used while it is one's own"
    (tmp_path / "cache").chmod(0o777)
    assert planned(folder, "tenant.h41", DATE, tmp_path / "cache") == made


def test_a_cache_that_cannot_be_written_only_costs_time(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder would be")
    plan = planned(folder, "tenant.h41", DATE, tmp_path / "cache")
    assert plan == render.plan(country.load(folder).on(DATE), "tenant.h41")


def test_old_plans_go(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plan_cache, "_KEPT", 2)
    for stack in ("tenant.h41", "tenant.g09", "tenant.g09-20"):
        planned(folder, stack, DATE, tmp_path / "cache")
    assert len(list((tmp_path / "cache").iterdir())) == 2


def test_a_country_that_changed_while_it_was_read_is_not_kept(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise its plan would stand for the country as it was before."""
    tenant = folder / "tenants" / "h41" / "tenant.yaml"
    before = tenant.read_text()
    known = country.known

    def edited(*arguments: Any) -> country.Country:
        tenant.write_text(before.replace("ports: [8080]", "ports: [8081]"))
        return known(*arguments)

    monkeypatch.setattr(country, "known", edited)
    planned(folder, "tenant.h41", DATE, tmp_path / "cache")
    monkeypatch.undo()
    tenant.write_text(before)
    assert planned(folder, "tenant.h41", DATE, tmp_path / "cache") == render.plan(known(folder).on(DATE), "tenant.h41")


def test_what_another_tenant_let_lapse_stops_no_plan(folder: Path, tmp_path: Path) -> None:
    _edited(
        folder, "tenants/g09/tenant.yaml", "state: active, reviewBy: 2027-11-22", "state: active, reviewBy: 2026-01-01"
    )
    for stack in ("cluster.cgc-hn1", "tenant.h41", "platform.lgsp-h41"):
        assert planned(folder, stack, DATE, tmp_path / "cache")
    for stack in ("tenant.g09", "segment.tsl-g09"):
        with pytest.raises(GovCloudError, match="GC-LIFECYCLE-002"):
            planned(folder, stack, DATE, tmp_path / "cache")


def test_another_tenants_unreadable_file_stops_no_plan_and_changes_none(folder: Path, tmp_path: Path) -> None:
    stacks = ("cluster.cgc-hn1", "tenant.h41", "segment.tsl-h41", "platform.lgsp-h41")
    before = [planned(folder, stack, DATE, tmp_path / "cache") for stack in stacks]
    file = folder / "tenants" / "g09" / "tenant.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "spec: twice\n", encoding="utf-8")
    assert [planned(folder, stack, DATE, tmp_path / "cache") for stack in stacks] == before
    for stack in ("tenant.g09", "segment.tsl-g09"):
        with pytest.raises(GovCloudError, match="GC-READ-011") as refused:
            planned(folder, stack, DATE, tmp_path / "cache")
        (problem,) = refused.value.problems
        assert problem.place and problem.place.file == str(file)
        assert "ungcuu@g09.example.gov.vn" in problem.fix.en and "ungcuu@g09.example.gov.vn" in problem.fix.vi
