"""One tenant against another, on SeaweedFS and JuiceFS: what is refused and why, and what is known not to be."""

from __future__ import annotations

import datetime
import http.client
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
import urllib3
from store_attacks import CODE, CONFIGURATION, OPENING, OTHERS, PATHS, WORK, Field, answer, batch, plain, sent

from govcloud.providers.storage import bucket, content
from govcloud.providers.storage.bucket_spec import BucketSpec
from govcloud.providers.storage.endpoint import AccessKey, client
from govcloud.providers.storage.store import Store
from govcloud.render import storage

pytestmark = [
    pytest.mark.cloud,
    pytest.mark.parametrize("server", ["seaweedfs", "juicefs"], indirect=True, scope="session"),
]

REFUSED = ("AccessDenied", "403")
DEAD = ("InvalidAccessKeyId", "SignatureDoesNotMatch")

MOOT = {"take an upload over": ("NoSuchUpload",)}
"""Attempts that come to nothing by what they are."""
OTHERWISE: Mapping[str, Mapping[str, str]] = {
    "seaweedfs": {
        "a form for one's own bucket": "AccessDenied",
        "a form with a key that leads up": "InvalidRequest",
        "copy a part out by a source that leads up": "InvalidArgument",
        "delete in a batch by a key that leads up": "InvalidRequest",
    },
    "juicefs": {
        "administer: list users": "AuthorizationParametersError",
        "administer: make a key": "AuthorizationParametersError",
        "administer: make a user": "AuthorizationParametersError",
        "list by a prefix that leads up": "XMinioInvalidResourceName",
        "list from a key that leads up": "XMinioInvalidResourceName",
        "presigned: another version": "InvalidArgument",
        **{
            f"{change}, {whose}": "NotImplemented"
            for change in (
                "let all expire",
                "let browsers in",
                "open an object by list",
                "open by list",
                "suspend versions",
            )
            for whose in ("own", "other")
        },
    },
}
"""What a server refuses in words of its own, by server and attempt: the same must be said."""
GAPS: Mapping[str, frozenset[str]] = {
    "seaweedfs": frozenset({"forged: a body that was not signed"}),
    "juicefs": frozenset({"erase a version", "erase versions in a batch"}),
}
"""What is known to succeed though it should not, by server; one that is closed must leave this table. JuiceFS has no
versions, and takes the erasure of one for a deletion."""


@pytest.fixture(scope="module")
def field(store: Store) -> Iterator[Field]:
    word, secret = f"t{secrets.token_hex(4)}", secrets.token_bytes(16).hex().encode()
    own, other = f"vn-{word}-prod-a", f"vn-{word}-prod-ab"
    able = store.capabilities
    for name in (own, other):
        versioning, encryption = able.works("versioning"), able.works("encryption")
        bucket.create(store, BucketSpec(name, versioning, encryption, tags={"govcloud.gov.vn/tenant": name}))
    version = store.s3.put_object(Bucket=other, Key="record", Body=secret).get("VersionId", content.NULL)
    store.s3.put_object(Bucket=own, Key="record", Body=b"mine")
    upload = store.s3.create_multipart_upload(Bucket=other, Key="half")["UploadId"]
    store.s3.upload_part(Bucket=other, Key="half", UploadId=upload, PartNumber=1, Body=b"1")
    key = store.adapter.create_identity(f"{word}-prod")
    store.adapter.set_policy(f"{word}-prod", storage.policy([own]))
    with closing(store.client(key)) as mine:
        end = time.monotonic() + 10
        while answer(lambda: mine.head_bucket(Bucket=own)) and time.monotonic() < end:
            time.sleep(0.05)
        yield Field(store, key, mine, own, other, version, upload, secret)
    store.adapter.delete_identity(f"{word}-prod")
    for name in (own, other):
        content.remove_all(store.s3, name)
        store.s3.delete_bucket(Bucket=name)


@pytest.fixture
def known(request: pytest.FixtureRequest) -> Mapping[str, str]:
    """How attempts end on this server that do not end by a plain refusal."""
    name = request.node.callspec.params["server"]
    return {**OTHERWISE[name], **dict.fromkeys(GAPS[name], "")}


@pytest.fixture(autouse=True)
def unharmed(field: Field) -> Iterator[None]:
    """The other's bucket is as it was, and closed, whatever a test tried."""
    yield
    s3 = field.store.s3
    assert s3.get_object(Bucket=field.other, Key="record")["Body"].read() == field.secret
    assert {version.key for version in content.versions(s3, field.other)} == {"record"}
    assert [upload.id for upload in content.uploads(s3, field.other)] == [field.upload]
    assert field.store.anonymous_status(f"{field.other}/record") == 403
    live = bucket.read(field.store, field.other)
    assert live is not None
    assert not live.undeclared


def ended(name: str, said: str, known: Mapping[str, str], wanted: tuple[str, ...] = REFUSED) -> None:
    """See that an attempt ended as it should, or exactly as it is known to."""
    assert said in ((known[name],) if name in known else wanted), name


@pytest.mark.parametrize("work", WORK)
def test_work_on_the_others_bucket(field: Field, known: Mapping[str, str], work: str) -> None:
    assert WORK[work]("own")(field) == ""
    ended(work, WORK[work]("other")(field), known)


@pytest.mark.parametrize("work", OTHERS)
def test_ways_to_the_others_objects(field: Field, known: Mapping[str, str], work: str) -> None:
    attempt, twin = OTHERS[work]
    assert twin(field) == ""
    ended(work, attempt(field), known, (*REFUSED, *MOOT.get(work, ())))
    loot = field.store.s3.list_objects_v2(Bucket=field.own, Prefix="loot").get("Contents", [])
    for row in loot:
        assert field.store.s3.get_object(Bucket=field.own, Key=row["Key"])["Body"].read() != field.secret


@pytest.mark.parametrize("whose", ["own", "other"])
@pytest.mark.parametrize("change", CONFIGURATION)
def test_how_a_bucket_is_kept_is_no_tenants_affair(
    field: Field, known: Mapping[str, str], change: str, whose: str
) -> None:
    ended(f"{change}, {whose}", CONFIGURATION[change](whose)(field), known)
    assert field.store.anonymous_status(f"{field.own}/record") == 403
    live = bucket.read(field.store, field.own)
    assert live is not None
    assert not live.undeclared


@pytest.mark.parametrize("way", OPENING)
def test_nothing_that_a_tenant_writes_is_open(field: Field, way: str) -> None:
    OPENING[way](field)
    assert field.mine.get_object(Bucket=field.own, Key="record")["Body"].read() == b"mine"
    assert field.store.anonymous_status(f"{field.own}/record") == 403


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize("path", PATHS)
def test_no_spelling_of_a_path_leads_to_the_others_bucket(field: Field, path: str, method: str) -> None:
    name = "record" if method == "GET" else "planted"
    assert sent(field, "GET", f"/{field.own}/record") == ("", b"mine")

    said, body = sent(
        field, method, PATHS[path].format(own=field.own, other=field.other, name=name), body=b"x" * (method == "PUT")
    )

    assert field.secret not in body
    assert said or method == "PUT" or body != field.secret


@pytest.mark.parametrize("source", [p for p in PATHS if "own" in PATHS[p]])
def test_no_spelling_of_a_source_leads_to_the_others_bucket(field: Field, source: str) -> None:
    names = {"own": field.own, "other": field.other, "name": "record"}
    twin = {"x-amz-copy-source": f"/{field.own}/record"}
    assert sent(field, "PUT", f"/{field.own}/loot", twin)[0] == ""

    sent(field, "PUT", f"/{field.own}/loot", {"x-amz-copy-source": PATHS[source].format(**names)})

    assert field.store.s3.get_object(Bucket=field.own, Key="loot")["Body"].read() != field.secret


def test_a_bucket_that_is_not_there_is_refused_as_the_others(field: Field, known: Mapping[str, str]) -> None:
    absent = answer(lambda: field.mine.list_objects_v2(Bucket=f"{field.own}-absent"))
    ended("names of buckets", absent, known)


NAMELESS = {
    "list": lambda s3, b: s3.list_objects_v2(Bucket=b),
    "read": lambda s3, b: s3.get_object(Bucket=b, Key="record"),
    "write": lambda s3, b: s3.put_object(Bucket=b, Key="planted", Body=b"1"),
    "delete": lambda s3, b: s3.delete_object(Bucket=b, Key="record"),
    "list buckets": lambda s3, b: s3.list_buckets(),
    "make a bucket": lambda s3, b: s3.create_bucket(Bucket=f"{b}-new"),
}


@pytest.mark.parametrize("work", NAMELESS)
def test_who_has_no_key(field: Field, known: Mapping[str, str], work: str) -> None:
    with closing(client(field.store.endpoint, unsigned=True)) as nobody:
        ended(f"nameless: {work}", answer(lambda: NAMELESS[work](nobody, field.other)), known)


_STREAM = b"5\r\nother\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n"
FORGED: Mapping[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "another secret": ({"secret": "x" * 40}, ("SignatureDoesNotMatch",)),
    "nobody's key": ({"access": "GCNOBODYNOBODYNOBODY"}, ("InvalidAccessKeyId",)),
    "a token of one's own": ({"token": "of-my-own-making"}, ("InvalidToken", "InvalidTokenId", "InvalidAccessKeyId")),
    "a path that was not signed": ({"target": "/{other}/record"}, ("SignatureDoesNotMatch",)),
    "a header that was not signed": ({"forged": {"x-amz-date": "20260101T000000Z"}}, ("SignatureDoesNotMatch",)),
    "a body that was not signed": (
        {"method": "PUT", "wire": b"other"},
        ("XAmzContentSHA256Mismatch", "BadDigest", "SignatureDoesNotMatch"),
    ),
    "a stream that nobody signed": (
        {"method": "PUT", "secret": "x" * 40, "payload": "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "wire": _STREAM},
        ("SignatureDoesNotMatch",),
    ),
    "an old signature": ({"forged": {"Authorization": "AWS {access}:AAAAAAAAAAAAAAAAAAAAAAAAAAA="}}, DEAD),
}


@pytest.mark.parametrize("forgery", FORGED)
def test_a_signature_that_is_not_right(field: Field, known: Mapping[str, str], forgery: str) -> None:
    how, wanted = FORGED[forgery]
    key = AccessKey(how.get("access", field.key.access), how.get("secret", field.key.secret), how.get("token"))
    method = how.get("method", "GET")
    assert sent(field, method, f"/{field.own}/planted", body=b"right")[0] in ("", "NoSuchKey")
    if "target" in how:
        query = urlsplit(presigned(field, field.mine)).query
        said = plain(field, "GET", f"{how['target'].format(other=field.other)}?{query}", {})[0]
    else:
        forged = {name: value.format(access=field.key.access) for name, value in how.get("forged", {}).items()}
        body = b"right" if method == "PUT" else b""
        more = {"payload": how["payload"]} if "payload" in how else {}
        said, _ = sent(
            field, method, f"/{field.own}/forged", body=body, key=key, forged=forged, wire=how.get("wire"), **more
        )
    ended(f"forged: {forgery}", said, known, wanted)


def presigned(field: Field, s3: Any, seconds: int = 60, method: str = "get_object", **more: Any) -> str:
    url = urlsplit(s3.generate_presigned_url(method, {"Bucket": field.own, "Key": "record", **more}, ExpiresIn=seconds))
    return f"{url.path}?{url.query}"


def test_an_address_for_a_while_is_for_what_it_says_and_for_no_longer(field: Field, known: Mapping[str, str]) -> None:
    lent = presigned(field, field.mine)
    assert plain(field, "GET", lent, {}) == ("", b"mine")

    for name, method, target, wanted in (
        ("another method", "DELETE", lent, ("SignatureDoesNotMatch",)),
        ("longer", "GET", lent.replace("X-Amz-Expires=60", "X-Amz-Expires=6000"), ("SignatureDoesNotMatch",)),
        ("another version", "GET", f"{lent}&versionId=1", ("SignatureDoesNotMatch",)),
        ("more than a week", "GET", presigned(field, field.mine, 8 * 86400), ("AuthorizationQueryParametersError",)),
    ):
        ended(f"presigned: {name}", plain(field, method, target, {})[0], known, wanted)
    brief = presigned(field, field.mine, 1)
    time.sleep(2.1)
    ended("presigned: over", plain(field, "GET", brief, {})[0], known)


def test_an_address_for_a_while_ends_with_the_key_it_was_made_with(field: Field) -> None:
    adapter, name = field.store.adapter, f"{field.own.split('-')[1]}-later"
    for end in ("rotation", "leaving"):
        key = adapter.create_identity(name) if end == "rotation" else adapter.add_key(name)
        adapter.set_policy(name, storage.policy([field.own]))
        with closing(field.store.client(key)) as s3:
            lent = presigned(field, s3)
        _until(field, lent, "")
        if end == "rotation":
            adapter.add_key(name)
            adapter.remove_key(name, key.access)
        else:
            adapter.delete_identity(name)
        _until(field, lent, *DEAD)


def _until(field: Field, target: str, *wanted: str) -> None:
    end = time.monotonic() + 10
    while (said := plain(field, "GET", target, {})[0]) not in wanted:
        assert time.monotonic() < end, said
        time.sleep(0.05)


def test_a_request_of_yesterday_is_refused(field: Field, known: Mapping[str, str], monkeypatch: Any) -> None:
    earlier = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=2)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda *a, **k: earlier.replace(tzinfo=None))
    said, _ = sent(field, "GET", f"/{field.own}/record")
    ended("a request of yesterday", said, known, ("RequestTimeTooSkewed",))


def test_a_form_of_ones_own_writes_into_no_other_bucket(field: Field, known: Mapping[str, str]) -> None:
    ended("a form for one's own bucket", form(field, field.own, "loot"), known, ("",))
    ended("a form for the other's bucket", form(field, field.other, "planted"), known)
    ended("a form with a key that leads up", form(field, field.own, f"../{field.other}/planted"), known)


def form(field: Field, name: str, key: str) -> str:
    made = field.mine.generate_presigned_post(name, key, Conditions=[["starts-with", "$key", ""]])
    with urllib3.PoolManager(ca_certs=field.store.endpoint.ca_bundle) as pool:
        answered = pool.request("POST", made["url"], fields={**made["fields"], "file": ("planted", b"1")})
    found = CODE.search(answered.data)
    return found[1].decode() if found else "" if answered.status < 300 else str(answered.status)


def test_nothing_is_said_without_tls(field: Field) -> None:
    parts = urlsplit(field.store.endpoint.url)
    assert parts.hostname is not None
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    try:
        connection.request("GET", presigned(field, field.mine))
        response = connection.getresponse()
        assert response.status >= 400
        assert response.read() != b"mine"
    except (OSError, http.client.HTTPException):
        pass  # the server hangs up, which is as good
    finally:
        connection.close()


def test_a_tenant_cannot_erase_versions_of_its_own(field: Field, known: Mapping[str, str]) -> None:
    version = field.mine.put_object(Bucket=field.own, Key="kept", Body=b"1").get("VersionId", content.NULL)
    erased = answer(lambda: field.mine.delete_object(Bucket=field.own, Key="kept", VersionId=version))
    ended("erase a version", erased, known)
    ended("erase versions in a batch", batch(field, field.own, "kept", version), known)


def test_a_tenant_administers_nobody(field: Field, known: Mapping[str, str]) -> None:
    endpoint = field.store.endpoint
    with closing(
        boto3.client(
            "iam",
            endpoint_url=endpoint.url,
            region_name=endpoint.region,
            aws_access_key_id=field.key.access,
            aws_secret_access_key=field.key.secret,
            verify=endpoint.ca_bundle,
        )
    ) as iam:
        for name, call in {
            "list users": lambda: iam.list_users(),
            "make a key": lambda: iam.create_access_key(),
            "make a user": lambda: iam.create_user(UserName="mine"),
        }.items():
            ended(f"administer: {name}", answer(call), known)
