"""The providers of one stack: one for its Kubernetes cluster, one for its object store."""

from __future__ import annotations

import importlib.metadata
import os

import pulumi

from govcloud.plan import CloudTarget
from govcloud.providers.storage.resources import Provider as StorageProvider
from govcloud.providers.storage.site import administration_of, provider_name, url_of
from govcloud.providers.storage.surroundings import surroundings

__all__ = ["kubernetes_provider", "storage_provider"]


def kubernetes_provider(cloud: CloudTarget) -> pulumi.ProviderResource:
    """Return the one provider of the stack for the cluster of `cloud`.

    Declared as the SDK's class declares it, without importing the SDK's package, which takes longer (ADR 0010).

    The kubeconfig is the one that KUBECONFIG names; of it, the state knows the path alone. Several files are no path,
    so the plugin reads that variable itself. The cluster is known by the cloud's name, so that a changed certificate or
    address never plans a replacement of everything.
    """
    named = os.environ.get("KUBECONFIG")
    settings = {
        "context": cloud.context,
        "clusterIdentifier": cloud.name,
        "kubeconfig": named if named and os.pathsep not in named else None,
        "enableServerSideApply": True,
        # The declaration is the authority for every field that it sets: drift is taken back, not negotiated.
        "enablePatchForce": True,
        # A run that was killed may have created what it did not record; the next one takes it over (ADR 0007).
        "upsertExistingObjects": True,
        "enableConfigMapMutable": True,
        "enableSecretMutable": True,
    }
    # A provider's configuration is text: anything else goes as JSON.
    properties = {key: "true" if value is True else value for key, value in settings.items()}
    version = importlib.metadata.version("pulumi-kubernetes")
    return pulumi.ProviderResource("kubernetes", cloud.name, properties, pulumi.ResourceOptions(version=version))


def storage_provider(cloud: CloudTarget) -> StorageProvider:
    """Return the stack's provider for the object store of `cloud`; its keys stay in the operator's environment.

    The plugin finds them there by the cloud, which it knows by the provider's name.
    """
    around = surroundings(cloud.name, cloud.endpoint, cloud.endpoint_from, os.environ)
    url = url_of(cloud.name, cloud.endpoint, cloud.endpoint_from, around)
    administration = administration_of(cloud.name, cloud.administration, around)
    return StorageProvider(
        provider_name(cloud.name),
        endpoint=url,
        region=cloud.region,
        adapter=cloud.adapter,
        administration_endpoint=administration.get("administrationEndpoint"),
        administration_access_key_env=administration.get("administrationAccessKeyEnv"),
        administration_secret_key_env=administration.get("administrationSecretKeyEnv"),
    )
