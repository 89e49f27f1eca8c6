"""Reserved and provisioned concurrency, and the account's limits."""

from __future__ import annotations

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError
from lambda_account import WHERE, LambdaAccount, own_region, status_of
from running_cloud import RunningCloud, own_launcher, running, wait_for
from sources import guide, ours, recorded, reference, shape

UNQUALIFIED = (
    "This operation is permitted on Lambda functions only. Aliases and versions do not support "
    "this operation. Please specify either a function name or an unqualified function ARN."
)
BELOW = (
    "Specified {} for function decreases account's UnreservedConcurrentExecution below its "
    "minimum value of [{}]."
)


@pytest.fixture(scope="module")
def region(one_server: RunningCloud) -> LambdaAccount:
    """A region of its own: its limits are counted here."""
    return own_region(one_server)


# reserved concurrency


@recorded("TestLambdaReservedConcurrency::test_function_concurrency_exceptions")
def test_whose_concurrency_is_reserved(account: LambdaAccount) -> None:
    missing, name = account.new_name(), account.shared
    put = {"ReservedConcurrentExecutions": 1}
    refusal = account.refused("put_function_concurrency", FunctionName=missing, **put)
    assert refusal.message == f"Function not found: {account.arn(missing)}:$LATEST"
    refusal = account.refused("get_function_concurrency", FunctionName=missing)
    assert refusal.message == f"Function not found: {account.arn(missing)}"
    refusal = account.refused("put_function_concurrency", FunctionName=f"{name}:1", **put)
    assert refusal.told == (400, "InvalidParameterValueException", UNQUALIFIED)


@recorded("TestLambdaReservedConcurrency::test_function_concurrency")
def test_a_reservation_from_first_to_last(region: LambdaAccount) -> None:
    name = region.create()
    assert "ReservedConcurrentExecutions" not in region.lam.get_function_concurrency(
        FunctionName=name
    )
    for number in (0, 5):
        made = region.lam.put_function_concurrency(
            FunctionName=name, ReservedConcurrentExecutions=number
        )
        assert made["ReservedConcurrentExecutions"] == number
    shown = region.lam.get_function(FunctionName=name)
    assert shown["Concurrency"] == {"ReservedConcurrentExecutions": 5}
    limits = region.lam.get_account_settings()["AccountLimit"]
    assert (limits["ConcurrentExecutions"], limits["UnreservedConcurrentExecutions"]) == (1000, 995)
    assert status_of(region.lam.delete_function_concurrency(FunctionName=name)) == 204
    assert "Concurrency" not in region.lam.get_function(FunctionName=name)


@recorded("TestLambdaReservedConcurrency::test_function_concurrency_limits")
def test_100_environments_stay_unreserved(region: LambdaAccount) -> None:
    one, two = region.create(), region.create()
    region.lam.put_function_concurrency(FunctionName=one, ReservedConcurrentExecutions=900)
    refusal = region.refused(
        "put_function_concurrency", FunctionName=two, ReservedConcurrentExecutions=1
    )
    assert refusal.told == (
        400,
        "InvalidParameterValueException",
        BELOW.format("ReservedConcurrentExecutions", 100),
    )
    region.lam.put_function_concurrency(FunctionName=two, ReservedConcurrentExecutions=0)
    region.lam.delete_function_concurrency(FunctionName=one)


@guide("Configuring reserved concurrency; the answer's members from botocore's model")
def test_a_call_over_the_reservation_is_throttled(each_account: LambdaAccount) -> None:
    account = each_account
    name = account.create(WHERE)
    account.lam.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=1)

    def call(_: int) -> Any:
        try:
            return account.invoke(name, {"s": 0.4}).payload
        except ClientError as error:
            return error.response

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(call, range(2)), key=lambda answer: "Error" in answer)
    assert answers[0]["init"] == "on-demand"
    refused = answers[1]
    assert refused["ResponseMetadata"]["HTTPStatusCode"] == 429
    assert refused["Error"] == {"Code": "TooManyRequestsException", "Message": "Rate Exceeded."}
    assert refused["Reason"] == "ReservedFunctionConcurrentInvocationLimitExceeded"
    assert "retry-after" not in refused["ResponseMetadata"]["HTTPHeaders"]


@guide("Lambda quotas: new accounts have less than 1,000")
def test_a_small_account() -> None:
    with running(own_launcher(), "--account-concurrency", "3") as cloud:
        account = LambdaAccount(cloud)
        name = account.create(WHERE)
        refusal = account.refused(
            "put_function_concurrency", FunctionName=name, ReservedConcurrentExecutions=1
        )
        assert refusal.message == BELOW.format("ReservedConcurrentExecutions", 3)
        lam = account.lam

        def call(_: int) -> str:
            try:
                lam.invoke(FunctionName=name, Payload=json.dumps({"s": 1.0}))["Payload"].read()
            except ClientError as error:
                return str(error.response["Reason"])
            return "ran"

        with ThreadPoolExecutor(4) as pool:
            answers = sorted(pool.map(call, range(4)))
    assert answers == ["ConcurrentInvocationLimitExceeded", "ran", "ran", "ran"]


# provisioned concurrency


def provision(account: LambdaAccount, name: str, qualifier: str, number: int) -> dict[str, Any]:
    """Put a configuration; its answer."""
    made: dict[str, Any] = account.lam.put_provisioned_concurrency_config(
        FunctionName=name, Qualifier=qualifier, ProvisionedConcurrentExecutions=number
    )
    return made


def settled(account: LambdaAccount, name: str, qualifier: str) -> dict[str, Any]:
    """A configuration when it is in progress no more."""
    until = time.monotonic() + 10
    while True:
        found: dict[str, Any] = account.lam.get_provisioned_concurrency_config(
            FunctionName=name, Qualifier=qualifier
        )
        if found["Status"] != "IN_PROGRESS":
            return found
        assert time.monotonic() < until, found
        time.sleep(0.05)


NO_CONFIG = "No Provisioned Concurrency Config found for this function"
NOT_PUBLISHED = "The function resource provided must be an alias or a published version."


@recorded("TestLambdaProvisionedConcurrency::test_provisioned_concurrency_exceptions")
@pytest.mark.parametrize("operation", ["get", "delete", "put"])
def test_what_can_be_provisioned(account: LambdaAccount, operation: str) -> None:
    name, missing = account.shared, account.new_name()
    number = {"ProvisionedConcurrentExecutions": 1} if operation == "put" else {}

    def told(name: str, qualifier: str) -> str:
        refusal = account.refused(
            f"{operation}_provisioned_concurrency_config",
            FunctionName=name,
            Qualifier=qualifier,
            **number,
        )
        return f"{refusal.status} {refusal.message}"

    assert told(missing, "none") == f"404 Cannot find alias arn: {account.arn(missing)}:none"
    assert told(name, "none") == f"404 Cannot find alias arn: {account.arn(name)}:none"
    assert told(missing, "1") == f"404 Function not found: {account.arn(missing)}:1"
    assert told(name, "10") == f"404 Function not found: {account.arn(name)}:10"
    unpublished = (
        "Provisioned Concurrency Configs cannot be applied to unpublished function versions."
    )
    assert told(name, "$LATEST") == f"400 {unpublished if number else NOT_PUBLISHED}"


@recorded("TestLambdaProvisionedConcurrency::test_provisioned_concurrency_exceptions")
def test_a_version_that_is_not_provisioned(account: LambdaAccount) -> None:
    version = {"FunctionName": account.shared, "Qualifier": "1"}
    assert account.refused("get_provisioned_concurrency_config", **version).told == (
        404,
        "ProvisionedConcurrencyConfigNotFoundException",
        NO_CONFIG,
    )
    deleted = account.lam.delete_provisioned_concurrency_config(**version)
    assert status_of(deleted) == 204
    listed = account.lam.list_provisioned_concurrency_configs(FunctionName=account.shared)
    assert listed["ProvisionedConcurrencyConfigs"] == []
    missing = account.new_name()
    refusal = account.refused("list_provisioned_concurrency_configs", FunctionName=missing)
    assert refusal.message == f"Function not found: {account.arn(missing)}"


@recorded("TestLambdaProvisionedConcurrency::test_lambda_provisioned_lifecycle")
def test_a_version_is_provisioned_once(account: LambdaAccount) -> None:
    name = account.create(Publish=True)
    account.settle(name, Qualifier="1")
    for alias in ("one", "two"):
        account.lam.create_alias(FunctionName=name, Name=alias, FunctionVersion="1")
    before = account.settle(name, Qualifier="1")["RevisionId"]
    made = provision(account, name, "1", 1)
    assert status_of(made) == 202
    assert made["Status"] == "IN_PROGRESS"
    assert account.settle(name, Qualifier="1")["RevisionId"] != before
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000", made["LastModified"])
    put = {"FunctionName": name, "ProvisionedConcurrentExecutions": 1}
    already = (
        409,
        "ResourceConflictException",
        "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned "
        "version",
    )
    refusal = account.refused("put_provisioned_concurrency_config", Qualifier="one", **put)
    assert refusal.told == already
    account.lam.delete_provisioned_concurrency_config(FunctionName=name, Qualifier="1")
    provision(account, name, "one", 1)
    refusal = account.refused("put_provisioned_concurrency_config", Qualifier="1", **put)
    assert refusal.message == "Version is pointed by a Provisioned Concurrency alias"
    refusal = account.refused("put_provisioned_concurrency_config", Qualifier="two", **put)
    assert refusal.told == already
    account.lam.delete_alias(FunctionName=name, Name="one")
    listed = account.lam.list_provisioned_concurrency_configs(FunctionName=name)
    assert listed["ProvisionedConcurrencyConfigs"] == []


@recorded("TestLambdaProvisionedConcurrency::test_provisioned_concurrency_limits")
def test_the_accounts_limits_hold_for_provisioned_concurrency(region: LambdaAccount) -> None:
    name = region.create(Publish=True)
    put = {"FunctionName": name, "Qualifier": "1"}
    refusal = region.refused(
        "put_provisioned_concurrency_config", **put, ProvisionedConcurrentExecutions=1001
    )
    assert refusal.message == (
        "Specified ConcurrentExecutions for function is greater than account's unreserved "
        "concurrency [1000]."
    )
    refusal = region.refused(
        "put_provisioned_concurrency_config", **put, ProvisionedConcurrentExecutions=901
    )
    assert refusal.message == BELOW.format("ConcurrentExecutions", 100)


@guide("Configuring provisioned concurrency: it counts towards the reservation")
def test_a_reservation_bounds_provisioned_concurrency(region: LambdaAccount) -> None:
    name = region.create(Publish=True)
    region.settle(name, Qualifier="1")
    region.lam.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=1)
    refusal = region.refused(
        "put_provisioned_concurrency_config",
        FunctionName=name,
        Qualifier="1",
        ProvisionedConcurrentExecutions=2,
    )
    assert refusal.message == (
        "Requested Provisioned Concurrency should not be greater than the "
        "reservedConcurrentExecution for function"
    )
    provision(region, name, "1", 1)
    refusal = region.refused(
        "put_function_concurrency", FunctionName=name, ReservedConcurrentExecutions=0
    )
    assert (refusal.status, refusal.code) == (400, "InvalidParameterValueException")
    region.lam.delete_function(FunctionName=name)


@reference("GetAccountSettings, UnreservedConcurrentExecutions; an example of the guide")
def test_provisioned_concurrency_is_taken_from_the_account(one_server: RunningCloud) -> None:
    account = own_region(one_server)
    name = account.create(Publish=True)
    account.settle(name, Qualifier="1")
    provision(account, name, "1", 2)
    limits = account.lam.get_account_settings()["AccountLimit"]
    assert limits["UnreservedConcurrentExecutions"] == 998
    settled(account, name, "1")
    account.lam.delete_function(FunctionName=name)


@guide("Configuring provisioned concurrency: what exceeds it runs on demand")
def test_what_exceeds_it_spills_over(each_account: LambdaAccount) -> None:
    account = each_account
    name = account.create(WHERE, Publish=True)
    account.settle(name, Qualifier="1")
    provision(account, name, "1", 1)
    ready = settled(account, name, "1")
    assert (ready["Status"], ready["AllocatedProvisionedConcurrentExecutions"]) == ("READY", 1)

    def call(_: int) -> str:
        return str(account.invoke(name, {"s": 0.3}, Qualifier="1").payload["init"])

    with ThreadPoolExecutor(2) as pool:
        found = sorted(pool.map(call, range(2)))
    assert found == ["on-demand", "provisioned-concurrency"]
    assert account.invoke(name, {}).payload["init"] == "on-demand"
    account.lam.delete_provisioned_concurrency_config(FunctionName=name, Qualifier="1")


@guide("Configuring provisioned concurrency: it moves with the alias")
def test_provisioned_concurrency_moves_with_its_alias(each_account: LambdaAccount) -> None:
    account = each_account
    name = account.create(WHERE, Publish=True)
    account.settle(name, Qualifier="1")
    account.configure(name, Description="second")
    account.lam.publish_version(FunctionName=name)
    account.lam.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    provision(account, name, "live", 1)
    settled(account, name, "live")
    account.lam.update_alias(FunctionName=name, Name="live", FunctionVersion="2")
    again = account.lam.get_provisioned_concurrency_config(FunctionName=name, Qualifier="live")
    assert (again["Status"], again["AllocatedProvisionedConcurrentExecutions"]) == (
        "IN_PROGRESS",
        0,
    )
    assert settled(account, name, "live")["Status"] == "READY"
    one = account.invoke(name, {}, Qualifier="1").payload
    live = account.invoke(name, {}, Qualifier="live").payload
    assert (one["version"], one["init"]) == ("1", "on-demand")
    assert (live["version"], live["init"]) == ("2", "provisioned-concurrency")
    account.lam.delete_alias(FunctionName=name, Name="live")
    time.sleep(0.3)
    assert account.invoke(name, {}, Qualifier="2").payload["init"] == "on-demand"


@ours("a configuration of a version that is still Pending begins when it is Active")
def test_a_pending_version_is_provisioned_when_it_is_active(account: LambdaAccount) -> None:
    name = account.lam.create_function(**account.settings(Publish=True))["FunctionName"]
    provision(account, name, "1", 1)
    assert settled(account, name, "1")["Status"] == "READY"
    provision(account, name, "1", 2)
    assert settled(account, name, "1")["AvailableProvisionedConcurrentExecutions"] == 2
    account.lam.delete_function(FunctionName=name)


@shape("ProvisionedConcurrencyStatusEnum")
def test_an_init_that_fails(account: LambdaAccount) -> None:
    name = account.create("raise ValueError('no')\n", Publish=True)
    account.settle(name, Qualifier="1")
    provision(account, name, "1", 1)
    failed = settled(account, name, "1")
    assert (failed["Status"], failed["StatusReason"]) == ("FAILED", "FUNCTION_ERROR_INIT_FAILURE")
    assert failed["AllocatedProvisionedConcurrentExecutions"] == 0


@ours("a function that is deleted while it is being provisioned leaves no process behind")
def test_a_function_deleted_while_it_is_provisioned(account: LambdaAccount) -> None:
    name = account.create("import time\ntime.sleep(0.5)\n" + WHERE, Publish=True)
    account.settle(name, Qualifier="1")
    before = len(account.cloud.left())
    provision(account, name, "1", 2)
    wait_for(lambda: len(account.cloud.left()) >= before + 2)
    account.lam.delete_function(FunctionName=name)
    wait_for(lambda: len(account.cloud.left()) <= before)
