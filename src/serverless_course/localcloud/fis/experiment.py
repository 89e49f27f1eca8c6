"""One experiment: its actions run, end by themselves or are stopped, and everything is healed.

Durations are real time, unlike AWS's long waits: a learner measures while it lasts.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import logging
from datetime import UTC, datetime
from typing import Any

from ..wire.errors import ServiceError
from . import targets
from .actions import duration_s
from .laboratory import Laboratory

log = logging.getLogger(__name__)
Members = dict[str, Any]
OVER = frozenset({"completed", "stopped", "failed"})


class Experiment:
    """``members`` are those of FIS's Experiment."""

    def __init__(self, members: Members, region: str, laboratory: Laboratory) -> None:
        self.members = members
        self.resolved: dict[str, list[str]] = {}
        self._region = region
        self._laboratory = laboratory
        self._done = {name: asyncio.Event() for name in members["actions"]}
        self._stop = asyncio.Event()
        self._task = asyncio.ensure_future(self._run_to_its_end())

    @property
    def over(self) -> bool:
        """Whether it has ended, and is healed."""
        return self.members["state"]["status"] in OVER

    def stop(self) -> None:
        """StopExperiment: end what runs, now."""
        if not self.over:
            self._say("stopping", "Experiment is stopping.")
        self._stop.set()

    async def close(self) -> None:
        """The server ends."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task

    async def _run_to_its_end(self) -> None:
        try:
            await self._run()
        except Exception:
            log.exception("experiment %s", self.members.get("id"))
            self._stop.set()
            self._end("failed", "An internal error of the embedded cloud; its log says more.")

    async def _run(self) -> None:
        self.members["startTime"] = datetime.now(UTC)
        try:
            await self._resolve()
        except ServiceError as problem:
            self._end("failed", problem.message)
            return
        self._say("running", "Experiment is running.")
        actions = self.members["actions"]
        problems = await asyncio.gather(*(self._act(name, actions[name]) for name in actions))
        failed = next(filter(None, problems), "")
        if failed:
            self._end("failed", failed)
        elif self._stop.is_set():
            self._end("stopped", "Experiment was stopped by request.")
        else:
            self._end("completed", "Experiment completed.")

    async def _resolve(self) -> None:
        described = await self._laboratory.describe(self._region)
        for name, target in (self.members.get("targets") or {}).items():
            found = targets.resolve(target, lambda: described)
            if not found:
                raise ServiceError("ValidationException", f"Target {name} resolved to nothing.")
            self.resolved[name] = found

    async def _act(self, name: str, action: Members) -> str:
        """Run one action, after those it waits for. Returns what went wrong, empty when nothing."""
        problem = ""
        try:
            for earlier in action.get("startAfter") or ():
                await self._done[earlier].wait()
            if self._stop.is_set():
                action["state"] = {"status": "cancelled", "reason": "Experiment was stopped."}
                return problem
            problem = await self._carry_out(action)
        finally:
            self._done[name].set()
        return problem

    async def _carry_out(self, action: Members) -> str:
        parameters = action.get("parameters") or {}
        resources = [
            each
            for target in (action.get("targets") or {}).values()
            for each in self.resolved[target]
        ]
        action["startTime"] = datetime.now(UTC)
        try:
            undo = await self._laboratory.begin(
                self._region, action["actionId"], parameters, resources
            )
        except ServiceError as error:
            action["state"] = {"status": "failed", "reason": error.message}
            self._stop.set()
            return error.message
        action["state"] = {"status": "running", "reason": "Action is running."}
        status = "completed"
        try:
            if "duration" in parameters:
                length_s = duration_s(parameters["duration"])
                await asyncio.wait_for(self._stop.wait(), length_s)
                status = "stopped"
        except TimeoutError:
            pass
        finally:
            await undo()
        action["state"] = {"status": status, "reason": f"Action was {status}."}
        action["endTime"] = datetime.now(UTC)
        return ""

    def _say(self, status: str, reason: str) -> None:
        self.members["state"] = {"status": status, "reason": reason}

    def _end(self, status: str, reason: str) -> None:
        self._say(status, reason)
        self.members["endTime"] = datetime.now(UTC)


def actions_of(template: Members) -> Members:
    """A template's actions as an experiment has them at first."""
    pending = {"status": "pending", "reason": "Initial state"}
    return {
        name: {**copy.deepcopy(action), "state": dict(pending)}
        for name, action in template["actions"].items()
    }
