"""Cross-origin rules: which pages of which sites a browser lets speak to the bucket."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from govcloud.providers.storage.settings.setting import Fault, Setting

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["CORS"]

_LISTS: Final[Mapping[str, str]] = {
    "origins": "AllowedOrigins",
    "methods": "AllowedMethods",
    "headers": "AllowedHeaders",
    "exposeHeaders": "ExposeHeaders",
}
"""Lists of a rule, as they are declared, and how S3 calls them."""
_AGE, _SAID_AGE = "maxAgeSeconds", "MaxAgeSeconds"
_FIELDS: Final = (*_LISTS, _AGE)
_METHODS: Final = ("DELETE", "GET", "HEAD", "POST", "PUT")
_ORIGIN: Final = re.compile(r"https://(\*\.)?[a-z0-9.-]+\.[a-z0-9-]+(:[0-9]{1,5})?")
_MOST_RULES, _LONGEST_AGE = 100, 86_400


def _read(s3: S3Client, bucket: str) -> list[dict[str, Any]]:
    rules: Any = s3.get_bucket_cors(Bucket=bucket).get("CORSRules", [])
    return [_normal(rule) for rule in rules]


def _normal(rule: Mapping[str, Any]) -> dict[str, Any]:
    kept = {said: sorted(rule[said]) for said in _LISTS.values() if rule.get(said)}
    rest = {key: value for key, value in rule.items() if key not in kept and value not in ([], "", 0, None)}
    return {**kept, **rest}


def _said(declared: Any) -> list[dict[str, Any]]:
    return [
        _normal({**{said: rule.get(name) for name, said in _LISTS.items()}, _SAID_AGE: rule.get(_AGE)})
        for rule in declared or ()
    ]


def _declared(said: Any) -> list[dict[str, Any]]:
    """Return rules as one would declare them; one that cannot be declared stays as the store says it."""
    rules = []
    for rule in said:
        found = {name: rule[wire] for name, wire in (*_LISTS.items(), (_AGE, _SAID_AGE)) if wire in rule}
        rules.append(found if _said([found]) == [rule] else dict(rule))
    return rules


def _faults(declared: Any) -> Iterator[Fault]:
    if len(declared) > _MOST_RULES:
        yield "", len(declared), f"≤ {_MOST_RULES}"
    for place, rule in enumerate(declared):
        at = f"[{place}]"
        if not isinstance(rule, Mapping):
            yield at, rule, "{" + ", ".join(_FIELDS) + "}"
            continue
        yield from ((f"{at}.{name}", rule[name], ", ".join(_FIELDS)) for name in rule if name not in _FIELDS)
        lists = {name: rule.get(name) or [] for name in _LISTS}
        wrong = [name for name, words in lists.items() if not _words(words)]
        yield from ((f"{at}.{name}", lists[name], "[…]") for name in wrong)
        if "origins" not in wrong:
            # A page of any site at all is nobody's page: the form with a star alone is not taken.
            bad = [origin for origin in lists["origins"] if not _ORIGIN.fullmatch(origin)]
            if bad or not lists["origins"]:
                yield f"{at}.origins", ", ".join(bad), "https://host[:port], https://*.domain"
        if "methods" not in wrong and (not lists["methods"] or set(lists["methods"]) - set(_METHODS)):
            yield f"{at}.methods", ", ".join(lists["methods"]), ", ".join(_METHODS)
        age = rule.get(_AGE, 1)
        if not isinstance(age, int) or isinstance(age, bool) or not 1 <= age <= _LONGEST_AGE:
            yield f"{at}.{_AGE}", age, f"1..{_LONGEST_AGE}"


def _words(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(word, str) and word for word in value)


def _write(s3: S3Client, bucket: str, said: Any) -> None:
    s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": said})


CORS: Final = Setting(
    name="cors",
    capability="cors",
    shape=list,
    absent=("NoSuchCORSConfiguration",),
    read=_read,
    write=_write,
    remove=lambda s3, bucket: s3.delete_bucket_cors(Bucket=bucket),
    said=_said,
    declared=_declared,
    faults=_faults,
    watched=True,
)
"""Rules `{origins, methods, headers, exposeHeaders, maxAgeSeconds}`; none by default."""
