"""Why the system refused to read or write a file, in both languages; it says so itself in English only."""

from __future__ import annotations

import errno

from govcloud.errors import Text

__all__ = ["refusal"]

_REASONS = {
    errno.EACCES: "không có quyền truy cập",
    errno.EPERM: "thao tác không được phép",
    errno.ENOENT: "không có tệp hoặc thư mục này",
    errno.EEXIST: "đã tồn tại",
    errno.EISDIR: "là một thư mục",
    errno.ENOTDIR: "không phải thư mục",
    errno.ENOTEMPTY: "thư mục không rỗng",
    errno.ENOSPC: "hết dung lượng đĩa",
    errno.EDQUOT: "hết hạn mức đĩa",
    errno.EROFS: "hệ thống tệp chỉ cho đọc",
    errno.ELOOP: "quá nhiều liên kết tượng trưng",
    errno.ENAMETOOLONG: "tên quá dài",
    errno.EMFILE: "mở quá nhiều tệp",
    errno.ENFILE: "cả hệ thống mở quá nhiều tệp",
    errno.EBUSY: "đang được sử dụng",
    errno.EIO: "lỗi đọc ghi thiết bị",
    errno.ENOMEM: "hết bộ nhớ",
}


def refusal(error: Exception) -> Text:
    """Return the reason of an OSError; the system's code where there is no Vietnamese for it, else the error's kind."""
    if not isinstance(error, OSError) or error.errno is None:
        return Text(type(error).__name__, type(error).__name__)
    code = errno.errorcode.get(error.errno, str(error.errno))
    return Text(error.strerror or code, _REASONS.get(error.errno, f"lỗi hệ thống {code}"))
