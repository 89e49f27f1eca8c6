"""The tasks of lab 10: a pipeline that loses nothing, shipped, tuned, and measured."""

from serverless_course.exercises.checks.lab_10_ship_it import (
    canary,
    losses,
    memory,
    protect,
    redrive,
    report,
    trace,
    worker,
)

TASKS = (
    losses.losses,
    worker.worker,
    protect.protect,
    memory.memory,
    trace.trace,
    canary.canary,
    redrive.redrive,
    report.report,
)
