"""A Pulumi program on servers beside the embedded one, with what each can do: made, unchanged, changed and gone."""

from __future__ import annotations

import json
from pathlib import Path

import plugin_stack
import pytest
from plugin_stack import Stack
from stores import radosgw
from stores.running import RunningStore

from govcloud.providers.storage.adapters.radosgw.administration import CAPABILITIES
from govcloud.providers.storage.store import Store

pytestmark = [pytest.mark.cloud, pytest.mark.toolchain]

STORES = ("juicefs", "radosgw")


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    home = tmp_path_factory.mktemp("home")
    return plugin_stack.installed(tmp_path_factory.mktemp("bin"), home), home


@pytest.fixture
def settings(store: Store) -> dict[str, object]:
    """What this server can do of what a bucket of a tenant has."""
    found: dict[str, object] = {name: store.capabilities.works(name) for name in ("versioning", "encryption")}
    if store.adapter.quota_unit:
        found["quota_bytes"] = 64 << 20
    return found


@pytest.fixture
def stack(
    installed: tuple[Path, Path], server: RunningStore, settings: dict[str, object], tmp_path: Path, unique: str
) -> Stack:
    variables = {"ADAPTER": server.dialect, "SETTINGS": json.dumps(settings)}
    pulumi, home = installed
    return plugin_stack.prepared(pulumi, home, tmp_path, plugin_stack.PROGRAM, server.environment, unique, **variables)


@pytest.mark.parametrize("server", [*STORES, "moto"], indirect=True)
def test_a_tenants_storage_is_made_kept_changed_mended_and_taken_away(
    stack: Stack, store: Store, settings: dict[str, object]
) -> None:
    identity = f"{stack.tenant}-prod"
    said = stack.up()

    made = stack.outputs()
    state = stack.done("stack", "export")
    assert store.endpoint.key is not None
    for secret in (made["secret"], store.endpoint.key.secret):
        assert secret not in said
        assert secret not in state
    assert stack.up("--expect-no-changes")
    assert stack.done("refresh", "--yes", "--expect-no-changes")
    if "quota_bytes" in settings:
        assert stack.up(SETTINGS=json.dumps(settings | {"quota_bytes": 32 << 20}))
        assert store.adapter.quota(stack.bucket).bytes == 32 << 20
        stack.up()

    stack.up(ROTATION="1")
    assert stack.outputs()["access"] != made["access"]

    store.adapter.delete_identity(identity)
    store.s3.put_bucket_tagging(Bucket=stack.bucket, Tagging={"TagSet": [{"Key": "x", "Value": "y"}]})
    found = stack.done("refresh", "--preview-only", ROTATION="1")
    assert "~ 1 to update" in found
    assert "- 1 to delete" in found
    stack.up("--refresh", ROTATION="1")
    assert stack.up("--expect-no-changes", ROTATION="1")
    assert store.adapter.identity(identity) is not None

    stack.done("destroy", "--yes")
    assert not store.exists(stack.bucket)
    assert store.adapter.identity(identity) is None


@pytest.mark.parametrize("server", ["radosgw"], indirect=True)
def test_a_store_that_somebody_else_administers_is_provisioned(
    stack: Stack, store: Store, server: radosgw.Gateway
) -> None:
    """The provisioner has no capability of its own: whoever has makes the identities, asked by another address."""
    (key,) = server.admin(
        *("user", "create", f"--uid={stack.tenant}-administrator", "--display-name=x"),
        *("--gen-access-key", "--gen-secret", "--max-buckets=-1", f"--caps={CAPABILITIES}"),
    )["keys"]
    administrator = {
        "administration_endpoint": server.url.replace("127.0.0.1", "localhost"),
        "administration_access_key_env": "ADMINISTRATOR_ACCESS",
        "administration_secret_key_env": "ADMINISTRATOR_SECRET",
    }
    variables = {
        "ADMINISTRATION": json.dumps(administrator),
        "ADMINISTRATOR_ACCESS": key["access_key"],
        "ADMINISTRATOR_SECRET": key["secret_key"],
    }
    server.admin("caps", "rm", "--uid=govcloud", f"--caps={CAPABILITIES}")
    try:
        stack.done("preview", **variables)
        said = stack.up(**variables)

        made, state = stack.outputs(), stack.done("stack", "export")
        for secret in (made["secret"], key["secret_key"]):
            assert secret not in said
            assert secret not in state
        assert stack.up("--expect-no-changes", **variables)
        stack.up(ROTATION="1", **variables)
        assert stack.outputs()["access"] != made["access"]
        assert "GC-STORE-002" in stack.refused("destroy", "--yes")  # the state names the variables
        stack.done("destroy", "--yes", **variables)
    finally:
        server.admin("caps", "add", "--uid=govcloud", f"--caps={CAPABILITIES}")
    assert store.adapter.identity(f"{stack.tenant}-prod") is None


@pytest.mark.parametrize("server", STORES, indirect=True)
def test_a_bucket_with_data_survives_destroy(stack: Stack, store: Store) -> None:
    stack.up()
    store.s3.put_object(Bucket=stack.bucket, Key="record", Body=b"1")

    assert "GC-STORE-006" in stack.refused("destroy", "--yes")
    assert store.s3.get_object(Bucket=stack.bucket, Key="record")["Body"].read() == b"1"


@pytest.mark.parametrize("server", STORES, indirect=True)
def test_what_a_server_cannot_do_is_refused_with_the_reason_and_nothing_is_made(
    stack: Stack, store: Store, settings: dict[str, object]
) -> None:
    lacking = [name for name, able in settings.items() if able is False]
    assert lacking

    said = stack.refused("up", "--yes", "--skip-preview", SETTINGS=json.dumps(dict.fromkeys(lacking, True)))

    for name in lacking:
        assert f"this object store ({store.adapter.name}) cannot do: {name}" in said
    assert not store.exists(stack.bucket)
