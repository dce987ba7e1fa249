"""Images go to a registry as sites run one: over TLS, with a password, only what it lacks, and on after a break."""

from __future__ import annotations

import base64
import dataclasses
import json
import os
from collections.abc import Iterator
from pathlib import Path

import container_registry
import pytest
from broken_line import free_port, line

from govcloud.images import Recipe, archive, build
from govcloud.images.credentials import Login, login
from govcloud.images.registry import Registry
from govcloud.model.cloud import Images
from govcloud_base.errors import CloudError, GovCloudError, Language
from govcloud_local.access.pki import Authority

BIG = 24 << 20
"""Bytes of the image that is sent: several parts."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[container_registry.Registry]:
    with container_registry.serving(tmp_path_factory.mktemp("registry"), free_port()) as found:
        yield found


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """An image that no registry has seen."""
    content = tmp_path / "content"
    content.write_bytes(os.urandom(BIG))
    return build(Recipe(name="test", entrypoint=("/run",), copies={"run": content}), tmp_path, lambda line: None)


def registry(served: container_registry.Registry, port: int | None = None, **changes: str) -> Registry:
    """Return the client of the registry, or of the line to it that begins at `port`."""
    host = served.host if port is None else f"localhost:{port}"
    known = Login(served.user, changes.get("password", served.password))
    return Registry(host, changes.get("authority", str(served.authority)), known)


def port_of(served: container_registry.Registry) -> int:
    return int(served.host.rpartition(":")[2])


def test_what_was_pushed_is_there_and_is_not_sent_again(served: container_registry.Registry, image: Path) -> None:
    told: list[tuple[int, int]] = []
    client = registry(served)
    digest = archive.digest(image)
    assert not client.holds("own/test", digest)
    total = sum(part.size for part in archive.blobs(image))
    assert client.push("own/test", image, lambda sent, of: told.append((sent, of))) == total > BIG
    assert told[-1] == (total, total)
    assert [sent for sent, _ in told] == sorted({sent for sent, _ in told})
    assert client.holds("own/test", digest)
    assert all(served.status(f"own/test/blobs/{part.digest}") == 200 for part in archive.blobs(image))
    with line(port_of(served), []) as (port, counted):
        assert registry(served, port).push("own/test", image) == 0
        assert sum(counted) < 20_000


def test_only_the_missing_blob_is_sent(served: container_registry.Registry, image: Path, tmp_path: Path) -> None:
    registry(served).push("own/layers", image)
    first = archive.blobs(image)
    # Another configuration over the same layer.
    recipe = Recipe(name="test", entrypoint=("/other",), copies={"run": tmp_path / "content"})
    other = build(recipe, tmp_path, lambda line: None)
    assert archive.blobs(other)[0] == first[0]
    assert registry(served).push("own/layers", other) == archive.blobs(other)[1].size


def test_an_upload_goes_on_where_the_line_broke(served: container_registry.Registry, image: Path) -> None:
    with line(port_of(served), [9 << 20, 6 << 20], idle=True) as (port, counted):
        registry(served, port).push("own/idle", image)
    assert len(counted) >= 3
    assert sum(counted) < BIG + (1 << 20)  # nothing was sent twice
    assert registry(served).holds("own/idle", archive.digest(image))


def test_a_part_that_broke_in_the_middle_arrives_as_well(served: container_registry.Registry, image: Path) -> None:
    """This registry forgets such an upload, so the blob begins anew; those that remember go on."""
    with line(port_of(served), [9 << 20, 6 << 20]) as (port, counted):
        registry(served, port).push("own/broken", image)
    assert len(counted) >= 3
    assert registry(served).holds("own/broken", archive.digest(image))


def test_a_line_that_breaks_for_ever_is_given_up(
    served: container_registry.Registry, image: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("govcloud.images.registry._PAUSE", 0.01)
    with line(port_of(served), [200_000] * 50) as (port, _), pytest.raises(CloudError) as caught:
        registry(served, port).push("own/hopeless", image)
    refused(caught.value, "GC-IMAGE-014", served, "localhost")


def refused(error: GovCloudError, code: str, served: container_registry.Registry, *said: str) -> None:
    """Require code and words in both languages, and no password."""
    secret = base64.b64encode(f"{served.user}:{served.password}".encode()).decode()
    for language in Language:
        text = error.render(language)
        assert code in text
        assert all(word in text for word in said), text
        assert served.password not in text and secret not in text
    assert error.render(Language.EN) != error.render(Language.VI)


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"password": "wrong"}, "GC-IMAGE-013"), ({"authority": "another"}, "GC-IMAGE-014")],
)
def test_a_wrong_password_and_a_wrong_authority_are_said(
    served: container_registry.Registry, image: Path, tmp_path: Path, changes: dict[str, str], code: str
) -> None:
    if "authority" in changes:
        changes = {"authority": str(Authority(tmp_path / "pki", "Another").certificate)}
    with pytest.raises(CloudError) as caught:
        registry(served, None, **changes).push("own/refused", image)
    refused(caught.value, code, served, served.host)


def test_a_registry_that_is_not_there_is_said_at_once(served: container_registry.Registry, image: Path) -> None:
    with pytest.raises(CloudError) as caught:
        registry(served, free_port()).push("own/absent", image)
    refused(caught.value, "GC-IMAGE-014", served, "localhost")


def test_an_authority_that_is_no_certificate_is_said(served: container_registry.Registry, tmp_path: Path) -> None:
    for content in (None, "nothing"):
        file = tmp_path / "authority.pem"
        if content:
            file.write_text(content)
        with pytest.raises(CloudError) as caught:
            registry(served, authority=str(file))
        refused(caught.value, "GC-IMAGE-012", served, str(file))


def test_credentials_come_from_a_file_as_docker_writes_it(
    served: container_registry.Registry, image: Path, tmp_path: Path
) -> None:
    file = tmp_path / "config.json"
    entry = base64.b64encode(f"{served.user}:{served.password}".encode()).decode()
    declared = Images(registry=served.host, credentials_from="PUSHER")
    for name in (served.host, f"https://{served.host}/v2/"):
        file.write_text(json.dumps({"auths": {name: {"auth": entry}}}))
        found = login(declared, served.host, {"PUSHER": str(file)})
        assert found == Login(served.user, served.password)
        assert served.password not in repr(found)
    assert Registry(served.host, str(served.authority), found).push("own/file", image) > 0
    home = tmp_path / ".docker"
    home.mkdir()
    (home / "config.json").write_text(file.read_text())
    usual = dataclasses.replace(found) if found else None
    assert login(Images(registry=served.host), served.host, {"HOME": str(tmp_path)}) == usual
    assert login(Images(registry=served.host), "elsewhere:5000", {"HOME": str(tmp_path)}) is None
    with pytest.raises(CloudError) as caught:
        Registry(served.host, str(served.authority), None).push("own/nobody", image)
    refused(caught.value, "GC-IMAGE-013", served, f"docker login {served.host}")


def test_a_registry_is_filled_at_an_address_that_its_name_does_not_lead_to(
    served: container_registry.Registry, image: Path
) -> None:
    known = Login(served.user, served.password)
    client = Registry("localhost", str(served.authority), known, served.host)
    assert client.push("elsewhere/test", image) > BIG
    assert registry(served).holds("elsewhere/test", archive.digest(image))
    with pytest.raises(CloudError) as caught:  # whoever answers there must be the one of that name
        Registry("registry.example.gov.vn", str(served.authority), known, served.host).push("elsewhere/test", image)
    refused(caught.value, "GC-IMAGE-014", served, "registry.example.gov.vn")


def test_a_file_of_credentials_that_is_none_is_said_without_what_it_holds(
    served: container_registry.Registry, tmp_path: Path
) -> None:
    declared = Images(registry=served.host, credentials_from="PUSHER")
    with pytest.raises(CloudError) as caught:
        login(declared, served.host, {})
    refused(caught.value, "GC-IMAGE-010", served, "PUSHER")
    file = tmp_path / "config.json"
    for text in (f"user:{served.password}", f'{{"auths": {{"{served.host}": {{"auth": "{served.password}"}}}}}}', "[]"):
        file.write_text(text)
        with pytest.raises(CloudError) as caught:
            login(declared, served.host, {"PUSHER": str(file)})
        refused(caught.value, "GC-IMAGE-011", served, str(file))
