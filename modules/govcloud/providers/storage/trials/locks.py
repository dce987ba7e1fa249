"""Versions under lock: nobody deletes them before their time, whatever he says."""

from __future__ import annotations

import datetime
import time
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Literal

from govcloud.providers.storage.trials.bench import Bench
from govcloud.providers.storage.trials.documents import allowed
from govcloud.providers.storage.trials.outcome import WORKS, Said, does_not, untried
from govcloud.providers.storage.trials.settings import IGNORED
from govcloud.providers.storage.trials.trial import neither
from govcloud.providers.storage.trials.workshop import RETENTION

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["held", "kept", "legal_hold"]

_KEY = "trial/locked"
Mode = Literal["GOVERNANCE", "COMPLIANCE"]


_NO_VERSIONS = does_not("objects get no versions of their own", "đối tượng không có phiên bản riêng")
_LATE = untried("the trial took longer than the lock", "lần thử kéo dài hơn thời hạn khóa")


@dataclass(frozen=True, slots=True)
class _Locked:
    """A version that is locked for a moment."""

    id: str
    until: datetime.datetime
    """By the store's clock, to the second."""
    over: float
    """When it surely is locked no more, by the clock of this process."""

    def lost(self, en: str, vi: str) -> Said:
        """Say that it did not hold, unless it need not hold any more."""
        return _LATE if time.monotonic() > self.over else does_not(en, vi)


def held(bench: Bench) -> Said:
    """Lock versions, and delete them: plainly, with bypass, and as an identity that may not bypass."""
    governed = _locked(bench, "GOVERNANCE")
    if not governed.id:
        return _NO_VERSIONS
    if not _survives(bench, bench.s3, governed.id):
        return governed.lost("a locked version was deleted", "phiên bản bị khóa đã bị xóa")
    complied = _locked(bench, "COMPLIANCE")
    if not _survives(bench, bench.s3, complied.id, bypass=True):
        return complied.lost("a version locked for compliance was deleted", "phiên bản khóa tuân thủ đã bị xóa")
    with bench.identity(allowed(bench.bucket)) as one:
        fresh = _locked(bench, "GOVERNANCE")
        if not _survives(bench, one.s3, fresh.id, bypass=True):
            return fresh.lost("who may not bypass a lock does", "bên không có quyền vẫn vượt được khóa")
    return WORKS


def kept(bench: Bench) -> Said:
    """Shorten a retention for compliance, then lengthen it."""
    one = _locked(bench, "COMPLIANCE")
    if not one.id:
        return _NO_VERSIONS
    for bypass in (False, True):
        _retain(bench, one.id, one.until - RETENTION / 2, bypass=bypass)
        if _until(bench, one.id) < one.until:
            return one.lost("a retention was shortened", "thời hạn giữ đã bị rút ngắn")
    longer = one.until + datetime.timedelta(seconds=1)
    _retain(bench, one.id, longer)
    return WORKS if _until(bench, one.id) == longer else IGNORED


def legal_hold(bench: Bench) -> Said:
    """Hold a version without any time, delete it, and let it go."""
    version = bench.s3.put_object(Bucket=bench.bucket, Key=_KEY, Body=b"1").get("VersionId", "")
    if not version:
        return _NO_VERSIONS
    _hold(bench, version, "ON")
    try:
        status = bench.s3.get_object_legal_hold(Bucket=bench.bucket, Key=_KEY, VersionId=version)
        if status.get("LegalHold", {}).get("Status") != "ON":
            return IGNORED
        if not _survives(bench, bench.s3, version, bypass=True):
            return does_not("a version on hold was deleted", "phiên bản đang bị phong tỏa đã bị xóa")
    finally:
        _hold(bench, version, "OFF")
    bench.s3.delete_object(Bucket=bench.bucket, Key=_KEY, VersionId=version)
    if _there(bench, version):
        return untried("a version that was let go stays", "phiên bản đã bỏ phong tỏa vẫn không xóa được")
    return WORKS


def _locked(bench: Bench, mode: Mode) -> _Locked:
    """Put a version that is locked for a moment. The store's clock counts, not this machine's."""
    answer: Any = bench.s3.head_bucket(Bucket=bench.bucket)
    told = answer["ResponseMetadata"]["HTTPHeaders"].get("date", "")
    now = parsedate_to_datetime(told) if told else datetime.datetime.now(datetime.UTC).replace(microsecond=0)
    until, over = now + RETENTION, time.monotonic() + RETENTION.total_seconds() - 1
    made = bench.s3.put_object(
        Bucket=bench.bucket, Key=_KEY, Body=b"1", ObjectLockMode=mode, ObjectLockRetainUntilDate=until
    )
    return _Locked(made.get("VersionId", ""), until, over)


def _survives(bench: Bench, s3: S3Client, version: str, *, bypass: bool = False) -> bool:
    """Delete a version that must not go, alone and in a batch, and tell whether it is there."""
    from botocore.exceptions import ClientError

    arguments: dict[str, Any] = {"BypassGovernanceRetention": True} if bypass else {}
    for delete in (
        lambda: s3.delete_object(Bucket=bench.bucket, Key=_KEY, VersionId=version, **arguments),
        lambda: s3.delete_objects(
            Bucket=bench.bucket, Delete={"Objects": [{"Key": _KEY, "VersionId": version}]}, **arguments
        ),
    ):
        try:
            delete()
        except ClientError as error:
            if neither(error):
                raise
    return _there(bench, version)


def _there(bench: Bench, version: str) -> bool:
    from botocore.exceptions import ClientError

    try:
        return bench.s3.get_object(Bucket=bench.bucket, Key=_KEY, VersionId=version)["Body"].read() == b"1"
    except ClientError as error:
        if neither(error):
            raise
        return False


def _retain(bench: Bench, version: str, until: datetime.datetime, *, bypass: bool = False) -> None:
    from botocore.exceptions import ClientError

    arguments: dict[str, Any] = {"BypassGovernanceRetention": True} if bypass else {}
    try:
        bench.s3.put_object_retention(
            Bucket=bench.bucket,
            Key=_KEY,
            VersionId=version,
            Retention={"Mode": "COMPLIANCE", "RetainUntilDate": until},
            **arguments,
        )
    except ClientError as error:
        if neither(error):
            raise


def _until(bench: Bench, version: str) -> datetime.datetime:
    answer = bench.s3.get_object_retention(Bucket=bench.bucket, Key=_KEY, VersionId=version)
    return answer["Retention"]["RetainUntilDate"]


def _hold(bench: Bench, version: str, status: Literal["ON", "OFF"]) -> None:
    bench.s3.put_object_legal_hold(Bucket=bench.bucket, Key=_KEY, VersionId=version, LegalHold={"Status": status})
