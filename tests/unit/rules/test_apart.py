"""A file that cannot be read stops the tenant whose own it is; nothing of others changes, and nothing is absent."""

from __future__ import annotations

import datetime
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from govcloud import country as countries
from govcloud import render, rules
from govcloud.country import Country
from govcloud.plan import StackPlan
from govcloud.rules.budgets import budgets, in_doubt
from govcloud_base.errors import GovCloudError

ROOT = Path(__file__).parents[3]
DAY = datetime.date(2026, 11, 22)
NAME = "h41-101"
OWN = ("tenant.h41-101", "segment.tsl-h41-101")


def _said(more: str) -> Callable[[Path], object]:
    def spoil(folder: Path) -> None:
        file = folder / "tenant.yaml"
        file.write_text(file.read_text(encoding="utf-8") + more, encoding="utf-8")

    return spoil


def _written(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(content)


def _replaced(old: str, new: str) -> Callable[[Path], object]:
    def spoil(folder: Path) -> None:
        file = folder / "tenant.yaml"
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    return spoil


def _another(kind: str) -> Callable[[Path], object]:
    """Lay a file of another kind beside the tenant's, which cannot be read."""
    return _written(f"{kind.lower()}.yaml", f"kind: {kind}\nspec: {{tenant: h41}}\n".encode())


def _linked(folder: Path) -> None:
    (folder / "tenant.yaml").unlink()
    (folder / "tenant.yaml").symlink_to(folder.parent / "h41" / "tenant.yaml")


def _pipe(folder: Path) -> None:
    (folder / "tenant.yaml").unlink()
    os.mkfifo(folder / "tenant.yaml")


SPOILT: dict[str, tuple[Callable[[Path], object], str]] = {
    "no YAML": (_said("\nbad: [\n"), "GC-READ-005"),
    "a field twice": (_said("kind: Tenant\n"), "GC-READ-011"),
    "an unknown field": (_replaced("  level: 2\n", "  level: 2\n  colour: red\n"), "GC-FIELD-001"),
    "a value of another type": (_replaced("  level: 2\n", "  level: high\n"), "GC-FIELD-003"),
    "no kind": (_replaced("kind: Tenant\n", ""), "GC-KIND-001"),
    "an empty file": (_written("tenant.yaml", b""), "GC-READ-006"),
    "two documents": (_said("---\na: 1\n"), "GC-READ-007"),
    "no text": (_written("tenant.yaml", b"\xff\xfe"), "GC-READ-003"),
    "too large": (_written("tenant.yaml", b"#" * 300_000), "GC-READ-002"),
    "a link": (_linked, "GC-FOLDER-002"),
    "a pipe": (_pipe, "GC-FOLDER-004"),
    "another ending": (lambda folder: (folder / "tenant.yaml").rename(folder / "tenant.yml"), "GC-FOLDER-004"),
    "what no declaration is": (_written("notes.txt", b"x"), "GC-FOLDER-004"),
    "a copy": (lambda folder: shutil.copy(folder / "tenant.yaml", folder / "copy.yaml"), "GC-COUNTRY-001"),
    **{f"a {kind} beside it": (_another(kind), "GC-FIELD") for kind in ("Segment", "Link", "Platform", "Waiver")},
}


@pytest.fixture
def lawful(folder: Path) -> Path:
    """Return the folder of the copy, its law beside it."""
    (folder.parent / "policies").symlink_to(ROOT / "policies")
    return folder


def plans(declared: Country, but: str = "") -> dict[str, StackPlan]:
    """Return the plans of all stacks, without those of one tenant."""
    today = declared.on(DAY)
    return {stack: render.plan(today, stack) for stack in today.stacks() if today.tenant_of(stack) != but}


@pytest.mark.parametrize("name", list(SPOILT))
def test_the_others_go_on_and_nothing_of_them_changes(name: str, lawful: Path) -> None:
    spoil, code = SPOILT[name]
    before = countries.load(lawful)
    spoil(lawful / "tenants" / NAME)
    after, problems = rules.judged(lawful, DAY)
    assert {p.scope for p in problems} == {NAME}
    assert tuple(problems) == after.unread[NAME]
    assert all(p.code.startswith(code) for p in problems) and problems
    assert plans(after, NAME) == plans(before, NAME)
    for stack in plans(after, NAME):
        assert rules.required(lawful, DAY, stack).name == "vn"
    _refused(lawful, after)


def _refused(folder: Path, found: Country) -> None:
    """The tenant's stacks are refused by name, with the file and whom to ask; the whole country is still not given."""
    for stack in OWN:
        with pytest.raises(GovCloudError) as refused:
            rules.required(folder, DAY, stack)
        for problem in refused.value.problems:
            assert problem.place and problem.place.file.startswith(f"tenants/{NAME}/")
            assert "ask People's Committee of Thanh Vinh ward" in problem.fix.en
            assert "hỏi Ủy ban nhân dân phường Thành Vinh" in problem.fix.vi
        with pytest.raises(GovCloudError):
            render.stack(found.on(DAY), stack)
    with pytest.raises(GovCloudError) as whole:
        countries.load(folder)
    assert {problem.scope for problem in whole.value.problems} == {None}
    with pytest.raises(GovCloudError):
        rules.required(folder, DAY)


@contextmanager
def _nobody() -> Iterator[None]:
    """Let a file that nobody may read be one, also where a superuser runs the tests."""
    if os.geteuid():
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("locked", ["tenants/h41-101/tenant.yaml", "tenants/h41-101"])
def test_a_file_or_folder_that_may_not_be_read_stops_its_tenant(locked: str, folder: Path) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
        Path(place).chmod(0o755)
        shutil.copytree(folder, f"{place}/vn")
        shutil.copytree(ROOT / "policies", f"{place}/policies")
        copy = Path(place, "vn")
        before = countries.load(copy)
        (copy / locked).chmod(0)
        try:
            with _nobody():
                after = countries.known(copy)
        finally:
            (copy / locked).chmod(0o755)
        assert [p.code for p in after.unread[NAME]] == ["GC-READ-001" if locked.endswith(".yaml") else "GC-FOLDER-007"]
        assert plans(after, NAME) == plans(before, NAME)


def _spoilt(file: str) -> Callable[[Path], object]:
    return lambda folder: (folder / file).write_text("a: [")


def _impostor(folder: Path) -> None:
    text = (folder / "tenants" / "h41" / "tenant.yaml").read_text(encoding="utf-8")
    (folder / "tenants" / "g09" / "tenant-h41.yaml").write_text(text, encoding="utf-8")


def _claimed(folder: Path) -> None:
    """Let two agencies claim one folder, in which a file cannot be read."""
    file = folder / "agencies" / "g12.yaml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("path: tenants/g12", "path: tenants/h41"), encoding="utf-8")
    _spoilt("tenants/h41/tenant.yaml")(folder)


@pytest.mark.parametrize(
    "spoil",
    [
        *map(_spoilt, ("country.yaml", "clouds/cgc-hn1.yaml", "images.yaml", "agencies/h41-101.yaml")),
        *map(_spoilt, ("segments/tsl-h41-101.yaml", "links/g09-h41.yaml", "platforms/lgsp-h41.yaml", "waiver.yaml")),
        *map(_spoilt, ("tenants/stray.yaml", "tenants/h41-101.yaml", "agencies/new.yaml")),
        _impostor,
        _claimed,
    ],
)
def test_what_is_nobodys_own_stops_everybody(spoil: Callable[[Path], object], lawful: Path) -> None:
    spoil(lawful)
    _spoilt("tenants/h41-101/tenant.yaml")(lawful)
    for read in (countries.known, countries.remembered):
        with pytest.raises(GovCloudError) as refused:
            read(lawful)
        assert {p.scope for p in refused.value.problems} == {None}
        assert any(p.place and p.place.file != "tenants/h41-101/tenant.yaml" for p in refused.value.problems)


def test_a_file_in_a_folder_that_is_nobodys_stops_everybody(lawful: Path) -> None:
    (lawful / "tenants" / "h99").mkdir()
    _spoilt("tenants/h99/tenant.yaml")(lawful)
    with pytest.raises(GovCloudError):
        countries.known(lawful)


def test_every_tenant_that_cannot_be_read_is_told_of(lawful: Path) -> None:
    for name in ("g09", NAME):
        _spoilt(f"tenants/{name}/tenant.yaml")(lawful)
    found, problems = rules.judged(lawful, DAY)
    assert set(found.unread) == rules.lapses(problems).keys() == {"g09", NAME}
    for stack in ("tenant.h41", "platform.lgsp-h41", "cluster.cgc-hn1"):
        assert render.plan(rules.required(lawful, DAY, stack), stack)


def test_what_could_not_be_opened_is_remembered_by_no_judgement(lawful: Path) -> None:
    """A judgement is kept under what was read, and of such a file nothing was."""
    stray = lawful / "tenants" / NAME / "notes.txt"
    for _ in range(2):
        stray.write_text("x")
        assert {p.scope for p in rules.judged(lawful, DAY)[1]} == {NAME}
        stray.unlink()
        assert rules.judged(lawful, DAY)[1] == []


def test_who_declares_an_unread_tenant_elsewhere_is_told_so(lawful: Path) -> None:
    _impostor(lawful)
    _spoilt("tenants/h41/tenant.yaml")(lawful)
    found = rules.judge(countries.known(lawful), DAY)
    places = {p.place.file for p in found if p.code.startswith("GC-OWNER") and p.place and p.scope is None}
    assert "tenants/g09/tenant-h41.yaml" in places, found


def test_a_mistake_of_others_still_stops_everybody(lawful: Path) -> None:
    file = lawful / "tenants" / "g09" / "tenant.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("level: 3", "level: 1"), encoding="utf-8")
    _spoilt("tenants/h41-101/tenant.yaml")(lawful)
    for stack in ("tenant.h41", "tenant.g09"):
        with pytest.raises(GovCloudError, match="GC-LEVEL-001"):
            rules.required(lawful, DAY, stack)


def test_a_budget_holds_at_least_what_the_unread_tenant_holds_for_others(lawful: Path) -> None:
    whole = budgets(countries.load(lawful), DAY)["Tenant", "h41"]
    _spoilt("tenants/h41-101/tenant.yaml")(lawful)
    found = countries.known(lawful)
    known = budgets(found, DAY)["Tenant", "h41"]
    segment = found.segments["tsl-h41-101"].spec.quota
    assert 0 < segment.cpu == known.holders["tenant h41-101"][0] < whole.holders["tenant h41-101"][0]


def test_who_shares_a_budget_with_an_unread_tenant_is_in_doubt(lawful: Path) -> None:
    assert in_doubt(countries.known(lawful)) == frozenset()
    _spoilt("tenants/h41-101/tenant.yaml")(lawful)
    assert in_doubt(countries.known(lawful)) == {"h41"}
    _spoilt("tenants/g09/tenant.yaml")(lawful)
    assert in_doubt(countries.known(lawful)) == {"h41", "g09-20"}


@pytest.mark.parametrize("name", ["g01", "g01-c12", "g09", "h29-02", "h41", "h57"])
def test_in_the_reference_country_nobody_else_notices(name: str, tmp_path: Path) -> None:
    """Owners of national databases and exchanges, units on another cloud than who pays for them, and ends of links."""
    copy = tmp_path / "vn"
    shutil.copytree(ROOT / "stacks" / "vn", copy)
    before = countries.load(copy, ROOT / "policies")
    _spoilt(f"tenants/{name}/tenant.yaml")(copy)
    after = countries.known(copy, ROOT / "policies")
    assert rules.judge(after, DAY) == list(after.unread[name])
    assert plans(after, name) == plans(before, name)
