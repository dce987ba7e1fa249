"""No Vietnamese sentence speaks English: what a file calls by a word has a title, and the word where it is written.

A word of a file may stand in quotes, in parentheses, with a colon after it (what the reader writes), in code or a name.
"""

from __future__ import annotations

import datetime
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from made_country import the_law
from planted_mistakes import Field, Mistake, corpus

from govcloud.cli.generate import generate
from govcloud.model.link import Kind, Via
from govcloud.model.platform import PlatformKind
from govcloud.model.quota import Quota
from govcloud.model.tenant import Lifecycle
from govcloud.rules import wording

DAY = datetime.date(2026, 11, 22)
BEFORE = datetime.date(2025, 1, 1)

ENGLISH = {
    *(tier for day in (DAY, BEFORE) for tier in the_law().tiers(day)),
    *get_args(Kind),
    *get_args(Via),
    *get_args(PlatformKind),
    *get_args(Lifecycle.model_fields["state"].annotation),
    *(approver for regime in the_law().regimes for approver in regime.spec.approvers),
    *("environment", "platform", "segment", "bucket", "agency", "link", "waiver", "cloud", "unit", "level", "owner"),
    *("the", "of", "and", "or", "is", "not", "no", "with", "already", "must", "file", "more", "than", "for", "this"),
    *("directory", "permission", "denied", "such", "space", "left", "device", "small", "letter", "latin"),
    *("storage", "ephemeralStorage", "objectStorage", "addresses", "objects", "buckets", "memory", "cpu"),
}


def english(sentence: str) -> set[str]:
    """Return the English words of a Vietnamese sentence that are not written as something of a file."""
    spoken = re.sub(r"'[^']*'|`[^`]*`|\([\w-]+\)|[\w-]+:(?: \S+)?|\S*[/.@]\w\S*|\w*\d\S*", " ", sentence)
    # What is to be written there is named by its field.
    spoken = re.sub(r"\b(?:tăng|giảm|bỏ|nêu|ghi|thêm|vào|spec|metadata) [\w-]+", " ", spoken)
    return {word for word in re.findall(r"(?<![\w-])[A-Za-z-]+(?![\w-])", spoken) if word in ENGLISH}


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
    with field.planted(mistake) as planted:
        said = [text for p in planted.problems for text in (p.message.vi, p.fix.vi)]
    assert {text: found for text in said if (found := english(text))} == {}


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("cơ quan cấp commune phải có cấp trên", {"commune"}),
        ("trạng thái suspended tối đa 30 ngày", {"suspended"}),
        ("chuyển sang Hoạt động (active)", set()),
        ("h01 phân bổ vượt hạn mức (environment prod 5)", {"environment"}),
        ("không đọc được tệp: Permission denied", {"denied"}),
    ],
)
def test_english_is_recognised(sentence: str, found: set[str]) -> None:
    assert english(sentence) == found


@pytest.mark.parametrize("day", [DAY, BEFORE])
def test_every_kind_and_way_has_a_title_in_the_law(day: datetime.date) -> None:
    titles = the_law().titles(day)
    assert titles.keys() >= {*get_args(Kind), *get_args(Via), *get_args(PlatformKind)}
    assert {name for name, title in titles.items() if title.vi in ENGLISH or not title.en} == set()


def test_every_resource_has_a_name_for_people() -> None:
    assert tuple(wording.RESOURCES) == Quota.RESOURCES or set(wording.RESOURCES) == set(Quota.RESOURCES)
    assert wording.resource("object_storage") == "dung lượng kho đối tượng (objectStorage)"


def test_who_holds_a_share_is_named_in_vietnamese() -> None:
    assert wording.holder("environment prod") == "môi trường prod"
    assert wording.holder("platform lgsp-h41") == "nền tảng lgsp-h41"
