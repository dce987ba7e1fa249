"""The clouds of the country that is provisioned: what no resource says itself, and rules must know."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from pathlib import Path

from govcloud.country.fields import typed
from govcloud.country.reader import read_file
from govcloud.folders import country_of_run
from govcloud.model.cloud import Cloud, CloudSpec
from govcloud_base.errors import GovCloudError

__all__ = ["declared_clouds"]


def declared_clouds(cloud: str) -> Iterable[CloudSpec]:
    """Return what `cloud` declares; where that is empty, what all clouds do.

    A country that has no cloud of that name declares nothing: what is not known is not let through.
    """
    country = country_of_run()
    known = _by_name(country) if country else {}
    return [spec for name, spec in known.items() if cloud in ("", name)]


@functools.cache
def _by_name(folder: Path) -> Mapping[str, CloudSpec]:
    """Read only the clouds: the program that is judged has read and judged the whole country."""
    found: dict[str, CloudSpec] = {}
    for file in sorted((folder / "clouds").glob("*.yaml")):
        try:
            declared = typed(Cloud, read_file(file, file.name))
        except GovCloudError:
            continue  # refused by the program, with its place; here it opens nothing
        found[declared.name] = declared.spec
    return found
