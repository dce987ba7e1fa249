"""A tenant that administers its zones forges nothing of what is measured there, and spoils nobody else's result."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from planting import network_policy, planted
from verdicts import OTHER, TENANT

from govcloud.audit import workload
from govcloud.audit.access import Access, TenantAccess
from govcloud.audit.checks import flows
from govcloud.audit.run import Run
from govcloud.audit.verdict import Verdict
from govcloud.clouds.request import Api, Request, collection

pytestmark = [pytest.mark.cloud, pytest.mark.node]

FORGING = "import signal; signal.pause()"
SMALL = {"cpu": "1m", "memory": "4Mi"}


@pytest.fixture
def fresh(access: Access) -> Access:
    """A run of its own, with no probe standing."""
    return dataclasses.replace(access, run=Run(access.run.image))


@contextmanager
def filled(tenant: TenantAccess) -> Iterator[None]:
    """Use up the pods of a tenant's home as the tenant itself, with pods that no node runs."""
    pods = collection("", "pods", tenant.home)
    pod = {**workload.hardened_pod(tenant.probe), "nodeSelector": {"example.vn/none": "none"}}
    pod["containers"][0]["resources"] = {"requests": SMALL, "limits": SMALL}
    made = []
    try:
        for number in range(200):
            request = workload.create("Pod", f"filling-{number}", tenant.home, pod)
            if not tenant.api.send(request).ok:
                break
            made.append(f"filling-{number}")
        yield
    finally:
        for name in made:
            tenant.api.send(Request("DELETE", f"{pods}/{name}", query={"gracePeriodSeconds": "0"}))


@contextmanager
def own_pod(tenant: TenantAccess, name: str) -> Iterator[None]:
    """Run a pod of the tenant's making, as the tenant."""
    limits = {"cpu": "10m", "memory": "16Mi"}
    pod = workload.hardened_pod(
        tenant.probe,
        workload.container(
            tenant.probe, command=["python3", "-c", FORGING], resources={"requests": limits, "limits": limits}
        ),
    )
    answer = tenant.api.send(workload.create("Pod", name, tenant.home, pod))
    assert answer.ok, str(answer)
    try:
        yield
    finally:
        path = f"{collection('', 'pods', tenant.home)}/{name}"
        tenant.api.send(Request("DELETE", path, query={"gracePeriodSeconds": "0"}))


def test_a_tenants_own_pod_under_an_old_name_of_the_audit_hides_no_open_door(
    fresh: Access, platform: Api, tenant: TenantAccess, other: TenantAccess
) -> None:
    inwards = network_policy(tenant.home, ingress=[{}])
    outwards = network_policy(other.home, egress=[{}], policyTypes=["Egress"])
    path = "networking.k8s.io", "networkpolicies"
    with (
        own_pod(other, "govcloud-audit-probe"),
        planted(platform, collection(*path, tenant.home), inwards),
        planted(platform, collection(*path, other.home), outwards),
    ):
        result = flows.CHECK(OTHER, fresh)
    assert result.verdict is Verdict.FAIL, str(result)
    assert f"{other.home} > {tenant.home}:8080 declared closed, measured open" in str(result)


def test_a_name_of_the_audits_probes_is_not_a_tenants_to_take(fresh: Access, tenant: TenantAccess) -> None:
    answer = tenant.api.send(workload.create("Pod", fresh.run.probe, tenant.home, workload.hardened_pod(tenant.probe)))
    assert answer.status == 403, str(answer)
    assert "TEN-01" in answer.message


def test_a_tenant_that_fills_its_zone_is_named_and_the_others_are_judged(fresh: Access, tenant: TenantAccess) -> None:
    with filled(tenant):
        own, others = flows.CHECK(TENANT, fresh), flows.CHECK(OTHER, fresh)
    assert own.verdict is Verdict.ERROR
    assert f"probe in {tenant.home}" in own.reason.en
    assert "exceeded quota" in own.reason.en
    assert others.verdict is Verdict.PASS, str(others)
