"""CoreDNS's objects, and the question that tells whether it answers."""

from __future__ import annotations

import dataclasses
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from govcloud_local.daemons import probe
from govcloud_local.node import dns
from govcloud_local.settings import Profile, Settings

SETTINGS = Settings(state=Path("/state"), profile=Profile.FULL)


def _deployment(settings: Settings) -> dict[str, Any]:
    return next(m for m in dns.manifests(settings, own_users=True) if m["kind"] == "Deployment")


def test_another_configuration_rolls_the_deployment() -> None:
    other = dataclasses.replace(SETTINGS, cluster_domain="other.local")
    assert dns.corefile(SETTINGS) != dns.corefile(other)
    template, changed = (_deployment(s)["spec"]["template"]["metadata"] for s in (SETTINGS, other))
    assert template["labels"] == changed["labels"]
    assert template["annotations"] != changed["annotations"]


def test_the_pod_has_numbers_of_its_own_where_that_is_possible() -> None:
    for possible in (True, False):
        deployment: Any = next(m for m in dns.manifests(SETTINGS, own_users=possible) if m["kind"] == "Deployment")
        assert ("hostUsers" in deployment["spec"]["template"]["spec"]) is possible
    assert _deployment(SETTINGS)["spec"]["template"]["spec"]["hostUsers"] is False


def test_the_pod_passes_the_restricted_pod_security() -> None:
    pod: dict[str, Any] = _deployment(SETTINGS)["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    for container in pod["containers"]:
        assert container["securityContext"]["allowPrivilegeEscalation"] is False
        assert container["securityContext"]["capabilities"] == {"drop": ["ALL"]}
        assert container["image"].startswith("govcloud.local/")


def test_no_name_is_asked_for_outside() -> None:
    assert "forward" not in dns.corefile(SETTINGS)
    assert "rcode NXDOMAIN" in dns.corefile(SETTINGS)


def test_the_question_is_dns_over_tcp() -> None:
    message = dns.question("a.bc")
    assert int.from_bytes(message[:2], "big") == len(message) - 2
    assert message[14:] == b"\x01a\x02bc\x00\x00\x01\x00\x01"


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (b"...\x0a\xfc\x00\x01", None),
        (b"...\x0a\xfc\x00\x02", "the name service does not know"),
        (b"", "does not know"),
    ],
)
def test_only_the_right_address_is_an_answer(
    monkeypatch: pytest.MonkeyPatch, answer: bytes, expected: str | None
) -> None:
    ours, theirs = socket.socketpair()
    monkeypatch.setattr(probe, "connect", lambda *_: ours)

    def serve() -> None:
        theirs.recv(100)
        theirs.sendall(answer)
        theirs.close()

    server = threading.Thread(target=serve)
    server.start()
    said = dns.answers(SETTINGS)
    server.join()
    assert said is None if expected is None else expected in str(said)


def test_silence_is_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> socket.socket:
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(probe, "connect", refused)
    said = dns.answers(SETTINGS)
    assert said is not None
    assert said.en == "the name service at 10.252.0.10 does not answer: Connection refused"
    assert said.vi == "dịch vụ tên miền tại 10.252.0.10 không trả lời: kết nối bị từ chối"
