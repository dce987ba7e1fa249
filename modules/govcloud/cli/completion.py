"""`govcloud completion`: what a shell needs to complete commands and options."""

from __future__ import annotations

import enum
import os
from typing import Annotated

import typer

from govcloud.cli.application import COMPLETE, application

__all__ = ["completion"]


class Shell(enum.StrEnum):
    """A shell whose completion is known."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


def completion(
    shell: Annotated[Shell, typer.Argument(help="bash, zsh or fish. / bash, zsh hoặc fish.", metavar="SHELL")],
) -> None:
    """Print a shell's completion script. / In tập lệnh tự hoàn thành cho shell.

    For bash write `eval "$(govcloud completion bash)"` into ~/.bashrc, for zsh the same with zsh into ~/.zshrc behind
    compinit, for fish `govcloud completion fish | source` into ~/.config/fish/config.fish. / Với bash, thêm
    `eval "$(govcloud completion bash)"` vào ~/.bashrc; với zsh, thêm dòng tương tự sau `compinit` trong ~/.zshrc; với
    fish, thêm `govcloud completion fish | source` vào ~/.config/fish/config.fish.
    """
    # The parser itself answers a shell that asks so; the script makes the shell ask it again at every Tab.
    os.environ[COMPLETE] = f"source_{shell.value}"
    application([]).main([], prog_name="govcloud", complete_var=COMPLETE)
