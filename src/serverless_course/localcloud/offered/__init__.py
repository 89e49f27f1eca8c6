"""Which operations of which services the embedded cloud offers; all others are refused by name.

One file for each service that moto answers, in part or whole: services whose code is our own
(Lambda, API Gateway, X-Ray, FIS) know themselves what they offer. What an operation really does was
looked at in moto 5.2.5: one that answers and does nothing, or keeps a resource that never acts, is
not in the list, or its entry says what is not done. `docs/services.md` is made of all these lists.
"""

from __future__ import annotations

from ..wire.errors import ServiceError
from .cloudwatch import CLOUDWATCH
from .dynamodb import DYNAMODB, STREAMS
from .ec2 import EC2
from .ecr import ECR
from .events import EVENTS
from .firehose import FIREHOSE
from .iam import IAM
from .kinesis import KINESIS
from .kms import KMS
from .logs import LOGS
from .offer import Offer
from .s3 import S3
from .secretsmanager import SECRETS_MANAGER
from .sns import SNS
from .sqs import SQS
from .ssm import SSM
from .stepfunctions import STEP_FUNCTIONS
from .sts import STS
from .tagging import TAGGING

__all__ = ["OFFERED", "Offer", "check_offered", "refusal"]

OFFERED = {
    each.model: each
    for each in (
        *(CLOUDWATCH, DYNAMODB, STREAMS, EC2, ECR, EVENTS, FIREHOSE, IAM, KINESIS, KMS, LOGS),
        *(S3, SECRETS_MANAGER, SNS, SQS, SSM, STEP_FUNCTIONS, STS, TAGGING),
    )
}


def check_offered(model: str, operation: str) -> None:
    """Refuse an operation that is not offered. Raises `ServiceError`: NotImplemented, 501.

    ``model`` is botocore's name of the service.
    """
    if operation not in OFFERED[model].answered:
        raise ServiceError("NotImplemented", refusal(OFFERED[model], operation), 501)


def refusal(offer: Offer, operation: str) -> str:
    """The sentence that an operation is refused with."""
    why = offer.why.get(operation)
    because = f" {why}" if why else ""
    return (
        f"The embedded cloud does not offer {operation} of {offer.title}.{because} "
        "Use an AWS account for it."
    )
