"""Deleting objects, and letting go of the fields of somebody else's."""

from __future__ import annotations

from typing import Any

from govcloud_offline.kubernetes.api.api_error import ApiError, UnreachableError
from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.api.discovery import NoSuchKindError
from govcloud_offline.kubernetes.engine import Log
from govcloud_offline.kubernetes.failures import OperationError, PartialOperationError, required_advice
from govcloud_offline.kubernetes.inputs.manifest import Manifest, split_identifier
from govcloud_offline.kubernetes.inputs.state import Record, State, field_manager
from govcloud_offline.kubernetes.objects.apply import get
from govcloud_offline.kubernetes.objects.server_side import ApplyConflictError, release
from govcloud_offline.kubernetes.reachability import forgets, refuse_deletion
from govcloud_offline.kubernetes.readiness.awaiters import skips_deletion
from govcloud_offline.kubernetes.readiness.departure import DELETION_TIMEOUT, NotGoneError, wait_deleted

__all__ = ["delete_resource"]


def delete_resource(
    cluster: Cluster, urn: str, identifier: str, properties: dict[str, Any], *, timeout: float, log: Log
) -> None:
    """Delete an object and wait until it is gone; one that is gone already is fine. Raises :class:`OperationError`."""
    if cluster.unreachable:
        if forgets(cluster, log):
            return
        raise refuse_deletion()
    state = State.of(properties, urn)
    manager = field_manager(state.inputs, state, server_side=cluster.settings.server_side)
    namespace, name = split_identifier(identifier)
    place = state.live.with_metadata("name", name).with_metadata("namespace", state.live.namespace or namespace)
    try:
        resource = cluster.resource(place.kind)
        if cluster.settings.server_side and state.inputs.patch:
            _let_go(cluster, urn, place, manager)
            return
        cluster.client.request(
            "DELETE",
            place.path(resource),
            body={
                "apiVersion": "v1",
                "kind": "DeleteOptions",
                "propagationPolicy": state.inputs.options.propagation,
            },
        )
        if not skips_deletion(state.inputs):
            wait_deleted(cluster, resource, place, state.inputs.patience(timeout, DELETION_TIMEOUT), log)
    except NoSuchKindError:
        return  # its definition is gone, and it with it
    except NotGoneError as error:
        record = Record(state.inputs, properties, state.initial_api_version, manager)
        raise PartialOperationError(identifier, str(error), record.of(error.live)) from error
    except ApiError as error:
        if error.missing:
            return
        raise OperationError(str(error)) from error
    except (ApplyConflictError, UnreachableError) as error:
        raise OperationError(str(error)) from error
    log.done()


def _let_go(cluster: Cluster, urn: str, place: Manifest, manager: str) -> None:
    try:
        release(cluster, get(cluster, place), manager)
    except ApiError as error:
        if not error.required:
            raise
        raise OperationError(f"{urn} was not deleted: {error}{required_advice(error)}") from error
