"""A Pulumi project with a program on one store, under the real engine, and our plugin as an operator has it."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from govcloud_local import toolchain
from govcloud_local.pulumi.install import install_host, install_own_plugin

__all__ = ["PROGRAM", "Stack", "installed", "prepared"]

PROGRAM = """
import json
import os
import pulumi
from govcloud.providers.storage.resources import Bucket, Identity, Provider
from govcloud.render import storage

store = Provider(
    "store",
    adapter=os.environ["ADAPTER"],
    endpoint=os.environ["STORE"],
    region=os.environ["AWS_REGION"],
    **json.loads(os.environ.get("ADMINISTRATION", "{}")),
)
opts = pulumi.ResourceOptions(provider=store)
tenant = os.environ["TENANT"]
tags = {"govcloud.gov.vn/managed-by": "govcloud", "govcloud.gov.vn/tenant": tenant}
name = f"vn-{tenant}-prod-records"
records = Bucket("records", name=name, tags=tags, opts=opts, **json.loads(os.environ["SETTINGS"]))
key = Identity(
    "key",
    name=f"{tenant}-prod",
    policy=storage.policy([name]),
    buckets=[records.name],
    rotation=os.environ.get("ROTATION"),
    opts=opts,
)
pulumi.export("access", key.access_key)
pulumi.export("secret", key.secret_key)
"""
"""A tenant's bucket and its identity, on the store that the environment names."""


@dataclass(frozen=True)
class Stack:
    folder: Path
    pulumi: Path
    environment: dict[str, str]
    tenant: str

    @property
    def bucket(self) -> str:
        return f"vn-{self.tenant}-prod-records"

    def start(self, *arguments: str, **extra: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [self.pulumi, *arguments, "--color", "never", "--non-interactive"],
            cwd=self.folder,
            env=self.environment | extra,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, **extra: str) -> tuple[int, str]:
        with self.start(*arguments, **extra) as process:
            said, _ = process.communicate(timeout=180)
        # Whatever happens, an operator never sees the inside of the plugin.
        assert "Traceback" not in said
        assert "Unexpected <class" not in said
        return process.returncode, said

    def done(self, *arguments: str, **extra: str) -> str:
        code, said = self.run(*arguments, **extra)
        assert code == 0, said
        return said

    def refused(self, *arguments: str, **extra: str) -> str:
        code, said = self.run(*arguments, **extra)
        assert code != 0, said
        return said

    def up(self, *arguments: str, **extra: str) -> str:
        return self.done("up", "--yes", "--skip-preview", *arguments, **extra)

    def hasten(self, **times: str) -> None:
        """Let what the identity's state says of a time be over, as if it had gone by."""
        state = json.loads(self.done("stack", "export"))
        (key,) = (r for r in state["deployment"]["resources"] if r["type"] == "govcloud:storage:Identity")
        for name, time_ in times.items():
            for part in ("inputs", "outputs"):
                if name in key[part]:
                    key[part][name] = time_
        file = self.folder / "state.json"
        file.write_text(json.dumps(state))
        self.done("stack", "import", "--file", str(file))

    def outputs(self) -> dict[str, str]:
        found: dict[str, str] = json.loads(self.done("stack", "output", "--json", "--show-secrets"))
        return found


def installed(folder: Path, home: Path) -> Path:
    """Put the CLI with a language host beside it into `folder`, and our plugin into Pulumi's `home`; return the CLI."""
    install_host(folder, toolchain.resolve(["pulumi"])["pulumi"].path)
    install_own_plugin(home)
    return folder / "pulumi"


def prepared(
    pulumi: Path, home: Path, folder: Path, program: str, store: Mapping[str, str], tenant: str, **variables: str
) -> Stack:
    """Return an empty stack of `program` in `folder`; `store` is a store's environment, TENANT names the tenant."""
    kept = {k: v for k, v in store.items() if k.startswith(("AWS_", "GOVCLOUD_"))}
    environment = kept | {
        "PATH": f"{pulumi.parent}:{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": str(folder),
        "LANG": "C.UTF-8",
        "PULUMI_HOME": str(home),
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": "for tests only",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_IGNORE_AMBIENT_PLUGINS": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "STORE": store["AWS_ENDPOINT_URL_S3"],
        "TENANT": tenant,
        **variables,
    }
    (folder / "state").mkdir()
    project = folder / "project"
    project.mkdir()
    (project / "Pulumi.yaml").write_text(
        textwrap.dedent(
            f"""
            name: storage
            runtime: {{name: python, options: {{virtualenv: {json.dumps(sys.prefix)}}}}}
            """
        )
    )
    (project / "__main__.py").write_text(program)
    made = Stack(project, pulumi, environment, tenant)
    made.done("stack", "init", "dev")
    return made
