"""What is live beside what was declared, judged as values: no cluster is asked."""

from __future__ import annotations

from govcloud.comparison.difference import Change, changes

__all__ = ["Change", "changes"]
