"""What makes durable executions go on: invocations, timers, retries, and their ends.

An execution has one invocation at a time. It is invoked again when something it waits for has
happened: a wait or a retry's pause is over, a callback has come, a function that it invoked is
done. Pauses are AWS's and run on the scaled clock.

An invocation that fails is tried again until one succeeds or the execution times out; so is one
that was throttled, or for which this host had no room (`turns`).
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import Callable
from typing import Any

from ...clock import ScaledClock
from ...wire.errors import ServiceError
from ..invocation.door import Door
from ..invocation.request import InvocationRequest, Received, new_request_id
from ..registry import Found, Registry
from . import chained, transitions
from .execution import FAILED, SUCCEEDED, TIMED_OUT, Execution, content
from .notices import Notices, PutEvent
from .outcome import Output, envelope, error_of, read_output
from .pending import complete_due, due_at, waits
from .turns import FAILURE_S, THROTTLE_S, Turns, pause_s

log = logging.getLogger(__name__)

# The testing SDK's number; AWS documents none.
MAX_EMPTY_PENDING = 3


class Drive:
    """At most ``max_running`` invocations run at once: what this host can hold of environments.

    ``put_event`` puts an entry of PutEvents on a region's default bus; it runs on another thread.
    ``on_end`` is told of every execution that has ended; ``open`` makes a new one.
    """

    def __init__(
        self,
        door: Door,
        registry: Registry,
        clock: ScaledClock,
        role_allows: Callable[[str, str, str], bool],
        max_running: int,
        put_event: PutEvent,
    ) -> None:
        self._role_allows = role_allows
        self._notices = Notices(door.metrics, clock, put_event)
        self.door = door
        self.registry = registry
        self.clock = clock
        self.on_end: Callable[[Execution], None]
        self.open: Callable[[Received, tuple[Execution, str] | None], tuple[Execution, bool]]
        self._tasks: set[asyncio.Task[None]] = set()
        self._turns = Turns(self._begin, max_running)

    def launch(self, execution: Execution) -> None:
        """Begin an execution, if it has not begun."""
        if execution.launched:
            return
        execution.launched = True
        self._notices.began(execution)
        seconds = execution.config["ExecutionTimeout"]
        told = {"ErrorMessage": f"Execution timed out after {seconds} seconds."}
        self.later(
            execution, "timeout", seconds, lambda: self.end(execution, TIMED_OUT, error=told)
        )
        self.wake(execution)

    def later(
        self, execution: Execution, name: str, aws_s: float, work: Callable[[], None]
    ) -> None:
        """Do something after a time of AWS's; a name has one timer for each execution."""
        self._arm(execution, name, self.clock.real_s(aws_s), work)

    def wake(self, execution: Execution) -> None:
        """Something has happened: invoke the function, or note that it has to be."""
        if not execution.is_running or not execution.launched:
            return
        if execution.invoking:
            execution.again = True
            return
        self._stop(execution, "next")
        self._turns.ask(execution)

    def background(self, work: Any) -> asyncio.Task[None]:
        """Run a coroutine, and keep it until it is done."""
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def apply(self, execution: Execution, updates: list[dict[str, Any]]) -> None:
        """Apply updates that were checked, and begin what they ask for."""
        for update in updates:
            if update["Type"] == "EXECUTION":
                status = SUCCEEDED if update["Action"] == "SUCCEED" else FAILED
                self.end(execution, status, update.get("Payload"), update.get("Error"))
                continue
            transitions.apply(execution, update, self.clock.real_s)
            if update["Type"] == "CHAINED_INVOKE":
                chained.begin(self, execution, update)
        self.set_alarm(execution)

    def check_invoke(self, execution: Execution, arn: str) -> None:
        """Refuse an invocation that the function's role does not allow."""
        record = self.registry.function(execution.region, execution.function)
        configuration = record.configuration(execution.version)
        role = configuration.members["Role"] if configuration else ""
        if not self._role_allows(role, "lambda:InvokeFunction", arn):
            text = f"{role} is not authorized to perform: lambda:InvokeFunction on resource: {arn}"
            raise ServiceError("AccessDeniedException", text, 403)

    def beat(self, execution: Execution, operation: str) -> None:
        """A heartbeat of a callback has come."""
        due = execution.due.get(operation, {})
        if "every" in due:
            due["heartbeat"] = time.time() + due["every"]
        self.set_alarm(execution)

    def set_alarm(self, execution: Execution) -> None:
        """Wake the execution when the first of what it waits for is due."""
        self._stop(execution, "alarm")
        due = min(due_at(execution, each) for each in execution.operations.values())
        if execution.is_running and due < float("inf"):
            self._arm(execution, "alarm", due - time.time(), lambda: self._ring(execution))

    def end(
        self,
        execution: Execution,
        status: str,
        result: str | None = None,
        error: dict[str, Any] | None = None,
    ) -> None:
        """An execution has ended. What still runs of it may checkpoint no more."""
        if not execution.is_running:
            return
        execution.stop_timers()
        execution.status, execution.ended = status, time.time()
        execution.result, execution.error = result, error
        execution.put({**execution.root, "Status": status, "EndTimestamp": execution.ended})
        told = {"Result": content(result)} if status == SUCCEEDED else {"Error": content(error)}
        word = transitions.ENDINGS[status]
        about = {"Id": execution.root["Id"], "Name": execution.name}
        execution.tell(f"Execution{word}", about, told, execution.ended)
        self._notices.ended(execution)
        execution.done.set()
        self.on_end(execution)
        if execution.parent is not None:
            chained.report(self, execution)

    async def close(self) -> None:
        """Give up what runs and waits."""
        self._turns.close()
        self._notices.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _ring(self, execution: Execution) -> None:
        if execution.is_running and complete_due(execution):
            self.wake(execution)
        self.set_alarm(execution)

    def _begin(self, execution: Execution) -> None:
        execution.invoking, execution.again = True, False
        task = self.background(self._invoke(execution))
        task.add_done_callback(lambda _: self._turns.done())

    async def _invoke(self, execution: Execution) -> None:
        """One invocation: the function replays, goes on, and answers."""
        record = self.registry.region(execution.region).functions.get(execution.function)
        if record is None or not record.has(execution.version):
            text = f"Function not found: {execution.function_arn}"
            error = {"ErrorType": "ResourceNotFoundException", "ErrorMessage": text}
            execution.invoking = False
            self.end(execution, FAILED, error=error)
            return
        complete_due(execution)
        found = Found(record, execution.version)
        request = InvocationRequest(
            found, envelope(execution), execution.trace, new_request_id(), replays=True
        )
        began = time.time()
        try:
            result = await self.door.run(self.door.receive(request))
        except ServiceError as refusal:
            execution.invoking = False
            self._refused(execution, refusal)
            return
        except Exception:
            log.exception("durable execution %s could not be invoked", execution.arn)
            execution.invoking = False
            self._refused(execution, None)
            return
        execution.invoking, execution.pauses, execution.last = False, 0, result
        failed = error_of(result, request.request_id) if result.function_error else None
        details: dict[str, Any] = {
            "StartTimestamp": began,
            "EndTimestamp": time.time(),
            "RequestId": request.request_id,
        }
        if failed is not None:
            details["Error"] = content(failed)
        if execution.is_running:
            execution.tell("InvocationCompleted", {}, details)
            self._conclude(execution, failed, read_output(result.payload))

    def _conclude(
        self, execution: Execution, failed: dict[str, Any] | None, output: Output | str
    ) -> None:
        """What follows from an invocation's answer."""
        if failed is not None:
            # Each retry is metered as an operation, with its error (Developer Guide, see `turns`).
            execution.retries += 1
            execution.written += len(json.dumps(failed))
            self._try_again(execution)
        elif isinstance(output, str):
            self.end(execution, FAILED, error=_bad_output(output))
        elif output.status == SUCCEEDED:
            self.end(execution, SUCCEEDED, output.result)
        elif output.status == FAILED:
            self.end(execution, FAILED, error=output.error)
        elif execution.again:
            execution.failures = execution.empty = 0
            self.wake(execution)
        elif any(waits(each) for each in execution.operations.values()):
            execution.failures = execution.empty = 0
            self.set_alarm(execution)
        elif execution.empty + 1 >= MAX_EMPTY_PENDING:
            text = "Cannot return PENDING status with no pending operations."
            self.end(execution, FAILED, error=_bad_output(text))
        else:
            execution.empty += 1
            self._try_again(execution)

    def _try_again(self, execution: Execution) -> None:
        pause = pause_s(FAILURE_S, execution.failures)
        execution.failures += 1
        self.later(execution, "next", pause, lambda: self.wake(execution))

    def _refused(self, execution: Execution, refusal: ServiceError | None) -> None:
        log.debug("durable execution %s was refused: %s", execution.arn, refusal)
        pause = pause_s(THROTTLE_S, execution.pauses)
        execution.pauses += 1
        if execution.is_running:
            self.later(execution, "next", pause, lambda: self.wake(execution))

    def _arm(
        self, execution: Execution, name: str, real_s: float, work: Callable[[], None]
    ) -> None:
        self._stop(execution, name)
        loop = asyncio.get_running_loop()
        execution.timers[name] = loop.call_later(max(real_s, 0.0), work)

    def _stop(self, execution: Execution, name: str) -> None:
        timer = execution.timers.pop(name, None)
        if timer is not None:
            timer.cancel()


def _bad_output(text: str) -> dict[str, Any]:
    return {"ErrorType": "InvalidParameterValueException", "ErrorMessage": text}
