from __future__ import annotations

from typing import Any

import pytest
from google.protobuf import json_format
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from govcloud_base.wire.values import UNKNOWN, Secret, from_struct, has_secret, has_unknown, to_struct
from govcloud_offline.kubernetes.inputs.secrecy import mark_secrets
from govcloud_offline.kubernetes.inputs.spelling import plain, property_names

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(max_size=8)
    | st.just(UNKNOWN)
    | st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: not number.is_integer())
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
        | inner.map(lambda value: value if isinstance(value, Secret) else Secret(value))
    ),
    max_leaves=8,
)


@QUICK
@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=4))
def test_properties_survive_the_way_to_the_engine_and_back(properties: dict[str, Any]) -> None:
    assert from_struct(to_struct(properties)) == properties


@QUICK
@given(st.dictionaries(st.text(max_size=5), VALUES, max_size=4))
def test_an_engine_that_takes_no_secrets_gets_none(properties: dict[str, Any]) -> None:
    assert not has_secret(from_struct(to_struct(properties, secrets=False)))


def test_numbers_without_a_fraction_are_whole() -> None:
    port = from_struct(to_struct({"port": 80.0, "share": 0.5}))
    assert port == {"port": 80, "share": 0.5}
    assert isinstance(port["port"], int)


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ({"value": "a"}, "a"),
        ({"value": "a", "secret": True}, Secret("a")),
        ({}, UNKNOWN),
        ({"secret": True}, Secret(UNKNOWN)),
    ],
)
def test_outputs_are_read_as_their_values(output: dict[str, Any], expected: Any) -> None:
    signed = {"4dabf18193072939515e22adb298388d": "d0e6a833031e9bbcd3f4e8bde6ca49a4", **output}
    struct = to_struct({})
    json_format.ParseDict({"x": signed}, struct)
    assert from_struct(struct) == {"x": expected}


def test_schema_words_have_dashes_for_kubernetes_and_underscores_in_state() -> None:
    schema = {"schema": [{"x_kubernetes_preserve_unknown_fields": True, "x_other": 1}]}
    sent = plain(schema)
    assert sent == {"schema": [{"x-kubernetes-preserve-unknown-fields": True, "x_other": 1}]}
    assert property_names(sent) == schema


def test_unknown_is_found_inside_secrets() -> None:
    assert has_unknown({"a": [Secret({"b": UNKNOWN})]})
    assert not has_unknown({"a": [Secret({"b": "known"})]})


def test_a_secret_never_shows_in_messages() -> None:
    assert "hunter2" not in repr({"password": Secret("hunter2")})


def test_only_what_stems_from_secrets_is_secret() -> None:
    outputs = {"spec": {"token": "t", "size": 1}, "list": [1, 2], "status": "s"}
    mark_secrets(outputs, {"spec": {"token": Secret("t"), "size": 1}, "list": [1, Secret(2)], "absent": Secret("x")})
    assert outputs == {"spec": {"token": Secret("t"), "size": 1}, "list": Secret([1, 2]), "status": "s"}


def test_the_data_of_a_secret_is_secret_even_if_the_program_did_not_say_so() -> None:
    outputs: dict[str, Any] = {"kind": "Secret", "data": {"k": "dg=="}, "stringData": {"k": "v"}, "type": "Opaque"}
    mark_secrets(outputs, {})
    assert outputs["data"] == Secret({"k": "dg=="})
    assert outputs["stringData"] == Secret({"k": "v"})
    assert outputs["type"] == "Opaque"
