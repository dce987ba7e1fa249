"""Tools on PATH: right, wrong, broken, and our own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from govcloud_local.toolchain.catalogue import TOOLS
from govcloud_local.toolchain.search import on_path
from govcloud_local.toolchain.tool import Origin

Write = Callable[[str, str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a program that prints something, into a folder, and return the folder."""

    def program(folder: str, name: str, script: str) -> Path:
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        file = tmp_path / folder / name
        file.write_text(f"#!/bin/sh\n{script}\n")
        file.chmod(0o755)
        return tmp_path / folder

    return program


def test_an_accepted_version_is_taken(write: Write) -> None:
    folder = write("bin", "etcd", "echo etcd Version: 3.6.20")
    tool, rejected = on_path(TOOLS["etcd"], {"PATH": str(folder)})
    assert tool is not None
    assert (tool.path, tool.version, tool.origin) == (folder / "etcd", "3.6.20", Origin.PATH)
    assert rejected == []


def test_a_wrong_version_is_passed_over_with_the_reason_and_the_search_goes_on(write: Write) -> None:
    old = write("old", "kubectl", "echo Client Version: v1.32.4-dispatcher")
    new = write("new", "kubectl", "echo Client Version: v1.36.1")
    tool, rejected = on_path(TOOLS["kubectl"], {"PATH": f"{old}:{new}"})
    assert tool is not None and tool.path == new / "kubectl"
    assert [item.path for item in rejected] == [old / "kubectl"]
    assert "1.32.4" in rejected[0].reason.en and ">= 1.35, < 1.38" in rejected[0].reason.en
    assert "1.32.4" in rejected[0].reason.vi


@pytest.mark.parametrize("script", ["exit 0", "echo etcd Version: 3.6.20; exit 1", "kill -9 $$"])
def test_a_program_that_does_not_say_its_version_is_not_taken(write: Write, script: str) -> None:
    folder = write("bin", "etcd", script)
    tool, rejected = on_path(TOOLS["etcd"], {"PATH": str(folder)})
    assert tool is None
    assert "etcd --version" in rejected[0].reason.en


def test_what_up_itself_put_on_path_is_not_official(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write("state/bin", "pulumi", "echo v3.259.0")
    assert on_path(TOOLS["pulumi"], {"PATH": str(folder)})[0] is not None
    monkeypatch.setenv("GOVCLOUD_STATE", str(folder.parent))
    assert on_path(TOOLS["pulumi"], {"PATH": str(folder)}) == (None, [])


def test_the_virtual_environment_is_not_official(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write("venv/bin", "pulumi", "echo v3.259.0")
    monkeypatch.setattr(sys, "prefix", str(folder.parent))
    assert on_path(TOOLS["pulumi"], {"PATH": str(folder)}) == (None, [])


def test_the_current_folder_is_never_searched(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(write("here", "etcd", "echo etcd Version: 3.6.20"))
    assert on_path(TOOLS["etcd"], {"PATH": ":.:"}) == (None, [])


def test_a_tool_of_several_files_is_a_folder_that_has_them_all(write: Write) -> None:
    names = TOOLS["cni"].files
    for name in names[:-1]:
        folder = write("cni", name, f"echo CNI {name} plugin v1.9.0 >&2")
    assert on_path(TOOLS["cni"], {"PATH": str(folder)}) == (None, [])
    write("cni", names[-1], "true")
    tool, _ = on_path(TOOLS["cni"], {"PATH": str(folder)})
    assert tool is not None and (tool.path, tool.version) == (folder, "1.9.0")


def test_a_tool_that_cannot_say_its_version_is_never_taken_from_path(write: Write) -> None:
    folder = write("bin", "kube-network-policies", "echo 1.1.1")
    assert on_path(TOOLS["kube-network-policies"], {"PATH": str(folder)}) == (None, [])
