"""What the documentation site changes in a page: it has a switch of languages, so pages need no link of their own."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["on_page_markdown"]

_SWITCH = re.compile(r"^(?:Tiếng Việt: )?\[(?:Tiếng Việt|English)\]\([\w-]+(?:\.vi)?\.md\)\.?\n\n?", re.MULTILINE)
_VIETNAMESE = re.compile(r"\.vi\.(md|svg)(?=[)#])")


def on_page_markdown(markdown: str, **_: Any) -> str:
    """Return a page's text without its way to the other language, and with links by which the site finds both."""
    return _VIETNAMESE.sub(r".\1", _SWITCH.sub("", markdown, count=1))
