"""SUP-01: with a policy taken away, or something from elsewhere at work, it says FAIL; blinded, it says ERROR."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from planting import Dead, Denied, removed
from verdicts import TENANT, fails_in, passes, with_tenant

from govcloud.audit import workload
from govcloud.audit.access import Access, TenantAccess
from govcloud.audit.checks import images
from govcloud.audit.verdict import Verdict
from govcloud.clouds.request import Api, Request, collection

pytestmark = pytest.mark.cloud

BINDINGS = collection("admissionregistration.k8s.io", "validatingadmissionpolicybindings")
NAME = "image-by-tag"


@contextmanager
def running(platform: Api, namespace: str, pod: dict[str, Any]) -> Iterator[None]:
    """Make a pod past the policy, which holds again before this goes on, and take it away afterwards."""
    pods, deadline = collection("", "pods", namespace), time.monotonic() + 60
    with removed(platform, f"{BINDINGS}/govcloud-pods"):
        # The API server notices after a moment that the policy has gone.
        while not (answer := platform.send(workload.create("Pod", NAME, namespace, pod))).ok:
            assert time.monotonic() < deadline, str(answer)
            time.sleep(0.5)
    try:
        yield
    finally:
        platform.send(Request("DELETE", f"{pods}/{NAME}", query={"gracePeriodSeconds": "0"}))


class TestImages:
    check = images.CHECK

    @pytest.mark.parametrize(
        ("target", "kind"), [("pods", "Pod"), ("pod-templates", "Deployment"), ("pod-schedules", "CronJob")]
    )
    def test_a_policy_that_was_taken_away(self, target: str, kind: str, access: Access, platform: Api) -> None:
        ways = ("from another registry", "from a registry called alike", "by a tag", "by nothing at all")
        with removed(platform, f"{BINDINGS}/govcloud-{target}"):
            fails_in([f"{kind}: image {way} in containers" for way in ways], self.check, TENANT, access)
        passes(self.check, TENANT, access)

    def test_what_was_let_in_while_nobody_looked(self, access: Access, platform: Api, tenant: TenantAccess) -> None:
        pod = workload.hardened_pod(tenant.probe)
        pod["containers"][0]["image"] = f"{tenant.probe.reference.partition('@')[0]}:1"
        with running(platform, tenant.home, pod):
            name = f"images in {tenant.home}"
            result = fails_in([name], self.check, TENANT, access)
            # Not the result's own reason: an attempt may have been let in as well, before the policy held again.
            assert NAME in next(f.reason.en for f in result.findings if f.name.en == name)
        passes(self.check, TENANT, access)

    def test_blinded(self, access: Access, tenant: TenantAccess) -> None:
        assert self.check(TENANT, with_tenant(access, TENANT, api=Dead())).verdict is Verdict.ERROR
        denied = Denied(tenant.api, ("POST",))
        assert self.check(TENANT, with_tenant(access, TENANT, api=denied)).verdict is Verdict.ERROR
        assert self.check(TENANT, dataclasses.replace(access, auditor=Dead())).verdict is Verdict.ERROR
        unseen = Denied(access.auditor, ("GET",))
        assert self.check(TENANT, dataclasses.replace(access, auditor=unseen)).verdict is Verdict.ERROR
