"""What the number means with which a command ends: one table for all commands, which the reference shows."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from govcloud_base.errors import Text

__all__ = ["EXIT_CODES"]

EXIT_CODES: Mapping[int, Text] = MappingProxyType(
    {
        0: Text(
            "all that was asked for was done, or examined and found as it should be",
            "mọi việc được yêu cầu đã xong, hoặc đã xem và đúng như cần có",
        ),
        1: Text(
            "findings: something is not as it should be, or a check could not look",
            "có phát hiện: có thứ không đúng như cần có, hoặc một phép kiểm tra không xem được",
        ),
        2: Text(
            "the command was called wrongly, or names what is not declared",
            "gọi lệnh sai, hoặc nêu tên chưa khai báo",
        ),
        3: Text(
            "this machine lacks something, whichever cloud is meant: a tool, a right, a backend, any cloud at all",
            "máy này thiếu gì đó, bất kể đám mây nào: công cụ, quyền, nơi lưu trạng thái, hoặc chưa có đám mây nào",
        ),
        4: Text(
            "a cloud refused, or is out of reach: it does not answer, or this shell has no context, address or keys "
            "for it; other clouds are worked on all the same",
            "đám mây từ chối hoặc không tới được: không trả lời, hoặc phiên này không có context, địa chỉ hay khóa cho "
            "nó; các đám mây khác vẫn được xử lý",
        ),
        130: Text(
            "stopped by Ctrl-C (other signals: 128 and their number)",
            "bị dừng bằng `Ctrl-C` (tín hiệu khác: 128 cộng số của nó)",
        ),
        141: Text("whoever read the output went away", "bên đọc đầu ra đã ngừng đọc"),
    }
)
