"""Before a run: a few requests and what the last whole examination found, if nobody else can have written it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from answering_cluster import AnsweringCluster, said
from made_country import agency, cloud, country, tenant

from govcloud.clouds.request import Answer
from govcloud.country import Country
from govcloud.examination import before, memory
from govcloud.examination.finding import Finding, lacking
from govcloud_base.errors import Text
from govcloud_base.user_folders import cache_folder

SEEN, FIX = Text("seen", "đã thấy"), Text("mend it", "hãy sửa")
NOW = datetime.datetime(2026, 11, 22, 8, 0, tzinfo=datetime.UTC)
ADMISSION = "GET /apis/admissionregistration.k8s.io/v1"
SERVED = [{"name": "validatingadmissionpolicies"}, {"name": "validatingadmissionpolicybindings"}]
APPLIED = {"metadata": {"managedFields": [{"manager": "govcloud-examination", "operation": "Apply"}]}}


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOVCLOUD_CACHE", str(tmp_path / "cache"))


def _cluster(uid: str = "1", changed: Mapping[str, Answer] = MappingProxyType({})) -> AnsweringCluster:
    replies: dict[str, Any] = {
        "GET /api/v1/namespaces/kube-system": said({"metadata": {"uid": uid}}),
        "GET /version": said({"gitVersion": "v1.36.3"}),
        "PATCH /api/v1/namespaces/default/configmaps/govcloud-examination": said(APPLIED),
        ADMISSION: said({"resources": SERVED}),
    }
    return AnsweringCluster({**replies, **changed})


def _made() -> Country:
    return country([cloud(), agency("H41"), tenant("H41", level=3)])


def _refused(api: AnsweringCluster) -> list[str]:
    made = _made()
    looked = before.look(api, made, made.clouds["cgc"])
    assert looked is not None
    found = before.problems(made, [looked])
    return [problem.message.en.partition("needs: ")[2].partition(" (")[0] for problem in found.get("h41", ())]


def _keep(uid: str, *findings: Finding) -> None:
    memory.keep(uid, findings, NOW)


def test_a_cloud_that_was_never_examined_refuses_for_what_is_seen_now_alone() -> None:
    assert _refused(_cluster()) == []
    assert _refused(_cluster(changed={ADMISSION: said({}, 404)})) == ["Admission policies"]
    assert _refused(_cluster(changed={"GET /version": said({"gitVersion": "v1.29.0"})})) == [
        "Version of the API server"
    ]


def test_what_the_last_examination_found_lacking_refuses_with_its_day() -> None:
    _keep("1", lacking("network-ingress", SEEN, FIX))
    made = _made()
    looked = before.look(_cluster(), made, made.clouds["cgc"])
    assert looked is not None and looked.examined == NOW
    (problem,) = before.problems(made, [looked])["h41"]
    assert problem.value == Text("seen (2026-11-22)", "đã thấy (2026-11-22)")


def test_a_cluster_that_was_made_anew_is_another() -> None:
    _keep("1", lacking("network-ingress", SEEN, FIX))
    assert _refused(_cluster("2")) == []


def test_what_is_seen_now_counts_more_than_what_is_remembered() -> None:
    _keep("1", lacking("server-version", SEEN, FIX), lacking("server-side-apply", SEEN, FIX))
    assert _refused(_cluster()) == []
    # That policies are served says nothing of their effect.
    _keep("1", lacking("admission-policies", SEEN, FIX))
    assert _refused(_cluster()) == ["Admission policies"]


def test_what_cannot_be_seen_now_is_as_it_was() -> None:
    _keep("1", lacking("server-version", SEEN, FIX))
    assert _refused(_cluster(changed={"GET /version": Answer(0, "")})) == ["Version of the API server"]


def test_a_cloud_that_does_not_answer_refuses_nobody() -> None:
    made = _made()
    assert before.look(AnsweringCluster(), made, made.clouds["cgc"]) is None


def test_nothing_is_made_before_a_run_and_few_questions_are_asked() -> None:
    api = _cluster()
    _refused(api)
    assert len(api.asked) == 5
    reviews = [request for request in api.asked if request.path.endswith("/selfsubjectreviews")]
    made = [request for request in api.asked if request.method != "GET" and request not in reviews]
    assert all(request.query.get("dryRun") == "All" for request in made)


@pytest.mark.parametrize(
    "content", ["", "{}", "[1]", '{"format": 1, "at": "x", "findings": []}', '{"format": 2}', '{"format": 1'], ids=repr
)
def test_a_memory_that_is_none_is_none(content: str) -> None:
    _keep("1", lacking("quota", SEEN, FIX))
    (file,) = cache_folder().glob("examinations/*.json")
    file.write_text(content, encoding="utf-8")
    assert memory.recall("1") is None


def test_what_others_may_have_written_is_not_believed() -> None:
    _keep("1", lacking("quota", SEEN, FIX))
    assert memory.recall("1") is not None
    (file,) = cache_folder().glob("examinations/*.json")
    file.chmod(0o666)
    assert memory.recall("1") is None
