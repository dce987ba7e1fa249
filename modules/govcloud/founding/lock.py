"""The lock of a project: every package that `govcloud` needs, in one version, by the digests of its files."""

from __future__ import annotations

import hashlib
from importlib import metadata
from pathlib import Path

from govcloud_base.errors import Place, Problem, Text, UsageError

__all__ = ["own_packages", "requirements"]

_OWN = ("govcloud", "govcloud-base")


def requirements() -> str:
    """Return the packages of others that the product needs, as pip's file of requirements, with digests.

    Made from uv.lock, as the test that sees whether it is fresh says.
    """
    return (Path(__file__).parent / "requirements.txt").read_text(encoding="utf-8")


def own_packages(wheels: Path | None) -> str:
    """Return the product's own packages, as pip's file of requirements.

    A wheel cannot hold its own digest: with `wheels`, the folder of these packages' wheels, they are locked by digest
    as well. Raises UsageError where one is not there.
    """
    lines = []
    missing = []
    for package in _OWN:
        version = metadata.version(package)
        pattern = f"{package.replace('-', '_')}-{version}-*.whl"
        found = sorted(wheels.glob(pattern)) if wheels else []
        if wheels and not found:
            missing.append(_missing(wheels, pattern))
        digests = (hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in found)
        lines.append(" ".join([f"{package}=={version}", *(f"--hash=sha256:{digest}" for digest in digests)]))
    if missing:
        raise UsageError(missing)
    return "\n".join([*lines, ""])


def _missing(wheels: Path, pattern: str) -> Problem:
    return Problem(
        "GC-INIT-002",
        Text("a wheel to lock is not in the folder", "thư mục không có gói cần khóa"),
        Text(
            "name the folder from which this version was installed, or leave --wheels out",
            "nêu thư mục đã dùng để cài phiên bản này, hoặc bỏ --wheels",
        ),
        Place("--wheels"),
        str(wheels),
        pattern,
    )
