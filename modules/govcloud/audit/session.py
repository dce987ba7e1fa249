"""From the declarations and a connection to an access: who there is to examine, and with whose credentials."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import partial

from govcloud import render
from govcloud.audit.access import Access, BucketSubject, DeclaredFlow, DeclaredHost, DeclaredService, TenantAccess
from govcloud.audit.run import Run
from govcloud.audit.store_reading import StoreAdministrator
from govcloud.clouds.connection import Connection
from govcloud.clouds.deferred import Deferred
from govcloud.clouds.request import Api
from govcloud.comparison.cluster_rights import holders
from govcloud.country import Country
from govcloud.model import names
from govcloud.model.tenant import Tenant
from govcloud.plan import BucketSpec
from govcloud.render import admission
from govcloud.render.cluster import AUDITOR_GROUP
from govcloud.render.image import Image, image
from govcloud.render.segment import GATEWAY
from govcloud.render.storage import KEY_ZONES
from govcloud_base.errors import Problem, Text

__all__ = ["open_access"]


def open_access(
    country: Country,
    date: datetime.date,
    connection: Connection,
    neighbours: Collection[str] = (),
    backups: Collection[str] = (),
) -> Access:
    """Return the access to the tenants of a country that lies on one cloud, by the connection to that cloud.

    The platform's identity is used for probe pods only; auditor and tenants are seen as the connection gives them. A
    tenant's identity is opened when a check first looks through its eyes; why one cannot be had is added to `refused`.
    A tenant of which a file cannot be read is left out. `neighbours` are tenants of other clouds whose buckets may lie
    in the same store, `backups` the buckets in which others keep their backups there. Raises CloudError where the
    auditor's identity or the store's address cannot be had or the cluster does not answer, GovCloudError where the
    cloud declares no registry of images.
    """
    probe = image(country, connection.name, "probe")
    images = connection.cloud.spec.images
    registries = images.admitted if images else ()
    refused: list[Problem] = []

    def seen_by(tenant: str) -> Api:
        admin = f"{tenant}-admin", names.group(tenant, "admin")
        return Deferred(partial(connection.identity, *admin), lambda error: refused.extend(error.problems))

    declared = render.reachability(country, date)
    return Access(
        tenants={
            name: _tenant(country, tenant, date, seen_by(name), probe)
            for name, tenant in country.tenants.items()
            if name not in country.unread
        },
        auditor=connection.identity("auditor", AUDITOR_GROUP),
        refused=refused,
        store=connection.objects(),
        flows=frozenset(DeclaredFlow(flow.source, flow.target, flow.port) for flow in declared.flows),
        hosts=frozenset(DeclaredHost(way.source, way.address, way.port) for way in declared.hosts),
        services=frozenset(_services(country, date)),
        owners=frozenset(country.tenants),
        cluster=tuple(render.cluster(country, connection.name).manifests.values()),
        catalogue=country.law.catalogue,
        run=Run(probe, prefix=country.law.catalogue["TEN-01"].string("probe_prefix")),
        lawful=holders(country.law.folder),
        # The law that the cluster was rendered by, which a country may bring itself.
        admission=tuple(admission.policies(country.law.folder, registries)),
        registries=registries,
        janitor=connection.administrator(),
        administrator=StoreAdministrator(country, connection, neighbours, backups),
        prober=connection.platform,
    )


def _tenant(country: Country, tenant: Tenant, date: datetime.date, api: Api, probe: Image) -> TenantAccess:
    own = render.tenant(country, tenant.name)
    stacks = [
        *(render.segment(country, s.name) for s in country.segments.values() if s.spec.tenant == tenant.name),
        *(render.platform(country, p.name) for p in country.platforms.values() if p.spec.owner == tenant.spec.agency),
    ]
    manifests = dict(own.manifests)
    for stack in stacks:
        manifests.update(stack.manifests)
    label = names.label("zone")
    zones = {
        manifest["metadata"]["name"]: manifest["metadata"]["labels"][label]
        for manifest in own.manifests.values()
        if manifest["kind"] == "Namespace"
    }
    home = next((ns for wanted in KEY_ZONES for ns, zone in zones.items() if zone == wanted), own.namespaces[0])
    secret = own.identities[0].secret if own.identities else None
    sealed = country.clouds[tenant.spec.cloud].spec.object_store.sealed_disks
    attested = (
        Text(f"{sealed.reference}, until {sealed.until}", f"{sealed.reference}, đến {sealed.until}")
        if sealed and date <= sealed.until
        else None
    )
    return TenantAccess(
        name=tenant.name,
        api=api,
        home=home,
        namespaces=tuple(m["metadata"]["name"] for m in manifests.values() if m["kind"] == "Namespace"),
        zones=own.namespaces,
        probe=probe,
        manifests=manifests,
        buckets=tuple(
            BucketSubject(
                bucket.name,
                bucket.versioning,
                tenant.spec.storage.buckets[bucket.label].objects,
                _granted(bucket, date),
                attested,
            )
            for bucket in own.buckets
        ),
        credentials=(secret.namespace, secret.name) if secret else None,
        secrets=tuple((identity.secret.namespace, identity.secret.name) for identity in own.identities),
        store_identities=tuple(identity.name for identity in own.identities),
        level=tenant.spec.level,
    )


def _granted(bucket: BucketSpec, date: datetime.date) -> dict[str, frozenset[str]]:
    """Return who may read or write everywhere in a bucket on `date`: where a prefix bounds it, the audit's place lies
    outside."""
    found: dict[str, set[str]] = defaultdict(set)
    for grant in bucket.grants:
        if not grant.prefix and (grant.until is None or str(date) <= grant.until):
            found[grant.tenant].add(grant.access)
    return {tenant: frozenset(accesses) for tenant, accesses in found.items()}


def _services(country: Country, date: datetime.date) -> Iterator[DeclaredService]:
    """Yield what the links in force must bring, asked from the first zone that is attached to each opening end."""
    for link in country.links.values():
        if not link.holds(date):
            continue
        for source, target in link.directions():
            tenant = country.tenants_by_agency.get(source)
            segment = country.segments_by_tenant.get((tenant.name, link.spec.environment)) if tenant else None
            if tenant is None or segment is None:
                continue
            place = (tenant.name, link.spec.environment)
            yield DeclaredService(
                source=names.namespace(*place, segment.spec.zones[0]),
                host=f"{GATEWAY}.{names.namespace(*place, names.GATEWAY_ZONE)}.svc",
                port=link.spec.listen,
                path="/identity",
                answer=target,
            )
