"""All trials, registered here and nowhere else: in the order in which they are made and shown."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from govcloud.providers.storage.trials import encryption, settings, versions
from govcloud.providers.storage.trials.trial import Trial
from govcloud_base.errors import Text

__all__ = ["FAST", "TRIALS"]

_ALL = (
    Trial("tagging", Text("tags in Vietnamese", "thẻ tiếng Việt"), settings.tagging, fast=True),
    Trial("encryption", Text("encryption by default", "mã hóa mặc định"), encryption.by_default, fast=True),
    Trial("policy", Text("bucket policies", "chính sách của kho"), settings.policy, fast=True),
    # Last of those that share a bucket: it cannot be taken back, and objects leave markers behind from then on.
    Trial("versioning", Text("versions come back", "khôi phục phiên bản"), versions.come_back, fast=True),
)

TRIALS: Mapping[str, Trial] = MappingProxyType({trial.id: trial for trial in _ALL})
"""Trials by the id of their capability."""
FAST: Mapping[str, Trial] = MappingProxyType({trial.id: trial for trial in _ALL if trial.fast})
"""Those that the plugin makes on first use."""
