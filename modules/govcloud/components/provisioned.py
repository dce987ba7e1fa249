"""What a stack provisions, as one component: the type that its kind has in Pulumi's state, whatever the plan holds."""

from __future__ import annotations

import os

import pulumi

from govcloud.components.cloud import kubernetes_provider, storage_provider
from govcloud.components.manifest import register, register_all
from govcloud.plan import AUTHORITY, CloudTarget, StackPlan, StorageIdentity
from govcloud.providers.storage.resources import Bucket, Grant, Identity
from govcloud.providers.storage.site import authority_of
from govcloud.providers.storage.surroundings import surroundings
from govcloud.stack import StackKind

__all__ = ["Provisioned"]


class Provisioned(pulumi.ComponentResource):
    """All that a stack's plan names: objects of the cluster, then buckets and a storage identity for each environment.

    Namespaces and buckets are protected: `pulumi destroy` and any plan that would delete or replace one is refused
    unless the declaration's lifecycle says that the tenant is removed.
    """

    def __init__(self, kind: StackKind, plan: StackPlan, opts: pulumi.ResourceOptions | None = None) -> None:
        """Provision what `plan` says of a stack of this kind."""
        super().__init__(f"govcloud:platform:{kind.value.capitalize()}", plan.id, {}, opts)
        options = pulumi.ResourceOptions(parent=self, provider=kubernetes_provider(plan.cloud))
        # Buckets take longest of all, so they are made while the namespaces come into being.
        issued = self._store(plan) if plan.buckets else {}
        self.resources = register_all(plan.manifests, options, protect_namespaces=plan.protected)
        for identity in plan.identities:
            self._deliver(plan.cloud, identity, issued[identity.name], options)
        self.register_outputs(_outputs(kind, plan))

    def _store(self, plan: StackPlan) -> dict[str, Identity]:
        """Register buckets and identities; return the identities by name."""
        own = pulumi.ResourceOptions(parent=self, provider=storage_provider(plan.cloud))
        guarded = pulumi.ResourceOptions.merge(own, pulumi.ResourceOptions(protect=plan.protected))
        buckets = {
            bucket.name: Bucket(
                bucket.name,
                name=bucket.name,
                versioning=bucket.versioning,
                encryption=bool(bucket.encryption),
                quota_bytes=bucket.quota_bytes,
                quota_objects=bucket.quota_objects,
                object_lock=bucket.object_lock,
                lifecycle=list(bucket.lifecycle) or None,
                grants=[grant.name for grant in bucket.grants] or None,
                public_access_block=bucket.closed or None,
                tags=bucket.tags,
                opts=guarded,
            )
            for bucket in plan.buckets
        }
        for bucket in plan.buckets:
            for grant in bucket.grants:
                Grant(
                    grant.name,
                    name=grant.name,
                    bucket=buckets[bucket.name].name,
                    grantee=grant.grantee,
                    access=grant.access,
                    prefix=grant.prefix or None,
                    until=grant.until,
                    opts=own,
                )
        # An identity's names come from the buckets' outputs: it is made when they stand, and goes before them.
        return {
            identity.name: Identity(
                identity.name,
                name=identity.name,
                buckets=[buckets[name].name for name in identity.buckets],
                policy=identity.policy,
                rotation=identity.rotation or None,
                opts=own,
            )
            for identity in plan.identities
        }

    def _deliver(
        self, cloud: CloudTarget, identity: StorageIdentity, issued: Identity, kubernetes: pulumi.ResourceOptions
    ) -> None:
        """Put the keys, and how to use them, into the tenant's namespace: the only place where they are readable."""
        target = identity.secret
        around = surroundings(cloud.name, cloud.endpoint, cloud.endpoint_from, os.environ)
        authority = (
            {AUTHORITY: authority_of(cloud.name, target.authority_from, around)} if target.authority_from else {}
        )
        home = pulumi.ResourceOptions(depends_on=[self.resources[f"namespace/{target.namespace}"]])
        register(
            {
                "apiVersion": "v1",
                "kind": "Secret",
                "metadata": {"name": target.name, "namespace": target.namespace, "labels": target.labels},
                "stringData": {
                    "AWS_ACCESS_KEY_ID": issued.access_key,
                    "AWS_SECRET_ACCESS_KEY": issued.secret_key,
                    **target.settings,
                    **authority,
                },
            },
            pulumi.ResourceOptions.merge(kubernetes, home),
        )


def _outputs(kind: StackKind, plan: StackPlan) -> dict[str, object]:
    if kind is StackKind.CLUSTER:
        return {"cloud": plan.cloud.name, "context": plan.cloud.context}
    buckets = {"buckets": [bucket.name for bucket in plan.buckets]} if kind is StackKind.TENANT else {}
    return {"namespaces": list(plan.namespaces), **buckets}
