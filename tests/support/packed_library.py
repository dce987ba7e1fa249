"""boto3 as a workload's image would hold it, packed so that it can be handed to a running pod."""

from __future__ import annotations

import importlib
import io
import tarfile
from pathlib import Path

_PACKAGES = ("boto3", "botocore", "s3transfer", "jmespath", "dateutil", "urllib3")
_MODULES = ("six",)
_SERVICES = {"s3"}
"""Services whose descriptions are packed; botocore's four hundred others are most of its size."""


def boto3_archive() -> bytes:
    """Return a gzipped tar with boto3 and what it imports, enough for S3."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz", compresslevel=1) as tar:
        for name in _PACKAGES:
            folder = Path(str(importlib.import_module(name).__file__)).parent
            for file in sorted(folder.rglob("*")):
                if file.is_file() and _wanted(file.relative_to(folder.parent)):
                    tar.add(file, file.relative_to(folder.parent).as_posix())
        for name in _MODULES:
            tar.add(str(importlib.import_module(name).__file__), f"{name}.py")
    return archive.getvalue()


def _wanted(path: Path) -> bool:
    if "__pycache__" in path.parts:
        return False
    described = path.parts[0] in ("boto3", "botocore") and path.parts[1:2] == ("data",) and len(path.parts) > 3
    return not described or path.parts[2] in _SERVICES
