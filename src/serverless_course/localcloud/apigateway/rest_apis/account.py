"""The account's settings: the role with which REST APIs write their logs.

Source: API Gateway API reference, "Account"; Developer Guide, "Set up CloudWatch logging for REST
APIs" (read 2026-11): without the role no stage of a REST API can log.
"""

from __future__ import annotations

from ..call import Call, Members
from ..refusals import bad_request
from ..throttle import ACCOUNT_BURST, ACCOUNT_RATE
from .patching import patched

SERVICE = "apigateway.amazonaws.com"
NOT_TRUSTED = (
    "The role ARN does not have required permissions configured. Please grant trust permission for "
    "API Gateway and add the required role policy."
)


def get_account(call: Call) -> Members:
    """GetAccount."""
    return {
        "apiKeyVersion": "4",
        "cloudwatchRoleArn": call.apis.region(call.region).log_role,
        "features": ["UsagePlans"],
        "throttleSettings": {"burstLimit": ACCOUNT_BURST, "rateLimit": ACCOUNT_RATE},
    }


def update_account(call: Call) -> Members:
    """UpdateAccount: the role of the logs, which has to trust API Gateway."""
    usage = call.apis.region(call.region)
    before: Members = {"cloudwatchRoleArn": usage.log_role} if usage.log_role else {}
    changed = patched(before, call.get("patchOperations"), {"cloudwatchRoleArn": str})
    role = changed.get("cloudwatchRoleArn") or None
    if role and not call.apis.roles.trusts_service(role, SERVICE):
        raise bad_request(NOT_TRUSTED)
    usage.log_role = role
    return get_account(call)


OPERATIONS = {"GetAccount": get_account, "UpdateAccount": update_account}
