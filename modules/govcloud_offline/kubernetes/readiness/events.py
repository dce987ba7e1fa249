"""What controllers say about an object: its warning events."""

from __future__ import annotations

from typing import Any, Final

from govcloud_base.discovery import builtin
from govcloud_offline.kubernetes.api.api_error import ApiError
from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.inputs.manifest import Manifest

__all__ = ["warnings_of"]

_EVENTS: Final = builtin("v1", "Event")
_SHOWN: Final = 3


def warnings_of(cluster: Cluster, live: Manifest) -> tuple[str, ...]:
    """Return the newest warnings about this very object (by uid), one for each reason, the newest first.

    Nothing for a user who may not read events.
    """
    if not live.uid:
        return ()
    path = _EVENTS.collection(live.namespace or "default")
    try:
        found = cluster.client.request(
            "GET", path, query={"fieldSelector": f"involvedObject.uid={live.uid},type=Warning", "limit": "100"}
        )
    except ApiError:
        return ()
    newest = sorted(found.get("items") or (), key=_time)
    by_reason = {str(item.get("reason")): str(item.get("message") or "").strip() for item in newest}
    last = list(by_reason.items())[::-1][:_SHOWN]
    return tuple(f"[{reason}] {message}" for reason, message in last)


def _time(event: dict[str, Any]) -> str:
    series = event.get("series") or {}
    # RFC 3339 in UTC throughout: texts sort as times do.
    return str(
        series.get("lastObservedTime")
        or event.get("lastTimestamp")
        or event.get("eventTime")
        or event["metadata"].get("creationTimestamp")
        or ""
    )
