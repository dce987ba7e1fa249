"""Amazon's S3, IAM and STS as moto plays them: signatures and the rights that policies give are checked.

It takes no notice of keys that are inactive, of permission boundaries, of conditions and of bucket policies, and asks
for every right in IAM on `*`. What it says is no proof of what Amazon does.
"""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from served import running as served

from govcloud_base.errors import Text
from govcloud_local.access.pki import Authority
from govcloud_local.daemons.component import Component, Home
from stores.running import RunningStore

__all__ = ["PROVISIONER", "REGION", "running"]

REGION = "ap-southeast-1"
"""Not Amazon's first, in which buckets are made differently."""
PROVISIONER = "provisioner"
_ADMINISTRATOR: Mapping[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
_FIRST = 3
"""Requests that are not checked: those that make the provisioner."""


@contextlib.contextmanager
def running(folder: Path, port: int, policy: Mapping[str, Any] = _ADMINISTRATOR) -> Iterator[RunningStore]:
    """Run it on one port, with a provisioner who may do what `policy` says."""
    authority = Authority(folder / "authority", "Storage authority of the site")
    pair = authority.server("s3", ["127.0.0.1"])
    url = f"https://127.0.0.1:{port}"
    daemon = Component(
        name="moto",
        argv=tuple(
            str(word)
            for word in (
                sys.executable,
                "-I",
                Path(__file__).with_name("moto_server.py"),
                port,
                pair.certificate,
                pair.key,
            )
        ),
        environment={"INITIAL_NO_AUTH_ACTION_COUNT": str(_FIRST), "S3_IGNORE_SUBDOMAIN_BUCKETNAME": "true"},
        ready=lambda: _answers(url, authority.certificate),
        home=Home.HOST,
        after=(),
        endpoint=url,
        stop_seconds=5.0,
    )
    with served(daemon, folder):
        access, secret = _provisioner(url, authority.certificate, policy)
        environment = {
            "AWS_ENDPOINT_URL_S3": url,
            "AWS_ACCESS_KEY_ID": access,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_CA_BUNDLE": str(authority.certificate),
            "AWS_REGION": REGION,
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


def _provisioner(url: str, authority: Path, policy: Mapping[str, Any]) -> tuple[str, str]:
    import boto3

    with contextlib.closing(
        boto3.client(
            "iam",
            endpoint_url=url,
            region_name=REGION,
            aws_access_key_id="nobody",
            aws_secret_access_key="nobody",
            verify=str(authority),
        )
    ) as iam:
        iam.create_user(UserName=PROVISIONER)
        iam.put_user_policy(UserName=PROVISIONER, PolicyName="all", PolicyDocument=json.dumps(policy))
        key = iam.create_access_key(UserName=PROVISIONER)["AccessKey"]
    return key["AccessKeyId"], key["SecretAccessKey"]
