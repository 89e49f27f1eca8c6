"""What a request asks leave for: boto3's own requests, read as the server reads them.

Source: Service Authorization Reference of each service, and the S3 User Guide's "Required
permissions for Amazon S3 API operations" (read 2026-11).
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.awsrequest import AWSResponse
from botocore.config import Config
from roles import ACCOUNT, ARN, REGION

from serverless_course.localcloud.iam.requested import (
    check_reserved_tags,
    needs,
    operation_of,
)
from serverless_course.localcloud.wire.errors import ServiceError
from serverless_course.localcloud.wire.http import Request
from serverless_course.localcloud.wire.signature import Scope

SIGNING_NAMES = {
    "stepfunctions": "states",
    "cloudwatch": "monitoring",
    "dynamodbstreams": "dynamodb",
    "resourcegroupstaggingapi": "tagging",
}
ROLE = f"arn:aws:iam::{ACCOUNT}:role/worker"
TABLE = ARN.format("dynamodb", "table/orders")
FUNCTION = ARN.format("lambda", "function:work")
MACHINE = ARN.format("states", "stateMachine:m")
QUEUE_URL = f"http://127.0.0.1:1/{ACCOUNT}/orders"
GROUP = ARN.format("logs", "log-group:/app:log-stream:")
BUCKET = "arn:aws:s3:::shop"
KEY = {"id": {"S": "1"}}


class Names:
    def role_arn(self, name: str) -> str:
        return f"arn:aws:iam::{ACCOUNT}:role/path/{name}"

    def user_arn(self, name: str) -> str:
        return f"arn:aws:iam::{ACCOUNT}:user/team/{name}"

    def group_arn(self, name: str) -> str:
        return f"arn:aws:iam::{ACCOUNT}:group/{name}"

    def filtered_secrets(self, region: str, filters: list[Any]) -> list[str]:
        return [ARN.format("secretsmanager", "secret:found-AbCdEf")]

    def secret_arn(self, region: str, name: str) -> str:
        return (
            name
            if name.startswith("arn:")
            else ARN.format("secretsmanager", f"secret:{name}-AbCdEf")
        )


def sent(service: str, operation: str, **parameters: Any) -> Request:
    """The request that boto3 sends for an operation, caught before it leaves."""
    client = boto3.client(
        service,
        region_name=REGION,
        endpoint_url="http://127.0.0.1:1",
        aws_access_key_id="AKIAEXAMPLE",
        aws_secret_access_key="secret",
        config=Config(parameter_validation=False),
    )
    caught: list[Any] = []

    def catch(request: Any, **_: Any) -> AWSResponse:
        caught.append(request)
        raise KeyboardInterrupt

    client.meta.events.register("before-send", catch)
    with pytest.raises(KeyboardInterrupt):
        getattr(client, operation)(**parameters)
    request = caught[0]
    url = urlsplit(request.url)
    headers = [
        (name.lower(), value.decode() if isinstance(value, bytes) else str(value))
        for name, value in request.headers.items()
    ]
    body = request.body or b""
    if hasattr(body, "read"):
        body = body.read()
    target = url.path + (f"?{url.query}" if url.query else "")
    headers.append(("host", url.netloc))
    return Request(
        request.method, target, headers, body.encode() if isinstance(body, str) else body
    )


def asked(service: str, operation: str, parameters: dict[str, Any]) -> list[tuple[str, str]]:
    signing_name = SIGNING_NAMES.get(service, service)
    scope = Scope("AKIAEXAMPLE", "20261124", REGION, signing_name)
    found = needs(sent(service, operation, **parameters), scope, ACCOUNT, Names())
    return [(need.action, need.resource) for need in found]


S3 = [
    ("list_buckets", {}, [("s3:ListAllMyBuckets", "*")]),
    ("create_bucket", {"Bucket": "shop"}, [("s3:CreateBucket", BUCKET)]),
    ("delete_bucket", {"Bucket": "shop"}, [("s3:DeleteBucket", BUCKET)]),
    ("head_bucket", {"Bucket": "shop"}, [("s3:ListBucket", BUCKET)]),
    ("list_objects_v2", {"Bucket": "shop"}, [("s3:ListBucket", BUCKET)]),
    ("list_object_versions", {"Bucket": "shop"}, [("s3:ListBucketVersions", BUCKET)]),
    ("get_bucket_cors", {"Bucket": "shop"}, [("s3:GetBucketCORS", BUCKET)]),
    ("get_bucket_encryption", {"Bucket": "shop"}, [("s3:GetEncryptionConfiguration", BUCKET)]),
    ("delete_bucket_policy", {"Bucket": "shop"}, [("s3:DeleteBucketPolicy", BUCKET)]),
    ("delete_bucket_tagging", {"Bucket": "shop"}, [("s3:PutBucketTagging", BUCKET)]),
    (
        "get_bucket_notification_configuration",
        {"Bucket": "shop"},
        [("s3:GetBucketNotification", BUCKET)],
    ),
    (
        "put_object",
        {"Bucket": "shop", "Key": "a/b c+é", "Body": b"x"},
        [("s3:PutObject", f"{BUCKET}/a/b c+é")],
    ),
    (
        "put_object",
        {"Bucket": "shop", "Key": "a", "ACL": "private"},
        [("s3:PutObject", f"{BUCKET}/a"), ("s3:PutObjectAcl", f"{BUCKET}/a")],
    ),
    (
        "put_object",
        {"Bucket": "shop", "Key": "a", "Tagging": "t=1"},
        [("s3:PutObject", f"{BUCKET}/a"), ("s3:PutObjectTagging", f"{BUCKET}/a")],
    ),
    ("get_object", {"Bucket": "shop", "Key": "a"}, [("s3:GetObject", f"{BUCKET}/a")]),
    (
        "get_object",
        {"Bucket": "shop", "Key": "a", "VersionId": "1"},
        [("s3:GetObjectVersion", f"{BUCKET}/a")],
    ),
    ("head_object", {"Bucket": "shop", "Key": "a"}, [("s3:GetObject", f"{BUCKET}/a")]),
    (
        "get_object_tagging",
        {"Bucket": "shop", "Key": "a", "VersionId": "1"},
        [("s3:GetObjectVersionTagging", f"{BUCKET}/a")],
    ),
    ("delete_object", {"Bucket": "shop", "Key": "a"}, [("s3:DeleteObject", f"{BUCKET}/a")]),
    (
        "delete_objects",
        {"Bucket": "shop", "Delete": {"Objects": [{"Key": "a"}, {"Key": "b&c"}]}},
        [("s3:DeleteObject", f"{BUCKET}/a"), ("s3:DeleteObject", f"{BUCKET}/b&c")],
    ),
    (
        "copy_object",
        {"Bucket": "shop", "Key": "a", "CopySource": "other/b c"},
        [("s3:PutObject", f"{BUCKET}/a"), ("s3:GetObject", "arn:aws:s3:::other/b c")],
    ),
    ("create_multipart_upload", {"Bucket": "shop", "Key": "a"}, [("s3:PutObject", f"{BUCKET}/a")]),
    (
        "abort_multipart_upload",
        {"Bucket": "shop", "Key": "a", "UploadId": "1"},
        [("s3:AbortMultipartUpload", f"{BUCKET}/a")],
    ),
    (
        "list_parts",
        {"Bucket": "shop", "Key": "a", "UploadId": "1"},
        [("s3:ListMultipartUploadParts", f"{BUCKET}/a")],
    ),
]
LAMBDA = [
    ("invoke", {"FunctionName": "work"}, [("lambda:InvokeFunction", FUNCTION)]),
    (
        "invoke",
        {"FunctionName": "work", "Qualifier": "live"},
        [("lambda:InvokeFunction", f"{FUNCTION}:live")],
    ),
    ("invoke", {"FunctionName": f"{FUNCTION}:3"}, [("lambda:InvokeFunction", f"{FUNCTION}:3")]),
    ("list_functions", {}, [("lambda:ListFunctions", "*")]),
    ("get_function", {"FunctionName": "work"}, [("lambda:GetFunction", FUNCTION)]),
    ("get_alias", {"FunctionName": "work", "Name": "live"}, [("lambda:GetAlias", FUNCTION)]),
    (
        "create_function",
        {"FunctionName": "work", "Role": ROLE, "Code": {}},
        [("lambda:CreateFunction", FUNCTION), ("iam:PassRole", ROLE)],
    ),
    (
        "update_function_configuration",
        {"FunctionName": "work", "Timeout": 3},
        [("lambda:UpdateFunctionConfiguration", FUNCTION)],
    ),
    (
        "create_event_source_mapping",
        {"FunctionName": "work"},
        [("lambda:CreateEventSourceMapping", "*")],
    ),
    (
        "delete_event_source_mapping",
        {"UUID": "u-1"},
        [("lambda:DeleteEventSourceMapping", ARN.format("lambda", "event-source-mapping:u-1"))],
    ),
    (
        "tag_resource",
        {"Resource": FUNCTION, "Tags": {"a": "b"}},
        [("lambda:TagResource", FUNCTION)],
    ),
    (
        "get_layer_version",
        {"LayerName": "lib", "VersionNumber": 2},
        [("lambda:GetLayerVersion", ARN.format("lambda", "layer:lib:2"))],
    ),
]
DYNAMODB = [
    ("get_item", {"TableName": "orders", "Key": KEY}, [("dynamodb:GetItem", TABLE)]),
    ("get_item", {"TableName": TABLE, "Key": KEY}, [("dynamodb:GetItem", TABLE)]),
    (
        "query",
        {"TableName": "orders", "IndexName": "by-day"},
        [("dynamodb:Query", f"{TABLE}/index/by-day")],
    ),
    ("list_tables", {}, [("dynamodb:ListTables", "*")]),
    (
        "batch_get_item",
        {"RequestItems": {"orders": {"Keys": [KEY]}}},
        [("dynamodb:BatchGetItem", TABLE)],
    ),
    (
        "transact_write_items",
        {
            "TransactItems": [
                {"Delete": {"TableName": "orders", "Key": KEY}},
                {"ConditionCheck": {"TableName": "orders", "Key": KEY, "ConditionExpression": "a"}},
            ]
        },
        [("dynamodb:DeleteItem", TABLE), ("dynamodb:ConditionCheckItem", TABLE)],
    ),
    (
        "execute_statement",
        {"Statement": 'SELECT * FROM "orders"."by-day" WHERE id=1'},
        [("dynamodb:PartiQLSelect", f"{TABLE}/index/by-day")],
    ),
    (
        "execute_statement",
        {"Statement": "UPDATE orders SET a=1 WHERE id='1'"},
        [("dynamodb:PartiQLUpdate", TABLE)],
    ),
]
OTHERS = [
    (
        "sqs",
        "send_message",
        {"QueueUrl": QUEUE_URL, "MessageBody": "x"},
        [("sqs:SendMessage", ARN.format("sqs", "orders"))],
    ),
    (
        "sqs",
        "send_message_batch",
        {"QueueUrl": QUEUE_URL, "Entries": []},
        [("sqs:SendMessage", ARN.format("sqs", "orders"))],
    ),
    (
        "sqs",
        "create_queue",
        {"QueueName": "orders"},
        [("sqs:CreateQueue", ARN.format("sqs", "orders"))],
    ),
    ("sqs", "list_queues", {}, [("sqs:ListQueues", "*")]),
    (
        "sns",
        "publish",
        {"TopicArn": ARN.format("sns", "t"), "Message": "x"},
        [("sns:Publish", ARN.format("sns", "t"))],
    ),
    ("sns", "publish", {"PhoneNumber": "+35123", "Message": "x"}, [("sns:Publish", "*")]),
    (
        "sns",
        "unsubscribe",
        {"SubscriptionArn": ARN.format("sns", "t:u-1")},
        [("sns:Unsubscribe", ARN.format("sns", "t"))],
    ),
    ("sns", "create_topic", {"Name": "t"}, [("sns:CreateTopic", ARN.format("sns", "t"))]),
    (
        "dynamodbstreams",
        "describe_stream",
        {"StreamArn": f"{TABLE}/stream/1-and-more-of-its-label-here"},
        [("dynamodb:DescribeStream", f"{TABLE}/stream/1-and-more-of-its-label-here")],
    ),
    (
        "ssm",
        "get_parameter",
        {"Name": "/shop/key"},
        [("ssm:GetParameter", ARN.format("ssm", "parameter/shop/key"))],
    ),
    (
        "ssm",
        "get_parameters",
        {"Names": ["a", "/b"]},
        [
            ("ssm:GetParameters", ARN.format("ssm", "parameter/a")),
            ("ssm:GetParameters", ARN.format("ssm", "parameter/b")),
        ],
    ),
    (
        "ssm",
        "get_parameters_by_path",
        {"Path": "/shop/"},
        [("ssm:GetParametersByPath", ARN.format("ssm", "parameter/shop"))],
    ),
    ("ssm", "describe_parameters", {}, [("ssm:DescribeParameters", "*")]),
    (
        "secretsmanager",
        "get_secret_value",
        {"SecretId": "db"},
        [("secretsmanager:GetSecretValue", ARN.format("secretsmanager", "secret:db-AbCdEf"))],
    ),
    ("secretsmanager", "list_secrets", {}, [("secretsmanager:ListSecrets", "*")]),
    (
        "logs",
        "start_query",
        {"logGroupNames": ["/app", "/b"], "startTime": 1, "endTime": 2, "queryString": "fields a"},
        [
            ("logs:StartQuery", GROUP),
            ("logs:StartQuery", ARN.format("logs", "log-group:/b:log-stream:")),
        ],
    ),
    ("logs", "get_query_results", {"queryId": "q"}, [("logs:GetQueryResults", "*")]),
    ("logs", "describe_queries", {"logGroupName": "/app"}, [("logs:DescribeQueries", "*")]),
    ("logs", "create_log_group", {"logGroupName": "/app"}, [("logs:CreateLogGroup", GROUP)]),
    (
        "logs",
        "put_log_events",
        {"logGroupName": "/app", "logStreamName": "s", "logEvents": []},
        [("logs:PutLogEvents", f"{GROUP}s")],
    ),
    (
        "logs",
        "filter_log_events",
        {"logGroupIdentifier": ARN.format("logs", "log-group:/app:*")},
        [("logs:FilterLogEvents", GROUP)],
    ),
    (
        "logs",
        "describe_log_groups",
        {},
        [("logs:DescribeLogGroups", ARN.format("logs", "log-group::log-stream:"))],
    ),
    (
        "stepfunctions",
        "start_execution",
        {"stateMachineArn": MACHINE},
        [("states:StartExecution", MACHINE)],
    ),
    (
        "stepfunctions",
        "create_state_machine",
        {"name": "m", "roleArn": ROLE, "definition": "{}"},
        [("states:CreateStateMachine", MACHINE), ("iam:PassRole", ROLE)],
    ),
    ("stepfunctions", "list_state_machines", {}, [("states:ListStateMachines", "*")]),
    (
        "events",
        "put_events",
        {"Entries": [{"Source": "a"}, {"EventBusName": "own"}]},
        [
            ("events:PutEvents", ARN.format("events", "event-bus/default")),
            ("events:PutEvents", ARN.format("events", "event-bus/own")),
        ],
    ),
    (
        "events",
        "put_rule",
        {"Name": "r", "EventBusName": "own"},
        [("events:PutRule", ARN.format("events", "rule/own/r"))],
    ),
    (
        "events",
        "put_targets",
        {"Rule": "r", "Targets": [{"Id": "1", "Arn": MACHINE, "RoleArn": ROLE}]},
        [("events:PutTargets", ARN.format("events", "rule/r")), ("iam:PassRole", ROLE)],
    ),
    (
        "kinesis",
        "put_record",
        {"StreamName": "s", "Data": b"x", "PartitionKey": "1"},
        [("kinesis:PutRecord", ARN.format("kinesis", "stream/s"))],
    ),
    (
        "kinesis",
        "get_records",
        {"ShardIterator": "czpzaGFyZDox"},
        [("kinesis:GetRecords", ARN.format("kinesis", "stream/s"))],
    ),
    (
        "iam",
        "get_role",
        {"RoleName": "worker"},
        [("iam:GetRole", f"arn:aws:iam::{ACCOUNT}:role/path/worker")],
    ),
    ("iam", "list_users", {}, [("iam:ListUsers", "*")]),
    (
        "iam",
        "create_user",
        {"UserName": "ana", "Path": "/team/"},
        [("iam:CreateUser", f"arn:aws:iam::{ACCOUNT}:user/team/ana")],
    ),
    ("sts", "assume_role", {"RoleArn": ROLE, "RoleSessionName": "me"}, [("sts:AssumeRole", ROLE)]),
    (
        "xray",
        "put_trace_segments",
        {"TraceSegmentDocuments": ["{}"]},
        [("xray:PutTraceSegments", "*")],
    ),
    (
        "cloudwatch",
        "put_metric_data",
        {"Namespace": "n", "MetricData": []},
        [("cloudwatch:PutMetricData", "*")],
    ),
    (
        "cloudwatch",
        "put_metric_alarm",
        {"AlarmName": "slow", "EvaluationPeriods": 1, "ComparisonOperator": "x"},
        [("cloudwatch:PutMetricAlarm", ARN.format("cloudwatch", "alarm:slow"))],
    ),
    (
        "cloudwatch",
        "delete_alarms",
        {"AlarmNames": ["a", "b"]},
        [
            ("cloudwatch:DeleteAlarms", ARN.format("cloudwatch", "alarm:a")),
            ("cloudwatch:DeleteAlarms", ARN.format("cloudwatch", "alarm:b")),
        ],
    ),
    (
        "cloudwatch",
        "describe_alarms",
        {},
        [("cloudwatch:DescribeAlarms", ARN.format("cloudwatch", "alarm:*"))],
    ),
    (
        "cloudwatch",
        "get_dashboard",
        {"DashboardName": "d"},
        [("cloudwatch:GetDashboard", f"arn:aws:cloudwatch::{ACCOUNT}:dashboard/d")],
    ),
    (
        "cloudwatch",
        "tag_resource",
        {"ResourceARN": ARN.format("cloudwatch", "alarm:a"), "Tags": []},
        [("cloudwatch:TagResource", ARN.format("cloudwatch", "alarm:a"))],
    ),
    ("cloudwatch", "get_metric_data", {}, [("cloudwatch:GetMetricData", "*")]),
    ("resourcegroupstaggingapi", "get_tag_keys", {}, [("tag:GetTagKeys", "*")]),
]
RULE = {
    **dict.fromkeys(("ServiceName", "ServiceType", "Host", "HTTPMethod", "URLPath"), "*"),
    "ResourceARN": "*",
    "Priority": 1,
    "FixedRate": 1.0,
    "ReservoirSize": 1,
    "Version": 1,
}
SLOW = ARN.format("xray", "group/slow/ID")
BASE = ARN.format("xray", "sampling-rule/base")
XRAY = [
    (
        "get_group",
        {"GroupName": "slow"},
        [("xray:GetGroup", ARN.format("xray", "group/slow/*"))],
    ),
    ("delete_group", {"GroupARN": SLOW}, [("xray:DeleteGroup", SLOW)]),
    (
        # The ARN names nothing here, and does not count.
        "create_sampling_rule",
        {"SamplingRule": {**RULE, "RuleName": "base", "RuleARN": SLOW}},
        [("xray:CreateSamplingRule", BASE)],
    ),
    (
        "update_sampling_rule",
        {"SamplingRuleUpdate": {"RuleName": "base", "FixedRate": 0.1}},
        [("xray:UpdateSamplingRule", BASE)],
    ),
    ("tag_resource", {"ResourceARN": BASE, "Tags": []}, [("xray:TagResource", BASE)]),
    ("get_service_graph", {"StartTime": 1, "EndTime": 2}, [("xray:GetServiceGraph", "*")]),
]
CASES = [
    *[("s3", *case) for case in S3],
    *[("lambda", *case) for case in LAMBDA],
    *[("dynamodb", *case) for case in DYNAMODB],
    *[("xray", *case) for case in XRAY],
    *OTHERS,
]


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "expected"),
    CASES,
    ids=[f"{case[0]}-{case[1]}-{number}" for number, case in enumerate(CASES)],
)
def test_a_request_asks_for(
    service: str, operation: str, parameters: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert asked(service, operation, parameters) == expected


def test_a_policy_may_ask_into_which_namespace_metrics_are_put() -> None:
    scope = Scope("AKIAEXAMPLE", "20261124", REGION, "monitoring")
    request = sent("cloudwatch", "put_metric_data", Namespace="Shop", MetricData=[])
    (need,) = needs(request, scope, ACCOUNT, Names())
    assert need.context == {"cloudwatch:namespace": "Shop"}


def test_a_body_that_is_no_cbor_is_refused() -> None:
    scope = Scope("AKIAEXAMPLE", "20261124", REGION, "monitoring")
    request = sent("cloudwatch", "put_metric_data", Namespace="Shop", MetricData=[])
    for body in (b"\xff", b"\x01", request.body[:-3]):
        broken = Request(request.method, request.target, request.headers, body)
        with pytest.raises(ServiceError, match="SerializationException"):
            needs(broken, scope, ACCOUNT, Names())


LIST, UPPER, MAP = [{"Key": "aws:x", "Value": "v"}], {"AWS:x": "v"}, {"aws:x": "v"}
TOPIC = ARN.format("sns", "news")
TRUSTED = {"RoleName": "r", "AssumeRolePolicyDocument": "{}"}
RULE = {"Name": "r", "ScheduleExpression": "rate(1 day)"}
PIPE = {"Name": "p", "Source": "s", "Target": "t", "RoleArn": ROLE}
RESERVED: list[tuple[str, str, dict[str, Any], str]] = [
    ("sqs", "tag_queue", {"QueueUrl": QUEUE_URL, "Tags": MAP}, "InvalidParameterValue"),
    ("sqs", "create_queue", {"QueueName": "q", "tags": UPPER}, "InvalidParameterValue"),
    ("sns", "tag_resource", {"ResourceArn": TOPIC, "Tags": LIST}, "InvalidParameter"),
    ("elbv2", "add_tags", {"ResourceArns": ["a"], "Tags": LIST}, "ValidationError"),
    ("pipes", "create_pipe", {**PIPE, "Tags": MAP}, "ValidationException"),
    ("scheduler", "create_schedule_group", {"Name": "g", "Tags": LIST}, "ValidationException"),
    (
        "lambda",
        "tag_resource",
        {"Resource": FUNCTION, "Tags": MAP},
        "InvalidParameterValueException",
    ),
    ("apigateway", "create_rest_api", {"name": "a", "tags": MAP}, "BadRequestException"),
    ("apigatewayv2", "tag_resource", {"ResourceArn": "a", "Tags": UPPER}, "BadRequestException"),
    ("cloudformation", "create_stack", {"StackName": "s", "Tags": LIST}, "ValidationError"),
    ("ec2", "create_tags", {"Resources": ["vpc-1"], "Tags": LIST}, "InvalidParameterValue"),
    ("iam", "create_role", {**TRUSTED, "Tags": LIST}, "InvalidInput"),
    ("events", "put_rule", {**RULE, "Tags": LIST}, "ValidationException"),
    ("kms", "create_key", {"Tags": [{"TagKey": "aws:x", "TagValue": "v"}]}, "TagException"),
    ("logs", "create_log_group", {"logGroupName": "/g", "tags": MAP}, "InvalidParameterException"),
    ("cloudwatch", "tag_resource", {"ResourceARN": "a", "Tags": LIST}, "InvalidParameterValue"),
    ("s3", "put_object", {"Bucket": "shop", "Key": "k", "Tagging": "aws%3Ax=v"}, "InvalidTag"),
]
ALLOWED: list[tuple[str, str, dict[str, Any]]] = [
    ("sqs", "tag_queue", {"QueueUrl": QUEUE_URL, "Tags": {"team": "aws:x", "my-aws:": ""}}),
    ("sns", "untag_resource", {"ResourceArn": TOPIC, "TagKeys": ["aws:x"]}),
    ("lambda", "tag_resource", {"Resource": FUNCTION, "Tags": {"team": "aws:x"}}),
]


def check_tags_of(service: str, operation: str, parameters: dict[str, Any]) -> None:
    name = {"elbv2": "elasticloadbalancing", "apigatewayv2": "apigateway"}.get(service, service)
    name = SIGNING_NAMES.get(name, name)
    request = sent(service, operation, **parameters)
    scope = Scope("AKIAEXAMPLE", "20261124", REGION, name)
    check_reserved_tags(request, name, operation_of(request, scope))


@pytest.mark.parametrize(("service", "operation", "parameters", "code"), RESERVED)
def test_keys_of_tags_that_aws_keeps_for_itself(
    service: str, operation: str, parameters: dict[str, Any], code: str
) -> None:
    with pytest.raises(ServiceError) as caught:
        check_tags_of(service, operation, parameters)
    assert caught.value.code == code


@pytest.mark.parametrize(("service", "operation", "parameters"), ALLOWED)
def test_tags_that_only_look_like_aws_own(
    service: str, operation: str, parameters: dict[str, Any]
) -> None:
    check_tags_of(service, operation, parameters)
