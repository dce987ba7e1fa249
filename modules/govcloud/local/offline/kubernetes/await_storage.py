"""When volumes and claims are ready."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from govcloud.local.offline.kubernetes.api_error import ApiError
from govcloud.local.offline.kubernetes.cluster import Cluster
from govcloud.local.offline.kubernetes.waiting import Verdict

__all__ = ["claim", "volume"]


def volume(cluster: Cluster, live: dict[str, Any]) -> Verdict:
    """A volume is ready when it is free or bound."""
    phase = (live.get("status") or {}).get("phase")
    ready = phase in ("Available", "Bound")
    return Verdict(ready, "" if ready else f"Waiting for the PersistentVolume (phase {phase})")


def claim(cluster: Cluster, live: dict[str, Any]) -> Verdict:
    """A claim is ready when it is bound; one whose class waits for its first pod, when it is pending."""
    phase = (live.get("status") or {}).get("phase")
    if phase == "Bound" or (phase == "Pending" and _waits_for_consumer(cluster, live)):
        return Verdict(True)
    return Verdict(
        False,
        f"Waiting for the PersistentVolumeClaim to be bound (phase {phase})",
        (f"status.phase currently at: {phase}",),
        hopeless=phase == "Lost",
    )


def _waits_for_consumer(cluster: Cluster, live: dict[str, Any]) -> bool:
    name = (live.get("spec") or {}).get("storageClassName")
    if not name:
        return False
    try:
        found = cluster.client.request("GET", f"/apis/storage.k8s.io/v1/storageclasses/{quote(name)}")
    except ApiError:
        return False
    return bool(found.get("volumeBindingMode") == "WaitForFirstConsumer")
