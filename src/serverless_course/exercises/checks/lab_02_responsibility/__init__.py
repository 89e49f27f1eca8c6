"""The tasks of lab 02: an audited shop, whose faults are found and fixed."""

from serverless_course.exercises.checks.lab_02_responsibility import (
    door,
    find,
    logs,
    policy,
    role,
    runtime,
    secret,
    timeout,
)

TASKS = (
    find.find,
    secret.secret,
    role.role,
    timeout.timeout,
    runtime.runtime,
    door.url,
    policy.policy,
    logs.logs,
)
