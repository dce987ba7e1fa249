"""Policy packs and Python providers, started by the language host for the real CLI."""

from __future__ import annotations

import json

import pytest
from workbench import Workbench

pytestmark = pytest.mark.toolchain

PROVIDER = """
import sys
from pulumi.provider.experimental.provider import (
    CheckResponse, CreateResponse, Provider,
)
from pulumi.provider.experimental.property_value import PropertyValue
from pulumi.provider.experimental.server import main


class Register(Provider):
    async def check(self, request):
        return CheckResponse(inputs=request.new_inputs, failures=[])

    async def create(self, request):
        seen = {"seen": PropertyValue("yes")}
        return CreateResponse(resource_id="plot-1", properties=dict(request.properties) | seen)

    async def delete(self, request):
        return None


main(sys.argv[1:], "1.0.0", Register())
"""

PROGRAM = """
import pulumi

class Plot(pulumi.CustomResource):
    seen: pulumi.Output[str]
    def __init__(self, name, owner, opts=None):
        super().__init__("register:index:Plot", name, {"owner": owner, "seen": None}, opts)

pulumi.export("seen", Plot("plot", "h41").seen)
"""

PACK = """
from pulumi_policy import EnforcementLevel, PolicyPack, ResourceValidationPolicy

def owned(args, report):
    if args.resource_type == "register:index:Plot" and args.props["owner"] != "h41":
        report("every plot is owned by h41, not " + args.props["owner"])

PolicyPack(
    "bench",
    enforcement_level=EnforcementLevel.MANDATORY,
    policies=[ResourceValidationPolicy("owned", "Plots have the right owner", owned)],
)
"""


@pytest.fixture
def register(bench: Workbench) -> Workbench:
    """A project with a Python provider beside it and a policy pack."""
    bench.write("provider/PulumiPlugin.yaml", "{runtime: {name: python, options: {virtualenv: ../.venv}}}")
    bench.write("provider/__main__.py", PROVIDER)
    bench.write("pack/PulumiPolicy.yaml", "{runtime: {name: python, options: {virtualenv: ../.venv}}, version: 1.0.0}")
    bench.write("pack/__main__.py", PACK)
    bench.write(
        "Pulumi.yaml",
        """
        name: bench
        main: stacks
        runtime: {name: python, options: {virtualenv: .venv}}
        plugins:
          providers:
            - {name: register, path: provider}
        """,
    )
    bench.program(PROGRAM)
    return bench


def test_a_python_provider_creates_and_deletes(register: Workbench) -> None:
    assert "2 created" in register.done("up", "--yes")
    assert json.loads(register.done("stack", "output", "--json")) == {"seen": "yes"}
    assert "2 unchanged" in register.done("up", "--yes", "--expect-no-changes")
    assert "2 deleted" in register.done("destroy", "--yes")
    assert register.processes() == []


def test_a_policy_pack_passes_what_is_right(register: Workbench) -> None:
    # PYTHONUNBUFFERED would hide that the policy server never flushes its port: the fixture doesn't set it.
    assert "PYTHONUNBUFFERED" not in register.environment
    shown = register.done("up", "--yes", "--policy-pack", "pack")
    assert "bench@v1.0.0 (local: pack)" in shown
    assert "2 created" in shown
    assert register.processes() == []


def test_a_mandatory_violation_stops_the_run(register: Workbench) -> None:
    register.program(PROGRAM.replace('"h41"', '"h26"'))
    result = register.run("up", "--yes", "--policy-pack", "pack")
    assert result.returncode == 1
    assert "every plot is owned by h41, not h26" in result.stdout
    assert "KeyboardInterrupt" not in result.stdout + result.stderr
    assert register.processes() == []


def test_a_policy_pack_that_cannot_be_loaded_says_why(register: Workbench) -> None:
    register.write("pack/__main__.py", "import there_is_no_such_policy\n")
    result = register.run("preview", "--policy-pack", "pack")
    assert result.returncode != 0
    assert "there_is_no_such_policy" in result.stdout + result.stderr


def test_a_plugin_without_its_virtual_environment_says_how_to_make_it(register: Workbench) -> None:
    register.write("provider/PulumiPlugin.yaml", "runtime: python\n")
    result = register.run("preview")
    assert result.returncode != 0
    shown = result.stdout + result.stderr
    assert "GC-PULUMI-001" in shown
    assert "provider/venv" in shown
