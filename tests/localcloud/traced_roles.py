"""Roles that may write traces, and headers of traces that tests begin."""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

from running_cloud import TRUST, WRITE_LOGS, RunningCloud

ACTIVE = {"Mode": "Active"}
WRITE_TRACES = "arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"


def traced_role(
    cloud: RunningCloud, name: str, *actions: str, trust: str = TRUST, traces: bool = True
) -> str:
    """A role that may write logs and, if told so, traces, and do these actions; its ARN."""
    iam = cloud.client("iam")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    for policy in (WRITE_LOGS, WRITE_TRACES) if traces else (WRITE_LOGS,):
        iam.attach_role_policy(RoleName=name, PolicyArn=policy)
    if actions:
        statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        iam.put_role_policy(RoleName=name, PolicyName="able", PolicyDocument=document)
    return str(arn)


def new_trace() -> tuple[str, str]:
    """The id of a new trace, and a header that says it is sampled."""
    root = f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    return root, f"Root={root};Sampled=1"


def has(*names: str) -> Any:
    """Whether all these names are in a tree."""
    return lambda root: set(names) <= {node.name for node in root.walk()}
