"""What can go wrong with an export, in the reader's words: one function per code `GC-EXPORT-NNN`."""

from __future__ import annotations

from pathlib import Path

from govcloud.refusal import quotation, refusal
from govcloud_base.errors import Place, Problem, Text

__all__ = [
    "added",
    "altered",
    "another",
    "busy",
    "lacking",
    "misnamed",
    "no_bag",
    "not_declared",
    "not_ours",
    "not_read",
    "not_signed",
    "not_whole",
    "totals",
    "unlike",
    "unwritable",
]

_SOURCE = Text(
    "have the bag sent again by who made it; take nothing from this one on trust",
    "yêu cầu bên xuất gửi lại gói; không tin nội dung gói này khi chưa rõ nguyên nhân",
)


def not_declared(name: str, declared: str) -> Problem:
    """GC-EXPORT-001: what is to be exported is not declared."""
    return Problem(
        code="GC-EXPORT-001",
        message=Text(f"there is no {name!r} to export", f"không có {name!r} để xuất"),
        value=name,
        allowed=declared or None,
        fix=Text("name what the country's files declare", "nêu đúng tên đã khai báo trong các tệp của quốc gia"),
    )


def unwritable(folder: Path, error: OSError) -> Problem:
    """GC-EXPORT-002: the disk refuses."""
    why = refusal(error)
    return Problem(
        code="GC-EXPORT-002",
        message=Text(f"the export cannot be written: {why.en}", f"không ghi được bản xuất: {why.vi}"),
        place=Place(str(folder)),
        fix=Text(
            "make room or name another folder with --to, and run the command again: it goes on with what is there",
            "giải phóng dung lượng hoặc nêu thư mục khác bằng --to, rồi chạy lại: lệnh tiếp tục với phần đã có",
        ),
    )


def not_ours(folder: Path) -> Problem:
    """GC-EXPORT-003: something lies where the export would go, and no export put it there."""
    return Problem(
        code="GC-EXPORT-003",
        message=Text(
            "something lies here that no export began: it is left alone",
            "ở đây có dữ liệu không do lệnh xuất nào tạo ra: được giữ nguyên",
        ),
        place=Place(str(folder)),
        fix=Text("name another folder with --to, or move it away", "nêu thư mục khác bằng --to, hoặc dời nó đi"),
    )


def another(folder: Path) -> Problem:
    """GC-EXPORT-005: an export of something else was begun here."""
    return Problem(
        code="GC-EXPORT-005",
        message=Text(
            "another export was begun here: of another cloud, or with another choice of versions",
            "ở đây đang dở một bản xuất khác: từ đám mây khác, hoặc chọn phiên bản khác",
        ),
        place=Place(str(folder)),
        fix=Text(
            "run the command as then, or name another folder with --to",
            "chạy lệnh như lần trước, hoặc nêu thư mục khác bằng --to",
        ),
    )


def busy(folder: Path) -> Problem:
    """GC-EXPORT-004: another run is at it."""
    return Problem(
        code="GC-EXPORT-004",
        message=Text("another run is exporting to this place", "một lần chạy khác đang xuất vào đây"),
        place=Place(str(folder)),
        fix=Text("wait for its end", "chờ lần chạy đó kết thúc"),
    )


def not_read(bucket: str, key: str, error: BaseException) -> Problem:
    """GC-EXPORT-006: the store does not hand out a version: the bag stays unfinished."""
    return Problem(
        code="GC-EXPORT-006",
        message=Text(
            f"{key!r} of {bucket} could not be read: the export stays unfinished",
            f"không đọc được {key!r} của {bucket}: bản xuất chưa hoàn tất",
        ),
        value=quotation(str(error)),
        fix=Text(
            "see to it that the key may read it, or that it is deleted by its owner, then run the command again",
            "bảo đảm khóa có quyền đọc, hoặc để chủ dữ liệu xóa đối tượng đó, rồi chạy lại lệnh",
        ),
    )


def no_bag(folder: Path, why: Text) -> Problem:
    """GC-EXPORT-007: what is to be checked is no export of ours, or not to be read as one."""
    return Problem(
        code="GC-EXPORT-007",
        message=Text(f"no export that can be checked: {why.en}", f"không phải bản xuất kiểm tra được: {why.vi}"),
        place=Place(str(folder)),
        fix=Text(
            "name the folder that `govcloud storage export --to` wrote, or one of the bags in it",
            "nêu thư mục mà `govcloud storage export --to` đã ghi, hoặc một gói trong đó",
        ),
    )


def not_whole(folder: Path) -> Problem:
    """GC-EXPORT-008: an export that did not come to its end."""
    return Problem(
        code="GC-EXPORT-008",
        message=Text("this export did not come to its end", "bản xuất này chưa hoàn tất"),
        place=Place(str(folder)),
        fix=Text("run `govcloud storage export` again: it goes on there", "chạy lại `govcloud storage export` để tiếp"),
    )


def altered(file: Path, found: Text) -> Problem:
    """GC-EXPORT-009: a file is not what its manifest says."""
    return Problem(
        code="GC-EXPORT-009",
        message=Text(f"not what was exported: {found.en}", f"không còn như khi được xuất: {found.vi}"),
        place=Place(str(file)),
        fix=_SOURCE,
    )


def lacking(file: Path) -> Problem:
    """GC-EXPORT-010: a file that a manifest names is not there."""
    return Problem(
        code="GC-EXPORT-010",
        message=Text("a file of the export is missing", "thiếu một tệp của bản xuất"),
        place=Place(str(file)),
        fix=_SOURCE,
    )


def added(file: Path) -> Problem:
    """GC-EXPORT-011: something lies in the bag that no manifest names."""
    return Problem(
        code="GC-EXPORT-011",
        message=Text(
            "something lies in the export that its manifest does not name, or that is no file",
            "trong bản xuất có thứ mà bản kê không nêu, hoặc không phải tệp",
        ),
        place=Place(str(file)),
        fix=Text("move it away, and find out who put it there", "dời nó đi, và tìm xem ai đã đặt vào"),
    )


def misnamed(manifest: Path, path: str | None) -> Problem:
    """GC-EXPORT-012: a manifest has a line that is none, twice the same path, or one that leads out of the bag."""
    return Problem(
        code="GC-EXPORT-012",
        message=Text(
            "the manifest has a line that names no file of the export, or names one twice",
            "bản kê có dòng không chỉ tới tệp nào của bản xuất, hoặc nêu một tệp hai lần",
        ),
        place=Place(str(manifest)),
        value=path,
        fix=_SOURCE,
    )


def not_signed(bag: Path, why: Text, fix: Text) -> Problem:
    """GC-EXPORT-013: the signature is not there, is not by this key, or was not checked."""
    return Problem(
        code="GC-EXPORT-013",
        message=Text(f"the signature does not hold: {why.en}", f"chữ ký chưa được xác nhận: {why.vi}"),
        place=Place(str(bag)),
        fix=fix,
    )


def totals(bag: Path, said: str, found: str) -> Problem:
    """GC-EXPORT-014: number and bytes of files are not what the bag says of itself."""
    return Problem(
        code="GC-EXPORT-014",
        message=Text(
            "bytes and files are not as many as it says", "số byte và số tệp không khớp với thông tin của gói"
        ),
        place=Place(str(bag)),
        value=found,
        allowed=said,
        fix=_SOURCE,
    )


def unlike(file: Path, line: int) -> Problem:
    """GC-EXPORT-015: the list of objects and the manifest do not say the same."""
    return Problem(
        code="GC-EXPORT-015",
        message=Text(
            "the list of objects does not say the same as the manifest",
            "danh sách đối tượng không khớp với bản kê",
        ),
        place=Place(str(file), line),
        fix=_SOURCE,
    )
