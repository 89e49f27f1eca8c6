"""The tasks of lab 07: events that fail, and where they end."""

from serverless_course.exercises.checks.lab_07_failures_and_dlq import (
    failed_events,
    orders,
    parcels,
)

TASKS = (
    orders.lost,
    orders.attempts,
    failed_events.dlq,
    orders.cause,
    orders.mend,
    parcels.partial,
    failed_events.record,
)
