"""What integration tests share."""

from __future__ import annotations

import secrets

import pytest


@pytest.fixture
def unique() -> str:
    """A word that no other test uses, for the names of buckets and identities."""
    return f"t{secrets.token_hex(4)}"


@pytest.fixture
def tags(unique: str) -> dict[str, str]:
    """Ownership tags of a tenant of this test."""
    return {"govcloud.gov.vn/managed-by": "govcloud", "govcloud.gov.vn/tenant": unique, "ghi-chú": "hồ sơ"}
