"""What a SeaweedFS lets people do whom nobody named: seen by asking as such a one, without changing anything.

With its makers' settings it does several of these. Its inner ports are asked at the addresses by which it is
administered; one that does not answer from here is shut, as far as can be seen from here.
"""

from __future__ import annotations

import http.client
import secrets
import ssl
from collections.abc import Iterator, Mapping
from typing import Final

from govcloud.providers.storage import exposure_problems as problems
from govcloud.providers.storage.endpoint import Endpoint
from govcloud.providers.storage.problems import endpoint_unreachable, store_refused
from govcloud.refusal import refusal
from govcloud_base.errors import CloudError, Problem, Text

__all__ = ["found"]

_SECONDS: Final = 3.0
_STORE_SECONDS: Final = 10.0
_BUSY: Final = (429, 500, 502, 503, 504)
_FORBIDDEN: Final = (401, 403)
_NOBODY: Final = "govcloud-nobody"
_ORDER: Final = f"Action=DeleteUser&UserName={_NOBODY}&Version=2010-05-08"
"""An order to the IAM interface that changes nothing, as nobody is called so: an interface that takes orders says that
there is no such user, and one that takes none that it takes none."""
_FILES: Final = "/?limit=1"
_TOPOLOGY: Final = "/dir/status"
"""Asks the master what lies where; whom it tells that it also obeys when told to delete a bucket's data."""


def found(endpoint: Endpoint, master: str, filer: str) -> Iterator[Problem]:
    """Yield each way in that is open; `master` and `filer` are `host:port.grpcPort`, several parted by commas.

    Raises:
        CloudError: GC-STORE-003, the store does not answer; GC-STORE-004, it is busy or fails, so that nobody knows.
    """
    # Who may is told that there is no such bucket, and who may not that he may not.
    absent = f"{_NOBODY}-{secrets.token_hex(8)}/key"
    if any(_asked(endpoint, *asked) not in _FORBIDDEN for asked in (("GET", ""), ("GET", absent), ("DELETE", absent))):
        yield problems.strangers_admitted(endpoint.url)
    if endpoint.key is not None and _asked(endpoint, "POST", "", _ORDER, _signature(endpoint)) not in _FORBIDDEN:
        yield problems.orders_taken(endpoint.url)
    for inner, path in ((filer, _FILES), (master, _TOPOLOGY)):
        for address in inner.split(","):
            host, _, ports = address.strip().rpartition(":")
            port = ports.partition(".")[0]
            if host and port.isdigit() and _open(host, int(port), path):
                yield problems.inner_port_open(f"{host}:{port}", of_files=path == _FILES)


def _asked(
    endpoint: Endpoint, method: str, path: str, body: str | None = None, headers: Mapping[str, str] | None = None
) -> int:
    import urllib3

    # Each may be asked again, for none of them changes anything.
    again = urllib3.Retry(
        total=2, redirect=False, allowed_methods=None, status_forcelist=_BUSY, backoff_factor=0.1, raise_on_status=False
    )
    pool = urllib3.PoolManager(ca_certs=endpoint.ca_bundle, retries=again, timeout=_STORE_SECONDS)
    try:
        status = pool.request(method, f"{endpoint.url}/{path}", body=body, headers=headers).status
    except urllib3.exceptions.HTTPError as error:
        raise CloudError(endpoint_unreachable(endpoint.url, refusal(error))) from error
    finally:
        pool.clear()
    if status in _BUSY:
        action = Text("a question of a stranger's", "một yêu cầu của người lạ")
        raise CloudError(store_refused(action, str(status), f"{method} /{path}"))
    return status


def _signature(endpoint: Endpoint) -> dict[str, str]:
    # An IAM client of botocore's would take longer to make than all that is asked here.
    from botocore.auth import SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    assert endpoint.key is not None
    headers = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
    request = AWSRequest(method="POST", url=f"{endpoint.url}/", data=_ORDER, headers=headers)
    SigV4Auth(
        Credentials(endpoint.key.access, endpoint.key.secret, endpoint.key.token), "iam", endpoint.region
    ).add_auth(request)
    return dict(request.headers.items())


def _open(host: str, port: int, path: str) -> bool:
    """Tell whether a port gives what is asked of it to one without a key, with TLS or without.

    No name is checked, since nothing is told to whoever answers.
    """
    unchecked = ssl.create_default_context()
    unchecked.check_hostname, unchecked.verify_mode = False, ssl.CERT_NONE
    for connection in (
        http.client.HTTPConnection(host, port, timeout=_SECONDS),
        http.client.HTTPSConnection(host, port, timeout=_SECONDS, context=unchecked),
    ):
        try:
            connection.request("GET", path, headers={"Accept": "application/json"})
            if connection.getresponse().status == 200:
                return True
        except (OSError, http.client.HTTPException):
            continue
        finally:
            connection.close()
    return False
