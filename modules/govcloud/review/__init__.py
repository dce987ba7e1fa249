"""What a change between two revisions means: its risk, who must approve it, what it gives and takes. No effects."""

from __future__ import annotations

from govcloud.review.review import WORKING_TREE, Review, Revision, compare, judged, policy_of

__all__ = ["WORKING_TREE", "Review", "Revision", "compare", "judged", "policy_of"]
