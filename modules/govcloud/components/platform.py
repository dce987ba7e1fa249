"""Platform: a shared service, such as a province's exchange platform (LGSP)."""

from __future__ import annotations

import pulumi

from govcloud.components.cloud import kubernetes_provider
from govcloud.components.manifest import register_all
from govcloud.plan import StackPlan

__all__ = ["Platform"]


class Platform(pulumi.ComponentResource):
    """The workload of a shared platform with its zone, walls, replicas and the consumers that links entitle."""

    def __init__(self, plan: StackPlan, opts: pulumi.ResourceOptions | None = None) -> None:
        """Provision what `plan` says of the platform."""
        super().__init__("govcloud:platform:Platform", plan.id, {}, opts)
        options = pulumi.ResourceOptions(parent=self, provider=kubernetes_provider(plan.cloud))
        self.resources = register_all(plan.manifests, options, protect_namespaces=plan.protected)
        self.register_outputs({"namespaces": list(plan.namespaces)})
