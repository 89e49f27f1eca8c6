"""EventBridge Pipes' API. Runs on the server's event loop.

Source: Pipes API reference (read 2026-11). A pipe stays in a passing state for a minute on the
scaled clock; AWS says "a minute or two". When it ends, the role is tried on the source: a pipe that
cannot read it is in CREATE_FAILED, UPDATE_FAILED or START_FAILED, and StateReason says why.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

from ..clock import ScaledClock
from ..iam.role_client import RoleClients
from ..lambda_.event_sources.running import RunningPollers
from ..lambda_.event_sources.sources import Sources
from ..moto_seam import Services
from ..wire.http import Request, Response
from ..wire.rest_json import find_operation, read_parameters, write_response
from .pipe import DELETED, RUNNING, STOPPED, USER, Members, Pipe
from .pipe_consumer import PipeConsumer
from .refusals import conflict, invalid, missing, not_offered
from .settings import created, updated
from .source_kinds import poller_settings, reason

PASSING_S = 60.0
# An execution takes 5 minutes at most (User Guide, "batching and concurrency"): in real time.
EXECUTION_S = 300.0
PASSING = ("CREATING", "UPDATING", "STARTING", "STOPPING", "DELETING")
# Executions that run at the same time, over all pipes.
THREADS = 32
PAGE = 100
MOST_TAGS = 50


class Pipes:
    """The pipes of all regions. ``clients`` wait as long as an execution may take."""

    def __init__(
        self, services: Services, sources: Sources, clients: RoleClients, clock: ScaledClock
    ) -> None:
        self._services = services
        self._running = RunningPollers(sources)
        self._clients = clients
        self._clock = clock
        self._threads = ThreadPoolExecutor(THREADS, "pipes")
        self._pipes: dict[tuple[str, str], Pipe] = {}

    def answer(self, request: Request, region: str) -> Response:
        """Answer one request. Raises `ServiceError` for every refusal."""
        operation, fields = find_operation(request, "pipes")
        handler = OPERATIONS.get(operation.name)
        if handler is None:
            raise not_offered(operation.name)
        given = read_parameters(request, operation, fields)
        return write_response(operation, handler(self, region, given), str(uuid.uuid4()))

    async def close(self) -> None:
        """Nothing is read any more."""
        await self._running.close()
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._clients.close()

    def create(self, region: str, given: Members) -> Members:
        """CreatePipe."""
        name, now = given["Name"], datetime.now(UTC)
        if (region, name) in self._pipes:
            raise conflict(name, f"Pipe {name} already exists.")
        settings, desired = created(given, region), given.get("DesiredState") or RUNNING
        tags = dict(given.get("Tags") or {})
        pipe = Pipe(region, name, settings, desired, now, now, tags)
        self._pipes[region, name] = pipe
        self._pass(pipe, "CREATING", lambda: self._begin(pipe, "CREATE_FAILED"))
        return pipe.summary

    def update(self, region: str, given: Members) -> Members:
        """UpdatePipe."""
        pipe = self._steady(region, given["Name"])
        settings = updated(pipe.settings, given, region)
        pipe.settings, pipe.changed = settings, datetime.now(UTC)
        pipe.desired = given.get("DesiredState") or pipe.desired
        self._pass(pipe, "UPDATING", lambda: self._begin(pipe, "UPDATE_FAILED"))
        return pipe.summary

    def start(self, region: str, given: Members) -> Members:
        """StartPipe."""
        pipe = self._steady(region, given["Name"])
        pipe.desired = RUNNING
        if pipe.state != RUNNING:
            self._pass(pipe, "STARTING", lambda: self._begin(pipe, "START_FAILED"))
        return pipe.summary

    def stop(self, region: str, given: Members) -> Members:
        """StopPipe: no record is handed over from now on."""
        pipe = self._steady(region, given["Name"])
        pipe.desired = STOPPED
        if pipe.state != STOPPED:
            self._running.stop(pipe.key)
            self._pass(pipe, "STOPPING", lambda: self._begin(pipe, "STOP_FAILED"))
        return pipe.summary

    def delete(self, region: str, given: Members) -> Members:
        """DeletePipe: it is gone a little later."""
        pipe = self._steady(region, given["Name"])
        pipe.desired = DELETED
        self._running.forget(pipe.key)

        def gone() -> None:
            del self._pipes[pipe.region, pipe.name]

        self._pass(pipe, "DELETING", gone)
        return pipe.summary

    def describe(self, region: str, given: Members) -> Members:
        """DescribePipe."""
        return self._pipe(region, given["Name"]).shown

    def list_pipes(self, region: str, given: Members) -> Members:
        """ListPipes."""
        found = [
            pipe.listed
            for (where, _), pipe in sorted(self._pipes.items())
            if where == region and _is_asked_for(pipe, given)
        ]
        token = given.get("NextToken") or "0"
        if not token.isascii() or not token.isdigit() or len(token) > 9:
            raise invalid([("NextToken", "The NextToken is not one of this list.")])
        first, most = int(token), given.get("Limit") or PAGE
        rest = {"NextToken": str(first + most)} if first + most < len(found) else {}
        return {"Pipes": found[first : first + most], **rest}

    def tag(self, region: str, given: Members) -> Members:
        """TagResource."""
        pipe = self._tagged(region, given)
        tags = {**pipe.tags, **given["tags"]}
        if len(tags) > MOST_TAGS:
            raise invalid([("tags", f"A pipe has at most {MOST_TAGS} tags.")])
        pipe.tags = tags
        return {}

    def untag(self, region: str, given: Members) -> Members:
        """UntagResource."""
        pipe = self._tagged(region, given)
        pipe.tags = {key: tag for key, tag in pipe.tags.items() if key not in given["tagKeys"]}
        return {}

    def tags(self, region: str, given: Members) -> Members:
        """ListTagsForResource."""
        return {"tags": self._tagged(region, given).tags}

    def _pipe(self, region: str, name: str) -> Pipe:
        found = self._pipes.get((region, name))
        if found is None:
            raise missing(f"Pipe {name}")
        return found

    def _steady(self, region: str, name: str) -> Pipe:
        pipe = self._pipe(region, name)
        if pipe.state in PASSING:
            raise conflict(name, f"Pipe {name} cannot be changed while it is {pipe.state}.")
        return pipe

    def _tagged(self, region: str, given: Members) -> Pipe:
        arn = str(given["resourceArn"])
        pipe = self._pipes.get((region, arn.rpartition("/")[2]))
        if pipe is None or pipe.arn != arn:
            raise missing(f"Resource {arn}")
        return pipe

    def _pass(self, pipe: Pipe, passing: str, end: Callable[[], None]) -> None:
        """Let a pipe be in a passing state for its time."""
        pipe.state = passing

        def over() -> None:
            if pipe.state == passing:
                end()

        asyncio.get_running_loop().call_later(self._clock.real_s(PASSING_S), over)

    def _begin(self, pipe: Pipe, failed: str) -> None:
        """Poll the source, or stop, as it is desired. A role that may not read it makes it fail."""
        if pipe.desired == STOPPED and failed == "STOP_FAILED":
            pipe.state, pipe.reason = STOPPED, USER
            return
        problem = reason(self._services, pipe)
        if problem:
            self._running.stop(pipe.key)
            pipe.state, pipe.reason = failed, problem
        elif pipe.desired == RUNNING:
            self._running.start(pipe.key, poller_settings(pipe), self._consumer(pipe))
            pipe.state, pipe.reason = RUNNING, USER
        else:
            self._running.stop(pipe.key)
            pipe.state, pipe.reason = STOPPED, USER

    def _consumer(self, pipe: Pipe) -> PipeConsumer:
        return PipeConsumer(
            pipe,
            self._clients,
            self._threads,
            self._services.metrics.stores,
            self._services.identity.trusts_service,
            self._give_up,
        )

    def _give_up(self, pipe: Pipe, text: str) -> None:
        """A pipe cannot go on: it stops by itself."""
        if pipe.state == RUNNING:
            self._running.stop(pipe.key)
            pipe.state, pipe.reason = STOPPED, text


def _is_asked_for(pipe: Pipe, given: Members) -> bool:
    return (
        pipe.name.startswith(given.get("NamePrefix") or "")
        and str(pipe.settings["Source"]).startswith(given.get("SourcePrefix") or "")
        and str(pipe.settings["Target"]).startswith(given.get("TargetPrefix") or "")
        and given.get("DesiredState") in (None, pipe.desired)
        and given.get("CurrentState") in (None, pipe.state)
    )


Handler = Callable[[Pipes, str, Members], dict[str, Any]]
OPERATIONS: dict[str, Handler] = {
    "CreatePipe": Pipes.create,
    "DeletePipe": Pipes.delete,
    "DescribePipe": Pipes.describe,
    "ListPipes": Pipes.list_pipes,
    "ListTagsForResource": Pipes.tags,
    "StartPipe": Pipes.start,
    "StopPipe": Pipes.stop,
    "TagResource": Pipes.tag,
    "UntagResource": Pipes.untag,
    "UpdatePipe": Pipes.update,
}
