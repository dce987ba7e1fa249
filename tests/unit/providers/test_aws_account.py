"""Who asks, out of the ARN that Amazon tells of him."""

from __future__ import annotations

import pytest

from govcloud.providers.storage.adapters.aws.account import Account

PATH = "/govcloud/"


@pytest.mark.parametrize(
    ("arn", "account"),
    [
        ("arn:aws:iam::123456789012:user/provisioner", Account("aws", "123456789012", "provisioner", PATH)),
        ("arn:aws:iam::123456789012:user/a/b/provisioner", Account("aws", "123456789012", "provisioner", PATH)),
        ("arn:aws:sts::123456789012:assumed-role/deploy/ses:sion", Account("aws", "123456789012", "role/deploy", PATH)),
        ("arn:aws-cn:iam::210987654321:root", Account("aws-cn", "210987654321", "", PATH)),
        ("arn:aws:sts::123456789012:federated-user/deploy", Account("aws", "123456789012", "", PATH)),
    ],
)
def test_the_caller_is_a_user_a_role_or_the_account_itself(arn: str, account: Account) -> None:
    assert Account.of(arn, PATH) == account


@pytest.mark.parametrize("arn", ["", "arn:aws", "user/provisioner", "arn::iam::123456789012:user/x"])
def test_what_is_no_arn_is_refused(arn: str) -> None:
    with pytest.raises(ValueError, match="not an ARN"):
        Account.of(arn, PATH)


def test_what_is_made_is_called_by_path_and_partition() -> None:
    account = Account.of("arn:aws-cn:iam::210987654321:root", PATH)

    assert account.user("h26-prod") == "arn:aws-cn:iam::210987654321:user/govcloud/h26-prod"
    assert account.policy("h26-prod", "p") == "arn:aws-cn:iam::210987654321:policy/govcloud/h26-prod/p"
