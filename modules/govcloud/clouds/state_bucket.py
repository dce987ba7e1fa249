"""The bucket in which a team keeps Pulumi's state: whether its store lets go of a lock.

Pulumi locks a stack with an object, removes it afterwards, and takes all that is then listed in its place for a lock.
Some stores (SeaweedFS; pulumi/pulumi#23532) go on listing the folder that the object lay in, as an empty object: the
second operation of every stack then fails, and no `pulumi cancel` helps. So the store is tried, whatever its name.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from govcloud.refusal import quotation
from govcloud_base.errors import EnvironmentProblem, Problem, Text

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["StateBucket", "require_locks"]

_TRUE = ("1", "t", "true")


@dataclass(frozen=True, slots=True)
class StateBucket:
    """What the address of a Pulumi backend in an S3 bucket says; what it leaves open comes from the environment."""

    name: str
    prefix: str = ""
    """Folder in the bucket, with a slash at its end where there is one."""
    endpoint: str | None = None
    region: str | None = None
    profile: str | None = None

    @classmethod
    def of(cls, url: str) -> StateBucket | None:
        """Return the bucket of `s3://bucket[/folder][?endpoint=…&region=…&profile=…]`, None for other backends."""
        if not url.startswith("s3://"):
            return None
        parts = urlsplit(url)
        said = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        endpoint = said.get("endpoint")
        if endpoint and "://" not in endpoint:
            plain = any(said.get(key, "").lower() in _TRUE for key in ("disableSSL", "disable_https"))
            endpoint = f"{'http' if plain else 'https'}://{endpoint}"
        folder = parts.path.strip("/")
        return cls(parts.netloc, f"{folder}/" if folder else "", endpoint, said.get("region"), said.get("profile"))

    def client(self) -> S3Client:
        """Return a client that finds its keys where the Pulumi CLI finds them: variables, profiles, the machine."""
        import boto3  # half a second, which other backends do not pay
        from botocore.config import Config

        return boto3.Session(profile_name=self.profile).client(
            "s3",
            endpoint_url=self.endpoint,
            region_name=self.region,
            config=Config(
                connect_timeout=5,
                read_timeout=20,
                retries={"max_attempts": 2},
                s3={"addressing_style": "path"} if self.endpoint else {},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )


def require_locks(url: str) -> None:
    """Raise EnvironmentProblem where the backend at `url` is a bucket whose store keeps the places of removed locks.

    GC-FLEET-007 names the store; GC-FLEET-008 says why it could not be tried. Other backends are not looked at.
    """
    bucket = StateBucket.of(url)
    if bucket is None:
        return
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        server, kept = _tried(bucket.client(), bucket)
    except (BotoCoreError, ClientError) as error:
        raise EnvironmentProblem(_untried(bucket, error)) from None
    if kept:
        raise EnvironmentProblem(_keeps(bucket, server))


def _tried(s3: S3Client, bucket: StateBucket) -> tuple[str, bool]:
    """Make an object in a folder of its own and remove it; return the server's name and whether the folder stays."""
    folder = f"{bucket.prefix}.pulumi/govcloud-trial/{secrets.token_hex(8)}/"
    s3.put_object(Bucket=bucket.name, Key=f"{folder}lock.json", Body=b"{}")
    s3.delete_object(Bucket=bucket.name, Key=f"{folder}lock.json")
    answer: Any = s3.list_objects_v2(Bucket=bucket.name, Prefix=folder, Delimiter="/")
    left = [entry["Key"] for entry in answer.get("Contents", ())]
    for key in left:
        s3.delete_object(Bucket=bucket.name, Key=key)
    return str(answer["ResponseMetadata"]["HTTPHeaders"].get("server", "")), bool(left)


_FIX = Text(
    "keep the state in a store without this fault, or in a database: PULUMI_BACKEND_URL=postgres://…",
    "lưu trạng thái ở kho không có lỗi này, hoặc trong cơ sở dữ liệu: `PULUMI_BACKEND_URL=postgres://…`",
)


def _keeps(bucket: StateBucket, server: str) -> Problem:
    return Problem(
        code="GC-FLEET-007",
        message=Text(
            f"the store of the state bucket {bucket.name} goes on listing a lock's folder after the lock was removed: "
            "Pulumi would find every stack locked for ever",
            f"kho chứa trạng thái {bucket.name} vẫn liệt kê thư mục của khóa sau khi khóa đã bị xóa: "
            "Pulumi sẽ coi mọi stack là bị khóa mãi mãi",
        ),
        value=" ".join(word for word in (server, bucket.endpoint) if word) or bucket.name,
        fix=_FIX,
    )


def _untried(bucket: StateBucket, error: Exception) -> Problem:
    return Problem(
        code="GC-FLEET-008",
        message=Text(
            f"the state bucket {bucket.name} cannot be tried: whether its store lets go of locks is not known",
            f"không thử được kho trạng thái {bucket.name}: chưa biết kho có nhả khóa hay không",
        ),
        value=quotation(str(error)),
        fix=Text(
            "check the bucket's address, and that these keys may write, list and delete below `.pulumi/`",
            "kiểm tra địa chỉ của kho, và khóa truy cập có quyền ghi, liệt kê và xóa bên dưới `.pulumi/`",
        ),
    )
