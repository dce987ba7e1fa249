"""Cluster: what every tenant of a cluster relies on before the first one comes."""

from __future__ import annotations

import pulumi

from govcloud import render
from govcloud.components.cloud import kubernetes_provider
from govcloud.components.manifest import register_all
from govcloud.country import Country

__all__ = ["Cluster"]


class Cluster(pulumi.ComponentResource):
    """Admission policies, priority classes and the auditor's identity of one cluster."""

    def __init__(self, country: Country, cloud: str, opts: pulumi.ResourceOptions | None = None) -> None:
        """Provision the cluster of the cloud with this id."""
        super().__init__("govcloud:platform:Cluster", cloud, {}, opts)
        rendered = render.cluster(country, cloud)
        provider = kubernetes_provider(country.clouds[cloud])
        options = pulumi.ResourceOptions(parent=self, provider=provider)
        self.resources = register_all(rendered.manifests.values(), options, protect_namespaces=True)
        self.register_outputs({"cloud": cloud, "context": country.clouds[cloud].spec.cluster.context})
