"""From the declarations and the environment to an access: who there is to examine, and with whose credentials."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from govcloud import render
from govcloud.audit.access import Access, BucketSubject, DeclaredFlow, DeclaredHost, DeclaredService, TenantAccess
from govcloud.audit.store_reading import StoreAdministrator
from govcloud.clouds import offered
from govcloud.clouds.kubernetes_api import KubernetesApi
from govcloud.clouds.object_store import Key, ObjectStore, StoreSession
from govcloud.comparison.cluster_rights import holders
from govcloud.country import Country
from govcloud.model import names
from govcloud.model.tenant import Tenant
from govcloud.providers.storage.site import url_of
from govcloud.render import admission
from govcloud.render.cluster import AUDITOR_GROUP
from govcloud.render.segment import GATEWAY
from govcloud.render.storage import KEY_ZONES
from govcloud_base.errors import EnvironmentProblem, GovCloudError, Problem, Text, language

__all__ = ["Identities", "embedded_kubeconfig", "open_access"]

Identities = Callable[[str, str], KubernetesApi]
"""Gives access as a user of an identity group."""


def open_access(
    country: Country, date: datetime.date, identities: Identities | None = None, neighbours: Collection[str] = ()
) -> Access:
    """Return the access that the environment grants to the tenants of a country that lies on one cloud.

    KUBECONFIG names the platform's identity in the context that the cloud declares, used for probe pods only;
    AWS_CA_BUNDLE the authority of the cloud's object store. The auditor's and the tenants' kubeconfigs are the files
    that GOVCLOUD_AUDITOR_KUBECONFIG and GOVCLOUD_TENANT_KUBECONFIG_<TENANT> name (upper case, `-` written `_`), else
    the embedded cloud issues them, where that is the cloud. `neighbours` are tenants of other clouds whose buckets may
    lie in the same store. Raises EnvironmentProblem where an identity or the store's
    address cannot be had, ValueError where the country lies on several clouds or none.
    """
    (cloud,) = country.clouds.values()
    platform = KubernetesApi.from_kubeconfig(os.environ.get("KUBECONFIG") or None, cloud.spec.cluster.context)
    known = identities or _Environment(cloud.spec.cluster.context, platform.server)
    with ThreadPoolExecutor(max_workers=4) as pool:
        auditor = pool.submit(known, "auditor", AUDITOR_GROUP)
        tenants = pool.map(lambda tenant: _tenant(country, tenant, known), country.tenants.values())
        found = {tenant.name: tenant for tenant in tenants}
        reader = auditor.result()
    declared = render.reachability(country, date)
    store = ObjectStore(
        url_of(cloud.name, cloud.spec.object_store.endpoint, cloud.spec.object_store.endpoint_from),
        cloud.spec.region,
        os.environ.get("AWS_CA_BUNDLE"),
    )
    return Access(
        tenants=found,
        auditor=reader,
        store=store,
        flows=frozenset(DeclaredFlow(flow.source, flow.target, flow.port) for flow in declared.flows),
        hosts=frozenset(DeclaredHost(way.source, way.address, way.port) for way in declared.hosts),
        services=frozenset(_services(country, date)),
        cluster=tuple(render.cluster(country, cloud.name).manifests.values()),
        lawful=holders(country.law.folder),
        # The law that the cluster was rendered by, which a country may bring itself.
        admission=tuple(admission.policies(country.law.folder)),
        janitor=_janitor(store),
        administrator=StoreAdministrator(country, neighbours),
        prober=platform,
    )


def _tenant(country: Country, tenant: Tenant, identities: Identities) -> TenantAccess:
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
    return TenantAccess(
        name=tenant.name,
        api=identities(f"{tenant.name}-admin", names.group(tenant.name, "admin")),
        home=home,
        namespaces=tuple(m["metadata"]["name"] for m in manifests.values() if m["kind"] == "Namespace"),
        zones=own.namespaces,
        manifests=manifests,
        buckets=tuple(
            BucketSubject(bucket.name, bucket.versioning, tenant.spec.storage.buckets[bucket.label].objects)
            for bucket in own.buckets
        ),
        credentials=(secret.namespace, secret.name) if secret else None,
        secrets=tuple((identity.secret.namespace, identity.secret.name) for identity in own.identities),
        store_identities=tuple(identity.name for identity in own.identities),
        level=tenant.spec.level,
    )


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


@dataclass(frozen=True)
class _Environment:
    """Identities as the environment names them, for one cloud."""

    context: str
    server: str

    def __call__(self, user: str, group: str) -> KubernetesApi:
        tenant = group.split(":")[1]
        variable = (
            "GOVCLOUD_AUDITOR_KUBECONFIG"
            if group == AUDITOR_GROUP
            else f"GOVCLOUD_TENANT_KUBECONFIG_{tenant.upper().replace('-', '_')}"
        )
        named = os.environ.get(variable)
        if named:
            # A file for several clouds names its contexts as the operator's does.
            return KubernetesApi.at(self.context, named)
        issued = KubernetesApi.from_text(embedded_kubeconfig(user, group, variable))
        if issued.server != self.server:
            # Never the answers of one cloud under the name of another.
            raise EnvironmentProblem(_no_credential(group, variable, f"{self.server} is not the embedded cloud"))
        return issued


def embedded_kubeconfig(user: str, group: str, variable: str) -> str:
    """Return a kubeconfig that the embedded cloud issues; raises EnvironmentProblem naming `variable` otherwise.

    It holds a private key, so it never goes into a file of ours.
    """
    try:
        cloud = offered()
        if cloud is not None:
            return cloud.identity(user, group)
    except GovCloudError as error:
        raise EnvironmentProblem(_no_credential(group, variable, error.render(language()))) from None
    raise EnvironmentProblem(_no_credential(group, variable))


def _no_credential(group: str, variable: str, reason: str | None = None) -> Problem:
    return Problem(
        code="GC-AUDIT-002",
        message=Text(en=f"there is no credential of {group}", vi=f"không có thông tin xác thực của {group}"),
        fix=Text(
            en=f"name its kubeconfig in {variable}, or bring up the embedded cloud and unset KUBECONFIG",
            vi=f"chỉ ra kubeconfig trong biến {variable}, hoặc khởi động đám mây nhúng và bỏ biến KUBECONFIG",
        ),
        value=reason,
    )


def _janitor(store: ObjectStore) -> StoreSession | None:
    access, secret = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
    return store.signed(Key(access, secret)) if access and secret else None
