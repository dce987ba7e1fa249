"""The policies that the documentation gives to who administers an account, as it prints them."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

__all__ = ["PAGES", "printed", "provisioner"]

_DOCS = Path(__file__).parents[3] / "docs" / "how-to"
PAGES = (_DOCS / "amazon-store.md", _DOCS / "amazon-store.vi.md")
_BLOCK = re.compile(r"```json title=\"(?P<name>[a-z.]+)\"\n(?P<text>.*?)```", re.DOTALL)


def printed(page: Path) -> dict[str, dict[str, Any]]:
    """Return the JSON documents of a page by the names of their files."""
    return {found["name"]: json.loads(found["text"]) for found in _BLOCK.finditer(page.read_text())}


def provisioner() -> dict[str, Any]:
    """Return the provisioner's policy as moto can hold somebody to it.

    moto asks for rights in IAM on `*` alone, so that a refusal of some would be one of all, and takes a condition for a
    refusal.
    """
    policy = printed(PAGES[0])["provisioner.json"]
    kept = []
    for statement in policy["Statement"]:
        in_iam = not any(action.startswith("s3:") for action in statement["Action"])
        statement.pop("Condition", None)
        if in_iam:
            statement["Resource"] = ["*"]
        if statement["Effect"] == "Allow" or not in_iam:
            kept.append(statement)
    return {**policy, "Statement": kept}
