"""Custom kinds: what their definitions do not name is left out, what they name stays as it is written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from asked_plugin import Provider, changes_of
from kubernetes_double import ApiDouble
from made_objects import live, state, urn

from govcloud_base.wire.values import UNKNOWN
from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.api.openapi import ServedTypes
from govcloud_offline.kubernetes.api.schemas import defined_by, document_of
from govcloud_offline.kubernetes.inputs.check import checked
from govcloud_offline.kubernetes.inputs.normal import normal_form

DEFINITION = Path(__file__).parents[4] / "fixtures" / "kubernetes-custom-kind.yaml"
METADATA = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
OPEN = {"x-kubernetes-preserve-unknown-fields": True}


def definition() -> dict[str, Any]:
    made: dict[str, Any] = yaml.safe_load(DEFINITION.read_text())
    return made


SPEC = definition()["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]


def text(**more: Any) -> dict[str, Any]:
    return {"type": "string", **more}


def thing(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def published(spec: dict[str, Any] = SPEC, group: str = "offline.example", kind: str = "Widget") -> dict[str, Any]:
    """Return the document of `group/v1`, as an API server publishes it."""
    words = ".".join(reversed(group.split(".")))
    reference = {"allOf": [{"$ref": f"#/components/schemas/{METADATA}"}]}
    root = thing(apiVersion=text(), kind=text(), metadata=reference, spec=spec)
    root["x-kubernetes-group-version-kind"] = [{"group": group, "version": "v1", "kind": kind}]
    return {"components": {"schemas": {f"{words}.v1.{kind}": root, METADATA: thing(name=text(), labels=thing())}}}


def widget(version: str = "v1", group: str = "offline.example", kind: str = "Widget", **spec: Any) -> dict[str, Any]:
    metadata = {"name": "w", "namespace": "a"}
    return {"apiVersion": f"{group}/{version}", "kind": kind, "metadata": metadata, "spec": spec}


@pytest.fixture(params=["the program", "the server"])
def types(request: pytest.FixtureRequest) -> ServedTypes:
    """Types of custom kinds, from one source or the other."""
    defined = defined_by(definition()) if request.param == "the program" else {}
    served = document_of(published())
    return ServedTypes(lambda kind: defined.get(str(kind), served))


KNOWN = widget(
    amount="1000m",
    seal="YQ==\n",
    when="2026-01-02T03:04:05+07:00",
    parts=[{"name": "a", "port": 0, "inner": [{"id": "", "size": 0}]}, {"name": ""}],
    marks=["b", "a"],
    rows=[[{"a": ""}], []],
    byName={"x": {"a": ""}, "y": {}},
    anything={"a": {"b": [{"c": ""}]}},
    value=[{"a": 0}],
    mixed={"known": {"a": ""}, "other": {"a": [{"b": 0}]}},
    closed={},
    free={"a": 0, "b": {}, "c": [""]},
    template={"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "labels": {"a": "b"}}, "spec": {"a": ""}},
    loose={"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p"}, "data": {"a": ""}},
)


def test_what_a_definition_names_stays_as_it_is_written(types: ServedTypes) -> None:
    assert normal_form(KNOWN, types) == (KNOWN, [])


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ({"other": 1}, "spec.other"),
        ({"parts": [{"name": "a"}, {"name": "b", "other": 1}]}, "spec.parts[1].other"),
        ({"parts": [{"name": "a", "inner": [{"id": "", "other": 1}]}]}, "spec.parts[0].inner[0].other"),
        ({"rows": [[], [{"other": 1}]]}, "spec.rows[1][0].other"),
        ({"byName": {"x": {"a": "", "other": 1}}}, "spec.byName.x.other"),
        ({"mixed": {"known": {"other": 1}, "more": {"a": 1}}}, "spec.mixed.known.other"),
        ({"closed": {"other": 1}}, "spec.closed.other"),
        ({"free": {"a": {"other": 1}}}, "spec.free.a.other"),
        ({"free": {"a": [{"other": 1}]}}, "spec.free.a[0].other"),
        ({"template": {"apiVersion": "v1", "kind": "Pod", "other": 1}}, "spec.template.other"),
        ({"template": {"metadata": {"name": "p", "other": 1}}}, "spec.template.metadata.other"),
        ({"loose": {"metadata": {"name": "p", "other": 1}}}, "spec.loose.metadata.other"),
    ],
)
def test_what_it_does_not_name_is_left_out_and_named(types: ServedTypes, spec: dict[str, Any], path: str) -> None:
    told: list[str] = []
    recorded = checked(urn("offline.example/v1:Widget"), {}, widget(**spec), types=types, warn=told.append)
    assert told == [f"Widget (offline.example/v1) has no field `{path}`: it is left out"]
    assert normal_form(recorded, types) == (recorded, [])
    assert "other" not in str(recorded)
    # An earlier run, or the official plugin, recorded it.
    assert changes_of(widget(**spec), recorded, recorded, types=types) == {}


def test_a_near_name_is_offered(types: ServedTypes) -> None:
    told: list[str] = []
    checked(urn("offline.example/v1:Widget"), {}, widget(part=[], amount=1), types=types, warn=told.append)
    assert told == ["Widget (offline.example/v1) has no field `spec.part`: it is left out; did you mean `parts`?"]


def test_metadata_are_of_a_type_that_is_known(types: ServedTypes) -> None:
    said = widget(amount=1)
    said["metadata"] |= {"labels": {}, "annotations": {"a": ""}, "generation": 2}
    form, strangers = normal_form(said, types)
    assert (form["metadata"], strangers) == ({"name": "w", "namespace": "a", "annotations": {"a": ""}}, [])
    assert normal_form(said | {"kind": "Nobody"}, types)[0]["metadata"] == form["metadata"]
    told: list[str] = []
    said["metadata"]["label"] = {"a": "b"}
    recorded = checked(urn("offline.example/v1:Widget"), {}, said, types=types, warn=told.append)
    assert "label" not in recorded["metadata"]
    assert told == ["Widget (offline.example/v1) has no field `metadata.label`: it is left out; did you mean `labels`?"]


@pytest.mark.parametrize("group", ["apps.example", "apps.k8s.io"])
def test_a_custom_kind_of_a_built_in_name_has_its_own_fields(group: str) -> None:
    # Published as example.apps.v1.Deployment and io.k8s.apps.v1.Deployment, beside Kubernetes' io.k8s.api.apps.v1.
    document = document_of(published(thing(a=text()), group, "Deployment"))
    types = ServedTypes(lambda kind: document)
    said = widget(group=group, kind="Deployment", a="", replicas=1)
    form, strangers = normal_form(said, types)
    assert (form, [stranger.path for stranger in strangers]) == (said, [("spec", "replicas")])


def test_each_version_has_its_own_fields() -> None:
    made = definition()
    made["spec"]["versions"][1]["schema"]["openAPIV3Schema"] = thing(spec=thing(newer=text()))
    documents = defined_by(made)
    types = ServedTypes(lambda kind: documents[str(kind)])
    assert [stranger.path[-1] for stranger in normal_form(widget("v2", newer="", amount=1), types)[1]] == ["amount"]
    assert [stranger.path[-1] for stranger in normal_form(widget("v1", newer="", amount=1), types)[1]] == ["newer"]


@pytest.mark.parametrize(
    "schema",
    [UNKNOWN, thing(spec=UNKNOWN), {"type": "object", "properties": UNKNOWN}, {"type": "object", **OPEN}],
    ids=["schema", "spec", "properties", "open"],
)
def test_what_a_definition_does_not_say_yet_may_be_anything(schema: Any) -> None:
    made = definition()
    made["spec"]["versions"][0]["schema"]["openAPIV3Schema"] = schema
    documents = defined_by(made)
    types = ServedTypes(lambda kind: documents[str(kind)])
    assert normal_form(widget(other=1), types) == (widget(other=1), [])


@pytest.mark.parametrize("spec", [None, UNKNOWN, {}, {"names": UNKNOWN}, {"names": {}, "versions": UNKNOWN}])
def test_half_a_definition_says_nothing(spec: Any) -> None:
    assert defined_by({"kind": "CustomResourceDefinition", "spec": spec}) == {}


@pytest.fixture
def serving(api: ApiDouble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A server that has the kind, as it was defined before: with `older`, without the rest."""
    monkeypatch.setenv("GOVCLOUD_CACHE", str(tmp_path))
    place = "/openapi/v3/apis/offline.example/v1"
    paths = {"apis/offline.example/v1": {"serverRelativeURL": f"{place}?hash=1"}}
    api.prescribe("GET", "/openapi/v3", (200, {"paths": paths}))
    api.prescribe("GET", place, (200, published(thing(older=text()))))
    return api


def test_a_server_is_asked_for_what_it_has(serving: ApiDouble, cluster: Cluster) -> None:
    assert [stranger.path for stranger in normal_form(widget(older="", amount=1), cluster.types)[1]] == [
        ("spec", "amount")
    ]


def test_a_definition_of_the_program_goes_before_what_the_server_has(serving: ApiDouble, provider: Provider) -> None:
    name = urn("offline.example/v1:Widget")
    before = provider.ask("Check", {"urn": name, "news": widget(older="1", amount=1)})["inputs"]
    assert before["spec"] == {"older": "1"}
    crd = urn("apiextensions.k8s.io/v1:CustomResourceDefinition")
    provider.ask("Check", {"urn": crd, "news": definition()})
    after = provider.ask("Check", {"urn": name, "news": widget(older="1", amount=1)})["inputs"]
    assert after["spec"] == {"amount": 1}


def test_a_patch_of_a_definition_is_no_definition(serving: ApiDouble, provider: Provider) -> None:
    patch = urn("apiextensions.k8s.io/v1:CustomResourceDefinitionPatch")
    provider.ask("Check", {"urn": patch, "news": definition()})
    answer = provider.ask("Check", {"urn": urn("offline.example/v1:Widget"), "news": widget(older="1")})
    assert answer["inputs"]["spec"] == {"older": "1"}


def test_a_preview_asks_nothing_about_a_kind_whose_definition_is_to_change(
    serving: ApiDouble, provider: Provider
) -> None:
    serving.served["offline.example/v1"] = {"Widget": ("widgets", True)}
    crd = urn("apiextensions.k8s.io/v1:CustomResourceDefinition")
    said, changed = definition(), definition()
    changed["spec"]["versions"][0]["schema"] = {"openAPIV3Schema": thing(spec=thing(other=text()))}
    now = live(said)
    request = {"urn": crd, "id": "ws", "olds": state(said, now)}
    wanted = widget(other="1")
    create = {"urn": urn("offline.example/v1:Widget"), "properties": wanted, "preview": True}
    update = {**create, "id": "a/w", "olds": state(widget(), live(widget())), "news": wanted}

    assert provider.ask("Diff", {**request, "news": said})["changes"] == "DIFF_NONE"
    provider.ask("Create", create)
    assert [call.path for call in serving.made("POST")] == ["/apis/offline.example/v1/namespaces/a/widgets"]

    assert provider.ask("Diff", {**request, "news": changed})["changes"] == "DIFF_SOME"
    assert provider.ask("Create", create)["properties"] == wanted
    assert provider.ask("Update", update)["properties"] == wanted
    assert len(serving.made("POST", "PATCH")) == 1
