"""Quotas refuse: by bytes, and by number of objects."""

from __future__ import annotations

import secrets
from typing import Final

from govcloud.providers.storage.adapters import Quota
from govcloud.providers.storage.trials.bench import Bench
from govcloud.providers.storage.trials.outcome import WORKS, Said, does_not, untried
from govcloud.providers.storage.trials.trial import busy

__all__ = ["by_bytes", "by_objects"]

_LEAST: Final = 1 << 20
_MOST: Final = 16 << 20
"""Bytes that a trial writes at most to fill a bucket."""
_SLOW: Final = 6
"""How many times as long as other effects it may take to show: servers count what lies in a bucket now and then."""
_IN_A_ROW: Final = 2
_NONE = does_not("the dialect knows none", "phương ngữ này không có")
_LET_THROUGH = does_not("writes beyond the quota are taken", "ghi vượt hạn mức vẫn được nhận")


def by_bytes(bench: Bench) -> Said:
    """Fill a bucket to its quota of bytes and write on."""
    unit = bench.workshop.store.adapter.quota_unit
    if unit == 0:
        return _NONE
    size = max(unit, _LEAST)
    if size > _MOST:
        return untried(f"its unit is {unit} bytes", f"đơn vị của nó là {unit} byte")
    return _refuses(bench, Quota(bytes=size, objects=None), secrets.token_bytes(size))  # nothing that compresses


def by_objects(bench: Bench) -> Said:
    """Fill a bucket to its quota of objects and write on."""
    if not bench.workshop.store.adapter.counts_objects:
        return _NONE
    return _refuses(bench, Quota(bytes=None, objects=3), b"0")


def _refuses(bench: Bench, quota: Quota, body: bytes) -> Said:
    adapter, bucket = bench.workshop.store.adapter, bench.bucket
    adapter.set_quota(bucket, quota)
    if adapter.quota(bucket) != quota:
        return does_not("the quota does not read back", "hạn mức không đọc lại được")
    bench.s3.put_object(Bucket=bucket, Key="trial/fill", Body=body[: len(body) // 2 or 1])  # within it, and let in
    number = in_a_row = 0
    through = True  # the last write

    def refused() -> bool:
        from botocore.exceptions import ClientError

        nonlocal number, in_a_row, through
        adapter.enforce_quotas()
        number += 1
        try:
            # once twice as much lies there as may, one byte more tells as well as a full load
            bench.s3.put_object(Bucket=bucket, Key=f"trial/beyond-{number}", Body=body if number < 3 else b"0")
        except ClientError as error:
            # Whatever it is called: servers say so in many ways. Twice, as one may be of another cause.
            in_a_row, through = 0 if busy(error) else in_a_row + 1, False
            return in_a_row == _IN_A_ROW
        in_a_row, through = 0, True
        return False

    full = bench.workshop.until(refused, bench.workshop.patience * _SLOW)
    adapter.set_quota(bucket, Quota(bytes=None, objects=None))
    adapter.enforce_quotas()
    if not full:
        return _LET_THROUGH if through else untried("the store was busy", "kho đối tượng đang bận")

    def taken() -> bool:
        from botocore.exceptions import ClientError

        try:
            bench.s3.put_object(Bucket=bucket, Key="trial/again", Body=b"0")
        except ClientError:
            return False
        return True

    if bench.workshop.until(taken, bench.workshop.patience * _SLOW):
        return WORKS
    return untried("writes are refused without a quota, too", "không còn hạn mức vẫn bị từ chối ghi")
