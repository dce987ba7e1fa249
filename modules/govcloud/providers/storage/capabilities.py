"""What the plugin must know of a store before it makes a bucket there: tried on first use, kept a day in the store."""

from __future__ import annotations

import datetime
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from govcloud.providers.storage import problems, scratch
from govcloud.providers.storage.endpoint import error_code
from govcloud.providers.storage.scratch import CATALOGUE_BUCKET
from govcloud.providers.storage.trials.bench import Bench
from govcloud.providers.storage.trials.catalogue import FAST
from govcloud.providers.storage.trials.outcome import Verdict
from govcloud.providers.storage.trials.trial import ended
from govcloud_base.errors import CloudError, Text

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["CATALOGUE_BUCKET", "Capabilities", "known_or_probed", "probe"]

_CATALOGUE_KEY: Final = "capabilities.json"
_FRESH_SECONDS: Final = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What was found of a store, by the ids of :data:`.catalogue.FAST`."""

    verdicts: Mapping[str, Verdict]

    def works(self, capability: str) -> bool:
        """Tell whether it was seen to work. Raises KeyError for one that is not tried on first use.

        Raises:
            CloudError: GC-STORE-004, it could not be tried: nobody knows.
        """
        if self.verdicts[capability] is Verdict.UNTRIED:
            title = FAST[capability].title
            action = Text(f"the trial of {title.en}", f"việc thử {title.vi}")
            raise CloudError(problems.store_refused(action, Verdict.UNTRIED, capability))
        return self.verdicts[capability] is Verdict.WORKS


def known_or_probed(s3: S3Client) -> Capabilities:
    """Return the answers kept in the store where they are of the same server version and a day old at most, else
    probe and keep the answers there."""
    from botocore.exceptions import ClientError

    try:
        answer = s3.get_object(Bucket=CATALOGUE_BUCKET, Key=_CATALOGUE_KEY)
        kept = json.loads(answer["Body"].read())
        server = answer["ResponseMetadata"]["HTTPHeaders"].get("server", "")
        age = time.time() - float(kept["probedAt"])
        if kept["server"] == server and 0 <= age < _FRESH_SECONDS and set(kept["verdicts"]) == set(FAST):
            return Capabilities({name: Verdict(verdict) for name, verdict in kept["verdicts"].items()})
    except (ClientError, ValueError, KeyError, TypeError):
        pass  # absent, unreadable or of another make: all mean "look again"
    begun = datetime.datetime.now(datetime.UTC)
    scratch.sweep(s3, begun)
    found = probe(s3)
    if Verdict.UNTRIED in found.verdicts.values():
        return found  # not to be remembered: the next one may be able to look
    if datetime.datetime.now(datetime.UTC) - begun > scratch.LONGEST_TRIAL:
        return found  # nor this: somebody may have taken the bucket for a left-over meanwhile
    try:
        s3.create_bucket(Bucket=CATALOGUE_BUCKET)
    except ClientError as error:
        if error_code(error) not in ("BucketAlreadyOwnedByYou", "BucketAlreadyExists"):
            raise
    server = s3.head_bucket(Bucket=CATALOGUE_BUCKET)["ResponseMetadata"]["HTTPHeaders"].get("server", "")
    record = {"probedAt": time.time(), "server": server, "verdicts": dict(found.verdicts)}
    s3.put_object(Bucket=CATALOGUE_BUCKET, Key=_CATALOGUE_KEY, Body=json.dumps(record).encode())
    return found


def probe(s3: S3Client) -> Capabilities:
    """Make the fast trials on a bucket of their own and remove the bucket."""
    with scratch.bucket(s3) as name:
        bench = Bench(s3, name)
        bench.stand()
        return Capabilities({trial.id: ended(trial, bench).verdict for trial in FAST.values()})
