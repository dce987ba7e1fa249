"""What the doctor says of a bare machine and of a wrong one, and that both readers can use it."""

from __future__ import annotations

import contextlib
import importlib.metadata
import io
import json
import os
import shutil
import socket
import sys
from pathlib import Path

import pytest
import vietnamese
from rich.console import Console

from govcloud_local import doctor
from govcloud_local.doctor import Finding, State
from govcloud_local.node import kernel, packages
from govcloud_local.settings import Profile


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with nothing of ours: empty state and cache, an empty environment, only a shell on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("GOVCLOUD_STATE", str(tmp_path / "state"))
    monkeypatch.setenv("GOVCLOUD_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "environment"))
    monkeypatch.setattr(packages, "_SBIN", ())
    # The kernel is this machine's: looking at it is for the tests that have a node.
    monkeypatch.setattr(kernel, "examine", lambda settings: [])
    return folder


def of(findings: list[Finding], subject: str) -> Finding:
    (found,) = {finding for finding in findings if finding.subject == subject and finding.area != "package"}
    return found


def test_a_bare_machine_is_told_what_up_does_and_what_it_must_do_itself(bare: Path) -> None:
    findings = doctor.examine(Profile.CONTROL_PLANE)
    assert of(findings, "kube-apiserver").state is State.LATER
    assert "about 5 min" in of(findings, "kube-apiserver").detail.en
    assert of(findings, "go").state is State.LATER
    weed = of(findings, "weed")
    assert weed.state is State.MISSING and weed.fix is not None and "uv sync --extra local" in weed.fix.en
    assert {finding.area for finding in findings} == {"tool", "machine"}
    assert json.loads(doctor.as_json(findings))["ready"] is False


def test_a_refused_tool_is_named_with_the_reason(bare: Path) -> None:
    (bare / "kubectl").write_text("#!/bin/sh\necho Client Version: v1.32.4-dispatcher\n")
    (bare / "kubectl").chmod(0o755)
    detail = of(doctor.examine(Profile.CONTROL_PLANE), "kubectl").detail
    assert f"{bare / 'kubectl'} is version 1.32.4" in detail.en
    assert f"{bare / 'kubectl'} là phiên bản 1.32.4" in detail.vi


def test_an_official_tool_is_shown_with_its_place(bare: Path) -> None:
    (bare / "pulumi").write_text("#!/bin/sh\necho v3.260.0\n")
    (bare / "pulumi").chmod(0o755)
    findings = doctor.examine(Profile.CONTROL_PLANE)
    assert of(findings, "pulumi").detail.en == f"3.260.0 on PATH: {bare / 'pulumi'}"
    assert of(findings, "pulumi-language-python").detail.en == "this project's offline part"
    (bare / "pulumi-language-python").write_text("ELF")
    (bare / "pulumi-language-python").chmod(0o755)
    found = of(doctor.examine(Profile.CONTROL_PLANE), "pulumi-language-python").detail.en
    assert found == f"official: {bare / 'pulumi-language-python'}"


def executable(file: Path, content: str = "ELF") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    file.chmod(0o755)
    return file


def test_the_official_host_needs_uv(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executable(bare / "pulumi", "#!/bin/sh\necho v3.260.0\n")
    monkeypatch.delenv("UV", raising=False)
    assert "uv" not in {finding.subject for finding in doctor.examine(Profile.CONTROL_PLANE)}, "ours does without"
    executable(bare / "pulumi-language-python")
    absent = of(doctor.examine(Profile.CONTROL_PLANE), "uv")
    assert absent.state is State.MISSING and absent.fix is not None and "uv" in absent.fix.vi
    uv = executable(bare / "uv")
    assert of(doctor.examine(Profile.CONTROL_PLANE), "uv").detail.en == str(uv)


def test_the_kubernetes_plugin_is_looked_for_where_up_takes_it(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executable(bare / "pulumi", "#!/bin/sh\necho v3.260.0\n")
    home = bare.parent / "pulumi home"
    monkeypatch.setenv("PULUMI_HOME", str(home))
    subject = f"resource-kubernetes {importlib.metadata.version('pulumi-kubernetes')}"

    def said(wanted: str) -> tuple[State, str]:
        monkeypatch.setenv("GOVCLOUD_PULUMI_KUBERNETES", wanted)
        found = of(doctor.examine(Profile.CONTROL_PLANE), subject)
        return found.state, found.detail.en

    ours = State.OK, "this project's offline part"
    assert said("auto") == said("offline") == ours
    assert said("official") == (State.LATER, "not installed; Pulumi is asked to fetch it")
    folder = home / "plugins" / subject.replace(" ", "-v")
    plugin = executable(folder / "pulumi-resource-kubernetes")
    assert said("auto") == said("official") == (State.OK, f"official: {plugin}")
    assert said("offline") == ours


def test_an_ordinary_user_cannot_have_the_full_profile(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    findings = doctor.examine(Profile.FULL)
    assert of(findings, "root").state is State.MISSING
    named = {finding.subject: finding for finding in findings if finding.area == "package"}
    assert set(named) == {package.name for package in (*packages.FULL, *packages.COMPILER)}
    assert all(named[package.name].state is State.MISSING for package in packages.FULL)
    fix = named["nftables"].fix
    assert fix is not None and fix.en == "run as root: `apt-get install nftables`"
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert of(doctor.examine(Profile.FULL), "root").state is State.OK


def test_a_taken_port_is_found_with_its_holder(bare: Path) -> None:
    state = Path(os.environ["GOVCLOUD_STATE"])
    state.mkdir()
    with socket.socket() as listener:
        port = _listen(listener)
        settings = {"format": 1, "profile": "control-plane", "base": port - 2}
        (state / "settings.json").write_text(json.dumps(settings))
        finding = of(doctor.examine(Profile.CONTROL_PLANE), "ports")
    assert finding.state is State.MISSING
    assert str(port) in finding.detail.en and str(os.getpid()) in finding.detail.en
    assert f"(tiến trình {os.getpid()})" in finding.detail.vi


def test_what_is_found_is_told_in_vietnamese(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOVCLOUD_LANG", "vi")
    findings = doctor.examine(Profile.CONTROL_PLANE)
    written = io.StringIO()
    doctor.show(findings, Console(file=written, width=400))
    tools = frozenset(finding.subject for finding in findings if finding.area != "machine")
    assert "bộ nhớ" in written.getvalue()
    assert vietnamese.spoken(written.getvalue(), tools) == {}


def _listen(listener: socket.socket) -> int:
    """Listen on a port that is below those that the kernel hands out, so that nobody else comes by it."""
    for port in range(31_000, 32_000):
        with contextlib.suppress(OSError):
            listener.bind(("127.0.0.1", port))
            listener.listen()
            return port
    raise AssertionError("a thousand ports are taken")


def test_a_full_disk_is_a_warning_that_names_the_variable(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1 << 30))
    finding = of(doctor.examine(Profile.CONTROL_PLANE), "disk (cache)")
    assert finding.state is State.WARNING
    assert finding.fix is not None and "GOVCLOUD_CACHE" in finding.fix.vi


@pytest.mark.parametrize(("language", "word"), [("en", "missing"), ("vi", "thiếu")])
def test_the_table_speaks_the_readers_language(
    bare: Path, monkeypatch: pytest.MonkeyPatch, language: str, word: str
) -> None:
    monkeypatch.setenv("GOVCLOUD_LANG", language)
    written = io.StringIO()
    doctor.show(doctor.examine(Profile.CONTROL_PLANE), Console(file=written, width=200))
    (line,) = [line for line in written.getvalue().splitlines() if line.strip().startswith("weed")]
    assert word in line
