"""What `lab.calls()` shows of a call, and what it leaves out."""

from __future__ import annotations

import botocore.session
import pytest

from serverless_course.recorder import Recorder
from serverless_course.shown_parameters import shown

SECRET = "hunter2-hunter2"
PRESIGNED = (
    "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential="
    f"{SECRET}%2F20261129&X-Amz-Security-Token={SECRET}&X-Amz-Signature={SECRET}"
)


def show(service, operation, **params):
    model = botocore.session.Session().get_service_model(service).operation_model(operation)
    return shown(params, model)


@pytest.mark.parametrize(
    ("service", "operation", "params", "stays"),
    [
        (
            "lambda",
            "CreateFunction",
            {"FunctionName": "f", "Environment": {"Variables": {"DB_PASSWORD": SECRET}}},
            "DB_PASSWORD",
        ),
        (
            "lambda",
            "UpdateFunctionConfiguration",
            {"FunctionName": "f", "Environment": {"Variables": {"TABLE": SECRET}}},
            "TABLE",
        ),
        ("secretsmanager", "CreateSecret", {"Name": "db", "SecretString": SECRET}, "db"),
        ("secretsmanager", "CreateSecret", {"Name": "db", "SecretBinary": SECRET.encode()}, "db"),
        (
            "secretsmanager",
            "PutSecretValue",
            {"SecretId": "db", "SecretString": f'{{"a": "{SECRET}"}}'},
            "db",
        ),
        (
            "ssm",
            "PutParameter",
            {"Name": "/shop/it", "Type": "SecureString", "Value": SECRET},
            "/shop/it",
        ),
        ("iam", "CreateLoginProfile", {"UserName": "u", "Password": SECRET}, "u"),
        ("iam", "UpdateAccessKey", {"AccessKeyId": SECRET, "Status": "Active"}, "Active"),
        ("kms", "Encrypt", {"KeyId": "k", "Plaintext": SECRET.encode()}, "KeyId"),
        (
            "rds",
            "CreateDBInstance",
            {"DBInstanceIdentifier": "d", "MasterUserPassword": SECRET},
            "d",
        ),
        (
            "events",
            "CreateConnection",
            {
                "Name": "c",
                "AuthParameters": {
                    "BasicAuthParameters": {"Username": "u", "Password": SECRET},
                },
            },
            "BasicAuthParameters",
        ),
        (
            "dynamodb",
            "PutItem",
            {"TableName": "t", "Item": {"id": {"S": "1"}, "password": {"S": SECRET}}},
            "'id'",
        ),
        ("sqs", "SendMessage", {"QueueUrl": "q", "MessageBody": f"see {PRESIGNED}"}, "X-Amz-Al"),
        ("sqs", "SendMessage", {"MessageBody": f'{{"n": 1, "api_key": "{SECRET}"}}'}, '"n": 1'),
        ("sqs", "SendMessage", {"MessageBody": f'{{"a": [{{"token": "{SECRET}"}}]}}'}, '"a"'),
        ("sns", "Publish", {"Message": f"Authorization: Bearer {SECRET}"}, "Bearer"),
        ("sns", "Publish", {"Message": "key ASIAC5A839E58DB71260"}, "key"),
        ("sns", "Subscribe", {"Endpoint": f"https://me:{SECRET}@example.com/in"}, "example.com"),
        (
            "lambda",
            "Invoke",
            {"FunctionName": "f", "Payload": f'{{"n": 1, "password": "{SECRET}"}}'},
            '"n": 1',
        ),
        (
            "lambda",
            "Invoke",
            {"FunctionName": "f", "Payload": f'{{"n": 1, "link": "{PRESIGNED}"}}'.encode()},
            '"n": 1',
        ),
        (
            "cloudformation",
            "CreateStack",
            {
                "StackName": "s",
                "Parameters": [{"ParameterKey": "DbPassword", "ParameterValue": SECRET}],
            },
            "DbPassword",
        ),
    ],
)
def test_a_secret_is_masked_and_the_rest_is_shown(service, operation, params, stays):
    text = show(service, operation, **params)
    assert SECRET not in text
    assert "ASIAC5" not in text
    assert "…" in text
    assert stays in text
    for name in params:
        assert f"{name}=" in text


@pytest.mark.parametrize(
    ("service", "operation", "params", "text"),
    [
        ("lambda", "Invoke", {"Payload": b'{"n": 1}'}, """Payload='{"n": 1}'"""),
        ("lambda", "Invoke", {"Payload": '{"n":1}'}, """Payload='{"n":1}'"""),
        ("s3", "GetObject", {"Bucket": "b", "Key": "k"}, "Bucket='b', Key='k'"),
        (
            "sns",
            "CreateTopic",
            {"Name": "t", "Tags": [{"Key": "lab", "Value": "04"}]},
            "Name='t', Tags=[{'Key': 'lab', 'Value': '04'}]",
        ),
        ("sqs", "SendMessage", {"DelaySeconds": 3, "MessageBody": "x"}, "DelaySeconds=3"),
        ("lambda", "CreateFunction", {"Code": {"ZipFile": b"PK\x03"}}, "Code={…}"),
    ],
)
def test_what_is_no_secret_is_shown_as_it_was_written(service, operation, params, text):
    assert text in show(service, operation, **params)


def test_parameters_of_the_wrong_type_are_shown_and_left_to_botocore():
    assert show("lambda", "CreateFunction", Environment="x", Tags=3, FunctionName=None) == (
        "Environment='x', Tags=3, FunctionName=None"
    )


def test_the_recorder_keeps_no_secret():
    client = botocore.session.Session().create_client(
        "lambda",
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
    )
    recorder = Recorder()
    recorder.listen(client)
    client.meta.events.register(
        "before-send", lambda **_: (_ for _ in ()).throw(RuntimeError("no network"))
    )
    with pytest.raises(Exception, match="no network"):
        client.update_function_configuration(
            FunctionName="f", Environment={"Variables": {"DB_PASSWORD": SECRET}}
        )
    assert SECRET not in repr(recorder.table())
    assert SECRET not in repr(recorder.calls)
    assert "DB_PASSWORD" in repr(recorder.table())
