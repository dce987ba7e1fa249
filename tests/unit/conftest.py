"""The command line as a user has it: words in, an exit code and two streams out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from govcloud import cli


@dataclass(frozen=True)
class Said:
    """What a command said."""

    code: int
    out: str
    err: str


Govcloud = Callable[..., Said]


@pytest.fixture
def govcloud(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Govcloud:
    """Return what runs `govcloud` with words, in English unless they say otherwise."""

    def run(*words: str) -> Said:
        monkeypatch.setenv("GOVCLOUD_LANG", "en")
        monkeypatch.setattr(sys, "argv", ["govcloud", *words])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        shown = capsys.readouterr()
        code = ended.value.code
        return Said(code if isinstance(code, int) else 0, shown.out, shown.err)

    return run
