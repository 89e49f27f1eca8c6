"""Application Load Balancers, with their listeners and rules, and target groups."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from serverless_course.aws.cloud import Cloud
from serverless_course.aws.kinds.kind import Instance, Kind, tag_map


def _balancers(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Name and ARN of each load balancer."""
    for page in cloud.client("elbv2").get_paginator("describe_load_balancers").paginate():
        yield from (
            (each["LoadBalancerName"], each["LoadBalancerArn"]) for each in page["LoadBalancers"]
        )


def _groups(cloud: Cloud) -> Iterator[tuple[str, str]]:
    """Name and ARN of each target group."""
    for page in cloud.client("elbv2").get_paginator("describe_target_groups").paginate():
        yield from (
            (each["TargetGroupName"], each["TargetGroupArn"]) for each in page["TargetGroups"]
        )


def _balancer_names(cloud: Cloud, _: str) -> Iterable[str]:
    return (name for name, _ in _balancers(cloud))


def _group_names(cloud: Cloud, _: str) -> Iterable[str]:
    return (name for name, _ in _groups(cloud))


def _balancer(cloud: Cloud, name: str) -> list[Instance]:
    return _tagged(cloud, [arn for found, arn in _balancers(cloud) if found == name])


def _group(cloud: Cloud, name: str) -> list[Instance]:
    return _tagged(cloud, [arn for found, arn in _groups(cloud) if found == name])


def _tagged(cloud: Cloud, arns: list[str]) -> list[Instance]:
    if not arns:
        return []
    described = cloud.client("elbv2").describe_tags(ResourceArns=arns)["TagDescriptions"]
    return [Instance(each["ResourceArn"], tag_map(each["Tags"])) for each in described]


def _delete_balancer(cloud: Cloud, arn: str) -> None:
    cloud.client("elbv2").delete_load_balancer(LoadBalancerArn=arn)


def _delete_group(cloud: Cloud, arn: str) -> None:
    cloud.client("elbv2").delete_target_group(TargetGroupArn=arn)


LOAD_BALANCER = Kind("load balancer", _balancer_names, _balancer, _delete_balancer)
TARGET_GROUP = Kind("target group", _group_names, _group, _delete_group)
