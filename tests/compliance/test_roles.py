"""Each role at a live API server: what it is for works, and nothing of it shows Secrets that it may not read.

Beside it what admission may not hinder: the cluster's own controllers, who carry out, collect and take away.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from embedded_cloud import Cloud
from verdicts import TENANT

from govcloud.audit import probe_pod, workload
from govcloud.audit.access import Access, TenantAccess
from govcloud.audit.run import Run
from govcloud.clouds import offered
from govcloud.clouds.kubernetes_api import KubernetesApi
from govcloud.clouds.request import APPLY, MERGE_PATCH, STRATEGIC_PATCH, Answer, Api, Request, collection, resource

pytestmark = pytest.mark.cloud

NAME = "role-under-test"
_APP = "app.kubernetes.io/name"
ROLES = ("admin", "operator", "viewer")
RESTARTED = {"spec": {"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "now"}}}}}
KEYS = {"name": "keys", "secret": {"secretName": "object-store"}}


def identity(role: str) -> Api:
    """Return access as somebody who has this role of the tenant alone."""
    cloud = offered()
    assert cloud is not None
    return KubernetesApi.from_text(cloud.identity(f"{role}-an", f"gov:{TENANT}:{role}"))


@pytest.fixture(scope="module")
def roles(examined: Cloud) -> dict[str, Api]:
    return {role: identity(role) for role in ROLES}


def until(look: Callable[[], bool], seconds: float = 60.0) -> bool:
    deadline = time.monotonic() + seconds
    while not look():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.3)
    return True


@contextmanager
def made(api: Api, request: Request) -> Iterator[str]:
    """Create an object, yield its path, and delete it."""
    answer = api.send(request)
    assert answer.ok, str(answer)
    path = f"{request.path}/{request.body['metadata']['name']}"
    try:
        yield path
    finally:
        api.send(Request("DELETE", path, query={"gracePeriodSeconds": "0"}))


@pytest.fixture(scope="module")
def deployment(access: Access) -> Iterator[str]:
    tenant = access.tenants[TENANT]
    with made(
        tenant.api, workload.create("Deployment", NAME, tenant.home, workload.hardened_pod(tenant.probe))
    ) as path:
        yield path


def refused(answer: Answer) -> bool:
    return answer.status == 403 and ("TEN-04" in answer.message or " cannot " in answer.message)


def _another(tenant: TenantAccess) -> str:
    """Return an image that is not the probe's, and that its registry and digest allow."""
    return f"{tenant.probe.reference.partition('@')[0]}@sha256:{'0' * 64}"


def ways_to_keys(tenant: TenantAccess, path: str) -> dict[str, Request]:
    """Return every way in which a pod shows what a Secret says, and the Secret itself."""
    namespace = tenant.home
    pods = collection("", "pods", namespace)
    container: dict[str, Any] = {"name": "probe", "envFrom": [{"secretRef": {"name": "object-store"}}]}
    mounting = {**workload.hardened_pod(tenant.probe), "volumes": [KEYS]}
    owned = {"apiVersion": "apps/v1", "kind": "Deployment"}
    applied = {**owned, "metadata": {"name": NAME}, "spec": {"template": {"spec": {"serviceAccountName": "other"}}}}
    forced = {"fieldManager": "kubectl-client-side-apply", "force": "true"}
    return {
        "read it": Request("GET", resource("", "secrets", "object-store", namespace)),
        "list all": Request("GET", collection("", "secrets", namespace)),
        "a shell": Request("GET", f"{pods}/any/exec", query={"command": "env", "stdout": "1"}),
        "a shell by POST": Request("POST", f"{pods}/any/exec", query={"command": "env", "stdout": "1"}),
        "attach": Request("GET", f"{pods}/any/attach", query={"stdout": "1"}),
        "a port": Request("GET", f"{pods}/any/portforward", query={"ports": "8080"}),
        "a proxy": Request("GET", f"{pods}/any/proxy/"),
        "a pod": workload.create("Pod", f"{NAME}-own", namespace, mounting).dry_run(),
        "a job": workload.create("Job", f"{NAME}-own", namespace, mounting).dry_run(),
        "the template's environment": Request(
            "PATCH", path, {"spec": {"template": {"spec": {"containers": [container]}}}}, STRATEGIC_PATCH
        ).dry_run(),
        "the template's volumes": Request(
            "PATCH", path, {"spec": {"template": {"spec": {"volumes": [KEYS]}}}}, STRATEGIC_PATCH
        ).dry_run(),
        "the template's image": Request(
            "PATCH",
            path,
            {"spec": {"template": {"spec": {"containers": [{"name": "probe", "image": _another(tenant)}]}}}},
            STRATEGIC_PATCH,
        ).dry_run(),
        "the template by apply": Request("PATCH", path, applied, APPLY, forced).dry_run(),
        "another note in the template": Request(
            "PATCH", path, {"spec": {"template": {"metadata": {"annotations": {"inject": "keys"}}}}}, MERGE_PATCH
        ).dry_run(),
        "a restart with something beside it": Request(
            "PATCH",
            path,
            {"spec": {"template": {**RESTARTED["spec"]["template"], "spec": {"hostname": "x"}}}},
            STRATEGIC_PATCH,
        ).dry_run(),
    }


@pytest.mark.parametrize("role", ["operator", "viewer"])
def test_who_may_not_read_secrets_is_shown_none(
    role: str, roles: dict[str, Api], tenant: TenantAccess, deployment: str
) -> None:
    answers = {name: roles[role].send(request) for name, request in ways_to_keys(tenant, deployment).items()}
    assert {name: str(answer) for name, answer in answers.items() if not refused(answer)} == {}


def test_the_admin_who_may_read_them_may_do_all_that(
    roles: dict[str, Api], tenant: TenantAccess, deployment: str
) -> None:
    """The benign twins: a pod that does not exist is not found, which is past authorisation and admission."""
    answers = {name: roles["admin"].send(request) for name, request in ways_to_keys(tenant, deployment).items()}
    expected = {name: answer.status for name, answer in answers.items()}
    entered = {"a shell", "a shell by POST", "attach", "a port"}
    assert {name: status for name, status in expected.items() if name in entered and status not in (400, 404)} == {
        "attach": 403  # no role attaches
    }
    rest = {name: str(answers[name]) for name in expected.keys() - entered - {"a proxy"} if not answers[name].ok}
    assert rest == {}


def test_what_each_role_is_for(roles: dict[str, Api], tenant: TenantAccess, deployment: str) -> None:
    scale = {"spec": {"replicas": 0}}
    restart = Request("PATCH", deployment, RESTARTED, STRATEGIC_PATCH).dry_run()
    scaling = Request("PATCH", f"{deployment}/scale", scale, MERGE_PATCH).dry_run()
    looking = Request("GET", collection("", "pods", tenant.home))
    config = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": NAME}}
    deploying = Request("POST", collection("", "configmaps", tenant.home), config).dry_run()
    tasks = {"look": looking, "restart": restart, "scale": scaling, "deploy": deploying}
    can = {role: {task for task, request in tasks.items() if api.send(request).ok} for role, api in roles.items()}
    assert can == {"viewer": {"look"}, "operator": {"look", "restart", "scale"}, "admin": {*tasks}}


def test_nobody_but_the_platform_enters_or_removes_a_probe(
    access: Access, roles: dict[str, Api], platform: Api, tenant: TenantAccess
) -> None:
    """Even an administrator, who may enter every pod of the zone."""
    run = Run(access.run.image)
    assert access.prober is not None
    uid = probe_pod.create(access.prober, run, tenant.home, (8080,))
    pods = collection("", "pods", tenant.home)
    try:
        for request in (
            Request("GET", f"{pods}/{run.probe}/exec", query={"command": "id", "stdout": "1"}),
            Request("GET", f"{pods}/{run.probe}/portforward", query={"ports": "8080"}),
            Request("DELETE", f"{pods}/{run.probe}"),
            Request("DELETE", pods, query={"labelSelector": "govcloud.gov.vn/audit"}),
            Request("PATCH", f"{pods}/{run.probe}", {"metadata": {"labels": {"a": "b"}}}, MERGE_PATCH),
        ):
            for api in (roles["admin"], roles["operator"]):
                answer = api.send(request)
                assert answer.status == 403, f"{request}: {answer}"
        assert platform.send(Request("GET", f"{pods}/{run.probe}")).json()["metadata"]["uid"] == uid
    finally:
        probe_pod.remove(access.prober, run, tenant.home, uid)


def test_a_deletion_in_the_foreground_ends(tenant: TenantAccess) -> None:
    """The garbage collector takes its finalizer off: no policy may refuse that to it."""
    pod = {**workload.hardened_pod(tenant.probe), "nodeSelector": {"example.vn/none": "none"}}
    request = workload.create("Deployment", f"{NAME}-foreground", tenant.home, pod)
    request.body["spec"]["replicas"] = 1
    with made(tenant.api, request) as path:
        pods = Request("GET", collection("", "pods", tenant.home), query={"labelSelector": f"{_APP}={NAME}-foreground"})
        assert until(lambda: bool(tenant.api.send(pods).json()["items"]))
        answer = tenant.api.send(Request("DELETE", path, {"propagationPolicy": "Foreground"}))
        assert answer.ok, str(answer)
        assert until(lambda: tenant.api.send(Request("GET", path)).status == 404)
        assert tenant.api.send(pods).json()["items"] == []


def test_a_namespace_with_a_tenants_workloads_goes(platform: Api, tenant: TenantAccess) -> None:
    """Made like a zone, with what controllers hold by their own finalizers: all of it is collected."""
    name = "role-under-test-zone"
    zone = platform.send(Request("GET", resource("", "namespaces", tenant.home))).json()
    labels = {key: value for key, value in zone["metadata"]["labels"].items() if key != "kubernetes.io/metadata.name"}
    body = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
    assert platform.send(Request("POST", collection("", "namespaces"), body)).ok
    path = resource("", "namespaces", name)
    try:
        for kind in ("Deployment", "StatefulSet", "Job", "CronJob"):
            pod = {**workload.hardened_pod(tenant.probe), "nodeSelector": {"example.vn/none": "none"}}
            pod["serviceAccountName"] = "default"
            assert until(lambda: platform.send(Request("GET", resource("", "serviceaccounts", "default", name))).ok)
            answer = platform.send(workload.create(kind, NAME, name, pod))
            assert answer.ok, str(answer)
        claim = {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": NAME},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Mi"}}},
        }
        assert platform.send(Request("POST", collection("", "persistentvolumeclaims", name), claim)).ok
    finally:
        with suppress(AssertionError):
            platform.send(Request("DELETE", path))
    assert until(lambda: platform.send(Request("GET", path)).status == 404, 90)
