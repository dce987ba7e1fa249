"""Create, read, update and delete: from recorded state and inputs to a changed cluster and new state."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import Any, Final

from govcloud.local.offline.kubernetes import await_pods, metadata
from govcloud.local.offline.kubernetes.api_error import ApiError, UnreachableError
from govcloud.local.offline.kubernetes.apply import ApplyConflictError, ApplyOptions, create, get, release, update
from govcloud.local.offline.kubernetes.awaiters import (
    WaitForError,
    judge_of,
    patience,
    read_judge_of,
    skips_deletion,
)
from govcloud.local.offline.kubernetes.check import is_patch
from govcloud.local.offline.kubernetes.cluster import Cluster
from govcloud.local.offline.kubernetes.discovery import NoSuchKindError
from govcloud.local.offline.kubernetes.engine import Log
from govcloud.local.offline.kubernetes.failures import OperationError, PartialOperationError
from govcloud.local.offline.kubernetes.kinds import Kind, kind_of, kind_of_type, type_of
from govcloud.local.offline.kubernetes.normal import normalised
from govcloud.local.offline.kubernetes.prune import pruned
from govcloud.local.offline.kubernetes.secrecy import mark_secrets
from govcloud.local.offline.kubernetes.state import State, field_manager, outputs
from govcloud.local.offline.kubernetes.values import has_unknown, plain, property_names
from govcloud.local.offline.kubernetes.waiting import (
    DELETION_TIMEOUT,
    NotReadyError,
    wait_deleted,
    wait_ready,
)

__all__ = [
    "Reading",
    "create_resource",
    "delete_resource",
    "read_resource",
    "replaced_as_unready",
    "update_resource",
]

_EXISTS_HELP: Final = """

The resource already exists in the cluster. This can happen when:

  - Renaming a Pulumi resource: use an alias to preserve the identity,
    or use deleteBeforeReplace if the resource needs replacement.
  - Managing an existing resource: use a Patch resource (e.g. NamespacePatch)
    to manage specific fields without owning the resource lifecycle.
  - Adopting a resource into Pulumi: use `pulumi import`. Note that
    protected resources (e.g. kube-system) cannot be deleted on destroy.
  - Intentional upsert: set upsertExistingObjects on the provider to allow
    server-side apply to update existing objects on create."""

_DELETE_UNREACHABLE: Final = 'PULUMI_K8S_DELETE_UNREACHABLE environment variable set to "true"'
# What a live object has and a program would not write.
_NOT_INPUTS: Final = ("creationTimestamp", "generation", "managedFields", "resourceVersion", "uid")
_NOT_INPUT_ANNOTATIONS: Final = (
    "deployment.kubernetes.io/revision",
    "kubectl.kubernetes.io/last-applied-configuration",
)


def _no_version(what: str, urn: str, kind: Kind, error: NoSuchKindError) -> OperationError:
    of_kind = f" with kind {kind}" if what == "creation" else ""
    return OperationError(
        f'{what} of resource "{urn}"{of_kind} failed because the Kubernetes API server reported that the apiVersion '
        f"for this resource does not exist. Verify that any required CRDs have been created: {error}"
    )


def create_resource(
    cluster: Cluster, urn: str, given: dict[str, Any], *, timeout: float, preview: bool, log: Log
) -> tuple[str, dict[str, Any]]:
    """Create the object of checked inputs `given`; return its id ("" in preview) and state.

    A preview that cannot ask the server returns the inputs. Raises :class:`OperationError`.
    """
    inputs = plain(given)
    patch = is_patch(urn, inputs)
    if preview and (
        has_unknown(given)
        or patch
        or not cluster.settings.server_side
        or metadata.namespace_of(inputs) in cluster.missing_namespaces
        or not cluster.serves(kind_of(inputs))
    ):
        return "", given
    if cluster.unreachable:
        raise OperationError(f"configured Kubernetes cluster is unreachable: {cluster.unreachable}")
    settings = cluster.settings
    adopting = urn if settings.upsert else ""
    manager = field_manager(inputs, None, server_side=settings.server_side, adopting=adopting)
    version = str(inputs.get("apiVersion", ""))

    def state(live: dict[str, Any]) -> dict[str, Any]:
        return outputs(inputs=inputs, live=live, given=given, initial_api_version=version, manager=manager)

    try:
        resource, live = create(cluster, inputs, ApplyOptions(manager, preview, patch), log)
    except NoSuchKindError as error:
        raise _no_version("creation", urn, kind_of_type(type_of(urn)), error) from error
    except ApiError as error:
        if preview and (error.namespace_missing or error.forbidden or error.exists or _no_dry_run(error)):
            if error.namespace_missing:
                cluster.missing_namespaces.add(metadata.namespace_of(inputs))
            return "", given
        text = f"{error}{_EXISTS_HELP if error.exists else ''}"
        raise OperationError(
            f'resource "{urn}" was not successfully created by the Kubernetes API server: {text}'
        ) from error
    except (ApplyConflictError, UnreachableError) as error:
        raise OperationError(
            f'resource "{urn}" was not successfully created by the Kubernetes API server: {error}'
        ) from error
    if preview:
        live.pop("status", None)
        return "", state(live)
    try:
        judge = judge_of(inputs)
        if judge is not None:
            live = wait_ready(cluster, resource, live, judge, patience(inputs, timeout), log)
    except (NotReadyError, ApiError, UnreachableError, WaitForError) as error:
        last = error.live if isinstance(error, NotReadyError) else live
        raise PartialOperationError(
            metadata.identifier(last),
            f'resource "{urn}" was successfully created, but the Kubernetes API server reported that it failed to '
            f"fully initialize or become live: {error}",
            state(last),
            reasons=error.reasons if isinstance(error, NotReadyError) else (),
        ) from error
    log.done()
    return metadata.identifier(live), state(live)


def _no_dry_run(error: ApiError) -> bool:
    return error.code == 400 and "dry run" in error.message


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
        return _read_unreachable(cluster, identifier, properties, given, log)
    namespace, name = metadata.split_identifier(identifier)
    if not name:
        raise OperationError(
            f"failed to read resource because of a failure to parse resource name from request ID: {identifier}"
        )
    state = State.of(properties)
    old = normalised(plain(given))
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
            f"Resource '{metadata.name_of(live)}' was created but failed to initialize",
            recorded,
            shown,
            verdict.problems,
        )
    return Reading(identifier, recorded, shown)


def _read_unreachable(
    cluster: Cluster, identifier: str, properties: dict[str, Any], given: dict[str, Any], log: Log
) -> Reading | None:
    log.warning(f"configured Kubernetes cluster is unreachable: {cluster.unreachable}")
    if cluster.settings.delete_unreachable:
        log.info(
            "configured Kubernetes cluster is unreachable and the `deleteUnreachable` option is enabled. "
            "Deleting the unreachable resource from Pulumi state"
        )
        return None
    if cluster.settings.skip_update_unreachable:
        log.info(
            "configured Kubernetes cluster is unreachable and the `skipUnreachable` option is enabled. "
            "Returned data could not reflect the actual cluster configuration."
        )
        return Reading(identifier, properties, given)
    raise OperationError(
        "failed to read resource state due to unreachable cluster. If the cluster was deleted, you can remove this "
        f"resource from Pulumi state by rerunning the operation with the {_DELETE_UNREACHABLE}"
    )


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
    become ready.
    """
    if not preview and cluster.unreachable:
        raise OperationError(f"configured Kubernetes cluster is unreachable: {cluster.unreachable}")
    inputs = normalised(plain(given))
    if preview and (has_unknown(given) or not cluster.serves(kind_of(inputs))):
        return given
    server_side = cluster.settings.server_side
    state = State.of(old_properties)
    manager = field_manager(inputs, state, server_side=server_side)
    manager_before = field_manager(state.inputs, state, server_side=server_side)
    version = state.initial_api_version or str(state.inputs.get("apiVersion", ""))
    patch = is_patch(urn, inputs)

    def recorded(live: dict[str, Any]) -> dict[str, Any]:
        return outputs(inputs=inputs, live=live, given=given, initial_api_version=version, manager=manager)

    options = ApplyOptions(manager, preview, patch, ignore)
    try:
        resource, live = update(cluster, normalised(state.inputs), inputs, state.live, options)
        judge = None if preview else judge_of(inputs)
        if judge is not None:
            live = wait_ready(cluster, resource, live, judge, patience(inputs, timeout), log)
    except NoSuchKindError as error:
        raise _no_version("update", urn, kind_of(inputs), error) from error
    except (ApiError, ApplyConflictError, NotReadyError, UnreachableError, WaitForError) as error:
        if preview and isinstance(error, ApiError) and error.forbidden:
            return given
        raise _update_failed(cluster, urn, state, error, recorded) from error
    if server_side and not preview and manager != manager_before:
        release(cluster, live, manager_before)
    log.done()
    return recorded(live)


def _update_failed(cluster: Cluster, urn: str, state: State, error: Exception, recorded: Any) -> OperationError:
    try:
        live = error.live if isinstance(error, NotReadyError) else get(cluster, state.live)
    except (ApiError, NoSuchKindError, UnreachableError) as gone:
        return OperationError(f'update of resource "{urn}" failed: {error}\nunable to get cluster state: {gone}')
    identifier = metadata.identifier(live)
    return PartialOperationError(
        identifier,
        f'the Kubernetes API server reported that "{identifier}" failed to fully initialize or become live: {error}',
        recorded(live),
        reasons=error.reasons if isinstance(error, NotReadyError) else (),
    )


def replaced_as_unready(cluster: Cluster, inputs: dict[str, Any], live: dict[str, Any], log: Log) -> bool:
    """Tell whether an object is to be replaced because `pulumi.com/replaceUnready` is set and it did not work.

    Only Jobs can be judged by one look. An object that cannot be read is left to the update.
    """
    if not metadata.is_true(inputs, "replaceUnready"):
        return False
    if cluster.unreachable:
        log.warning("Cluster is unreachable, skipping replaceUnready check")
        return False
    if kind_of(inputs).name != "Job":
        log.warning("replaceUnready annotation is not supported for this resource")
        return False
    try:
        return not await_pods.job(cluster, get(cluster, live)).ready
    except (ApiError, NoSuchKindError, UnreachableError):
        return False


def delete_resource(
    cluster: Cluster, urn: str, identifier: str, properties: dict[str, Any], *, timeout: float, log: Log
) -> None:
    """Delete an object and wait until it is gone; one that is gone already is fine. Raises :class:`OperationError`."""
    if cluster.unreachable:
        log.warning(f"configured Kubernetes cluster is unreachable: {cluster.unreachable}")
        if cluster.settings.delete_unreachable:
            log.info(
                "configured Kubernetes cluster is unreachable and the `deleteUnreachable` option is enabled. "
                "Deleting the unreachable resource from Pulumi state"
            )
            return
        raise OperationError(
            "configured Kubernetes cluster is unreachable. If the cluster was deleted, you can remove this resource "
            f"from Pulumi state by rerunning the operation with the {_DELETE_UNREACHABLE}"
        )
    state = State.of(properties)
    manager = field_manager(state.inputs, state, server_side=cluster.settings.server_side)
    namespace, name = metadata.split_identifier(identifier)
    place = {**state.live, "metadata": {"name": name, "namespace": metadata.namespace_of(state.live) or namespace}}
    try:
        resource = cluster.resource(kind_of(place))
        if cluster.settings.server_side and is_patch(urn, state.inputs):
            release(cluster, place, manager)
            return
        cluster.client.request(
            "DELETE",
            resource.path(place),
            body={
                "apiVersion": "v1",
                "kind": "DeleteOptions",
                "propagationPolicy": _propagation(state.inputs),
            },
        )
        if not skips_deletion(state.inputs):
            seconds = metadata.timeout_of(state.inputs, timeout, DELETION_TIMEOUT)
            uid = str((state.live.get("metadata") or {}).get("uid", ""))
            wait_deleted(cluster, resource, place, uid, seconds, log)
    except NoSuchKindError:
        return  # its definition is gone, and it with it
    except NotReadyError as error:
        recorded = outputs(
            inputs=state.inputs,
            live=error.live,
            given=properties,
            initial_api_version=state.initial_api_version,
            manager=manager,
        )
        raise PartialOperationError(identifier, str(error), recorded, reasons=error.reasons) from error
    except ApiError as error:
        if error.missing:
            return
        raise OperationError(str(error)) from error
    except (ApplyConflictError, UnreachableError) as error:
        raise OperationError(str(error)) from error
    log.done()


def _propagation(inputs: dict[str, Any]) -> str:
    chosen = metadata.annotation(inputs, "deletionPropagationPolicy").lower()
    return {"orphan": "Orphan", "background": "Background"}.get(chosen, "Foreground")
