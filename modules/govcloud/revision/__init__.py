"""Revisions of a country in a git repository, read without a checkout: what is under review is data, never run."""

from __future__ import annotations

from govcloud.revision.repository import Repository
from govcloud.revision.snapshot import Pair, pair

__all__ = ["Pair", "Repository", "pair"]
