"""A repository with a small country, in which a test makes a change and has it reviewed."""

from __future__ import annotations

from review_repository import repo, template

__all__ = ["repo", "template"]
