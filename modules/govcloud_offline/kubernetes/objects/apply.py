"""Creating and updating objects: plain creation first, server-side apply ever after."""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from govcloud_offline.kubernetes.api.api_error import ApiError
from govcloud_offline.kubernetes.api.cluster import CancelledError, Cluster
from govcloud_offline.kubernetes.api.discovery import NoSuchKindError, Resource
from govcloud_offline.kubernetes.engine import Log
from govcloud_offline.kubernetes.inputs import metadata
from govcloud_offline.kubernetes.inputs.kinds import kind_of
from govcloud_offline.kubernetes.inputs.names import unique_name
from govcloud_offline.kubernetes.inputs.state import CREATE_MANAGER
from govcloud_offline.kubernetes.objects.managed_fields import ignored, unowned
from govcloud_offline.kubernetes.objects.merge_patch import MERGE, merge_patch
from govcloud_offline.kubernetes.objects.server_side import apply, apply_update, preview_update
from govcloud_offline.kubernetes.readiness.waiting import pauses

if TYPE_CHECKING:
    from govcloud_offline.kubernetes.api.client import Client

__all__ = ["ApplyOptions", "create", "get", "update"]

# The official plugin tries for 63 s whatever is missing. What the program itself is going to make is worth a wait;
# anything else gets the time in which a neighbouring stack or a controller might finish.
_EXPECTED: Final = 60.0
_UNEXPECTED: Final = 4.0
_RETRY_PAUSE: Final = 0.2
_HTTP_CONFLICT: Final = 409
_REHEARSAL_NAME: Final = 50  # characters; with a suffix short enough for any kind


@dataclass(frozen=True, slots=True)
class ApplyOptions:
    """How an object is written."""

    manager: str
    preview: bool
    patch: bool = False
    """A `…Patch` resource: owns fields of somebody else's object."""
    ignore: tuple[str, ...] = ()
    """Property paths that an update leaves alone."""


def get(cluster: Cluster, manifest: dict[str, Any]) -> dict[str, Any]:
    """Return the live object of this kind, namespace and name. Raises ApiError, NoSuchKindError, UnreachableError."""
    live: dict[str, Any] = cluster.client.request("GET", cluster.resource(kind_of(manifest)).path(manifest))
    return live


def create(
    cluster: Cluster, inputs: dict[str, Any], options: ApplyOptions, log: Log
) -> tuple[Resource, dict[str, Any]]:
    """Create an object and return it with its resource; in preview the server only says what it would make.

    Waits for a namespace or a definition that is being made. With `upsertExistingObjects` and for patches the object
    is applied, whether it exists or not. Raises ApiError, NoSuchKindError, UnreachableError and
    :class:`ApplyConflictError`.
    """
    started, following = time.monotonic(), pauses(_RETRY_PAUSE)
    while True:
        try:
            resource = cluster.resource(kind_of(inputs))
            live = _create(cluster, resource, inputs, options, log)
            if options.preview or not live["metadata"].get("deletionTimestamp"):
                return resource, live
            # Applied to an object on its way out: it would be gone with what we wrote.
            text = f'object is being deleted: {resource.plural} "{metadata.name_of(live)}" already exists'
            raise ApiError(_HTTP_CONFLICT, "AlreadyExists", text)
        except (NoSuchKindError, ApiError) as error:
            leaving = isinstance(error, ApiError) and error.leaving
            if isinstance(error, NoSuchKindError) and error.final:
                raise
            if options.preview or (isinstance(error, ApiError) and not error.missing and not leaving):
                raise
            patience = _EXPECTED if leaving or cluster.expects(inputs) else _UNEXPECTED
            if time.monotonic() - started > patience:
                raise
            log.progress(f"creation waits: {error}")
            try:
                cluster.pause(following())
            except CancelledError:
                raise error from None


def _create(
    cluster: Cluster, resource: Resource, inputs: dict[str, Any], options: ApplyOptions, log: Log
) -> dict[str, Any]:
    settings = cluster.settings
    if not resource.namespaced and metadata.namespace_of(inputs):
        # A custom kind whose definition was not known when the namespace was filled in.
        inputs = copy.deepcopy(inputs)
        metadata.set_metadata(inputs, "namespace", "")
    query = {"dryRun": "All"} if options.preview else {}
    if settings.server_side and (settings.upsert or options.patch):
        force = options.preview or settings.patch_force or metadata.is_true(inputs, "patchForce")
        try:
            return apply(cluster.client, resource.path(inputs), inputs, options.manager, force, query)
        except ApiError as error:
            if not (options.preview and error.invalid):
                raise
            return _rehearsed(cluster.client, resource, inputs, options.manager)
    live: dict[str, Any] = cluster.client.request(
        "POST",
        resource.collection(metadata.namespace_of(inputs)),
        query={**query, "fieldManager": CREATE_MANAGER, "fieldValidation": "Warn"},
        body=inputs,
        warn=log.warning,
    )
    return live


def _rehearsed(client: Client, resource: Resource, inputs: dict[str, Any], manager: str) -> dict[str, Any]:
    """Return what creation would make under a name that is free.

    For the preview of a replacement: the old object is still there, and applying to it breaks on what is immutable.
    """
    other = copy.deepcopy(inputs)
    name = metadata.name_of(inputs)
    metadata.set_metadata(other, "name", unique_name(f"{name[:_REHEARSAL_NAME]}-"))
    live = apply(client, resource.path(other), other, manager, True, {"dryRun": "All"})
    metadata.set_metadata(live, "name", name)
    return live


def update(
    cluster: Cluster,
    old_inputs: dict[str, Any],
    inputs: dict[str, Any],
    old_live: dict[str, Any],
    options: ApplyOptions,
) -> tuple[Resource, dict[str, Any]]:
    """Update the object recorded as `old_live` to `inputs` and return it with its resource.

    Definitions of custom resources are put as a whole, everything else is applied; in client-side mode the difference
    is sent as a merge patch. Raises ApiError, NoSuchKindError, UnreachableError, :class:`ApplyConflictError`.
    """
    resource = cluster.resource(kind_of(inputs))
    path = resource.path({**inputs, "metadata": {**inputs["metadata"], "name": metadata.name_of(old_live)}})
    client = cluster.client
    live = client.request("GET", path)
    query = {"dryRun": "All"} if options.preview else {}
    if kind_of(inputs).name == "CustomResourceDefinition":
        whole = copy.deepcopy(inputs)
        metadata.set_metadata(whole, "resourceVersion", live["metadata"]["resourceVersion"])
        put = client.request("PUT", path, query={**query, "fieldManager": options.manager}, body=whole)
        return resource, put
    if not cluster.settings.server_side:
        patch = merge_patch(old_inputs, inputs, live)
        query["fieldManager"] = options.manager
        return resource, client.request("PATCH", path, query=query, body=patch, content_type=MERGE)
    force = cluster.settings.patch_force or metadata.is_true(inputs, "patchForce") or unowned(live)
    if options.patch:
        wanted = ignored(inputs, live, options.manager, options.ignore)
        return resource, apply(client, path, wanted, options.manager, force, query)
    write = preview_update if options.preview else apply_update
    return resource, write(client, path, live, inputs, options.manager, force, options.ignore)
