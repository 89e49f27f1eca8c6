"""The nodes of the service map: who a segment is, who a subsegment called, and how the API's
answers write a node.

A segment is known by its name and its origin. A downstream call whose callee sent no segment
makes an *inferred* node. Sources: X-Ray Developer Guide, "X-Ray segment documents" and "Getting
data from X-Ray" (read 2026-11): a DynamoDB table is a node by its name with the type
AWS::DynamoDB::Table, SNS one with the type AWS::SNS, another host one with the type remote. Names
and types of other services' nodes follow the same pattern and are ours.
"""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

from .documents import Document

CLIENT = "client"
REMOTE = "remote"
SQL = "Database::SQL"
# By the name of an AWS SDK's subsegment, in small letters: the service's type, the members of its
# ``aws`` block that name the resource, and the resource's type.
_RESOURCES: dict[str, tuple[str, tuple[str, ...], str]] = {
    "dynamodb": ("AWS::DynamoDB", ("table_name",), "AWS::DynamoDB::Table"),
    "sqs": ("AWS::SQS", ("queue_url", "queue_name"), "AWS::SQS::Queue"),
    "lambda": ("AWS::Lambda", ("function_name",), "AWS::Lambda"),
    "s3": ("AWS::S3", ("bucket_name", "bucket"), "AWS::S3::Bucket"),
    "kinesis": ("AWS::Kinesis", ("stream_name",), "AWS::Kinesis::Stream"),
    "stepfunctions": (
        "AWS::StepFunctions",
        ("state_machine_arn",),
        "AWS::StepFunctions::StateMachine",
    ),
}
# What SDKs call a service otherwise than CloudFormation's types do: the Python SDK of X-Ray names
# a call after the endpoint.
_OTHER_NAMES = {
    "sfn": "stepfunctions",
    "states": "stepfunctions",
    "amazondynamodb": "dynamodb",
    "amazonsqs": "sqs",
    "awslambda": "lambda",
}
_SPELLED = {
    "apigateway": "ApiGateway",
    "cloudwatch": "CloudWatch",
    "events": "Events",
    "eventbridge": "Events",
    "iam": "IAM",
    "kms": "KMS",
    "logs": "Logs",
    "monitoring": "CloudWatch",
    "secretsmanager": "SecretsManager",
    "sns": "SNS",
    "ssm": "SSM",
    "sts": "STS",
}


class Node(NamedTuple):
    """A node of the service map. ``type`` is None for a service that did not name its origin."""

    name: str
    type: str | None

    @property
    def is_ours(self) -> bool:
        """Whether it runs in this account: clients and remote hosts do not."""
        return self.type not in (CLIENT, REMOTE, SQL)


def service_id(node: Node, account: str) -> dict[str, Any]:
    """A ServiceId: name, all names, account, type. What is not known is left out."""
    found: dict[str, Any] = {"Name": node.name, "Names": [node.name]}
    if node.is_ours:
        found["AccountId"] = account
    if node.type is not None:
        found["Type"] = node.type
    return found


def node_of(segment: Document) -> Node:
    """The node of a segment that was sent."""
    origin = segment.get("origin")
    return Node(segment["name"], origin if isinstance(origin, str) and origin else None)


def is_downstream(subsegment: Document) -> bool:
    """Whether a subsegment is a call to another service."""
    return subsegment.get("namespace") in ("aws", "remote") or bool(subsegment.get("sql"))


def inferred_node(subsegment: Document) -> Node:
    """The node that a downstream call tells of."""
    if subsegment.get("namespace") == "aws":
        return _aws_node(subsegment["name"], subsegment.get("aws") or {})
    return Node(subsegment["name"], SQL if subsegment.get("sql") else REMOTE)


def inferred_segment(subsegment: Document, trace: str) -> Document:
    """The document that X-Ray adds for a callee that sent none, as BatchGetTraces shows it.

    Its id is made from the call's id, so that it is the same each time.
    """
    digest = hashlib.sha256(subsegment["id"].encode()).hexdigest()
    found: Document = {
        "id": digest[:16],
        "name": subsegment["name"],
        "start_time": subsegment["start_time"],
        "trace_id": trace,
        "parent_id": subsegment["id"],
        "inferred": True,
    }
    for member in ("end_time", "in_progress", "error", "fault", "throttle", "http", "aws", "sql"):
        if subsegment.get(member) is not None:
            found[member] = subsegment[member]
    kind = inferred_node(subsegment).type
    if kind not in (REMOTE, None):
        found["origin"] = kind
    return found


def answers_itself(subsegment: Document, callee: Document) -> bool:
    """Whether a callee's segment stands for the called service, so that none is inferred.

    A function called through Lambda, a state machine and another host do; what a queue passes on
    to is a node behind the queue's.
    """
    if subsegment.get("namespace") != "aws":
        return True
    called = inferred_node(subsegment).type or ""
    origin = str(callee.get("origin"))
    return called == "AWS::Lambda" or called.split("::")[:2] == origin.split("::")[:2]


def _aws_node(name: str, aws: dict[str, Any]) -> Node:
    plain = name.lower().replace(" ", "").replace(".", "")
    known = _RESOURCES.get(_OTHER_NAMES.get(plain, plain))
    if known is None:
        return Node(name, f"AWS::{_SPELLED.get(plain, name.replace(' ', ''))}")
    service, members, kind = known
    for member in members:
        value = aws.get(member)
        if isinstance(value, str) and value:
            return Node(value, kind)
    return Node(name, service)
