"""What is remembered of a country saves reading and changes no answer; what may not be believed is not."""

from __future__ import annotations

import datetime
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from govcloud import country, rules
from govcloud.country import Readings, builder
from govcloud.country.cache import Cache, code_digest
from govcloud_base import own_file
from govcloud_base.errors import GovCloudError

ROOT = Path(__file__).parents[3]
DATE = datetime.date(2026, 11, 22)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GOVCLOUD_CACHE", str(tmp_path / "cache"))
    copy = tmp_path / "vn"
    shutil.copytree(ROOT / "stacks" / "vn", copy)
    shutil.copytree(ROOT / "policies", tmp_path / "policies")
    monkeypatch.chdir(copy)
    return copy


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the files that were parsed, as they are."""
    files: list[str] = []
    build = builder.Builder.build

    def counted(self: builder.Builder) -> object:
        files.append(self._shown)
        return build(self)

    monkeypatch.setattr(builder.Builder, "build", counted)
    return files


def kept(folder: Path, name: str) -> Path:
    (file,) = (folder.parent / "cache" / "countries").glob(f"*.{name}")
    return file


def test_a_country_comes_back_as_it_was_read(folder: Path, parsed: list[str]) -> None:
    first = country.remembered(folder)
    assert len(parsed) > len(first.documents)
    parsed.clear()
    second = country.remembered(folder)
    assert parsed == []
    assert second == country.load(folder)
    tenant = second.tenants["h41"]
    assert second.place(tenant, "spec", "level") == first.place(first.tenants["h41"], "spec", "level")
    assert second.document(tenant).value == first.document(first.tenants["h41"]).value


def test_only_what_changed_is_read_again(folder: Path, parsed: list[str]) -> None:
    country.remembered(folder)
    tenant = folder / "tenants" / "h41" / "tenant.yaml"
    tenant.write_text(tenant.read_text(encoding="utf-8").replace("  level: 3", "\n  level: 2"), encoding="utf-8")
    parsed.clear()
    declared, problems = rules.judged(folder, DATE)
    assert parsed == ["tenants/h41/tenant.yaml"]
    assert declared.tenants["h41"].spec.level == 2
    assert [str(p.place) for p in problems if p.code == "GC-LEVEL-001"] == ["tenants/h41/tenant.yaml:13:10"]
    moved = folder / "tenants" / "h41" / "other.yaml"
    tenant.rename(moved)
    parsed.clear()
    places = [str(p.place) for p in rules.judged(folder, DATE)[1] if p.code == "GC-LEVEL-001"]
    assert (parsed, places) == ([], ["tenants/h41/other.yaml:13:10"])


def test_a_wrong_file_keeps_none_of_the_others_from_being_remembered(folder: Path, parsed: list[str]) -> None:
    (folder / "links" / "g09-h41.yaml").write_text("a: no\n", encoding="utf-8")
    for _ in range(2):
        parsed.clear()
        with pytest.raises(GovCloudError) as caught:
            country.remembered(folder)
    assert [p.code for p in caught.value.problems] == ["GC-READ-012"]
    assert parsed == ["links/g09-h41.yaml"]


def test_nothing_is_judged_twice(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[datetime.date] = []

    def judge(declared: country.Country, date: datetime.date) -> list[object]:
        calls.append(date)
        return list(rules.judge(declared, date))

    monkeypatch.setattr("govcloud.rules.record.judge", judge)
    tomorrow = DATE.replace(year=2028)
    first = rules.judged(folder, DATE)[1], rules.judged(folder, tomorrow)[1]
    assert calls == [DATE, tomorrow]
    assert first[0] != first[1]
    assert (rules.judged(folder, DATE)[1], rules.judged(folder, tomorrow)[1]) == first
    assert calls == [DATE, tomorrow]
    for change in (folder / "agencies" / "g12.yaml", folder.parent / "policies" / "controls" / "NET-02.yaml"):
        change.write_text(change.read_text(encoding="utf-8") + "# seen\n", encoding="utf-8")
        rules.judged(folder, DATE)
    assert calls == [DATE, tomorrow, DATE, DATE]
    change.rename(change.with_stem("NET-02a"))
    rules.judged(folder, DATE)
    assert calls == [DATE, tomorrow, DATE, DATE, DATE], "names in the law count as well"


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-100])


def spoil(file: Path) -> None:
    file.write_bytes(file.read_bytes().replace(b'"level":3', b'"level":1'))


def fill(file: Path) -> None:
    file.write_bytes(os.urandom(5000))


def empty(file: Path) -> None:
    file.write_bytes(b"")


def open_to_all(file: Path) -> None:
    file.chmod(0o666)


def open_folder(file: Path) -> None:
    file.parent.chmod(0o777)


def give_away(file: Path) -> None:
    os.chown(file, 12345, 12345)


def give_folder_away(file: Path) -> None:
    os.chown(file.parent, 12345, 12345)


def link(file: Path) -> None:
    file.rename(file.with_suffix(".elsewhere"))
    file.symlink_to(file.with_suffix(".elsewhere"))


def older(file: Path) -> None:
    lines = file.read_bytes().split(b"\n")[1:-1]
    Cache(file, "another version").write(line.replace(b'"level":3', b'"level":1') for line in lines)


def pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def directory(file: Path) -> None:
    file.unlink()
    file.mkdir()


HARMS = (cut, spoil, fill, empty, open_to_all, open_folder, give_away, give_folder_away, link, older, pipe, directory)


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.__name__)
def test_what_may_not_be_believed_is_not(folder: Path, parsed: list[str], harm: Callable[[Path], None]) -> None:
    if harm in (give_away, give_folder_away) and os.geteuid() != 0:
        pytest.skip("only root can give files away")
    expected = rules.judged(folder, DATE)
    for name in ("readings", "judgements"):
        harm(kept(folder, name))
    parsed.clear()
    declared, problems = rules.judged(folder, DATE)
    assert (declared, problems) == expected
    assert len(parsed) > len(declared.documents)


def test_countries_long_gone_are_forgotten(tmp_path: Path) -> None:
    for number in range(40):
        Cache(tmp_path / f"{number:016x}.readings", "x").write([b"line"])
    assert len(list(tmp_path.iterdir())) == 32
    assert Cache(tmp_path / f"{39:016x}.readings", "x").lines() == [b"line"]


def test_a_folder_that_cannot_be_written_is_done_without(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOVCLOUD_CACHE", "/dev/null/cache")
    assert rules.judged(folder, DATE) == rules.judged(folder, DATE)


def test_what_does_not_come_back_as_it_was_is_not_kept(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("govcloud.country.readings.to_json", lambda value: b'{"kind":"Tenant"}')
    Readings.of(folder)
    country.remembered(folder)
    assert not (folder.parent / "cache").exists()


def test_what_other_code_read_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = tmp_path / "base"
    shutil.copytree(Path(own_file.__file__).parent, base)
    monkeypatch.setattr(own_file, "__file__", str(base / "own_file.py"))
    same = code_digest.__wrapped__("model")
    (base / "quantity.py").write_text("# amounts are read in another way\n")
    assert code_digest.__wrapped__("model") != same
