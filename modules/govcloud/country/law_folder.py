"""Where the law of a country lies."""

from __future__ import annotations

from pathlib import Path

from govcloud import folders
from govcloud.country.folder import shown_name
from govcloud_base.errors import GovCloudError, Place, Problem, Text

__all__ = ["CONTROLS", "LAW_PARTS", "PROJECT_LAW", "REVIEW_PART", "law_folder"]

LAW_PARTS = ("regimes", "levels")
"""Folders that the law consists of."""
REVIEW_PART = "review"
"""Folder of the review policy; a country that is never reviewed needs none."""
CONTROLS = "controls"
"""Folder of the catalogue of controls, one file for each; where the law brings none, the project's holds."""
PROJECT_LAW = folders.carried("policies")
"""The law as this project ships it."""


def law_folder(country: Path) -> Path:
    """Return the folder of the law that goes with a country's folder: the nearest `policies` beside or above it.

    A country kept in a repository of its own brings its `policies`; otherwise the ones of this project hold.
    Raises GovCloudError where neither exists.
    """
    here = country.resolve()
    for folder in (*(parent / "policies" for parent in (here, *here.parents)), PROJECT_LAW):
        if all((folder / name).is_dir() for name in LAW_PARTS):
            return folder
    raise GovCloudError(
        Problem(
            "GC-LAW-001",
            Text(
                "there is no policies folder with regimes/ and levels/",
                "không có thư mục `policies` với `regimes/`, `levels/`",
            ),
            Text("copy policies/ of the project beside the country", "chép policies/ của dự án đến cạnh quốc gia"),
            Place(shown_name(country)),
        )
    )
