"""What an examination concludes from what the API server grants the platform and the auditor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from answering_cluster import AnsweringCluster, said
from made_country import cloud, country
from probe_image import PROBE

from govcloud.examination.finding import State
from govcloud.examination.ground import Ground
from govcloud.examination.patience import Patience
from govcloud.examination.pods import Pods
from govcloud.examination.site import Site
from govcloud.examination.subjects import rights
from govcloud_base.errors import Text

PART = Text("part", "phần")


def _site(api: AnsweringCluster, **spec: Any) -> Site:
    made = country([cloud(**spec)])
    pods = Pods(Ground(api, Patience()), PROBE)
    return Site(made, made.clouds["cgc"], "https://api", api, pods)


def test_a_right_that_is_missing_is_named() -> None:
    missing = [rights.Right("create", "rbac.authorization.k8s.io", "roles"), rights.Right("get", "", "pods/log")]
    lack = rights.judged("rights-platform", missing, 9, Text("the platform may not", "không được"), PART)
    assert lack.said.en == "the platform may not create roles.rbac.authorization.k8s.io, get pods/log"
    assert rights.judged("rights-platform", [], 9, PART, PART).state is State.FOUND


def _reviews(platform: Callable[[dict[str, str]], bool], auditor: Callable[[dict[str, str]], bool]) -> AnsweringCluster:
    def reply(decide: Callable[[dict[str, str]], bool]) -> Any:
        return lambda request: said({"status": {"allowed": decide(request.body["spec"]["resourceAttributes"])}}, 201)

    path = "POST /apis/authorization.k8s.io/v1"
    role = {"metadata": {"name": "govcloud-auditor"}}
    return AnsweringCluster(
        {
            f"{path}/selfsubjectaccessreviews": reply(platform),
            f"{path}/subjectaccessreviews": reply(auditor),
            "GET /apis/rbac.authorization.k8s.io/v1/clusterroles/govcloud-auditor": said(role),
        }
    )


def _reads(asked: dict[str, str]) -> bool:
    return asked["verb"] in ("get", "list", "watch") and asked["resource"] != "secrets"


def _reads_secrets(asked: dict[str, str]) -> bool:
    return _reads(asked) or (asked["resource"], asked["verb"]) == ("secrets", "get")


@pytest.mark.parametrize(
    ("platform", "auditor", "found"),
    [
        (lambda _: True, _reads, ["found", "found", "found"]),
        (lambda asked: asked["verb"] != "escalate", _reads, ["lacking", "found", "found"]),
        (lambda _: True, lambda _: True, ["found", "lacking", "found"]),
        (lambda _: True, lambda _: False, ["found", "found", "lacking"]),
        (
            lambda _: True,
            _reads_secrets,
            ["found", "lacking", "found"],
        ),
    ],
    ids=["as declared", "nobody may escalate", "everybody may everything", "a blind auditor", "one who reads secrets"],
)
def test_the_platform_does_and_the_auditor_looks(
    platform: Callable[[dict[str, str]], bool], auditor: Callable[[dict[str, str]], bool], found: list[str]
) -> None:
    site = _site(_reviews(platform, auditor))
    assert [finding.state.value for finding in rights.examine(site)] == found
