"""The providers of one stack: one for its Kubernetes cluster, one for its object store."""

from __future__ import annotations

from pulumi_kubernetes import Provider as KubernetesProvider

from govcloud.plan import CloudTarget
from govcloud.providers.storage.resources import Provider as StorageProvider
from govcloud.providers.storage.site import url_of

__all__ = ["kubernetes_provider", "storage_provider"]


def kubernetes_provider(cloud: CloudTarget) -> KubernetesProvider:
    """Return the one provider of the stack for the cluster of `cloud`.

    The kubeconfig is the one that KUBECONFIG names; it is never written into the state. The cluster is known by the
    cloud's name, so that a changed certificate or address never plans a replacement of everything.
    """
    return KubernetesProvider(
        cloud.name,
        context=cloud.context,
        cluster_identifier=cloud.name,
        enable_server_side_apply=True,
        # The declaration is the authority for every field that it sets: drift is taken back, not negotiated.
        enable_patch_force=True,
        # A run that was killed may have created what it did not record; the next one takes it over (ADR 0007).
        upsert_existing_objects=True,
        enable_config_map_mutable=True,
        enable_secret_mutable=True,
    )


def storage_provider(cloud: CloudTarget) -> StorageProvider:
    """Return the stack's provider for the object store of `cloud`; its keys stay in the operator's environment."""
    url = url_of(cloud.name, cloud.endpoint, cloud.endpoint_from)
    return StorageProvider(f"{cloud.name}-store", endpoint=url, region=cloud.region, adapter=cloud.adapter)
