"""Which service and operation a request is, is decided once, and that is what is done.

Right: a signature's scope names the service; its region is a region; the operation is one of the
service's, letter for letter, in a protocol that the service speaks; nothing else in the request
chooses who answers. Sources: IAM User Guide, "Elements of an AWS API request signature"; Smithy,
"AWS JSON 1.1 protocol" and "RPC v2 CBOR protocol" (a request with X-Amz-Target is refused there);
S3 API Reference, "Error responses" (all read 2026-11).
"""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from iam_caller import FORM, JSON, Caller
from roles import allow, deny
from running_cloud import RunningCloud

from serverless_course.localcloud.iam.requested import one_form, operation_of
from serverless_course.localcloud.iam.requested.services import SERVICES
from serverless_course.localcloud.wire.errors import ServiceError
from serverless_course.localcloud.wire.http import Request
from serverless_course.localcloud.wire.signature import Scope

KEPT = "what nobody may read"
IDENTITY = {"X-Amz-Target": "AWSSecurityTokenServiceV20110615.GetCallerIdentity"}
ACTION = urlencode({"Action": "GetCallerIdentity", "Version": "2011-06-15"})


@pytest.fixture(scope="module")
def caller(one_cloud: RunningCloud) -> Caller:
    s3 = one_cloud.client("s3")
    s3.create_bucket(Bucket="kept")
    s3.put_object(Bucket="kept", Key="object", Body=KEPT.encode())
    one_cloud.client("sqs").create_queue(QueueName="kept")
    one_cloud.client("secretsmanager").create_secret(Name="kept", SecretString=KEPT)
    return Caller(one_cloud)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "POST", "HEAD"])
@pytest.mark.parametrize(
    ("service", "region"),
    [
        ("sts", "s3"),
        ("sts", "s3.us-east-1"),
        ("sts", "us-east-1.s3"),
        ("sts", "x.amazonaws.com/s3"),
        ("sts", "moto_api"),
        ("sts", "us-east-1"),
        ("STS", "us-east-1"),
        ("s3.sts", "us-east-1"),
        ("sts.s3", "us-east-1"),
        ("execute-api", "us-east-1"),
        ("s3-sts", "us-east-1"),
        ("", "us-east-1"),
        ("moto_api", "us-east-1"),
        ("motoapi", "us-east-1"),
        ("instance_metadata", "us-east-1"),
        ("s3control", "us-east-1"),
        ("sts", "*"),
        ("sts", "aws-global"),
    ],
)
@pytest.mark.parametrize("hint", [IDENTITY, FORM, {}], ids=["target", "form", "none"])
def test_no_scope_reaches_an_object(
    one_cloud: RunningCloud,
    caller: Caller,
    method: str,
    service: str,
    region: str,
    hint: dict[str, str],
) -> None:
    for target in ("/kept/object", f"/kept/object?{ACTION}", f"/object?{ACTION}"):
        answer = caller.send(service, target, hint, ACTION, method=method, region=region)
        assert answer.status_code in (400, 403, 404, 405, 501), (target, answer.status_code)
        assert KEPT not in answer.text
    held = one_cloud.client("s3").get_object(Bucket="kept", Key="object")["Body"].read()
    assert held.decode() == KEPT


@pytest.mark.parametrize(
    "host", ["kept.s3.amazonaws.com", "sqs.us-east-1.amazonaws.com", "moto_api", "169.254.169.254"]
)
def test_no_host_chooses_who_answers(caller: Caller, host: str) -> None:
    answer = caller.send("sts", "/object", {**FORM, "Host": host}, ACTION)
    assert answer.status_code == 403
    assert KEPT not in answer.text


@pytest.mark.parametrize(
    ("target", "headers", "body"),
    [
        ("/", {**JSON, "X-Amz-Target": "AmazonSQS.ListQueues"}, "{}"),
        ("/", {**JSON, "X-Amz-Target": "secretsmanager.GetSecretValue"}, '{"SecretId":"kept"}'),
        ("/kept", {**JSON, **IDENTITY}, "{}"),
        ("/2015-03-31/functions/", {}, ""),
        ("/2015-03-31/functions/", FORM, "Action=ListFunctions"),
        ("/moto-api/data.json", {}, ""),
        ("/latest/meta-data/iam", FORM, ""),
        ("/v20180820/bucket/kept", {}, ""),
        ("/service/AmazonSQS/operation/ListQueues", {"smithy-protocol": "rpc-v2-cbor"}, ""),
        ("/", FORM, "Action=GetCallerIdentity&Action=ListUsers"),
        ("/", FORM, "Action=get_caller_identity"),
        ("/", FORM, "Action=getCallerIdentity"),
        ("/", FORM, "Action=Get+Caller+Identity"),
        ("/", FORM, "Action=_get_param"),
        ("/", FORM, "Action=setup_class"),
        ("/", FORM, "Action=ListUsers&Version=2010-05-08"),
        ("/", FORM, ""),
    ],
)
def test_sts_does_nothing_but_its_own(
    caller: Caller, target: str, headers: dict[str, str], body: str
) -> None:
    answer = caller.send("sts", target, headers, body)
    if "Action=GetCallerIdentity&" in body:
        # The first of two values counts, in what is asked and in what is done.
        assert "GetCallerIdentityResult" in answer.text
    else:
        assert answer.status_code in (400, 403, 404), answer.text
    assert KEPT not in answer.text
    assert "ListUsersResult" not in answer.text


def test_another_spelling_of_an_operation_is_none(one_cloud: RunningCloud) -> None:
    """A Deny names an operation; IAM does not mind capitals, and neither may the operation."""
    sqs = one_cloud.client("sqs")
    url = sqs.create_queue(QueueName="denied")["QueueUrl"]
    sly = Caller(one_cloud, allow("*"), deny("sqs:DeleteQueue"))
    for name in ("deleteQueue", "delete_queue", "DELETEQUEUE", "Delete Queue", "DeleteQueue "):
        answers = [
            sly.send("sqs", "/", FORM, urlencode({"Action": name, "QueueUrl": url})),
            sly.send(
                "sqs", "/", {**JSON, "X-Amz-Target": f"AmazonSQS.{name}"}, f'{{"QueueUrl":"{url}"}}'
            ),
        ]
        assert all(answer.status_code in (400, 404) for answer in answers), name
    assert sqs.get_queue_url(QueueName="denied")["QueueUrl"] == url


@pytest.mark.parametrize(
    ("service", "target"),
    [
        ("dynamodb", "AmazonSQS.DeleteItem"),
        ("dynamodb", "DynamoDB_20111205.DeleteItem"),
        ("dynamodb", "DeleteItem"),
        ("dynamodb", "DynamoDBStreams_20120810.DeleteItem"),
        ("dynamodb", "X.DynamoDB_20120810.DeleteItem"),
        ("events", "AmazonEvents.PutRule"),
        ("monitoring", "Logs_20140328.PutLogEvents"),
        ("kms", "TrentService."),
    ],
)
def test_a_target_of_another_service_is_refused(service: str, target: str) -> None:
    headers = [("host", "h"), ("x-amz-target", target), ("content-type", JSON["Content-Type"])]
    with pytest.raises(ServiceError) as caught:
        operation_of(Request("POST", "/", headers, b"{}"), Scope("A", "D", "us-east-1", service))
    assert caught.value.code == "UnknownOperationException"


def test_what_moto_gets_has_one_form() -> None:
    """A form's Content-Type is what makes moto read a form: without it, it would read the body."""
    scope = Scope("A", "D", "us-east-1", "sqs")
    sent = Request(
        "GET",
        "/?Action=DeleteQueue&QueueUrl=own&QueueUrl=other",
        [("host", "h"), ("content-type", "text/plain")],
        b'{"QueueUrl": "other"}',
    )
    found = one_form(sent, operation_of(sent, scope))
    assert (found.method, found.target) == ("POST", "/")
    assert found.header("content-type") == FORM["Content-Type"]
    assert found.body == b"Action=DeleteQueue&QueueUrl=own"


def test_every_service_has_its_part_in_moto_or_here() -> None:
    from moto.backends import list_of_moto_modules

    parts = {*list_of_moto_modules(), "lambda"}
    assert {model for each in SERVICES.values() for model in each.models} <= parts


def test_a_service_that_is_not_offered_is_refused_by_its_name(one_cloud: RunningCloud) -> None:
    everything = Caller(one_cloud, allow("*"))
    for service in ("codedeploy", "apprunner", "eventbridge", "ses"):
        answer = everything.send(service, "/", FORM, "Action=CreateStack&StackName=a")
        assert answer.status_code == 501
        assert f"does not offer the service '{service}'" in answer.text


def test_cbor_has_no_target_and_one_path() -> None:
    path = "/service/GraniteServiceVersion20100801/operation/ListMetrics"
    scope = Scope("A", "D", "us-east-1", "monitoring")
    plain = {"host": "h", "smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor"}

    def read(target: str, headers: dict[str, str]) -> str:
        return operation_of(Request("POST", target, list(headers.items()), b"\xa0"), scope).name

    assert read(path, plain) == "ListMetrics"
    for target, more in (
        (path, {"x-amz-target": "GraniteServiceVersion20100801.DeleteAlarms"}),
        (path, {"content-type": "application/x-amz-json-1.0"}),
        (path, {"smithy-protocol": "rpc-v3"}),
        (path.replace("Granite", "Other"), {}),
        ("/", {}),
        (path + "/x", {}),
    ):
        with pytest.raises(ServiceError, match="UnknownOperation"):
            read(target, {**plain, **more})


def test_json_is_told_from_a_form_by_its_type(one_cloud: RunningCloud) -> None:
    sly = Caller(one_cloud, allow("sqs:ListQueues"))
    target = {"X-Amz-Target": "AmazonSQS.ListQueues"}
    body = json.dumps({})
    assert sly.send("sqs", "/", {**target, **JSON}, body).status_code == 200
    for kind in (FORM["Content-Type"], "text/plain", "application/cbor"):
        assert sly.send("sqs", "/", {**target, "Content-Type": kind}, body).status_code == 404
