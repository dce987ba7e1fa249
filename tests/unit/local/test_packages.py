"""Debian packages: what is missing, and that nothing is installed without consent, root or apt-get."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from govcloud_base.errors import EnvironmentProblem, Text
from govcloud_local.node import packages
from govcloud_local.node.packages import Package, ensure

SAMPLE = (
    Package("present", "sh", Text("a shell", "trình lệnh")),
    Package("tool-a", "tool-a", Text("does a", "làm a")),
    Package("tool-b", "tool-b", Text("does b", "làm b")),
)

APT = """\
#!/bin/sh
here=$(dirname "$0")
echo "$DEBIAN_FRONTEND $*" >> "$here/calls"
case "$*" in
*update*) touch "$here/updated"; exit 0 ;;
esac
[ -e "$here/updated" ] || [ -e "$here/fresh" ] || { echo "E: Unable to locate package tool-a" >&2; exit 100; }
[ -e "$here/broken" ] && { echo "E: no space left" >&2; exit 100; }
for name in tool-a tool-b; do printf '#!/bin/sh\\n' > "$here/$name"; chmod +x "$here/$name"; done
"""


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose PATH has a shell and a stand-in for apt-get; root, at a terminal, not in CI."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "apt-get").write_text(APT)
    (folder / "apt-get").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/bin")
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    return folder


def calls(machine: Path) -> list[str]:
    file = machine / "calls"
    return file.read_text().splitlines() if file.exists() else []


def refuse(question: str) -> bool:
    raise AssertionError(f"asked: {question}")


def test_nothing_is_done_where_nothing_is_missing(machine: Path) -> None:
    assert ensure(SAMPLE[:1], consent=refuse) == []
    assert calls(machine) == []


def test_after_a_yes_what_is_missing_is_installed_and_named(machine: Path) -> None:
    (machine / "fresh").touch()
    questions: list[str] = []
    said: list[str] = []

    def agree(question: str) -> bool:
        questions.append(question)
        return True

    installed = ensure(SAMPLE, say=said.append, consent=agree)
    assert [package.name for package in installed] == ["tool-a", "tool-b"]
    assert "tool-a" in questions[0] and "tool-b" in questions[0] and "present" not in questions[0]
    assert "tool-a, tool-b" in said[0]
    (call,) = calls(machine)
    assert call.startswith("noninteractive ") and "--yes" in call and call.endswith("tool-a tool-b")


def test_after_a_no_nothing_is_installed_and_the_command_is_named(machine: Path) -> None:
    with pytest.raises(EnvironmentProblem) as caught:
        ensure(SAMPLE, consent=lambda question: False)
    assert "apt-get install --no-install-recommends tool-a tool-b" in caught.value.problems[0].fix.en
    assert calls(machine) == []


@pytest.mark.parametrize("why", ["yes", "ci", "no terminal"])
def test_it_does_not_ask_when_told_or_when_nobody_could_answer(
    machine: Path, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    (machine / "fresh").touch()
    if why == "ci":
        monkeypatch.setenv("CI", "true")
    if why == "no terminal":
        monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    ensure(SAMPLE, ask=why != "yes", say=lambda line: None, consent=refuse)
    assert len(calls(machine)) == 1


def test_a_machine_without_package_lists_gets_them_first(machine: Path) -> None:
    ensure(SAMPLE, ask=False, say=lambda line: None)
    assert [line.split()[4] for line in calls(machine)] == ["install", "update", "install"]


def test_what_apt_get_complains_about_is_shown(machine: Path) -> None:
    (machine / "broken").touch()
    with pytest.raises(EnvironmentProblem, match="E: no space left"):
        ensure(SAMPLE, ask=False, say=lambda line: None)


def test_an_ordinary_user_is_told_what_to_run(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(EnvironmentProblem) as caught:
        ensure(SAMPLE, ask=False)
    problem = caught.value.problems[0]
    assert "tool-a, tool-b" in problem.message.en and "tool-a, tool-b" in problem.message.vi
    assert "run as root: `apt-get update && apt-get install" in problem.fix.en
    assert calls(machine) == []


def test_a_machine_without_apt_get_is_told_so(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(machine))
    (machine / "apt-get").unlink()
    with pytest.raises(EnvironmentProblem, match="there is no apt-get"):
        ensure(SAMPLE[1:], ask=False)


def test_programs_in_sbin_count_even_where_path_lacks_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "nft"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(packages, "_SBIN", (str(tmp_path),))
    assert packages.program("nft") == str(program)
    assert packages.program("no-such-program") is None
