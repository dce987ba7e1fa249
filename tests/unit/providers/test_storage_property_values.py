from __future__ import annotations

import importlib
import math
from typing import Any

from google.protobuf.struct_pb2 import Struct
from hypothesis import given, settings
from hypothesis import strategies as st

from govcloud.providers.storage.property_values import UNKNOWN, decode, encode, is_unknown

SCALARS = st.one_of(st.booleans(), st.integers(-(2**53), 2**53), st.text(max_size=10))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1), inner),
    max_leaves=6,
)


def struct(values: dict[str, Any], secret: set[str] | None = None) -> Struct:
    made = Struct()
    made.update(encode(values, secret or set()))
    return made


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
    assert is_unknown({"a": [{"b": UNKNOWN}]})
    assert not is_unknown({"a": [{"b": "known"}]})


def test_fractions_stay_fractions() -> None:
    values, _ = decode(struct({"a": 1.5}))
    assert math.isclose(values["a"], 1.5)


def test_the_signatures_are_those_of_the_sdk() -> None:
    rpc = importlib.import_module("pulumi.runtime.rpc")
    wire = encode({"k": "s"}, {"k"})["k"]

    assert rpc.UNKNOWN == UNKNOWN
    assert wire == {rpc._special_sig_key: rpc._special_secret_sig, "value": "s"}
