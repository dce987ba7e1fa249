"""One capability and how it is tried."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from govcloud.providers.storage.endpoint import error_code
from govcloud.providers.storage.trials.bench import Bench
from govcloud.providers.storage.trials.outcome import Outcome, Said, Verdict, does_not, untried
from govcloud_base.errors import GovCloudError, Text

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

__all__ = ["Trial", "busy", "ended", "judged", "neither"]

_BUSY = ("SlowDown", "ServiceUnavailable", "RequestTimeout", "TooManyRequests", "RequestTimeTooSkewed")
_BUSY_STATUS = (429, 502, 503, 504)
_NOT_ALLOWED = ("AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "401", "403")


@dataclass(frozen=True, slots=True)
class Trial:
    """A capability that is found out by effect."""

    id: str
    title: Text
    attempt: Callable[[Bench], Said]
    """Tries it. An error of the store's that it lets through is judged by :func:`judged`."""
    fast: Callable[[Bench], Said] | None = None
    """Tries as much of it as the plugin must know before it makes a bucket, in one that trials share; None where that
    need not know."""
    locked: bool = False
    """Whether its bucket can lock what is put into it."""


def ended(trial: Trial, bench: Bench) -> Outcome:
    """Run a trial and see what became of its bucket; the bench stands again for the next one.

    Raises what the client raises where the store does not answer even then.
    """
    begun = time.monotonic()
    try:
        said = trial.attempt(bench)
    except Exception as error:
        said = judged(error)
    seconds = time.monotonic() - begun
    if said.verdict is not Verdict.UNTRIED and not bench.whole():
        said = does_not(
            "the trial harmed the bucket or the object in it", "lần thử làm hỏng kho hoặc đối tượng ở trong"
        )
        bench.stand()
    return Outcome(said.verdict, said.reason, bench.record.taken(), round(seconds, 3))


def judged(error: Exception) -> Said:
    """Return what an error tells of a capability that was being tried: a refusal is a no, and so is an answer of
    another kind; without an answer, or with a torn one, nobody knows. Any other error is raised."""
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.parsers import ResponseParserError
    from urllib3.exceptions import HTTPError

    if isinstance(error, ClientError):
        return _refused(error)
    if isinstance(error, ResponseParserError):  # a gateway's page instead of an answer, or one that was cut
        return untried("the answer cannot be read", "không đọc được câu trả lời")
    if isinstance(error, (KeyError, ValueError)):
        return does_not("the answer is not what was asked for", "câu trả lời không đúng với điều đã hỏi")
    if isinstance(error, GovCloudError):
        return Said(Verdict.UNTRIED, error.problems[0].message)
    if isinstance(error, (BotoCoreError, HTTPError, OSError)):
        name = type(error).__name__
        return untried(f"the store did not answer: {name}", f"kho đối tượng không trả lời: {name}")
    raise error


def busy(error: ClientError) -> bool:
    """Tell whether an error says nothing but that the store, or what stands before it, has no time or no way."""
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return error_code(error) in _BUSY or status in _BUSY_STATUS


def neither(error: ClientError) -> bool:
    """Tell whether an error says neither yes nor no to what was asked, where a refusal is waited for."""
    return busy(error) or error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500


def _refused(error: ClientError) -> Said:
    code = error_code(error)
    if busy(error):
        return untried(f"the store was busy: {code}", f"kho đối tượng đang bận: {code}")
    if code in _NOT_ALLOWED:
        return untried(f"the provisioner's key may not do it: {code}", f"khóa dựng hạ tầng không được phép: {code}")
    return does_not(f"the store refuses it: {code}", f"kho đối tượng từ chối: {code}")
