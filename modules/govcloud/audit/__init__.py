"""Audit: collectors look at the live cloud, judges decide without it, and nothing passes that was not
looked at."""
