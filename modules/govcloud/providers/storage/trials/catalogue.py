"""All trials, registered here and nowhere else: in the order in which they are made and shown."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from govcloud.providers.storage.settings import CORS, LIFECYCLE, PUBLIC_ACCESS_BLOCK
from govcloud.providers.storage.trials import encryption, settings, versions
from govcloud.providers.storage.trials.trial import Trial
from govcloud_base.errors import Text

__all__ = ["FAST", "TRIALS"]

_RULES = [
    {"id": "probe", "prefix": "never-there/", "expireDays": 3650, "noncurrentDays": 3650, "abortUploadsDays": 3650}
]
_PAGES = [{"origins": ["https://probe.gov.vn"], "methods": ["GET"], "headers": ["*"], "maxAgeSeconds": 60}]

_ALL = (
    Trial("tagging", Text("tags in Vietnamese", "thẻ tiếng Việt"), settings.tagging, fast=True),
    Trial("encryption", Text("encryption by default", "mã hóa mặc định"), encryption.by_default, fast=True),
    Trial("policy", Text("bucket policies", "chính sách của kho"), settings.policy, fast=True),
    Trial("lifecycle", Text("lifecycle rules", "quy tắc vòng đời"), settings.round_trip(LIFECYCLE, _RULES), fast=True),
    Trial("cors", Text("cross-origin rules", "quy tắc chéo nguồn"), settings.round_trip(CORS, _PAGES), fast=True),
    Trial("ownership", Text("ownership of objects", "quyền sở hữu đối tượng"), settings.ownership, fast=True),
    Trial(
        "public-access-block",
        Text("block of public access", "chặn truy cập công khai"),
        settings.round_trip(PUBLIC_ACCESS_BLOCK, True),
        fast=True,
    ),
    Trial("access-log", Text("access log", "nhật ký truy cập"), settings.access_log, fast=True),
    Trial("object-lock", Text("object lock", "khóa chống xóa đối tượng"), settings.object_lock, fast=True),
    # Last of those that share a bucket: it cannot be taken back, and objects leave markers behind from then on.
    Trial("versioning", Text("versions come back", "khôi phục phiên bản"), versions.come_back, fast=True),
)

TRIALS: Mapping[str, Trial] = MappingProxyType({trial.id: trial for trial in _ALL})
"""Trials by the id of their capability."""
FAST: Mapping[str, Trial] = MappingProxyType({trial.id: trial for trial in _ALL if trial.fast})
"""Those that the plugin makes on first use."""
