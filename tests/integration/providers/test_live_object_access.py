"""Access lists of single objects on a real store: whoever sets one, and in whatever way, opens nothing.

So drift need not read the lists of all objects. Were a newer server to heed them, these tests would say so.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from botocore.exceptions import ClientError

from govcloud.providers.storage import bucket, identity
from govcloud.providers.storage.bucket import BucketSpec
from govcloud.providers.storage.endpoint import error_code
from govcloud.providers.storage.identity import IdentitySpec
from govcloud.providers.storage.store import Store
from govcloud.render import storage

if TYPE_CHECKING:
    from mypy_boto3_s3.literals import ObjectCannedACLType

pytestmark = pytest.mark.cloud

KEY = "opened"
EVERYBODY = 'uri="http://acs.amazonaws.com/groups/global/AllUsers"'
CANNED = ("public-read", "public-read-write", "authenticated-read")


@dataclass(frozen=True)
class Place:
    """A tenant's bucket, its owner and another tenant as they reach the store."""

    store: Store
    bucket: str
    owner: Any
    other: Any

    def closed(self, key: str = KEY) -> None:
        """See that the owner reads the object, and neither the nameless nor another tenant does."""
        assert self.owner.get_object(Bucket=self.bucket, Key=key)["Body"].read() == b"secret"
        assert self.store.anonymous_status(f"{self.bucket}/{key}") == 403
        with pytest.raises(ClientError, match="AccessDenied"):
            self.other.get_object(Bucket=self.bucket, Key=key)


@pytest.fixture(scope="module")
def place(store: Store) -> Iterator[Place]:
    clients = []
    for name in ("acl-a", "acl-b"):
        made = bucket.create(store, BucketSpec(f"vn-{name}-prod-records", tags={"govcloud.gov.vn/tenant": name}))
        policy = json.dumps(storage.policy([made.name]))
        clients.append(store.client(identity.create(store, IdentitySpec(f"{name}-prod", policy, (made.name,))).key))
    yield Place(store, "vn-acl-a-prod-records", *clients)
    for client in clients:
        client.close()


def copied(s3: Any, bucket: str, **access: str) -> None:
    s3.put_object(Bucket=bucket, Key="source", Body=b"secret")
    s3.copy_object(Bucket=bucket, Key=KEY, CopySource={"Bucket": bucket, "Key": "source"}, **access)


def in_parts(s3: Any, bucket: str, **access: str) -> None:
    upload = {"Bucket": bucket, "Key": KEY}
    upload["UploadId"] = s3.create_multipart_upload(**upload, **access)["UploadId"]
    part = s3.upload_part(**upload, PartNumber=1, Body=b"secret")
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]})


WAYS: dict[str, Callable[..., None]] = {
    "put": lambda s3, bucket, **access: s3.put_object(Bucket=bucket, Key=KEY, Body=b"secret", **access),
    "copy": copied,
    "parts": in_parts,
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("access", [*({"ACL": acl} for acl in CANNED), {"GrantRead": EVERYBODY}], ids=str)
def test_what_is_written_with_an_access_list_opens_nothing(place: Place, way: str, access: dict[str, str]) -> None:
    WAYS[way](place.owner, place.bucket)
    try:
        WAYS[way](place.owner, place.bucket, **access)
    except ClientError as error:
        assert error_code(error) == "AccessDenied"
    place.closed()


@pytest.mark.parametrize("acl", CANNED)
def test_what_an_administrator_sets_on_an_object_opens_nothing(place: Place, acl: ObjectCannedACLType) -> None:
    place.owner.put_object(Bucket=place.bucket, Key=KEY, Body=b"secret")
    place.store.s3.put_object_acl(Bucket=place.bucket, Key=KEY, ACL=acl)
    grants = place.store.s3.get_object_acl(Bucket=place.bucket, Key=KEY)["Grants"]
    assert any("URI" in grant["Grantee"] for grant in grants), "kept, so it would tell where it counts"
    place.closed()


def test_what_an_administrator_writes_with_an_access_list_opens_nothing(place: Place) -> None:
    place.store.s3.put_object(Bucket=place.bucket, Key=KEY, Body=b"secret", ACL="public-read")
    place.closed()
