"""What can go wrong with what a bucket holds and with who may reach it, in the reader's words."""

from __future__ import annotations

from govcloud_base.errors import Problem, Text

__all__ = [
    "bucket_not_empty",
    "bucket_not_ours",
    "content_held",
    "content_stays",
    "grantee_unknown",
    "listing_cut_off",
    "policy_locks_out",
    "statements_strange",
]


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


def content_held(bucket: str, example: str) -> Problem:
    """GC-STORE-042: a bucket was to be emptied, and something in it may not be deleted yet."""
    return Problem(
        code="GC-STORE-042",
        message=Text(
            en=f"bucket {bucket} holds what nobody may delete yet: a retention runs, or a legal hold stands",
            vi=f"kho {bucket} có dữ liệu chưa ai được xóa: còn thời hạn lưu giữ, hoặc đang có lệnh giữ",
        ),
        value=example,
        fix=Text(
            en="nothing was deleted; wait for the end of the retention, or have the legal hold lifted, then run again",
            vi="chưa xóa gì; chờ hết thời hạn lưu giữ, hoặc đề nghị gỡ lệnh giữ, rồi chạy lại",
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


def grantee_unknown(identity: str, dialect: str) -> Problem:
    """GC-STORE-037: a right is for an identity that the store does not have."""
    return Problem(
        code="GC-STORE-037",
        message=Text(
            en=f"this store ({dialect}) has no identity {identity}: the right would be nobody's",
            vi=f"hệ thống lưu trữ này ({dialect}) không có danh tính {identity}: quyền sẽ không thuộc về ai",
        ),
        value=identity,
        fix=Text(
            en="make the identity first, or correct its name: that of the Identity on the same store",
            vi="tạo danh tính đó trước, hoặc sửa tên: đúng tên của `Identity` trên cùng hệ thống lưu trữ",
        ),
    )


def bucket_not_ours(bucket: str) -> Problem:
    """GC-STORE-038: a right is to be given on a bucket that carries no ownership tag."""
    return Problem(
        code="GC-STORE-038",
        message=Text(
            en=f"bucket {bucket} carries no ownership tag: nobody may give rights on it from here",
            vi=f"kho {bucket} không có thẻ sở hữu: không ai được trao quyền trên kho này từ đây",
        ),
        value=bucket,
        fix=Text(
            en="declare the bucket with a Bucket, and have the right depend on it",
            vi="khai báo kho bằng một `Bucket`, và để quyền phụ thuộc vào `Bucket` đó",
        ),
    )


def policy_locks_out(bucket: str, who: str) -> Problem:
    """GC-STORE-039: a policy would deny the provisioner himself, and nobody could take it back."""
    return Problem(
        code="GC-STORE-039",
        message=Text(
            en=f"the policy of bucket {bucket} would deny the provisioner, and nobody could take it back",
            vi=f"chính sách của kho {bucket} sẽ chặn cả khóa quản trị, và không ai gỡ lại được",
        ),
        value=who,
        fix=Text(
            en="name whom to deny; deny everybody only what comes without TLS, and reach the store by https",
            vi="nêu rõ chặn ai; chỉ chặn tất cả với những gì không qua TLS, và kết nối hệ thống lưu trữ bằng `https`",
        ),
    )


def statements_strange(bucket: str, name: str) -> Problem:
    """GC-STORE-049: what bears the name of a grant, or of a bucket's own policy, is what no declaration makes."""
    return Problem(
        code="GC-STORE-049",
        message=Text(
            en=f"no declaration makes these statements in the policy of bucket {bucket}: they are not imported",
            vi=f"không khai báo nào tạo ra các câu lệnh này trong chính sách của kho {bucket}: không nhập vào",
        ),
        value=name,
        fix=Text(
            en="declare what it should be, and the next update writes it; look first who wrote the other",
            vi="khai báo quyền cần có rồi lần cập nhật sau sẽ ghi; trước đó xem ai đã viết phần kia",
        ),
    )
