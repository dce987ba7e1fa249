"""Agency: a body of the State that owns systems."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Annotated, ClassVar, Literal

from pydantic import StringConstraints

from govcloud.model.declaration import Declaration, Once, Title, Validity
from govcloud.model.identifier import AdministrativeCode, AgencyCode, Identifier, LegacyAgencyCode, issuers, slug

__all__ = ["Agency", "AgencySpec", "folders"]

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
    table: ClassVar[str] = "agencies"
    vietnamese: ClassVar[str] = "cơ quan"
    folder: ClassVar[str | None] = "agencies"
    decides: ClassVar[bool] = True

    @property
    def bodies(self) -> tuple[str, ...]:
        """Itself."""
        return (self.code,)

    def topics(self, country: str) -> Iterator[str]:
        """Yield its code, those above and after it, and its folder with those around."""
        yield f"code {self.code}"
        if self.spec.parent:
            yield f"below {self.spec.parent}"
            if self.spec.parent not in issuers(self.code):
                yield from (f"issued {code}" for code in issuers(self.code))
        if self.spec.merged_into:
            yield f"into {self.spec.merged_into}"
        yield f"path {self.spec.path}"
        yield from (f"within {folder}" for folder in folders(self.spec.path)[:-1])

    @property
    def code(self) -> str:
        """The agency's code, by which others refer to it."""
        return self.spec.code

    @property
    def tenant_name(self) -> str:
        """The name that this agency's tenant has."""
        return slug(self.spec.code)


def folders(path: str) -> list[str]:
    """Return a path and every folder around it, the widest first: `tenants`, `tenants/h41`."""
    here = PurePosixPath(path)
    return [found.as_posix() for found in (*reversed(here.parents), here) if found.parts]
