"""What Secrets Manager refuses: as recorded from AWS in localstack's ``test_secretsmanager`` (2023 to
2025); what is not recorded: API reference, section Errors, and public error reports (2026-11)."""

from __future__ import annotations

import secrets
from typing import Any

import pytest
from botocore.exceptions import ClientError
from running_cloud import RunningCloud

NOT_FOUND = "Secrets Manager can't find the specified secret."
DELETED = "You can't perform this operation on the secret because it was marked for deletion."


def refusal_of(call: Any, **given: Any) -> Any:
    with pytest.raises(ClientError) as refusal:
        call(**given)
    assert refusal.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return refusal.value.response


def refused(call: Any, **given: Any) -> tuple[str, str]:
    error = refusal_of(call, **given)["Error"]
    return error["Code"], error["Message"]


@pytest.fixture
def secret(one_cloud: RunningCloud) -> str:
    name = f"rules-{secrets.token_hex(4)}"
    one_cloud.client("secretsmanager").create_secret(Name=name, SecretString="1")
    return name


@pytest.mark.parametrize(
    "operation",
    ["get_secret_value", "describe_secret", "list_secret_version_ids", "delete_secret"],
)
def test_what_is_not_there(one_cloud: RunningCloud, operation: str) -> None:
    """test_secret_not_found."""
    call = getattr(one_cloud.client("secretsmanager"), operation)
    response = refusal_of(call, SecretId="nope")
    assert response["Message"] == response["Error"]["Message"] == NOT_FOUND
    assert response["Error"]["Code"] == "ResourceNotFoundException"


def test_names_and_values(one_cloud: RunningCloud, secret: str) -> None:
    """test_invalid_secret_name, test_secret_exists_snapshots."""
    create = one_cloud.client("secretsmanager").create_secret
    for wrong in (" Inv *?!]Name\\-", "a b", "a:b"):
        assert refused(create, Name=wrong, SecretString="1") == (
            "ValidationException",
            "Invalid name. Must be a valid name containing alphanumeric characters, or any of the "
            "following: -/_+=.@!",
        )
    response = refusal_of(create, Name=secret, SecretString="2")
    assert response["Message"] == (
        f"The operation failed because the secret {secret} already exists."
    )
    both = refused(create, Name=f"{secret}-b", SecretString="1", SecretBinary=b"1")
    assert both[0] == "InvalidParameterException"


def test_a_secret_that_is_scheduled_for_deletion(one_cloud: RunningCloud, secret: str) -> None:
    """test_exp_raised_on_creation_of_secret_scheduled_for_deletion."""
    client = one_cloud.client("secretsmanager")
    client.delete_secret(SecretId=secret)
    assert refused(client.create_secret, Name=secret, SecretString="1") == (
        "InvalidRequestException",
        "You can't create this secret because a secret with this name is already scheduled for "
        "deletion.",
    )
    deleted = ("InvalidRequestException", DELETED)
    assert refused(client.get_secret_value, SecretId=secret) == deleted
    assert refused(client.put_secret_value, SecretId=secret, SecretString="2") == deleted
    assert refused(client.update_secret, SecretId=secret, SecretString="2") == deleted
    assert refused(client.get_resource_policy, SecretId=secret) == deleted
    tags = [{"Key": "a", "Value": "b"}]
    assert refused(client.tag_resource, SecretId=secret, Tags=tags) == deleted
    assert "DeletedDate" in client.describe_secret(SecretId=secret)
    client.restore_secret(SecretId=secret)
    assert client.get_secret_value(SecretId=secret)["SecretString"] == "1"
    client.delete_secret(SecretId=secret)
    client.delete_secret(SecretId=secret, ForceDeleteWithoutRecovery=True)


def test_stages_policies_and_rotations(one_cloud: RunningCloud, secret: str) -> None:
    client = one_cloud.client("secretsmanager")
    assert refused(client.get_secret_value, SecretId=secret, VersionStage="NO") == (
        "ResourceNotFoundException",
        "Secrets Manager can't find the specified secret value for staging label: NO",
    )
    code, _ = refused(client.put_resource_policy, SecretId=secret, ResourcePolicy="no JSON")
    assert code == "MalformedPolicyDocumentException"
    assert refused(client.rotate_secret, SecretId=secret) == (
        "InvalidRequestException",
        "No Lambda rotation function ARN is associated with this secret.",
    )
    assert len(client.list_secret_version_ids(SecretId=secret)["Versions"]) == 1


def test_only_versions_with_stages_are_described(one_cloud: RunningCloud, secret: str) -> None:
    client = one_cloud.client("secretsmanager")
    for value in "23":
        client.put_secret_value(SecretId=secret, SecretString=value)
    stages = client.describe_secret(SecretId=secret)["VersionIdsToStages"]
    assert sorted(stages.values()) == [["AWSCURRENT"], ["AWSPREVIOUS"]]


def test_words_of_a_client_are_not_repeated(one_cloud: RunningCloud, secret: str) -> None:
    assert refused(
        one_cloud.client("secretsmanager").delete_secret, SecretId=secret, RecoveryWindowInDays=3
    ) == (
        "InvalidParameterException",
        "The RecoveryWindowInDays value must be between 7 and 30 days (inclusive).",
    )
