"""Where a country, its project and what the product itself brings along lie."""

from __future__ import annotations

import functools
import os
import re
import stat
from pathlib import Path

from govcloud_base.errors import Place, Problem, Text, UsageError

__all__ = [
    "carried",
    "countries",
    "country_of_run",
    "project_of",
    "project_root",
]

_OURS = re.compile(rb"""^name:\s*["']?govcloud(-[a-z0-9-]+)?["']?\s*(#.*)?$""", re.MULTILINE)
"""How the Pulumi.yaml of a country begins: the project is called `govcloud`, or `govcloud-...` beside another one."""
_COUNTRIES = "stacks/*/country.yaml"
"""The heads of a project's countries."""


def project_root() -> Path:
    """Return the checkout's root: the folder with Pulumi.yaml above this file."""
    return Path(__file__).resolve().parents[2]


def project_of(country: Path) -> Path:
    """Return the Pulumi project of a country: the nearest GovCloud project at or above its folder, else the checkout.

    Nobody else's folders are looked at, nor those in which everybody may write, as what lies there would run with the
    user's rights; nor those above a repository's root. An installed package has no checkout: the folder returned then
    holds no project.
    """
    here = country.resolve()
    for folder in (here, *here.parents):
        if folder.exists():
            status = folder.stat()
            if status.st_uid not in (os.geteuid(), 0) or status.st_mode & stat.S_IWOTH:
                break
        if _is_project(folder):
            return folder
        if (folder / ".git").exists():
            break
    return project_root()


def _is_project(folder: Path) -> bool:
    try:
        return _OURS.search((folder / "Pulumi.yaml").read_bytes()) is not None
    except OSError:
        return False


def countries(project: Path) -> list[Path]:
    """Return the folders of a project's countries."""
    return sorted(head.parent for head in project.glob(_COUNTRIES))


def country_of_run() -> Path | None:
    """Return the country on which a run of Pulumi works: $GOVCLOUD_COUNTRY, else the only one of the project here.

    None where the project has none. Raises UsageError where it has several: another's law would judge.
    """
    if named := os.environ.get("GOVCLOUD_COUNTRY"):
        return Path(named)
    found = countries(project_of(Path.cwd()))
    if len(found) > 1:
        raise UsageError(
            Problem(
                "GC-COUNTRY-003",
                Text(
                    "the project declares several countries, and nothing says whose stack is judged",
                    "dự án khai báo nhiều quốc gia, và không có gì cho biết stack đang xét là của quốc gia nào",
                ),
                Text(
                    "name its folder: `export GOVCLOUD_COUNTRY=DIR`; `govcloud up` does so by itself",
                    "nêu thư mục của quốc gia: `export GOVCLOUD_COUNTRY=DIR`; `govcloud up` tự làm việc này",
                ),
                Place("GOVCLOUD_COUNTRY"),
                allowed=", ".join(map(str, found)),
            )
        )
    return found[0] if found else None


@functools.cache
def carried(name: str) -> Path:
    """Return a folder of data that the product brings along, such as `policies`.

    An installed package holds it inside; in a checkout it lies at the top (ADR 0045).
    """
    inside = Path(__file__).resolve().parent / name
    return inside if inside.is_dir() else project_root() / name
