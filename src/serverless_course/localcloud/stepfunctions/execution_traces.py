"""What Step Functions tells X-Ray of an execution: its states, and the calls that they make.

A state machine with tracing enabled sends a segment for each sampled execution; the header of who
starts one decides, else X-Ray's sampling rules. Its role needs xray:PutTraceSegments. Without
tracing the caller's header goes on to what the states call. Source: AWS Step Functions Developer
Guide, "Trace Step Functions state machines with AWS X-Ray" (read 2026-11). The documents' form is
not documented: a subsegment for each state and one for each call below it, as tools that read such
traces expect; the times of states are those of the execution's history, in whole milliseconds.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from ..lambda_.tracing.documents import Document, marks, sent_alone, subsegment
from ..lambda_.tracing.header import TraceHeader, new_id, new_root

ORIGIN = "AWS::StepFunctions::StateMachine"
# Region, role, documents: `TraceWriter.take`.
Take = Callable[[str, str, Sequence[str]], None]
# Whether a new request is sampled: region, name of the state machine.
Sample = Callable[[str, str], bool]


class ServiceCall:
    """One call that a state makes."""

    def __init__(self, state: str, service: str, operation: str, region: str) -> None:
        self.id = new_id()
        self.state = state
        self.began = time.time()
        self._ended = 0.0
        self._service = service
        self._aws = {"operation": operation, "region": region}
        self._status = 0

    def answered(self, status: int, request_id: str) -> None:
        """The service has answered; status 0 when it has not."""
        self._ended = time.time()
        self._status = status
        if request_id:
            self._aws["request_id"] = request_id

    def document(self, until: float) -> Document:
        """Its subsegment; ``until`` is when it ended at the latest."""
        found: Document = {
            **subsegment(self._service, self.began, self._ended or max(until, self.began)),
            "id": self.id,
            "namespace": "aws",
            "aws": self._aws,
        }
        if not self._status:
            return {**found, "fault": True} if self._ended else found
        return {**found, "http": {"response": {"status": self._status}}, **marks(self._status)}


class ExecutionTrace:
    """One execution that is traced. Its states may make calls on several threads."""

    def __init__(self, header: TraceHeader, sampled: bool) -> None:
        self.id = new_id()
        self.began = time.time()
        self.header = header
        self.sampled = sampled
        self.calls: list[ServiceCall] = []

    def call(
        self, state: str, service: str, operation: str, region: str
    ) -> tuple[ServiceCall, str]:
        """A state is about to call a service: the call, and the header that goes with it."""
        made = ServiceCall(state, service, operation, region)
        self.calls.append(made)
        return made, self.header.text(made.id, self.sampled)


class ExecutionTraces:
    """Begins and ends the traces of executions. ``take`` and ``sample`` are X-Ray's."""

    def __init__(self, take: Take, sample: Sample) -> None:
        self._take = take
        self._sample = sample

    def begin(self, region: str, machine: str, header: str) -> ExecutionTrace:
        """An execution of a state machine with tracing enabled is about to start."""
        found = TraceHeader.parse(header)
        root = found.root or new_root()
        sampled = self._sample(region, machine) if found.sampled is None else found.sampled
        return ExecutionTrace(TraceHeader(root, found.parent, sampled, found.others), sampled)

    def ended(self, trace: ExecutionTrace, execution: Any) -> None:
        """An execution has ended: send what it did."""
        if not trace.sampled:
            return
        end = time.time()
        failed = execution.exec_status != "SUCCEEDED"
        segment: Document = {
            "id": trace.id,
            "name": str(execution.state_machine.name),
            "start_time": trace.began,
            "end_time": end,
            "trace_id": trace.header.root,
            "origin": ORIGIN,
            "resource_arn": str(execution.state_machine_arn),
            "aws": {"execution_arn": str(execution.exec_arn)},
        }
        if trace.header.parent:
            segment["parent_id"] = trace.header.parent
        if failed:
            exception = {
                "id": new_id(),
                "type": str(execution.error or execution.exec_status),
                "message": str(execution.cause or ""),
            }
            segment |= {"fault": True, "cause": {"exceptions": [exception]}}
        history = execution.to_history_output()["events"]
        states = states_of(history, (trace.began, end))
        documents = [segment, *_below(trace, states)]
        texts = [json.dumps(each, separators=(",", ":")) for each in documents]
        self._take(str(execution.region_name), str(execution.role_arn), texts)


def states_of(history: Sequence[dict[str, Any]], within: tuple[float, float]) -> list[Document]:
    """A subsegment for each time that a state was entered, from an execution's history.

    ``parent_id`` is there for a state within a Parallel or Map state. A state that was never left
    ended with the execution, in a fault.
    """
    by_id = {event["id"]: event for event in history}
    open_states: dict[int, Document] = {}
    found = []
    for event in history:
        if event["type"].endswith("StateEntered"):
            start = _inside(_seconds(event["timestamp"]), within)
            name = event["stateEnteredEventDetails"]["name"]
            document = {**subsegment(name, start, within[1]), "fault": True}
            around = _entered_before(event, by_id)
            if around is not None and around in open_states:
                document["parent_id"] = open_states[around]["id"]
            open_states[event["id"]] = document
            found.append(document)
        elif event["type"].endswith("StateExited"):
            entered = _entered_before(event, by_id)
            if entered is not None and entered in open_states:
                document = open_states[entered]
                document["end_time"] = _inside(_seconds(event["timestamp"]), within)
                del document["fault"]
    return found


def _entered_before(event: dict[str, Any], by_id: dict[int, dict[str, Any]]) -> int | None:
    """The entry of the state that an event belongs to: back along the chain of events, past
    states that were entered and left in between."""
    left = 0
    while (event := by_id.get(event.get("previousEventId", 0), {})) != {}:
        if event["type"].endswith("StateExited"):
            left += 1
        elif event["type"].endswith("StateEntered"):
            if not left:
                return int(event["id"])
            left -= 1
    return None


def _below(trace: ExecutionTrace, states: Sequence[Document]) -> list[Document]:
    """Documents of their own for states and calls: a long execution would not fit into one."""
    root = trace.header.root
    found = [sent_alone(each, root, each.get("parent_id", trace.id)) for each in states]
    for call in trace.calls:
        inside = [each for each in states if each["name"] == call.state]
        begun = [each for each in inside if each["start_time"] <= call.began + 0.001]
        state = max(begun, key=lambda each: each["start_time"], default=None)
        parent, until = (state["id"], state["end_time"]) if state else (trace.id, time.time())
        found.append(sent_alone(call.document(until), root, parent))
    return found


def _seconds(timestamp: str | datetime) -> float:
    if isinstance(timestamp, str):
        timestamp = datetime.fromisoformat(timestamp)
    return timestamp.timestamp()


def _inside(moment: float, within: tuple[float, float]) -> float:
    """History has whole milliseconds: the first state may seem to begin before the execution."""
    return min(max(moment, within[0]), within[1])
