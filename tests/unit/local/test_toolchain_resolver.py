"""Resolving with a stand-in for Go: what is built, what is kept, what is reported, what is left behind."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from govcloud_base.errors import EnvironmentProblem, Language, UsageError
from govcloud_local.toolchain import Origin, Phase, Progress, locate, resolve
from govcloud_local.toolchain.resolver import planned_go

GO = f"""\
#!{sys.executable} -IS
import os, pathlib, re, sys, time
here = pathlib.Path(__file__).parent
if sys.argv[1] == "version":
    print("go version go1.99.0 linux/amd64")
    sys.exit()
with open(here / "calls", "a") as calls:
    print(*sys.argv[1:], "CGO=" + os.environ["CGO_ENABLED"], os.environ["GOFLAGS"], file=calls)
pathlib.Path(os.environ["GOTMPDIR"], "scratch").write_text("x")
target, packages = pathlib.Path(sys.argv[sys.argv.index("-o") + 1]), sys.argv[sys.argv.index("-o") + 2 :]
print("go: downloading", packages[0], flush=True)
plan = here / target.name
if plan.exists():
    exec(plan.read_text())
version = re.search(r" v([0-9.]+)", re.search(r"^require .*", open("go.mod").read(), re.M)[0])[1]
for file in [target / p.rsplit("/")[-1] for p in packages] if target.is_dir() else [target]:
    file.write_text("#!/bin/sh\\necho v" + version + "\\n")
    file.chmod(0o755)
"""


@pytest.fixture
def go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is all of PATH, with a stand-in for Go; a file named like a tool says what its build does."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "go").write_text(GO)
    (folder / "go").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/bin")
    monkeypatch.setenv("GOVCLOUD_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("GOVCLOUD_STATE", str(tmp_path / "state"))
    return folder


def calls(go: Path) -> list[str]:
    file = go / "calls"
    return file.read_text().splitlines() if file.exists() else []


def left_behind(tmp_path: Path) -> list[str]:
    return [path.name for path in (tmp_path / "cache" / "tools").glob(".*")]


def test_a_tool_is_built_once_and_then_taken_from_the_cache(go: Path, tmp_path: Path) -> None:
    first = resolve(["etcd"])["etcd"]
    assert first.origin is Origin.BUILT
    assert first.path.parent.parent == tmp_path / "cache" / "tools"
    assert os.access(first.path, os.X_OK)
    second = resolve(["etcd"])["etcd"]
    assert (second.origin, second.path, second.version) == (Origin.CACHE, first.path, first.version)
    assert len(calls(go)) == 1
    assert left_behind(tmp_path) == []


def test_builds_are_reproducible_and_from_the_committed_pins_alone(go: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOFLAGS", "-mod=mod -race")
    monkeypatch.setenv("CGO_ENABLED", "1")
    resolve(["kubectl"])
    (call,) = calls(go)
    for word in ("-mod=readonly", "-trimpath", "-buildvcs=false", "gitVersion=v1."):
        assert word in call
    assert call.endswith("CGO=0 -mod=readonly")


def test_a_tool_of_several_files_is_one_folder(go: Path) -> None:
    tool = resolve(["cni"])["cni"]
    assert sorted(file.name for file in tool.path.iterdir()) == [
        "bridge",
        "host-local",
        "loopback",
        "portmap",
        "ptp",
    ]


def test_one_failure_does_not_cost_the_others_and_all_are_reported(go: Path, tmp_path: Path) -> None:
    (go / "kube-apiserver").write_text("print('cannot find package'); sys.exit(1)")
    (go / "etcd").write_text("print('dial tcp: i/o timeout'); sys.exit(1)")
    with pytest.raises(EnvironmentProblem) as caught:
        resolve(["etcd", "kube-apiserver", "kubectl", "cni"])
    assert [problem.code for problem in caught.value.problems] == ["GC-TOOL-001", "GC-TOOL-002"]
    english, vietnamese = (caught.value.render(language) for language in (Language.EN, Language.VI))
    assert "cannot find package" in english and "dial tcp: i/o timeout" in english
    assert "không dựng được etcd" in vietnamese and "dial tcp" in vietnamese
    built = locate(["kubectl", "cni"])
    assert all(located.tool is not None for located in built.values())
    assert left_behind(tmp_path) == []


@pytest.mark.parametrize(
    ("output", "code"),
    [
        ("no space left on device", "GC-TOOL-004"),
        ("verifying x: checksum mismatch", "GC-TOOL-008"),
        ("reading x: 404 Not Found", "GC-TOOL-002"),
        ("syntax error", "GC-TOOL-001"),
    ],
)
def test_the_fix_fits_the_cause(go: Path, output: str, code: str) -> None:
    (go / "etcd").write_text(f"print({output!r}); sys.exit(1)")
    with pytest.raises(EnvironmentProblem) as caught:
        resolve(["etcd"])
    assert [problem.code for problem in caught.value.problems] == [code]


def test_a_result_that_says_another_version_is_not_kept(go: Path) -> None:
    (go / "etcd").write_text("target.write_text('#!/bin/sh\\necho 3.0.1\\n'); target.chmod(0o755); sys.exit(0)")
    with pytest.raises(EnvironmentProblem, match=r"says version 3\.0\.1"):
        resolve(["etcd"])
    assert locate(["etcd"])["etcd"].tool is None


def test_an_interrupted_build_ends_with_all_its_children_and_leaves_nothing(go: Path, tmp_path: Path) -> None:
    child = tmp_path / "child"
    (go / "etcd").write_text(
        f"import subprocess; p = subprocess.Popen(['sleep', '600'])\n"
        f"pathlib.Path({str(child)!r}).write_text(str(p.pid)); time.sleep(600)"
    )

    def interrupt() -> None:
        while not (child.exists() and child.read_text()):
            time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        resolve(["etcd", "cni"])
    thread.join()
    stat = Path(f"/proc/{child.read_text()}/stat")
    assert not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] == "Z"
    assert left_behind(tmp_path) == []
    assert locate(["etcd", "cni"])["cni"].tool is None
    (go / "etcd").unlink()
    assert resolve(["etcd"])["etcd"].origin is Origin.BUILT


def test_leftovers_of_a_killed_run_are_removed(go: Path, tmp_path: Path) -> None:
    entry = resolve(["etcd"])["etcd"].path.parent
    leftover = entry.parent / f".building-{entry.name}-dead"
    leftover.mkdir()
    (entry / "etcd").unlink()
    assert resolve(["etcd"])["etcd"].origin is Origin.BUILT
    assert left_behind(tmp_path) == []


def test_two_runs_at_once_build_once(go: Path) -> None:
    (go / "etcd").write_text("time.sleep(0.5)")
    results: list[Origin] = []
    phases: set[Phase] = set()

    def run() -> None:
        results.append(resolve(["etcd"], lambda progress: phases.add(progress.phase))["etcd"].origin)

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [Origin.BUILT, Origin.CACHE]
    assert len(calls(go)) == 1
    assert Phase.WAITING in phases


def test_progress_names_every_tool_and_ends_at_the_whole(go: Path) -> None:
    seen: list[Progress] = []
    resolve(["etcd", "cni"], seen.append)
    assert {(progress.tool, progress.phase) for progress in seen} >= {("etcd", Phase.BUILT), ("cni", Phase.BUILT)}
    fractions = [progress.fraction for progress in seen]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0


def test_an_official_tool_is_used_instead_of_a_build(go: Path) -> None:
    official = go / "etcd"
    official.write_text("#!/bin/sh\necho etcd Version: 3.6.99\n")
    official.chmod(0o755)
    tool = resolve(["etcd"])["etcd"]
    assert (tool.origin, tool.path, tool.version) == (Origin.PATH, official, "3.6.99")
    assert calls(go) == []


def test_locating_builds_nothing(go: Path) -> None:
    assert locate(["etcd"])["etcd"].tool is None
    assert calls(go) == []


def test_a_missing_wheel_names_the_command(go: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "no-environment"))
    with pytest.raises(EnvironmentProblem) as caught:
        resolve(["weed", "etcd"])
    assert [problem.code for problem in caught.value.problems] == ["GC-TOOL-005"]
    assert "uv sync --extra local" in caught.value.problems[0].fix.en
    assert locate(["etcd"])["etcd"].tool is not None


def test_an_unknown_name_is_a_mistake_of_the_caller(go: Path) -> None:
    with pytest.raises(UsageError) as caught:
        resolve(["helm", "etcd"])
    assert caught.value.problems[0].value == "helm"
    assert calls(go) == []


def test_a_go_that_is_too_old_is_not_used(go: Path) -> None:
    assert planned_go().path == go / "go"
    (go / "go").write_text("#!/bin/sh\necho go version go1.19.8 linux/amd64\n")
    assert planned_go().path is None
