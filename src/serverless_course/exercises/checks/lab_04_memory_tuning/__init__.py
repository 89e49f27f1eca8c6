"""The tasks of lab 04: what memory buys, measured on three functions."""

from serverless_course.exercises.checks.lab_04_memory_tuning import (
    bill,
    decide,
    resources,
    sizes,
    threads,
)

TASKS = (
    resources.kinds,
    sizes.cheapest,
    resources.waiting,
    resources.hungry,
    sizes.balanced,
    threads.threads,
    bill.bill,
    decide.decide,
)
