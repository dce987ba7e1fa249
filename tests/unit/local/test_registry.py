"""The embedded cloud's registry before anything starts: who may get in, and where the passwords lie."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import shlex
import ssl
from pathlib import Path

import pytest
import yaml
from cryptography import x509

from govcloud.folders import project_root
from govcloud.images.credentials import address, authority, login
from govcloud.model.cloud import Images
from govcloud_base.errors import CloudError, EnvironmentProblem
from govcloud_local import assembly, cloud, environment
from govcloud_local.services import registry
from govcloud_local.settings import REGISTRY, Profile, Settings, save
from govcloud_local.toolchain.tool import Origin, Tool

TOOL = Tool("registry", Path("/tools/registry"), "3", Origin.CACHE)


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a cloud whose registry was prepared."""
    monkeypatch.setattr(os, "chown", lambda path, user, group: None)
    made = Settings(state=tmp_path / "state", profile=Profile.FULL)
    save(made)
    registry.prepare(made)
    return made


def _declared() -> Images:
    text = (project_root() / "stacks/vn/clouds/cgc-hn1.yaml").read_text(encoding="utf-8")
    return Images.model_validate(yaml.safe_load(text)["spec"]["images"])


def test_one_user_pushes_the_other_only_pulls_and_neither_password_is_in_the_file(prepared: Settings) -> None:
    text = (prepared.config / "registry" / "users.json").read_text()
    users = json.loads(text)
    assert {name: user["push"] for name, user in users.items()} == {"pusher": True, "puller": False}
    for name, user in users.items():
        password = registry.password(prepared, name)
        assert len(password) == 64 and password not in text
        assert user["sha256"] == hashlib.sha256(password.encode()).hexdigest()
    assert users["pusher"]["sha256"] != users["puller"]["sha256"]


def test_no_password_is_on_the_command_line_or_in_the_environment(prepared: Settings) -> None:
    found = registry.component(prepared, TOOL)
    shown = shlex.join(found.argv) + json.dumps(dict(found.environment))
    for name in (registry.PUSHER, registry.PULLER):
        assert registry.password(prepared, name) not in shown
        assert registry.authorization(prepared, name).removeprefix("Basic ") not in shown


def test_other_passwords_or_another_certificate_are_another_registry(prepared: Settings) -> None:
    before = registry.component(prepared, TOOL)
    registry.prepare(prepared)
    assert registry.component(prepared, TOOL).environment == before.environment
    (prepared.pki / "registry" / "puller.key").unlink()
    registry.prepare(prepared)
    other = registry.component(prepared, TOOL).environment
    assert other != before.environment
    (prepared.pki / "registry" / "registry.crt").unlink()
    registry.prepare(prepared)
    assert registry.component(prepared, TOOL).environment not in (before.environment, other)


def test_its_certificate_is_of_its_name_and_of_the_address_where_it_listens(prepared: Settings) -> None:
    found = x509.load_pem_x509_certificate((prepared.pki / "registry" / "registry.crt").read_bytes())
    names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert {str(name.value) for name in names} == {"127.0.0.1", "localhost", REGISTRY}
    ssl.create_default_context(cafile=str(registry.authority(prepared)))


def test_what_the_reference_country_declares_leads_there(prepared: Settings) -> None:
    values = environment.variables(prepared, "")
    declared = _declared()
    assert declared.registry == REGISTRY
    assert address(declared, REGISTRY, values) == f"127.0.0.1:{prepared.base + 20}"
    assert authority(declared, values) == str(registry.authority(prepared))
    known = login(declared, REGISTRY, values)
    assert known is not None
    assert (known.user, known.password) == ("pusher", registry.password(prepared, "pusher"))


def test_without_a_node_there_is_no_registry(prepared: Settings) -> None:
    small = dataclasses.replace(prepared, profile=Profile.CONTROL_PLANE)
    assert "registry" not in assembly.tools(small) and "registry" in assembly.tools(prepared)
    values = environment.variables(small, "")
    assert not [name for name in values if "REGISTRY" in name]
    with pytest.raises(CloudError, match="GC-IMAGE-018"):
        address(_declared(), REGISTRY, values)


def test_a_cloud_of_an_earlier_version_is_told_to_come_up_first(prepared: Settings) -> None:
    known = {name: {"path": "/x", "version": "1", "origin": "cache"} for name in assembly.tools(prepared)}
    del known["registry"]
    (prepared.state / "tools.json").write_text(json.dumps(known))
    with pytest.raises(EnvironmentProblem, match="GC-LOCAL-015"):
        cloud.status(prepared.state)
