"""What the components register with Pulumi: all that is rendered, walls first, and protected until off-boarding."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import mocks

from govcloud import country as country_package
from govcloud import render
from govcloud.components.cloud import kubernetes_provider
from govcloud.components.manifest import resource_name
from govcloud.components.provisioned import Provisioned
from govcloud.components.untraced import untraced
from govcloud.country import Country
from govcloud.fleet.check import declared_objects
from govcloud.folders import project_root
from govcloud.providers.storage.site import authority_of
from govcloud.stack import StackKind
from govcloud_base.errors import EnvironmentProblem

Registered = dict[str, Any]
AUTHORITY = Path(__file__).parents[1] / "fixtures" / "authority.pem"


class Outputs(mocks.Mocks):
    """Outputs are the inputs, and a key for an identity."""

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        extra = {"accessKey": "AK", "secretKey": "SK"} if args.typ == "govcloud:storage:Identity" else {}
        return args.name, {**args.inputs, **extra}

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        return {}, None


class Monitor(mocks.MockMonitor):
    """Keeps every registration request by the resource's name."""

    def __init__(self) -> None:
        super().__init__(Outputs())
        self.requests: Registered = {}

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802  # the protocol's name
        self.requests[request.name] = request
        register: Callable[[Any], Any] = super().RegisterResource
        return register(request)


def _register(build: Callable[[], object], stack: str, monkeypatch: pytest.MonkeyPatch) -> Registered:
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "https://127.0.0.1:1")
    monkeypatch.setenv("AWS_CA_BUNDLE", str(AUTHORITY))
    monitor = Monitor()
    mocks.set_mocks(Outputs(), project="govcloud", stack=stack, monitor=monitor)

    def program() -> None:
        build()

    in_runtime: Callable[[Callable[[], None]], Callable[[], None]] = pulumi.runtime.test
    in_runtime(program)()
    return monitor.requests


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]


@pytest.fixture(autouse=True)
def event_loop() -> None:
    """Give the thread a loop where another test took it: Pulumi's runtime uses the thread's, and never closes it."""
    policy = asyncio.get_event_loop_policy()
    try:
        policy.get_event_loop()
    except RuntimeError:
        policy.set_event_loop(policy.new_event_loop())


@pytest.fixture
def declared() -> Country:
    """Return the reference country."""
    return country_package.load(project_root() / "stacks" / "vn")


def test_a_tenant_registers_all_that_is_rendered(declared: Country, monkeypatch: pytest.MonkeyPatch) -> None:
    requests = _register(
        lambda: Provisioned(StackKind.TENANT, render.plan(declared, "tenant.h41")), "tenant.h41", monkeypatch
    )
    rendered = render.tenant(declared, "h41")
    manifests = {resource_name(manifest) for manifest in rendered.manifests.values()}
    assert len(manifests) == len(rendered.manifests) > 40
    assert manifests <= set(requests)
    assert {bucket.name for bucket in rendered.buckets} <= set(requests)
    assert "h41-prod-srv/secret/object-store" in requests


@pytest.mark.parametrize("tenant", ["h41", "g09", "h41-101"])
def test_drift_looks_at_all_that_a_tenant_registers(
    tenant: str, declared: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing that a plan registers may be called "as declared" without having been looked at."""
    requests = _register(
        lambda: Provisioned(StackKind.TENANT, render.plan(declared, f"tenant.{tenant}")),
        f"tenant.{tenant}",
        monkeypatch,
    )
    registered = {
        name for name, request in requests.items() if not request.type.startswith(("pulumi:", "govcloud:platform:"))
    }
    rendered = render.tenant(declared, tenant)
    objects = {resource_name(manifest) for manifest in declared_objects(rendered)}
    store = {bucket.name for bucket in rendered.buckets} | {identity.name for identity in rendered.identities}
    assert registered == objects | store


def test_nobody_gets_rights_in_a_namespace_before_its_walls_stand(
    declared: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = _register(
        lambda: Provisioned(StackKind.TENANT, render.plan(declared, "tenant.h41")), "tenant.h41", monkeypatch
    )
    bindings = [request for name, request in requests.items() if "/rolebinding/" in name]
    assert len(bindings) >= 12
    for request in bindings:
        namespace = request.name.partition("/")[0]
        needed = {_name(urn) for urn in request.dependencies}
        kinds = {name.split("/")[1] for name in needed if name.startswith(f"{namespace}/")}
        assert {"networkpolicy", "resourcequota", "limitrange"} <= kinds, request.name


def test_only_namespaces_and_buckets_of_a_living_tenant_are_protected(
    declared: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = _register(
        lambda: Provisioned(StackKind.TENANT, render.plan(declared, "tenant.h41")), "tenant.h41", monkeypatch
    )
    protected = {name for name, request in requests.items() if request.protect}
    rendered = render.tenant(declared, "h41")
    kept = {f"namespace/{name}" for name in rendered.namespaces} | {bucket.name for bucket in rendered.buckets}
    assert protected == kept


def test_a_removed_tenant_may_be_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "vn"
    shutil.copytree(project_root() / "stacks" / "vn", folder)
    file = folder / "tenants" / "h41-101" / "tenant.yaml"
    file.write_text(file.read_text().replace("state: active", "state: removed"))
    leaving = country_package.load(folder, project_root() / "policies")
    requests = _register(
        lambda: Provisioned(StackKind.TENANT, render.plan(leaving, "tenant.h41-101")), "tenant.h41-101", monkeypatch
    )
    assert {name for name, request in requests.items() if request.protect} == set()


def test_the_keys_reach_only_the_secret_and_stay_secret(declared: Country, monkeypatch: pytest.MonkeyPatch) -> None:
    requests = _register(
        lambda: Provisioned(StackKind.TENANT, render.plan(declared, "tenant.h41")), "tenant.h41", monkeypatch
    )
    holders = {name for name, request in requests.items() if "AWS_SECRET_ACCESS_KEY" in str(request.object)}
    assert holders == {"h41-prod-srv/secret/object-store"}
    # Pulumi marks a secret value on the wire with this signature (its well-known constant for secrets).
    assert "1b47061264138c4ac30d75fd1eb44270" in str(requests["h41-prod-srv/secret/object-store"].object)


def test_a_workload_is_told_where_its_store_is_and_whom_to_trust(
    declared: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = _register(
        lambda: Provisioned(StackKind.TENANT, render.plan(declared, "tenant.h41")), "tenant.h41", monkeypatch
    )
    told = requests["h41-prod-srv/secret/object-store"].object["stringData"]["value"]
    assert set(told) == {
        "AWS_ACCESS_KEY_ID",
        "AWS_CA_BUNDLE",
        "AWS_DEFAULT_REGION",
        "AWS_ENDPOINT_URL_S3",
        "AWS_REGION",
        "AWS_SECRET_ACCESS_KEY",
        "ca.crt",
    }
    assert told["AWS_ENDPOINT_URL_S3"] == "https://10.250.0.2:8333"
    assert told["AWS_CA_BUNDLE"] == "/etc/object-store/ca.crt"
    assert told["ca.crt"] == AUTHORITY.read_text()


def test_an_authority_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for value, said in ((None, "is not set"), ("", "is not set"), ("/no/such/file", "AWS_CA_BUNDLE: ")):
        if value is None:
            monkeypatch.delenv("AWS_CA_BUNDLE", raising=False)
        else:
            monkeypatch.setenv("AWS_CA_BUNDLE", value)
        with pytest.raises(EnvironmentProblem) as caught:
            authority_of("cgc-hn1", "AWS_CA_BUNDLE", os.environ)
        (problem,) = caught.value.problems
        assert problem.code == "GC-STORE-023"
        assert said in str(problem.value)


@pytest.mark.parametrize("content", ["", "bundle of a system", "key"])
def test_only_the_stores_own_authority_goes_to_tenants(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Operators' shells name the system's bundle in AWS_CA_BUNDLE: workloads would trust everybody who is in it."""
    own = AUTHORITY.read_text()
    kind = "EC " + "PRIVATE KEY"
    file = tmp_path / "bundle.pem"
    file.write_text({"": "", "key": f"{own}-----BEGIN {kind}-----\n"}.get(content, own * 140))
    monkeypatch.setenv("AWS_CA_BUNDLE", str(file))
    with pytest.raises(EnvironmentProblem, match="GC-STORE-024"):
        authority_of("cgc-hn1", "AWS_CA_BUNDLE", os.environ)
    file.write_text(own * 2)
    assert authority_of("cgc-hn1", "AWS_CA_BUNDLE", os.environ) == own * 2


def test_a_service_waits_for_pods_so_no_workload_waits_for_it(
    declared: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = _register(
        lambda: Provisioned(StackKind.SEGMENT, render.plan(declared, "segment.tsl-h41")), "segment.tsl-h41", monkeypatch
    )
    deployment = requests["h41-prod-tsl/deployment/gateway"]
    needed = {_name(urn) for urn in deployment.dependencies}
    assert any("/configmap/" in name for name in needed)
    assert not any("/service/" in name for name in needed)


def test_the_cluster_is_declared_as_the_sdks_class_declares_it(
    declared: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The class is not imported for its weight; a state written with one must not differ from one of the other."""
    import pulumi_kubernetes

    monkeypatch.setenv("KUBECONFIG", "/a/kubeconfig")
    target = render.plan(declared, "tenant.h41").cloud
    ours = _register(lambda: kubernetes_provider(target), "tenant.h41", monkeypatch)[target.name]
    theirs = _register(
        lambda: pulumi_kubernetes.Provider(
            target.name,
            context=target.context,
            cluster_identifier=target.name,
            enable_server_side_apply=True,
            enable_patch_force=True,
            upsert_existing_objects=True,
            enable_config_map_mutable=True,
            enable_secret_mutable=True,
        ),
        "tenant.h41",
        monkeypatch,
    )[target.name]
    assert ours.object == theirs.object
    for field in ("type", "version", "pluginDownloadURL", "custom", "parent"):
        assert getattr(ours, field) == getattr(theirs, field), field


def test_a_kubeconfig_of_several_files_is_left_to_the_plugin(
    declared: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plugin takes one path or content; several files it reads from KUBECONFIG itself, as kubectl does."""
    target = render.plan(declared, "tenant.h41").cloud
    monkeypatch.setenv("KUBECONFIG", "/a/kubeconfig:/another")
    ours = _register(lambda: kubernetes_provider(target), "tenant.h41", monkeypatch)[target.name]
    assert "kubeconfig" not in ours.object


def test_objects_are_recorded_without_the_stack_of_the_program(
    declared: Country, monkeypatch: pytest.MonkeyPatch
) -> None:
    def program() -> None:
        with untraced():
            Provisioned(StackKind.TENANT, render.plan(declared, "tenant.h41"))

    requests = _register(program, "tenant.h41", monkeypatch)
    assert len(requests) > 50
    assert not [name for name, r in requests.items() if r.stackTrace.frames or r.sourcePosition.uri]
    assert not hasattr(sys, "tracebacklimit")
