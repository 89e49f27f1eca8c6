"""The till's ways to DynamoDB and to the partner."""

from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_05_vpc_design.till import (
    booked,
    endpoints,
    network_of,
    partner_admits,
    paths,
    paths_of_private,
    sell_again,
    till_in_vpc,
    vpc_of,
)
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.inputs import shown, word
from serverless_course.exercises.task import task
from serverless_course.network.journey import Internet, Reason, Service

PARTNER = Internet("checkip.amazonaws.com", 80)
# One address in each half of the internet: a route that covers one of them is not enough.
EVERYWHERE = (PARTNER, *(Internet("a host", 80, address=ip) for ip in ("8.8.8.8", "203.0.114.7")))
# Why the partner is not reached, in the lab's words.
WHY_NOT = {
    Reason.NO_ROUTE: "The private subnets have no route to the whole internet.",
    Reason.NO_PUBLIC_ADDRESS: (
        "The route leads straight to the internet gateway. It drops the till's packets, because "
        "the till has no public address."
    ),
    Reason.NAT_IN_PRIVATE_SUBNET: (
        "The NAT gateway stands in a private subnet, so it has no way out itself."
    ),
    Reason.BLACKHOLE_ROUTE: "The route leads to a NAT gateway that no longer exists.",
}


@task("hangs")
def hangs(lab: CheckedLab, answer: Any) -> Feedback:
    """Where the till's packets to DynamoDB were dropped at first."""
    vpc = vpc_of(lab)
    said = word(answer)
    if said == vpc.private_table:
        return Right(
            f"Yes: {vpc.private_table}. It knows the way to other addresses of the VPC, and no "
            "other.",
            evidence=["the private subnets use this route table"],
        )
    beginnings = {
        "sg-": "The security group lets it out: it allows all outgoing traffic.",
        "subnet-": "The subnet is where the journey begins. What sends a packet on from there?",
        "acl-": "The network ACL of a new VPC lets everything through.",
        "vpc-": "That is the whole VPC. In it, one thing drops the packets.",
        "igw-": "The packets do not come as far as the internet gateway.",
    }
    text = next((text for start, text in beginnings.items() if said.startswith(start)), "")
    if vpc.private_table in said:
        text = "That holds the right id, and more. The answer is the id alone."
    elif said.startswith("rtb-"):
        known = said in network_of(lab).route_tables
        text = "That is another route table: not the one of the till's subnet."
        text = text if known else "There is no route table with this id in the VPC."
    if not text:
        return NotYet(
            "The answer is the id of one thing in the VPC, as text, such as rtb-0123.",
            got=shown(answer),
            next_step="`shown.table()` has a column with ids.",
        )
    return NotYet(text, got=shown(answer), next_step="Look at the ✗ in the drawing.")


@task("endpoint", needs_answer=False)
def endpoint(lab: CheckedLab, answer: Any) -> Feedback:
    """A gateway endpoint for DynamoDB that the till's subnets use."""
    doors = endpoints(lab, "Gateway")
    if not doors:
        return _no_gateway_endpoint(lab)
    own = [each for each in doors if each["ServiceName"].endswith(".dynamodb")]
    if not own:
        return NotYet(
            "The endpoint is for another service.",
            expected="a service name that ends in .dynamodb",
            got=", ".join(each["ServiceName"] for each in doors),
        )
    till_in_vpc(lab)
    region = own[0]["ServiceName"].split(".")[-2]
    found = paths(lab, Service("dynamodb", region))
    ids = {each["VpcEndpointId"] for each in own}
    if any(path.verdict.through not in ids for path in found):
        return NotYet(
            "The endpoint stands in another route table: the till's subnet does not use it.",
            expected=vpc_of(lab).private_table,
            got=", ".join(table for each in own for table in each.get("RouteTableIds", []))
            or "no route table",
            next_step="`ec2.modify_vpc_endpoint(VpcEndpointId=…, AddRouteTableIds=[…])` adds one.",
        )
    sale = sell_again(lab, ["book"])
    if not sale.run.ok:
        refused = "AccessDenied" in str(sale.run.payload)
        return NotYet(
            "DynamoDB refuses to book: a policy does not allow PutItem."
            if refused
            else "The way is there, and the till still does not book.",
            evidence=sale.evidence,
            next_step="Does the endpoint have a policy of its own? If not, run the cell `rights`."
            if refused
            else sale.next_step,
        )
    if not booked(lab, sale.number):
        return NotYet(
            "The till says that it booked, and the sale is not in the table.",
            evidence=sale.evidence,
            next_step="Run the cells `around` and `deploy` again.",
        )
    return Right(
        "Yes: a sale is booked, through an endpoint that costs nothing.", evidence=sale.evidence
    )


def _no_gateway_endpoint(lab: CheckedLab) -> Feedback:
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


@task("nat", needs_answer=False)
def nat(lab: CheckedLab, answer: Any) -> Feedback:
    """The till reaches the partner, under the shop's address, from every private subnet."""
    till_in_vpc(lab)
    gateways = network_of(lab).nat_gateways
    found = paths_of_private(lab, *EVERYWHERE)
    stopped = [path.verdict for path in found if not path.verdict.delivered]
    if not gateways and all(each.reason is Reason.NO_ROUTE for each in stopped) and stopped:
        return NotAttempted(
            "There is no NAT gateway yet.", next_step='`lab.hint("nat")` gives a first step.'
        )
    if stopped:
        verdict = stopped[0]
        return NotYet(
            WHY_NOT.get(verdict.reason, verdict.words),
            evidence=[f"dropped at {verdict.dropped_at}"],
            next_step=verdict.words
            if verdict.reason in WHY_NOT
            else "`start_again()` takes away what this try has left.",
        )
    sale = sell_again(lab, ["partner"])
    if not sale.run.ok:
        return NotYet(
            "The way is there, and the partner did not answer.",
            evidence=sale.evidence,
            next_step=sale.next_step,
        )
    wanted = partner_admits(lab)
    if sale.run.payload.get("partner") not in wanted:
        return NotYet(
            "The partner sees an address that he does not admit.",
            expected=" or ".join(sorted(wanted)) or "the address of the cell `nat-address`",
            got=shown(sale.run.payload.get("partner")),
            next_step="Give the NAT gateway the AllocationId of the address in the cell above.",
        )
    return Right(
        f"Yes: the partner sees {sale.run.payload['partner']}, always.", evidence=sale.evidence
    )
