"""Buckets that move to another store: copied while they are in use, then held still, compared, and handed over.

Every version goes, in the order in which it was written, with what its writer noted on it. Nothing is taken for moved
that was not read on both sides.
"""
