"""What checks are made of: every page is read, what cannot be read is blindness, and an id stands for one check."""

from __future__ import annotations

import pytest

from govcloud.audit.check import BlindError, Check, Examination, once, read_all, unique
from govcloud.clouds.request import Answer, Request


class Pages:
    """An API server that answers in pages, or not at all."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def send(self, request: Request) -> Answer:
        self.asked.append(request.url())
        return self.answers.pop(0)

    def execute(self, namespace: str, pod: str, command: object, seconds: float) -> Answer:
        raise AssertionError("nothing is executed")


def test_every_page_is_read() -> None:
    api = Pages(
        Answer(200, '{"items": [{"n": 1}], "metadata": {"continue": "more"}}'),
        Answer(200, '{"items": [{"n": 2}], "metadata": {}}'),
    )
    assert read_all(api, "", "pods") == [{"n": 1}, {"n": 2}]
    assert "continue=more" in api.asked[1]


@pytest.mark.parametrize("answer", [Answer(403, "{}"), Answer(404, "{}"), Answer(0, ""), Answer(200, "not JSON")])
def test_what_cannot_be_read_is_blindness_not_emptiness(answer: Answer) -> None:
    with pytest.raises(BlindError):
        read_all(Pages(answer), "", "pods")


def test_two_checks_with_one_id_are_refused() -> None:
    check = Check("TEN-01.x", ("TEN-01",), once, lambda subject, access: Examination(0, ()))
    with pytest.raises(ValueError, match=r"TEN-01\.x"):
        unique([check, check])
