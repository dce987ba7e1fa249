"""The table of a cloud's object store as a file of the country: JSON, written by a probe and by nobody else."""

from __future__ import annotations

import json
from pathlib import PurePosixPath

from govcloud.country.folder import TABLES
from govcloud.model.declaration import API_VERSION
from govcloud.model.store_table import StoreTableSpec

__all__ = ["file", "text"]


def file(cloud: str) -> PurePosixPath:
    """Return where a country keeps the table of a cloud's store."""
    return PurePosixPath(TABLES, f"{cloud}.json")


def text(cloud: str, spec: StoreTableSpec) -> str:
    """Return the text of the table of a cloud's store."""
    document = {
        "apiVersion": API_VERSION,
        "kind": "StoreTable",
        "metadata": {"name": cloud},
        "spec": spec.model_dump(by_alias=True, exclude_none=True),
    }
    return json.dumps(document, ensure_ascii=False, indent=1, default=float) + "\n"
