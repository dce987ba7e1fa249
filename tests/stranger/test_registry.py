"""The registry of the tests is one of its kind: who has no password gets nothing, also a node without the Secret."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from container_registry import Registry, serving
from made_country import country
from port_bases import STRANGER
from strangers_site import CLOSED, Site

from govcloud.clouds.kubernetes_api import KubernetesApi
from govcloud.clouds.request import Request, collection, resource
from govcloud.examination.ground import OPEN, Ground
from govcloud.examination.patience import Patience
from govcloud.examination.pulled import pulled
from govcloud.images import OWN, archive, build
from govcloud.images.check import Seen
from govcloud.images.credentials import Login
from govcloud.images.registry import Registry as Client
from govcloud.model.cloud import Images
from govcloud_base.user_folders import cache_folder
from govcloud_local import private_file

SECRET = "site-pull"


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[Registry]:
    with serving(tmp_path / "registry", STRANGER + 40) as found:
        yield found


def test_only_the_right_password_opens_it(registry: Registry) -> None:
    assert registry.status() == 200
    assert registry.status(password="wrong") == 401
    assert registry.status("nothing/manifests/1") == 404


@pytest.fixture
def probe(site: Site) -> str:
    """What the image of the probes is called under the registry's name that needs a Secret; it is there."""
    login = Login(site.registry.user, site.registry.password)
    file = build(OWN["probe"], cache_folder(), lambda line: None)
    Client(site.registry.host, str(site.registry.authority), login).push("closed/probe", file)
    return f"{CLOSED}/closed/probe@{archive.digest(file)}"


def asked(site: Site, folder: Path, probe: str, password: str | None) -> Seen:
    """Let the site keep a Secret with this password, or none, and return what its node makes of the image."""
    file = folder / "kubeconfig"
    private_file.write(file, site.cluster.access)
    api = KubernetesApi.from_kubeconfig(str(file), site.cluster.context)
    if password is not None:
        word = base64.b64encode(f"{site.registry.user}:{password}".encode()).decode()
        known = base64.b64encode(json.dumps({"auths": {CLOSED: {"auth": word}}}).encode()).decode()
        body = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": SECRET},
            "type": "kubernetes.io/dockerconfigjson",
            "data": {".dockerconfigjson": known},
        }
        assert api.send(Request("POST", collection("", "secrets", "kube-system"), body)).ok
    ground = Ground(api, Patience(), (OPEN,))
    try:
        images = Images(registry=CLOSED, path="closed", pull_secret=SECRET)
        (seen,) = pulled(ground, images, country([]), {"probe": probe})
        return seen
    finally:
        ground.remove()
        api.send(Request("DELETE", resource("", "secrets", SECRET, "kube-system")))
        assert not ground.remains().left


@pytest.mark.node
@pytest.mark.toolchain
def test_a_node_gets_in_with_the_secret_of_the_site_and_a_wrong_one_is_named(
    site: Site, tmp_path: Path, probe: str
) -> None:
    none = asked(site, tmp_path, probe, None)
    assert not none.ok and f"create secret docker-registry {SECRET}" in none.said.en
    wrong = asked(site, tmp_path, probe, "wrong")
    assert not wrong.ok and f"kube-system/{SECRET}" in wrong.said.en
    assert "401" in wrong.said.en or "authorization failed" in wrong.said.en, wrong.said.en
    assert "wrong" not in wrong.said.en
    right = asked(site, tmp_path, probe, site.registry.password)
    assert right.ok and "asked the registry" in right.said.en, right.said.en
