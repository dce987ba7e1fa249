"""Problems on a terminal: coloured by severity unless nobody wants that; letters that it lacks without diacritics."""

from __future__ import annotations

import io
import sys

import pytest

from govcloud.cli import terminal
from govcloud_base.errors import Language, Problem, Severity, Text

ERROR = Problem("GC-A-001", Text("wrong", "sai"), Text("mend it", "hãy sửa"))
WARNING = Problem("GC-A-002", Text("odd", "lạ"), Text("look", "xem lại"), severity=Severity.WARNING)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def colours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")


def test_severities_have_colours_on_a_terminal() -> None:
    shown = terminal.rendered([WARNING, ERROR], Language.VI, Terminal())
    assert "\x1b[1;31mlỗi GC-A-001\x1b[0m: sai" in shown
    assert "\x1b[1;33mcảnh báo GC-A-002\x1b[0m: lạ" in shown


def test_no_colours_in_a_pipe_or_where_none_are_wanted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in terminal.rendered([ERROR], Language.EN, io.StringIO())
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in terminal.rendered([ERROR], Language.EN, Terminal())


def test_a_terminal_without_vietnamese_gets_base_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()

    class Ascii(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    monkeypatch.setattr(sys, "stdout", Ascii(written, encoding="ascii"))
    terminal.take_every_character()
    print("Đơn vị 'Nghệ An' → 漢", file=sys.stdout, flush=True)
    assert written.getvalue() == b"Don vi 'Nghe An' > \\u6f22\n"
