"""Images of the node's own, imported under the names that it knows them by."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from govcloud.images import Recipe, build, digest
from govcloud_base.errors import CloudError
from govcloud_local.node.images import COREDNS, PAUSE, recipes, reference, store
from govcloud_local.toolchain import Origin, Tool

RECIPE = Recipe(name="test", tag="1", entrypoint=("/run",), files={"etc/words": "xin chào\n"})


def _script(folder: Path, name: str, text: str) -> Path:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
    return file


def test_the_node_has_two_images_of_its_own(tmp_path: Path) -> None:
    program = tmp_path / "coredns"
    program.write_bytes(b"")
    found = recipes({"coredns": Tool("coredns", program, "1", Origin.CACHE)})
    assert {reference(recipe) for recipe in found} == {PAUSE, COREDNS}
    assert all(recipe.user != 0 for recipe in found)


def test_only_absent_or_changed_images_are_imported(tmp_path: Path) -> None:
    recipe = dataclasses.replace(RECIPE, name="changed", files={"etc/words": "mới"})
    archives = {reference(found): build(found, tmp_path, lambda line: None) for found in (RECIPE, recipe)}
    kept, changed = archives
    assert (kept, changed) == ("govcloud.local/test:1", "govcloud.local/changed:1")
    log = tmp_path / "log"
    listing = f"REF TYPE DIGEST SIZE\\n{kept} t {digest(archives[kept])} 1\\n{changed} t old 1"
    ctr = _script(tmp_path, "ctr", f'case "$6" in list) printf "{listing}\\n";; *) echo "$@" >> {log};; esac')
    assert store.load(archives, ctr, tmp_path / "socket") == [changed]
    lines = log.read_text().splitlines()
    assert [line.split()[5] for line in lines] == ["import", "label"]
    assert "--base-name=govcloud.local/changed" in lines[0]
    assert str(archives[changed]) in lines[0]


def test_a_refusing_runtime_is_quoted(tmp_path: Path) -> None:
    ctr = _script(tmp_path, "ctr", "echo 'ctr: no space left on device' >&2; exit 1")
    with pytest.raises(CloudError, match="no space left on device"):
        store.load({}, ctr, tmp_path / "socket")


def test_a_runtime_that_does_not_answer_is_named_with_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctr = tmp_path / "ctr"
    ctr.write_text("#!/bin/sh\nexec sleep 60\n")
    ctr.chmod(0o755)
    monkeypatch.setattr(store, "_PATIENCE", 0.2)
    with pytest.raises(CloudError, match=r"GC-NODE-022.*\n.*no answer within 0 s"):
        store.load({}, ctr, tmp_path / "socket")
