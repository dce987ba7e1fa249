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
from govcloud_offline.kubernetes.inputs import metadata
from govcloud_offline.kubernetes.inputs.kinds import kind_of, kind_of_type, type_of
from govcloud_offline.kubernetes.inputs.normal import normalised
from govcloud_offline.kubernetes.inputs.secrecy import mark_secrets
from govcloud_offline.kubernetes.inputs.spelling import plain, property_names
from govcloud_offline.kubernetes.inputs.state import State, field_manager, outputs
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
    namespace, name = metadata.split_identifier(identifier)
    if not name:
        raise OperationError(
            f'"{identifier}" names no object: an id is NAMESPACE/NAME, or NAME for what is cluster-wide'
        )
    state = State.of(properties)
    old = normalised(plain(given), cluster.types)
    importing = False
    if not kind_of(old).name:
        source = state.live if state.live.get("kind") else None
        importing = source is None
        kind = kind_of_type(type_of(urn)) if source is None else kind_of(source)
        old["apiVersion"], old["kind"] = kind.api_version, kind.name
        if not metadata.name_of(old):
            metadata.set_metadata(old, "name", name)
        if not metadata.namespace_of(old):
            metadata.set_metadata(old, "namespace", namespace)
    manager = field_manager(old, state, server_side=cluster.settings.server_side)
    version = state.initial_api_version or str(old.get("apiVersion", ""))
    place = {**old, "metadata": {"namespace": metadata.namespace_of(old) or namespace, "name": name}}
    try:
        resource = cluster.resource(kind_of(old))
        live = cluster.client.request("GET", resource.path(place))
    except NoSuchKindError:
        return None
    except ApiError as error:
        if error.missing:
            return None
        raise OperationError(str(error)) from error
    except UnreachableError as error:
        raise OperationError(str(error)) from error
    inputs = _importable(live) if importing else pruned(live, old)
    recorded = outputs(inputs=inputs, live=live, given=given, initial_api_version=version, manager=manager)
    shown: dict[str, Any] = property_names(inputs)
    mark_secrets(shown, given)
    judge = None if importing else read_judge_of(old)
    verdict = judge(cluster, live) if judge is not None else None
    if verdict is not None and not verdict.ready and verdict.ready_after is None:
        raise PartialOperationError(
            identifier,
            f"{kind_of(live).name} {identifier} is there but does not work",
            recorded,
            shown,
            verdict.reasons(),
        )
    return Reading(identifier, recorded, shown)


def _importable(live: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of a live object that a program could have said."""
    inputs = copy.deepcopy({key: value for key, value in live.items() if key != "status"})
    values = inputs["metadata"]
    for key in _NOT_INPUTS:
        values.pop(key, None)
    annotations = values.get("annotations")
    if isinstance(annotations, dict):
        for key in _NOT_INPUT_ANNOTATIONS:
            annotations.pop(key, None)
    return inputs
