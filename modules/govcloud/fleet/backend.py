"""The backend that holds Pulumi's state, as the environment names it: what it needs, and what of it is never shown."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from urllib.parse import unquote, unquote_plus, urlsplit

__all__ = ["address", "settings", "without_password"]

_DATABASES = ("postgres://", "postgresql://")
_IN_QUERY = re.compile(r"(?:^|&)password=([^&]+)")


def address() -> str:
    """Return the address of the backend; '' where the environment names none."""
    return os.environ.get("PULUMI_BACKEND_URL", "")


def settings(url: str) -> Mapping[str, str]:
    """Return the variables without which the CLI does not work well on this backend.

    On a database, the CLI asks for a row of each stack while it still reads a list, for ten stacks at once, over no
    more connections than twice the processors: from so many stacks on, all wait for one another, for ever.
    """
    return {"PULUMI_DIY_BACKEND_PARALLEL": "1"} if url.startswith(_DATABASES) else {}


def without_password(said: str) -> str:
    """Return what the CLI said without the password in the address of a database, which its errors quote whole."""
    for word in sorted(_passwords(address()), key=len, reverse=True):
        said = said.replace(word, "***")
    return said


def _passwords(url: str) -> set[str]:
    """Return the passwords in an address, as they are written and as they are meant."""
    try:
        parts = urlsplit(url)
        written = {parts.password or "", *_IN_QUERY.findall(parts.query)}
    except ValueError:  # brackets that do not match
        return {url}
    return {word for text in written for word in (text, unquote(text), unquote_plus(text)) if word}
