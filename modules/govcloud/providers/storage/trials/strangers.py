"""Who has no right gets nothing: no signature, a wrong one, one that has expired, a way without encryption."""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import replace
from urllib.parse import urlsplit

from govcloud.providers.storage.endpoint import AccessKey, client, error_code, new_key
from govcloud.providers.storage.trials.bench import CANARY, Bench
from govcloud.providers.storage.trials.outcome import WORKS, Said, Verdict, does_not, untried
from govcloud.providers.storage.trials.request import Answer

__all__ = ["anonymous", "bad_signature", "expired", "plain_http"]

_REFUSING = ("SignatureDoesNotMatch", "InvalidAccessKeyId", "AccessDenied", "InvalidAccessKey", "401", "403")
_LIFE = 2
"""Seconds for which a signed address is good."""


def anonymous(bench: Bench) -> Said:
    """Read, list a bucket and list the buckets without a signature."""
    bucket = bench.bucket
    for path, query in ((f"{bucket}/{CANARY}", ""), (bucket, "list-type=2")):
        answer = bench.requests.anonymous("GET", path, query)
        if answer.good:
            return does_not("answers anybody", "trả lời bất kỳ ai")
        if not answer.refused:
            return untried(f"answers {answer.status} to anybody", f"trả lời {answer.status} cho bất kỳ ai")
    # Some answer this with a page, or with a list of the buckets of nobody.
    answer = bench.requests.anonymous("GET", "")
    if answer.busy:
        return untried(f"answers {answer.status} to anybody", f"trả lời {answer.status} cho bất kỳ ai")
    if bucket.encode() in answer.body:
        return does_not("tells anybody the names of buckets", "cho bất kỳ ai biết tên các kho")
    return WORKS


def bad_signature(bench: Bench) -> Said:
    """Read with the provisioner's name and another secret, and with a key that nobody has."""
    from botocore.exceptions import ClientError

    bench.s3.get_object(Bucket=bench.bucket, Key=CANARY)["Body"].read()  # what is refused below is there
    key = bench.workshop.store.endpoint.key
    assert key is not None
    for who, wrong in (("wrong secret", AccessKey(key.access, new_key().secret)), ("unknown key", new_key())):
        try:
            bench.client(who, wrong).get_object(Bucket=bench.bucket, Key=CANARY)["Body"].read()
        except ClientError as error:
            if error_code(error) not in _REFUSING:
                raise
        else:
            return does_not(f"takes a {who}", f"chấp nhận {_WORDS[who]}")
    return WORKS


_WORDS = {"wrong secret": "khóa bí mật sai", "unknown key": "khóa lạ"}


def expired(bench: Bench) -> Said:
    """Use a signed address while it is good, when it has expired, and for another object than it was signed for."""
    url = bench.plain.generate_presigned_url(
        "get_object", Params={"Bucket": bench.bucket, "Key": CANARY}, ExpiresIn=_LIFE
    )
    if not bench.requests.url("signed address", "GET", url, f"GET {CANARY}").good:
        return untried("a signed address is not taken at all", "địa chỉ ký sẵn không được chấp nhận")
    bench.plain.put_object(Bucket=bench.bucket, Key="trial/other", Body=b"1")
    other = url.replace(f"/{CANARY}?", "/trial/other?")
    answer = bench.requests.url("signed address", "GET", other, "GET trial/other")
    if answer.good:
        return does_not("takes it for an object for which it was not signed", "chấp nhận cho đối tượng khác")
    if not answer.refused:
        return _neither(answer)
    time.sleep(_LIFE + 1)
    answer = bench.requests.url("expired address", "GET", url, f"GET {CANARY}")
    if answer.good:
        return does_not("takes a signed address that has expired", "chấp nhận địa chỉ ký sẵn đã hết hạn")
    return WORKS if answer.refused else _neither(answer)


def plain_http(bench: Bench) -> Said:
    """Ask the same port, and 80 where it is the usual one, without encryption."""
    bench.s3.get_object(Bucket=bench.bucket, Key=CANARY)["Body"].read()
    endpoint = bench.workshop.store.endpoint
    parts = urlsplit(endpoint.url)
    if parts.scheme == "http":
        return does_not("the store is reached without encryption", "kho đối tượng được truy cập không mã hóa")
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    own = parts.port or _ENCRYPTED
    said = [_unencrypted(bench, f"http://{host}:{port}") for port in ((own, _OPEN) if own == _ENCRYPTED else (own,))]
    return max(said, key=lambda one: _WORST.index(one.verdict))


_ENCRYPTED, _OPEN = 443, 80
"""The usual ports."""
_WORST = (Verdict.WORKS, Verdict.UNTRIED, Verdict.DOES_NOT)


def _unencrypted(bench: Bench, address: str) -> Said:
    """Ask for an object at an address that is signed for."""
    import urllib3

    with closing(client(replace(bench.workshop.store.endpoint, url=address))) as s3:
        url = s3.generate_presigned_url("get_object", Params={"Bucket": bench.bucket, "Key": CANARY})
    try:
        answer = bench.requests.url("without encryption", "GET", url, f"GET {CANARY}")
    except urllib3.exceptions.TimeoutError:
        return untried("no answer without encryption", "không có trả lời khi không mã hóa")
    except urllib3.exceptions.HTTPError:
        return WORKS  # nobody listens, or the connection is closed
    if answer.good:
        return does_not("gives an object without encryption", "trao đối tượng không mã hóa")
    # Whatever else is said is a no: servers call it a bad request, or lead to the encrypted way.
    return _neither(answer) if answer.busy else WORKS


def _neither(answer: Answer) -> Said:
    return untried(f"answers {answer.status}", f"trả lời {answer.status}")
