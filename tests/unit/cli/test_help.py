"""Every command and subcommand explains itself, whatever characters its help has."""

from __future__ import annotations

import sys

import pytest

from govcloud import cli


@pytest.mark.parametrize("arguments", [[], *([name] for name in cli.COMMANDS), ["new", "tenant"], ["new", "country"]])
def test_help_is_printed(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["govcloud", *arguments, "--help"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 0
    assert "Usage: govcloud" in capsys.readouterr().out


def test_the_form_of_an_answer_is_shown_whole(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["govcloud", "new", "tenant", "--help"])
    monkeypatch.setenv("COLUMNS", "300")
    with pytest.raises(SystemExit):
        cli.main()
    assert "name=size[:class[:personal]]" in capsys.readouterr().out
