"""What an auditor reads is whole in both languages: every sentence of the audit, and every result."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from govcloud import audit
from govcloud.audit.attempt import RBAC, Attempt, judge, policy
from govcloud.audit.check import BlindError, Check, Examination, once
from govcloud.audit.report import as_rows
from govcloud.audit.result import conclude
from govcloud.audit.verdict import Verdict
from govcloud.clouds.request import Answer, Request, no_answer
from govcloud_base.errors import Language, Text

_SOURCES = sorted(Path(audit.__path__[0]).rglob("*.py"))
_VIETNAMESE = re.compile("[àáâãèéêìíòóôõùúýăđĩũơưạ-ỹ]", re.IGNORECASE)
_WORDS = (ast.Constant, ast.JoinedStr)
_NAMED = ("Finding", "Attempt", "StoreAttempt")
_REPORTED = ("Finding", "BlindError", "FullError", "NothingUndeclared")


def calls(*names: str) -> Iterator[tuple[str, ast.Call]]:
    for path in _SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names:
                yield f"{path.name}:{node.lineno}", node


def test_no_reason_is_of_one_language_alone() -> None:
    found = list(calls(*_REPORTED))
    assert len(found) > 80
    bare = [place for place, call in found if isinstance(call.args[-1], _WORDS)]
    bare += [place for place, call in calls(*_NAMED) if call.args and isinstance(call.args[0], _WORDS)]
    assert not bare


def test_every_sentence_is_said_in_vietnamese() -> None:
    found = [(place, call) for place, call in calls("Text") if len(call.args) == 2]
    assert len(found) > 80
    for place, call in found:
        english, vietnamese = map(ast.unparse, call.args)
        assert english != vietnamese, place
        assert _VIETNAMESE.search(vietnamese) or ".vi" in vietnamese, place
        assert not _VIETNAMESE.search(english), place


TWIN = Request("GET", "/own")
ATTEMPT = Attempt(Text("a try", "lần thử"), Request("GET", "/theirs"), (policy("pods", "TEN-05"), RBAC), TWIN)
LOST = Answer.none(no_answer(OSError("refused")))


@pytest.mark.parametrize(
    ("attack", "twin", "vietnamese"),
    [
        (Answer(201, "{}"), Answer(200, "{}"), "FAIL lần thử: GET /theirs được chấp nhận (201)"),
        (
            Answer(403, "{}"),
            LOST,
            "ERROR lần thử: yêu cầu lành đối chứng cũng thất bại nên việc từ chối không chứng minh được gì: "
            "GET /own: 0 không có trả lời: 'refused'",
        ),
        (
            Answer(500, "broken"),
            Answer(200, "{}"),
            "ERROR lần thử: không bị từ chối bởi chính sách govcloud-pods (TEN-05) hoặc phân quyền "
            "mà nhận trả lời 500 broken",
        ),
        (Answer(403, "u cannot list"), Answer(200, "{}"), "PASS lần thử: bị từ chối bởi phân quyền"),
    ],
)
def test_an_attempt_is_judged_in_vietnamese(attack: Answer, twin: Answer, vietnamese: str) -> None:
    assert judge(ATTEMPT, attack, twin).render(Language.VI) == vietnamese


def test_results_are_rendered_in_vietnamese() -> None:
    finding = judge(ATTEMPT, Answer(201, "{}"), Answer(200, "{}"))
    passed = judge(ATTEMPT, Answer(403, "u cannot list"), Answer(200, "{}"))
    head = "X-01.check [h41]"

    failed = conclude("X-01.check", ("X-01",), "h41", 3, [finding, finding, passed])
    assert failed.render(Language.VI).splitlines() == [
        f"FAIL {head} 3/3: lần thử: GET /theirs được chấp nhận (201) (và 1 mục khác)",
        *["  FAIL lần thử: GET /theirs được chấp nhận (201)"] * 2,
    ]
    assert conclude("X-01.check", (), "h41", 2, [passed]).render(Language.VI) == (
        f"ERROR {head} 1/2: chỉ xem được 1 trên 2 mục"
    )
    assert conclude("X-01.check", (), "h41", 1, [passed]).render(Language.VI) == (
        f"PASS {head} 1/1: đã xem 1 trên 1 mục, tất cả đúng yêu cầu"
    )
    assert str(failed) == failed.render(Language.EN)


def test_rows_hold_both_languages() -> None:
    reason = Text("nobody may look", "không ai được xem")

    def examine(_subject: str, _access: object) -> Examination:
        raise BlindError(reason)

    (row,) = as_rows([Check("X-01.check", ("X-01",), once, examine)("cloud", None)])  # type: ignore[arg-type]

    assert row["verdict"] == Verdict.ERROR
    findings = row["findings"]
    assert isinstance(findings, tuple | list)
    assert findings[0]["reason"] == {"en": reason.en, "vi": reason.vi}
