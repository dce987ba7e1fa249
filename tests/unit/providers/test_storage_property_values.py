from __future__ import annotations

import importlib
import math
from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct
from hypothesis import given, settings
from hypothesis import strategies as st

from govcloud.providers.storage.property_values import decode, encode
from govcloud_base.wire.values import UNKNOWN, has_unknown

rpc = importlib.import_module("pulumi.runtime.rpc")

SCALARS = st.one_of(st.booleans(), st.integers(-(2**53), 2**53), st.text(max_size=10))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner),
    max_leaves=6,
)


def struct(values: dict[str, Any], secret: set[str] | None = None) -> Struct:
    return encode(values, secret or set())


@settings(deadline=None)
@given(st.dictionaries(st.text("xyz", min_size=1, max_size=3), VALUES, max_size=4), st.data())
def test_values_and_secrecy_survive_the_wire(values: dict[str, Any], data: Any) -> None:
    secret = data.draw(st.sets(st.sampled_from(sorted(values)))) if values else set()

    assert decode(struct(values, secret)) == (values, secret)


def test_absent_inputs_are_left_out() -> None:
    assert decode(struct({"a": None, "b": 1})) == ({"b": 1}, set())


def test_a_secret_deep_inside_makes_the_whole_property_secret() -> None:
    wire = struct({"tags": {"plain": "1"}})
    wire.fields["tags"].struct_value.fields["hidden"].CopyFrom(struct({"x": "s"}, {"x"}).fields["x"])

    assert decode(wire) == ({"tags": {"plain": "1", "hidden": "s"}}, {"tags"})


def test_unknowns_are_found_at_any_depth() -> None:
    wire = struct({"a": [{"b": rpc.UNKNOWN}]})
    assert decode(wire)[0] == {"a": [{"b": UNKNOWN}]}
    assert has_unknown(decode(wire)[0])
    assert not has_unknown({"a": [{"b": "known"}]})


@pytest.mark.parametrize(
    "placeholder",
    [
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # text
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # truth value
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # list
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    ],
)
def test_an_unknown_of_every_type_is_one(placeholder: str) -> None:
    assert decode(struct({"a": placeholder}))[0] == {"a": UNKNOWN}


def test_fractions_stay_fractions() -> None:
    values, _ = decode(struct({"a": 1.5}))
    assert math.isclose(values["a"], 1.5)


def test_the_signatures_are_those_of_the_sdk() -> None:
    assert dict(struct({"k": "s"}, {"k"})["k"]) == {rpc._special_sig_key: rpc._special_secret_sig, "value": "s"}
    assert dict(struct({"k": UNKNOWN})) == {"k": rpc.UNKNOWN}
