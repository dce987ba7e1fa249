"""How a RADOS Gateway is administered: the Admin Ops API below `/admin`, and IAM's calls for rights, both signed.

Neither must ever be told a secret: the one takes all it is told in the address, and the gateway writes each address
into its log. What is answered holds the secrets of every key of the user that was asked about, so that no answer gets
into a message.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlencode
from xml.etree import ElementTree

from govcloud.providers.storage import problems
from govcloud.refusal import refusal
from govcloud_base.errors import CloudError, Problem, Text

if TYPE_CHECKING:
    import urllib3

    from govcloud.providers.storage.endpoint import AccessKey

__all__ = ["CAPABILITIES", "Administration", "Refused"]

CAPABILITIES: Final = "users=*;buckets=*;user-policy=*;roles=read"
"""What the administrator's user must have, as `radosgw-admin --caps` takes it."""
_CODE: Final = re.compile(r"<Code>([^<]+)</Code>")
_AT_ONCE: Final = 8
"""Connections that are kept: as many as there are users read at once."""
_SECONDS: Final = 30.0
_FORM: Final = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}


class Refused(CloudError):
    """The gateway answered with an error; `code` is what it calls it, '' where it gave it no name."""

    def __init__(self, action: Text, status: int, code: str) -> None:
        if status == 403 and code == "AccessDenied":
            problem = _capabilities_missing(action)
        else:
            problem = problems.store_refused(action, code or f"HTTP {status}", "")
        super().__init__(problem)
        self.code = code


class Administration:
    """The administration of one gateway, safe in several threads; connects at the first call."""

    def __init__(self, url: str, region: str, key: AccessKey, authorities: str | None) -> None:
        """`authorities` is the file (PEM) of those who are trusted, None for the system's."""
        self._url = url
        self._region = region
        self._key = key
        self._authorities = authorities
        self._connections: urllib3.PoolManager | None = None

    def ask(self, method: str, resource: str, **parameters: str | int) -> Any:
        """Return what `/admin/<resource>` answers, None for nothing; parameters are told with - for _.

        Raises:
            Refused: GC-STORE-004 or -030, the gateway said no.
            CloudError: GC-STORE-003, nothing answers.
        """
        told = {name.replace("_", "-"): value for name, value in {**parameters, "format": "json"}.items()}
        action = Text(f"{method} /admin/{resource}", f"lệnh {method} /admin/{resource}")
        address = f"{self._url}/admin/{resource}?{urlencode(told, quote_via=quote)}"
        text = self._answer(action, method, address, None)
        try:
            return json.loads(text) if text else None
        except ValueError:
            raise CloudError(problems.store_refused(action, "JSON", "")) from None

    def identities(self, action: str, **parameters: str) -> ElementTree.Element:
        """Return what a call of IAM answers; it is told in the body. Raises as :meth:`ask`."""
        named = Text(action, f"lệnh {action}")
        body = urlencode({"Action": action, "Version": "2010-05-08", **parameters})
        try:
            return ElementTree.fromstring(self._answer(named, "POST", f"{self._url}/", body))  # noqa: S314 - expat bounds it
        except ElementTree.ParseError:
            raise CloudError(problems.store_refused(named, "XML", "")) from None

    def close(self) -> None:
        """Release the connections."""
        if self._connections is not None:
            self._connections.clear()

    def _answer(self, action: Text, method: str, address: str, body: str | None) -> str:
        import urllib3

        try:
            answer = self._pool().request(
                method, address, headers=self._signed(method, address, body), body=body, redirect=False
            )
        except urllib3.exceptions.HTTPError as error:
            raise CloudError(problems.endpoint_unreachable(self._url, refusal(error))) from None
        text: str = answer.data.decode(errors="replace")
        if answer.status >= 300:
            raise Refused(action, answer.status, _code(text))
        return text

    def _pool(self) -> urllib3.PoolManager:
        import urllib3

        if self._connections is None:
            self._connections = urllib3.PoolManager(
                maxsize=_AT_ONCE,
                ca_certs=self._authorities,
                timeout=urllib3.Timeout(connect=5, read=_SECONDS),
                # What was perhaps done already is not told again: of the rest, that which never got through.
                retries=urllib3.Retry(total=2, allowed_methods={"GET"}, backoff_factor=0.2),
            )
        return self._connections

    def _signed(self, method: str, address: str, body: str | None) -> Mapping[str, str]:
        from botocore.auth import S3SigV4Auth, SigV4Auth
        from botocore.awsrequest import AWSRequest
        from botocore.credentials import Credentials

        request = AWSRequest(method, address, data=body, headers=_FORM if body else {})
        pair = Credentials(self._key.access, self._key.secret, self._key.token)
        (SigV4Auth(pair, "iam", self._region) if body else S3SigV4Auth(pair, "s3", self._region)).add_auth(request)
        return dict(request.headers.items())


def _code(text: str) -> str:
    """Return the code of an error, which is JSON or XML as it likes, and may follow the beginning of an answer."""
    found = _CODE.search(text)
    if found:
        return found[1]
    try:
        return str(json.loads(text).get("Code", ""))
    except (ValueError, AttributeError):
        return ""


def _capabilities_missing(action: Text) -> Problem:
    given = f"radosgw-admin caps add --uid=… --caps='{CAPABILITIES}'"
    return Problem(
        code="GC-STORE-030",
        message=Text(
            en=f"the key that administers the object store has no right to {action.en}",
            vi=f"khóa quản trị hệ thống lưu trữ không có quyền thực hiện {action.vi}",
        ),
        allowed=CAPABILITIES,
        fix=Text(
            en=f"give its user the capabilities, on a host of Ceph's: `{given}`",
            vi=f"cấp quyền cho người dùng của khóa đó, trên một máy của Ceph: `{given}`",
        ),
    )
