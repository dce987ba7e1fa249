"""What stands in the way of a move, in the reader's words: one function per code `GC-MOVE-NNN`."""

from __future__ import annotations

from collections.abc import Sequence

from govcloud.refusal import quotation
from govcloud_base.errors import Problem, Text

__all__ = [
    "at_home",
    "differing",
    "no_keys",
    "not_a_target",
    "not_copied",
    "not_encrypted",
    "not_read_only",
    "not_still",
    "not_there",
    "nothing_to_move",
    "one_version",
    "same_store",
    "still_writing",
    "untried",
]


def not_a_target(cloud: str, possible: Sequence[str]) -> Problem:
    """GC-MOVE-001: the agency may not keep its buckets on that cloud, or they are there."""
    return Problem(
        "GC-MOVE-001",
        Text(
            "there is no such cloud with another store that the agency may use",
            "không có đám mây như vậy với kho khác mà cơ quan được dùng",
        ),
        Text("name one of those", "nêu một trong các đám mây đó")
        if possible
        else Text("declare a second cloud first", "khai báo đám mây thứ hai trước"),
        value=cloud,
        allowed=", ".join(possible) or None,
    )


def nothing_to_move(name: str, known: Sequence[str] = ()) -> Problem:
    """GC-MOVE-002: what is named has no buckets."""
    return Problem(
        "GC-MOVE-002",
        Text("no bucket is declared under this name", "không có kho nào được khai báo dưới tên này"),
        Text("name what the country's files name", "dùng tên có trong tệp khai báo của quốc gia"),
        value=name,
        allowed=", ".join(known) or None,
    )


def same_store(url: str) -> Problem:
    """GC-MOVE-003: both clouds use one store."""
    return Problem(
        "GC-MOVE-003",
        Text(
            "the buckets would move into the store in which they are", "kho sẽ chuyển vào chính hệ thống đang chứa nó"
        ),
        Text("name a cloud with a store of its own", "nêu đám mây có kho riêng"),
        value=url,
    )


def not_encrypted(url: str) -> Problem:
    """GC-MOVE-004: a store would be spoken to in clear."""
    return Problem(
        "GC-MOVE-004",
        Text("an object store would be reached without encryption", "kết nối tới kho đối tượng không được mã hóa"),
        Text("give the store's https address", "dùng địa chỉ `https` của kho"),
        value=url,
        allowed="https://…",
    )


def not_there(bucket: str, url: str) -> Problem:
    """GC-MOVE-005: the bucket that shall move is not at the source."""
    return Problem(
        "GC-MOVE-005",
        Text(f"bucket {bucket} is not in the store that it shall leave", f"kho {bucket} không có ở nơi nó cần rời đi"),
        Text("run `govcloud up` first", "chạy `govcloud up` trước"),
        value=url,
    )


def at_home(identity: str, url: str) -> Problem:
    """GC-MOVE-006: the tenant works at the target already: what it wrote there must not be touched."""
    return Problem(
        "GC-MOVE-006",
        Text(
            "the tenant has an identity in the store to which its buckets shall move: it may write there",
            "tenant đã có danh tính ở kho đích: tenant có thể đang ghi ở đó",
        ),
        Text(
            "the buckets moved already, or two places are in use: nothing is copied over what is in use",
            "kho đã chuyển xong, hoặc cả hai nơi đang được dùng: không sao chép đè lên dữ liệu đang dùng",
        ),
        value=f"{identity}: {url}",
    )


def not_read_only(tenant: str) -> Problem:
    """GC-MOVE-007: the tenant's file lets it write while its buckets are handed over."""
    return Problem(
        "GC-MOVE-007",
        Text(
            f"{tenant} may write while its buckets are handed over: what it writes then would be lost",
            f"{tenant} vẫn được ghi trong lúc bàn giao kho: dữ liệu ghi lúc đó sẽ mất",
        ),
        Text(
            "write `readOnly: true` under storage, have it approved, run `govcloud up`, then this again",
            "ghi `readOnly: true` dưới `storage`, chờ duyệt, chạy `govcloud up`, rồi chạy lại lệnh này",
        ),
        value="readOnly: false",
        allowed="readOnly: true",
    )


def still_writing(bucket: str, name: str, rights: Sequence[str]) -> Problem:
    """GC-MOVE-008: somebody can still change what is in the bucket."""
    return Problem(
        "GC-MOVE-008",
        Text(
            f"{name or 'anybody'} can still change what is in {bucket}",
            f"{name or 'bất kỳ ai'} vẫn thay đổi được nội dung của {bucket}",
        ),
        Text(
            "run `govcloud up` for the tenant, and take the right from whoever else has it",
            "chạy `govcloud up` cho tenant, và thu hồi quyền của những bên khác",
        ),
        value=", ".join(rights),
    )


def untried(bucket: str, name: str) -> Problem:
    """GC-MOVE-009: nobody could try whether the tenant's own key still writes."""
    return Problem(
        "GC-MOVE-009",
        Text(
            f"whether {name} can still write into {bucket} could not be tried: its key is not at hand",
            f"chưa thử được {name} còn ghi vào {bucket} không: không có khóa của danh tính này",
        ),
        Text(
            f"run this where the tenant's Secret can be read, or name a file of AWS profiles with --keys: [{name}]",
            f"chạy lệnh ở nơi đọc được Secret của tenant, hoặc nêu tệp hồ sơ AWS bằng --keys: [{name}]",
        ),
        value=name,
    )


def not_copied(bucket: str, key: str, error: BaseException) -> Problem:
    """GC-MOVE-010: an object could not be copied."""
    return Problem(
        "GC-MOVE-010",
        Text(f"{key!r} of {bucket} could not be copied", f"không sao chép được {key!r} của {bucket}"),
        Text("see what the store says, and run this again", "xem trả lời của kho, rồi chạy lại"),
        value=quotation(str(error)) if str(error) else type(error).__name__,
    )


def one_version(bucket: str, key: str) -> Problem:
    """GC-MOVE-011: the source has older versions of an object, and the target would keep none."""
    return Problem(
        "GC-MOVE-011",
        Text(
            f"{key!r} of {bucket} has older versions, and the store to which it shall move keeps none there",
            f"{key!r} của {bucket} có phiên bản cũ, còn kho đích không lưu phiên bản",
        ),
        Text(
            "move to a store that keeps versions, or let the versions expire first",
            "chuyển tới kho có lưu phiên bản, hoặc chờ các phiên bản cũ hết hạn",
        ),
        value=key,
    )


def differing(bucket: str, key: str, what: str) -> Problem:
    """GC-MOVE-012: an object is not at the target what it is at the source."""
    return Problem(
        "GC-MOVE-012",
        Text(
            f"{key!r} of {bucket} is not at the target what it is at the source",
            f"{key!r} của {bucket} ở kho đích khác với ở kho gốc",
        ),
        Text(
            "nothing is handed over: find out what happened there, and run this again",
            "chưa bàn giao gì: tìm nguyên nhân ở kho đích, rồi chạy lại",
        ),
        value=quotation(what),
    )


def not_still(bucket: str) -> Problem:
    """GC-MOVE-013: something still arrived at the source though nobody may write."""
    return Problem(
        "GC-MOVE-013",
        Text(
            f"something still arrived in {bucket} while it was compared",
            f"vẫn có dữ liệu tới {bucket} trong lúc so sánh",
        ),
        Text(
            "wait until uploads that were under way have ended, and run this again",
            "chờ các lượt tải lên đang dở kết thúc, rồi chạy lại",
        ),
        value=bucket,
    )


def no_keys(file: str, reason: Text) -> Problem:
    """GC-MOVE-014: the file with the tenant's keys can't be read."""
    return Problem(
        "GC-MOVE-014",
        Text(f"the file with the keys can't be read: {reason.en}", f"không đọc được tệp khóa: {reason.vi}"),
        Text("name a file of AWS profiles, one for each identity", "nêu tệp hồ sơ AWS, mỗi danh tính một mục"),
        value=file,
    )
