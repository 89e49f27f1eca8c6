"""The till while a zone fails."""

from random import SystemRandom
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_05_vpc_design.till import (
    booked,
    fresh_number,
    network_of,
    partner_admits,
    paths,
    sell_again,
    till_in_vpc,
    vpc_of,
)
from serverless_course.exercises.checks.lab_05_vpc_design.ways_out import PARTNER
from serverless_course.exercises.feedback import (
    EnvironmentProblem,
    Feedback,
    NotAttempted,
    NotYet,
    Right,
)
from serverless_course.exercises.task import task
from serverless_course.functions.load import Call
from serverless_course.network.journey import Destination, Service

STEPS = ("book", "partner")
PER_SECOND, SECONDS = 4, 6.0
CUT_OFF_AT_S = 1.0
# Sent at once before a zone is cut off, so that there are environments in both: a cold start is
# no failure of a zone.
WARM_UP = 8
# On AWS, Lambda may not notice a subnet that is cut off: then every second sale is lost while it
# lasts. With one zone all are.
LOST_AT_MOST = 0.6


@task("zone", needs_answer=False, time_limit_s=180)
def zone(lab: CheckedLab, answer: Any) -> Feedback:
    """The till books and asks the partner, whichever zone fails."""
    vpc, subnets = vpc_of(lab), till_in_vpc(lab)["SubnetIds"]
    network = network_of(lab)
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
    wrong = _by_the_map(lab) or _without_a_failure(lab)
    if wrong is not None:
        return wrong
    # Whoever prepares for one zone only does not know which one fails first.
    order = SystemRandom().sample(vpc.zones, len(vpc.zones))
    said = []
    for failing in order:
        survived = _survives(lab, failing)
        if isinstance(survived, Feedback):
            return survived
        said.append(survived)
    return Right(
        f"Yes: the till books, and the partner answers, whichever zone is cut off. {said[0]}; "
        f"{said[1]}.",
        not_checked=["a failure of more than the subnets, such as of Lambda in that zone"],
    )


def _warm_up(lab: CheckedLab) -> None:
    """Start environments in each zone: what an earlier failure has left begins with a time-out."""
    lab.load(
        lab.name("till"),
        {"sale": fresh_number(), "steps": list(STEPS)},
        per_second=100,
        seconds=WARM_UP / 100,
    )


def _without_a_failure(lab: CheckedLab) -> Feedback | None:
    """What is wrong with the till while nothing has failed."""
    _warm_up(lab)
    sale = sell_again(lab, STEPS)
    if sale.run.timed_out:
        return EnvironmentProblem(
            "The till times out, though no zone has failed. By the map, every way is there: "
            "perhaps this machine is too busy. Your answer was not judged.",
            evidence=sale.evidence,
            next_step="Close programs that keep the CPU busy, and check again. Is an experiment "
            "still running? `disruption.stop()` ends it.",
        )
    if not sale.run.ok or not booked(lab, sale.number):
        return NotYet(
            "The till does not book and ask the partner, though no zone has failed.",
            evidence=sale.evidence,
            next_step=sale.next_step,
        )
    admitted = partner_admits(lab)
    if sale.run.payload.get("partner") not in admitted:
        return NotYet(
            "The partner sees an address that he does not admit.",
            expected=" or ".join(sorted(admitted)),
            got=str(sale.run.payload.get("partner")),
            next_step="Give the second NAT gateway the address `spare`.",
        )
    return None


def _by_the_map(lab: CheckedLab) -> Feedback | None:
    """What of the till's ways ends with a zone, as the network is described."""
    region = lab.client("ec2").meta.region_name
    ways: dict[str, Destination] = {"DynamoDB": Service("dynamodb", region), "the partner": PARTNER}
    admitted = partner_admits(lab)
    for failing in vpc_of(lab).zones:
        for name, to in ways.items():
            for path in paths(lab, to, [failing]):
                if not path.verdict.delivered:
                    return NotYet(
                        f"If {failing} fails, the till no longer reaches {name}, though it still "
                        "runs in another zone.",
                        expected="a way to DynamoDB and to the partner from each zone that does "
                        "not lead through another zone",
                        evidence=[path.verdict.words],
                        next_step="A zonal NAT gateway serves while its own zone is up. Which "
                        "route does the other zone's private subnet need? `start_zone_again()` "
                        "goes back to the beginning of this task.",
                    )
                if name == "DynamoDB" and not str(path.verdict.through).startswith("vpce-"):
                    return NotYet(
                        f"If {failing} fails, the till's calls to DynamoDB leave through "
                        f"{path.verdict.through}, which charges for each gigabyte.",
                        expected="the way through the gateway endpoint, from each private subnet",
                        next_step="A new route table does not know the endpoint: "
                        "`ec2.modify_vpc_endpoint(VpcEndpointId=…, AddRouteTableIds=[…])`.",
                    )
                address = path.verdict.outside_address
                if name == "the partner" and address not in admitted:
                    return NotYet(
                        f"If {failing} fails, the partner sees {address}, which he does not admit.",
                        expected=" or ".join(sorted(admitted)),
                        got=str(address),
                        next_step="Give the second NAT gateway the address `spare`.",
                    )
    return None


def _survives(lab: CheckedLab, failing: str) -> Feedback | str:
    """How many calls went well while a zone was cut off, or what was wrong."""
    vpc = vpc_of(lab)
    disruption = lab.disruption(vpc.private[failing], vpc.public[failing], minutes=1)
    # A busy machine may lose calls to slow cold starts: one more try tells them apart.
    for _ in range(2):
        number = fresh_number()
        _warm_up(lab)
        try:
            calls = lab.load(
                lab.name("till"),
                {"sale": number, "steps": list(STEPS)},
                per_second=PER_SECOND,
                seconds=SECONDS,
                during={CUT_OFF_AT_S: disruption.start},
            )
        finally:
            disruption.stop()
        # Nothing is healed while sales are sent: one that went well did so without the zone.
        during = [call for call in calls if call.at_s >= CUT_OFF_AT_S]
        lost = [call for call in during if not call.ok]
        said = f"{len(during) - len(lost)} of {len(during)} while {failing} was cut off"
        if len(lost) <= LOST_AT_MOST * len(during) and booked(lab, number):
            return said
    return _too_many_lost(lost, said)


def _too_many_lost(lost: list[Call], said: str) -> Feedback:
    kinds = ", ".join(sorted({call.error for call in lost}))
    text = f"Too many calls are lost: {said} went well."
    return EnvironmentProblem(
        f"{text} By the map, every way is there: perhaps this machine is too busy. Your answer was "
        "not judged.",
        evidence=[f"errors: {kinds}"],
        next_step="Close programs that keep the CPU busy, and check again. Is another experiment "
        "still running? `disruption.stop()` ends it.",
    )
