"""Segment: a tenant's place in the dedicated network, entered and left through its gateway only."""

from __future__ import annotations

import pulumi

from govcloud.components.cloud import kubernetes_provider
from govcloud.components.manifest import register_all
from govcloud.plan import StackPlan

__all__ = ["Segment"]


class Segment(pulumi.ComponentResource):
    """The gateway zone of a segment: namespace, walls, gateway workload and the flows that links declare."""

    def __init__(self, plan: StackPlan, opts: pulumi.ResourceOptions | None = None) -> None:
        """Provision what `plan` says of the segment."""
        super().__init__("govcloud:platform:Segment", plan.id, {}, opts)
        options = pulumi.ResourceOptions(parent=self, provider=kubernetes_provider(plan.cloud))
        self.resources = register_all(plan.manifests, options, protect_namespaces=plan.protected)
        self.register_outputs({"namespaces": list(plan.namespaces)})
