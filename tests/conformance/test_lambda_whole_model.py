"""Rules that hold for every operation of Lambda's model that has a parameter: RevisionId, Marker.

The tables below name each such operation; a new one in botocore's model fails the first tests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import botocore.session
import pytest
from lambda_account import LambdaAccount, own_region
from running_cloud import RunningCloud
from sources import ours, reference, shape

from serverless_course.localcloud.lambda_.api.operations import OPERATIONS

MODEL = botocore.session.get_session().get_service_model("lambda")
GRANT = {
    "StatementId": "new",
    "Action": "lambda:InvokeFunction",
    "Principal": "events.amazonaws.com",
}
LAYER_GRANT = {"StatementId": "new", "Action": "lambda:GetLayerVersion", "Principal": "*"}
OLD = {"StatementId": "old"}
ITEMS = 3


def offered_with(parameter: str) -> set[str]:
    """Operations that this cloud offers and that take a parameter."""
    return {
        name
        for name in MODEL.operation_names
        if name in OPERATIONS and parameter in (MODEL.operation_model(name).input_shape.members)
    }


# revision ids


def of_function(account: LambdaAccount, on: dict[str, Any]) -> str:
    return str(account.lam.get_function_configuration(**on)["RevisionId"])


def of_alias(account: LambdaAccount, on: dict[str, Any]) -> str:
    return str(account.lam.get_alias(**on)["RevisionId"])


def of_policy(account: LambdaAccount, on: dict[str, Any]) -> str:
    return str(account.lam.get_policy(**on)["RevisionId"])


def of_layer_policy(account: LambdaAccount, on: dict[str, Any]) -> str:
    return str(account.lam.get_layer_version_policy(**on)["RevisionId"])


Read = Callable[[LambdaAccount, dict[str, Any]], str]
# Operation: on what, with which other parameters, who reads the id, where AWS sends the caller.
REVISED: dict[str, tuple[str, dict[str, Any], Read, str]] = {
    "UpdateFunctionCode": ("function", {"ZipFile": "…"}, of_function, "GetFunction/GetAlias"),
    "UpdateFunctionConfiguration": (
        *("function", {"Timeout": 9}, of_function, "GetFunction/GetAlias"),
    ),
    "PublishVersion": ("function", {}, of_function, "GetFunction/GetAlias"),
    "UpdateAlias": ("alias", {"Description": "x"}, of_alias, "GetFunction/GetAlias"),
    "AddPermission": ("function", GRANT, of_policy, "GetPolicy"),
    "RemovePermission": ("function", OLD, of_policy, "GetFunction/GetAlias"),
    "AddLayerVersionPermission": (*("layer", LAYER_GRANT, of_layer_policy, "GetLayerPolicy"),),
    "RemoveLayerVersionPermission": ("layer", OLD, of_layer_policy, "GetLayerPolicy"),
}


@shape("every operation with RevisionId")
def test_every_operation_with_a_revision_id_is_tried() -> None:
    assert offered_with("RevisionId") == set(REVISED)
    for name in REVISED:
        errors = {each.name for each in MODEL.operation_model(name).error_shapes}
        assert "PreconditionFailedException" in errors


def place(account: LambdaAccount, kind: str) -> dict[str, Any]:
    """Make what an operation changes, with a policy that has the statement ``old``."""
    if kind == "layer":
        arn = account.publish_layer({"x": ""})
        on: dict[str, Any] = {"LayerName": arn.rpartition(":")[0], "VersionNumber": 1}
        account.lam.add_layer_version_permission(**on, **LAYER_GRANT | OLD)
        return on
    name = account.create()
    account.lam.add_permission(FunctionName=name, **GRANT | OLD)
    if kind == "alias":
        account.lam.create_alias(FunctionName=name, Name="live", FunctionVersion="$LATEST")
        return {"FunctionName": name, "Name": "live"}
    return {"FunctionName": name}


@shape("RevisionId; the words as recorded for single operations")
@pytest.mark.parametrize("operation", REVISED)
def test_a_change_is_made_with_the_current_revision_id_only(
    account: LambdaAccount, operation: str
) -> None:
    kind, arguments, read, where = REVISED[operation]
    if "ZipFile" in arguments:
        arguments = {"ZipFile": account.settings("x = 1\n")["Code"]["ZipFile"]}
    on = place(account, kind)
    method = method_of(operation)
    before = read(account, on)
    for wrong in ("wrong", before.upper()):
        refusal = account.refused(method, **on, **arguments, RevisionId=wrong)
        assert refusal.told == (
            412,
            "PreconditionFailedException",
            "The Revision Id provided does not match the latest Revision Id. Call the "
            f"{where} API to retrieve the latest Revision Id",
        )
        assert read(account, on) == before, "nothing was changed"
    getattr(account.lam, method)(**on, **arguments, RevisionId=before)
    if operation.startswith("Remove"):
        return
    if operation != "PublishVersion":
        assert read(account, on) != before
    refusal = account.refused(method, **on, **arguments, RevisionId=before)
    assert refusal.code == "PreconditionFailedException"


# lists

# Operation: the member with the items, its parameters, and what tells an item from the others.
LISTED: dict[str, tuple[str, dict[str, Any], str]] = {
    "ListFunctions": ("Functions", {}, "FunctionName"),
    "ListVersionsByFunction": ("Versions", {"FunctionName": "f0"}, "Version"),
    "ListAliases": ("Aliases", {"FunctionName": "f0"}, "Name"),
    "ListLayers": ("Layers", {}, "LayerName"),
    "ListLayerVersions": ("LayerVersions", {"LayerName": "l0"}, "Version"),
    "ListEventSourceMappings": ("EventSourceMappings", {}, "UUID"),
    "ListFunctionEventInvokeConfigs": (
        *("FunctionEventInvokeConfigs", {"FunctionName": "f0"}, "FunctionArn"),
    ),
    "ListFunctionUrlConfigs": ("FunctionUrlConfigs", {"FunctionName": "f0"}, "FunctionArn"),
    "ListProvisionedConcurrencyConfigs": (
        *("ProvisionedConcurrencyConfigs", {"FunctionName": "f0"}, "FunctionArn"),
    ),
    "ListDurableExecutionsByFunction": (
        *("DurableExecutions", {"FunctionName": "d0"}, "DurableExecutionArn"),
    ),
}
# These need an execution that runs: tests/localcloud/test_durable_functions.py tries their parts.
OF_AN_EXECUTION = {"GetDurableExecutionHistory", "GetDurableExecutionState"}


@pytest.fixture(scope="module")
def crowd(one_server: RunningCloud) -> LambdaAccount:
    """A region with three of each, and more, to list."""
    account = own_region(one_server)
    sqs = account.client("sqs")
    durable = {"ExecutionTimeout": 60}
    account.lam.create_function(**account.settings(FunctionName="d0", DurableConfig=durable))
    account.settle("d0")
    for _ in range(ITEMS):
        account.lam.invoke(FunctionName="d0", Qualifier="$LATEST", InvocationType="Event")
    for number in range(ITEMS):
        account.lam.create_function(**account.settings(FunctionName=f"f{number}"))
        account.publish_layer({"x": ""}, LayerName=f"l{number}")
        account.publish_layer({"x": ""}, LayerName="l0")
    account.settle("f0")
    for number in range(1, ITEMS + 1):
        account.configure("f0", Description=str(number))
        account.lam.publish_version(FunctionName="f0")
        account.settle("f0", Qualifier=str(number))
        on = {"FunctionName": "f0", "Qualifier": f"a{number}"}
        account.lam.create_alias(FunctionName="f0", Name=f"a{number}", FunctionVersion=str(number))
        account.lam.put_function_event_invoke_config(**on, MaximumRetryAttempts=0)
        account.lam.create_function_url_config(**on, AuthType="AWS_IAM")
        account.lam.put_provisioned_concurrency_config(**on, ProvisionedConcurrentExecutions=1)
        sqs.create_queue(QueueName=f"q{number}")
        arn = f"arn:aws:sqs:{account.region}:123456789012:q{number}"
        account.lam.create_event_source_mapping(
            FunctionName="f0", EventSourceArn=arn, Enabled=False
        )
    return account


def method_of(operation: str) -> str:
    """boto3's name of an operation."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in operation)[1:]


@shape("every operation with Marker and MaxItems")
def test_every_operation_that_lists_in_parts_is_tried() -> None:
    assert offered_with("Marker") == offered_with("MaxItems") == set(LISTED) | OF_AN_EXECUTION


@reference("Marker, MaxItems and NextMarker of every List operation")
@pytest.mark.parametrize("operation", LISTED)
def test_a_list_comes_in_parts(crowd: LambdaAccount, operation: str) -> None:
    member, arguments, name = LISTED[operation]
    list_them = getattr(crowd.lam, method_of(operation))
    whole = [each[name] for each in list_them(**arguments)[member]]
    assert len(whole) == len(set(whole)) >= ITEMS
    for size in (1, 2, len(whole) - 1):
        found, marker = [], {}
        while True:
            answer = list_them(**arguments, MaxItems=size, **marker)
            assert len(answer[member]) <= size
            found += [each[name] for each in answer[member]]
            if "NextMarker" not in answer:
                break
            assert len(answer[member]) == size
            marker = {"Marker": answer["NextMarker"]}
        assert found == whole
    assert "NextMarker" not in list_them(**arguments, MaxItems=len(whole))


@ours("AWS's markers are opaque; one that this operation has not given is refused")
@pytest.mark.parametrize("operation", LISTED)
def test_a_marker_of_another_list_is_refused(crowd: LambdaAccount, operation: str) -> None:
    _, arguments, _ = LISTED[operation]
    others = [
        getattr(crowd.lam, method_of(other))(**LISTED[other][1], MaxItems=1)["NextMarker"]
        for other in LISTED
        if other != operation
    ]
    own = getattr(crowd.lam, method_of(operation))(**arguments, MaxItems=1)["NextMarker"]
    cut = own[: len(own) // 2 // 4 * 4]
    for marker in (*others, "1", "[1]", "WzFd", "bnVsbA==", "é", own + own, cut):
        refusal = crowd.refused(method_of(operation), **arguments, Marker=marker)
        assert (refusal.status, refusal.code) == (400, "InvalidParameterValueException"), marker


@shape("MaxItems of each List operation, its range")
@pytest.mark.parametrize("operation", LISTED)
def test_a_part_has_a_size_that_the_model_allows(crowd: LambdaAccount, operation: str) -> None:
    _, arguments, _ = LISTED[operation]
    limits = MODEL.operation_model(operation).input_shape.members["MaxItems"].metadata
    for number in (limits["min"] - 1, limits["max"] + 1):
        refusal = crowd.refused(method_of(operation), **arguments, MaxItems=number)
        assert (refusal.status, refusal.code) == (400, "ValidationException")
        assert f"Value '{number}' at 'maxItems'" in refusal.message


@ours("who deletes what it has read must miss nothing")
def test_deleting_mappings_and_urls_while_listing(one_server: RunningCloud) -> None:
    account = own_region(one_server)
    account.lam.create_function(**account.settings(FunctionName="f"))
    account.settle("f")
    account.lam.publish_version(FunctionName="f")
    for number in range(4):
        account.client("sqs").create_queue(QueueName=f"q{number}")
        account.lam.create_event_source_mapping(
            FunctionName="f",
            EventSourceArn=f"arn:aws:sqs:{account.region}:123456789012:q{number}",
            Enabled=False,
        )
        account.lam.create_alias(FunctionName="f", Name=f"a{number}", FunctionVersion="1")
        account.lam.create_function_url_config(
            FunctionName="f", Qualifier=f"a{number}", AuthType="NONE"
        )
    deleted = []
    listed = account.lam.list_function_url_configs(FunctionName="f", MaxItems=2)
    while listed["FunctionUrlConfigs"]:
        for each in listed["FunctionUrlConfigs"]:
            qualifier = each["FunctionArn"].rpartition(":")[2]
            account.lam.delete_function_url_config(FunctionName="f", Qualifier=qualifier)
            deleted.append(qualifier)
        if "NextMarker" not in listed:
            break
        listed = account.lam.list_function_url_configs(
            FunctionName="f", MaxItems=2, Marker=listed["NextMarker"]
        )
    assert deleted == ["a0", "a1", "a2", "a3"]
    first = account.lam.list_event_source_mappings(MaxItems=2)
    for each in first["EventSourceMappings"]:
        account.lam.delete_event_source_mapping(UUID=each["UUID"])
    rest = account.lam.list_event_source_mappings(MaxItems=2, Marker=first["NextMarker"])
    arns = [
        each["EventSourceArn"]
        for each in (*first["EventSourceMappings"], *rest["EventSourceMappings"])
    ]
    assert [arn.rpartition(":")[2] for arn in arns] == ["q0", "q1", "q2", "q3"]
