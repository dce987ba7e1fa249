"""What can go wrong with a backup, in the reader's words: one function per code `GC-BACKUP-NNN` from 010 on."""

from __future__ import annotations

from govcloud.refusal import quotation
from govcloud_base.errors import Problem, Text

__all__ = [
    "NOT_SEALED",
    "broken",
    "incomplete",
    "lacking",
    "misled",
    "no_backup",
    "no_key",
    "not_copied",
    "not_empty",
    "not_encrypted",
    "not_sealed",
    "not_the_tenants",
    "not_told",
    "other",
    "overlaid",
    "same_store",
    "unreadable",
]

NOT_SEALED = "GC-BACKUP-019"


def unreadable(bucket: str, name: str, error: Exception) -> Problem:
    """GC-BACKUP-010: what lies in the second store under a manifest's name is none, or is not what it was."""
    return Problem(
        code="GC-BACKUP-010",
        message=Text(
            f"the manifest {name} in {bucket} is not what was written",
            f"bản kê {name} trong {bucket} không còn như khi được ghi",
        ),
        value=quotation(str(error)) if str(error) else type(error).__name__,
        fix=Text(
            "find out who changed it; restore from an earlier backup with --at, and copy all anew with "
            "`govcloud backup run --whole`",
            "tìm xem ai đã sửa; khôi phục từ bản trước bằng --at, và sao chép lại toàn bộ bằng "
            "`govcloud backup run --whole`",
        ),
    )


def broken(bucket: str, key: str, name: str, found: str) -> Problem:
    """GC-BACKUP-011: the content of a version is not in the second store as it was copied."""
    return Problem(
        code="GC-BACKUP-011",
        message=Text(
            f"{key!r} can't be brought back: its copy in {bucket} is not what was copied",
            f"không khôi phục được {key!r}: bản sao trong {bucket} không còn như khi được sao chép",
        ),
        value=f"{name}: {found}",
        fix=Text(
            "copy all anew with `govcloud backup run --whole` while the original is there, and find out what happened",
            "sao chép lại toàn bộ bằng `govcloud backup run --whole` khi bản gốc còn đó, và tìm nguyên nhân",
        ),
    )


def no_backup(bucket: str, label: str, at: str | None) -> Problem:
    """GC-BACKUP-012: there is no backup of a bucket, or none of that time."""
    early = Text(f" that began by {at}", f" bắt đầu trước {at}") if at else Text("", "")
    return Problem(
        code="GC-BACKUP-012",
        message=Text(
            f"{bucket} holds no backup of bucket {label}{early.en}",
            f"{bucket} không có bản sao lưu nào của kho {label}{early.vi}",
        ),
        value=at,
        fix=Text(
            "make one with `govcloud backup run`; `govcloud backup list` shows which there are",
            "tạo bằng `govcloud backup run`; `govcloud backup list` cho biết có những bản nào",
        ),
    )


def not_empty(bucket: str, held: str) -> Problem:
    """GC-BACKUP-013: what is to be filled by a restore holds something."""
    return Problem(
        code="GC-BACKUP-013",
        message=Text(
            f"the bucket {bucket} holds something: nothing is restored over what is there",
            f"kho {bucket} đang chứa dữ liệu: không khôi phục đè lên dữ liệu đang có",
        ),
        value=held,
        fix=Text("name another bucket with --to", "nêu một kho khác bằng --to"),
    )


def lacking(bucket: str, cloud: str, tenant: str) -> Problem:
    """GC-BACKUP-014: the bucket for backups is not there."""
    return Problem(
        code="GC-BACKUP-014",
        message=Text(
            f"the store of cloud {cloud} has no bucket {bucket} for the backups",
            f"kho lưu trữ của đám mây {cloud} chưa có kho {bucket} để chứa bản sao lưu",
        ),
        value=bucket,
        fix=Text(
            f"have who runs cloud {cloud} make it: `govcloud backup prepare {tenant}`",
            f"đề nghị đơn vị vận hành đám mây {cloud} tạo kho: `govcloud backup prepare {tenant}`",
        ),
    )


def not_encrypted(cloud: str, url: str) -> Problem:
    """GC-BACKUP-015: a store would be spoken to in clear."""
    return Problem(
        code="GC-BACKUP-015",
        message=Text(
            f"the object store of cloud {cloud} would be reached without encryption",
            f"kết nối tới kho đối tượng của đám mây {cloud} không được mã hóa",
        ),
        value=url,
        allowed="https://…",
        fix=Text(
            "give the store's https address: what an agency keeps never leaves a site in clear",
            "dùng địa chỉ `https` của kho: dữ liệu của cơ quan không bao giờ rời trung tâm dữ liệu ở dạng rõ",
        ),
    )


def not_copied(bucket: str, key: str, error: BaseException) -> Problem:
    """GC-BACKUP-016: the source refused to hand out a version; the backup is without it."""
    return Problem(
        code="GC-BACKUP-016",
        message=Text(
            f"{key!r} of {bucket} could not be read: this backup is without it",
            f"không đọc được {key!r} của {bucket}: bản sao lưu này thiếu đối tượng đó",
        ),
        value=quotation(str(error)),
        fix=Text(
            "see to it that the key may read it (on Ceph RGW: `govcloud storage let-read CLOUD`), then run the backup "
            "again: it copies what is missing",
            "bảo đảm khóa có quyền đọc (kho nào đòi quyền riêng: `govcloud storage let-read CLOUD`), rồi chạy lại sao "
            "lưu: lệnh sẽ sao chép phần còn thiếu",
        ),
    )


def not_told(label: str, declared: str) -> Problem:
    """GC-BACKUP-017: what is named is not among what is declared."""
    return Problem(
        code="GC-BACKUP-017",
        message=Text(f"no backup of {label!r} is declared", f"chưa khai báo sao lưu cho {label!r}"),
        value=label,
        allowed=declared or None,
        fix=Text(
            "name what `storage.backup` of the tenant's file says, or declare it there",
            "nêu đúng những gì `storage.backup` trong tệp của tenant ghi, hoặc khai báo ở đó",
        ),
    )


def misled(bucket: str, run: str, before: str) -> Problem:
    """GC-BACKUP-018: a head names one before it that is not there, or is another."""
    return Problem(
        code="GC-BACKUP-018",
        message=Text(
            f"the chain of manifests in {bucket} is broken: {run} follows {before}, which is not there as it was",
            f"chuỗi bản kê trong {bucket} bị đứt: {run} nối tiếp {before}, nhưng bản này không còn như cũ",
        ),
        value=before,
        fix=Text(
            "find out who changed or deleted it; each backup can still be checked by itself",
            "tìm xem ai đã sửa hoặc xóa; từng bản sao lưu vẫn kiểm tra riêng được",
        ),
    )


def not_sealed(bucket: str, run: str) -> Problem:
    """GC-BACKUP-019: the seal of a head is not by the key that was given."""
    return Problem(
        code=NOT_SEALED,
        message=Text(
            f"the backup {run} in {bucket} is not sealed by this key",
            f"bản sao lưu {run} trong {bucket} không được niêm phong bằng khóa này",
        ),
        value=run,
        fix=Text(
            "give the key with which it was made; if this is it, the manifest was changed",
            "dùng đúng khóa khi tạo; nếu đã đúng khóa thì bản kê đã bị sửa",
        ),
    )


def other(bucket: str, key: str, found: str) -> Problem:
    """GC-BACKUP-020: an object that was restored is not what was backed up."""
    return Problem(
        code="GC-BACKUP-020",
        message=Text(
            f"{key!r} was restored to {bucket} as something else than was backed up",
            f"{key!r} được khôi phục vào {bucket} khác với bản đã sao lưu",
        ),
        value=found,
        fix=Text(
            "restore to another store or bucket: this one does not keep such a name or content",
            "khôi phục vào kho khác: kho này không giữ được tên hoặc nội dung như vậy",
        ),
    )


def no_key(file: str, why: Text) -> Problem:
    """GC-BACKUP-021: there is no key to seal with where one is said to be."""
    return Problem(
        code="GC-BACKUP-021",
        message=Text(
            f"{file} holds no key to seal backups with: {why.en}",
            f"{file} không chứa khóa để niêm phong bản sao lưu: {why.vi}",
        ),
        value=file,
        allowed=Text("16 bytes or more", "từ 16 byte trở lên"),
        fix=Text(
            "let GOVCLOUD_BACKUP_KEY name a file with a long random key, such as of `openssl rand -hex 32`",
            "đặt GOVCLOUD_BACKUP_KEY trỏ tới tệp chứa khóa ngẫu nhiên dài, ví dụ do `openssl rand -hex 32` tạo",
        ),
    )


def same_store(cloud: str, url: str) -> Problem:
    """GC-BACKUP-024: what this shell takes for the second store is the first."""
    return Problem(
        code="GC-BACKUP-024",
        message=Text(
            f"the store of cloud {cloud} is the one that is backed up",
            f"kho lưu trữ của đám mây {cloud} chính là kho cần sao lưu",
        ),
        value=url,
        fix=Text(
            "give the address of the second store: a copy beside the original is lost with it",
            "dùng địa chỉ của kho thứ hai: bản sao nằm cạnh bản gốc sẽ mất cùng bản gốc",
        ),
    )


def overlaid(bucket: str, name: str) -> Problem:
    """GC-BACKUP-025: something else was written over what a backup holds; that lies below it, whole."""
    return Problem(
        code="GC-BACKUP-025",
        message=Text(
            f"something else was written over {name} in {bucket}: the older version below it is whole, and was taken",
            f"{name} trong {bucket} đã bị ghi đè: phiên bản cũ hơn bên dưới còn nguyên vẹn và đã được dùng",
        ),
        value=name,
        fix=Text(
            "find out who has the keys that write backups, and replace them: "
            "`govcloud backup prepare TENANT --keys FILE`",
            "tìm xem ai đang giữ khóa ghi bản sao lưu và thay khóa: `govcloud backup prepare TENANT --keys FILE`",
        ),
    )


def incomplete(bucket: str, run: str, failed: int) -> Problem:
    """GC-BACKUP-026: the run that made a backup could not copy everything."""
    return Problem(
        code="GC-BACKUP-026",
        message=Text(
            f"the backup {run} in {bucket} is without {failed} versions that could not be copied",
            f"bản sao lưu {run} trong {bucket} thiếu {failed} phiên bản không sao chép được",
        ),
        value=run,
        fix=Text(
            "run the backup again and look what it tells; an earlier backup may hold what is missing (--at)",
            "chạy lại sao lưu và xem lệnh báo gì; bản trước đó có thể còn phần bị thiếu (--at)",
        ),
    )


def not_the_tenants(bucket: str, tenant: str) -> Problem:
    """GC-BACKUP-027: a restore was to fill a bucket that is, or by its name may be, another's, or open to others."""
    return Problem(
        code="GC-BACKUP-027",
        message=Text(
            f"the bucket {bucket} is not one of {tenant}'s, of the environment and class of the lost one",
            f"kho {bucket} không phải kho của {tenant} cùng môi trường và cùng lớp với kho đã mất",
        ),
        value=bucket,
        fix=Text(
            "name another with --to: one that is not there yet, or that bears the tenant's tags",
            "nêu kho khác bằng --to: kho chưa tồn tại, hoặc kho mang thẻ của tenant",
        ),
    )
