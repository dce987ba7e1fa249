"""Which clusters this machine can reach by name: the contexts of its kubeconfig, and the servers behind them."""

from __future__ import annotations

import os
from pathlib import Path

import yaml

from govcloud.refusal import quotation
from govcloud_base.errors import EnvironmentProblem, Problem, Text

__all__ = ["contexts", "servers"]


def contexts(kubeconfig: str | None = None) -> frozenset[str]:
    """Return the names of the contexts in a kubeconfig, as :func:`servers` finds them."""
    return frozenset(servers(kubeconfig))


def servers(kubeconfig: str | None = None) -> dict[str, str]:
    """Return the address of the server of each context in a kubeconfig, else of KUBECONFIG, else of `~/.kube/config`.

    KUBECONFIG may list several files; the first to name a thing wins, and one that is not there counts for nothing, as
    with kubectl. An address that no file says is empty. Raises EnvironmentProblem where a file cannot be read.
    """
    named = kubeconfig or os.environ.get("KUBECONFIG")
    paths = [Path(part) for part in named.split(os.pathsep) if part] if named else [Path.home() / ".kube" / "config"]
    clusters: dict[str, str] = {}
    wanted: dict[str, str] = {}
    for path in paths:
        try:
            content = yaml.safe_load(path.read_bytes()) or {}
            for entry in content.get("clusters") or ():
                clusters.setdefault(str(entry["name"]), str((entry.get("cluster") or {}).get("server") or ""))
            for entry in content.get("contexts") or ():
                wanted.setdefault(str(entry["name"]), str((entry.get("context") or {}).get("cluster") or ""))
        except FileNotFoundError:
            continue
        except (OSError, ValueError, TypeError, KeyError, AttributeError, yaml.YAMLError) as error:
            raise EnvironmentProblem(_unreadable(path, error)) from None
    return {context: clusters.get(cluster, "") for context, cluster in wanted.items()}


def _unreadable(path: Path, error: Exception) -> Problem:
    return Problem(
        code="GC-FLEET-005",
        message=Text(
            en=f"the kubeconfig cannot be read: {type(error).__name__}",
            vi=f"không đọc được kubeconfig: {quotation(type(error).__name__).vi}",
        ),
        fix=Text(en="set KUBECONFIG to a file that kubectl can use", vi="đặt KUBECONFIG là tệp mà kubectl dùng được"),
        value=str(path),
    )
