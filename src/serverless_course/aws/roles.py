"""IAM roles of a lab: made once, journalled before, found again by their name."""

from __future__ import annotations

import json

from serverless_course.aws.cloud import Cloud
from serverless_course.aws.ledger import Ledger, Resource
from serverless_course.aws.names import resource_name, tag_list


def make_role(
    cloud: Cloud, ledger: Ledger, slug: str, short: str, *, service: str, description: str
) -> tuple[str, str, bool]:
    """A role that a service may assume, made when it does not exist yet.

    Args:
        cloud: the cloud.
        ledger: where the role is journalled before it is made.
        slug: the lab.
        short: the role's short name.
        service: who may assume it, such as ``"lambda.amazonaws.com"``.
        description: what IAM shows beside it.

    Returns:
        Its name, its ARN, and whether it is new. It allows nothing yet.

    Raises:
        ClientError: IAM refused.
    """
    iam = cloud.client("iam")
    name = resource_name(slug, short)
    ledger.record(Resource(cloud.target, slug, "iam:role", name))
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    try:
        made = iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
            Description=description,
            Tags=tag_list(slug),
        )
    except iam.exceptions.EntityAlreadyExistsException:
        return name, str(iam.get_role(RoleName=name)["Role"]["Arn"]), False
    return name, str(made["Role"]["Arn"]), True
