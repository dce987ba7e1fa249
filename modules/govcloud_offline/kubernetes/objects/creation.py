"""Creating objects: from checked inputs to an object that works, and its state."""

from __future__ import annotations

from typing import Any, Final

from govcloud_offline.kubernetes.api.api_error import ApiError, UnreachableError
from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.api.discovery import NoSuchKindError
from govcloud_offline.kubernetes.engine import Log
from govcloud_offline.kubernetes.failures import OperationError, PartialOperationError, no_such_kind
from govcloud_offline.kubernetes.inputs.kinds import kind_of_type, type_of
from govcloud_offline.kubernetes.inputs.manifest import Manifest
from govcloud_offline.kubernetes.inputs.state import Record, field_manager
from govcloud_offline.kubernetes.objects.apply import ApplyOptions, create
from govcloud_offline.kubernetes.objects.server_side import ApplyConflictError
from govcloud_offline.kubernetes.reachability import require
from govcloud_offline.kubernetes.readiness.awaiters import WaitForError, judge_of, patience
from govcloud_offline.kubernetes.readiness.waiting import NotReadyError, wait_ready

__all__ = ["create_resource"]

_EXISTS_ADVICE: Final = """

An object of that name is there, and it is not recorded in this stack. What to do depends on whose it is:

  - It was made by this stack and is now called otherwise in the program: name its old name in `aliases`. Where a
    change needs a second object under the same name, `deleteBeforeReplace` lets the first one go before.
  - It stays somebody else's, and you set only some of its fields: declare a Patch resource (such as NamespacePatch).
  - It is to be yours: take it in with `pulumi import`. A later destroy would delete it, so protect what must not go.
  - Whatever this provider declares may be taken over: set `upsertExistingObjects` on the provider."""


def create_resource(
    cluster: Cluster, urn: str, given: dict[str, Any], *, timeout: float, preview: bool, log: Log
) -> tuple[str, dict[str, Any]]:
    """Create the object of checked inputs `given`; return its id ("" in preview) and state.

    A preview that cannot ask the server returns the inputs. Raises :class:`OperationError`, and in preview
    :class:`NoSuchKindError` for a kind that the server will never have.
    """
    inputs = Manifest.said(given, urn)
    if preview and (
        not cluster.serves(inputs.kind)  # first: a kind that will never come is an error
        or not cluster.judges(inputs.kind)
        or inputs.unknown
        or inputs.patch
        or not cluster.settings.server_side
        or inputs.namespace in cluster.missing_namespaces
    ):
        return "", given
    require(cluster, f"{urn} was not created")
    settings = cluster.settings
    adopting = urn if settings.upsert else ""
    manager = field_manager(inputs, None, server_side=settings.server_side, adopting=adopting)
    record = Record(inputs, given, inputs.api_version, manager)
    try:
        resource, live = create(cluster, inputs, ApplyOptions(manager, preview), log)
    except NoSuchKindError as error:
        raise no_such_kind(f"{urn} ({kind_of_type(type_of(urn))}) was not created", error) from error
    except ApiError as error:
        if preview and (error.namespace_missing or error.forbidden or error.exists or _no_dry_run(error)):
            if error.namespace_missing:
                cluster.missing_namespaces.add(inputs.namespace)
            return "", given
        raise OperationError(f"{urn} was not created: {error}{_EXISTS_ADVICE if error.exists else ''}") from error
    except (ApplyConflictError, UnreachableError) as error:
        raise OperationError(f"{urn} was not created: {error}") from error
    if preview:
        return "", record.of(live.changed({key: value for key, value in live.body.items() if key != "status"}))
    try:
        judge = judge_of(inputs)
        if judge is not None:
            live = wait_ready(cluster, resource, live, judge, patience(inputs, timeout), log)
    except (NotReadyError, ApiError, UnreachableError, WaitForError) as error:
        last = error.live if isinstance(error, NotReadyError) else live
        raise PartialOperationError(
            last.identifier,
            f"{urn} was created but does not work yet: {error}",
            record.of(last),
            reasons=error.reasons if isinstance(error, NotReadyError) else (),
        ) from error
    log.done()
    return live.identifier, record.of(live)


def _no_dry_run(error: ApiError) -> bool:
    return error.code == 400 and "dry run" in error.message
