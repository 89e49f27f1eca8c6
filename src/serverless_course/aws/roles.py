"""IAM roles of a lab: made once, journalled before, found again by name and tags."""

from __future__ import annotations

import json

from serverless_course.aws.cloud import Cloud
from serverless_course.aws.ledger import Ledger, Resource
from serverless_course.aws.names import resource_name, tag_list
from serverless_course.aws.ownership import claim


def make_role(
    cloud: Cloud, ledger: Ledger, slug: str, short: str, *, service: str, description: str
) -> tuple[str, str, bool]:
    """A role that a service may assume, made when this lab has none of that name yet.

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
        ForeignResource: a role of that name is there and is not this lab's; it is left as it is.
        ClientError: IAM refused.
    """
    iam = cloud.client("iam")
    name = resource_name(slug, short)
    role = Resource(cloud.target, slug, "iam:role", name)
    ledger.record(role)
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    try:
        made = iam.create_role(
            RoleName=name,
            AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
            Description=description,
            Tags=tag_list(slug, ledger.id),
        )
    except iam.exceptions.EntityAlreadyExistsException:
        claim(cloud, ledger, role)
        return name, str(iam.get_role(RoleName=name)["Role"]["Arn"]), False
    return name, str(made["Role"]["Arn"]), True
