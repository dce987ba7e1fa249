"""An examination touches what it made itself and what a killed one left; nothing else, whatever it is called."""

from __future__ import annotations

import contextlib
import datetime
import os
import subprocess
import sys
import threading
from typing import Any

import pytest
from answering_cluster import AnsweringCluster, items, said

from govcloud.audit.check import BlindError
from govcloud.clouds.request import Answer, Request
from govcloud.examination.ground import LABEL, PREFIX, Ground, owner, sweep
from govcloud.examination.patience import Patience
from govcloud.examination.remains import Remains
from govcloud_base.errors import Text

OWNER = "govcloud.gov.vn/examiner"
PLACE, NUMBER, START = owner().rsplit("/", 2)
GONE = f"{PLACE}/{os.getpid()}/1"
"""A process of this machine with the number of one that runs, which started at another time."""
HOST, BOOT, SPACE = PLACE.rsplit("/", 2)


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
        (_space(f"{PREFIX}1a2b3c4d-open", "1a2b3c4d", f"{PLACE}/999999999/5"), True),
        (_space(f"{PREFIX}1a2b3c4d-open", "1a2b3c4d", owner()), False),
        (_space(f"{PREFIX}1a2b3c4d-open", "1a2b3c4d", f"elsewhere/{BOOT}/{SPACE}/1/2", age=5), False),
        (_space(f"{PREFIX}1a2b3c4d-open", "1a2b3c4d", f"elsewhere/{BOOT}/{SPACE}/1/2", age=11), True),
        (_space(f"{PREFIX}1a2b3c4d-open", "1a2b3c4d", f"{HOST}/0-0/{SPACE}/999999999/5", age=5), False),
        (_space(f"{PREFIX}1a2b3c4d-open", "1a2b3c4d", f"{HOST}/{BOOT}/1/999999999/5", age=5), False),
        (_space(f"{PREFIX}1a2b3c4d-open", "1a2b3c4d", f"{HOST}/{BOOT}/1/{NUMBER}/{START}", age=11), True),
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
        "of another machine that is called so too, young",
        "of another container's, young",
        "of another container's with the same number, old",
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


@pytest.mark.parametrize(
    "mark",
    ["²/1", "1/", "/", "", "٣/1", "-1/1", "0/1", "1/²", "self/1", "1/1/1", "../1/1", f"1{'0' * 5000}/1", NUMBER],
    ids=range(13),  # workers of one run must call tests alike, and the last is this process
)
@pytest.mark.parametrize("place", [PLACE, HOST, f"{HOST}/{BOOT}", f"{HOST}//", ""], ids=range(5))
def test_a_mark_that_nobody_made_is_gone_by_age_alone(place: str, mark: str) -> None:
    for age in (5, 11):
        space = _space(f"{PREFIX}1a2b3c4d-open", "1a2b3c4d", f"{place}/{mark}", age)
        api = AnsweringCluster({"GET /api/v1/namespaces": items(_aged(space))})
        sweep(api)
        assert api.deleted() == [space["metadata"]["name"]] * (age > 10)


def test_a_process_may_be_called_by_any_bytes() -> None:
    sleeping = subprocess.Popen(
        [sys.executable, "-c", "open('/proc/self/comm', 'wb').write(b'\\xff'); print(flush=True); input()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with sleeping:
        assert sleeping.stdout is not None
        sleeping.stdout.readline()
        space = _space(f"{PREFIX}1a2b3c4d-open", "1a2b3c4d", f"{PLACE}/{sleeping.pid}/1")
        api = AnsweringCluster({"GET /api/v1/namespaces": items(_aged(space))})
        sweep(api)
        assert api.deleted() == [space["metadata"]["name"]]
        sleeping.kill()


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
    for group in ("validatingadmissionpolicybindings", "validatingadmissionpolicies"):
        api.replies[f"GET /apis/admissionregistration.k8s.io/v1/{group}"] = items()
    ground.remove()
    assert ground.remains() == Remains(ground.mark)
    assert there == [other]
    assert set(api.deleted()) == {ground.namespace("open"), "pods"}


def test_whoever_made_nothing_removes_nothing() -> None:
    api = AnsweringCluster()
    ground = Ground(api, Patience())
    ground.remove()
    assert ground.remains() == Remains(ground.mark)
    assert api.asked == []


KINDS = ("validatingadmissionpolicybindings", "validatingadmissionpolicies")


def _made(monkeypatch: pytest.MonkeyPatch, answer: Answer) -> tuple[AnsweringCluster, Ground]:
    """Return a ground whose namespaces were asked for and `answer` was the answer; nobody waits long for their end."""
    monkeypatch.setattr("govcloud.examination.ground._GONE_SECONDS", 0.0)
    api = AnsweringCluster({f"GET /apis/admissionregistration.k8s.io/v1/{kind}": items() for kind in KINDS})
    api.replies["POST /api/v1/namespaces"] = answer
    ground = Ground(api, Patience(), ("open", "in"))
    with contextlib.suppress(BlindError):
        ground.make()
    return api, ground


@pytest.mark.parametrize("made", [said({}, 201), Answer.none(Text("timed out", "hết giờ"))], ids=["made", "no answer"])
def test_what_nobody_could_look_at_is_named_as_what_may_be_left(made: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("govcloud.examination.patience._PAUSE", 0.01)
    api, ground = _made(monkeypatch, made)
    api.replies["GET /api/v1/namespaces"] = said({"message": "etcdserver: leader changed"}, 500)
    remains = ground.remains()
    assert remains.left == tuple(
        sorted(f"namespaces/{ground.namespace(role)}" for role in ("open", "in")[: 2 if made.ok else 1])
    )
    problem = remains.problem("cgc")
    assert problem is not None
    for text in (problem.message.en, problem.message.vi):
        assert "GET /api/v1/namespaces" in text and "leader changed" in text
    assert problem.value == ", ".join(remains.left)
    assert f"--selector {LABEL}={ground.mark}" in problem.fix.en


def test_what_could_not_be_removed_is_left_and_what_goes_slowly_is_going(monkeypatch: pytest.MonkeyPatch) -> None:
    api, ground = _made(monkeypatch, said({}, 201))
    slow = _space(ground.namespace("open"), ground.mark, owner(), deletionTimestamp="2026-11-22T00:00:00Z")
    kept = _space(ground.namespace("in"), ground.mark, owner())
    api.replies["GET /api/v1/namespaces"] = items(slow, kept)
    path = f"DELETE /api/v1/namespaces/{ground.namespace('in')}"
    api.replies[path] = said({"message": "forbidden"}, 403)
    remains = ground.remains()
    assert (remains.going, remains.left) == (
        (f"namespaces/{ground.namespace('open')}",),
        (f"namespaces/{ground.namespace('in')}",),
    )
    assert "403 forbidden" in remains.reasons[0].en
    api.replies[path] = said({})
    assert ground.remains().problem("cgc") is None


def test_what_the_server_refused_to_make_is_not_feared_for(monkeypatch: pytest.MonkeyPatch) -> None:
    api, ground = _made(monkeypatch, said({"message": "quota"}, 422))
    api.asked.clear()
    assert ground.remains() == Remains(ground.mark)
    assert api.asked == []


@pytest.mark.parametrize("how", ["end", "stopped"])
def test_waiting_ends_at_once_where_the_examination_is_broken_off(how: str) -> None:
    stopped = threading.Event()
    patience = Patience(stopped)
    waiting = patience.tries(60.0)
    next(waiting)
    patience.end() if how == "end" else stopped.set()
    with pytest.raises(BlindError):
        next(waiting)
