"""A command that is called wrongly says what is wrong and what is allowed, and exits with 2."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
COUNTRY = ROOT / "tests" / "fixtures" / "country"
LIMIT = 120  # seconds; a loaded machine starts Python slowly


@pytest.mark.parametrize(
    ("words", "code", "value", "fix"),
    [
        (["validat"], "GC-CLI-006", "validat", "did you mean 'validate'?"),
        (["local", "dwn"], "GC-CLI-006", "dwn", "did you mean 'down'?"),
        (["validate", "--formt", "json"], "GC-CLI-002", "--formt", "did you mean '--format'?"),
        (["validate", "--format", "jsn"], "GC-CLI-005", "jsn", "did you mean 'json'?"),
        (["graph", "quota", "--format", "text"], "GC-CLI-005", "text", "see `govcloud graph --help`"),
        (["render", "tenant.h41", "--format", ""], "GC-CLI-005", "", "see `govcloud render --help`"),
        (["validate", "--date", "2026-02-30"], "GC-CLI-005", "2026-02-30", "see `govcloud validate --help`"),
        (["validate", "--format"], "GC-CLI-004", "--format", "see `govcloud --help`"),
        (["validate", "a", "b"], "GC-CLI-007", "b", "leave it out; see `govcloud validate --help`"),
        (["render"], "GC-CLI-003", None, "write STACK; see `govcloud render --help`"),
        (["validate", "nowhere"], "GC-CLI-009", "nowhere", "name the folder that holds country.yaml"),
        (["validate", str(ROOT / "README.md")], "GC-CLI-009", None, "name the folder that holds country.yaml"),
        (["validate", "--language", "fr"], "GC-CLI-005", "fr", None),
        (["up", "--parallel", "65"], "GC-CLI-005", None, None),
    ],
)
def test_wrong_calls(words: list[str], code: str, value: str | None, fix: str | None, govcloud: Any) -> None:
    english, vietnamese = govcloud(*words), govcloud(*words, "--language", "vi")
    assert (english.code, english.out) == (2, "")
    assert f"error {code}: " in english.err
    assert value is None or f"  value: {value}\n" in english.err
    assert fix is None or f"  fix: {fix}\n" in english.err
    if "--language" not in words and words[-1] != "--format":
        assert f"lỗi {code}: " in vietnamese.err
        assert "  cách sửa: " in vietnamese.err


def test_findings_of_one_agency_or_tenant(govcloud: Any, tmp_path: Path) -> None:
    folder = tmp_path / "vn"
    shutil.copytree(COUNTRY, folder)
    shutil.copytree(ROOT / "policies", tmp_path / "policies")
    for tenant in ("g09", "h41-101"):
        file = folder / "tenants" / tenant / "tenant.yaml"
        file.write_text(
            file.read_text("utf-8").replace("  lifecycle:", f"  platforms: [none-of-{tenant}]\n  lifecycle:"), "utf-8"
        )
    everything = govcloud("validate", str(folder), "--date", "2026-11-22")
    assert everything.out.count("error GC-") == 2
    for words in (["--agency", "h41"], ["--agency", "H41.101"], ["--tenant", "h41-101"]):
        said = govcloud("validate", str(folder), "--date", "2026-11-22", *words)
        assert (said.code, said.out.count("error GC-")) == (1, 1), said
        assert "tenants/h41-101/" in said.out
        assert "; 1 of others not shown" in said.out
    quiet = govcloud("validate", str(folder), "--date", "2026-11-22", "--agency", "G12")
    assert (quiet.code, quiet.out.count("error GC-")) == (0, 0)
    unknown = govcloud("validate", str(folder), "--agency", "H4l", "--tenant", "nobody")
    assert (unknown.code, "GC-CLI-012" in unknown.err, "GC-CLI-013" in unknown.err) == (2, True, True)


class TestWhichCountry:
    def test_it_is_found_from_any_folder_of_it_and_of_its_project(
        self, govcloud: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for inside in ("", "docs/how-to", "stacks", "stacks/vn", "stacks/vn/tenants/h41"):
            monkeypatch.chdir(ROOT / inside)
            assert "declarations judged: 0 errors" in govcloud("validate").out

    def test_none_and_several_are_told(self, govcloud: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.chdir(tmp_path)
        none = govcloud("validate")
        assert (none.code, "GC-CLI-011" in none.err) == (2, True)
        for name in ("aa", "bb"):
            (tmp_path / "stacks" / name).mkdir(parents=True)
            (tmp_path / "stacks" / name / "country.yaml").touch()
        several = govcloud("validate")
        assert (several.code, "GC-CLI-010" in several.err) == (2, True)
        assert "allowed: stacks/aa, stacks/bb" in several.err

    def test_a_repository_ends_the_search(self, govcloud: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        (tmp_path / "country.yaml").touch()
        (tmp_path / "other" / ".git").mkdir(parents=True)
        monkeypatch.chdir(tmp_path / "other")
        assert "GC-CLI-011" in govcloud("validate").err


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "PYTHON", "GOVCLOUD_LANG"))}
    return subprocess.run(
        [sys.executable, "-c", "from govcloud.cli import main; main()", *words],
        env={**clean, **environment},
        capture_output=True,
        cwd=ROOT,
        timeout=LIMIT,
        check=False,
    )


@pytest.mark.parametrize(
    "environment",
    [{"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, {"PYTHONIOENCODING": "ascii"}],
    ids=["C", "ascii"],
)
def test_an_ascii_locale_breaks_nothing(environment: dict[str, str]) -> None:
    done = run("validate", "--agency", "Nghệ An", "--language", "vi", **environment)
    assert (done.returncode, b"Traceback" in done.stderr) == (2, False)
    assert "chưa khai báo cơ quan có mã này" in done.stderr.decode()  # into a pipe goes UTF-8


def test_a_broken_byte_breaks_nothing() -> None:
    done = run("validate", "--agency", os.fsdecode(b"\xff\xfe"), LC_ALL="C.UTF-8")
    assert (done.returncode, b"Traceback" in done.stderr) == (2, False)


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script(shell: str) -> None:
    done = run("completion", shell)
    assert (done.returncode, b"_GOVCLOUD_COMPLETE=complete_" in done.stdout) == (0, True)


@pytest.mark.parametrize(
    "words", [("--version",), ("validate", "--help"), ("render", "tenant.h41"), ("graph", "topology")]
)
def test_nobody_reads_on(words: tuple[str, ...]) -> None:
    """As after `| head`: the command ends like any program that the signal of a closed pipe ends, and says nothing."""
    read, write = os.pipe()
    os.close(read)
    ended = subprocess.run(
        [sys.executable, "-m", "govcloud", *words], stdout=write, stderr=subprocess.PIPE, cwd=ROOT, check=False
    )
    os.close(write)
    assert (ended.returncode, ended.stderr) == (141, b"")
