"""Normal form by the type of a field: inputs that mean the same to an API server are no change."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from asked_plugin import changes_of

from govcloud_base.wire.values import UNKNOWN
from govcloud_offline.kubernetes.inputs import field_types
from govcloud_offline.kubernetes.inputs.field_types import BUILTIN
from govcloud_offline.kubernetes.inputs.kinds import Kind
from govcloud_offline.kubernetes.inputs.normal import normal_form, normalised

ROOT = Path(__file__).parents[5]


def manifest(api_version: str, kind: str, **fields: Any) -> dict[str, Any]:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": "n", "namespace": "a"}, **fields}


def volume(**source: Any) -> dict[str, Any]:
    return manifest("v1", "PersistentVolume", spec={"capacity": {"storage": "1Gi"}, **source})


@pytest.mark.parametrize(
    ("given_", "rounded"),
    [("100u", "1m"), ("1.0001", "1001m"), ("1e-4", "1e-3"), ("-1u", "-1m"), ("0.0001Ki", "103m"), ("1001m", "1001m")],
)
def test_amounts_of_resources_are_rounded_up_to_thousandths(given_: str, rounded: str) -> None:
    container = {"name": "c", "resources": {"limits": {"cpu": given_}}}
    said = manifest("v1", "Pod", spec={"containers": [container]})
    assert normalised(said)["spec"]["containers"][0]["resources"]["limits"]["cpu"] == rounded


@pytest.mark.parametrize(
    ("given_", "normal"),
    [
        (
            manifest(
                "autoscaling/v2",
                "HorizontalPodAutoscaler",
                spec={"metrics": [{"type": "Pods", "pods": {"target": {"averageValue": "1000"}}}]},
            ),
            {"spec": {"metrics": [{"type": "Pods", "pods": {"target": {"averageValue": "1k"}}}]}},
        ),
        (
            manifest("storage.k8s.io/v1", "CSIStorageCapacity", capacity="1024Mi", maximumVolumeSize=1024),
            {"capacity": "1Gi", "maximumVolumeSize": "1024"},
        ),
        (
            volume(csi={"driver": "d", "volumeHandle": "v", "readOnly": False, "volumeAttributes": {}}),
            {"spec": {"capacity": {"storage": "1Gi"}, "csi": {"driver": "d", "volumeHandle": "v"}}},
        ),
        (
            volume(iscsi={"targetPortal": "p", "iqn": "i", "lun": 0, "chapAuthSession": False, "portals": []}),
            {"spec": {"capacity": {"storage": "1Gi"}, "iscsi": {"targetPortal": "p", "iqn": "i", "lun": 0}}},
        ),
        (
            manifest("coordination.k8s.io/v1", "Lease", spec={"renewTime": "2026-01-02T03:04:05.000000+07:00"}),
            {"spec": {"renewTime": "2026-01-01T20:04:05.000000Z"}},
        ),
        (
            manifest("v1", "Node", spec={"taints": [{"key": "k", "timeAdded": "2026-01-02T03:04:05.6+07:00"}]}),
            {"spec": {"taints": [{"key": "k", "timeAdded": "2026-01-01T20:04:05Z"}]}},
        ),
        (
            manifest("v1", "ConfigMap", binaryData={"k": "aGVs\nbG8=\n", "empty": ""}, data={"e": ""}),
            {"binaryData": {"k": "aGVsbG8=", "empty": ""}, "data": {"e": ""}},
        ),
        (
            manifest("apiregistration.k8s.io/v1", "APIService", spec={"caBundle": "YQ==\n", "version": ""}),
            {"spec": {"caBundle": "YQ=="}},
        ),
        (
            manifest(
                "apiextensions.k8s.io/v1",
                "CustomResourceDefinition",
                status={},
                spec={
                    "preserveUnknownFields": False,
                    "versions": [
                        {
                            "schema": {
                                "openAPIV3Schema": {
                                    "nullable": False,
                                    "properties": {"a": {"default": "", "minLength": 0, "enum": ["", "b"]}},
                                    "items": [{"description": ""}],
                                    "additionalProperties": False,
                                }
                            }
                        }
                    ],
                },
            ),
            {
                "spec": {
                    "versions": [
                        {
                            "schema": {
                                "openAPIV3Schema": {
                                    "properties": {"a": {"default": "", "minLength": 0, "enum": ["", "b"]}},
                                    "items": [{}],
                                    "additionalProperties": False,
                                }
                            }
                        }
                    ]
                }
            },
        ),
        (
            manifest(
                "networking.k8s.io/v1", "Ingress", spec={"ingressClassName": "", "rules": [{"host": ""}], "tls": []}
            ),
            {"spec": {"ingressClassName": "", "rules": [{}]}},
        ),
        (manifest("v1", "Secret", data={}, immutable=False, type=""), {"data": {}, "immutable": False}),
    ],
)
def test_each_field_goes_by_its_type(given_: dict[str, Any], normal: dict[str, Any]) -> None:
    head = {key: given_[key] for key in ("apiVersion", "kind", "metadata")}
    assert normalised(given_) == {**head, **normal}
    assert normalised(normalised(given_)) == normalised(given_)


@pytest.mark.parametrize(
    "given_",
    [
        volume(csi={"driver": "d", "volumeHandle": "v", "readOnly": False, "fsType": ""}),
        volume(iscsi={"targetPortal": "p", "iqn": "i", "lun": 0, "chapAuthSession": False}),
        manifest("v1", "Secret", data={}),
        manifest("v1", "Secret", metadata={"name": "n", "namespace": "a", "labels": {}}, stringData={}),
        manifest("storage.k8s.io/v1", "CSIStorageCapacity", capacity="1024Mi"),
    ],
)
def test_a_stack_that_the_official_plugin_recorded_shows_no_change(given_: dict[str, Any]) -> None:
    # Its state holds what Go made of the inputs, and the server's answer; the program says them anew each time.
    live = normalised(given_)
    for empty in [key for key, value in live.items() if value == {}]:
        del live[empty]
    assert changes_of(given_, live, given_) == {}
    assert changes_of(normalised(given_), live, given_) == {}


def test_an_empty_value_that_the_server_keeps_and_that_is_gone_is_drift() -> None:
    said = manifest("v1", "ServiceAccount", automountServiceAccountToken=False)
    live = manifest("v1", "ServiceAccount")
    found = changes_of(said, live, said)
    assert list(found) == ["automountServiceAccountToken"]


def test_a_preview_compares_what_is_known_already_beside_what_is_not() -> None:
    said = volume(csi={"driver": "d", "volumeHandle": "v", "readOnly": False})
    live = normalised(said)
    later = volume(csi={"driver": "d", "volumeHandle": UNKNOWN, "readOnly": False})
    assert list(changes_of(said, live, later)) == ["spec.csi.volumeHandle"]


def test_a_field_that_no_type_has_is_kept_and_named() -> None:
    said = manifest("apps/v1", "Deployment", spec={"template": {"spec": {"containers": [{"name": "c", "imag": "i"}]}}})
    form, strangers = normal_form(said)
    assert form == said
    path = ("spec", "template", "spec", "containers", 0, "imag")
    assert [(stranger.path, stranger.owner) for stranger in strangers] == [(path, "core/v1.Container")]


def test_the_table_is_that_of_the_pinned_kubernetes() -> None:
    table = Path(field_types.__file__).with_name("builtin_types.txt").read_text().splitlines()
    pin = re.search(r"^\tk8s.io/api => k8s.io/api (\S+)$", (ROOT / "toolchain/kubernetes/go.mod").read_text(), re.M)
    assert pin is not None
    assert table[0] == f"# k8s.io/api {pin[1]}", "run `make types`"


def test_the_table_leads_nowhere_but_to_itself() -> None:
    lines = [
        line.split() for line in Path(field_types.__file__).with_name("builtin_types.txt").read_text().splitlines()
    ]
    words = {"any", "bool", "bytes", "microtime", "number", "quantity", "resource", "string", "time"}
    owners = {line[0] for line in lines}
    types = [word for line in lines[1:] for word in line[1:] if not re.fullmatch(r"1\.\d+", word)]  # its last release
    used = {word.rsplit(":", 1)[-1].lstrip("-[]{}") for word in types}
    assert used <= owners | words
    assert BUILTIN.of_kind(Kind("", "v1", "Pod")) == "core/v1.Pod"
    assert BUILTIN.of_kind(Kind("a.example", "v1", "Pod")) is None
    assert BUILTIN.of_field(Kind("", "v1", "Pod"), "core/v1.Container", "imag") is None
