"""Roles count: what a signed request may do, on a running server.

Sources: IAM User Guide, "Policy evaluation logic" and "Access denied error messages"; Lambda
Developer Guide, "Defining Lambda function permissions with an execution role" (read 2026-11); the
codes and the words of single services: public error reports of 2022 to 2025.
"""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from roles import (
    ACCOUNT,
    ARN,
    OF_ACCOUNT,
    acting_as,
    acting_user,
    allow,
    assume,
    change,
    deny,
    of_service,
    policy,
    role,
    trust,
    writing_role,
)
from running_cloud import RUNTIME, RunningCloud, wait_for, zip_of

CALLER = """
import boto3, json

# Nothing here waits on the scaled clock: functions settle sooner.
CLOCK_FACTOR = 6000

def handler(event, context):
    client = boto3.client(event["service"])
    try:
        answer = getattr(client, event["operation"])(**event["parameters"])
    except Exception as error:
        return {"error": str(error)}
    answer.pop("ResponseMetadata")
    return json.loads(json.dumps(answer, default=str))
"""
WHY = "because no identity-based policy allows the {} action"


def refused(call: Any, *given: Any, **named: Any) -> tuple[str, str, int]:
    """The code, the message and the status with which a call is refused."""
    with pytest.raises(ClientError) as caught:
        call(*given, **named)
    error = caught.value.response
    status = error["ResponseMetadata"]["HTTPStatusCode"]
    return error["Error"]["Code"], error["Error"]["Message"], status


@pytest.fixture(scope="module")
def queues(one_cloud: RunningCloud) -> dict[str, str]:
    sqs = one_cloud.client("sqs")
    return {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("orders", "other")}


@pytest.fixture(scope="module")
def bucket(one_cloud: RunningCloud) -> str:
    s3 = one_cloud.client("s3")
    s3.create_bucket(Bucket="shop-files")
    s3.put_object(Bucket="shop-files", Key="in/a b+c.txt", Body=b"a")
    s3.put_object(Bucket="shop-files", Key="out/a.txt", Body=b"b")
    return "shop-files"


@pytest.fixture(scope="module")
def table(one_cloud: RunningCloud) -> str:
    one_cloud.client("dynamodb").create_table(
        TableName="orders",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[
            {"AttributeName": "id", "AttributeType": "S"},
            {"AttributeName": "day", "AttributeType": "S"},
        ],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by-day",
                "KeySchema": [{"AttributeName": "day", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return "orders"


# queues


def test_a_queue_that_the_policy_names(one_cloud: RunningCloud, queues: dict[str, str]) -> None:
    sqs = acting_as(one_cloud, allow("sqs:SendMessage", ARN.format("sqs", "orders"))).client("sqs")
    sqs.send_message(QueueUrl=queues["orders"], MessageBody="x")
    sqs.send_message_batch(QueueUrl=queues["orders"], Entries=[{"Id": "1", "MessageBody": "x"}])
    code, message, status = refused(sqs.send_message, QueueUrl=queues["other"], MessageBody="x")
    who = message.split()[1]
    assert who.startswith(f"arn:aws:sts::{ACCOUNT}:assumed-role/r-")
    assert who.endswith("/tester")
    assert (code, status) == ("AccessDenied", 403)
    assert message == (
        f"User: {who} is not authorized to perform: sqs:sendmessage on resource: "
        f"{ARN.format('sqs', 'other')} {WHY.format('sqs:sendmessage')}"
    )
    assert refused(sqs.receive_message, QueueUrl=queues["orders"])[0] == "AccessDenied"


def test_an_explicit_deny_wins(one_cloud: RunningCloud, queues: dict[str, str]) -> None:
    sqs = acting_as(one_cloud, allow("*"), deny("sqs:SendMessage", ARN.format("sqs", "o*"))).client(
        "sqs"
    )
    sqs.list_queues()
    _, message, _ = refused(sqs.send_message, QueueUrl=queues["orders"], MessageBody="x")
    assert message.endswith("with an explicit deny in an identity-based policy")


def test_changes_count_at_once(one_cloud: RunningCloud, queues: dict[str, str]) -> None:
    iam = one_cloud.client("iam")
    arn = role(one_cloud, allow("sqs:ListQueues"), principal=OF_ACCOUNT)
    sqs = assume(one_cloud, arn).client("sqs")
    send = {"QueueUrl": queues["orders"], "MessageBody": "x"}
    refused(sqs.send_message, **send)
    change(one_cloud, arn, allow("sqs:*"))
    sqs.send_message(**send)
    change(one_cloud, arn, allow("s3:*"))
    refused(sqs.send_message, **send)
    managed = iam.create_policy(PolicyName="send", PolicyDocument=policy(allow("sqs:*")))
    name, policy_arn = arn.rpartition("/")[2], managed["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=name, PolicyArn=policy_arn)
    sqs.send_message(**send)
    iam.create_policy_version(
        PolicyArn=policy_arn, PolicyDocument=policy(allow("s3:*")), SetAsDefault=True
    )
    refused(sqs.send_message, **send)


# S3


def test_objects_by_their_key(one_cloud: RunningCloud, bucket: str) -> None:
    s3 = acting_as(
        one_cloud, allow(["s3:GetObject", "s3:PutObject"], f"arn:aws:s3:::{bucket}/in/*")
    ).client("s3")
    assert s3.get_object(Bucket=bucket, Key="in/a b+c.txt")["Body"].read() == b"a"
    s3.put_object(Bucket=bucket, Key="in/new", Body=b"x")
    code, message, status = refused(s3.get_object, Bucket=bucket, Key="out/a.txt")
    assert (code, status) == ("AccessDenied", 403)
    assert f's3:GetObject on resource: "arn:aws:s3:::{bucket}/out/a.txt" because' in message
    for call, given in (
        (s3.delete_object, {"Key": "in/new"}),
        (s3.list_objects_v2, {}),
        (s3.copy_object, {"Key": "in/copy", "CopySource": f"{bucket}/out/a.txt"}),
    ):
        assert refused(call, Bucket=bucket, **given)[0] == "AccessDenied"


def test_a_listing_by_its_prefix(one_cloud: RunningCloud, bucket: str) -> None:
    """Source: S3 User Guide, "Bucket policy examples": the s3:prefix key."""
    s3 = acting_as(
        one_cloud,
        allow(
            "s3:ListBucket",
            f"arn:aws:s3:::{bucket}",
            Condition={"StringLike": {"s3:prefix": ["in/*", "in/"]}},
        ),
    ).client("s3")
    assert s3.list_objects_v2(Bucket=bucket, Prefix="in/")["KeyCount"] >= 1
    refused(s3.list_objects_v2, Bucket=bucket, Prefix="out/")
    refused(s3.list_objects_v2, Bucket=bucket)


def test_many_objects_are_deleted_only_where_all_may_be(
    one_cloud: RunningCloud, bucket: str
) -> None:
    s3 = acting_as(one_cloud, allow("s3:DeleteObject", f"arn:aws:s3:::{bucket}/in/*")).client("s3")
    both = {"Objects": [{"Key": "in/nothing"}, {"Key": "out/nothing"}]}
    refused(s3.delete_objects, Bucket=bucket, Delete=both)
    s3.delete_objects(Bucket=bucket, Delete={"Objects": both["Objects"][:1]})


def test_a_presigned_address_has_the_rights_of_who_signed_it(
    one_cloud: RunningCloud, bucket: str
) -> None:
    import requests

    acting = acting_as(one_cloud, allow("s3:GetObject", f"arn:aws:s3:::{bucket}/in/*"))
    s3 = acting.client("s3", config=Config(signature_version="s3v4"))
    for key, status in (("in/a b+c.txt", 200), ("out/a.txt", 403)):
        url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": key})
        assert requests.get(url, timeout=60).status_code == status


# DynamoDB, parameters, secrets, streams, events


def test_a_table_and_its_index(one_cloud: RunningCloud, table: str) -> None:
    arn = ARN.format("dynamodb", f"table/{table}")
    query = {
        "TableName": table,
        "IndexName": "by-day",
        "KeyConditionExpression": "#d = :d",
        "ExpressionAttributeNames": {"#d": "day"},
        "ExpressionAttributeValues": {":d": {"S": "1"}},
    }
    dynamodb = acting_as(one_cloud, allow(["dynamodb:GetItem", "dynamodb:Query"], arn)).client(
        "dynamodb"
    )
    dynamodb.get_item(TableName=table, Key={"id": {"S": "1"}})
    code, message, status = refused(dynamodb.query, **query)
    assert (code, status) == ("AccessDeniedException", 400)
    assert f"dynamodb:Query on resource: {arn}/index/by-day because" in message
    refused(dynamodb.put_item, TableName=table, Item={"id": {"S": "1"}})
    with_index = acting_as(one_cloud, allow("dynamodb:Query", f"{arn}/index/*")).client("dynamodb")
    assert with_index.query(**query)["Count"] == 0


def test_a_transaction_needs_each_of_its_parts(one_cloud: RunningCloud, table: str) -> None:
    put = {"Put": {"TableName": table, "Item": {"id": {"S": "t"}}}}
    delete = {"Delete": {"TableName": table, "Key": {"id": {"S": "other"}}}}
    dynamodb = acting_as(one_cloud, allow("dynamodb:PutItem")).client("dynamodb")
    dynamodb.transact_write_items(TransactItems=[put])
    assert (
        "dynamodb:DeleteItem"
        in refused(dynamodb.transact_write_items, TransactItems=[put, delete])[1]
    )


def test_parameters_by_their_path(one_cloud: RunningCloud) -> None:
    one_cloud.client("ssm").put_parameter(Name="/shop/url", Value="u", Type="String")
    one_cloud.client("ssm").put_parameter(Name="/bank/url", Value="u", Type="String")
    ssm = acting_as(
        one_cloud, allow("ssm:GetParameter*", ARN.format("ssm", "parameter/shop*"))
    ).client("ssm")
    assert ssm.get_parameter(Name="/shop/url")["Parameter"]["Value"] == "u"
    assert ssm.get_parameters_by_path(Path="/shop")["Parameters"]
    code, message, status = refused(ssm.get_parameter, Name="/bank/url")
    assert (code, status) == ("AccessDeniedException", 400)
    assert ARN.format("ssm", "parameter/bank/url") in message
    refused(ssm.get_parameters, Names=["/shop/url", "/bank/url"])


def test_a_secret_by_its_name_or_its_arn(one_cloud: RunningCloud) -> None:
    arn = one_cloud.client("secretsmanager").create_secret(Name="db", SecretString="s")["ARN"]
    pattern = ARN.format("secretsmanager", "secret:db-??????")
    secrets = acting_as(one_cloud, allow("secretsmanager:GetSecretValue", pattern)).client(
        "secretsmanager"
    )
    for name in ("db", arn):
        assert secrets.get_secret_value(SecretId=name)["SecretString"] == "s"
    assert arn in refused(secrets.delete_secret, SecretId="db")[1]
    refused(secrets.list_secrets)


def test_sns_answers_in_its_own_words(one_cloud: RunningCloud) -> None:
    sns = acting_as(one_cloud, allow("sqs:*")).client("sns")
    topic = ARN.format("sns", "news")
    code, message, status = refused(sns.publish, TopicArn=topic, Message="x")
    assert (code, status) == ("AuthorizationError", 403)
    assert f"SNS:Publish on resource: {topic} {WHY.format('SNS:Publish')}" in message


def test_the_bus_the_stream_and_the_log_group(one_cloud: RunningCloud) -> None:
    one_cloud.client("logs").create_log_group(logGroupName="/app/one")
    acting = acting_as(
        one_cloud,
        allow("events:PutEvents", ARN.format("events", "event-bus/default")),
        allow("logs:*", ARN.format("logs", "log-group:/app/*:*")),
    )
    entry = {"Source": "a", "DetailType": "b", "Detail": "{}"}
    events, logs = acting.client("events"), acting.client("logs")
    events.put_events(Entries=[entry])
    refused(events.put_events, Entries=[{**entry, "EventBusName": "own"}])
    logs.describe_log_streams(logGroupName="/app/one")
    refused(logs.create_log_group, logGroupName="/other")
    refused(logs.describe_log_groups)
    kinesis = acting.client("kinesis")
    assert (
        ARN.format("kinesis", "stream/s")
        in refused(kinesis.put_record, StreamName="s", Data=b"x", PartitionKey="1")[1]
    )


def test_a_service_with_cbor_can_be_refused(one_cloud: RunningCloud) -> None:
    cloudwatch = acting_as(one_cloud, allow("sqs:*")).client("cloudwatch")
    data = [{"MetricName": "a", "Value": 1}]
    code, message, status = refused(cloudwatch.put_metric_data, Namespace="n", MetricData=data)
    assert (code, status) == ("AccessDenied", 403)
    assert message.endswith(WHY.format("cloudwatch:PutMetricData"))


# Lambda


def test_a_function_by_name_version_and_alias(one_cloud: RunningCloud) -> None:
    name = one_cloud.create("def handler(event, context): return 1\n")
    lam = one_cloud.client("lambda")
    lam.publish_version(FunctionName=name)
    one_cloud.settle(name)
    arn = ARN.format("lambda", f"function:{name}")
    plain = acting_as(one_cloud, allow("lambda:InvokeFunction", arn)).client("lambda")
    assert plain.invoke(FunctionName=name)["StatusCode"] == 200
    code, message, status = refused(plain.invoke, FunctionName=name, Qualifier="1")
    assert (code, status) == ("AccessDeniedException", 403)
    assert f"lambda:InvokeFunction on resource: {arn}:1 because" in message
    versions = acting_as(one_cloud, allow("lambda:InvokeFunction", f"{arn}:*")).client("lambda")
    assert versions.invoke(FunctionName=f"{arn}:1")["ExecutedVersion"] == "1"
    refused(versions.invoke, FunctionName=name)
    refused(versions.delete_function, FunctionName=name)
    assert "lambda:ListFunctions on resource: * because" in refused(versions.list_functions)[1]


def test_a_functions_own_policy_can_let_a_role_in(one_cloud: RunningCloud) -> None:
    name = one_cloud.create("def handler(event, context): return 1\n")
    arn = role(one_cloud, allow("s3:*"), principal=OF_ACCOUNT)
    lam = assume(one_cloud, arn).client("lambda")
    refused(lam.invoke, FunctionName=name)
    one_cloud.client("lambda").add_permission(
        FunctionName=name, StatementId="in", Action="lambda:InvokeFunction", Principal=arn
    )
    assert lam.invoke(FunctionName=name)["StatusCode"] == 200
    change(one_cloud, arn, deny("lambda:*"))
    assert "explicit deny" in refused(lam.invoke, FunctionName=name)[1]


def test_a_function_url_asks_for_the_callers_policies(one_cloud: RunningCloud) -> None:
    """Source: Lambda Developer Guide, "Control access to Lambda function URLs" (read 2026-11)."""
    import http.client
    from urllib.parse import urlsplit

    name = one_cloud.create("def handler(event, context): return 'in'\n")
    lam = one_cloud.client("lambda")
    url = lam.create_function_url_config(FunctionName=name, AuthType="AWS_IAM")["FunctionUrl"]
    both = ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"]
    arn = ARN.format("lambda", f"function:{name}")

    def status(*statements: dict[str, Any]) -> int:
        _, user, _ = acting_user(one_cloud, *statements)
        key = one_cloud.client("iam").create_access_key(UserName=user)["AccessKey"]
        given = Credentials(key["AccessKeyId"], key["SecretAccessKey"])
        request = AWSRequest("GET", url)
        SigV4Auth(given, "lambda", "us-east-1").add_auth(request)
        host = urlsplit(url)
        connection = http.client.HTTPConnection("127.0.0.1", host.port or 80, timeout=30)
        headers = {"Host": host.netloc, **dict(request.prepare().headers)}
        connection.request("GET", "/", headers=headers)
        return connection.getresponse().status

    assert status(allow(both, arn)) == 200
    assert status(allow(both[:1], arn)) == 403
    assert status(allow("*"), deny(both[1], arn)) == 403
    only_iam = {"StringEquals": {"lambda:FunctionUrlAuthType": "AWS_IAM"}}
    assert status(allow(both, arn, Condition=only_iam)) == 200


def test_a_role_can_only_be_passed_by_who_may(one_cloud: RunningCloud) -> None:
    worker = role(one_cloud)
    function = {
        "Runtime": RUNTIME,
        "Handler": "index.handler",
        "Role": worker,
        "Code": {"ZipFile": zip_of({"index.py": ""})},
    }
    lam = acting_as(one_cloud, allow("lambda:*")).client("lambda")
    code, message, _ = refused(lam.create_function, FunctionName="passed", **function)
    assert code == "AccessDeniedException"
    assert f"iam:PassRole on resource: {worker} because" in message
    only_to = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    lam = acting_as(
        one_cloud, allow("lambda:*"), allow("iam:PassRole", worker, Condition=only_to)
    ).client("lambda")
    lam.create_function(FunctionName="passed", **function)


@pytest.mark.parametrize(
    "principal",
    [
        of_service("lambda"),
        {"Service": ["states.amazonaws.com", "lambda.amazonaws.com"]},
        "*",
    ],
)
def test_a_function_needs_a_role_that_trusts_lambda(
    one_cloud: RunningCloud, principal: Any
) -> None:
    assert one_cloud.create("x = 1\n", Role=role(one_cloud, principal=principal))


@pytest.mark.parametrize("arn", [None, f"arn:aws:iam::{ACCOUNT}:role/nobody"])
def test_another_role_cannot_be_assumed_by_lambda(one_cloud: RunningCloud, arn: str | None) -> None:
    with pytest.raises(ClientError, match="cannot be assumed by Lambda"):
        one_cloud.create("x = 1\n", Role=arn or role(one_cloud, principal=OF_ACCOUNT))


# the function's own credentials


def test_a_function_acts_as_its_role_under_its_own_name(one_cloud: RunningCloud) -> None:
    arn = writing_role(one_cloud)
    name = one_cloud.create(CALLER, Role=arn)
    event = {"service": "sts", "operation": "get_caller_identity", "parameters": {}}
    found = one_cloud.call(name, event).payload
    role_name = arn.rpartition("/")[2]
    assert found["Arn"] == f"arn:aws:sts::{ACCOUNT}:assumed-role/{role_name}/{name}"
    assert found["UserId"].endswith(f":{name}")


def test_a_function_may_do_what_its_role_says(
    one_cloud: RunningCloud, queues: dict[str, str]
) -> None:
    only_itself = {"ArnLike": {"lambda:SourceFunctionArn": ARN.format("lambda", "function:own-*")}}
    arn = writing_role(one_cloud, allow("sqs:SendMessage", Condition=only_itself))
    event = {
        "service": "sqs",
        "operation": "send_message",
        "parameters": {"QueueUrl": queues["orders"], "MessageBody": "x"},
    }
    good = one_cloud.create(CALLER, name="own-function", Role=arn)
    assert "MessageId" in one_cloud.call(good, event).payload
    other = one_cloud.create(CALLER, name="another-function", Role=arn)
    assert (
        "not authorized to perform: sqs:sendmessage"
        in one_cloud.call(other, event).payload["error"]
    )


# logs


def streams(cloud: RunningCloud, name: str) -> list[Any] | None:
    """The streams of a function's log group; None without a group."""
    logs = cloud.client("logs")
    try:
        found = logs.describe_log_streams(logGroupName=f"/aws/lambda/{name}")
    except logs.exceptions.ResourceNotFoundException:
        return None
    return list(found["logStreams"])


SPEAKS = "def handler(event, context):\n    print('said')\n"


def test_without_permissions_there_are_no_logs_but_the_tail(one_cloud: RunningCloud) -> None:
    name = one_cloud.create(SPEAKS, Role=role(one_cloud))
    assert "said" in one_cloud.call(name).log
    assert streams(one_cloud, name) is None


def test_without_leave_to_make_a_group_there_are_logs_only_in_one_that_is_there(
    one_cloud: RunningCloud,
) -> None:
    may = allow(["logs:CreateLogStream", "logs:PutLogEvents"])
    name = one_cloud.create(SPEAKS, Role=role(one_cloud, may))
    one_cloud.call(name)
    assert streams(one_cloud, name) is None
    one_cloud.client("logs").create_log_group(logGroupName=f"/aws/lambda/{name}")
    one_cloud.call(name)
    assert streams(one_cloud, name)


@pytest.mark.parametrize("missing", ["logs:CreateLogStream", "logs:PutLogEvents"])
def test_each_permission_of_the_log_is_needed(one_cloud: RunningCloud, missing: str) -> None:
    name = one_cloud.create(SPEAKS, Role=writing_role(one_cloud, deny(missing)))
    one_cloud.call(name)
    events = one_cloud.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{name}")
    assert events["events"] == []


def test_the_managed_policy_for_logs_is_enough(one_cloud: RunningCloud) -> None:
    name = one_cloud.create(SPEAKS, Role=writing_role(one_cloud))
    one_cloud.call(name)
    wait_for(lambda: streams(one_cloud, name))


# users, sessions, boundaries


def test_a_user_and_the_groups_it_is_in(one_cloud: RunningCloud) -> None:
    iam = one_cloud.client("iam")
    acting, name, key = acting_user(one_cloud)
    s3 = acting.client("s3")
    assert f"user/{name} is not authorized" in refused(s3.list_buckets)[1]
    iam.create_group(GroupName="readers")
    iam.attach_group_policy(
        GroupName="readers", PolicyArn="arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"
    )
    iam.add_user_to_group(GroupName="readers", UserName=name)
    s3.list_buckets()
    iam.update_access_key(UserName=name, AccessKeyId=key, Status="Inactive")
    refused(s3.list_buckets)


def test_a_users_own_folder(one_cloud: RunningCloud, bucket: str) -> None:
    own = f"arn:aws:s3:::{bucket}/users/${{aws:username}}/*"
    acting, name, _ = acting_user(one_cloud, allow("s3:PutObject", own))
    s3 = acting.client("s3")
    s3.put_object(Bucket=bucket, Key=f"users/{name}/a", Body=b"x")
    refused(s3.put_object, Bucket=bucket, Key="users/other/a", Body=b"x")


def test_a_session_policy_and_a_boundary_narrow(one_cloud: RunningCloud) -> None:
    arn = role(one_cloud, allow("*"), principal=OF_ACCOUNT)
    only_s3 = assume(one_cloud, arn, Policy=policy(allow("s3:*")))
    only_s3.client("s3").list_buckets()
    message = refused(only_s3.client("sqs").list_queues)[1]
    assert message.endswith("because no session policy allows the sqs:listqueues action")
    boundary = one_cloud.client("iam").create_policy(
        PolicyName="boundary", PolicyDocument=policy(allow("sqs:*"))
    )["Policy"]["Arn"]
    one_cloud.client("iam").put_role_permissions_boundary(
        RoleName=arn.rpartition("/")[2], PermissionsBoundary=boundary
    )
    acting = assume(one_cloud, arn)
    acting.client("sqs").list_queues()
    message = refused(acting.client("s3").list_buckets)[1]
    assert message.endswith("because no permissions boundary allows the s3:ListAllMyBuckets action")


def test_who_may_assume_a_role(one_cloud: RunningCloud) -> None:
    learner, sts = one_cloud.client("sts"), one_cloud.client("sts")
    session = {"RoleSessionName": "tester"}
    code, message, status = refused(
        learner.assume_role, RoleArn=role(one_cloud, principal=of_service("lambda")), **session
    )
    assert (code, status) == ("AccessDenied", 403)
    assert "sts:AssumeRole on resource: " in message
    refused(sts.assume_role, RoleArn=f"arn:aws:iam::{ACCOUNT}:role/nobody", **session)
    of_account = role(one_cloud, principal=OF_ACCOUNT)
    acting, name, _ = acting_user(one_cloud)
    refused(acting.client("sts").assume_role, RoleArn=of_account, **session)
    named = role(one_cloud, principal={"AWS": f"arn:aws:iam::{ACCOUNT}:user/{name}"})
    acting.client("sts").assume_role(RoleArn=named, **session)
    one_cloud.client("iam").update_assume_role_policy(
        RoleName=of_account.rpartition("/")[2],
        PolicyDocument=trust(OF_ACCOUNT, Condition={"StringEquals": {"sts:ExternalId": "12"}}),
    )
    refused(learner.assume_role, RoleArn=of_account, **session)
    learner.assume_role(RoleArn=of_account, ExternalId="12", **session)


def test_a_deleted_roles_session_may_do_nothing(one_cloud: RunningCloud) -> None:
    iam = one_cloud.client("iam")
    arn = role(one_cloud, allow("*"), principal=OF_ACCOUNT)
    sqs = assume(one_cloud, arn).client("sqs")
    sqs.list_queues()
    name = arn.rpartition("/")[2]
    iam.delete_role_policy(RoleName=name, PolicyName="test")
    iam.delete_role(RoleName=name)
    refused(sqs.list_queues)


def test_who_one_is_may_always_be_asked(one_cloud: RunningCloud) -> None:
    acting = acting_as(one_cloud, deny("*"))
    assert acting.client("sts").get_caller_identity()["Account"] == ACCOUNT
    mine = one_cloud.client("sts").get_caller_identity()
    assert mine["Arn"] == f"arn:aws:iam::{ACCOUNT}:user/administrator"


def test_the_region_can_be_a_condition(one_cloud: RunningCloud) -> None:
    elsewhere = {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}
    acting = acting_as(one_cloud, allow("sqs:*"), deny("*", Condition=elsewhere))
    assert "explicit deny" in refused(acting.client("sqs").list_queues)[1]


def test_what_nobody_knows_is_refused(one_cloud: RunningCloud) -> None:
    """An operation that cannot be made out must not slip through."""
    import requests

    _, name, _ = acting_user(one_cloud, allow("s3:GetObject"))
    key = one_cloud.client("iam").create_access_key(UserName=name)["AccessKey"]
    given = Credentials(key["AccessKeyId"], key["SecretAccessKey"])
    for service, status, said in (
        ("sqs", 404, "There is no operation 'POST /unheard/of'."),
        ("xray", 403, "not authorized to perform: xray:Unknown"),
        ("nothing", 501, "does not offer the service 'nothing'"),
    ):
        request = AWSRequest("POST", one_cloud.endpoint + "/unheard/of", data=b"not json")
        SigV4Auth(given, service, "us-east-1").add_auth(request)
        prepared = request.prepare()
        answer = requests.post(
            prepared.url, data=prepared.body, headers=dict(prepared.headers), timeout=60
        )
        assert answer.status_code == status, service
        assert said in json.loads(answer.content)["message"]


@pytest.mark.measures
def test_authorization_is_quick(one_cloud: RunningCloud, queues: dict[str, str]) -> None:
    """A role's call costs little more than the administrator's: the quickest of many, in turn."""
    acting = acting_as(one_cloud, allow("sqs:SendMessage", ARN.format("sqs", "orders")))
    clients = {"administrator": one_cloud.client("sqs"), "role": acting.client("sqs")}
    quickest_ms = dict.fromkeys(clients, 1e9)
    for _ in range(100):
        for name, sqs in clients.items():
            began = time.perf_counter()
            sqs.send_message(QueueUrl=queues["orders"], MessageBody="x")
            quickest_ms[name] = min(quickest_ms[name], (time.perf_counter() - began) * 1e3)
    assert quickest_ms["role"] - quickest_ms["administrator"] < 2.0, quickest_ms
