"""The tasks of lab 05: a function in a VPC that hangs, and everything it needs to work again."""

from collections.abc import Mapping
from typing import Any

from serverless_course.exercises.checks.lab_05_shop import (
    endpoints,
    network_of,
    paths,
    sell,
    sell_twice,
    vpc_config,
    vpc_of,
)
from serverless_course.exercises.deployed import seen
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.inputs import real, shown, whole, word, yes_or_no
from serverless_course.exercises.task import task
from serverless_course.network.addresses import interfaces_now, interfaces_then, usable
from serverless_course.network.billed import BilledParts
from serverless_course.network.journey import Internet, Reason
from serverless_course.pricing.vpc import monthly_bill

PARTNER = "checkip.amazonaws.com"
GB = 200
PEAK, MEMORY_MB, PREFIX = 800, 1536, "10.0.0.0/24"
PER_SECOND, SECONDS = 10, 6.0
CUT_OFF_AT_S = 1.0
# On AWS, Lambda may not notice a subnet that is cut off: then every second sale is lost while it
# lasts. With one zone all are.
LOST_AT_MOST = 0.6
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
def hangs(lab: Any, answer: Any) -> Feedback:
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
def endpoint(lab: Any, answer: Any) -> Feedback:
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
def nat(lab: Any, answer: Any) -> Feedback:
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


def _elastic_address(lab: Any) -> str | None:
    name = lab.name("way-out", kind="ec2:elastic-ip")
    filters = [{"Name": "tag:Name", "Values": [name]}]
    found = lab.client("ec2").describe_addresses(Filters=filters)["Addresses"]
    return str(found[0]["PublicIp"]) if found else None


@task("private", needs_answer=False)
def private(lab: Any, answer: Any) -> Feedback:
    """The secret is read through the endpoint, whose group lets in the till on 443 and no more."""
    vpc = vpc_of(lab)
    door = _door(lab, vpc.id)
    rules = door["IpPermissions"]
    inside = sell_twice(lab, ["secret"]) if rules else sell(lab, ["secret"])
    if not rules and not inside.ok:
        own = network_of(lab).security_group(vpc.group)
        if own.ingress:
            return NotYet(
                "The till still hangs: you opened the till's own group. The packets arrive at the "
                "endpoint, and its group lets nothing in.",
                evidence=[seen(inside)],
            )
        return NotAttempted(
            "The endpoint's group lets nothing in yet.",
            next_step='`lab.hint("private")` gives a first step.',
        )
    if not inside.ok:
        lets_in = "; ".join(map(_said, rules)) or "nothing"
        return NotYet(
            f"The till still does not read the secret. The endpoint's group lets in: {lets_in}.",
            expected="tcp, port 443, from the till's group",
            evidence=[seen(inside), str(inside.payload)[:200]],
            next_step="`close_door()`, and another rule. "
            '`lab.reach(till, "secretsmanager")` draws where the packets end.',
        )
    wide = _too_wide(rules, vpc.group)
    if wide:
        return NotYet(
            f"It works, and it is too open: {wide}.",
            expected="tcp, port 443, from the till's group",
            next_step="`close_door()`, and a rule that is narrower.",
        )
    refused = sell(lab, ["secret"], function="outside")
    if refused.ok:
        return NotYet(
            "The function outside of the VPC reads the secret, too.",
            next_step="Run the cell above that allows `read-secret` on a condition.",
        )
    return Right(
        "Yes: read in the VPC, and refused outside.",
        evidence=[seen(inside), f"outside: {refused.error_type}"],
    )


def _door(lab: Any, vpc_id: str) -> dict[str, Any]:
    filters = [{"Name": "vpc-id", "Values": [vpc_id]}]
    groups = lab.client("ec2").describe_security_groups(Filters=filters)["SecurityGroups"]
    for group in groups:
        if group["GroupName"].endswith("-door"):
            found: dict[str, Any] = group
            return found
    raise NotAttempted(
        "The endpoint's group is not there yet.", next_step="Run the cells above this one."
    )


def _said(rule: dict[str, Any]) -> str:
    """A rule of a group in a few words."""
    protocol = rule.get("IpProtocol")
    ports = dict.fromkeys(str(rule.get(end)) for end in ("FromPort", "ToPort"))
    what = "everything" if protocol == "-1" else f"{protocol} {'-'.join(ports)}"
    others = [each["GroupId"] for each in rule.get("UserIdGroupPairs", [])]
    others += [each["CidrIp"] for each in rule.get("IpRanges", [])]
    return f"{what} from {', '.join(others) or 'nobody'}"


def _too_wide(rules: list[dict[str, Any]], group: str) -> str:
    """What a rule lets in beside HTTPS of the till's group; "" for nothing."""
    for rule in rules:
        if rule.get("IpRanges") or rule.get("Ipv6Ranges") or rule.get("PrefixListIds"):
            return "it lets in addresses, not only the till's group"
        others = [each["GroupId"] for each in rule.get("UserIdGroupPairs", [])]
        if others != [group]:
            return f"it lets in other groups: {', '.join(others)}"
        if (rule.get("IpProtocol"), rule.get("FromPort"), rule.get("ToPort")) != ("tcp", 443, 443):
            return "it lets in other ports"
    return ""


@task("price")
def price(lab: Any, answer: Any) -> Feedback:
    """What 200 GB a month to DynamoDB cost on each way."""
    if not isinstance(answer, Mapping) or set(answer) != {"nat", "interface", "gateway"}:
        return NotYet(
            "The answer is a dictionary with nat, interface and gateway.", got=shown(answer)
        )
    gateway = BilledParts(nat_gateways=1, public_addresses=1)
    zones = BilledParts(interface_endpoint_zones=2)
    right = {
        "nat": monthly_bill(gateway, nat_gb=GB).usd,
        "interface": monthly_bill(zones, endpoint_gb=GB).usd,
        "gateway": 0,
    }
    hints = {
        "nat": (monthly_bill(gateway).usd, f"It charges for each gigabyte, too: {GB} of them."),
        "interface": (
            monthly_bill(BilledParts(interface_endpoint_zones=1), endpoint_gb=GB).usd,
            "It stands in two zones, and is charged in each.",
        ),
        "gateway": (None, "A gateway endpoint costs nothing."),
    }
    for way, dollars in right.items():
        said = real(answer[way])
        if said is None:
            return NotYet(
                f"The price of {way} is a number of dollars.",
                got=shown(answer[way]),
                next_step="The sum of a bill is its `.usd`."
                if hasattr(answer[way], "usd")
                else None,
            )
        if abs(said - float(dollars or 0)) > 0.01:
            usual, text = hints[way]
            near = usual is not None and abs(said - float(usual)) <= 0.01
            return NotYet(
                text if near or way == "gateway" else f"{way}: another amount comes out.",
                got=f"${said:.2f}",
                next_step="`bill.lines` shows what is charged.",
            )
    return Right(
        f"Yes: ${right['nat']:.2f}, ${right['interface']:.2f}, and nothing.",
        not_checked=["traffic between zones, which may cost something, too"],
    )


@task("zone", needs_answer=False, time_limit_s=120)
def zone(lab: Any, answer: Any) -> Feedback:
    """The till lives on when a zone fails."""
    network, vpc = network_of(lab), vpc_of(lab)
    subnets = vpc_config(lab).get("SubnetIds", [])
    zones = {network.subnet(each).zone for each in subnets}
    if subnets == [vpc.private[vpc.zones[0]]]:
        return NotAttempted(
            "The till still stands in one subnet.",
            next_step='`lab.hint("zone")` gives a first step.',
        )
    if len(zones) < 2:
        return NotYet(
            "All its subnets lie in one zone.",
            expected="subnets in two zones",
            got=f"{len(subnets)} subnet(s) in {', '.join(sorted(zones))}",
        )
    public = [each for each in subnets if each in vpc.public.values()]
    if public:
        return NotYet(
            "There is a public subnet among them. Lambda's interfaces get no public address: "
            "from there, the till cannot reach the partner.",
            got=", ".join(public),
        )
    return _survives(lab, vpc.zones[0], [vpc.private[vpc.zones[0]], vpc.public[vpc.zones[0]]])


def _survives(lab: Any, failing: str, subnets: list[str]) -> Feedback:
    first = sell_twice(lab, ["book"])
    if not first.ok:
        return NotYet(
            "The till does not book, though no zone has failed.",
            evidence=[seen(first), str(first.payload)[:200]],
            next_step="Change its VpcConfig only, with `lab.configure`. If its other settings are "
            "gone, deploy it with `**settings`.",
        )
    disruption = lab.disruption(*subnets, minutes=1)
    try:
        calls = lab.load(
            lab.name("till"),
            {"sale": 6, "steps": ["book"]},
            per_second=PER_SECOND,
            seconds=SECONDS,
            during={CUT_OFF_AT_S: disruption.start},
        )
    finally:
        disruption.stop()
    # Nothing is healed while sales are sent: one that is booked was booked without the zone.
    during = [call for call in calls if call.at_s >= CUT_OFF_AT_S]
    lost = sum(not call.ok for call in during)
    said = f"{len(during) - lost} of {len(during)} sales were booked while {failing} was cut off"
    if lost > LOST_AT_MOST * len(during):
        return NotYet(
            f"Too many sales are lost: {said}.",
            expected=f"{1 - LOST_AT_MOST:.0%} at least",
            next_step="Is another experiment still running? `disruption.stop()` ends it.",
        )
    return Right(f"Yes: the till goes on in the other zone; {said}.")


@task("plan")
def plan(lab: Any, answer: Any) -> Feedback:
    """Addresses for a launch day, then and now."""
    if not isinstance(answer, Mapping) or set(answer) != {"then", "now", "enough_then"}:
        return NotYet(
            "The answer is a dictionary with then, now and enough_then.", got=shown(answer)
        )
    then, now = interfaces_then(PEAK, MEMORY_MB), interfaces_now(2)
    said = {"then": whole(answer["then"]), "now": whole(answer["now"])}
    if said["then"] == PEAK:
        return NotYet(
            "Then, it was one for each slice of 3 GB, not one for each environment.",
            got=str(said["then"]),
        )
    if said["then"] != then:
        return NotYet("Then: peak concurrency × (memory in GB / 3 GB).", got=shown(answer["then"]))
    if said["now"] != now:
        return NotYet(
            "Now, all environments share one interface for each pair of subnet and group set.",
            got=shown(answer["now"]),
        )
    enough = yes_or_no(answer["enough_then"])
    if enough is not (then <= 2 * usable(PREFIX)):
        return NotYet(
            "enough_then is True or False."
            if enough is None
            else "Count the addresses of both subnets together.",
            expected=f"2 × {usable(PREFIX)} addresses against {then}",
            got=shown(answer["enough_then"]),
        )
    return Right(
        f"Yes: {then} then, {now} now. Then, the two subnets would just have been enough, for this "
        "function alone."
    )
