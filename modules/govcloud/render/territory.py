"""Which namespaces a tenant's declarations make: its zones, its gateways to the dedicated network, its platforms."""

from __future__ import annotations

from govcloud.country import Country
from govcloud.model import names
from govcloud.model.tenant import Tenant

__all__ = ["territory"]


def territory(country: Country, tenant: Tenant) -> frozenset[str]:
    """Return the namespaces of all stacks of `tenant`; all of them carry its label, and nothing else may."""
    name, environments = tenant.name, tenant.spec.environments
    gateways = [e for e in environments if (name, e) in country.segments_by_tenant]
    platforms = [p.spec for p in country.platforms.values() if p.spec.owner == tenant.spec.agency and p.provisioned]
    return frozenset(
        [
            *(names.namespace(name, e, zone) for e in environments for zone in country.zones(tenant, e)),
            *(names.namespace(name, e, names.GATEWAY_ZONE) for e in gateways),
            *(names.namespace(name, p.environment, p.zone) for p in platforms),
        ]
    )
