"""Calls functions for load balancers, through the one door.

Sources: User Guide for Application Load Balancers, "Use Lambda functions as targets" (read
2026-11): the function's policy names elasticloadbalancing.amazonaws.com. The words of the refusal:
public error reports, 2019 to 2026.
"""

from __future__ import annotations

from ...iam.account import ACCOUNT_ID
from ...lambda_.environment.invocation import InvocationResult
from ...lambda_.function_version import parse_reference
from ...lambda_.invocation.resource_policy import allows_service
from ...lambda_.invocation.waiting import WaitedInvocations
from ...lambda_.registry import Found, Registry
from ...wire.errors import ServiceError

SERVICE = "elasticloadbalancing.amazonaws.com"


class Functions:
    """Belongs to the event loop."""

    def __init__(self, registry: Registry, waited: WaitedInvocations) -> None:
        self._registry = registry
        self._waited = waited

    def check(self, function_arn: str, group_arn: str) -> None:
        """Refuse a function that is not there, or may not be invoked for a target group. Raises
        `ServiceError`."""
        self.find(function_arn, group_arn)

    def find(self, function_arn: str, group_arn: str) -> Found:
        """The function, version or alias. The same errors."""
        reference = parse_reference(function_arn)
        region = group_arn.split(":")[3]
        if (
            reference is None
            or not function_arn.startswith("arn:aws:lambda:")
            or ":function:" not in function_arn
            or (reference.region, reference.account) != (region, ACCOUNT_ID)
        ):
            text = (
                f"'{function_arn}' is not the ARN of a Lambda function of this Region and account"
            )
            raise ServiceError("InvalidTarget", text)
        try:
            found = self._registry.find(region, function_arn)
        except ServiceError as error:
            text = f"The Lambda function '{function_arn}' does not exist"
            raise ServiceError("InvalidTarget", text) from error
        if not allows_service(found.record, found.qualifier, SERVICE, group_arn):
            raise ServiceError(
                "AccessDenied",
                "elasticloadbalancing principal does not have permission to invoke "
                f"{function_arn} from target group {group_arn}",
                403,
            )
        return found

    async def call(
        self, function_arn: str, group_arn: str, event: bytes, trace: str, timeout_s: float
    ) -> InvocationResult:
        """Run a function. Raises `TimedOut`, or `ServiceError`: Lambda's, or those of `find`."""
        found = self.find(function_arn, group_arn)
        return await self._waited.run(found, event, trace, timeout_s)
