"""Whatever is done to a bag is found; who made it is not trusted either."""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import bagit
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from held_versions import BEGAN, HeldVersions, Version

from govcloud.export.bag import About
from govcloud.export.run import export
from govcloud.export.verification import bags, check
from govcloud_base.errors import GovCloudError

KEY = Ed25519PrivateKey.generate()
ABOUT = About("vn", "h41", "H41", "UBND tỉnh", "prod", "cgc-hn1", "vn-h41-prod-records", newest=False)
FILE = "data/objects/hồ sơ/1.pdf"


@pytest.fixture
def bag(tmp_path: Path) -> Path:
    return made(tmp_path / "records", KEY)


def made(bag: Path, key: Ed25519PrivateKey | None) -> Path:
    store = HeldVersions(Version("hồ sơ/1.pdf", b"one"), Version("../x", b"two"), Version("gone", None))
    export(cast(Any, store), ABOUT, bag, now=lambda: BEGAN, key=key)
    return bag


def codes(bag: Path, key: Ed25519PrivateKey | None = KEY) -> list[str]:
    checked = check(bag, key.public_key() if key else None)
    assert checked.wrong == len(checked.problems)
    return [problem.code.removeprefix("GC-EXPORT-") for problem in checked.problems]


def resealed(bag: Path) -> None:
    """Write the manifest of tag files anew, as whoever has the key can."""
    rows = []
    for line in (bag / "tagmanifest-sha256.txt").read_text().splitlines():
        name = line.split("  ", 1)[1]
        rows.append(f"{hashlib.sha256((bag / name).read_bytes()).hexdigest()}  {name}\n")
    content = "".join(rows).encode()
    (bag / "tagmanifest-sha256.txt").write_bytes(content)
    (bag / "tagmanifest-sha256.txt.sig").write_bytes(KEY.sign(content))


def edited(bag: Path, name: str, change: Callable[[bytes], bytes]) -> None:
    (bag / name).write_bytes(change((bag / name).read_bytes()))


def spoil(bag: Path) -> None:
    edited(bag, FILE, lambda content: b"?" + content[1:])


def lose(bag: Path) -> None:
    (bag / FILE).unlink()


def add(bag: Path) -> None:
    (bag / "data/objects/more").write_text("x")


def add_beside(bag: Path) -> None:
    (bag / "README.exe").write_text("x")


def link(bag: Path) -> None:
    (bag / FILE).rename(bag.parent / "elsewhere")
    (bag / FILE).symlink_to(bag.parent / "elsewhere")


def pipe(bag: Path) -> None:
    (bag / FILE).unlink()
    os.mkfifo(bag / FILE)


def link_beside(bag: Path) -> None:
    (bag / "bag-info.txt").rename(bag.parent / "elsewhere")
    (bag / "bag-info.txt").symlink_to(bag.parent / "elsewhere")


def pipe_beside(bag: Path) -> None:
    (bag / "bag-info.txt").unlink()
    os.mkfifo(bag / "bag-info.txt")


def lose_list(bag: Path) -> None:
    (bag / "govcloud/objects.jsonl").unlink()


def edit_list(bag: Path) -> None:
    edited(bag, "govcloud/objects.jsonl", lambda content: content.replace(b"gone", b"kept"))


def edit_manifest(bag: Path) -> None:
    spoil(bag)
    before, after = (hashlib.sha256(text).hexdigest().encode() for text in (b"one", b"?ne"))
    edited(bag, "manifest-sha256.txt", lambda content: content.replace(before, after))


def edit_all_without_the_key(bag: Path) -> None:
    edit_manifest(bag)
    signature = (bag / "tagmanifest-sha256.txt.sig").read_bytes()
    resealed(bag)
    (bag / "tagmanifest-sha256.txt.sig").write_bytes(signature)


def unsign(bag: Path) -> None:
    (bag / "tagmanifest-sha256.txt.sig").unlink()


@pytest.mark.parametrize(
    ("done", "found"),
    [
        (spoil, ["009"]),
        (lose, ["010", "014"]),
        (add, ["011"]),
        (add_beside, ["011"]),
        (link, ["011", "010", "014"]),
        (pipe, ["011", "010", "014"]),
        (link_beside, ["009", "011"]),
        (pipe_beside, ["009", "011"]),
        (lose_list, ["010"]),
        (edit_list, ["009"]),
        (edit_manifest, ["009"]),
        (edit_all_without_the_key, ["013", "015", "011"]),
        (unsign, ["013"]),
    ],
    ids=lambda each: each.__name__ if callable(each) else "",
)
def test_whatever_is_done_to_it_is_found(bag: Path, done: Callable[[Path], None], found: list[str]) -> None:
    assert codes(bag) == []
    done(bag)
    assert codes(bag) == found


@pytest.mark.parametrize("path", ["../elsewhere", "/etc/passwd", "data/../../elsewhere", "data\\..\\x", "elsewhere"])
def test_no_manifest_leads_out_of_the_bag(bag: Path, path: str) -> None:
    digest = hashlib.sha256(b"x").hexdigest()
    edited(bag, "manifest-sha256.txt", lambda content: content + f"{digest}  {path}\n".encode())
    resealed(bag)
    assert codes(bag) == ["012"]
    edited(bag, "tagmanifest-sha256.txt", lambda content: content + f"{digest}  ../{path}\n".encode())
    (bag / "tagmanifest-sha256.txt.sig").write_bytes(KEY.sign((bag / "tagmanifest-sha256.txt").read_bytes()))
    assert codes(bag)[0] == "012"


@pytest.mark.parametrize("more", [b"no line\n", b"\xff\xfe  data/x\n", b"\n"])
def test_a_line_that_is_none_is_found(bag: Path, more: bytes) -> None:
    edited(bag, "manifest-sha256.txt", lambda content: content + more)
    resealed(bag)
    assert "012" in codes(bag)


def test_what_the_lists_do_not_agree_on_is_found(bag: Path) -> None:
    edited(bag, "govcloud/objects.jsonl", lambda content: content.replace(b"data/renamed/", b"data/renamde/"))
    resealed(bag)
    assert codes(bag) == ["015", "011"]
    edited(bag, "govcloud/objects.jsonl", lambda content: b"[]\n" + content)
    resealed(bag)
    assert codes(bag) == ["015", "015", "011"]


def test_a_bag_of_another_form_is_not_taken_for_one(bag: Path) -> None:
    edited(bag, "bag-info.txt", lambda content: content.replace(b"govcloud-export/1", b"govcloud-export/9"))
    resealed(bag)
    assert codes(bag) == ["007"]


def test_a_signature_is_by_the_key_or_it_does_not_hold(bag: Path, tmp_path: Path) -> None:
    assert check(bag, KEY.public_key()).verified
    assert codes(bag, Ed25519PrivateKey.generate()) == ["013"]
    checked = check(bag)  # nobody looked: so nothing passes
    assert (checked.signed, checked.verified, checked.wrong, checked.files) == (True, False, 1, 2)
    unsigned = made(tmp_path / "unsigned", None)
    assert codes(unsigned, None) == [] and codes(unsigned) == ["013"]
    assert "GovCloud-Signing-Key: unsigned\n" in (unsigned / "bag-info.txt").read_text()
    bagit.Bag(str(unsigned)).validate()


def test_names_that_a_copy_wrote_apart_are_the_same(bag: Path) -> None:
    import unicodedata

    apart = bag / unicodedata.normalize("NFD", FILE)
    apart.parent.mkdir()
    (bag / FILE).rename(apart)
    assert codes(bag) == []


def test_all_bags_of_a_folder_are_found_and_unfinished_ones_told(bag: Path, tmp_path: Path) -> None:
    (tmp_path / "b.part").mkdir()
    (tmp_path / "beside").mkdir()
    assert bags(tmp_path) == [tmp_path / "b.part", bag] and bags(bag) == [bag]
    assert codes(tmp_path / "b.part") == ["008"]
    for folder in (tmp_path / "beside", tmp_path / "absent"):
        with pytest.raises(GovCloudError):
            bags(folder)


def test_checking_can_be_stopped(bag: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(InterruptedError):
        check(bag, KEY.public_key(), stop=stop)
