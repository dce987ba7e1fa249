"""What is installed beside a program: its dependencies, and the Pulumi plugins that they need."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.metadata import Distribution

__all__ = ["RequiredPlugin", "dependencies", "installed", "plugin_home", "required_plugins"]


@dataclass(frozen=True, slots=True, order=True)
class RequiredPlugin:
    """A resource plugin that an installed SDK package names in its pulumi-plugin.json."""

    name: str
    version: str
    """With the leading v."""
    server: str = ""
    """Where Pulumi would get it from, when not from its own registry."""


def required_plugins(folders: Iterable[Path]) -> list[RequiredPlugin]:
    """Return the plugins of the SDK packages in `folders`, sorted. Unreadable files are passed over."""
    found: set[RequiredPlugin] = set()
    for file in (file for folder in folders for file in folder.glob("pulumi_*/pulumi-plugin.json")):
        try:
            said = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if not isinstance(said, dict) or not said.get("resource") or said.get("parameterization"):
            continue  # a parameterised package registers itself with the engine when the program runs
        if said.get("name") and said.get("version"):
            found.add(_plugin(said))
    return sorted(found)


def installed(plugin: RequiredPlugin, home: Path) -> bool:
    """Tell whether the engine would find the plugin without acquiring it."""
    name = f"pulumi-resource-{plugin.name}"
    folder = home / "plugins" / f"resource-{plugin.name}-{plugin.version}"
    return (folder / name).exists() or (folder / "PulumiPlugin.yaml").exists() or bool(shutil.which(name))


def plugin_home() -> Path:
    """Return Pulumi's home folder: $PULUMI_HOME, else ~/.pulumi."""
    return Path(os.environ.get("PULUMI_HOME") or Path.home() / ".pulumi")


def dependencies(folders: Iterable[Path], *, transitive: bool) -> list[tuple[str, str]]:
    """Return name and version of what is installed; without `transitive`, of what nothing else requires."""
    # Imported here because it costs a fifth of the host's whole start, and only `pulumi about` asks.
    from importlib.metadata import distributions

    found = {_normal(each.name): each for each in distributions(path=[str(folder) for folder in folders])}
    if not transitive:
        required = {name for each in found.values() for name in _requirements(each)}
        found = {name: each for name, each in found.items() if name not in required}
    return sorted((name, each.version) for name, each in found.items())


def _plugin(said: dict[str, object]) -> RequiredPlugin:
    version = str(said["version"])
    return RequiredPlugin(
        name=str(said["name"]),
        version=version if version.startswith("v") else f"v{version}",
        server=str(said.get("server") or ""),
    )


def _requirements(distribution: Distribution) -> Iterator[str]:
    for line in distribution.requires or ():
        if "extra ==" not in line:
            name = re.match(r"[A-Za-z0-9._-]+", line)
            if name:
                yield _normal(name.group())


def _normal(name: str) -> str:
    """Return a distribution name in the form of PEP 503."""
    return re.sub(r"[-_.]+", "-", name).lower()
