"""The language host's calls, made as the engine makes them."""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2

from govcloud_base.wire.protocol import language_pb2, language_pb2_grpc
from govcloud_offline.host.server import serve
from govcloud_offline.host.service import LanguageHost

Host = language_pb2_grpc.LanguageRuntimeStub

EXECUTOR = """
import json, os, sys, time
program = sys.argv[-1]
if program == "report":
    names = ("PULUMI_CONFIG", "PULUMI_CONFIG_SECRET_KEYS", "VIRTUAL_ENV")
    with open("report.json", "w") as file:
        json.dump({"argv": sys.argv[1:], **{name: os.environ.get(name) for name in names}}, file)
elif program == "sleep":
    open("started", "w").close()
    try:
        time.sleep(600)
    except KeyboardInterrupt:
        sys.exit(32)
elif program == "kill":
    os.kill(os.getpid(), 9)
else:
    sys.exit(int(program))
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with a virtual environment; also the host's working folder."""
    folder = tmp_path / ".venv"
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    (folder / "pyvenv.cfg").write_text("version = 3.11.2\n")
    (tmp_path / "executor.py").write_text(EXECUTOR)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PULUMI_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    return tmp_path


@pytest.fixture
def host(project: Path) -> Iterator[Host]:
    server, port = serve(LanguageHost("127.0.0.1:1", project / "executor.py"))
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield language_pb2_grpc.LanguageRuntimeStub(channel)
    server.stop(None).wait()


def program(project: Path, folder: Path | None = None, **options: object) -> language_pb2.ProgramInfo:
    given = struct_pb2.Struct()
    given.update({"virtualenv": ".venv"} | options)
    return language_pb2.ProgramInfo(
        root_directory=str(project), program_directory=str(folder or project), entry_point=".", options=given
    )


def run(project: Path, entry: str, more: language_pb2.RunRequest | None = None) -> language_pb2.RunRequest:
    """Return a request to run one of the executor's programs; `more` is what else it asks."""
    info = program(project)
    info.entry_point = entry
    request = language_pb2.RunRequest(info=info, parallel=16, monitor_address="127.0.0.1:2")
    request.MergeFrom(more or language_pb2.RunRequest())
    return request


def test_it_says_its_version_and_python(host: Host, project: Path) -> None:
    assert host.GetPluginInfo(empty_pb2.Empty()).version.startswith("3.")
    about = host.About(language_pb2.AboutRequest(info=program(project)))
    assert (about.executable, about.version) == (str(project / ".venv" / "bin" / "python"), "3.11.2")
    assert about.metadata["toolchain"] == "pip"


def test_a_program_gets_its_run_and_configuration(host: Host, project: Path) -> None:
    request = run(
        project,
        "report",
        language_pb2.RunRequest(
            project="govcloud",
            stack="tenant.h41",
            organization="organization",
            pwd=str(project),
            dryRun=True,
            config={"govcloud:name": "Nghệ An", "govcloud:key": "hush"},
            configSecretKeys=["govcloud:key"],
        ),
    )
    answer = host.Run(request)
    assert (answer.error, answer.bail) == ("", False)
    seen = json.loads((project / "report.json").read_text())
    assert seen["argv"] == [
        *("--monitor", "127.0.0.1:2", "--engine", "127.0.0.1:1", "--project", "govcloud"),
        *("--root_directory", str(project), "--stack", "tenant.h41", "--pwd", str(project)),
        *("--dry_run", "true", "--parallel", "16", "--organization", "organization", "report"),
    ]
    assert json.loads(seen["PULUMI_CONFIG"]) == {"govcloud:name": "Nghệ An", "govcloud:key": "hush"}
    assert json.loads(seen["PULUMI_CONFIG_SECRET_KEYS"]) == ["govcloud:key"]
    assert seen["VIRTUAL_ENV"] == str(project / ".venv")
    assert "hush" not in " ".join(seen["argv"])


@pytest.mark.parametrize(
    ("entry", "error", "bail"),
    [
        ("32", "", True),
        ("3", "program exited with non-zero exit code: 3", False),
        ("kill", "program exited unexpectedly: signal: Killed", False),
    ],
)
def test_how_a_program_ended_is_passed_on(host: Host, project: Path, entry: str, error: str, bail: bool) -> None:
    answer = host.Run(run(project, entry))
    assert (answer.error, answer.bail) == (error, bail)


def test_cancel_interrupts_the_program(host: Host, project: Path) -> None:
    answer = host.Run.future(run(project, "sleep"))
    _until((project / "started").exists)
    host.Cancel(empty_pb2.Empty())
    assert answer.result(timeout=60).bail


def test_a_program_does_not_outlive_the_call(host: Host, project: Path) -> None:
    answer = host.Run.future(run(project, "sleep"))
    _until((project / "started").exists)
    assert _running(project)
    answer.cancel()
    _until(lambda: not _running(project))


def test_handshake_tells_the_engines_address(host: Host, project: Path) -> None:
    host.Handshake(language_pb2.LanguageHandshakeRequest(engine_address="127.0.0.1:99"))
    host.Run(run(project, "report"))
    argv = json.loads((project / "report.json").read_text())["argv"]
    assert argv[argv.index("--engine") + 1] == "127.0.0.1:99"


def _plugin(
    host: Host, project: Path, source: str, *, env: Sequence[str], args: Sequence[str] = ()
) -> tuple[bytes, bytes, int]:
    folder = project / "plugin"
    folder.mkdir()
    (folder / "__main__.py").write_text(source)
    request = language_pb2.RunPluginRequest(
        info=program(project, folder), kind="resource", pwd=str(project), args=args, env=env
    )
    said = list(host.RunPlugin(request))
    assert [each.WhichOneof("output") for each in said].index("exitcode") == len(said) - 1
    return b"".join(each.stdout for each in said), b"".join(each.stderr for each in said), said[-1].exitcode


def test_a_plugin_streams_what_it_prints(host: Host, project: Path) -> None:
    source = (
        "import os, sys\nprint(os.getcwd(), sys.argv[1:], os.environ['MARK'])\nsys.stderr.write('e\\n')\nsys.exit(7)\n"
    )
    out, err, code = _plugin(host, project, source, args=["127.0.0.1:3"], env=["MARK=a=b", "PATH=/usr/bin"])
    assert out == f"{project} ['127.0.0.1:3'] a=b\n".encode()
    assert (err, code) == (b"e\n", 7)


def test_a_plugin_sees_the_engines_environment_not_the_hosts(
    host: Host, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ONLY_OF_THE_HOST", "1")
    source = "import os\nprint('ONLY_OF_THE_HOST' in os.environ, os.environ['VIRTUAL_ENV'])\n"
    out, _, _ = _plugin(host, project, source, env=["PATH=/usr/bin"])
    assert out == f"False {project / '.venv'}\n".encode()


def test_an_unflushed_line_arrives_at_once(host: Host, project: Path) -> None:
    """pulumi-policy prints its port without flushing it, and goes on to serve."""
    folder = project / "plugin"
    folder.mkdir()
    (folder / "__main__.py").write_text("import time\nprint(4711)\ntime.sleep(600)\n")
    request = language_pb2.RunPluginRequest(info=program(project, folder), kind="resource", env=["PATH=/usr/bin"])
    stream = host.RunPlugin(request, timeout=60)
    assert next(stream).stdout.startswith(b"4711")
    assert _running(folder)
    stream.cancel()
    _until(lambda: not _running(folder))


def test_a_policy_pack_runs_in_its_folder_with_its_path_last(host: Host, project: Path) -> None:
    (project / "pulumi").mkdir()
    (project / "pulumi" / "policy.py").write_text("import os, sys\nprint(os.getcwd(), sys.argv[1:])\n")
    pack = project / "pack"
    pack.mkdir()
    request = language_pb2.RunPluginRequest(
        info=program(project, pack), kind="analyzer", args=["127.0.0.1:3"], env=[f"PYTHONPATH={project}"]
    )
    said = list(host.RunPlugin(request))
    assert b"".join(each.stdout for each in said) == f"{pack} ['127.0.0.1:3', '{pack}']\n".encode()
    assert said[-1].exitcode == 0


def test_a_folder_without_a_plugin_is_refused(host: Host, project: Path) -> None:
    with pytest.raises(grpc.RpcError) as raised:
        list(host.RunPlugin(language_pb2.RunPluginRequest(info=program(project, project / "nothing"), kind="resource")))
    assert raised.value.code() is grpc.StatusCode.FAILED_PRECONDITION
    assert "GC-PULUMI-004" in raised.value.details()


def _distribution(project: Path, name: str, version: str, *requires: str) -> None:
    folder = project / ".venv" / "lib" / "python3.11" / "site-packages" / f"{name}-{version}.dist-info"
    folder.mkdir(parents=True)
    lines = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n", *(f"Requires-Dist: {r}\n" for r in requires)]
    (folder / "METADATA").write_text("".join(lines))


@pytest.mark.parametrize(
    ("transitive", "expected"),
    [(True, [("big-one", "2.0"), ("other", "3.0"), ("small", "1.0")]), (False, [("big-one", "2.0"), ("other", "3.0")])],
)
def test_dependencies_are_those_of_the_environment(
    host: Host, project: Path, transitive: bool, expected: object
) -> None:
    _distribution(project, "Big_One", "2.0", "small>=1", "other; extra == 'more'")
    _distribution(project, "small", "1.0")
    _distribution(project, "other", "3.0")
    answer = host.GetProgramDependencies(
        language_pb2.GetProgramDependenciesRequest(info=program(project), transitiveDependencies=transitive)
    )
    assert [(each.name, each.version) for each in answer.dependencies] == expected


def test_only_plugins_that_are_there_are_required(host: Host, project: Path) -> None:
    """The engine would try to fetch the others from the Internet."""
    packages = project / ".venv" / "lib" / "python3.11" / "site-packages"
    for name, said in {
        "pulumi_kubernetes": {"resource": True, "name": "kubernetes", "version": "4.34.2"},
        "pulumi_absent": {"resource": True, "name": "absent", "version": "1.0.0"},
        "pulumi_policy": {"resource": False, "name": "policy", "version": "1.0.0"},
        "pulumi_damaged": "no object",
    }.items():
        (packages / name).mkdir(parents=True)
        (packages / name / "pulumi-plugin.json").write_text(json.dumps(said))
    request = language_pb2.GetRequiredPackagesRequest(info=program(project))
    assert not host.GetRequiredPackages(request).packages
    folder = project / "home" / "plugins" / "resource-kubernetes-v4.34.2"
    folder.mkdir(parents=True)
    (folder / "pulumi-resource-kubernetes").touch()
    found = host.GetRequiredPackages(request).packages
    assert [(each.name, each.kind, each.version) for each in found] == [("kubernetes", "resource", "v4.34.2")]


@pytest.mark.parametrize("name", ["GenerateProgram", "GenerateProject", "GeneratePackage", "Pack", "Link"])
def test_what_it_does_not_offer_names_the_official_release(
    host: Host, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    request = getattr(language_pb2, f"{name}Request")()
    for speech, expected in (("en", "official Pulumi release"), ("vi", "bản Pulumi chính thức")):
        monkeypatch.setenv("GOVCLOUD_LANG", speech)
        with pytest.raises(grpc.RpcError) as raised:
            getattr(host, name)(request)
        assert raised.value.code() is grpc.StatusCode.UNIMPLEMENTED
        assert expected in raised.value.details()


def test_questions_of_pulumi_new_need_no_answer(host: Host, project: Path) -> None:
    info = program(project)
    assert not host.RuntimeOptionsPrompts(language_pb2.RuntimeOptionsRequest(info=info)).prompts
    host.Template(language_pb2.TemplateRequest(info=info))


def test_a_debugger_is_refused(host: Host, project: Path) -> None:
    with pytest.raises(grpc.RpcError) as raised:
        host.Run(run(project, "0", language_pb2.RunRequest(attach_debugger=True)))
    assert "--attach-debugger" in raised.value.details()


def test_many_programs_run_at_once(host: Host, project: Path) -> None:
    answers = [host.Run.future(run(project, "report")) for _ in range(4)]
    assert [answer.result(timeout=60).error for answer in answers] == [""] * 4
    assert threading.active_count() < 250


def _running(mark: Path) -> list[int]:
    """Return the processes other than this one whose command line names `mark`."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.fsencode(mark) in (process / "cmdline").read_bytes() and int(process.name) != os.getpid():
                found.append(int(process.name))
        except OSError:
            continue
    return found


def _until(holds: Callable[[], bool], seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)
