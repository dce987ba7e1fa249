"""The catalogue of capabilities: what a cloud must be able to do for which level, and by which source.

Each is written once, in `clouds/capabilities.yaml` of the law; a country that brings its own law may bring its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from govcloud.country.controls import Bilingual, in_force
from govcloud.country.law_folder import PROJECT_LAW
from govcloud.model.level import LevelTableSpec
from govcloud_base.errors import GovCloudError, Place, Problem, Text

__all__ = ["Capability", "catalogue"]

_FILE = Path("clouds", "capabilities.yaml")

_Threshold = Literal["logicalSeparationFrom", "physicalSeparationFrom", "versioningFrom"]
_FIELDS: Mapping[str, str] = MappingProxyType({to_camel(name): name for name in LevelTableSpec.model_fields})


class Capability(BaseModel):
    """One thing that a cloud can do or cannot."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    title: Bilingual
    level: Annotated[int, Field(ge=1, le=5)] | _Threshold
    """Lowest level that needs it, or the field of the level table that says which."""
    when: Literal["always", "buckets"] = "always"
    """Which tenants of that level need it: all, or those that keep buckets."""
    needed: bool = True
    """Whether it is needed at all; otherwise its lack is told, and nothing more."""
    refuses: bool = True
    """Whether a tenant is refused where it lacks; otherwise its lack is told and fails the examination."""
    controls: list[str] = []
    """Controls of the catalogue that do not hold without it."""
    sources: list[str] = []
    """Further texts and decisions; in the catalogue, its controls with their own sources go before them."""
    most_seconds: int = 0
    """Bound of the clocks' difference, in seconds."""
    lacking: Bilingual
    """What its lack means."""

    def from_level(self, table: LevelTableSpec | None) -> int:
        """Return the lowest level that needs it under a level table; 1, the strictest, where there is no table."""
        if isinstance(self.level, int):
            return self.level
        return int(getattr(table, _FIELDS[self.level])) if table is not None else 1


@cache
def catalogue(law: Path = PROJECT_LAW) -> Mapping[str, Capability]:
    """Return the capabilities by key, in the order of the file.

    `law` is the folder of a law; where it has no such file, the project's holds. Raises GovCloudError for a file that
    cannot be read, a control that the law does not know, or a capability without any source.
    """
    file = law / _FILE if (law / _FILE).is_file() else PROJECT_LAW / _FILE
    found: dict[str, Capability] = {}
    problems = []
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        for name, fields in dict(content).items():
            found[str(name)] = Capability.model_validate(fields)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError, TypeError, ValueError) as error:
        problems.append(_malformed(file, str(error)))
    known = in_force(law)
    for name, capability in found.items():
        if strange := sorted(set(capability.controls) - known.keys()):
            problems.append(_malformed(file, f"{name}: {', '.join(strange)}"))
        if not capability.controls and not capability.sources:
            problems.append(_malformed(file, f"{name}: sources"))
    if problems:
        raise GovCloudError(problems)
    for name, capability in found.items():
        of_controls = [f"{control} ({', '.join(known[control].sources)})" for control in capability.controls]
        found[name] = capability.model_copy(update={"sources": [*of_controls, *capability.sources]})
    return MappingProxyType(found)


def _malformed(file: Path, detail: str) -> Problem:
    return Problem(
        code="GC-CLOUD-013",
        message=Text(
            en="the catalogue of what clouds must be able to do cannot be read",
            vi="không đọc được danh mục năng lực mà đám mây phải có",
        ),
        fix=Text(
            en="write each capability with the fields of the others, controls of the catalogue, and a source",
            vi="ghi mỗi năng lực đủ trường như các mục khác, dùng biện pháp có trong danh mục và nêu căn cứ",
        ),
        place=Place(str(file)),
        value=detail,
    )
