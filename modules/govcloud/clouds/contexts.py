"""Which clusters this machine can reach by name: the contexts of its kubeconfig, and the servers behind them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from govcloud.refusal import quotation
from govcloud_base.errors import EnvironmentProblem, Problem, Text

__all__ = ["contexts", "crossed", "servers"]

_PARTS = {"cluster": "clusters", "user": "users"}
"""What a context names, and the lists in which it is looked up."""
_PATHS = ("certificate-authority", "client-certificate", "client-key", "tokenFile")
"""What is a path, from the folder of the file that says it."""


@dataclass(frozen=True)
class _File:
    """One kubeconfig: what it says of each name, by list."""

    path: Path
    said: Mapping[str, Mapping[str, Any]]


def contexts(kubeconfig: str | None = None) -> frozenset[str]:
    """Return the names of the contexts in a kubeconfig, as :func:`servers` finds them."""
    return frozenset(servers(kubeconfig))


def servers(kubeconfig: str | None = None) -> dict[str, str]:
    """Return the address of the server of each context in a kubeconfig, else of KUBECONFIG, else of `~/.kube/config`.

    KUBECONFIG may list several files; the first to name a thing wins, and one that is not there counts for nothing, as
    with kubectl. An address that no file says is empty. Raises EnvironmentProblem where a file cannot be read.
    """
    clusters: dict[str, str] = {}
    wanted: dict[str, str] = {}
    for file in _files(kubeconfig):
        for name, cluster in file.said["clusters"].items():
            clusters.setdefault(name, str(cluster.get("server") or ""))
        for name, context in file.said["contexts"].items():
            wanted.setdefault(name, str(context.get("cluster") or ""))
    return {context: clusters.get(cluster, "") for context, cluster in wanted.items()}


def crossed(context: str, kubeconfig: str | None = None) -> Problem | None:
    """Return that a context does not lead where its own file says; None where it does, or is nowhere.

    The first file to name a thing wins: of files that each call their cluster or user the same, as many installers do,
    the contexts of all lead to the first one's. Looks and raises as :func:`servers`.
    """
    files = list(_files(kubeconfig))
    home = next((file for file in files if context in file.said["contexts"]), None)
    if home is None:
        return None
    for part, kind in _PARTS.items():
        name = str(home.said["contexts"][context].get(part) or "")
        first = next((file for file in files if name in file.said[kind]), None)
        if first is not None and name in home.said[kind] and first.said[kind][name] != home.said[kind][name]:
            return _crossed(context, part, name, home.path, first.path)
    return None


def _files(kubeconfig: str | None) -> Iterator[_File]:
    named = kubeconfig or os.environ.get("KUBECONFIG")
    paths = [Path(part) for part in named.split(os.pathsep) if part] if named else [Path.home() / ".kube" / "config"]
    for path in paths:
        try:
            content = yaml.safe_load(path.expanduser().read_bytes()) or {}
            kinds = {"contexts": "context", **{kind: part for part, kind in _PARTS.items()}}
            said = {
                kind: {
                    str(entry["name"]): _anchored(dict(entry.get(part) or {}), path)
                    for entry in reversed(content.get(kind) or ())
                }
                for kind, part in kinds.items()
            }
        except FileNotFoundError:
            continue
        except (OSError, ValueError, TypeError, KeyError, AttributeError, yaml.YAMLError) as error:
            raise EnvironmentProblem(_unreadable(path, error)) from None
        yield _File(path, said)


def _anchored(entry: dict[str, Any], file: Path) -> dict[str, Any]:
    """Return an entry with its paths from the root: two files may mean different ones by the same words."""
    folder = file.expanduser().parent.absolute()
    return {key: str(folder / value) if key in _PATHS and value else value for key, value in entry.items()}


def _crossed(context: str, part: str, name: str, home: Path, first: Path) -> Problem:
    vietnamese = {"cluster": "cụm", "user": "người dùng"}[part]
    return Problem(
        code="GC-FLEET-009",
        message=Text(
            en=f"the context {context} is joined with the {part} of another file: both call it {name}",
            vi=f"context {context} bị ghép với {vietnamese} của tệp khác: cả hai đều đặt tên {name}",
        ),
        value=f"{home}, {first}",
        fix=Text(
            en="give clusters and users names of their own in each file, or let KUBECONFIG name the one file",
            vi="đặt tên riêng cho cụm và người dùng trong từng tệp, hoặc để KUBECONFIG chỉ nêu đúng một tệp",
        ),
    )


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
