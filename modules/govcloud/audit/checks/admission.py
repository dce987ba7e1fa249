"""The admission gate is in force as written: every policy and binding is there, whole, failing closed and denying."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from govcloud.audit.access import Access
from govcloud.audit.check import Check, Examination, once, read_all
from govcloud.audit.comparison import as_declared
from govcloud.audit.result import Finding
from govcloud_base.discovery import plural
from govcloud_base.errors import Text

__all__ = ["CHECK", "judge"]

_GROUP = "admissionregistration.k8s.io"
_KINDS = ("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")


def judge(declared: Iterable[Mapping[str, Any]], live: Mapping[str, Iterable[Mapping[str, Any]]]) -> list[Finding]:
    """Return a finding for each declared object; `live` holds the objects of each kind."""
    by_name = {(kind, item["metadata"]["name"]): item for kind, items in live.items() for item in items}
    named = [((manifest["kind"], manifest["metadata"]["name"]), manifest) for manifest in declared]
    return [as_declared(Text.quoted(" ".join(name)), manifest, by_name.get(name)) for name, manifest in named]


def _examine(_subject: str, access: Access) -> Examination:
    live = {kind: read_all(access.auditor, _GROUP, plural(kind)) for kind in _KINDS}
    return Examination(len(access.admission), tuple(judge(access.admission, live)))


CHECK = Check(
    "TEN-05.admission-in-force", ("TEN-01", "TEN-03", "TEN-04", "TEN-05", "NET-02", "NET-04", "SUP-01"), once, _examine
)
