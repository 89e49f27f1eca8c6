"""Functions: create, read, change, list, delete."""

from __future__ import annotations

import urllib.request
from typing import Any

import pytest
from case_values import make_zip
from lambda_account import ECHO, WHERE, LambdaAccount, own_region, status_of
from sources import guide, ours, quoted, recorded, reference

OTHER_CODE = {"ZipFile": make_zip({"index.py": ECHO + "# other\n"})}
PENDING = (
    "The operation cannot be performed at this time. The function is currently in the following "
    "state: Pending"
)
OUTDATED = (
    "The Revision Id provided does not match the latest Revision Id. Call the GetFunction/GetAlias "
    "API to retrieve the latest Revision Id"
)


@recorded("TestLambdaFunction::test_lambda_code_location_zipfile")
def test_a_new_function_shows_these_members_and_no_others(account: LambdaAccount) -> None:
    made = account.lam.create_function(**account.settings(MemorySize=None))
    assert status_of(made) == 201
    chosen = {"FunctionName", "FunctionArn", "Role", "Handler", "Runtime", "RuntimeVersionConfig"}
    passing = {"State", "StateReason", "StateReasonCode", "LastModified", "RevisionId"}
    code = {"CodeSha256", "CodeSize", "Version", "LoggingConfig", "ResponseMetadata"}
    defaults = {
        "Architectures": ["x86_64"],
        "Description": "",
        "EphemeralStorage": {"Size": 512},
        "MemorySize": 128,
        "PackageType": "Zip",
        "SnapStart": {"ApplyOn": "None", "OptimizationStatus": "Off"},
        "Timeout": 3,
        "TracingConfig": {"Mode": "PassThrough"},
    }
    assert set(made) == chosen | passing | code | set(defaults)
    assert {name: made[name] for name in defaults} == defaults


@recorded("TestLambdaFunction::test_function_lifecycle")
def test_a_deleted_function_is_not_found(account: LambdaAccount) -> None:
    name = account.create()
    assert status_of(account.lam.delete_function(FunctionName=name)) == 204
    refusal = account.refused("get_function", FunctionName=name)
    assert refusal.told == (
        404,
        "ResourceNotFoundException",
        f"Function not found: {account.arn(name)}",
    )
    assert refusal.fields["Type"] == "User"


@quoted("ResourceConflictException of CreateFunction")
def test_a_name_is_taken_once(account: LambdaAccount) -> None:
    refusal = account.refused("create_function", **account.settings(FunctionName=account.shared))
    assert refusal.told == (
        409,
        "ResourceConflictException",
        f"Function already exist: {account.shared}",
    )


@recorded("TestLambdaFunction::test_function_arns")
def test_a_function_may_be_created_by_its_arn(account: LambdaAccount) -> None:
    name = account.new_name()
    made = account.lam.create_function(**account.settings(FunctionName=account.arn(name)))
    assert (made["FunctionName"], made["FunctionArn"]) == (name, account.arn(name))


@recorded("TestLambdaFunction::test_function_arns")
def test_a_name_has_64_characters_at_most(account: LambdaAccount) -> None:
    name = "a" * 65
    assert account.refused("create_function", **account.settings(FunctionName=name)).told == (
        400,
        "InvalidParameterValueException",
        f"1 validation error detected: Value '{name}' at 'functionName' failed to satisfy "
        "constraint: Member must have length less than or equal to 64",
    )


# S3


@pytest.fixture(scope="module")
def bucket(account: LambdaAccount) -> str:
    s3 = account.client("s3")
    name = account.new_name()
    s3.create_bucket(Bucket=name)
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


@recorded("TestLambdaFunction::test_lambda_code_location_s3")
def test_code_in_s3_is_the_code_in_a_request(account: LambdaAccount, bucket: str) -> None:
    package = make_zip({"index.py": ECHO})
    account.client("s3").put_object(Bucket=bucket, Key="code.zip", Body=package)
    code = {"S3Bucket": bucket, "S3Key": "code.zip"}
    one = account.lam.create_function(**account.settings(Code=code))
    other = account.lam.create_function(**account.settings())
    assert one["CodeSha256"] == other["CodeSha256"]
    assert one["CodeSize"] == len(package)


@reference("FunctionCode, S3ObjectVersion")
def test_a_version_of_an_s3_object(account: LambdaAccount, bucket: str) -> None:
    s3 = account.client("s3")
    old = make_zip({"index.py": ECHO + "# old\n"})
    version = s3.put_object(Bucket=bucket, Key="v.zip", Body=old)["VersionId"]
    s3.put_object(Bucket=bucket, Key="v.zip", Body=make_zip({"index.py": ECHO}))
    code = {"S3Bucket": bucket, "S3Key": "v.zip", "S3ObjectVersion": version}
    assert account.lam.create_function(**account.settings(Code=code))["CodeSize"] == len(old)


@quoted("InvalidParameterValueException of CreateFunction with S3 code")
@pytest.mark.parametrize("missing", ["bucket", "key"])
def test_code_that_is_not_in_s3(account: LambdaAccount, bucket: str, missing: str) -> None:
    code = {"S3Bucket": "c-no-such-bucket" if missing == "bucket" else bucket, "S3Key": "none.zip"}
    words = {
        "bucket": ("NoSuchBucket", "The specified bucket does not exist"),
        "key": ("NoSuchKey", "The specified key does not exist."),
    }[missing]
    assert account.refused("create_function", **account.settings(Code=code)).told == (
        400,
        "InvalidParameterValueException",
        f"Error occurred while GetObject. S3 Error Code: {words[0]}. S3 Error Message: {words[1]}",
    )


# packages


@quoted("InvalidParameterValueException of CreateFunction without code")
def test_a_function_needs_code(account: LambdaAccount) -> None:
    assert account.refused("create_function", **account.settings(Code={})).told == (
        400,
        "InvalidParameterValueException",
        "Please provide a source for function code.",
    )


@recorded("TestLambdaFunction::test_create_lambda_exceptions")
@pytest.mark.parametrize("data", [b"this is not a zip", b"", b"PK\x03\x04 cut off"])
def test_code_that_is_no_zip(account: LambdaAccount, data: bytes) -> None:
    refusal = account.refused("create_function", **account.settings(Code={"ZipFile": data}))
    assert refusal.told == (
        400,
        "InvalidParameterValueException",
        "Could not unzip uploaded file. Please check your file, then try to upload again.",
    )


@recorded("TestLambdaSizeLimits::test_oversized_zipped_create_lambda")
def test_a_zip_of_50_mb_in_the_request(account: LambdaAccount) -> None:
    code = {"ZipFile": b"\0" * 52_428_800}
    assert account.refused("create_function", **account.settings(Code=code)).told == (
        413,
        "RequestEntityTooLargeException",
        "Zipped size must be smaller than 52428800 bytes",
    )


@recorded("TestLambdaSizeLimits::test_oversized_request_create_lambda")
def test_a_request_of_70_mb(account: LambdaAccount) -> None:
    code = {"ZipFile": b"\0" * 52_700_000}
    assert account.refused("create_function", **account.settings(Code=code)).told == (
        413,
        "RequestEntityTooLargeException",
        "Request must be smaller than 70167211 bytes for the CreateFunction operation",
    )


@recorded("TestLambdaFunction::test_function_lifecycle")
def test_the_code_can_be_read_where_get_function_says(account: LambdaAccount) -> None:
    code = account.lam.get_function(FunctionName=account.shared)["Code"]
    assert code["RepositoryType"] == "S3"
    with urllib.request.urlopen(code["Location"]) as answer:
        assert answer.read() == make_zip({"index.py": ECHO})


# states


@quoted("ResourceConflictException of calls on a function in state Pending")
@pytest.mark.parametrize(
    ("operation", "arguments"),
    [
        ("update_function_configuration", {"Timeout": 5}),
        ("update_function_code", OTHER_CODE),
        ("publish_version", {}),
        ("invoke", {}),
    ],
)
def test_a_pending_function_cannot_be_changed_or_invoked(
    account: LambdaAccount, operation: str, arguments: dict[str, Any]
) -> None:
    name = account.lam.create_function(**account.settings())["FunctionName"]
    refusal = account.refused(operation, FunctionName=name, **arguments)
    assert refusal.told == (409, "ResourceConflictException", PENDING)


@ours("a deletion while a function is Pending leaves nothing behind")
def test_a_function_deleted_while_pending_can_be_made_again(account: LambdaAccount) -> None:
    settings = account.settings()
    name = account.lam.create_function(**settings, Publish=True)["FunctionName"]
    account.lam.delete_function(FunctionName=name)
    made = account.lam.create_function(**settings, Timeout=7)
    assert (made["State"], made["Version"]) == ("Pending", "$LATEST")
    assert account.settle(name)["Timeout"] == 7
    assert account.lam.list_versions_by_function(FunctionName=name)["Versions"][1:] == []
    assert account.invoke(name, {"a": 1}).payload == {"a": 1}


@recorded("TestLambdaVersions::test_publish_version_on_create")
def test_a_function_created_with_publish(account: LambdaAccount) -> None:
    made = account.lam.create_function(**account.settings(Publish=True))
    name = made["FunctionName"]
    assert (made["Version"], made["State"]) == ("1", "Pending")
    assert made["FunctionArn"] == account.arn(name)
    version = account.settle(name, Qualifier="1")
    assert version["FunctionArn"] == account.arn(f"{name}:1")
    assert account.settle(name)["Version"] == "$LATEST"
    assert account.lam.publish_version(FunctionName=name)["RevisionId"] == version["RevisionId"]


@recorded("TestLambdaVersions::test_publish_with_update")
def test_code_updated_with_publish(account: LambdaAccount) -> None:
    name = account.create()
    version = account.lam.update_function_code(FunctionName=name, Publish=True, **OTHER_CODE)
    assert (version["Version"], version["FunctionArn"]) == ("1", account.arn(f"{name}:1"))
    assert (version["State"], version["StateReasonCode"]) == ("Pending", "Creating")
    assert "LastUpdateStatus" not in version
    latest = account.lam.get_function_configuration(FunctionName=name, Qualifier="$LATEST")
    assert latest["FunctionArn"] == account.arn(f"{name}:$LATEST")
    assert (latest["State"], latest["LastUpdateStatus"]) == ("Active", "InProgress")
    assert latest["RevisionId"] != version["RevisionId"]
    assert account.settle(name, Qualifier="1")["CodeSha256"] == latest["CodeSha256"]


@guide("Lambda function states")
def test_what_runs_goes_on_while_an_update_is_in_progress(account: LambdaAccount) -> None:
    name = account.create(WHERE, Environment={"Variables": {"MARK": "old"}})
    settings = {"Variables": {"MARK": "new"}}
    account.lam.update_function_configuration(FunctionName=name, Environment=settings)
    assert account.invoke(name, {}).payload["mark"] == "old"
    account.settle(name)
    assert account.invoke(name, {}).payload["mark"] == "new"


# updates


@recorded("TestLambdaFunction::test_redundant_updates")
def test_an_update_that_changes_nothing_is_an_update(account: LambdaAccount) -> None:
    name = account.create(Description="same")
    before = account.lam.get_function_configuration(FunctionName=name)
    made = account.lam.update_function_configuration(FunctionName=name, Description="same")
    assert made["LastUpdateStatus"] == "InProgress"
    assert made["LastUpdateStatusReason"] == "The function is being created."
    assert made["LastUpdateStatusReasonCode"] == "Creating"
    after = account.settle(name)
    assert len({each["RevisionId"] for each in (before, made, after)}) == 3
    assert "LastUpdateStatusReason" not in after


@recorded("TestLambdaRevisions::test_function_revisions_basic")
def test_the_same_code_again_is_an_update(account: LambdaAccount) -> None:
    name = account.create()
    before = account.lam.get_function_configuration(FunctionName=name)
    code = account.settings()["Code"]
    made = account.lam.update_function_code(FunctionName=name, **code)
    assert made["CodeSha256"] == before["CodeSha256"]
    assert made["LastUpdateStatus"] == "InProgress"
    assert made["RevisionId"] != before["RevisionId"]


@recorded("TestLambdaRevisions::test_function_revisions_basic")
def test_an_update_with_the_current_revision_id_only(account: LambdaAccount) -> None:
    name = account.create()
    revision = account.lam.get_function(FunctionName=name)["Configuration"]["RevisionId"]
    for operation, arguments in (
        ("update_function_code", OTHER_CODE),
        ("update_function_configuration", {"Timeout": 9}),
        ("publish_version", {}),
    ):
        refusal = account.refused(operation, FunctionName=name, RevisionId="wrong", **arguments)
        assert refusal.told == (412, "PreconditionFailedException", OUTDATED)
    account.lam.update_function_code(FunctionName=name, RevisionId=revision, **OTHER_CODE)


@reference("UpdateFunctionCode, DryRun")
def test_a_dry_run_changes_nothing(account: LambdaAccount) -> None:
    before = account.lam.get_function_configuration(FunctionName=account.shared)
    tried = account.lam.update_function_code(
        FunctionName=account.shared, DryRun=True, Publish=True, **OTHER_CODE
    )
    assert tried["CodeSha256"] != before["CodeSha256"]
    after = account.lam.get_function_configuration(FunctionName=account.shared)
    assert {**after, "ResponseMetadata": 0} == {**before, "ResponseMetadata": 0}


@recorded("TestLambdaImages::test_lambda_zip_file_to_image")
def test_a_zip_function_takes_no_image(account: LambdaAccount) -> None:
    image = f"{123456789012}.dkr.ecr.us-east-1.amazonaws.com/x:1"
    refusal = account.refused("update_function_code", FunctionName=account.shared, ImageUri=image)
    assert refusal.message == (
        "Please don't provide ImageUri when updating a function with packageType Zip."
    )


@reference("UpdateFunctionConfiguration")
def test_an_update_leaves_the_other_settings(account: LambdaAccount) -> None:
    variables = {"Variables": {"MARK": "1"}}
    name = account.create(Timeout=9, Description="kept", Environment=variables)
    after = account.configure(name, MemorySize=256)
    assert (after["Timeout"], after["Description"]) == (9, "kept")
    assert (after["Environment"], after["MemorySize"]) == (variables, 256)


# lists


@recorded("TestLambdaFunction::test_list_functions")
def test_lists_leave_the_state_out(account: LambdaAccount) -> None:
    listed = account.lam.list_functions(MaxItems=1)["Functions"][0]
    left_out = {"State", "StateReason", "LastUpdateStatus", "RuntimeVersionConfig"}
    assert not left_out & set(listed)
    assert {"RevisionId", "CodeSha256", "SnapStart", "TracingConfig", "Version"} <= set(listed)


@recorded("TestLambdaFunction::test_list_functions")
def test_a_list_of_every_version(one_server: Any) -> None:
    account = own_region(one_server)
    one, two = account.create(Publish=True), account.create()
    plain = account.lam.list_functions()["Functions"]
    assert {each["FunctionArn"] for each in plain} == {account.arn(one), account.arn(two)}
    everything = account.lam.list_functions(FunctionVersion="ALL")["Functions"]
    assert {each["FunctionArn"] for each in everything} == {
        account.arn(f"{one}:$LATEST"),
        account.arn(f"{one}:1"),
        account.arn(f"{two}:$LATEST"),
    }


# deletion


@recorded("TestLambdaFunction::test_ops_with_arn_qualifier_mismatch[delete_function]")
def test_latest_cannot_be_deleted_alone(account: LambdaAccount) -> None:
    name = account.new_name()
    refusal = account.refused("delete_function", FunctionName=name, Qualifier="$LATEST")
    assert refusal.message == "$LATEST version cannot be deleted without deleting the function."


@recorded("TestLambdaFunction::test_delete_on_nonexisting_version")
def test_the_version_of_a_function_that_is_not_there(account: LambdaAccount) -> None:
    name = account.new_name()
    refusal = account.refused("delete_function", FunctionName=name, Qualifier="1")
    assert refusal.told == (
        404,
        "ResourceNotFoundException",
        f"Function not found: {account.arn(name)}",
    )


@recorded("TestLambdaFunction::test_function_name_and_qualifier_validation[delete_function]")
@pytest.mark.parametrize("qualifier", ["-1", "live"])
def test_an_alias_is_not_deleted_as_a_version(account: LambdaAccount, qualifier: str) -> None:
    refusal = account.refused("delete_function", FunctionName=account.shared, Qualifier=qualifier)
    assert refusal.told == (
        400,
        "InvalidParameterValueException",
        "Deletion of aliases is not currently supported.",
    )


@quoted("ResourceConflictException of DeleteFunction for a version that an alias names")
def test_a_version_that_aliases_name_stays(account: LambdaAccount) -> None:
    name = account.create(Publish=True)
    account.configure(name, Description="second")
    account.lam.publish_version(FunctionName=name)
    account.lam.create_alias(
        FunctionName=name,
        Name="weighted",
        FunctionVersion="2",
        RoutingConfig={"AdditionalVersionWeights": {"1": 0.1}},
    )
    account.lam.create_alias(FunctionName=name, Name="plain", FunctionVersion="1")
    refusal = account.refused("delete_function", FunctionName=name, Qualifier="1")
    assert refusal.told == (
        409,
        "ResourceConflictException",
        "Unable to delete version because the following aliases reference it: [plain, weighted]",
    )
    account.lam.delete_alias(FunctionName=name, Name="plain")
    account.lam.delete_alias(FunctionName=name, Name="weighted")
    assert status_of(account.lam.delete_function(FunctionName=name, Qualifier="1")) == 204
    numbers = [
        each["Version"]
        for each in account.lam.list_versions_by_function(FunctionName=name)["Versions"]
    ]
    assert numbers == ["$LATEST", "2"]
