"""Versions: what was replaced or deleted comes back, in the order of events, and a batch deletes what it names."""

from __future__ import annotations

import contextlib
from typing import Any

from govcloud.providers.storage.trials.bench import Bench
from govcloud.providers.storage.trials.outcome import WORKS, Said, does_not
from govcloud.providers.storage.trials.settings import IGNORED

__all__ = ["batch", "come_back", "order"]

_KEY = "versions"


def come_back(bench: Bench) -> Said:
    """Switch versioning on, replace an object, and read what it was."""
    bench.s3.put_bucket_versioning(Bucket=bench.bucket, VersioningConfiguration={"Status": "Enabled"})
    if bench.s3.get_bucket_versioning(Bucket=bench.bucket).get("Status") != "Enabled":
        return IGNORED
    first = bench.s3.put_object(Bucket=bench.bucket, Key=_KEY, Body=b"1").get("VersionId", "")
    second = bench.s3.put_object(Bucket=bench.bucket, Key=_KEY, Body=b"2").get("VersionId", "")
    if not first or not second or first == second:
        return _NO_VERSIONS
    came = bench.s3.get_object(Bucket=bench.bucket, Key=_KEY, VersionId=first)["Body"].read()
    return WORKS if came == b"1" else does_not("the first version reads otherwise", "phiên bản đầu đọc lại khác")


def order(bench: Bench) -> Said:
    """Write, write again and delete; the listing tells the newest first, and without the marker the object is back."""
    _switch_on(bench)
    key = "trial/order"
    written = [
        bench.s3.put_object(Bucket=bench.bucket, Key=key, Body=body).get("VersionId", "") for body in (b"1", b"2")
    ]
    marker = bench.s3.delete_object(Bucket=bench.bucket, Key=key).get("VersionId", "")
    if not all((*written, marker)):
        return _NO_VERSIONS
    listed = bench.s3.list_object_versions(Bucket=bench.bucket, Prefix=key)
    versions, markers = listed.get("Versions", []), listed.get("DeleteMarkers", [])
    if [one["VersionId"] for one in versions] != written[::-1]:
        return does_not("versions are not listed newest first", "phiên bản không được liệt kê từ mới đến cũ")
    if [(one["VersionId"], one.get("IsLatest")) for one in markers] != [(marker, True)]:
        return does_not("a deletion is not the newest event", "lần xóa không phải sự kiện mới nhất")
    bench.s3.delete_object(Bucket=bench.bucket, Key=key, VersionId=marker)
    content = bench.s3.get_object(Bucket=bench.bucket, Key=key)["Body"].read()
    return WORKS if content == b"2" else does_not("an older version came back", "phiên bản cũ hơn được khôi phục")


def batch(bench: Bench) -> Said:
    """Delete in one request some objects, one of which is not there, and see that these went and no others; where the
    store keeps versions, name these, and see that a later one stays."""
    from botocore.exceptions import ClientError

    with contextlib.suppress(ClientError):
        _switch_on(bench)
    keys = [f"trial/batch-{number}" for number in range(4)]
    made = {key: bench.s3.put_object(Bucket=bench.bucket, Key=key, Body=b"1").get("VersionId", "") for key in keys}
    stays = "trial/batch-stays" if not all(made.values()) else keys[0]
    bench.s3.put_object(Bucket=bench.bucket, Key=stays, Body=b"2")
    named: Any = [{"Key": key, **({"VersionId": version} if version else {})} for key, version in made.items()]
    answer = bench.s3.delete_objects(Bucket=bench.bucket, Delete={"Objects": [*named, {"Key": "trial/never-there"}]})
    left = bench.s3.list_objects_v2(Bucket=bench.bucket, Prefix="trial/batch-").get("Contents", [])
    if [row["Key"] for row in left] != [stays]:
        return does_not("a batch deletes other objects than it names", "xóa theo lô không đúng các đối tượng đã nêu")
    if bench.s3.get_object(Bucket=bench.bucket, Key=stays)["Body"].read() != b"2":
        return does_not("a batch deletes other versions than it names", "xóa theo lô không đúng các phiên bản đã nêu")
    told = {(row["Key"], row.get("VersionId") or "") for row in answer.get("Deleted", ())}
    if not told.issuperset(made.items()):
        return does_not("a batch does not tell what it deleted", "xóa theo lô không cho biết đã xóa những gì")
    return WORKS


_NO_VERSIONS = does_not("objects get no versions of their own", "đối tượng không có phiên bản riêng")


def _switch_on(bench: Bench) -> None:
    bench.s3.put_bucket_versioning(Bucket=bench.bucket, VersioningConfiguration={"Status": "Enabled"})
