"""One mistake in a generated country gives exactly one finding: its code, its line, its fix, in both languages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from planted_mistakes import DATE, Field, Mistake, corpus

from govcloud import rules
from govcloud.cli.generate import generate
from govcloud.errors import Language

MISTAKES = corpus()


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
