"""One table of exit codes for every command: what this machine lacks is 3, a cloud that is out of reach is 4."""

from __future__ import annotations

import ast
import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from little_api_server import kubeconfig

from govcloud.cli import at_hand
from govcloud.cli.exit_codes import EXIT_CODES
from govcloud_base.errors import CloudError, EnvironmentProblem, GovCloudError, UsageError

ROOT = Path(__file__).parents[3]
FAR = "agc-hcm1"
Govcloud = Callable[..., Any]


@pytest.fixture
def two(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A country of two clouds, a unit on the second, and a shell that has the context of the first."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "KUBE", "GOVCLOUD_COUNTRY"))]:
        monkeypatch.delenv(name)
    monkeypatch.setattr(at_hand, "offered", lambda: None)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PULUMI_BACKEND_URL", f"file://{tmp_path}")
    (tmp_path / "kubeconfig").write_text(kubeconfig("http://127.0.0.1:9", "govcloud-local"), encoding="utf-8")
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "kubeconfig"))
    folder = tmp_path / "vn"
    shutil.copytree(ROOT / "tests" / "fixtures" / "country", folder)
    cloud = (folder / "clouds" / "cgc-hn1.yaml").read_text(encoding="utf-8")
    cloud = cloud.replace("name: cgc-hn1", f"name: {FAR}").replace("context: govcloud-local", "context: agc-hcm")
    cloud = cloud.replace("registry: govcloud.local", "registry: 'registry.hcm.example:5000'")
    cloud = re.sub("    (endpoint|credentials)From: GOVCLOUD_REGISTRY_.*\n", "", cloud)
    cloud = cloud.replace("GOVCLOUD_REGISTRY_AUTHORITY", "HCM_REGISTRY_AUTHORITY")
    cloud = cloud.replace("AWS_ENDPOINT_URL_S3", "HCM_STORE").replace("AWS_CA_BUNDLE", "HCM_STORE_AUTHORITY")
    (folder / "clouds" / f"{FAR}.yaml").write_text(cloud, encoding="utf-8")
    tenant = folder / "tenants" / "g09-20" / "tenant.yaml"
    tenant.write_text(tenant.read_text(encoding="utf-8").replace("cgc-hn1", FAR), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("command", "code"),
    [
        ("up tenant.g09-20", "GC-STACK-005"),
        (f"up --cloud {FAR}", "GC-STACK-005"),
        ("up --list tenant.g09-20", "GC-STACK-005"),
        ("drift tenant.g09-20", "GC-STACK-005"),
        (f"drift --format json --cloud {FAR}", "GC-STACK-005"),
        ("verify --tenant g09-20", "GC-STACK-005"),
        (f"verify --format json --cloud {FAR}", "GC-STACK-005"),
        ("destroy tenant.g09-20", "GC-STACK-005"),
        (f"import --from kubernetes --to /nonexistent --cloud {FAR}", "GC-STACK-005"),
        (f"import --from s3 --to /nonexistent --cloud {FAR}", "GC-STORE-022"),
        (f"cloud check {FAR}", "GC-STACK-005"),
    ],
)
def test_a_cloud_out_of_reach_is_4_whichever_command_names_it(
    command: str, code: str, govcloud: Govcloud, two: Path
) -> None:
    if command.startswith("destroy"):
        tenant = two / "tenants" / "g09-20" / "tenant.yaml"
        tenant.write_text(tenant.read_text(encoding="utf-8").replace("state: active", "state: removed"))
    said = govcloud(*command.split(), "--country", str(two))
    assert (said.code, code in said.err) == (4, True), said.err


@pytest.mark.parametrize("command", [f"images check --registry-only {FAR}", f"images push {FAR}"])
def test_a_registry_that_this_shell_cannot_enter_is_4(command: str, govcloud: Govcloud, two: Path) -> None:
    said = govcloud(*command.split(), "--country", str(two))
    assert (said.code, "GC-IMAGE-010" in said.err) == (4, True), said.err


def test_a_shell_without_any_cloud_is_what_this_machine_lacks(
    govcloud: Govcloud, two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KUBECONFIG")
    for command in ("drift", "verify", "up", f"cloud check {FAR}"):
        said = govcloud(*command.split(), "--country", str(two))
        assert (said.code, "GC-FLEET-003" in said.err) == (3, True), said.err


@pytest.mark.parametrize("command", ["validate", "explain h41", "drift", "review --save {file}/x", "schema {file}/x"])
def test_what_the_system_refuses_is_3_and_no_traceback(command: str, govcloud: Govcloud, two: Path) -> None:
    file = two / "country.yaml"
    at = [] if "{file}" in command else ["--country", "n" * 300]
    said = govcloud(*command.format(file=file).split(), *at)
    assert (said.code, "Traceback" in said.err) == (3, False), said.err
    assert "File name too long" in said.err or "Not a directory" in said.err or "File exists" in said.err


def test_a_folder_that_went_away_is_3(govcloud: Govcloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    monkeypatch.delenv("GOVCLOUD_COUNTRY", raising=False)
    (tmp_path / "gone").rmdir()
    said = govcloud("validate")
    assert (said.code, "GC-CLI-015" in said.err) == (3, True), said.err


COMPUTED: dict[str, set[int]] = {
    "128 + signal.SIGINT if interrupted else 1": {130, 1},
    "128 + ending.number": {130},  # or that of another signal, as the table says
    "_code(ending.__cause__ or ending)": {130, 1},
    "code": {0},  # of a command that ended by itself, or of a problem
    "ending.exit_code": set(),  # of `typer.Exit`
    "error.exit_code": set(),  # of a problem
    "refused.exit_code": set(),
}
"""How the command line computes its numbers, with those that stand nowhere else."""


def test_every_command_ends_with_a_number_of_the_table() -> None:
    ends = {kind.exit_code for kind in (GovCloudError, CloudError, EnvironmentProblem, UsageError)}
    computed = set()
    for written in _written():
        if isinstance(written, ast.Constant) and isinstance(written.value, int):
            ends.add(written.value)
        else:
            computed.add(ast.unparse(written))
    assert computed == COMPUTED.keys()
    ends = ends.union(*COMPUTED.values())
    assert {1, 2, 4, 141} <= ends <= EXIT_CODES.keys()


def _written() -> Iterator[ast.expr]:
    """Yield what stands in `typer.Exit(…)`, and within the command line in `sys.exit(…)` too."""
    for package in ("govcloud", "govcloud_local"):
        for file in (ROOT / "modules" / package).rglob("*.py"):
            text = file.read_text(encoding="utf-8")
            names = ("Exit", "exit") if file.is_relative_to(ROOT / "modules" / "govcloud" / "cli") else ("Exit",)
            for node in ast.walk(ast.parse(text)) if "xit(" in text else ():
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in names:
                    yield from (*node.args, *(keyword.value for keyword in node.keywords))
