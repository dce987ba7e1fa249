"""Quantities are exact numbers, and are written back letter by letter as Go does."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govcloud_base.quantity import canonical, exact

ROOT = Path(__file__).parents[2]
QUANTITIES = [line.split("\t") for line in (ROOT / "tests/fixtures/kubernetes-quantities.tsv").read_text().splitlines()]
BILLIONTH = Fraction(1, 10**9)


@pytest.mark.parametrize(
    ("written", "back"),
    [
        ("1000m", "1"),
        ("0.5", "500m"),
        ("1500m", "1500m"),
        (2, "2"),
        ("1024Mi", "1Gi"),
        ("1.5Gi", "1536Mi"),
        ("512", "512"),
        ("0.5Ki", "512"),
        ("1e3", "1e3"),
        ("2000k", "2M"),
        ("0", "0"),
        ("0Gi", "0"),
        ("100M", "100M"),
        ("1000000", "1M"),
        ("-1500m", "-1500m"),
        ("0.1Gi", "107374182400m"),
        ("lots", "lots"),
        (True, True),
    ],
)
def test_quantities_as_the_server_writes_them(written: Any, back: Any) -> None:
    assert canonical(written) == back


def test_quantities_are_written_as_go_writes_them() -> None:
    # Recorded by `apitypes quantities`, one of the programs in toolchain/kubernetes; ! is what it refuses.
    assert len(QUANTITIES) > 2000
    wrong = {text: got for text, go in QUANTITIES if (got := canonical(text)) != (text if go == "!" else go)}
    assert wrong == {}


@pytest.mark.parametrize(
    ("written", "back"),
    [
        ("10E", "10E"),
        ("9223372036854775808", "9223372036854775808"),
        ("16Ei", "9223372036854775807"),
        ("1e99999", "1e99999"),
        ("10e2147000000", "1e2147000001"),
        ("1e-2147000000", "1e-9"),
        ("1e99999999999999999999", "1e99999999999999999999"),
        ("9" * 5000, "9" * 5000),
        (1e300, "1e+300"),
        (float("inf"), float("inf")),
        ("1/2", "1/2"),
        ("", ""),
    ],
)
def test_huge_and_tiny_quantities_end_no_run(written: Any, back: Any) -> None:
    assert canonical(written) == back


@given(st.text("0123456789.+-eEinumkKMGTP", max_size=30) | st.integers() | st.floats(allow_nan=False))
def test_no_quantity_ends_a_run_and_the_canonical_form_is_final(value: Any) -> None:
    once = canonical(value)
    assert canonical(once) == once


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("1000m", Fraction(1)),
        ("100n", Fraction(1, 10**7)),
        ("1e3", Fraction(1000)),
        ("1E-3", Fraction(1, 1000)),
        ("1k", Fraction(1000)),
        ("1.5Gi", Fraction(3 * 2**29)),
        ("999E", Fraction(999 * 10**18)),
        (".5", Fraction(1, 2)),
        ("5.", Fraction(5)),
        ("+1", Fraction(1)),
        ("-250m", Fraction(-1, 4)),
        ("0007", Fraction(7)),
        # What a live quota may say, though no server could count so far.
        ("10E", Fraction(10**19)),
        ("16Ei", Fraction(2**64)),
        ("1e30", Fraction(10**30)),
        ("9223372036854775807", Fraction(2**63 - 1)),
        ("999999999999999999E", Fraction((10**18 - 1) * 10**18)),
        ("0.1n", Fraction(1, 10**10)),
    ],
)
def test_a_quantity_is_an_exact_number(written: str, number: Fraction) -> None:
    assert exact(written) == number


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("", "not an amount"),
        ("Gi", "not an amount"),
        (".", "not an amount"),
        ("1 Gi", "not an amount"),
        ("1K", "not an amount"),
        ("20GB", "not an amount"),
        ("1e", "not an amount"),
        ("1\n", "not an amount"),
        ("١", "not an amount"),
        ("9" * 5000, "not an amount"),
        ("1e128", "larger"),
        ("1e999999999", "larger"),
        ("1e-999999999", "smaller"),
    ],
)
def test_what_is_no_quantity_or_beyond_counting_is_refused_at_once(written: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        exact(written)


@given(st.from_regex(r"[+-]?[0-9]{0,20}(\.[0-9]{0,9})?([eE][+-]?[0-9]{1,15}|[A-Za-z]{0,3})", fullmatch=True))
def test_no_text_takes_more_than_a_glance(written: str) -> None:
    try:
        number = exact(written)
    except ValueError:
        return
    assert number.numerator.bit_length() < 600
    assert number.denominator.bit_length() < 600


def test_written_back_a_quantity_is_the_same_number_but_for_a_billionth() -> None:
    compared = [(number, exact(go), text) for text, go in QUANTITIES if (number := _held(text)) is not None]
    assert len(compared) > 1500
    assert [
        text for here, go, text in compared if not (abs(here) <= abs(go) <= abs(here) + BILLIONTH and here * go >= 0)
    ] == []


def _held(text: str) -> Fraction | None:
    """Return the number that a server could hold; None where it could not, or `text` is no quantity."""
    try:
        number = exact(text)
    except ValueError:
        return None
    return number if abs(number) < 2**63 else None
