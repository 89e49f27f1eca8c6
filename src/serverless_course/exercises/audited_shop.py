"""The shop of lab 02 as its last owners left it: seven faults, and things that are in order.

**Learners: find them by calls first.** This module tells the answers of task 1.
"""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from botocore.exceptions import ClientError

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.functions.configure import configure
from serverless_course.functions.patience import patiently

FUNCTIONS = ("orders", "carrier", "stamp", "refunds", "invoices")
# What an auditor has to find: for each line of his list, the functions that it is true of.
FAULTS: dict[str, tuple[str, ...]] = {
    "role": ("orders",),
    "secret": ("orders",),
    "runtime": ("stamp",),
    "timeout": ("carrier",),
    "url": ("refunds",),
    "policy": ("invoices",),
    "logs": ("orders", "carrier", "invoices"),
}
PLANTED_KEY = "shop-2019-Qe0Zr4TnW9xKp2Lm"
PLANTED_RUNTIME = "provided.al2"
PLANTED_TIMEOUT_S = 900
KEPT_DAYS = 30
ANYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
TOPIC_MAY = "sales-may-invoke"
EVERYBODY_MAY: dict[str, dict[str, Any]] = {
    "everybody-calls-the-url": {
        "Action": "lambda:InvokeFunctionUrl",
        "FunctionUrlAuthType": "NONE",
    },
    "everybody-invokes-by-url": {
        "Action": "lambda:InvokeFunction",
        "InvokedViaFunctionUrl": True,
    },
}


def hand_over(lab: CheckedLab) -> None:
    """Bring the five deployed functions into the state in which the auditor finds them.

    Run again, it plants the same faults again, whatever became of them.

    Raises:
        ClientError: a service refused; most likely a function is not deployed.
    """
    _orders(lab)
    _plain(lab, "carrier", Timeout=PLANTED_TIMEOUT_S)
    _plain(lab, "stamp", Runtime=PLANTED_RUNTIME)
    bare_role(lab, "partner", the_account(lab))
    _allow(lab, "partner", [_may_refund(lab)])
    _url(lab, "refunds", "NONE")
    _url(lab, "carrier", "AWS_IAM")
    topic = topic_arn(lab)
    _subscribed(lab, topic, "invoices")
    _subscribed(lab, topic, "stamp", SourceArn=topic)
    _logs(lab)


def topic_arn(lab: CheckedLab) -> str:
    """ARN of the shop's topic of sales."""
    found = lab.client("sns").create_topic(Name=lab.name("sales", kind="sns:topic"))
    return str(found["TopicArn"])


def function_arn(lab: CheckedLab, short: str) -> str:
    """ARN of one of the shop's functions."""
    found = lab.client("lambda").get_function_configuration(FunctionName=lab.name(short))
    return str(found["FunctionArn"])


def _plain(lab: CheckedLab, short: str, **settings: Any) -> None:
    """A function without reserved concurrency, in mode Auto, with these settings."""
    client, name = lab.client("lambda"), lab.name(short)
    client.delete_function_concurrency(FunctionName=name)
    client.put_runtime_management_config(FunctionName=name, UpdateRuntimeOn="Auto")
    configure(client, name, permissions_spread=False, **settings)


def _orders(lab: CheckedLab) -> None:
    table = lab.name("orders", kind="dynamodb:table")
    dynamodb = lab.client("dynamodb")
    with suppress(dynamodb.exceptions.ResourceInUseException):
        dynamodb.create_table(
            TableName=table,
            AttributeDefinitions=[{"AttributeName": "order", "AttributeType": "N"}],
            KeySchema=[{"AttributeName": "order", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        dynamodb.get_waiter("table_exists").wait(TableName=table, WaiterConfig={"Delay": 1})
    role = bare_role(lab, "orders-role", {"Service": "lambda.amazonaws.com"})
    _allow(lab, "orders-role", [ANYTHING])
    variables = {"TABLE": table, "SIGNING_KEY": PLANTED_KEY}
    client = lab.client("lambda")
    patiently(
        lambda: client.update_function_configuration(
            FunctionName=lab.name("orders"), Role=role, Environment={"Variables": variables}
        ),
        also=lambda error: "cannot be assumed" in str(error),
    )
    _plain(lab, "orders")


def the_account(lab: CheckedLab) -> dict[str, str]:
    """The lab's account, as the principal of a trust policy."""
    account = lab.client("sts").get_caller_identity()["Account"]
    return {"AWS": f"arn:aws:iam::{account}:root"}


def bare_role(lab: CheckedLab, short: str, principal: dict[str, str]) -> str:
    """ARN of a role without policies, made when it is not there."""
    iam, name = lab.client("iam"), lab.name(short, kind="iam:role")
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    with suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
        )
    for attached in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=name, PolicyArn=attached["PolicyArn"])
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    return str(iam.get_role(RoleName=name)["Role"]["Arn"])


def _allow(lab: CheckedLab, short: str, statements: list[dict[str, Any]]) -> None:
    lab.client("iam").put_role_policy(
        RoleName=lab.name(short, kind="iam:role"),
        PolicyName="what-it-may",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
    )


def _may_refund(lab: CheckedLab) -> dict[str, Any]:
    actions = ["lambda:InvokeFunctionUrl", "lambda:InvokeFunction"]
    return {"Effect": "Allow", "Action": actions, "Resource": function_arn(lab, "refunds")}


def _url(lab: CheckedLab, short: str, auth_type: str) -> None:
    client, name = lab.client("lambda"), lab.name(short)
    with suppress(client.exceptions.ResourceNotFoundException):
        client.delete_function_url_config(FunctionName=name)
    client.delete_function_concurrency(FunctionName=name)
    forget_policy(lab, short)
    client.create_function_url_config(FunctionName=name, AuthType=auth_type)
    for statement, what in EVERYBODY_MAY.items() if auth_type == "NONE" else ():
        client.add_permission(FunctionName=name, StatementId=statement, Principal="*", **what)


def policy_of(lab: CheckedLab, short: str) -> list[dict[str, Any]]:
    """The statements of a function's resource-based policy; none when it has no policy."""
    client = lab.client("lambda")
    try:
        found = client.get_policy(FunctionName=lab.name(short))["Policy"]
    except client.exceptions.ResourceNotFoundException:
        return []
    statements: list[dict[str, Any]] = json.loads(found)["Statement"]
    return statements


def forget_policy(lab: CheckedLab, short: str) -> None:
    """Take every statement out of a function's policy."""
    for statement in policy_of(lab, short):
        lab.client("lambda").remove_permission(
            FunctionName=lab.name(short), StatementId=statement["Sid"]
        )


def _subscribed(lab: CheckedLab, topic: str, short: str, **source: str) -> None:
    forget_policy(lab, short)
    client, arn = lab.client("lambda"), function_arn(lab, short)
    client.add_permission(
        FunctionName=lab.name(short),
        StatementId=TOPIC_MAY,
        Action="lambda:InvokeFunction",
        Principal="sns.amazonaws.com",
        **source,
    )
    lab.client("sns").subscribe(TopicArn=topic, Protocol="lambda", Endpoint=arn)


def _logs(lab: CheckedLab) -> None:
    logs = lab.client("logs")
    for short in FUNCTIONS:
        group = f"/aws/lambda/{lab.name(short)}"
        with suppress(logs.exceptions.ResourceAlreadyExistsException):
            logs.create_log_group(logGroupName=group)
        if short in FAULTS["logs"]:
            # A group that never had one says so in different words, or not at all.
            with suppress(ClientError):
                logs.delete_retention_policy(logGroupName=group)
        else:
            logs.put_retention_policy(logGroupName=group, retentionInDays=KEPT_DAYS)
