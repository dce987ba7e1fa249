"""The protocol with `weed shell`, spoken by a stand-in of a few lines whose misbehaviour can be chosen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from govcloud.providers.storage.adapters.seaweedfs import SeaweedFS
from govcloud.providers.storage.adapters.seaweedfs import shell as weed_shell
from govcloud.providers.storage.adapters.seaweedfs.shell import CommandError, WeedShell
from govcloud.providers.storage.endpoint import Endpoint
from govcloud_base.errors import CloudError, EnvironmentProblem

STAND_IN = """#!/bin/sh
echo start >>"{folder}/starts"
while read -r command rest; do
  echo "$command $rest" >>"{folder}/seen"
  case "$command" in
    echo) echo "$rest" ;;
    slow) sleep 30 ;;
    log) echo "I1122 09:19:26.883797 lock.go:159 noise"; echo "answer" ;;
    fail) echo "error: rpc error: code = NotFound desc = user x not found" >&2 ;;
    die) exit 3 ;;
    env) env ;;
    s3.bucket.quota) echo "bucket quota: {quota}MiB" ;;
    *) echo "unknown command: $command" >&2 ;;
  esac
done
"""

ENDPOINT = Endpoint("https://store.test", "vn-hn-1", "seaweedfs", None)


@pytest.fixture
def quota() -> int:
    return 5


@pytest.fixture
def shell(tmp_path: Path, quota: int) -> Iterator[WeedShell]:
    (tmp_path / "weed").write_text(STAND_IN.format(folder=tmp_path, quota=quota))
    (tmp_path / "weed").chmod(0o700)
    environment = {"PATH": f"{tmp_path}:/usr/bin:/bin", "AWS_SECRET_ACCESS_KEY": "hidden", "WEED_X": "passed"}
    made = WeedShell(tmp_path, "m:1.2", "f:3.4", environment)
    yield made
    made.close()


def starts(folder: Path) -> int:
    return len((folder / "starts").read_text().splitlines())


def test_answers_belong_to_their_commands_and_one_process_serves_all(shell: WeedShell, tmp_path: Path) -> None:
    assert shell.run("echo one") == "one"
    assert shell.run("echo two", name="x", other="y") == "two -name=x -other=y"
    assert starts(tmp_path) == 1


def test_log_lines_are_no_part_of_an_answer(shell: WeedShell) -> None:
    assert shell.run("log") == "answer"


def test_an_error_is_raised_and_the_shell_goes_on(shell: WeedShell, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="user x not found"):
        shell.run("fail")
    assert shell.run("echo still here") == "still here"
    assert starts(tmp_path) == 1


def test_a_command_that_does_not_exist_is_an_error(shell: WeedShell) -> None:
    with pytest.raises(CommandError, match="unknown command: nonsense"):
        shell.run("nonsense")


def test_a_shell_that_died_is_an_error_and_the_next_command_starts_another(shell: WeedShell, tmp_path: Path) -> None:
    with pytest.raises(CloudError, match="the shell ended"):
        shell.run("die")
    assert shell.run("echo again") == "again"
    assert starts(tmp_path) == 2


def test_a_shell_that_does_not_answer_is_stopped(shell: WeedShell, monkeypatch: pytest.MonkeyPatch) -> None:
    shell.run("echo connected")
    monkeypatch.setattr(weed_shell, "_ANSWER_SECONDS", 0.2)
    with pytest.raises(CloudError, match="no answer"):
        shell.run("slow")
    monkeypatch.undo()
    assert shell.run("echo again") == "again"


def test_a_shell_that_never_connected_names_the_address(shell: WeedShell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weed_shell, "_ANSWER_SECONDS", 0.2)

    with pytest.raises(EnvironmentProblem, match=r"no answer from m:1\.2"):
        shell.run("slow")


@pytest.mark.parametrize("value", ["a b", "a\nexit", "a'b", 'a"b', "$(x)", "a;b", ""])
def test_nothing_that_the_shell_would_interpret_is_sent(shell: WeedShell, tmp_path: Path, value: str) -> None:
    with pytest.raises(ValueError, match="-name"):
        shell.run("echo", name=value)
    assert not (tmp_path / "seen").exists()


def test_the_shell_gets_no_credentials_of_the_store(shell: WeedShell) -> None:
    answer = shell.run("env")

    assert "WEED_X=passed" in answer
    assert "hidden" not in answer


def test_without_weed_the_fix_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", str(tmp_path / "python"))

    with pytest.raises(EnvironmentProblem, match="GC-STORE-017"):
        WeedShell(tmp_path, "m", "f", {"PATH": str(tmp_path)}).run("echo")


def test_missing_settings_are_named() -> None:
    with pytest.raises(EnvironmentProblem, match="GOVCLOUD_SEAWEEDFS_FILER"):
        SeaweedFS.from_endpoint(ENDPOINT, {"GOVCLOUD_SEAWEEDFS_CONFIG": "/x", "GOVCLOUD_SEAWEEDFS_MASTER": "m"})


@pytest.mark.parametrize("config", [None, "/certificates"])
def test_a_server_without_certificates_is_asked_without_a_folder_of_them(tmp_path: Path, config: str | None) -> None:
    (tmp_path / "weed").write_text('#!/bin/sh\necho "$@" >"$HOME/started"\n')
    (tmp_path / "weed").chmod(0o700)
    given = {"GOVCLOUD_SEAWEEDFS_CONFIG": config} if config else {}
    inner = {"GOVCLOUD_SEAWEEDFS_MASTER": "m:1.2", "GOVCLOUD_SEAWEEDFS_FILER": "f:3.4"}
    adapter = SeaweedFS.from_endpoint(ENDPOINT, {"PATH": f"{tmp_path}:/bin", "HOME": str(tmp_path), **given, **inner})

    with pytest.raises(CloudError):
        adapter.quota("b")

    folder = f"-config_dir={config} " if config else ""
    assert (tmp_path / "started").read_text() == f"-logtostderr=true {folder}shell -master=m:1.2 -filer=f:3.4\n"


@pytest.mark.parametrize(("quota", "bytes_"), [(5, 5 << 20), (0, None), (-5, None)])
def test_a_quota_that_is_switched_off_is_none(shell: WeedShell, bytes_: int | None) -> None:
    assert SeaweedFS(shell, ENDPOINT, ("m:1.2", "f:3.4")).quota("b").bytes == bytes_
