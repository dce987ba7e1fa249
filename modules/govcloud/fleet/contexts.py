"""Which clusters this machine can reach by name: the contexts of its kubeconfig."""

from __future__ import annotations

import os
from pathlib import Path

import yaml

from govcloud.errors import EnvironmentProblem, Problem, Text

__all__ = ["contexts"]


def contexts(kubeconfig: str | None = None) -> frozenset[str]:
    """Return the names of the contexts in a kubeconfig, else in the files of KUBECONFIG, else in `~/.kube/config`.

    A file that is not there counts for nothing, as with kubectl. Raises EnvironmentProblem where one cannot be read.
    """
    named = kubeconfig or os.environ.get("KUBECONFIG")
    paths = [Path(part) for part in named.split(os.pathsep) if part] if named else [Path.home() / ".kube" / "config"]
    found: set[str] = set()
    for path in paths:
        try:
            content = yaml.safe_load(path.read_bytes())
            found |= {str(entry["name"]) for entry in (content or {}).get("contexts") or ()}
        except FileNotFoundError:
            continue
        except (OSError, ValueError, TypeError, KeyError, AttributeError, yaml.YAMLError) as error:
            raise EnvironmentProblem(_unreadable(path, error)) from None
    return frozenset(found)


def _unreadable(path: Path, error: Exception) -> Problem:
    return Problem(
        code="GC-FLEET-005",
        message=Text(
            en=f"the kubeconfig cannot be read: {type(error).__name__}",
            vi=f"không đọc được kubeconfig: {type(error).__name__}",
        ),
        fix=Text(en="set KUBECONFIG to a file that kubectl can use", vi="đặt KUBECONFIG là tệp mà kubectl dùng được"),
        value=str(path),
    )
