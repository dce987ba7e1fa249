"""Words that stand where a compared value is not there or not shown."""

from __future__ import annotations

from govcloud_base.errors import Text

__all__ = ["in_words"]

_WORDS = {
    "absent": "không có",
    "present": "có",
    "withheld": "không hiển thị",
    "as delivered": "như đã giao",
    "another value": "giá trị khác",
}


def in_words(value: str) -> Text:
    """Return a compared value as reports show it: as it is, unless it stands for one."""
    return Text(value, _WORDS.get(value, value))
