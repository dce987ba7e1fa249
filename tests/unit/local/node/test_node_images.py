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

from govcloud_base.errors import CloudError, EnvironmentProblem, Text
from govcloud_local.node.images import archive, debian, store
from govcloud_local.node.images.layer import Layer, merged
from govcloud_local.node.images.recipe import PROBE, Recipe, recipes
from govcloud_local.toolchain import Origin, Tool

RECIPE = Recipe(name="govcloud.local/test:1", entrypoint=("/run",), files={"etc/words": "xin chào\n"})


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


def test_byte_code_is_what_python_would_load(tmp_path: Path) -> None:
    library = f"usr/lib/python{sys.version_info.major}.{sys.version_info.minor}"
    layer = Layer()
    layer.add_file(f"{library}/words.py", b"SAID = 'xin chao'\n")
    layer.add_file(f"{library}/test/more.py", b"")
    layer.compile_python()
    (cached,) = (path for path in layer.entries if path.endswith(".pyc"))
    layer.add_file(f"{library}/words.py", b"raise SystemExit('compiled anew')\n")
    for path, (_, data) in layer.entries.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(data)
    assert cached == f"{library}/__pycache__/words.{sys.implementation.cache_tag}.pyc"
    said = subprocess.run(
        [sys.executable, "-B", "-c", "import words; print(words.SAID)"],
        env={"PYTHONPATH": str(tmp_path / library)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert said.stdout == "xin chao\n"


def test_an_archive_holds_what_its_index_says(tmp_path: Path) -> None:
    layer = Layer()
    layer.add_base()
    file = tmp_path / "image.tar"
    archive.write(RECIPE, layer, file)
    with tarfile.open(file) as written:
        blobs = {m.name: stream.read() for m in written if (stream := written.extractfile(m))}
    index = json.loads(blobs["index.json"])["manifests"][0]
    assert index["annotations"]["io.containerd.image.name"] == RECIPE.name
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


def test_no_image_runs_as_root(tmp_path: Path) -> None:
    program = tmp_path / "coredns"
    program.write_bytes(b"")
    found = recipes({"coredns": Tool("coredns", program, "1", Origin.CACHE)})
    assert all(recipe.user != 0 for recipe in found)
    assert len({recipe.name for recipe in found}) == len(found) == 4


def test_built_once_and_then_taken_from_the_cache(tmp_path: Path) -> None:
    said: list[Text] = []
    first = store.build([RECIPE], tmp_path, said.append)
    stamp = first[RECIPE.name].stat().st_mtime_ns
    assert store.build([RECIPE], tmp_path, said.append) == first
    assert first[RECIPE.name].stat().st_mtime_ns == stamp
    assert [line.en for line in said] == ["building the image govcloud.local/test:1"]
    assert [line.vi for line in said] == ["đang tạo ảnh govcloud.local/test:1"]


def test_a_cache_that_cannot_be_written_is_said_with_its_fix(tmp_path: Path) -> None:
    (tmp_path / "images").write_text("in the way")
    with pytest.raises(EnvironmentProblem, match="GC-NODE-021"):
        store.build([RECIPE], tmp_path, lambda line: None)


def _script(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return file


def test_only_absent_or_changed_images_are_imported(tmp_path: Path) -> None:
    recipe = dataclasses.replace(RECIPE, name="govcloud.local/changed:1", files={"etc/words": "mới"})
    archives = store.build([RECIPE, recipe], tmp_path, lambda line: None)
    log = tmp_path / "log"
    listing = (
        f"REF TYPE DIGEST SIZE\\n{RECIPE.name} t {archive.digest(archives[RECIPE.name])} 1\\n{recipe.name} t old 1"
    )
    ctr = _script(tmp_path, "ctr", f'case "$6" in list) printf "{listing}\\n";; *) echo "$@" >> {log};; esac')
    assert store.load(archives, ctr, tmp_path / "socket") == [recipe.name]
    lines = log.read_text().splitlines()
    assert [line.split()[5] for line in lines] == ["import", "label"]
    assert str(archives[recipe.name]) in lines[0]


def test_a_refusing_runtime_is_quoted(tmp_path: Path) -> None:
    ctr = _script(tmp_path, "ctr", "echo 'ctr: no space left on device' >&2; exit 1")
    with pytest.raises(CloudError, match="no space left on device"):
        store.load({}, ctr, tmp_path / "socket")


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
    program = tmp_path / "coredns"
    program.write_bytes(b"")
    probe = next(r for r in recipes({"coredns": Tool("coredns", program, "1", Origin.CACHE)}) if r.name == PROBE)
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


def test_a_runtime_that_does_not_answer_is_named_with_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctr = tmp_path / "ctr"
    ctr.write_text("#!/bin/sh\nexec sleep 60\n")
    ctr.chmod(0o755)
    monkeypatch.setattr(store, "_PATIENCE", 0.2)
    with pytest.raises(CloudError, match=r"GC-NODE-022.*\n.*no answer within 0 s"):
        store.load({}, ctr, tmp_path / "socket")
