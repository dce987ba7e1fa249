"""containerd's configuration, read back as containerd reads it."""

from __future__ import annotations

import tomllib
from pathlib import Path

from govcloud_local.node import TOOLS, containerd
from govcloud_local.node.images import PAUSE
from govcloud_local.settings import Profile, Settings
from govcloud_local.toolchain import Origin, Tool

SETTINGS = Settings(state=Path("/a/rather/long/state/folder" * 6), profile=Profile.FULL)
FOUND = {name: Tool(name, Path(f"/tools/{name}-1/{name}"), "1", Origin.CACHE) for name in TOOLS}


def test_it_uses_our_parts_and_our_sandbox() -> None:
    plugins = tomllib.loads(containerd.configuration(SETTINGS, FOUND))["plugins"]
    assert plugins["io.containerd.cri.v1.images"]["pinned_images"]["sandbox"] == PAUSE
    runtime = plugins["io.containerd.cri.v1.runtime"]
    assert runtime["restrict_oom_score_adj"] is True
    assert runtime["disable_apparmor"] is True
    assert runtime["cni"]["bin_dirs"] == ["/tools/cni-1/cni"]
    runc = runtime["containerd"]["runtimes"]["runc"]
    assert runc["options"]["BinaryName"] == "/tools/runc-1/runc"
    assert plugins["io.containerd.nri.v1.nri"]["disable"] is False


def test_sockets_are_short_whatever_the_state_folder_is() -> None:
    configuration = tomllib.loads(containerd.configuration(SETTINGS, FOUND))
    assert len(configuration["grpc"]["address"]) < 107
    assert len(configuration["state"]) < 40


def test_a_runtime_that_comes_back_finds_the_supervisors_program() -> None:
    path = containerd.component(SETTINGS, FOUND).environment["PATH"].split(":")
    assert path[0] == "/tools/containerd-shim-runc-v2-1"
    assert "/usr/sbin" in path


def test_another_configuration_starts_it_anew() -> None:
    runc = Tool("runc", Path("/tools/runc-2/runc"), "2", Origin.CACHE)
    other = {**FOUND, "runc": runc}
    assert containerd.component(SETTINGS, FOUND) != containerd.component(SETTINGS, other)
    assert containerd.component(SETTINGS, FOUND).environment == containerd.component(SETTINGS, FOUND).environment


def test_the_node_asks_a_registry_at_one_address_alone_and_with_its_password(tmp_path: Path) -> None:
    own = Settings(state=tmp_path / 'a "state"', profile=Profile.FULL)
    authority = own.pki / "registry" / "ca.crt"
    containerd.trust(own, "govcloud.local", "https://127.0.0.1:16420", authority, "Basic eA==")
    plugins = tomllib.loads(containerd.configuration(SETTINGS, FOUND))["plugins"]
    read = Path(plugins["io.containerd.cri.v1.images"]["registry"]["config_path"])
    file = own.state / read.relative_to(SETTINGS.state) / "govcloud.local" / "hosts.toml"
    assert tomllib.loads(file.read_text()) == {
        "server": "https://127.0.0.1:16420",
        "host": {
            "https://127.0.0.1:16420": {
                "capabilities": ["pull", "resolve"],
                "ca": str(authority),
                "header": {"Authorization": ["Basic eA=="]},
            }
        },
    }
    assert file.stat().st_mode & 0o077 == 0
