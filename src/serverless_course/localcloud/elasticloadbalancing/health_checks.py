"""Health checks of target groups: calls of the function, again and again, where they are enabled.

Source: User Guide for Application Load Balancers, "Health checks for target groups" and "Use Lambda
functions as targets" (read 2026-11); reason codes and descriptions: API reference, TargetHealth. A
target is healthy after its first good check, and else after as many as its thresholds say; an
unhealthy one still gets requests, as there is no other. Intervals pass on the scaled clock; a
check's time-out is the function's own time, and is not scaled.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass

from ..clock import ScaledClock
from ..lambda_.invocation.waiting import TimedOut
from ..lambda_.tracing import undecided
from ..wire.errors import ServiceError
from .balancer import Members, TargetGroup
from .serving.answer import BadAnswer, response_of
from .serving.event import health_check_of
from .serving.functions import Functions

DISABLED = {
    "State": "unavailable",
    "Reason": "Target.HealthCheckDisabled",
    "Description": "Health checks are not enabled for this target",
}
NOT_IN_USE = {
    "State": "unused",
    "Reason": "Target.NotInUse",
    "Description": "Target group is not configured to receive traffic from the load balancer",
}
REGISTERING = {
    "State": "initial",
    "Reason": "Elb.RegistrationInProgress",
    "Description": "Target registration is in progress",
}
FAILED = ("Target.FailedHealthChecks", "Health checks failed")
TIMED_OUT = ("Target.Timeout", "Request timed out")
MISMATCH = "Target.ResponseCodeMismatch"


@dataclass
class Checked:
    """How the checks of one target stand. ``good`` and ``bad`` count those in a row."""

    task: asyncio.Task[None]
    key: tuple[object, ...]
    health: Members
    good: int = 0
    bad: int = 0


class HealthChecks:
    """``is_in_use`` says whether a load balancer forwards to a target group, and the group is
    still there. Belongs to the event loop."""

    def __init__(
        self,
        functions: Functions,
        clock: ScaledClock,
        is_in_use: Callable[[TargetGroup], bool],
    ) -> None:
        self._functions = functions
        self._clock = clock
        self._is_in_use = is_in_use
        self._checked: dict[str, Checked] = {}

    def changed(self, group: TargetGroup) -> None:
        """Begin or end checks, as the target group now is."""
        before = self._checked.get(group.arn)
        settings = group.settings
        wanted = bool(group.target and settings["HealthCheckEnabled"] and self._is_in_use(group))
        key = (group.registered, json.dumps(settings, sort_keys=True))
        if before is not None:
            if wanted and before.key == key:
                return
            before.task.cancel()
            del self._checked[group.arn]
        if wanted:
            task = asyncio.ensure_future(self._run(group))
            self._checked[group.arn] = Checked(task, key, REGISTERING)

    def health(self, group: TargetGroup) -> Members:
        """The health of a target group's target."""
        if not self._is_in_use(group):
            return NOT_IN_USE
        if not group.settings["HealthCheckEnabled"]:
            return DISABLED
        found = self._checked.get(group.arn)
        return REGISTERING if found is None else found.health

    def close(self) -> None:
        """Nothing is checked any more."""
        for each in self._checked.values():
            each.task.cancel()
        self._checked.clear()

    async def _run(self, group: TargetGroup) -> None:
        # `changed` keeps what this belongs to before it runs.
        checked = self._checked[group.arn]
        while True:
            problem = await self._check(group)
            self._count(checked, group, problem)
            await self._clock.sleep(group.settings["HealthCheckIntervalSeconds"])

    async def _check(self, group: TargetGroup) -> tuple[str, str] | None:
        """What is wrong; None for a good answer."""
        event = json.dumps(health_check_of(group)).encode()
        timeout_s = float(group.settings["HealthCheckTimeoutSeconds"])
        try:
            result = await self._functions.call(
                group.target, group.arn, event, undecided(""), timeout_s
            )
            if result.function_error:
                return FAILED
            status = response_of(result.payload, has_multi_values=group.has_multi_values).status
        except TimedOut:
            return TIMED_OUT
        except (ServiceError, BadAnswer):
            return FAILED
        if matches(group.settings["Matcher"]["HttpCode"], status):
            return None
        return MISMATCH, f"Health checks failed with these codes: [{status}]"

    def _count(self, checked: Checked, group: TargetGroup, problem: tuple[str, str] | None) -> None:
        if problem is None:
            checked.good, checked.bad = checked.good + 1, 0
            is_first = checked.health["State"] == "initial"
            if is_first or checked.good >= group.settings["HealthyThresholdCount"]:
                checked.health = {"State": "healthy"}
            return
        checked.good, checked.bad = 0, checked.bad + 1
        is_unhealthy = checked.health["State"] == "unhealthy"
        if is_unhealthy or checked.bad >= group.settings["UnhealthyThresholdCount"]:
            reason, text = problem
            checked.health = {"State": "unhealthy", "Reason": reason, "Description": text}


def matches(codes: str, status: int) -> bool:
    """Whether a status is among codes such as ``200,300-399``."""
    for part in codes.split(","):
        first, _, last = part.partition("-")
        if int(first) <= status <= int(last or first):
            return True
    return False
