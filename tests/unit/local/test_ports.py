"""Ports: distinct, checked, and the taken ones named with their holder."""

from __future__ import annotations

import os
import socket

import pytest

from govcloud_base.errors import EnvironmentProblem, Language, UsageError
from govcloud_local import ports
from govcloud_local.ports import Ports


def test_no_two_listeners_share_a_port() -> None:
    p = Ports(20000)
    kubernetes = [p.etcd, p.etcd_peer, p.api, p.controllers, p.scheduler]
    everything = [*kubernetes, p.registry, *p.storage]
    assert len(set(everything)) == len(everything)
    assert {p.store_master, p.store_volume, p.store_filer, p.s3, p.store_admin} <= set(p.storage)


@pytest.mark.parametrize("base", [0, 80, 1023, 55_518, 65_535, -1])
def test_a_base_without_room_is_refused(base: int) -> None:
    with pytest.raises(UsageError, match="GC-LOCAL-001"):
        ports.check_base(base)


@pytest.mark.parametrize("base", [1024, 16400, 55_517])
def test_a_base_with_room_is_taken(base: int) -> None:
    assert max(Ports(ports.check_base(base)).storage) <= 65_535


def test_a_taken_port_is_reported_with_its_holder() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        assert ports.taken([port]) == [port]
        with pytest.raises(EnvironmentProblem) as caught:
            ports.require_free([port])
        said = caught.value.render(Language.EN)
        assert f"port {port}" in said
        assert f"(process {os.getpid()})" in said
        assert str(port) in caught.value.render(Language.VI)
    assert ports.taken([port]) == []
    ports.require_free([port])


def test_every_taken_port_is_named_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        wanted = [one.getsockname()[1], two.getsockname()[1]]
        with pytest.raises(EnvironmentProblem) as caught:
            ports.require_free(wanted)
    assert len(caught.value.problems) == 2


def test_a_listener_on_all_addresses_takes_loopback_too() -> None:
    with socket.create_server(("", 0)) as listener:
        port = listener.getsockname()[1]
        assert ports.taken([port]) == [port]
