"""A store that keeps the place of a removed lock is refused by name; one that lets go is not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from govcloud.clouds.state_bucket import StateBucket, require_locks
from govcloud.fleet.pulumi import PulumiProject
from govcloud_base.errors import EnvironmentProblem, Language


class _Store(BaseHTTPRequestHandler):
    """As much of S3 as one object in one bucket needs; `keeps` makes folders outlive their objects."""

    server_version, sys_version = "Some Store 1", ""
    keeps = False
    held: set[str]

    def do_PUT(self) -> None:
        self.held.add(self.path.partition("?")[0].removeprefix("/state/"))
        self.rfile.read(int(self.headers["Content-Length"]))
        self._answer(b"")

    def do_DELETE(self) -> None:
        key = self.path.partition("?")[0].removeprefix("/state/")
        self.held.discard(key)
        if self.keeps and not key.endswith("/"):
            self.held.add(key.rpartition("/")[0] + "/")
        self._answer(b"")

    def do_GET(self) -> None:
        rows = "".join(f"<Contents><Key>{key}</Key><Size>0</Size></Contents>" for key in self.held)
        self._answer(f"<ListBucketResult><Name>state</Name>{rows}</ListBucketResult>".encode())

    def _answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[type[_Store], str]]:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL_S3", "AWS_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "site-1"}.items():
        monkeypatch.setenv(name, value)
    handler = type("Store", (_Store,), {"held": set()})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield handler, f"s3://state/team?endpoint=http://127.0.0.1:{server.server_port}&s3ForcePathStyle=true"
        finally:
            server.shutdown()
            thread.join()


def test_a_store_that_keeps_the_place_of_a_lock_is_refused_by_name(store: tuple[type[_Store], str]) -> None:
    handler, url = store
    handler.keeps = True
    with pytest.raises(EnvironmentProblem) as raised:
        require_locks(url)
    said = raised.value.render(Language.EN)
    assert "GC-FLEET-007" in said and "Some Store 1" in said and "bucket state" in said
    assert not handler.held, "the trial leaves nothing behind"


def test_a_store_that_lets_go_is_taken(store: tuple[type[_Store], str]) -> None:
    handler, url = store
    require_locks(url)
    assert not handler.held


def test_a_project_is_not_driven_on_such_a_store(
    store: tuple[type[_Store], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    handler, url = store
    handler.keeps = True
    (tmp_path / "Pulumi.yaml").touch()
    (tmp_path / "pulumi").write_text("#!/bin/sh\n")
    (tmp_path / "pulumi").chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PULUMI_BACKEND_URL", url)
    with pytest.raises(EnvironmentProblem, match="GC-FLEET-007"):
        PulumiProject(tmp_path)


def test_a_store_that_cannot_be_tried_is_not_taken_for_a_good_one(store: tuple[type[_Store], str]) -> None:
    with pytest.raises(EnvironmentProblem, match="GC-FLEET-008"):
        require_locks("s3://state?endpoint=http://127.0.0.1:9")


@pytest.mark.parametrize("url", ["", "file:///state", "postgres://team:word@db/state", "azblob://state", "gs://state"])
def test_other_backends_are_not_looked_at(url: str) -> None:
    require_locks(url)


@pytest.mark.parametrize(
    ("url", "bucket"),
    [
        ("s3://state", StateBucket("state")),
        ("s3://state/a/b/?region=x&profile=team", StateBucket("state", "a/b/", None, "x", "team")),
        ("s3://state?endpoint=https://s3.example", StateBucket("state", "", "https://s3.example")),
        ("s3://state?endpoint=s3.example:9000&disableSSL=true", StateBucket("state", "", "http://s3.example:9000")),
        ("s3://state?endpoint=s3.example", StateBucket("state", "", "https://s3.example")),
    ],
)
def test_an_address_is_read_as_pulumi_reads_it(url: str, bucket: StateBucket) -> None:
    assert StateBucket.of(url) == bucket
