"""Deleting objects: until they are gone, or with the reason why they stay."""

from __future__ import annotations

from typing import Any

import pytest
from made_objects import CONFIG_MAP, config_map, live, refusal, state, urn


def test_deletion_waits_until_the_object_is_gone(api: Any, provider: Any) -> None:
    now = live(config_map())
    api.put(now)
    gone = refusal(404, "NotFound", "gone")
    api.prescribe("DELETE", CONFIG_MAP, (200, now))
    api.prescribe("GET", CONFIG_MAP, (200, now), (200, now), gone)
    provider.ask("Delete", {"urn": urn("core/v1:ConfigMap"), "id": "a/conf", "properties": state(config_map(), now)})
    assert len([call for call in api.made("GET") if call.path == CONFIG_MAP]) == 3


def test_an_object_that_will_not_go_says_who_holds_it(api: Any, provider: Any) -> None:
    inputs = config_map()
    inputs["metadata"] = {**inputs["metadata"], "annotations": {"pulumi.com/timeoutSeconds": "0"}}
    now = live(inputs, finalizers=["a.example/hold"])
    api.prescribe("DELETE", CONFIG_MAP, (200, now))
    api.prescribe("GET", CONFIG_MAP, (200, now))
    with pytest.raises(Exception, match="timed out waiting to be deleted") as caught:
        provider.ask("Delete", {"urn": urn("core/v1:ConfigMap"), "id": "a/conf", "properties": state(inputs, now)})
    assert any("a.example/hold" in reason for reason in caught.value.detail.reasons)


def test_deleting_a_patch_only_lets_go(api: Any, provider: Any) -> None:
    inputs = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default", "labels": {"a": "b"}}}
    api.prescribe("PATCH", "/api/v1/namespaces/default", (200, live(inputs)))
    provider.ask(
        "Delete",
        {"urn": urn("core/v1:NamespacePatch"), "id": "default", "properties": state(inputs, live(inputs), "patch")},
    )
    assert api.made("DELETE") == []
    (sent,) = api.made("PATCH")
    assert sent.query["fieldManager"] == "patch"
    assert sent.body["metadata"] == {"name": "default"}
