"""What a span tells of AWS: the call it makes, and where its service runs."""

from __future__ import annotations

from typing import Any

from .span_attributes import Attributes
from .span_http import first

# Members of ``aws`` in a subsegment, and the attributes that give them.
_CALL: dict[str, tuple[str, ...]] = {
    "operation": ("aws.operation", "rpc.method"),
    "region": ("aws.region", "cloud.region"),
    "request_id": ("aws.request_id", "aws.requestId"),
    "account_id": ("aws.account_id",),
    "queue_url": ("aws.sqs.queue.url", "messaging.url", "aws.queue_url", "aws.queue.url"),
    "table_name": ("aws.dynamodb.table_names", "aws.table_name", "aws.table.name"),
    "topic_arn": ("aws.sns.topic.arn",),
    "bucket_name": ("aws.s3.bucket",),
    "stream_name": ("aws.kinesis.stream_name",),
    "function_name": ("faas.invoked_name", "aws.lambda.function.name"),
    "state_machine_arn": ("aws.stepfunctions.state_machine.arn",),
}
USED = frozenset(name for names in _CALL.values() for name in names)
_ORIGINS = {
    "aws_lambda": "AWS::Lambda::Function",
    "aws_ec2": "AWS::EC2::Instance",
    "aws_ecs": "AWS::ECS::Container",
    "aws_eks": "AWS::EKS::Container",
    "aws_elastic_beanstalk": "AWS::ElasticBeanstalk::Environment",
    "aws_app_runner": "AWS::AppRunner::Service",
}


def aws_of_call(given: Attributes) -> dict[str, Any]:
    """A subsegment's ``aws``; empty for a call that is none of AWS."""
    if given.get("rpc.system") != "aws-api" and not given.get("aws.service"):
        return {}
    found: dict[str, Any] = {}
    for member, names in _CALL.items():
        value = first(given, names)
        if member == "table_name" and isinstance(value, list):
            if len(value) > 1:
                found["table_names"] = value
                continue
            value = value[0] if value else None
        if value:
            found[member] = value
    return found


def aws_of_resource(about: Attributes) -> dict[str, Any]:
    """A segment's ``aws``: account, instance, SDK; empty outside of AWS."""
    if about.get("cloud.provider") not in (None, "aws"):
        return {}
    name, language = about.get("telemetry.sdk.name"), about.get("telemetry.sdk.language")
    sdk = {
        "sdk": f"{name} for {language}" if name and language else name,
        "sdk_version": about.get("telemetry.sdk.version"),
        "auto_instrumentation": bool(about.get("telemetry.auto.version")),
    }
    instance = {
        "instance_id": about.get("host.id"),
        "availability_zone": about.get("cloud.availability_zone"),
    }
    parts = {
        "account_id": about.get("cloud.account.id"),
        "xray": {key: value for key, value in sdk.items() if value is not None},
        "ec2": {key: value for key, value in instance.items() if value}
        if about.get("host.id") or about.get("cloud.platform") == "aws_ec2"
        else None,
    }
    return {key: value for key, value in parts.items() if value}


def origin_of(about: Attributes) -> str | None:
    """A segment's origin, by the platform its service runs on; None outside of AWS."""
    if about.get("cloud.provider") not in (None, "aws"):
        return None
    return _ORIGINS.get(str(about.get("cloud.platform")))
