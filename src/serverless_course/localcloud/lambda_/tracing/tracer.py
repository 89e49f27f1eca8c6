"""The tracer: decides which invocations are traced, and sends what Lambda itself knows of them.

With ``Active`` a caller's decision holds (``Sampled=0`` or ``1``), else X-Ray's default rule
samples it or not. With ``PassThrough`` the header goes through and nothing is sent, whatever it
says (Lambda Developer Guide, "Visualize Lambda function invocations using AWS X-Ray", read
2026-11).

A queue's messages: each batch is a trace of its own, linked to those of its messages (X-Ray
Developer Guide, "Tracing event-driven applications", 2026-11). It is sampled when one of them is;
that is concluded from the SDKs' "oversampling mitigation", which is there for just this case.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from ..environment.invocation import InvocationResult
from ..environment.report import XRay
from ..function_version import ACTIVE, FunctionVersion
from .documents import (
    OLD_STYLE,
    Document,
    Ids,
    function_segment,
    links_to,
    sent_alone,
    service_segment,
    subsegment,
)
from .header import TraceHeader, new_id, new_root, passed_on

# Whether a request of a function is to be sampled: region, function's name.
Sample = Callable[[str, str], bool]
# Takes documents of a function version, never waits.
Send = Callable[[FunctionVersion, Sequence[Document]], None]


class Segment:
    """The ``AWS::Lambda`` segment of one request, while it is under way.

    ``header`` is what the request's answer says. An asynchronous one lives on in the event queue
    and has several attempts.
    """

    def __init__(
        self,
        tracer: Tracer,
        version: FunctionVersion,
        request_id: str,
        incoming: TraceHeader,
        sampled: bool,
        links: Sequence[Document] = (),
    ) -> None:
        self.id = new_id()
        self.sampled = sampled
        self.header = incoming.text(self.id, sampled)
        self._tracer = tracer
        self._version = version
        self._request_id = request_id
        self._incoming = incoming
        self._links = links
        self._began = time.time()
        self._queued = False

    def accepted(self) -> None:
        """The request is an event that waits in the queue from now on (202)."""
        self._queued = True
        self._finish(202)

    def attempt(self, number: int = 1) -> Attempt:
        """The function is about to be invoked for this request, for the first time or again."""
        return Attempt(self, number)

    def refused(self, status: int) -> None:
        """The function was not reached: a throttle (429), or an error of the service.

        Of an event that waits only attempts are told: its wait is its dwell time.
        """
        if not self._queued:
            self._finish(status)

    def attempted(
        self, attempt: Attempt, ids: Ids, version: FunctionVersion, result: InvocationResult
    ) -> None:
        """An attempt is over: tell of it, and of the request when it was its only one."""
        if not self.sampled:
            return
        root = self._incoming.root
        documents = [function_segment(version, root, ids, result, self._tracer.style)]
        if self._queued:
            parts = [
                {
                    **subsegment(f"Attempt #{attempt.number}", attempt.began, time.time()),
                    "id": ids.service,
                    "http": {"response": {"status": 200}},
                }
            ]
            if attempt.number == 1:
                parts.insert(0, subsegment("Dwell Time", self._began, attempt.began))
            documents += [sent_alone(each, root, self.id) for each in parts]
        self._tracer.send(version, documents)
        if not self._queued:
            self._finish(200)

    def ids(self) -> Ids:
        """Ids for an attempt's documents: an event's attempt has a subsegment of its own."""
        return Ids(new_id() if self._queued else self.id)

    def runtime_header(self, ids: Ids) -> str:
        """The header for the runtime. What an SDK records hangs from the Invocation subsegment.

        In the new style, which has none, from the function's segment.
        """
        parent = ids.invocation if self._tracer.style == OLD_STYLE else ids.function
        return self._incoming.text(parent, self.sampled)

    def report(self, ids: Ids) -> XRay | None:
        """What the REPORT line says of the trace, when it is sampled."""
        return XRay(self._incoming.root, ids.function, ids.service) if self.sampled else None

    def _finish(self, status: int) -> None:
        if not self.sampled:
            return
        document = service_segment(
            self._version,
            self._incoming,
            self.id,
            self._request_id,
            (self._began, time.time()),
            status,
            self._links,
        )
        self._tracer.send(self._version, [document])


class Attempt:
    """One invocation of the function for a traced request, from now to its result.

    ``number`` counts from 1; only an asynchronous event has more than one.
    """

    def __init__(self, segment: Segment, number: int) -> None:
        self.number = number
        self.began = time.time()
        self._segment = segment
        self._ids = segment.ids()
        self.header = segment.runtime_header(self._ids)
        self.report = segment.report(self._ids)

    def ended(self, version: FunctionVersion, result: InvocationResult) -> None:
        """The function was invoked; this is how it went."""
        self._segment.attempted(self, self._ids, version, result)

    def refused(self, status: int) -> None:
        """It was not: a throttle, or an error of the service."""
        self._segment.refused(status)


class Tracer:
    """Begins segments. ``style`` is one of `FORMATS`."""

    def __init__(self, sample: Sample, send: Send, style: str = OLD_STYLE) -> None:
        self.style = style
        self.send = send
        self._sample = sample

    def begin(
        self,
        version: FunctionVersion,
        trace: str,
        request_id: str,
        messages: Sequence[str] = (),
    ) -> Segment | None:
        """The segment of a request; None for a function that is not traced.

        ``trace`` is the request's trace header; ``messages`` are those of the messages that a
        poller hands over, from which the decision and links are taken.
        """
        if version.tracing_mode != ACTIVE:
            return None
        header = TraceHeader.parse(trace)
        links = links_to(messages)
        if links:
            header = TraceHeader("", "", _decision_of(messages), header.others)
        if not header.root:
            header = TraceHeader(new_root(), "", header.sampled, header.others)
        sampled = header.sampled
        if sampled is None:
            sampled = self._sample(version.region, version.name)
        return Segment(self, version, request_id, header, sampled, links)


def untraced(trace: str) -> str:
    """The header for a function with PassThrough."""
    return passed_on(trace)


def _decision_of(messages: Sequence[str]) -> bool | None:
    """What the messages' own traces decided: yes when one of them is sampled."""
    decisions = {TraceHeader.parse(text).sampled for text in messages}
    if True in decisions:
        return True
    return False if False in decisions else None
