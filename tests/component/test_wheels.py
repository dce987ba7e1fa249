"""What is installed from wheels works where no checkout is near: it brings its law along, but no cloud."""

from __future__ import annotations

import dataclasses
import datetime
import json
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from installed_product import Product, build_wheels, installed, uv

ROOT = Path(__file__).parents[2]
COUNTRY = ROOT / "tests" / "fixtures" / "country"
KUBECONFIG = """\
apiVersion: v1
kind: Config
clusters: [{name: c, cluster: {server: "https://127.0.0.1:1"}}]
contexts: [{name: govcloud-local, context: {cluster: c}}]
"""
DAY = datetime.date(2026, 11, 22).isoformat()


@dataclass(frozen=True)
class Installation:
    """An environment into which wheels were installed, and a folder with a country, both far from any checkout."""

    bin: Path
    home: Path
    below: str = ""
    """Folder of the home in which commands run."""

    def govcloud(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        """Run the installed program as somebody does who has nothing else."""
        environment = {"PATH": os.defpath, "HOME": str(self.home), "GOVCLOUD_LANG": "en", **more}
        return subprocess.run(
            [self.bin / "govcloud", *words],
            cwd=self.home / self.below,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All packages of the workspace, each built from its source distribution, as they are published."""
    return build_wheels(tmp_path_factory.mktemp("wheels"))


@pytest.fixture(scope="module")
def product(wheels: Path, tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """The product without the embedded cloud, in an environment of its own; other packages as they are locked."""
    folder = tmp_path_factory.mktemp("installed")
    made = installed(folder, wheels)
    shutil.copytree(COUNTRY, folder / "home" / "country")
    return Installation(made.bin, folder / "home")


def test_each_package_is_published_whole_and_apart(wheels: Path) -> None:
    for package in ("govcloud", "govcloud_base", "govcloud_local", "govcloud_offline"):
        with zipfile.ZipFile(next(wheels.glob(f"{package}-*.whl"))) as wheel:
            names = wheel.namelist()
            licence = wheel.read(next(name for name in names if name.endswith("licenses/LICENSE")))
        assert licence == (ROOT / "LICENSE").read_bytes()
        assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {package}
        held = {name.removeprefix(f"{package}/") for name in names}
        tracked = {str(file.relative_to(ROOT / "modules" / package)) for file in _modules(ROOT / "modules" / package)}
        assert tracked <= held
        if package == "govcloud":
            data = (ROOT / "modules" / package / "founding").rglob("*.in")
            assert {str(file.relative_to(ROOT / "modules" / package)) for file in data} <= held
            assert {f"docs/forges/{file.name}" for file in (ROOT / "docs" / "forges").iterdir()} <= held
        assert not {"hatch_build.py", "pyproject.toml", "LICENSE"} & held


def _modules(package: Path) -> list[Path]:
    return [file for file in package.rglob("*.py") if file.name != "hatch_build.py"]


def test_the_product_alone_judges_and_renders_a_country(product: Installation) -> None:
    assert product.govcloud("--version").stdout == "govcloud 0.1.0\n"
    judged = product.govcloud("validate", "country", "--date", DAY)
    assert (judged.returncode, judged.stderr) == (0, ""), judged
    for stack in ("cluster.cgc-hn1", "tenant.h41"):
        options = ("--format", "json", "--date", DAY)
        rendered = product.govcloud("render", stack, *options, "--country", "country")
        here = subprocess.run(
            [Path(sys.executable).with_name("govcloud"), "render", stack, *options, "--country", COUNTRY],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        assert rendered.returncode == 0, rendered.stderr
        assert json.loads(rendered.stdout) == json.loads(here.stdout)


def test_without_the_embedded_cloud_its_command_is_not_there(product: Installation) -> None:
    refused = product.govcloud("local", "status")
    assert refused.returncode == 2
    assert "GC-CLI-006" in refused.stderr and "local" not in refused.stderr.partition("allowed:")[2].split("\n")[0]
    assert "fix: run `pip install 'govcloud[local]'`" in refused.stderr
    nothing = product.govcloud("up", "--country", "country")
    assert nothing.returncode == 3
    assert "GC-FLEET-003" in nothing.stderr


@pytest.mark.parametrize("words", [("up",), ("destroy", "tenant.h41")])
def test_a_country_without_a_project_is_told_how_to_get_one(product: Installation, words: tuple[str, ...]) -> None:
    """An engine that searched for a Pulumi program would say so in its way."""
    config, tenant = product.home / "kubeconfig.yaml", product.home / "removed" / "tenants" / "h41" / "tenant.yaml"
    shutil.copytree(COUNTRY, product.home / "removed", dirs_exist_ok=True)
    if words[0] == "destroy":
        tenant.write_text(tenant.read_text().replace("state: active", "state: removed"))
    config.write_text(KUBECONFIG)
    refused = product.govcloud(*words, "--country", "removed", KUBECONFIG=str(config))
    assert (refused.returncode, "GC-FLEET-006" in refused.stderr) == (3, True), refused.stderr
    assert "govcloud init DIR" in refused.stderr


def test_a_country_of_ones_own_is_begun_and_used_with_no_checkout_near(product: Installation, wheels: Path) -> None:
    begun = product.govcloud("init", "own", "--context", "govcloud-local", "--law", "own", "--wheels", str(wheels))
    assert (begun.returncode, begun.stderr) == (0, ""), begun
    refused = product.govcloud("init", "own", GOVCLOUD_LANG="vi")
    assert (refused.returncode, "GC-INIT-001" in refused.stderr) == (2, True)
    own = product.home / "own"
    below = dataclasses.replace(product, below="own/stacks/vn/tenants")
    for place, option in ((product, ("--country", "own")), (below, ())):
        judged = place.govcloud("validate", *option)
        assert (judged.returncode, judged.stderr) == (0, ""), judged
        assert "0 errors, 0 warnings" in judged.stdout
        for stack in ("cluster.cgc-1", "tenant.g90", "segment.tsl-g90", "platform.lgsp-g90"):
            rendered = place.govcloud("render", stack, *option, "--format", "json")
            assert rendered.returncode == 0 and json.loads(rendered.stdout), rendered.stderr
    config = product.home / "kubeconfig-of-own.yaml"
    config.write_text(KUBECONFIG)
    for words in (("up",), ("up", "tenant.g90")):
        short = below.govcloud(*words, KUBECONFIG=str(config))
        assert (short.returncode, "GC-FLEET-001" in short.stderr) == (3, True), "all but Pulumi and its state is there"
    # What was begun can be installed as it is locked.
    locked = ("pip", "install", "--dry-run", "--python", str(product.bin.parent), "--require-hashes", "--no-deps")
    uv(*locked, "--find-links", str(wheels), "-r", str(own / "govcloud.txt"))
    uv(*locked, "-r", str(own / "requirements.txt"))


def test_the_lock_of_a_project_is_that_of_the_workspace() -> None:
    """`uv export ... > modules/govcloud/founding/requirements.txt`, with these words, brings it to date."""
    words = "export --quiet --frozen --package govcloud --no-emit-workspace --no-dev --no-header --no-annotate"
    assert uv(*words.split()) == (ROOT / "modules/govcloud/founding/requirements.txt").read_text()


def test_the_embedded_cloud_adds_itself_and_brings_its_pins(product: Installation, wheels: Path) -> None:
    locked = product.home / "local.txt"
    export = ("export", "--quiet", "--frozen", "--package", "govcloud-local", "--no-emit-workspace", "--no-dev")
    uv(*export, "--no-hashes", "--output-file", str(locked))
    environment = product.bin.parent
    uv("pip", "install", "--quiet", "--python", str(environment), "-r", str(locked))
    Product(environment).add(wheels, "govcloud_offline", "govcloud_local")
    absent = product.govcloud("local", "status")
    assert (absent.returncode, "GC-LOCAL-009" in absent.stderr) == (3, True), absent.stderr
    seen = product.govcloud("local", "doctor", "--profile", "control-plane", "--format", "json")
    tools = {found["subject"]: found for found in json.loads(seen.stdout)["findings"] if found["area"] == "tool"}
    assert tools["kube-apiserver"]["state"] in ("later", "ok")
    assert tools["weed"]["state"] == "ok" or "pip install 'govcloud[local]'" in tools["weed"]["fix"]["en"]
    started = subprocess.run(
        [product.bin / "python", "-I", "-m", "govcloud_offline.host", "--version"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert started.stdout.strip()
