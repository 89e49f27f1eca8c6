"""The tasks of lab 09: one fat function taken apart, and its order flow made safe."""

from serverless_course.exercises.checks.lab_09_good_practice_and_orchestration import (
    decide,
    delivery,
    diet,
    durable,
    machine,
    split,
)

TASKS = (
    split.split,
    delivery.delivery,
    diet.diet,
    machine.machine,
    durable.durable,
    decide.decide,
)
