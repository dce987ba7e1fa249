"""Images: the same bytes from the same contents, nothing dangerous inside, found again by their digest."""

from __future__ import annotations

import dataclasses
import hashlib
import io
import json
import socket
import subprocess
import sys
import tarfile
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from govcloud.images import OWN, Recipe, archive, build, debian
from govcloud.images.layer import Layer, merged
from govcloud.model.image_lock import LockedPackage
from govcloud_base.errors import EnvironmentProblem, Language, Text

RECIPE = Recipe(name="test", entrypoint=("/run",), files={"etc/words": "xin chào\n"})
RECIPE_OF_ONE = dataclasses.replace(RECIPE, packages=("one",))


def _entry(name: str, mode: int = 0o644, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.mode, entry.type, entry.linkname, entry.mtime, entry.uname = mode, kind, target, 1_700_000_000, "builder"
    return entry


def _written(layer: Layer) -> bytes:
    stream = io.BytesIO()
    layer.write(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("./lib/x86_64-linux-gnu/libc.so.6", "usr/lib/x86_64-linux-gnu/libc.so.6"),
        ("./usr/bin/curl", "usr/bin/curl"),
        ("./bin/", ""),
        ("./", ""),
        ("./library/x", "library/x"),
    ],
)
def test_old_places_are_merged_into_usr(name: str, expected: str) -> None:
    assert merged(name) == expected


def test_neither_order_nor_date_nor_owner_shows() -> None:
    entries = [(_entry("./usr/bin/b", 0o755), b"b"), (_entry("./bin/a", 0o755), b"a")]
    one, other = Layer(), Layer()
    for entry, data in entries:
        one.add_package_entry(entry, data)
    for entry, data in reversed(entries):
        entry.mtime += 5
        other.add_package_entry(entry, data)
    assert _written(one) == _written(other)
    with tarfile.open(fileobj=io.BytesIO(_written(one))) as tree:
        assert tree.getnames() == ["usr", "usr/bin", "usr/bin/a", "usr/bin/b"]
        assert {(m.uid, m.gid, m.uname, m.mtime) for m in tree} == {(0, 0, "", 0)}


def test_nothing_is_set_uid_and_licences_stay() -> None:
    layer = Layer()
    layer.add_package_entry(_entry("./usr/bin/su", 0o4755), b"")
    layer.add_package_entry(_entry("./usr/share/doc/su/README"), b"")
    layer.add_package_entry(_entry("./usr/share/doc/su/copyright"), b"")
    assert {path: entry.mode for path, (entry, _) in layer.entries.items()} == {
        "usr/bin/su": 0o755,
        "usr/share/doc/su/copyright": 0o644,
    }


def test_hard_links_become_files() -> None:
    layer = Layer()
    layer.add_package_entry(_entry("./bin/one", 0o755), b"program")
    layer.add_package_entry(_entry("./bin/two", kind=tarfile.LNKTYPE, target="./bin/one"), b"")
    entry, data = layer.entries["usr/bin/two"]
    assert (entry.isreg(), entry.mode, data) == (True, 0o755, b"program")


def test_an_archive_holds_what_its_index_says(tmp_path: Path) -> None:
    layer = Layer()
    layer.add_base()
    file = tmp_path / "image.tar"
    archive.write(RECIPE, layer, {}, file)
    with tarfile.open(file) as written:
        blobs = {m.name: stream.read() for m in written if (stream := written.extractfile(m))}
    index = json.loads(blobs["index.json"])["manifests"][0]
    assert archive.digest(file) == index["digest"]
    manifest = json.loads(blobs[f"blobs/sha256/{index['digest'][7:]}"])
    for described in (index, manifest["config"], *manifest["layers"]):
        content = blobs[f"blobs/sha256/{described['digest'][7:]}"]
        assert len(content) == described["size"]
        assert hashlib.sha256(content).hexdigest() == described["digest"][7:]
    configuration = json.loads(blobs[f"blobs/sha256/{manifest['config']['digest'][7:]}"])
    assert configuration["config"]["User"] == "65532:65532"
    assert configuration["rootfs"]["diff_ids"] == [manifest["layers"][0]["digest"]]


def test_a_recipe_is_known_by_all_that_it_says(tmp_path: Path) -> None:
    program = tmp_path / "program"
    program.write_bytes(b"1")
    other = tmp_path / "other"
    other.write_bytes(b"2")
    variants = [
        RECIPE,
        dataclasses.replace(RECIPE, packages=("curl",)),
        dataclasses.replace(RECIPE, files={"etc/words": "khác"}),
        dataclasses.replace(RECIPE, copies={"bin/p": program}),
        dataclasses.replace(RECIPE, copies={"bin/p": other}),
    ]
    assert len({recipe.key() for recipe in variants}) == len(variants)
    assert dataclasses.replace(RECIPE).key() == RECIPE.key()


def test_no_image_runs_as_root() -> None:
    assert all(recipe.user != 0 for recipe in OWN.values())
    assert {name: recipe.name for name, recipe in OWN.items()} == {"gateway": "gateway", "probe": "probe"}


def test_built_once_and_then_taken_from_the_cache(tmp_path: Path) -> None:
    said: list[Text] = []
    first = build(RECIPE, tmp_path, said.append)
    stamp = first.stat().st_mtime_ns
    assert build(RECIPE, tmp_path, said.append) == first
    assert first.stat().st_mtime_ns == stamp
    assert [line.en for line in said] == ["building the image test"]
    assert [line.vi for line in said] == ["đang tạo ảnh test"]


def test_a_cache_that_cannot_be_written_is_said_with_its_fix(tmp_path: Path) -> None:
    (tmp_path / "images").write_text("in the way")
    with pytest.raises(EnvironmentProblem, match="GC-NODE-021"):
        build(RECIPE, tmp_path, lambda line: None)


def _script(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return file


def test_packages_that_cannot_be_had_are_said_with_apts_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _script(tmp_path, "apt-get", "echo 'E: Unable to locate package nothing-such' >&2; exit 100")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    with pytest.raises(EnvironmentProblem, match="Unable to locate package nothing-such"):
        debian.fetch(["nothing-such"], tmp_path / "cache")


def test_files_of_a_simulated_installation_keep_its_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "Inst libc6 (2.36-9 Debian:12 [amd64])\\nInst nginx (1:1.22 Debian:12 [amd64])\\nConf libc6 (2.36-9 x)\\n"
    _script(tmp_path, "apt-get", f'printf "{text}"')
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    archives = tmp_path / "cache" / "archives"
    archives.mkdir(parents=True)
    for name in ("nginx_1%3a1.22_amd64.deb", "libc6_2.36-9_amd64.deb", "libc6_2.35-1_amd64.deb"):
        (archives / name).touch()
    found = debian.fetch(["nginx"], tmp_path / "cache")
    assert [file.name for file in found] == ["libc6_2.36-9_amd64.deb", "nginx_1%3a1.22_amd64.deb"]


def test_the_probe_answers_and_ends_when_told(tmp_path: Path) -> None:
    probe = OWN["probe"]
    (text,) = probe.files.values()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen([sys.executable, "-c", text, str(port)]) as running:
        while running.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/") as answer:
                    assert answer.read().decode().strip() == socket.gethostname()
                break
            except urllib.error.URLError:
                time.sleep(0.02)
        running.terminate()
        assert running.wait(30) == 0


def packed(folder: Path, name: str, version: str, files: dict[str, str]) -> Path:
    """Make a Debian package."""
    tree = folder / f"{name}-{version}"
    for path, text in files.items():
        (tree / path).parent.mkdir(parents=True, exist_ok=True)
        (tree / path).write_text(text)
    (tree / "DEBIAN").mkdir()
    control = f"Package: {name}\nVersion: {version}\nArchitecture: all\nMaintainer: x <x@example.vn>\nDescription: x\n"
    (tree / "DEBIAN" / "control").write_text(control)
    file = folder / f"{name}_{version.replace(':', '%3a')}_all.deb"
    subprocess.run(["dpkg-deb", "--build", "--root-owner-group", str(tree), str(file)], check=True, capture_output=True)
    return file


def test_what_is_locked_makes_the_same_image_again_though_newer_packages_are_there(tmp_path: Path) -> None:
    archives = tmp_path / "images" / "debian" / "archives"
    archives.mkdir(parents=True)
    packages = [
        packed(archives, "one", "1:1.0", {"usr/share/one": "old"}),
        packed(archives, "two", "2", {"etc/two": "2"}),
    ]
    locked = {found.name: found.locked for found in debian.named(packages)}
    recipe = dataclasses.replace(RECIPE, packages=("one",))
    first = build(recipe, tmp_path, lambda line: None, locked)
    assert archive.locked(first).packages == locked
    first.unlink()
    packed(archives, "one", "1:1.1", {"usr/share/one": "new"})
    again = build(recipe, tmp_path, lambda line: None, dict(reversed(locked.items())))
    assert archive.locked(again).packages == locked
    newer = {**locked, "one": next(iter(debian.named([archives / "one_1%3a1.1_all.deb"]))).locked}
    other = build(recipe, tmp_path, lambda line: None, newer)
    assert archive.digest(other) != archive.digest(again)


def test_two_builds_of_what_is_locked_have_one_digest(tmp_path: Path) -> None:
    digests = set()
    for name in ("here", "there"):
        archives = tmp_path / name / "images" / "debian" / "archives"
        archives.mkdir(parents=True)
        made = packed(tmp_path, "one", "1", {"usr/share/one": "x"}) if name == "here" else tmp_path / "one_1_all.deb"
        (archives / made.name).write_bytes(made.read_bytes())
        locked = {found.name: found.locked for found in debian.named([made])}
        digests.add(archive.digest(build(RECIPE_OF_ONE, tmp_path / name, lambda line: None, locked)))
    assert len(digests) == 1


def test_a_package_that_is_another_than_the_locked_one_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archives = tmp_path / "images" / "debian" / "archives"
    archives.mkdir(parents=True)
    packed(archives, "one", "1", {"usr/share/one": "forged"})
    _script(tmp_path, "apt-get", "echo 'E: Version 1 for one was not found' >&2; exit 100")
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    locked = {"one": LockedPackage(version="1", digest=f"sha256:{'0' * 64}")}
    with pytest.raises(EnvironmentProblem) as caught:
        build(RECIPE_OF_ONE, tmp_path, lambda line: None, locked)
    for text in (caught.value.render(Language.EN), caught.value.render(Language.VI)):
        assert "GC-IMAGE-005" in text and "one=1" in text and "--update" in text
        assert "E: Version 1 for one was not found" in text


def test_python_is_compiled_by_the_images_own_and_the_builders_has_no_say(tmp_path: Path) -> None:
    """The same tree, compiled in two processes with different memories, by the Python that lies in it."""
    layer = Layer()
    layer.add_file("usr/bin/python3.11", Path(sys.executable).resolve().read_bytes(), 0o755)
    layer.add_file("usr/lib/python3.11/words.py", b"SAID = {'a', 'b', 'xin chao'}\n")
    layer.add_file("usr/lib/python3.11/test/more.py", b"")
    with pytest.raises(OSError, match="the image's own Python does not run here"):
        layer.compile_python()  # it finds no library of its own in the tree


def test_a_tree_without_python_is_left_alone() -> None:
    layer = Layer()
    layer.add_file("usr/bin/true", b"", 0o755)
    layer.compile_python()
    assert set(layer.entries) == {"usr/bin/true"}
