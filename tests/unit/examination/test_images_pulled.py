"""A node gets images with the Secret of the site's own, which no tenant can put in its place; each lack is named."""

from __future__ import annotations

from typing import Any

import pytest
from answering_cluster import AnsweringCluster, said
from made_country import agency, cloud, country, tenant

from govcloud.audit.check import BlindError
from govcloud.clouds.request import Answer
from govcloud.examination.ground import OPEN, Ground
from govcloud.examination.patience import Patience
from govcloud.examination.pull_secret import lend
from govcloud.examination.pulled import pulled
from govcloud.model.cloud import Images
from govcloud.model.image_lock import ImageName
from govcloud.render.territory import territory

HOST = "registry.example.gov.vn"
HOME = "/api/v1/namespaces/kube-system"
SECRET: dict[str, Any] = {"type": "kubernetes.io/dockerconfigjson", "data": {".dockerconfigjson": "e30="}}
COUNTRY = country([cloud(), agency("H41"), tenant("H41")])
REFERENCES: dict[ImageName, str] = {"gateway": f"{HOST}/gateway@sha256:1", "probe": f"{HOST}/probe@sha256:2"}


def images(**more: Any) -> Images:
    return Images(registry=HOST, pull_secret="pull", **more)


def ready(api: AnsweringCluster) -> Ground:
    """Return a ground of a cluster that makes whatever it is asked for."""
    ground = Ground(api, Patience(), (OPEN,))
    space = f"/api/v1/namespaces/{ground.namespace(OPEN)}"
    for path in ("/api/v1/namespaces", f"{space}/secrets", f"{space}/pods"):
        api.replies[f"POST {path}"] = said({}, 201)
    return ground


def cluster(**labels: str) -> AnsweringCluster:
    """Return one whose kube-system has the Secret."""
    space = said({"metadata": {"labels": labels}} if labels else {"metadata": {}})
    return AnsweringCluster({f"GET {HOME}": space, f"GET {HOME}/secrets/pull": said(SECRET)})


def test_the_secret_is_the_sites_own_and_no_other_namespace_is_asked() -> None:
    api = cluster()
    ground = ready(api)
    lend(ground, images(), COUNTRY, OPEN)
    assert {request.path for request in api.asked if request.method == "GET"} == {HOME, f"{HOME}/secrets/pull"}
    (made,) = [request.body for request in api.asked if request.method == "POST"]
    assert (made["type"], made["data"]) == (SECRET["type"], SECRET["data"])
    assert made["metadata"] == ground.metadata("pull", ground.namespace(OPEN))


def test_where_none_is_declared_none_is_asked_for() -> None:
    api = cluster()
    lend(ready(api), Images(registry=HOST), COUNTRY, OPEN)
    assert api.asked == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            {f"GET {HOME}": said({"metadata": {"labels": {"govcloud.gov.vn/tenant": "h41"}}})},
            "images.pullSecretNamespace",
        ),
        ({f"GET {HOME}": said({"message": "forbidden"}, 403)}, "403 forbidden"),
        (
            {f"GET {HOME}/secrets/pull": said({"message": "not found"}, 404)},
            "kubectl create secret docker-registry pull",
        ),
        ({f"GET {HOME}/secrets/pull": said({"message": "forbidden"}, 403)}, "403 forbidden"),
        ({f"GET {HOME}/secrets/pull": said({**SECRET, "type": "Opaque"})}, "Opaque"),
    ],
    ids=["in a tenant's namespace", "no namespace to be seen", "none there", "may not be read", "of another kind"],
)
def test_what_is_no_secret_of_the_site_is_said_in_both_languages(change: dict[str, Any], words: str) -> None:
    api = cluster()
    api.replies.update(change)
    with pytest.raises(BlindError) as caught:
        lend(ready(api), images(), COUNTRY, OPEN)
    assert words in caught.value.reason.en and words in caught.value.reason.vi
    assert not [request for request in api.asked if request.method == "POST"]


@pytest.mark.parametrize("planned", sorted(territory(COUNTRY, COUNTRY.tenants["h41"])))
def test_a_namespace_that_a_tenant_is_to_have_is_none_of_the_sites(planned: str) -> None:
    """Also before it is there or bears the label: who makes it first would decide what is found."""
    api = AnsweringCluster(
        {f"GET /api/v1/namespaces/{planned}": said({}), f"GET /api/v1/namespaces/{planned}/secrets/pull": said(SECRET)}
    )
    with pytest.raises(BlindError) as caught:
        lend(ready(api), images(pull_secret_namespace=planned), COUNTRY, OPEN)
    assert all(f"{planned} (" in text for text in (caught.value.reason.en, caught.value.reason.vi))
    assert api.asked == []


def test_another_home_of_the_secret_may_be_declared() -> None:
    api = AnsweringCluster(
        {"GET /api/v1/namespaces/site": said({}), "GET /api/v1/namespaces/site/secrets/pull": said(SECRET)}
    )
    lend(ready(api), images(pull_secret_namespace="site"), COUNTRY, OPEN)


def _state(api: AnsweringCluster, ground: Ground, name: str, *injected: dict[str, Any], **state: Any) -> None:
    """Let the pod's own container be in such a state, after the one of a sidecar that the site injects."""
    states = [*({"name": "proxy", "state": each} for each in injected), {"name": "probe", "state": state}]
    pod = {"spec": {"nodeName": "a1"}, "status": {"phase": "Pending", "containerStatuses": states}}
    api.replies[f"GET /api/v1/namespaces/{ground.namespace(OPEN)}/pods/{name}"] = said(pod)


def test_each_image_is_asked_for_anew() -> None:
    api = cluster()
    ground = ready(api)
    _state(api, ground, "gateway", terminated={"exitCode": 0})
    _state(api, ground, "probe", terminated={"exitCode": 3})
    gateway, probe = pulled(ground, images(), COUNTRY, REFERENCES)
    assert gateway.ok and "asked" in gateway.said.en
    assert not probe.ok and probe.said.en == "started on a1, and ended with 3"
    pods = [request.body["spec"] for request in api.asked if request.path.endswith("/pods")]
    assert {pod["containers"][0]["imagePullPolicy"] for pod in pods} == {"Always"}
    assert all(pod["imagePullSecrets"] == [{"name": "pull"}] for pod in pods)


RUNNING = {"running": {"startedAt": "2026-11-22T08:00:00Z"}}


@pytest.mark.parametrize(
    "injected", [RUNNING, {"terminated": {"exitCode": 9}}, {"waiting": {"reason": "ImagePullBackOff"}}]
)
def test_a_container_that_the_site_injects_says_nothing_of_an_image(injected: dict[str, Any]) -> None:
    api = cluster()
    ground = ready(api)
    _state(api, ground, "gateway", injected, terminated={"exitCode": 0})
    _state(api, ground, "probe", injected, waiting={"reason": "ImagePullBackOff", "message": "401 Unauthorized"})
    gateway, probe = pulled(ground, images(), COUNTRY, REFERENCES)
    assert gateway.ok and gateway.said.en == "a1 asked the registry and runs it"
    assert not probe.ok and "401 Unauthorized" in probe.said.en


def test_what_waits_for_its_image_is_waited_for_while_an_injected_container_cannot_start() -> None:
    api = cluster()
    ground = ready(api)
    hopeless = {"waiting": {"reason": "ImagePullBackOff"}}
    _state(api, ground, "gateway", hopeless, terminated={"exitCode": 0})
    path = f"GET /api/v1/namespaces/{ground.namespace(OPEN)}/pods/gateway"
    later, asked = api.replies[path], iter(range(9))
    _state(api, ground, "gateway", hopeless, waiting={"reason": "ContainerCreating"})
    soon = api.replies[path]
    assert isinstance(soon, Answer) and isinstance(later, Answer)
    api.replies[path] = lambda _: soon if next(asked) < 1 else later
    (gateway,) = pulled(ground, images(), COUNTRY, {"gateway": REFERENCES["gateway"]})
    assert gateway.ok


def test_a_secret_that_does_not_open_the_registry_is_named() -> None:
    api = cluster()
    ground = ready(api)
    _state(api, ground, "gateway", waiting={"reason": "ImagePullBackOff", "message": "401 Unauthorized"})
    _state(api, ground, "probe", running={})
    gateway, probe = pulled(ground, images(), COUNTRY, REFERENCES)
    assert not gateway.ok and "401 Unauthorized" in gateway.said.en and "Secret kube-system/pull" in gateway.said.en
    assert "Secret kube-system/pull" in gateway.said.vi
    assert probe.ok


def test_where_nothing_can_be_made_every_image_is_told_the_same() -> None:
    api = cluster()
    ground = ready(api)
    api.replies["POST /api/v1/namespaces"] = said({"message": "quota"}, 422)
    found = list(pulled(ground, images(), COUNTRY, REFERENCES))
    assert [seen.reference for seen in found] == list(REFERENCES.values())
    assert all(not seen.ok and "422 quota" in seen.said.en for seen in found)
