"""Every operation where no cluster can be reached."""

from __future__ import annotations

from typing import Any

import pytest
from asked_plugin import Aborted, Provider
from made_objects import config_map, state, urn


@pytest.mark.parametrize(
    ("method", "request_", "message"),
    [
        ("Create", {"properties": config_map()}, "was not created: .*cannot be reached"),
        (
            "Update",
            {"olds": state(config_map(), config_map()), "news": config_map()},
            "was not updated: .*cannot be reached",
        ),
        ("Read", {"id": "a/conf"}, "cannot be reached, so this resource was not read.*PULUMI_K8S_DELETE_UNREACHABLE"),
        (
            "Delete",
            {"id": "a/conf", "properties": state(config_map(), config_map())},
            "cannot be reached, so this resource was not deleted.*PULUMI_K8S_DELETE_UNREACHABLE",
        ),
    ],
)
def test_nothing_is_done_without_a_cluster(
    unconnected: Provider, method: str, request_: dict[str, Any], message: str
) -> None:
    with pytest.raises(Aborted, match=message):
        unconnected.ask(method, {"urn": urn("core/v1:ConfigMap"), **request_})


def test_a_preview_without_a_cluster_shows_the_inputs(unconnected: Provider) -> None:
    request = {"urn": urn("core/v1:ConfigMap"), "preview": True}
    assert unconnected.ask("Create", {**request, "properties": config_map()}) == {"properties": config_map()}
    changed = {**request, "olds": state(config_map(), config_map()), "news": config_map(data={"k": "v"})}
    assert unconnected.ask("Update", changed) == {"properties": config_map(data={"k": "v"})}


def test_what_cannot_be_reached_can_be_forgotten(unconnected: Provider) -> None:
    unconnected.configure("ABSENT", deleteUnreachable="true")
    request = {"urn": urn("core/v1:ConfigMap"), "id": "a/conf", "properties": state(config_map(), config_map())}
    assert unconnected.ask("Delete", request) == {}
    assert unconnected.ask("Read", request) == {}


def test_updates_of_what_cannot_be_reached_can_be_skipped(unconnected: Provider) -> None:
    before, after = config_map(data={"k": "1"}), config_map(data={"k": "2"})
    request = {"urn": urn("core/v1:ConfigMap"), "olds": before, "news": after}
    assert unconnected.ask("Check", request)["inputs"] == after
    unconnected.configure("ABSENT", skipUpdateUnreachable="true")
    assert unconnected.ask("Check", request)["inputs"] == before
