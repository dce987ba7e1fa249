"""State that a team shares: a database keeps it and locks it, and a bucket of a store that loses locks is refused."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import plain_seaweedfs
import pytest
import state_database
import transit_engine
from port_bases import STRANGER

from govcloud.fleet import backend
from govcloud.fleet.pulumi import PulumiProject
from govcloud.stack import StackName
from govcloud_base.errors import EnvironmentProblem
from govcloud_local import toolchain

pytestmark = pytest.mark.toolchain
STACK = StackName.parse("tenant.h41")


@dataclass(frozen=True)
class Project:
    """A Pulumi project without a program, and a shell to work on it."""

    folder: Path
    environment: dict[str, str]

    def pulumi(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run the CLI, for a minute at most."""
        return subprocess.run(
            ["pulumi", *words, "--non-interactive"],
            cwd=self.folder,
            env={**self.environment, **more},
            timeout=60,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A project whose variables the test's own process has as well; the test adds the backend."""
    (tmp_path / "project").mkdir()
    (tmp_path / "project" / "Pulumi.yaml").write_text("{name: site, runtime: python}\n")
    program = toolchain.resolve(["pulumi"])["pulumi"].path
    for name in [name for name in os.environ if name.startswith(("AWS_", "PULUMI_", "VAULT_", "GOVCLOUD_SECRETS"))]:
        monkeypatch.delenv(name)
    for name, value in {
        "PATH": f"{program.parent}:{os.environ['PATH']}",
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_CONFIG_PASSPHRASE": "a passphrase of the team",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }.items():
        monkeypatch.setenv(name, value)
    return Project(tmp_path / "project", dict(os.environ))


def _choose(project: Project, monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    project.environment.update(variables)


def test_a_database_keeps_the_state_and_its_secrets_sealed(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with state_database.serving(tmp_path / "database", STRANGER + 20) as database:
        _choose(project, monkeypatch, **database.variables)
        driven = PulumiProject(project.folder)
        driven.ensure([STACK])
        assert driven.existing() == {str(STACK)}
        for _ in range(2):  # a lock that stays behind fails the second
            again = project.pulumi("refresh", "--yes", f"--stack={STACK}")
            assert again.returncode == 0, again.stderr
        provider = driven.state(STACK)["deployment"]["secrets_providers"]
        assert provider["type"] == "passphrase"
        assert "passphrase of the team" not in json.dumps(provider)
        driven.forget(STACK)
        assert not driven.existing()
        # Asked as the CLI asks by itself, a handful of stacks waits for ever.
        many = [StackName.parse(f"tenant.g{number}") for number in range(4)]
        driven.ensure(many)
        listed = project.pulumi("stack", "ls", "--json", GOMAXPROCS="1", **backend.settings(database.url))
        assert {row["name"] for row in json.loads(listed.stdout)} == set(map(str, many))


def test_a_key_service_seals_the_state_and_a_stack_that_it_sealed_is_never_made_anew_with_less(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = project.folder / f"Pulumi.{STACK}.yaml"
    with transit_engine.serving() as engine:
        service = {"VAULT_ADDR": engine.address, "VAULT_TOKEN": engine.token}
        _choose(project, monkeypatch, PULUMI_BACKEND_URL=f"file://{tmp_path}", **service)
        monkeypatch.setenv("GOVCLOUD_SECRETS_PROVIDER", "hashivault://govcloud")
        driven = PulumiProject(project.folder)
        driven.ensure([STACK])
        assert project.pulumi("config", "set", "--secret", "key", "kept", f"--stack={STACK}").returncode == 0
        for _ in range(2):
            again = project.pulumi("refresh", "--yes", f"--stack={STACK}")
            assert again.returncode == 0, again.stderr
        provider = driven.state(STACK)["deployment"]["secrets_providers"]
        assert (provider["type"], provider["state"]["url"]) == ("cloud", "hashivault://govcloud")
        assert {"encrypt/govcloud", "decrypt/govcloud"} <= set(engine.asked)
        sealed = settings.read_text()
        assert "encryptedkey" in sealed and "kept" not in sealed
        refused = project.pulumi("config", "get", "key", f"--stack={STACK}", VAULT_TOKEN="withdrawn")
        assert refused.returncode != 0 and "permission denied" in refused.stderr
        driven.forget(STACK)
        # The state is lost, the repository has the settings: a passphrase that lies about seals nothing.
        settings.write_text(sealed)
        monkeypatch.delenv("GOVCLOUD_SECRETS_PROVIDER")
        driven.ensure([STACK])
        assert driven.state(STACK)["deployment"]["secrets_providers"]["type"] == "cloud"
        assert project.pulumi("config", "get", "key", f"--stack={STACK}").stdout == "kept\n"


def test_a_bucket_that_loses_locks_is_refused_for_what_it_would_do(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with plain_seaweedfs.serving(tmp_path / "store", STRANGER) as store:
        with contextlib.closing(store.client()) as s3:
            s3.create_bucket(Bucket="state")
            url = f"s3://state?endpoint={store.url}&s3ForcePathStyle=true&region=site-1"
            _choose(project, monkeypatch, PULUMI_BACKEND_URL=url, **store.keys)
            with pytest.raises(EnvironmentProblem, match="GC-FLEET-007") as refused:
                PulumiProject(project.folder)
            assert "SeaweedFS" in str(refused.value.problems[0].value)
            assert s3.list_objects_v2(Bucket="state")["KeyCount"] == 0
        # What it is refused for: the first operation works, and every later one of the stack fails.
        assert project.pulumi("stack", "init", str(STACK)).returncode == 0
        second = project.pulumi("refresh", "--yes", f"--stack={STACK}")
        assert second.returncode != 0 and "unexpected end of JSON input" in second.stderr
