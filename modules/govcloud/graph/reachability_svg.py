"""Reachability as SVG: a matrix from namespace to namespace, so that what is dropped is seen as well as what passes."""

from __future__ import annotations

import itertools

from govcloud.graph.drawing import Drawing, fitted
from govcloud.graph.reachability import Opening, Reach, Room
from govcloud.graph.words import Words

__all__ = ["draw"]

_CELL, _NAMES, _HEAD, _LEFT = 34, 170, 150, 16


def draw(content: Reach, words: Words) -> str:
    """Return the picture."""
    vietnamese = words.vietnamese
    heading = f"{content.title}: " + ("ai được kết nối tới ai" if vietnamese else "who may reach whom")
    drawing = Drawing(heading, _description(content, vietnamese), words.language)
    drawing.text(_LEFT, 30, heading, size=17, bold=True)
    note = (
        "từ hàng đến cột, theo cổng TCP; ô trống: bị chặn"
        if vietnamese
        else "from row to column, by TCP port; empty: dropped"
    )
    drawing.text(_LEFT, 50, note, colour="faint")
    left, top = _LEFT + _NAMES, 60 + _HEAD
    side = len(content.rooms) * _CELL
    width = max(left + side + _HEAD * 0.6, _LEFT * 2 + 8 * len(heading) + 60)
    _groups(drawing, content.rooms, left, top, side)
    for index, room in enumerate(content.rooms):
        middle = index * _CELL + _CELL / 2
        drawing.text(left - 8, top + middle + 4, fitted(room.namespace, _NAMES - 8, 12), anchor="end")
        drawing.text(left + middle + 4, top - 8, fitted(room.namespace, _HEAD * 1.1, 12), turned=-60)
        drawing.box(left + middle - _CELL / 2, top + middle - _CELL / 2, _CELL, _CELL, "rest", hint=room.namespace)
    places = {room.namespace: index for index, room in enumerate(content.rooms)}
    tenants = {room.namespace: room.tenant for room in content.rooms}
    for opening in content.openings:
        inside = tenants[opening.source] == tenants[opening.target]
        _opening(drawing, opening, left + places[opening.target] * _CELL, top + places[opening.source] * _CELL, inside)
    end = top + side
    drawing.box(left, end + 14, 14, 14, "one")
    drawing.text(left + 20, end + 26, "trong một tenant" if vietnamese else "within a tenant", colour="faint")
    drawing.box(left + 160, end + 14, 14, 14, "two")
    drawing.text(left + 180, end + 26, "giữa các tenant" if vietnamese else "between tenants", colour="faint")
    return drawing.finish(max(width, left + 320), end + 42)


def _groups(drawing: Drawing, rooms: tuple[Room, ...], left: float, top: float, side: float) -> None:
    """Shade each tenant's own square, and rule the lines of the matrix."""
    drawing.box(left, top, side, side, "box")
    first = 0
    for _, members in itertools.groupby(rooms, key=lambda room: room.tenant):
        count = len(list(members))
        drawing.box(left + first * _CELL, top + first * _CELL, count * _CELL, count * _CELL, "group")
        first += count
        edge = first * _CELL
        drawing.path(f"M{left - _NAMES:.1f},{top + edge:.1f} H{left + side:.1f}", "rest")
        drawing.path(f"M{left + edge:.1f},{top:.1f} V{top + side:.1f}", "rest")


def _opening(drawing: Drawing, opening: Opening, x: float, y: float, inside: bool) -> None:
    colour = "one" if inside else "two"
    ports = ", ".join(map(str, opening.ports))
    drawing.box(x + 1, y + 1, _CELL - 2, _CELL - 2, colour, hint=f"{opening.source} → {opening.target}: {ports}")
    shown = [str(port) for port in opening.ports[:2]]
    if len(opening.ports) > 2:
        shown = [shown[0], f"+{len(opening.ports) - 1}"]
    for line, text in enumerate(shown):
        middle = y + _CELL / 2 + 4 + (line - (len(shown) - 1) / 2) * 12
        drawing.text(x + _CELL / 2, middle, text, size=10, colour="page", bold=True, anchor="middle")


def _description(content: Reach, vietnamese: bool) -> str:
    said = "; ".join(f"{o.source} → {o.target}: {', '.join(map(str, o.ports))}" for o in content.openings)
    return (
        ("Kết nối được phép, mọi thứ khác bị chặn. " if vietnamese else "Allowed; all else is dropped. ") + said + "."
    )
