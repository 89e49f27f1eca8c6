"""What hangs on a function: event invoke configuration, tags, policies, recursion, runtimes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from lambda_account import ACCOUNT, LambdaAccount, own_region, status_of
from running_cloud import RunningCloud
from sources import guide, quoted, recorded, reference, shape

INVALID = (400, "InvalidParameterValueException")
EMPTY: dict[str, Any] = {"OnSuccess": {}, "OnFailure": {}}
OUTDATED = (
    "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias "
    "API to retrieve the latest Revision Id"
)

# event invoke configuration


@pytest.fixture(scope="module")
def aliased(account: LambdaAccount) -> str:
    """A function with version 1 and an alias of it."""
    name = account.create(Publish=True)
    account.lam.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    return name


EVENT_CONFIG = "TestLambdaEventInvokeConfig::test_lambda_eventinvokeconfig_exceptions"


@recorded(EVENT_CONFIG)
def test_an_event_configuration_of_nothing(account: LambdaAccount) -> None:
    name = account.new_name()
    settings = {"MaximumRetryAttempts": 1}
    for operation, more in (
        ("put_function_event_invoke_config", settings),
        ("update_function_event_invoke_config", settings),
        ("list_function_event_invoke_configs", {}),
    ):
        assert account.refused(operation, FunctionName=name, **more).told == (
            404,
            "ResourceNotFoundException",
            "The function doesn't exist.",
        )
    for operation in ("get_function_event_invoke_config", "delete_function_event_invoke_config"):
        assert account.refused(operation, FunctionName=name).told == (
            404,
            "ResourceNotFoundException",
            f"The function {account.arn(name)}:$LATEST doesn't have an EventInvokeConfig",
        )


@recorded(EVENT_CONFIG)
def test_an_event_configuration_of_a_missing_alias(account: LambdaAccount, aliased: str) -> None:
    alias = {"FunctionName": aliased, "Qualifier": "none"}
    refusal = account.refused("put_function_event_invoke_config", **alias, MaximumRetryAttempts=1)
    assert refusal.message == "The function doesn't exist."
    refusal = account.refused("get_function_event_invoke_config", **alias)
    assert refusal.message == (
        f"The function {account.arn(aliased)}:none doesn't have an EventInvokeConfig"
    )


@recorded(EVENT_CONFIG)
@pytest.mark.parametrize(
    ("destinations", "message"),
    [
        (None, "You must specify at least one of error handling or destination setting."),
        (
            {"OnSuccess": {"Destination": "{function}:none"}},
            "The destination ARN {function}:none is invalid.",
        ),
        (
            {"OnSuccess": {"Destination": "{function}"}},
            "You can't specify the function as a destination for itself.",
        ),
        (
            {"OnSuccess": {"Destination": "arn:aws:iam:us-east-1:123456789012:function:x"}},
            "The provided destination config DestinationConfig(onSuccess=OnSuccess(destination="
            "arn:aws:iam:us-east-1:123456789012:function:x), onFailure=null) is invalid.",
        ),
    ],
    ids=["nothing", "missing", "itself", "service"],
)
def test_event_settings_that_are_refused(
    account: LambdaAccount, aliased: str, destinations: dict[str, Any] | None, message: str
) -> None:
    arn = account.arn(aliased)
    text = json.dumps(destinations).replace("{function}", arn)
    arguments = {} if destinations is None else {"DestinationConfig": json.loads(text)}
    refusal = account.refused("put_function_event_invoke_config", FunctionName=aliased, **arguments)
    assert refusal.told == (*INVALID, message.replace("{function}", arn))


@guide("Capturing records of asynchronous invocations: S3 is for failures only")
def test_s3_takes_failures_only(account: LambdaAccount, aliased: str) -> None:
    bucket = "arn:aws:s3:::some-bucket"
    refusal = account.refused(
        "put_function_event_invoke_config",
        FunctionName=aliased,
        DestinationConfig={"OnSuccess": {"Destination": bucket}},
    )
    assert refusal.message == (
        "The provided destination config DestinationConfig(onSuccess=OnSuccess(destination="
        f"{bucket}), onFailure=null) is invalid."
    )
    made = account.lam.put_function_event_invoke_config(
        FunctionName=aliased, DestinationConfig={"OnFailure": {"Destination": bucket}}
    )
    assert made["DestinationConfig"] == {"OnSuccess": {}, "OnFailure": {"Destination": bucket}}


@recorded(EVENT_CONFIG)
def test_a_destination_that_is_no_arn(account: LambdaAccount, aliased: str) -> None:
    arn = f"arn:aws:_-/!lambda:us-east-1:{ACCOUNT}:function:x"
    refusal = account.refused(
        "put_function_event_invoke_config",
        FunctionName=aliased,
        DestinationConfig={"OnFailure": {"Destination": arn}},
    )
    assert refusal.code == "ValidationException"
    assert refusal.message.startswith(
        f"1 validation error detected: Value '{arn}' at 'destinationConfig.onFailure.destination' "
        "failed to satisfy constraint: Member must satisfy regular expression pattern: "
    )


@shape("MaximumRetryAttempts and MaximumEventAgeInSeconds")
@pytest.mark.parametrize(
    ("settings", "constraint"),
    [
        ({"MaximumRetryAttempts": 3}, "less than or equal to 2"),
        ({"MaximumRetryAttempts": -1}, "greater than or equal to 0"),
        ({"MaximumEventAgeInSeconds": 59}, "greater than or equal to 60"),
        ({"MaximumEventAgeInSeconds": 21601}, "less than or equal to 21600"),
    ],
)
def test_event_numbers_out_of_range(
    account: LambdaAccount, settings: dict[str, int], constraint: str
) -> None:
    (name, value), *_ = settings.items()
    refusal = account.refused(
        "put_function_event_invoke_config", FunctionName=account.shared, **settings
    )
    assert refusal.message == (
        f"1 validation error detected: Value '{value}' at '{name[0].lower()}{name[1:]}' failed to "
        f"satisfy constraint: Member must have value {constraint}"
    )


@quoted("InvalidParameterValueException of PutFunctionEventInvokeConfig")
def test_the_role_must_be_allowed_to_send_records(account: LambdaAccount) -> None:
    queue = f"arn:aws:sqs:us-east-1:{ACCOUNT}:records"
    name = account.create(Role=account.cloud.role())
    refusal = account.refused(
        "put_function_event_invoke_config",
        FunctionName=name,
        DestinationConfig={"OnFailure": {"Destination": queue}},
    )
    assert refusal.told == (
        *INVALID,
        "The provided execution role does not have permissions to call SendMessage on SQS",
    )


@recorded(EVENT_CONFIG)
def test_put_replaces_and_update_adds(account: LambdaAccount, aliased: str) -> None:
    other = account.arn(account.create())

    def put(**settings: Any) -> dict[str, Any]:
        return _shown(
            account.lam.put_function_event_invoke_config(FunctionName=aliased, **settings)
        )

    def update(**settings: Any) -> dict[str, Any]:
        return _shown(
            account.lam.update_function_event_invoke_config(FunctionName=aliased, **settings)
        )

    both = {"MaximumRetryAttempts": 2, "MaximumEventAgeInSeconds": 60}
    success = {"OnSuccess": {"Destination": other}}
    arn = {"FunctionArn": account.arn(f"{aliased}:$LATEST")}
    assert put(**both) == {**both, **arn, "DestinationConfig": EMPTY}
    assert put(MaximumRetryAttempts=0) == {
        "MaximumRetryAttempts": 0,
        **arn,
        "DestinationConfig": EMPTY,
    }
    added = update(DestinationConfig=success)
    assert added["DestinationConfig"] == {**EMPTY, **success}
    assert added["MaximumRetryAttempts"] == 0
    gone = update(DestinationConfig={"OnSuccess": {"Destination": ""}})
    assert gone["DestinationConfig"] == EMPTY
    assert put(DestinationConfig={"OnSuccess": {}})["DestinationConfig"] == EMPTY


@recorded(EVENT_CONFIG)
def test_event_configurations_of_every_qualifier(account: LambdaAccount) -> None:
    name = account.create(Publish=True)
    account.lam.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    for form in (f"{name}:live", name, f"{account.arn(name)}:1"):
        account.lam.put_function_event_invoke_config(FunctionName=form, MaximumRetryAttempts=1)
    listed = account.lam.list_function_event_invoke_configs(FunctionName=name)
    arns = [each["FunctionArn"] for each in listed["FunctionEventInvokeConfigs"]]
    assert arns == [account.arn(f"{name}:{each}") for each in ("$LATEST", "1", "live")]
    for qualifier in ("$LATEST", "1", "live"):
        deleted = account.lam.delete_function_event_invoke_config(
            FunctionName=name, Qualifier=qualifier
        )
        assert status_of(deleted) == 204
    listed = account.lam.list_function_event_invoke_configs(FunctionName=name)
    assert listed["FunctionEventInvokeConfigs"] == []


def _shown(answer: dict[str, Any]) -> dict[str, Any]:
    left_out = ("ResponseMetadata", "LastModified")
    return {name: value for name, value in answer.items() if name not in left_out}


# tags


@recorded("TestLambdaTags::test_tag_lifecycle")
def test_tags_come_and_go_with_new_revisions(account: LambdaAccount) -> None:
    name = account.create(Tags={"a": "1"})
    arn = account.arn(name)

    def state() -> tuple[dict[str, str] | None, str]:
        found = account.lam.get_function(FunctionName=name)
        listed = account.lam.list_tags(Resource=arn)["Tags"]
        assert listed == found.get("Tags", {})
        return found.get("Tags"), found["Configuration"]["RevisionId"]

    seen = [state()]
    assert status_of(account.lam.tag_resource(Resource=arn, Tags={"b": "2", "c": "3"})) == 204
    seen.append(state())
    account.lam.tag_resource(Resource=arn, Tags={"b": "other"})
    seen.append(state())
    untagged = account.lam.untag_resource(Resource=arn, TagKeys=["c", "never there"])
    assert status_of(untagged) == 204
    seen.append(state())
    account.lam.untag_resource(Resource=arn, TagKeys=["a", "b"])
    seen.append(state())
    assert [tags for tags, _ in seen] == [
        {"a": "1"},
        {"a": "1", "b": "2", "c": "3"},
        {"a": "1", "b": "other", "c": "3"},
        {"a": "1", "b": "other"},
        None,
    ]
    assert len({revision for _, revision in seen}) == 5


@recorded("TestLambdaTags::test_tag_exceptions")
def test_tags_that_are_refused(account: LambdaAccount) -> None:
    arn = account.arn(account.shared)
    refusal = account.refused("tag_resource", Resource="arn:aws:something", Tags={"a": "1"})
    assert refusal.code == "ValidationException"
    assert refusal.message.startswith(
        "1 validation error detected: Value 'arn:aws:something' at 'resource' failed to satisfy "
        "constraint: Member must satisfy regular expression pattern: "
    )
    missing = account.arn(account.new_name())
    for operation, more in (
        ("tag_resource", {"Tags": {"a": "1"}}),
        ("untag_resource", {"TagKeys": ["a"]}),
        ("list_tags", {}),
    ):
        refusal = account.refused(operation, Resource=missing, **more)
        assert refusal.told == (
            404,
            "ResourceNotFoundException",
            f"Function not found: {missing}",
        )
    refusal = account.refused("untag_resource", Resource=arn, TagKeys=[])
    assert refusal.message == (
        "1 validation error detected: Value null at 'tagKeys' failed to satisfy constraint: Member "
        "must not be null"
    )
    refusal = account.refused("tag_resource", Resource=arn, Tags={})
    assert refusal.told == (
        *INVALID,
        "An error occurred and the request cannot be processed.",
    )


@recorded("TestLambdaTags::test_tag_versions")
@pytest.mark.parametrize("qualifier", ["1", "$LATEST"])
def test_versions_have_no_tags(account: LambdaAccount, qualifier: str) -> None:
    arn = account.arn(f"{account.shared}:{qualifier}")
    assert account.refused("tag_resource", Resource=arn, Tags={"a": "1"}).told == (
        *INVALID,
        "Tags on function aliases and versions are not supported. Please specify a function ARN.",
    )


@recorded("TestLambdaTags::test_tag_limits")
def test_50_tags_and_no_more(account: LambdaAccount) -> None:
    fifty = {f"{number}_key": f"{number}_value" for number in range(50)}
    name = account.create(Tags=fifty)
    too_many = (*INVALID, "Number of tags exceeds resource tag limit.")
    arn = account.arn(name)
    assert account.refused("tag_resource", Resource=arn, Tags={"one": "more"}).told == too_many
    account.lam.tag_resource(Resource=arn, Tags={"0_key": "changed"})
    settings = account.settings(Tags={**fifty, "one": "more"})
    assert account.refused("create_function", **settings).told == too_many


# policies

GRANT = {"StatementId": "s3", "Action": "lambda:InvokeFunction", "Principal": "s3.amazonaws.com"}


@recorded("TestLambdaPermissions::test_lambda_permission_fn_versioning")
def test_a_policy_has_the_revision_of_what_it_is_of(account: LambdaAccount) -> None:
    name = account.create(Publish=True)
    account.settle(name, Qualifier="1")
    account.lam.create_alias(FunctionName=name, Name="live", FunctionVersion="1")

    def revision(qualifier: str | None) -> str:
        if qualifier == "live":
            return str(account.lam.get_alias(FunctionName=name, Name="live")["RevisionId"])
        version = {} if qualifier is None else {"Qualifier": qualifier}
        found = account.lam.get_function_configuration(FunctionName=name, **version)
        return str(found["RevisionId"])

    for qualifier in (None, "1", "live"):
        place = {"FunctionName": name, **({"Qualifier": qualifier} if qualifier else {})}
        before = revision(qualifier)
        made = account.lam.add_permission(**place, **GRANT, RevisionId=before)
        assert status_of(made) == 201
        statement = json.loads(made["Statement"])
        assert statement["Resource"] == account.arn(f"{name}:{qualifier}" if qualifier else name)
        policy = account.lam.get_policy(**place)
        assert json.loads(policy["Policy"]) == {
            "Version": "2012-10-17",
            "Id": "default",
            "Statement": [statement],
        }
        assert policy["RevisionId"] == revision(qualifier) != before
        second = {**GRANT, "StatementId": "s3_2"}
        refusal = account.refused("add_permission", **place, **second, RevisionId=before)
        # GetPolicy in a recording of 2025, GetFunction/GetAlias in one of 2022.
        read_policy = OUTDATED.replace("GetFunction/GetAlias", "GetPolicy")
        assert refusal.told == (412, "PreconditionFailedException", read_policy)


@recorded("TestLambdaPermissions::test_add_lambda_permission_fields")
@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            {"Principal": "*", "SourceAccount": ACCOUNT},
            {
                "Principal": "*",
                "Condition": {"StringEquals": {"AWS:SourceAccount": ACCOUNT}},
            },
        ),
        (
            {"Principal": "lambda.amazonaws.com"},
            {"Principal": {"Service": "lambda.amazonaws.com"}},
        ),
        ({"Principal": ACCOUNT}, {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}}),
        (
            {"Principal": f"arn:aws:iam::{ACCOUNT}:user/x"},
            {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:user/x"}},
        ),
        (
            {
                "Principal": "*",
                "Action": "lambda:InvokeFunctionUrl",
                "FunctionUrlAuthType": "NONE",
                "PrincipalOrgID": "o-1234567890",
                "SourceArn": "arn:aws:s3:::bucket",
            },
            {
                "Principal": "*",
                "Action": "lambda:InvokeFunctionUrl",
                "Condition": {
                    "StringEquals": {
                        "lambda:FunctionUrlAuthType": "NONE",
                        "aws:PrincipalOrgID": "o-1234567890",
                    },
                    "ArnLike": {"AWS:SourceArn": "arn:aws:s3:::bucket"},
                },
            },
        ),
        (
            {"Principal": "*", "EventSourceToken": "amzn1.ask.skill.x"},
            {
                "Principal": "*",
                "Condition": {"StringEquals": {"lambda:EventSourceToken": "amzn1.ask.skill.x"}},
            },
        ),
        (
            {"Principal": "*", "InvokedViaFunctionUrl": True},
            {
                "Principal": "*",
                "Condition": {"Bool": {"lambda:InvokedViaFunctionUrl": "true"}},
            },
        ),
    ],
    ids=["everybody", "service", "account", "user", "url", "skill", "via-url"],
)
def test_a_statement_of_a_policy(
    account: LambdaAccount, given: dict[str, Any], expected: dict[str, Any]
) -> None:
    name = account.create()
    made = account.lam.add_permission(FunctionName=name, **{**GRANT, **given})
    assert json.loads(made["Statement"]) == {
        "Sid": "s3",
        "Effect": "Allow",
        "Action": "lambda:InvokeFunction",
        "Resource": account.arn(name),
        **expected,
    }


PERMISSIONS = "TestLambdaPermissions::test_permission_exceptions"


@recorded(PERMISSIONS)
def test_permissions_that_are_refused(account: LambdaAccount, aliased: str) -> None:
    arn, missing = account.arn(aliased), account.arn(account.new_name())

    def told(**more: Any) -> tuple[int, str, str]:
        return account.refused("add_permission", **{"FunctionName": aliased, **GRANT, **more}).told

    assert told(StatementId="example.com") == (
        400,
        "ValidationException",
        "1 validation error detected: Value 'example.com' at 'statementId' failed to satisfy "
        "constraint: Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)",
    )
    assert told(Qualifier="$LATEST") == (
        *INVALID,
        "We currently do not support adding policies for $LATEST.",
    )
    for principal in ("invalid.nonaws.com", "arn:invalid", f"arn:aws:s3:::{ACCOUNT}", "123"):
        assert told(Principal=principal) == (
            *INVALID,
            "The provided principal was invalid. Please check the principal and try again.",
        )
    lost = (404, "ResourceNotFoundException")
    assert told(FunctionName=missing) == (*lost, f"Function not found: {missing}")
    assert told(Qualifier="none") == (*lost, f"Cannot find alias arn: {arn}:none")
    assert told(Qualifier="42") == (*lost, f"Function not found: {arn}:42")
    account.lam.add_permission(FunctionName=aliased, **GRANT)
    assert told() == (
        409,
        "ResourceConflictException",
        "The statement id (s3) provided already exists. Please provide a new statement id, or "
        "remove the existing statement.",
    )


@recorded(PERMISSIONS)
def test_policies_that_are_not_there(account: LambdaAccount) -> None:
    name, missing = account.create(Publish=True), account.new_name()
    lost = (404, "ResourceNotFoundException")
    nothing = (*lost, "The resource you requested does not exist.")
    assert account.refused("get_policy", FunctionName=name).told == nothing
    assert account.refused("get_policy", FunctionName=name, Qualifier="42").told == nothing
    assert account.refused("get_policy", FunctionName=missing).told == nothing
    remove = {"StatementId": "s3"}
    assert account.refused("remove_permission", FunctionName=name, **remove).told == (
        *lost,
        "No policy is associated with the given resource.",
    )
    assert account.refused("remove_permission", FunctionName=missing, **remove).told == (
        *lost,
        f"No policy found for: {account.arn(missing)}",
    )
    refusal = account.refused("remove_permission", FunctionName=name, Qualifier="none", **remove)
    assert refusal.told == (*lost, f"Cannot find alias arn: {account.arn(name)}:none")


@recorded("TestLambdaPermissions::test_remove_multi_permissions")
def test_a_policy_ends_with_its_last_statement(account: LambdaAccount) -> None:
    name = account.create()
    for sid in ("one", "two"):
        account.lam.add_permission(FunctionName=name, **{**GRANT, "StatementId": sid})
    refusal = account.refused("remove_permission", FunctionName=name, StatementId="none")
    assert refusal.message == "Statement none is not found in resource policy."
    removed = account.lam.remove_permission(FunctionName=name, StatementId="one")
    assert status_of(removed) == 204
    policy = account.lam.get_policy(FunctionName=name)
    assert [each["Sid"] for each in json.loads(policy["Policy"])["Statement"]] == ["two"]
    stale = account.lam.get_policy(FunctionName=name)["RevisionId"]
    account.lam.tag_resource(Resource=account.arn(name), Tags={"a": "1"})
    two = {"FunctionName": name, "StatementId": "two"}
    refusal = account.refused("remove_permission", **two, RevisionId=stale)
    assert refusal.told == (412, "PreconditionFailedException", OUTDATED)
    account.lam.remove_permission(**two)
    refusal = account.refused("get_policy", FunctionName=name)
    assert refusal.message == "The resource you requested does not exist."


# recursion, runtimes, the account


@reference("PutFunctionRecursionConfig and GetFunctionRecursionConfig")
def test_what_becomes_of_recursive_loops(account: LambdaAccount) -> None:
    name = account.create()
    found = account.lam.get_function_recursion_config(FunctionName=name)
    assert found["RecursiveLoop"] == "Terminate"
    put = account.lam.put_function_recursion_config(FunctionName=name, RecursiveLoop="Allow")
    assert put["RecursiveLoop"] == "Allow"
    assert account.lam.get_function_recursion_config(FunctionName=name)["RecursiveLoop"] == "Allow"
    refusal = account.refused(
        "put_function_recursion_config", FunctionName=name, RecursiveLoop="Never"
    )
    assert refusal.message == (
        "1 validation error detected: Value 'Never' at 'recursiveLoop' failed to satisfy "
        "constraint: Member must satisfy enum value set: [Terminate, Allow]"
    )


@shape("UnqualifiedFunctionName")
def test_recursion_is_of_the_whole_function(account: LambdaAccount) -> None:
    name = f"{account.shared}:1"
    refusal = account.refused("get_function_recursion_config", FunctionName=name)
    assert (refusal.status, refusal.code) == (400, "ValidationException")


@reference("PutRuntimeManagementConfig and GetRuntimeManagementConfig")
def test_when_a_function_takes_a_new_runtime_version(account: LambdaAccount) -> None:
    name = account.create(Publish=True)
    found = account.lam.get_runtime_management_config(FunctionName=name)
    assert (found["UpdateRuntimeOn"], "RuntimeVersionArn" in found) == ("Auto", False)
    settings = account.settings()
    version = account.lam.get_function_configuration(FunctionName=name)["RuntimeVersionConfig"]
    arn = version["RuntimeVersionArn"]
    put = account.lam.put_runtime_management_config(
        FunctionName=name, UpdateRuntimeOn="Manual", RuntimeVersionArn=arn
    )
    assert (put["UpdateRuntimeOn"], put["RuntimeVersionArn"]) == ("Manual", arn)
    refusal = account.refused(
        "update_function_configuration", FunctionName=name, Runtime=settings["Runtime"]
    )
    assert refusal.message == (
        "Cannot change runtime identifier when runtime management configuration is set to "
        "'Manual'. Change the runtime management configuration to 'Auto' or 'FunctionUpdate', then "
        "retry."
    )
    one = account.lam.get_runtime_management_config(FunctionName=name, Qualifier="1")
    assert one["UpdateRuntimeOn"] == "Auto"
    account.lam.put_runtime_management_config(FunctionName=name, UpdateRuntimeOn="FunctionUpdate")
    refusal = account.refused(
        "put_runtime_management_config", FunctionName=name, UpdateRuntimeOn="Manual"
    )
    assert (refusal.status, refusal.code) == INVALID


@recorded("TestLambdaAccountSettings::test_account_settings_total_code_size")
def test_the_account_counts_functions_versions_and_layers(one_server: RunningCloud) -> None:
    account = own_region(one_server)

    def usage() -> tuple[int, int]:
        found = account.lam.get_account_settings()["AccountUsage"]
        return found["FunctionCount"], found["TotalCodeSize"]

    assert usage() == (0, 0)
    name = account.create()
    size = account.lam.get_function_configuration(FunctionName=name)["CodeSize"]
    assert usage() == (1, size)
    account.lam.publish_version(FunctionName=name)
    assert usage() == (1, 2 * size)
    arn = account.publish_layer({"python/x.py": "x = 1\n"})
    layer = account.lam.get_layer_version_by_arn(Arn=arn)["Content"]["CodeSize"]
    assert usage() == (1, 2 * size + layer)
    account.lam.delete_function(FunctionName=name)
    assert usage() == (0, layer)


@recorded("TestCodeSigningConfig::test_code_signing_not_found_excs")
def test_no_function_has_a_code_signing_configuration(account: LambdaAccount) -> None:
    found = account.lam.get_function_code_signing_config(FunctionName=account.shared)
    assert set(found) == {"ResponseMetadata"}
    missing = account.new_name()
    refusal = account.refused("get_function_code_signing_config", FunctionName=missing)
    assert refusal.told == (
        404,
        "ResourceNotFoundException",
        f"Function not found: {account.arn(missing)}",
    )
    assert refusal.fields["Type"] == "User"


@reference("GetAccountSettings; Lambda quotas")
def test_the_accounts_limits(account: LambdaAccount) -> None:
    limits = account.lam.get_account_settings()["AccountLimit"]
    assert limits["CodeSizeUnzipped"] == 262_144_000
    assert limits["CodeSizeZipped"] == 52_428_800
    assert limits["ConcurrentExecutions"] == 1000
