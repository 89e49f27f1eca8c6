"""What Secrets Manager refuses: as recorded from AWS in localstack's ``test_secretsmanager`` (2023 to
2025); what is not recorded: API reference, section Errors, and public error reports (2026-11)."""

from __future__ import annotations

import json
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


def test_ids_that_are_no_names(one_cloud: RunningCloud) -> None:
    """test_invalid_secret_name, ex_log_2 to ex_log_10."""
    client = one_cloud.client("secretsmanager")
    tag, policy = {"Key": "a", "Value": "b"}, '{"Version": "2012-10-17", "Statement": []}'
    for operation, more in (
        ("delete_secret", {"ForceDeleteWithoutRecovery": True}),
        ("describe_secret", {}),
        ("get_secret_value", {}),
        ("list_secret_version_ids", {"IncludeDeprecated": True}),
        ("put_secret_value", {"SecretString": "1"}),
        ("tag_resource", {"Tags": [tag]}),
        ("untag_resource", {"TagKeys": ["a"]}),
        ("update_secret", {"Description": "1"}),
        ("validate_resource_policy", {"ResourcePolicy": policy}),
    ):
        for wrong in ("Inv Name", " Inv*Name? ", " Inv *?!]Name\\-"):
            code, text = refused(getattr(client, operation), SecretId=wrong, **more)
            assert (code, text.partition(".")[0]) == ("ValidationException", "Invalid name")


def test_a_token_is_asked_for(
    one_cloud: RunningCloud, secret: str, request: pytest.FixtureRequest
) -> None:
    """test_no_client_request_token: the SDKs send one, so it is taken away here."""
    client = one_cloud.client("secretsmanager")
    request.addfinalizer(lambda: client.meta.events.unregister("before-call", without_token))
    client.meta.events.register("before-call", without_token)
    text = "You must provide a ClientRequestToken value. We recommend a UUID-type value."
    for operation, more in (
        ("create_secret", {"Name": f"{secret}-new", "SecretString": "1"}),
        ("update_secret", {"SecretId": secret, "SecretString": "1"}),
        ("put_secret_value", {"SecretId": "nope", "SecretString": "1"}),
        ("rotate_secret", {"SecretId": "nope"}),
    ):
        code = "Parameter" if operation == "rotate_secret" else "Request"
        told = (f"Invalid{code}Exception", text)
        assert refused(getattr(client, operation), **more) == told


def without_token(params: Any, **_: Any) -> None:
    """Take the token out of a request that botocore has made."""
    body = json.loads(params["body"])
    body.pop("ClientRequestToken", None)
    params["body"] = json.dumps(body).encode()


def test_copies_in_other_regions_are_refused_by_name(one_cloud: RunningCloud) -> None:
    client = one_cloud.client("secretsmanager")
    with pytest.raises(ClientError, match="does not offer AddReplicaRegions of CreateSecret"):
        client.create_secret(Name="copied", AddReplicaRegions=[{"Region": "eu-west-1"}])


def test_policies_that_let_everybody(one_cloud: RunningCloud, secret: str) -> None:
    """API reference, PutResourcePolicy (BlockPublicPolicy) and ValidateResourcePolicy."""
    client = one_cloud.client("secretsmanager")
    one = {"Effect": "Allow", "Action": "secretsmanager:GetSecretValue", "Resource": "*"}
    root = "arn:aws:iam::123456789012:root"
    limited = {"StringEquals": {"aws:PrincipalAccount": "123456789012"}}
    for statement, public in (
        ({**one, "Principal": "*"}, True),
        ({**one, "Principal": {"AWS": ["*"]}}, True),
        ({**one, "Principal": {"AWS": root}}, False),
        ({**one, "Principal": "*", "Condition": limited}, False),
        ({**one, "Principal": "*", "Effect": "Deny"}, False),
    ):
        text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        told = client.validate_resource_policy(ResourcePolicy=text)
        assert told["PolicyValidationPassed"] is not public
        assert len(told["ValidationErrors"]) == public
        put = {"SecretId": secret, "ResourcePolicy": text, "BlockPublicPolicy": True}
        if public:
            assert refused(client.put_resource_policy, **put)[0] == "PublicPolicyException"
        elif statement["Effect"] == "Allow":
            client.put_resource_policy(**put)


def test_a_function_that_secrets_manager_cannot_invoke(
    one_cloud: RunningCloud, secret: str
) -> None:
    """test_rotate_secret_invalid_lambda_arn: nothing of the secret has changed."""
    client = one_cloud.client("secretsmanager")
    function = "arn:aws:lambda:us-east-1:123456789012:function:nope"
    given = {"SecretId": secret, "RotationLambdaARN": function}
    assert refused(client.rotate_secret, RotationRules={"AutomaticallyAfterDays": 1}, **given) == (
        "AccessDeniedException",
        "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function "
        "policy grants access to the principal secretsmanager.amazonaws.com.",
    )
    told = client.describe_secret(SecretId=secret)
    assert not any(name.startswith("Rotation") for name in told)


def test_random_passwords(one_cloud: RunningCloud) -> None:
    """test_get_random_exclude_characters_and_symbols; API reference, GetRandomPassword."""
    make = one_cloud.client("secretsmanager").get_random_password
    long = make(PasswordLength=120, ExcludeCharacters="xyzDje@?!.")["RandomPassword"]
    assert len(long) == 120
    assert not set(long) & set("xyzDje@?!.")
    four = make(PasswordLength=4)["RandomPassword"]
    assert {str.isupper, str.islower, str.isdigit} == {
        kind for kind in (str.isupper, str.islower, str.isdigit) if any(map(kind, four))
    }
    assert make(PasswordLength=1, RequireEachIncludedType=False)["RandomPassword"]
    assert make(ExcludeCharacters="0123456789")["RandomPassword"]
    assert refused(make, PasswordLength=3) == (
        "InvalidParameterException",
        "Password length is too short based on the required types.",
    )
    letters = {f"Exclude{kind}": True for kind in ("Lowercase", "Uppercase", "Numbers")}
    assert refused(make, ExcludePunctuation=True, **letters)[0] == "InvalidParameterException"
    assert refused(make, PasswordLength=4097)[0] == "ValidationException"


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
