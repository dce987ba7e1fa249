"""Waiver: a control set aside for one subject, by somebody else than its author, until a day."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from govcloud.model.declaration import Declaration, Shape, Words
from govcloud.model.identifier import Identifier

__all__ = ["Waiver", "WaiverSpec"]


class WaiverSpec(Shape):
    """An exception with an end."""

    control: Annotated[str, StringConstraints(pattern=r"^[A-Z]{2,4}-[0-9]{2}$")]
    """Control that is set aside: `NET-04`."""
    tenant: Identifier
    """For whom."""
    reason: Annotated[str, Field(min_length=20, max_length=2000), Words]
    """Why, and what protects instead."""
    author: Annotated[str, Field(min_length=1, max_length=200), Words]
    """Who asks: a role or identity."""
    approver: Annotated[str, Field(min_length=1, max_length=200), Words]
    """Who agrees; never the author."""
    expires: datetime.date
    """Last day; afterwards the control's violation counts again."""


class Waiver(Declaration):
    """An approved, expiring exception from one control for one tenant."""

    kind: Literal["Waiver"]
    spec: WaiverSpec
    table: ClassVar[str] = "waivers"
    vietnamese: ClassVar[str] = "miễn trừ"
    folder: ClassVar[str | None] = "waivers"
    decides: ClassVar[bool] = True

    @property
    def of_tenant(self) -> str | None:
        """For whom it is."""
        return self.spec.tenant

    def topics(self, country: str) -> Iterator[str]:
        """Yield its tenant."""
        yield f"of {self.spec.tenant}"
