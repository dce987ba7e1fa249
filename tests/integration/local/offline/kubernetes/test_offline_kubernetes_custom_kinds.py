"""Custom kinds on a real API server: what it drops is what the plugin leaves out; updates work; versions change."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from asked_plugin import changes_of, updated
from kubernetes_stack import Stack
from made_objects import urn

from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.api.configuration import Settings
from govcloud_offline.kubernetes.api.schemas import defined_by
from govcloud_offline.kubernetes.inputs.check import checked
from govcloud_offline.kubernetes.inputs.kinds import Kind, kind_of
from govcloud_offline.kubernetes.inputs.manifest import Manifest
from govcloud_offline.kubernetes.objects.apply import ApplyOptions

pytestmark = pytest.mark.cloud

DEFINITION = Path(__file__).parents[4] / "fixtures" / "kubernetes-custom-kind.yaml"
MANAGER = "pulumi-kubernetes-test"
WIDGET = Kind("offline.example", "v1", "Widget")
POD = {"apiVersion": "v1", "kind": "Pod"}


def definition(group: str = WIDGET.group) -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load(DEFINITION.read_text().replace(WIDGET.group, group))
    return made


def widget(version: str = "v1", name: str = "w", **spec: Any) -> dict[str, Any]:
    metadata = {"name": name, "namespace": "default"}
    return {"apiVersion": f"{WIDGET.group}/{version}", "kind": "Widget", "metadata": metadata, "spec": spec}


@pytest.fixture(scope="module")
def cluster(kubeconfig: str) -> Iterator[Cluster]:
    """The tests' API server, with the kind; the program says nothing about it."""
    reached = Cluster(Settings(kubeconfig=kubeconfig))
    assert reached.unreachable == ""
    path = reached.resource(kind_of(definition())).collection("")
    reached.client.request("POST", path, body=definition())
    try:
        wait(lambda: f"apis/{WIDGET.api_version}" in reached.client.request("GET", "/openapi/v3")["paths"])
        wait(lambda: reached.serves(WIDGET))
        assert reached.types.of_kind(WIDGET)
        yield reached
    finally:
        reached.client.request("DELETE", f"{path}/{definition()['metadata']['name']}")
        reached.close()


def wait(done: Callable[[], bool]) -> None:
    until = time.monotonic() + 30
    while not done():
        assert time.monotonic() < until
        time.sleep(0.2)


# Each with fields that the kind has in spellings that might be changed, and fields that it does not have.
SPECS: list[dict[str, Any]] = [
    {},
    {"amount": "1000m", "seal": "YQ==", "when": "2026-01-02T03:04:05+07:00", "share": 0.5, "level": 0},
    {"share": 1.0, "maybe": ""},
    {"other": 1, "level": 4},
    {"parts": [{"name": "b", "port": 1, "other": 1}, {"name": "a", "inner": [{"id": "", "other": {"a": 1}}]}]},
    {"parts": [], "marks": [], "rows": [], "byName": {}, "whole": {}},
    {"marks": ["b", "a"], "rows": [[], [{"a": "", "other": 1}]], "whole": {"a": ""}},
    {"byName": {"x": {"a": "", "other": 1}, "y": {}}},
    {"anything": {"a": {"b": [{"c": ""}]}}, "value": [{"a": 0}], "free": {"a": "", "b": {"c": 0}, "d": [{"e": 0}]}},
    {"mixed": {"known": {"a": "", "other": 1}, "more": {"a": [{"b": 0}]}}},
    {"closed": {"other": 1}},
    {
        "template": {
            **POD,
            "metadata": {"name": "p", "labels": {}, "other": 1},
            "spec": {"a": "", "other": 1},
            "other": 1,
        }
    },
    {"loose": {**POD, "metadata": {"name": "p", "annotations": {"a": ""}, "other": 1}, "data": {"a": ""}}},
]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: "-".join(spec) or "nothing")
def test_the_plugin_leaves_out_what_the_server_drops(spec: dict[str, Any], cluster: Cluster) -> None:
    ours: list[str] = []
    theirs: list[str] = []
    said = widget(**spec)
    said["metadata"] |= {"labels": {}, "label": {"a": "b"}}
    inputs = checked(urn("offline.example/v1:Widget"), {}, said, types=cluster.types, warn=ours.append)
    path = cluster.resource(WIDGET).collection("default")
    query = {"dryRun": "All", "fieldValidation": "Warn"}
    kept = cluster.client.request("POST", path, query=query, body=said, warn=theirs.append)
    named = sorted(text.split("`")[1] for text in ours)
    assert named == sorted(text.split('"')[1] for text in theirs if text.startswith("unknown field"))
    assert changes_of(inputs, kept, inputs, types=cluster.types) == {}
    # As the official plugin would have recorded it.
    assert changes_of(said, kept, inputs, types=cluster.types) == {}
    assert cluster.client.request("POST", path, query=query, body=inputs)["spec"] == kept["spec"]


def test_objects_are_made_and_changed_and_the_same_again_is_no_change(cluster: Cluster) -> None:
    resource, client = cluster.resource(WIDGET), cluster.client
    query = {"fieldManager": "pulumi-kubernetes"}
    specs = [checked(urn("offline.example/v1:Widget"), {}, widget(**spec), types=cluster.types) for spec in SPECS]
    live = client.request("POST", resource.collection("default"), query=query, body=specs[0])
    try:
        before = specs[0]
        for wanted in [*specs, specs[4], *reversed(specs)]:
            shown = updated(cluster, before, wanted, live, ApplyOptions(MANAGER, preview=True))
            live = updated(cluster, before, wanted, live, ApplyOptions(MANAGER, preview=False))
            fresh = client.request(
                "POST",
                resource.collection("default"),
                query=query | {"dryRun": "All"},
                body={**wanted, "metadata": {**wanted["metadata"], "name": "fresh"}},
            )
            for found in (shown, live, client.request("GET", Manifest.of(wanted).path(resource))):
                assert changes_of(wanted, found, wanted, types=cluster.types) == {}
                assert filled(found["spec"]) == filled(fresh["spec"])
            before = wanted
    finally:
        client.request("DELETE", Manifest.of(widget()).path(resource))


def filled(spec: dict[str, Any]) -> dict[str, Any]:
    """Leave out what is empty: of a keyed list that nobody speaks of any more an empty one may stay."""
    return {name: value for name, value in spec.items() if value not in ([], {})}


def test_the_server_publishes_what_the_definition_says(cluster: Cluster) -> None:
    defined = defined_by(definition())
    served = cluster.types
    for kind, document in defined.items():
        for owner, fields in document.fields.items():
            if not owner.startswith(kind):
                continue
            of_server = owner.replace(kind, f"example.offline.{kind.split('/')[1]}.Widget")
            for name, word in fields.items():
                said = served.of_field(Kind(WIDGET.group, kind.split("/")[1], "Widget"), of_server, name)
                assert (said or "").replace(of_server, owner) == word, (owner, name)


def test_an_object_goes_on_in_another_version(cluster: Cluster) -> None:
    resource, client = cluster.resource(WIDGET), cluster.client
    first, second = widget(level=1, marks=["a", "b"], maybe="x"), widget("v2", level=2, marks=["b"], share=1)
    live = client.request(
        "POST", resource.collection("default"), query={"fieldManager": "pulumi-kubernetes"}, body=first
    )
    try:
        before = first
        for wanted in (second, first, second):
            shown = updated(cluster, before, wanted, live, ApplyOptions(MANAGER, preview=True))
            live = updated(cluster, before, wanted, live, ApplyOptions(MANAGER, preview=False))
            for found in (shown, live):
                assert changes_of(wanted, found, wanted, types=cluster.types) == {}
                assert found["spec"] == {"level": wanted["spec"]["level"], **wanted["spec"]}
            before = wanted
    finally:
        client.request("DELETE", Manifest.of(first).path(resource))


START = """
import os

import pulumi
import pulumi_kubernetes as k8s

provider = k8s.Provider("p", kubeconfig=os.environ["KCFG"])
pulumi.runtime.register_resource_transform(
    lambda args: None if args.type_.startswith("pulumi:") else pulumi.ResourceTransformResult(
        args.props, pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(provider=provider))))
"""
PROGRAM = (
    START
    + """
crd = k8s.apiextensions.v1.CustomResourceDefinition(
    "crd", metadata=DEFINITION["metadata"], spec=DEFINITION["spec"])
k8s.apiextensions.CustomResource("w", api_version="offlineup.example/v1", kind="Widget",
    metadata={"name": "w", "namespace": "default", "labels": {}},
    spec={"level": 1, "other": {"a": 1}, "parts": [{"name": "a", "prt": 1}]},
    opts=pulumi.ResourceOptions(depends_on=[crd]))
"""
)
UP = ("up", "--yes", "--skip-preview")


def test_a_program_with_its_definition(stack: Stack) -> None:
    said = definition("offlineup.example")
    stack.bench.program(f"DEFINITION = {said!r}\n{PROGRAM}")
    told = stack.done(*UP)
    assert "Widget (offlineup.example/v1) has no field `spec.other`: it is left out" in told
    assert "has no field `spec.parts[0].prt`: it is left out; did you mean `port`?" in told
    stack.done("refresh", "--yes", "--expect-no-changes")
    # The definition learns the field in the very update in which it is used.
    properties = said["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["properties"]
    properties["other"] = {"type": "object", "properties": {"a": {"type": "integer"}}}
    stack.bench.program(f"DEFINITION = {said!r}\n{PROGRAM}")
    assert "spec.other" not in stack.done("up", "--yes")
    live = stack.get("offlineup.example/v1", "Widget", "default", "w")
    assert live["spec"]["other"] == {"a": 1}
    stack.done("preview", "--expect-no-changes")
