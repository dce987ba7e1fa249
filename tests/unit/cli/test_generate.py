"""`govcloud generate` as its users meet it: a clean country, never over anything that is there."""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path

import pytest

from govcloud import cli


def run(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr(sys, "argv", ["govcloud", *words])
    with pytest.raises(SystemExit) as left:
        cli.main()
        sys.exit(0)
    return int(left.value.code or 0)


def digest(folder: Path) -> str:
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*.yaml")):
        found.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return found.hexdigest()


def test_the_same_seed_writes_the_same_bytes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = ("generate", "--tenants", "60", "--year", "2026")
    for name, seed in (("a", "1"), ("b", "1"), ("c", "2")):
        assert run(monkeypatch, *words, "--seed", seed, "--out", str(tmp_path / name)) == 0
    assert "60 agencies" in capsys.readouterr().out
    assert digest(tmp_path / "a") == digest(tmp_path / "b") != digest(tmp_path / "c")
    assert run(monkeypatch, "validate", str(tmp_path / "a"), "--date", "2026-11-22") == 0
    assert "0 errors, 0 warnings" in capsys.readouterr().out


def test_nothing_is_overwritten(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "note").write_text("mine", encoding="utf-8")
    for out in (tmp_path, tmp_path / "note"):
        assert run(monkeypatch, "generate", "--out", str(out)) == 2
        assert "GC-GENERATE-001" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["note"]


def test_editors_find_the_schema_where_there_is_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "schema").mkdir()
    (tmp_path / "schema" / "tenant.json").write_text("{}", encoding="utf-8")
    run(monkeypatch, "generate", "--tenants", "3", "--out", str(tmp_path / "xx"))
    (first, *_) = sorted((tmp_path / "xx" / "tenants").rglob("*.yaml"))
    head = first.read_text(encoding="utf-8").splitlines()[0]
    assert (first.parent / head.partition("=")[2]).resolve() == tmp_path / "schema" / "tenant.json"


def test_a_folder_that_cannot_be_made_is_no_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    assert run(monkeypatch, "generate", "--tenants", "3", "--out", str(tmp_path / "file" / "vn")) == 3
    assert "GC-GENERATE-002" in capsys.readouterr().err
