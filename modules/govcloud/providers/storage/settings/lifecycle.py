"""Lifecycle rules: what ends after how many days, below which prefix."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Final

from govcloud.providers.storage.settings.setting import Fault, Setting
from govcloud_base.errors import Text

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

__all__ = ["LIFECYCLE"]

_ACTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "expireDays": ("Expiration", "Days"),
    "noncurrentDays": ("NoncurrentVersionExpiration", "NoncurrentDays"),
    "abortUploadsDays": ("AbortIncompleteMultipartUpload", "DaysAfterInitiation"),
}
"""What a rule may end, as it is declared, and how S3 calls it."""
_FIELDS: Final = ("id", "prefix", *_ACTIONS)
_MOST_RULES, _MOST_DAYS, _LONGEST_ID, _LONGEST_PREFIX = 1000, 36_500, 255, 1024


def _read(s3: S3Client, bucket: str) -> list[dict[str, Any]]:
    rules: Any = s3.get_bucket_lifecycle_configuration(Bucket=bucket).get("Rules", [])
    return sorted(map(_normal, rules), key=lambda rule: str(rule.get("ID")))


def _normal(rule: Mapping[str, Any]) -> dict[str, Any]:
    """Return a rule with its prefix in the one place where new servers have it, without what is empty."""
    kept = {key: value for key, value in rule.items() if key not in ("Prefix", "Filter") and value not in ({}, [], "")}
    chosen = {key: value for key, value in (rule.get("Filter") or {}).items() if value not in ({}, [], "")}
    if chosen.keys() <= {"Prefix"}:
        chosen = {"Prefix": chosen.get("Prefix") or rule.get("Prefix") or ""}
    return {**kept, "Filter": chosen}


def _said(declared: Any) -> list[dict[str, Any]]:
    rules = []
    for rule in declared or ():
        ends = {outer: {inner: rule[name]} for name, (outer, inner) in _ACTIONS.items() if rule.get(name) is not None}
        said = {"ID": rule["id"], "Status": "Enabled", "Filter": {"Prefix": rule.get("prefix") or ""}, **ends}
        rules.append(said)
    return sorted(rules, key=lambda rule: str(rule["ID"]))


def _declared(said: Any) -> list[dict[str, Any]]:
    """Return rules as one would declare them; one that cannot be declared stays as the store says it."""
    rules = []
    for rule in said:
        found = {"id": rule.get("ID", ""), "prefix": rule.get("Filter", {}).get("Prefix", "")}
        for name, (outer, inner) in _ACTIONS.items():
            if inner in rule.get(outer, {}):
                found[name] = rule[outer][inner]
        rules.append(found if _said([found]) == [rule] else dict(rule))
    return rules


def _faults(declared: Any) -> Iterator[Fault]:
    if len(declared) > _MOST_RULES:
        yield "", len(declared), f"≤ {_MOST_RULES}"
    for place, rule in enumerate(declared):
        at = f"[{place}]"
        if not isinstance(rule, Mapping):
            yield at, rule, "{" + ", ".join(_FIELDS) + "}"
            return
        yield from ((f"{at}.{name}", rule[name], ", ".join(_FIELDS)) for name in rule if name not in _FIELDS)
        yield from _faults_of_rule(at, rule)
    named = [rule.get("id") for rule in declared]
    yield from (
        (f"[{n}].id", name, Text("another name", "tên khác")) for n, name in enumerate(named) if name in named[:n]
    )
    for (one, first), (other, second) in itertools.combinations(enumerate(declared), 2):
        both = sorted(name for name in _ACTIONS if first.get(name) is not None and second.get(name) is not None)
        prefixes = [str(rule.get("prefix") or "") for rule in (first, second)]
        if both and (prefixes[0].startswith(prefixes[1]) or prefixes[1].startswith(prefixes[0])):
            # Servers differ in which of the two they follow.
            allowed = Text(f"no prefix that rule [{one}] covers", f"tiền tố mà quy tắc [{one}] không bao trùm")
            yield f"[{other}].{both[0]}", prefixes[1], allowed


def _faults_of_rule(at: str, rule: Mapping[str, Any]) -> Iterator[Fault]:
    name, prefix = rule.get("id"), rule.get("prefix", "")
    if not isinstance(name, str) or not 0 < len(name) <= _LONGEST_ID:
        yield f"{at}.id", name, Text(f"1-{_LONGEST_ID} characters", f"1-{_LONGEST_ID} ký tự")
    if not isinstance(prefix, str) or len(prefix.encode()) > _LONGEST_PREFIX:
        yield f"{at}.prefix", prefix, f"≤ {_LONGEST_PREFIX} byte"
    days = {action: rule[action] for action in _ACTIONS if rule.get(action) is not None}
    if not days:
        yield at, "", Text("at least one of " + ", ".join(_ACTIONS), "ít nhất một trong " + ", ".join(_ACTIONS))
    for action, number in days.items():
        if not isinstance(number, int) or isinstance(number, bool) or not 1 <= number <= _MOST_DAYS:
            yield f"{at}.{action}", number, f"1..{_MOST_DAYS}"


def _write(s3: S3Client, bucket: str, said: Any) -> None:
    s3.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": said})


LIFECYCLE: Final = Setting(
    name="lifecycle",
    capability="lifecycle",
    shape=list,
    absent=("NoSuchLifecycleConfiguration",),
    read=_read,
    write=_write,
    remove=lambda s3, bucket: s3.delete_bucket_lifecycle(Bucket=bucket),
    said=_said,
    declared=_declared,
    faults=_faults,
    watched=True,
)
"""Rules `{id, prefix, expireDays, noncurrentDays, abortUploadsDays}`."""
