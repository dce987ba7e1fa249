"""Pages whose commands are followed word by word: what they show typed, what they say is printed, and mistakes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

__all__ = ["commands", "mistakes", "run", "steps"]

_BLOCK = re.compile(r"(<!-- needs a cloud -->\n)?```console\n(.*?)```", re.DOTALL)
_MISTAKE = re.compile(r"<!-- mistake: (?:(\S+\.yaml): )?(.*) → (.*) -->\n```text\n(.*?)```", re.DOTALL)


def steps(page: Path, *, on_a_cloud: bool = False) -> list[tuple[str, list[str]]]:
    """Return each command of the page that needs no cloud, with the lines that it is said to print; else the others."""
    blocks = _BLOCK.findall(page.read_text(encoding="utf-8"))
    return [step for cloud, block in blocks if bool(cloud) == on_a_cloud for step in commands(block)]


def commands(block: str) -> list[tuple[str, list[str]]]:
    """Return each command that a block of a page shows, with the lines that it is said to print."""
    found: list[tuple[str, list[str]]] = []
    for line in block.replace("\\\n", " ").splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def mistakes(page: Path) -> list[tuple[str, str, str, str]]:
    """Return what the page spoils: a file if it names one, what stands there, what is written instead, the answer."""
    return [tuple(found) for found in _MISTAKE.findall(page.read_text(encoding="utf-8"))]


def run(command: list[str], folder: Path, language: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the page as somebody does who reads that language and has just installed git."""
    tool = [sys.executable, "-m", "govcloud", *command[1:]] if command[0] == "govcloud" else command
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("GIT_", "LC_"))},
        "GOVCLOUD_LANG": language,
        "GIT_CONFIG_GLOBAL": os.devnull,
        **{f"GIT_{who}_{what}": "x@example.vn" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")},
    }
    return subprocess.run(
        tool, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
