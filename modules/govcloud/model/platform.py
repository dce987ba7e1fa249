"""Platform: a shared system that many agencies use."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from govcloud.model.declaration import Declaration, Shape, Title
from govcloud.model.identifier import AgencyCode, ShortName
from govcloud.model.quota import Quota

__all__ = ["Platform", "PlatformSpec"]


class PlatformSpec(Shape):
    """A shared platform."""

    kind: Literal["lgsp"]
    """Which blueprint: `lgsp` is a ministry's or province's integration and data sharing platform."""
    title: Title
    """Name for people."""
    owner: AgencyCode
    """Who owns and runs it; it lives in this agency's tenant."""
    environment: ShortName = "prod"
    """Environment of the owner's tenant."""
    level: Annotated[int, Field(ge=1, le=5)]
    """Security level; not above the owner tenant's."""
    exposure: Literal["dedicated-network"]
    """From where it can be reached: only over the dedicated network."""
    consumers: Literal["linked"] = "linked"
    """Who may use it: agencies with a link through it."""
    replicas: Annotated[int, Field(ge=2, le=20)] = 2
    """How many run; two at least, as others depend on it."""
    quota: Quota
    """What its namespace may use; part of the owner's budget."""


class Platform(Declaration):
    """A shared platform: blueprint, owner, level, exposure, consumers."""

    kind: Literal["Platform"]
    spec: PlatformSpec
