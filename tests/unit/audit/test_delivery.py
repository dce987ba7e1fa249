"""The Secret with a tenant's keys becomes a finding by its name, never a word of what it holds."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, cast

import pytest
from probe_image import PROBE

from govcloud.audit.access import Access, TenantAccess
from govcloud.audit.checks import delivery, store_settings
from govcloud.audit.result import CheckResult
from govcloud.audit.run import Run
from govcloud.audit.verdict import Verdict
from govcloud.clouds.object_store import ObjectStore
from govcloud.clouds.request import Answer, Api, Request
from govcloud.providers.storage.content import Count
from govcloud.providers.storage.deviation import Deviation
from govcloud_base.errors import CloudError, Language, Problem, Text

FAIL, PASS, ERROR = Verdict.FAIL, Verdict.PASS, Verdict.ERROR
SECRETS = (("h41-prod-srv", "object-store"), ("h41-test-srv", "object-store"))
WORD = "hidden-value"
HELD = Answer(200, f'{{"data": {{"AWS_SECRET_ACCESS_KEY": "{base64.b64encode(WORD.encode()).decode()}"}}}}')
CHANGED = Deviation("Secret", "h41-test-srv/object-store", "data.AWS_ACCESS_KEY_ID", "as delivered", "another value")
STRANGE = Deviation("bucket", "vn-h99-prod-x", "", "absent", "present", person=True)


class Server:
    """An API server that gives one answer for the Secret of each namespace."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        self.answers = answers

    def send(self, request: Request) -> Answer:
        return next(answer for space, answer in self.answers.items() if f"/{space}/" in request.path)


class Administrator:
    """Somebody who finds these deviations in the store, or cannot look."""

    def __init__(self, *found: Deviation, able: bool = True) -> None:
        self.found, self.able, self.shown = list(found), able, set[str]()

    def deliveries(self, tenant: str, live: Mapping[str, Mapping[str, Any]]) -> list[Deviation]:
        self.shown = set(live)
        return self.strangers()

    def strangers(self) -> list[Deviation]:
        if not self.able:
            raise CloudError(Problem("GC-STORE-003", Text("it is down", "kho không trả lời"), Text("start", "chạy")))
        return self.found

    def deviations(self, tenant: str) -> list[Deviation]:
        raise AssertionError("not asked here")

    def count(self, bucket: str, most: int) -> Count:
        raise AssertionError("not asked here")

    def close(self) -> None: ...


def access(administrator: Administrator | None, *answers: Answer) -> Access:
    api = cast("Api", Server(dict(zip((space for space, _ in SECRETS), answers, strict=True))))
    tenant = TenantAccess("h41", api, "h41-prod-srv", (), (), PROBE, {}, secrets=SECRETS)
    return Access({"h41": tenant}, api, ObjectStore("https://s", "r"), Run(PROBE), administrator=administrator)


def examined(administrator: Administrator | None, *answers: Answer) -> CheckResult:
    result = delivery.CHECK("h41", access(administrator, *answers))
    assert not any(WORD in result.render(language) for language in Language)
    return result


def test_what_was_delivered_passes() -> None:
    assert examined(Administrator(), HELD, HELD).verdict is PASS


def test_a_changed_secret_fails_by_its_own_name_with_what_mends_it() -> None:
    result = examined(Administrator(CHANGED), HELD, HELD)

    assert [(f.name.en, f.verdict) for f in result.findings] == [
        ("Secret h41-prod-srv/object-store", PASS),
        ("Secret h41-test-srv/object-store", FAIL),
    ]
    assert result.reason.en == (
        "Secret h41-test-srv/object-store: data.AWS_ACCESS_KEY_ID is another value, declared as delivered; "
        "`govcloud up tenant.h41` delivers it again"
    )
    assert "giá trị khác" in result.reason.vi


@pytest.mark.parametrize("administrator", [Administrator(), Administrator(able=False), None])
def test_a_missing_secret_fails_whoever_can_read_the_store(administrator: Administrator | None) -> None:
    result = examined(administrator, Answer(404, '{"message": "not found"}'), HELD)

    assert result.verdict is FAIL
    assert result.reason.en.startswith("Secret h41-prod-srv/object-store: is not there; `govcloud up tenant.h41`")
    assert [f.verdict for f in result.findings[1:]] == [PASS if administrator and administrator.able else ERROR]


def test_who_may_not_look_says_so_and_the_other_is_judged_all_the_same() -> None:
    administrator = Administrator(CHANGED)

    result = examined(administrator, Answer(403, '{"message": "forbidden"}'), HELD)

    assert [f.verdict for f in result.findings] == [ERROR, FAIL]
    assert administrator.shown == {"h41-test-srv/object-store"}
    assert examined(Administrator(), Answer(403, "forbidden"), HELD).verdict is ERROR
    assert examined(None, HELD, HELD).verdict is ERROR


def test_a_bucket_of_nobody_is_the_clouds_finding_by_its_name() -> None:
    (finding,) = store_settings.judge_strangers([STRANGE])
    assert (finding.name.en, finding.verdict) == ("bucket vn-h99-prod-x", FAIL)
    assert [finding.verdict for finding in store_settings.judge_strangers([])] == [PASS]
    seen = access(Administrator(STRANGE), HELD, HELD)
    assert store_settings.STRANGERS("cloud", seen).verdict is FAIL
    assert store_settings.STRANGERS("cloud", access(Administrator(able=False), HELD, HELD)).verdict is ERROR
