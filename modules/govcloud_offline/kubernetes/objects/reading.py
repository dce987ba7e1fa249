"""Reading objects: for refresh, import and `get`."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any, Final

from govcloud_offline.kubernetes.api.api_error import ApiError, UnreachableError
from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.api.discovery import NoSuchKindError
from govcloud_offline.kubernetes.changes.prune import pruned
from govcloud_offline.kubernetes.engine import Log
from govcloud_offline.kubernetes.failures import OperationError, PartialOperationError
from govcloud_offline.kubernetes.inputs.kinds import kind_of_type, type_of
from govcloud_offline.kubernetes.inputs.manifest import Manifest, split_identifier
from govcloud_offline.kubernetes.inputs.secrecy import mark_secrets
from govcloud_offline.kubernetes.inputs.spelling import property_names
from govcloud_offline.kubernetes.inputs.state import Record, State, field_manager
from govcloud_offline.kubernetes.objects.apply import get
from govcloud_offline.kubernetes.reachability import forgets, keeps
from govcloud_offline.kubernetes.readiness.awaiters import read_judge_of

__all__ = ["Reading", "read_resource"]

# What a live object has and a program would not write.
_NOT_INPUTS: Final = ("creationTimestamp", "generation", "managedFields", "resourceVersion", "uid")
_NOT_INPUT_ANNOTATIONS: Final = (
    "deployment.kubernetes.io/revision",
    "kubectl.kubernetes.io/last-applied-configuration",
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a read found: id, state and inputs."""

    identifier: str
    properties: dict[str, Any]
    inputs: dict[str, Any]


def read_resource(
    cluster: Cluster,
    urn: str,
    identifier: str,
    properties: dict[str, Any],
    given: dict[str, Any],
    *,
    log: Log,
) -> Reading | None:
    """Read the object with a Pulumi id; None where it is gone. `given` are the recorded inputs, empty on import.

    Raises :class:`OperationError`, and :class:`PartialOperationError` for a workload that does not work.
    """
    if cluster.unreachable:
        if forgets(cluster, log):
            return None
        keeps(cluster, log)
        return Reading(identifier, properties, given)
    namespace, name = split_identifier(identifier)
    if not name:
        raise OperationError(
            f'"{identifier}" names no object: an id is NAMESPACE/NAME, or NAME for what is cluster-wide'
        )
    state = State.of(properties)
    old = Manifest.said(given).normalised(cluster.types)
    importing = not old.kind.name and not state.live.kind.name
    if not old.kind.name:
        kind = kind_of_type(type_of(urn)) if importing else state.live.kind
        old = old.changed({**old.body, "apiVersion": kind.api_version, "kind": kind.name})
        old = old.with_metadata("name", old.name or name).with_metadata("namespace", old.namespace or namespace)
    manager = field_manager(old, state, server_side=cluster.settings.server_side)
    version = state.initial_api_version or old.api_version
    try:
        place = old.with_metadata("name", name).with_metadata("namespace", old.namespace or namespace)
        live = get(cluster, place)
    except NoSuchKindError:
        return None
    except ApiError as error:
        if error.missing:
            return None
        raise OperationError(str(error)) from error
    except UnreachableError as error:
        raise OperationError(str(error)) from error
    inputs = _importable(live) if importing else live.changed(pruned(live.body, old.body))
    recorded = Record(inputs, given, version, manager).of(live)
    shown: dict[str, Any] = property_names(inputs.body)
    mark_secrets(shown, given)
    judge = None if importing else read_judge_of(old)
    verdict = judge(cluster, live) if judge is not None else None
    if verdict is not None and not verdict.ready and verdict.ready_after is None:
        raise PartialOperationError(
            identifier,
            f"{live.kind.name} {identifier} is there but does not work",
            recorded,
            shown,
            verdict.reasons(),
        )
    return Reading(identifier, recorded, shown)


def _importable(live: Manifest) -> Manifest:
    """Return the parts of a live object that a program could have said."""
    inputs = copy.deepcopy({key: value for key, value in live.body.items() if key != "status"})
    values = inputs["metadata"]
    for key in _NOT_INPUTS:
        values.pop(key, None)
    annotations = values.get("annotations")
    if isinstance(annotations, dict):
        for key in _NOT_INPUT_ANNOTATIONS:
            annotations.pop(key, None)
    return Manifest.of(inputs)
