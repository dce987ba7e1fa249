"""Platform: a shared service, such as a province's exchange platform (LGSP)."""

from __future__ import annotations

import pulumi

from govcloud import render
from govcloud.components.cloud import kubernetes_provider
from govcloud.components.manifest import register_all
from govcloud.country import Country

__all__ = ["Platform"]


class Platform(pulumi.ComponentResource):
    """The workload of a shared platform with its zone, walls, replicas and the consumers that links entitle."""

    def __init__(self, country: Country, platform: str, opts: pulumi.ResourceOptions | None = None) -> None:
        """Provision the platform with this id."""
        super().__init__("govcloud:platform:Platform", platform, {}, opts)
        rendered = render.platform(country, platform)
        provider = kubernetes_provider(country.clouds[rendered.cloud])
        options = pulumi.ResourceOptions(parent=self, provider=provider)
        self.resources = register_all(rendered.manifests.values(), options, protect_namespaces=True)
        self.register_outputs({"namespaces": list(rendered.namespaces)})
