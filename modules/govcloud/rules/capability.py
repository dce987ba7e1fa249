"""The catalogue of capabilities: what a cloud must be able to do for which level, and by which source.

Each is written once, in the folder `clouds` of the law: what a cloud as a whole can do in `capabilities.yaml`, what its
object store can do in `stores.yaml`. A country that brings its own law may bring its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Final, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

from govcloud.country import Country
from govcloud.country.controls import Bilingual, in_force
from govcloud.country.law_folder import PROJECT_LAW
from govcloud.model.level import LevelTableSpec
from govcloud.model.tenant import Bucket, Tenant
from govcloud.rules.separation import tables
from govcloud_base.errors import GovCloudError, Place, Problem, Text

__all__ = ["CLOUDS", "STORES", "Capability", "catalogue", "lowest_level", "needs"]

CLOUDS: Final = "capabilities.yaml"
STORES: Final = "stores.yaml"

_Threshold = Literal["logicalSeparationFrom", "physicalSeparationFrom", "versioningFrom"]
_When = Literal["always", "buckets", "unsealed", "versioned", "kept", "ended", "counted", "shared", "open"]
_BUCKETS: Mapping[str, Callable[[Bucket], bool]] = MappingProxyType(
    {
        "buckets": lambda bucket: True,
        "unsealed": lambda bucket: True,
        "versioned": lambda bucket: bucket.versioning,
        "kept": lambda bucket: bucket.keep_days is not None,
        "ended": lambda bucket: bucket.versions_days is not None,
        "counted": lambda bucket: bucket.objects is not None,
        "shared": lambda bucket: bucket.share_class == "shared",
        "open": lambda bucket: bucket.share_class == "open",
    }
)
"""By what a tenant's bucket makes it need a capability; `unsealed` are those on disks that nobody attests to be
encrypted."""
_FIELDS: Mapping[str, str] = MappingProxyType({to_camel(name): name for name in LevelTableSpec.model_fields})


class Capability(BaseModel):
    """One thing that a cloud can do or cannot."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    title: Bilingual
    level: Annotated[int, Field(ge=1, le=5)] | _Threshold
    """Lowest level that needs it, or the field of the level table that says which."""
    when: _When = "always"
    """Which tenants of that level need it: all, or those that keep buckets, or some of a kind."""
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
def catalogue(law: Path = PROJECT_LAW, name: str = CLOUDS) -> Mapping[str, Capability]:
    """Return the capabilities by key, in the order of the file called `name`.

    `law` is the folder of a law; where it has no such file, the project's holds. Raises GovCloudError for a file that
    cannot be read, a control that the law does not know, or a capability without any source.
    """
    file = law / "clouds" / name
    if not file.is_file():
        file = PROJECT_LAW / "clouds" / name
    found: dict[str, Capability] = {}
    problems = []
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
        for key, fields in dict(content).items():
            found[str(key)] = Capability.model_validate(fields)
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError, TypeError, ValueError) as error:
        problems.append(_malformed(file, str(error)))
    known = in_force(law)
    for key, capability in found.items():
        if strange := sorted(set(capability.controls) - known.keys()):
            problems.append(_malformed(file, f"{key}: {', '.join(strange)}"))
        if not capability.controls and not capability.sources:
            problems.append(_malformed(file, f"{key}: sources"))
    if problems:
        raise GovCloudError(problems)
    for key, capability in found.items():
        of_controls = [f"{control} ({', '.join(known[control].sources)})" for control in capability.controls]
        found[key] = capability.model_copy(update={"sources": [*of_controls, *capability.sources]})
    return MappingProxyType(found)


def needs(country: Country, tenant: Tenant, capability: Capability) -> bool:
    """Return whether a tenant's level, in any regime that it follows, needs a capability for what it keeps."""
    if capability.when != "always":
        wanted = _BUCKETS[capability.when]
        if not any(wanted(bucket) for bucket in tenant.spec.storage.buckets.values()):
            return False
        cloud = country.clouds.get(tenant.spec.cloud)
        if capability.when == "unsealed" and cloud is not None and cloud.spec.object_store.sealed_disks is not None:
            return False
    followed = list(tables(country, tenant))
    if not followed:
        return tenant.spec.level >= capability.from_level(None)
    return any(level >= capability.from_level(table) for table, level in followed)


def lowest_level(country: Country, capability: Capability) -> int:
    """Return the lowest level that needs a capability under the country's own regime."""
    table = country.law.levels(country.spec.regime)
    return capability.from_level(table.spec if table else None)


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
