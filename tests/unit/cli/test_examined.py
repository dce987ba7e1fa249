"""An examination is told in the reader's language: each capability, what its lack means, the fix, who is refused."""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Sequence

import pytest
import vietnamese
from made_country import agency, cloud, country, tenant
from rich.console import Console

from govcloud.cli.examined import document, print_examination
from govcloud.country import Country
from govcloud.examination.finding import Finding, absent, found, lacking, unknown
from govcloud.examination.judgement import Judged, judge
from govcloud.rules.capability import catalogue
from govcloud_base.errors import Text

SEEN, FIX = Text("seen here", "đã thấy ở đây"), Text("mend it", "hãy sửa")
PART = Text("pods, IPv4", "pod, IPv4")
NOW = datetime.datetime(2026, 11, 22, 8, 0, tzinfo=datetime.UTC)
FOUND = [found(name, SEEN) for name in catalogue()]


@pytest.fixture(scope="module")
def made() -> Country:
    return country([cloud(), agency("H41"), agency("G09"), tenant("H41", level=3), tenant("G09", level=1)])


def _told(made: Country, findings: Sequence[Finding]) -> str:
    stream = io.StringIO()
    print_examination(Console(file=stream, width=160), made, _judged(made, findings))
    return stream.getvalue()


def _judged(made: Country, findings: Sequence[Finding]) -> list[Judged]:
    return judge(made, "cgc", catalogue(), findings)


@pytest.mark.parametrize("speech", ["en", "vi"])
def test_what_is_there_is_told_in_one_table(made: Country, monkeypatch: pytest.MonkeyPatch, speech: str) -> None:
    monkeypatch.setenv("GOVCLOUD_LANG", speech)
    said = _told(made, FOUND)
    title = catalogue()["quota"].title
    assert (title.vi if speech == "vi" else title.en) in said
    assert ("The cloud has all" in said) is (speech == "en")
    assert ("Đám mây có đủ" in said) is (speech == "vi")
    # Each is told with the level from which it is needed and by whom.
    assert {"en": "level 3+: h41", "vi": "cấp độ 3+: h41"}[speech] in said
    assert "g09, h41" in said


def test_a_lack_is_told_with_meaning_fix_source_and_who_is_refused(
    made: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GOVCLOUD_LANG", "en")
    rest = [finding for finding in FOUND if finding.capability != "network-start"]
    said = _told(made, [*rest, lacking("network-start", SEEN, FIX, PART), absent("network-start", SEEN)])
    assert "pods, IPv4: seen here" in said and "none here" in said
    for line in (
        "Network policies in a pod's first second: LACKING",
        "  means: whoever restarts a pod gets through what is closed, a moment each time",
        "  fix: mend it",
        "  source: NET-02 (TCVN 14423:2026 x.12.2.2); NĐ 331/2026 Đ30.8",
        "h41 is refused here: Network policies in a pod's first second",
    ):
        assert line in said.splitlines()
    assert "g09 is refused" not in said
    assert "The cloud has all" not in said


def test_what_is_not_known_never_reads_as_all_is_there(made: Country, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOVCLOUD_LANG", "en")
    said = _told(made, [finding for finding in FOUND if finding.capability != "quota"])
    assert "1 of what tenants need is not there, or not known: Quotas" in said
    assert "is refused here" not in said


def test_all_of_it_is_told_in_vietnamese(made: Country, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOVCLOUD_LANG", "vi")
    findings = [lacking(name, SEEN, FIX, PART) for name in catalogue()]
    findings += [unknown("clock", SEEN), absent("clock", SEEN), found("clock", SEEN)]
    said = _told(made, findings)
    assert all(capability.lacking.vi in said for capability in catalogue().values())
    # The sources are names of laws and standards.
    spoken = [line for line in said.splitlines() if not line.startswith("  căn cứ: ")]
    cells = "\n".join(part for line in spoken for part in line.split("│"))
    assert vietnamese.spoken(cells, vietnamese.names(made)) == {}


def test_programs_read_the_same_in_both_languages(made: Country) -> None:
    rest = [finding for finding in FOUND if finding.capability != "network-start"]
    judged = _judged(made, [*rest, lacking("network-start", SEEN, FIX, PART)])
    told = json.loads(json.dumps(document(made, "cgc", "https://api", NOW, judged, [])))
    assert (told["cloud"], told["complete"], told["refused"], told["left"]) == ("cgc", False, ["h41"], [])
    assert told["at"] == "2026-11-22T08:00:00+00:00"
    (row,) = [one for one in told["capabilities"] if one["state"] == "lacking"]
    assert (row["name"], row["level"], row["missed"], row["tenants"]) == ("network-start", 3, True, ["h41"])
    assert row["findings"] == [
        {
            "capability": "network-start",
            "state": "lacking",
            "aspect": {"en": "pods, IPv4", "vi": "pod, IPv4"},
            "said": {"en": "seen here", "vi": "đã thấy ở đây"},
            "fix": {"en": "mend it", "vi": "hãy sửa"},
        }
    ]
    assert [Finding.of(kept) for kept in row["findings"]] == list(next(j for j in judged if j.missed).findings)
