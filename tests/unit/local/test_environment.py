"""The exports: any POSIX shell reads back exactly what was meant."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from govcloud_local import environment, settings
from govcloud_local.settings import Profile, Settings


@pytest.fixture
def cloud(tmp_path: Path) -> Settings:
    made = Settings(state=tmp_path / 'it\'s $HOME "and" `more`', profile=Profile.CONTROL_PLANE, base=20000)
    settings.save(made)
    environment.prepare(made)
    return made


def _evaluated(text: str) -> dict[str, str]:
    script = f'eval "$1"; exec {sys.executable} -c "import os, json; print(json.dumps(dict(os.environ)))"'
    result = subprocess.run(
        ["/bin/sh", "-eu", "-c", script, "sh", text], capture_output=True, text=True, check=True, env={"PATH": "/x"}
    )
    found: dict[str, str] = json.loads(result.stdout)
    return found


def test_a_shell_reads_back_every_value(cloud: Settings) -> None:
    seen = _evaluated(environment.exports(cloud))
    wanted = environment.variables(cloud, os.environ["PATH"])
    assert {name: seen[name] for name in wanted} == dict(wanted)
    assert all(value for value in wanted.values())


def test_the_clouds_own_tools_come_first_once(cloud: Settings) -> None:
    path = environment.variables(cloud, f"/usr/bin:{cloud.bin}:/bin")["PATH"].split(":")
    assert path[0] == str(cloud.bin)
    assert path[1] == str(Path(sys.executable).parent)
    assert path.count(str(cloud.bin)) == 1
    assert path[-2:] == ["/usr/bin", "/bin"]


def test_endpoints_are_on_loopback_and_over_tls(cloud: Settings) -> None:
    values = environment.variables(cloud, "")
    assert values["AWS_ENDPOINT_URL_S3"] == "https://127.0.0.1:20016"
    assert values["GOVCLOUD_SEAWEEDFS_MASTER"] == "127.0.0.1:20010.20011"
    assert values["GOVCLOUD_SEAWEEDFS_FILER"] == "127.0.0.1:20014.20015"


def test_folders_and_passphrase_exist_and_stay(cloud: Settings) -> None:
    values = environment.variables(cloud, "")
    passphrase = Path(values["PULUMI_CONFIG_PASSPHRASE_FILE"])
    before = passphrase.read_text()
    assert len(before.strip()) >= 32
    environment.prepare(cloud)
    assert passphrase.read_text() == before
    assert Path(urlsplit(values["PULUMI_BACKEND_URL"]).path).is_dir()
    assert environment.variables(cloud, "") == values


def test_pulumi_keeps_no_debug_log_with_every_value(cloud: Settings) -> None:
    place = Path(environment.variables(cloud, "")["PULUMI_HOME"]) / "logs"
    place.unlink()
    place.mkdir()
    (place / "pulumi-up.log").write_text("from before")
    environment.prepare(cloud)
    assert place.is_file()
    assert place.read_bytes() == b""
