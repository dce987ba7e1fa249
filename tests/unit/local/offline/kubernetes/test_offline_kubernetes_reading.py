"""Reading objects: imports, secrets, and what is not there any more; and the functions of the plugin."""

from __future__ import annotations

import base64
import json

import pytest
from asked_plugin import Aborted, Provider
from kubernetes_double import ApiDouble
from made_objects import config_map, live, state, urn


def test_import_takes_the_inputs_from_the_object(api: ApiDouble, provider: Provider) -> None:
    found = live(config_map(data={"k": "v"}), generation=3, managedFields=[{}], creationTimestamp="t")
    api.put(found | {"status": {"x": 1}})
    answer = provider.ask("Read", {"urn": urn("core/v1:ConfigMap"), "id": "a/conf"})
    assert answer["inputs"] == config_map(data={"k": "v"})
    assert answer["properties"]["__inputs"] == answer["inputs"]
    assert answer["properties"]["status"] == {"x": 1}


def test_an_imported_secret_is_secret(api: ApiDouble, provider: Provider) -> None:
    encoded = base64.b64encode(b"hunter2").decode()
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s", "namespace": "a"}}
    api.put(live(secret) | {"data": {"k": encoded}})
    answer = provider.ask("Read", {"urn": urn("core/v1:Secret"), "id": "a/s"})
    for part in (answer["inputs"], answer["properties"], answer["properties"]["__inputs"]):
        assert part["data"]["4dabf18193072939515e22adb298388d"] == "1b47061264138c4ac30d75fd1eb44270"
    assert json.dumps(answer).count(encoded) == 3


def test_what_is_gone_is_gone(provider: Provider) -> None:
    request = {"urn": urn("core/v1:ConfigMap"), "id": "a/conf", "inputs": config_map()}
    assert provider.ask("Read", request | {"properties": state(config_map(), live(config_map()))}) == {}
    deletion = {"urn": urn("core/v1:ConfigMap"), "id": "a/conf", "properties": state(config_map(), live(config_map()))}
    assert provider.ask("Delete", deletion) == {}


def test_custom_resources_go_with_their_definition(provider: Provider) -> None:
    widget = {"apiVersion": "no.example/v1", "kind": "Widget", "metadata": {"name": "w", "namespace": "a"}}
    request = {"urn": urn("no.example/v1:Widget"), "id": "a/w", "properties": state(widget, live(widget))}
    assert provider.ask("Read", request | {"inputs": widget}) == {}
    assert provider.ask("Delete", request) == {}


def test_yaml_is_decoded(provider: Provider) -> None:
    answer = provider.ask("Invoke", {"tok": "kubernetes:yaml:decode", "args": {"text": "a: 1\n---\nb: [x]\n"}})
    assert answer == {"return": {"result": [{"a": 1}, {"b": ["x"]}]}}
    with pytest.raises(Aborted, match="no function"):
        provider.ask("Invoke", {"tok": "kubernetes:helm:template"})
