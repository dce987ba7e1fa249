"""Sub-resources that a store does not know must not be taken for the bucket, or the object, itself."""

from __future__ import annotations

from typing import Final

from govcloud.providers.storage.trials.bench import Bench
from govcloud.providers.storage.trials.outcome import WORKS, Said, does_not

__all__ = ["fall_through"]

_NAMESPACE: Final = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
_KEPT: Final = {
    "replication": b"Role",
    "website": b"Suffix",
    "accelerate": b"Suspended",
    "inventory": b"Id",
    "metrics": b"Id",
}
"""What a sub-resource that was taken must read back with."""
_BUCKET: Final = {
    "logging": f"<BucketLoggingStatus {_NAMESPACE}/>",
    "notification": f"<NotificationConfiguration {_NAMESPACE}/>",
    "replication": f"<ReplicationConfiguration {_NAMESPACE}><Role>r</Role></ReplicationConfiguration>",
    "website": f"<WebsiteConfiguration {_NAMESPACE}><IndexDocument><Suffix>i</Suffix></IndexDocument>"
    "</WebsiteConfiguration>",
    "accelerate": f"<AccelerateConfiguration {_NAMESPACE}><Status>Suspended</Status></AccelerateConfiguration>",
    "inventory&id=trial": f"<InventoryConfiguration {_NAMESPACE}><Id>trial</Id></InventoryConfiguration>",
    "metrics&id=trial": f"<MetricsConfiguration {_NAMESPACE}><Id>trial</Id></MetricsConfiguration>",
    "encryption": "",
    "ownershipControls": "",
    "publicAccessBlock": "",
    "cors": "",
    "lifecycle": "",
    "tagging": "",
    "policy": "",
    "requestPayment": "",
    "analytics&id=trial": "",
    "intelligent-tiering&id=trial": "",
}
"""Sub-resources with what is put; where that is nothing, it is only deleted: other trials put it."""


def fall_through(bench: Bench) -> Said:
    """Put and delete every sub-resource on a bucket that holds an object, on an empty one and on a missing one."""
    empty, missing = bench.workshop.bucket(), bench.workshop.bucket()
    bench.plain.delete_bucket(Bucket=missing)
    taken: list[str] = []
    forgotten: list[str] = []
    for name, body in _BUCKET.items():
        shown = name.partition("&")[0]
        for bucket in (bench.bucket, empty):
            if body and bench.requests.signed("PUT", bucket, name, body.encode()).good:
                lost = _KEPT.get(shown, b"") not in bench.requests.signed("GET", bucket, name).body
                forgotten += [f"?{shown}"] if lost else []
            answer = bench.requests.signed("DELETE", bucket, name)
            if answer.code in ("BucketNotEmpty", "BucketAlreadyExists", "BucketAlreadyOwnedByYou"):
                taken.append(f"DELETE ?{shown}")
        if not bench.whole():
            taken.append(f"DELETE ?{shown}")
            bench.stand()
        if not _exists(bench, empty):
            taken.append(f"DELETE ?{shown}")
            bench.plain.create_bucket(Bucket=empty)
        if body:
            bench.requests.signed("PUT", missing, name, body.encode())
            if _exists(bench, missing):
                taken.append(f"PUT ?{shown}")
                bench.plain.delete_bucket(Bucket=missing)
    if taken:
        named = ", ".join(dict.fromkeys(taken))
        return does_not(f"taken for the bucket itself: {named}", f"bị coi là chính kho: {named}")
    if forgotten:
        named = ", ".join(dict.fromkeys(forgotten))
        return does_not(f"taken and forgotten: {named}", f"được nhận rồi bị bỏ qua: {named}")
    return WORKS


def _exists(bench: Bench, bucket: str) -> bool:
    return bench.requests.signed("HEAD", bucket).good
