"""Policies in Amazon's dialect: what the documentation gives to the provisioner is what the adapter asks for."""

from __future__ import annotations

import ast
import fnmatch
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore import xform_name
from stores.amazon_policies import PAGES, printed

from govcloud.providers.storage import policy
from govcloud.providers.storage.adapters import aws
from govcloud.providers.storage.adapters.aws import documents
from govcloud.render import storage

ALLOWED = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:*"], "Resource": ["arn:aws:s3:::*"]}],
}


def asked() -> Iterator[str]:
    """Yield each right in IAM and STS that some call in the adapter's code needs."""
    session = botocore.session.get_session()
    operations = {
        xform_name(operation): f"{service}:{operation}"
        for service in ("iam", "sts")
        for operation in session.get_service_model(service).operation_names
    }
    for file in Path(aws.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            words = [node.attr] if isinstance(node, ast.Attribute) else []
            words += [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []
            yield from (operations[word] for word in words if word in operations)


def granted(document: dict[str, Any], *services: str) -> list[str]:
    rights = [
        action
        for statement in document["Statement"]
        if statement["Effect"] == "Allow"
        for action in statement["Action"]
    ]
    return sorted(right for right in rights if right.partition(":")[0] in services)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_provisioner_gets_the_rights_that_the_adapter_uses_and_no_other(page: Path) -> None:
    assert granted(printed(page)["provisioner.json"], "iam", "sts") == sorted(set(asked()))


def test_both_languages_print_the_same_policies() -> None:
    assert printed(PAGES[0]) == printed(PAGES[1])


def test_the_owner_is_told_to_make_the_boundary_that_the_adapter_looks_for() -> None:
    assert printed(PAGES[0])["boundary.json"] == documents.BOUNDARY
    name = documents.named(documents.BOUNDING, documents.BOUNDARY)
    for page in PAGES:
        assert f"--policy-name {name} --path /govcloud/{documents.BOUNDING}/" in page.read_text()
    for statement in printed(PAGES[0])["provisioner.json"]["Statement"]:
        for bound in statement.get("Condition", {}).get("StringEquals", {}).values():
            assert bound.endswith(f"policy/govcloud/{documents.BOUNDING}/{name}")


def test_the_provisioner_makes_no_policy_where_the_boundary_is() -> None:
    refused = [s for s in printed(PAGES[0])["provisioner.json"]["Statement"] if s["Effect"] == "Deny"]
    changing = {right for right in asked() if right.startswith(("iam:CreatePolicy", "iam:DeletePolicy"))}
    assert {"iam:CreatePolicy", "iam:DeletePolicy", "iam:DeletePolicyVersion"} == changing
    assert any(changing <= set(s["Action"]) and f"{documents.BOUNDING}/*" in s["Resource"][0] for s in refused)


def test_what_tenants_may_lies_within_the_boundary() -> None:
    bounds = documents.BOUNDARY["Statement"]
    assert isinstance(bounds, list)
    allowed = [pattern for statement in bounds for pattern in statement["Action"]]
    for right in granted(storage.policy(["b"]), "s3"):
        assert any(fnmatch.fnmatchcase(right, pattern) for pattern in allowed), right
    for right in (
        "s3:PutBucketPolicy",
        "s3:BypassGovernanceRetention",
        "s3:PutLifecycleConfiguration",
        "iam:CreateUser",
    ):
        assert not any(fnmatch.fnmatchcase(right, pattern) for pattern in allowed), right


def test_a_policys_name_says_whose_it_is_and_what_it_says() -> None:
    name = documents.named("h26-prod", policy.NOTHING)

    assert documents.labelled(name) == "h26-prod"
    assert documents.named("h26-prod", dict(reversed(list(policy.NOTHING.items())))) == name
    assert len({name, documents.named("h26-prod", ALLOWED), documents.named("h26-prod", policy.NOTHING, 1)}) == 3
    assert documents.labelled(documents.named("h26-prod-0123456789ab", policy.NOTHING)) == "h26-prod-0123456789ab"
    for others in ("govcloud-h26-prod", "h26-prod-0123456789ab", "AdministratorAccess", f"x{name}", f"{name}0"):
        assert documents.labelled(others) != "h26-prod"


def test_a_document_takes_the_arns_of_a_partition_and_gives_them_back() -> None:
    document = storage.policy(["vn-h26-prod-records"])

    there = documents.for_partition(document, "aws-cn")

    assert there["Statement"][0]["Resource"] == ["arn:aws-cn:s3:::vn-h26-prod-records"]  # type: ignore[index]
    assert documents.in_general(there, "aws-cn") == document
    assert documents.for_partition(document, "aws") == document


@pytest.mark.parametrize(
    ("statement", "kept"),
    [
        ({"Action": "s3:GetObject"}, True),
        ({"Action": ["ec2:*", "S3:Get*"]}, True),
        ({"Action": "*"}, True),
        ({"Action": ["s?:*"]}, True),
        ({"NotAction": ["iam:*"]}, True),
        ({"Action": ["ec2:*", "s3express:CreateSession", "s3-object-lambda:GetObject"]}, False),
        ({"Action": "sts:GetCallerIdentity"}, False),
    ],
)
def test_what_a_document_says_of_storage(statement: dict[str, object], kept: bool) -> None:
    whole = {"Effect": "Allow", **statement, "Resource": "*"}

    for form in (whole, [whole]):
        found = documents.about_storage({"Version": "2012-10-17", "Statement": form})
        assert found == {"Version": "2012-10-17", "Statement": [whole] if kept else []}
