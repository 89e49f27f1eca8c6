"""A query of Logs Insights that names the unlucky customer."""

import json
import time
from typing import Any

from botocore.exceptions import ClientError

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.checks.lab_08_observability_xray.shop import wait_for
from serverless_course.exercises.feedback import Feedback, NotYet, Right
from serverless_course.exercises.inputs import shown, whole
from serverless_course.exercises.task import task


@task("who")
def who(lab: CheckedLab, answer: Any) -> Feedback:
    """A query whose first row names the customer whose checkouts fail most often."""
    if not isinstance(answer, str):
        return NotYet("The answer is the text of a query.", got=shown(answer))
    first = _first_row(lab, answer)
    failed = failures_by_customer(lab)
    if not failed:
        return NotYet("No checkout has failed yet.", next_step="Run the cell `send`.")
    unlucky = max(failed, key=lambda customer: failed[customer])
    if first["customer"] not in failed:
        return NotYet(
            f"The checkouts of {first['customer']} went well. Filter for those that failed.",
            got=str(first),
        )
    if first["customer"] != unlucky:
        return NotYet(
            "There is a customer with more failures. Sort the rows.",
            got=str(first),
            next_step="`sort failures desc` puts the most to the top.",
        )
    if whole(first["failures"]) != failed[unlucky]:
        return NotYet(
            "It is the right customer, but another number of failures than the log has.",
            expected=str(failed[unlucky]),
            got=str(first["failures"]),
        )
    return Right(
        f"Yes: {unlucky}, {failed[unlucky]} times. She lives in a country for which the "
        "function price knows no tax: a KeyError.",
        evidence=[f"customers with a failed checkout: {len(failed)}"],
    )


def _first_row(lab: CheckedLab, query: str) -> dict[str, str]:
    """The first row of a query. Raises `NotYet` when it has not the fields that are asked for."""
    rows = _rows(lab, query)
    if not rows:
        raise NotYet(
            "The query gives no row: no line of the log fits.",
            got=shown(query),
            next_step="Compare the field and the message of your filter with what the handler "
            "logs, letter by letter.",
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


def _rows(lab: CheckedLab, query: str) -> list[dict[str, str]]:
    logs, now = lab.client("logs"), int(time.time())
    try:
        started = logs.start_query(
            logGroupName=f"/aws/lambda/{lab.name('checkout')}",
            startTime=now - 6 * 3600,
            endTime=now + 60,
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


# logs and metrics


def failures_by_customer(lab: CheckedLab) -> dict[str, int]:
    """How many checkouts of each customer failed, as the log says."""
    pages = lab.client("logs").get_paginator("filter_log_events")
    count: dict[str, int] = {}
    for page in pages.paginate(
        logGroupName=f"/aws/lambda/{lab.name('checkout')}", filterPattern='"checkout failed"'
    ):
        for event in page["events"]:
            line = _json(event["message"])
            if line.get("message") == "checkout failed" and "customer" in line:
                count[line["customer"]] = count.get(line["customer"], 0) + 1
    return count


def _json(text: str) -> dict[str, Any]:
    try:
        line = json.loads(text)
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}
