"""The command lines of the cloud's daemons: loopback only, no secret, nothing anonymous."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from govcloud_local import settings
from govcloud_local.daemons.component import Component
from govcloud_local.services import control_plane, storage
from govcloud_local.settings import Profile, Settings
from govcloud_local.toolchain.tool import Origin, Tool

_NAMES = ("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler", "weed")
_TOOLS = {name: Tool(name, Path("/tools") / name, "1.0", Origin.CACHE) for name in _NAMES}


@pytest.fixture(params=list(Profile))
def cloud(tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    made = Settings(state=tmp_path, profile=request.param, base=20000)
    settings.save(made)
    control_plane.prepare(made)
    storage.prepare(made)
    return made


def _components(cloud: Settings) -> list[Component]:
    return [*control_plane.components(cloud, _TOOLS), storage.component(cloud, _TOOLS["weed"])]


def _option(component: Component, name: str) -> str | None:
    found = [a.partition("=")[2] for a in component.argv if a.lstrip("-").partition("=")[0] == name]
    return found[0] if found else None


def test_every_address_is_loopback_or_the_nodes_own(cloud: Settings) -> None:
    allowed = {"127.0.0.1"} | ({cloud.node_address} if cloud.full else set())
    for component in _components(cloud):
        own = [a for a in component.argv if "cidr" not in a and "ip-range" not in a]
        addresses = set(re.findall(r"\d+\.\d+\.\d+\.\d+", " ".join(own)))
        assert addresses <= allowed, component.name


def test_no_secret_is_in_a_command_line(cloud: Settings) -> None:
    secrets = {
        part
        for file in cloud.pki.rglob("*")
        if file.suffix in (".key", ".json") and file.is_file()
        for part in re.findall(r"[A-Za-z0-9+/=_-]{20,}", file.read_text())
    }
    assert len(secrets) > 10
    line = "\n".join(" ".join(component.argv) for component in _components(cloud))
    assert [secret for secret in secrets if secret in line] == []


def test_every_file_named_exists(cloud: Settings) -> None:
    for component in _components(cloud):
        for argument in component.argv[1:]:
            value = argument.partition("=")[2]
            if value.startswith((str(cloud.pki), str(cloud.config))):
                assert Path(value).exists(), f"{component.name} {argument}"


def test_the_api_server_lets_nobody_in_unknown(cloud: Settings) -> None:
    api = next(c for c in _components(cloud) if c.name == "kube-apiserver")
    assert _option(api, "anonymous-auth") == "false"
    assert _option(api, "authorization-mode") == "Node,RBAC"
    assert "NodeRestriction" in (_option(api, "enable-admission-plugins") or "")
    assert _option(api, "disable-admission-plugins") is None
    assert _option(api, "encryption-provider-config") is not None
    assert _option(api, "audit-policy-file") is not None


def test_pods_find_the_api_only_where_there_are_pods(cloud: Settings) -> None:
    api = next(c for c in _components(cloud) if c.name == "kube-apiserver")
    assert _option(api, "endpoint-reconciler-type") == ("lease" if cloud.full else "none")
    assert _option(api, "advertise-address") == cloud.api_address


def test_etcd_writes_to_disk_and_wants_certificates(cloud: Settings) -> None:
    etcd = next(c for c in _components(cloud) if c.name == "etcd")
    assert not any("fsync" in argument for argument in etcd.argv)
    assert _option(etcd, "client-cert-auth") == _option(etcd, "peer-client-cert-auth") == "true"
    assert "kubernetes" not in (_option(etcd, "trusted-ca-file") or "kubernetes")


def test_the_store_is_closed(cloud: Settings) -> None:
    store = storage.component(cloud, _TOOLS["weed"])
    assert "-disableHttp" in store.argv
    for name, value in {
        "ip.bind": "127.0.0.1",
        "s3.allowDeleteBucketNotEmpty": "false",
        "s3.autoCreateBucket": "false",
        "s3.iam.readOnly": "true",
        "master.telemetry": "false",
    }.items():
        assert _option(store, name) == value
    assert _option(store, "s3.cert.file") and _option(store, "s3.config")
    security = tomllib.loads((storage.shell_folder(cloud) / "security.toml").read_text())
    assert all(len(security["jwt"][k]["key"]) == 64 for k in ("signing", "filer_signing"))
    assert len(security["jwt"]["filer_signing"]["read"]["key"]) == 64
    assert security["grpc"]["ca"].endswith("storage/ca.crt")
    for part in ("master", "volume", "filer", "s3", "admin", "worker", "client"):
        assert Path(security["grpc"][part]["key"]).exists()


def test_preparing_again_changes_nothing(cloud: Settings) -> None:
    def content() -> dict[str, bytes]:
        return {str(f): f.read_bytes() for f in cloud.state.rglob("*") if f.is_file()}

    before = content()
    control_plane.prepare(cloud)
    storage.prepare(cloud)
    assert content() == before


def test_identities_added_by_others_survive(cloud: Settings) -> None:
    file = cloud.data / "seaweedfs" / "s3.json"
    known = json.loads(file.read_text())
    tenant = {"name": "h41-app", "credentials": [{"accessKey": "A", "secretKey": "B"}], "policyNames": ["h41-app"]}
    file.write_text(json.dumps({"identities": [*known["identities"], tenant]}))
    storage.prepare(cloud)
    after = json.loads(file.read_text())["identities"]
    assert tenant in after
    assert [i["name"] for i in after].count("admin") == 1
    assert file.stat().st_mode & 0o077 == 0
