"""The compliance suite: every check that there is, by id. A check that is not named here does not exist."""

from __future__ import annotations

from govcloud.audit.check import Check, unique
from govcloud.audit.checks import (
    admission,
    at_rest,
    boundary,
    cluster_rights,
    counts,
    default_deny,
    delivery,
    escalation,
    exposure,
    flows,
    guards,
    hardening,
    hosts,
    images,
    isolation,
    openings,
    published,
    quota,
    rights,
    services,
    store_rights,
    store_settings,
    territory,
    versioning,
)

__all__ = ["SUITE"]

SUITE: tuple[Check, ...] = unique(
    [
        admission.CHECK,
        isolation.CHECK,
        territory.CHECK,
        cluster_rights.CHECK,
        boundary.CHECK,
        rights.CHECK,
        guards.CHECK,
        quota.CHECK,
        counts.CHECK,
        escalation.CHECK,
        hardening.CHECK,
        images.CHECK,
        default_deny.CHECK,
        openings.CHECK,
        published.CHECK,
        flows.CHECK,
        hosts.CHECK,
        services.CHECK,
        exposure.CHECK,
        exposure.CROSS_TENANT,
        store_rights.CHECK,
        delivery.CHECK,
        store_settings.NAME_SPACE,
        store_settings.STRANGERS,
        store_settings.QUOTA,
        at_rest.CHECK,
        versioning.CHECK,
        store_settings.LIFECYCLE,
    ]
)
