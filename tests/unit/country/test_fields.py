"""What a reader is told about a value that its field cannot hold: what is allowed, in the notation of the file."""

from __future__ import annotations

import json
import re

import pytest

from govcloud.country.fields import typed
from govcloud.country.forms import FORMS
from govcloud.country.reader import read_bytes
from govcloud.country.schema import schemas
from govcloud.model.link import Link
from govcloud_base.errors import GovCloudError, Language, Problem, told

LINK = """\
apiVersion: govcloud/v1
kind: Link
metadata: {name: a-b}
spec:
  purpose: {vi: Trao đổi}
  ends: [G09, H41]
  kind: administrative
  via: direct
  listen: 9041
  approvals:
    - {agency: G09, reference: CV-1, date: 2026-10-01}
    - {agency: H41, reference: CV-2, date: 2026-10-05}
  validFrom: 2026-10-15
"""


def problem(old: str, new: str) -> Problem:
    assert old in LINK
    with pytest.raises(GovCloudError) as raised:
        typed(Link, read_bytes(LINK.replace(old, new).encode(), "link.yaml"))
    (found,) = raised.value.problems
    return found


@pytest.mark.parametrize(
    ("old", "new", "value", "allowed", "english"),
    [
        ("[G09, H41]", "[]", "[]", ">= 2", "2 or more entries"),
        ("[G09, H41]", "[G09, H41, H29]", '["G09", "H41", "H29"]', "<= 2", "2 or fewer entries"),
        ("[G09, H41]", "{}", "{}", "[a, b]", "a list"),
        ("[G09, H41]", "", "null", "[a, b]", "a list"),
        ("9041", "80", "80", ">= 9000", "9000 or more"),
        ("9041", "80000", "80000", "<= 9999", "9999 or less"),
        ("9041", "true", "true", "0, 1, 2, ...", "a whole number"),
        ("vi: Trao đổi", 'vi: ""', '""', ">= 1", "1 or more characters"),
        ("{vi: Trao đổi}", "[]", "[]", "{field: value}", "fields with values"),
    ],
)
def test_what_is_allowed_is_named(old: str, new: str, value: str, allowed: str, english: str) -> None:
    found = problem(old, new)
    assert (found.value, found.allowed) == (value, allowed)
    assert found.message.en.endswith(f"expects {english}")
    assert found.fix.en == f"write {english}"
    assert ": cần " in found.message.vi
    assert found.fix.vi.startswith("viết ")


@pytest.mark.parametrize(
    ("old", "new", "advice"),
    [
        ("9041", '"9041"', "write 9041, without quotes"),
        ("9041", "9.041", "write 9041, without a dot between digits"),
        ("reference: CV-1", "reference: 2026", 'put it in quotes: "2026"'),
        ("reference: CV-1", "reference: 2026-10-01", 'put it in quotes: "2026-10-01"'),
        ("date: 2026-10-01", 'date: "2026-10-01"', "write 2026-10-01, without quotes"),
        ("date: 2026-10-01", "date: 01/10/2026", "write 2026-10-01, without quotes"),
        ("date: 2026-10-01", 'date: "2026-02-30"', "the last one is 2026-02-28"),
        ("{agency: G09, r", "{agency: 000.00.00.G09, r", "write G09"),
        ("{agency: G09, r", "{agency: 000.00.19.G09, r", "write the code of today, which begins with G09"),
        ("{agency: G09, r", "{agency: g09, r", "did you mean 'G09'?"),
        (
            "{agency: G09, r",
            "{agency: G-09, r",
            "write an agency code: a capital letter and two digits, then parts behind",
        ),
        ("{vi: Trao đổi}", "{vi:Trao đổi}", "write vi: Trao đổi, with a space"),
    ],
)
def test_the_advice_can_be_followed(old: str, new: str, advice: str) -> None:
    with pytest.raises(GovCloudError) as raised:
        typed(Link, read_bytes(LINK.replace(old, new).encode(), "link.yaml"))
    found = raised.value.problems[0]
    assert found.fix.en.startswith(advice)
    assert "^" not in (told(found.allowed, Language.EN) or ""), "nobody reads regular expressions"


def test_a_wrong_entry_is_not_a_missing_one() -> None:
    assert problem("[G09, H41]", "[G09, h41]").code == "GC-FIELD-005"


def test_every_pattern_is_explained() -> None:
    patterns = {
        pattern for schema in schemas().values() for pattern in re.findall(r'"pattern": ("(?:[^"\\]|\\.)*")', schema)
    }
    assert {json.loads(pattern) for pattern in patterns} == set(FORMS)
    for pattern, form in FORMS.items():
        for example in form.example.replace('"', "").split(", "):
            assert re.fullmatch(pattern, example), (pattern, example)


def test_a_misspelt_field_is_one_mistake() -> None:
    assert problem("reference: CV-1", "referense: CV-1").code == "GC-FIELD-001"
    assert problem("{vi: Trao đổi}", "{vi:Trao đổi}").code == "GC-FIELD-001"


def test_a_file_that_holds_no_declaration_at_all_is_told_in_both_languages() -> None:
    with pytest.raises(GovCloudError) as raised:
        typed(Link, read_bytes(b"- a\n", "link.yaml"))
    (found,) = raised.value.problems
    assert (found.message.en[:13], found.message.vi[:12]) == ("the document:", "cả tài liệu:")
