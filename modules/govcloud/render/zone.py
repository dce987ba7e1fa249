"""A zone: one namespace of one environment of one tenant, with the labels that decide ownership."""

from __future__ import annotations

from dataclasses import dataclass

from govcloud.country import Country
from govcloud.model import names
from govcloud.model.platform import Platform
from govcloud.model.tenant import Tenant

__all__ = ["Zone", "gateway_zone", "platform_home", "zone_of"]


@dataclass(frozen=True)
class Zone:
    """Identity of a zone."""

    tenant: str
    agency: str
    tier: str
    environment: str
    name: str
    level: int

    @property
    def namespace(self) -> str:
        """The zone's namespace."""
        return names.namespace(self.tenant, self.environment, self.name)

    @property
    def labels(self) -> dict[str, str]:
        """Labels of the namespace and of everything in it."""
        return names.labels(
            tenant=self.tenant,
            agency=self.agency,
            tier=self.tier,
            environment=self.environment,
            zone=self.name,
            level=self.level,
        )

    @property
    def selector(self) -> dict[str, str]:
        """Labels that tell this zone's namespace from every other one, for exact matching in policies."""
        wanted = {names.label(key) for key in ("tenant", "env", "zone")}
        return {key: value for key, value in self.labels.items() if key in wanted}


def zone_of(country: Country, tenant: Tenant, environment: str, name: str, level: int | None = None) -> Zone:
    """Return a zone of a tenant's environment; its level is the tenant's unless given."""
    agency = country.agencies_by_code[tenant.spec.agency]
    return Zone(
        tenant=tenant.name,
        agency=agency.code,
        tier=agency.spec.tier,
        environment=environment,
        name=name,
        level=level or tenant.spec.level,
    )


def gateway_zone(country: Country, tenant: Tenant, environment: str) -> Zone:
    """Return the zone of a tenant's gateway to the dedicated network."""
    return zone_of(country, tenant, environment, names.GATEWAY_ZONE)


def platform_home(country: Country, platform: Platform) -> Zone:
    """Return the zone in which a platform runs."""
    spec = platform.spec
    return zone_of(country, country.tenants_by_agency[spec.owner], spec.environment, spec.zone, spec.level)
