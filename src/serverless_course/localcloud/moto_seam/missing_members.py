"""Members that a service asks for though its model lets a client leave them out.

moto takes them for given, and answers 500 without them. The codes are AWS's; the words are AWS's
where they are quoted in public (DynamoDB, SNS, EC2: error reports, 2016 to 2025), and else ours.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..iam.requested.operation import form_of
from ..wire.errors import ServiceError
from ..wire.http import Request

NULL = (
    "1 validation error detected: Value null at '{}' failed to satisfy constraint: "
    "Member must not be null"
)


@dataclass(frozen=True)
class Wanted:
    """``one_of`` these members has to be there, or the call is refused with code and text.

    ``within`` names a list or a structure; then each element of it has to have one.
    """

    one_of: tuple[str, ...]
    code: str
    text: str
    within: str = ""


def _null(member: str, *, within: str = "", code: str = "ValidationException") -> Wanted:
    place = f"{within[:1].lower()}{within[1:]}.1.member.{member}" if within else member
    return Wanted((member,), code, NULL.format(place[:1].lower() + place[1:]), within)


WANTED: Mapping[tuple[str, str], tuple[Wanted, ...]] = {
    ("dynamodb", "CreateTable"): (_null("KeySchema"), _null("AttributeDefinitions")),
    ("dynamodb", "PutItem"): (_null("Item"),),
    ("dynamodb", "GetItem"): (_null("Key"),),
    ("dynamodb", "DeleteItem"): (_null("Key"),),
    ("dynamodb", "UpdateItem"): (_null("Key"),),
    ("dynamodb", "TransactWriteItems"): (
        Wanted(
            ("ConditionCheck", "Put", "Delete", "Update"),
            "ValidationException",
            "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request",
            within="TransactItems",
        ),
    ),
    ("ec2", "CreateVpcEndpoint"): (
        Wanted(
            ("ServiceName",),
            "MissingParameter",
            "The request must contain the parameter ServiceName",
        ),
    ),
    ("ec2", "ModifySecurityGroupRules"): (
        Wanted(
            ("SecurityGroupRule.1.SecurityGroupRule",),
            "MissingParameter",
            "The request must contain the parameter SecurityGroupRule",
        ),
    ),
    ("kinesis", "CreateStream"): (
        Wanted(
            ("ShardCount", "StreamModeDetails"),
            "ValidationException",
            "ShardCount must be given for a stream in the mode PROVISIONED.",
        ),
    ),
    ("kms", "GenerateRandom"): (
        Wanted(("NumberOfBytes",), "ValidationException", "NumberOfBytes is required."),
    ),
    ("secretsmanager", "TagResource"): (_null("Key", within="Tags"),),
    ("sns", "Publish"): (
        Wanted(
            ("TopicArn", "TargetArn", "PhoneNumber"),
            "InvalidParameter",
            "Invalid parameter: TopicArn or TargetArn Reason: no value for required parameter",
        ),
    ),
    ("stepfunctions", "ListExecutions"): (
        Wanted(
            ("stateMachineArn", "mapRunArn"),
            "ValidationException",
            "You must specify either a state machine ARN or a Map Run ARN.",
        ),
    ),
    ("stepfunctions", "TagResource"): (_null("key", within="tags"), _null("value", within="tags")),
}


def check(model: str, operation: str, request: Request) -> None:
    """Refuse a call without a member that its service asks for. Raises `ServiceError`."""
    wanted = WANTED.get((model, operation))
    if not wanted:
        return
    is_json = request.has_header("x-amz-target")
    given: dict[str, Any] = json.loads(request.body) if is_json else form_of(request)
    for each in wanted:
        places = given.get(each.within) or [] if each.within else [given]
        for place in places if isinstance(places, list) else [places]:
            if not any(_has(place, name) for name in each.one_of):
                raise ServiceError(each.code, each.text)


def _has(place: Any, name: str) -> bool:
    """Whether a member is there; in a form its name begins those of its own members."""
    if not isinstance(place, dict):
        return False
    return place.get(name) is not None or any(key.startswith(f"{name}.") for key in place)
