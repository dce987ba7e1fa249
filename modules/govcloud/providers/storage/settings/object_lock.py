"""The lock that a bucket puts on each version that is written to it: for so many days nobody deletes or changes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from govcloud.providers.storage.settings.setting import Fault, Setting

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["AT_CREATION_ONLY", "OBJECT_LOCK"]

AT_CREATION_ONLY: Final = frozenset({"minio", "radosgw"})
"""Dialects whose servers lock a bucket only if it was made for that."""
_MODES: Final = ("COMPLIANCE", "GOVERNANCE")
_FIELDS: Final = ("mode", "days")
_MOST_DAYS: Final = 36_500


def _read(s3: S3Client, bucket: str) -> dict[str, Any]:
    answer: Mapping[str, Any] = s3.get_object_lock_configuration(Bucket=bucket)
    retention = ((answer.get("ObjectLockConfiguration") or {}).get("Rule") or {}).get("DefaultRetention") or {}
    # Servers name both units, one of them 0.
    return {key: value for key, value in retention.items() if value}


def _write(s3: S3Client, bucket: str, said: Any) -> None:
    s3.put_object_lock_configuration(
        Bucket=bucket,
        ObjectLockConfiguration={"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": said}},
    )


def _said(declared: Any) -> dict[str, Any]:
    return {"Mode": declared["mode"], "Days": declared["days"]} if declared else {}


def _declared(said: Any) -> dict[str, Any]:
    if said.keys() == {"Mode", "Days"}:
        return {"mode": said["Mode"], "days": said["Days"]}
    return dict(said)


def _faults(declared: Any) -> Iterator[Fault]:
    yield from ((f".{name}", declared[name], ", ".join(_FIELDS)) for name in declared if name not in _FIELDS)
    if declared.get("mode") not in _MODES:
        yield ".mode", declared.get("mode", ""), ", ".join(_MODES)
    days = declared.get("days")
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= _MOST_DAYS:
        yield ".days", days if days is not None else "", f"1..{_MOST_DAYS}"


OBJECT_LOCK: Final = Setting(
    name="objectLock",
    capability="object-lock",
    shape=dict,
    absent=("ObjectLockConfigurationNotFoundError", "NoSuchObjectLockConfiguration"),
    read=_read,
    write=_write,
    remove=None,
    said=_said,
    declared=_declared,
    faults=_faults,
)
"""`{mode, days}`: in the mode GOVERNANCE one who holds that right may still end a lock, in COMPLIANCE nobody."""
