"""Lists in parts, validation errors, wrong types, and what is not offered."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any
from urllib.request import Request as HttpRequest
from urllib.request import urlopen

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from lambda_account import LambdaAccount, own_region
from running_cloud import RunningCloud
from sources import guide, ours, recorded, reference, shape

NULL = "Value null at '{}' failed to satisfy constraint: Member must not be null"

# lists


@pytest.fixture(scope="module")
def crowd(one_server: RunningCloud) -> LambdaAccount:
    """A region with functions, versions, aliases and layers to list."""
    account = own_region(one_server)
    for number in range(5):
        account.lam.create_function(**account.settings(FunctionName=f"f{number}"))
        account.publish_layer({"x": ""}, LayerName=f"l{number}")
        account.publish_layer({"x": ""}, LayerName="many")
    account.settle("f0")
    for number in range(1, 12):
        account.configure("f0", Description=str(number))
        account.lam.publish_version(FunctionName="f0")
        if number <= 5:
            account.lam.create_alias(FunctionName="f0", Name=f"a{number}", FunctionVersion="1")
        version = {"FunctionName": "f0", "Qualifier": str(number)}
        account.lam.put_function_event_invoke_config(**version, MaximumRetryAttempts=0)
    return account


def pages(
    account: LambdaAccount, operation: str, member: str, **arguments: Any
) -> list[list[dict[str, Any]]]:
    """All parts of a list, two items each."""
    found, marker = [], {}
    while True:
        answer = getattr(account.lam, operation)(**arguments, MaxItems=2, **marker)
        found.append(answer[member])
        if "NextMarker" not in answer:
            return found
        marker = {"Marker": answer["NextMarker"]}


LISTS: list[tuple[str, str, dict[str, str], Callable[[dict[str, Any]], Any], list[Any]]] = [
    (
        "list_functions",
        "Functions",
        {},
        lambda f: f["FunctionName"],
        ["f0", "f1", "f2", "f3", "f4"],
    ),
    (
        "list_versions_by_function",
        "Versions",
        {"FunctionName": "f0"},
        lambda version: version["Version"],
        ["$LATEST", *map(str, range(1, 12))],
    ),
    (
        "list_aliases",
        "Aliases",
        {"FunctionName": "f0"},
        lambda alias: alias["Name"],
        ["a1", "a2", "a3", "a4", "a5"],
    ),
    (
        "list_layers",
        "Layers",
        {},
        lambda layer: layer["LayerName"],
        ["l0", "l1", "l2", "l3", "l4", "many"],
    ),
    (
        "list_layer_versions",
        "LayerVersions",
        {"LayerName": "many"},
        lambda version: version["Version"],
        [5, 4, 3, 2, 1],
    ),
    (
        "list_function_event_invoke_configs",
        "FunctionEventInvokeConfigs",
        {"FunctionName": "f0"},
        lambda config: config["FunctionArn"].rpartition(":")[2],
        [*map(str, range(1, 12))],
    ),
]


@reference("Marker and MaxItems of the List operations")
@pytest.mark.parametrize(
    ("operation", "member", "arguments", "name", "expected"), LISTS, ids=[row[0] for row in LISTS]
)
def test_a_list_in_parts(
    crowd: LambdaAccount,
    operation: str,
    member: str,
    arguments: dict[str, str],
    name: Callable[[dict[str, Any]], Any],
    expected: list[Any],
) -> None:
    found = pages(crowd, operation, member, **arguments)
    assert [name(item) for part in found for item in part] == expected
    assert {len(part) for part in found[:-1]} == {2}
    first = getattr(crowd.lam, operation)(**arguments, MaxItems=2)
    assert not first["NextMarker"].isdigit()


@ours("AWS's markers are opaque; who deletes what it has read must miss nothing")
def test_deleting_while_listing(one_server: RunningCloud) -> None:
    account = own_region(one_server)
    for number in range(5):
        account.lam.create_function(**account.settings(FunctionName=f"f{number}"))
    deleted = []
    for page in account.lam.get_paginator("list_functions").paginate(
        PaginationConfig={"PageSize": 2}
    ):
        for found in page["Functions"]:
            account.lam.delete_function(FunctionName=found["FunctionName"])
            deleted.append(found["FunctionName"])
    assert deleted == ["f0", "f1", "f2", "f3", "f4"]


@ours("a marker that was not given out is refused")
@pytest.mark.parametrize(
    "marker", ["2", "not a marker", base64.b64encode(b'{"a": 1}').decode(), "WzEsICJ4Il0="]
)
def test_a_marker_that_was_not_given_out(crowd: LambdaAccount, marker: str) -> None:
    refusal = crowd.refused("list_functions", Marker=marker)
    assert (refusal.status, refusal.code) == (400, "InvalidParameterValueException")


@shape("MaxListItems")
@pytest.mark.parametrize(
    ("number", "constraint"),
    [(0, "greater than or equal to 1"), (10001, "less than or equal to 10000")],
)
def test_a_list_of_too_few_or_too_many(
    account: LambdaAccount, number: int, constraint: str
) -> None:
    assert account.refused("list_functions", MaxItems=number).message == (
        f"1 validation error detected: Value '{number}' at 'maxItems' failed to satisfy "
        f"constraint: Member must have value {constraint}"
    )


@recorded("TestLambdaFunction::test_list_functions")
def test_a_list_of_other_versions(account: LambdaAccount) -> None:
    assert account.refused("list_functions", FunctionVersion="invalid").told == (
        400,
        "ValidationException",
        "1 validation error detected: Value 'invalid' at 'functionVersion' failed to satisfy "
        "constraint: Member must satisfy enum value set: [ALL]",
    )


@reference(
    "ListFunctions, MasterRegion: replicas of Lambda@Edge functions, of which there are none"
)
def test_a_list_of_edge_replicas(crowd: LambdaAccount) -> None:
    found = crowd.lam.list_functions(MasterRegion="us-east-1", FunctionVersion="ALL")
    assert found["Functions"] == []


# validation errors


@shape("CreateFunctionRequest, required members")
def test_required_members(account: LambdaAccount) -> None:
    refusal = account.refused("create_function", FunctionName="x")
    assert (refusal.status, refusal.code) == (400, "ValidationException")
    assert refusal.message == (
        "2 validation errors detected: " + "; ".join(NULL.format(name) for name in ("code", "role"))
    )


@shape("LoggingConfig, EphemeralStorage and DeadLetterConfig; form as recorded for other members")
def test_mistakes_in_nested_members(account: LambdaAccount) -> None:
    settings = account.settings(
        LoggingConfig={"LogFormat": "XML"}, EphemeralStorage={}, TracingConfig={"Mode": "On"}
    )
    message = account.refused("create_function", **settings).message
    assert message.startswith("3 validation errors detected: ")
    for part in (
        "Value 'XML' at 'loggingConfig.logFormat' failed to satisfy constraint: Member must "
        "satisfy enum value set: [JSON, Text]",
        NULL.format("ephemeralStorage.size"),
        "Value 'On' at 'tracingConfig.mode' failed to satisfy constraint: Member must satisfy enum "
        "value set: [Active, PassThrough]",
    ):
        assert part in message


@recorded("TestLambdaFunction::test_create_lambda_exceptions")
@pytest.mark.parametrize(
    ("architectures", "constraint"),
    [
        (["x86_64", "arm64"], "Member must have length less than or equal to 1"),
        ([], "Member must have length greater than or equal to 1"),
        (
            ["X86_64"],
            "Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64], "
            "Member must not be null]",
        ),
    ],
    ids=["two", "none", "uppercase"],
)
def test_mistakes_in_a_list(
    account: LambdaAccount, architectures: list[str], constraint: str
) -> None:
    refusal = account.refused("create_function", **account.settings(Architectures=architectures))
    assert refusal.told == (
        400,
        "ValidationException",
        f"1 validation error detected: Value '[{', '.join(architectures)}]' at 'architectures' "
        f"failed to satisfy constraint: {constraint}",
    )


@recorded("TestLambdaFunction::test_update_lambda_exceptions")
def test_a_role_that_is_no_arn(account: LambdaAccount) -> None:
    refusal = account.refused(
        "update_function_configuration", FunctionName=account.shared, Role="r1"
    )
    assert refusal.told == (
        400,
        "ValidationException",
        "1 validation error detected: Value 'r1' at 'role' failed to satisfy constraint: Member "
        r"must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role/?"
        r"[a-zA-Z_0-9+=,.@\-_/]+",
    )


@guide("Lambda quotas: default compute; the model's maxima are those of other compute")
@pytest.mark.parametrize(
    ("settings", "label", "value", "most"),
    [
        ({"MemorySize": 10_241}, "memorySize", 10_241, 10_240),
        ({"Timeout": 901}, "timeout", 901, 900),
        ({"EphemeralStorage": {"Size": 10_241}}, "ephemeralStorage.size", 10_241, 10_240),
    ],
)
def test_the_documented_maxima_hold(
    account: LambdaAccount, settings: dict[str, Any], label: str, value: int, most: int
) -> None:
    assert account.refused("create_function", **account.settings(**settings)).message == (
        f"1 validation error detected: Value '{value}' at '{label}' failed to satisfy constraint: "
        f"Member must have value less than or equal to {most}"
    )


def post(account: LambdaAccount, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
    """A signed request that boto3 would not make; status and body of the answer."""
    ready = account.cloud.ready
    request = AWSRequest("POST", account.cloud.endpoint + path, data=body)
    request.headers["Content-Type"] = "application/json"
    credentials = Credentials(ready["access_key_id"], ready["secret_access_key"])
    SigV4Auth(credentials, "lambda", account.region).add_auth(request)
    prepared = request.prepare()
    sent = HttpRequest(prepared.url, body, dict(prepared.headers.items()), method="POST")
    try:
        with urlopen(sent) as answer:
            return answer.status, json.loads(answer.read())
    except OSError as error:
        return error.code, json.loads(error.read())


@reference("common errors: SerializationException")
@pytest.mark.parametrize(
    "body",
    [
        b"no json",
        b"[]",
        b"[" * 100_000,
        b'{"FunctionName": 5}',
        b'{"FunctionName": "x", "Timeout": "5"}',
        b'{"FunctionName": "x", "Timeout": true}',
        b'{"FunctionName": "x", "Publish": "yes"}',
        b'{"FunctionName": "x", "Layers": "one"}',
        b'{"FunctionName": "x", "Layers": [1]}',
        b'{"FunctionName": "x", "Tags": {"a": 1}}',
        b'{"FunctionName": "x", "Code": "zip"}',
        b'{"FunctionName": "x", "Code": {"ZipFile": 7}}',
    ],
    ids=lambda body: body[:45].decode(),
)
def test_a_body_of_wrong_types(account: LambdaAccount, body: bytes) -> None:
    status, answer = post(account, "/2015-03-31/functions", body)
    assert (status, answer["__type"]) == (400, "SerializationException")


SIGNING = "arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0123456789abcdef0"


@ours("operations that are not offered say so")
@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("list_code_signing_configs", {}),
        ("list_capacity_providers", {}),
        ("list_functions_by_code_signing_config", {"CodeSigningConfigArn": SIGNING}),
        ("get_function_scaling_config", {"FunctionName": "x", "Qualifier": "1"}),
    ],
)
def test_an_operation_that_is_not_offered(
    account: LambdaAccount, operation: str, arguments: dict[str, str]
) -> None:
    refusal = account.refused(operation, **arguments)
    assert (refusal.status, refusal.code) == (501, "UnsupportedOperationException")
    assert refusal.message.startswith("The embedded cloud does not offer Lambda's ")


@ours("settings that are not offered are refused, and not ignored")
@pytest.mark.parametrize(
    ("operation", "setting"),
    [
        ("invoke", {"TenantId": "t"}),
        ("publish_version", {"PublishTo": "LATEST_PUBLISHED"}),
    ],
)
def test_a_setting_that_is_not_offered(
    account: LambdaAccount, operation: str, setting: dict[str, str]
) -> None:
    refusal = account.refused(operation, FunctionName=account.shared, **setting)
    assert (refusal.status, refusal.code) == (400, "InvalidParameterValueException")
    assert refusal.message.startswith("The embedded cloud does not offer ")


@ours("an address that Lambda does not have")
def test_an_address_that_is_none(account: LambdaAccount) -> None:
    status, answer = post(account, "/2015-03-31/nothing", b"{}")
    assert (status, answer["__type"]) == (404, "UnknownOperationException")
