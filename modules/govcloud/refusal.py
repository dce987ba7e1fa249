"""Why the system refused to read, write or connect, in both languages; it says so itself in English only.

What has words here is told in them. Anything else is told by its number and quoted: what a program of others said is
no sentence of ours.
"""

from __future__ import annotations

import errno

from govcloud_base.errors import Text

__all__ = ["quotation", "refusal"]

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
    errno.EFBIG: "tệp quá lớn",
    errno.EROFS: "hệ thống tệp chỉ cho đọc",
    errno.ELOOP: "quá nhiều liên kết tượng trưng",
    errno.ENAMETOOLONG: "tên quá dài",
    errno.EMFILE: "mở quá nhiều tệp",
    errno.ENFILE: "cả hệ thống mở quá nhiều tệp",
    errno.EBUSY: "đang được sử dụng",
    errno.EIO: "lỗi đọc ghi thiết bị",
    errno.ENOMEM: "hết bộ nhớ",
    errno.EINVAL: "tham số không hợp lệ",
    errno.EAGAIN: "tạm thời chưa sẵn sàng",
    errno.ENOEXEC: "không phải chương trình chạy được",
    errno.ESRCH: "không có tiến trình này",
    errno.ENODEV: "không có thiết bị này",
    errno.ENXIO: "không có thiết bị hoặc địa chỉ này",
    errno.ENOSYS: "nhân hệ điều hành không có chức năng này",
    errno.EOPNOTSUPP: "thao tác không được hỗ trợ",
    errno.EPIPE: "đầu nhận đã đóng",
    errno.ECONNREFUSED: "kết nối bị từ chối",
    errno.ECONNRESET: "kết nối bị bên kia ngắt",
    errno.ECONNABORTED: "kết nối bị hủy",
    errno.ENOTCONN: "chưa kết nối",
    errno.ETIMEDOUT: "quá thời gian chờ",
    errno.EHOSTUNREACH: "không có đường tới máy này",
    errno.ENETUNREACH: "không có đường tới mạng này",
    errno.EADDRINUSE: "địa chỉ đã được sử dụng",
    errno.EADDRNOTAVAIL: "không có địa chỉ này trên máy",
}
"""By number; a number stands for the same thing in every call."""
_KINDS = {
    "gaierror": Text("the host's name is not known", "không phân giải được tên máy"),
    "SSLCertVerificationError": Text("its certificate is not trusted", "chứng thư không được tin cậy"),
    "SSLError": Text("no encrypted connection came about", "không lập được kết nối mã hóa"),
    "RemoteDisconnected": Text("it closed the connection without an answer", "đã ngắt mà không trả lời"),
}
"""Errors with numbers of their own or none, by the names of their classes: a country is read without the modules of the
network that hold these."""


def refusal(error: BaseException) -> Text:
    """Return the reason of an error of the system, or of the one from which `error` follows.

    An error that is none of the system, nor follows from one, is quoted: what it says, else its kind.
    """
    found = _reason(error)
    if (words := _kind(found)) is not None:
        said = quotation(str(found))
        return Text(f"{words.en}: {said.en}", f"{words.vi}: {said.vi}") if said.en else words
    if isinstance(found, OSError) and found.errno is not None:
        code = errno.errorcode.get(found.errno, str(found.errno))
        own = found.strerror or code
        return Text(own, _REASONS.get(found.errno, f"lỗi hệ thống {code} ({found.errno}): {quotation(own).vi}"))
    if isinstance(found, TimeoutError):
        return Text("timed out", _REASONS[errno.ETIMEDOUT])
    return quotation(str(found) or type(found).__name__)


def _reason(error: BaseException) -> BaseException:
    """Return the error itself where it is one of the system, else the innermost of those from which it follows."""
    chain = [error]
    while not _of_system(chain[0]) and (below := chain[-1].__cause__ or chain[-1].__context__) is not None:
        chain.append(below)
    return next(filter(_of_system, reversed(chain)), chain[-1])


def _of_system(error: BaseException) -> bool:
    numbered = isinstance(error, OSError) and error.errno is not None
    return numbered or isinstance(error, TimeoutError) or _kind(error) is not None


def _kind(error: BaseException) -> Text | None:
    return next((_KINDS[kind.__name__] for kind in type(error).__mro__ if kind.__name__ in _KINDS), None)


def quotation(words: str) -> Text:
    """Return what somebody else's program said, on one line: quoted in Vietnamese, where it is a foreign language."""
    line = " ".join(words.split())
    return Text(line, f"'{line}'")
