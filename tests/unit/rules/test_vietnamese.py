"""No Vietnamese sentence speaks English: what a file calls by a word has a title, and the word where it is written.

A word of a file may stand in quotes, in parentheses, with a colon after it (what the reader writes), in code or a name.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
import vietnamese
from made_country import the_law
from planted_mistakes import Field, Mistake, corpus

from govcloud.cli.generate import generate
from govcloud.model.link import Kind
from govcloud.model.platform_kind import PlatformKind, Via
from govcloud.model.quota import Quota
from govcloud.rules import wording

DAY = datetime.date(2026, 11, 22)
BEFORE = datetime.date(2025, 1, 1)


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Field]:
    folder = tmp_path_factory.mktemp("generated") / "vn"
    generate(folder, seed=1, tenants=120, year=2026)
    here = Path.cwd()
    os.chdir(folder)
    try:
        yield Field.at(folder)
    finally:
        os.chdir(here)


@pytest.mark.parametrize("mistake", corpus(), ids=lambda m: m.title)
def test_what_is_said_of_a_mistake_is_vietnamese(mistake: Mistake, field: Field) -> None:
    new = (edit["new"].split()[-1] for edit in mistake.edits if "new" in edit)
    names = vietnamese.names(field.country).union(new)
    with field.planted(mistake) as planted:
        said = [text for p in planted.problems for text in (p.message.vi, p.fix.vi)]
    assert {text: found for text in said if (found := vietnamese.english(text, names))} == {}


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("cơ quan cấp commune phải có cấp trên", {"commune"}),
        ("trạng thái suspended tối đa 30 ngày", {"suspended"}),
        ("chuyển sang Hoạt động (active)", set()),
        ("h01 phân bổ vượt hạn mức (environment prod 5)", {"environment", "prod"}),
        ("không đọc được tệp: Permission denied", {"Permission", "denied"}),
    ],
)
def test_english_is_recognised(sentence: str, found: set[str]) -> None:
    assert vietnamese.english(sentence) == found


@pytest.mark.parametrize("day", [DAY, BEFORE])
def test_every_kind_and_way_has_a_title_in_the_law(day: datetime.date) -> None:
    titles = the_law().titles(day)
    assert titles.keys() >= {*get_args(Kind), *get_args(Via), *get_args(PlatformKind)}
    assert {name for name, title in titles.items() if vietnamese.english(title.vi) or not title.en} == set()


def test_every_resource_has_a_name_for_people() -> None:
    assert tuple(wording.RESOURCES) == Quota.RESOURCES or set(wording.RESOURCES) == set(Quota.RESOURCES)
    assert wording.resource("object_storage") == "dung lượng kho đối tượng (objectStorage)"


def test_who_holds_a_share_is_named_in_vietnamese() -> None:
    assert wording.holder("environment prod") == "môi trường prod"
    assert wording.holder("platform lgsp-h41") == "nền tảng lgsp-h41"
