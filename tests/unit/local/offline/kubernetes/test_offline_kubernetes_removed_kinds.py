"""Kinds that Kubernetes serves no more: refused at once, with what took their place."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from asked_plugin import Aborted, Provider
from kubernetes_double import ApiDouble
from made_objects import CONFIG_MAPS, config_map, live, urn

from govcloud_offline.kubernetes.api.discovery import NoSuchKindError
from govcloud_offline.kubernetes.inputs import field_types
from govcloud_offline.kubernetes.inputs.field_types import BUILTIN
from govcloud_offline.kubernetes.inputs.kinds import kind_of
from govcloud_offline.kubernetes.inputs.removed_kinds import REMOVED


def declared() -> dict[str, str]:
    """Return the release that serves a kind no more, by `apiVersion/kind`, from Go's declarations."""
    table = Path(field_types.__file__).with_name("builtin_types.txt").read_text().splitlines()
    words = [line.split() for line in table[1:]]
    return {line[0]: line[2] for line in words if len(line) == 3 and ":" not in line[2]}


def release(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split(".")))


def pinned() -> tuple[int, ...]:
    first = Path(field_types.__file__).with_name("builtin_types.txt").read_text().splitlines()[0]
    return 1, int(first.rsplit(".", 2)[1])


def test_the_table_has_every_kind_that_go_says_is_gone() -> None:
    gone = {name: since for name, since in declared().items() if release(since) <= pinned()}
    gone = {name: since for name, since in gone.items() if not name.endswith(("/Scale", "/DeploymentRollback"))}
    assert len(gone) > 50
    assert {name: REMOVED[name].since if name in REMOVED else None for name in gone} == gone


def test_what_is_said_to_take_its_place_is_served() -> None:
    for name, removal in REMOVED.items():
        if " " in removal.instead:
            continue
        kind = kind_of({"apiVersion": removal.instead, "kind": name.rsplit("/", 1)[1]})
        if kind.name != "Eviction":  # a part of a pod, no object of its own
            assert BUILTIN.of_kind(kind) is not None, name
        assert str(kind) not in REMOVED, name
        assert str(kind) not in declared(), name


def test_no_definition_is_waited_for_in_the_place_of_a_removed_kind() -> None:
    named = [name.rpartition("/") for name in REMOVED]
    kinds = [kind_of({"apiVersion": api_version, "kind": kind}) for api_version, _, kind in named]
    assert [str(kind) for kind in kinds if not NoSuchKindError(kind).final] == []


@pytest.mark.parametrize("preview", [True, False])
@pytest.mark.parametrize(
    ("token", "advice"),
    [
        ("policy/v1beta1:PodDisruptionBudget", "Kubernetes 1.25 removed it: write apiVersion policy/v1"),
        ("policy/v1beta1:PodSecurityPolicy", "Kubernetes 1.25 removed it: label namespaces for Pod Security admission"),
        ("extensions/v1beta1:Deployment", "Kubernetes 1.16 removed it: write apiVersion apps/v1"),
        ("extensions/v1beta1:Ingress", "Kubernetes 1.22 removed it: write apiVersion networking.k8s.io/v1"),
        ("autoscaling/v2beta2:HorizontalPodAutoscaler", "Kubernetes 1.26 removed it: write apiVersion autoscaling/v2"),
        ("flowcontrol.apiserver.k8s.io/v1beta3:FlowSchema", "write apiVersion flowcontrol.apiserver.k8s.io/v1"),
    ],
)
def test_a_removed_kind_is_refused_at_once_with_what_replaced_it(
    provider: Provider, token: str, advice: str, preview: bool
) -> None:
    version, _, name = token.partition(":")
    manifest = {"apiVersion": version, "kind": name, "metadata": {"name": "x", "namespace": "a"}}
    started = time.monotonic()
    with pytest.raises(Aborted, match=f'no matches for kind "{name}" in version "{version}"; .*{advice}') as caught:
        provider.ask("Create", {"urn": urn(token), "properties": manifest, "preview": preview})
    assert time.monotonic() - started < 2
    assert "CustomResourceDefinition" not in str(caught.value)


def test_a_kind_that_the_server_has_in_another_version_is_named(api: ApiDouble, provider: Provider) -> None:
    api.served["batch/v3"] = {"Job": ("jobs", True)}
    api.prescribe("GET", "/apis/batch", (200, {"versions": [{"version": "v3"}, {"version": "v1"}, {"version": "v9"}]}))
    manifest = {"apiVersion": "batch/v9", "kind": "Job", "metadata": {"name": "x", "namespace": "a"}}
    with pytest.raises(Aborted, match="; this server has it as batch/v3 and batch/v1"):
        provider.ask("Create", {"urn": urn("batch/v9:Job"), "properties": manifest})


def test_an_update_says_so_too(api: ApiDouble, provider: Provider) -> None:
    old = {"apiVersion": "policy/v1beta1", "kind": "PodDisruptionBudget", "metadata": {"name": "x", "namespace": "a"}}
    state = {**live(old), "__inputs": old, "__initialApiVersion": "policy/v1beta1", "__fieldManager": "us"}
    new = {**old, "spec": {"minAvailable": 1}}
    for preview in (True, False):
        with pytest.raises(Aborted, match="write apiVersion policy/v1"):
            provider.ask(
                "Update",
                {"urn": urn("policy/v1beta1:PodDisruptionBudget"), "olds": state, "news": new, "preview": preview},
            )


def test_what_the_server_warns_of_is_shown(api: ApiDouble, provider: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(
        "govcloud_offline.kubernetes.engine.Engine.log",
        lambda self, severity, urn, message, passing: told.append(f"{severity.name} {message}"),
    )
    api.warnings = ['unknown field "spec.x"', "a\\b"]
    provider.ask("Create", {"urn": urn("core/v1:ConfigMap"), "properties": config_map()})
    (sent,) = [call for call in api.made("POST") if call.path == CONFIG_MAPS]
    assert sent.query["fieldValidation"] == "Warn"
    assert told == ['WARNING unknown field "spec.x"', "WARNING a\\b"]
