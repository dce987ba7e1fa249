"""Registries that send their users to somebody else for a token, as large ones do; and what a digest may name."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import container_registry
import pytest
import token_server
from broken_line import free_port
from served import running

from govcloud.images import Recipe, archive, build
from govcloud.images.credentials import Login
from govcloud.images.registry import Registry
from govcloud_base.errors import CloudError, Language

BIG = 24 << 20
"""Bytes of the image that is sent: six parts."""
INDEX = "application/vnd.oci.image.index.v1+json"


@dataclass(frozen=True)
class Served:
    """A registry, who gives tokens for it, and the authorities of both in one file."""

    registry: container_registry.Registry
    tokens: token_server.TokenServer
    trusted: Path

    def client(self, password: str | None = None) -> Registry:
        login = Login(self.registry.user, password or self.registry.password)
        return Registry(self.registry.host, str(self.trusted), login)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with (
        token_server.serving(tmp_path / "tokens") as tokens,
        container_registry.serving(tmp_path / "registry", free_port(), tokens.settings) as registry,
    ):
        tokens.authorization = registry.authorization
        trusted = tmp_path / "trusted.pem"
        trusted.write_bytes(registry.authority.read_bytes() + tokens.authority.read_bytes())
        yield Served(registry, tokens, trusted)


@pytest.fixture
def image(tmp_path: Path) -> Path:
    content = tmp_path / "content"
    content.write_bytes(os.urandom(BIG))
    return build(Recipe(name="test", entrypoint=("/run",), copies={"run": content}), tmp_path, lambda line: None)


def test_an_image_goes_up_with_tokens_for_what_is_done(served: Served, image: Path) -> None:
    client = served.client()
    assert not client.holds("own/test", archive.digest(image))
    assert client.push("own/test", image) > BIG
    assert client.holds("own/test", archive.digest(image))
    # One to look, one to send: the second does for all that follows.
    assert [set(scope.rpartition(":")[2].split(",")) for scope in served.tokens.scopes] == [{"pull"}, {"pull", "push"}]


def test_a_token_that_runs_out_during_a_long_push_is_got_anew(served: Served, image: Path) -> None:
    served.tokens.life = 4  # three seconds at least: claims are in whole ones
    pauses = iter([4.1] * 3)  # each longer than any token lasts
    served.client().push("own/slow", image, lambda sent, total: time.sleep(next(pauses, 0)))
    assert next(pauses, None) is None
    assert len(served.tokens.scopes) > 4
    assert all("push" in scope for scope in served.tokens.scopes[1:]), "a look took away the right to go on"
    assert served.client().holds("own/slow", archive.digest(image))


def test_a_wrong_password_is_one_though_somebody_else_judges_it(served: Served, image: Path) -> None:
    _refused(served, image, "GC-IMAGE-013", served.registry.host, password="wrong")


def test_whoever_gives_no_tokens_is_named_and_not_the_password_blamed(served: Served, image: Path) -> None:
    served.tokens.broken = 503
    _refused(served, image, "GC-IMAGE-015", f"{served.tokens.realm}: 503")


def test_a_token_server_out_of_reach_is_named(
    served: Served, image: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("govcloud.images.registry._PAUSE", 0.01)
    gone = f"localhost:{free_port()}"
    settings = {**served.tokens.settings, "realm": f"https://{gone}/token"}
    with container_registry.serving(tmp_path / "other", free_port(), settings) as registry:
        other = Served(registry, served.tokens, registry.authority)
        _refused(other, image, "GC-IMAGE-014", gone)


def test_a_token_that_would_be_asked_for_without_tls_is_not(served: Served, image: Path, tmp_path: Path) -> None:
    settings = {**served.tokens.settings, "realm": served.tokens.realm.replace("https:", "http:")}
    with container_registry.serving(tmp_path / "other", free_port(), settings) as registry:
        other = Served(registry, served.tokens, registry.authority)
        _refused(other, image, "GC-IMAGE-015", "realm=http:")
    assert served.tokens.scopes == []


def _refused(served: Served, image: Path, code: str, said: str, password: str | None = None) -> None:
    with pytest.raises(CloudError) as caught:
        served.client(password).push("own/refused", image)
    for language in Language:
        text = caught.value.render(language)
        assert code in text and said in text, text
        assert served.registry.password not in text


def test_an_index_of_images_for_several_machines_is_there_as_well(tmp_path: Path, image: Path) -> None:
    with container_registry.serving(tmp_path / "registry", free_port()) as registry:
        client = Registry(registry.host, str(registry.authority), Login(registry.user, registry.password))
        client.push("own/test", image)
        manifest = archive.manifest(image)
        one = {"mediaType": archive.MANIFEST, "digest": archive.digest(image), "size": len(manifest)}
        index = {"schemaVersion": 2, "mediaType": INDEX, "manifests": [one]}
        body = json.dumps(index).encode()
        digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
        assert not client.holds("own/test", digest)
        assert registry.put(f"own/test/manifests/{digest}", body, INDEX) == 201
        assert client.holds("own/test", digest)


@pytest.mark.node
def test_the_usual_port_may_be_named_though_the_registry_leaves_it_out(tmp_path: Path, image: Path) -> None:
    prepared = container_registry.prepared(tmp_path / "registry", "127.0.0.77", 443)
    with running(prepared.component, tmp_path / "registry"):
        assert prepared.host == "127.0.0.77:443"
        client = Registry(prepared.host, str(prepared.authority), Login(prepared.user, prepared.password))
        client.push("own/test", image)
        assert client.holds("own/test", archive.digest(image))
