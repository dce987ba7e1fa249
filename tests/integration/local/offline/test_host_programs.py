"""Programs run by the real CLI and this project's language host, as a user sees them."""

from __future__ import annotations

import json

import pytest
from workbench import Workbench

from govcloud.folders import project_root

pytestmark = pytest.mark.toolchain


def test_configuration_secrets_and_stack_reach_the_program(bench: Workbench) -> None:
    bench.program(
        """
        import pulumi
        config = pulumi.Config()
        pulumi.export("who", config.require("who"))
        pulumi.export("key", config.require_secret("key"))
        pulumi.export("stack", f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}")
        pulumi.export("dry", pulumi.runtime.is_dry_run())
        """
    )
    bench.done("config", "set", "who", "Nghệ An")
    bench.done("config", "set", "--secret", "key", "hush-hush")

    preview = bench.done("preview", "--diff")
    assert "dry  : true" in preview
    assert "hush-hush" not in preview

    assert "hush-hush" not in bench.done("up", "--yes")
    outputs = json.loads(bench.done("stack", "output", "--json", "--show-secrets"))
    assert outputs == {
        "who": "Nghệ An",
        "key": "hush-hush",
        "stack": "organization/bench/dev",
        "dry": False,
    }
    assert "hush-hush" not in bench.done("stack", "export")


def test_no_warning_about_the_host_and_nothing_left_running(bench: Workbench) -> None:
    assert "warning" not in bench.done("up", "--yes")
    assert bench.processes() == []


def test_the_program_may_be_a_file(bench: Workbench) -> None:
    bench.write(
        "Pulumi.yaml", "{name: bench, main: stacks/one.py, runtime: {name: python, options: {virtualenv: .venv}}}"
    )
    bench.write("stacks/one.py", "import pulumi\npulumi.export('x', 7)\n")
    assert "x: 7" in bench.done("preview")


def test_an_exception_shows_the_users_own_frames_only(bench: Workbench) -> None:
    bench.program(
        """
        import pulumi

        def quota() -> None:
            raise ValueError("quota is negative")

        quota()
        """
    )
    result = bench.run("preview")
    assert result.returncode == 1
    shown = result.stdout
    assert "ValueError: quota is negative" in shown
    assert 'stacks/__main__.py", line 5, in quota' in shown
    assert "runpy" not in shown
    assert "run_in_stack" not in shown
    assert shown.count("error:") <= 2, "the error is reported once more after the program has shown it"


@pytest.mark.parametrize(
    ("program", "expected"),
    [
        ("def broken(:\n", "SyntaxError"),
        ("import there_is_no_such_module\n", "ModuleNotFoundError: No module named 'there_is_no_such_module'"),
        ("import pulumi\nraise pulumi.RunError('set the config value x')\n", "error: set the config value x"),
        ("import sys\nsys.exit(3)\n", "program exited with non-zero exit code: 3"),
        ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n", "signal: Killed"),
    ],
)
def test_other_failures_are_named(bench: Workbench, program: str, expected: str) -> None:
    bench.program(program)
    result = bench.run("preview")
    assert result.returncode == 1
    assert expected in result.stdout
    assert "executor.py" not in result.stdout
    assert "pulumi-language-python-exec" not in result.stdout


def test_a_folder_without_a_program_is_named(bench: Workbench) -> None:
    (bench.folder / "stacks" / "__main__.py").unlink()
    result = bench.run("preview")
    assert result.returncode == 1
    assert "unable to find main python program `__main__.py`" in result.stdout


@pytest.mark.parametrize(("speech", "expected"), [("en", "fix: run `"), ("vi", "cách sửa: chạy `")])
def test_a_missing_virtual_environment_says_how_to_make_it(bench: Workbench, speech: str, expected: str) -> None:
    (bench.folder / ".venv").unlink()
    result = bench.run("preview", GOVCLOUD_LANG=speech)
    assert result.returncode != 0
    assert "GC-PULUMI-001" in result.stderr
    assert expected in result.stderr
    assert str(bench.folder / ".venv") in result.stderr


def test_an_unfit_option_is_refused_before_anything_runs(bench: Workbench) -> None:
    bench.write("Pulumi.yaml", "{name: bench, main: stacks, runtime: {name: python, options: {toolchain: poetry}}}")
    result = bench.run("preview")
    assert result.returncode != 0
    assert "GC-PULUMI-003" in result.stderr
    assert "pip | uv" in result.stderr


def test_resources_are_registered_in_parallel(bench: Workbench) -> None:
    bench.program(
        """
        import pulumi
        class Part(pulumi.ComponentResource):
            def __init__(self, name, opts=None):
                super().__init__("bench:index:Part", name, {}, opts)
                self.register_outputs({})
        for i in range(40):
            Part(f"part-{i}")
        """
    )
    assert "41 created" in bench.done("up", "--yes", "--parallel", "8")
    assert "41 unchanged" in bench.done("up", "--yes", "--parallel", "8", "--expect-no-changes")


def test_what_the_program_prints_is_shown(bench: Workbench) -> None:
    bench.program(
        "import pulumi, sys\nprint('to stdout')\nprint('to stderr', file=sys.stderr)\npulumi.log.warn('careful')\n"
    )
    shown = bench.done("preview")
    assert "to stdout" in shown
    assert "to stderr" in shown
    assert "warning: careful" in shown


def test_the_programs_environment_and_plugins_are_reported(bench: Workbench) -> None:
    about = json.loads(bench.done("about", "--json"))
    assert about["runtime"]["executable"].endswith("/.venv/bin/python")
    assert about["runtime"]["version"].startswith("3.")
    names = {each["name"] for each in about["dependencies"]}
    assert "govcloud-local" in names, "what nothing else needs; the product comes along with it"
    assert "grpcio" not in names, "a package that others require is no dependency of the program itself"


def test_this_projects_own_pulumi_yaml_runs(bench: Workbench) -> None:
    """The stack's name chooses what is provisioned: a copy of our project file with a trivial program."""
    (bench.folder / "Pulumi.yaml").write_bytes((project_root() / "Pulumi.yaml").read_bytes())
    (bench.folder / "uv.lock").symlink_to(project_root() / "uv.lock")
    bench.program("import pulumi\npulumi.export('stack', pulumi.get_stack())\n")
    bench.done("stack", "init", "tenant.h41-101")
    assert 'stack: "tenant.h41-101"' in bench.done("up", "--yes", "--stack", "tenant.h41-101")
    assert "1 unchanged" in bench.done("up", "--yes", "--stack", "tenant.h41-101", "--expect-no-changes")


def test_dependencies_are_installed_into_a_new_virtual_environment(bench: Workbench) -> None:
    (bench.folder / ".venv").unlink()
    shown = bench.done("install", "--no-plugins")
    assert "-m venv" in shown
    assert (bench.folder / ".venv" / "bin" / "python").exists()


def test_debugging_messages_all_arrive_though_nobody_waits_for_them(bench: Workbench) -> None:
    bench.program(
        """
        import pulumi
        for number in range(250):
            pulumi.log.debug(f"note {number}.")
        """
    )
    shown = bench.done("up", "--yes", "--skip-preview", "--debug")
    assert [number for number in range(250) if f"note {number}." not in shown] == []
