"""What an operation does when its cluster cannot be reached: refuse, keep the resource as recorded, or forget it."""

from __future__ import annotations

from typing import Final

from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.engine import Log
from govcloud_offline.kubernetes.failures import OperationError

__all__ = ["forgets", "keeps", "refuse_deletion", "require"]

_UNREACHABLE: Final = "this provider's Kubernetes cluster cannot be reached"
_GONE_FOR_GOOD: Final = (
    "If the cluster is gone for good, run this again with PULUMI_K8S_DELETE_UNREACHABLE=true: Pulumi then forgets "
    "what was in it"
)


def require(cluster: Cluster, otherwise: str) -> None:
    """Raise :class:`OperationError` where the cluster cannot be reached; `otherwise` says what was not done."""
    if cluster.unreachable:
        raise OperationError(f"{otherwise}: {_UNREACHABLE}: {cluster.unreachable}")


def forgets(cluster: Cluster, log: Log) -> bool:
    """Tell, of a cluster that cannot be reached, whether its resources are dropped from the state, and say so.

    Option `deleteUnreachable`.
    """
    log.warning(f"{_UNREACHABLE}: {cluster.unreachable}")
    if cluster.settings.delete_unreachable:
        log.info("dropped from the state without a look at the cluster, as `deleteUnreachable` asks")
    return cluster.settings.delete_unreachable


def keeps(cluster: Cluster, log: Log) -> None:
    """Say that the resource stays as it is recorded (option `skipUpdateUnreachable`).

    Raises :class:`OperationError` where that option is not set.
    """
    if not cluster.settings.skip_update_unreachable:
        raise OperationError(f"{_UNREACHABLE}, so this resource was not read. {_GONE_FOR_GOOD}")
    log.info("kept as it is recorded, as `skipUpdateUnreachable` asks: the object itself may have changed")


def refuse_deletion() -> OperationError:
    """Return the refusal to delete what cannot be reached."""
    return OperationError(f"{_UNREACHABLE}, so this resource was not deleted. {_GONE_FOR_GOOD}")
