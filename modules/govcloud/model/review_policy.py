"""Review policy: which change needs whom. Tiers, approvers and the rules that lead to them are data."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from govcloud.model.declaration import Declaration, Shape, Title, Validity
from govcloud.model.identifier import Identifier, ShortName
from govcloud.model.quota import Quota

__all__ = [
    "ChangeRule",
    "Consequence",
    "FileRule",
    "Order",
    "ReachRule",
    "ReviewPolicy",
    "ReviewPolicySpec",
    "RiskTier",
    "Role",
    "Sense",
]

Sense = Literal["added", "removed", "raised", "lowered", "changed"]
"""How a value differs between two revisions. Later dates and `true` are higher than earlier ones and `false`."""


class RiskTier(Shape):
    """How much attention a change needs."""

    title: Title
    """Name for people."""
    next_step: Title
    """What happens to the change now."""
    approvers: tuple[Identifier, ...] = ()
    """Roles that approve every change of this tier, whatever the reason."""


class Role(Shape):
    """Somebody who approves, other than the agencies concerned."""

    title: Title
    """Name for people."""
    team: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][-a-z0-9]{0,62}$")]
    """Team of the forge that stands for the role."""


class Consequence(Shape):
    """What a rule demands where it applies."""

    tier: Identifier
    """Tier of the change, at least."""
    approvers: tuple[Identifier, ...] = ()
    """Who approves: a role, or `owner`, `budget`, `parties`, `level`, found from what is declared."""
    reason: Title
    """Why, as a sentence's start; the change itself is named after it."""
    weakening: Annotated[str, StringConstraints(pattern=r"^GC-WEAK-[0-9]{3}$")] | None = None
    """Code of the finding, where such a change gives up protection."""


class ChangeRule(Consequence):
    """A rule about declarations of one kind. The first rule that fits a change decides about it."""

    kind: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z]{1,39}$")]
    """Kind of declaration."""
    field: Annotated[str, StringConstraints(pattern=r"^[A-Za-z*][A-Za-z0-9.*]{0,199}$")] | None = None
    """Path of the field: `*` stands for one step, `**` for the rest. Absent: the whole declaration comes or goes."""
    sense: Annotated[tuple[Sense, ...], Field(min_length=1)] | None = None
    """Ways of differing that the rule covers; all where absent."""
    at_most_percent: Annotated[int, Field(ge=1, le=1000)] | None = None
    """The rule covers a raise only up to this part of the value before."""
    at_most_level: Annotated[int, Field(ge=1, le=5)] | None = None
    """The rule covers only declarations up to this security level, before and after."""
    at_most_quota: Quota | None = None
    """The rule covers a new tenant only up to this budget."""


class ReachRule(Consequence):
    """A rule about connections that become possible."""

    between: Literal["zones", "agencies", "data"]
    """Zones of one tenant, different agencies, or an agency and data in another's bucket."""
    to: tuple[ShortName, ...] = ()
    """Zones that become reachable; any where empty."""
    source: Annotated[tuple[ShortName, ...], Field(alias="from")] = ()
    """Zones from which; any where empty."""


class FileRule(Consequence):
    """A rule about files that are no declarations of the country."""

    path: Annotated[str, Field(min_length=1, max_length=200)]
    """Path in the repository: `*` stands for a part of a name, `**` for any number of folders."""
    guarded: bool = False
    """Whether it decides how changes are judged: no change of an agency's own files touches it as well."""


class Order(Shape):
    """Values of a field from weak to strong, so that raised and lowered have a meaning."""

    kind: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z]{1,39}$")]
    """Kind of declaration."""
    field: str
    """Path of the field, as in ChangeRule."""
    values: Annotated[tuple[str, ...], Field(min_length=2)]
    """Values, the lowest first."""


class ReviewPolicySpec(Validity):
    """Tiers, roles and rules in force on the days of validity."""

    title: Title
    """Name for people."""
    source: Annotated[str, Field(min_length=3)]
    """Legal texts behind it, or whose choice it is."""
    tiers: Annotated[dict[Identifier, RiskTier], Field(min_length=2)]
    """Tiers, the least first. The first needs nobody; the last is never accepted."""
    roles: dict[Identifier, Role]
    """Roles by name."""
    level_approvers: dict[str, Identifier]
    """Role that approves a system's level, by level."""
    orders: tuple[Order, ...] = ()
    """Orders of named values."""
    changes: Annotated[tuple[ChangeRule, ...], Field(min_length=1)]
    """Rules about declarations."""
    reach: tuple[ReachRule, ...] = ()
    """Rules about reachability; the first that fits decides."""
    files: tuple[FileRule, ...] = ()
    """Rules about other files; the first that fits decides."""
    unforeseen: Consequence
    """What holds where no rule fits."""
    proposals: tuple[str, ...] = ()
    """Kinds of shared declarations that an agency may propose where it is a party to them."""
    many_tenants: Annotated[int, Field(ge=2)]
    """A change that touches this many tenants is a change of the country."""
    many: Consequence
    """What holds for such a change."""

    @model_validator(mode="after")
    def _names(self) -> ReviewPolicySpec:
        symbols = {*self.roles, "owner", "budget", "parties", "level"}
        rules: tuple[Consequence, ...] = (*self.changes, *self.reach, *self.files, self.unforeseen, self.many)
        tiers = {rule.tier for rule in rules} - self.tiers.keys()
        named = (*(rule.approvers for rule in rules), *(tier.approvers for tier in self.tiers.values()))
        approvers = {name for names in named for name in names} - symbols
        roles = set(self.level_approvers.values()) - {*self.roles, "owner"}
        if unknown := sorted(tiers | approvers | roles):
            raise PydanticCustomError(
                "GC-REVIEW-001", "a rule names no tier or approver", {"allowed": f"not {', '.join(unknown)}"}
            )
        return self


class ReviewPolicy(Declaration):
    """Which change needs whose approval."""

    kind: Literal["ReviewPolicy"]
    spec: ReviewPolicySpec
