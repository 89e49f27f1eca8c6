"""Versions and aliases."""

from __future__ import annotations

from typing import Any

import pytest
from case_values import make_zip
from lambda_account import WHERE, LambdaAccount, status_of
from sources import guide, recorded, reference, shape


@recorded("TestLambdaVersions::test_version_lifecycle")
def test_a_version_is_published_once_for_each_change(account: LambdaAccount) -> None:
    name = account.create(Description="first version")
    before = account.lam.get_function_configuration(FunctionName=name)
    one = account.lam.publish_version(FunctionName=name, Description="described")
    assert status_of(one) == 201
    assert (one["Version"], one["Description"]) == ("1", "described")
    assert (one["State"], one["LastUpdateStatus"]) == ("Active", "Successful")
    latest = account.lam.get_function_configuration(FunctionName=name)
    assert latest["RevisionId"] not in (before["RevisionId"], one["RevisionId"])
    again = account.lam.publish_version(FunctionName=name)
    assert (again["Version"], again["RevisionId"]) == ("1", one["RevisionId"])
    unchanged = account.lam.get_function_configuration(FunctionName=name)
    assert unchanged["RevisionId"] == latest["RevisionId"]
    account.configure(name, Description="second version")
    two = account.lam.publish_version(FunctionName=name)
    assert (two["Version"], two["Description"]) == ("2", "second version")
    listed = account.lam.list_versions_by_function(FunctionName=name)["Versions"]
    assert [each["FunctionArn"] for each in listed] == [
        account.arn(f"{name}:{number}") for number in ("$LATEST", "1", "2")
    ]
    assert listed[1]["RevisionId"] == one["RevisionId"]
    assert not {"State", "LastUpdateStatus", "RuntimeVersionConfig"} & set(listed[1])


@recorded("TestLambdaVersions::test_publish_with_wrong_sha256")
def test_a_version_of_other_code_is_not_published(account: LambdaAccount) -> None:
    current = account.lam.get_function_configuration(FunctionName=account.shared)["CodeSha256"]
    refusal = account.refused(
        "publish_version", FunctionName=account.shared, CodeSha256="somenonexistentsha256"
    )
    assert refusal.told == (
        400,
        "InvalidParameterValueException",
        "CodeSHA256 (somenonexistentsha256) is different from current CodeSHA256 in $LATEST "
        f"({current}). Please try again with the CodeSHA256 in $LATEST.",
    )
    made = account.lam.publish_version(FunctionName=account.shared, CodeSha256=current)
    assert made["Version"] == "1"


@guide("Managing Lambda function versions")
def test_numbers_are_not_used_again(account: LambdaAccount) -> None:
    name = account.create(Publish=True)
    account.lam.delete_function(FunctionName=name, Qualifier="1")
    assert account.lam.publish_version(FunctionName=name)["Version"] == "2"


@guide("Managing Lambda function versions")
def test_a_version_keeps_code_and_settings(each_account: LambdaAccount) -> None:
    account = each_account
    name = account.create(WHERE, Environment={"Variables": {"MARK": "one"}})
    account.lam.publish_version(FunctionName=name)
    account.configure(name, Environment={"Variables": {"MARK": "two"}})
    code = {"ZipFile": make_zip({"index.py": "def handler(event, context):\n    return 'new'\n"})}
    account.lam.update_function_code(FunctionName=name, **code)
    account.settle(name)
    kept = account.invoke(name, {}, Qualifier="1")
    assert (kept.payload["mark"], kept.payload["version"], kept.version) == ("one", "1", "1")
    latest = account.invoke(name, {})
    assert (latest.payload, latest.version) == ("new", "$LATEST")


# aliases


@pytest.fixture(scope="module")
def versioned(account: LambdaAccount) -> str:
    """A function with the versions 1 and 2."""
    name = account.create(WHERE, Publish=True)
    account.configure(name, Description="second")
    account.lam.publish_version(FunctionName=name)
    return name


@recorded("TestLambdaAlias::test_alias_lifecycle")
def test_an_alias_from_creation_to_deletion(account: LambdaAccount, versioned: str) -> None:
    weights = {"AdditionalVersionWeights": {"2": 0.2}}
    made = account.lam.create_alias(
        FunctionName=versioned,
        Name="life",
        FunctionVersion="1",
        Description="text",
        RoutingConfig=weights,
    )
    assert status_of(made) == 201
    expected = {
        "AliasArn": account.arn(f"{versioned}:life"),
        "Name": "life",
        "FunctionVersion": "1",
        "Description": "text",
        "RoutingConfig": weights,
    }
    assert expected.items() <= made.items()
    found = account.lam.get_alias(FunctionName=versioned, Name="life")
    assert found["RevisionId"] == made["RevisionId"]
    shown = account.lam.get_function(FunctionName=versioned, Qualifier="life")["Configuration"]
    assert (shown["FunctionArn"], shown["Version"]) == (account.arn(f"{versioned}:life"), "1")
    cleared = account.lam.update_alias(FunctionName=versioned, Name="life", RoutingConfig={})
    assert "RoutingConfig" not in cleared
    assert (cleared["Description"], cleared["FunctionVersion"]) == ("text", "1")
    assert cleared["RevisionId"] != made["RevisionId"]
    for _ in range(2):
        deleted = account.lam.delete_alias(FunctionName=versioned, Name="life")
        assert status_of(deleted) == 204
    assert account.refused("get_alias", FunctionName=versioned, Name="life").told == (
        404,
        "ResourceNotFoundException",
        f"Cannot find alias arn: {account.arn(versioned)}:life",
    )


@recorded("TestLambdaAlias::test_alias_naming")
def test_an_alias_may_look_like_a_date_and_not_like_a_number(
    account: LambdaAccount, versioned: str
) -> None:
    account.lam.create_alias(FunctionName=versioned, Name="2024-01-02", FunctionVersion="1")
    refusal = account.refused(
        "create_alias", FunctionName=versioned, Name="2024", FunctionVersion="1"
    )
    assert refusal.told == (
        400,
        "ValidationException",
        "1 validation error detected: Value '2024' at 'name' failed to satisfy constraint: Member "
        "must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)",
    )


INVALID = (400, "InvalidParameterValueException")
WEIGHTS = (
    "1 validation error detected: Value '{%s}' at 'routingConfig.additionalVersionWeights' failed "
    "to satisfy constraint: "
)
TO_ONE = (
    "Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member "
    "must have value greater than or equal to 0.0, Member must not be null]"
)


@recorded("TestLambdaAlias::test_notfound_and_invalid_routingconfigs")
@pytest.mark.parametrize(
    ("version", "weights", "expected"),
    [
        (
            "1",
            {"1": 0.1, "2": 0.2},
            (*INVALID, "Number of items in AdditionalVersionWeights cannot be greater than 1"),
        ),
        ("1", {"2": 2}, (400, "ValidationException", WEIGHTS % "2=2.0" + TO_ONE)),
        ("1", {"2": -1}, (400, "ValidationException", WEIGHTS % "2=-1.0" + TO_ONE)),
        (
            "1",
            {"1": 0.5},
            (
                *INVALID,
                "Invalid function version 1. Function version 1 is already included in routing "
                "configuration.",
            ),
        ),
        ("10", {"2": 0.5}, (404, "ResourceNotFoundException", "Function not found: {arn}:10")),
        ("1", {"10": 0.5}, (404, "ResourceNotFoundException", "Function not found: {arn}:10")),
        (
            "$LATEST",
            {"1": 0.5},
            (
                *INVALID,
                "$LATEST is not supported for an alias pointing to more than 1 version",
            ),
        ),
        (
            "1",
            {"$LATEST": 0.5},
            (
                400,
                "ValidationException",
                WEIGHTS
                % "$LATEST=0.5"
                + "Map keys must satisfy constraint: [Member must have length less than or equal "
                "to 1024, Member must have length greater than or equal to 1, Member must satisfy "
                "regular expression pattern: [0-9]+]",
            ),
        ),
    ],
    ids=["two", "high", "low", "same", "main-missing", "other-missing", "latest", "to-latest"],
)
def test_routing_that_is_refused(
    account: LambdaAccount,
    versioned: str,
    version: str,
    weights: dict[str, float],
    expected: tuple[int, str, str],
) -> None:
    refusal = account.refused(
        "create_alias",
        FunctionName=versioned,
        Name="refused",
        FunctionVersion=version,
        RoutingConfig={"AdditionalVersionWeights": weights},
    )
    assert refusal.told[:2] == expected[:2]
    assert refusal.message == expected[2].replace("{arn}", account.arn(versioned))


@recorded("TestLambdaAlias::test_notfound_and_invalid_routingconfigs")
def test_an_alias_of_a_function_that_is_not_there(account: LambdaAccount) -> None:
    name = account.new_name()
    refusal = account.refused("create_alias", FunctionName=name, Name="a", FunctionVersion="1")
    assert refusal.message == f"Function not found: {account.arn(name)}:1"


@recorded("TestLambdaAlias::test_notfound_and_invalid_routingconfigs")
def test_an_alias_is_made_once_and_may_name_latest(account: LambdaAccount, versioned: str) -> None:
    arguments = {"FunctionName": versioned, "Name": "once", "FunctionVersion": "$LATEST"}
    made = account.lam.create_alias(**arguments, RoutingConfig={})
    assert "RoutingConfig" not in made
    assert account.refused("create_alias", **arguments).told == (
        409,
        "ResourceConflictException",
        f"Alias already exists: {account.arn(versioned)}:once",
    )


@recorded("TestLambdaRevisions::test_function_revisions_version_and_alias")
def test_an_alias_with_the_current_revision_id_only(account: LambdaAccount, versioned: str) -> None:
    alias = {"FunctionName": versioned, "Name": "revised"}
    latest = account.lam.get_function_configuration(FunctionName=versioned)["RevisionId"]
    made = account.lam.create_alias(**alias, FunctionVersion="1")
    found = account.lam.get_function_configuration(FunctionName=versioned)["RevisionId"]
    assert found == latest
    refusal = account.refused("update_alias", **alias, RevisionId="wrong", Description="x")
    assert (refusal.status, refusal.code) == (412, "PreconditionFailedException")
    account.lam.update_alias(**alias, RevisionId=made["RevisionId"], Description="x")


@reference("ListAliases, FunctionVersion")
def test_the_aliases_that_invoke_a_version(account: LambdaAccount) -> None:
    name = account.create(Publish=True)
    account.configure(name, Description="second")
    account.lam.publish_version(FunctionName=name)
    routing = {"AdditionalVersionWeights": {"2": 0.1}}
    account.lam.create_alias(FunctionName=name, Name="b", FunctionVersion="1")
    account.lam.create_alias(
        FunctionName=name, Name="a", FunctionVersion="1", RoutingConfig=routing
    )
    account.lam.create_alias(FunctionName=name, Name="c", FunctionVersion="2")

    def listed(**version: str) -> list[str]:
        found = account.lam.list_aliases(FunctionName=name, **version)["Aliases"]
        return [alias["Name"] for alias in found]

    assert listed() == ["a", "b", "c"]
    assert listed(FunctionVersion="1") == ["a", "b"]
    assert listed(FunctionVersion="2") == ["a", "c"]


@shape("AliasConfiguration")
@pytest.mark.parametrize(
    ("operation", "more"),
    [("get_alias", {}), ("update_alias", {"Description": "x"})],
)
def test_an_alias_that_is_not_there(
    account: LambdaAccount, operation: str, more: dict[str, Any]
) -> None:
    refusal = account.refused(operation, FunctionName=account.shared, Name="none", **more)
    assert refusal.message == f"Cannot find alias arn: {account.arn(account.shared)}:none"


@guide("Weighted aliases")
def test_an_invocation_by_alias_tells_alias_and_version(each_account: LambdaAccount) -> None:
    account = each_account
    name = account.create(WHERE, Publish=True)
    account.settle(name, Qualifier="1")
    account.configure(name, Description="second")
    account.lam.publish_version(FunctionName=name)
    account.lam.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    first = account.invoke(name, {}, Qualifier="live")
    assert (first.version, first.payload["version"]) == ("1", "1")
    assert first.payload["arn"] == account.arn(f"{name}:live")
    everything = {"AdditionalVersionWeights": {"2": 1.0}}
    account.lam.update_alias(FunctionName=name, Name="live", RoutingConfig=everything)
    assert account.invoke(f"{name}:live", {}).version == "2"
    account.lam.update_alias(FunctionName=name, Name="live", FunctionVersion="2", RoutingConfig={})
    assert account.invoke(account.arn(f"{name}:live"), {}).payload["version"] == "2"
