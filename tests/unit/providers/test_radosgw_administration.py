"""What the adapter asks of a gateway and makes of its answers, which were recorded from a 16.2."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from govcloud.providers.storage.adapters import UNBOUNDED, Quota
from govcloud.providers.storage.adapters.radosgw.administration import CAPABILITIES, Administration, Refused
from govcloud.providers.storage.adapters.radosgw.dialect import RadosGateway
from govcloud.providers.storage.endpoint import AccessKey, Endpoint
from govcloud_base.errors import CloudError

KEY = {"user": "h41-prod", "access_key": "", "secret_key": "drawn there"}
NONE = '<?xml version="1.0"?><Error><Code>NoSuchEntity</Code><Message></Message></Error>'
HALF = f"<GetUserPolicyResponse><GetUserPolicyResult>{NONE}"
"""How a 16.2 answers for a policy that is not there: it begins as if it were."""
NAMESPACE = "https://iam.amazonaws.com/doc/2010-05-08/"
"""In which gateways since 20 answer, and in pages."""


def listed(names: Iterable[str], page: str = "", space: str = "") -> str:
    rows = "".join(f"<member>{name}</member>" for name in names)
    worn = f' xmlns="{space}"' if space else ""
    inner = f"<ListUserPoliciesResult><PolicyNames>{rows}</PolicyNames>{page}</ListUserPoliciesResult>"
    return f"<ListUserPoliciesResponse{worn}>{inner}</ListUserPoliciesResponse>"


def document(text: str, space: str = "") -> str:
    worn = f' xmlns="{space}"' if space else ""
    inner = f"<GetUserPolicyResult><PolicyDocument>{text}</PolicyDocument></GetUserPolicyResult>"
    return f"<GetUserPolicyResponse{worn}>{inner}</GetUserPolicyResponse>"


@dataclass
class Gateway:
    """Answers by what `answer` says of method, path and what was told; keeps what it was asked."""

    answer: Callable[[str, str, Mapping[str, str]], tuple[int, str]] = lambda *_: (200, "")
    asked: list[tuple[str, str, Mapping[str, str]]] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)

    def request(self, method: str, address: str, headers: Any, body: str | None, redirect: bool) -> Any:
        assert headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=ADMIN/")
        assert not redirect
        parts = urlsplit(address)
        told = {k: v[0] for k, v in parse_qs(body or parts.query, keep_blank_values=True).items()}
        self.addresses.append(address)
        self.asked.append((method, parts.path, told))
        status, text = self.answer(method, parts.path, told)
        return type("Answer", (), {"status": status, "data": text.encode()})


@pytest.fixture
def gateway() -> Gateway:
    return Gateway()


@pytest.fixture
def adapter(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> RadosGateway:
    monkeypatch.setattr(Administration, "_pool", lambda _: gateway)
    endpoint = Endpoint("https://rgw.test:8443", "vn-hn-1", "radosgw", AccessKey("ADMIN", "hidden"))
    return RadosGateway.from_endpoint(endpoint, {})


def test_no_secret_is_ever_told_and_the_gateways_own_is_taken(adapter: RadosGateway, gateway: Gateway) -> None:
    def answer(method: str, path: str, told: Mapping[str, str]) -> tuple[int, str]:
        if path == "/":
            return 404, NONE
        others = [{**KEY, "access_key": "OTHER", "secret_key": "another's"}]
        return 200, json.dumps([*others, {**KEY, "access_key": told["access-key"]}] if "access-key" in told else {})

    gateway.answer = answer

    made = adapter.create_identity("h41-prod")

    (create, _, add) = gateway.asked
    assert create == (
        "PUT",
        "/admin/user",
        {"uid": "h41-prod", "display-name": "h41-prod", "generate-key": "false", "max-buckets": "-1", "format": "json"},
    )
    assert add[2] == {
        "uid": "h41-prod",
        "key": "",
        "key-type": "s3",
        "generate-key": "true",
        "access-key": made.access,
        "format": "json",
    }
    assert made.secret == "drawn there"
    assert not any("secret" in address for address in gateway.addresses)


def test_rights_that_a_change_of_the_user_takes_away_are_given_again(adapter: RadosGateway, gateway: Gateway) -> None:
    texts = {"own": '{"Statement": ["&amp;"]}', "more": "{}"}

    def answer(method: str, path: str, told: Mapping[str, str]) -> tuple[int, str]:
        match told.get("Action"):
            case "ListUserPolicies":
                return 200, listed(texts)
            case "GetUserPolicy":
                return 200, document(texts[told["PolicyName"]])
        return (200, "<R/>" if path == "/" else "")

    gateway.answer = answer

    adapter.set_enabled("h41-prod", enabled=False)

    (change, *again) = gateway.asked[-3:]
    assert change[2] == {"uid": "h41-prod", "suspended": "true", "format": "json"}
    assert {told["PolicyName"]: told["PolicyDocument"] for _, _, told in again} == {
        "own": '{"Statement": ["&"]}',
        "more": "{}",
    }
    assert {told["Action"] for _, _, told in again} == {"PutUserPolicy"}


def test_a_policy_that_is_gone_when_it_is_read_is_none(adapter: RadosGateway, gateway: Gateway) -> None:
    def answer(method: str, path: str, told: Mapping[str, str]) -> tuple[int, str]:
        match told.get("Action"):
            case "ListUserPolicies":
                return 200, listed(["gone"])
            case "GetUserPolicy":
                return 404, HALF
        user = {"user_id": "h41-prod", "max_buckets": -1, "keys": []}
        return 200, json.dumps([] if path.endswith("bucket") else user)

    gateway.answer = answer

    live = adapter.identity("h41-prod")

    assert live is not None
    assert (live.policies, live.document) == ((), None)


def answering(told_of: Mapping[str, str | Callable[[Mapping[str, str]], str]]) -> Any:
    """Return the answers of a gateway that has one user; `told_of` holds those to calls of IAM."""

    def answer(method: str, path: str, told: Mapping[str, str]) -> tuple[int, str]:
        if path == "/":
            said = told_of[told["Action"]]
            return 200, said if isinstance(said, str) else said(told)
        return 200, json.dumps([] if path.endswith("bucket") else {"user_id": "h41-prod", "max_buckets": -1})

    return answer


def test_a_newer_gateways_policies_are_read_in_its_namespace_and_of_all_pages(
    adapter: RadosGateway, gateway: Gateway
) -> None:
    more = "<IsTruncated>true</IsTruncated><Marker>after-own</Marker>"
    said = '{"Statement": []}'

    def pages(told: Mapping[str, str]) -> str:
        if told.get("Marker") == "after-own":
            return listed(["more"], "<IsTruncated>false</IsTruncated>", NAMESPACE)
        return listed([adapter.own_policy("h41-prod")], more, NAMESPACE)

    gateway.answer = answering({"ListUserPolicies": pages, "GetUserPolicy": document(said, NAMESPACE)})

    live = adapter.identity("h41-prod")

    assert live is not None
    assert live.policies == ("govcloud-h41-prod", "more")
    assert live.document == {"Statement": []}
    assert live.others == ({"Statement": []},)


@pytest.mark.parametrize(
    ("called", "said"),
    [
        ("ListUserPolicies", "<ListUserPoliciesResponse/>"),
        ("ListUserPolicies", "<Page><ListRolePoliciesResult/></Page>"),
        ("ListUserPolicies", listed(["own"], "<IsTruncated>true</IsTruncated>")),
        ("ListUserPolicies", listed(["own"], "<IsTruncated>true</IsTruncated><Marker>again</Marker>")),
        ("GetUserPolicy", "<GetUserPolicyResponse/>"),
        ("GetUserPolicy", "<GetUserPolicyResponse><GetUserPolicyResult/></GetUserPolicyResponse>"),
    ],
)
def test_an_answer_without_what_was_asked_for_is_not_taken_for_no_policies(
    adapter: RadosGateway, gateway: Gateway, called: str, said: str
) -> None:
    gateway.answer = answering({"ListUserPolicies": listed(["own"]), "GetUserPolicy": document("{}"), called: said})

    with pytest.raises(CloudError) as raised:
        adapter.identity("h41-prod")

    assert [problem.code for problem in raised.value.problems] == ["GC-STORE-004"]
    assert called in str(raised.value)


def test_a_role_is_named_as_a_role_and_a_user_as_a_user(adapter: RadosGateway) -> None:
    assert adapter.principal("role/auditor") == "arn:aws:iam:::role/auditor"
    assert adapter.principal("auditor") == "arn:aws:iam:::user/auditor"


def test_all_pages_of_users_are_read_and_no_roles_is_an_answer(adapter: RadosGateway, gateway: Gateway) -> None:
    def answer(method: str, path: str, told: Mapping[str, str]) -> tuple[int, str]:
        if path == "/":
            return 404, NONE
        if "list" in told:
            last = told.get("marker") == "4:a"
            page = {"keys": ["b"], "truncated": False} if last else {"keys": ["a"], "truncated": True, "marker": "4:a"}
            return 200, json.dumps(page)
        return 200, json.dumps([] if path.endswith("bucket") else {"user_id": told["uid"], "max_buckets": -1})

    gateway.answer = answer

    assert [live.name for live in adapter.identities()] == ["a", "b"]


@pytest.mark.parametrize(
    ("there", "quota"),
    [
        ({"enabled": False, "max_size": 10240, "max_objects": 3}, UNBOUNDED),
        ({"enabled": True, "max_size": 10240, "max_objects": -1}, Quota(10240, None)),
        ({"enabled": True, "max_size": -1024, "max_objects": 3}, Quota(None, 3)),
        ({"enabled": True, "max_size": 10240, "max_objects": 0}, Quota(10240, 0)),
    ],
)
def test_a_quota_is_read_as_far_as_it_is_in_force(
    adapter: RadosGateway, gateway: Gateway, there: Mapping[str, object], quota: Quota
) -> None:
    gateway.answer = lambda *_: (200, json.dumps({"owner": "govcloud", "bucket_quota": there}))

    assert adapter.quota("vn-h41-prod-records") == quota


@pytest.mark.parametrize(
    ("quota", "told"),
    [
        (Quota(10240, 7), {"max-size-kb": "10", "max-objects": "7", "enabled": "true"}),
        (Quota(None, 7), {"max-size-kb": "-1", "max-objects": "7", "enabled": "true"}),
        (UNBOUNDED, {"max-size-kb": "-1", "max-objects": "-1", "enabled": "false"}),
    ],
)
def test_a_quota_is_set_for_the_buckets_owner(
    adapter: RadosGateway, gateway: Gateway, quota: Quota, told: Mapping[str, str]
) -> None:
    gateway.answer = lambda method, *_: (200, json.dumps({"owner": "provisioner"}) if method == "GET" else "")

    adapter.set_quota("b", quota)

    assert gateway.asked[-1][2] == {**told, "quota": "", "uid": "provisioner", "bucket": "b", "format": "json"}


def test_a_key_without_capabilities_is_told_the_command_that_gives_them(
    adapter: RadosGateway, gateway: Gateway
) -> None:
    gateway.answer = lambda *_: (403, '{"Code":"AccessDenied","Message":""}')

    with pytest.raises(Refused) as raised:
        adapter.identity("h41-prod")

    (problem,) = raised.value.problems
    assert problem.code == "GC-STORE-030"
    assert problem.fix is not None
    assert f"radosgw-admin caps add --uid=… --caps='{CAPABILITIES}'" in problem.fix.en


@pytest.mark.parametrize(("status", "text"), [(200, "never shown"), (500, "never shown"), (302, "never shown")])
def test_of_an_answer_that_nobody_understands_not_a_word_is_said(
    adapter: RadosGateway, gateway: Gateway, status: int, text: str
) -> None:
    gateway.answer = lambda *_: (status, text)

    with pytest.raises(CloudError) as raised:
        adapter.identity("h41-prod")

    assert [problem.code for problem in raised.value.problems] == ["GC-STORE-004"]
    assert "never shown" not in str(raised.value)


def test_what_is_gone_already_is_no_error(adapter: RadosGateway, gateway: Gateway) -> None:
    gateway.answer = lambda *_: (404, '{"Code":"NoSuchUser"}')
    adapter.delete_identity("h41-prod")
    assert adapter.identity("h41-prod") is None

    gateway.answer = lambda _, path, __: (404, NONE) if path == "/" else (403, '{"Code":"InvalidAccessKeyId"}')
    adapter.remove_key("h41-prod", "GONE")


def test_a_key_of_swifts_is_taken_from_the_subuser_that_has_it(adapter: RadosGateway, gateway: Gateway) -> None:
    gateway.answer = lambda _, path, __: (404, NONE) if path == "/" else (200, "")

    adapter.remove_key("h41-prod", "swift:h41-prod:app")

    told = {"uid": "h41-prod", "key": "", "subuser": "h41-prod:app", "key-type": "swift", "format": "json"}
    assert gateway.asked[-1] == ("DELETE", "/admin/user", told)


def test_nothing_that_answers_is_said_with_the_address() -> None:
    endpoint = Endpoint("https://127.0.0.1:9", "vn-hn-1", "radosgw", AccessKey("ADMIN", "hidden"))

    with pytest.raises(CloudError) as raised:
        RadosGateway.from_endpoint(endpoint, {}).identity("h41-prod")

    (problem,) = raised.value.problems
    assert (problem.code, problem.value) == ("GC-STORE-003", "https://127.0.0.1:9")
