"""Amazon's S3, IAM and STS as moto plays them: signatures and the rights that policies give are checked.

It takes no notice of conditions and of bucket policies, and asks for every right in IAM on `*`. What it says is no
proof of what Amazon does.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from served import running as served

from govcloud_base.errors import Text
from govcloud_local.access.pki import Authority
from govcloud_local.daemons.component import Component, Home
from stores.running import RunningStore

if TYPE_CHECKING:
    from mypy_boto3_iam.client import IAMClient

__all__ = ["OWNER", "OWNERS", "PROVISIONER", "REGION", "running"]

REGION = "ap-southeast-1"
"""Not Amazon's first, in which buckets are made differently."""
PROVISIONER = "provisioner"
OWNER = ("MOTO_OWNER_ACCESS_KEY", "MOTO_OWNER_SECRET_KEY")
"""Variables with the key of who may do everything in the account, for tests that do what a person does by hand."""
OWNERS = ("owner",)
"""Names of those besides the provisioner who reach every bucket."""
_ADMINISTRATOR: Mapping[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
_FIRST = 6
"""Requests that are not checked: those that make the owner and the provisioner."""


@contextlib.contextmanager
def running(folder: Path, port: int, policy: Mapping[str, Any] = _ADMINISTRATOR) -> Iterator[RunningStore]:
    """Run it on one port, with an owner, and a provisioner who may do what `policy` says."""
    authority = Authority(folder / "authority", "Storage authority of the site")
    pair = authority.server("s3", ["127.0.0.1"])
    url = f"https://127.0.0.1:{port}"
    words = (sys.executable, "-I", Path(__file__).with_name("moto_server.py"), port, pair.certificate, pair.key)
    daemon = Component(
        name="moto",
        argv=tuple(map(str, words)),
        environment={"INITIAL_NO_AUTH_ACTION_COUNT": str(_FIRST), "S3_IGNORE_SUBDOMAIN_BUCKETNAME": "true"},
        ready=lambda: _answers(url, authority.certificate),
        home=Home.HOST,
        after=(),
        endpoint=url,
        stop_seconds=5.0,
    )
    with served(daemon, folder):
        with contextlib.closing(_iam(url, authority.certificate)) as iam:
            owner = _person(iam, OWNERS[0], _ADMINISTRATOR)
            provisioner = _person(iam, PROVISIONER, policy)
        environment = {
            "AWS_ENDPOINT_URL_S3": url,
            "AWS_CA_BUNDLE": str(authority.certificate),
            "AWS_REGION": REGION,
            **dict(zip(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), provisioner, strict=True)),
            **dict(zip(OWNER, owner, strict=True)),
        }
        yield RunningStore("aws", url, REGION, environment, authority.certificate)


def _answers(url: str, authority: Path) -> Text | None:
    import urllib3

    with urllib3.PoolManager(ca_certs=str(authority), retries=False, timeout=2) as pool:
        try:
            status = pool.request("GET", f"{url}/moto-api/data.json").status
        except urllib3.exceptions.HTTPError as error:
            return Text.quoted(str(error))
    return None if status == 200 else Text.quoted(f"HTTP {status}")


def _iam(url: str, authority: Path) -> IAMClient:
    import boto3

    return boto3.client(
        "iam",
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="nobody",
        aws_secret_access_key="nobody",
        verify=str(authority),
    )


def _person(iam: IAMClient, name: str, policy: Mapping[str, Any]) -> tuple[str, str]:
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=json.dumps(policy))
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]
