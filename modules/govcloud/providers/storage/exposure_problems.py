"""What a store leaves open to people whom nobody named, in the reader's words: one function per code `GC-STORE-NNN`."""

from __future__ import annotations

from govcloud_base.errors import Problem, Text

__all__ = ["inner_port_open", "orders_taken", "strangers_admitted"]


def strangers_admitted(url: str) -> Problem:
    """GC-STORE-045: the store answers people without a key."""
    return Problem(
        code="GC-STORE-045",
        message=Text(
            en="the object store lets people in who have no key: no tenant is put there",
            vi="hệ thống lưu trữ cho cả người không có khóa vào: không đặt tenant nào ở đó",
        ),
        value=url,
        allowed="HTTP 401, 403",
        fix=Text(
            en="give it identities (`-s3.config`) and take the one named `anonymous` away, then start it anew: a "
            "SeaweedFS that knows nobody lets everybody in",
            vi="khai báo danh tính cho nó (`-s3.config`) và bỏ danh tính `anonymous`, rồi khởi động lại: SeaweedFS "
            "không biết ai thì cho mọi người vào",
        ),
    )


def orders_taken(url: str) -> Problem:
    """GC-STORE-046: the store's own interface of identities takes orders from tenants."""
    return Problem(
        code="GC-STORE-046",
        message=Text(
            en="the object store takes orders about identities where tenants reach it: each could issue itself keys, "
            "and no policy stops that",
            vi="hệ thống lưu trữ nhận lệnh về danh tính ngay tại nơi tenant truy cập: ai cũng tự cấp khóa cho mình "
            "được, không chính sách nào ngăn nổi",
        ),
        value=url,
        fix=Text(
            en="start a SeaweedFS with `-s3.iam.readOnly=true` and declare `adapter: seaweedfs`, which makes "
            "identities by its shell",
            vi="khởi động SeaweedFS với `-s3.iam.readOnly=true` và khai báo `adapter: seaweedfs`, bộ chuyển đổi tạo "
            "danh tính bằng `weed shell`",
        ),
    )


def inner_port_open(address: str, *, of_files: bool) -> Problem:
    """GC-STORE-047: filer or master answers plain requests of anybody."""
    files = Text(
        en="the store's filer hands out every file, secret keys of all tenants among them, to whoever asks it",
        vi="`filer` của hệ thống lưu trữ đưa mọi tệp, kể cả khóa bí mật của mọi tenant, cho bất cứ ai hỏi",
    )
    data = Text(
        en="the store's master obeys whoever asks it: one request deletes the data of a bucket",
        vi="`master` của hệ thống lưu trữ nghe lời bất cứ ai: một yêu cầu là xóa hết dữ liệu của một kho",
    )
    return Problem(
        code="GC-STORE-047",
        message=files if of_files else data,
        value=address,
        fix=Text(
            en="start it with `-disableHttp`, so that nothing but gRPC is answered there, and protect that by the "
            "certificates of a `security.toml`",
            vi="khởi động nó với `-disableHttp` để ở đó chỉ còn `gRPC`, và bảo vệ `gRPC` bằng chứng thư trong "
            "`security.toml`",
        ),
    )
