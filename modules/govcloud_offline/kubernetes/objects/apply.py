"""Creating and updating objects: plain creation first, server-side apply ever after."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from govcloud_base.discovery import Served
from govcloud_offline.kubernetes.api.api_error import ApiError
from govcloud_offline.kubernetes.api.cluster import CancelledError, Cluster
from govcloud_offline.kubernetes.api.discovery import NoSuchKindError
from govcloud_offline.kubernetes.engine import Log
from govcloud_offline.kubernetes.inputs.manifest import Manifest
from govcloud_offline.kubernetes.inputs.names import unique_name
from govcloud_offline.kubernetes.inputs.state import CREATE_MANAGER
from govcloud_offline.kubernetes.objects.managed_fields import ignored
from govcloud_offline.kubernetes.objects.merge_patch import MERGE, merge_patch
from govcloud_offline.kubernetes.objects.server_side import Apply
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
    ignore: tuple[str, ...] = ()
    """Property paths that an update leaves alone."""


def get(cluster: Cluster, manifest: Manifest) -> Manifest:
    """Return the live object of this kind, namespace and name. Raises ApiError, NoSuchKindError, UnreachableError."""
    return cluster.read(manifest.path(cluster.resource(manifest.kind)))


def create(cluster: Cluster, inputs: Manifest, options: ApplyOptions, log: Log) -> tuple[Served, Manifest]:
    """Create an object and return it with its resource; in preview the server only says what it would make.

    Waits for a namespace or a definition that is being made. With `upsertExistingObjects` and for patches the object
    is applied, whether it exists or not. Raises ApiError, NoSuchKindError, UnreachableError and
    :class:`ApplyConflictError`.
    """
    started, following = time.monotonic(), pauses(_RETRY_PAUSE)
    while True:
        try:
            resource = cluster.resource(inputs.kind)
            live = _create(cluster, resource, inputs, options, log)
            if options.preview or not live.metadata.get("deletionTimestamp"):
                return resource, live
            # Applied to an object on its way out: it would be gone with what we wrote.
            text = f'object is being deleted: {resource.plural} "{live.name}" already exists'
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


def _create(cluster: Cluster, resource: Served, inputs: Manifest, options: ApplyOptions, log: Log) -> Manifest:
    settings = cluster.settings
    if not resource.namespaced:
        # It may have one: of a custom kind whose definition was not known when the namespace was filled in.
        inputs = inputs.with_metadata("namespace", "")
    query = {"dryRun": "All"} if options.preview else {}
    if settings.server_side and (settings.upsert or inputs.patch):
        force = options.preview or settings.patch_force or inputs.options.patch_force
        try:
            return Apply(cluster.client, inputs.path(resource), options.manager, force).send(inputs.body, query)
        except ApiError as error:
            if not (options.preview and error.invalid):
                raise
            return _rehearsed(cluster.client, resource, inputs, options.manager)
    live = cluster.client.request(
        "POST",
        resource.collection(inputs.namespace or "default"),
        query={**query, "fieldManager": CREATE_MANAGER, "fieldValidation": "Warn"},
        body=inputs.body,
        warn=log.warning,
    )
    return Manifest.of(live)


def _rehearsed(client: Client, resource: Served, inputs: Manifest, manager: str) -> Manifest:
    """Return what creation would make under a name that is free.

    For the preview of a replacement: the old object is still there, and applying to it breaks on what is immutable.
    """
    other = inputs.with_metadata("name", unique_name(f"{inputs.name[:_REHEARSAL_NAME]}-"))
    live = Apply(client, other.path(resource), manager, force=True).send(other.body, {"dryRun": "All"})
    return live.with_metadata("name", inputs.name)


def update(
    cluster: Cluster, old_inputs: Manifest, inputs: Manifest, old_live: Manifest, options: ApplyOptions
) -> tuple[Served, Manifest]:
    """Update the object recorded as `old_live` to `inputs` and return it with its resource.

    Definitions of custom resources are put as a whole, everything else is applied; in client-side mode the difference
    is sent as a merge patch. Raises ApiError, NoSuchKindError, UnreachableError, :class:`ApplyConflictError`.
    """
    resource = cluster.resource(inputs.kind)
    path = inputs.with_metadata("name", old_live.name).path(resource)
    client = cluster.client
    live = cluster.read(path)
    query = {"dryRun": "All"} if options.preview else {}
    if inputs.kind.name == "CustomResourceDefinition":
        whole = inputs.with_metadata("resourceVersion", live.metadata["resourceVersion"])
        put = client.request("PUT", path, query={**query, "fieldManager": options.manager}, body=whole.body)
        return resource, Manifest.of(put)
    if not cluster.settings.server_side:
        patch = merge_patch(old_inputs.body, inputs.body, live.body)
        query["fieldManager"] = options.manager
        return resource, Manifest.of(client.request("PATCH", path, query=query, body=patch, content_type=MERGE))
    # Where nobody owns anything, the object stems from before this bookkeeping, and applying must force.
    force = cluster.settings.patch_force or inputs.options.patch_force or not live.managed_fields
    apply = Apply(client, path, options.manager, force)
    if inputs.patch:
        return resource, apply.send(ignored(inputs.body, live, options.manager, options.ignore), query)
    write = apply.preview if options.preview else apply.update
    return resource, write(live, inputs.body, options.ignore)
