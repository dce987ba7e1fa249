"""A folder for one Pulumi project, run by the real CLI with this project's language host, on a state of its own."""

from __future__ import annotations

import shutil
import sys
import uuid
from pathlib import Path

import pytest
from workbench import Workbench

from govcloud_local import toolchain
from govcloud_local.pulumi.install import install_host
from govcloud_local.pulumi.parts import PartOrigin


@pytest.fixture(scope="session")
def pulumi_cli(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The real CLI in a folder with our language host beside it."""
    tool = toolchain.resolve(["pulumi"])["pulumi"]
    root = tmp_path_factory.mktemp("root")
    # A copy alone in its folder, so that ours is tested even where an official host lies beside the CLI or on PATH.
    alone = root / "alone" / "pulumi"
    alone.parent.mkdir()
    shutil.copy2(tool.path, alone)
    folder = root / "bin"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", "/usr/bin:/bin")
        part = install_host(folder, alone)
    assert part.origin is PartOrigin.OFFLINE, "an official host in /usr/bin"
    return folder / "pulumi"


@pytest.fixture
def bench(tmp_path: Path, pulumi_cli: Path) -> Workbench:
    """A project named `bench` with main `stacks` and the virtual environment that runs these tests."""
    environment = {
        "PATH": f"{pulumi_cli.parent}:/usr/bin:/bin",
        "HOME": str(tmp_path),
        "LANG": "C.UTF-8",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": f"file://{tmp_path / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "for tests only",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "GOVCLOUD_WORKBENCH": str(uuid.uuid4()),
    }
    (tmp_path / "state").mkdir()
    made = Workbench(tmp_path / "project", pulumi_cli, environment)
    made.write(
        "Pulumi.yaml",
        """
        name: bench
        main: stacks
        runtime: {name: python, options: {virtualenv: .venv}}
        """,
    )
    (made.folder / ".venv").symlink_to(sys.prefix)
    made.program("import pulumi\n")
    made.done("stack", "init", "dev")
    return made
