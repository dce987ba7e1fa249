"""What can go wrong with what a bucket holds, in the reader's words."""

from __future__ import annotations

from govcloud_base.errors import Problem, Text

__all__ = ["bucket_not_empty", "content_stays", "listing_cut_off"]


def bucket_not_empty(bucket: str, example: str) -> Problem:
    """GC-STORE-006: a bucket that still holds data was to be deleted."""
    return Problem(
        code="GC-STORE-006",
        message=Text(
            en=f"bucket {bucket} still holds data and is never emptied by this tool",
            vi=f"kho {bucket} còn dữ liệu; công cụ này không bao giờ xóa dữ liệu",
        ),
        value=example,
        fix=Text(
            en="archive the data, delete every object, version and unfinished upload by hand, then run again",
            vi="lưu trữ dữ liệu, tự xóa mọi đối tượng, mọi phiên bản và mọi lượt tải lên dở dang, rồi chạy lại",
        ),
    )


def content_stays(bucket: str, example: str) -> Problem:
    """GC-STORE-025: a bucket of a removed tenant was emptied, and something stayed in it or came again."""
    return Problem(
        code="GC-STORE-025",
        message=Text(
            en=f"bucket {bucket} was emptied and still holds something: somebody writes, or the store keeps it",
            vi=f"kho {bucket} đã được làm trống nhưng vẫn còn dữ liệu: có người đang ghi, hoặc bị giữ lại",
        ),
        value=example,
        fix=Text(
            en="end what still writes there, look for a retention (object lock) that runs, then run again",
            vi="dừng chương trình còn ghi vào đó, xem còn thời hạn lưu giữ (`object lock`) nào không, rồi chạy lại",
        ),
    )


def listing_cut_off(bucket: str, operation: str) -> Problem:
    """GC-STORE-036: a listing ends before its end, so that nobody knows what a bucket holds."""
    return Problem(
        code="GC-STORE-036",
        message=Text(
            en=f"the store says that bucket {bucket} holds more than it lists, and not where that begins",
            vi=f"hệ thống lưu trữ báo kho {bucket} còn nhiều hơn đã liệt kê nhưng không cho biết tiếp từ đâu",
        ),
        value=operation,
        fix=Text(
            en="nothing was deleted; report it to the store's operator",
            vi="chưa xóa gì; báo cho người vận hành hệ thống lưu trữ",
        ),
    )
