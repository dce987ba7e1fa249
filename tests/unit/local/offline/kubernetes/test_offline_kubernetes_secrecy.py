"""Secrets stay hidden wherever an API server, kubectl or a controller repeats them: in state, messages, errors."""

from __future__ import annotations

import base64
import gzip
import json
from typing import Any

import pytest
from asked_plugin import Aborted, Provider
from google.protobuf import json_format
from kubernetes_double import ApiDouble
from made_objects import config_map, live, refusal, state, urn

from govcloud_base.wire.values import UNKNOWN, Secret
from govcloud_offline.kubernetes.engine import Engine, Log, Severity
from govcloud_offline.kubernetes.inputs.hidden import Hidden
from govcloud_offline.kubernetes.inputs.secrecy import mark_secrets

SIGNATURE = "4dabf18193072939515e22adb298388d"
PLAIN = 'mật-"khẩu"\n<1>&'
CODED = base64.b64encode(PLAIN.encode()).decode()
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


def secret(**annotations: str) -> dict[str, Any]:
    named = {"name": "s", "namespace": "a", "annotations": annotations}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": named, "data": {"password": CODED}}


def packed(text: str) -> str:
    return base64.b64encode(gzip.compress(text.encode())).decode()


COPIES = {
    LAST_APPLIED: json.dumps({"data": {"password": CODED}}),
    "objectset.rio.cattle.io/applied": packed(json.dumps({"data": {"password": CODED}})),
    "example.test/coded": CODED,
    "example.test/plain": f"it was {PLAIN}!",
    "example.test/quoted-by-python": json.dumps({"stringData": {"password": PLAIN}}, ensure_ascii=False),
    "example.test/quoted-by-go": '{"password":"mật-\\"khẩu\\"\\n\\u003c1\\u003e\\u0026"}',
    "example.test/packed": packed(PLAIN),
    "example.test/base64-of-all": base64.b64encode(f"password={PLAIN}".encode()).decode(),
}


def clear(value: Any) -> str:
    """Return what of an answer is not encrypted."""
    if isinstance(value, dict):
        return "" if SIGNATURE in value else " ".join(f"{key} {clear(item)}" for key, item in value.items())
    return " ".join(map(clear, value)) if isinstance(value, list) else str(value)


@pytest.mark.parametrize("name", COPIES)
@pytest.mark.parametrize("way", ["get", "import", "refresh"])
def test_no_annotation_repeats_a_secret_in_clear(name: str, way: str, api: ApiDouble, provider: Provider) -> None:
    annotations = {name: COPIES[name], "example.test/note": "nothing to hide"}
    api.put(live(secret(**annotations)))
    request: dict[str, Any] = {"urn": urn("core/v1:Secret"), "id": "a/s"}
    if way == "get":
        request["inputs"] = {"metadata": {"name": "s", "namespace": "a"}}
    elif way == "refresh":
        inputs = secret(**annotations)  # as they may stand in a state that was written before
        request |= {"inputs": inputs, "properties": state(inputs, live(inputs))}
    answer = provider.ask("Read", request)
    for part in (answer["properties"], answer["inputs"]):
        assert COPIES[name] not in clear(part)
        assert CODED not in clear(part) and "khẩu" not in clear(part)
    assert answer["properties"]["metadata"]["annotations"]["example.test/note"] == "nothing to hide"
    assert SIGNATURE in answer["properties"]["metadata"]["annotations"][name]


def test_what_a_secret_once_was_is_hidden_too(api: ApiDouble, provider: Provider) -> None:
    """The annotation of kubectl holds what was applied last, not what is there now."""
    api.put(live(secret(**{LAST_APPLIED: '{"data":{"password":"b2xk"}}'})))
    answer = provider.ask("Read", {"urn": urn("core/v1:Secret"), "id": "a/s"})
    assert "b2xk" not in clear(answer)


def test_a_program_that_copies_kubectl_s_annotation_keeps_it_secret(provider: Provider) -> None:
    answer = provider.ask("Check", {"urn": urn("core/v1:Secret"), "news": secret(**COPIES)})
    assert CODED not in clear(answer)


def test_copies_of_a_secret_value_in_other_kinds_are_hidden() -> None:
    given = {"kind": "ConfigMap", "metadata": {"name": "c"}, "data": {"password": Secret("correct horse")}}
    copy = '{"data":{"password":"correct horse"}}'
    found = {
        "kind": "ConfigMap",
        "metadata": {"name": "c", "annotations": {LAST_APPLIED: copy, "note": "open"}},
        "data": {"password": "correct horse", "open": "seen"},
        "spec": {"sidecar": {"args": ["--password=correct horse", "--open"]}},
    }
    mark_secrets(found, given)
    assert found == {
        "kind": "ConfigMap",
        "metadata": {"name": "c", "annotations": {LAST_APPLIED: Secret(copy), "note": "open"}},
        "data": {"password": Secret("correct horse"), "open": "seen"},
        "spec": {"sidecar": {"args": [Secret("--password=correct horse"), "--open"]}},
    }


def test_secret_metadata_of_a_secret_stays_secret() -> None:
    found = secret(owner="hidden-owner") | {"type": "Opaque"}
    mark_secrets(found, {"metadata": {"annotations": {"owner": Secret("hidden-owner")}}})
    assert found["metadata"]["annotations"]["owner"] == Secret("hidden-owner")
    assert found["type"] == "Opaque" and found["metadata"]["name"] == "s"


def test_without_a_secret_nothing_is_marked() -> None:
    found = config_map(data={"k": "v"}) | {"status": {"text": "v"}}
    before = json.dumps(found)
    mark_secrets(found, config_map(data={"k": "v"}))
    assert json.dumps(found) == before


def test_short_secrets_hide_only_whole_words() -> None:
    hidden = Hidden.of({"pin": Secret("12345"), "flag": Secret("on"), "port": Secret(54321), "late": Secret(UNKNOWN)})
    assert hidden.veiled("123456 12345 on 54321") == "123456 [secret] on [secret]"
    assert not Hidden.of({"open": "seen"})


def test_an_error_does_not_repeat_secrets(api: ApiDouble, provider: Provider) -> None:
    manifest = config_map(data={"key": {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "value": PLAIN}})
    go_quoted = (
        'ConfigMap "conf" is invalid: data.key: Invalid value: "mật-\\"khẩu\\"\\n\\u003c1\\u003e\\u0026": too odd'
    )
    api.prescribe("POST", "/api/v1/namespaces/a/configmaps", refusal(422, "Invalid", go_quoted))
    with pytest.raises(Aborted, match="too odd") as caught:
        provider.ask("Create", {"urn": urn("core/v1:ConfigMap"), "properties": manifest})
    assert "khẩu" not in str(caught.value)
    assert 'Invalid value: "[secret]"' in str(caught.value)
    # The data of a Secret, though the program has not marked it.
    api.prescribe("POST", "/api/v1/namespaces/a/secrets", refusal(422, "Invalid", f"odd: {CODED} ({PLAIN})"))
    with pytest.raises(Aborted, match="odd") as caught:
        provider.ask("Create", {"urn": urn("core/v1:Secret"), "properties": secret()})
    assert str(caught.value).endswith("odd: [secret] ([secret])")


def test_reasons_and_progress_do_not_repeat_secrets(
    api: ApiDouble, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"name": "j", "namespace": "a", "annotations": {"pulumi.com/timeoutSeconds": "0"}},
        "spec": {"token": {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "value": "correct horse"}},
    }
    failed = {"type": "Failed", "status": "True", "reason": "Bad", "message": "called with correct horse"}
    now = live({**job, "spec": {"token": "correct horse"}}) | {"status": {"conditions": [failed]}}
    api.prescribe("POST", "/apis/batch/v1/namespaces/a/jobs", (201, now))
    shown: list[str] = []
    monkeypatch.setattr(provider.servicer._engine, "log", lambda severity, urn, text, passing: shown.append(text))
    with pytest.raises(Aborted, match="does not work yet") as caught:
        provider.ask("Create", {"urn": urn("batch/v1:Job"), "properties": job})
    detail = caught.value.detail
    assert detail is not None
    assert shown == ["[Bad] called with [secret]"]
    assert "[Bad] called with [secret]" in detail.reasons
    assert "correct horse" not in " ".join(detail.reasons)
    assert "correct horse" not in clear(json_format.MessageToDict(detail.properties))


def test_a_failure_of_ours_does_not_repeat_secrets(
    provider: Provider, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*arguments: Any, **options: Any) -> None:
        raise TypeError("cannot handle correct horse")

    monkeypatch.setattr("govcloud_offline.kubernetes.servicer.checked", broken)
    news = config_map(data={"k": {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "value": "correct horse"}})
    with pytest.raises(Aborted, match=r"the plugin failed: TypeError: cannot handle \[secret\]"):
        provider.ask("Check", {"urn": urn("core/v1:ConfigMap"), "news": news})
    assert "Traceback" in caplog.text
    assert "correct horse" not in caplog.text


def test_warnings_do_not_repeat_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    engine, shown = Engine(), []
    monkeypatch.setattr(engine, "log", lambda severity, urn, text, passing: shown.append((severity, text)))
    log = Log(engine, "", lambda: Hidden.of({"k": Secret("correct horse")}))
    log.warning("a correct horse")
    log.info("b correct horse")
    log.progress("c correct horse", Severity.WARNING)
    assert shown == [(2, "a [secret]"), (1, "b [secret]"), (2, "c [secret]")]
