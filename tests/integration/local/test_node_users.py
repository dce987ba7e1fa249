"""Pods under user numbers of their own: nobody of this machine is one of them, and none is another."""

from __future__ import annotations

import json
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest
from breakable_cloud import BreakableCloud
from port_bases import NODE_POLICY as BASE
from probe_image import PROBE, probe_of

from govcloud_local.node import user_limits, user_namespaces

pytestmark = pytest.mark.node

NUMBER = 65532
_INSTANCES = """
import ctypes
libc = ctypes.CDLL(None)
print(sum(libc.inotify_init() >= 0 for _ in range(1000)), flush=True)
import time
time.sleep(600)
"""


_VOLUMES = """
import os, pathlib
for folder in ("/disk", "/memory"):
    pathlib.Path(folder, "file").write_text("mine")
    print(pathlib.Path(folder, "file").read_text())
print(pathlib.Path("/words/word").read_text())
print(os.stat("/disk/file").st_uid)
token = pathlib.Path("/var/run/secrets/kubernetes.io/serviceaccount/token").read_text()
print("token" if len(token) > 100 else token)
"""


def _pod(name: str, *command: str, **spec: Any) -> dict[str, Any]:
    container = {
        "name": "main",
        "image": PROBE.reference,
        "imagePullPolicy": "IfNotPresent",
        "env": [{"name": "TOKEN", "value": f"secret of {name}"}],
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "volumeMounts": [{"name": name, "mountPath": f"/{name}"} for name in ("disk", "memory", "words")],
    }
    if command:
        container["command"] = list(command)
    volumes = [
        {"name": "disk", "emptyDir": {}},
        {"name": "memory", "emptyDir": {"medium": "Memory"}},
        {"name": "words", "configMap": {"name": "words"}},
    ]
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "users"},
        "spec": {
            "terminationGracePeriodSeconds": 0,
            "automountServiceAccountToken": True,
            "securityContext": {
                "runAsNonRoot": True,
                "runAsUser": NUMBER,
                "fsGroup": NUMBER,
                "seccompProfile": {"type": "RuntimeDefault"},
            },
            "containers": [
                container,
                {**container, "name": "second", "command": ["python3", "-c", "import time; time.sleep(3600)"]},
            ],
            "volumes": volumes,
            **spec,
        },
    }


def _text(manifest: dict[str, Any], cloud: BreakableCloud) -> str:
    return json.dumps(manifest).replace(PROBE.reference, probe_of(cloud.environment))


@pytest.fixture(scope="module")
def cloud(breakable: BreakableCloud, tmp_path_factory: pytest.TempPathFactory) -> BreakableCloud:
    """Bring a full cloud up with two pods of the same number; every other process of the machine stays outside."""
    if refused := user_namespaces.missing(Path.home()):
        pytest.skip(f"this machine cannot: {refused}")
    breakable.up(BASE, "full")
    labels = {"pod-security.kubernetes.io/enforce": "restricted"}
    words = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "words", "namespace": "users"}}
    items = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "users", "labels": labels}},
        {**words, "data": {"word": "read"}},
        _pod("one"),
        _pod("two"),
        _pod("greedy", "python3", "-c", _INSTANCES),
    ]
    file = tmp_path_factory.mktemp("manifests") / "all.json"
    file.write_text(_text({"apiVersion": "v1", "kind": "List", "items": items}, breakable))
    breakable.kubectl("apply", "--filename", str(file))
    breakable.kubectl("wait", "pod", "--all", "--namespace=users", "--for=condition=Ready", "--timeout=90s")
    return breakable


def _process(name: str) -> Path:
    """Return the folder in /proc of the first process of a pod's main container, found by its environment."""
    for process in Path("/proc").glob("[0-9]*"):
        try:
            variables = (process / "environ").read_bytes().split(b"\0")
            if f"TOKEN=secret of {name}".encode() in variables and b"sleep" not in (process / "cmdline").read_bytes():
                return process
        except OSError:
            continue
    raise AssertionError(f"{name} does not run")


def _number(process: Path) -> int:
    return process.stat().st_uid


def _as(number: int, *command: str) -> int:
    identity = ["setpriv", f"--reuid={number}", f"--regid={number}", "--clear-groups", "--no-new-privs"]
    return subprocess.run([*identity, "--", *command], capture_output=True, check=False).returncode


def test_each_pod_has_numbers_that_nobody_else_has(cloud: BreakableCloud) -> None:
    ranges = {}
    for name in ("one", "two"):
        process = _process(name)
        inside, outside, count = map(int, (process / "uid_map").read_text().split())
        assert (inside, count) == (0, 65536)
        assert _number(process) == outside + NUMBER
        ranges[name] = outside
    assert ranges["one"] != ranges["two"]
    assert min(ranges.values()) >= 65536, "users of the machine"
    assert _said(cloud, "import os; print(os.getuid())") == [str(NUMBER)]


def test_a_user_of_the_machine_with_the_same_number_gets_nothing(cloud: BreakableCloud) -> None:
    process = _process("one")
    for file in ("environ", "maps", "mem", "root/etc/passwd"):
        assert _as(NUMBER, "head", "-c1", str(process / file)) != 0, file
    assert _as(NUMBER, "kill", "-0", process.name) != 0
    mine = _number(process)
    assert _as(mine, "kill", "-0", process.name) == 0, "the same question, asked by the pod's own user"
    assert process.exists()


def test_nor_does_he_end_daemons_of_the_platform(cloud: BreakableCloud) -> None:
    names = [p for p in Path("/proc").glob("[0-9]*") if _command(p).startswith("/coredns")]
    ours = [p for p in names if str(cloud.state) in _mounts(p)]
    assert ours
    for process in ours:
        assert _number(process) >= 65536
        assert _as(NUMBER, "kill", f"-{signal.SIGTERM.value}", process.name) != 0


def test_volumes_belong_to_the_pod(cloud: BreakableCloud) -> None:
    for container in ("main", "second"):
        assert _said(cloud, _VOLUMES, container) == ["mine", "mine", "read", str(NUMBER), "token"]


def test_one_pod_does_not_take_what_the_kernel_has_for_a_user(cloud: BreakableCloud) -> None:
    greedy = int(cloud.kubectl("logs", "greedy", "--container=main", "--namespace=users"))
    assert greedy == user_limits.INSTANCES
    program = "import ctypes; print(ctypes.CDLL(None).inotify_init() >= 0)"
    assert _said(cloud, program) == ["True"]


def test_only_what_a_pod_does_not_say_is_filled_in(cloud: BreakableCloud, tmp_path: Path) -> None:
    """Who may ask for the users of the machine is decided by admission, for tenants nobody."""
    file = tmp_path / "pod.json"
    for said, found in (({}, False), ({"hostUsers": False}, False), ({"hostUsers": True}, True)):
        file.write_text(_text(_pod("asked", **said), cloud))
        made = cloud.kubectl("create", "--dry-run=server", "--output=json", "--filename", str(file))
        assert json.loads(made)["spec"]["hostUsers"] is found


def _said(cloud: BreakableCloud, program: str, container: str = "main") -> list[str]:
    """Run a program in a container of the pod `one`; return the words that it prints."""
    place = ["one", f"--container={container}", "--namespace=users"]
    return cloud.kubectl("exec", *place, "--", "python3", "-c", program).split()


def _command(process: Path) -> str:
    try:
        return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def _mounts(process: Path) -> str:
    try:
        return (process / "mountinfo").read_text()
    except OSError:
        return ""
