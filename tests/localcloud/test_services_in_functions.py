"""Functions use other services by the ordinary SDK, with their role and nothing else.

Sources: Lambda Developer Guide, "Defining Lambda function permissions with an execution role";
fact sheet of 2026-11, section 11 (configuration, data services).
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from queue_policies import open_to
from roles import ARN, allow, deny, writing_role
from running_cloud import RunningCloud

SOURCES = {
    "parameters": """
import boto3

ssm = boto3.client("ssm")

def handler(event, context):
    one = ssm.get_parameter(Name="/app/url")["Parameter"]
    secret = ssm.get_parameter(Name="/app/key", WithDecryption=True)["Parameter"]
    below = ssm.get_parameters_by_path(Path="/app", WithDecryption=True)["Parameters"]
    ssm.put_parameter(Name="/app/seen", Value=context.aws_request_id, Type="String", Overwrite=True)
    return [one["Value"], secret["Value"], sorted(found["Name"] for found in below)]
""",
    "secrets": """
import boto3, json

secrets = boto3.client("secretsmanager")

def handler(event, context):
    found = secrets.get_secret_value(SecretId="app/db")
    return [json.loads(found["SecretString"])["password"], found["VersionStages"]]
""",
    "objects": """
import boto3

s3 = boto3.resource("s3").Bucket("app-objects")

def handler(event, context):
    s3.put_object(Key="out/" + event["key"], Body=event["text"].upper().encode())
    text = s3.Object("out/" + event["key"]).get()["Body"].read().decode()
    return [text, [item.key for item in s3.objects.filter(Prefix="out/")]]
""",
    "table": """
import boto3
from boto3.dynamodb.conditions import Key

table = boto3.resource("dynamodb").Table("app-table")

def handler(event, context):
    table.put_item(Item={"id": "a", "n": 1})
    for _ in range(3):
        table.update_item(Key={"id": "a"}, UpdateExpression="ADD n :one",
                          ExpressionAttributeValues={":one": 1})
    found = table.query(KeyConditionExpression=Key("id").eq("a"))["Items"]
    return int(found[0]["n"])
""",
    "messages": """
import boto3, os

sqs, sns = boto3.client("sqs"), boto3.client("sns")

def handler(event, context):
    url = sqs.get_queue_url(QueueName="app-queue")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody="direct")
    sns.publish(TopicArn=event, Message="by topic")
    found = []
    while len(found) < 2:
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        for message in answer.get("Messages", []):
            found.append(message["Body"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return sorted(found)
""",
    "other-function": """
import boto3, json

lam = boto3.client("lambda")

def handler(event, context):
    answer = lam.invoke(FunctionName=event, Payload=json.dumps({"from": context.function_name}))
    return json.load(answer["Payload"])
""",
    "stream": """
import boto3

kinesis = boto3.client("kinesis")

def handler(event, context):
    kinesis.put_record(StreamName="app-stream", Data=b"x", PartitionKey="1")
    shard = kinesis.list_shards(StreamName="app-stream")["Shards"][0]["ShardId"]
    iterator = kinesis.get_shard_iterator(StreamName="app-stream", ShardId=shard,
                                          ShardIteratorType="TRIM_HORIZON")["ShardIterator"]
    return [record["Data"].decode() for record in kinesis.get_records(ShardIterator=iterator)["Records"]]
""",
    "metrics": """
import boto3

cloudwatch = boto3.client("cloudwatch")

def handler(event, context):
    cloudwatch.put_metric_data(Namespace="app", MetricData=[{"MetricName": "orders", "Value": 1}])
    return [m["MetricName"] for m in cloudwatch.list_metrics(Namespace="app")["Metrics"]]
""",
}
BUCKET = "arn:aws:s3:::app-objects"
# Least privilege: what each of them needs, and no more.
STATEMENTS: dict[str, list[dict[str, Any]]] = {
    "parameters": [
        allow(["ssm:GetParameter*", "ssm:PutParameter"], ARN.format("ssm", "parameter/app*"))
    ],
    "secrets": [
        allow("secretsmanager:GetSecretValue", ARN.format("secretsmanager", "secret:app/db-??????"))
    ],
    "objects": [
        allow(["s3:GetObject", "s3:PutObject"], f"{BUCKET}/out/*"),
        allow("s3:ListBucket", BUCKET),
    ],
    "table": [
        allow(
            ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:Query"],
            ARN.format("dynamodb", "table/app-table"),
        )
    ],
    "messages": [
        allow(
            [
                "sqs:GetQueueUrl",
                "sqs:SendMessage",
                "sqs:ReceiveMessage",
                "sqs:DeleteMessage",
            ],
            ARN.format("sqs", "app-queue"),
        ),
        allow("sns:Publish", ARN.format("sns", "app-topic")),
    ],
    "other-function": [allow("lambda:InvokeFunction", ARN.format("lambda", "function:app-callee"))],
    "stream": [allow("kinesis:*", ARN.format("kinesis", "stream/app-stream"))],
    "metrics": [allow(["cloudwatch:PutMetricData", "cloudwatch:ListMetrics"])],
}


@pytest.fixture(scope="module")
def furnished(one_cloud: RunningCloud) -> RunningCloud:
    """A server that holds what the functions work with."""
    cloud = one_cloud
    ssm = cloud.client("ssm")
    ssm.put_parameter(Name="/app/url", Value="https://example.org", Type="String")
    ssm.put_parameter(Name="/app/key", Value="k-1", Type="SecureString")
    secret = json.dumps({"user": "app", "password": "p"})
    cloud.client("secretsmanager").create_secret(Name="app/db", SecretString=secret)
    cloud.client("s3").create_bucket(Bucket="app-objects")
    cloud.client("dynamodb").create_table(
        TableName="app-table",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    cloud.client("sqs").create_queue(QueueName="app-queue", Attributes={"Policy": open_to("sns")})
    topic = cloud.client("sns").create_topic(Name="app-topic")["TopicArn"]
    cloud.client("sns").subscribe(
        TopicArn=topic,
        Protocol="sqs",
        Endpoint=ARN.format("sqs", "app-queue"),
        Attributes={"RawMessageDelivery": "true"},
    )
    cloud.client("kinesis").create_stream(StreamName="app-stream", ShardCount=1)
    cloud.create("def handler(event, context): return event\n", name="app-callee")
    return cloud


CALLS: dict[str, tuple[Any, Any]] = {
    "parameters": (None, ["https://example.org", "k-1", ["/app/key", "/app/url"]]),
    "secrets": (None, ["p", ["AWSCURRENT"]]),
    "objects": ({"key": "a b", "text": "hello"}, ["HELLO", ["out/a b"]]),
    "table": (None, 4),
    "messages": (ARN.format("sns", "app-topic"), ["by topic", "direct"]),
    "other-function": ("app-callee", {"from": "app-other-function"}),
    "stream": (None, ["x"]),
    "metrics": (None, ["orders"]),
}


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_a_function_works_with_least_privilege_and_fails_without(
    furnished: RunningCloud, name: str
) -> None:
    event, expected = CALLS[name]
    role = writing_role(furnished, *STATEMENTS[name])
    function = furnished.create(SOURCES[name], name=f"app-{name}", Role=role)
    call = furnished.call(function, event)
    assert (call.error, call.payload) == ("", expected)
    furnished.client("iam").put_role_policy(
        RoleName=role.rpartition("/")[2],
        PolicyName="test",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [deny("*")]}),
    )
    call = furnished.call(function, event)
    assert call.error == "Unhandled"
    assert "not authorized to perform" in call.payload["errorMessage"]
    assert "explicit deny in an identity-based policy" in call.payload["errorMessage"]


def test_a_function_has_only_its_roles_credentials(furnished: RunningCloud) -> None:
    """Nothing of the learner's reaches it: neither the key nor the environment."""
    source = """
import os, boto3

def handler(event, context):
    given = boto3.Session().get_credentials().get_frozen_credentials()
    return [given.access_key, bool(given.token), dict(os.environ)]
"""
    name = furnished.create(source, Role=writing_role(furnished))
    key, has_token, variables = furnished.call(name).payload
    assert key.startswith("ASIA")
    assert has_token
    assert furnished.ready["access_key_id"] not in str(variables)
    assert furnished.ready["secret_access_key"] not in str(variables)


def test_changed_permissions_count_for_a_warm_environment(furnished: RunningCloud) -> None:
    role = writing_role(furnished, allow("ssm:GetParameter*"), allow("ssm:PutParameter"))
    name = furnished.create(SOURCES["parameters"], Role=role)
    assert furnished.call(name).error == ""
    iam, role_name = furnished.client("iam"), role.rpartition("/")[2]
    iam.delete_role_policy(RoleName=role_name, PolicyName="test")
    call = furnished.call(name)
    assert call.figure("Init Duration") is None
    assert "ssm:GetParameter" in call.payload["errorMessage"]
