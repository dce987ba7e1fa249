"""All trials, registered here and nowhere else: in the order in which they are made and shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from govcloud.providers.storage.settings import CORS, LIFECYCLE, PUBLIC_ACCESS_BLOCK
from govcloud.providers.storage.trials import (
    encryption,
    events,
    locks,
    origins,
    publicity,
    quotas,
    rights,
    settings,
    strangers,
    subresources,
    versions,
)
from govcloud.providers.storage.trials.trial import Trial
from govcloud_base.errors import Text

__all__ = ["FAST", "TRIALS"]

_RULES = [
    {"id": "probe", "prefix": "never-there/", "expireDays": 3650, "noncurrentDays": 3650, "abortUploadsDays": 3650}
]
_PAGES = [{"origins": ["https://probe.gov.vn"], "methods": ["GET"], "headers": ["*"], "maxAgeSeconds": 60}]

_LIFECYCLE = settings.round_trip(LIFECYCLE, _RULES)

_ALL = (
    Trial("tagging", Text("tags in Vietnamese", "thẻ tiếng Việt"), settings.tagging, settings.tagging),
    Trial("encryption", Text("encryption by default", "mã hóa mặc định"), encryption.by_default, encryption.by_default),
    Trial("policy", Text("bucket policies", "chính sách của kho"), settings.policy, settings.policy),
    Trial("lifecycle", Text("lifecycle rules", "quy tắc vòng đời"), _LIFECYCLE, _LIFECYCLE),
    Trial(
        "object-lock",
        Text("locked versions survive", "phiên bản bị khóa tồn tại"),
        locks.held,
        settings.object_lock,
        locked=True,
    ),
    Trial(
        "retention-kept",
        Text("retention cannot be shortened", "không rút ngắn được thời hạn giữ"),
        locks.kept,
        locked=True,
    ),
    Trial("legal-hold", Text("legal hold", "phong tỏa theo yêu cầu"), locks.legal_hold, locked=True),
    Trial("customer-keys", Text("encryption with own keys", "mã hóa bằng khóa riêng"), encryption.own_key),
    Trial("anonymous-refused", Text("strangers are refused", "từ chối người lạ"), strangers.anonymous),
    Trial("plain-http-refused", Text("nothing without encryption", "không truyền không mã hóa"), strangers.plain_http),
    Trial("bad-signature-refused", Text("wrong signatures are refused", "từ chối chữ ký sai"), strangers.bad_signature),
    Trial("expired-presign-refused", Text("signed addresses expire", "địa chỉ ký sẵn hết hạn"), strangers.expired),
    Trial(
        "identity-deny", Text("an identity's policy denies", "chính sách của danh tính cấm được"), rights.by_identity
    ),
    Trial(
        "identity-conditions",
        Text("conditions for an identity", "điều kiện đối với danh tính"),
        rights.by_identity_conditions,
    ),
    Trial("policy-deny", Text("a bucket's policy denies", "chính sách của kho cấm được"), rights.by_bucket),
    Trial("policy-conditions", Text("conditions for a bucket", "điều kiện đối với kho"), rights.by_bucket_conditions),
    Trial("policy-grant", Text("a bucket's policy lets in", "chính sách của kho cho vào"), rights.granted),
    Trial(
        "foreign-copy-refused",
        Text("no copies from foreign buckets", "không sao chép từ kho khác"),
        rights.foreign_copy,
    ),
    Trial(
        "public-access-block",
        Text("public access is blocked", "chặn truy cập công khai"),
        publicity.block,
        settings.round_trip(PUBLIC_ACCESS_BLOCK, True),
    ),
    Trial("ownership", Text("lists of access are off", "tắt danh sách quyền"), publicity.ownership, settings.ownership),
    Trial("quota-bytes", Text("quota of bytes", "hạn mức dung lượng"), quotas.by_bytes),
    Trial("quota-objects", Text("quota of objects", "hạn mức số đối tượng"), quotas.by_objects),
    Trial("access-log", Text("access log arrives", "có nhật ký truy cập"), events.access_log, settings.access_log),
    Trial(
        "cors", Text("origins of browsers", "nguồn của trình duyệt"), origins.let_in, settings.round_trip(CORS, _PAGES)
    ),
    Trial(
        "subresources-safe",
        Text("unknown sub-resources do no harm", "tài nguyên con lạ không gây hại"),
        subresources.fall_through,
    ),
    # Last of those that share a bucket: it cannot be taken back, and objects leave markers behind from then on.
    Trial("versioning", Text("versions come back", "khôi phục phiên bản"), versions.come_back, versions.come_back),
    Trial("event-order", Text("order of events", "thứ tự sự kiện"), versions.order),
    Trial("batch-delete", Text("deletion in batches", "xóa theo lô"), versions.batch),
)

TRIALS: Mapping[str, Trial] = MappingProxyType({trial.id: trial for trial in _ALL})
"""Trials by the id of their capability."""
FAST: Mapping[str, Trial] = MappingProxyType(
    {trial.id: replace(trial, attempt=trial.fast) for trial in _ALL if trial.fast is not None}
)
"""Those that the plugin makes on first use, as far as it needs to know before it makes a bucket."""
