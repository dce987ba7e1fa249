"""What a reader is told about a value that its field cannot hold: what is allowed, in the notation of the file."""

from __future__ import annotations

import pytest

from govcloud.country.fields import typed
from govcloud.country.reader import read_bytes
from govcloud.errors import GovCloudError, Problem
from govcloud.model.link import Link

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
        ("9041", '"9041"', '"9041"', "0, 1, 2, ...", "a whole number"),
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
