"""The till of lab 05 and its network, as the checks look at them."""

from collections.abc import Iterable, Sequence
from secrets import randbelow
from typing import Any

from serverless_course.aws.described import described
from serverless_course.aws.vpc import Vpc
from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.feedback import NotAttempted
from serverless_course.functions.invocation import Invocation
from serverless_course.network.journey import Destination, Path, Source
from serverless_course.network.network import Network
from serverless_course.network.travel import travel


def vpc_of(lab: CheckedLab) -> Vpc:
    """The lab's VPC; `NotAttempted` while it is not there."""
    name = lab.name("shop", kind="ec2:vpc")
    filters = [{"Name": "tag:Name", "Values": [name]}]
    if not lab.client("ec2").describe_vpcs(Filters=filters)["Vpcs"]:
        raise NotAttempted("The VPC is not there yet.", next_step="Run the cells above this one.")
    return lab.vpc("shop")


def network_of(lab: CheckedLab) -> Network:
    """The network as EC2 tells of it now."""
    return Network.of(described(lab.client("ec2"), vpc_of(lab).id))


def vpc_config(lab: CheckedLab) -> dict[str, Any]:
    """The till's VpcConfig."""
    found = lab.client("lambda").get_function_configuration(FunctionName=lab.name("till"))
    config: dict[str, Any] = found.get("VpcConfig") or {}
    return config


def paths(lab: CheckedLab, to: Destination) -> list[Path]:
    """The till's path to a destination from each of its subnets."""
    config, network = vpc_config(lab), network_of(lab)
    groups = tuple(config.get("SecurityGroupIds", ()))
    return [travel(network, Source(subnet, groups), to) for subnet in config.get("SubnetIds", ())]


def endpoints(lab: CheckedLab, kind: str) -> list[dict[str, Any]]:
    """The VPC's endpoints of a type, Gateway or Interface, that are not being deleted."""
    found = described(lab.client("ec2"), vpc_of(lab).id)["VpcEndpoints"]
    return [each for each in found if each.get("VpcEndpointType") == kind]


def sell_twice(lab: CheckedLab, steps: Sequence[str]) -> Invocation:
    """One sale, and a second one when the first fails.

    After a time-out the environment starts again within the next call, which takes time from it.
    """
    first = sell(lab, steps)
    return first if first.ok else sell(lab, steps)


def sell(lab: CheckedLab, steps: Iterable[str], function: str = "till") -> Invocation:
    """One sale now."""
    sale = {"sale": 1000 + randbelow(900_000), "steps": list(steps)}
    return lab.invoke(lab.name(function), sale)
