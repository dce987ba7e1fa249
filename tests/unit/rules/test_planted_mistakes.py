"""One mistake in a generated country gives exactly one finding: its code, its line, its fix, in both languages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from followed_advice import Edit, alternatives, field_of, made
from planted_mistakes import DATE, Field, Mistake, corpus

from govcloud import rules
from govcloud.cli.generate import generate
from govcloud_base.errors import Language, Problem, Severity

MISTAKES = corpus()
READING = ("GC-READ", "GC-KIND", "GC-FIELD", "GC-QUANTITY")


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    """Return a country of 120 agencies, which is the working folder: problems show names relative to it."""
    folder = tmp_path_factory.mktemp("generated") / "vn"
    generate(folder, seed=1, tenants=120, year=2026)
    here = Path.cwd()
    os.chdir(folder)
    try:
        yield Field.at(folder)
    finally:
        os.chdir(here)


def test_the_generated_country_is_clean(field: Field) -> None:
    assert rules.judge(field.country, DATE) == []


def test_the_corpus_is_wide() -> None:
    assert len(MISTAKES) >= 100
    assert len({m.code for m in MISTAKES}) >= 75


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.title)
def test_a_mistake_is_named_with_place_and_fix(mistake: Mistake, field: Field) -> None:
    with field.planted(mistake) as planted:
        found = planted.problems
        assert [p.code for p in found if p.code not in mistake.also] == [mistake.code] * mistake.times
        problem = next(p for p in found if p.code == mistake.code)
        assert problem.severity.value == mistake.severity
        assert problem.place is not None
        assert planted.file in (None, problem.place.file)
        assert planted.line in (None, problem.place.line)
        assert problem.message.en != problem.message.vi
        assert field.said(mistake.fix) in problem.fix.en
        assert field.said(mistake.fixVi) in problem.fix.vi
        for language in Language:
            assert problem.code in problem.render(language)


def test_much_of_what_is_expected_states_an_edit() -> None:
    assert sum(bool(alternatives(mistake.fix, Language.EN)) for mistake in MISTAKES) >= 30


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda m: m.title)
def test_advice_that_states_an_edit_works_when_followed(mistake: Mistake, field: Field) -> None:
    with field.planted(mistake) as planted:
        problem = next(p for p in planted.problems if p.code == mistake.code)
        ways = alternatives(problem.fix.en, Language.EN)
        assert alternatives(problem.fix.vi, Language.VI) == ways
        for edits in ways:
            after = followed(field, planted.files, problem, edits)
            assert said(problem) not in map(said, after)
            known = {said(p) for p in planted.problems}
            new = [p for p in after if p.severity is Severity.ERROR and said(p) not in known]
            if problem.code.startswith(READING):  # nothing of what cannot be read was judged
                new = [p for p in new if p.code.startswith(READING)]
            assert [
                p for p in new if p.code not in (*mistake.also, *mistake.then) and p.fix.en not in problem.fix.en
            ] == []


def said(problem: Problem) -> tuple[str, str, str]:
    """Return what makes a finding the same after an edit, which may move it to another line."""
    assert problem.place is not None
    return problem.code, problem.place.file, problem.message.en


def followed(field: Field, files: list[str], problem: Problem, edits: tuple[Edit, ...]) -> list[Problem]:
    """Return what is wrong once `edits` are made at a problem; they are taken out again."""
    assert problem.place is not None
    whole = not all(file.endswith(".yaml") for file in files)
    before: dict[Path, str] = {}
    try:
        for edit in edits:
            path, place = Path(edit.file or problem.place.file), problem.place
            if edit.folder is not None:
                before.setdefault(path, path.read_text(encoding="utf-8"))
                moved = Path(edit.folder) / path.name
                before[moved] = moved.read_text(encoding="utf-8") if moved.exists() else ""
                path.rename(moved)
                whole = True
                continue
            if edit.holder is not None:
                kind, name = edit.holder.split()
                path = Path(field.country.documents[kind.capitalize(), name].file)
            text = path.read_text(encoding="utf-8")
            if edit.holder is not None:
                place = field_of(text, "spec", "quota" if kind == "tenant" else "capacity")
            before.setdefault(path, text)
            path.write_text(made(edit, text, place), encoding="utf-8")
        return field.judged([*files, *map(str, before)], whole=whole)
    finally:
        for path, text in before.items():
            path.write_text(text, encoding="utf-8")
            if not text:
                path.unlink()
