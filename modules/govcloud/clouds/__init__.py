"""Live clouds, as the product meets them: who brings one to this machine."""

from __future__ import annotations

from govcloud.clouds.offer import GROUP, OfferedCloud, offered

__all__ = ["GROUP", "OfferedCloud", "offered"]
