"""Plugins under the real engine: when it is killed in the middle of an update, they are gone within seconds."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from workbench import Workbench

from govcloud_local.pulumi import install, plugin_start

pytestmark = pytest.mark.toolchain

PROGRAM = """
import asyncio
import os
import pulumi
import pulumi_kubernetes as k8s
from govcloud.providers.storage.resources import Bucket, Provider

tags = {"govcloud.gov.vn/managed-by": "govcloud", "govcloud.gov.vn/tenant": "h41"}
kubeconfig = f'''
apiVersion: v1
kind: Config
current-context: c
clusters: [{{name: c, cluster: {{server: "http://{os.environ['CLUSTER']}"}}}}]
contexts: [{{name: c, context: {{cluster: c, user: u}}}}]
users: [{{name: u, user: {{token: t}}}}]
'''
store = Provider("store", endpoint=f"http://{os.environ['STORE']}", region="vn-hn-1", access_key="a", secret_key="b")
Bucket("bucket", name="vn-h41-prod-records", tags=tags, opts=pulumi.ResourceOptions(provider=store))


async def name():
    # The engine checks one resource after the other: behind this one, which never gets an answer, no bucket is made.
    while not os.path.exists(os.environ["STORE_IS_ASKED"]):
        await asyncio.sleep(0.05)
    return "c"


cluster = k8s.Provider("cluster", kubeconfig=kubeconfig)
metadata = {"name": pulumi.Output.from_input(name())}
k8s.core.v1.ConfigMap("config", metadata=metadata, opts=pulumi.ResourceOptions(provider=cluster))
"""
SECONDS = 8.0


class Mute:
    """A server that takes every connection and never answers."""

    def __init__(self) -> None:
        self.taken: list[socket.socket] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._server.getsockname()[1]}"
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self.taken.append(self._server.accept()[0])

    def close(self) -> None:
        self._server.shutdown(socket.SHUT_RDWR)
        for each in (self._server, *self.taken):
            each.close()


@pytest.fixture
def store_and_cluster() -> Iterator[tuple[Mute, Mute]]:
    store, cluster = Mute(), Mute()
    yield store, cluster
    store.close()
    cluster.close()


def _until(holds: Callable[[], bool], what: str, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.05)


def _server(state: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen([sys.executable, "-I", "-u", "-m", "govcloud_local.pulumi.plugin_server", str(state)])

    def answers() -> bool:
        try:
            plugin_start.connect(str(state)).close()
        except OSError:
            return False
        return True

    _until(answers, "the plugin server")
    return process


def _clouds(home: Path, store: str, cluster: str) -> dict[str, str]:
    """Return what the program needs to know; the store's shell, a child of the plugin, finds nobody either."""
    return {
        "PULUMI_HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "STORE": store,
        "CLUSTER": cluster,
        "STORE_IS_ASKED": str(home / "asked"),
        "GOVCLOUD_SEAWEEDFS_CONFIG": str(home),
        "GOVCLOUD_SEAWEEDFS_MASTER": f"{store}.{store.rpartition(':')[2]}",
        "GOVCLOUD_SEAWEEDFS_FILER": f"{store}.{store.rpartition(':')[2]}",
    }


def _shells(home: Path) -> list[str]:
    """Return the shells of the store that run for this test: they have no environment to know them by."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            line = (process / "cmdline").read_bytes().decode()
            if f"-config_dir={home}\0shell" in line:
                found.append(line)
    return found


@pytest.mark.parametrize("served", [True, False], ids=["forks of the plugin server", "by themselves"])
def test_plugins_do_not_outlive_a_killed_engine(
    bench: Workbench, store_and_cluster: tuple[Mute, Mute], tmp_path: Path, served: bool
) -> None:
    state = tmp_path / "cloud"
    (state / "run").mkdir(parents=True)
    home = state / "pulumi"
    install.install_own_plugin(home)
    install.install_kubernetes(home, bench.pulumi, "offline")
    bench.program(PROGRAM)
    store, cluster = store_and_cluster
    server = _server(state) if served else None

    def forks() -> list[str]:
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text() if server else ""
        return children.split()

    try:
        with subprocess.Popen(
            [bench.pulumi, "up", "--yes", "--skip-preview", "--non-interactive", "--stack", "dev"],
            cwd=bench.folder,
            env=bench.environment | _clouds(home, store.address, cluster.address),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as engine:
            try:
                _until(lambda: len(_shells(home)) > 0 or engine.poll() is not None, "the store's plugin")
                (home / "asked").touch()
                _until(lambda: len(cluster.taken) > 0 or engine.poll() is not None, "the cluster's plugin")
                assert engine.poll() is None, engine.communicate()[0]
                plugins = [line for line in bench.processes() if "plugin_start" in line or "-m govcloud.p" in line]
                assert len(forks()) == (2 if served else 0)
                assert plugins
            finally:
                engine.kill()
            engine.wait()
            _until(lambda: not bench.processes() and not forks(), "all plugins to end", SECONDS)
            assert not _shells(home)
    finally:
        if server:
            server.kill()
            server.wait()
