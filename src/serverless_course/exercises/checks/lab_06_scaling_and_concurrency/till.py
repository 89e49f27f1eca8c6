"""The till at 20 requests a second: its database refuses nobody, and is used in full."""

from __future__ import annotations

from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_06_scaling_and_concurrency.bakery import (
    FIRST_CAP,
    MOST_CONNECTIONS,
    THROTTLED,
    booked,
    cap_of,
    database,
    fresh_id,
    quiet_database,
    take_connections,
    try_to_invoke,
    warm_up,
)
from serverless_course.exercises.feedback import (
    CodeError,
    EnvironmentProblem,
    Feedback,
    NotAttempted,
    NotYet,
    Right,
)
from serverless_course.exercises.task import task

RATE = 20
# A cap that must fail shows it sooner.
SECONDS, SECONDS_OF_A_WRONG_CAP = 2, 1
REFUSED = "TooManyConnections"
# How long the query of functions/till takes at least.
QUERY_MS = 400.0
# On a quiet machine five connections serve 24 or so of the 40.
FEWEST_SERVED = 5
# The memory that the lab gives to the till, in MB.
FIRST_MB = 1024
FIRST_TIMEOUT_S = 20


@task("protect", needs_answer=False, time_limit_s=120)
def protect(lab: CheckedLab, answer: Any) -> Feedback:
    """Fresh load at 20 a second: no connection refused, and as many used as there are."""
    cap = cap_of(lab, "till")
    if cap == 0:
        raise NotYet("The till's reserved concurrency is 0: it sells nothing at all.")
    refuse_another_database(lab)
    warm_up(lab, min(cap or FIRST_CAP, FIRST_CAP))
    order = fresh_id()
    before = database(lab)["refused"]
    seconds = SECONDS if cap == MOST_CONNECTIONS else SECONDS_OF_A_WRONG_CAP
    calls = lab.load(lab.name("till"), {"order": order}, per_second=RATE, seconds=seconds)
    quiet_database(lab)
    refused = database(lab)["refused"] - before
    served = sum(call.ok for call in calls)
    throttled = sum(call.error == THROTTLED for call in calls)
    evidence = [
        f"{len(calls)} requests of this check at {RATE} a second: {served} served, {throttled} "
        f"throttled by Lambda, {refused} refused by the database",
        f"reserved concurrency: {'none' if cap is None else cap}",
    ]
    others = {call.error for call in calls if call.error not in ("", THROTTLED, REFUSED)}
    if others:
        raise CodeError(
            f"The till failed with {sorted(others)[0]}.",
            evidence=evidence,
            next_step="Deploy functions/till as it came, with the settings of the cell above.",
        )
    if refused:
        raise _refused(lab, cap, refused, evidence)
    if any(call.error == REFUSED for call in calls):
        return NotYet(
            "The till says TooManyConnections, and the database refused nobody.",
            evidence=evidence,
            next_step="Put functions/till back to how it came, and deploy it.",
        )
    written = booked(lab, [order])[order]
    if written != served:
        return NotYet(
            f"The till said {served} times that it booked, and the database has {written} "
            "bookings.",
            evidence=evidence,
            next_step="Leave functions/till as it came.",
        )
    quickest_ms = min((call.latency_ms for call in calls if call.ok), default=QUERY_MS)
    if quickest_ms < QUERY_MS:
        return NotYet(
            f"An order took {quickest_ms:.0f} ms, and its query alone takes {QUERY_MS:.0f} ms: "
            "functions/till is not as it came.",
            evidence=evidence,
            next_step="Put functions/till back to how it came, and deploy it.",
        )
    if cap is None or cap > MOST_CONNECTIONS:
        return NotYet(
            "This time the database refused nobody, by luck: nothing keeps a sixth function from "
            "running beside five others.",
            evidence=evidence,
            next_step=f"How many may run at once, if each holds one of {MOST_CONNECTIONS}?",
        )
    if cap < MOST_CONNECTIONS:
        return NotYet(
            f"The database refuses nobody, and {MOST_CONNECTIONS - cap} of its "
            f"{MOST_CONNECTIONS} connections can never be used: more customers than needed get a "
            "429.",
            evidence=evidence,
        )
    if served < FEWEST_SERVED:
        raise EnvironmentProblem(
            f"Only {served} of {len(calls)} requests were served, so this machine was busy with "
            "something else. Your answer was not judged.",
            evidence=evidence,
            next_step="Wait until it is quieter, then check again.",
        )
    return Right(
        "Yes: the database refuses nobody, and all its connections can be used.",
        evidence=evidence,
        not_checked=["the customers: Lambda refuses them now. The next task helps those who wait"],
    )


def refuse_another_database(lab: CheckedLab) -> None:
    """Raise `NotYet` unless the till is refused while five connections are taken.

    So a database with more connections, or a till that asks none, is found.
    """
    quiet_database(lab)
    order = fresh_id()
    take_connections(lab, MOST_CONNECTIONS)
    try:
        said = try_to_invoke(lab, "till", {"order": order})
    finally:
        take_connections(lab, 0)
    if said == THROTTLED and (kept := _provisioned(lab)):
        raise NotYet(
            f"A version of the till keeps {kept} environments ready, and they count against its "
            "reserved concurrency: nothing is left for the others.",
            next_step="`lam.delete_provisioned_concurrency_config` takes them away.",
        )
    if said == THROTTLED:
        raise EnvironmentProblem(
            "The till was busy with other requests. Your answer was not judged.",
            next_step="Wait some seconds, then check again.",
        )
    if said not in ("", REFUSED):
        raise CodeError(
            f"The till failed with {said}.",
            next_step="Deploy functions/till as it came, with the settings of the cell above.",
        )
    if booked(lab, [order])[order]:
        raise NotYet(
            "This check took all five connections, and the till booked an order all the same: it "
            "talks to another database than the bakery has.",
            next_step="The database takes five; put functions/till back to how it came: "
            "`make reset LAB=06-scaling-and-concurrency`, or undo your change, and deploy it.",
        )
    if said == "":
        raise NotYet(
            "This check took all five connections. The till booked nothing, and said that all is "
            "well: its customer believes that the cake is ordered.",
            next_step="Leave functions/till as it came: it must raise its error.",
        )


def _refused(lab: CheckedLab, cap: int | None, refused: int, evidence: list[str]) -> Feedback:
    instead = _done_instead(lab) if cap == FIRST_CAP else ""
    if instead:
        return NotYet(
            f"{instead} The database refused {refused} connections.",
            evidence=evidence,
            next_step="Bound how many run at once: the reserved concurrency of the till, which "
            "opens the connections.",
        )
    if cap == FIRST_CAP:
        return NotAttempted(
            f"The till may still run {FIRST_CAP} times at once, and the database refused "
            f"{refused} connections.",
            evidence=evidence,
            next_step="Change the till's reserved concurrency.",
        )
    if cap is None:
        return NotYet(
            f"Nothing caps the till: the database refused {refused} connections.",
            evidence=evidence,
            next_step="`put_function_concurrency` reserves concurrency, and caps it.",
        )
    if cap > MOST_CONNECTIONS:
        return NotYet(
            f"{cap} functions at once want {cap} connections, and there are {MOST_CONNECTIONS}: "
            f"the database refused {refused}.",
            evidence=evidence,
            next_step="Each running function holds one connection.",
        )
    return EnvironmentProblem(
        f"The database refused {refused} connections, although {cap} functions run at once at "
        "most: something else used it at that time. Your answer was not judged.",
        evidence=evidence,
        next_step="Wait until the queue is empty, then check again.",
    )


def _done_instead(lab: CheckedLab) -> str:
    """What was changed, and does not bound the till; "" when nothing was."""
    client, till = lab.client("lambda"), lab.name("till")
    settings = client.get_function_configuration(FunctionName=till)
    if settings["MemorySize"] != FIRST_MB:
        return (
            "More memory, or less, changes how fast the till computes, and the query waits for the "
            "database."
        )
    if settings["Timeout"] != FIRST_TIMEOUT_S:
        return "Another time-out ends a function sooner or later, and lets as many run at once."
    if _provisioned(lab):
        return "Provisioned concurrency keeps environments ready, and caps nothing."
    other = _capped_instead(lab)
    return f"{other} is capped, and the till is not." if other else ""


def _provisioned(lab: CheckedLab) -> int:
    """Environments that are kept ready for the till's versions and aliases."""
    found = lab.client("lambda").list_provisioned_concurrency_configs(FunctionName=lab.name("till"))
    return sum(
        int(each["RequestedProvisionedConcurrentExecutions"])
        for each in found["ProvisionedConcurrencyConfigs"]
    )


def _capped_instead(lab: CheckedLab) -> str:
    """Another function of this lab with a reserved concurrency; "" when there is none."""
    client, till = lab.client("lambda"), lab.name("till")
    prefix = till.removesuffix("till")
    for page in client.get_paginator("list_functions").paginate():
        for each in page["Functions"]:
            name = each["FunctionName"]
            if name.startswith(prefix) and name != till:
                found = client.get_function_concurrency(FunctionName=name)
                if "ReservedConcurrentExecutions" in found:
                    return str(name.removeprefix(prefix))
    return ""
