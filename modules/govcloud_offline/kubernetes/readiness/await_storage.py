"""When volumes and claims are ready."""

from __future__ import annotations

from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.inputs.manifest import Manifest
from govcloud_offline.kubernetes.readiness.storage import binding_problems, waits_for_consumer
from govcloud_offline.kubernetes.readiness.waiting import Verdict

__all__ = ["claim", "volume"]


def volume(cluster: Cluster, live: Manifest) -> Verdict:
    """A volume is ready when it is free or bound."""
    phase = live.status.get("phase")
    ready = phase in ("Available", "Bound")
    return Verdict(ready, "" if ready else f"Waiting for the PersistentVolume (phase {phase})")


def claim(cluster: Cluster, live: Manifest) -> Verdict:
    """A claim is ready when it is bound; one whose class waits for its first pod, when it is pending."""
    phase = live.status.get("phase")
    if phase == "Bound" or (phase == "Pending" and waits_for_consumer(cluster, live)):
        return Verdict(True)
    return Verdict(
        False,
        f"Waiting for the PersistentVolumeClaim to be bound (phase {phase})",
        (f"it is in phase {phase}, not Bound",),
        hopeless=phase == "Lost",
        explain=lambda: binding_problems(cluster, live),
    )
