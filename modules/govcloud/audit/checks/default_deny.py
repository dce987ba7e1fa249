"""NET-02 and NET-04 by reading: every namespace denies by default, and only the declared policies open anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from govcloud.audit.access import Access
from govcloud.audit.check import Check, Examination, by_tenant, read_all
from govcloud.audit.comparison import as_declared
from govcloud.audit.result import Finding
from govcloud.audit.verdict import Verdict
from govcloud.country.controls import Control
from govcloud_base.errors import Text

__all__ = ["CHECK", "judge"]

_GROUP = "networking.k8s.io"

_ENDS = (("ingress", "from"), ("egress", "to"))

Object = Mapping[str, Any]


def judge(namespace: str, declared: Iterable[Object], live: Iterable[Object], control: Control) -> list[Finding]:
    """Return a finding for the default deny, one for each declared policy, and one for each that was not declared."""
    policies = {item["metadata"]["name"]: item for item in live}
    findings = [
        Finding(
            Text(f"default deny in {namespace}", f"chặn mặc định trong {namespace}"),
            Verdict.PASS,
            Text(
                "one policy closes both directions but to named peers",
                "một chính sách chặn cả hai chiều, trừ các bên được nêu tên",
            ),
        )
        if any(_denies(policy, control) for policy in policies.values())
        else Finding(
            Text(f"default deny in {namespace}", f"chặn mặc định trong {namespace}"),
            Verdict.FAIL,
            Text(
                "no policy closes both directions for every pod", "không chính sách nào chặn cả hai chiều cho mọi Pod"
            ),
        )
    ]
    for manifest in declared:
        name = manifest["metadata"]["name"]
        findings.append(
            as_declared(Text.quoted(f"NetworkPolicy {namespace}/{name}"), manifest, policies.pop(name, None))
        )
    for name, policy in sorted(policies.items()):
        opened = Text.joined(dict.fromkeys(_openings(policy)), ", ")
        if opened.en:
            reason = Text(f"was not declared and opens {opened.en}", f"không được khai báo và mở {opened.vi}")
            findings.append(Finding(Text.quoted(f"NetworkPolicy {namespace}/{name}"), Verdict.FAIL, reason))
    return findings


def _denies(policy: Object, control: Control) -> bool:
    """Return whether the policy selects every pod in both directions and opens nothing to everybody."""
    spec = policy.get("spec") or {}
    rules = [(rule, end) for direction, end in _ENDS for rule in spec.get(direction) or ()]
    return (
        not spec.get("podSelector")
        and set(spec.get("policyTypes") or ()) >= set(control.strings("policy_types"))
        and all(rule.get(end) and {} not in [p.get("namespaceSelector") for p in rule[end]] for rule, end in rules)
    )


_WAYS = {"ingress": "mở chiều vào (ingress)", "egress": "mở chiều ra (egress)"}


def _openings(policy: Object) -> Iterator[Text]:
    """Yield what an undeclared policy opens beyond its own namespace."""
    spec = policy.get("spec") or {}
    for direction, end in _ENDS:
        for rule in spec.get(direction) or ():
            peers = rule.get(end) or ()
            if not peers:
                yield Text(f"{direction} for everybody", f"{_WAYS[direction]} cho mọi người")
            for peer in peers:
                if peer.get("ipBlock") or peer.get("namespaceSelector") is not None:
                    named = peer.get("ipBlock") or peer.get("namespaceSelector")
                    yield Text(
                        f"{direction} for {named or 'every namespace'}",
                        f"{_WAYS[direction]} cho {named or 'mọi namespace'}",
                    )


def _examine(subject: str, access: Access) -> Examination:
    tenant = access.tenants[subject]
    findings: list[Finding] = []
    declared, control = 0, access.catalogue["NET-02"]
    for namespace in tenant.namespaces:
        wanted = [
            manifest
            for manifest in tenant.manifests.values()
            if manifest["kind"] == "NetworkPolicy" and manifest["metadata"]["namespace"] == namespace
        ]
        declared += 1 + len(wanted)
        live = read_all(access.auditor, _GROUP, "networkpolicies", namespace)
        findings += judge(namespace, wanted, live, control)
    return Examination(declared, tuple(findings))


CHECK = Check("NET-02.default-deny", ("NET-02", "NET-04"), by_tenant, _examine)
