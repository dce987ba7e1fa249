"""The criteria of levels in words: what a regime asks about a system, and the answers."""

from __future__ import annotations

from govcloud.model.level import Criterion
from govcloud_base.errors import Text

__all__ = ["ANSWERS", "in_words"]

_CONDITIONS = {
    "information": Text("the information is {value}", "thông tin thuộc loại {value}"),
    "infrastructure": Text("it is infrastructure for {value}", "là hạ tầng dùng chung cho {value}"),
    "administrative_procedures": Text("it handles administrative procedures", "xử lý thủ tục hành chính"),
    "nonstop": Text("it must never stop unplanned", "phải vận hành liên tục, không dừng ngoài kế hoạch"),
    "critical": Text("it is critical to national security", "quan trọng về an ninh quốc gia"),
    "basic_subjects": Text(
        "basic personal data of at least {value} people", "dữ liệu cá nhân cơ bản của từ {value} người trở lên"
    ),
    "sensitive_subjects": Text(
        "sensitive personal data of at least {value} people", "dữ liệu cá nhân nhạy cảm của từ {value} người trở lên"
    ),
}
ANSWERS = {
    "public": Text("public", "công khai"),
    "private": Text("private", "riêng"),
    "state-secret": Text("a state secret", "bí mật nhà nước"),
    "body": Text("a body", "một cơ quan"),
    "ministry-or-province": Text("a ministry or province", "bộ hoặc tỉnh"),
    "nationwide": Text("the whole nation", "toàn quốc"),
    "none": Text("nobody else", "không ai khác"),
}
"""What a criterion answers, for people."""


def in_words(criterion: Criterion) -> Text:
    """Return what must be so of a system for a criterion to apply."""
    met = criterion.model_dump(include=set(_CONDITIONS), exclude_none=True)
    answers = {name: ANSWERS.get(str(value), Text.quoted(str(value))) for name, value in met.items()}
    return Text(
        ", ".join(_CONDITIONS[name].en.format(value=answer.en) for name, answer in answers.items()),
        ", ".join(_CONDITIONS[name].vi.format(value=answer.vi) for name, answer in answers.items()),
    )
