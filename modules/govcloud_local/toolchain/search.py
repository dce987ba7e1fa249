"""Official tools on PATH: found, asked for their version, taken only if the cloud works with that one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from govcloud_base.user_folders import cache_folder, state_folder
from govcloud_base.errors import Text
from govcloud_local.toolchain.catalogue import Recipe
from govcloud_local.toolchain.tool import Origin, Rejected, Tool
from govcloud_local.toolchain.version import Version, first_version, spelled

__all__ = ["ask_version", "on_path"]

_PATIENCE = 15.0


def ask_version(recipe: Recipe, program: Path) -> Version | None:
    """Run the program and return the version that it prints; None when it can't be run or prints none."""
    if recipe.ask is None:
        return None
    try:
        result = subprocess.run(
            [str(program), *recipe.ask],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PATIENCE,
            check=False,
            env={**os.environ, **recipe.asked_in},
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    # Some print it on the error stream (CNI plugins), so both are read; a failed run says nothing.
    return first_version(result.stdout + "\n" + result.stderr) if result.returncode == 0 else None


def on_path(recipe: Recipe, environment: Mapping[str, str] = os.environ) -> tuple[Tool | None, list[Rejected]]:
    """Return the first acceptable tool of a PATH, and those refused before it."""
    rejected: list[Rejected] = []
    if recipe.ask is None:
        return None, rejected
    for folder in _folders(environment):
        files = [folder / name for name in recipe.files]
        if not all(file.is_file() and os.access(file, os.X_OK) for file in files):
            continue
        version = ask_version(recipe, files[0])
        if version is not None and version in recipe.accepted:
            return Tool(recipe.name, files[0] if len(files) == 1 else folder, spelled(version), Origin.PATH), rejected
        rejected.append(Rejected(files[0], _reason(recipe, version)))
    return None, rejected


def _reason(recipe: Recipe, version: Version | None) -> Text:
    if version is None:
        question = " ".join((recipe.name, *(recipe.ask or ())))
        return Text(
            en=f"does not answer `{question}` with a version",
            vi=f"không trả lời `{question}` bằng một số phiên bản",
        )
    return Text(
        en=f"is version {spelled(version)}, accepted is {recipe.accepted}",
        vi=f"là phiên bản {spelled(version)}, chấp nhận {recipe.accepted}",
    )


def _folders(environment: Mapping[str, str]) -> Iterator[Path]:
    """Yield the folders of PATH that may hold official tools, each once.

    Not ours: `govcloud local env` puts the state folder's bin and the virtual environment first on PATH, and
    what lies there was put there by us.
    """
    ours = [state_folder(), cache_folder(), Path(sys.prefix)]
    entries = environment.get("PATH", "").split(os.pathsep)
    seen: set[Path] = set()
    for entry in entries:
        # An empty entry means the current folder: what happens to lie there is nobody's official tool.
        if not entry or not Path(entry).is_absolute():
            continue
        folder = Path(entry).resolve()
        if folder in seen or any(folder.is_relative_to(mine.resolve()) for mine in ours):
            continue
        seen.add(folder)
        yield Path(entry)
