"""An SVG drawing: shapes and text with classes, one style for light and dark, words for screen readers."""

from __future__ import annotations

from xml.etree import ElementTree

from govcloud_base.errors import Language

__all__ = ["Drawing", "fitted"]

_LIGHT = {
    "page": "#ffffff", "ink": "#1b1f24", "faint": "#57606a", "line": "#8c959f", "box": "#f6f8fa", "group": "#eaeef2",
    "good": "#1a7f37", "near": "#9a6700", "over": "#cf222e", "rest": "#d0d7de", "one": "#0969da", "two": "#8250df",
}  # fmt: skip
_DARK = {
    "page": "#0d1117", "ink": "#e6edf3", "faint": "#9198a1", "line": "#656c76", "box": "#151b23", "group": "#212830",
    "good": "#3fb950", "near": "#d29922", "over": "#f85149", "rest": "#3d444d", "one": "#4493f8", "two": "#ab7df8",
}  # fmt: skip
_FONT = "'Noto Sans','Segoe UI',Roboto,'Helvetica Neue','DejaVu Sans',Arial,sans-serif"
"""Families with all Vietnamese letters on the usual systems."""
_ADVANCE, _BOLD_ADVANCE = 0.6, 0.68
"""Width of a letter as part of its size, generous: no font is at hand to measure."""


def fitted(text: str, width: float, size: float, *, bold: bool = False) -> str:
    """Return as much of `text` as fits into `width` at a font size."""
    most = max(1, int(width / (size * (_BOLD_ADVANCE if bold else _ADVANCE))))
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"


class Drawing:
    """An SVG document under construction. Coordinates are pixels from the top left."""

    def __init__(self, title: str, description: str, language: Language) -> None:
        self._root = ElementTree.Element(
            "svg",
            {
                "xmlns": "http://www.w3.org/2000/svg",
                "role": "img",
                "lang": language.value,
                "aria-labelledby": "title description",
            },
        )
        ElementTree.SubElement(self._root, "title", {"id": "title"}).text = _plain(title)
        ElementTree.SubElement(self._root, "desc", {"id": "description"}).text = _plain(description)
        ElementTree.SubElement(self._root, "style").text = _style()
        markers = ElementTree.SubElement(self._root, "defs")
        for colour in ("one", "two"):
            box = {"viewBox": "0 0 8 8", "refX": "7", "refY": "4", "markerWidth": "7", "markerHeight": "7"}
            marker = ElementTree.SubElement(
                markers, "marker", {"id": f"to-{colour}", "orient": "auto-start-reverse", **box}
            )
            ElementTree.SubElement(marker, "path", {"d": "M0,0.5 L8,4 L0,7.5 z", "class": f"fill-{colour}"})
        self._page = ElementTree.SubElement(self._root, "rect", {"class": "fill-page"})

    def text(
        self,
        x: float,
        y: float,
        content: str,
        *,
        colour: str = "ink",
        size: int = 12,
        bold: bool = False,
        anchor: str = "start",
        turned: int = 0,
    ) -> None:
        """Write at the baseline (x, y); `turned` in degrees around that point."""
        attributes = {"x": _number(x), "y": _number(y), "class": f"fill-{colour}", "font-size": str(size)}
        if bold:
            attributes["font-weight"] = "600"
        if anchor != "start":
            attributes["text-anchor"] = anchor
        if turned:
            attributes["transform"] = f"rotate({turned} {_number(x)} {_number(y)})"
        ElementTree.SubElement(self._root, "text", attributes).text = _plain(content)

    def box(
        self, x: float, y: float, width: float, height: float, colour: str, *, hint: str = "", framed: bool = False
    ) -> None:
        """Draw a rectangle; `hint` appears where the pointer rests."""
        size = {"x": _number(x), "y": _number(y), "width": _number(width), "height": _number(height)}
        shape = {"rx": "3", "class": f"fill-{colour}" + (" stroke-line" if framed else "")}
        element = ElementTree.SubElement(self._root, "rect", {**size, **shape})
        if hint:
            ElementTree.SubElement(element, "title").text = _plain(hint)

    def path(
        self, data: str, colour: str, *, dashed: bool = False, start: bool = False, end: bool = False, hint: str = ""
    ) -> None:
        """Draw a line along SVG path data, with arrowheads at its start and end."""
        attributes = {"d": data, "class": f"line stroke-{colour}"}
        if dashed:
            attributes["stroke-dasharray"] = "5 3"
        if start:
            attributes["marker-start"] = f"url(#to-{colour})"
        if end:
            attributes["marker-end"] = f"url(#to-{colour})"
        element = ElementTree.SubElement(self._root, "path", attributes)
        if hint:
            ElementTree.SubElement(element, "title").text = _plain(hint)

    def finish(self, width: float, height: float) -> str:
        """Return the document of that size."""
        size = {"width": _number(width), "height": _number(height)}
        for element in (self._root, self._page):
            for name, value in size.items():
                element.set(name, value)
        self._root.set("viewBox", f"0 0 {size['width']} {size['height']}")
        ElementTree.indent(self._root, "")
        return ElementTree.tostring(self._root, encoding="unicode") + "\n"


def _style() -> str:
    def colours(palette: dict[str, str]) -> str:
        return "".join(f".fill-{n}{{fill:{c}}}.stroke-{n}{{stroke:{c}}}" for n, c in palette.items())

    dark = f"@media (prefers-color-scheme:dark){{{colours(_DARK)}}}"
    return f"text{{font-family:{_FONT}}}.line{{fill:none;stroke-width:1.5}}{colours(_LIGHT)}{dark}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _plain(text: str) -> str:
    """Return the text without control characters, which XML cannot hold. Everything else is escaped by the library."""
    return "".join(c if c.isprintable() else " " for c in text)
