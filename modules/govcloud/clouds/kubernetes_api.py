"""The API server as one identity sees it: requests in, answers out, whatever the network does."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import urllib3
import yaml
from kubernetes.client import ApiClient
from kubernetes.client.exceptions import ApiException
from kubernetes.config.config_exception import ConfigException

from govcloud.clouds.request import Answer, Request, no_answer
from govcloud.refusal import quotation
from govcloud_base import cluster_client
from govcloud_base.errors import EnvironmentProblem, Problem, Text

__all__ = ["KubernetesApi"]


_ONCE_MORE = urllib3.Retry(
    total=None, connect=0, read=1, redirect=False, status=0, other=0, allowed_methods=frozenset({"GET"})
)
"""A server may close a connection at the very moment at which it is used again; reading may be repeated."""


class KubernetesApi:
    """Access with the identity of a kubeconfig, to one server; safe to share between threads."""

    def __init__(self, client: Any, timeout: float = 20.0) -> None:
        self._client = client
        self._timeout = timeout

    @classmethod
    def from_kubeconfig(cls, files: str | None, context: str | None = None, *, renew: bool = False) -> KubernetesApi:
        """Return access as the user of the current context of a kubeconfig, or of another.

        `files` are one or several paths, as KUBECONFIG lists them; None stands for `~/.kube/config`. With `renew`, a
        login that is renewed meanwhile is written back, as kubectl does. Raises EnvironmentProblem where they cannot be
        used.
        """
        try:
            return cls(cluster_client.from_files(files, context, renew=renew))
        except _UNUSABLE as error:
            raise _unusable(files or "~/.kube/config", error) from None

    @classmethod
    def from_text(cls, kubeconfig: str) -> KubernetesApi:
        """Return access as the user of a kubeconfig that is in no file; raises EnvironmentProblem likewise."""
        try:
            return cls(cluster_client.from_document(yaml.safe_load(kubeconfig)))
        except _UNUSABLE as error:
            raise _unusable("issued", error) from None

    @property
    def server(self) -> str:
        """Address of the API server."""
        return str(self._client.configuration.host)

    def send(self, request: Request) -> Answer:
        """Send the request; a connection that fails is an answer with status 0, never an exception."""
        headers = {"Accept": "application/json", **request.headers}
        for setting in self._client.configuration.auth_settings().values():
            headers[setting["key"]] = setting["value"]
        body = None
        if request.body is not None:
            body = json.dumps(request.body).encode()
            headers["Content-Type"] = request.content_type
        try:
            response = self._client.rest_client.pool_manager.request(
                request.method,
                self._client.configuration.host + request.url(),
                headers=headers,
                body=body,
                timeout=self._timeout,
                retries=_ONCE_MORE,
            )
        except (urllib3.exceptions.HTTPError, OSError) as error:
            return Answer.none(no_answer(error))
        text, date = response.data.decode("utf-8", "replace"), response.headers.get("Date", "")
        return Answer(int(response.status), text, date=date)

    def execute(self, namespace: str, pod: str, command: Sequence[str], seconds: float) -> Answer:
        """Run a command in a pod over a WebSocket; 200 with its standard output where it ended well."""
        # Here, for it brings the classes of all kinds there are: whoever enters no pod starts a second sooner.
        from kubernetes.client import CoreV1Api
        from kubernetes.stream import stream
        from websocket import WebSocketException

        # the stream helper swaps the client's transport while it works, so it gets a client of its own
        core: Any = CoreV1Api(ApiClient(configuration=self._client.configuration))
        try:
            session = stream(
                core.connect_get_namespaced_pod_exec,
                pod,
                namespace,
                command=list(command),
                stdout=True,
                stderr=True,
                stdin=False,
                tty=False,
                _preload_content=False,
                _request_timeout=self._timeout,
            )
            try:
                session.run_forever(timeout=seconds)
                output, problems = session.read_stdout(timeout=0), session.read_stderr(timeout=0)
                ended = not session.is_open()
                status = session.returncode if ended else None
            finally:
                # the session's own close leaves the socket open where the other side has ended it
                session.sock.shutdown()
        except ApiException as error:
            return Answer(int(error.status or 0), str(error.body or error.reason))
        except (WebSocketException, OSError, ValueError) as error:
            return Answer.none(no_answer(error))
        if not ended or status != 0:
            return Answer.none(_ended(status if ended else None, problems[-300:]))
        return Answer(200, output)


def _ended(status: object, problems: str) -> Text:
    """Return how a command in a pod ended, or that it did not."""
    if status is None:
        return Text(
            f"the command did not end in time: {problems}", f"lệnh không kết thúc kịp: {quotation(problems).vi}"
        )
    return Text(
        f"the command ended with {status}: {problems}", f"lệnh kết thúc với mã {status}: {quotation(problems).vi}"
    )


_UNUSABLE = (ConfigException, OSError, ValueError, TypeError, KeyError, AttributeError, yaml.YAMLError)


def _unusable(name: str, error: Exception) -> EnvironmentProblem:
    return EnvironmentProblem(
        Problem(
            code="GC-AUDIT-001",
            message=Text(en=f"the kubeconfig {name} cannot be used", vi=f"không dùng được kubeconfig {name}"),
            fix=Text(
                en="name a kubeconfig that kubectl can use, with the context that the cloud declares",
                vi="chỉ ra kubeconfig mà kubectl dùng được, có context mà đám mây khai báo",
            ),
            value=str(error),
        )
    )
