"""`govcloud completion`: how a shell asks at every Tab for the commands, options and values that may follow."""

from __future__ import annotations

import enum
import sys
from typing import Annotated

import typer

from govcloud.cli.application import COMPLETE

__all__ = ["completion"]


class Shell(enum.StrEnum):
    """A shell whose completion is known."""

    BASH = "bash"
    ZSH = "zsh"
    FISH = "fish"


# Each shell asks in the same way, for `value<Tab>what it is` a line: in the one for fish, of those that the parser has.
# `--option=` before a value is the shell's own affair, as each takes it apart in its own way.
_ASKED = f"env {COMPLETE}=complete_fish _TYPER_COMPLETE_FISH_ACTION=get-args _TYPER_COMPLETE_ARGS="
_SCRIPTS = {
    Shell.BASH: f"""\
_govcloud() {{
    local IFS=$'\\n' word line
    COMPREPLY=()
    for line in $({_ASKED}"${{COMP_LINE:0:COMP_POINT}}" govcloud 2>/dev/null); do
        COMPREPLY+=("${{line%%$'\\t'*}}")
    done
    # Readline replaces no more than what follows the last `=` or `:`.
    word="${{COMP_LINE:0:COMP_POINT}}"
    word="${{word##*[[:space:]]}}"
    [[ $word == --*=* ]] && word="${{word#*=}}"
    COMPREPLY=("${{COMPREPLY[@]#"${{word%"${{word##*[=:]}}"}}"}}")
}}
complete -o default -F _govcloud govcloud
""",
    Shell.ZSH: f"""\
#compdef govcloud
_govcloud() {{
    local -a items
    local line
    for line in "${{(@f)$({_ASKED}"${{words[1,$CURRENT]}}" govcloud 2>/dev/null)}}"; do
        [[ -n $line ]] && items+=("${{${{line//:/\\\\:}}/$'\\t'/:}}")
    done
    [[ $PREFIX == --*=* ]] && compset -P 1 '*='
    if (( $#items )); then _describe -V value items; else _files; fi
}}
if [[ $funcstack[1] == _govcloud ]]; then _govcloud "$@"; else compdef _govcloud govcloud; fi
""",
    Shell.FISH: f"""\
function __govcloud_values
    set -l word (commandline -ct)
    set -l found ({_ASKED}(commandline -cp | string collect -N) govcloud 2>/dev/null | string match -rv '^$')
    set -l option (string match -r -- '^--[^=]+=' $word; or echo '')
    if test (count $found) -gt 0
        printf '%s\\n' $option$found
    else
        __fish_complete_path (string replace -- $option '' $word)
    end
end
complete --command govcloud --no-files --arguments '(__govcloud_values)'
""",
}


def completion(
    shell: Annotated[Shell, typer.Argument(help="bash, zsh or fish. / bash, zsh hoặc fish.", metavar="SHELL")],
) -> None:
    """Print a shell's completion script. / In tập lệnh tự hoàn thành cho shell.

    For bash write `eval "$(govcloud completion bash)"` into ~/.bashrc, for zsh the same with zsh into ~/.zshrc behind
    compinit, for fish `govcloud completion fish | source` into ~/.config/fish/config.fish. / Với bash, thêm
    `eval "$(govcloud completion bash)"` vào ~/.bashrc; với zsh, thêm dòng tương tự sau `compinit` trong ~/.zshrc; với
    fish, thêm `govcloud completion fish | source` vào ~/.config/fish/config.fish.
    """
    sys.stdout.write(_SCRIPTS[shell])
