"""An agency that asks for new keys by a day in its file gets them, and the old ones go on working for a while."""

from __future__ import annotations

import base64
import datetime
import json
from collections.abc import Iterator
from contextlib import closing

import pytest
from embedded_cloud import Cloud
from newcomer import Newcomer

from govcloud.providers.storage.endpoint import AccessKey, Endpoint
from govcloud.providers.storage.store import Store

pytestmark = pytest.mark.node

NAMESPACE, BUCKET = "g82-prod-srv", "vn-g82-prod-archive"


@pytest.fixture
def store(country: Cloud) -> Iterator[Store]:
    opened = Store(Endpoint.from_config({}, country.environment), country.environment)
    yield opened
    opened.close()


def delivered(country: Cloud) -> AccessKey:
    found = json.loads(country.run("kubectl", "get", "secret", "-n", NAMESPACE, "object-store", "-o", "json").stdout)
    data = {key: base64.b64decode(value).decode() for key, value in found["data"].items()}
    return AccessKey(data["AWS_ACCESS_KEY_ID"], data["AWS_SECRET_ACCESS_KEY"])


def opens(store: Store, key: AccessKey) -> bool:
    with closing(store.client(key)) as s3:
        return s3.list_objects_v2(Bucket=BUCKET, MaxKeys=1)["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_a_day_in_the_file_brings_new_keys(country: Cloud, newcomer: Newcomer, store: Store) -> None:
    country.govcloud("up", newcomer.stack, newcomer.option)
    old = delivered(country)
    day = datetime.date.today()
    text = newcomer.file.read_text()
    newcomer.file.write_text(text.replace("  storage:\n", f"  storage:\n    keysSince: {day}\n"))

    country.govcloud("up", newcomer.stack, newcomer.option)

    new = delivered(country)
    assert new.access != old.access
    assert opens(store, new)
    assert opens(store, old), "whoever still has the old one has a day to change"
    assert country.govcloud("drift", newcomer.stack, newcomer.option).returncode == 0
    country.govcloud("up", newcomer.stack, newcomer.option)
    assert delivered(country) == new, "the same day brings no newer keys"

    newcomer.file.write_text(text)
