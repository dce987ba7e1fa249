"""What a zone may leave in machinery that all tenants share, by the level table of its tenant's regime (TEN-03)."""

from __future__ import annotations

from govcloud.country import Country
from govcloud.model.level import DEFAULT_ROOM, Room
from govcloud.model.tenant import Tenant

__all__ = ["room"]


def room(country: Country, tenant: Tenant, level: int | None = None) -> Room:
    """Return the room of a zone of `tenant`, at the tenant's level unless another is given."""
    table = country.level_table(tenant)
    shared = table.spec.shared_room if table else DEFAULT_ROOM  # a regime without a table is reported elsewhere
    return shared.at(level or tenant.spec.level)
