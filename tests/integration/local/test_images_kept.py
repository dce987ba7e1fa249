"""SUP-01 where it comes late: what was admitted before it may go on, also containers for debugging; nothing new may."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from breakable_cloud import BreakableCloud
from port_bases import NODE_POLICY as BASE
from probe_image import PROBE

from govcloud.audit import workload
from govcloud.country import controls
from govcloud.country.law_folder import PROJECT_LAW
from govcloud.model import names
from govcloud.render import admission

pytestmark = pytest.mark.cloud

SPACE, POD = "x99-prod-srv", "before"
TAG, OTHER = "elsewhere.example/debugger:1", "elsewhere.example/debugger:2"


@pytest.fixture(scope="module")
def running(breakable: BreakableCloud) -> BreakableCloud:
    """Bring a control plane up with a tenant's namespace and, in it, a pod from before the policy."""
    breakable.up(BASE)
    level = controls.in_force(PROJECT_LAW)["SUP-01"].string("level_label")
    labels = {names.label("managed-by"): names.MANAGED_BY, level: "5"}
    _make(breakable, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE, "labels": labels}})
    _make(
        breakable, {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "default", "namespace": SPACE}}
    )
    pod = workload.hardened_pod(PROBE)
    _make(breakable, {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": POD, "namespace": SPACE}, "spec": pod})
    assert _debugged(breakable, "first", TAG) == ""
    registry = PROBE.reference.partition("/")[0]
    for manifest in admission.policies(registries=[registry]):
        if manifest["metadata"]["name"] == "govcloud-pods":
            _make(breakable, manifest)
    deadline = time.monotonic() + 30
    while "SUP-01" not in _debugged(breakable, "refused", OTHER, "--dry-run=server"):
        assert time.monotonic() < deadline
        time.sleep(0.3)
    return breakable


def _make(cloud: BreakableCloud, manifest: dict[str, Any]) -> None:
    file = cloud.state / "made.json"
    file.write_text(json.dumps(manifest), encoding="utf-8")
    cloud.kubectl("apply", "--server-side", f"--filename={file}")


def _debugged(cloud: BreakableCloud, name: str, image: str, *options: str) -> str:
    """Put a container for debugging into the pod; return why that was refused, nothing where it was not."""
    container = workload.container(PROBE) | {"name": name, "image": image}
    container.pop("resources", None)
    patch = json.dumps({"spec": {"ephemeralContainers": [container]}})
    words = ("patch", "pod", POD, f"--namespace={SPACE}", "--subresource=ephemeralcontainers", f"--patch={patch}")
    result = cloud.run("kubectl", *words, *options, check=False)
    return result.stderr


def test_a_pod_with_a_container_for_debugging_from_before_can_still_be_changed(running: BreakableCloud) -> None:
    running.kubectl("label", "pod", POD, f"--namespace={SPACE}", "looked-at=yes")


def test_what_was_admitted_before_may_be_debugged_with_again_and_with_nothing_new(running: BreakableCloud) -> None:
    assert _debugged(running, "second", TAG) == ""
    assert "SUP-01" in _debugged(running, "third", OTHER)
