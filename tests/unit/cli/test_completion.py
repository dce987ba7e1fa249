"""Tab in each shell that this machine has: commands, options, and names that the country declares."""

from __future__ import annotations

import itertools
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typed_terminal import LIMIT, Terminal, terminal

ROOT = Path(__file__).parents[3]
SHELLS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], 'eval "$(govcloud completion bash)"'),
    "zsh": (["zsh", "-f", "-i"], 'autoload -Uz compinit; compinit -u -D; eval "$(govcloud completion zsh)"'),
    "fish": (["fish", "--no-config", "-i"], "govcloud completion fish | source"),
}
TYPED = {
    "govcloud va": "govcloud validate",
    "govcloud new ten": "govcloud new tenant",
    "govcloud validate --form": "govcloud validate --format",
    "govcloud validate --format sa": "govcloud validate --format sarif",
    "govcloud validate --format=sa": "govcloud validate --format=sarif",
    "govcloud validate --agency H2": "govcloud validate --agency H29",
    "govcloud validate --agency=H2": "govcloud validate --agency=H29",
    "govcloud graph topology --tenant h41-": "govcloud graph topology --tenant h41-101",
    "govcloud up platform.": "govcloud up platform.lgsp-h41",
    "govcloud new link --from H41 --to h2": "govcloud new link --from H41 --to h29",
    "govcloud local kubeconfig --group gov:h41-101:v": "govcloud local kubeconfig --group gov:h41-101:viewer",
    "govcloud validate --country tenants/h41/t": "govcloud validate --country tenants/h41/tenant.yaml",
}
"""What is typed before a Tab, and what then stands on the line."""

NUMBERS = itertools.count()


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Put the program under its name on the PATH of a user without settings."""
    program = tmp_path / "bin" / "govcloud"
    program.parent.mkdir()
    program.write_text(f"#!{sys.executable}\nfrom govcloud.cli import main\nmain()\n")
    program.chmod(0o755)
    clean = {
        k: v for k, v in os.environ.items() if not k.startswith(("GOVCLOUD_", "ZDOTDIR", "XDG_", "BASH", "PROMPT"))
    }
    return {**clean, "PATH": f"{program.parent}:{os.environ['PATH']}", "HOME": str(tmp_path)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a copy of the small country, with its law beside it."""
    shutil.copytree(ROOT / "tests" / "fixtures" / "country", tmp_path / "vn")
    shutil.copytree(ROOT / "policies", tmp_path / "policies")
    return tmp_path / "vn"


def completed(shell: Terminal, typed: str) -> str:
    """Return what stands on the line after a Tab: it goes to the line's begin, and makes the line text to print."""
    number = next(NUMBERS)  # shells write lines more than once
    shell.type(f"{typed}\t\x01printf 'line{number}<%s>\\n' '\x05'\n")
    return shell.until(rf"line{number}<([^%\x1b]*?)>")[1].rstrip()


@pytest.mark.parametrize("name", SHELLS)
def test_a_shell_completes_commands_options_and_names(name: str, environment: dict[str, str], folder: Path) -> None:
    words, setting = SHELLS[name]
    if shutil.which(words[0]) is None:
        pytest.skip(f"this machine has no {name}")
    with terminal(words, environment, folder) as shell:
        shell.type(f"{setting}; printf 'ready<%s>\\n' yes\n")
        shell.until("ready<yes>")
        assert {typed: completed(shell, typed) for typed in TYPED} == TYPED


def test_what_is_offered_is_explained_in_the_language_of_the_reader(environment: dict[str, str], folder: Path) -> None:
    """As zsh and fish show it beside each; the protocol is one for all."""

    def said(typed: str) -> list[str]:
        asked = {
            "_GOVCLOUD_COMPLETE": "complete_fish",
            "_TYPER_COMPLETE_FISH_ACTION": "get-args",
            "_TYPER_COMPLETE_ARGS": typed,
        }
        done = subprocess.run(
            ["govcloud"], env={**environment, **asked}, cwd=folder, capture_output=True, timeout=LIMIT, check=True
        )
        assert done.stderr == b""
        return re.sub("\t", ": ", done.stdout.decode()).split("\n")[:-1]

    assert "link: Link two agencies." in said("govcloud new ")
    assert said("govcloud --language vi validate --agency H2") == ["H29: Ủy ban nhân dân Thành phố Hồ Chí Minh"]
    assert said("govcloud --language en validate --agency H2") == ["H29: People's Committee of Ho Chi Minh City"]
    assert said("govcloud validate --date") == ["--date: Day for which it is asked; today by default."]
    assert "quota.cpu: 720m" in said("govcloud explain h41 quota.c")
    assert said("govcloud up tenant.h41 tenant.h41") == ["tenant.h41-101"], "what is named already is not offered again"
    (folder / "agencies" / "h29.yaml").write_text("{")
    assert said("govcloud validate --agency H4")[0].startswith("H41: "), "a file that cannot be read hides its own"
    (folder / "country.yaml").write_text("{")
    assert said("govcloud validate --agency H4") == [""], "and no country offers no names"
