"""Refusals as AWS words them: enumerations, several mistakes at once, runtimes, and error members.

Each case is AWS's answer in localstack's public recordings (2023 to 2026), unless it says otherwise.
"""

from __future__ import annotations

from typing import Any

import pytest
from case_values import make_zip
from lambda_account import ACCOUNT, LambdaAccount
from sources import quoted, recorded, shape

INVALID = (400, "InvalidParameterValueException")
CREATABLE = (
    "nodejs20.x, python3.14, provided.al2023, python3.12, python3.13, nodejs24.x, nodejs22.x, "
    "java25, python3.10, python3.11, java21, ruby3.3, ruby3.4, ruby3.2, python3.8, python3.9, "
    "java17, nodejs16.x, dotnet10, dotnet8, java11, dotnet6, nodejs18.x, provided.al2, java8.al2"
)
EVER = (
    "ruby3.5, ruby2.6, dotnetcore1.0, python3.7, nodejs8.10, nasa, ruby2.7, python2.7-greengrass, "
    "dotnetcore2.0, python3.8, java21, dotnet6, dotnetcore2.1, python3.9, java11, nodejs6.10, "
    "provided, dotnetcore3.1, dotnet8, java25, java17, nodejs, nodejs4.3, java8.al2, go1.x, "
    "dotnet10, nodejs20.x, go1.9, byol, nodejs10.x, provided.al2023, nodejs22.x, python3.10, "
    "java8, nodejs12.x, python3.11, nodejs24.x, nodejs8.x, python3.12, nodejs14.x, nodejs8.9, "
    "nodejs26.x, python3.13, python3.14, nodejs16.x, python3.15, provided.al2, nodejs4.3-edge, "
    "nodejs18.x, ruby"
)
KINESIS = {
    "EventSourceArn": f"arn:aws:kinesis:us-east-1:{ACCOUNT}:stream/none",
    "StartingPosition": "invalid",
}


@pytest.mark.parametrize(
    ("operation", "given", "said"),
    [
        pytest.param(
            "put_function_recursion_config",
            {"RecursiveLoop": "InvalidValue"},
            "'InvalidValue' at 'recursiveLoop' {}: [Terminate, Allow]",
            marks=recorded("TestLambdaRecursion::test_put_function_recursion_config_invalid_value"),
        ),
        pytest.param(
            "create_event_source_mapping",
            KINESIS,
            "'invalid' at 'startingPosition' {}: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]",
            marks=recorded("TestLambdaEventSourceMappings::test_create_event_source_validation"),
        ),
        pytest.param(
            "create_function_url_config",
            {"AuthType": "NONE", "InvokeMode": "SLOW"},
            "'SLOW' at 'invokeMode' {}: [RESPONSE_STREAM, BUFFERED]",
            marks=recorded("TestLambdaUrl::test_url_config_exceptions"),
        ),
        pytest.param(
            "put_runtime_management_config",
            {"UpdateRuntimeOn": "Never"},
            "'Never' at 'updateRuntimeOn' {}: [FunctionUpdate, Manual, Auto]",
            marks=shape("UpdateRuntimeOn, in the order that wire/enum_order.py infers"),
        ),
    ],
)
def test_an_enumeration_in_aws_order(
    account: LambdaAccount, operation: str, given: dict[str, Any], said: str
) -> None:
    refusal = account.refused(operation, FunctionName=account.shared, **given)
    constraint = "failed to satisfy constraint: Member must satisfy enum value set"
    assert refusal.told == (
        400,
        "ValidationException",
        f"1 validation error detected: Value {said.format(constraint)}",
    )


@recorded("TestLambdaFunction::test_create_lambda_exceptions")
@pytest.mark.parametrize("runtime", ["PYTHON3.9", "non-existent-runtime"])
def test_a_runtime_that_is_none(account: LambdaAccount, runtime: str) -> None:
    expected = (
        *INVALID,
        f"Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum "
        f"value set: [{CREATABLE}] or be a valid ARN",
    )
    made = account.refused("create_function", **account.settings(Runtime=runtime))
    assert made.told == expected
    changed = account.refused(
        "update_function_configuration", FunctionName=account.shared, Runtime=runtime
    )
    assert changed.told == expected


@quoted("CreateFunction with python3.7, nodejs12.x and dotnetcore3.1, 2023 to 2026")
@pytest.mark.parametrize("runtime", ["python3.7", "nodejs14.x", "go1.x", "ruby2.7", "provided"])
def test_a_runtime_that_can_no_longer_be_created(account: LambdaAccount, runtime: str) -> None:
    refusal = account.refused("create_function", **account.settings(Runtime=runtime))
    assert refusal.told == (
        *INVALID,
        f"The runtime parameter of {runtime} is no longer supported for creating or updating AWS "
        "Lambda functions. We recommend you use a supported runtime while creating or updating "
        "functions.",
    )


@recorded("TestLambdaLayer::test_layer_exceptions")
def test_the_last_member_comes_first(account: LambdaAccount) -> None:
    refusal = account.refused(
        "publish_layer_version",
        LayerName=account.new_name(),
        Content={"ZipFile": make_zip({"x": ""})},
        CompatibleRuntimes=["invalidruntime", "invalidruntime2", "nodejs20.x"],
        CompatibleArchitectures=["invalidarch", "x86_64"],
    )
    assert refusal.message == (
        "2 validation errors detected: Value '[invalidruntime, invalidruntime2, nodejs20.x]' at "
        "'compatibleRuntimes' failed to satisfy constraint: Member must satisfy enum value set: "
        f"[{CREATABLE}]; Value '[invalidarch, x86_64]' at 'compatibleArchitectures' failed to "
        "satisfy constraint: Member must satisfy constraint: [Member must satisfy enum value set: "
        "[x86_64, arm64], Member must not be null]"
    )


@recorded("TestLambdaLayer::test_layer_exceptions")
def test_layers_for_a_runtime_that_is_none(account: LambdaAccount) -> None:
    refusal = account.refused("list_layers", CompatibleRuntime="runtimedoesnotexist")
    assert refusal.message.startswith(
        "1 validation error detected: Value 'runtimedoesnotexist' at 'compatibleRuntime' failed to "
        f"satisfy constraint: Member must satisfy enum value set: [{EVER}"
    )
    assert account.lam.list_layers(CompatibleRuntime="ruby2.6")["Layers"] == []


@recorded("TestLambdaFunction::test_invalid_vpc_config_subnet")
def test_a_subnet_that_is_none(account: LambdaAccount) -> None:
    vpc = {"SubnetIds": ["bad-subnet"], "SecurityGroupIds": ["sg-1"]}
    refusal = account.refused("create_function", **account.settings(VpcConfig=vpc))
    assert refusal.told == (
        400,
        "ValidationException",
        "1 validation error detected: Value '[bad-subnet]' at 'vpcConfig.subnetIds' failed to "
        "satisfy constraint: Member must satisfy constraint: [Member must have length less than or "
        "equal to 1024, Member must have length greater than or equal to 0, Member must satisfy "
        "regular expression pattern: subnet-[0-9a-z]*]",
    )


MISSING = (404, "ResourceNotFoundException", "The resource you requested does not exist.")
NO_FUNCTION = (404, "ResourceNotFoundException", "Function does not exist")


@recorded(
    "TestLambdaFunction::test_ops_on_nonexisting_fn, TestLambdaUrl::test_url_config_exceptions"
)
@pytest.mark.parametrize(
    ("operation", "more", "expected"),
    [
        ("get_policy", {}, MISSING),
        ("get_function_url_config", {}, MISSING),
        ("delete_function_url_config", {}, MISSING),
        ("create_function_url_config", {"AuthType": "NONE"}, NO_FUNCTION),
        ("update_function_url_config", {"AuthType": "NONE"}, NO_FUNCTION),
        ("list_function_url_configs", {}, NO_FUNCTION),
    ],
)
def test_a_function_that_does_not_exist(
    account: LambdaAccount, operation: str, more: dict[str, Any], expected: tuple[int, str, str]
) -> None:
    refusal = account.refused(operation, FunctionName=account.new_name(), **more)
    assert refusal.told == expected
    assert refusal.fields["Type"] == "User"


@recorded("TestLambdaEventInvokeConfig::test_lambda_eventinvokeconfig_exceptions")
@pytest.mark.parametrize("verb", ["put", "update"])
def test_settings_are_asked_for_before_the_function(account: LambdaAccount, verb: str) -> None:
    refusal = account.refused(
        f"{verb}_function_event_invoke_config", FunctionName=account.new_name()
    )
    assert refusal.told == (
        *INVALID,
        "You must specify at least one of error handling or destination setting.",
    )


@recorded("TestLambdaReservedConcurrency and TestLambdaProvisionedConcurrency, the limits")
def test_refusals_by_the_account_have_no_type(account: LambdaAccount) -> None:
    name = account.create(Publish=True)
    account.settle(name, Qualifier="1")
    version = {"FunctionName": name, "Qualifier": "1"}
    for refusal in (
        account.refused(
            "put_function_concurrency", FunctionName=name, ReservedConcurrentExecutions=1000
        ),
        account.refused(
            "put_provisioned_concurrency_config", **version, ProvisionedConcurrentExecutions=1000
        ),
        account.refused(
            "put_provisioned_concurrency_config", **version, ProvisionedConcurrentExecutions=1001
        ),
    ):
        assert refusal.code == "InvalidParameterValueException"
        assert "Type" not in refusal.fields


@recorded("test_lambda.snapshot.json#TestLambdaConcurrency::test_reserved_provisioned_overlap")
def test_a_reservation_below_what_is_provisioned(account: LambdaAccount) -> None:
    name = account.create(Publish=True)
    account.settle(name, Qualifier="1")
    account.lam.put_provisioned_concurrency_config(
        FunctionName=name, Qualifier="1", ProvisionedConcurrentExecutions=2
    )
    refusal = account.refused(
        "put_function_concurrency", FunctionName=name, ReservedConcurrentExecutions=1
    )
    assert refusal.told == (
        *INVALID,
        " ReservedConcurrentExecutions  1 should not be lower than function's total provisioned "
        "concurrency [2].",
    )
    assert "Type" not in refusal.fields
    account.lam.delete_provisioned_concurrency_config(FunctionName=name, Qualifier="1")


@recorded("TestLambdaAlias::test_notfound_and_invalid_routingconfigs: AWS makes such an alias")
def test_an_alias_of_latest_is_invoked_and_read(account: LambdaAccount) -> None:
    name = account.create("def handler(event, context):\n    return context.function_version\n")
    account.lam.create_alias(FunctionName=name, Name="dev", FunctionVersion="$LATEST")
    named = {"FunctionName": name, "Qualifier": "dev"}
    assert account.invoke(f"{name}:dev").payload == "$LATEST"
    found = account.lam.get_function(**named)["Configuration"]
    assert (found["Version"], found["FunctionArn"]) == ("$LATEST", account.arn(f"{name}:dev"))
    assert account.lam.invoke(**named, InvocationType="Event", Payload=b"{}")["StatusCode"] == 202
    refusal = account.refused(
        "put_provisioned_concurrency_config", **named, ProvisionedConcurrentExecutions=1
    )
    assert refusal.message == (
        "Provisioned Concurrency Configs cannot be applied to unpublished function versions."
    )
