"""What a real API server made of every field in every spelling, as it was recorded, is no change.

`tests/integration/local/offline/kubernetes/test_offline_kubernetes_every_field.py` records it: kind, path, what was
sent, and in a list what the server kept of it, or nothing.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from asked_plugin import changes_of
from spelled_fields import inside

ANSWERS = Path(__file__).parents[4] / "fixtures" / "kubernetes-answers.jsonl"


def test_every_recorded_answer_is_no_change() -> None:
    changed: list[Any] = []
    lines = ANSWERS.read_text().splitlines()
    for line in lines:
        name, path, sent, kept = json.loads(line)
        api_version, _, kind = name.rpartition("/")
        head = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "a"}}
        said, live = {**head, **inside(tuple(path), sent)}, {**head, **inside(tuple(path), *kept)}
        changes = changes_of(said, live, said)
        if changes:
            changed.append((line, list(changes)))
    assert changed == []
    assert len(lines) > 1500
