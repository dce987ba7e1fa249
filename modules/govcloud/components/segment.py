"""Segment: a tenant's place in the dedicated network, entered and left through its gateway only."""

from __future__ import annotations

import pulumi

from govcloud import render
from govcloud.components.cloud import kubernetes_provider
from govcloud.components.manifest import register_all
from govcloud.country import Country

__all__ = ["Segment"]


class Segment(pulumi.ComponentResource):
    """The gateway zone of a segment: namespace, walls, gateway workload and the flows that links declare."""

    def __init__(self, country: Country, segment: str, opts: pulumi.ResourceOptions | None = None) -> None:
        """Provision the segment with this id."""
        super().__init__("govcloud:platform:Segment", segment, {}, opts)
        rendered = render.segment(country, segment)
        provider = kubernetes_provider(country.clouds[rendered.cloud])
        options = pulumi.ResourceOptions(parent=self, provider=provider)
        self.resources = register_all(rendered.manifests.values(), options, protect_namespaces=True)
        self.register_outputs({"namespaces": list(rendered.namespaces)})
