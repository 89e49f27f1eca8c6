"""Names, ARNs and qualifiers: how a caller names a function, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from lambda_account import ACCOUNT, LambdaAccount
from sources import recorded, reference

from serverless_course.localcloud.wire.rest_json import model

OPERATIONS = ["get_function", "delete_function", "invoke"]
ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:"
MISMATCH = "The derived qualifier from the function name does not match the specified qualifier."
VALIDATION = "TestLambdaFunction::test_function_name_and_qualifier_validation"


def pattern_of(operation: str, member: str) -> str:
    """The pattern of a parameter in botocore's model: AWS's messages repeat it."""
    name = "".join(word.capitalize() for word in operation.split("_"))
    shape = model().operation_model(name).input_shape
    return str(shape.members[member].metadata["pattern"])


def broken_name(operation: str, name: str) -> str:
    """One mistake in the name, as AWS tells it."""
    return (
        f"1 validation error detected: Value '{name}' at 'functionName' failed to satisfy "
        "constraint: Member must satisfy regular expression pattern: "
        + pattern_of(operation, "FunctionName")
    )


@recorded(VALIDATION)
@pytest.mark.parametrize("operation", [*OPERATIONS, "create_function"])
@pytest.mark.parametrize(
    "name",
    [
        "my-function!",
        "invalid-account:function:my-function",
        f"arn:aws:lambda:invalid-region:{ACCOUNT}:function:my-function",
        f"arn:aws:ec2:us-east-1:{ACCOUNT}:instance:i-1234567890abcdef0",
        f"{ARN}my-function:1:2",
        "function:my-function:$LATEST:extra",
        f"arn:aws:lambda::{ACCOUNT}:function:my-function",
        "arn:aws:lambda:us-east-1::function:my-function",
        f"{ARN}my-function:$LATES",
    ],
    ids=[
        "characters",
        "account",
        "region",
        "service",
        "two-qualifiers",
        "extra-qualifier",
        "no-region",
        "no-account",
        "misspelled-latest",
    ],
)
def test_a_name_that_is_none(account: LambdaAccount, operation: str, name: str) -> None:
    arguments = {"FunctionName": name}
    if operation == "create_function":
        arguments = account.settings(FunctionName=name)
    refusal = account.refused(operation, **arguments)
    assert refusal.told == (400, "ValidationException", broken_name(operation, name))


@recorded(VALIDATION)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_a_qualifier_that_is_none(account: LambdaAccount, operation: str) -> None:
    refusal = account.refused(operation, FunctionName="my-function", Qualifier="invalid!")
    assert refusal.told == (
        400,
        "ValidationException",
        "1 validation error detected: Value 'invalid!' at 'qualifier' failed to satisfy "
        "constraint: Member must satisfy regular expression pattern: "
        + pattern_of(operation, "Qualifier"),
    )


@recorded(f"{VALIDATION}[get_function]")
def test_three_mistakes_are_told_at_once(account: LambdaAccount) -> None:
    name = f"arn:aws:lambda:invalid-region:{ACCOUNT}:function:{'a' * 300}"
    refusal = account.refused("get_function", FunctionName=name, Qualifier="a" * 129)
    assert refusal.code == "ValidationException"
    assert refusal.message.startswith("3 validation errors detected: ")
    for part in (
        f"Value '{'a' * 129}' at 'qualifier' failed to satisfy constraint: Member must have "
        "length less than or equal to 128",
        f"Value '{name}' at 'functionName' failed to satisfy constraint: Member must have length "
        "less than or equal to 256",
        f"Value '{name}' at 'functionName' failed to satisfy constraint: Member must satisfy "
        "regular expression pattern: ",
    ):
        assert part in refusal.message


@recorded(f"{VALIDATION}[get_function]")
@pytest.mark.parametrize(
    ("name", "qualifier", "missing"),
    [
        ("a" * 65, None, "a" * 65),
        ("my-function", "-1", "my-function:-1"),
        ("function", None, "function"),
        ("my-function", "$latest", "my-function:$latest"),
        ("my-function:1", None, "my-function:1"),
        (f"{ARN}my-function:live", None, "my-function:live"),
        (f"{ACCOUNT}:function:my-function", "1", "my-function:1"),
    ],
)
def test_a_good_name_of_nothing(
    account: LambdaAccount, name: str, qualifier: str | None, missing: str
) -> None:
    arguments = (
        {"FunctionName": name}
        if qualifier is None
        else {
            "FunctionName": name,
            "Qualifier": qualifier,
        }
    )
    # Invoke names $LATEST where the caller named no version (recorded 2024, test_invoke_exceptions).
    invoked = missing if ":" in missing else f"{missing}:$LATEST"
    for operation, found in (
        ("get_function", missing),
        ("get_function_configuration", missing),
        ("invoke", invoked),
    ):
        assert account.refused(operation, **arguments).told == (
            404,
            "ResourceNotFoundException",
            f"Function not found: {account.arn(found)}",
        )


@recorded("TestLambdaFunction::test_ops_with_arn_qualifier_mismatch")
@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("get_function", {}),
        ("get_function_configuration", {}),
        ("delete_function", {}),
        ("invoke", {}),
        ("get_policy", {}),
        ("put_function_event_invoke_config", {"MaximumRetryAttempts": 1}),
        (
            "add_permission",
            {"StatementId": "s", "Action": "lambda:InvokeFunction", "Principal": "*"},
        ),
    ],
)
def test_a_qualifier_that_contradicts_the_name(
    account: LambdaAccount, operation: str, more: dict[str, Any]
) -> None:
    refusal = account.refused(
        operation, FunctionName=f"{account.shared}:1", Qualifier="$LATEST", **more
    )
    assert refusal.told == (400, "InvalidParameterValueException", MISMATCH)


@recorded("TestLambdaFunction::test_get_function_wrong_region")
@pytest.mark.parametrize(
    "operation",
    [
        "get_function",
        "get_function_configuration",
        "get_function_event_invoke_config",
        "get_function_concurrency",
        "delete_function",
        "invoke",
    ],
)
def test_an_arn_of_another_region(account: LambdaAccount, operation: str) -> None:
    name = f"arn:aws:lambda:ap-southeast-1:{ACCOUNT}:function:{account.shared}"
    assert account.refused(operation, FunctionName=name).told == (
        404,
        "ResourceNotFoundException",
        "Functions from 'ap-southeast-1' are not reachable in this region ('us-east-1')",
    )


@recorded("TestLambdaFunction::test_function_arns")
def test_an_arn_of_another_account(account: LambdaAccount) -> None:
    name = "arn:aws:lambda:us-east-1:111111111111:function:x"
    refusal = account.refused("get_function", FunctionName=name)
    assert (refusal.status, refusal.code) == (403, "AccessDeniedException")


@recorded("TestLambdaVersions::test_publish_version_on_create")
@pytest.mark.parametrize(
    ("form", "qualifier", "shown"),
    [
        ("{name}", None, "{name}"),
        ("{account}:function:{name}", None, "{name}"),
        ("{arn}", None, "{name}"),
        ("{name}:$LATEST", None, "{name}:$LATEST"),
        ("{name}", "$LATEST", "{name}:$LATEST"),
        ("{arn}:1", None, "{name}:1"),
        ("{account}:function:{name}:1", "1", "{name}:1"),
    ],
)
def test_the_arn_shows_how_a_function_was_named(
    account: LambdaAccount, form: str, qualifier: str | None, shown: str
) -> None:
    name = account.shared
    words = {"name": name, "account": ACCOUNT, "arn": account.arn(name)}
    arguments = {"FunctionName": form.format(**words)}
    if qualifier is not None:
        arguments["Qualifier"] = qualifier
    found = account.lam.get_function_configuration(**arguments)
    assert found["FunctionArn"] == account.arn(shown.format(**words))


@reference("UpdateFunctionConfiguration: version-specific settings of $LATEST only")
def test_a_published_version_does_not_change(account: LambdaAccount) -> None:
    refusal = account.refused(
        "update_function_configuration", FunctionName=f"{account.shared}:1", Timeout=5
    )
    assert (refusal.status, refusal.code) == (400, "InvalidParameterValueException")
