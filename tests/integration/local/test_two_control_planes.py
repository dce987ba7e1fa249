"""Two clouds of one country in one run: each by its own connection, and one that falls silent silences no other.

The second is nobody's offer to this machine: its auditor and tenants are seen by impersonation, and its keys are named
after it.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from breakable_cloud import BreakableCloud
from embedded_cloud import Cloud
from port_bases import FOOTPRINT, REFUSALS

from govcloud.folders import project_root

pytestmark = pytest.mark.cloud

NEAR, FAR, FAR_CONTEXT = "cgc-hn1", "agc-hcm1", "agc-hcm"
STACKS = [f"cluster.{NEAR}", f"cluster.{FAR}", "tenant.h41", "tenant.g09-20"]
LIST_BUCKETS = "import boto3; print(*(row['Name'] for row in boto3.client('s3').list_buckets()['Buckets']))"


@dataclass(frozen=True)
class Pair:
    """A country on two clouds, and a shell that reaches both."""

    near: BreakableCloud
    far: BreakableCloud
    shell: Cloud
    folder: Path

    def govcloud(self, *arguments: str, check: bool = False, **extra: str) -> tuple[int, str, str]:
        """Return exit code and what was said of a command on the country."""
        done = self.shell.govcloud(*arguments, "--country", str(self.folder), check=check, **extra)
        return done.returncode, done.stdout, done.stderr


@pytest.fixture(scope="module")
def pair(breakable: BreakableCloud, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    """Bring two control planes up and provision the clusters and one tenant on each, in one run."""
    folder, state = tmp_path_factory.mktemp("country") / "vn", tmp_path_factory.mktemp("far") / "state"
    shutil.copytree(project_root() / "tests" / "fixtures" / "country", folder)
    cloud = (folder / "clouds" / f"{NEAR}.yaml").read_text(encoding="utf-8")
    cloud = cloud.replace(f"name: {NEAR}", f"name: {FAR}").replace("govcloud-local", FAR_CONTEXT)
    cloud = cloud.replace("AWS_ENDPOINT_URL_S3", "GOVCLOUD_AGC_HCM1_AWS_ENDPOINT_URL_S3")
    (folder / "clouds" / f"{FAR}.yaml").write_text(cloud, encoding="utf-8")
    tenant = folder / "tenants" / "g09-20" / "tenant.yaml"
    tenant.write_text(tenant.read_text(encoding="utf-8").replace(NEAR, FAR), encoding="utf-8")
    far = BreakableCloud(state, {**breakable.environment, "GOVCLOUD_STATE": str(state)})
    try:
        far.up(REFUSALS)
        breakable.up(FOOTPRINT)
        joined = folder.parent / "far-kubeconfig"
        joined.write_text(_renamed(Path(far.environment["KUBECONFIG"])))
        named = {
            f"GOVCLOUD_AGC_HCM1_{name.removeprefix('GOVCLOUD_')}": value
            for name, value in far.environment.items()
            if name.startswith(("AWS_", "GOVCLOUD_SEAWEEDFS_"))
        }
        files = os.pathsep.join([breakable.environment["KUBECONFIG"], str(joined)])
        shell = Cloud(breakable.state, {**breakable.environment, **named, "KUBECONFIG": files})
        made = Pair(breakable, far, shell, folder)
        made.govcloud("up", *STACKS, check=True)
        yield made
    finally:
        far.govcloud("local", "reset", "--yes")


def _renamed(kubeconfig: Path) -> str:
    """Return a kubeconfig with names of its own: of files that are joined the first to name a thing wins."""
    document = yaml.safe_load(kubeconfig.read_text(encoding="utf-8"))
    for kind in ("clusters", "users", "contexts"):
        (entry,) = document[kind]
        entry["name"] = FAR_CONTEXT
    document["contexts"][0]["context"] = {"cluster": FAR_CONTEXT, "user": FAR_CONTEXT}
    return yaml.safe_dump({**document, "current-context": FAR_CONTEXT})


def test_each_cloud_gets_what_is_its_own(pair: Pair) -> None:
    near, far = (
        cloud.run("python", "-W", "ignore", "-c", LIST_BUCKETS).stdout.split() for cloud in (pair.near, pair.far)
    )
    assert "vn-h41-prod-records" in near or any(name.startswith("vn-h41-") for name in near)
    assert any(name.startswith("vn-g09-20-") for name in far)
    assert not any(name.startswith("vn-g09-20-") for name in near)
    assert not any(name.startswith("vn-h41-") for name in far)
    code, out, err = pair.govcloud("drift", *STACKS)
    assert (code, out) == (0, "0 differences in 4 stacks\n"), err
    assert f"Cloud {NEAR}: " in err and f"Cloud {FAR}: " in err and f"context {FAR_CONTEXT}" in err


def test_a_cluster_that_nobody_here_brought_is_examined_by_impersonation(pair: Pair) -> None:
    checks = ("TEN-04.escalation", "TEN-01.rights", "STO-01.rights", "STO-01.delivery")
    code, out, err = pair.govcloud("verify", *checks, "--tenant", "g09-20", "--format", "json")
    found = json.loads(out)
    verdicts = {(row["cloud"], row["id"], row["subject"]): row["verdict"] for row in found["results"]}
    assert verdicts == dict.fromkeys([(FAR, check, "g09-20") for check in checks], "PASS"), out + err
    (escalation,) = (row for row in found["results"] if row["id"] == "TEN-04.escalation")
    tried = [f["reason"]["en"] for f in escalation["findings"] if f["name"]["en"].startswith("impersonate")]
    assert len(tried) == 5 and set(tried) == {"refused by authorisation"}
    assert (code, found["left_out"], found["unreached"]) == (0, 0, [])


def test_the_platforms_keys_of_one_store_are_never_used_for_another(pair: Pair) -> None:
    code, _, err = pair.govcloud("drift", "tenant.g09-20", GOVCLOUD_AGC_HCM1_AWS_ACCESS_KEY_ID="")
    assert code == 4
    assert "GC-STORE-002" in err and "GOVCLOUD_AGC_HCM1_AWS_ACCESS_KEY_ID" in err


def test_a_cloud_that_falls_silent_stops_its_own_stacks_alone(pair: Pair) -> None:
    quota = ("resourcequota", "zone", "-n", "h41-prod-srv")
    pair.near.kubectl("patch", *quota, "--type=merge", "-p", '{"spec":{"hard":{"pods":"999"}}}')
    pair.far.govcloud("local", "down")
    code, out, err = pair.govcloud("drift", *STACKS)
    assert code == 4
    assert "tenant.h41: h41-prod-srv/ResourceQuota/zone spec.hard.pods: declared" in out
    assert "1 difference in 2 stacks" in out
    assert "GC-DRIFT-001" in err and FAR in err
    code, out, _ = pair.govcloud("drift", *STACKS, "--format", "json")
    assert code == 4
    told = json.loads(out)
    assert not told["complete"] and {row["cloud"]: row["examined"] for row in told["clouds"]} == {
        NEAR: True,
        FAR: False,
    }
    assert {stack: rows is None for stack, rows in told["stacks"].items()} == {
        f"cluster.{NEAR}": False,
        f"cluster.{FAR}": True,
        "tenant.h41": False,
        "tenant.g09-20": True,
    }
    code, out, err = pair.govcloud("verify", "TEN-01.rights", "--agency", "G09", "--tenant", "h41", "--format", "json")
    found = json.loads(out)
    assert (code, found["verdict"], found["unreached"]) == (4, "ERROR", [FAR])
    assert {row["cloud"] for row in found["results"]} == {NEAR}
    assert {row["subject"] for row in found["results"]} == {"h41", "g09"}
    assert found["left_out"] == 1
    code, out, err = pair.govcloud("up", *STACKS)
    assert code == 4
    assert "GC-DRIFT-001" in err and FAR in err
    assert "as declared" in out and "tenant.h41" in out
    assert pair.govcloud("drift", "tenant.h41")[:2] == (0, "0 differences in 1 stacks\n")
