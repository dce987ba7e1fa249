"""Server-side apply: taking fields over, setting them, and letting go of them."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
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

__all__ = ["Apply", "ApplyConflictError", "release"]

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


@dataclass(frozen=True, slots=True)
class Apply:
    """Writing to one object as one manager. All of it raises ApiError and :class:`ApplyConflictError`."""

    client: Client
    path: str
    manager: str
    force: bool = False
    """Fields that another manager owns are taken over."""

    def send(self, body: dict[str, Any], query: Mapping[str, str] = MappingProxyType({})) -> Manifest:
        """Apply `body` and return the object."""
        query = {**query, "fieldManager": self.manager, "force": str(self.force).lower()}
        try:
            return self._patch(body, query, _APPLY)
        except ApiError as error:
            if error.conflict:
                raise ApplyConflictError(self.manager, error) from error
            raise

    def update(self, live: Manifest, inputs: dict[str, Any], ignore: tuple[str, ...]) -> Manifest:
        """Take over what is ours under other names, then apply `inputs`, and return the object.

        Of some values a server thinks that any write changes them (an amount such as 512Mi within a list that is one
        value, as in an autoscaler's metrics), and books them for the request that takes them over. What is ours in
        that way is set, or removed, by a plain patch before it is applied; nobody else's field is touched by it.

        Where applying takes the last field out of a map, or the last element out of a list, it leaves nothing at all
        in its place, though what is applied says that it is empty: an affinity vanishes, the spec of a custom resource
        is refused. So what goes from there goes by such a patch too, and what a server puts there itself is let go of.
        """
        forced = dataclasses.replace(self, force=True)
        for attempt in range(_ATTEMPTS):
            # So that applying what we created, or what kubectl set, is no conflict.
            live = self._rebook(live, functools.partial(taken_over, manager=self.manager))
            wanted = ignored(inputs, live, self.manager, ignore)
            try:
                if self._is_pending(live) or self._empties(live, wanted):
                    self._check_conflicts(wanted)
                    live = self._put_together(live, wanted, {})
                    live = self._rebook(live, functools.partial(emptied, manager=self.manager, said=wanted))
                try:
                    return self.send(wanted)
                except ApplyConflictError as conflict:
                    if not conflict.with_ourselves:
                        raise
                return forced.send(_as_read(wanted, live))
            except (ApiError, ApplyConflictError) as error:
                stale = error.conflict if isinstance(error, ApiError) else not error.causes
                if not stale or attempt == _ATTEMPTS - 1:
                    raise
            live = self._read()
        raise AssertionError("the last attempt returns or raises")

    def preview(self, live: Manifest, inputs: dict[str, Any], ignore: tuple[str, ...]) -> Manifest:
        """Return what :meth:`update` would make of the object; nothing is changed.

        As long as fields are to be taken over, a rehearsal of the apply alone would show another object: one that
        still has what the program drops, and that may break a rule which the real one keeps (two ports of the same
        name), or keep one which it breaks.
        """
        wanted = ignored(inputs, live, self.manager, ignore)
        if not self._is_pending(live) and not self._empties(live, wanted):
            return self.send(wanted, _DRY)
        self._check_conflicts(wanted)
        return self._put_together(live, wanted, _DRY)

    def _is_pending(self, live: Manifest) -> bool:
        return taken_over(live.managed_fields, self.manager) is not None

    def _empties(self, live: Manifest, wanted: dict[str, Any]) -> bool:
        return emptied(live.managed_fields, self.manager, wanted) is not None

    def _check_conflicts(self, wanted: dict[str, Any]) -> None:
        """Raise :class:`ApplyConflictError` where others own what we would set and not force; judge nothing else."""
        if self.force:
            return
        try:
            self.send(wanted, _DRY)
        except ApplyConflictError as conflict:
            if not conflict.with_ourselves:
                raise
        except ApiError as error:
            if not error.invalid:
                raise

    def _put_together(self, live: Manifest, wanted: dict[str, Any], query: Mapping[str, str]) -> Manifest:
        """Patch the object to what applying `wanted` would make of it if all that is ours were our manager's."""
        ours, theirs = split(live.managed_fields, self.manager)
        together = overlaid(kept(live.body, wanted, ours, theirs), wanted, union((ours, theirs)) or None)
        patch = merge_patch(live.body, together, live.body)
        if query != _DRY:  # what a controller writes beside us is no reason for a preview to fail
            patch = _as_read(patch, live)
        return self._patch(patch, {**query, "fieldManager": CREATE_MANAGER}, MERGE)

    def _rebook(
        self, live: Manifest, changed: Callable[[list[dict[str, Any]]], list[dict[str, Any]] | None]
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
            try:
                # Under a name that is known as ours: whatever the server books for this request is booked for that.
                return self._patch(patch, {"fieldManager": CREATE_MANAGER}, _JSON_PATCH)
            except ApiError as error:
                if not error.conflict:
                    raise
                live = self._read()

    def _read(self) -> Manifest:
        return Manifest.of(self.client.request("GET", self.path))

    def _patch(self, body: Any, query: Mapping[str, str], content_type: str) -> Manifest:
        return Manifest.of(self.client.request("PATCH", self.path, query=query, body=body, content_type=content_type))


def _as_read(body: dict[str, Any], live: Manifest) -> dict[str, Any]:
    """Return `body` for an object that has not changed since `live` was read."""
    version = live.metadata["resourceVersion"]
    return {**body, "metadata": {**(body.get("metadata") or {}), "resourceVersion": version}}


def release(cluster: Cluster, live: Manifest, manager: str) -> None:
    """Give up all fields that `manager` owns; those that nobody else owns go back to their defaults."""
    identity = {
        "apiVersion": live.api_version,
        "kind": live.kind.name,
        # The uid, so that an object that is gone meanwhile is not made anew, empty.
        "metadata": {key: live.metadata[key] for key in ("name", "namespace", "uid") if live.metadata.get(key)},
    }
    Apply(cluster.client, live.path(cluster.resource(live.kind)), manager).send(identity)
