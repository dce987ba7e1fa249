"""What can go wrong with a bucket's settings alone, in the reader's words; what they share is in :mod:`..problems`."""

from __future__ import annotations

from govcloud_base.errors import Problem, Text

__all__ = ["lock_at_creation", "lock_stays"]


def lock_stays(bucket: str, setting: str, found: str) -> Problem:
    """GC-STORE-028: a declaration has no object lock any more, and no store takes one back."""
    return Problem(
        code="GC-STORE-028",
        message=Text(
            en=f"bucket {bucket} is locked, and no store takes a lock back",
            vi=f"kho {bucket} đã đặt khóa chống xóa, và không hệ thống lưu trữ nào cho gỡ khóa này",
        ),
        value=found,
        allowed=f"{setting}: {{mode, days}}",
        fix=Text(
            en="leave the lock in the declaration, with another mode or fewer days where later objects shall have that",
            vi="giữ khóa trong khai báo, đổi chế độ hoặc số ngày nếu muốn áp dụng cho các đối tượng ghi về sau",
        ),
    )


def lock_at_creation(bucket: str, dialect: str) -> Problem:
    """GC-STORE-029: a lock was declared for a bucket that exists, on a store that locks only new ones."""
    return Problem(
        code="GC-STORE-029",
        message=Text(
            en=f"bucket {bucket} exists, and this store ({dialect}) locks a bucket only when it is made",
            vi=f"kho {bucket} đã tồn tại, và hệ thống lưu trữ này ({dialect}) chỉ đặt được khóa khi tạo kho",
        ),
        value="objectLock",
        fix=Text(
            en="declare a second bucket with the lock, and copy the data there",
            vi="khai báo kho thứ hai có khóa chống xóa, rồi sao chép dữ liệu sang",
        ),
    )
