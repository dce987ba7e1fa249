from __future__ import annotations

import json
import time
from typing import Any

import pytest

from govcloud.providers.storage import capabilities
from govcloud.providers.storage.capabilities import CATALOGUE_BUCKET, Capabilities, known_or_probed, probe

ABLE = Capabilities(tagging=True, versioning=True, encryption=True, policy=True)


def test_a_good_store_can_do_everything_and_is_left_as_it_was(s3: Any) -> None:
    assert probe(s3) == ABLE
    assert s3.buckets == {}


@pytest.mark.parametrize("setting", ["tagging", "versioning", "encryption"])
def test_a_setting_without_effect_is_not_supported_whatever_the_status_said(s3: Any, setting: str) -> None:
    s3.ignores = frozenset({setting})

    found = probe(s3)

    assert not getattr(found, setting)
    assert s3.buckets == {}


def test_a_setting_whose_removal_removes_the_bucket_is_not_supported(s3: Any) -> None:
    s3.falls_through = True

    found = probe(s3)

    assert found == Capabilities(tagging=True, versioning=True, encryption=False, policy=True)
    assert s3.buckets == {}


def test_answers_are_kept_in_the_store(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    assert known_or_probed(s3) == ABLE
    monkeypatch.setattr(capabilities, "probe", lambda s3: pytest.fail("asked again"))

    assert known_or_probed(s3) == ABLE


@pytest.mark.parametrize(
    "record",
    [
        {"probedAt": 0},
        {"probedAt": time.time() + 3600 * 48},
        {"server": "another version"},
        {"works": {"tagging": True}},
        None,
    ],
    ids=["old", "from the future", "other server", "other questions", "unreadable"],
)
def test_answers_that_do_not_count_any_more_are_asked_for_again(s3: Any, record: dict[str, Any] | None) -> None:
    known_or_probed(s3)
    kept = s3.buckets[CATALOGUE_BUCKET].objects
    full = json.loads(kept["capabilities.json"])
    full["works"]["versioning"] = False  # a lie, by which the stale answer is recognised
    if record is not None and "works" in record:
        full = {**full, **record}
    kept["capabilities.json"] = b"{" if record is None else json.dumps({**full, **record}).encode()

    assert known_or_probed(s3) == ABLE
