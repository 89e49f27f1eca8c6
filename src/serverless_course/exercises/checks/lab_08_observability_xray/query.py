"""A query of Logs Insights that names the unlucky customer."""

import time
from typing import Any

from botocore.exceptions import ClientError

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_08_observability_xray.log import (
    MORNING,
    failures,
    logged,
    unlucky,
)
from serverless_course.exercises.checks.lab_08_observability_xray.shop import (
    buy,
    fail_early,
    fails_now,
    new_customer,
    wait_for,
)
from serverless_course.exercises.feedback import Feedback, NotYet, Right
from serverless_course.exercises.inputs import shown, whole
from serverless_course.exercises.task import task

FAILURES = 4


@task("who", time_limit_s=120)
def who(lab: CheckedLab, answer: Any) -> Feedback:
    """A query whose first row names the customer whose checkouts fail most often."""
    if not isinstance(answer, str):
        return NotYet("The answer is the text of a query.", got=shown(answer))
    hers = unlucky(lab)
    if hers is None:
        return NotYet("No checkout has failed yet.", next_step="Run the cell `send`.")
    _first_row(_rows(lab, answer, int(time.time()) - 6 * 3600), answer)
    wrong = _finds_another(lab, answer)
    if wrong is not None:
        return wrong
    own = [
        each
        for each in failures(lab, range(1, MORNING + 1))
        if each["customer"] == hers["customer"]
    ]
    return Right(
        f"Yes: your query finds whoever fails most. This morning it is {hers['customer']}, "
        f"{len(own)} times, each time from {hers.get('country')}. The function price knows no tax "
        "of that country: a KeyError.",
    )


def _finds_another(lab: CheckedLab, query: str) -> Feedback | None:
    """Let other customers fail, and ask again: a query that names one customer is wrong then."""
    # The query looks at whole seconds, and only at what comes now.
    time.sleep(1.05 - time.time() % 1)
    since = int(time.time())
    least, most, more = sorted({new_customer() for _ in range(3)})
    lucky = new_customer()
    runs = [fail_early(lab, least)]
    twice: dict[str, Any] = {"order": 7_000_001}
    runs += [fail_early(lab, most, **twice) for _ in range(2)]
    runs += [fail_early(lab, most) for _ in range(FAILURES - 2)]
    # The first and the last to fail are others: rows that nobody sorted come by time.
    runs += [fail_early(lab, more) for _ in range(2)]
    well = [buy(lab, lucky) for _ in range(FAILURES + 1)]
    for run in well:
        if not run.ok:
            return fails_now(run, "checkout")
    for run in (*runs, *well):
        logged(lab, run)
    first = _first_row(_rows(lab, query, since), query)
    happened = (
        f"the check let three new customers fail, {most} {FAILURES} times, {more} twice, {least} "
        f"once; {lucky} bought {FAILURES + 1} times"
    )
    if first["customer"] == lucky:
        return NotYet(
            f"The checkouts of {lucky} went well. Filter for those that failed.",
            got=str(first),
            evidence=[happened],
        )
    if first["customer"] != most:
        known = first["customer"] in (least, more)
        return NotYet(
            "There is a customer with more failures than your first row. Sort the rows."
            if known
            else "Other customers failed now, and your query still names one of before: a name in "
            "the query is no search.",
            expected=f"{most} in the first row",
            got=str(first),
            evidence=[happened],
            next_step="`sort failures desc` puts the most to the top."
            if known
            else "Let `stats … by customer` find the names.",
        )
    if whole(first["failures"]) != FAILURES:
        return NotYet(
            "It is the right customer, but another number of failures than the log has.",
            expected=str(FAILURES),
            got=str(first["failures"]),
            evidence=[happened],
            next_step="Each line of a failed checkout counts, also when an order is tried again.",
        )
    return None


def _first_row(rows: list[dict[str, str]], query: str) -> dict[str, str]:
    """The first row of a query. Raises `NotYet` when it has not the fields that are asked for."""
    if not rows:
        raise NotYet(
            "The query gives no row: no line of the log fits, also of customers who failed now.",
            got=shown(query),
            next_step="Compare the field and the message of your filter with what the handler "
            "logs, letter by letter. Name no customer and no order.",
        )
    first = rows[0]
    if "failures" in first and "customer" not in first:
        raise NotYet(
            "The first row has no customer: it counts lines that name none. Lambda logs such lines "
            "beside the function's own, also for an error.",
            got=f"fields: {', '.join(name for name in first if name != '@ptr')}",
            next_step="Filter for the line that the handler itself logs; count by customer.",
        )
    if "failures" not in first or "customer" not in first:
        raise NotYet(
            "The first row needs the fields customer and failures.",
            got=f"fields: {', '.join(name for name in first if name != '@ptr') or 'none'}",
            next_step="`stats count(*) as failures by customer` makes both.",
        )
    return first


def _rows(lab: CheckedLab, query: str, since: int) -> list[dict[str, str]]:
    logs = lab.client("logs")
    try:
        started = logs.start_query(
            logGroupName=f"/aws/lambda/{lab.name('checkout')}",
            startTime=since,
            endTime=int(time.time()) + 60,
            queryString=query,
        )
    except logs.exceptions.ResourceNotFoundException as error:
        raise NotYet(
            "The function checkout has no log yet, or no longer.",
            next_step="Run the cells from the top: they deploy it and send the orders.",
        ) from error
    except ClientError as error:
        why = error.response["Error"]
        raise NotYet(
            f"Logs Insights refuses the query: {why['Code']}. {why.get('Message', '')}",
            got=shown(query),
        ) from error

    def done() -> dict[str, Any] | None:
        answer: dict[str, Any] = logs.get_query_results(queryId=started["queryId"])
        return answer if answer["status"] == "Complete" else None

    rows = wait_for("the query was complete", done)["results"]
    return [{cell["field"]: cell["value"] for cell in row} for row in rows]
