"""Which of Pulumi's parts are put into a cloud's state: official ones first, ours where there are none."""

from __future__ import annotations

import importlib.metadata
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from govcloud_base.errors import EnvironmentProblem, UsageError
from govcloud_local.pulumi import install, official, parts
from govcloud_local.pulumi.parts import Part, PartOrigin
from govcloud_local.settings import Profile, Settings
from govcloud_local.toolchain import Origin, Tool

VERSION = importlib.metadata.version("pulumi-kubernetes")
PLUGIN = f"resource-kubernetes-v{VERSION}/pulumi-resource-kubernetes"


def executable(file: Path, content: str = "#!/bin/sh\necho official\n") -> Path:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content)
    file.chmod(0o755)
    return file


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine with a Pulumi CLI built by us and nothing official; the CLI's `plugin install` fails."""
    monkeypatch.setenv("PATH", f"{tmp_path / 'path'}:/usr/bin:/bin")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("GOVCLOUD_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "checkout" / ".venv"))
    for name in ("GOVCLOUD_PULUMI_KUBERNETES", "PULUMI_HOME", "UV"):
        monkeypatch.delenv(name, raising=False)
    executable(tmp_path / "checkout" / ".bootstrap" / "bin" / "uv")
    refusing = '#!/bin/sh\necho "$@" >> "$0.asked"\necho "error: no route to the registry" >&2\nexit 255\n'
    executable(tmp_path / "tools" / "pulumi", refusing)
    return tmp_path


def settings(machine: Path) -> Settings:
    return Settings(state=machine / "state", profile=Profile.CONTROL_PLANE)


def tools(machine: Path) -> dict[str, Tool]:
    return {
        "pulumi": Tool("pulumi", machine / "tools" / "pulumi", "3.259.0", Origin.CACHE),
        "kubectl": Tool("kubectl", executable(machine / "tools" / "kubectl"), "1.36.3", Origin.CACHE),
    }


def asked(machine: Path) -> int:
    """Return how often the CLI was asked to fetch a plugin."""
    files = [*machine.rglob("pulumi.asked")]
    return sum(len(file.read_text().splitlines()) for file in files)


def test_our_parts_where_nothing_official_is_found(machine: Path) -> None:
    found = install.install(settings(machine), tools(machine))
    assert [(part.name, part.origin) for part in found] == [
        ("language-host", PartOrigin.OFFLINE),
        ("kubernetes", PartOrigin.OFFLINE),
    ]
    assert found[1].reason == "no route to the registry"
    folder = machine / "state" / "engine"
    assert (folder / "pulumi").samefile(machine / "tools" / "pulumi")
    assert not (folder / "pulumi").is_symlink(), "the engine would look for its host beside the link's target"
    assert (machine / "state" / "bin" / "kubectl").samefile(machine / "tools" / "kubectl")
    for script in (folder / "pulumi-language-python", machine / "state" / "pulumi" / "plugins" / PLUGIN):
        assert official.is_offline_part(script)
        assert os.access(script, os.X_OK)
    assert parts.load(machine / "state") == found


def test_the_installed_host_runs(machine: Path) -> None:
    install.install(settings(machine), tools(machine))
    host = machine / "state" / "engine" / "pulumi-language-python"
    shown = subprocess.run([host, "--version"], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == importlib.metadata.version("pulumi")


def test_a_second_time_changes_nothing_and_asks_nobody(machine: Path) -> None:
    def picture() -> dict[str, tuple[int, int]]:
        found = {}
        for file in (machine / "state").rglob("*"):
            status = file.lstat()
            found[str(file)] = (status.st_ino, status.st_mtime_ns)
        return found

    first = install.install(settings(machine), tools(machine))
    before = picture()
    assert install.install(settings(machine), tools(machine)) == first
    assert picture() == before
    assert asked(machine) == 1


def test_a_new_cli_replaces_the_old_one(machine: Path) -> None:
    install.install(settings(machine), tools(machine))
    (machine / "tools" / "pulumi").unlink()
    executable(machine / "tools" / "pulumi", "#!/bin/sh\nexit 3\n")
    install.install(settings(machine), tools(machine))
    assert subprocess.run([machine / "state" / "bin" / "pulumi"], check=False).returncode == 3


def test_the_installed_cli_may_itself_be_what_path_offers(machine: Path) -> None:
    """After `eval "$(govcloud local env)"` the resolver finds the state's own pulumi first."""
    install.install(settings(machine), tools(machine))
    ours = machine / "state" / "bin" / "pulumi"
    again = install.install(settings(machine), tools(machine) | {"pulumi": Tool("pulumi", ours, "3", Origin.PATH)})
    assert again[0].origin is PartOrigin.OFFLINE
    assert (machine / "state" / "engine" / "pulumi").samefile(machine / "tools" / "pulumi")
    assert subprocess.run([ours], check=False, capture_output=True).returncode == 255, "it still leads to the CLI"


def test_another_clouds_pulumi_on_path_leads_to_its_cli(machine: Path) -> None:
    other = Settings(state=machine / "other", profile=Profile.CONTROL_PLANE)
    install.install(other, tools(machine))
    theirs = Tool("pulumi", other.bin / "pulumi", "3", Origin.PATH)
    install.install(settings(machine), tools(machine) | {"pulumi": theirs})
    assert (machine / "state" / "engine" / "pulumi").samefile(machine / "tools" / "pulumi")


def test_pulumi_first_clears_what_killed_runs_left(machine: Path) -> None:
    install.install(settings(machine), tools(machine))
    executable(machine / "tools" / "pulumi", '#!/bin/sh\necho "ran $@"\n')
    install.install(settings(machine), tools(machine))
    locks = machine / "state" / "pulumi-state" / ".pulumi" / "locks" / "organization" / "govcloud" / "tenant.h41"
    locks.mkdir(parents=True)
    lock = locks / "x.json"
    lock.write_text(json.dumps({"pid": 2**22 + 1, "hostname": socket.gethostname()}))
    shown = subprocess.run(
        [machine / "state" / "bin" / "pulumi", "up", "a b"],
        env={**os.environ, "PULUMI_BACKEND_URL": f"file://{machine / 'state' / 'pulumi-state'}?metadata=skip"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == "ran up a b\n"
    assert "tenant.h41: took over" in shown.stderr
    assert not lock.exists()


def test_an_official_host_beside_the_cli_is_used(machine: Path) -> None:
    install.install(settings(machine), tools(machine))
    host = executable(machine / "tools" / "pulumi-language-python")
    found = install.install(settings(machine), tools(machine))
    assert found[0] == Part("language-host", PartOrigin.OFFICIAL, "", str(host))
    folder = machine / "state" / "engine"
    assert (folder / "pulumi").resolve() == machine / "tools" / "pulumi", "the engine would not find its host"
    assert not (folder / "pulumi-language-python").exists(), "ours would shadow the official host"
    assert not (folder / "pulumi-language-python-exec").exists()


def test_an_official_host_on_path_is_used(machine: Path) -> None:
    install.install(settings(machine), tools(machine))
    host = executable(machine / "path" / "pulumi-language-python")
    found = install.install(settings(machine), tools(machine))
    assert found[0].origin is PartOrigin.OFFICIAL
    assert (machine / "state" / "engine" / "pulumi-language-python").resolve() == host
    host.unlink()
    assert install.install(settings(machine), tools(machine))[0].origin is PartOrigin.OFFLINE


def test_uv_of_the_checkout_is_put_where_the_official_host_finds_it(machine: Path) -> None:
    install.install(settings(machine), tools(machine))
    link = machine / "state" / "bin" / "uv"
    assert link.resolve() == machine / "checkout" / ".bootstrap" / "bin" / "uv"
    executable(machine / "path" / "uv")
    install.install(settings(machine), tools(machine))
    assert not link.is_symlink(), "it would shadow the user's own"


def test_uv_is_the_one_that_runs_us(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    running = executable(machine / "elsewhere" / "uv")
    monkeypatch.setenv("UV", str(running))
    install.install(settings(machine), tools(machine))
    assert (machine / "state" / "bin" / "uv").resolve() == running


def test_without_uv_only_the_official_host_is_refused(machine: Path) -> None:
    (machine / "checkout" / ".bootstrap" / "bin" / "uv").unlink()
    install.install(settings(machine), tools(machine))
    assert not (machine / "state" / "bin" / "uv").exists()
    executable(machine / "tools" / "pulumi-language-python")
    with pytest.raises(EnvironmentProblem, match="GC-PULUMI-008"):
        install.install(settings(machine), tools(machine))


def test_another_clouds_offline_host_on_path_is_not_official(machine: Path) -> None:
    install.install_host(machine / "path", tools(machine)["pulumi"].path)
    assert install.install(settings(machine), tools(machine))[0].origin is PartOrigin.OFFLINE


@pytest.mark.parametrize("place", ["home/.pulumi/plugins/" + PLUGIN, "path/pulumi-resource-kubernetes"])
def test_an_official_kubernetes_plugin_is_used(machine: Path, place: str) -> None:
    install.install(settings(machine), tools(machine))
    plugin = executable(machine / place)
    found = install.install(settings(machine), tools(machine))
    assert found[1] == Part("kubernetes", PartOrigin.OFFICIAL, VERSION, str(plugin))
    installed = machine / "state" / "pulumi" / "plugins" / PLUGIN
    assert installed.resolve() == plugin
    assert not installed.parent.is_symlink(), "the engine passes over plugin folders that are links"
    plugin.unlink()
    assert install.install(settings(machine), tools(machine))[1].origin is PartOrigin.OFFLINE


def test_a_plugin_in_the_users_own_pulumi_home_is_used(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PULUMI_HOME", str(machine / "pulumi home"))
    plugin = executable(machine / "pulumi home" / "plugins" / PLUGIN)
    assert install.install(settings(machine), tools(machine))[1].path == str(plugin)


def test_an_official_plugin_fetched_into_the_state_is_left_alone(machine: Path) -> None:
    plugin = executable(machine / "state" / "pulumi" / "plugins" / PLUGIN)
    assert install.install(settings(machine), tools(machine))[1].origin is PartOrigin.OFFICIAL
    assert plugin.read_text() == "#!/bin/sh\necho official\n"


def test_pulumi_fetches_the_plugin_where_it_can(machine: Path) -> None:
    fetching = (
        '#!/bin/sh\nset -e\nfolder="$PULUMI_HOME/plugins/resource-$4-v$5"\nmkdir -p "$folder"\n'
        'printf "#!/bin/sh\\n" > "$folder/pulumi-resource-$4"\nchmod +x "$folder/pulumi-resource-$4"\n'
    )
    executable(machine / "tools" / "pulumi", fetching)
    found = install.install(settings(machine), tools(machine))
    assert found[1].origin is PartOrigin.OFFICIAL
    assert Path(found[1].path).is_relative_to(machine / "cache"), "fetched again for every cloud"


def test_offline_asks_nobody_even_where_the_official_one_is(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    executable(machine / "path" / "pulumi-resource-kubernetes")
    monkeypatch.setenv("GOVCLOUD_PULUMI_KUBERNETES", "offline")
    assert install.install(settings(machine), tools(machine))[1].origin is PartOrigin.OFFLINE
    assert asked(machine) == 0


def test_official_asks_again_and_fails_with_the_reason(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install.install(settings(machine), tools(machine))
    monkeypatch.setenv("GOVCLOUD_PULUMI_KUBERNETES", "official")
    with pytest.raises(EnvironmentProblem, match="GC-PULUMI-007") as raised:
        install.install(settings(machine), tools(machine))
    assert "no route to the registry" in raised.value.problems[0].message.vi
    assert asked(machine) == 2


def test_a_wrong_setting_is_refused() -> None:
    with pytest.raises(UsageError, match=r"auto \| official \| offline"):
        install.mode({"GOVCLOUD_PULUMI_KUBERNETES": "yes"})
    assert install.mode({}) == "auto"


def test_scripts_survive_folders_with_spaces(machine: Path) -> None:
    folder = machine / "a state" / "b'in"
    install.install_host(folder, tools(machine)["pulumi"].path)
    shown = subprocess.run([folder / "pulumi-language-python", "--version"], capture_output=True, text=True, check=True)
    assert shown.stdout.startswith("3.")


def test_a_missing_or_damaged_record_is_no_parts(tmp_path: Path) -> None:
    assert parts.load(tmp_path) == []
    (tmp_path / "pulumi-parts.json").write_text('[{"name": 1}]')
    assert parts.load(tmp_path) == []


def _aged(machine: Path) -> list[Path]:
    """Install our parts, and let every script name modules and files as an earlier version of this code did."""
    install.install(settings(machine), tools(machine))
    home = machine / "state" / "pulumi" / "plugins"
    scripts = [machine / "state" / "engine" / official.HOST, *home.glob("*/pulumi-resource-*")]
    assert len(scripts) == 3
    for script in scripts:
        text = script.read_text()
        for now, before in (("govcloud_offline", "earlier.offline"), ("govcloud_local", "earlier/local")):
            text = text.replace(now, before)
        script.write_text(text)
    return scripts


def test_scripts_of_an_earlier_version_are_ours_and_not_taken_for_official(machine: Path) -> None:
    for script in _aged(machine):
        assert official.is_offline_part(script)
    found = install.install(settings(machine), tools(machine))
    assert {part.origin for part in found} == {PartOrigin.OFFLINE}


def test_what_an_earlier_version_left_is_brought_to_date_when_the_cloud_is_entered(machine: Path) -> None:
    scripts = _aged(machine)
    install.renew(settings(machine))
    renewed = {script: script.read_text() for script in scripts}
    assert not [script for script, text in renewed.items() if "earlier.offline" in text or "earlier/local" in text]
    install.install(settings(machine), tools(machine))
    assert {script: script.read_text() for script in scripts} == renewed


def test_renewing_leaves_official_parts_and_absent_ones_alone(machine: Path) -> None:
    install.renew(settings(machine))
    assert not (machine / "state").exists()
    plugin = executable(machine / "state" / "pulumi" / "plugins" / PLUGIN)
    host = executable(machine / "state" / "engine" / official.HOST)
    install.renew(settings(machine))
    assert plugin.read_text() == host.read_text() == "#!/bin/sh\necho official\n"
