"""The quote, taken out of the fat function: the same prices, nothing else loaded, no rights."""

from secrets import choice, randbelow
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_09_good_practice_and_orchestration.shop import (
    deployed,
    quicker,
    spied,
    spied_answer,
    table_of,
)
from serverless_course.exercises.deployed import fresh, seen
from serverless_course.exercises.feedback import Feedback, NotYet, Right
from serverless_course.exercises.inputs import shown
from serverless_course.exercises.role_probe import tried, was_refused
from serverless_course.exercises.task import task

FAT, SLIM = "shop", "quote"
COUPONS = {"SPRING": 10, "FRIEND": 15, None: 0, "NONE": 0}
# The goal: at most this part of the time before.
GOAL = 0.6
# Its own code, and no data: the places have some megabytes.
MOST_READ_BYTES = 50_000


def price(items: list[dict[str, int]], coupon: str | None) -> dict[str, int]:
    """What functions/shop/index.py says that a bunch costs."""
    cents = 0
    for item in items:
        whole = item["cents"] * item["number"]
        cents += whole * 95 // 100 if item["number"] >= 10 else whole
    percent = COUPONS[coupon]
    return {"cents": cents - cents * percent // 100, "percent": percent}


@task("split", needs_answer=False, time_limit_s=240)
def split(lab: CheckedLab, answer: Any) -> Feedback:
    """quote says what the shop says, loads nothing, may do nothing, and starts quickly."""
    settings = deployed(lab, SLIM)
    deployed(lab, FAT)
    evidence = _prices(lab)
    if settings.get("Layers"):
        raise NotYet(
            "A layer is still attached: AWS fetches it for each new environment, and a quote needs "
            "nothing of it.",
            evidence=evidence,
            next_step='Deploy it with `options={"Layers": []}`, and with its role.',
        )
    _loads_nothing(lab)
    _may_do_nothing(lab, settings)
    evidence.append("its role may neither read nor write the table, nor invoke a function")
    fat = FAT, {"do": "quote", **_bunch()}
    before, after = quicker(lab, fat, (SLIM, _bunch()), GOAL, evidence)
    return Right(
        f"Yes: who asks for a price waits {after.median:.0f} ms at first, and waited "
        f"{before.median:.0f} ms.",
        evidence=evidence,
        not_checked=["what AWS needs to fetch a package: this machine fetches none"],
    )


def _bunch() -> dict[str, Any]:
    numbers = (1 + randbelow(8), 10 + randbelow(20))
    items = [{"cents": 101 + randbelow(800), "number": number} for number in numbers]
    return {"items": items[: 1 + randbelow(2)], "coupon": choice(list(COUPONS))}


def _prices(lab: CheckedLab) -> list[str]:
    """Evidence that fresh bunches cost what they cost in the fat function."""
    evidence = []
    for coupon in ("SPRING", "FRIEND", None):
        items = telling_items(coupon)
        run = fresh(lab, SLIM, {"items": items, "coupon": coupon})
        evidence.append(f"coupon {coupon}: {seen(run)}")
        wanted = price(items, coupon)
        if run.payload != wanted:
            raise NotYet(
                _mistake(items, coupon, run.payload),
                expected=f"{wanted} for {items}, coupon {coupon}",
                got=shown(run.payload),
                evidence=evidence,
                next_step="Take `quote` out of functions/shop/index.py as it is.",
            )
    return evidence


def telling_items(coupon: str | None) -> list[dict[str, int]]:
    """Two fresh items whose price is another one when it is rounded instead of cut off."""
    while True:
        items = [
            {"cents": 101 + randbelow(800), "number": 2 + randbelow(7)},
            {"cents": 101 + randbelow(800), "number": 10 + randbelow(20)},
        ]
        cents = price(items, None)["cents"]
        cut_off = items[1]["cents"] * items[1]["number"] * 95 % 100
        if cut_off > 50 and (not coupon or cents * COUPONS[coupon] % 100 > 50):
            return items


def _mistake(items: list[dict[str, int]], coupon: str | None, payload: Any) -> str:
    cents = payload.get("cents") if isinstance(payload, dict) else None
    if cents is None:
        return "It answers without a price. The answer has the keys cents and percent."
    if coupon and cents == price(items, None)["cents"]:
        return "The coupon takes nothing off any more."
    if cents == _without_bulk(items, coupon):
        return "Ten or more of one kind cost 5 % less; that rule is gone."
    return "The price is not what the shop says for this bunch."


def _without_bulk(items: list[dict[str, int]], coupon: str | None) -> int:
    cents = sum(item["cents"] * item["number"] for item in items)
    return cents - cents * COUPONS[coupon] // 100


def _loads_nothing(lab: CheckedLab) -> None:
    with spied(lab, SLIM) as name:
        told = spied_answer(lab, name, SLIM, _bunch())
    for module, why in (
        ("requests", "which makes the label's link"),
        ("boto3", "which the order needs to ask the stock, the bank and the courier"),
        ("botocore", "which is what boto3 is made of"),
    ):
        if module in told["modules"]:
            raise NotYet(
                f"{module} is still loaded for a quote, {why}.",
                evidence=[f"one quote read {told['read_bytes']:,} bytes of data"],
                next_step="A quote is arithmetic. Take out the imports, and what they were for.",
            )
    if told["read_bytes"] > MOST_READ_BYTES:
        raise NotYet(
            f"A quote still reads {told['read_bytes'] / 1e6:.2f} MB of files.",
            expected="its own few lines",
            next_step="The places are for labels. Take them out.",
        )


def _may_do_nothing(lab: CheckedLab, settings: dict[str, Any]) -> None:
    """`NotYet` when the role of quote may do what only labels and orders need."""
    key = {"TableName": table_of(lab), "Key": {"id": {"S": "nobody"}}}
    calls: dict[str, tuple[str, str, dict[str, Any]]] = {
        "read the table": ("dynamodb", "get_item", key),
        "write to the table": ("dynamodb", "delete_item", key),
        "invoke the desk": (
            "lambda",
            "invoke",
            {"FunctionName": lab.name("desk"), "InvocationType": "DryRun"},
        ),
    }
    said = tried(lab, settings["Role"], settings["Runtime"], calls)
    allowed = [what for what, answer in said.items() if not was_refused(answer)]
    if allowed:
        raise NotYet(
            f"It is quick, and its role may {allowed[0]}. Whoever finds a hole in `quote` has the "
            "rights of the whole shop: that is the other price of a fat function.",
            expected="a role that may write its log, and nothing else",
            got=settings["Role"].rpartition("/")[2],
            evidence=[f"{what}: {answer}" for what, answer in said.items()],
            next_step='Make one with `make_role("quote")`, and deploy with `options={"Role": …}`.',
        )
