"""Amounts are exact: every spelling of an amount is the same number, and writing one back loses nothing."""

from __future__ import annotations

import itertools
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from govcloud.model.quantity import format_bytes, format_cpu, parse
from govcloud.model.quota import Quota

AMOUNTS = st.integers(min_value=0, max_value=2**62)


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ("1000m", Fraction(1)),
        ("1", Fraction(1)),
        ("1e3", Fraction(1000)),
        ("1k", Fraction(1000)),
        ("1Ki", Fraction(1024)),
        ("1Ti", Fraction(1024**4)),
        ("1T", Fraction(10**12)),
        ("20GB", Fraction(20 * 10**9)),
        ("5GiB", Fraction(5 * 1024**3)),
        ("5B", Fraction(5)),
        ("5K", Fraction(5000)),
        ("5KB", Fraction(5000)),
        ("5E", Fraction(5 * 10**18)),
        ("5E1", Fraction(50)),
        ("0.1", Fraction(1, 10)),
        ("9223372036854775807", Fraction(2**63 - 1)),
        (2, Fraction(2)),
        (Decimal("1.5"), Fraction(3, 2)),
        (Decimal("1E+3"), Fraction(1000)),
    ],
)
def test_every_spelling_has_its_exact_amount(written: str | int | Decimal, amount: Fraction) -> None:
    assert parse(written) == amount


@pytest.mark.parametrize(
    "written", ["", "-1", "1 Gi", "Gi", "1Xi", "1mB", "0x10", "1_000", "١", "1\n", "9" * 41, "1e99", -1, True]
)
def test_what_is_no_amount_is_refused(written: str | int) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse(written)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("10E", "larger"),
        ("8Ei", "larger"),
        ("1e30", "larger"),
        ("1e128", "larger"),
        ("1e999999999", "larger"),
        ("1E+99999999999999999999999999999999999", "larger"),
        ("1e-999999999", "smaller"),
        (Decimal("1e999999999"), "larger"),
        (Decimal("1e-999999999"), "smaller"),
        (Decimal("Infinity"), "not an amount"),
        (Decimal("NaN"), "not an amount"),
        pytest.param(10**5000, "larger", id="five thousand digits"),
        ("-1", "negative"),
        ("-10E", "negative"),
        ("1Xi", "unknown unit"),
        ("1mB", "unknown unit"),
        ("4gib", "unknown unit"),
        ("+5", "not an amount"),
        (".5", "not an amount"),
        ("5.", "not an amount"),
        ("+5Gi", "not an amount"),
        (".5Gi", "not an amount"),
        ("5.Gi", "not an amount"),
        ("5.e3", "not an amount"),
        ("", "not an amount"),
        (Decimal("-0.5"), "negative"),
    ],
)
def test_amounts_at_and_beyond_the_edges_are_told_why_at_once(written: str | int | Decimal, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse(written)


@given(st.from_regex(r"-?[0-9]{1,20}(\.[0-9]{1,9})?([eE][+-]?[0-9]{1,15}|[A-Za-z]{0,3})", fullmatch=True))
def test_no_text_takes_more_than_a_glance(written: str) -> None:
    try:
        amount = parse(written)
    except ValueError:
        return
    assert amount.numerator.bit_length() < 600
    assert amount.denominator.bit_length() < 600


@pytest.mark.parametrize("field", ["cpu", "memory", "storage", "objectStorage", "ephemeralStorage"])
@pytest.mark.parametrize(
    "written", ["10E", "1e30", "0.1n", "-1", "+5", ".5", "5.", "1e999999999", "9223372036854775808"]
)
def test_a_quota_answers_every_edge_with_a_problem(field: str, written: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Quota.model_validate({field: written})
    assert [e["type"][:11] for e in caught.value.errors()] == ["GC-QUANTITY"]


def test_processors_are_bounded_in_thousandths_as_they_are_counted() -> None:
    assert Quota.model_validate({"cpu": "9223372036854775807m"}).cpu == 2**63 - 1
    with pytest.raises(ValidationError, match="more than any cluster has"):
        Quota.model_validate({"cpu": "9223372036854775808m"})


@given(AMOUNTS)
def test_bytes_survive_being_written(amount: int) -> None:
    assert parse(format_bytes(amount)) == amount


@given(st.integers(min_value=0, max_value=10**9))
def test_processors_survive_being_written(milli: int) -> None:
    assert parse(format_cpu(milli)) * 1000 == milli


def test_the_written_form_is_the_one_that_kubernetes_keeps() -> None:
    assert (format_bytes(1344 << 20), format_bytes(1 << 30), format_bytes(1000), format_bytes(0)) == (
        "1344Mi",
        "1Gi",
        "1000",
        "0",
    )
    assert (format_cpu(1500), format_cpu(2000), format_cpu(0)) == ("1500m", "2", "0")


@pytest.mark.parametrize(("cpu", "memory"), [("0.5m", "1Gi"), ("1", "0.5"), ("-1", "1Gi"), ("1", "1e-3")])
def test_a_quota_takes_no_fraction_of_what_it_counts(cpu: str, memory: str) -> None:
    with pytest.raises(ValidationError):
        Quota.model_validate({"cpu": cpu, "memory": memory})


QUOTAS = st.builds(lambda amounts: Quota.of(amounts), st.fixed_dictionaries(dict.fromkeys(Quota.CARVED, AMOUNTS)))
SHARES = st.dictionaries(st.sampled_from(["edge", "dmz", "srv", "db", "int", "mgt"]), st.integers(1, 100), min_size=1)


@given(QUOTAS, SHARES)
def test_the_parts_of_a_quota_are_exactly_the_whole(quota: Quota, shares: dict[str, int]) -> None:
    parts = quota.split(shares)
    assert list(parts) == list(shares)
    assert Quota.total(parts.values()) == quota


@given(QUOTAS, SHARES)
def test_a_larger_share_never_gets_less_pods(quota: Quota, shares: dict[str, int]) -> None:
    parts = quota.split(shares)
    ordered = sorted(shares, key=lambda name: shares[name])
    pods = [parts[name].pods for name in ordered]
    # One pod more may go to whoever stands first in the declaration.
    assert all(later >= earlier - 1 for earlier, later in itertools.pairwise(pods))
