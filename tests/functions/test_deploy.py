"""Deploying against moto's control plane, and against stubs where AWS is slow or refuses."""

import io
import json
import sys
import zipfile

import boto3
import pytest
from aws_clients import moto_session
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from moto import mock_aws

from serverless_course.aws.cloud import Cloud
from serverless_course.aws.ledger import Ledger
from serverless_course.functions.deploy import DeployError, deploy
from serverless_course.functions.patience import NotReady, patiently, wait_until_ready
from serverless_course.functions.role import execution_role
from serverless_course.functions.source import SourceError

RUNTIME = f"python{sys.version_info.major}.{sys.version_info.minor}"
SLUG = "04-memory-tuning"
CODE = "def lambda_handler(event, context):\n    return event\n"


@pytest.fixture
def cloud(monkeypatch):
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    with mock_aws():
        yield Cloud("aws", moto_session(), "us-east-1", "123456789012", None, 1.0, "moto")


@pytest.fixture
def ledger(tmp_path):
    return Ledger(tmp_path / "ledger.jsonl")


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "primes"
    folder.mkdir()
    (folder / "lambda_function.py").write_text(CODE)
    return folder


@pytest.fixture
def role(cloud, ledger):
    return execution_role(cloud, ledger, SLUG)


def test_a_folder_becomes_a_function(cloud, folder, role):
    function = deploy(
        cloud.client("lambda"),
        *("primes", folder),
        role=role,
        runtime=RUNTIME,
        memory=256,
        timeout=60,
        environment={"MODE": "fast"},
        tags={"course": "serverless-measured"},
    )
    found = cloud.client("lambda").get_function(FunctionName="primes")
    assert (function.name, function.memory_mb, function.timeout_s) == ("primes", 256, 60)
    assert (function.runtime, function.architecture) == (RUNTIME, "x86_64")
    assert found["Configuration"]["Environment"]["Variables"] == {"MODE": "fast"}
    assert found["Tags"] == {"course": "serverless-measured"}
    assert function.arn == found["Configuration"]["FunctionArn"]


def test_deploying_again_brings_code_and_configuration_up_to_date(cloud, folder, role):
    client = cloud.client("lambda")
    deploy(client, "primes", folder, role=role, runtime=RUNTIME)
    before = client.get_function_configuration(FunctionName="primes")["CodeSha256"]
    (folder / "lambda_function.py").write_text(CODE + "# changed\n")
    function = deploy(client, "primes", folder, role=role, runtime=RUNTIME, memory=1769, timeout=9)
    after = client.get_function_configuration(FunctionName="primes")
    assert (function.memory_mb, function.timeout_s) == (1769, 9)
    assert after["CodeSha256"] != before
    assert len(client.list_functions()["Functions"]) == 1


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        ({"memory": 64}, ValueError, "128-10,240 MB; the nearest is 128 MB"),
        ({"memory": 20_000}, ValueError, "the nearest is 10240 MB"),
        ({"memory": 128.5}, ValueError, "the nearest is 128 MB"),
        ({"memory": float("nan")}, ValueError, "the nearest is 128 MB"),
        ({"memory": "512"}, ValueError, "memory=512"),
        ({"timeout": 0}, ValueError, "from 1 to 900"),
        ({"timeout": 901}, ValueError, "from 1 to 900"),
        ({"handler": "app.main"}, SourceError, r"needs the file app\.py"),
        ({"handler": "lambda_function.main"}, SourceError, "does not define 'main'"),
    ],
)
def test_a_mistake_is_told_before_anything_is_created(cloud, folder, role, change, error, says):
    client = cloud.client("lambda")
    with pytest.raises(error, match=says):
        deploy(client, "primes", folder, role=role, runtime=RUNTIME, **change)
    assert client.list_functions()["Functions"] == []


def test_a_syntax_error_creates_nothing(cloud, folder, role):
    (folder / "lambda_function.py").write_text("def lambda_handler(event, context)\n    return 1\n")
    with pytest.raises(SourceError, match=r"lambda_function\.py, line 1"):
        deploy(cloud.client("lambda"), "primes", folder, role=role, runtime=RUNTIME)
    assert cloud.client("lambda").list_functions()["Functions"] == []


def test_the_role_may_write_the_labs_logs_and_nothing_else(cloud, ledger, role):
    iam = cloud.client("iam")
    name = f"course-{SLUG}-role"
    assert role.endswith(f":role/{name}")
    assert iam.list_role_policies(RoleName=name)["PolicyNames"] == ["write-logs"]
    document = iam.get_role_policy(RoleName=name, PolicyName="write-logs")["PolicyDocument"]
    [statement] = document["Statement"]
    assert all(action.startswith("logs:") for action in statement["Action"])
    assert "*" not in statement["Action"]
    assert all(f"/aws/lambda/course-{SLUG}-*" in arn for arn in statement["Resource"])
    trust = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]
    assert trust["Statement"][0]["Principal"] == {"Service": "lambda.amazonaws.com"}
    assert {tag["Key"] for tag in iam.list_role_tags(RoleName=name)["Tags"]} == {
        "course",
        "lab",
        "ledger",
    }
    assert [found.name for found in ledger.held(cloud.target)] == [name]


def test_a_role_is_made_once_and_may_be_given_more(cloud, ledger, role):
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
    assert execution_role(cloud, ledger, SLUG, statements=[statement]) == role
    iam = cloud.client("iam")
    document = iam.get_role_policy(RoleName=f"course-{SLUG}-role", PolicyName="lab")
    assert document["PolicyDocument"]["Statement"] == [statement]


def test_the_role_is_journalled_even_if_iam_refuses(cloud, ledger):
    with Stubber(cloud.client("iam")) as stub:
        stub.add_client_error("create_role", "AccessDenied")
        with pytest.raises(ClientError):
            execution_role(cloud, ledger, SLUG)
    assert len(ledger.held(cloud.target)) == 1


def configuration(**more):
    return {
        "FunctionName": "f",
        "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:f",
        "MemorySize": 128,
        "Timeout": 3,
        "Runtime": RUNTIME,
        "Architectures": ["x86_64"],
        **more,
    }


@pytest.fixture
def lam():
    return boto3.client(
        "lambda", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b"
    )


ROLE = "arn:aws:iam::123456789012:role/r"
NOT_YET = "The role defined for the function cannot be assumed by Lambda."


def test_a_new_role_is_waited_for(lam, folder):
    pauses = []
    with Stubber(lam) as stub:
        for _ in range(3):
            stub.add_client_error("create_function", "InvalidParameterValueException", NOT_YET)
        stub.add_response("create_function", configuration())
        stub.add_response("get_function", {"Configuration": configuration(State="Active")})
        stub.add_response("get_function_configuration", configuration())
        deploy(lam, "f", folder, role=ROLE, runtime=RUNTIME, sleep=pauses.append)
        stub.assert_no_pending_responses()
    assert pauses == [0.2, 0.4, 0.8]


def test_a_role_that_never_works_is_told_after_a_bounded_time(lam, folder):
    pauses = []
    with Stubber(lam) as stub:
        for _ in range(20):
            stub.add_client_error("create_function", "InvalidParameterValueException", NOT_YET)
        with pytest.raises(DeployError, match="trust policy"):
            deploy(lam, "f", folder, role=ROLE, runtime=RUNTIME, sleep=pauses.append)
    assert 30 <= sum(pauses) <= 36


@pytest.mark.parametrize("spread", [True, False])
def test_a_new_permission_is_waited_for_where_it_spreads(lam, folder, spread):
    # What AWS says of a policy attached seconds ago (public error reports).
    said = "The provided execution role does not have permissions to call CreateNetworkInterface"
    pauses = []
    with Stubber(lam) as stub:
        for _ in range(20):
            stub.add_client_error("create_function", "InvalidParameterValueException", said)
        with pytest.raises(DeployError, match="does not have permissions"):
            deploy(
                lam,
                "f",
                folder,
                role=ROLE,
                runtime=RUNTIME,
                permissions_spread=spread,
                sleep=pauses.append,
            )
    assert bool(pauses) is spread


def test_the_memory_cap_of_a_new_account_is_explained(lam, folder):
    said = "'MemorySize' value failed to satisfy constraint: less than or equal to 3008"
    with Stubber(lam) as stub:
        stub.add_client_error("create_function", "InvalidParameterValueException", said)
        with pytest.raises(DeployError, match="new accounts often end at 3008 MB"):
            deploy(lam, "f", folder, role=ROLE, runtime=RUNTIME, memory=10_240)


def test_another_refusal_is_passed_on_in_lambdas_words(lam, folder):
    with Stubber(lam) as stub:
        stub.add_client_error("create_function", "CodeStorageExceededException", "storage is full")
        with pytest.raises(DeployError, match="storage is full"):
            deploy(lam, "f", folder, role=ROLE, runtime=RUNTIME)


def test_a_function_that_fails_to_settle_gives_lambdas_reason(lam):
    failed = configuration(LastUpdateStatus="Failed", LastUpdateStatusReason="no more addresses")
    with Stubber(lam) as stub:
        stub.add_response("get_function", {"Configuration": failed})
        with pytest.raises(NotReady, match="no more addresses"):
            wait_until_ready(lam, "f")


@pytest.mark.parametrize(
    ("code", "message", "calls"),
    [
        ("TooManyRequestsException", "Rate exceeded", 2),
        ("ResourceConflictException", "An update is in progress for resource", 2),
        ("ServiceException", "", 2),
        ("ResourceConflictException", "Function already exist: f", 1),
        ("AccessDeniedException", "no", 1),
    ],
)
def test_only_what_passes_is_repeated(code, message, calls):
    made = []

    def call():
        made.append(1)
        if len(made) == 1:
            raise ClientError({"Error": {"Code": code, "Message": message}}, "X")
        return "done"

    if calls == 1:
        with pytest.raises(ClientError):
            patiently(call, sleep=lambda s: None)
    else:
        assert patiently(call, sleep=lambda s: None) == "done"
    assert len(made) == calls


def test_the_whole_folder_is_in_the_package(cloud, folder, role):
    sent = {}
    client = cloud.client("lambda")

    def look(params, **_):
        sent.update(json.loads(params["body"]))

    client.meta.events.register("before-call.lambda.CreateFunction", look)
    (folder / "data.txt").write_text("seven")
    deploy(client, "primes", folder, role=role, runtime=RUNTIME)
    import base64

    with zipfile.ZipFile(io.BytesIO(base64.b64decode(sent["Code"]["ZipFile"]))) as archive:
        assert sorted(archive.namelist()) == ["data.txt", "lambda_function.py"]
