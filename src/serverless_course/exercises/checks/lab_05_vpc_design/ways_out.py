"""The till's ways to DynamoDB and to the partner."""

from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_05_vpc_design.till import (
    endpoints,
    network_of,
    paths,
    sell_twice,
    vpc_config,
    vpc_of,
)
from serverless_course.exercises.deployed import seen
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.inputs import shown, word
from serverless_course.exercises.task import task
from serverless_course.network.journey import Internet, Reason

PARTNER = "checkip.amazonaws.com"
# Why the partner is not reached, in the lab's words.
WHY_NOT = {
    Reason.NO_ROUTE: "The till's packets have no route to the internet.",
    Reason.NO_PUBLIC_ADDRESS: (
        "The route leads straight to the internet gateway. It drops the till's packets, because "
        "the till has no public address."
    ),
    Reason.NAT_IN_PRIVATE_SUBNET: (
        "The NAT gateway stands in a private subnet, so it has no way out itself."
    ),
}


@task("hangs")
def hangs(lab: CheckedLab, answer: Any) -> Feedback:
    """Where the till's packets to DynamoDB were dropped at first."""
    vpc, network = vpc_of(lab), network_of(lab)
    subnet = vpc_config(lab)["SubnetIds"][0]
    table = network.route_table_of(subnet)
    said = word(answer)
    if table is not None and said == table.id:
        return Right(
            f"Yes: {table.id}. It knows the way to other addresses of the VPC, and no other.",
            evidence=[f"the till's subnet {subnet} uses this route table"],
        )
    if said == vpc.group or said.startswith("sg-"):
        text = "The security group lets it out: it allows all outgoing traffic."
    elif said.startswith("subnet-"):
        text = "The subnet is where the journey begins. What sends a packet on from there?"
    elif said.startswith("rtb-"):
        text = "That is another route table: not the one of the till's subnet."
    elif said.startswith("acl-"):
        text = "The network ACL of a new VPC lets everything through."
    else:
        return NotYet("The answer is an id, such as rtb-0123.", got=shown(answer))
    return NotYet(text, got=shown(answer), next_step="Look at the ✗ in the drawing.")


@task("endpoint", needs_answer=False)
def endpoint(lab: CheckedLab, answer: Any) -> Feedback:
    """A gateway endpoint for DynamoDB that the till's subnets use."""
    vpc = vpc_of(lab)
    doors = endpoints(lab, "Gateway")
    if not doors:
        if any(each["ServiceName"].endswith(".dynamodb") for each in endpoints(lab, "Interface")):
            return NotYet(
                "That is an interface endpoint: it costs money by the hour.",
                next_step="Delete it with `ec2.delete_vpc_endpoints(VpcEndpointIds=[…])`, and make "
                "one of the type Gateway.",
            )
        return NotAttempted(
            "There is no gateway endpoint in the VPC yet.",
            next_step='`lab.hint("endpoint")` gives a first step.',
        )
    own = [each for each in doors if each["ServiceName"].endswith(".dynamodb")]
    if not own:
        return NotYet(
            "The endpoint is for another service.",
            expected="a service name that ends in .dynamodb",
            got=", ".join(each["ServiceName"] for each in doors),
        )
    if not any(vpc.private_table in each.get("RouteTableIds", []) for each in own):
        return NotYet(
            "The endpoint stands in another route table: the till's subnet does not use it.",
            expected=vpc.private_table,
            got=", ".join(table for each in own for table in each.get("RouteTableIds", []))
            or "no route table",
            next_step="`ec2.modify_vpc_endpoint(VpcEndpointId=…, AddRouteTableIds=[…])` adds one.",
        )
    run = sell_twice(lab, ["book"])
    if not run.ok:
        return NotYet(
            "The till still does not book.",
            evidence=[seen(run), str(run.payload)[:200]],
            next_step='`lab.reach(till, "dynamodb")` draws where its packets go now.',
        )
    return Right("Yes: a sale is booked, through a door that costs nothing.", evidence=[seen(run)])


@task("nat", needs_answer=False)
def nat(lab: CheckedLab, answer: Any) -> Feedback:
    """The till reaches the partner, under the shop's address."""
    network = network_of(lab)
    found = paths(lab, Internet(PARTNER, 80))
    stopped = [path.verdict for path in found if not path.verdict.delivered]
    untried = not network.nat_gateways and all(
        verdict.reason is Reason.NO_ROUTE for verdict in stopped
    )
    if stopped and untried:
        return NotAttempted(
            "There is no NAT gateway yet.", next_step='`lab.hint("nat")` gives a first step.'
        )
    if stopped:
        verdict = stopped[0]
        return NotYet(
            WHY_NOT.get(verdict.reason, verdict.words),
            evidence=[f"dropped at {verdict.dropped_at}"],
            next_step=verdict.words if verdict.reason in WHY_NOT else None,
        )
    run = sell_twice(lab, ["partner"])
    if not run.ok:
        return NotYet(
            "The way is there, and the partner did not answer.",
            evidence=[seen(run), str(run.payload)[:200]],
        )
    wanted = _elastic_address(lab)
    if run.payload["partner"] != wanted:
        return NotYet(
            "The partner sees an address that he does not admit.",
            expected=str(wanted),
            got=shown(run.payload["partner"]),
            next_step="Give the NAT gateway the address's AllocationId.",
        )
    return Right(f"Yes: the partner sees {wanted}, always.", evidence=[seen(run)])


def _elastic_address(lab: CheckedLab) -> str | None:
    name = lab.name("way-out", kind="ec2:elastic-ip")
    filters = [{"Name": "tag:Name", "Values": [name]}]
    found = lab.client("ec2").describe_addresses(Filters=filters)["Addresses"]
    return str(found[0]["PublicIp"]) if found else None
