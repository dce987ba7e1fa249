"""Country: what holds for all declarations of a folder."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from govcloud.model.declaration import Declaration, Metadata, Once, Shape, Title
from govcloud.model.identifier import Identifier

__all__ = ["CountryMetadata", "CountrySettings", "SettingsSpec"]


class CountryMetadata(Metadata):
    """Identity of a country."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")]
    """ISO 3166 code in lower case; the first part of every bucket's name."""


class SettingsSpec(Shape):
    """Choices for the whole country."""

    title: Title
    """Name for people."""
    regions: Annotated[tuple[Identifier, ...], Field(min_length=1), Once]
    """Regions inside the country: data of the State is kept nowhere else."""
    regime: Identifier
    """Regime of security levels that tenants follow unless they name another."""
    dedicated_network: Annotated[tuple[str, ...], Field(min_length=1)]
    """Address ranges of the dedicated network; every segment's pool lies in one."""
    reserved_networks: Annotated[tuple[str, ...], Once] = ()
    """Ranges that no segment may touch: nodes, pods, services."""
    address_warning: Annotated[int, Field(ge=1, le=100)] = 80
    """Percentage of a range of the dedicated network from which its use is reported."""


class CountrySettings(Declaration):
    """The folder's head: the country's code, regions, regime and address plan."""

    kind: Literal["Country"]
    metadata: CountryMetadata
    spec: SettingsSpec
    table: ClassVar[str] = "settings"
    vietnamese: ClassVar[str] = "quốc gia"
    folder: ClassVar[str | None] = ""
    decides: ClassVar[bool] = True
