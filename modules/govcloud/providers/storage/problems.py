"""What can go wrong with an object store, in the reader's words: one function per code `GC-STORE-NNN`."""

from __future__ import annotations

from pathlib import Path

from govcloud.refusal import quotation
from govcloud_base.errors import Problem, Text

__all__ = [
    "adapter_unknown",
    "administration_refused",
    "authorities_missing",
    "bucket_gone",
    "bucket_is_foreign",
    "bucket_public",
    "cloud_credentials_missing",
    "credentials_missing",
    "endpoint_invalid",
    "endpoint_unreachable",
    "identity_is_foreign",
    "input_invalid",
    "isolation_broken",
    "key_not_revoked",
    "key_unusable",
    "keys_exhausted",
    "plugin_defect",
    "rename_refused",
    "setting_ignored",
    "setting_unsupported",
    "shell_failed",
    "shell_unavailable",
    "store_refused",
]


def endpoint_invalid(value: str) -> Problem:
    """GC-STORE-001: the endpoint in the provider's configuration is not an http(s) address."""
    return Problem(
        code="GC-STORE-001",
        message=Text(
            en="the object store's endpoint is not an http or https address",
            vi="địa chỉ của hệ thống lưu trữ không phải địa chỉ `http` hay `https`",
        ),
        value=value,
        allowed="https://host[:port]",
        fix=Text(
            en="set `endpoint` of the govcloud provider, or AWS_ENDPOINT_URL_S3",
            vi="đặt `endpoint` của provider govcloud, hoặc biến AWS_ENDPOINT_URL_S3",
        ),
    )


def credentials_missing(access_key_env: str, secret_key_env: str) -> Problem:
    """GC-STORE-002: no provisioner's key was given."""
    return Problem(
        code="GC-STORE-002",
        message=Text(
            en="no access key for the object store was given",
            vi="chưa có khóa truy cập hệ thống lưu trữ",
        ),
        fix=Text(
            en=f"export {access_key_env} and {secret_key_env}, or set accessKey and secretKey of the provider",
            vi=f"đặt biến {access_key_env} và {secret_key_env}, hoặc đặt `accessKey` và `secretKey` của provider",
        ),
    )


def cloud_credentials_missing(cloud: str, url: str, access: str, secret: str, profile: str) -> Problem:
    """GC-STORE-002 for the store of a declared cloud, whose keys have names of their own."""
    return Problem(
        code="GC-STORE-002",
        message=Text(
            en=f"no access key for the object store of cloud {cloud} was given",
            vi=f"chưa có khóa truy cập hệ thống lưu trữ của đám mây {cloud}",
        ),
        value=url,
        fix=Text(
            en=f"export {access} and {secret}, or keep them in the AWS profile {profile}; the plain AWS_* variables "
            "serve the store whose address is in AWS_ENDPOINT_URL_S3 alone",
            vi=f"đặt biến {access} và {secret}, hoặc lưu trong hồ sơ AWS {profile}; các biến `AWS_*` không mang tên "
            "đám mây chỉ dùng cho kho có địa chỉ nằm trong AWS_ENDPOINT_URL_S3",
        ),
    )


def endpoint_unreachable(endpoint: str, reason: Text) -> Problem:
    """GC-STORE-003: nothing answers at the endpoint, or its certificate is not trusted."""
    return Problem(
        code="GC-STORE-003",
        message=Text(
            en=f"the object store does not answer: {reason.en}",
            vi=f"hệ thống lưu trữ không trả lời: {reason.vi}",
        ),
        value=endpoint,
        fix=Text(
            en="check the endpoint, that the store is up, and that AWS_CA_BUNDLE names its certificate authority",
            vi="kiểm tra địa chỉ, hệ thống lưu trữ đang chạy, và AWS_CA_BUNDLE trỏ đúng chứng thư của hệ thống",
        ),
    )


def store_refused(action: Text, code: str, detail: str) -> Problem:
    """GC-STORE-004: the store answered with an error that has no better explanation here."""
    return Problem(
        code="GC-STORE-004",
        message=Text(
            en=f"the object store refused {action.en}: {code}: {detail}",
            vi=f"hệ thống lưu trữ từ chối {action.vi}: {quotation(f'{code}: {detail}').vi}",
        ),
        fix=Text(
            en="check the rights of the provisioner's key and the store's log, then run the update again",
            vi="kiểm tra quyền của khóa quản trị và nhật ký của hệ thống lưu trữ, rồi chạy lại",
        ),
    )


def bucket_is_foreign(bucket: str, reason: Text) -> Problem:
    """GC-STORE-005: a bucket of that name exists and is not ours."""
    return Problem(
        code="GC-STORE-005",
        message=Text(
            en=f"bucket {bucket} exists and belongs to somebody else: {reason.en}",
            vi=f"kho {bucket} đã tồn tại và thuộc chủ khác: {reason.vi}",
        ),
        fix=Text(
            en=f"find out who made it; choose another name, or import it knowingly: "
            f"`pulumi import --generate-code=false govcloud:storage:Bucket {bucket} {bucket}`",
            vi=f"tìm xem ai đã tạo; chọn tên khác, hoặc chủ động nhập vào: "
            f"`pulumi import --generate-code=false govcloud:storage:Bucket {bucket} {bucket}`",
        ),
    )


def rename_refused(old: str, new: str) -> Problem:
    """GC-STORE-007: a bucket's name was changed, which would mean deleting the old one."""
    return Problem(
        code="GC-STORE-007",
        message=Text(
            en=f"bucket {old} cannot be renamed to {new}: that would delete it with its data",
            vi=f"không thể đổi tên kho {old} thành {new}: việc đó sẽ xóa kho cùng dữ liệu",
        ),
        value=new,
        allowed=old,
        fix=Text(
            en="declare a second bucket, copy the data, then off-board the first",
            vi="khai báo kho thứ hai, sao chép dữ liệu, rồi mới gỡ kho cũ",
        ),
    )


def setting_ignored(bucket: str, setting: str, wanted: str, found: str) -> Problem:
    """GC-STORE-008: the store accepted a setting and did not do it."""
    return Problem(
        code="GC-STORE-008",
        message=Text(
            en=f"the store accepted {setting}={wanted} for bucket {bucket}, but it has no effect",
            vi=f"hệ thống lưu trữ nhận `{setting}={wanted}` cho kho {bucket} nhưng không có tác dụng",
        ),
        value=found,
        allowed=wanted,
        fix=Text(
            en="place the bucket on a store that can do this, or lower the declared level",
            vi="đặt kho ở hệ thống làm được việc này, hoặc hạ cấp độ đã khai báo",
        ),
    )


def setting_unsupported(setting: str, adapter: str) -> Problem:
    """GC-STORE-009: the store cannot do what the declaration asks, found by trying."""
    return Problem(
        code="GC-STORE-009",
        message=Text(
            en=f"this object store ({adapter}) cannot do: {setting}",
            vi=f"hệ thống lưu trữ này ({adapter}) không hỗ trợ: `{setting}`",
        ),
        fix=Text(
            en="place the bucket on a store that can, or drop the setting from the declaration",
            vi="đặt kho ở hệ thống có hỗ trợ, hoặc bỏ thiết lập này khỏi khai báo",
        ),
    )


def bucket_public(bucket: str, status: int) -> Problem:
    """GC-STORE-010: an anonymous reader got in."""
    return Problem(
        code="GC-STORE-010",
        message=Text(
            en=f"bucket {bucket} answers anonymous readers",
            vi=f"kho {bucket} cho phép truy cập ẩn danh",
        ),
        value=f"HTTP {status}",
        allowed="HTTP 401, 403",
        fix=Text(
            en="remove the bucket's public ACL or policy and the store's anonymous identity, then run again",
            vi="gỡ ACL hoặc chính sách công khai của kho và danh tính ẩn danh của hệ thống lưu trữ, rồi chạy lại",
        ),
    )


def bucket_gone(bucket: str) -> Problem:
    """GC-STORE-011: a bucket vanished while it was worked on."""
    return Problem(
        code="GC-STORE-011",
        message=Text(
            en=f"bucket {bucket} does not exist any more",
            vi=f"kho {bucket} không còn tồn tại",
        ),
        fix=Text(
            en="run `pulumi refresh`, then the update again",
            vi="chạy `pulumi refresh`, rồi chạy lại",
        ),
    )


def identity_is_foreign(identity: str, reason: Text) -> Problem:
    """GC-STORE-012: a store identity of that name exists and is not ours."""
    return Problem(
        code="GC-STORE-012",
        message=Text(
            en=f"identity {identity} exists and is not managed here: {reason.en}",
            vi=f"danh tính {identity} đã tồn tại và không do công cụ này quản lý: {reason.vi}",
        ),
        fix=Text(
            en="choose another name, or have the store's administrator remove that identity",
            vi="chọn tên khác, hoặc nhờ người quản trị hệ thống lưu trữ gỡ danh tính đó",
        ),
    )


def key_unusable(identity: str, reason: str) -> Problem:
    """GC-STORE-013: a key that was just issued is not accepted."""
    return Problem(
        code="GC-STORE-013",
        message=Text(
            en=f"the new key of identity {identity} is not accepted by the store: {reason}",
            vi=f"khóa mới của danh tính {identity} không được hệ thống lưu trữ chấp nhận: {quotation(reason).vi}",
        ),
        fix=Text(
            en="check that the adapter talks to the same store as the endpoint, then run again",
            vi="kiểm tra `adapter` và `endpoint` cùng trỏ tới một hệ thống lưu trữ, rồi chạy lại",
        ),
    )


def isolation_broken(identity: str, bucket: str) -> Problem:
    """GC-STORE-014: a tenant's key reaches a bucket that is not its own."""
    return Problem(
        code="GC-STORE-014",
        message=Text(
            en=f"the key of identity {identity} reaches bucket {bucket}, which is not its own; it was shut out",
            vi=f"khóa của danh tính {identity} vào được kho {bucket} không phải của mình; danh tính đã bị chặn",
        ),
        fix=Text(
            en="narrow the identity's policy and remove public access, then run again",
            vi="thu hẹp chính sách của danh tính và gỡ truy cập công khai, rồi chạy lại",
        ),
    )


def key_not_revoked(identity: str) -> Problem:
    """GC-STORE-015: a revoked key still works."""
    return Problem(
        code="GC-STORE-015",
        message=Text(
            en=f"a revoked key of identity {identity} is still accepted by the store",
            vi=f"khóa đã thu hồi của danh tính {identity} vẫn được hệ thống lưu trữ chấp nhận",
        ),
        fix=Text(
            en="restart the store's gateway to drop its cache and report the incident",
            vi="khởi động lại cổng của hệ thống lưu trữ để xóa bộ đệm và báo cáo sự cố",
        ),
    )


def keys_exhausted(identity: str) -> Problem:
    """GC-STORE-035: an identity has as many working keys as its store lets one have."""
    return Problem(
        code="GC-STORE-035",
        message=Text(
            en=f"identity {identity} has two working keys already, and its store gives no third",
            vi=f"danh tính {identity} đã có hai khóa đang hoạt động, hệ thống lưu trữ không cấp khóa thứ ba",
        ),
        fix=Text(
            en="revoke the key that nobody uses any more, then run again",
            vi="thu hồi khóa không còn ai dùng, rồi chạy lại",
        ),
    )


def adapter_unknown(value: str, allowed: str) -> Problem:
    """GC-STORE-016: the provider's configuration names no known server dialect."""
    return Problem(
        code="GC-STORE-016",
        message=Text(en="unknown object store adapter", vi="không có bộ chuyển đổi hệ thống lưu trữ với tên này"),
        value=value,
        allowed=allowed,
        fix=Text(en="set `adapter` of the govcloud provider", vi="đặt `adapter` của provider govcloud"),
    )


def shell_unavailable(reason: Text) -> Problem:
    """GC-STORE-017: SeaweedFS' administration cannot be reached from here."""
    return Problem(
        code="GC-STORE-017",
        message=Text(
            en=f"SeaweedFS cannot be administered from here: {reason.en}",
            vi=f"không quản trị được SeaweedFS từ đây: {reason.vi}",
        ),
        fix=Text(
            en="put `weed` on PATH and export GOVCLOUD_SEAWEEDFS_MASTER and _FILER, and _CONFIG where its gRPC asks "
            "for certificates, or the same named after the cloud",
            vi="đưa `weed` vào PATH và đặt biến GOVCLOUD_SEAWEEDFS_MASTER và _FILER, thêm _CONFIG nếu `gRPC` "
            "đòi chứng thư, hoặc các biến đó mang tên đám mây",
        ),
    )


def shell_failed(command: str, detail: Text) -> Problem:
    """GC-STORE-018: an administration command of SeaweedFS failed."""
    return Problem(
        code="GC-STORE-018",
        message=Text(
            en=f"SeaweedFS refused {command}: {detail.en}",
            vi=f"SeaweedFS từ chối `{command}`: {detail.vi}",
        ),
        fix=Text(
            en="read the store's log, then run the update again", vi="xem nhật ký của hệ thống lưu trữ, rồi chạy lại"
        ),
    )


def administration_refused(order: str, detail: Text) -> Problem:
    """GC-STORE-031: the administration of a MinIO, or of one of its forks, did not do what it was told."""
    return Problem(
        code="GC-STORE-031",
        message=Text(
            en=f"the store's administration did not do {order}: {detail.en}",
            vi=f"phần quản trị của hệ thống lưu trữ không thực hiện `{order}`: {detail.vi}",
        ),
        fix=Text(
            en="see that the key is an administrator's, read the store's log, then run the update again",
            vi="kiểm tra khóa có quyền quản trị, xem nhật ký của hệ thống lưu trữ, rồi chạy lại",
        ),
    )


def input_invalid(name: str, value: object, allowed: str | Text) -> Problem:
    """GC-STORE-019: an input of a resource is not acceptable."""
    return Problem(
        code="GC-STORE-019",
        message=Text(en=f"`{name}` is not acceptable", vi=f"`{name}` không hợp lệ"),
        value=value if isinstance(value, Text) else str(value),
        allowed=allowed,
        fix=Text(en="correct the declaration", vi="sửa lại khai báo"),
    )


def plugin_defect(error: Exception) -> Problem:
    """GC-STORE-020: the plugin itself is wrong; the place in its code is said, its local values are not."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
    return Problem(
        code="GC-STORE-020",
        message=Text(
            en=f"a defect of the govcloud plugin: {type(error).__name__} at {where}",
            vi=f"lỗi của chính plugin govcloud: `{type(error).__name__}` tại {where}",
        ),
        fix=Text(
            en="report it with this line; nothing was left half-made that the next run does not finish",
            vi="báo lỗi kèm dòng này; lần chạy sau sẽ hoàn tất phần dở dang",
        ),
    )


def authorities_missing(file: str) -> Problem:
    """GC-STORE-021: the file of certificate authorities does not exist."""
    return Problem(
        code="GC-STORE-021",
        message=Text(
            en="the file of certificate authorities for the object store does not exist",
            vi="tệp chứng thư gốc của hệ thống lưu trữ không tồn tại",
        ),
        value=file,
        fix=Text(
            en="correct AWS_CA_BUNDLE or `caBundle` of the govcloud provider",
            vi="sửa AWS_CA_BUNDLE hoặc `caBundle` của provider govcloud",
        ),
    )
