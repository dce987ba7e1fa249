"""Platform: a shared system that many agencies use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from govcloud.model.declaration import Declaration, Once, Shape, Title
from govcloud.model.identifier import AgencyCode, Identifier, ShortName
from govcloud.model.platform_kind import KINDS, PlatformKind, Reach
from govcloud.model.quota import Quota

__all__ = ["Consumers", "Platform", "PlatformSpec"]


class Consumers(Shape):
    """Who may use a platform beside its owner. Being named in either list is enough."""

    tiers: Annotated[tuple[Identifier, ...], Once] = ()
    """Every agency of these tiers."""
    agencies: Annotated[tuple[AgencyCode, ...], Once] = ()
    """These agencies and all below them."""


class PlatformSpec(Shape):
    """A shared platform."""

    kind: PlatformKind
    """Which blueprint: `lgsp` is a ministry's or province's integration and data sharing platform."""
    title: Title
    """Name for people."""
    owner: AgencyCode
    """Who owns and runs it; it lives in this agency's tenant."""
    environment: ShortName = "prod"
    """Environment of the owner's tenant."""
    state: Literal["active", "planned"] = "active"
    """A planned platform is judged and its quota set aside, but nothing of it is provisioned and no link uses it."""
    level: Annotated[int, Field(ge=1, le=5)]
    """Security level; not above the owner tenant's."""
    exposure: Literal["dedicated-network"]
    """From where it can be reached: only over the dedicated network."""
    consumers: Literal["linked"] | Consumers = "linked"
    """Who may use it: every agency with a link through it, or those that are named here."""
    depends_on: Annotated[tuple[Identifier, ...], Once] = ()
    """Platforms without which it does not work."""
    master_of: Annotated[tuple[Identifier, ...], Once] = ()
    """Datasets whose master it holds; all others read them here (NĐ 224/2026, article 23)."""
    national_database: bool = False
    """Whether it is a national database, which lives at the National Data Centre (Data Law 60/2024, article 14)."""
    replicas: Annotated[int, Field(ge=2, le=20)] = 2
    """How many run; two at least, as others depend on it."""
    quota: Quota
    """What its namespace may use; part of the owner's budget."""

    @property
    def zone(self) -> str:
        """Zone of the owner's environment in which it runs."""
        return KINDS[self.kind].zone


class Platform(Declaration):
    """A shared platform: blueprint, owner, level, exposure, consumers."""

    kind: Literal["Platform"]
    spec: PlatformSpec
    table: ClassVar[str] = "platforms"
    vietnamese: ClassVar[str] = "nền tảng"
    folder: ClassVar[str | None] = "platforms"
    stack: ClassVar[str | None] = "platform"

    @property
    def bodies(self) -> tuple[str, ...]:
        """Its owner."""
        return (self.spec.owner,)

    def topics(self, country: str) -> Iterator[str]:
        """Yield its owner, what it needs, the data that it masters, and whom it serves by name."""
        yield f"owner {self.spec.owner}"
        if KINDS[self.spec.kind].reach is Reach.BODY:
            yield f"exchange {self.spec.owner}"
        yield from (f"needs {name}" for name in self.spec.depends_on)
        yield from (f"dataset {name}" for name in self.spec.master_of)
        if self.spec.consumers != "linked":
            yield from (f"serves {code}" for code in self.spec.consumers.agencies)

    @property
    def provisioned(self) -> bool:
        """Whether `govcloud up` makes it: it is active, and there is a blueprint for its kind."""
        return self.spec.state == "active" and KINDS[self.spec.kind].blueprint is not None
