"""Amazon's S3 with its IAM and STS, and servers that speak as they do: users, managed policies, a boundary."""

from __future__ import annotations

from govcloud.providers.storage.adapters.aws.dialect import AWS

__all__ = ["AWS", "from_endpoint"]

from_endpoint = AWS.from_endpoint
