"""SeaweedFS: identities and quotas by its administration's shell, as its S3 interface has none of them."""

from __future__ import annotations

from govcloud.providers.storage.adapters.seaweedfs.dialect import SeaweedFS

__all__ = ["SeaweedFS", "from_endpoint"]

from_endpoint = SeaweedFS.from_endpoint
