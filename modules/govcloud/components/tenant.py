"""Tenant: an agency's share of a cloud, behind its own walls, with its own buckets and keys."""

from __future__ import annotations

import pulumi

from govcloud import render
from govcloud.components.cloud import kubernetes_provider, storage_provider
from govcloud.components.manifest import register, register_all
from govcloud.country import Country
from govcloud.model.cloud import Cloud
from govcloud.model.tenant import Tenant as TenantDeclaration
from govcloud.providers.storage.resources import Bucket, Identity
from govcloud.render import StorageIdentity, TenantManifests

__all__ = ["Tenant", "leaving"]


def leaving(tenant: TenantDeclaration) -> bool:
    """Tell whether the tenant's lifecycle allows that its namespaces and buckets are deleted."""
    return tenant.spec.lifecycle.state == "removed"


class Tenant(pulumi.ComponentResource):
    """The zones of a tenant's environments, its buckets, and a storage identity for each environment.

    Namespaces and buckets are protected: `pulumi destroy` and any plan that would delete or replace one is refused
    unless the declaration's lifecycle says that the tenant is removed.
    """

    def __init__(self, country: Country, tenant: str, opts: pulumi.ResourceOptions | None = None) -> None:
        """Provision the tenant with this id."""
        super().__init__("govcloud:platform:Tenant", tenant, {}, opts)
        rendered = render.tenant(country, tenant)
        cloud = country.clouds[rendered.cloud]
        kept = not leaving(country.tenants[tenant])
        options = pulumi.ResourceOptions(parent=self, provider=kubernetes_provider(cloud))
        self.resources = register_all(rendered.manifests.values(), options, protect_namespaces=kept)
        if rendered.buckets:
            self._store(cloud, rendered, options, kept=kept)
        self.register_outputs(
            {"namespaces": list(rendered.namespaces), "buckets": [bucket.name for bucket in rendered.buckets]}
        )

    def _store(
        self, cloud: Cloud, rendered: TenantManifests, kubernetes: pulumi.ResourceOptions, *, kept: bool
    ) -> None:
        provider = storage_provider(cloud)
        own = pulumi.ResourceOptions(parent=self, provider=provider)
        guarded = pulumi.ResourceOptions.merge(own, pulumi.ResourceOptions(protect=kept))
        buckets = {
            bucket.name: Bucket(
                bucket.name,
                name=bucket.name,
                versioning=bucket.versioning,
                quota_bytes=bucket.quota_bytes,
                tags=bucket.tags,
                opts=guarded,
            )
            for bucket in rendered.buckets
        }
        for identity in rendered.identities:
            # The identity's names come from the buckets' outputs: it is made when they stand, and goes before them.
            issued = Identity(
                identity.name,
                name=identity.name,
                buckets=[buckets[name].name for name in identity.buckets],
                policy=identity.policy,
                opts=own,
            )
            self._deliver(cloud, identity, issued, kubernetes)

    def _deliver(
        self, cloud: Cloud, identity: StorageIdentity, issued: Identity, kubernetes: pulumi.ResourceOptions
    ) -> None:
        """Put the keys into the tenant's namespace: the only place where they are readable."""
        target = identity.secret
        home = pulumi.ResourceOptions(depends_on=[self.resources[f"namespace/{target.namespace}"]])
        register(
            {
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": {"name": target.name, "namespace": target.namespace, "labels": target.labels},
                "stringData": {
                    "AWS_ACCESS_KEY_ID": issued.access_key,
                    "AWS_SECRET_ACCESS_KEY": issued.secret_key,
                    "AWS_REGION": cloud.spec.region,
                },
            },
            pulumi.ResourceOptions.merge(kubernetes, home),
        )
