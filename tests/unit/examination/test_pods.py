"""A pod that will not start is not waited for, and the cluster says why; where no node takes pods none is made."""

from __future__ import annotations

import time
from typing import Any

import pytest
from answering_cluster import AnsweringCluster, items, said
from probe_image import PROBE

from govcloud.audit.check import BlindError
from govcloud.examination.ground import OPEN, Ground
from govcloud.examination.patience import Patience
from govcloud.examination.pods import Pods


def _pods(api: AnsweringCluster) -> Pods:
    return Pods(Ground(api, Patience()), PROBE)


def _status(**container: Any) -> dict[str, Any]:
    return {"status": {"phase": "Pending", "containerStatuses": [{"name": "probe", "ready": False, **container}]}}


@pytest.mark.parametrize("reason", ["ImagePullBackOff", "InvalidImageName", "CreateContainerConfigError"])
def test_a_pod_that_will_not_start_is_told_at_once(reason: str) -> None:
    api = AnsweringCluster()
    pods = _pods(api)
    waiting = {"waiting": {"reason": reason, "message": "pull access denied"}}
    api.replies[f"GET /api/v1/namespaces/{pods.ground.namespace(OPEN)}/pods/fresh"] = said(_status(state=waiting))
    begun = time.monotonic()
    with pytest.raises(BlindError, match=f"is Pending: {reason} pull access denied"):
        pods.running(OPEN, "fresh")
    assert time.monotonic() - begun < 10


def test_a_pod_counts_as_started_with_its_container() -> None:
    api = AnsweringCluster()
    pods = _pods(api)
    running = said(_status(state={"running": {"startedAt": "2026-11-22T08:00:00Z"}}))
    api.replies[f"GET /api/v1/namespaces/{pods.ground.namespace(OPEN)}/pods/fresh"] = running
    pods.running(OPEN, "fresh")


def test_where_no_node_takes_pods_none_is_made_and_everybody_is_told_the_same() -> None:
    api = AnsweringCluster({"GET /api/v1/nodes": items({"spec": {"unschedulable": True}})})
    pods = _pods(api)
    for _ in range(2):
        with pytest.raises(BlindError, match="no node takes pods"):
            pods.standing()
    assert [request.method for request in api.asked] == ["GET"]
