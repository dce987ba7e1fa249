"""Updating objects: from recorded state and checked inputs to a changed object and its new state."""

from __future__ import annotations

from typing import Any

from govcloud_offline.kubernetes.api.api_error import ApiError, UnreachableError
from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.api.discovery import NoSuchKindError
from govcloud_offline.kubernetes.engine import Log
from govcloud_offline.kubernetes.failures import OperationError, PartialOperationError, no_such_kind, required_advice
from govcloud_offline.kubernetes.inputs.manifest import Manifest
from govcloud_offline.kubernetes.inputs.state import Record, State, field_manager
from govcloud_offline.kubernetes.objects.apply import ApplyOptions, get, update
from govcloud_offline.kubernetes.objects.server_side import ApplyConflictError, release
from govcloud_offline.kubernetes.reachability import require
from govcloud_offline.kubernetes.readiness import await_pods
from govcloud_offline.kubernetes.readiness.awaiters import WaitForError, judge_of, patience
from govcloud_offline.kubernetes.readiness.waiting import NotReadyError, wait_ready

__all__ = ["replaced_as_unready", "update_resource"]


def update_resource(
    cluster: Cluster,
    urn: str,
    old_properties: dict[str, Any],
    given: dict[str, Any],
    *,
    timeout: float,
    ignore: tuple[str, ...],
    preview: bool,
    log: Log,
) -> dict[str, Any]:
    """Update an object from its recorded state to checked inputs `given`; return its new state.

    Raises :class:`OperationError`; :class:`PartialOperationError` where the object stays as it is or does not
    become ready; in preview :class:`NoSuchKindError` for a kind that the server will never have.
    """
    if not preview:
        require(cluster, f"{urn} was not updated")
    inputs = Manifest.said(given, urn).normalised(cluster.types)
    if preview and (not cluster.serves(inputs.kind) or not cluster.judges(inputs.kind) or inputs.unknown):
        return given
    server_side = cluster.settings.server_side
    state = State.of(old_properties)
    manager = field_manager(inputs, state, server_side=server_side)
    manager_before = field_manager(state.inputs, state, server_side=server_side)
    record = Record(inputs, given, state.initial_api_version or state.inputs.api_version, manager)
    options = ApplyOptions(manager, preview, ignore)
    try:
        resource, live = update(cluster, state.inputs.normalised(cluster.types), inputs, state.live, options)
        judge = None if preview else judge_of(inputs)
        if judge is not None:
            live = wait_ready(cluster, resource, live, judge, patience(inputs, timeout), log)
        if server_side and not preview and manager != manager_before:
            release(cluster, live, manager_before)
    except NoSuchKindError as error:
        raise no_such_kind(f"{urn} was not updated", error) from error
    except (ApiError, ApplyConflictError, NotReadyError, UnreachableError, WaitForError) as error:
        if preview and isinstance(error, ApiError) and error.forbidden:
            return given
        advice = required_advice(error) if inputs.patch and isinstance(error, ApiError) and error.required else ""
        raise _update_failed(cluster, urn, state, error, advice, record) from error
    log.done()
    return record.of(live)


def _update_failed(
    cluster: Cluster,
    urn: str,
    state: State,
    error: Exception,
    advice: str,
    record: Record,
) -> OperationError:
    try:
        live = error.live if isinstance(error, NotReadyError) else get(cluster, state.live)
    except (ApiError, NoSuchKindError, UnreachableError) as gone:
        return OperationError(f"{urn} was not updated: {error}\nNor could the object be read afterwards: {gone}")
    identifier = live.identifier
    if isinstance(error, NotReadyError):
        message = f"{identifier} was updated but does not work yet: {error}"
        return PartialOperationError(identifier, message, record.of(live), reasons=error.reasons)
    return PartialOperationError(identifier, f"{identifier} was not updated: {error}{advice}", record.of(live))


def replaced_as_unready(cluster: Cluster, inputs: Manifest, live: Manifest, log: Log) -> bool:
    """Tell whether an object is to be replaced because `pulumi.com/replaceUnready` is set and it did not work.

    Only Jobs can be judged by one look. An object that cannot be read is left to the update.
    """
    if not inputs.options.replace_unready:
        return False
    if cluster.unreachable:
        log.warning("replaceUnready was not looked at: the cluster cannot be reached")
        return False
    if inputs.kind.name != "Job":
        log.warning(f"replaceUnready works for Jobs only, not for a {inputs.kind.name}")
        return False
    try:
        return not await_pods.job(cluster, get(cluster, live)).ready
    except (ApiError, NoSuchKindError, UnreachableError):
        return False
