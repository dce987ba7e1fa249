"""The end of a user: an account lets one go only when nothing hangs on it any more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from govcloud.providers.storage.adapters.aws import policies, reading
from govcloud.providers.storage.adapters.aws.account import Account
from govcloud.providers.storage.endpoint import error_code

if TYPE_CHECKING:
    from mypy_boto3_iam.client import IAMClient

__all__ = ["end"]

_HOLDS: Final = "DeleteConflict"


def end(iam: IAMClient, account: Account, name: str) -> None:
    """Delete a user with all that hangs on it, and its own policies; no error where some or all of it is gone.

    Its ways in end first, so that a run that dies meanwhile leaves somebody who can do nothing.
    """
    from botocore.exceptions import ClientError

    with policies.gone():
        for key in reading.keys(iam, name):
            with policies.gone():
                iam.delete_access_key(UserName=name, AccessKeyId=key.access)
        _end_console(iam, name)
        for arn in reading.attached(iam, name):
            iam.detach_user_policy(UserName=name, PolicyArn=arn)
        for inline in reading.inline(iam, name):
            iam.delete_user_policy(UserName=name, PolicyName=inline)
        for group in reading.groups(iam, name):
            iam.remove_user_from_group(UserName=name, GroupName=group)
        try:
            iam.delete_user(UserName=name)
        except ClientError as error:
            if error_code(error) != _HOLDS:
                raise
            _end_the_rest(iam, name)
            iam.delete_user(UserName=name)
    for arn in policies.of_label(iam, account, name):
        policies.removed(iam, arn)


def _end_console(iam: IAMClient, name: str) -> None:
    from botocore.exceptions import ClientError

    try:
        iam.delete_login_profile(UserName=name)
    except ClientError as error:
        if error_code(error) not in (reading.ABSENT, *reading.UNKNOWN):
            raise


def _end_the_rest(iam: IAMClient, name: str) -> None:
    """Remove what only a person can have hung on a user: it opens other services of the account and no store."""
    for devices in iam.get_paginator("list_mfa_devices").paginate(UserName=name):
        for device in devices["MFADevices"]:
            iam.deactivate_mfa_device(UserName=name, SerialNumber=device["SerialNumber"])
            if device["SerialNumber"].startswith("arn:"):  # one of software is an entity of its own
                iam.delete_virtual_mfa_device(SerialNumber=device["SerialNumber"])
    for public in iam.get_paginator("list_ssh_public_keys").paginate(UserName=name):
        for row in public["SSHPublicKeys"]:
            iam.delete_ssh_public_key(UserName=name, SSHPublicKeyId=row["SSHPublicKeyId"])
    for signing in iam.get_paginator("list_signing_certificates").paginate(UserName=name):
        for certificate in signing["Certificates"]:
            iam.delete_signing_certificate(UserName=name, CertificateId=certificate["CertificateId"])
    for special in iam.list_service_specific_credentials(UserName=name)["ServiceSpecificCredentials"]:
        iam.delete_service_specific_credential(
            UserName=name, ServiceSpecificCredentialId=special["ServiceSpecificCredentialId"]
        )
