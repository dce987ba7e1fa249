"""What an examination concludes of the registry: from here by asking it, from a node by letting it ask anew."""

from __future__ import annotations

import pytest
from answering_cluster import AnsweringCluster, items, said
from made_country import cloud, country

from govcloud.audit.check import BlindError
from govcloud.examination.ground import OPEN, Ground
from govcloud.examination.patience import Patience
from govcloud.examination.pods import Pods, Standing
from govcloud.examination.site import Site
from govcloud.examination.subjects import registry
from govcloud.render.image import Image

READY = [{"type": "Ready", "status": "True"}]
REGISTRY = {"registry": "registry.invalid:5000", "path": "govcloud"}


class _Standing(Pods):
    """Pods that stand already."""

    def standing(self) -> dict[str, Standing]:
        """Return nothing: who asks only wants to know that pods run."""
        return {}


def _site(api: AnsweringCluster, pods: type[Pods] = Pods, **images: object) -> Site:
    made = country([cloud(images={**REGISTRY, **images})])
    made_pods = pods(Ground(api, Patience()), Image("image"))
    return Site(made, made.clouds["cgc"], "https://api", api, made_pods)


def _seen(site: Site) -> list[tuple[str, str]]:
    return [(finding.capability, finding.state.value) for finding in registry.examine(site)]


def test_a_cloud_that_declares_no_images_gets_a_row_that_says_so() -> None:
    api = AnsweringCluster({"GET /api/v1/nodes": items({"status": {"conditions": READY}})})
    made = country([cloud(images=None)])
    site = Site(made, made.clouds["cgc"], "https://api", api, Pods(Ground(api, Patience()), None))
    found = list(registry.examine(site))
    assert [(f.capability, f.state.value) for f in found] == [
        ("registry-here", "lacking"),
        ("registry-node", "lacking"),
    ]
    assert all(f.fix and "images.registry" in f.fix.en for f in found)
    with pytest.raises(BlindError, match="declares no images"):
        site.pods.standing()
    assert [request.method for request in api.asked] == ["GET"]


def test_a_registry_that_nobody_reaches_and_a_cluster_without_nodes_are_not_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HOME", "/nonexistent")
    api = AnsweringCluster({"GET /api/v1/nodes": items()})
    assert _seen(_site(api)) == [("registry-here", "unknown"), ("registry-node", "unknown")]


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ({"running": {}}, "found"),
        ({"waiting": {"reason": "ImagePullBackOff", "message": "x509: unknown authority"}}, "lacking"),
        ({"waiting": {"reason": "CreateContainerConfigError", "message": "no such user"}}, "unknown"),
    ],
    ids=["pulled", "refused", "something else"],
)
def test_a_node_asks_the_registry_anew(state: dict[str, object], found: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/nonexistent")
    api = AnsweringCluster()
    site = _site(api, _Standing)
    pods = f"/api/v1/namespaces/{site.ground.namespace(OPEN)}/pods"
    api.replies[f"POST {pods}"] = said({}, 201)
    pod = {
        "spec": {"nodeName": "a1"},
        "status": {"phase": "Pending", "containerStatuses": [{"name": "probe", "state": state}]},
    }
    api.replies[f"GET {pods}/pulled"] = said(pod)
    assert _seen(site)[-1] == ("registry-node", found)
    (made,) = [request for request in api.asked if request.method == "POST"]
    assert made.body["spec"]["containers"][0]["imagePullPolicy"] == "Always"
