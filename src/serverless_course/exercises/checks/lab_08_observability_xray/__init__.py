"""The tasks of lab 08: find the slow step and the unlucky customer, and watch from now on."""

from serverless_course.exercises.checks.lab_08_observability_xray import (
    alarm,
    annotation,
    fix,
    latency,
    metric,
    otel,
    query,
)

TASKS = (
    latency.slow,
    latency.cold,
    query.who,
    annotation.find,
    metric.metric,
    alarm.alarm,
    otel.otel,
    fix.fix,
)
