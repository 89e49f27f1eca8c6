"""What the control plane refuses, in AWS's words, when the client does not check first."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from running_cloud import RUNTIME, RunningCloud, zip_of

# Nothing here waits on the scaled clock: functions settle sooner.
CLOCK_FACTOR = 6000

SOURCE = zip_of({"index.py": "def handler(e, c):\n    return 1\n"})


def attempt(cloud: RunningCloud, **settings: Any) -> dict[str, str]:
    """The error of a CreateFunction with these settings."""
    client = cloud.client("lambda", config=Config(parameter_validation=False))
    with pytest.raises(ClientError) as refused:
        client.create_function(
            **{
                "FunctionName": "refused",
                "Runtime": RUNTIME,
                "Handler": "index.handler",
                "Role": cloud.role(),
                "Code": {"ZipFile": SOURCE},
                **settings,
            }
        )
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    error: dict[str, str] = refused.value.response["Error"]
    return error


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("MemorySize", 64, "have value greater than or equal to 128"),
        ("MemorySize", 127, "have value greater than or equal to 128"),
        ("MemorySize", 10241, "have value less than or equal to 10240"),
        ("Timeout", 0, "have value greater than or equal to 1"),
        ("Timeout", 901, "have value less than or equal to 900"),
    ],
)
def test_a_number_out_of_its_range(
    one_cloud: RunningCloud, name: str, value: int, words: str
) -> None:
    label = name[0].lower() + name[1:]
    expected = {
        "Code": "ValidationException",
        "Message": f"1 validation error detected: Value '{value}' at '{label}' failed to satisfy "
        f"constraint: Member must {words}",
    }
    assert attempt(one_cloud, **{name: value}) == expected
    existing = one_cloud.create("def handler(e, c): pass\n")
    client = one_cloud.client("lambda", config=Config(parameter_validation=False))
    with pytest.raises(ClientError) as refused:
        client.update_function_configuration(FunctionName=existing, **{name: value})
    assert refused.value.response["Error"] == expected


def test_two_mistakes_are_told_at_once(one_cloud: RunningCloud) -> None:
    message = attempt(one_cloud, MemorySize=64, Timeout=901)["Message"]
    assert message.startswith("2 validation errors detected: ")
    assert "'memorySize'" in message
    assert "'timeout'" in message


def test_a_runtime_that_aws_does_not_know(one_cloud: RunningCloud) -> None:
    error = attempt(one_cloud, Runtime="python9.9")
    assert error["Code"] == "InvalidParameterValueException"
    assert error["Message"].startswith(
        "Value python9.9 at 'runtime' failed to satisfy constraint: "
        "Member must satisfy enum value set: ["
    )


def test_a_runtime_that_this_machine_cannot_run(one_cloud: RunningCloud) -> None:
    message = attempt(one_cloud, Runtime="dotnet8")["Message"]
    start, _, names = message.partition(" It can run: ")
    assert start == "AWS knows the runtime dotnet8, but this machine cannot run it."
    assert {RUNTIME, "provided.al2023"} <= set(names.rstrip(".").split(", "))


def test_a_role_that_is_no_arn(one_cloud: RunningCloud) -> None:
    error = attempt(one_cloud, Role="not a role")
    assert error["Code"] == "ValidationException"
    assert "Value 'not a role' at 'role' failed to satisfy constraint" in error["Message"]


def test_a_role_that_does_not_exist(one_cloud: RunningCloud) -> None:
    error = attempt(one_cloud, Role="arn:aws:iam::123456789012:role/nobody")
    assert error["Code"] == "InvalidParameterValueException"
    assert error["Message"] == "The role defined for the function cannot be assumed by Lambda."


@pytest.mark.parametrize("data", [b"no zip", b"PK\x03\x04 broken", b""])
def test_a_package_that_is_no_zip(one_cloud: RunningCloud, data: bytes) -> None:
    assert attempt(one_cloud, Code={"ZipFile": data}) == {
        "Code": "InvalidParameterValueException",
        "Message": "Could not unzip uploaded file. Please check your file, then try to upload "
        "again.",
    }


def test_a_package_that_climbs_out_of_its_folder(one_cloud: RunningCloud) -> None:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("../../escaped.py", "")
    error = attempt(one_cloud, Code={"ZipFile": data.getvalue()})
    assert "names a path outside its folder" in error["Message"]
