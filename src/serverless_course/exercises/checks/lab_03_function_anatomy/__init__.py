"""The tasks of lab 03: a theatre whose first visitors wait, and what its functions are made of."""

from serverless_course.exercises.checks.lab_03_function_anatomy import (
    apart,
    cold_starts,
    connections,
    layers,
    posters,
    receipts,
    shell_runtime,
)

TASKS = (
    cold_starts.fast,
    connections.keep,
    receipts.freeze,
    apart.apart,
    shell_runtime.shell,
    layers.layer,
    posters.leak,
)
