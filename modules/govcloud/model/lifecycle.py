"""Table of lifecycles: which states a tenant passes through, what each demands, and what may follow it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from govcloud.model.declaration import Declaration, Shape, Title, Validity
from govcloud.model.tenant import State

__all__ = ["Demand", "LifecycleTable", "LifecycleTableSpec", "StateRules"]

Demand = Literal["since", "expires", "export", "no-legal-hold", "no-dependants"]
"""What must be so in a state: a field that is stated, no order to keep the data, nobody who still relies on it."""


class StateRules(Shape):
    """What a state means."""

    title: Title
    """Name for people."""
    next: tuple[State, ...] = ()
    """States that may follow."""
    demands: tuple[Demand, ...] = ()
    """What must be so."""
    ends_after_days: Annotated[int, Field(ge=1)] | None = None
    """Longest stay; counted from the day on which the state began."""
    reviewed: bool = False
    """Whether the owner must confirm the need by the review date."""
    draws: bool = True
    """Whether the tenant's quota is taken from the budget above."""


class LifecycleTableSpec(Validity):
    """The states in force on the days of validity."""

    title: Title
    """Name for people."""
    source: Annotated[str, Field(min_length=3)]
    """Legal text or model."""
    review_grace_days: Annotated[int, Field(ge=0)]
    """Days after the review date for which a missing review is only a warning."""
    notice_working_days: Annotated[int, Field(ge=0)]
    """Full working days between the announcement of a planned stop and its first day."""
    notice_source: Annotated[str, Field(min_length=3)]
    """Legal text of the notice."""
    states: dict[State, StateRules]
    """States by name; a transition that is not named is forbidden."""


class LifecycleTable(Declaration):
    """The states of a tenant's life, with days of validity."""

    kind: Literal["LifecycleTable"]
    spec: LifecycleTableSpec
