"""A cloud is examined before it is used: what it can do, what tenants' levels need of it, and who is refused there."""

from __future__ import annotations

from govcloud.examination.finding import Finding, State

__all__ = ["Finding", "State"]
