"""Dialects of S3-compatible stores that can be declared: those that an adapter speaks, and no other."""

from __future__ import annotations

from typing import Literal, get_args

__all__ = ["BLOCKING", "CLEARING", "COUNTING", "DIALECTS", "SHARING", "Dialect"]

Dialect = Literal["seaweedfs", "minio", "radosgw", "aws"]
"""Each is a package of its name in `govcloud.providers.storage.adapters`."""

DIALECTS: tuple[Dialect, ...] = get_args(Dialect)
"""The first is meant where none is named."""

BLOCKING: frozenset[Dialect] = frozenset({"radosgw"})
"""Those whose servers must be told to let nobody open a bucket: a key that may put objects may else say of each that
everybody reads it. Amazon closes a new bucket without being told."""

CLEARING: frozenset[Dialect] = frozenset({"seaweedfs", "radosgw", "aws"})
"""Those whose servers end by themselves what lifecycle rules say; of a gateway in MinIO's dialect it must be seen."""

COUNTING: frozenset[Dialect] = frozenset({"radosgw"})
"""Those whose servers refuse by the number of objects as well."""

SHARING: frozenset[str] = frozenset({"aws", "radosgw", "seaweedfs"})
"""Those whose bucket policies count for who has a key: on a MinIO they are for the nameless alone."""
