"""What is worked out before anything is built: a month's price, a launch day's addresses."""

from collections.abc import Mapping
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.feedback import Feedback, NotYet, Right
from serverless_course.exercises.inputs import real, shown, whole, yes_or_no
from serverless_course.exercises.task import task
from serverless_course.network.addresses import interfaces_now, interfaces_then, usable
from serverless_course.network.billed import BilledParts
from serverless_course.pricing.vpc import monthly_bill

GB = 200
PEAK, MEMORY_MB, PREFIX = 800, 1536, "10.0.0.0/24"


@task("price")
def price(lab: CheckedLab, answer: Any) -> Feedback:
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


@task("plan")
def plan(lab: CheckedLab, answer: Any) -> Feedback:
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
