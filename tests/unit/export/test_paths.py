"""Keys are anybody's words: none leads out of the bag, none covers another, and what can be read stays readable."""

from __future__ import annotations

import datetime
import unicodedata
from pathlib import Path, PurePosixPath, PureWindowsPath
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from govcloud.backup.entry import Found
from govcloud.export.paths import PAYLOAD, folded, is_safe, readable
from govcloud.export.register import Register

AT = datetime.datetime(2026, 11, 30, tzinfo=datetime.UTC)
NFC, NFD = "hồ sơ/Nguyễn.pdf", unicodedata.normalize("NFD", "hồ sơ/Nguyễn.pdf")
HOSTILE = (
    "",
    ".",
    "..",
    "../x",
    "a/../../x",
    "/etc/passwd",
    "//server/share",
    "\\\\server\\share",
    "C:\\x",
    "C:x",
    "x\0y",
    "a\nb",
    "a\r",
    "%2e%2e/x",
    "a//b",
    "a/",
    "/",
    "a/./b",
    "con",
    "COM1.txt",
    "dir/aux.tar.gz",
    "ends.",
    "ends ",
    " begins",
    "a:b",
    "a*",
    "\u202egnp.exe",
    "\ud800",
    "x" * 300,
    "ạ" * 90,
    "~/x",
)
TRICKY = st.sampled_from(
    [*HOSTILE, "a", "A", "a/b", "A/b", "a/B", "a/b/c", NFC, NFD, "ı", "i", "ſ", "s", "ß", "ss", "K", "k", "objects/a"]
)
KEYS = st.one_of(TRICKY, st.text(max_size=60), st.lists(TRICKY, max_size=4).map("/".join))


def found(key: str, version: str = "1", *, latest: bool = True) -> Found:
    return Found(key, version, "e", 1, AT, latest=latest)


def planned(keys: list[tuple[str, bool]]) -> list[tuple[Found, str]]:
    with Register() as register:
        rows = [found(key, str(number), latest=latest) for number, (key, latest) in enumerate(keys)]
        return [(row, path) for row in rows if (path := register.path(row)) is not None]


@given(st.lists(st.tuples(KEYS, st.booleans()), max_size=20))
@example([("a", True), ("a/b", True), ("a/b/c", True), ("A", True), ("A/b", True)])
@example([("a/b", True), ("a", True), ("A", True)])
@example([(NFC, True), (NFD, True), (NFC, False), (NFD, False)])
@example([("k", True), ("k", True), ("k", True)])
@example([("a/" * 511 + "a", True)])
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_no_path_leaves_the_bag_or_covers_another(keys: list[tuple[str, bool]]) -> None:
    rows = planned(keys)
    assert len(rows) == len(keys)
    with TemporaryDirectory() as folder:
        root = Path(folder).resolve()
        for row, path in rows:
            assert is_safe(path)
            assert not any(part in ("", ".", "..") for part in path.split("/"))
            assert not PurePosixPath(path).is_absolute() and not PureWindowsPath(path).drive
            assert not set("%\r\n\\\0") & set(path) and path == unicodedata.normalize("NFC", path)
            assert all(len(part.encode()) <= 255 for part in path.split("/"))
            file = root / path
            assert (root / PAYLOAD) in file.parents
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("x") as stream:  # neither a file nor a folder is there
                stream.write(row.id)
        for row, path in rows:
            assert (root / path).read_text() == row.id


@given(st.lists(st.tuples(KEYS, st.booleans()), max_size=20))
@example([("A/b", True), ("a/B", True), ("ı", True), ("I", True), ("Straße", True), ("STRASSE", True)])
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_paths_differ_where_a_file_system_sees_no_case(keys: list[tuple[str, bool]]) -> None:
    rows = [path for _, path in planned(keys)]
    for blind in (str.casefold, str.lower, str.upper):
        seen = {unicodedata.normalize("NFC", blind(unicodedata.normalize("NFD", path))) for path in rows}
        assert len(seen) == len(rows)
    paths = [folded(path) for path in rows]
    assert len(paths) == len(set(paths))
    files = set(paths)
    for path in paths:
        parts = path.split("/")
        assert not any("/".join(parts[:end]) in files for end in range(1, len(parts)))


@pytest.mark.parametrize("key", HOSTILE[:-1])
def test_what_no_file_system_should_hold_gets_another_name(key: str) -> None:
    assert readable(key) is None
    [(_, path)] = planned([(key, True)])
    assert path.startswith(f"{PAYLOAD}/renamed/") and path.count("/") == 3


@pytest.mark.parametrize(
    "key", ["a", "~/x", "hồ sơ/2026/Đơn xin.pdf", "kế hoạch & chi phí + 100.txt", "..a/b..c", "a\u0301"]
)
def test_what_can_be_read_is_found_under_its_key(key: str) -> None:
    [(_, path)] = planned([(key, True)])
    assert path == f"{PAYLOAD}/objects/{unicodedata.normalize('NFC', key)}"


@pytest.mark.parametrize(
    ("key", "leaf"),
    [
        ("báo cáo: quý 1?.pdf", "báo cáo_ quý 1_.pdf"),
        ("../../bí mật.docx", "bí mật.docx"),
        ("x/" + "ạ" * 200 + ".xlsx", "ạ" * 31 + ".xlsx"),
        ("con.txt", "_con.txt"),
        ("a/..", "a"),
        ("..", "object"),
        ("\0", "_"),
        ("thư mục/", "thư mục"),
    ],
)
def test_another_name_still_says_what_it_is(key: str, leaf: str) -> None:
    [(_, path)] = planned([(key, True)])
    assert path.rpartition("/")[2] == leaf


def test_older_versions_lie_apart_and_beside_each_other() -> None:
    rows = planned([("a.txt", True), ("a.txt", False), ("a.txt", False)])
    paths = [path for _, path in rows]
    assert paths[0] == f"{PAYLOAD}/objects/a.txt"
    assert {path.rsplit("/", 2)[0] for path in paths[1:]} == {paths[1].rsplit("/", 2)[0]}
    assert all(path.startswith(f"{PAYLOAD}/versions/") and path.endswith("/a.txt") for path in paths[1:])


def test_a_version_that_is_listed_twice_is_taken_once() -> None:
    with Register() as register:
        assert [register.path(found("a")) for _ in range(4)].count(None) == 1


@pytest.mark.parametrize(
    "path", ["../x", "data/../x", "/data/x", "data//x", "data/./x", "data\\..\\x", "data", "x", "data/\0"]
)
def test_a_path_that_leaves_the_payload_is_not_safe(path: str) -> None:
    assert not is_safe(path)
