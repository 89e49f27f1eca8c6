"""What is worked out before anything is built: a month's price, a launch day's addresses."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.feedback import Feedback, NotYet, Right
from serverless_course.exercises.inputs import number_wanted, real, shown, whole, yes_or_no
from serverless_course.exercises.task import task
from serverless_course.network.addresses import interfaces_now, interfaces_then, usable
from serverless_course.network.billed import BilledParts
from serverless_course.pricing.vpc import monthly_bill

GB = 200
PEAK, MEMORY_MB, PREFIX = 800, 1536, "10.0.0.0/24"
NAT, ENDPOINT = (
    BilledParts(nat_gateways=1, public_addresses=1),
    BilledParts(interface_endpoint_zones=2),
)


@dataclass(frozen=True)
class Mistake:
    """A sum that comes out of a usual mistake, and what to say to it."""

    usd: float
    says: str


def _usd(parts: BilledParts, *, nat_gb: int = 0, endpoint_gb: int = 0) -> float:
    return float(monthly_bill(parts, nat_gb=nat_gb, endpoint_gb=endpoint_gb).usd or 0)


def _mistakes() -> dict[str, list[Mistake]]:
    per_gb = f"It charges for each gigabyte, too: {GB} of them."
    right = {"nat": _usd(NAT, nat_gb=GB), "interface": _usd(ENDPOINT, endpoint_gb=GB)}
    return {
        "nat": [
            Mistake(_usd(NAT), per_gb),
            Mistake(
                _usd(BilledParts(nat_gateways=1), nat_gb=GB),
                "The NAT gateway has a public address, and that costs money, too.",
            ),
            Mistake(
                _usd(BilledParts(nat_gateways=1)),
                "That is the gateway's hours alone: its public address and the gigabytes are "
                "missing.",
            ),
            Mistake(
                _usd(BilledParts(nat_gateways=2, public_addresses=2), nat_gb=GB),
                "That is the price of two NAT gateways. Here one is asked for.",
            ),
            Mistake(
                _usd(BilledParts(nat_gateways=2, public_addresses=1), nat_gb=GB),
                "That is the price of two NAT gateways. Here one is asked for.",
            ),
            Mistake(
                _usd(BilledParts(nat_gateways=1, public_addresses=2), nat_gb=GB),
                "One NAT gateway needs one public address, not two.",
            ),
            Mistake(
                _usd(NAT, endpoint_gb=GB),
                "The gigabytes go through the NAT gateway here (`nat_gb`), not through an "
                "endpoint.",
            ),
            Mistake(right["interface"], "That is the price of the interface endpoint."),
        ],
        "interface": [
            Mistake(_usd(ENDPOINT), per_gb),
            Mistake(
                _usd(BilledParts(interface_endpoint_zones=1), endpoint_gb=GB),
                "It stands in two zones, and is charged in each.",
            ),
            Mistake(
                _usd(BilledParts(interface_endpoint_zones=1)),
                "It stands in two zones, and is charged in each; and for each gigabyte.",
            ),
            Mistake(
                _usd(ENDPOINT, nat_gb=GB),
                "The gigabytes go through the endpoint here (`endpoint_gb`), at another price "
                "than through a NAT gateway.",
            ),
            Mistake(
                _usd(BilledParts(interface_endpoint_zones=2, public_addresses=1), endpoint_gb=GB),
                "An interface endpoint has private addresses only: there is no public one to pay.",
            ),
            Mistake(right["nat"], "That is the price of the NAT gateway."),
        ],
        "gateway": [],
    }


@task("price")
def price(lab: CheckedLab, answer: Any) -> Feedback:
    """What 200 GB a month to DynamoDB cost on each way."""
    if not isinstance(answer, Mapping) or set(answer) != {"nat", "interface", "gateway"}:
        return NotYet(
            "The answer is a dictionary with nat, interface and gateway.", got=shown(answer)
        )
    right = {"nat": _usd(NAT, nat_gb=GB), "interface": _usd(ENDPOINT, endpoint_gb=GB), "gateway": 0}
    for way, usd in right.items():
        wrong = _price_problem(way, answer[way], usd)
        if wrong is not None:
            return wrong
    return Right(
        f"Yes: ${right['nat']:.2f}, ${right['interface']:.2f}, and nothing.",
        not_checked=["traffic between zones, which may cost something, too"],
    )


def _price_problem(way: str, given: Any, usd: float) -> Feedback | None:
    said = real(given)
    if said is None:
        summed = "The sum of a bill is its `.usd`." if hasattr(given, "usd") else None
        if given is None:
            summed = "Take us-east-1: for another Region, some prices are not known here."
        return NotYet(
            f"{way}: {number_wanted('a number of dollars', given)}",
            got=shown(given),
            next_step=summed,
        )
    if abs(said - usd) <= 0.01:
        return None
    known = [each.says for each in _mistakes()[way] if abs(said - each.usd) <= 0.01]
    text = f"{way}: this amount does not come out."
    if known:
        text = f"{way}: {known[0]}"
    elif way == "gateway":
        text = "A gateway endpoint costs nothing."
    elif abs(said - usd) < 1:
        text = f"{way}: nearly. Give the cents, too: do not round to whole dollars."
    return NotYet(
        text,
        got=f"${said:.2f}",
        next_step="`for line in bill.lines: print(line.what, line.quantity, line.usd)` shows what "
        "is charged.",
    )


@task("plan")
def plan(lab: CheckedLab, answer: Any) -> Feedback:
    """Addresses for a launch day, then and now."""
    if not isinstance(answer, Mapping) or set(answer) != {"then", "now", "enough_then"}:
        return NotYet(
            "The answer is a dictionary with then, now and enough_then.", got=shown(answer)
        )
    then, now = interfaces_then(PEAK, MEMORY_MB), interfaces_now(2)
    wrong = _then_problem(answer["then"], then) or _now_problem(answer["now"], now)
    if wrong is not None:
        return wrong
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
        f"Yes: {then} then, {now} now. Then, the two subnets would have been enough, with about "
        f"{2 * usable(PREFIX) - then} addresses left, for this function alone."
    )


def _then_problem(given: Any, then: int) -> Feedback | None:
    said = real(given)
    texts = {
        float(PEAK): "Then, it was one for each slice of 3 GB, not one for each environment.",
        then / 2.0: "Then: that is the share of one subnet. Count the addresses of both together.",
        PEAK * 1.5: "Then: divide by 3 GB, too.",
    }
    if said is None:
        return NotYet(f"then: {number_wanted('a whole number', given)}", got=shown(given))
    if said == then:
        return None
    text = texts.get(said, "Then: peak concurrency × (memory in GB / 3 GB).")
    if then < said <= PEAK * 1.536 / 3 + 1:
        text = "Then: 1,536 MB are 1.5 GB, because a GB has 1,024 MB."
    return NotYet(text, got=shown(given))


def _now_problem(given: Any, now: int) -> Feedback | None:
    said = whole(given)
    if said == now:
        return None
    texts = {
        1: "Now: an interface stands in one subnet, and the till has two subnets.",
        4: "Now: count the till's two private subnets only. It has nothing in the public ones.",
    }
    return NotYet(
        texts.get(
            said if said is not None else -1,
            "Now, all environments share one interface for each pair of subnet and group set.",
        ),
        got=shown(given),
    )
