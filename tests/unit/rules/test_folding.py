"""One mistake is one finding: what follows from it is counted with it, and unread files do not hide the others."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from govcloud import country, rules
from govcloud.report.folding import Cause, folded
from govcloud_base.errors import Place, Problem, Text

ROOT = Path(__file__).parents[3]
DATE = datetime.date(2026, 11, 22)

Edit = Callable[[str, str, str], None]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the reference country, in which everything hangs together."""
    shutil.copytree(ROOT / "stacks" / "vn", tmp_path / "vn")
    shutil.copytree(ROOT / "policies", tmp_path / "policies")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GOVCLOUD_CACHE", str(tmp_path / "cache"))
    return tmp_path / "vn"


def replaced(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def causes(folder: Path) -> list[Cause]:
    problems = rules.judge(country.load(folder), DATE)
    found = folded(problems)
    assert sum(1 + len(c.following) + len(c.same) for c in found) == len(problems), "nothing is lost"
    return found


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "least"),
    [
        ("segments/tsl-h41.yaml", "pool: 10.80.41.0/24", "pool: 0.0.0.0/0", "GC-ADDR-002", 1),
        ("segments/tsl-h41.yaml", "pool: 10.80.41.0/24", "pool: 10.80.0.0/13", "GC-ADDR-004", 0),
        ("segments/tsl-h41.yaml", "pool: 10.80.41.0/24", "pool: 10.80.0.0/12", "GC-ADDR-002", 1),
        ("tenants/h41/tenant.yaml", "level: 3", "level: 1", "GC-LEVEL-001", 15),
        ("tenants/h41/tenant.yaml", "agency: H41", "agency: H98", "GC-REF-001", 7),
        ("agencies/h41.yaml", "tier: province", "tier: comune", "GC-AGENCY-003", 3),
        ("agencies/h41-101.yaml", "code: H41.101", "code: H41.102", "GC-AGENCY-001", 2),
        ("agencies/h41-101.yaml", "code: H41.101", "code: H99", "GC-AGENCY-001", 3),
        ("agencies/h41-101.yaml", "parent: H41", "parent: H99", "GC-REF-001", 1),
        ("agencies/h41-101.yaml", "  parent: H41\n", "", "GC-AGENCY-004", 1),
        ("agencies/h41.yaml", "path: tenants/h41", "path: h41", "GC-OWNER-004", 1),
        ("agencies/h41.yaml", "path: tenants/h41", "path: tenants/h4l", "GC-OWNER-001", 0),
        ("tenants/h41/tenant.yaml", "name: h41", "name: h4l", "GC-OWNER-003", 3),
        ("segments/tsl-h41.yaml", "tenant: h41", "tenant: h4l", "GC-REF-003", 2),
        ("platforms/lgsp-h41.yaml", "owner: H41", "owner: H99", "GC-REF-001", 1),
    ],
)
def test_consequences_stand_with_their_cause(
    folder: Path, file: str, old: str, new: str, code: str, least: int
) -> None:
    replaced(folder / file, old, new)
    (cause,) = causes(folder)
    assert cause.problem.code == code
    assert cause.problem.place is not None
    assert cause.problem.place.file == f"vn/{file}"
    assert len(cause.following) + len(cause.same) >= least


def test_one_missing_thing_is_told_once(folder: Path) -> None:
    replaced(folder / "clouds/cgc-hn1.yaml", "name: cgc-hn1", "name: cgc-hn9")
    found = [c for c in causes(folder) if c.problem.code == "GC-REF-002"]
    assert len(found) == 1
    backed_up_there = sum(
        "backup: {cloud: cgc-hn1" in file.read_text() for file in folder.glob("tenants/*/tenant.yaml")
    )
    assert len(found[0].same) == 3 + backed_up_there


def test_two_mistakes_are_two(folder: Path) -> None:
    replaced(folder / "tenants/h41/tenant.yaml", "level: 3", "level: 1")
    replaced(folder / "tenants/g09/tenant.yaml", "cloud: cgc-hn1", "cloud: cgc-hn2000")
    assert sorted(c.problem.code for c in causes(folder)) == ["GC-LEVEL-001", "GC-REF-002"]


def test_a_finding_that_names_a_sound_value_stands_for_itself() -> None:
    said = Text("x", "x")
    alone = Problem("GC-A-001", said, said, Place("a", 1), because=Place("b", 1))
    circle = [
        Problem("GC-A-002", said, said, Place("a", 2), because=Place("a", 3)),
        Problem("GC-A-003", said, said, Place("a", 3), because=Place("a", 2)),
    ]
    assert [c.problem for c in folded([alone])] == [alone]
    assert [c.problem for c in folded(circle)] == circle


def test_of_several_at_one_place_the_cause_is_what_follows_from_none() -> None:
    said, here = Text("x", "x"), Place("a", 1)
    late = Problem("GC-A-001", said, said, here, because=here)
    record = Problem("GC-B-001", said, said, here)
    assert folded([late, record]) == [Cause(record, (late,))]
    assert folded([record, late]) == [Cause(record, (late,))]


def test_an_announcement_of_a_day_to_come_is_one_mistake(folder: Path) -> None:
    stop = "{announced: 2026-11-24, first: 2026-11-26, last: 2026-11-26, reason: Nâng cấp, fallback: Bản chỉ đọc}"
    replaced(folder / "tenants/h41/tenant.yaml", "lifecycle: {", f"lifecycle: {{plannedStops: [{stop}], ")
    (cause,) = causes(folder)
    assert (cause.problem.code, [p.code for p in cause.following]) == ("GC-RECORD-001", ["GC-LIFECYCLE-007"])


@pytest.mark.parametrize("stray", [".DS_Store", ".tenant.yaml.swp", "notes.txt", "backup.yml"])
def test_a_stray_file_does_not_hide_the_others(folder: Path, stray: str, govcloud: Any) -> None:
    (folder / "links" / stray).write_text("x")
    replaced(folder / "tenants/g09-20/tenant.yaml", "pods: 2", "pods: 9")
    said = govcloud("validate", str(folder), "--date", str(DATE))
    assert said.code == 1
    assert "error GC-FOLDER-004" in said.out
    assert "error GC-QUOTA-001: g09-20" in said.out


def test_an_unread_file_hides_only_what_may_follow_from_it(folder: Path, govcloud: Any) -> None:
    replaced(folder / "agencies/h41.yaml", "  tier", " tier")
    replaced(folder / "tenants/g09-20/tenant.yaml", "pods: 2", "pods: 9")
    said = govcloud("validate", str(folder), "--date", str(DATE))
    assert said.code == 1
    assert "vn/agencies/h41.yaml:9:2: error GC-READ-005: indented by 1 spaces" in said.out
    assert "error GC-QUOTA-001: g09-20" in said.out
    assert "no agency 'H41'" not in said.out, "it is there, and cannot be read"
    assert "may only follow from files that cannot be read" in said.out


def test_nothing_is_provisioned_while_a_file_cannot_be_read(folder: Path, govcloud: Any) -> None:
    (folder / "links" / "notes.txt").write_text("x")
    said = govcloud("render", "tenant.h41", "--country", str(folder))
    assert (said.code, said.out) == (1, "")
