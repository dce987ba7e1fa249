"""Every field of every built-in kind, in every spelling of its type, applied to a real API server without effect.

What the server makes of an object is no change to the plugin. The answers are recorded for a unit test: to do so anew,
after another Kubernetes was pinned, run this with GOVCLOUD_RECORD=1.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from asked_plugin import changes_of
from spelled_fields import Schemas, Search, Trial, value_at

from govcloud_offline.kubernetes.api.api_error import ApiError
from govcloud_offline.kubernetes.api.client import Client
from govcloud_offline.kubernetes.api.discovery import Discovery
from govcloud_offline.kubernetes.api.kubeconfig import Kubeconfig
from govcloud_offline.kubernetes.api.schemas import document_of
from govcloud_offline.kubernetes.inputs.field_types import BUILTIN, LEFT_OUT
from govcloud_offline.kubernetes.inputs.kinds import Kind, kind_of
from govcloud_offline.kubernetes.inputs.manifest import Manifest
from govcloud_offline.kubernetes.inputs.normal import normal_form

pytestmark = pytest.mark.cloud

FIXTURES = Path(__file__).parents[4] / "fixtures"
KINDS = FIXTURES / "kubernetes-kinds.yaml"
ANSWERS = FIXTURES / "kubernetes-answers.jsonl"

# Kinds that are questions to the server or parts of others, and those of versions that a server does not serve by
# itself (a test below compares their types all the same).
NO_OBJECTS = {"Binding", "LocalSubjectAccessReview", "SelfSubjectAccessReview", "SelfSubjectReview"}
NO_OBJECTS |= {"SelfSubjectRulesReview", "SubjectAccessReview", "TokenReview", "ComponentStatus"}

# What the server does not keep, whatever is written there.
OFF = "a feature that is off"
NOT_KEPT = {
    ("v1/Node", "spec.configSource"): "a feature that is gone",
    ("v1/PersistentVolumeClaim", "spec.dataSource"): "a source that is neither claim nor snapshot",
    ("v1/Service", "spec.sessionAffinityConfig"): "no affinity of sessions, so nothing to configure",
    ("apiextensions.k8s.io/v1/CustomResourceDefinition", "spec.conversion.webhook"): "no conversion by a webhook",
    ("apps/v1/StatefulSet", "spec.updateStrategy.rollingUpdate.maxUnavailable"): OFF,
    ("certificates.k8s.io/v1/CertificateSigningRequest", "spec.extra"): "the server writes who asks",
    ("certificates.k8s.io/v1/CertificateSigningRequest", "spec.groups"): "the server writes who asks",
    ("coordination.k8s.io/v1/Lease", "spec.preferredHolder"): OFF,
    ("coordination.k8s.io/v1/Lease", "spec.strategy"): OFF,
    ("discovery.k8s.io/v1/EndpointSlice", "endpoints.deprecatedTopology"): "of an older version",
    ("resource.k8s.io/v1/ResourceSlice", "spec.devices.attributes.bools"): OFF,
    ("resource.k8s.io/v1/ResourceSlice", "spec.devices.attributes.ints"): OFF,
    ("resource.k8s.io/v1/ResourceSlice", "spec.devices.attributes.strings"): OFF,
    ("resource.k8s.io/v1/ResourceSlice", "spec.devices.attributes.versions"): OFF,
    ("resource.k8s.io/v1/ResourceSlice", "spec.devices.nodeAllocatableResourceMappings"): OFF,
    ("storage.k8s.io/v1/CSIDriver", "spec.preventPodSchedulingIfMissing"): OFF,
}
# The same in whichever kind has pods.
NOT_KEPT_OF_PODS = {
    "spec.containers.lifecycle",
    "spec.schedulingGroup",
    "spec.volumes.projected.sources.clusterTrustBundle",
    "spec.volumes.projected.sources.podCertificate",
}

# What is in no object that the server takes, by type and field.
NOT_REACHED = {
    ("events/v1.Event", "deprecatedFirstTimestamp"): "of an older version",
    ("events/v1.Event", "deprecatedLastTimestamp"): "of an older version",
    ("resource/v1.CapacityRequestPolicy", "validRange"): "a server breaks off where one has no least value",
    ("apiextensions/v1.JSONSchemaProps", "$ref"): "never allowed in a definition",
    ("apiextensions/v1.JSONSchemaProps", "additionalItems"): "never allowed in a definition",
    ("apiextensions/v1.JSONSchemaProps", "dependencies"): "never allowed in a definition",
}

# Published without fields: they may also be a list or a bool, or have none.
OPEN = {
    ("apiextensions/v1.JSONSchemaProps", "any"),
    ("{}apiextensions/v1.JSONSchemaProps", "any"),
    ("{}apiextensions/v1.JSONSchemaProps", "{}any"),
    ("apiextensions/v1.CustomResourceSubresourceStatus", "any"),
}


@dataclass
class Server:
    """A real API server, asked for what it would make of an object."""

    client: Client
    discovery: Discovery
    schemas: dict[str, Schemas] = field(default_factory=dict)
    documents: dict[str, Any] = field(default_factory=dict)

    def document(self, api_version: str) -> Any:
        if api_version not in self.documents:
            paths = self.client.request("GET", "/openapi/v3")["paths"]
            place = paths[f"apis/{api_version}" if "/" in api_version else f"api/{api_version}"]
            self.documents[api_version] = self.client.request("GET", place["serverRelativeURL"])
        return self.documents[api_version]

    def schemas_of(self, api_version: str) -> Schemas:
        if api_version not in self.schemas:
            self.schemas[api_version] = Schemas(self.document(api_version))
        return self.schemas[api_version]

    def applied(self, manifest: dict[str, Any]) -> dict[str, Any] | None:
        """Return what the server would keep; None where it refuses."""
        query = {"dryRun": "All", "fieldValidation": "Strict", "fieldManager": "test", "force": "true"}
        path = Manifest.of(manifest).path(self.discovery.resource(kind_of(manifest)))
        try:
            kept: dict[str, Any] = self.client.request(
                "PATCH", path, query=query, body=manifest, content_type="application/apply-patch+yaml"
            )
        except ApiError:
            return None
        return kept

    def kinds(self) -> Iterator[tuple[Kind, bool]]:
        """Return the built-in kinds that are served, and whether they are namespaced."""
        groups = self.client.request("GET", "/apis")["groups"]
        versions = ["v1", *(version["groupVersion"] for group in groups for version in group["versions"])]
        for api_version in versions:
            if not kind_of({"apiVersion": api_version}).builtin:
                continue
            answer = self.client.request("GET", f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}")
            for item in answer["resources"]:
                if "/" not in item["name"]:
                    yield kind_of({"apiVersion": api_version, "kind": item["kind"]}), item["namespaced"]


@pytest.fixture(scope="module")
def server(kubeconfig: str) -> Iterator[Server]:
    """The tests' API server."""
    client = Client(Kubeconfig.of(kubeconfig).access(), 30)
    yield Server(client, Discovery(client))
    client.close()


def starts() -> list[dict[str, Any]]:
    """Return the objects to start with, each with a name."""
    objects: list[dict[str, Any]] = yaml.safe_load(KINDS.read_text())
    for manifest in objects:
        metadata = manifest.setdefault("metadata", {})
        metadata.setdefault("name", "a")
        if kind_of(manifest).known_scope:
            metadata.setdefault("namespace", "default")
    return objects


def trials(server: Server) -> tuple[Search, list[tuple[Kind, Trial, dict[str, Any]]]]:
    """Return all fields in all spellings that the server takes, with its answers."""
    found = []
    search = Search(server.schemas_of("v1"), server.applied)
    for manifest in starts():
        kind = kind_of(manifest)
        search.schemas = server.schemas_of(kind.api_version)
        root = search.schemas.of_kind(kind.group, kind.version, kind.name)
        found += [(kind, trial, answer) for trial, answer in search.run(manifest, root)]
    return search, found


def plain_path(path: str) -> str:
    """Return a path without the places in lists and the free names in maps."""
    return re.sub(r"\[[^\]]*\]|(?<=attributes)\.b|(?<=spec\.extra)\..*", "", path)


def test_what_the_server_makes_of_any_spelling_is_no_change(server: Server) -> None:
    search, found = trials(server)
    not_kept: set[tuple[str, str]] = set()
    records = []
    for kind, trial, answer in found:
        sent = trial.sent
        form, strangers = normal_form(sent)
        assert strangers == [], (kind, trial.path)
        changes = changes_of(form, answer, sent, namespaced=kind.known_scope is not False)
        for path in changes:
            shown = plain_path(path).removeprefix("template.").removeprefix("spec.template.")
            of_pod = next((known for known in NOT_KEPT_OF_PODS if shown == known), None)
            not_kept.add(("pods", of_pod) if of_pod else (str(kind), plain_path(path)))
        if not changes and trial.path and trial.path != ("stringData",):  # kept elsewhere
            there, got = value_at(answer, trial.path)
            records.append([str(kind), list(trial.path), trial.value, [cut(got, trial.value)] if there else []])
            # A field that the table says is left out when it is empty is not kept empty by the server either.
            word = word_of(kind, trial)
            if word.startswith(LEFT_OUT) and trial.value in ("", 0, False, [], {}):
                assert not there or got != trial.value or got is None, (kind, trial.path, got)
    assert not_kept == {*NOT_KEPT, *(("pods", path) for path in NOT_KEPT_OF_PODS)}
    assert {(type_name(owner), key) for owner, key in search.never_taken()} == set(NOT_REACHED)
    assert search.missed() == set(), "in no object that the server takes: mend tests/fixtures/kubernetes-kinds.yaml"
    assert len(search.present) > 1300
    if os.environ.get("GOVCLOUD_RECORD"):
        ANSWERS.write_text("".join(json.dumps(record) + "\n" for record in records))


def cut(got: Any, sent: Any) -> Any:
    """Return the parts of an answer that were sent: what the server adds is its own."""
    if isinstance(got, dict) and isinstance(sent, dict):
        return {key: cut(value, sent[key]) for key, value in got.items() if key in sent}
    if isinstance(got, list) and isinstance(sent, list):
        return [cut(one, other) for one, other in zip(got, sent, strict=False)]
    return got


def type_name(schema: str) -> str:
    group, version, name = schema.split(".")[-3:]
    return f"{group}/{version}.{name}"


def word_of(kind: Kind, trial: Trial) -> str:
    return BUILTIN.of_field(kind, type_name(trial.owner), str(trial.path[-1])) or ""


def test_every_kind_has_an_object_to_start_with(server: Server) -> None:
    started = {str(kind_of(manifest)) for manifest in starts()}
    served = {str(kind) for kind, _ in server.kinds() if kind.name not in NO_OBJECTS}
    assert started == served


def test_scopes_are_those_of_the_server(server: Server) -> None:
    scopes = list(server.kinds())
    assert {kind: kind.known_scope for kind, _ in scopes} == dict(scopes)


def test_the_table_says_what_the_server_publishes(server: Server) -> None:
    # What the table lacks, or says otherwise, would be found by nobody: the other test sees only what a server keeps.
    wrong = []
    for kind, _ in server.kinds():
        document = document_of(server.document(kind.api_version))
        root = document.kinds.get(str(kind))
        if root is None:
            continue  # a part of another kind
        if BUILTIN.of_kind(kind) != root and kind.name not in NO_OBJECTS:
            wrong.append((str(kind), "", BUILTIN.of_kind(kind), root))
        todo, done = [root], set()
        while todo:
            owner = todo.pop()
            if owner in done:
                continue
            done.add(owner)
            for name, word in document.fields.get(owner, {}).items():
                known = (BUILTIN.of_field(kind, owner, name) or "nothing").removeprefix(LEFT_OUT)
                known = "{}quantity" if known == "{}resource" else known  # how fine it is, is not published
                if known != word and kind.name not in NO_OBJECTS and (known, word) not in OPEN:
                    wrong.append((owner, name, known, word))
                todo += [word.lstrip("[]{}")]
    assert wrong == []
