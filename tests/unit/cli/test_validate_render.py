"""`govcloud validate` and `govcloud render` as their users meet them: output, language, exit code."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest
import yaml

from govcloud import cli

VN = Path(__file__).parents[2] / "fixtures" / "country"


def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Return exit code, output and error output of one command."""
    monkeypatch.setattr(sys, "argv", ["govcloud", *words])
    with pytest.raises(SystemExit) as left:
        cli.main()
        sys.exit(0)
    captured = capsys.readouterr()
    return int(left.value.code or 0), captured.out, captured.err


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    """Return a copy of the country in which a budget is overdrawn and an amount is misspelt."""
    copy = tmp_path / "vn"
    shutil.copytree(VN, copy)
    tenant = copy / "tenants" / "h41" / "tenant.yaml"
    tenant.write_text(tenant.read_text(encoding="utf-8").replace("pods: 76", "pods: 10"), encoding="utf-8")
    return copy


def test_a_clean_country(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("GOVCLOUD_LANG", "en")
    code, out, _ = run(monkeypatch, capsys, "validate", str(VN), "--date", "2026-11-22")
    assert code == 0
    summary, *notices = out.splitlines()
    assert summary.endswith(" declarations judged: 0 errors, 0 warnings")
    assert notices == ["2 agency codes are provisional: no published source confirms them"]


def test_the_folder_is_named_as_in_every_other_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], spoilt: Path
) -> None:
    monkeypatch.setenv("GOVCLOUD_LANG", "en")
    day = ("--date", "2026-11-22")
    said = run(monkeypatch, capsys, "validate", "--country", str(spoilt), *day)
    assert said[0] == 1
    assert said == run(monkeypatch, capsys, "validate", str(spoilt), *day)
    code, _, err = run(monkeypatch, capsys, "validate", str(VN), "--country", str(spoilt), *day)
    assert (code, "GC-CLI-001" in err) == (2, True)


@pytest.mark.parametrize(("language", "words"), [("en", "pods to 76"), ("vi", "tăng pods lên 76")])
def test_a_problem_is_told_in_the_readers_language(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], spoilt: Path, language: str, words: str
) -> None:
    monkeypatch.setenv("GOVCLOUD_LANG", language)
    code, out, _ = run(monkeypatch, capsys, "validate", str(spoilt), "--date", "2026-11-22")
    assert code == 1
    assert "tenants/h41/tenant.yaml:16:59" in out
    assert "GC-QUOTA-001" in out
    assert words in out


def test_json_carries_both_languages(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], spoilt: Path
) -> None:
    code, out, _ = run(monkeypatch, capsys, "validate", str(spoilt), "--format", "json", "--date", "2026-11-22")
    (problem,) = json.loads(out)["problems"]
    assert code == 1
    assert (problem["code"], problem["line"], problem["value"], problem["allowed"]) == (
        "GC-QUOTA-001",
        16,
        "76",
        "<= 10",
    )
    assert set(problem["fix"]) == {"en", "vi"}


def test_a_missing_folder_is_a_wrong_call_not_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    code, _, complaint = run(monkeypatch, capsys, "validate", str(tmp_path / "none"))
    assert code == 2
    assert "GC-CLI-009" in complaint


def test_render_prints_a_stream_for_kubectl(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = run(monkeypatch, capsys, "render", "tenant.h41-101", "--country", str(VN), "--date", "2026-11-22")
    assert code == 0
    documents = list(yaml.safe_load_all(out))
    assert all({"apiVersion", "kind", "metadata"} <= set(d) for d in documents)
    assert documents[0]["kind"] == "Namespace"
    assert "&id" not in out
    assert "# bucket vn-h41-101-prod-records" in out


def test_render_as_json_holds_everything(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("render", "tenant.h41", "--country", str(VN), "--format", "json", "--date", "2026-11-22")
    code, out, _ = run(monkeypatch, capsys, *words)
    rendered = json.loads(out)
    assert code == 0
    assert rendered["cloud"] == "cgc-hn1"
    assert {b["label"] for b in rendered["buckets"]} == {"records", "attachments"}


def test_an_unknown_stack_is_a_usage_error(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("GOVCLOUD_LANG", "en")
    code, _, err = run(monkeypatch, capsys, "render", "tenant.h4", "--country", str(VN), "--date", "2026-11-22")
    assert code == 2
    assert "did you mean 'tenant.h41'?" in err


def test_a_spoilt_country_is_not_rendered(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], spoilt: Path
) -> None:
    code, out, err = run(monkeypatch, capsys, "render", "tenant.g09", "--country", str(spoilt), "--date", "2026-11-22")
    assert (code, out) == (1, "")
    assert "GC-QUOTA-001" in err
