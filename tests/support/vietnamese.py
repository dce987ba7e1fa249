"""English in Vietnamese: words that no Vietnamese syllable can be, and English words that look like one.

Written without a dictionary of English: a word of letters without marks that is no possible syllable of Vietnamese is
foreign, whatever it is. What may stand in a sentence all the same is listed here with its reason, or is no word of the
sentence but something of a file, a command or a name: in quotes or backticks, with a digit, a dot, a slash, a colon
behind it, in capitals, or in parentheses behind its title.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from govcloud.country import Country
from govcloud.model.names import GATEWAY_ZONE

__all__ = ["ALLOWED", "english", "names", "spoken"]

_SYLLABLE = re.compile(
    "(?:b|c|ch|d|g|gh|gi|h|k|kh|l|m|n|ng|ngh|nh|p|ph|qu|r|s|t|th|tr|v|x)?"
    "(?:ai|ao|au|ay|eo|ia|ie|iu|oa|oai|oay|oe|oeo|oi|oo|ua|uay|ue|ui|uo|uy|uya|uye|uyu|a|e|i|o|u|y)"
    "(?:c|ch|m|n|ng|nh|p|t)?",
)
_ENGLISH = frozenset(
    re.findall(
        r"\w+",
        "at bat be by can get got hat it let lot man men met net no not on pat pen pet put set sit "
        "ten than the them then thin to up yet",
    )
)
"""English words that could be spelled in Vietnamese, less those that are Vietnamese words as well."""
ALLOWED = {
    **dict.fromkeys(("tenant", "tenants"), "the word for a tenant in every Vietnamese text of the project"),
    **dict.fromkeys(
        ("kubernetes", "pulumi", "go", "python", "debian", "docker", "nftables", "iptables", "git", "internet"), "name"
    ),
    **dict.fromkeys(("containerd", "kubelet", "runc", "kubectl", "unicode", "mermaid", "markdown", "schema"), "name"),
    **dict.fromkeys(
        ("shell", "bash", "zsh", "fish", "seaweedfs", "govcloud", "pypi", "uv", "seccomp", "xfs", "btrfs"), "name"
    ),
    **dict.fromkeys(
        ("pod", "namespace", "secret", "service", "configmap", "kubeconfig", "container", "context"), "of Kubernetes"
    ),
    **dict.fromkeys(("networkpolicy", "endpointslice", "endpoints", "finalizer", "hostpath", "pods"), "of Kubernetes"),
    "ethernet": "name",
    **dict.fromkeys(("externalname", "deployment", "limitrange", "resourcequota", "rolebinding"), "of Kubernetes"),
    **dict.fromkeys(("serviceaccount", "statefulset", "networkpolicies"), "of Kubernetes"),
    **dict.fromkeys(("byte", "tab", "gib", "mib"), "unit"),
    "enter": "a key of the keyboard",
    **dict.fromkeys(
        ("stack", "plugin", "provider", "cgroup", "proxy", "email"), "has no other name in Vietnamese texts"
    ),
}
"""Words that are no Vietnamese and may stand in a sentence, each with the reason."""
_NO_WORD = re.compile(
    r"`[^`]*`|'[^']*'|\"[^\"]*\"|\(\s*[\w-]+\s*\)"  # quoted; the word to write, behind its title
    r"|[\w-]+(?:\|[\w-]+)+"  # a choice
    r"|(?<!\w)--?[A-Za-z][\w-]*"  # an option
    r"|<[^<>]*>"  # a tag
    r"|Pod Security|\S+:\S*\w"  # a name of Kubernetes; names with colons
    r"|\S*[/@_=]\S*|\S*\.\w\S*|\w*\d[\w-]*"  # paths, variables, names, amounts
    r"|\b[A-Z][A-Z0-9-]+\b|\b[A-Z]{2,}\w*"  # abbreviations
)
_FIELD = re.compile(r"(?<![\w.-])([A-Za-z][A-Za-z_.-]*):(?= |$)(?: [\w.-]+)?")
"""What may be a field with its value, as a file writes it; of a sentence it is where the field is a word of English."""
_WRITTEN = re.compile(r"\b(?:trường|ví dụ|tăng|giảm|bỏ|nêu|ghi|thêm|vào|viết|spec|metadata) [\w.-]+")
"""What is to be written, or stands there, named by its field."""


def names(country: Country) -> frozenset[str]:
    """Return the names of what is declared that are words: of environments, zones, buckets and declarations."""
    found = {GATEWAY_ZONE, *(declared.name for declared in country.declarations.values())}
    for tenant in country.tenants.values():
        found |= {*tenant.spec.environments, *tenant.spec.storage.buckets}
        found |= {zone for environment in tenant.spec.environments for zone in country.zones(tenant, environment)}
    return frozenset(found)


def spoken(text: str, known: frozenset[str] = frozenset()) -> dict[str, set[str]]:
    """Return the lines of a Vietnamese text that hold English, each with its words."""
    lines: Iterable[str] = text.splitlines()
    return {line: found for line in lines if (found := english(line, known))}


def english(sentence: str, names: frozenset[str] = frozenset()) -> set[str]:
    """Return the words of a Vietnamese sentence that are none, but for those in `names`: names of what is declared."""
    spoken = _NO_WORD.sub(" ", _WRITTEN.sub(" ", _FIELD.sub(_value, sentence)))
    found = re.findall(r"(?<![\w-])[A-Za-z]+(?:-[A-Za-z]+)*(?![\w-])", spoken)
    return {word for word in found if word not in names and any(map(_foreign, word.lower().split("-")))}


def _value(match: re.Match[str]) -> str:
    return " " if "." in match[1] or _foreign(match[1].lower()) else match[0]


def _foreign(word: str) -> bool:
    if word in ALLOWED:
        return False
    return word in _ENGLISH or (len(word) > 1 and not _SYLLABLE.fullmatch(word))
