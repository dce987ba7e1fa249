"""An agency lets another read a part of its bucket along their link, until a day: no more, nobody else, no longer."""

from __future__ import annotations

import base64
import datetime
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from embedded_cloud import Cloud

from govcloud.folders import project_root
from govcloud.providers.storage import content
from govcloud.providers.storage.endpoint import AccessKey, Endpoint, error_code
from govcloud.providers.storage.store import Store

pytestmark = pytest.mark.node

OWNER, BUCKET = "tenant.h41-101", "vn-h41-101-prod-records"
READER, STRANGER = "h41-prod-srv", "g09-prod-srv"
GIVEN, KEPT = "outbox/báo-cáo.txt", "inbox/hồ-sơ.txt"


@pytest.fixture
def store(country: Cloud) -> Iterator[Store]:
    opened = Store(Endpoint.from_config({}, country.environment), country.environment)
    yield opened
    opened.close()


@pytest.fixture
def folder(country: Cloud, tmp_path: Path, store: Store) -> Iterator[Path]:
    """A copy of the country; the bucket is as the country declares it afterwards, without what was put there."""
    copied = tmp_path / "vn"
    shutil.copytree(project_root() / "stacks" / "vn", copied)
    for key in (GIVEN, KEPT):
        store.s3.put_object(Bucket=BUCKET, Key=key, Body=b"1")
    yield copied
    country.govcloud("up", OWNER)
    ours = [v for v in content.versions(store.s3, BUCKET) if v.key in (GIVEN, KEPT) or v.key.startswith("outbox/")]
    content.remove(store.s3, BUCKET, ours)


def granted(folder: Path, until: datetime.date) -> None:
    file = folder / "tenants" / "h41-101" / "tenant.yaml"
    original = (project_root() / "stacks" / "vn" / "tenants" / "h41-101" / "tenant.yaml").read_text()
    grant = f"{{to: h41, link: h41-h41-101, access: read, prefix: outbox/, until: {until}}}"
    shared = f"records: {{class: shared, grants: [{grant}],"
    assert "records: {class: private," in original
    file.write_text(original.replace("records: {class: private,", shared))


def key_in(country: Cloud, namespace: str) -> AccessKey:
    found = json.loads(country.run("kubectl", "get", "secret", "-n", namespace, "object-store", "-o", "json").stdout)
    data = {key: base64.b64decode(value).decode() for key, value in found["data"].items()}
    return AccessKey(data["AWS_ACCESS_KEY_ID"], data["AWS_SECRET_ACCESS_KEY"])


def tried(store: Store, key: AccessKey) -> dict[str, str]:
    """Return how the store answers each attempt, '' where it is let through."""
    with closing(store.client(key)) as s3:
        calls: dict[str, Callable[[], object]] = {
            "read": lambda: s3.get_object(Bucket=BUCKET, Key=GIVEN),
            "list": lambda: s3.list_objects_v2(Bucket=BUCKET, Prefix="outbox/"),
            "read elsewhere": lambda: s3.get_object(Bucket=BUCKET, Key=KEPT),
            "list all": lambda: s3.list_objects_v2(Bucket=BUCKET),
            "write": lambda: s3.put_object(Bucket=BUCKET, Key="outbox/x", Body=b"x"),
            "delete": lambda: s3.delete_object(Bucket=BUCKET, Key=GIVEN),
        }
        found = {}
        for name, call in calls.items():
            try:
                call()
            except ClientError as error:
                found[name] = error_code(error)
            else:
                found[name] = ""
        return found


def test_a_part_of_a_bucket_is_anothers_to_read_until_a_day(country: Cloud, folder: Path, store: Store) -> None:
    option, refused = f"--country={folder}", "AccessDenied"
    nothing = dict.fromkeys(("read", "list", "read elsewhere", "list all", "write", "delete"), refused)
    reader, stranger = key_in(country, READER), key_in(country, STRANGER)
    assert tried(store, reader) == nothing

    granted(folder, datetime.date.today() + datetime.timedelta(30))
    country.govcloud("up", OWNER, option)

    assert tried(store, reader) == {**nothing, "read": "", "list": ""}
    assert tried(store, stranger) == nothing
    assert country.govcloud("drift", OWNER, option).returncode == 0
    told = country.govcloud("storage", "who-can", BUCKET, option, "--format=json").stdout
    who = {row["identity"]: row for row in json.loads(told)}
    assert (who["h41-prod"]["computed"]["read"], who["h41-prod"]["surprises"]) == ("partly", [])
    assert who["g09-prod"]["computed"]["read"] == "refused"

    granted(folder, datetime.date.today() - datetime.timedelta(1))
    drift = country.govcloud("drift", OWNER, option, check=False)
    assert drift.returncode == 1
    assert "grant to h41-prod" in drift.stdout, "it is over, and the right still stands"
    country.govcloud("up", OWNER, option)

    assert tried(store, reader) == nothing
    assert country.govcloud("drift", OWNER, option).returncode == 0
