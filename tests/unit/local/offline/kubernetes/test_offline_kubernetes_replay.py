"""Our plugin gives the answers that the official one gave, for all recorded conversations.

Failures say the same facts (which resource, what the API server said, which options help), not in the same words.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from asked_plugin import Aborted, Provider, Recorded
from kubernetes_double import ApiDouble

from govcloud_offline.kubernetes.objects import apply

STEPS = sorted(path.name for path in (Path(__file__).parents[4] / "fixtures" / "kubernetes-plugin").glob("*.jsonl"))
SIGNATURE = "4dabf18193072939515e22adb298388d"
BOOKKEEPING = ("__inputs", "__initialApiVersion", "__fieldManager")


def test_all_seventeen_are_here() -> None:
    assert len(STEPS) == 17


@pytest.mark.parametrize("step", STEPS)
def test_pure_answers_need_no_cluster(
    step: str, recordings: Callable[[str], list[Recorded]], unconnected: Provider
) -> None:
    asked = 0
    for call in recordings(step):
        if call.method == "DiffConfig" and call.error:
            # The engine reads this refusal of the official plugin as "changed, no replacement": we say so at once.
            answer = unconnected.ask(call.method, call.request)
            assert answer == {"changes": "DIFF_SOME", "diffs": ["kubeconfig"]}, call.where
        elif call.method in ("Check", "CheckConfig", "Diff", "DiffConfig", "GetPluginInfo"):
            answer = unconnected.ask(call.method, call.request)
            assert in_order(answer) == in_order(call.response), call.where
        else:
            continue
        asked += 1
    assert asked > 0


def in_order(answer: dict[str, Any]) -> dict[str, Any]:
    """Sort what has no order: the official plugin lists replacing fields as its hash map has them."""
    return {**answer, "replaces": sorted(answer.get("replaces", ()))}


@pytest.mark.parametrize("step", STEPS)
def test_answers_about_objects(
    step: str,
    recordings: Callable[[str], list[Recorded]],
    api: ApiDouble,
    provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(apply, "_UNEXPECTED", 0.05)  # the namespace that never comes
    for call in recordings(step):
        if call.method not in ("Create", "Read", "Update", "Delete"):
            continue
        api.calls.clear()
        set_scene(api, call)
        urn, kind = call.request["urn"], call.request["type"].rsplit(":", 1)[-1]
        if call.error:
            with pytest.raises(Aborted) as caught:
                provider.ask(call.method, call.request)
            assert urn in str(caught.value), call.where
            assert told_by_the_server(call.error) in str(caught.value), call.where
            for option in ("alias", "deleteBeforeReplace", "NamespacePatch", "pulumi import", "upsertExistingObjects"):
                assert (option in str(caught.value)) == (option in call.error), call.where
            continue
        answer = provider.ask(call.method, call.request)
        assert settled(answer) == settled(call.response), (call.where, urn)
        # Beside the write itself: what takes fields over, and puts a preview together until that is done.
        beside = ("application/json-patch+json", "application/merge-patch+json")
        sent = [made for made in api.made("POST", "PUT", "PATCH") if made.content_type not in beside]
        if "__inputs" in call.response.get("properties", {}) and call.method in ("Create", "Update"):
            assert len(sent) == 1, call.where
            body = copy.deepcopy(sent[0].body)
            assert body == opened(call.response["properties"]["__inputs"]), call.where
            assert ("dryRun" in sent[0].query) == call.request.get("preview", False), call.where
        if call.method == "Delete":
            (deleted,) = api.made("DELETE")
            assert deleted.body["propagationPolicy"] == "Foreground", kind


def told_by_the_server(error: str) -> str:
    """Return the API server's own words in a failure of the official plugin."""
    words = error.partition("API server: ")[2].splitlines()[0]
    assert words
    return words


def set_scene(api: ApiDouble, call: Recorded) -> None:
    """Make the server such as it was when the official plugin gave its answer."""
    api.objects.clear()
    api.answers.clear()
    api.served.pop("rec.example/v1", None)
    state = call.request.get("properties") or call.request.get("olds") or {}
    after = call.response.get("properties", {})
    manifest = plain_object(after if "__inputs" in after else state)
    if manifest["kind"] == "Widget" and (call.method != "Create" or "__inputs" in after):
        api.served["rec.example/v1"] = {"Widget": ("widgets", True)}
    ready_endpoints(api, manifest)
    if call.method == "Create":
        created(api, call, manifest, after)
    elif call.method == "Read" and call.response:
        api.put(manifest)
    elif call.method == "Update":
        old = plain_object(state)
        api.put(old)
        api.prescribe("PATCH", api.path(old), (200, manifest))
        if manifest["kind"] == "ResourceQuota":
            # The official plugin waits as well: the state has what the controller wrote.
            api.prescribe("GET", api.path(old), (200, old), (200, manifest))
    elif call.method == "Delete":
        api.put(manifest)


def created(api: ApiDouble, call: Recorded, manifest: dict[str, Any], after: dict[str, Any]) -> None:
    namespace = manifest["metadata"].get("namespace", "")
    missing = (404, refusal_body(404, "NotFound", f'namespaces "{namespace}" not found', "namespaces", namespace))
    if "namespaces" in call.error:
        answer: tuple[int, Any] = missing
    elif "already exists" in call.error:
        answer = (409, refusal_body(409, "AlreadyExists", 'configmaps "pre-existing" already exists', "", ""))
    elif call.error:
        text = call.error.partition("API server: ")[2]
        answer = (422, refusal_body(422, "Invalid", text, "", ""))
    elif "__inputs" not in after:  # a preview that could not ask: the namespace is still to be made
        if manifest["kind"] == "Widget":
            return
        answer = missing
    elif call.request.get("preview"):
        answer = (201, {**manifest, "status": {"what": "programs must not see before the object exists"}})
    else:
        answer = (201, manifest)
        if manifest["kind"] == "CustomResourceDefinition":
            # The official plugin does not wait for definitions; here the server has established it at once.
            established = {"type": "Established", "status": "True"}
            answer = (201, {**manifest, "status": {**manifest["status"], "conditions": [established]}})
    api.prescribe("POST", api.path(manifest, collection=True), answer)


def refusal_body(code: int, reason: str, message: str, kind: str, name: str) -> dict[str, Any]:
    details = {"kind": kind, "name": name}
    return {"kind": "Status", "code": code, "reason": reason, "message": message, "details": details}


def ready_endpoints(api: ApiDouble, manifest: dict[str, Any]) -> None:
    if manifest["kind"] == "Service":
        path = f"/apis/discovery.k8s.io/v1/namespaces/{manifest['metadata']['namespace']}/endpointslices"
        api.prescribe("GET", path, (200, {"items": [{"endpoints": [{"conditions": {"ready": True}}]}]}))


def plain_object(state: dict[str, Any]) -> dict[str, Any]:
    """Return the live object in a state."""
    opened_state: dict[str, Any] = opened({key: value for key, value in state.items() if key not in BOOKKEEPING})
    return opened_state


def opened(value: Any) -> Any:
    if isinstance(value, dict):
        if SIGNATURE in value:
            return opened(value["value"])
        return {key: opened(item) for key, item in value.items()}
    if isinstance(value, list):
        return [opened(item) for item in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def settled(answer: dict[str, Any]) -> dict[str, Any]:
    """Take out what is random: the name of a new field manager, and what only our plugin waits for."""
    text = re.sub(r"pulumi-kubernetes-[0-9a-f]{8}", "pulumi-kubernetes-XXXXXXXX", json.dumps(answer))
    result: dict[str, Any] = json.loads(text)
    properties = result.get("properties", {})
    if properties.get("kind") == "CustomResourceDefinition":
        properties.get("status", {}).pop("conditions", None)
    return result
