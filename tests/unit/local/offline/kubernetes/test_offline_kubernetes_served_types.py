"""Fields and kinds that the plugin does not know: the server at hand is asked, once, and what nobody has is dropped."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asked_plugin import Provider
from kubernetes_double import ApiDouble
from made_objects import refusal, urn

from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.api.openapi import OpenApi
from govcloud_offline.kubernetes.api.schemas import Document, document_of
from govcloud_offline.kubernetes.inputs.check import checked
from govcloud_offline.kubernetes.inputs.kinds import Kind

APPS = "/openapi/v3/apis/apps/v1"
QUANTITY = "io.k8s.apimachinery.pkg.api.resource.Quantity"
DEPLOYMENT = Kind("apps", "v1", "Deployment")


def reference(name: str) -> dict[str, Any]:
    return {"allOf": [{"$ref": f"#/components/schemas/{name}"}], "default": {}}


def of_kind(group: str, version: str, kind: str, **properties: Any) -> dict[str, Any]:
    return {
        "properties": {
            "apiVersion": {"type": "string"},
            "kind": {"type": "string"},
            "metadata": reference("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"),
            **properties,
        },
        "x-kubernetes-group-version-kind": [{"group": group, "version": version, "kind": kind}],
    }


NEWER = {
    "components": {
        "schemas": {
            QUANTITY: {"oneOf": [{"type": "string"}, {"type": "number"}]},
            "io.k8s.api.apps.v1.Deployment": of_kind(
                "apps", "v1", "Deployment", spec=reference("io.k8s.api.apps.v1.DeploymentSpec")
            ),
            "io.k8s.api.apps.v1.DeploymentSpec": {
                "properties": {
                    "replicas": {"type": "integer"},
                    "surge": {"type": "object", "additionalProperties": reference(QUANTITY)},
                    "seal": {"type": "string", "format": "byte"},
                }
            },
            "io.k8s.api.apps.v1.Fleet": of_kind(
                "apps", "v1", "Fleet", weights={"type": "array", "items": reference(QUANTITY)}, seed={"type": "string"}
            ),
        }
    }
}


def deployment(**spec: Any) -> dict[str, Any]:
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": "d", "namespace": "a"}, "spec": spec}


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of this test."""
    monkeypatch.setenv("GOVCLOUD_CACHE", str(tmp_path))
    return tmp_path / "openapi"


Check = Callable[[dict[str, Any]], tuple[dict[str, Any], list[str]]]


@pytest.fixture
def newer(api: ApiDouble) -> ApiDouble:
    """A server of a later Kubernetes."""
    api.prescribe("GET", "/openapi/v3", (200, {"paths": {"apis/apps/v1": {"serverRelativeURL": f"{APPS}?hash=1"}}}))
    api.prescribe("GET", APPS, (200, NEWER))
    return api


def asked(api: ApiDouble) -> list[str]:
    return [call.path for call in api.calls if call.path.startswith("/openapi")]


@pytest.fixture
def check(cluster: Cluster) -> Check:
    """Check inputs on the server in memory; returns what is recorded and the warnings."""

    def asking(manifest: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
        warnings: list[str] = []
        kind = manifest["apiVersion"] + ":" + manifest["kind"]
        return checked(urn(kind), {}, manifest, types=cluster.types, warn=warnings.append), warnings

    return asking


def test_what_the_plugin_knows_is_asked_of_nobody(newer: ApiDouble, check: Check) -> None:
    said = deployment(replicas=0, minReadySeconds=0)
    assert check(said) == (deployment(replicas=0), [])
    assert asked(newer) == []


def test_a_field_that_nobody_has_is_left_out_and_named(newer: ApiDouble, check: Check) -> None:
    recorded, warnings = check(deployment(replicas=1, replica=1, paused=False, strategi={"a": "secret"}))
    assert recorded == deployment(replicas=1)
    assert warnings == [
        "Deployment (apps/v1) has no field `spec.replica`: it is left out; did you mean `replicas`?",
        "Deployment (apps/v1) has no field `spec.strategi`: it is left out; did you mean `strategy`?",
    ]
    assert asked(newer) == ["/openapi/v3", APPS]


def test_fields_of_a_newer_kubernetes_go_by_the_type_that_it_publishes(newer: ApiDouble, check: Check) -> None:
    recorded, warnings = check(deployment(surge={"cpu": "1000m"}, seal="YQ==\n"))
    assert (recorded, warnings) == (deployment(surge={"cpu": "1"}, seal="YQ=="), [])


def test_kinds_of_a_newer_kubernetes_too(newer: ApiDouble, check: Check) -> None:
    fleet = {"apiVersion": "apps/v1", "kind": "Fleet", "metadata": {"name": "f"}, "weights": ["0.5", 2], "seed": ""}
    assert check(fleet) == ({**fleet, "weights": ["500m", "2"]}, [])
    assert check({**fleet, "weight": 1})[1] == [
        "Fleet (apps/v1) has no field `weight`: it is left out; did you mean `weights`?"
    ]


def test_a_server_is_asked_once_and_then_the_disk(newer: ApiDouble, cluster: Cluster, cache: Path) -> None:
    for _ in range(3):
        assert cluster.types.of_field(DEPLOYMENT, "apps/v1.DeploymentSpec", "seal") == "bytes"
    assert asked(newer) == ["/openapi/v3", APPS]
    (file,) = cache.iterdir()
    again = OpenApi(cluster.client)
    assert again.document("apps/v1") == document_of(NEWER)
    assert asked(newer) == ["/openapi/v3", APPS, "/openapi/v3"]
    file.write_text('{"kinds": ')  # a file that is no longer whole is no answer
    assert OpenApi(cluster.client).document("apps/v1") == document_of(NEWER)
    assert asked(newer)[-1] == APPS


def test_a_cache_that_others_could_write_is_not_believed(newer: ApiDouble, cluster: Cluster, cache: Path) -> None:
    OpenApi(cluster.client).document("apps/v1")
    (file,) = cache.iterdir()
    file.write_text('{"kinds": {}, "fields": {}}')
    assert OpenApi(cluster.client).document("apps/v1") == Document({}, {})
    cache.chmod(0o770)
    newer.calls.clear()
    assert OpenApi(cluster.client).document("apps/v1") == document_of(NEWER)
    assert asked(newer) == ["/openapi/v3", APPS]


def test_another_server_has_its_own_file(newer: ApiDouble, cluster: Cluster, cache: Path) -> None:
    OpenApi(cluster.client).document("apps/v1")
    newer.prescribe("GET", "/openapi/v3", (200, {"paths": {"apis/apps/v1": {"serverRelativeURL": f"{APPS}?hash=2"}}}))
    OpenApi(cluster.client).document("apps/v1")
    assert len(list(cache.iterdir())) == 2


def test_where_the_server_says_nothing_the_field_stays(api: ApiDouble, check: Check) -> None:
    api.prescribe("GET", "/openapi/v3", refusal(403, "Forbidden", "no"))
    said = deployment(replica=1)
    assert check(said) == (said, [])


def test_a_folder_that_cannot_be_written_is_no_hindrance(
    newer: ApiDouble, check: Check, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("GOVCLOUD_CACHE", str(tmp_path / "file"))
    assert check(deployment(replica=1))[0] == deployment()


def test_without_a_server_an_unknown_field_stays(unconnected: Provider) -> None:
    said = deployment(replica=1)
    answer = unconnected.ask("Check", {"urn": urn("apps/v1:Deployment"), "news": said})
    assert answer["inputs"] == said


def test_the_user_is_told_and_the_next_run_finds_no_change(
    newer: ApiDouble, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(
        "govcloud_offline.kubernetes.engine.Engine.log",
        lambda self, severity, urn, message, passing: told.append(f"{severity.name} {message}"),
    )
    name = urn("apps/v1:Deployment")
    inputs = provider.ask("Check", {"urn": name, "news": deployment(replicas=1, replica=1)})["inputs"]
    assert told == [
        "WARNING Deployment (apps/v1) has no field `spec.replica`: it is left out; did you mean `replicas`?"
    ]
    olds = {**inputs, "__inputs": inputs, "__initialApiVersion": "apps/v1", "__fieldManager": "us"}
    assert provider.ask("Diff", {"urn": name, "id": "a/d", "olds": olds, "news": inputs})["changes"] == "DIFF_NONE"
