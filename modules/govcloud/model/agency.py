"""Agency: a body of the State that owns systems."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import StringConstraints

from govcloud.model.declaration import Declaration, Once, Title, Validity
from govcloud.model.identifier import AdministrativeCode, AgencyCode, Identifier, LegacyAgencyCode, slug

__all__ = ["Agency", "AgencySpec"]

MailAddress = Annotated[str, StringConstraints(pattern=r"^[^@\s]{1,64}@[a-z0-9.-]{1,190}$")]
"""A mail address."""


class AgencySpec(Validity):
    """A body of the State, on the days on which it exists."""

    code: AgencyCode
    """Electronic identifier."""
    legacy_code: LegacyAgencyCode | None = None
    """The older form, where software still sends it."""
    title: Title
    """Name for people."""
    tier: Identifier
    """Tier of the administrative model in force: data, as tiers come and go by law."""
    parent: AgencyCode | None = None
    """The body above; the top tiers have none."""
    administrative_unit: AdministrativeCode | None = None
    """The territory that it governs, where it governs one."""
    merged_into: AgencyCode | None = None
    """Successor, once the agency has ended."""
    path: Annotated[str, StringConstraints(pattern=r"^[a-z][-a-z0-9/]{0,99}$")]
    """Folder of the country in which this agency alone may change files."""
    contacts: Annotated[tuple[MailAddress, ...], Once] = ()
    """Addresses for incidents (first notice within 24 hours: NĐ 331/2026, article 31)."""
    provisional: bool = False
    """True where no published source confirms the code; shown wherever the code is shown."""


class Agency(Declaration):
    """A body of the State with its code, tier, parent, days of validity and owned path."""

    kind: Literal["Agency"]
    spec: AgencySpec

    @property
    def code(self) -> str:
        """The agency's code, by which others refer to it."""
        return self.spec.code

    @property
    def tenant_name(self) -> str:
        """The name that this agency's tenant has."""
        return slug(self.spec.code)
