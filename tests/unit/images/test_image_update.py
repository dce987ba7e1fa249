"""An update asks for the newest packages each time: neither what was built nor what was listed before decides."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import http.server
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import served_http
from made_country import cloud, country

from govcloud.images import Recipe, supply
from govcloud_base.errors import EnvironmentProblem

RECIPE = Recipe(name="test", entrypoint=("/run",), packages=("one",))


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Mirror:
    """A mirror of Debian packages, served until it is closed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        handler = functools.partial(_Quiet, directory=str(folder))
        self._served = contextlib.ExitStack()
        self.address = f"http://127.0.0.1:{self._served.enter_context(served_http.serving(handler))}"

    def close(self) -> None:
        """Answer nobody any more."""
        self._served.close()

    def publish(self, version: str) -> None:
        """Put a version of the package `one` in place of what was there."""
        tree = self.folder.parent / f"tree-{version}"
        (tree / "DEBIAN").mkdir(parents=True)
        control = f"Package: one\nVersion: {version}\nArchitecture: all\nMaintainer: x <x@example.vn>\nDescription: x\n"
        (tree / "DEBIAN" / "control").write_text(control)
        (tree / "words").write_text(version)
        file = self.folder / f"one_{version}_all.deb"
        subprocess.run(["dpkg-deb", "--build", "--root-owner-group", tree, file], check=True, capture_output=True)
        digest, size = hashlib.sha256(file.read_bytes()).hexdigest(), file.stat().st_size
        place = f"Filename: ./{file.name}\nSize: {size}\nSHA256: {digest}\n"
        index = self.folder / "Packages"
        index.write_text(f"{control}{place}\n")
        os.utime(index, (1_700_000_000 + 60 * int(version),) * 2)  # apt asks what has changed since, in whole seconds


@pytest.fixture
def mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Mirror]:
    """A mirror, the only one that this machine knows; what it listed when the machine last looked is version 1."""
    made = Mirror(tmp_path / "mirror")
    made.publish("1")
    for name in ("sources.list.d", "lists/partial"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "sources.list").write_text(f"deb [trusted=yes] {made.address} ./\n")
    settings = {"Etc::sourcelist": "sources.list", "Etc::sourceparts": "sources.list.d", "State::lists": "lists"}
    text = "".join(f'Dir::{name} "{tmp_path / place}";\n' for name, place in settings.items())
    (tmp_path / "apt.conf").write_text(f'{text}APT::Sandbox::User "root";\n')
    monkeypatch.setenv("APT_CONFIG", str(tmp_path / "apt.conf"))
    subprocess.run(["apt-get", "update"], check=True, capture_output=True)
    monkeypatch.setattr(supply, "OWN", {"probe": RECIPE})
    yield made
    made.close()


def updated(cache: Path) -> str:
    """Return the version that an update locks."""
    _, _, found = supply.build_locked(country([cloud()]), cache, lambda line: None, update=True)
    return found["probe"].packages["one"].version


def test_each_update_finds_what_is_newest_then(mirror: Mirror, tmp_path: Path) -> None:
    assert updated(tmp_path / "cache") == "1"
    mirror.publish("2")
    assert updated(tmp_path / "cache") == "2"
    assert updated(tmp_path / "cache") == "2"
    mirror.publish("3")
    assert updated(tmp_path / "cache") == "3"


def test_an_update_that_cannot_ask_says_so_and_takes_nothing_old_for_new(mirror: Mirror, tmp_path: Path) -> None:
    assert updated(tmp_path / "cache") == "1"
    mirror.close()
    with pytest.raises(EnvironmentProblem, match="GC-NODE-020"):
        updated(tmp_path / "cache")
