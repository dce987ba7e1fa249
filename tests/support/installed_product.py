"""The product as somebody has it who is not its maker: installed from its wheels, with Pulumi beside it."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from govcloud_local.pulumi import official

__all__ = ["Product", "Shell", "add_pulumi", "build_wheels", "installed", "uv"]

_ROOT = Path(__file__).parents[2]
_EXECUTOR = "import importlib.resources as r; print(r.files('govcloud_offline.host').joinpath('executor.py'))"


def uv(*words: str) -> str:
    """Run uv in the checkout with what its cache holds, and only where that is not enough with the registry."""
    program = official.find_uv(os.environ)
    assert program is not None, "uv runs the tests, or `make` brought one"
    environment = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    for network in (["--offline"], []):
        done = subprocess.run(
            [program, *words, *network], cwd=_ROOT, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode == 0:
            return done.stdout
    raise AssertionError(done.stderr)


def build_wheels(folder: Path) -> Path:
    """Build all packages of the workspace into `folder`, each from its source distribution, as they are published."""
    uv("build", "--quiet", "--all-packages", "--out-dir", str(folder))
    return folder


@dataclass(frozen=True)
class Product:
    """An environment that holds nothing but the product and what it is locked to."""

    environment: Path

    @property
    def bin(self) -> Path:
        """Its programs."""
        return self.environment / "bin"

    def add(self, wheels: Path, *packages: str) -> None:
        """Install packages of the workspace from their wheels."""
        chosen = [str(next(wheels.glob(f"{package}-*.whl"))) for package in packages]
        uv("pip", "install", "--quiet", "--no-deps", "--python", str(self.environment), *chosen)


def installed(folder: Path, wheels: Path) -> Product:
    """Make an environment in `folder` with the product alone; packages of others as they are locked."""
    environment, locked = folder / "environment", folder / "locked.txt"
    export = "export --quiet --frozen --package govcloud --no-emit-workspace --no-dev --no-hashes --output-file"
    uv(*export.split(), str(locked))
    uv("venv", "--quiet", "--python", sys.executable, str(environment))
    uv("pip", "install", "--quiet", "--python", str(environment), "-r", str(locked))
    product = Product(environment)
    product.add(wheels, "govcloud_base", "govcloud")
    return product


def add_pulumi(product: Product, wheels: Path, cli: Path, folder: Path) -> Mapping[str, str]:
    """Put Pulumi without downloads into `folder`, with its host and Kubernetes plugin from the offline wheel alone.

    Returns the variables of a shell that has it.
    """
    product.add(wheels, "govcloud_offline")
    python = product.bin / "python"
    executor = subprocess.run([python, "-I", "-c", _EXECUTOR], capture_output=True, text=True, check=True)
    (folder / "bin").mkdir(parents=True)
    # The engine looks for the host beside itself.
    shutil.copy2(cli, folder / "bin" / "pulumi")
    shutil.copy2(executor.stdout.strip(), folder / "bin" / f"{official.HOST}-exec")
    _script(
        folder / "bin" / official.HOST,
        python,
        "govcloud_offline.host",
        "--use-executor",
        f"{folder}/bin/{official.HOST}-exec",
    )
    home = folder / "home"
    version = importlib.metadata.version("pulumi-kubernetes")
    plugin = official.plugin_folder(home, "kubernetes", version) / "pulumi-resource-kubernetes"
    _script(plugin, python, "govcloud_offline.kubernetes")
    return {
        "PATH": os.pathsep.join([str(folder / "bin"), str(product.bin), os.defpath]),
        "PULUMI_HOME": str(home),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }


def _script(file: Path, python: Path, module: str, *words: str | Path) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    options = " ".join(f"'{word}'" for word in words)
    file.write_text(f"#!/bin/sh\nexec '{python}' -I -m {module} {options} \"$@\"\n")
    file.chmod(0o700)


@dataclass(frozen=True)
class Shell:
    """Where an engineer works with the product: a folder, and variables that hold nothing of this machine's."""

    product: Product
    home: Path
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)

    def run(self, *command: str, check: bool = True, **more: str) -> subprocess.CompletedProcess[str]:
        """Run a command; with `check`, its failure is the test's."""
        environment = {"PATH": os.defpath, "HOME": str(self.home), "GOVCLOUD_LANG": "en", **self.variables, **more}
        done = subprocess.run(
            command,
            cwd=self.home,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if check and done.returncode != 0:
            pytest.fail(
                f"{' '.join(command)} ended with {done.returncode}\n{done.stdout[-6000:]}\n{done.stderr[-4000:]}"
            )
        return done

    def govcloud(self, *words: str, check: bool = True, **more: str) -> subprocess.CompletedProcess[str]:
        """Run the installed `govcloud`."""
        return self.run(str(self.product.bin / "govcloud"), *words, check=check, **more)
