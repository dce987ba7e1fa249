"""Taking back what Pulumi cannot: fields that somebody added to its objects, and walls that nobody declared.

Pulumi applies the fields that a program says, and leaves alone what others added to the same object; what it never made
it does not know. So where a run of Pulumi has ended well and the live cloud still differs, the rest is taken back here,
by the same identity: each field to what is declared, each undeclared wall away. What only a person can judge is left.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from govcloud.clouds.live_cluster import LiveCluster
from govcloud.comparison import Change, changes
from govcloud.comparison.boundary import BOUNDARY_KINDS
from govcloud.render import key_of
from govcloud_base.errors import CloudError, Language, Text, told

__all__ = ["operations", "take_back"]

_SERVERS = ("metadata", "deletionTimestamp")
"""What is being deleted cannot be kept; it comes back in the next run."""


def take_back(cluster: LiveCluster, declared: Iterable[Mapping[str, Any]]) -> Iterator[Text]:
    """Make the live objects what `declared` says, and remove walls that it does not name; yield a line for each.

    Where the cluster refuses, the line says so and the others follow. Raises CloudError when it cannot be read.
    """
    wanted = {key_of(item): item for item in declared}
    for live in cluster.objects(wanted.values()):
        name = key_of(live)
        manifest = wanted.get(name)
        if manifest is None and live["kind"] not in BOUNDARY_KINDS:
            continue
        try:
            if manifest is None:
                cluster.delete(live)
                yield Text(f"{name} was declared by nobody: deleted", f"{name} không được khai báo: đã xóa")
            elif found := [change for change in changes(manifest, live) if change.path != _SERVERS]:
                cluster.patch(live, operations(found))
                fields = ", ".join(change.field for change in found)
                yield Text(
                    f"{name} was changed by somebody: taken back ({fields})",
                    f"{name} đã bị sửa: đưa về như khai báo ({fields})",
                )
        except CloudError as error:
            (problem,) = error.problems
            yield Text(
                f"{name}: {problem.message.en} ({told(problem.value, Language.EN)})",
                f"{name}: {problem.message.vi} ({told(problem.value, Language.VI)})",
            )


def operations(found: Iterable[Change]) -> list[dict[str, Any]]:
    """Return the operations of a JSON patch that undo changes of one object."""
    return [_operation(change) for change in found]


def _operation(change: Change) -> dict[str, Any]:
    # RFC 6901: a tilde and a slash inside a key are written in another way.
    path = "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in change.path)
    if change.declared is None:
        return {"op": "remove", "path": path}
    return {"op": "replace" if change.live is not None else "add", "path": path, "value": change.declared}
