"""What makes durable executions go on: invocations, timers, retries, and their ends.

An execution has one invocation at a time. It is invoked again when something it waits for has
happened: a wait or a retry's pause is over, a callback has come, a function that it invoked is
done. Pauses are AWS's and run on the scaled clock.

An invocation that fails is tried again after 5 s, five times in a row at most (the testing SDK's
numbers; AWS documents none). A throttle or another refusal is no failure: it waits 1 s, 2 s, 4 s
… up to 5 minutes, as an event in the asynchronous queue.
"""

from __future__ import annotations

import asyncio
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
from .outcome import Output, envelope, error_of, read_output
from .pending import complete_due, due_at, waits

log = logging.getLogger(__name__)

RETRY_S = 5.0
MAX_FAILURES, MAX_EMPTY_PENDING = 5, 3
LONGEST_PAUSE_S = 300.0
EVENTS = {
    SUCCEEDED: "DurableExecutionSucceeded",
    FAILED: "DurableExecutionFailed",
    TIMED_OUT: "DurableExecutionTimedOut",
    "STOPPED": "DurableExecutionStopped",
}


class Drive:
    """``on_end`` is told of every execution that has ended; ``open`` makes a new one."""

    def __init__(
        self,
        door: Door,
        registry: Registry,
        clock: ScaledClock,
        role_allows: Callable[[str, str, str], bool],
    ) -> None:
        self._role_allows = role_allows
        self.door = door
        self.registry = registry
        self.clock = clock
        self.on_end: Callable[[Execution], None]
        self.open: Callable[[Received, tuple[Execution, str] | None], tuple[Execution, bool]]
        self._tasks: set[asyncio.Task[None]] = set()

    def launch(self, execution: Execution) -> None:
        """Begin an execution, if it has not begun."""
        if execution.launched:
            return
        execution.launched = True
        self._note(execution, "DurableExecutionStarted")
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
        execution.invoking, execution.again = True, False
        self.background(self._invoke(execution))

    def background(self, work: Any) -> None:
        """Run a coroutine, and keep it until it is done."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

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
        self._note(execution, EVENTS[status])
        elapsed_ms = self.clock.aws_s(execution.ended - execution.started) * 1000
        self._note(execution, "DurableExecutionDuration", elapsed_ms, "Milliseconds")
        operations = len(execution.operations) - 1
        self._note(execution, "DurableExecutionOperations", operations)
        self._note(execution, "DurableExecutionStorageWrittenBytes", execution.written, "Bytes")
        execution.done.set()
        self.on_end(execution)
        if execution.parent is not None:
            chained.report(self, execution)

    async def close(self) -> None:
        """Give up what runs."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _ring(self, execution: Execution) -> None:
        if execution.is_running and complete_due(execution):
            self.wake(execution)
        self.set_alarm(execution)

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
            self._try_again(execution, failed, MAX_FAILURES)
        elif isinstance(output, str):
            self.end(execution, FAILED, error=_bad_output(output))
        elif output.status == SUCCEEDED:
            self.end(execution, SUCCEEDED, output.result)
        elif output.status == FAILED:
            self.end(execution, FAILED, error=output.error)
        elif execution.again:
            execution.failures = 0
            self.wake(execution)
        elif any(waits(each) for each in execution.operations.values()):
            execution.failures = 0
            self.set_alarm(execution)
        else:
            text = "Cannot return PENDING status with no pending operations."
            self._try_again(execution, _bad_output(text), MAX_EMPTY_PENDING)

    def _try_again(self, execution: Execution, error: dict[str, Any], most: int) -> None:
        execution.failures += 1
        if execution.failures >= most:
            self.end(execution, FAILED, error=error)
        else:
            self.later(execution, "next", RETRY_S, lambda: self.wake(execution))

    def _refused(self, execution: Execution, refusal: ServiceError | None) -> None:
        log.debug("durable execution %s was refused: %s", execution.arn, refusal)
        pause = min(2.0**execution.pauses, LONGEST_PAUSE_S)
        execution.pauses = min(execution.pauses + 1, 30)
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

    def _note(
        self, execution: Execution, metric: str, value: float = 1.0, unit: str = "Count"
    ) -> None:
        resource = (execution.region, execution.function, execution.version)
        self.door.metrics.note(resource, metric, value, unit)


def _bad_output(text: str) -> dict[str, Any]:
    return {"ErrorType": "InvalidParameterValueException", "ErrorMessage": text}
