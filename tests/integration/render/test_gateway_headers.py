"""Gateways and the exchange in a real nginx: what a caller says of himself reaches nobody, by any path or spelling."""

from __future__ import annotations

import dataclasses
import datetime
import http.server
import json
import re
import socket
import threading
from collections.abc import Iterator

import pytest
from debian_nginx import Nginx, unpacked

from govcloud import country as countries
from govcloud import render, rules
from govcloud.country import Country
from govcloud.folders import project_root
from govcloud.model.segment import Publication

OWN = "x-govcloud-agency"
FORGED = [
    ["X-Govcloud-Agency: H29"],
    ["x-govcloud-agency: H29"],
    ["X-GOVCLOUD-AGENCY: H29"],
    ["X-Govcloud-Agency: H29", "x-govcloud-Agency: G12"],
    ["X_Govcloud_Agency: H29"],
    ["X-Govcloud_Agency: H29"],
    ["X-Govcloud.Agency: H29"],
    ["X-Govcloud-Agency : H29"],
    ["X-Govcloud-Agency:", "X-Govcloud-Agency: H29"],
    ["Connection: close, X-Govcloud-Agency", "X-Govcloud-Agency: H29"],
]
CONTROL = ["/%0a", "/%0d%0aX-Own:%20no", "/%00", "/a%1fb", "/%7f", "/agencies/H41/%0A", "/x%09"]


class Service(http.server.BaseHTTPRequestHandler):
    """Answers with what arrived: path and headers, as the last server of a path saw them."""

    def do_GET(self) -> None:
        body = json.dumps({"path": self.path, "headers": self.headers.items()}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def published(country: Country, *segments: str) -> Country:
    """Return the country in which these segments publish the service `api`."""
    offer = Publication(zone="srv", service="api", port=8080)
    changed = {
        name: found.model_copy(update={"spec": found.spec.model_copy(update={"publishes": offer})})
        for name, found in country.segments.items()
        if name in segments
    }
    return dataclasses.replace(country, segments={**country.segments, **changed})


def configuration(rendered: render.Rendering) -> str:
    found: str = next(m["data"]["nginx.conf"] for m in rendered.manifests.values() if m["kind"] == "ConfigMap")
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def ports(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, int]]:
    """Run two gateways, their exchange and a third gateway at the end of a direct link; return ports by name."""
    day = datetime.date(2026, 11, 22)
    vn = rules.require(countries.load(project_root() / "tests" / "fixtures" / "country"), day)
    vn = published(vn, "tsl-h41", "tsl-h41-101")
    folder = tmp_path_factory.mktemp("nginx")
    root = unpacked(folder / "root")
    service = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=service.serve_forever, daemon=True).start()
    configurations = {
        "g09": configuration(render.segment(vn, "tsl-g09")),
        "lgsp": configuration(render.platform(vn, "lgsp-h41")),
        "h41": configuration(render.segment(vn, "tsl-h41")),
        "h41-101": configuration(render.segment(vn, "tsl-h41-101")),
    }
    found = {"service": int(service.server_address[1])}
    for name, text in configurations.items():
        found |= {f"{name}:{port}": free_port() for port in re.findall(r"listen (\d+);", text)}
    cluster = "svc.cluster.local:8080"
    places = {
        f"api.h41-prod-srv.{cluster}": found["service"],
        f"api.h41-101-prod-srv.{cluster}": found["service"],
        f"lgsp.h41-prod-xch.{cluster}": found["lgsp:8080"],
        f"gateway.h41-prod-tsl.{cluster}": found["h41:8080"],
        f"gateway.g09-prod-tsl.{cluster}": found["g09:8080"],
        f"gateway.h41-101-prod-tsl.{cluster}": found["h41-101:8080"],
    }
    # who asks the exchange, as the exchange hears it
    listener = {**places, f"lgsp.h41-prod-xch.{cluster}": found["service"]}
    configurations["heard"] = configurations["g09"]
    found |= {f"heard:{port}": free_port() for port in re.findall(r"listen (\d+);", configurations["g09"])}
    servers = []
    try:
        for name, text in configurations.items():
            own = {int(key.partition(":")[2]): port for key, port in found.items() if key.startswith(f"{name}:")}
            servers.append(Nginx(root, folder / name, text, listener if name == "heard" else places, own))
        yield found
    finally:
        for server in servers:
            server.stop()
        service.shutdown()
        service.server_close()


WAYS = {"own server": "h41:8080", "direct link": "h41:9101", "through the exchange": "g09:9041"}
"""Every path to a published service."""


def ask(port: int, path: str, headers: list[str]) -> tuple[int, dict[str, object]]:
    """Send these very bytes; return status and what the service saw."""
    lines = [f"GET {path} HTTP/1.1", "Host: x", "X-Own: 1", *headers]
    if not any(line.startswith("Connection") for line in headers):
        lines.append("Connection: close")
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
    head, _, body = answer.partition("\r\n\r\n")
    status = int(head.split()[1])
    return status, json.loads(body) if status == 200 else {}


def said(seen: dict[str, object], name: str) -> list[str]:
    """Return the values of a header, in whatever way a server may read its name."""
    headers = seen["headers"]
    assert isinstance(headers, list)
    return [value for key, value in headers if re.sub(r"[^a-z0-9]", "-", key.strip().lower()) == name]


@pytest.mark.parametrize("headers", FORGED, ids=lambda h: " + ".join(h))
@pytest.mark.parametrize("way", WAYS)
def test_no_service_hears_what_a_caller_says_of_himself(ports: dict[str, int], way: str, headers: list[str]) -> None:
    status, seen = ask(ports[WAYS[way]], "/records", headers)
    if status == 400:  # nginx refuses what is no header at all
        assert headers == ["X-Govcloud-Agency : H29"]
        return
    assert (status, seen["path"], said(seen, "x-own")) == (200, "/records", ["1"])
    assert said(seen, OWN) == []


@pytest.mark.parametrize("headers", FORGED, ids=lambda h: " + ".join(h))
def test_the_exchange_hears_the_gateway_alone(ports: dict[str, int], headers: list[str]) -> None:
    status, seen = ask(ports["heard:9041"], "/records", headers)
    if status == 200:
        assert (said(seen, OWN), seen["path"]) == (["G09"], "/agencies/H41/records")


@pytest.mark.parametrize("path", CONTROL)
@pytest.mark.parametrize("way", [*WAYS.values(), "lgsp:8080", "heard:9041"])
def test_paths_with_control_characters_are_refused_everywhere(ports: dict[str, int], way: str, path: str) -> None:
    assert ask(ports[way], path, ["X-Govcloud-Agency: G09"])[0] == 400


@pytest.mark.parametrize(
    ("asked", "arrives"),
    [
        ("/h%E1%BB%93%20s%C6%A1/1?ng%C3%A0y=%0A", "/h%E1%BB%93%20s%C6%A1/1?ng%C3%A0y=%0A"),
        ("/a%3Fb%23c", "/a%3Fb%23c"),
        ("/%250a", "/%250a"),
        ("/a/../b", "/b"),
        ("/a%2F..%2Fb", "/b"),
    ],
)
def test_ordinary_paths_arrive_as_they_were_meant(ports: dict[str, int], asked: str, arrives: str) -> None:
    status, seen = ask(ports["g09:9041"], asked, [])
    assert status == 200
    assert str(seen["path"]).lower() == arrives.lower()


@pytest.mark.parametrize("path", ["/../G12/x", "/%2e%2e/G12/x", "/..%2fG12/x", "//../../agencies/G12/x"])
def test_no_path_leaves_the_link_that_it_was_asked_on(ports: dict[str, int], path: str) -> None:
    status, seen = ask(ports["heard:9041"], path, [])
    assert status == 400 or str(seen["path"]).startswith("/agencies/H41/")
    assert status == 400 or ".." not in str(seen["path"])
