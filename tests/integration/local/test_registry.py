"""The registry of the embedded cloud: its node pulls from there, and nobody else gets in, or gets more than is his."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import os
import re
import signal
import socket
import ssl
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from breakable_cloud import BreakableCloud
from port_bases import NODE_POLICY as BASE
from probe_image import probe_of

from govcloud.images import Recipe, archive, build
from govcloud.images.credentials import Login
from govcloud.images.registry import Registry
from govcloud_local.daemons.process import Process
from govcloud_local.services import registry
from govcloud_local.settings import REGISTRY, Settings, load

pytestmark = pytest.mark.node

CLOUD = "cgc-hn1"
PORT = BASE + 20
_REACH = """\
import json, socket, sys
said = {}
for place in sys.argv[1:]:
    host, _, port = place.rpartition(":")
    try:
        socket.create_connection((host, int(port)), 2).close()
        said[place] = "open"
    except OSError as error:
        said[place] = "timed out" if isinstance(error, TimeoutError) else str(error.strerror)
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def cloud(breakable: BreakableCloud) -> BreakableCloud:
    """Bring a full cloud up."""
    breakable.up(BASE, "full")
    return breakable


@pytest.fixture
def mended(cloud: BreakableCloud) -> Iterator[BreakableCloud]:
    """Give the cloud, and repair it after a test broke something."""
    yield cloud
    cloud.up(BASE, "full")


def settings(cloud: BreakableCloud) -> Settings:
    found = load(cloud.state)
    assert found is not None
    return found


def trusting(cloud: BreakableCloud) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(registry.authority(settings(cloud))))


def asked(cloud: BreakableCloud, method: str, path: str, user: str = "", password: str = "") -> int:
    """Return the status that the registry answers on this machine."""
    connection = http.client.HTTPSConnection("127.0.0.1", PORT, context=trusting(cloud), timeout=5)
    word = base64.b64encode(f"{user}:{password}".encode()).decode()
    known = {"Authorization": f"Basic {word}"} if user or password else {}
    try:
        connection.request(method, path, headers={"Accept": archive.MANIFEST, **known})
        return connection.getresponse().status
    finally:
        connection.close()


def pod(cloud: BreakableCloud, name: str, image: str, *command: str) -> str:
    """Run a pod to its end, or until its image is refused; return what became of it: its phase, or why it waits."""
    container: dict[str, Any] = {"name": "main", "image": image, "imagePullPolicy": "Always", "command": list(command)}
    body = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {"restartPolicy": "Never", "terminationGracePeriodSeconds": 0, "containers": [container]},
    }
    cloud.kubectl("delete", "pod", name, "--ignore-not-found", "--wait")
    cloud.kubectl("create", f"--filename={_written(cloud, body)}")
    end = time.monotonic() + 60
    while time.monotonic() < end:
        status = json.loads(cloud.kubectl("get", "pod", name, "--output=json"))["status"]
        state = (status.get("containerStatuses") or [{}])[0].get("state") or {}
        waiting = state.get("waiting") or {}
        if waiting.get("reason") in ("ErrImagePull", "ImagePullBackOff"):
            return str(waiting["reason"] + ": " + waiting.get("message", ""))
        if status["phase"] in ("Succeeded", "Failed"):
            return str(status["phase"])
        time.sleep(0.2)
    pytest.fail(f"pod {name}: {status}")


def _written(cloud: BreakableCloud, *bodies: dict[str, Any]) -> Path:
    file = cloud.state.parent / "manifests.json"
    file.write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": bodies}))
    return file


def test_who_has_no_password_gets_in_nowhere(cloud: BreakableCloud) -> None:
    own = settings(cloud)
    right = registry.password(own, "puller")
    for path in ("/v2/", "/v2/_catalog", "/v2/probe/tags/list"):
        assert asked(cloud, "GET", path) == 401
        assert asked(cloud, "GET", path, "puller", "wrong") == 401
        assert asked(cloud, "GET", path, "", right) == 401
        assert asked(cloud, "GET", path, "nobody", right) == 401
    assert asked(cloud, "GET", "/v2/", "pusher", right) == 401
    assert asked(cloud, "GET", "/v2/", "puller", right) == 200


def test_the_nodes_user_reads_images_and_changes_nothing(cloud: BreakableCloud) -> None:
    own = settings(cloud)
    puller = ("puller", registry.password(own, "puller"))
    pusher = ("pusher", registry.password(own, "pusher"))
    assert asked(cloud, "POST", "/v2/other/blobs/uploads/", *pusher) == 202
    assert asked(cloud, "GET", "/v2/_catalog", *pusher) == 200
    digest = probe_of(cloud.environment).partition("@")[2]
    for method, path in [
        ("POST", "/v2/other/blobs/uploads/"),
        ("PUT", f"/v2/probe/manifests/{digest}"),
        ("DELETE", f"/v2/probe/manifests/{digest}"),
        ("GET", "/v2/_catalog"),
    ]:
        assert asked(cloud, method, path, *puller) == 401, (method, path)
    assert asked(cloud, "GET", f"/v2/probe/manifests/{digest}", *puller) == 200


def test_without_tls_or_with_another_authority_nothing_is_said(cloud: BreakableCloud) -> None:
    plain = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
    plain.request("GET", "/v2/")
    assert plain.getresponse().status == 400
    plain.close()
    other = ssl.create_default_context(cafile=str(cloud.state / "pki" / "kubernetes" / "ca.crt"))
    connection = http.client.HTTPSConnection("127.0.0.1", PORT, context=other, timeout=5)
    with pytest.raises(ssl.SSLCertVerificationError):
        connection.request("GET", "/v2/")
    connection.close()


@pytest.mark.parametrize("head", ["POST /v2/other/blobs/uploads/", "GET /nowhere"], ids=["refused", "not there"])
def test_who_has_no_password_does_not_keep_others_out(cloud: BreakableCloud, head: str) -> None:
    puller = ("puller", registry.password(settings(cloud), "puller"))
    request = f"{head} HTTP/1.1\r\nHost: {REGISTRY}\r\nContent-Length: 1000\r\n\r\n1"
    context = trusting(cloud)
    with ExitStack() as held:
        try:
            for _ in range(64):
                connection = held.enter_context(socket.create_connection(("127.0.0.1", PORT), 5))
                stream = held.enter_context(context.wrap_socket(connection, server_hostname="127.0.0.1"))
                stream.sendall(request.encode())
        except TimeoutError:
            pass  # with what others keep open it is full already
        with pytest.raises(TimeoutError):
            asked(cloud, "GET", "/v2/", *puller)
        time.sleep(8)
        assert asked(cloud, "GET", "/v2/", *puller) == 200


def test_a_slow_push_and_a_slow_pull_are_not_broken_off(cloud: BreakableCloud) -> None:
    connection = http.client.HTTPSConnection("127.0.0.1", PORT, context=trusting(cloud), timeout=30)
    known = {"Authorization": registry.authorization(settings(cloud), "pusher")}
    connection.request("POST", "/v2/other/blobs/uploads/", headers=known)
    begun = connection.getresponse()
    begun.read()
    assert (begun.status, begun.getheader("Connection")) == (202, None)
    half = bytes(16 << 20)  # more than lies in buffers under way
    digest = f"sha256:{hashlib.sha256(2 * half).hexdigest()}"
    connection.putrequest("PUT", f"{begun.getheader('Location')}&digest={digest}")
    for key, value in {**known, "Content-Length": str(2 * len(half))}.items():
        connection.putheader(key, value)
    connection.endheaders()
    connection.send(half)
    time.sleep(12)
    connection.send(half)
    written = connection.getresponse()
    assert (written.status, written.read()) == (201, b"")
    connection.request("GET", f"/v2/other/blobs/{digest}", headers=known)
    pulled = connection.getresponse()
    assert pulled.read(len(half)) == half
    time.sleep(12)
    assert (pulled.read(), pulled.status) == (half, 200)
    connection.close()


def test_it_is_not_root_and_sees_nothing_but_its_images(cloud: BreakableCloud) -> None:
    process = Process.load(cloud.state / "run" / "registry.json")
    assert process is not None
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    fields = dict(line.split(":", 1) for line in lines)
    assert set(fields["Uid"].split()) == set(fields["Gid"].split()) == {"65534"}
    assert (fields["Groups"].split(), int(fields["CapEff"], 16)) == ([], 0)
    assert Path(f"/proc/{process.pid}/root").readlink() == cloud.state / "data" / "registry"


def test_the_node_pulls_what_was_pushed_and_with_a_wrong_password_it_cannot(
    mended: BreakableCloud, tmp_path: Path
) -> None:
    own = settings(mended)
    fresh = {"etc/fresh": os.urandom(8).hex()}
    recipe = Recipe(name="fresh", entrypoint=("/bin/busybox", "true"), packages=("busybox-static",), files=fresh)
    file = build(recipe, tmp_path, lambda line: None)
    client = Registry(
        REGISTRY,
        str(registry.authority(own)),
        Login("pusher", registry.password(own, "pusher")),
        f"127.0.0.1:{PORT}",
    )
    image = f"{REGISTRY}/tests/fresh@{archive.digest(file)}"
    assert "not found" in pod(mended, "absent", image, "/bin/busybox", "true")
    assert client.push("tests/fresh", file) > 0
    assert pod(mended, "fresh", image, "/bin/busybox", "true") == "Succeeded"
    events = mended.kubectl("get", "events", "--field-selector=involvedObject.name=fresh,reason=Pulled")
    assert "Successfully pulled" in events
    (trust,) = (mended.state / "config" / "containerd" / "registries").glob("*/hosts.toml")
    before = trust.read_text()
    wrong = re.sub(r'Authorization = \[".*"\]', 'Authorization = ["Basic cHVsbGVyOng="]', before)
    assert wrong != before
    trust.write_text(wrong)
    assert "authorization failed" in pod(mended, "locked-out", image, "/bin/busybox", "true")
    trust.write_text(re.sub(r"  ca = .*\n", "", before))
    assert "x509" in pod(mended, "of-nobody", image, "/bin/busybox", "true")
    mended.up(BASE, "full")
    assert trust.read_text() == before
    assert pod(mended, "again", image, "/bin/busybox", "true") == "Succeeded"


def test_the_commands_for_any_registry_work_on_it(mended: BreakableCloud) -> None:
    there = mended.govcloud("images", "push", CLOUD).stdout.splitlines()
    assert len(there) == 2 and all(line.endswith("was there") for line in there)
    seen = json.loads(mended.govcloud("images", "check", CLOUD, "--format=json").stdout)[CLOUD]
    assert [row["ok"] for row in seen] == [True] * 4
    victim = Process.load(mended.state / "run" / "registry.json")
    assert victim is not None
    victim.signal(signal.SIGKILL)
    refused = mended.govcloud("images", "push", CLOUD, check=False)
    assert refused.returncode != 0 and "GC-IMAGE-014" in refused.stderr
    assert "Traceback" not in refused.stderr
    mended.up(BASE, "full")
    assert mended.govcloud("images", "check", CLOUD, "--registry-only").stdout.count("✓") == 2


def test_images_outlive_the_cloud_and_what_is_lost_comes_again(mended: BreakableCloud) -> None:
    own = settings(mended)
    puller = ("puller", registry.password(own, "puller"))
    name, digest = probe_of(mended.environment).partition("/")[2].split("@")
    path = f"/v2/{name}/manifests/{digest}"
    blobs = sorted((mended.state / "data" / "registry").rglob("blobs/sha256/*/*/data"))
    times = [blob.stat().st_mtime_ns for blob in blobs]
    mended.govcloud("local", "down")
    mended.up(BASE, "full")
    assert asked(mended, "GET", path, *puller) == 200
    assert [blob.stat().st_mtime_ns for blob in blobs] == times
    for blob in blobs:
        blob.unlink()
    assert asked(mended, "GET", path, *puller) == 404
    mended.up(BASE, "full")
    assert asked(mended, "GET", path, *puller) == 200


def test_a_pod_that_may_talk_to_everybody_does_not_reach_it(cloud: BreakableCloud) -> None:
    everything: dict[str, Any] = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "everything"},
        "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"], "ingress": [{}], "egress": [{}]},
    }
    cloud.kubectl("apply", f"--filename={_written(cloud, everything)}")
    open_to_it = f"10.250.0.1:{BASE + 2}"
    closed = [f"{host}:{PORT}" for host in ("127.0.0.1", "10.250.0.1", "10.250.0.2", "10.252.0.1", REGISTRY)]
    program = ["python3", "-S", "-c", _REACH, open_to_it, *closed]
    assert pod(cloud, "stranger", probe_of(cloud.environment), *program) == "Succeeded"
    said = json.loads(cloud.kubectl("logs", "stranger"))
    assert said.pop(open_to_it) == "open"
    assert set(said) == set(closed)
    assert "open" not in said.values()
