from __future__ import annotations

from typing import Any

import pytest

from govcloud.providers.storage.adapters.seaweedfs import identities as weed_identities

EXPORT: dict[str, Any] = {
    "identities": [
        {
            "name": "h41-prod",
            "credentials": [
                {"accessKey": "K", "secretKey": "never shown", "status": "Active"},
                {"accessKey": "OFF", "secretKey": "never shown", "status": "Inactive"},
            ],
            "actions": [],
            "disabled": False,
            "policyNames": ["govcloud-h41-prod", "wide"],
            "isStatic": False,
        },
        {"name": "admin", "credentials": [{"accessKey": "A", "status": ""}], "actions": ["Admin"], "isStatic": True},
    ],
    "serviceAccounts": [
        {"id": "sa:h41-prod:1", "parentUser": "h41-prod", "credential": {"accessKey": "S", "secretKey": "never shown"}}
    ],
    "groups": [
        {"name": "all", "members": ["h41-prod"], "policyNames": ["more"], "disabled": False},
        {"name": "off", "members": ["h41-prod"], "policyNames": ["none"], "disabled": True},
    ],
}
OWN: dict[str, object] = {"Statement": [{"Sid": "own"}]}
DOCUMENTS: dict[str, Any] = {"govcloud-h41-prod": OWN, "wide": {"Statement": [1]}, "more": {"Statement": [2]}}


def parsed(name: str) -> Any:
    found = weed_identities.parsed(EXPORT, DOCUMENTS, lambda identity: f"govcloud-{identity}")
    return next(identity for identity in found if identity.name == name)


def test_an_identity_has_all_its_ways_in() -> None:
    live = parsed("h41-prod")

    assert live.enabled
    assert live.managed
    assert live.policies == ("all/more", "govcloud-h41-prod", "wide")
    assert live.access_keys == ("K", "S")
    assert live.document == OWN
    assert live.others == ({"Statement": [1]}, {"Statement": [2]})
    assert "never shown" not in repr(live)


def test_the_servers_own_is_not_ours_to_touch() -> None:
    live = parsed("admin")

    assert not live.managed
    assert live.actions == ("Admin",)
    assert live.reaches("any-bucket")


def test_policies_are_read_with_whatever_is_in_them() -> None:
    text = 'Name: one\nContent: {"Sid": "a\\n---\\nName: x"}\n---\nName: two\nContent: {\n  "Statement": []\n}\n---\n'

    assert weed_identities.policies(text) == {"one": {"Sid": "a\n---\nName: x"}, "two": {"Statement": []}}
    assert weed_identities.policies("") == {}


def test_a_policy_that_cannot_be_read_is_named() -> None:
    with pytest.raises(ValueError, match="broken"):
        weed_identities.policies("Name: broken\nContent: [1]\n---")
