"""Who we are to a registry: as Docker's file says it, also by a helper; what is kept otherwise is refused by name."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from govcloud.images.credentials import Login, login
from govcloud.model.cloud import Images
from govcloud_base.errors import CloudError, Language

HOST = "registry.example.gov.vn"
IMAGES = Images(registry=HOST, credentials_from="PUSHER")
SECRET = "word-that-nobody-may-read"


def entry(user: str, password: str = SECRET) -> dict[str, str]:
    return {"auth": base64.b64encode(f"{user}:{password}".encode()).decode()}


def known(folder: Path, place: str, **kept: Any) -> Login | None:
    """Return who a file with this content says we are to `place`; helpers lie in `folder`."""
    file = folder / "config.json"
    file.write_text(json.dumps(kept))
    return login(IMAGES, place, {"PUSHER": str(file), "PATH": f"{folder}:/usr/bin:/bin"})


def helper(folder: Path, name: str, script: str) -> None:
    file = folder / f"docker-credential-{name}"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def keeping(folder: Path, name: str, user: str = "kept", secret: str = SECRET) -> None:
    """Make a helper that knows one registry, and notes who asked for which."""
    answer = json.dumps({"ServerURL": HOST, "Username": user, "Secret": secret})
    helper(
        folder,
        name,
        f'read -r server; echo "$1 $server" >> {folder}/asked\n'
        f'[ "$server" = "{HOST}" ] && echo \'{answer}\' && exit\n'
        "echo credentials not found in native keychain; exit 1",
    )


@pytest.mark.parametrize(
    ("place", "user"),
    [
        (HOST, "host"),
        (f"{HOST}/health", "health"),
        (f"{HOST}/health/labs", "health"),
        (f"{HOST}/healthy", "host"),
        (f"{HOST}:443/health", "health"),
        (f"{HOST}:5000", "port"),
        (f"{HOST}:5000/health", "port"),
        ("elsewhere.example", None),
    ],
)
@pytest.mark.parametrize("backwards", [False, True])
def test_the_nearest_entry_counts_whatever_the_order(
    tmp_path: Path, place: str, user: str | None, backwards: bool
) -> None:
    entries = [
        (f"https://{HOST}/v2/", entry("host")),
        (f"{HOST}/health", entry("health")),
        (f"{HOST}:5000", entry("port")),
    ]
    found = known(tmp_path, place, auths=dict(reversed(entries) if backwards else entries))
    assert found == (Login(user, SECRET) if user else None)


@pytest.mark.parametrize("backwards", [False, True])
def test_of_two_ways_to_write_a_host_the_plain_one_counts(tmp_path: Path, backwards: bool) -> None:
    entries = [(f"https://{HOST}/v1/", entry("old")), (HOST, entry("new"))]
    found = known(tmp_path, HOST, auths=dict(reversed(entries) if backwards else entries))
    assert found == Login("new", SECRET)


def test_a_helper_is_asked_for_its_registry_and_the_store_for_all_others(tmp_path: Path) -> None:
    keeping(tmp_path, "own", "of-the-helper")
    keeping(tmp_path, "all", "of-the-store")
    kept = {"credHelpers": {HOST: "own"}, "credsStore": "all", "auths": {"elsewhere.example": {}}}
    assert known(tmp_path, f"{HOST}/health", **kept) == Login("of-the-helper", SECRET)
    assert known(tmp_path, HOST, credsStore="all") == Login("of-the-store", SECRET)
    assert known(tmp_path, "elsewhere.example", **kept) is None
    assert (tmp_path / "asked").read_text().splitlines() == [f"get {HOST}", f"get {HOST}", "get elsewhere.example"]


def test_what_a_helper_does_not_know_may_stand_in_the_file(tmp_path: Path) -> None:
    keeping(tmp_path, "all")
    auths = {"elsewhere.example": entry("written")}
    assert known(tmp_path, "elsewhere.example", credsStore="all", auths=auths) == Login("written", SECRET)


@pytest.mark.parametrize(
    ("script", "said"),
    [
        (None, "not on PATH"),
        ("echo the keychain is locked; exit 1", "the keychain is locked"),
        (f"echo {SECRET}", "its answer cannot be read"),
        (f"""echo '{{"Secret": "{SECRET}"}}'; echo it is locked >&2; exit 1""", "it is locked"),
        ("exit 3", "exit code 3"),
    ],
    ids=["not there", "locked", "no JSON", "it fails with the password", "silent"],
)
def test_a_helper_that_does_not_answer_is_named_with_what_helps(tmp_path: Path, script: str | None, said: str) -> None:
    if script:
        helper(tmp_path, "broken", script)
    with pytest.raises(CloudError) as caught:
        known(tmp_path, HOST, credsStore="broken")
    _told(caught.value, "GC-IMAGE-016", "docker-credential-broken")
    assert said in caught.value.render(Language.EN) and SECRET not in caught.value.render(Language.EN)


def test_a_helper_that_cannot_be_run_is_told_so_and_not_that_it_is_slow(tmp_path: Path) -> None:
    helper(tmp_path, "broken", "exit 0")
    (tmp_path / "docker-credential-broken").write_text("#!/nowhere/sh\n")
    with pytest.raises(CloudError) as caught:
        known(tmp_path, HOST, credsStore="broken")
    assert "No such file" in caught.value.render(Language.EN)


def test_a_helper_is_a_program_on_the_path_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "docker-credential-").mkdir()
    helper(tmp_path / "docker-credential-", "evil", "exit 0")
    with pytest.raises(CloudError, match="GC-IMAGE-016"):
        known(tmp_path, HOST, credsStore="/docker-credential-evil")


def test_a_token_in_place_of_a_password_is_refused_by_name(tmp_path: Path) -> None:
    keeping(tmp_path, "all", "<token>")
    for kept in (
        {"auths": {HOST: {**entry("00000000", ""), "identitytoken": SECRET}}},
        {"auths": {HOST: {"registrytoken": SECRET}}},
        {"credsStore": "all"},
    ):
        with pytest.raises(CloudError) as caught:
            known(tmp_path, HOST, **kept)
        _told(caught.value, "GC-IMAGE-017", HOST)


@pytest.mark.parametrize("kept", [{"credHelpers": ["own"]}, {"credsStore": 3}, {"auths": {HOST: "x"}}, {"auths": 3}])
def test_a_file_of_another_shape_is_said(tmp_path: Path, kept: dict[str, Any]) -> None:
    with pytest.raises(CloudError, match="GC-IMAGE-011"):
        known(tmp_path, HOST, **kept)


def _told(error: CloudError, code: str, said: str) -> None:
    for language in Language:
        text = error.render(language)
        assert code in text and said in text and SECRET not in text, text
