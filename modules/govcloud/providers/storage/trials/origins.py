"""Origins of browsers: the one that a rule names is let in, and no other."""

from __future__ import annotations

from typing import Any, Final

from govcloud.providers.storage.trials.bench import CANARY, Bench
from govcloud.providers.storage.trials.outcome import WORKS, Said, does_not
from govcloud.providers.storage.trials.settings import IGNORED

__all__ = ["let_in"]

_ORIGIN: Final = "https://a.example.gov.vn"
_OTHER: Final = "https://b.example.gov.vn"


def let_in(bench: Bench) -> Said:
    """Let one origin in, ask as a browser there and elsewhere would, and take the rule away."""
    rules: Any = [{"AllowedOrigins": [_ORIGIN], "AllowedMethods": ["GET"], "AllowedHeaders": ["*"]}]
    bench.s3.put_bucket_cors(Bucket=bench.bucket, CORSConfiguration={"CORSRules": rules})
    kept: Any = bench.s3.get_bucket_cors(Bucket=bench.bucket).get("CORSRules", [])
    if len(kept) != 1 or kept[0].get("AllowedOrigins") != [_ORIGIN]:
        return IGNORED
    may = {origin: _preflight(bench, origin) for origin in (_ORIGIN, _OTHER)}
    bench.s3.delete_bucket_cors(Bucket=bench.bucket)  # proved to be set by the read above
    if not may[_ORIGIN]:
        return does_not("the rule has no effect", "quy tắc không có tác dụng")
    return does_not("every origin is let in", "nguồn nào cũng được cho vào") if may[_OTHER] else WORKS


def _preflight(bench: Bench, origin: str) -> bool:
    asked = {"Origin": origin, "Access-Control-Request-Method": "GET"}
    answer = bench.requests.anonymous("OPTIONS", f"{bench.bucket}/{CANARY}", headers=asked)
    return answer.good and answer.headers.get("Access-Control-Allow-Origin") in (origin, "*")
