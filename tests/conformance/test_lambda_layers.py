"""Layers: versions, policies, lists, and what functions make of them."""

from __future__ import annotations

import json
import urllib.request
from typing import Any

from case_values import make_zip
from lambda_account import LambdaAccount, own_region, status_of
from running_cloud import RunningCloud
from sources import guide, quoted, recorded, reference

SHARED = {"python/shared.py": "TEXT = 'from the layer'\n"}
USES = "import shared\n\ndef handler(event, context):\n    return shared.TEXT\n"
MISSING = "The resource you requested does not exist."
TOO_LOW = (400, "InvalidParameterValueException", "Layer Version Cannot be less than 1")


@recorded("TestLambdaLayer::test_layer_lifecycle")
def test_a_layer_from_publication_to_deletion(account: LambdaAccount) -> None:
    name = account.new_name()
    content = {"ZipFile": make_zip(SHARED)}
    given: dict[str, Any] = {
        "LayerName": name,
        "Content": content,
        "Description": "text",
        "LicenseInfo": "MIT",
        "CompatibleRuntimes": ["python3.12"],
        "CompatibleArchitectures": ["x86_64"],
    }
    made = account.lam.publish_layer_version(**given)
    assert status_of(made) == 201
    assert made["LayerVersionArn"] == account.layer_arn(f"{name}:1")
    assert made["LayerArn"] == account.layer_arn(name)
    assert {"CodeSha256", "CodeSize", "Location"} <= set(made["Content"])
    assert account.lam.publish_layer_version(**given)["Version"] == 2
    found = account.lam.get_layer_version(LayerName=name, VersionNumber=1)
    assert (found["Description"], found["LicenseInfo"]) == ("text", "MIT")
    with urllib.request.urlopen(found["Content"]["Location"]) as answer:
        assert answer.read() == content["ZipFile"]
    by_arn = account.lam.get_layer_version_by_arn(Arn=made["LayerVersionArn"])
    assert by_arn["Content"]["CodeSha256"] == made["Content"]["CodeSha256"]
    listed = account.lam.list_layer_versions(LayerName=name)["LayerVersions"]
    assert [each["Version"] for each in listed] == [2, 1]
    assert not {"Content", "LayerArn"} & set(listed[0])
    for number in (1, 2, 2):
        deleted = account.lam.delete_layer_version(LayerName=name, VersionNumber=number)
        assert status_of(deleted) == 204
    assert account.lam.list_layer_versions(LayerName=name)["LayerVersions"] == []
    assert account.lam.publish_layer_version(**given)["Version"] == 3


@recorded("TestLambdaLayer::test_layer_s3_content")
def test_a_layer_from_s3_shows_what_was_given(account: LambdaAccount) -> None:
    s3, bucket = account.client("s3"), account.new_name()
    s3.create_bucket(Bucket=bucket)
    s3.put_object(Bucket=bucket, Key="layer.zip", Body=make_zip(SHARED))
    made = account.lam.publish_layer_version(
        LayerName=account.new_name(), Content={"S3Bucket": bucket, "S3Key": "layer.zip"}
    )
    assert made["Content"]["CodeSize"] == len(make_zip(SHARED))
    assert not {"CompatibleRuntimes", "CompatibleArchitectures", "LicenseInfo"} & set(made)


@recorded("TestLambdaLayer::test_layer_exceptions")
def test_a_layer_that_is_not_there(account: LambdaAccount) -> None:
    layer = {"LayerName": account.new_name()}
    assert account.lam.list_layer_versions(**layer)["LayerVersions"] == []
    refusal = account.refused("get_layer_version", **layer, VersionNumber=1)
    assert refusal.told == (404, "ResourceNotFoundException", MISSING)
    for number in (0, -1):
        for operation in ("get_layer_version", "delete_layer_version"):
            assert account.refused(operation, **layer, VersionNumber=number).told == TOO_LOW
    arn = account.layer_arn(f"{layer['LayerName']}:1")
    assert account.refused("get_layer_version_by_arn", Arn=arn).message == MISSING
    refusal = account.refused("get_layer_version_by_arn", Arn=arn.removesuffix(":1"))
    assert refusal.code == "ValidationException"
    assert refusal.message.startswith(
        f"1 validation error detected: Value '{arn.removesuffix(':1')}' at 'arn' failed to satisfy "
        "constraint: Member must satisfy regular expression pattern: "
    )


@recorded("TestLambdaLayer::test_layer_exceptions")
def test_two_mistakes_of_a_layer_are_told_at_once(account: LambdaAccount) -> None:
    refusal = account.refused(
        "publish_layer_version",
        LayerName=account.new_name(),
        Content={"ZipFile": make_zip(SHARED)},
        CompatibleRuntimes=["invalidruntime", "python3.12"],
        CompatibleArchitectures=["invalidarch", "x86_64"],
    )
    assert refusal.code == "ValidationException"
    assert refusal.message.startswith("2 validation errors detected: ")
    assert (
        "Value '[invalidruntime, python3.12]' at 'compatibleRuntimes' failed to satisfy "
        "constraint: Member must satisfy enum value set: [" in refusal.message
    )
    assert (
        "Value '[invalidarch, x86_64]' at 'compatibleArchitectures' failed to satisfy constraint: "
        "Member must satisfy constraint: [Member must satisfy enum value set: [x86_64, arm64]"
        in refusal.message
    )


@reference("ListLayers and ListLayerVersions, CompatibleRuntime and CompatibleArchitecture")
def test_lists_of_layers_that_fit(one_server: RunningCloud) -> None:
    account = own_region(one_server)
    for runtime, architecture in (("python3.12", "x86_64"), ("python3.13", "arm64")):
        account.publish_layer(
            SHARED,
            LayerName="both",
            CompatibleRuntimes=[runtime],
            CompatibleArchitectures=[architecture],
        )
    account.publish_layer(SHARED, LayerName="any")

    def newest(**fitting: str) -> dict[str, int]:
        layers = account.lam.list_layers(**fitting)["Layers"]
        return {each["LayerName"]: each["LatestMatchingVersion"]["Version"] for each in layers}

    assert newest() == {"any": 1, "both": 2}
    assert newest(CompatibleRuntime="python3.12") == {"both": 1}
    assert newest(CompatibleArchitecture="arm64") == {"both": 2}
    fitting = account.lam.list_layer_versions(LayerName="both", CompatibleRuntime="python3.13")
    assert [each["Version"] for each in fitting["LayerVersions"]] == [2]


# policies


@recorded("TestLambdaLayer::test_layer_policy_lifecycle")
def test_the_policy_of_a_layer(account: LambdaAccount) -> None:
    arn = account.publish_layer(SHARED)
    layer = {"LayerName": arn.split(":")[6], "VersionNumber": 1}
    grant = {"Action": "lambda:GetLayerVersion", "Principal": "*"}
    one = account.lam.add_layer_version_permission(**layer, StatementId="s1", **grant)
    statement = {
        "Sid": "s1",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "lambda:GetLayerVersion",
        "Resource": arn,
    }
    assert json.loads(one["Statement"]) == statement
    policy = account.lam.get_layer_version_policy(**layer)
    assert policy["RevisionId"] == one["RevisionId"]
    assert json.loads(policy["Policy"]) == {
        "Version": "2012-10-17",
        "Id": "default",
        "Statement": [statement],
    }
    two = account.lam.add_layer_version_permission(
        **layer, StatementId="s2", RevisionId=one["RevisionId"], **grant
    )
    account.lam.remove_layer_version_permission(**layer, StatementId="s2")
    after = account.lam.get_layer_version_policy(**layer)
    assert json.loads(after["Policy"])["Statement"] == [statement]
    assert after["RevisionId"] not in (one["RevisionId"], two["RevisionId"])


@reference("AddLayerVersionPermission, OrganizationId")
def test_a_layer_for_an_organization(account: LambdaAccount) -> None:
    layer = {"LayerName": account.publish_layer(SHARED).split(":")[6], "VersionNumber": 1}
    made = account.lam.add_layer_version_permission(
        **layer,
        StatementId="org",
        Action="lambda:GetLayerVersion",
        Principal="*",
        OrganizationId="o-0123456789",
    )
    assert json.loads(made["Statement"])["Condition"] == {
        "StringEquals": {"aws:PrincipalOrgID": "o-0123456789"}
    }


@recorded("TestLambdaLayer::test_layer_policy_exceptions")
def test_a_layer_policy_that_is_refused(account: LambdaAccount) -> None:
    arn = account.publish_layer(SHARED)
    layer = {"LayerName": arn.split(":")[6], "VersionNumber": 1}
    grant = {"StatementId": "s1", "Action": "lambda:GetLayerVersion", "Principal": "*"}
    assert account.refused("get_layer_version_policy", **layer).told == (
        404,
        "ResourceNotFoundException",
        "No policy is associated with the given resource.",
    )
    account.lam.add_layer_version_permission(**layer, **grant)
    assert account.refused("add_layer_version_permission", **layer, **grant).told == (
        409,
        "ResourceConflictException",
        "The statement id (s1) provided already exists. Please provide a new statement id, or "
        "remove the existing statement.",
    )
    wrong = {**layer, **grant, "StatementId": "s2", "RevisionId": "wrong"}
    assert account.refused("add_layer_version_permission", **wrong).told == (
        412,
        "PreconditionFailedException",
        "The Revision Id provided does not match the latest Revision Id. Call the GetLayerPolicy "
        "API to retrieve the latest Revision Id",
    )
    refusal = account.refused("remove_layer_version_permission", **layer, StatementId="none")
    assert refusal.message == "Statement none is not found in resource policy."
    refusal = account.refused("add_layer_version_permission", **layer, **{**grant, "Action": "*"})
    assert refusal.message == (
        "1 validation error detected: Value '*' at 'action' failed to satisfy constraint: Member "
        "must satisfy regular expression pattern: lambda:GetLayerVersion"
    )
    missing = {**layer, "VersionNumber": 2}
    for operation, more in (
        ("get_layer_version_policy", {}),
        ("add_layer_version_permission", grant),
        ("remove_layer_version_permission", {"StatementId": "s1"}),
    ):
        refusal = account.refused(operation, **missing, **more)
        assert refusal.told == (
            404,
            "ResourceNotFoundException",
            f"Layer version {arn.removesuffix('1')}2 does not exist.",
        )


# functions with layers


@guide("Adding layers to functions: layers are applied in the order they are listed")
def test_a_later_layer_lies_over_an_earlier_one(each_account: LambdaAccount) -> None:
    account = each_account
    below = account.publish_layer(
        {"python/shared.py": "TEXT = 'below'\n", "python/only.py": "TEXT = 'only below'\n"}
    )
    above = account.publish_layer({"python/shared.py": "TEXT = 'above'\n"})
    source = (
        "import only, shared\n\ndef handler(event, context):\n    return [shared.TEXT, only.TEXT]\n"
    )
    name = account.create(source, Layers=[below, above])
    assert account.invoke(name).payload == ["above", "only below"]
    account.configure(name, Layers=[above, below])
    assert account.invoke(name).payload == ["below", "only below"]


@guide("Adding layers to functions")
def test_layers_are_shown_in_order_and_taken_away(account: LambdaAccount) -> None:
    arns = [account.publish_layer(SHARED) for _ in range(2)]
    name = account.create(USES, Layers=arns)
    shown = account.lam.get_function_configuration(FunctionName=name)["Layers"]
    assert [each["Arn"] for each in shown] == arns
    assert {each["CodeSize"] for each in shown} == {len(make_zip(SHARED))}
    assert account.configure(name, Timeout=4)["Layers"] == shown
    assert "Layers" not in account.configure(name, Layers=[])
    assert account.invoke(name).payload["errorType"] == "Runtime.ImportModuleError"


@recorded("TestLambdaLayer::test_layer_function_quota_exception")
def test_five_layers_and_no_more(account: LambdaAccount) -> None:
    arns = [account.publish_layer(SHARED) for _ in range(6)]
    refusal = account.refused("create_function", **account.settings(Layers=arns))
    assert refusal.told == (
        400,
        "InvalidParameterValueException",
        "Cannot reference more than 5 layers.",
    )
    account.create(Layers=arns[:5])


@recorded("TestLambdaLayer::test_layer_function_exceptions")
def test_layers_that_are_refused(account: LambdaAccount) -> None:
    arn = account.publish_layer(SHARED)
    plain = arn.removesuffix(":1")
    account.publish_layer(SHARED, LayerName=plain.split(":")[6])

    def told(*layers: str) -> str:
        refusal = account.refused("create_function", **account.settings(Layers=list(layers)))
        assert refusal.status == 400
        return refusal.message

    twice = (
        "Two different versions of the same layer are not allowed to be referenced in the same "
        "function. {} and {} are versions of the same layer."
    )
    assert told(arn, f"{plain}:2") == twice.format(arn, f"{plain}:2")
    assert told(arn, arn) == twice.format(arn, arn)
    assert told(f"{plain}:9") == f"Layer version {plain}:9 does not exist."
    assert told(arn.replace("us-east-1", "eu-west-1")) == (
        "Layers are not in the same region as the function. Layers are expected to be in region "
        "us-east-1."
    )
    assert told(plain).startswith(
        f"1 validation error detected: Value '[{plain}]' at 'layers' failed to satisfy constraint: "
        "Member must satisfy constraint: [Member must have length less than or equal to "
    )


@recorded("TestLambdaLayer::test_layer_lifecycle")
def test_a_deleted_layer_stays_with_code_updates(each_account: LambdaAccount) -> None:
    account = each_account
    arn = account.publish_layer(SHARED)
    name = account.create(USES, Layers=[arn])
    account.lam.delete_layer_version(LayerName=arn.split(":")[6], VersionNumber=1)
    code = {"ZipFile": make_zip({"index.py": USES + "# changed\n"})}
    assert account.lam.update_function_code(FunctionName=name, **code)["Layers"][0]["Arn"] == arn
    account.settle(name)
    assert account.invoke(name).payload == "from the layer"
    refusal = account.refused("create_function", **account.settings(Layers=[arn]))
    assert refusal.message == f"Layer version {arn} does not exist."


@quoted("InvalidParameterValueException of functions with large layers")
def test_code_and_layers_have_250_mb_in_all(account: LambdaAccount) -> None:
    half = "\0" * 131_072_000
    layer = account.publish_layer({"half": half})
    code = {"ZipFile": make_zip({"index.py": "x = 1\n", "half": half})}
    refusal = account.refused("create_function", **account.settings(Code=code, Layers=[layer]))
    assert refusal.told == (
        400,
        "InvalidParameterValueException",
        "Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. "
        "The actual size is 262144006 bytes.",
    )
