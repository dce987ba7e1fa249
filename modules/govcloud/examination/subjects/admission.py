"""What must refuse, made to refuse: an admission policy, Pod Security and a quota, each after a twin that passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from govcloud.audit import workload
from govcloud.audit.attempt import Authority, Refusal
from govcloud.audit.check import BlindError
from govcloud.clouds.request import Answer, Request, collection, resource
from govcloud.examination import served
from govcloud.examination.finding import Finding, found, lacking, unknown
from govcloud.examination.ground import LABEL, PREFIX, RULES
from govcloud.examination.site import Site
from govcloud_base.discovery import plural
from govcloud_base.errors import Text

__all__ = ["CAPABILITIES", "examine"]

POD_SECURITY, QUOTA = "pod-security", "quota"
CAPABILITIES = (served.POLICIES, POD_SECURITY, QUOTA)

_SECONDS = 15.0
_API = "admissionregistration.k8s.io"
_REFUSES = Text(
    "refused what it must refuse, and let its twin pass", "đã từ chối điều phải từ chối và cho qua bản lành"
)


def examine(site: Site) -> Iterator[Finding]:
    """Let each of the three refuse something in a namespace of our own."""
    for capability, look in ((served.POLICIES, _policy), (POD_SECURITY, _pod_security), (QUOTA, _quota)):
        try:
            yield look(site)
        except BlindError as error:
            yield unknown(capability, error.reason)


def _policy(site: Site) -> Finding:
    missing = served.policies(site.api)
    if missing is not None:
        return missing
    ground, namespace = site.ground, site.ground.namespace(RULES)
    name = f"{PREFIX}{ground.mark}"
    attempt = _object(namespace, "ConfigMap", "canary").dry_run()
    _require(site, attempt)
    spec = {
        "failurePolicy": "Fail",
        "matchConstraints": {
            "resourceRules": [
                {"apiGroups": [""], "apiVersions": ["*"], "operations": ["CREATE"], "resources": ["configmaps"]}
            ]
        },
        "matchConditions": [{"name": "canary", "expression": "object.metadata.name == 'canary'"}],
        "validations": [{"expression": "false", "message": "canary"}],
    }
    binding = {
        "policyName": name,
        "validationActions": ["Deny"],
        "matchResources": {"namespaceSelector": {"matchLabels": {LABEL: ground.mark}}},
    }
    for kind, content in (("ValidatingAdmissionPolicy", spec), ("ValidatingAdmissionPolicyBinding", binding)):
        body = {"apiVersion": f"{_API}/v1", "kind": kind, "metadata": ground.metadata(name), "spec": content}
        ground.create(Request("POST", collection(_API, plural(kind)), body))
    twin = _object(namespace, "ConfigMap", "twin").dry_run()

    def refused(answer: Answer) -> bool:
        return not answer.ok and f"ValidatingAdmissionPolicy '{name}'" in answer.message

    return _concluded(
        site,
        served.POLICIES,
        attempt,
        refused,
        twin,
        Text(
            "a policy that refuses everything of one name refused nothing",
            "chính sách từ chối mọi đối tượng mang một tên đã không từ chối gì",
        ),
        Text(
            "switch the admission plugin ValidatingAdmissionPolicy on in the API server",
            "bật thành phần `ValidatingAdmissionPolicy` trong máy chủ API",
        ),
    )


def _pod_security(site: Site) -> Finding:
    namespace, image = site.ground.namespace(RULES), site.pods.image
    twin = workload.create("Pod", "twin", namespace, workload.hardened_pod(image)).dry_run()
    _require(site, twin)
    privileged = workload.hardened_pod(image, workload.container(image, securityContext={"privileged": True}))
    attempt = workload.create("Pod", "canary", namespace, privileged).dry_run()
    return _concluded(
        site,
        POD_SECURITY,
        attempt,
        Refusal(Authority.POD_SECURITY).matches,
        twin,
        Text(
            'a privileged pod was let into a namespace that enforces "restricted"',
            "pod đặc quyền vẫn vào được không gian ở mức `restricted`",
        ),
        Text(
            "switch the admission plugin PodSecurity on in the API server, without exemptions for all",
            "bật thành phần `PodSecurity` trong máy chủ API, không miễn trừ cho mọi người",
        ),
    )


def _quota(site: Site) -> Finding:
    namespace = site.ground.namespace(RULES)
    attempt = _object(namespace, "Secret", "canary").dry_run()
    _require(site, attempt)
    hard = {"count/secrets": "0"}
    body = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": site.ground.metadata("canary", namespace),
        "spec": {"hard": hard},
    }
    site.ground.create(Request("POST", collection("", "resourcequotas", namespace), body))
    path = resource("", "resourcequotas", "canary", namespace)
    for _ in site.patience.tries(_SECONDS):
        if (site.api.send(Request("GET", path)).json().get("status") or {}).get("hard") == hard:
            break
    return _concluded(
        site,
        QUOTA,
        attempt,
        Refusal(Authority.QUOTA).matches,
        _object(namespace, "ConfigMap", "twin").dry_run(),
        Text("a quota of none let one more pass", "hạn mức bằng không vẫn cho tạo thêm"),
        Text(
            "switch the admission plugin ResourceQuota on in the API server, and run the controller manager",
            "bật thành phần `ResourceQuota` trong máy chủ API và chạy `kube-controller-manager`",
        ),
    )


def _concluded(
    site: Site,
    capability: str,
    attempt: Request,
    refused: Callable[[Answer], bool],
    twin: Request,
    lack: Text,
    fix: Text,
) -> Finding:
    """Return what an attempt proves that must come to be refused, for the right reason, while its twin passes."""
    answer = Answer(0, "")
    for _ in site.patience.tries(_SECONDS):
        answer = site.api.send(attempt)
        if refused(answer):
            _require(site, twin)
            return found(capability, _REFUSES)
        if not answer.ok and answer.status != 0:
            break
    return lacking(capability, lack, fix) if answer.ok else unknown(capability, answer.to(attempt))


def _require(site: Site, twin: Request) -> None:
    """Raise BlindError unless the harmless request passes: without that a refusal proves nothing."""
    site.ground.create(twin)


def _object(namespace: str, kind: str, name: str) -> Request:
    body: dict[str, Any] = {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": namespace}}
    return Request("POST", collection("", plural(kind), namespace), body)
