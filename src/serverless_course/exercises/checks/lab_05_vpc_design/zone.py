"""The till while a zone fails."""

from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_05_vpc_design.till import (
    network_of,
    sell_twice,
    vpc_config,
    vpc_of,
)
from serverless_course.exercises.deployed import seen
from serverless_course.exercises.feedback import Feedback, NotAttempted, NotYet, Right
from serverless_course.exercises.task import task

PER_SECOND, SECONDS = 10, 6.0
CUT_OFF_AT_S = 1.0
# On AWS, Lambda may not notice a subnet that is cut off: then every second sale is lost while it
# lasts. With one zone all are.
LOST_AT_MOST = 0.6


@task("zone", needs_answer=False, time_limit_s=120)
def zone(lab: CheckedLab, answer: Any) -> Feedback:
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


def _survives(lab: CheckedLab, failing: str, subnets: list[str]) -> Feedback:
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
    return Right(
        f"Yes: the till goes on booking in the other zone; {said}.",
        not_checked=["calls to the partner: they end with the zone of a single NAT gateway"],
    )
