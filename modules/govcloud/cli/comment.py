"""A comment for a merge request as a reader sees it: laid out on a terminal, its own Markdown in a pipe or a file."""

from __future__ import annotations

import re
import sys

from rich.console import Console
from rich.markdown import Markdown

__all__ = ["show"]

_MARKER = re.compile(r"^<!--.*-->\n", re.MULTILINE)
_SUMMARY = re.compile(r"^<details><summary>(.*)</summary>$", re.MULTILINE)
_HARMLESS = "\u200b"
"""Stands in text of others to keep a forge from making links of it; a terminal makes none."""


def show(markdown: str) -> None:
    """Write a comment on the standard output, in the form that whoever reads it there can use."""
    if not sys.stdout.isatty():
        print(markdown, end="")
        return
    text = _SUMMARY.sub(r"**\1**", _MARKER.sub("", markdown)).replace("</details>", "").replace(_HARMLESS, "")
    Console().print(Markdown(text, hyperlinks=False))
