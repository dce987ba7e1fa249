"""Cluster: what every tenant of a cluster relies on before the first one comes."""

from __future__ import annotations

import pulumi

from govcloud.components.cloud import kubernetes_provider
from govcloud.components.manifest import register_all
from govcloud.plan import StackPlan

__all__ = ["Cluster"]


class Cluster(pulumi.ComponentResource):
    """Admission policies, priority classes and the auditor's identity of one cluster."""

    def __init__(self, plan: StackPlan, opts: pulumi.ResourceOptions | None = None) -> None:
        """Provision what `plan` says of the cluster."""
        super().__init__("govcloud:platform:Cluster", plan.id, {}, opts)
        options = pulumi.ResourceOptions(parent=self, provider=kubernetes_provider(plan.cloud))
        self.resources = register_all(plan.manifests, options, protect_namespaces=plan.protected)
        self.register_outputs({"cloud": plan.cloud.name, "context": plan.cloud.context})
