"""The services that the embedded cloud has, by their names in signatures.

A signature's scope says which service a request is for, and nothing else does: no host, path,
header or region. What is not in this table is refused by its name.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from ...wire.errors import ServiceError
from ...wire.signature import Scope


@dataclass(frozen=True)
class Service:
    """``models`` are botocore's names of what a signing name stands for, the usual one first;
    ``prefix`` begins its actions in IAM."""

    models: tuple[str, ...]
    prefix: str


SERVICES = {
    "apigateway": Service(("apigateway", "apigatewayv2"), "apigateway"),
    "cloudformation": Service(("cloudformation",), "cloudformation"),
    "dynamodb": Service(("dynamodb", "dynamodbstreams"), "dynamodb"),
    "ec2": Service(("ec2",), "ec2"),
    "ecr": Service(("ecr",), "ecr"),
    "elasticloadbalancing": Service(("elbv2",), "elasticloadbalancing"),
    "events": Service(("events",), "events"),
    "firehose": Service(("firehose",), "firehose"),
    "fis": Service(("fis",), "fis"),
    "iam": Service(("iam",), "iam"),
    "kinesis": Service(("kinesis",), "kinesis"),
    "kms": Service(("kms",), "kms"),
    "lambda": Service(("lambda",), "lambda"),
    "logs": Service(("logs",), "logs"),
    "monitoring": Service(("cloudwatch",), "cloudwatch"),
    "pipes": Service(("pipes",), "pipes"),
    "s3": Service(("s3",), "s3"),
    "scheduler": Service(("scheduler",), "scheduler"),
    "secretsmanager": Service(("secretsmanager",), "secretsmanager"),
    "sns": Service(("sns",), "sns"),
    "sqs": Service(("sqs",), "sqs"),
    "ssm": Service(("ssm",), "ssm"),
    "states": Service(("stepfunctions",), "states"),
    "sts": Service(("sts",), "sts"),
    "tagging": Service(("resourcegroupstaggingapi",), "tag"),
    "xray": Service(("xray",), "xray"),
}
WRONG_REGION = "Credential should be scoped to a valid region, not '{}'. "
NOT_OFFERED = (
    "The embedded cloud does not offer the service '{}'. Leave it out, or use an AWS account."
)


def check_scope(scope: Scope) -> None:
    """Refuse a service that is not there, and a region that is none.

    Raises `ServiceError`: the region's in AWS's words (public error reports, 2019 to 2025).
    """
    if scope.service not in SERVICES:
        raise ServiceError("NotImplemented", NOT_OFFERED.format(scope.service), 501)
    if scope.region not in regions():
        raise ServiceError("SignatureDoesNotMatch", WRONG_REGION.format(scope.region), 403)


@lru_cache(maxsize=1)
def regions() -> frozenset[str]:
    """The regions of the partition ``aws``, as botocore's list has them."""
    import botocore  # noqa: PLC0415 - the port answers before it is loaded

    path = Path(botocore.__file__).with_name("data") / "partitions.json"
    partitions = json.loads(path.read_text(encoding="utf-8"))["partitions"]
    (own,) = (each for each in partitions if each["id"] == "aws")
    return frozenset(own["regions"]) - {"aws-global"}
