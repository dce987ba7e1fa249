"""The texts that must not be seen: what a program or a Secret keeps secret, wherever it is repeated."""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from govcloud_base.wire.values import Secret

__all__ = ["Hidden"]

_VEIL: Final = "[secret]"
_CERTAIN: Final = 8
"""Shorter texts occur by chance within others; they are looked for as whole words."""
_SHORTEST: Final = 4
"""Shorter ones (a digit, a flag) are everywhere: to veil them would make every message unreadable."""
_BASE64: Final = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}")
_GZIP: Final = b"\x1f\x8b"
_LARGEST: Final = 4 << 20  # bytes; an object of Kubernetes has at most 1.5 MiB


class Hidden:
    """Secret texts, in every spelling in which an API server or kubectl may repeat them."""

    def __init__(self, texts: frozenset[str], shortest: int = _SHORTEST) -> None:
        self._texts = texts
        forms = {form for text in texts for form in _spellings(text) if len(form) >= shortest}
        patterns = [
            re.escape(form) if len(form) >= _CERTAIN else rf"(?<!\w){re.escape(form)}(?!\w)"
            for form in sorted(forms, key=lambda form: (-len(form), form))
        ]
        self._pattern = re.compile("|".join(patterns)) if patterns else None

    @classmethod
    def of(cls, *properties: Any) -> Hidden:
        """Collect what is marked as secret in `properties`, and the data of every Secret, marked or not."""
        return cls(frozenset(text for value in properties for text in _collected(value, secret=False)))

    @property
    def certain(self) -> Hidden:
        """Only those that are too long to occur elsewhere by chance."""
        return Hidden(self._texts, _CERTAIN)

    def __bool__(self) -> bool:
        return self._pattern is not None

    def veiled(self, text: str) -> str:
        """Return `text` with every secret replaced."""
        return text if self._pattern is None else self._pattern.sub(_VEIL, text)

    def within(self, text: str) -> bool:
        """Tell whether `text` repeats a secret: as it is, or in a copy that is encoded or compressed as a whole."""
        if self._pattern is None:
            return False
        return bool(self._pattern.search(text) or self._pattern.search(_unpacked(text)))


def _collected(value: Any, *, secret: bool) -> Iterator[str]:
    if isinstance(value, Secret):
        yield from _collected(value.value, secret=True)
    elif isinstance(value, Mapping):
        of_secret = value.get("kind") == "Secret"
        for key, item in value.items():
            yield from _collected(item, secret=secret or (of_secret and key in ("data", "stringData")))
    elif isinstance(value, list):
        for item in value:
            yield from _collected(item, secret=secret)
    elif secret and isinstance(value, str | int | float) and not isinstance(value, bool):
        yield str(value)


def _spellings(text: str) -> Iterator[str]:
    """Yield a text as it is and encoded as in `data`, and what it encodes itself; each also as JSON quotes it."""
    forms = [text, base64.b64encode(text.encode()).decode(), _decoded(text).decode(errors="ignore")]
    for form in forms:
        if form.strip():
            yield form
            quoted = json.dumps(form, ensure_ascii=False)[1:-1]
            yield quoted
            # Go writes these three as escapes.
            yield quoted.replace("&", r"\u0026").replace("<", r"\u003c").replace(">", r"\u003e")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _unpacked(text: str) -> str:
    """Return what a text holds that is base64, of gzip or of plain text; "" for any other."""
    packed = _decoded(text.strip()) if _BASE64.fullmatch(text.strip()) else b""
    if packed.startswith(_GZIP):
        try:
            packed = zlib.decompressobj(wbits=31).decompress(packed, _LARGEST)
        except zlib.error:
            return ""
    return packed.decode(errors="ignore")
