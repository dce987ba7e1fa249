"""What a tenant may try on another's bucket, each attempt with a harmless twin that must succeed.

An attempt is a function of the :class:`Field`; it returns the code of the store's refusal, '' where there was none.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from govcloud.providers.storage.endpoint import AccessKey, error_code
from govcloud.providers.storage.store import Store

__all__ = [
    "CODE",
    "CONFIGURATION",
    "OPENING",
    "OTHERS",
    "PATHS",
    "WORK",
    "Attempt",
    "Field",
    "answer",
    "batch",
    "plain",
    "sent",
]

Attempt = Callable[["Field"], str]

RECORD = "record"
CODE = re.compile(rb"<Code>([^<]+)</Code>")


@dataclass(frozen=True)
class Field:
    """Two tenants whose buckets' names begin alike, and the store between them."""

    store: Store
    key: AccessKey
    mine: Any
    """A client of the attacker's."""
    own: str
    """The attacker's bucket, with the object `record`."""
    other: str
    """The other's bucket, whose name begins with the attacker's; it holds `record` and an unfinished upload."""
    version: str
    """Version of the other's object, `null` where the server has none."""
    upload: str
    """The other's unfinished upload, of the key `half`."""
    secret: bytes = field(repr=False)
    """What is in the other's object, and in nobody else's."""


def answer(call: Callable[[], Any]) -> str:
    """Return the code of the refusal, '' where it succeeds."""
    try:
        call()
    except ClientError as error:
        return error_code(error)
    return ""


def sent(
    field: Field,
    method: str,
    target: str,
    headers: Mapping[str, str] | None = None,
    body: bytes = b"",
    key: AccessKey | None = None,
    forged: Mapping[str, str] | None = None,
    wire: bytes | None = None,
    payload: str | None = None,
) -> tuple[str, bytes]:
    """Send a request whose path stays as it is written; return its refusal ('' where there is none) and its body.

    It is signed with the attacker's key, or with `key`; `forged` headers replace signed ones, `wire` the body, and
    `payload` the digest of it that is signed.
    """
    endpoint, pair = field.store.endpoint, key or field.key
    digest = payload or hashlib.sha256(body).hexdigest()
    request = AWSRequest(
        method, f"{endpoint.url}{target}", headers={**(headers or {}), "x-amz-content-sha256": digest}, data=body
    )
    S3SigV4Auth(Credentials(pair.access, pair.secret, pair.token), "s3", endpoint.region).add_auth(request)
    return plain(
        field, method, target, {**dict(request.headers.items()), **(forged or {})}, body if wire is None else wire
    )


def batch(field: Field, bucket: str, key: str, version: str | None = None) -> str:
    """Delete in a batch of one; with the digest that some servers want, which clients send no more."""
    which = f"<VersionId>{version}</VersionId>" if version else ""
    body = f"<Delete><Object><Key>{key}</Key>{which}</Object></Delete>".encode()
    digest = base64.b64encode(hashlib.md5(body).digest()).decode()  # noqa: S324 - the protocol's
    code, said = sent(field, "POST", f"/{bucket}?delete=", {"content-md5": digest}, body)
    found = CODE.search(said)
    return code or (found[1].decode() if found else "")


def plain(field: Field, method: str, target: str, headers: Mapping[str, str], body: bytes = b"") -> tuple[str, bytes]:
    """Send a request as it is; return its refusal and its body."""
    parts = urlsplit(field.store.endpoint.url)
    assert parts.hostname is not None
    context = ssl.create_default_context(cafile=field.store.endpoint.ca_bundle)
    connection = http.client.HTTPSConnection(parts.hostname, parts.port, timeout=20, context=context)
    try:
        connection.request(method, target, body=body or None, headers=dict(headers))
        response = connection.getresponse()
        said = response.read()
    finally:
        connection.close()
    if response.status < 300:
        return "", said
    found = CODE.search(said)
    return (found[1].decode() if found else str(response.status)), said


def _on(call: Callable[[Any, str], Any]) -> Callable[[str], Attempt]:
    """Return what makes an attempt on the attacker's own bucket, or on the other's, of one call."""
    return lambda whose: lambda f: answer(lambda: call(f.mine, getattr(f, whose)))


WORK: Mapping[str, Callable[[str], Attempt]] = {
    "list": _on(lambda s3, b: s3.list_objects_v2(Bucket=b)),
    "list as of old": _on(lambda s3, b: s3.list_objects(Bucket=b)),
    "list versions": _on(lambda s3, b: s3.list_object_versions(Bucket=b)),
    "list uploads": _on(lambda s3, b: s3.list_multipart_uploads(Bucket=b)),
    "find bucket": _on(lambda s3, b: s3.head_bucket(Bucket=b)),
    "where is bucket": _on(lambda s3, b: s3.get_bucket_location(Bucket=b)),
    "read tags of bucket": _on(lambda s3, b: s3.get_bucket_tagging(Bucket=b)),
    "read": _on(lambda s3, b: s3.get_object(Bucket=b, Key=RECORD)),
    "read a part": _on(lambda s3, b: s3.get_object(Bucket=b, Key=RECORD, Range="bytes=0-1")),
    "find object": _on(lambda s3, b: s3.head_object(Bucket=b, Key=RECORD)),
    "read tags": _on(lambda s3, b: s3.get_object_tagging(Bucket=b, Key=RECORD)),
    "write": _on(lambda s3, b: s3.put_object(Bucket=b, Key="planted", Body=b"1")),
    "write tags": _on(
        lambda s3, b: s3.put_object_tagging(Bucket=b, Key="planted", Tagging={"TagSet": [{"Key": "a", "Value": "b"}]})
    ),
    "begin upload": _on(lambda s3, b: s3.create_multipart_upload(Bucket=b, Key="planted")),
    "copy within": _on(lambda s3, b: s3.copy_object(Bucket=b, Key="copy", CopySource={"Bucket": b, "Key": RECORD})),
    "delete": _on(lambda s3, b: s3.delete_object(Bucket=b, Key="planted")),
    "delete in a batch": lambda whose: lambda f: batch(f, getattr(f, whose), "copy"),
}
"""What a tenant does on its own bucket, and so the twin of the same on the other's."""

_PUBLIC: dict[str, Any] = {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::{}/*"]}


def _policy(**more: Any) -> Callable[[str], Attempt]:
    def attempt(bucket: str) -> str:
        statement = {**_PUBLIC, **more, "Resource": [f"arn:aws:s3:::{bucket}/*"]}
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    return _on(lambda s3, b: s3.put_bucket_policy(Bucket=b, Policy=attempt(b)))


CONFIGURATION: Mapping[str, Callable[[str], Attempt]] = {
    "open by policy": _policy(Principal="*"),
    "open by policy to all accounts": _policy(Principal={"AWS": "*"}),
    "open by policy to all but one": _policy(NotPrincipal={"AWS": "arn:aws:iam::000000000000:user/nobody"}),
    "open by policy on a condition that always holds": _policy(
        Principal="*", Condition={"DateGreaterThan": {"aws:CurrentTime": "2001-01-01T00:00:00Z"}}
    ),
    "lock out by policy": _policy(Effect="Deny", Principal="*", Action=["s3:*"]),
    "drop policy": _on(lambda s3, b: s3.delete_bucket_policy(Bucket=b)),
    "open by list": _on(lambda s3, b: s3.put_bucket_acl(Bucket=b, ACL="public-read")),
    "open an object by list": _on(lambda s3, b: s3.put_object_acl(Bucket=b, Key=RECORD, ACL="public-read")),
    "suspend versions": _on(
        lambda s3, b: s3.put_bucket_versioning(Bucket=b, VersioningConfiguration={"Status": "Suspended"})
    ),
    "let all expire": _on(
        lambda s3, b: s3.put_bucket_lifecycle_configuration(
            Bucket=b,
            LifecycleConfiguration={
                "Rules": [{"ID": "x", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}]
            },
        )
    ),
    "let browsers in": _on(
        lambda s3, b: s3.put_bucket_cors(
            Bucket=b, CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}
        )
    ),
    "change whose it is": _on(lambda s3, b: s3.put_bucket_tagging(Bucket=b, Tagging={"TagSet": []})),
    "delete bucket": _on(lambda s3, b: s3.delete_bucket(Bucket=b)),
}
"""What a tenant may do to no bucket, not to its own either: the provisioner alone does it."""

OPENING: Mapping[str, Attempt] = {
    "write readable by all": lambda f: answer(
        lambda: f.mine.put_object(Bucket=f.own, Key=RECORD, Body=b"mine", ACL="public-read")
    ),
    "write readable by a grant": lambda f: answer(
        lambda: f.mine.put_object(
            Bucket=f.own,
            Key=RECORD,
            Body=b"mine",
            GrantRead='uri="http://acs.amazonaws.com/groups/global/AllUsers"',
        )
    ),
}
"""What would open an object of the attacker's own to everybody; accepted or not, it must stay closed."""

OTHERS: Mapping[str, tuple[Attempt, Attempt]] = {
    "copy out": (
        lambda f: answer(
            lambda: f.mine.copy_object(Bucket=f.own, Key="loot", CopySource={"Bucket": f.other, "Key": RECORD})
        ),
        lambda f: answer(
            lambda: f.mine.copy_object(Bucket=f.own, Key="loot", CopySource={"Bucket": f.own, "Key": RECORD})
        ),
    ),
    "copy a version out": (
        lambda f: answer(
            lambda: f.mine.copy_object(Bucket=f.own, Key="loot", CopySource=f"{f.other}/{RECORD}?versionId={f.version}")
        ),
        lambda f: answer(lambda: f.mine.copy_object(Bucket=f.own, Key="loot", CopySource=f"{f.own}/{RECORD}")),
    ),
    "copy in": (
        lambda f: answer(
            lambda: f.mine.copy_object(Bucket=f.other, Key="planted", CopySource={"Bucket": f.own, "Key": RECORD})
        ),
        lambda f: answer(
            lambda: f.mine.copy_object(Bucket=f.own, Key="loot", CopySource={"Bucket": f.own, "Key": RECORD})
        ),
    ),
    "copy a part out": (lambda f: _part_copy(f, f.other), lambda f: _part_copy(f, f.own)),
    "copy a part of a version out": (
        lambda f: _part_copy(f, f.other, f"{RECORD}?versionId={f.version}"),
        lambda f: _part_copy(f, f.own),
    ),
    "find a version": (
        lambda f: answer(lambda: f.mine.head_object(Bucket=f.other, Key=RECORD, VersionId=f.version)),
        lambda f: answer(lambda: f.mine.head_object(Bucket=f.own, Key=RECORD)),
    ),
    "read a version": (
        lambda f: answer(lambda: f.mine.get_object(Bucket=f.other, Key=RECORD, VersionId=f.version)),
        lambda f: answer(lambda: f.mine.get_object(Bucket=f.own, Key=RECORD)),
    ),
    "delete a version": (
        lambda f: answer(lambda: f.mine.delete_object(Bucket=f.other, Key=RECORD, VersionId=f.version)),
        lambda f: answer(lambda: f.mine.delete_object(Bucket=f.own, Key="loot")),
    ),
    "delete versions in a batch": (
        lambda f: batch(f, f.other, RECORD, f.version),
        lambda f: batch(f, f.own, "loot"),
    ),
    "delete in a batch by a key that leads up": (
        lambda f: batch(f, f.own, f"../{f.other}/{RECORD}"),
        lambda f: batch(f, f.own, "loot"),
    ),
    "list by a prefix that leads up": (
        lambda f: _listed(f, f"../{f.other}/"),
        lambda f: answer(lambda: f.mine.list_objects_v2(Bucket=f.own, Prefix="loot")),
    ),
    "list from a key that leads up": (
        lambda f: _listed(f, "", StartAfter=f"../{f.other}/"),
        lambda f: answer(lambda: f.mine.list_objects_v2(Bucket=f.own, StartAfter="a")),
    ),
    "copy a part out by a source that leads up": (
        lambda f: _part_copy(f, f.own, f"../{f.other}/{RECORD}"),
        lambda f: _part_copy(f, f.own),
    ),
    "add to an upload": (
        lambda f: answer(
            lambda: f.mine.upload_part(Bucket=f.other, Key="half", UploadId=f.upload, PartNumber=2, Body=b"x")
        ),
        lambda f: answer(lambda: _own_upload(f)),
    ),
    "look into an upload": (
        lambda f: answer(lambda: f.mine.list_parts(Bucket=f.other, Key="half", UploadId=f.upload)),
        lambda f: answer(lambda: _own_upload(f)),
    ),
    "end an upload": (
        lambda f: answer(lambda: f.mine.abort_multipart_upload(Bucket=f.other, Key="half", UploadId=f.upload)),
        lambda f: answer(lambda: _own_upload(f)),
    ),
    "complete an upload": (
        lambda f: answer(
            lambda: f.mine.complete_multipart_upload(
                Bucket=f.other,
                Key="half",
                UploadId=f.upload,
                MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": hashlib.md5(b"1").hexdigest()}]},  # noqa: S324
            )
        ),
        lambda f: answer(lambda: _own_upload(f)),
    ),
    "copy a part into an upload": (
        lambda f: answer(
            lambda: f.mine.upload_part_copy(
                Bucket=f.other, Key="half", UploadId=f.upload, PartNumber=2, CopySource=f"{f.own}/{RECORD}"
            )
        ),
        lambda f: _part_copy(f, f.own),
    ),
    "take an upload over": (
        lambda f: answer(
            lambda: f.mine.upload_part(Bucket=f.own, Key="half", UploadId=f.upload, PartNumber=1, Body=b"x")
        ),
        lambda f: answer(lambda: _own_upload(f)),
    ),
    "make a bucket of the other's name": (
        lambda f: answer(lambda: f.mine.create_bucket(Bucket=f"{f.other}-new")),
        lambda f: answer(lambda: f.mine.head_bucket(Bucket=f.own)),
    ),
    "take the other's bucket": (
        lambda f: answer(lambda: f.mine.create_bucket(Bucket=f.other)),
        lambda f: answer(lambda: f.mine.head_bucket(Bucket=f.own)),
    ),
    "take a name that was given up": (
        lambda f: _given_up(f),
        lambda f: answer(lambda: f.mine.head_bucket(Bucket=f.own)),
    ),
    "see buckets of others": (
        lambda f: "" if {row["Name"] for row in f.mine.list_buckets()["Buckets"]} - {f.own} else "AccessDenied",
        lambda f: answer(lambda: f.mine.list_objects_v2(Bucket=f.own)),
    ),
}
"""Attempts on the other's bucket, and their twins on the attacker's own."""


def _listed(field: Field, prefix: str, **more: str) -> str:
    """Return '' only where a listing of the attacker's bucket tells of the other's."""
    said: list[Any] = []
    code = answer(lambda: said.append(field.mine.list_objects_v2(Bucket=field.own, Prefix=prefix, **more)))
    told = str([row["Key"] for found in said for row in found.get("Contents", ())])
    return code or ("" if field.other in told or "half" in told else "AccessDenied")


def _part_copy(field: Field, source: str, key: str = RECORD) -> str:
    upload = {"Bucket": field.own, "Key": "loot"}
    upload["UploadId"] = field.mine.create_multipart_upload(**upload)["UploadId"]
    said = answer(lambda: field.mine.upload_part_copy(**upload, PartNumber=1, CopySource=f"{source}/{key}"))
    field.mine.abort_multipart_upload(**upload)
    return said


def _given_up(field: Field) -> str:
    """Make a bucket anew whose name the provisioner has just given up."""
    name = f"{field.other}-gone"
    field.store.s3.create_bucket(Bucket=name)
    field.store.s3.delete_bucket(Bucket=name)
    return answer(lambda: field.mine.create_bucket(Bucket=name))


def _own_upload(field: Field) -> None:
    upload = {"Bucket": field.own, "Key": "half"}
    upload["UploadId"] = field.mine.create_multipart_upload(**upload)["UploadId"]
    field.mine.upload_part(**upload, PartNumber=1, Body=b"x")
    field.mine.list_parts(**upload)
    field.mine.abort_multipart_upload(**upload)


PATHS: Mapping[str, str] = {
    "up": "/{own}/../{other}/{name}",
    "up, its slash encoded": "/{own}/..%2f{other}/{name}",
    "up, its dots encoded": "/{own}/%2e%2e/{other}/{name}",
    "up, encoded twice": "/{own}/%252e%252e%252f{other}/{name}",
    "up, with backslashes": "/{own}/..%5c{other}%5c{name}",
    "up, behind a zero byte": "/{own}/%00/../../{other}/{name}",
    "an empty segment before": "//{other}/{name}",
    "two empty segments before": "/{own}//../../{other}/{name}",
    "the bucket's slash encoded": "/{other}%2f{name}",
    "a semicolon": "/{own};/../{other}/{name}",
    "another's bucket as a whole": "/{other}/./{name}",
}
"""Paths that some layer may take for the other's object while another takes them for the attacker's."""
