"""The tasks of lab 06: five connections, a burst, a switch, a time-out, and doubles."""

from serverless_course.exercises.checks.lab_06_scaling_and_concurrency import (
    burst,
    courier,
    plan,
    points,
    switch,
    till,
)

TASKS = (
    plan.plan,
    till.protect,
    burst.burst,
    switch.switch,
    courier.timeout,
    points.once,
)
