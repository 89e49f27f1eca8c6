"""The tasks of lab 01: a shop's function, what it costs, and where it should run."""

from serverless_course.exercises.checks.lab_01_why_serverless import bill, hosts, invocations

TASKS = (
    invocations.deploy,
    invocations.cold,
    bill.month,
    invocations.at_once,
    bill.idle,
    hosts.break_even,
    hosts.decide,
)
