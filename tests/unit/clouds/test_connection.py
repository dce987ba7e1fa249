"""A connection is of one declared cloud: its context, its store, and a silence that is its own."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import little_api_server
import pytest
from little_api_server import LittleApiServer, kubeconfig

from govcloud import country
from govcloud.clouds.connection import Connection, Connections
from govcloud.clouds.contexts import crossed
from govcloud.clouds.kubernetes_api import KubernetesApi
from govcloud.clouds.live_cluster import LiveCluster
from govcloud.clouds.request import Answer, Api, Request
from govcloud.country import Country
from govcloud.model.cloud import Cloud
from govcloud_base.errors import CloudError

ROOT = Path(__file__).parents[3]


@pytest.fixture
def server() -> Iterator[LittleApiServer]:
    with little_api_server.running() as running:
        yield running


@pytest.fixture
def declared() -> Country:
    return country.load(ROOT / "tests" / "fixtures" / "country", ROOT / "policies")


@pytest.fixture
def clouds(
    declared: Country, server: LittleApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> dict[str, Cloud]:
    """Two clouds in a kubeconfig of several files; the second does not answer, and neither is the current context."""
    one = declared.clouds["cgc-hn1"]
    store = one.spec.object_store.model_copy(update={"endpoint": "https://store.hn2.example", "endpoint_from": None})
    cluster = one.spec.cluster.model_copy(update={"context": "cgc-hn2"})
    spec = one.spec.model_copy(update={"cluster": cluster, "object_store": store})
    two = one.model_copy(update={"metadata": one.metadata.model_copy(update={"name": "cgc-hn2"}), "spec": spec})
    files = {"away": kubeconfig("http://127.0.0.1:9", "elsewhere"), "two": kubeconfig("http://127.0.0.1:9", "cgc-hn2")}
    files["one"] = kubeconfig(server.address, one.spec.cluster.context)
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.setenv("KUBECONFIG", os.pathsep.join(str(tmp_path / name) for name in files))
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in [name for name in os.environ if name.startswith(("AWS_", "GOVCLOUD_SEAWEED"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://store.hn1.example:8333")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "plain")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "plain-secret")
    return {"cgc-hn1": one, "cgc-hn2": two}


def test_each_cloud_is_reached_by_its_own_context_and_keys(clouds: dict[str, Cloud], server: LittleApiServer) -> None:
    one, two = (Connection(cloud) for cloud in clouds.values())
    assert (one.platform.server, two.platform.server) == (server.address, "http://127.0.0.1:9")
    key = one.store.endpoint.key
    assert key is not None and key.access == "plain"
    assert two.store.endpoint.url == "https://store.hn2.example"
    assert two.store.endpoint.key is None
    assert two.administrator() is None


def test_a_context_that_is_nowhere_is_never_replaced_by_the_current_one(clouds: dict[str, Cloud]) -> None:
    cloud = clouds["cgc-hn1"]
    cluster = cloud.spec.cluster.model_copy(update={"context": "nowhere"})
    lost = cloud.model_copy(update={"spec": cloud.spec.model_copy(update={"cluster": cluster})})
    with pytest.raises(CloudError, match="GC-AUDIT-001"):
        Connection(lost).platform.send(Request("GET", "/version"))


@pytest.mark.parametrize("part", ["cluster", "user", None])
def test_a_context_that_is_joined_with_the_parts_of_another_file_leads_nowhere(
    part: str | None, clouds: dict[str, Cloud], server: LittleApiServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Installers call every cluster and user the same; of files that are joined, the first to name a thing wins."""
    files = [tmp_path / "first", tmp_path / "second"]
    for file, address, token in zip(files, ("http://127.0.0.1:9", server.address), ("other", "platform"), strict=True):
        context = "elsewhere" if file is files[0] else clouds["cgc-hn1"].spec.cluster.context
        text = kubeconfig(address, context, token)
        if part:
            text = text.replace(f"{part}s: [{{name: {context}", f"{part}s: [{{name: kubernetes")
            text = text.replace(f"{part}: {context}", f"{part}: kubernetes")
        file.write_text(text)
    monkeypatch.setenv("KUBECONFIG", os.pathsep.join(map(str, files)))
    if part is None:
        Connection(clouds["cgc-hn1"]).reach()
        return
    with pytest.raises(CloudError, match="GC-FLEET-009") as refused:
        Connection(clouds["cgc-hn1"]).reach()
    (problem,) = refused.value.problems
    assert f"the {part} of another file" in problem.message.en and str(problem.value) == f"{files[1]}, {files[0]}"
    assert server.asked == []
    monkeypatch.setenv("KUBECONFIG", str(files[1]))
    Connection(clouds["cgc-hn1"]).reach()


def test_the_same_words_for_files_of_two_folders_are_two_users(tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        text = kubeconfig("http://127.0.0.1:9", name, "token").replace(
            f"users: [{{name: {name}", "users: [{name: admin"
        )
        text = text.replace(f"user: {name}", "user: admin").replace("token: token", "tokenFile: token")
        (tmp_path / name / "config").write_text(text)
    joined = os.pathsep.join(str(tmp_path / name / "config") for name in ("first", "second"))
    assert crossed("first", joined) is None
    problem = crossed("second", joined)
    assert problem is not None and problem.code == "GC-FLEET-009"


def test_what_this_shell_lacks_for_a_cloud_is_that_cloud_out_of_reach(
    clouds: dict[str, Cloud], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Connection(clouds["cgc-hn1"])
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3")
    for look in (one.objects, one.administrator, one.stored):
        with pytest.raises(CloudError, match="GC-STORE-022"):
            look()
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "credentials").write_text("govcloud-cgc-hn2\n[")
    with pytest.raises(CloudError, match="GC-STORE-026"):
        _ = Connection(clouds["cgc-hn2"]).environment
    monkeypatch.setenv("GOVCLOUD_AUDITOR_KUBECONFIG", str(tmp_path / "two"))
    with pytest.raises(CloudError, match="GC-AUDIT-002"):
        Connection(clouds["cgc-hn1"]).identity("auditor", "gov:platform:auditor")


def test_one_silent_cloud_is_named_and_silences_no_other(clouds: dict[str, Cloud]) -> None:
    connections = Connections(clouds, clouds)
    silent = connections.silent()
    assert silent.keys() == {"cgc-hn2"}
    assert isinstance(silent["cgc-hn2"], CloudError)
    assert "cgc-hn2: http://127.0.0.1:9" in str(silent["cgc-hn2"])


@pytest.mark.parametrize("page", ["<html>sign in</html>", "[]", "", '{"kind": "Status"}'])
@pytest.mark.parametrize("known", [True, False])
def test_an_answer_that_is_no_answer_of_an_api_server_is_never_nothing(page: str, known: bool) -> None:
    """Before some servers stands a proxy that answers everything with a page of its own, and status 200."""
    kinds = {"resources": [{"kind": "Namespace", "name": "namespaces", "namespaced": False}]}

    class Proxy:
        def send(self, request: Request) -> Answer:
            return Answer(200, json.dumps(kinds) if known and request.path == "/api/v1" else page)

    with pytest.raises(CloudError, match="GC-DRIFT-001"):
        LiveCluster(cast("Api", Proxy())).listing("v1", "Namespace")


def test_a_kind_that_the_cluster_does_not_know_is_told(server: LittleApiServer) -> None:
    cluster = LiveCluster(KubernetesApi.from_text(kubeconfig(server.address, "c")))
    with pytest.raises(CloudError, match=r"knows no operator\.vn/v1 Widget"):
        cluster.listing("operator.vn/v1", "Widget")
