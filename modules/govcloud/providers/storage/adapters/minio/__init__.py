"""MinIO's administration, which its forks speak as well: an identity is a group, and each of its keys a user in it."""

from __future__ import annotations

from govcloud.providers.storage.adapters.minio.dialect import MinIO

__all__ = ["MinIO", "from_endpoint"]

from_endpoint = MinIO.from_endpoint
