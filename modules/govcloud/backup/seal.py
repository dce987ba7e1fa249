"""The seal on what a run leaves before its head is written: who can write the second store cannot write this."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping

__all__ = ["same_seal", "sealed"]

_SEAL = "seal"


def sealed(key: bytes | None, bucket: str, name: str, digest: str) -> dict[str, str]:
    """Return the metadata by which an object of that name carries the seal on its digest; none without a key."""
    if key is None:
        return {}
    text = "\0".join(("govcloud-backup/1", bucket, name, digest))
    return {_SEAL: hmac.new(key, text.encode(), hashlib.sha256).hexdigest()}


def same_seal(found: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    """Return whether an object's metadata carries the seal that is wanted, where one is."""
    return _SEAL not in wanted or hmac.compare_digest(found.get(_SEAL, "").encode(), wanted[_SEAL].encode())
