"""Kubeconfig files: which server, how to know it, and how to prove who we are.

Certificates, tokens and passwords are read here. Credentials that a program must be run for (`exec`) are left to the
official client library, whose import costs a second and is therefore made only then.
"""

from __future__ import annotations

import base64
import json
import os
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from govcloud_base import memory_file

__all__ = ["Access", "Kubeconfig", "KubeconfigError", "NoKubeconfigError"]


_PATHS = (
    ("clusters", "cluster", {"certificate-authority"}),
    ("users", "user", {"client-certificate", "client-key", "tokenFile"}),
)
"""Which fields hold paths, of which entries of which lists."""


class KubeconfigError(ValueError):
    """A kubeconfig that cannot be used; the text says why."""


class NoKubeconfigError(KubeconfigError):
    """A text that is neither a kubeconfig nor the path of one: most often the path of a file that is not there."""


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach an API server."""

    server: str
    """URL without a slash at its end."""
    tls: ssl.SSLContext | None
    """None for plain HTTP."""
    headers: Mapping[str, str]
    namespace: str
    """The context's namespace, "default" where it has none."""
    server_name: str | None = None
    """The name that the server's certificate must have, where it is not the URL's."""


@dataclass(frozen=True, slots=True)
class Kubeconfig:
    """One or several merged kubeconfig files."""

    document: Mapping[str, Any]
    """Relative paths in it are from the working folder."""

    @classmethod
    def of(cls, path_or_content: str) -> Kubeconfig:
        """Read a kubeconfig given as its content or as a path. Raises :class:`KubeconfigError`."""
        path = Path(path_or_content).expanduser() if _may_be_path(path_or_content) else None
        if path is not None and path.exists():
            try:
                return cls(_anchored(_document(path.read_text(encoding="utf-8")), path.parent))
            except OSError as error:
                raise KubeconfigError(f"{path}: {error.strerror}") from error
        return cls(_document(path_or_content))

    @classmethod
    def of_environment(cls, environment: Mapping[str, str] = os.environ) -> Kubeconfig:
        """Read and merge the files that $KUBECONFIG lists, else ~/.kube/config; the first to name a thing wins."""
        listed = environment.get("KUBECONFIG", "")
        files = [Path(part).expanduser() for part in (listed or "~/.kube/config").split(os.pathsep) if part]
        found = [cls.of(str(file)) for file in files if file.exists() and _says_something(file)]
        if not found:
            raise KubeconfigError(f"no kubeconfig found: {os.pathsep.join(str(file) for file in files)}")
        if len(found) == 1:
            return found[0]
        merged: dict[str, Any] = {}
        for config in found:
            for key, value in config.document.items():
                if isinstance(value, list):
                    known = {item.get("name") for item in merged.get(key, [])}
                    merged[key] = merged.get(key, []) + [item for item in value if item.get("name") not in known]
                elif value:
                    merged.setdefault(key, value)
        return cls(merged)

    def cluster(self, *, context: str = "", cluster: str = "") -> Mapping[str, Any] | None:
        """Return the cluster entry that is in force, or None where there is none."""
        chosen = self._named("contexts", "context", context or str(self.document.get("current-context") or ""))
        if chosen is None:
            return None
        return self._named("clusters", "cluster", cluster or str(chosen.get("cluster") or ""))

    def access(self, *, context: str = "", cluster: str = "") -> Access:
        """Return how to reach the server of a context. Raises :class:`KubeconfigError`."""
        name = context or str(self.document.get("current-context") or "")
        chosen = self._named("contexts", "context", name)
        if chosen is None:
            raise KubeconfigError(f'context "{name}" does not exist' if name else "no current context is set")
        server = self.cluster(context=context, cluster=cluster)
        if server is None or not server.get("server"):
            raise KubeconfigError(f'cluster "{cluster or chosen.get("cluster")}" does not exist')
        user = self._named("users", "user", str(chosen.get("user") or "")) or {}
        url = str(server["server"]).rstrip("/")
        if "://" not in url:
            url = f"https://{url}"
        try:
            tls = self._tls(server, user) if url.startswith("https://") else None
            headers = self._headers(user, name)
        except (OSError, ValueError) as error:
            raise KubeconfigError(f"credentials of context {name!r}: {error}") from error
        return Access(
            server=url,
            tls=tls,
            headers=headers,
            namespace=str(chosen.get("namespace") or "default"),
            server_name=server.get("tls-server-name") or None,
        )

    def _named(self, section: str, key: str, name: str) -> Mapping[str, Any] | None:
        for item in self.document.get(section) or ():
            if isinstance(item, Mapping) and item.get("name") == name:
                value = item.get(key)
                return value if isinstance(value, Mapping) else None
        return None

    def _tls(self, server: Mapping[str, Any], user: Mapping[str, Any]) -> ssl.SSLContext:
        authority = self._bytes(server, "certificate-authority")
        context = ssl.create_default_context(cadata=authority.decode() if authority else None)
        if server.get("insecure-skip-tls-verify"):
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        certificate, key = self._bytes(user, "client-certificate"), self._bytes(user, "client-key")
        if certificate and key:
            # OpenSSL reads certificates from files only
            with memory_file.lent(certificate + b"\n" + key) as file:
                context.load_cert_chain(file)
        return context

    def _bytes(self, entry: Mapping[str, Any], key: str) -> bytes:
        data = entry.get(f"{key}-data")
        if data:
            return base64.b64decode(data)
        file = entry.get(key)
        return Path(str(file)).read_bytes() if file else b""

    def _headers(self, user: Mapping[str, Any], context: str) -> dict[str, str]:
        token = user.get("token")
        if user.get("tokenFile"):
            token = Path(str(user["tokenFile"])).read_text(encoding="utf-8").strip()
        if token:
            return {"Authorization": f"Bearer {token}"}
        if user.get("username"):
            pair = f"{user['username']}:{user.get('password', '')}"
            return {"Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
        if user.get("exec") or user.get("auth-provider"):
            return _run_for_credentials(self.document, context)
        return {}


def _anchored(document: Mapping[str, Any], folder: Path) -> Mapping[str, Any]:
    """Return a document whose paths hold wherever it is joined to others: they are from the folder of its file."""
    anchored = dict(document)
    for section, kind, keys in _PATHS:
        entries = [dict(item) if isinstance(item, Mapping) else item for item in document.get(section) or ()]
        for item in entries:
            if isinstance(item, dict) and isinstance(value := item.get(kind), Mapping):
                item[kind] = {k: str(folder / str(v)) if k in keys and v else v for k, v in value.items()}
        if section in document:
            anchored[section] = entries
    return anchored


def _says_something(file: Path) -> bool:
    """Tell whether a file has more than remarks; one that cannot be looked into has, and reading it tells why not."""
    try:
        lines = map(bytes.strip, file.read_bytes().splitlines())
    except OSError:
        return True
    return any(line and line != b"---" and not line.startswith(b"#") for line in lines)


def _may_be_path(text: str) -> bool:
    return len(text) < 4096 and "\n" not in text and not text.lstrip().startswith("{")


def _document(text: str) -> Mapping[str, Any]:
    import yaml  # not before a configuration is read: the plugin's start is waited for

    try:
        document = json.loads(text) if text.lstrip().startswith("{") else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError) as error:
        # The library quotes the text around a mistake, and that may be a key.
        mark = getattr(error, "problem_mark", None)
        where = f", line {mark.line + 1}" if mark is not None else ""
        raise KubeconfigError(f"neither JSON nor YAML{where}") from None
    if not isinstance(document, Mapping):
        raise NoKubeconfigError("couldn't get version/kind; neither a kubeconfig nor the path of one")
    for section in ("clusters", "contexts", "users"):
        if not isinstance(document.get(section) or [], Sequence):
            raise KubeconfigError(f"{section} is no list")
    return document


def _run_for_credentials(document: Mapping[str, Any], context: str) -> dict[str, str]:
    from kubernetes.config import ConfigException  # costs a second: only for those who need it

    from govcloud_base import cluster_client

    try:
        configuration: Any = cluster_client.from_document(document, context).configuration
    except ConfigException as error:
        raise KubeconfigError(str(error)) from error
    value = configuration.get_api_key_with_prefix("authorization")
    return {"Authorization": value} if value else {}
