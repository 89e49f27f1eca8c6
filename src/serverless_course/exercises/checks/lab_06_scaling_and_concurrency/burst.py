"""A burst of 300 messages: each order booked once, no throttle, few connections."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_06_scaling_and_concurrency.bakery import (
    MOST_CONNECTIONS,
    booked,
    cap_of,
    database,
    fresh_id,
    mapping_of,
    quiet_database,
    send_all,
    settled,
    total_of,
    waiting_in,
)
from serverless_course.exercises.checks.lab_06_scaling_and_concurrency.till import (
    refuse_another_database,
)
from serverless_course.exercises.feedback import (
    EnvironmentProblem,
    Feedback,
    NotAttempted,
    NotYet,
    Right,
)
from serverless_course.exercises.task import task
from serverless_course.waiting import until

BURST = 300
# Settings that must fail, whatever a burst does, show it sooner.
BURST_OF_WRONG_SETTINGS = 120
# Batches of ten, with some that are not full.
MOST_OPENED = 60
# A queue delivers at least once, so some doubles are its right.
MOST_TWICE = 10
DONE_WITHIN_S = 120.0
LEFT_WITHIN_S = 30.0
COUNTED_WITHIN_S = 150.0


@dataclass(frozen=True)
class Seen:
    """What a burst did.

    Attributes:
        times: how often each order was booked.
        opened: connections that were opened for it.
        refused: connections that the database refused.
        throttled: invocations that Lambda refused.
        left: messages that were still in the queue when the waiting ended.
    """

    times: dict[str, int]
    opened: int
    refused: int
    throttled: int
    left: int

    @property
    def evidence(self) -> list[str]:
        """The counts, in one line."""
        return [
            f"{len(self.times)} messages of this check: {sum(map(bool, self.times.values()))} "
            f"orders booked over {self.opened} connections, {self.refused} connections refused, "
            f"{self.throttled} invocations throttled, {self.left} messages left in the queue"
        ]


@task("burst", needs_answer=False, time_limit_s=400)
def burst(lab: CheckedLab, answer: Any) -> Feedback:
    """A fresh burst through the queue orders."""
    mapping = mapping_of(lab, "till")
    most = mapping.get("ScalingConfig", {}).get("MaximumConcurrency")
    size = mapping["BatchSize"]
    if size == 1 and most is None and not mapping.get("MaximumBatchingWindowInSeconds"):
        raise NotAttempted(
            "The mapping is as it was: one message at a time, and nothing bounds its poller.",
            next_step="Change it with `update_event_source_mapping`.",
        )
    if mapping["State"] == "Disabled":
        raise NotYet(
            "The mapping is Disabled, so nobody reads the queue.",
            next_step='`lam.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)`.',
        )
    cap = cap_of(lab, "till")
    if cap is not None and cap < MOST_CONNECTIONS:
        raise NotYet(
            f"The till's reserved concurrency is {cap}: do task 2 first.",
            next_step="Put it back to what task 2 found.",
        )
    # Batches that failed before are hidden for a while, and come then.
    until(lambda: waiting_in(lab, "orders") == 0, LEFT_WITHIN_S)
    refuse_another_database(lab)
    bounded = most is not None and cap == MOST_CONNECTIONS
    seen = send_burst(lab, BURST if bounded else BURST_OF_WRONG_SETTINGS)
    wrong = wrong_with(seen, size, most, cap)
    if wrong is not None:
        return wrong
    return Right(
        f"Yes: {BURST} orders, each booked once, no throttle, and {seen.opened} connections.",
        evidence=seen.evidence,
        not_checked=["a batch that fails half-way: lab 07"],
    )


def send_burst(lab: CheckedLab, number: int) -> Seen:
    """Send a burst of so many fresh orders, and wait until it is done, or has gone wrong.

    What is refused comes back later, and what opens too many connections has failed: nobody waits
    for the rest of either.
    """
    quiet_database(lab)
    throttled = settled(lab, "till", "Throttles")
    before, invoked = database(lab), total_of(lab, "till", "Invocations")
    orders = [fresh_id() for _ in range(number)]
    send_all(lab, "orders", ({"order": order} for order in orders))

    def over() -> bool:
        now = database(lab)
        if now["refused"] > before["refused"] or now["opened"] - before["opened"] > MOST_OPENED:
            return True
        return waiting_in(lab, "orders") == 0

    until(over, DONE_WITHIN_S, every_s=0.5)
    left = waiting_in(lab, "orders")
    if not left:
        quiet_database(lab)
    after = database(lab)
    opened = after["opened"] - before["opened"]
    # When the invocations are counted, so are the throttles between them: minutes later on AWS.
    until(lambda: total_of(lab, "till", "Invocations") - invoked >= opened, COUNTED_WITHIN_S)
    return Seen(
        booked(lab, orders),
        opened,
        after["refused"] - before["refused"],
        settled(lab, "till", "Throttles") - throttled,
        left,
    )


def wrong_with(seen: Seen, size: int, most: int | None, cap: int | None) -> Feedback | None:
    """What is wrong with a burst, by what it did, BatchSize, MaximumConcurrency and cap."""
    never = sum(times == 0 for times in seen.times.values())
    twice = sum(times > 1 for times in seen.times.values())
    limit = "the till has no cap" if cap is None else f"the till's cap is {cap}"
    asks = f"asks for up to {most} at once" if most else "has no bound"
    told = (
        (
            seen.refused,
            f"The database refused {seen.refused} connections: the poller {asks}, and {limit}. "
            f"There are {MOST_CONNECTIONS} connections.",
            "Bound both by what the database takes.",
        ),
        (
            seen.throttled,
            f"The poller met {seen.throttled} throttles: it {asks}, and {limit}.",
            "Set MaximumConcurrency of the mapping's ScalingConfig.",
        ),
        (
            never and not seen.left,
            f"{never} of {len(seen.times)} orders left the queue, and are not booked.",
            "Does another function read this queue, or a filter drop messages? Is functions/till "
            "as it came?",
        ),
        (
            twice > MOST_TWICE,
            f"{twice} of {len(seen.times)} orders were booked more than once.",
            "Is the queue's visibility timeout at least the till's time-out? Is functions/till as "
            "it came?",
        ),
        (
            not seen.left and seen.opened * size < len(seen.times),
            f"{len(seen.times)} orders were booked over {seen.opened} connections, and a batch "
            f"holds {size} at most: the till, or another function, books without a connection.",
            "The database is not yours to change. Deploy functions/till as it came.",
        ),
        (
            most is None or (cap is None and most > MOST_CONNECTIONS),
            f"This time no invocation was throttled or refused, by luck: the poller {asks}, and "
            f"{limit}.",
            "Set MaximumConcurrency of the mapping's ScalingConfig.",
        ),
        (
            cap != MOST_CONNECTIONS,
            f"The burst went well, and {limit}: task 2 is undone for those who do not come through "
            "the queue.",
            f"Set the till's reserved concurrency back to {MOST_CONNECTIONS}.",
        ),
        (
            seen.opened > MOST_OPENED,
            f"No throttle, and {seen.opened} connections or more for {BURST} orders, one query "
            f"each: batches of {size} make it slow.",
            f"One invocation can book a whole batch over one connection, and {MOST_OPENED} are "
            "enough: BatchSize.",
        ),
    )
    for holds, message, next_step in told:
        if holds:
            return NotYet(message, evidence=seen.evidence, next_step=next_step)
    if seen.left:
        return EnvironmentProblem(
            f"After {DONE_WITHIN_S:g} s, {seen.left} messages were left. Your answer was not "
            "judged.",
            evidence=seen.evidence,
            next_step="Wait until this machine is quieter, then check again.",
        )
    return None
