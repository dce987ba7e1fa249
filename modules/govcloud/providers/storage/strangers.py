"""Buckets that look like the platform's and are nobody's: by their names, or by the tags that say whose they are.

A bucket in the name space of a tenant is that tenant's affair (:func:`.deviation.extra_buckets`). One beside all name
spaces would be seen by nobody: a tenant's that was misspelt or is declared no more, or a copy under another name.
"""

from __future__ import annotations

from collections.abc import Collection

from govcloud.country import Country
from govcloud.model import names
from govcloud.providers.storage import bucket
from govcloud.providers.storage.deviation import PRESENT, Deviation, NameSpace
from govcloud.providers.storage.store import Store
from govcloud_base.errors import Text

__all__ = ["backups", "buckets", "owners"]


def owners(country: Country, cloud: str) -> frozenset[str]:
    """Return the tenants whose buckets may lie in the store of a cloud: its own, and those of clouds that share it.

    One that cannot be read may lie on any of them. Clouds share a store where both declare the same address. One that a
    variable names is the cloud's own: no two clouds name the same variable (GC-CLOUD-015).
    """
    here = country.clouds[cloud].spec.object_store.endpoint
    sharing = {cloud, *(c.name for c in country.clouds.values() if here and c.spec.object_store.endpoint == here)}
    return frozenset(n for n, tenant in country.tenants.items() if tenant.spec.cloud in sharing or n in country.unread)


def backups(country: Country, cloud: str) -> frozenset[str]:
    """Return the buckets in which tenants of other clouds keep their backups here, as their files say."""
    return frozenset(
        names.backup_bucket(country.name, tenant.name, environment)
        for tenant in country.tenants.values()
        if tenant.spec.storage.backup and tenant.spec.storage.backup.cloud == cloud
        for environment in tenant.spec.environments
    )


def buckets(store: Store, country: str, tenants: Collection[str], known: Collection[str] = ()) -> list[Deviation]:
    """Return the buckets of the store that carry the country's form of a name, or an ownership tag, and are nobody's.

    `tenants` are all whose buckets may lie in this store, `known` what else is declared to. Raises CloudError where the
    store cannot be read.
    """
    spaces = [NameSpace.of(country, tenant, tenants) for tenant in tenants]
    with store.reported(Text("listing the buckets", "việc liệt kê các kho")):
        there = sorted(row["Name"] for row in store.s3.list_buckets().get("Buckets", []))
    found = []
    for name in there:
        if name not in known and not any(space.holds(name) for space in spaces):
            worn = bucket.ownership(store, name)
            if worn or name.startswith(names.country_prefix(country)):
                shown = ", ".join(f"{key}={value}" for key, value in sorted(worn.items()))
                found.append(Deviation("bucket", name, "", bucket.ABSENT, shown or PRESENT, person=True))
    return found
