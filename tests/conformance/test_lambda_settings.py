"""A function's settings: how they merge, how they are taken away, what is refused."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lambda_account import ACCOUNT, LambdaAccount
from running_cloud import TRUST
from sources import guide, ours, quoted, recorded, reference, shape

KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/0b8c7a52-7f0e-4b5e-9b0e-2f3a4d5e6f70"
ENVIRONMENT_REFUSED = (
    "Lambda was unable to configure your environment variables because the environment variables "
    "you have provided "
)


@reference("UpdateFunctionConfiguration, DeadLetterConfig")
def test_an_empty_target_takes_the_dead_letter_queue_away(account: LambdaAccount) -> None:
    sqs = account.client("sqs")
    url = sqs.create_queue(QueueName=account.new_name())["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    target = {"TargetArn": arn["Attributes"]["QueueArn"]}
    name = account.create(DeadLetterConfig=target)
    assert account.configure(name, DeadLetterConfig={})["DeadLetterConfig"] == target
    assert "DeadLetterConfig" not in account.configure(name, DeadLetterConfig={"TargetArn": ""})
    made = account.lam.create_function(**account.settings(DeadLetterConfig={"TargetArn": ""}))
    assert "DeadLetterConfig" not in made


@recorded("TestLambdaFunction::test_function_lifecycle")
def test_an_empty_environment_clears_the_variables(account: LambdaAccount) -> None:
    name = account.create(Environment={"Variables": {"MARK": "1"}})
    assert account.configure(name, Environment={})["Environment"] == {"Variables": {}}
    assert account.create(Environment={"Variables": {}})


@recorded("TestLoggingConfig::test_function_partial_advanced_logging_configuration_update")
@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            {"LogFormat": "JSON"},
            {"LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "INFO"},
        ),
        (
            {"LogFormat": "JSON", "ApplicationLogLevel": "DEBUG"},
            {"LogFormat": "JSON", "ApplicationLogLevel": "DEBUG", "SystemLogLevel": "INFO"},
        ),
        (
            {"LogFormat": "JSON", "SystemLogLevel": "DEBUG"},
            {"LogFormat": "JSON", "ApplicationLogLevel": "INFO", "SystemLogLevel": "DEBUG"},
        ),
        ({"LogGroup": "cool_lambda"}, {"LogFormat": "Text", "LogGroup": "cool_lambda"}),
        ({}, {"LogFormat": "Text"}),
    ],
    ids=["json", "application", "system", "group", "empty"],
)
def test_a_part_of_the_logging_settings(
    account: LambdaAccount, change: dict[str, str], expected: dict[str, str]
) -> None:
    name = account.create()
    after = account.configure(name, LoggingConfig=change)["LoggingConfig"]
    assert after == {"LogGroup": f"/aws/lambda/{name}", **expected}


@recorded("TestLoggingConfig::test_advanced_logging_configuration_format_switch")
def test_back_to_text_takes_the_levels_away(account: LambdaAccount) -> None:
    levels = {"LogFormat": "JSON", "ApplicationLogLevel": "TRACE", "SystemLogLevel": "WARN"}
    name = account.create(LoggingConfig={**levels, "LogGroup": "kept"})
    after = account.configure(name, LoggingConfig={"LogFormat": "Text"})
    assert after["LoggingConfig"] == {"LogFormat": "Text", "LogGroup": "kept"}


@guide("Configuring JSON and plain text log formats")
def test_levels_are_for_json_only(account: LambdaAccount) -> None:
    refusal = account.refused(
        "create_function", **account.settings(LoggingConfig={"ApplicationLogLevel": "DEBUG"})
    )
    assert (refusal.status, refusal.code) == (400, "InvalidParameterValueException")


@reference("UpdateFunctionConfiguration, KMSKeyArn")
def test_a_key_is_shown_and_taken_away(account: LambdaAccount) -> None:
    name = account.create(KMSKeyArn=KEY)
    assert account.configure(name, Timeout=4)["KMSKeyArn"] == KEY
    assert "KMSKeyArn" not in account.configure(name, KMSKeyArn="")


@shape("TracingConfig, which may be empty")
def test_empty_tracing_settings_change_nothing(account: LambdaAccount) -> None:
    name = account.create(TracingConfig={})
    assert account.configure(name, TracingConfig={"Mode": "Active"})["TracingConfig"] == {
        "Mode": "Active"
    }
    assert account.configure(name, TracingConfig={})["TracingConfig"] == {"Mode": "Active"}


@recorded("TestLambdaFunction::test_vpc_config")
def test_the_network_settings_are_shown(account: LambdaAccount) -> None:
    ec2 = account.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.9.1.0/24")["Subnet"]["SubnetId"]
    (group,) = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])[
        "SecurityGroups"
    ]
    subnets, groups = [subnet], [group["GroupId"]]
    given = {"SubnetIds": subnets, "SecurityGroupIds": groups}
    name = account.create(VpcConfig=given)
    shown = account.configure(name, Timeout=4)["VpcConfig"]
    assert {"SubnetIds": subnets, "SecurityGroupIds": groups}.items() <= shown.items()
    assert (shown["Ipv6AllowedForDualStack"], shown["VpcId"]) == (False, vpc)
    empty: dict[str, list[str]] = {"SubnetIds": [], "SecurityGroupIds": []}
    assert account.configure(name, VpcConfig=empty)["VpcConfig"] == {
        **empty,
        "VpcId": "",
        "Ipv6AllowedForDualStack": False,
    }


@quoted("InvalidParameterValueException of CreateFunction in a VPC, without the role's right")
def test_a_role_that_may_not_make_network_interfaces(account: LambdaAccount) -> None:
    iam = account.client("iam")
    iam.create_role(RoleName="poor", AssumeRolePolicyDocument=TRUST)
    given = {"SubnetIds": ["subnet-0a1b2c3d4e5f60718"], "SecurityGroupIds": ["sg-0a1b2c3d4e5f6"]}
    settings = account.settings(Role=iam.get_role(RoleName="poor")["Role"]["Arn"], VpcConfig=given)
    refused = account.refused("create_function", **settings)
    iam.delete_role(RoleName="poor")
    assert refused.code == "InvalidParameterValueException"
    assert refused.message == (
        "The provided execution role does not have permissions to call "
        "CreateNetworkInterface on EC2"
    )


@quoted("InvalidParameterValueException of CreateFunction with subnets alone")
def test_subnets_need_security_groups(account: LambdaAccount) -> None:
    network = {"SubnetIds": ["subnet-1"], "SecurityGroupIds": []}
    assert account.refused("create_function", **account.settings(VpcConfig=network)).message == (
        "SubnetIds and SecurityIds must coexist or be both empty list."
    )


@recorded("TestLambdaSizeLimits::test_large_environment_fails_multiple_keys")
def test_more_than_4_kb_of_variables(account: LambdaAccount) -> None:
    variables = {"SMALL_VAR": "ok", "LARGE_VAR": "x" * 4064}
    text = json.dumps(variables, separators=(",", ":"))
    refusal = account.refused(
        "create_function", **account.settings(Environment={"Variables": variables})
    )
    assert refusal.told == (
        400,
        "InvalidParameterValueException",
        f"{ENVIRONMENT_REFUSED}exceeded the 4KB limit. String measured: {text}",
    )


@guide("Defined runtime environment variables; the sentence as quoted in public")
def test_every_reserved_key_is_told(account: LambdaAccount) -> None:
    variables = {"LAMBDA_TASK_ROOT": "x", "MINE": "y", "AWS_REGION": "z"}
    refusal = account.refused(
        "update_function_configuration",
        FunctionName=account.shared,
        Environment={"Variables": variables},
    )
    assert refusal.message == (
        f"{ENVIRONMENT_REFUSED}contains reserved keys that are currently not supported for "
        "modification. Reserved keys used in this request: AWS_REGION, LAMBDA_TASK_ROOT"
    )


@shape("EnvironmentVariableName; the sentence as quoted in public")
@pytest.mark.parametrize("key", ["1ST", "A", "WITH-DASH", "_HANDLER"])
def test_a_key_that_is_none(account: LambdaAccount, key: str) -> None:
    refusal = account.refused(
        "create_function", **account.settings(Environment={"Variables": {key: "secret"}})
    )
    assert refusal.code == "ValidationException"
    assert refusal.message.startswith(
        "1 validation error detected: Value at 'environment.variables' failed to satisfy "
        "constraint: Map keys must satisfy constraint: [Member must satisfy regular expression "
        "pattern: [a-zA-Z]([a-zA-Z0-9_])+"
    )
    assert "secret" not in refusal.message


@recorded("TestLambdaFunction::test_create_lambda_exceptions")
@pytest.mark.parametrize("runtime", ["non-existent-runtime", "PYTHON3.12"])
def test_a_runtime_that_is_none(account: LambdaAccount, runtime: str) -> None:
    refusal = account.refused("create_function", **account.settings(Runtime=runtime))
    assert (refusal.status, refusal.code) == (400, "InvalidParameterValueException")
    assert refusal.message.startswith(
        f"Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum "
        "value set: ["
    )
    assert refusal.message.endswith("] or be a valid ARN")


@ours("settings that AWS offers and this cloud does not are refused, and never ignored")
@pytest.mark.parametrize(
    "settings",
    [
        {
            "FileSystemConfigs": [
                {
                    "Arn": "arn:aws:elasticfilesystem:us-east-1:123456789012:"
                    "access-point/fsap-0123456789abcdef0",
                    "LocalMountPath": "/mnt/a",
                }
            ]
        },
        {"ImageConfig": {"Command": ["a"]}},
        {"PackageType": "Image", "Code": {"ImageUri": "x"}},
        {"Code": {"ImageUri": "x"}},
        {"DurableConfig": {"ExecutionTimeout": 60, "KMSKeyArn": "arn:aws:kms:us-east-1:1:key/k"}},
        {"TenancyConfig": {"TenantIsolationMode": "PER_TENANT"}},
        {"PublishTo": "LATEST_PUBLISHED"},
        {
            "CodeSigningConfigArn": f"arn:aws:lambda:us-east-1:{ACCOUNT}:code-signing-config:"
            "csc-0123456789abcdef0"
        },
    ],
    ids="-".join,
)
def test_what_is_not_offered_is_refused(account: LambdaAccount, settings: dict[str, Any]) -> None:
    refusal = account.refused("create_function", **account.settings(**settings))
    assert (refusal.status, refusal.code) == (400, "InvalidParameterValueException")
    assert refusal.message.startswith("The embedded cloud does not offer ")
    assert refusal.message.endswith(" out, or use an AWS account.")


@ours("an empty setting asks for nothing")
def test_empty_settings_that_are_not_offered(account: LambdaAccount) -> None:
    made = account.lam.create_function(
        **account.settings(FileSystemConfigs=[], ImageConfig={}, DurableConfig={})
    )
    assert not {"FileSystemConfigs", "ImageConfigResponse", "DurableConfig"} & set(made)


@recorded("TestLambdaSnapStart::test_snapstart_exceptions")
def test_snap_start_is_refused(account: LambdaAccount) -> None:
    settings = account.settings(SnapStart={"ApplyOn": "PublishedVersions"})
    refusal = account.refused("create_function", **settings)
    if settings["Runtime"] == "python3.11":
        expected = "python3.11 is not supported for SnapStart enabled functions."
    else:
        expected = (
            "The embedded cloud does not offer Lambda SnapStart. Leave SnapStart "
            "PublishedVersions out, or use an AWS account."
        )
    assert refusal.message == expected


@recorded("TestLambdaSnapStart::test_snapstart_exceptions")
def test_a_word_that_snap_start_does_not_know(account: LambdaAccount) -> None:
    settings = account.settings(SnapStart={"ApplyOn": "invalidOption"})
    assert account.refused("create_function", **settings).message == (
        "1 validation error detected: Value 'invalidOption' at 'snapStart.applyOn' failed to "
        "satisfy constraint: Member must satisfy enum value set: [PublishedVersions, None]"
    )


@quoted("InvalidParameterValueException of CreateFunction with a role of another service")
def test_a_role_that_lambda_may_not_assume(account: LambdaAccount) -> None:
    iam = account.client("iam")
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "ec2.amazonaws.com"},
        "Action": "sts:AssumeRole",
    }
    role = iam.create_role(
        RoleName=account.new_name(),
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
    )["Role"]["Arn"]
    assert account.refused("create_function", **account.settings(Role=role)).message == (
        "The role defined for the function cannot be assumed by Lambda."
    )
