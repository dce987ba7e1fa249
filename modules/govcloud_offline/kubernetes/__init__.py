"""The Kubernetes plugin of Pulumi for sites that cannot download the official one.

It speaks Pulumi's provider protocol for every `kubernetes:*` type and keeps the state as the official plugin 4.34
does: same ids, inputs, outputs, annotations and `__` bookkeeping, so that a stack made with one shows no change
with the other. Started as ``python -m govcloud_offline.kubernetes ENGINE``.
"""

from __future__ import annotations

VERSION = "4.34.2"
"""The official version whose behaviour and state this plugin has, reported to the engine."""
