"""Policy documents: the two that are of the adapter itself, their names, and what of a document concerns storage. Pure.

A managed policy bears a digest of what it says. So a new wording is a new policy, attached before the old one is taken
off: that is the one way that servers have in common of which some keep no versions of a policy, and some take no `Deny`
where a policy is part of a user.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from govcloud.providers.storage import policy

__all__ = [
    "BOUNDARY",
    "BOUNDING",
    "DISABLED",
    "DISABLING",
    "about_storage",
    "for_partition",
    "in_general",
    "labelled",
    "named",
]

BOUNDARY: Final[Mapping[str, object]] = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "ObjectsOnly",
            "Effect": "Allow",
            "Action": [
                "s3:AbortMultipartUpload",
                "s3:DeleteObject",
                "s3:DeleteObjectTagging",
                "s3:DeleteObjectVersion",
                "s3:DeleteObjectVersionTagging",
                "s3:GetBucket*",
                "s3:GetEncryptionConfiguration",
                "s3:GetLifecycleConfiguration",
                "s3:GetObject*",
                "s3:List*",
                "s3:PutObject",
                "s3:PutObjectLegalHold",
                "s3:PutObjectRetention",
                "s3:PutObjectTagging",
                "s3:PutObjectVersionTagging",
            ],
            "Resource": ["arn:aws:s3:::*"],
        }
    ],
}
"""What no policy of ours can exceed: work on objects. Neither a bucket's settings, nor IAM, nor any other service."""
DISABLED: Final[Mapping[str, object]] = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "Disabled", "Effect": "Deny", "Action": ["*"], "Resource": ["*"]}],
}
"""Attached to an identity that is disabled: its keys are inactive as well, and this is how one knows why."""
BOUNDING: Final = "all_boundary"
DISABLING: Final = "all_disabled"
"""Labels of these two. No identity is called so: an underscore is all that policies' names have and theirs do not."""
_GENERAL: Final = "arn:aws:"
_DIGITS: Final = 12
_NAME: Final = re.compile(rf"govcloud-(?P<label>.+)-[0-9a-f]{{{_DIGITS}}}")


def named(label: str, document: Mapping[str, object], turn: int = 0) -> str:
    """Return the name of the managed policy of `label` that says `document`; `turn` tells more of the same apart."""
    said = policy.canonical(document) + (f"#{turn}" if turn else "")
    return f"govcloud-{label}-{hashlib.sha256(said.encode()).hexdigest()[:_DIGITS]}"


def labelled(name: str) -> str:
    """Return the label in the name of a managed policy of ours, '' for another's."""
    found = _NAME.fullmatch(name)
    return found["label"] if found else ""


def for_partition(document: Mapping[str, object], partition: str) -> Mapping[str, object]:
    """Return the document with the ARNs of a partition in the place of `arn:aws:`."""
    return _replaced(document, _GENERAL, f"arn:{partition}:")


def in_general(document: Mapping[str, object], partition: str) -> Mapping[str, object]:
    """Return the document with `arn:aws:` in the place of a partition's ARNs."""
    return _replaced(document, f"arn:{partition}:", _GENERAL)


def about_storage(document: Mapping[str, object]) -> Mapping[str, object]:
    """Return the document without the statements that speak of no action on S3."""
    statements = document.get("Statement", [])
    listed = statements if isinstance(statements, list) else [statements]
    kept = [s for s in listed if not isinstance(s, Mapping) or _on_storage(s)]
    return {**document, "Statement": kept}


def _on_storage(statement: Mapping[str, object]) -> bool:
    actions = statement.get("Action", ())
    named_ = [actions] if isinstance(actions, str) else actions
    if not isinstance(named_, (list, tuple)) or "NotAction" in statement:
        return True  # what is left out is rarely all of S3, and a right too many in the list harms nobody
    services = (str(action).partition(":")[0].lower() for action in named_)
    return any("*" in service or "?" in service or service == "s3" for service in services)


def _replaced(document: Mapping[str, object], old: str, new: str) -> Mapping[str, object]:
    if old == new:
        return document
    changed: Mapping[str, Any] = json.loads(json.dumps(document).replace(f'"{old}', f'"{new}'))
    return changed
