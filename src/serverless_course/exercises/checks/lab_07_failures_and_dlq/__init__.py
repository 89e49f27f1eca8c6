"""The tasks of lab 07: events that fail, and where they end."""

from serverless_course.exercises.checks.lab_07_failures_and_dlq import (
    cause,
    dlq,
    fix,
    lost,
    partial,
    record,
)

TASKS = (
    lost.lost,
    lost.attempts,
    dlq.dlq,
    cause.cause,
    fix.fix,
    partial.partial,
    record.record,
)
