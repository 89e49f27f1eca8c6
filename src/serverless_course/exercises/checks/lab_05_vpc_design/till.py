"""The till of lab 05 and its network, as the checks look at them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from secrets import randbelow
from typing import Any

from serverless_course.aws.described import described
from serverless_course.aws.vpc import Vpc
from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.deployed import seen
from serverless_course.exercises.feedback import NotAttempted, NotYet
from serverless_course.functions.invocation import Invocation
from serverless_course.network.journey import Destination, Path, Source
from serverless_course.network.network import Network
from serverless_course.network.travel import travel

DEPLOY = '`till = lab.deploy("till", **settings, options={"VpcConfig": one_subnet})`'


TRIES = 3


@dataclass(frozen=True)
class Sale:
    """One sale that a check made: its number, which nobody knew before, and how it went."""

    number: int
    run: Invocation

    @property
    def evidence(self) -> list[str]:
        """The request, and what came back."""
        return [seen(self.run), str(self.run.payload)[:200]]

    @property
    def next_step(self) -> str:
        """What to look at when it went wrong."""
        said = self.run.error_message or ""
        if "AccessDenied" in said:
            return "It was refused: the till's role has lost the right. Run the cells above again."
        if self.run.error_type == "KeyError":
            return f"The till's settings are gone. Deploy it again: {DEPLOY}."
        return "`lab.reach(till, …)` draws where its packets go now."


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


def till_in_vpc(lab: CheckedLab) -> dict[str, Any]:
    """The till's VpcConfig. `NotYet` when it left the VPC, stands elsewhere, or has other code."""
    client, vpc = lab.client("lambda"), vpc_of(lab)
    found = client.get_function_configuration(FunctionName=lab.name("till"))
    config: dict[str, Any] = found.get("VpcConfig") or {}
    subnets, groups = config.get("SubnetIds") or [], config.get("SecurityGroupIds") or []
    if not subnets:
        raise NotYet(
            "The till has left the VPC: it has no subnets. It has to work from inside.",
            got="VpcConfig without SubnetIds",
            next_step=f"Deploy it into the VPC again: {DEPLOY}.",
        )
    outside = [each for each in subnets if each in vpc.public.values()]
    if outside:
        raise NotYet(
            "The till has a public subnet. Lambda's interfaces get no public address: from there, "
            "the till cannot reach the internet.",
            expected="private subnets only",
            got=", ".join(outside),
        )
    if groups != [vpc.group]:
        raise NotYet(
            "The till has other security groups than its own.",
            expected=vpc.group,
            got=", ".join(groups),
            next_step="`VpcConfig` takes `SecurityGroupIds=[vpc.group]`.",
        )
    same = client.get_function_configuration(FunctionName=lab.name("outside"))
    if found["CodeSha256"] != same["CodeSha256"]:
        raise NotYet(
            "The till's code is not the code of `outside`. This lab changes the network around "
            "the till, and not its code.",
            next_step="Run the cell `deploy` again: it deploys functions/till twice.",
        )
    return config


def paths(lab: CheckedLab, to: Destination, failed: Iterable[str] = ()) -> list[Path]:
    """The till's path to a destination from each of its subnets whose zone is up."""
    config, network = till_in_vpc(lab), network_of(lab)
    groups, down = tuple(config["SecurityGroupIds"]), frozenset(failed)
    return [
        travel(network, Source(subnet, groups), to, down)
        for subnet in config["SubnetIds"]
        if network.subnet(subnet).zone not in down
    ]


def paths_of_private(lab: CheckedLab, *destinations: Destination) -> list[Path]:
    """The path to each destination from every private subnet of the VPC."""
    network, vpc = network_of(lab), vpc_of(lab)
    return [
        travel(network, Source(each, (vpc.group,)), to)
        for to in destinations
        for each in vpc.private.values()
    ]


def endpoints(lab: CheckedLab, kind: str) -> list[dict[str, Any]]:
    """The VPC's endpoints of a type, Gateway or Interface, that are not being deleted."""
    found = described(lab.client("ec2"), vpc_of(lab).id)["VpcEndpoints"]
    return [each for each in found if each.get("VpcEndpointType") == kind]


def partner_admits(lab: CheckedLab) -> set[str]:
    """The shop's addresses that the partner admits: those the lab's cells allocated."""
    names = [lab.name(short, kind="ec2:elastic-ip") for short in ("way-out", "way-out-2")]
    filters = [{"Name": "tag:Name", "Values": names}]
    found = lab.client("ec2").describe_addresses(Filters=filters)["Addresses"]
    return {str(each["PublicIp"]) for each in found}


def booked(lab: CheckedLab, number: int) -> bool:
    """Whether a sale stands in the table: the till's word for it does not count."""
    found = lab.client("dynamodb").get_item(
        TableName=lab.name("sales", kind="dynamodb:table"),
        Key={"sale": {"N": str(number)}},
        ConsistentRead=True,
    )
    return "Item" in found


def sell_again(lab: CheckedLab, steps: Sequence[str]) -> Sale:
    """One sale, and up to two more while it times out.

    After a time-out the environment starts again within the next call, which takes time from it.
    """
    for _ in range(TRIES):
        sale = sell(lab, steps)
        if not sale.run.timed_out:
            break
    return sale


def sell(lab: CheckedLab, steps: Iterable[str], function: str = "till") -> Sale:
    """One sale now, with a number that was never sold."""
    number = fresh_number()
    return Sale(number, lab.invoke(lab.name(function), {"sale": number, "steps": list(steps)}))


def fresh_number() -> int:
    """The number of a sale that nobody has made yet."""
    return 1_000_000 + randbelow(900_000_000)
