"""STO-01 and TEN-01 by reading: each Secret with keys of the store is there and holds what was delivered, no more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from govcloud.audit.access import Access
from govcloud.audit.check import BlindError, Check, Examination
from govcloud.audit.comparison import NOT_THERE
from govcloud.audit.result import Finding
from govcloud.audit.store_reading import read, said
from govcloud.audit.verdict import Verdict
from govcloud.clouds.request import Request, resource
from govcloud.providers.storage.deviation import Deviation
from govcloud_base.errors import Text

__all__ = ["CHECK", "judge"]


def judge(tenant: str, secret: str, live: Mapping[str, Any] | None, found: Iterable[Deviation]) -> Finding:
    """Return whether the Secret called `secret` (`namespace/name`) is as it was delivered.

    `live` is None where there is none; `found` is where the content of the tenant's Secrets deviates.
    """
    title = Text.quoted(f"Secret {secret}")
    wrong = [NOT_THERE] if live is None else [said(row) for row in found if row.name == secret]
    if wrong:
        return Finding(title, Verdict.FAIL, Text.joined([*wrong, _fix(tenant)], "; "))
    good = Text(
        "holds the one key of its identity, and nothing that was not delivered",
        "chứa đúng một khóa của danh tính và không có gì ngoài những gì đã giao",
    )
    return Finding(title, Verdict.PASS, good)


def _fix(tenant: str) -> Text:
    command = f"`govcloud up tenant.{tenant}`"
    return Text(f"{command} delivers it again", f"chạy {command} để giao lại")


def _examine(subject: str, access: Access) -> Examination:
    owner = access.tenants[subject]
    findings: list[Finding] = []
    there: dict[str, dict[str, Any]] = {}
    for namespace, name in owner.secrets:
        request, secret = Request("GET", resource("", "secrets", name, namespace)), f"{namespace}/{name}"
        answer = owner.api.send(request)
        if answer.ok:
            there[secret] = answer.json()
        elif answer.status == 404:
            findings.append(judge(subject, secret, None, ()))
        else:
            # Of a refusal only the server's own words are kept: no report may repeat what a Secret holds.
            findings.append(Finding(Text.quoted(f"Secret {secret}"), Verdict.ERROR, answer.to(request)))
    try:
        found = read(access, lambda store: store.deliveries(subject, there)) if there else []
        findings += (judge(subject, secret, live, found) for secret, live in there.items())
    except BlindError as blinded:
        findings += (Finding(Text.quoted(f"Secret {secret}"), Verdict.ERROR, blinded.reason) for secret in there)
    return Examination(len(owner.secrets), tuple(findings))


def _holders(access: Access) -> tuple[str, ...]:
    return tuple(name for name, tenant in access.tenants.items() if tenant.secrets)


CHECK = Check("STO-01.delivery", ("STO-01", "TEN-01"), _holders, _examine)
