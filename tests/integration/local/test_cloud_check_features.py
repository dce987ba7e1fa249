"""API servers that lack a feature are found out, and an examination that ends badly leaves nothing for long."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml
from breakable_cloud import BreakableCloud
from port_bases import NODE_POLICY as BASE

from govcloud.folders import project_root
from govcloud_local import settings

pytestmark = pytest.mark.cloud

CLOUD = "cgc-hn1"
CHECK = ("cloud", "check", CLOUD, "--format", "json")
SPARE = BASE + 45
"""Port of a second API server beside the cloud's own."""
KINDS = "namespaces,validatingadmissionpolicies,validatingadmissionpolicybindings"


@pytest.fixture(scope="module")
def running(breakable: BreakableCloud) -> BreakableCloud:
    """Bring a control plane up."""
    breakable.up(BASE)
    return breakable


def left(cloud: BreakableCloud) -> list[str]:
    """Return what examinations left."""
    return [name for name in cloud.kubectl("get", KINDS, "--output=name").split() if "examination" in name]


def examined(cloud: BreakableCloud, code: int = 1, **extra: str) -> dict[str, dict[str, Any]]:
    result = cloud.govcloud(*CHECK, check=False, **extra)
    assert result.returncode == code, result.stdout + result.stderr
    assert left(cloud) == []
    return {row["name"]: row for row in json.loads(result.stdout)["capabilities"]}


@contextmanager
def another_server(cloud: BreakableCloud, folder: Path, *flags: str) -> Iterator[str]:
    """Run a second API server over the same objects with other flags; give a kubeconfig that leads to it."""
    pid = cloud.status()[1]["kube-apiserver"]["pid"]
    own = Path(f"/proc/{pid}/cmdline").read_bytes().decode().rstrip("\0").split("\0")
    changed = ("--secure-port=", "--audit-log-path=")
    words = [word for word in own if not word.startswith(changed)]
    words += [f"--secure-port={SPARE}", f"--audit-log-path={folder / 'audit.log'}", *flags]
    found = settings.load(cloud.state)
    assert found is not None
    config = yaml.safe_load(found.kubeconfig.read_text(encoding="utf-8"))
    config["clusters"][0]["cluster"]["server"] = f"https://127.0.0.1:{SPARE}"
    file = folder / "kubeconfig"
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
    file.chmod(0o600)
    log = folder / "log"
    with log.open("w", encoding="utf-8") as stream, subprocess.Popen(words, stdout=stream, stderr=stream) as server:
        try:
            deadline = time.monotonic() + 60
            ready = ("get", "--raw=/readyz", f"--kubeconfig={file}")
            while "ok" not in cloud.kubectl(*ready, check=False)[:2]:
                assert server.poll() is None and time.monotonic() < deadline, log.read_text(encoding="utf-8")[-3000:]
                time.sleep(0.3)
            yield str(file)
        finally:
            server.terminate()


@contextmanager
def begun(cloud: BreakableCloud, spaces: int = 4) -> Iterator[subprocess.Popen[str]]:
    """Start an examination and wait until it has made so many of its namespaces, all by default."""
    words = [sys.executable, "-m", "govcloud", *CHECK]
    # a group of its own, so that nobody else is interrupted with it
    with subprocess.Popen(
        words,
        cwd=project_root(),
        env=cloud.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    ) as running:
        deadline = time.monotonic() + 60
        while len(left(cloud)) < spaces:
            assert running.poll() is None and time.monotonic() < deadline
            time.sleep(0.05)
        yield running


def _states(found: dict[str, dict[str, Any]], names: Sequence[str]) -> list[str]:
    return [found[name]["state"] for name in names]


@pytest.mark.parametrize("spaces", [1, 4], ids=["while it makes namespaces", "while it looks"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["Ctrl-C", "SIGTERM"])
def test_an_interrupted_examination_leaves_nothing(
    running: BreakableCloud, spaces: int, number: signal.Signals, code: int
) -> None:
    with begun(running, spaces) as examination:
        os.killpg(examination.pid, number)
        _, said = examination.communicate(timeout=90)
    assert left(running) == []
    assert (examination.returncode, "Traceback" in said, "nothing is left behind" in said) == (code, False, True), said


def test_whoever_interrupts_again_and_again_while_it_clears_up_hastens_nothing(running: BreakableCloud) -> None:
    with begun(running) as examination:
        while examination.poll() is None:
            os.killpg(examination.pid, signal.SIGINT)
            time.sleep(0.05)
        _, said = examination.communicate(timeout=90)
    assert left(running) == []
    assert (examination.returncode, "Traceback" in said) == (130, False), said


def test_a_control_plane_alone_runs_no_pods_and_a_killed_run_is_cleared_up(running: BreakableCloud) -> None:
    other = "govcloud-examination-of-somebody"
    running.kubectl("create", "namespace", other)
    with begun(running) as examination:
        os.killpg(examination.pid, signal.SIGKILL)
    killed = set(left(running)) - {f"namespace/{other}"}
    assert len(killed) >= 4
    result = running.govcloud(*CHECK, check=False)
    assert result.returncode == 1
    # Only what the killed run made has gone: a name alone makes nothing ours.
    assert left(running) == [f"namespace/{other}"]
    running.kubectl("delete", "namespace", other)
    found = {row["name"]: row for row in json.loads(result.stdout)["capabilities"]}
    assert found["nodes"]["state"] == "lacking"
    assert "pods cannot run here" in found["nodes"]["findings"][0]["said"]["en"]
    needing_pods = ("network-ingress", "network-egress", "network-start", "dns-domain", "store-pods")
    assert set(_states(found, needing_pods)) == {"unknown"}
    assert all(found[name]["missed"] for name in ("nodes", *needing_pods))
    features = ("server-version", "server-side-apply", "admission-policies", "pod-security", "quota")
    beside = ("store-here", "clock", "rights-platform", "rights-auditor")
    assert set(_states(found, (*features, *beside))) == {"found"}


def test_a_cloud_that_declares_no_images_is_examined_and_told_what_that_means(
    running: BreakableCloud, tmp_path: Path
) -> None:
    country = tmp_path / "vn"
    shutil.copytree(project_root() / "stacks" / "vn", country)
    file = country / "clouds" / f"{CLOUD}.yaml"
    declared = yaml.safe_load(file.read_text(encoding="utf-8"))
    del declared["spec"]["images"]
    file.write_text(yaml.safe_dump(declared, allow_unicode=True), encoding="utf-8")
    result = running.govcloud(*CHECK, "--country", str(country), check=False)
    assert (result.returncode, left(running)) == (1, []), result.stdout + result.stderr
    found = {row["name"]: row for row in json.loads(result.stdout)["capabilities"]}
    assert _states(found, ("registry-here", "registry-node")) == ["lacking"] * 2
    assert "declare images.registry" in found["registry-here"]["findings"][0]["fix"]["en"]
    assert "GC-" not in result.stderr and "Traceback" not in result.stderr
    # What needs a gateway's image to know what to ask for says so; all else was looked at.
    assert _states(found, ("rights-platform", "rights-auditor")) == ["unknown"] * 2
    assert _states(found, ("server-version", "admission-policies", "quota", "store-here")) == ["found"] * 4


def test_admission_that_was_switched_off_is_found_lacking(running: BreakableCloud, tmp_path: Path) -> None:
    off = "--disable-admission-plugins=ValidatingAdmissionPolicy,PodSecurity,ResourceQuota"
    with another_server(running, tmp_path, off) as kubeconfig:
        found = examined(running, KUBECONFIG=kubeconfig)
    assert _states(found, ("admission-policies", "pod-security", "quota")) == ["lacking"] * 3
    assert found["admission-policies"]["findings"][0]["said"]["en"].endswith("refused nothing")
    assert _states(found, ("server-version", "server-side-apply")) == ["found"] * 2


def test_policies_that_are_not_served_refuse_every_tenant_before_a_run(running: BreakableCloud, tmp_path: Path) -> None:
    plugins = "ValidatingAdmissionPolicy,MutatingAdmissionPolicy,ValidatingAdmissionWebhook,MutatingAdmissionWebhook"
    flags = ("--runtime-config=admissionregistration.k8s.io/v1=false", f"--disable-admission-plugins={plugins}")
    with another_server(running, tmp_path, *flags) as kubeconfig:
        refused = running.govcloud("up", "tenant.h41", check=False, KUBECONFIG=kubeconfig)
    assert refused.returncode == 1
    assert "GC-CLOUD-010: tenant h41 is refused on cloud cgc-hn1" in refused.stderr
    assert "does not serve ValidatingAdmissionPolicy v1" in refused.stderr


def test_a_cloud_out_of_reach_is_no_cloud_that_lacks(running: BreakableCloud, tmp_path: Path) -> None:
    found = settings.load(running.state)
    assert found is not None
    config = yaml.safe_load(found.kubeconfig.read_text(encoding="utf-8"))
    config["clusters"][0]["cluster"]["server"] = f"https://127.0.0.1:{SPARE}"
    file = tmp_path / "kubeconfig"
    file.write_text(yaml.safe_dump(config), encoding="utf-8")
    result = running.govcloud(*CHECK, check=False, KUBECONFIG=str(file))
    assert result.returncode == 4
    assert "GC-CLOUD-011" in result.stderr and "Traceback" not in result.stderr
