"""What a tenant with a key of its own, or somebody without one, might try on a store; each with what is right to do.

An attack says how the store answers: the code of its refusal, or '' where it had its way. Its twin is the nearest thing
that the tenant may do, so that a server that refuses everything is not taken for a safe one.
"""

from __future__ import annotations

import base64
import hashlib
import json
import urllib.parse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import urllib3
from botocore.exceptions import ClientError

from govcloud.providers.storage.endpoint import AccessKey, client, error_code
from govcloud.providers.storage.store import Store

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["ATTACKS", "CANNOT", "REFUSED", "UNKNOWN", "Attack", "Ground", "answer", "with_digest"]

REFUSED = ("AccessDenied", "403")
UNKNOWN = ("InvalidAccessKeyId", "SignatureDoesNotMatch", "403")
CANNOT = (
    "NotImplemented",
    "MethodNotAllowed",
    "405",
    "501",
    "InvalidArgument",
    "InvalidRequest",
    "MalformedXML",
    "400",
)
"""What a server answers that has no such thing at all."""
SECRET = b"of the neighbour"
OPEN: Mapping[str, Any] = {"Effect": "Allow", "Principal": {"AWS": ["*"]}, "Action": ["s3:GetObject"]}
_WORLD = 'uri="http://acs.amazonaws.com/groups/global/AuthenticatedUsers"'


@dataclass(frozen=True)
class Ground:
    """Two tenants with confusingly similar names on one store; the first is who attacks."""

    store: Store
    key: AccessKey
    s3: S3Client
    neighbour: S3Client
    own: str
    """The bucket of the one, with an object `record` and one `kept`."""
    other: str
    """The bucket of the neighbour, with an object `record` in two versions where the server keeps them."""
    twin: str
    """A bucket of nobody's, whose name is the own one's and more."""
    version: str
    """Id of the neighbour's older version."""
    own_version: str
    upload: str
    """Id of an upload that the neighbour began."""

    def status(self, path: str, method: str = "GET", **arguments: Any) -> str:
        """Return how the store answers whoever has no key: a status, '' for one below 300."""
        with urllib3.PoolManager(ca_certs=self.store.endpoint.ca_bundle, timeout=10, retries=False) as pool:
            found = pool.request(method, f"{self.store.endpoint.url}/{path}", **arguments).status
        return "" if found < 300 else str(found)

    def presigned(self, bucket: str, key: str = "record", operation: str = "get_object") -> str:
        """Return path and query that the attacker signed."""
        url = self.s3.generate_presigned_url(operation, Params={"Bucket": bucket, "Key": key}, ExpiresIn=300)
        return url.removeprefix(f"{self.store.endpoint.url}/")

    def left_alone(self) -> bool:
        """Tell whether the neighbour's object is as it was."""
        return self.neighbour.get_object(Bucket=self.other, Key="record")["Body"].read() == SECRET


@dataclass(frozen=True)
class Attack:
    """One attempt."""

    attempt: Callable[[Ground], str]
    reasons: tuple[str, ...] = REFUSED
    """Codes of a refusal that is for the right reason."""
    twin: Callable[[Ground], str] | None = None


def answer(call: Callable[..., object], **arguments: Any) -> str:
    """Return how a call is refused, '' where it is not; a refusal of each object of a batch is one."""
    try:
        found: Any = call(**arguments)
    except ClientError as error:
        return error_code(error)
    errors = found.get("Errors") if isinstance(found, dict) else None
    return str(errors[0]["Code"]) if errors else ""


def with_digest(params: dict[str, Any], **_: Any) -> None:
    """Add to a deletion of many objects the digest without which some servers refuse it, and refuse nothing else."""
    digest = hashlib.md5(params["body"], usedforsecurity=False).digest()
    params["headers"]["Content-MD5"] = base64.b64encode(digest).decode()


def _s3(operation: str, **arguments: Any) -> Attack:
    """An operation on the neighbour's bucket, whose twin is the same on the own."""

    def made(ground: Ground, bucket: str) -> str:
        return answer(getattr(ground.s3, operation), Bucket=bucket, **arguments)

    return Attack(lambda g: made(g, g.other), twin=lambda g: made(g, g.own))


def _setting(operation: str, **arguments: Any) -> Attack:
    """A change of how the tenant's own bucket is kept, which is not the tenant's to change."""
    return Attack(lambda g: answer(getattr(g.s3, operation), Bucket=g.own, **arguments), (*REFUSED, *CANNOT))


def _stranger(path: Callable[[Ground], str], method: str = "GET", **arguments: Any) -> Attack:
    return Attack(lambda g: g.status(path(g), method, **arguments), ("401", "403"))


def _open_policy(ground: Ground) -> str:
    document = {"Version": "2012-10-17", "Statement": [{**OPEN, "Resource": [f"arn:aws:s3:::{ground.own}/*"]}]}
    return answer(ground.s3.put_bucket_policy, Bucket=ground.own, Policy=json.dumps(document))


def _copied(source: Callable[[Ground], str], ground: Ground) -> str:
    code = answer(ground.s3.copy_object, Bucket=ground.own, Key="stolen", CopySource=source(ground))
    if code:
        return code
    got = ground.s3.get_object(Bucket=ground.own, Key="stolen")["Body"].read()
    ground.s3.delete_object(Bucket=ground.own, Key="stolen")
    return "" if got == SECRET else "AccessDenied"


def _part_copied(bucket: Callable[[Ground], str], ground: Ground) -> str:
    upload = ground.s3.create_multipart_upload(Bucket=ground.own, Key="parts")["UploadId"]
    part = {"Bucket": ground.own, "Key": "parts", "UploadId": upload}
    try:
        return answer(ground.s3.upload_part_copy, PartNumber=1, CopySource=f"{bucket(ground)}/record", **part)
    finally:
        ground.s3.abort_multipart_upload(**part)  # type: ignore[arg-type]


def _open_object(ground: Ground) -> str:
    """Put an object that says of itself that all may read it; what counts is whether they may."""
    code = answer(ground.s3.put_object, Bucket=ground.own, Key="open", Body=b"1", ACL="public-read")
    return code or ground.status(f"{ground.own}/open")


def _given(ground: Ground) -> str:
    """Copy an object so that the neighbour may read it; what counts is whether it can."""
    neighbour = ground.other.removeprefix("vn-").removesuffix("-records")
    code = answer(
        ground.s3.copy_object,
        Bucket=ground.own,
        Key="given",
        CopySource=f"{ground.own}/kept",
        GrantRead=f"id={neighbour}",
    )
    return code or answer(ground.neighbour.get_object, Bucket=ground.own, Key="given")


def _odd_key(key: str, ground: Ground) -> str:
    """Write below a key that means the neighbour's bucket to whoever resolves it; '' where that had an effect there."""
    path = f"{ground.own}/{key.format(other=ground.other)}"
    url = ground.presigned(ground.own, key.format(other=ground.other), "put_object")
    for target in (url, path):
        ground.status(target, "PUT", body=b"overwritten")
    answer(ground.s3.put_object, Bucket=ground.own, Key=key.format(other=ground.other), Body=b"overwritten")
    return "AccessDenied" if ground.left_alone() else ""


def _other_path(ground: Ground) -> str:
    path, _, query = ground.presigned(ground.own).partition("?")
    return ground.status(f"{path.replace(ground.own, ground.other)}?{query}")


def _form(bucket: Callable[[Ground], str], ground: Ground) -> str:
    """Send a browser's form, signed for whatever key."""
    form = ground.s3.generate_presigned_post(
        bucket(ground), "${filename}", Conditions=[["starts-with", "$key", ""]], ExpiresIn=300
    )
    fields = {**form["fields"], "key": "form", "file": ("form", b"1")}
    return ground.status(bucket(ground), "POST", fields=fields)


def _with(key: Callable[[Ground], AccessKey], ground: Ground) -> str:
    s3 = client(ground.store.endpoint, key(ground))
    try:
        return answer(s3.list_objects_v2, Bucket=ground.own)
    finally:
        s3.close()


def _seen(ground: Ground) -> str:
    code = answer(ground.s3.list_buckets)
    names = [] if code else [row["Name"] for row in ground.s3.list_buckets()["Buckets"]]
    return "" if set(names) - {ground.own} else code or "AccessDenied"


def _listed_by_a_stranger(ground: Ground) -> str:
    """Ask for all buckets; a list of none is as good as a refusal."""
    with urllib3.PoolManager(ca_certs=ground.store.endpoint.ca_bundle, timeout=10, retries=False) as pool:
        found = pool.request("GET", f"{ground.store.endpoint.url}/")
    return "" if ground.own.encode() in found.data else "AccessDenied" if found.status < 300 else str(found.status)


def _listed(ground: Ground) -> str:
    return answer(ground.s3.list_objects_v2, Bucket=ground.own)


def _plain(ground: Ground) -> str:
    """Ask the port of the store without encryption, with a signed address."""
    url = urllib.parse.urlsplit(ground.store.endpoint.url)
    with urllib3.PoolManager(timeout=5, retries=False) as pool:
        try:
            found = pool.request("GET", f"http://{url.netloc}/{ground.presigned(ground.own)}").status
        except urllib3.exceptions.HTTPError:
            return "AccessDenied"
    return "" if found < 300 else "AccessDenied"


_HALF = {"Key": "half", "PartNumber": 1, "Body": b"1"}

ATTACKS: Mapping[str, Attack] = {
    "list": _s3("list_objects_v2"),
    "head bucket": _s3("head_bucket"),
    "list versions": _s3("list_object_versions"),
    "list uploads": _s3("list_multipart_uploads"),
    "location": _s3("get_bucket_location"),
    "get": _s3("get_object", Key="record"),
    "head": _s3("head_object", Key="record"),
    "put": _s3("put_object", Key="new", Body=b"1"),
    "begin an upload": _s3("create_multipart_upload", Key="new"),
    "delete": _s3("delete_object", Key="new"),
    "delete in a batch": _s3("delete_objects", Delete={"Objects": [{"Key": "new"}]}),
    "tag an object": _s3("put_object_tagging", Key="record", Tagging={"TagSet": [{"Key": "k", "Value": "v"}]}),
    "get a version": Attack(
        lambda g: answer(g.s3.get_object, Bucket=g.other, Key="record", VersionId=g.version),
        twin=lambda g: answer(g.s3.get_object, Bucket=g.own, Key="kept", VersionId=g.own_version),
    ),
    "delete versions in a batch": Attack(
        lambda g: answer(
            g.s3.delete_objects, Bucket=g.other, Delete={"Objects": [{"Key": "record", "VersionId": g.version}]}
        )
    ),
    "read a policy": Attack(lambda g: answer(g.s3.get_bucket_policy, Bucket=g.other), (*REFUSED, *CANNOT)),
    "read an access list": Attack(lambda g: answer(g.s3.get_bucket_acl, Bucket=g.other), (*REFUSED, *CANNOT)),
    "a bucket that is not there": Attack(lambda g: answer(g.s3.head_bucket, Bucket=f"{g.other}-none"), ("403", "404")),
    "add to an upload": Attack(lambda g: answer(g.s3.upload_part, Bucket=g.other, UploadId=g.upload, **_HALF)),
    "list an upload": Attack(lambda g: answer(g.s3.list_parts, Bucket=g.other, Key="half", UploadId=g.upload)),
    "end an upload": Attack(
        lambda g: answer(g.s3.abort_multipart_upload, Bucket=g.other, Key="half", UploadId=g.upload)
    ),
    "complete an upload": Attack(
        lambda g: answer(
            g.s3.complete_multipart_upload,
            Bucket=g.other,
            Key="half",
            UploadId=g.upload,
            MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": "0" * 32}]},
        ),
        twin=_listed,
    ),
    "head a version": Attack(
        lambda g: answer(g.s3.head_object, Bucket=g.other, Key="record", VersionId=g.version),
        twin=lambda g: answer(g.s3.head_object, Bucket=g.own, Key="kept", VersionId=g.own_version),
    ),
    "destroy an own version past its lock": Attack(
        lambda g: answer(
            g.s3.delete_object, Bucket=g.own, Key="kept", VersionId=g.own_version, BypassGovernanceRetention=True
        ),
        twin=lambda g: answer(g.s3.delete_object, Bucket=g.own, Key="never-there"),
    ),
    "copy": Attack(
        partial(_copied, lambda g: f"{g.other}/record"),
        twin=lambda g: answer(g.s3.copy_object, Bucket=g.own, Key="copy", CopySource=f"{g.own}/record"),
    ),
    "copy by a way around": Attack(
        partial(_copied, lambda g: f"{g.own}/../{g.other}/record"), (*REFUSED, "NoSuchKey", *CANNOT)
    ),
    "copy by a way around, encoded": Attack(
        partial(_copied, lambda g: f"{g.own}/..%2f{g.other}%2frecord"), (*REFUSED, "NoSuchKey", *CANNOT)
    ),
    "copy a part": Attack(partial(_part_copied, lambda g: g.other), twin=partial(_part_copied, lambda g: g.own)),
    "the twin of a name": Attack(lambda g: answer(g.s3.list_objects_v2, Bucket=g.twin), twin=_listed),
    "see buckets of others": Attack(_seen, twin=_listed),
    "claim a name": Attack(lambda g: answer(g.s3.create_bucket, Bucket=f"{g.other}-next"), twin=_listed),
    "delete the own bucket": _setting("delete_bucket"),
    "open by policy": Attack(_open_policy, (*REFUSED, *CANNOT)),
    "take the policy away": _setting("delete_bucket_policy"),
    "open by access list": _setting("put_bucket_acl", ACL="public-read"),
    "open to whoever has a key": _setting("put_bucket_acl", GrantRead=_WORLD),
    "open an object by access list": _setting("put_object_acl", Key="record", ACL="public-read"),
    "open a new object": Attack(_open_object, ("AccessDenied", "401", "403", *CANNOT)),
    "give a neighbour an object": Attack(_given, (*REFUSED, *CANNOT)),
    "unblock public access": _setting("delete_public_access_block"),
    "stop versions": _setting("put_bucket_versioning", VersioningConfiguration={"Status": "Suspended"}),
    "expire all": _setting(
        "put_bucket_lifecycle_configuration",
        LifecycleConfiguration={
            "Rules": [{"ID": "x", "Status": "Enabled", "Filter": {"Prefix": ""}, "Expiration": {"Days": 1}}]
        },
    ),
    "let every site's pages in": _setting(
        "put_bucket_cors", CORSConfiguration={"CORSRules": [{"AllowedMethods": ["GET"], "AllowedOrigins": ["*"]}]}
    ),
    "change whose it is": _setting("put_bucket_tagging", Tagging={"TagSet": [{"Key": "k", "Value": "v"}]}),
    "destroy an own version": Attack(
        lambda g: answer(g.s3.delete_object, Bucket=g.own, Key="kept", VersionId=g.own_version),
        twin=lambda g: answer(g.s3.delete_object, Bucket=g.own, Key="never-there"),
    ),
    "sign for a neighbour": Attack(
        lambda g: g.status(g.presigned(g.other)), ("403",), lambda g: g.status(g.presigned(g.own))
    ),
    "sign here, ask there": Attack(_other_path, ("403",)),
    "sign a reading, write": Attack(lambda g: g.status(g.presigned(g.own), "PUT", body=b"1"), ("403",)),
    "send a form to a neighbour": Attack(
        partial(_form, lambda g: g.other), ("403", "405", "501"), partial(_form, lambda g: g.own)
    ),
    "a key upwards": Attack(partial(_odd_key, "../{other}/record")),
    "a key upwards, encoded": Attack(partial(_odd_key, "%2e%2e/{other}/record")),
    "a key with a double slash": Attack(partial(_odd_key, "/../{other}//record")),
    "a wrong secret": Attack(partial(_with, lambda g: AccessKey(g.key.access, "x" * 40)), UNKNOWN, _listed),
    "a key of nobody's": Attack(partial(_with, lambda _: AccessKey("GC" + "X" * 18, "x" * 40)), UNKNOWN),
    "list without a key": _stranger(lambda g: f"{g.own}?list-type=2"),
    "get without a key": _stranger(lambda g: f"{g.own}/record"),
    "put without a key": _stranger(lambda g: f"{g.own}/new", "PUT", body=b"1"),
    "read settings without a key": _stranger(lambda g: f"{g.own}?acl"),
    "list buckets without a key": Attack(_listed_by_a_stranger, ("401", "403", "AccessDenied")),
    "plain HTTP": Attack(_plain),
}
