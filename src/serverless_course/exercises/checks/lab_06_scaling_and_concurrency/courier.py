"""The time-out of the call to the courier: between p99.5 and p99.9 of what CloudWatch holds."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from serverless_course.exercises.checked_lab import CheckedLab
from serverless_course.exercises.feedback import (
    CodeError,
    EnvironmentProblem,
    Feedback,
    NotAttempted,
    NotYet,
    Right,
)
from serverless_course.exercises.inputs import number_wanted, real, shown
from serverless_course.exercises.task import task
from serverless_course.functions.invocation import Invocation

# A p99.9 is a value of its own from a thousand values on.
FEWEST = 1000
CUT = "CourierTimeout"
# What a handler adds to a wait on a busy machine, and how often a measurement is taken.
SLACK_MS = 150.0
TRIES = 4
FAR_MS = 1500.0
# Fresh calls, so many in one invocation, and invocations side by side.
ASKED, EACH, AT_ONCE = 300, 25, 4


@dataclass(frozen=True)
class Records:
    """Answers of the courier as CloudWatch holds them, in ms."""

    count: int
    p50: float
    p99: float
    p995: float
    p999: float
    longest: float

    @property
    def evidence(self) -> str:
        """The percentiles, in one line."""
        return (
            f"CloudWatch holds {self.count:,} answers: p50 {self.p50:.1f}, p99 {self.p99:.1f}, "
            f"p99.5 {self.p995:.1f}, p99.9 {self.p999:.1f}, longest {self.longest:.1f} ms"
        )


@task("timeout", time_limit_s=120)
def timeout(lab: CheckedLab, answer: Any) -> Feedback:
    """The answer beside the records; then a fresh call that hangs, and fresh ones that do not."""
    variables = _variables(lab)
    records = records_of(lab, variables["COURIER"])
    if records is None or records.count < FEWEST:
        raise NotAttempted(
            f"CloudWatch holds {records.count if records else 0} answers of your courier; p99.9 "
            f"needs {FEWEST:,}.",
            next_step="Run the cells above that deploy the courier and measure it.",
        )
    limit_ms = real(answer)
    if limit_ms is None:
        raise NotYet(number_wanted("a number of milliseconds", answer), got=shown(answer))
    wrong = judged(limit_ms, records)
    if wrong is not None:
        return wrong
    given = real(variables.get("COURIER_TIMEOUT_MS"))
    if given is not None and abs(given - limit_ms) > 1:
        raise NotYet(
            f"COURIER_TIMEOUT_MS is set to {given:g} ms, and that is not your answer.",
            got=f"{limit_ms:g} ms",
            next_step="Put the same number in force.",
        )
    hung = _hanging(lab, limit_ms, records)
    cut = _in_the_shop(lab)
    return Right(
        "Yes: between p99.5 and p99.9 of what you measured, and in force.",
        evidence=[
            records.evidence,
            f"request {hung.request_id}, with a courier that hangs: given up after "
            f"{hung.duration_ms:.0f} ms",
            f"{ASKED} fresh calls: {cut} cut",
        ],
        not_checked=["the courier's bad hour: measure again when it comes"],
    )


def judged(limit_ms: float, records: Records) -> NotYet | None:
    """What is wrong with a time-out beside the records; None when it is between the two."""
    # A learner may round to a whole number.
    if records.p995 - 0.5 <= limit_ms <= records.p999 + 0.5:
        return None
    told = (
        (
            records.p995 <= 1000 * limit_ms <= records.p999,
            "That is in seconds. The time-out is in milliseconds.",
        ),
        (limit_ms <= 0, "A time-out is above 0."),
        (limit_ms <= records.p50 * 1.05, "Half of all calls or more would be cut."),
        (
            limit_ms <= records.p99 + 0.5,
            "One call in a hundred, or more, would be cut although the courier answers.",
        ),
        (
            limit_ms < records.p995,
            "Nearly: more than one call in two hundred would be cut.",
        ),
        (
            limit_ms >= records.longest - 0.5,
            "No call that you measured took longer: it cuts nothing, and a courier that hangs "
            "holds an environment longer than it must.",
        ),
        (
            True,
            "Fewer than one call in a thousand would be cut: above p99.9 you pay for waiting, and "
            "save hardly a call.",
        ),
    )
    return NotYet(
        next(said for holds, said in told if holds),
        got=f"{limit_ms:g} ms",
        evidence=[f"CloudWatch holds {records.count:,} answers of your courier"],
        next_step="Between p99.5 and p99.9.",
    )


def records_of(lab: CheckedLab, courier: str) -> Records | None:
    """What CloudWatch holds of a courier's answers, of the last three hours; None without any."""
    now = datetime.now(UTC)
    asked: dict[str, Any] = {
        "Namespace": "Bakery",
        "MetricName": "Answer",
        "Dimensions": [{"Name": "Courier", "Value": courier}],
        "StartTime": now - timedelta(hours=3),
        "EndTime": now + timedelta(minutes=5),
        "Period": 6 * 3600,
    }
    client = lab.client("cloudwatch")
    plain = client.get_metric_statistics(**asked, Statistics=["SampleCount", "Maximum"])
    ranks = client.get_metric_statistics(
        **asked, ExtendedStatistics=["p50", "p99", "p99.5", "p99.9"]
    )
    if not plain["Datapoints"] or not ranks["Datapoints"]:
        return None
    counts: Mapping[str, Any] = max(plain["Datapoints"], key=lambda point: point["SampleCount"])
    same = next(p for p in ranks["Datapoints"] if p["Timestamp"] == counts["Timestamp"])
    values = same["ExtendedStatistics"]
    return Records(
        int(counts["SampleCount"]),
        values["p50"],
        values["p99"],
        values["p99.5"],
        values["p99.9"],
        counts["Maximum"],
    )


def _variables(lab: CheckedLab) -> dict[str, str]:
    """The environment variables of the courier's function."""
    client = lab.client("lambda")
    try:
        found = client.get_function_configuration(FunctionName=lab.name("courier"))
    except client.exceptions.ResourceNotFoundException:
        raise NotAttempted(
            "The function courier is not deployed yet.", next_step="Run the cells above this one."
        ) from None
    variables: dict[str, str] = found.get("Environment", {}).get("Variables", {})
    if not variables.get("COURIER"):
        raise NotYet(
            "The function courier has lost its variable COURIER: `Environment` replaces all "
            "variables.",
            got=f"its variables: {', '.join(sorted(variables)) or 'none'}",
            next_step="Give both: COURIER and COURIER_TIMEOUT_MS.",
        )
    return variables


def _hanging(lab: CheckedLab, limit_ms: float, records: Records) -> Invocation:
    """Fresh calls while the courier hangs, until one ends when it should."""
    for _ in range(TRIES):
        run = lab.invoke(lab.name("courier"), {"orders": 1, "courier": "hangs"})
        if run.timed_out:
            raise NotYet(
                "The courier hung, and Lambda killed the whole function at *its* time-out: your "
                "code could not answer, log or clean up.",
                next_step="The call's own time-out is COURIER_TIMEOUT_MS, in the environment; the "
                "function's is above it.",
            )
        if run.error_type != CUT:
            raise CodeError(
                f"The function courier raised {run.error_type}: {run.error_message}",
                next_step="Deploy functions/courier as it came, with COURIER and "
                "COURIER_TIMEOUT_MS.",
            )
        took = run.duration_ms or run.client_ms
        if limit_ms - 1 <= took <= limit_ms + SLACK_MS:
            return run
        if took > limit_ms + FAR_MS:
            break
    told: dict[str, Any] = {
        "expected": f"about {limit_ms:.0f} ms",
        "got": f"{took:.0f} ms",
        "evidence": [records.evidence],
    }
    busy = run.host is not None and not run.host.kept_promise
    if busy and limit_ms < took < limit_ms + FAR_MS:
        raise EnvironmentProblem(
            "This machine was busy with something else when the courier hung. Your answer was not "
            "judged.",
            **told,
            next_step="Wait until it is quieter, then check again.",
        )
    raise NotYet(
        "Your number is good, and it is not in force: a call to a courier that hangs ended after "
        "another time.",
        **told,
        next_step="The function reads it from its variable COURIER_TIMEOUT_MS.",
    )


def _in_the_shop(lab: CheckedLab) -> int:
    """How many of some fresh calls were cut. The first cut ends an invocation: so ask singly."""
    name = lab.name("courier")

    def ask(_: int) -> Invocation:
        return lab.invoke(name, {"orders": EACH})

    with ThreadPoolExecutor(AT_ONCE) as pool:
        cut = sum(not run.ok for run in pool.map(ask, range(ASKED // EACH)))
    if cut > ASKED // EACH // 2:
        raise NotYet(
            f"Of {ASKED // EACH} fresh orders of {EACH} calls each, {cut} were cut.",
            next_step="Is functions/courier as it came? Measure it again, then choose again.",
        )
    return cut
