"""What is authorized is what is done: requests that could be read in two ways.

moto 5.2.5 reads an operation and its parameters from more places than AWS does; cases like these
got past a check that read them from AWS's place alone.
"""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
import requests
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from roles import ACCOUNT, ARN, acting_user, allow
from running_cloud import RunningCloud
from test_requested import Names

from serverless_course.localcloud.iam.requested import needs
from serverless_course.localcloud.wire.errors import ServiceError
from serverless_course.localcloud.wire.http import Request
from serverless_course.localcloud.wire.plain_request import plain
from serverless_course.localcloud.wire.signature import Scope

HOST = "127.0.0.1:4566"
TARGET = ("x-amz-target", "AmazonSQS.SendMessage")
JSON = ("content-type", "application/x-amz-json-1.0")
FORM = ("content-type", "application/x-www-form-urlencoded; charset=utf-8")
BODY = json.dumps({"QueueUrl": "orders", "MessageBody": "x"}).encode()
# How the targets of a service's operations begin (botocore's models).
PREFIXES = {
    "dynamodb": "DynamoDB_20120810",
    "events": "AWSEvents",
    "kinesis": "Kinesis_20131202",
    "logs": "Logs_20140328",
    "secretsmanager": "secretsmanager",
    "sqs": "AmazonSQS",
    "ssm": "AmazonSSM",
    "states": "AWSStepFunctions",
}


def read(
    service: str, method: str, target: str, headers: list[tuple[str, str]], body: bytes = b""
) -> Request:
    scope = Scope("AKIA", "20261124", "us-east-1", service)
    return plain(Request(method, target, [("host", HOST), *headers], body), scope, HOST)


def test_a_json_call_has_nothing_in_its_address() -> None:
    found = read("sqs", "POST", "/?Action=DeleteQueue&QueueUrl=other", [TARGET, JSON], BODY)
    assert (found.target, json.loads(found.body)) == ("/", json.loads(BODY))


def test_a_json_text_cannot_be_read_as_a_form() -> None:
    text = json.dumps({"QueueUrl": "orders", "MessageBody": "a&Action=DeleteQueue&QueueUrl=b"})
    found = read("sqs", "POST", "/", [TARGET, JSON], text.encode())
    assert b"&" not in found.body
    assert json.loads(found.body) == json.loads(text)
    assert read("sqs", "POST", "/", [TARGET, JSON], b"").body == b"{}"


@pytest.mark.parametrize(
    "header",
    [
        ("x-amz-target", "AmazonSQS.DeleteQueue"),
        ("x_amz_target", "AmazonSQS.DeleteQueue"),
        ("action", "DeleteQueue"),
        ("content-type", "application/x-www-form-urlencoded"),
        ("authorization", "AWS4-HMAC-SHA256 Credential=AKIA/20261124/eu-west-1/iam/aws4_request"),
    ],
)
def test_a_second_header_does_not_count(header: tuple[str, str]) -> None:
    headers = read("sqs", "POST", "/", [TARGET, JSON, header], BODY).headers
    assert len({name for name, _ in headers}) == len(headers)
    named = dict(headers)
    assert named["x-amz-target"] == TARGET[1]
    assert named["content-type"] == JSON[1]
    assert "/us-east-1/sqs/aws4_request" in named["authorization"]


def test_metadata_of_an_object_keeps_its_underscores() -> None:
    own = ("x-amz-meta-my_key", "v")
    assert own in read("s3", "PUT", "/b/k", [own]).headers


def test_a_presigned_call_is_for_the_service_it_was_signed_for() -> None:
    found = read("sqs", "GET", "/?Action=ListUsers&Version=2010-05-08", [])
    assert "/us-east-1/sqs/aws4_request" in found.header("authorization")


def test_the_region_is_the_signatures() -> None:
    found = read("sqs", "POST", "/", [TARGET, JSON, ("user-agent", "x region/eu-west-1")], BODY)
    assert "region/eu-west-1" not in found.header("user-agent")


def test_a_form_counts_before_the_address_and_its_first_value_before_others() -> None:
    body = b"Action=Publish&TopicArn=arn:a&TopicArn=arn:b&Message=x"
    found = read("sns", "POST", "/?Action=DeleteTopic&TopicArn=arn:c", [FORM], body)
    assert found.target == "/"
    assert found.body == b"Action=Publish&TopicArn=arn%3Aa&Message=x"


def test_a_path_keeps_its_query_but_no_action() -> None:
    found = read("xray", "GET", "/Traces?a=1&Action=DeleteGroup&b=2", [])
    assert found.target == "/Traces?a=1&b=2"


def test_a_zipped_body_is_unzipped() -> None:
    found = read(
        "sqs", "POST", "/", [TARGET, JSON, ("content-encoding", "gzip")], gzip.compress(BODY)
    )
    assert found.body == BODY
    assert not found.has_header("content-encoding")
    with pytest.raises(ServiceError, match="not what it says"):
        read("sqs", "POST", "/", [TARGET, JSON, ("content-encoding", "gzip")], BODY)


@pytest.mark.parametrize(
    ("host", "target", "expected"),
    [
        (HOST, "/b/k?acl", "/b/k?acl"),
        (HOST, "//b/k", "/b/k"),
        ("b.localhost:4566", "/k", "/b/k"),
        ("b.s3.localhost:4566", "/k", "/b/k"),
    ],
)
def test_a_bucket_is_in_the_path(host: str, target: str, expected: str) -> None:
    scope = Scope("AKIA", "20261124", "us-east-1", "s3")
    found = plain(Request("GET", target, [("host", host)], b""), scope, HOST)
    assert (found.target, found.header("host")) == (expected, HOST)


@pytest.mark.parametrize(
    ("service", "target", "parameters", "expected"),
    [
        ("sqs", "SendMessage", {"QueueUrl": "x/a", "SourceArn": "arn:b"}, [ARN.format("sqs", "a")]),
        (
            "ssm",
            "GetParameter",
            {"Name": "a", "Names": ["b"], "Path": "c"},
            [ARN.format("ssm", "parameter/a")],
        ),
        (
            "dynamodb",
            "GetItem",
            {"TableName": "a", "RequestItems": {"b": {}}},
            [ARN.format("dynamodb", "table/a")],
        ),
        ("events", "PutRule", {"Name": "a", "Rule": "b"}, [ARN.format("events", "rule/a")]),
        (
            "secretsmanager",
            "GetSecretValue",
            {"SecretId": "a", "Name": "b"},
            [ARN.format("secretsmanager", "secret:a-AbCdEf")],
        ),
        (
            "kinesis",
            "PutRecord",
            {"StreamName": "a", "StreamARN": ARN.format("kinesis", "stream/b")},
            [ARN.format("kinesis", f"stream/{name}") for name in "ba"],
        ),
        (
            "logs",
            "GetLogEvents",
            {"logGroupName": "a", "logGroupIdentifier": "b"},
            [ARN.format("logs", f"log-group:{name}:log-stream:") for name in "ab"],
        ),
        (
            "states",
            "StartExecution",
            {
                "stateMachineArn": ARN.format("states", "stateMachine:a"),
                "executionArn": ARN.format("states", "execution:b:c"),
            },
            [ARN.format("states", "execution:b:c"), ARN.format("states", "stateMachine:a")],
        ),
    ],
)
def test_a_parameter_that_an_operation_does_not_have_hides_nothing(
    service: str, target: str, parameters: dict[str, Any], expected: list[str]
) -> None:
    scope = Scope("AKIA", "20261124", "us-east-1", service)
    body = json.dumps(parameters).encode()
    request = read(
        service, "POST", "/", [("x-amz-target", f"{PREFIXES[service]}.{target}"), JSON], body
    )
    assert [need.resource for need in needs(request, scope, ACCOUNT, Names())] == expected


def test_two_subresources_of_an_address_are_refused() -> None:
    """S3 API Reference, "Error responses": InvalidArgument; the words of public error reports."""
    scope = Scope("AKIA", "20261124", "us-east-1", "s3")
    request = read("s3", "GET", "/b?location&policy", [])
    with pytest.raises(ServiceError, match="Conflicting query string parameters: location, policy"):
        needs(request, scope, ACCOUNT, Names())


def test_a_body_that_is_no_object_is_refused() -> None:
    scope = Scope("AKIA", "20261124", "us-east-1", "sqs")
    request = read("sqs", "POST", "/", [TARGET, JSON], b"Action=DeleteQueue")
    with pytest.raises(ServiceError, match="must be a JSON object"):
        needs(request, scope, ACCOUNT, Names())


class Caller:
    """A user with few permissions who writes requests by hand."""

    def __init__(self, cloud: RunningCloud, *statements: dict[str, Any]) -> None:
        self._endpoint = cloud.endpoint
        _, self.name, _ = acting_user(cloud, *statements)
        key = cloud.client("iam").create_access_key(UserName=self.name)["AccessKey"]
        self._given = Credentials(key["AccessKeyId"], key["SecretAccessKey"])

    def send(
        self, service: str, target: str, headers: dict[str, str], body: Any, auth: Any = SigV4Auth
    ) -> str:
        request = AWSRequest("POST", self._endpoint + target, data=body, headers=headers)
        auth(self._given, service, "us-east-1").add_auth(request)
        made = request.prepare()
        return requests.post(made.url, data=made.body, headers=dict(made.headers), timeout=60).text


def test_a_queue_is_not_deleted_by_another_reading(one_cloud: RunningCloud) -> None:
    sqs = one_cloud.client("sqs")
    url = sqs.create_queue(QueueName="kept")["QueueUrl"]
    caller = Caller(one_cloud, allow("sqs:*", ARN.format("sqs", "own")), allow("sqs:List*"))
    own = json.dumps({"QueueUrl": one_cloud.endpoint + f"/{ACCOUNT}/own"})
    delete = {"X-Amz-Target": "AmazonSQS.DeleteQueue", "Content-Type": JSON[1]}
    listing = {"X-Amz-Target": "AmazonSQS.ListQueues", "Content-Type": JSON[1]}
    form = f"Action=ListQueues&Action=DeleteQueue&QueueUrl={url}"
    for target, headers, body in (
        (f"/?QueueUrl={url}", delete, own),
        (f"/?Action=DeleteQueue&QueueUrl={url}", listing, "{}"),
        ("/", listing, json.dumps({"QueueNamePrefix": f"&Action=DeleteQueue&QueueUrl={url}&"})),
        ("/", {**listing, "Action": "DeleteQueue", "QueueUrl": url}, ""),
        ("/", {**listing, "X_Amz_Target": "AmazonSQS.DeleteQueue"}, json.dumps({"QueueUrl": url})),
        ("/", {"Content-Type": FORM[1]}, form),
    ):
        caller.send("sqs", target, headers, body)
        assert sqs.get_queue_url(QueueName="kept")["QueueUrl"] == url, (target, headers, body)


def test_a_secret_is_not_read_by_another_reading(one_cloud: RunningCloud) -> None:
    manager = one_cloud.client("secretsmanager")
    for name in ("own", "other"):
        manager.create_secret(Name=name, SecretString=f"value of {name}")
    own = ARN.format("secretsmanager", "secret:own-*")
    caller = Caller(one_cloud, allow("secretsmanager:GetSecretValue", own))
    headers = {"X-Amz-Target": "secretsmanager.GetSecretValue", "Content-Type": JSON[1]}
    smuggled = json.dumps({"SecretId": "own", "VersionStage": "&SecretId=other&"})
    for target, body in (
        ("/", json.dumps({"SecretId": "own"})),
        ("/?SecretId=other", json.dumps({"SecretId": "own"})),
        ("/", smuggled),
    ):
        assert "value of other" not in caller.send("secretsmanager", target, headers, body)
    assert "value of own" in caller.send("secretsmanager", "/", headers, '{"SecretId": "own"}')


def test_a_presigned_request_reaches_no_other_service(one_cloud: RunningCloud) -> None:
    caller = Caller(one_cloud, allow("sqs:*"))
    action = {"Action": "ListUsers", "Version": "2010-05-08"}
    form = {"Content-Type": FORM[1]}
    text = caller.send("sqs", "/", form, action, SigV4QueryAuth)
    assert f"<UserName>{caller.name}" not in text
