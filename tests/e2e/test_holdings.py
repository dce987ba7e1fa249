"""What lies in a store, how full it is and who can do what with it, asked of a country that was provisioned."""

from __future__ import annotations

import json
from typing import Any

import pytest
from embedded_cloud import Cloud

pytestmark = pytest.mark.node

BUCKET = "vn-h41-prod-records"


def asked(country: Cloud, *words: str) -> Any:
    return json.loads(country.govcloud("storage", *words, "--format", "json").stdout)


def test_a_tenants_buckets_are_listed_and_measured(country: Cloud) -> None:
    listed = {row["bucket"]: row for row in asked(country, "ls", "h41")}
    assert listed[BUCKET]["there"] is True
    assert listed[BUCKET]["tenant"] == "h41"
    used = asked(country, "usage", "h41")
    assert used.keys() == listed.keys()
    assert used[BUCKET]["quotaBytes"] > 0


def test_who_can_is_tried_with_the_keys_that_were_delivered(country: Cloud) -> None:
    found = {row["identity"]: row for row in asked(country, "who-can", BUCKET)}
    owner, stranger = found["h41-prod"], found[None]
    assert owner["tried"]["list"] is True
    assert owner["tried"]["write"] is True
    assert (owner["tried"]["erase"], owner["computed"]["erase"]) == (False, "refused")
    assert set(stranger["tried"].values()) == {False}
    others = [row for name, row in found.items() if name not in ("h41-prod", None)]
    assert others
    for row in others:
        assert set(row["computed"].values()) == {"refused"}
        assert True not in row["tried"].values()
    shown = country.govcloud("storage", "who-can", BUCKET).stdout
    assert "h41-prod" in shown


def test_a_bucket_that_is_not_there_is_told(country: Cloud) -> None:
    missing = country.govcloud("storage", "who-can", "left-behind", "--cloud", "cgc-hn1", check=False)
    assert missing.returncode == 4
    assert "GC-STORE-011" in missing.stderr
    none = country.govcloud("storage", "who-can", "h41", check=False)
    assert none.returncode == 2
    assert "GC-STORE-041" in none.stderr
