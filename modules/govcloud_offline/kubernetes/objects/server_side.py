"""Server-side apply: taking fields over, setting them, and letting go of them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from govcloud_offline.kubernetes.api.api_error import ApiError
from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.inputs.manifest import Manifest
from govcloud_offline.kubernetes.inputs.state import CREATE_MANAGER
from govcloud_offline.kubernetes.objects.field_sets import kept, overlaid, union
from govcloud_offline.kubernetes.objects.managed_fields import emptied, ignored, split, taken_over, with_ourselves
from govcloud_offline.kubernetes.objects.merge_patch import MERGE, merge_patch

if TYPE_CHECKING:
    from govcloud_offline.kubernetes.api.client import Client

__all__ = ["ApplyConflictError", "apply", "apply_update", "preview_update", "release"]

_APPLY: Final = "application/apply-patch+yaml"  # JSON is YAML
_JSON_PATCH: Final = "application/json-patch+json"
_DRY: Final = {"dryRun": "All"}
_ATTEMPTS: Final = 5

_CONFLICT_HELP: Final = (
    "https://www.pulumi.com/registry/packages/kubernetes/how-to-guides/"
    "managing-resources-with-server-side-apply/#handle-field-conflicts-on-existing-resources"
)


class ApplyConflictError(Exception):
    """Another field manager owns what we would set; or the object has changed since it was read (no `causes`)."""

    def __init__(self, manager: str, cause: ApiError) -> None:
        self.causes: list[dict[str, Any]] = cause.details.get("causes") or []
        others = [item for item in self.causes if not with_ourselves([item])]
        told = "; ".join(f"{item.get('message')}: {item.get('field')}" for item in others)
        if len(others) in (0, len(self.causes)):
            told = str(cause)
        super().__init__(
            f'"{manager}", the field manager of this resource, may not change what another manager owns: {told}\n'
            "Leave those fields out of the program, or take them over with the annotation pulumi.com/patchForce "
            f"(on the provider: enablePatchForce). More: {_CONFLICT_HELP}"
        )

    @property
    def with_ourselves(self) -> bool:
        """True where all of the fields are ours under another name."""
        return with_ourselves(self.causes)


def apply(
    client: Client, path: str, inputs: dict[str, Any], manager: str, force: bool, query: dict[str, str]
) -> Manifest:
    """Apply `inputs` as `manager` and return the object. Raises ApiError and :class:`ApplyConflictError`."""
    try:
        live = client.request(
            "PATCH",
            path,
            query={**query, "fieldManager": manager, "force": str(force).lower()},
            body=inputs,
            content_type=_APPLY,
        )
    except ApiError as error:
        if error.conflict:
            raise ApplyConflictError(manager, error) from error
        raise
    return Manifest.of(live)


def apply_update(
    client: Client,
    path: str,
    live: Manifest,
    inputs: dict[str, Any],
    manager: str,
    force: bool,
    ignore: tuple[str, ...],
) -> Manifest:
    """Take over what is ours under other names, then apply `inputs`, and return the object.

    Of some values a server thinks that any write changes them (an amount such as 512Mi within a list that is one
    value, as in an autoscaler's metrics), and books them for the request that takes them over. What is ours in that
    way is set, or removed, by a plain patch before it is applied; nobody else's field is touched by it.

    Where applying takes the last field out of a map, or the last element out of a list, it leaves nothing at all in
    its place, though what is applied says that it is empty: an affinity vanishes, the spec of a custom resource is
    refused. So what goes from there goes by such a patch too, and what a server puts there itself is let go of.
    Raises ApiError and :class:`ApplyConflictError`.
    """
    for attempt in range(_ATTEMPTS):
        live = _take_over(client, path, live, manager)
        wanted = ignored(inputs, live, manager, ignore)
        try:
            if _is_pending(live, manager) or _empties(live, wanted, manager):
                if not force:
                    _check_conflicts(client, path, wanted, manager)
                live = _put_together(client, path, live, wanted, manager, {})
                live = _rebook(client, path, live, functools.partial(emptied, manager=manager, said=wanted))
            try:
                return apply(client, path, wanted, manager, force, {})
            except ApplyConflictError as conflict:
                if not conflict.with_ourselves:
                    raise
            return apply(client, path, _as_read(wanted, live), manager, True, {})
        except (ApiError, ApplyConflictError) as error:
            stale = error.conflict if isinstance(error, ApiError) else not error.causes
            if not stale or attempt == _ATTEMPTS - 1:
                raise
        live = Manifest.of(client.request("GET", path))
    raise AssertionError("the last attempt returns or raises")


def preview_update(
    client: Client,
    path: str,
    live: Manifest,
    inputs: dict[str, Any],
    manager: str,
    force: bool,
    ignore: tuple[str, ...],
) -> Manifest:
    """Return what :func:`apply_update` would make of the object; nothing is changed.

    As long as fields are to be taken over, a rehearsal of the apply alone would show another object: one that still
    has what the program drops, and that may break a rule which the real one keeps (two ports of the same name), or
    keep one which it breaks. Raises ApiError and :class:`ApplyConflictError`.
    """
    wanted = ignored(inputs, live, manager, ignore)
    if not _is_pending(live, manager) and not _empties(live, wanted, manager):
        return apply(client, path, wanted, manager, force, _DRY)
    if not force:
        _check_conflicts(client, path, wanted, manager)
    return _put_together(client, path, live, wanted, manager, _DRY)


def _is_pending(live: Manifest, manager: str) -> bool:
    return taken_over(live.managed_fields, manager) is not None


def _empties(live: Manifest, wanted: dict[str, Any], manager: str) -> bool:
    return emptied(live.managed_fields, manager, wanted) is not None


def _check_conflicts(client: Client, path: str, wanted: dict[str, Any], manager: str) -> None:
    """Raise :class:`ApplyConflictError` where others own what we would set; judge nothing else."""
    try:
        apply(client, path, wanted, manager, False, _DRY)
    except ApplyConflictError as conflict:
        if not conflict.with_ourselves:
            raise
    except ApiError as error:
        if not error.invalid:
            raise


def _put_together(
    client: Client, path: str, live: Manifest, wanted: dict[str, Any], manager: str, query: dict[str, str]
) -> Manifest:
    """Patch the object to what applying `wanted` would make of it if all that is ours were `manager`'s."""
    ours, theirs = split(live.managed_fields, manager)
    together = overlaid(kept(live.body, wanted, ours, theirs), wanted, union((ours, theirs)) or None)
    patch = merge_patch(live.body, together, live.body)
    if query != _DRY:  # what a controller writes beside us is no reason for a preview to fail
        patch = _as_read(patch, live)
    query = {**query, "fieldManager": CREATE_MANAGER}
    return Manifest.of(client.request("PATCH", path, query=query, body=patch, content_type=MERGE))


def _as_read(body: dict[str, Any], live: Manifest) -> dict[str, Any]:
    """Return `body` for an object that has not changed since `live` was read."""
    version = live.metadata["resourceVersion"]
    return {**body, "metadata": {**(body.get("metadata") or {}), "resourceVersion": version}}


def _take_over(client: Client, path: str, live: Manifest, manager: str) -> Manifest:
    """Give us the fields that we created, or that kubectl set, so that applying them again is no conflict."""
    return _rebook(client, path, live, functools.partial(taken_over, manager=manager))


def _rebook(
    client: Client,
    path: str,
    live: Manifest,
    changed: Callable[[list[dict[str, Any]]], list[dict[str, Any]] | None],
) -> Manifest:
    """Change who owns which fields, as long as `changed` returns other entries than those that it is given."""
    while True:
        entries = changed(live.managed_fields)
        if entries is None:
            return live
        version = live.metadata["resourceVersion"]
        patch = [
            {"op": "replace", "path": "/metadata/managedFields", "value": entries},
            {"op": "replace", "path": "/metadata/resourceVersion", "value": version},
        ]
        # Under a name that is known as ours: whatever the server books for this request is booked for that.
        query = {"fieldManager": CREATE_MANAGER}
        try:
            return Manifest.of(client.request("PATCH", path, query=query, body=patch, content_type=_JSON_PATCH))
        except ApiError as error:
            if not error.conflict:
                raise
            live = Manifest.of(client.request("GET", path))


def release(cluster: Cluster, live: Manifest, manager: str) -> None:
    """Give up all fields that `manager` owns; those that nobody else owns go back to their defaults."""
    identity = {
        "apiVersion": live.api_version,
        "kind": live.kind.name,
        # The uid, so that an object that is gone meanwhile is not made anew, empty.
        "metadata": {key: live.metadata[key] for key in ("name", "namespace", "uid") if live.metadata.get(key)},
    }
    apply(cluster.client, live.path(cluster.resource(live.kind)), identity, manager, False, {})
