"""Advice of a finding, followed to the letter: the edits that a sentence states, made in the file where it points.

Advice is read as somebody who knows nothing else would: `write validTo: 2025-06-30`, `remove platform`, `declare level
3`. What it says in one language is read from the other as well; both must state the same edits.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml
from yaml.nodes import MappingNode, Node, SequenceNode

from govcloud_base.errors import Language, Place

__all__ = ["Edit", "alternatives", "made"]

VALUE = r"(?P<value>(?!(?:with|với|its|ngày|a|an|một)\b)[^\s,;'?`]+)"
FIELD = r"(?P<field>(?!(?:it|its|one|the|them|here|một|các|nó|kho|dải|chúng|giới|ở)\b)[a-z]\w*)"
STATED = {
    Language.EN: (
        rf"did you mean '?{VALUE}'?",
        rf"^(?:write|use) {VALUE}(?=$|, without quotes| \(| or less$| or more$)",
        rf"(?:write|add|and|later:) {FIELD}: {VALUE}",
        rf"(?P<gone>remove) {FIELD}(?=$|: false| if| where)",
        rf"declare (?P<field>level) {VALUE}",
        rf"raise {FIELD} to {VALUE}",
        rf"(?P<field>\w+) of (?P<holder>(?:tenant|cloud) \S+) to {VALUE}",
        rf"(?:name it|end the transition by) {VALUE}",
        r"move it to (?P<folder>\S+/)$",
    ),
    Language.VI: (
        rf"có phải ý bạn là '?{VALUE}'?",
        rf"^(?:viết|ghi|dùng) (?:không quá |từ )?{VALUE}(?=$|, không đặt| \(| trở lên$)",
        rf"(?:viết|ghi|thêm|và|hơn:) `?{FIELD}: (?:từ )?{VALUE}",
        rf"(?P<gone>bỏ) {FIELD}(?=$|: false| nếu)",
        rf"khai báo cấp độ (?P<level>){VALUE}",
        rf"tăng {FIELD} lên {VALUE}",
        rf"`(?P<field>\w+)` của (?P<holder>(?:tenant|đám mây) \S+) lên {VALUE}",
        rf"(?:đặt tên là|kết thúc chuyển tiếp chậm nhất ngày) {VALUE}",
        r"chuyển tệp vào (?P<folder>\S+/)$",
    ),
}
OR = {Language.EN: r"(?:[,;] or | or (?!less|more)|; )", Language.VI: r"(?:[,;] hoặc | hoặc |; )"}


@dataclass(frozen=True)
class Edit:
    """One edit that advice states."""

    field: str | None = None
    """Field to write or remove; None for the value at the finding's place itself."""
    value: str | None = None
    """What to write; None to remove the field."""
    holder: str | None = None
    """`tenant h01` or `cloud cgc` where it is to be made in the quota or capacity of another declaration."""
    folder: str | None = None
    """Folder to which the file is to be moved."""
    file: str | None = None
    """File where it is to be made, where that is not the finding's."""
    line: int | None = None
    """Line where it is to be made, where that is not the finding's."""


def alternatives(advice: str, language: Language) -> list[tuple[Edit, ...]]:
    """Return the edits that `advice` states, of each of its alternatives those that are to be made together."""
    found = (tuple(_edits(part, language)) for part in re.split(OR[language], advice))
    return [edits for edits in found if edits]


def _edits(part: str, language: Language) -> list[Edit]:
    matches = [match for pattern in STATED[language] for match in re.finditer(pattern, part)]
    found = []
    for match in sorted(matches, key=lambda m: m.start()):
        stated = match.groupdict()
        field = "level" if "level" in stated else stated.get("field")
        holder = (stated.get("holder") or "").replace("đám mây", "cloud") or None
        places = re.findall(r"(?:at|ở) (?:line |dòng |(\S+\.yaml):)(\d+)", part[: match.start()])
        file, line = places[-1] if places else (None, None)
        found.append(
            Edit(field, stated.get("value"), holder, stated.get("folder"), file or None, int(line) if line else None)
        )
    return found


def made(edit: Edit, text: str, place: Place) -> str:
    """Return a file's text with one edit made at `place`: where the field stands nearest, else where it is missing."""
    tree = _composed(text)
    if edit.line is not None:
        mappings = [
            node for node in _mappings(tree) if any(key.start_mark.line == edit.line - 1 for key, _ in node.value)
        ]
    else:
        lines = text.splitlines(keepends=True)
        enclosing = _enclosing(tree, sum(map(len, lines[: place.line - 1])) + place.column - 1)
        if edit.field is None:
            scalar = enclosing[-1]
            return _written(text, scalar.start_mark.index, scalar.end_mark.index, edit.value or "")
        mappings = [node for node in reversed(enclosing) if isinstance(node, MappingNode)]
    for mapping in mappings:
        for key, value in mapping.value:
            if key.value == edit.field and edit.value is None:
                return _removed(text, mapping, key, value)
            if key.value == edit.field and edit.value is not None:
                return _written(text, value.start_mark.index, value.end_mark.index, edit.value)
    assert edit.value is not None, f"there is no {edit.field} to remove"
    mapping = mappings[0]
    start = mapping.start_mark.index
    if mapping.flow_style:
        return _written(text, start + 1, start + 1, f"{edit.field}: {edit.value}" + (", " if mapping.value else ""))
    return _written(text, start, start, f"{edit.field}: {edit.value}\n{' ' * mapping.start_mark.column}")


def field_of(text: str, *path: str) -> Place:
    """Return the place of the value at `path` in a file's text."""
    node = _composed(text)
    for step in path:
        node = next(value for key, value in node.value if key.value == step)
    return Place("", node.start_mark.line + 1, node.start_mark.column + 1)


def _composed(text: str) -> Node:
    tree = yaml.compose(text, Loader=yaml.SafeLoader)
    assert tree is not None, "an empty file"
    return tree


def _enclosing(node: Node, position: int) -> list[Node]:
    """Return the nodes that hold a position, the outermost first; of a key its value as well."""
    if not node.start_mark.index <= position < max(node.end_mark.index, node.start_mark.index + 1):
        return []
    inner: list[Node] = []
    if isinstance(node, SequenceNode):
        inner = list(node.value)
    elif isinstance(node, MappingNode):
        inner = [part for pair in node.value for part in pair]
    return [node, *next((found for part in inner if (found := _enclosing(part, position))), [])]


def _mappings(node: Node) -> list[MappingNode]:
    """Return all mappings in a node, the innermost first."""
    if isinstance(node, SequenceNode):
        return [found for part in node.value for found in _mappings(part)]
    if isinstance(node, MappingNode):
        return [*(found for _, part in node.value for found in _mappings(part)), node]
    return []


def _removed(text: str, mapping: MappingNode, key: Node, value: Node) -> str:
    start, end = key.start_mark.index, value.end_mark.index
    if mapping.flow_style:
        after = re.match(r",\s*", text[end:])
        return text[:start] + text[end + (len(after[0]) if after else 0) :]
    return text[: text.rindex("\n", 0, start) + 1] + text[text.index("\n", end) + 1 :]


def _written(text: str, start: int, end: int, value: str) -> str:
    return text[:start] + value + text[end:]
