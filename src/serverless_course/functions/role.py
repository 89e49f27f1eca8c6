"""The execution role: what a function may do. Least privilege, and one role for each lab."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from serverless_course.aws.cloud import Cloud
from serverless_course.aws.ledger import Ledger
from serverless_course.aws.names import prefix
from serverless_course.aws.roles import make_role

LOGS_POLICY = "write-logs"
EXTRA_POLICY = "lab"


def logs_policy(cloud: Cloud, slug: str) -> dict[str, Any]:
    """The policy that lets a lab's functions write their own logs and nothing else."""
    groups = f"arn:aws:logs:{cloud.region}:{cloud.account_id}:log-group:/aws/lambda/{prefix(slug)}*"
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
                "Resource": [groups, f"{groups}:*"],
            }
        ],
    }


def execution_role(
    cloud: Cloud,
    ledger: Ledger,
    slug: str,
    *,
    name: str = "role",
    statements: Sequence[Mapping[str, Any]] = (),
) -> str:
    """The lab's execution role, made when it does not exist yet.

    Args:
        cloud: the cloud.
        ledger: where the role is journalled before it is made.
        slug: the lab.
        name: short name of the role.
        statements: further IAM policy statements that the lab's functions need.

    Returns:
        The role's ARN. On AWS it may take some seconds before Lambda can assume a new role;
        :func:`serverless_course.functions.deploy.deploy` waits for that.

    Raises:
        ClientError: IAM refused.
    """
    full, arn, _ = make_role(
        cloud,
        ledger,
        slug,
        name,
        service="lambda.amazonaws.com",
        description="Execution role of a lab of Serverless, Measured",
    )
    policies = {LOGS_POLICY: logs_policy(cloud, slug)}
    if statements:
        policies[EXTRA_POLICY] = {"Version": "2012-10-17", "Statement": list(statements)}
    for policy, document in policies.items():
        cloud.client("iam").put_role_policy(
            RoleName=full, PolicyName=policy, PolicyDocument=json.dumps(document)
        )
    return arn
