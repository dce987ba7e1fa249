"""The interview of `govcloud new`: one question after another, until each answer fits or somebody has had enough."""

from __future__ import annotations

import datetime
import os
import shlex
import shutil
import sys
from pathlib import Path

import pytest
from typed_terminal import Terminal, terminal

from govcloud import country
from govcloud.cli.interview import StoppedError, interview
from govcloud.draft import link, tenant
from govcloud.draft.form import Form, answered
from govcloud.draft.question import Situation
from govcloud_base.errors import Language

ROOT = Path(__file__).parents[3]
DATE = datetime.date(2026, 11, 22)


@pytest.fixture
def situation() -> Situation:
    return Situation(country.load(ROOT / "tests" / "fixtures" / "country"), DATE, {})


def stopped(form: Form, situation: Situation, language: Language, *typed: str) -> tuple[list[str], StoppedError]:
    """Return what an interview tells that ends after these answers, and how it ends."""
    said: list[str] = []
    answers = iter(typed)

    def ask(question: str) -> str:
        try:
            return next(answers)
        except StopIteration:
            raise EOFError from None

    with pytest.raises(StoppedError) as ended:
        interview(form, situation, {}, language, ask, said.append)
    return said, ended.value


def test_it_asks_again_until_an_answer_fits(situation: Situation) -> None:
    script = iter(["Nghe An", "bo tai chinh", "G12", "", "Kho lưu trữ", "", "private", "-1", "40", *[""] * 17])
    asked: list[str] = []
    told: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return next(script)

    answers = interview(tenant.FORM, situation, {}, Language.VI, ask, told.append)
    made = tenant.FORM.draft(answered(tenant.FORM, situation, answers))
    assert made.declaration.name == "g12"
    assert [q for q in asked if q.startswith("mã cơ quan")] == ["mã cơ quan: "] * 3
    assert any("có phải ý bạn là 'G12' (Bộ Tài chính)?" in line for line in told)
    assert any("lỗi" in line and "dataSubjects" in line for line in told), "a negative number is refused on the spot"
    assert "đám mây [cgc-hn1]: " in asked
    assert not [q for q in asked if "ngân sách" in q], "the budget is an option, not a question"


def test_quantities_that_few_need_are_asked_for_only_where_wanted(situation: Situation) -> None:
    for more, expected in (("n", 0), ("y", 4)):
        asked: list[str] = []

        def ask(question: str, asked: list[str] = asked, more: str = more) -> str:
            asked.append(question)
            return more if question.startswith("any gpu") else ""

        given = {"agency": "G12", "purpose-vi": "X", "information": "public", "people": "0"}
        interview(tenant.FORM, situation, given, Language.EN, ask, lambda _: None)
        further = [q for q in asked if q.startswith(("graphics", "namespaces", "objects", "IPv4"))]
        assert len(further) == expected


def test_the_agency_that_has_a_tenant_is_told_so_at_once(situation: Situation) -> None:
    said, ended = stopped(tenant.FORM, situation, Language.EN, "h41", "H29")
    assert any("Tenant 'h41' exists already" in line and "edit " in line for line in said)
    assert ended.answers["agency"] == "H29"


def test_an_empty_answer_is_explained(situation: Situation) -> None:
    said, _ = stopped(tenant.FORM, situation, Language.VI, "", "H29")
    assert any("chưa trả lời: mã cơ quan" in line for line in said)


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        (["G09", "G09"], "both ends are the same agency"),
        (["G09", "H41"], "Link 'g09-h41' exists already"),
        (["H41", "G09"], "Link 'g09-h41' exists already"),
    ],
)
def test_a_link_is_judged_as_it_goes(situation: Situation, typed: list[str], complaint: str) -> None:
    said, _ = stopped(link.FORM, situation, Language.EN, *typed)
    assert any(complaint in line for line in said), said


@pytest.mark.parametrize(("key", "code"), [("\x03", 130), ("\x04", 1)], ids=["Ctrl-C", "Ctrl-D"])
class TestWhoHasHadEnough:
    """On a terminal, as only there somebody can press these keys."""

    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        shutil.copytree(ROOT / "tests" / "fixtures" / "country", tmp_path / "vn")
        shutil.copytree(ROOT / "policies", tmp_path / "policies")
        return tmp_path

    def words(self, *more: str) -> list[str]:
        start = [sys.executable, "-c", "from govcloud.cli import main; main()"]
        return [*start, "new", "tenant", "--country", "vn", "--date", str(DATE), *more]

    def told(self, shown: Terminal, code: int) -> list[str]:
        """Return the command that repeats the answers, as words: the last that is said."""
        assert shown.ended() == code
        assert "Traceback" not in shown.rest
        *_, said, command = shown.rest.strip().splitlines()
        assert said == "nothing was written; the same answers once more:"
        return shlex.split(command)

    def test_is_told_how_to_repeat_the_answers(self, folder: Path, key: str, code: int) -> None:
        with terminal(self.words("--people", "2000"), {**os.environ, "GOVCLOUD_LANG": "en"}, folder) as shown:
            for question, answer in (("code of the agency", "H29\n"), (r"cloud \[", "\n"), ("purpose", "Kho số\n")):
                shown.until(question)
                shown.type(answer)
            while shown.until(r"\(Enter to skip\): |the most protected")[0].startswith("("):
                shown.type("\n")
            shown.type(key)
            command = self.told(shown, code)
        assert command[:5] == ["govcloud", "new", "tenant", "--country", "vn"]
        assert dict(zip(command[5::2], command[6::2], strict=True)) == {
            "--agency": "H29",
            "--purpose-vi": "Kho số",
            "--people": "2000",
        }
        assert not (folder / "vn" / "tenants" / "h29").exists()

    def test_also_where_answers_are_to_be_changed(self, folder: Path, key: str, code: int) -> None:
        given = ("--agency", "H29", "--purpose-vi", "X", "--information", "private", "--people", "1", "--cpu", "50")
        with terminal(self.words(*given), {**os.environ, "GOVCLOUD_LANG": "en"}, folder) as shown:
            while not shown.until(r"answers to change|\]: |\(Enter to skip\): ")[0].startswith("answers"):
                shown.type("\n")
            shown.type(key)
            command = self.told(shown, code)
        assert command[command.index("--cpu") + 1] == "50"
