"""What keeps a bucket from being opened to the world: tried by opening it, and reading as anybody."""

from __future__ import annotations

import contextlib
import json
from typing import Any

from govcloud.providers.storage import problems
from govcloud.providers.storage.settings.access import BLOCKS
from govcloud.providers.storage.trials.bench import CANARY, CONTENT, Bench
from govcloud.providers.storage.trials.documents import READ, document, statement
from govcloud.providers.storage.trials.outcome import WORKS, Said, does_not, untried
from govcloud.providers.storage.trials.request import Answer
from govcloud.providers.storage.trials.settings import IGNORED
from govcloud.providers.storage.trials.trial import neither
from govcloud_base.errors import CloudError, Text

__all__ = ["block", "ownership"]

_NEVER_OPEN = untried(
    "the store opens nothing to the world even without it", "kho đối tượng vốn không mở được cho công chúng"
)


def block(bench: Bench) -> Said:
    """Open the bucket by a list of access and by a policy; with the block set, nobody gets in by either."""
    _block(bench, on=False)
    opened = [way for way in (_open_by_list, _open_by_policy) if _open(bench, way)]
    _close(bench)
    _block(bench, on=True)
    kept: Any = bench.s3.get_public_access_block(Bucket=bench.bucket).get("PublicAccessBlockConfiguration", {})
    if not all(kept.get(part) for part in BLOCKS):
        return IGNORED
    # There are gateways on which a part of it refuses every object: then nobody's data gets in any more.
    bench.s3.put_object(Bucket=bench.bucket, Key=CANARY, Body=CONTENT)
    if not opened:
        return _NEVER_OPEN
    let_in = [way for way in opened if _open(bench, way)]
    _close(bench)
    return does_not("the world gets in all the same", "công chúng vẫn vào được") if let_in else WORKS


def ownership(bench: Bench) -> Said:
    """Open the bucket by a list of access; with the owner enforced, lists count no more."""
    bucket = bench.bucket
    with contextlib.suppress(*_client_errors()):  # a new bucket may have a block already; where there is none, no
        _block(bench, on=False)  # store of that kind needs to lift it
    _own(bench, "ObjectWriter")
    opened = _open(bench, _open_by_list)
    bench.s3.put_bucket_acl(Bucket=bucket, ACL="private")
    _own(bench, "BucketOwnerEnforced")
    kept: Any = bench.s3.get_bucket_ownership_controls(Bucket=bucket).get("OwnershipControls", {}).get("Rules", [])
    if [rule.get("ObjectOwnership") for rule in kept] != ["BucketOwnerEnforced"]:
        return IGNORED
    if not opened:
        return _NEVER_OPEN
    return (
        does_not("lists of access count all the same", "danh sách quyền vẫn có hiệu lực")
        if _open(bench, _open_by_list)
        else WORKS
    )


def _open(bench: Bench, way: Any) -> bool:
    """Try to open the bucket one way; tell whether anybody can list it, or read an object.

    Raises CloudError, or what the client raises, where the store says neither yes nor no.
    """
    from botocore.exceptions import ClientError

    try:
        way(bench)
    except ClientError as error:  # a refusal is as good as no effect, and it is written down
        if neither(error):
            raise
    paths = ((bench.bucket, "list-type=2"), (f"{bench.bucket}/{CANARY}", ""))

    answers: list[Answer] = []

    def entered() -> bool:
        answers[:] = [bench.requests.anonymous("GET", path, query) for path, query in paths]
        return any(answer.good for answer in answers)

    opened = bench.workshop.until(entered, seconds=min(1.0, bench.workshop.patience))
    silent = next((answer for answer in answers if answer.busy), None)
    if silent is not None and not opened:
        asked = Text("a question without a key", "một yêu cầu không có khóa")
        raise CloudError(problems.store_refused(asked, str(silent.status), silent.code))
    return opened


def _open_by_list(bench: Bench) -> None:
    bench.s3.put_bucket_acl(Bucket=bench.bucket, ACL="public-read")


def _open_by_policy(bench: Bench) -> None:
    policy = document(statement("Allow", bench.bucket, [READ], "*"))
    bench.s3.put_bucket_policy(Bucket=bench.bucket, Policy=json.dumps(policy))


def _close(bench: Bench) -> None:
    with contextlib.suppress(*_client_errors()):
        bench.s3.put_bucket_acl(Bucket=bench.bucket, ACL="private")
    with contextlib.suppress(*_client_errors()):
        if bench.s3.get_bucket_policy(Bucket=bench.bucket).get("Policy"):
            bench.s3.delete_bucket_policy(Bucket=bench.bucket)


def _block(bench: Bench, *, on: bool) -> None:
    settings: Any = {**dict.fromkeys(BLOCKS, on), "BlockPublicAcls": False}
    bench.s3.put_public_access_block(Bucket=bench.bucket, PublicAccessBlockConfiguration=settings)


def _own(bench: Bench, ownership: Any) -> None:
    bench.s3.put_bucket_ownership_controls(
        Bucket=bench.bucket, OwnershipControls={"Rules": [{"ObjectOwnership": ownership}]}
    )


def _client_errors() -> tuple[type[Exception], ...]:
    from botocore.exceptions import ClientError

    return (ClientError,)
