"""The Automation API with this project's language host: programs in a folder, and inline ones."""

from __future__ import annotations

from pathlib import Path

import pulumi
import pytest
from pulumi import automation
from workbench import Workbench

pytestmark = pytest.mark.toolchain


@pytest.fixture
def command(bench: Workbench, monkeypatch: pytest.MonkeyPatch) -> automation.PulumiCommand:
    for name, value in bench.environment.items():
        monkeypatch.setenv(name, value)
    return automation.PulumiCommand(root=str(bench.pulumi.parent.parent), skip_version_check=True)


def test_a_program_in_a_folder(bench: Workbench, command: automation.PulumiCommand) -> None:
    bench.program("import pulumi\npulumi.export('answer', int(pulumi.Config().require('half')) * 2)\n")
    workspace = automation.LocalWorkspace(work_dir=str(bench.folder), pulumi_command=command)
    stack = automation.Stack.select("dev", workspace)
    stack.set_config("half", automation.ConfigValue("21"))
    assert stack.preview().change_summary == {automation.OpType.CREATE: 1}
    assert stack.up().outputs["answer"].value == 42
    assert stack.up().summary.resource_changes == {"same": 1}
    assert stack.destroy().summary.result == "succeeded"


def test_an_inline_program(tmp_path: Path, command: automation.PulumiCommand) -> None:
    def program() -> None:
        pulumi.export("where", pulumi.get_stack())

    workspace = automation.LocalWorkspace(
        work_dir=str(tmp_path),
        program=program,
        pulumi_command=command,
        project_settings=automation.ProjectSettings(name="inline", runtime="python"),
    )
    stack = automation.Stack.create("here", workspace)
    assert stack.up().outputs["where"].value == "here"
