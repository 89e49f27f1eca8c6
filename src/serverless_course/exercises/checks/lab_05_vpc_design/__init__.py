"""The tasks of lab 05: a function in a VPC that hangs, and everything it needs to work again."""

from serverless_course.exercises.checks.lab_05_vpc_design import estimates, secret, ways_out, zone

TASKS = (
    ways_out.hangs,
    ways_out.endpoint,
    ways_out.nat,
    secret.private,
    estimates.price,
    zone.zone,
    estimates.plan,
)
