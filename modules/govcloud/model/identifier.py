"""Identifiers of everything that can be declared, and how one is derived from another.

All identifiers are ASCII and matched whole, so that no look-alike letter, newline or invisible character can make two
different names look the same.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

__all__ = [
    "AdministrativeCode",
    "AgencyCode",
    "Identifier",
    "LegacyAgencyCode",
    "PortNumber",
    "ShortName",
    "issuers",
    "slug",
]

# 40 characters leave room for `-<env>-<zone>` within the 63 of a Kubernetes namespace.
Identifier = Annotated[str, StringConstraints(pattern=r"^[a-z]([-a-z0-9]{0,38}[a-z0-9])?$")]
"""Name of a declaration."""

ShortName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,11}$")]
"""Name of an environment or zone: it becomes a part of a namespace's name, so it has no dash."""

AgencyCode = Annotated[str, StringConstraints(pattern=r"^([A-Y][0-9]{2}|Z[0-9A-Z]{2})(\.[0-9A-Z]+)*$", max_length=35)]
"""Electronic identifier of an agency (QĐ 20/2020/QĐ-TTg, article 4): `H41`, `H41.101`; `Z..` for bodies outside the
State."""

LegacyAgencyCode = Annotated[
    str, StringConstraints(pattern=r"^[0-9]{3}\.[0-9]{2}\.[0-9]{2}\.[A-Y][0-9]{2}$", max_length=35)
]
"""The older, right-anchored form still found in software: `000.00.00.H41`."""

AdministrativeCode = Annotated[str, StringConstraints(pattern=r"^([0-9]{2}|[0-9]{3}|[0-9]{5})$")]
"""Code of an administrative unit: province 2 digits, district 3 (until 2025), commune 5, leading zeros kept."""

PortNumber = Annotated[int, Field(ge=1, le=65535)]
"""A TCP port."""


def issuers(code: str) -> tuple[str, ...]:
    """Return the codes with which an agency code begins, the nearest body's first: `H41.1.2` with `H41.1` and `H41`."""
    parts = code.split(".")
    return tuple(".".join(parts[:length]) for length in range(len(parts) - 1, 0, -1))


def slug(code: str) -> str:
    """Return the identifier that belongs to an agency code: `H41.101` becomes `h41-101`.

    The mapping is injective because codes have no dash of their own.
    """
    return code.lower().replace(".", "-")
