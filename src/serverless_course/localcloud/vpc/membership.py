"""Which VPC a function's subnets and security groups are in, and Lambda's refusals."""

from __future__ import annotations

from ..wire.errors import ServiceError
from .ec2 import Ec2


def vpc_of(ec2: Ec2, region: str, subnet_ids: list[str], group_ids: list[str]) -> str:
    """The one VPC of these subnets and groups; empty for none.

    Raises `ServiceError` for what is not there, or in several VPCs.
    """
    vpcs = set()
    for subnet_id in subnet_ids:
        vpc_id = ec2.vpc_of(region, subnet_id)
        if vpc_id is None:
            raise _ec2_error(
                "DescribeSubnets",
                "InvalidSubnetID.NotFound",
                f"The subnet ID '{subnet_id}' does not exist",
            )
        vpcs.add(vpc_id)
    if len(vpcs) > 1:
        raise ServiceError(
            "InvalidParameterValueException", "Subnets are required to be in the same VPC."
        )
    for group_id in group_ids:
        vpc_id = ec2.vpc_of_group(region, group_id)
        if vpc_id is None:
            raise _ec2_error(
                "DescribeSecurityGroups",
                "InvalidGroup.NotFound",
                f"The security group '{group_id}' does not exist",
            )
        if vpc_id not in vpcs:
            raise ServiceError(
                "InvalidParameterValueException",
                "Security Groups are required to be in the same VPC.",
            )
    return vpcs.pop() if vpcs else ""


def _ec2_error(operation: str, code: str, message: str) -> ServiceError:
    """How Lambda tells an error that EC2 told it (public error reports)."""
    return ServiceError(
        "InvalidParameterValueException",
        f"Error occurred while {operation}. EC2 Error Code: {code}. EC2 Error Message: {message}",
    )
