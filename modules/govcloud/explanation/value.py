"""An effective value with its provenance."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from govcloud_base.errors import Language, Place, Text

__all__ = ["Bound", "Origin", "Value"]


class Origin(enum.StrEnum):
    """Who gave a value."""

    FILE = "file"
    """The declaration itself."""
    DEFAULT = "default"
    """Nobody: the model's default."""
    LAW = "law"
    """A table of the law."""
    COUNTRY = "country"
    """The country's settings."""
    DERIVED = "derived"
    """Computed from other values."""


@dataclass(frozen=True)
class Bound:
    """Something that limits a value, or has changed it."""

    what: Text
    """In words, with its amount."""
    place: Place | None = None
    """Where the limit stands."""


@dataclass(frozen=True)
class Value:
    """One effective value."""

    path: tuple[str, ...]
    """Field names as in the file, without `spec`."""
    shown: str
    """The value as a declaration writes it."""
    origin: Origin
    place: Place | None = None
    """Where it was written, where anybody wrote it."""
    source: str | None = None
    """Article or table, where the law gave it."""
    bounds: tuple[Bound, ...] = ()

    @property
    def field(self) -> str:
        """The path with dots: `quota.cpu`."""
        return ".".join(self.path)

    def render(self, language: Language) -> str:
        """Return the value as the lines that a terminal shows, without a final newline."""
        origin = _ORIGINS[self.origin].in_language(language)
        where = ", ".join(str(part) for part in (origin, self.source, self.place) if part)
        lines = [f"{self.field} = {self.shown}  ({where})"]
        for bound in self.bounds:
            place = f" ({bound.place})" if bound.place else ""
            lines.append(f"  - {bound.what.in_language(language)}{place}")
        return "\n".join(lines)

    def as_dict(self) -> dict[str, object]:
        """Return the value for `--format json`."""
        return {
            "field": self.field,
            "value": self.shown,
            "origin": self.origin.value,
            "place": str(self.place) if self.place else None,
            "source": self.source,
            "bounds": [
                {"en": b.what.en, "vi": b.what.vi, "place": str(b.place) if b.place else None} for b in self.bounds
            ],
        }


_ORIGINS = {
    Origin.FILE: Text("declared", "khai báo"),
    Origin.DEFAULT: Text("default", "mặc định"),
    Origin.LAW: Text("law", "luật định"),
    Origin.COUNTRY: Text("setting of the country", "thiết lập quốc gia"),
    Origin.DERIVED: Text("computed", "tính ra"),
}
