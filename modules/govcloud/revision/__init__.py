"""Revisions of a country in a git repository, read without a checkout: what is under review is data, never run."""

from __future__ import annotations

from govcloud.revision.pair import Pair, pair
from govcloud.revision.repository import Repository

__all__ = ["Pair", "Repository", "pair"]
