"""`govcloud local` on a state without running daemons: what it prints and how it ends."""

from __future__ import annotations

import base64
import datetime
import io
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pytest
import yaml
from cryptography import x509
from cryptography.x509.oid import NameOID

from govcloud import cli
from govcloud_local import environment, settings
from govcloud_local.daemons import log_keeper
from govcloud_local.pulumi import parts
from govcloud_local.pulumi.parts import Part, PartOrigin
from govcloud_local.services import control_plane, storage
from govcloud_local.settings import Profile, Settings


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    made = Settings(state=tmp_path_factory.mktemp("state"), profile=Profile.CONTROL_PLANE, base=20000)
    settings.save(made)
    control_plane.prepare(made)
    storage.prepare(made)
    environment.prepare(made)
    (made.logs / "etcd.log").write_text("line of the log\n" * 100_000)
    return made


@dataclass
class Answer:
    """How a command ended."""

    returncode: int
    stdout: str
    stderr: str


Command = Callable[..., Answer]


@pytest.fixture
def govcloud(cloud: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `govcloud local …` in this process."""

    def run(*arguments: str, language: str = "en") -> Answer:
        monkeypatch.setenv("GOVCLOUD_STATE", str(cloud.state))
        monkeypatch.setenv("GOVCLOUD_LANG", language)
        monkeypatch.setattr(sys, "argv", ["govcloud", "local", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        seen = capsys.readouterr()
        return Answer(int(ended.value.code or 0), seen.out, seen.err)

    return run


def test_env_prints_exports_and_nothing_else(govcloud: Command, cloud: Settings) -> None:
    result = govcloud("env")
    assert result.returncode == 0
    assert result.stderr == ""
    assert all(line.startswith("export ") for line in result.stdout.splitlines())
    assert f"export GOVCLOUD_STATE={cloud.state}\n" in result.stdout


def test_a_kubeconfig_is_for_the_user_groups_and_time_asked(govcloud: Command) -> None:
    result = govcloud("kubeconfig", "--user", "an", "--group", "gov:h41:operator", "--group", "gov:x", "--ttl", "30m")
    document = yaml.safe_load(result.stdout)
    assert document["current-context"] == "govcloud-local"
    assert document["clusters"][0]["cluster"]["server"] == "https://127.0.0.1:20002"
    data = base64.b64decode(document["users"][0]["user"]["client-certificate-data"])
    certificate = x509.load_pem_x509_certificate(data)
    subject = certificate.subject
    assert [a.value for a in subject.get_attributes_for_oid(NameOID.COMMON_NAME)] == ["an"]
    assert [a.value for a in subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)] == [
        "gov:h41:operator",
        "gov:x",
    ]
    left = certificate.not_valid_after_utc - datetime.datetime.now(datetime.UTC)
    assert datetime.timedelta(0) < left <= datetime.timedelta(minutes=30)


@pytest.mark.parametrize("ttl", ["", "0h", "8", "h", "-1h", "8 hours", "1y"])
def test_a_lifetime_that_is_none_is_refused(govcloud: Command, ttl: str) -> None:
    result = govcloud("kubeconfig", "--user", "an", "--group", "g", f"--ttl={ttl}")
    assert (result.returncode, result.stdout) == (2, "")
    assert "GC-LOCAL-017" in result.stderr


@pytest.mark.parametrize("name", ["", "a" * 65])
def test_a_name_that_fits_no_certificate_is_refused(govcloud: Command, name: str) -> None:
    for options in (["--user", name, "--group", "g"], ["--user", "an", "--group", name]):
        result = govcloud("kubeconfig", *options)
        assert (result.returncode, result.stdout) == (2, "")
        assert "GC-LOCAL-018" in result.stderr


def test_an_unknown_log_is_refused_with_those_that_exist(govcloud: Command) -> None:
    result = govcloud("logs", "../settings", language="vi")
    assert result.returncode == 2
    assert "không có nhật ký này" in result.stderr
    assert "etcd" in result.stderr


def test_a_reader_that_stops_early_is_no_error(cloud: Settings) -> None:
    command = f"{sys.executable} -m govcloud local logs etcd | head -n 1"
    result = subprocess.run(
        ["/bin/bash", "-o", "pipefail", "-c", command],
        env={"PATH": "/usr/bin:/bin", "GOVCLOUD_STATE": str(cloud.state)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout, result.stderr) == (0, "line of the log\n", "")


def test_a_followed_log_goes_on_after_it_was_put_aside(cloud: Settings) -> None:
    log = cloud.logs / "etcd.log"
    with subprocess.Popen(
        [sys.executable, "-m", "govcloud", "local", "logs", "etcd", "--follow"],
        env={"GOVCLOUD_STATE": str(cloud.state)},
        stdout=subprocess.PIPE,
        text=True,
    ) as reader:
        try:
            assert reader.stdout is not None
            for _ in range(100_000):
                assert reader.stdout.readline() == "line of the log\n"
            log_keeper.shorten(log, 0)
            with log.open("a") as stream:
                stream.write("more\n")
            assert reader.stdout.readline() == "more\n"
        finally:
            reader.kill()


def test_reset_asks_and_takes_no_for_an_answer(
    govcloud: Command, cloud: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("n\n"))
    assert govcloud("reset").returncode == 1
    assert (cloud.state / "settings.json").exists()


def test_status_says_whose_parts_of_pulumi_are_in_use(
    cloud: Settings, govcloud: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = [
        Part("language-host", PartOrigin.OFFICIAL, "", "/opt/pulumi/pulumi-language-python"),
        Part("kubernetes", PartOrigin.OFFLINE, "4.34.2", "/state/plugin", "no route to the registry"),
    ]
    parts.save(cloud.state, found)
    monkeypatch.setattr("govcloud_local.cloud.status", lambda state: (cloud, []))
    told = govcloud("status").stdout
    assert "pulumi language-host: official, /opt/pulumi/pulumi-language-python\n" in told
    assert "pulumi kubernetes: ours, no route to the registry\n" in told
    assert "pulumi kubernetes: của dự án" in govcloud("status", language="vi").stdout
    assert json.loads(govcloud("status", "--format", "json").stdout)["pulumi_parts"][0]["origin"] == "official"
