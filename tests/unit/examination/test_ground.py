"""An examination touches what it made itself and what a killed one left; nothing else, whatever it is called."""

from __future__ import annotations

import datetime
import os
import socket
from typing import Any

import pytest
from answering_cluster import AnsweringCluster, items, said

from govcloud.audit.check import BlindError
from govcloud.clouds.request import Answer, Request
from govcloud.examination.ground import LABEL, PREFIX, Ground, owner, sweep
from govcloud.examination.patience import Patience

OWNER = "govcloud.gov.vn/examiner"
GONE = f"{socket.gethostname()}/{os.getpid()}/1"
"""A process of this machine with the number of one that runs, which started at another time."""


def _space(name: str, mark: str | None, by: str, age: float = 0.0, **more: Any) -> dict[str, Any]:
    """Return a namespace, of so many minutes when a test asks :func:`_aged` for it."""
    labels = {LABEL: mark} if mark else {}
    metadata = {"name": name, "uid": f"uid-{name}", "labels": labels, "annotations": {OWNER: by}}
    return {"age": age, "metadata": {**metadata, **more}}


def _aged(space: dict[str, Any]) -> dict[str, Any]:
    """Return the namespace as it is now: the suite may run for longer than it has to live."""
    made = datetime.datetime.now(datetime.UTC) - datetime.timedelta(minutes=space["age"])
    return {"metadata": {**space["metadata"], "creationTimestamp": made.strftime("%Y-%m-%dT%H:%M:%SZ")}}


@pytest.mark.parametrize(
    ("space", "removed"),
    [
        (_space(f"{PREFIX}1a2b3c4d-open", "1a2b3c4d", GONE), True),
        (_space(f"{PREFIX}1a2b3c4d-open", "1a2b3c4d", f"{socket.gethostname()}/999999999/5"), True),
        (_space(f"{PREFIX}1a2b3c4d-open", "1a2b3c4d", owner()), False),
        (_space(f"{PREFIX}1a2b3c4d-open", "1a2b3c4d", "elsewhere/1/2", age=5), False),
        (_space(f"{PREFIX}1a2b3c4d-open", "1a2b3c4d", "elsewhere/1/2", age=11), True),
        (_space(f"{PREFIX}1a2b3c4d-open", "1a2b3c4d", "", age=11), True),
        (_space("h41-prod-db", "1a2b3c4d", GONE, age=60), False),
        (_space(f"{PREFIX}other-open", "1a2b3c4d", GONE, age=60), False),
        (_space(f"{PREFIX}1a2b3c4d-open", None, GONE, age=60), False),
        (_space(f"{PREFIX}1a2b3c4d-open", "1a2b3c4d", GONE, deletionTimestamp="2026-11-22T00:00:00Z"), False),
    ],
    ids=[
        "of a process whose number another has",
        "of a process that is gone",
        "of one that still works",
        "of another machine, young",
        "of another machine, old",
        "of nobody known, old",
        "a tenant's, though somebody put the label on it",
        "another name",
        "another's, though called so",
        "going already",
    ],
)
def test_only_what_a_killed_examination_left_is_removed(space: dict[str, Any], removed: bool) -> None:
    api = AnsweringCluster({"GET /api/v1/namespaces": items(_aged(space))})
    sweep(api)
    assert api.deleted() == [space["metadata"]["name"]] * removed
    # By the uid under which it was seen: another of the same name stays.
    assert all(r.body["preconditions"] == {"uid": space["metadata"]["uid"]} for r in api.asked if r.method == "DELETE")


def test_a_namespace_that_is_there_is_never_adopted() -> None:
    api = AnsweringCluster({"POST /api/v1/namespaces": said({"message": "already exists"}, 409)})
    ground = Ground(api, Patience())
    with pytest.raises(BlindError, match="409"):
        ground.make()
    assert [request.method for request in api.asked] == ["POST"]


def test_what_was_made_carries_label_and_owner() -> None:
    api = AnsweringCluster({"POST /api/v1/namespaces": said({}, 201)})
    ground = Ground(api, Patience())
    ground.make()
    made = [request.body["metadata"] for request in api.asked]
    assert [m["name"] for m in made] == [ground.namespace(role) for role in ("open", "in", "out", "rules")]
    assert all(m["labels"][LABEL] == ground.mark and m["annotations"][OWNER] == owner() for m in made)


def test_what_was_made_is_removed_and_nothing_of_others() -> None:
    api = AnsweringCluster({"POST /api/v1/namespaces": said({}, 201)})
    ground = Ground(api, Patience())
    ground.make()
    own, other = _space(ground.namespace("open"), ground.mark, owner()), _space("h41-prod-db", ground.mark, owner())
    there = [own, other]

    def listed(request: Request) -> Answer:
        assert request.query["labelSelector"] == f"{LABEL}={ground.mark}"
        return items(*there)

    def gone(_request: Request) -> Answer:
        there.remove(own)
        return said({})

    api.replies["GET /api/v1/namespaces"] = listed
    api.replies[f"DELETE /api/v1/namespaces/{ground.namespace('open')}"] = gone
    assert ground.remove() == []
    assert there == [other]
    assert set(api.deleted()) == {ground.namespace("open"), "pods"}


def test_whoever_made_nothing_removes_nothing() -> None:
    api = AnsweringCluster()
    assert Ground(api, Patience()).remove() == []
    assert api.asked == []


def test_waiting_ends_at_once_where_the_examination_is_broken_off() -> None:
    patience = Patience()
    waiting = patience.tries(60.0)
    next(waiting)
    patience.end()
    with pytest.raises(BlindError):
        next(waiting)
