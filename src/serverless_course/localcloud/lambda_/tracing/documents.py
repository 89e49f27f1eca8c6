"""The segment documents that Lambda itself sends. Pure.

Their fields are those of documents that AWS returned: github.com/awslabs/aws-iatk (traces of
2023-08, cold start, asynchronous invocation), aws-powertools/powertools-lambda-typescript issue
452 (2022-01), the X-Ray Developer Guide's BatchGetTraces example (2017). As there:

* ``AWS::Lambda`` carries the HTTP status and the request id; an asynchronous invocation's ends
  when the event is accepted (202), and ``Dwell Time`` and ``Attempt #1`` come after its end;
* ``AWS::Lambda::Function`` begins when the environment gets the event. ``Initialization`` is its
  subsegment and lies *before* it, at the real times of Init;
* ``Invocation`` ends with the response, ``Overhead`` reaches from there to the runtime's next
  request for an event.

The old style is the default: it is that of the Developer Guide's screenshots since 2017. The new
style has ``Init``, no ``Invocation``, and annotations in ms (Developer Guide, "Visualize Lambda
function invocations using AWS X-Ray", read 2026-11); a document of 2024-08 in AWS's telemetry
samples still has ``Overhead``, and writes the annotations' names with a colon. The names here are
the guide's.

Not known, and so ours: an error of the function is a ``fault`` of the function segment and of its
``Invocation``; only the first attempt has a ``Dwell Time``.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..environment.invocation import InvocationResult, Moments
from ..function_version import FunctionVersion
from .header import TraceHeader, new_id

OLD_STYLE = "old-style"
NEW_STYLE = "new-style"
FORMATS = (OLD_STYLE, NEW_STYLE)
PARENT = {"aws.xray.reserved.reference_type": "parent"}
# "Each trace segment can be linked to up to 20 traces" (X-Ray Developer Guide, 2026-11).
MAX_LINKS = 20
# A segment document has 64 kB at most; the cause may take half of it.
MAX_CAUSE_CHARACTERS = 32_000

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ids:
    """The ids of one attempt's documents, given out before it begins.

    ``service`` is the parent of the function's segment: the ``AWS::Lambda`` segment, or its
    subsegment for an attempt.
    """

    service: str
    function: str = field(default_factory=new_id)
    invocation: str = field(default_factory=new_id)


def links_to(headers: Iterable[str]) -> list[Document]:
    """Links to the traces that messages carry, each once."""
    found: dict[str, Document] = {}
    for text in headers:
        header = TraceHeader.parse(text)
        if header.root and header.root not in found:
            link: Document = {"trace_id": header.root, "attributes": PARENT}
            found[header.root] = {**link, "id": header.parent} if header.parent else link
    return list(found.values())[:MAX_LINKS]


def service_segment(
    version: FunctionVersion,
    header: TraceHeader,
    segment_id: str,
    request_id: str,
    times: tuple[float, float],
    status: int,
    links: Sequence[Document] = (),
) -> Document:
    """The segment with origin AWS::Lambda: what the service did with the request."""
    document: Document = {
        "id": segment_id,
        "name": version.name,
        "start_time": times[0],
        "end_time": times[1],
        "trace_id": header.root,
        "http": {"response": {"status": status}},
        "aws": {"request_id": request_id},
        "origin": "AWS::Lambda",
        "resource_arn": version.arn,
        **marks(status),
    }
    if header.parent:
        document["parent_id"] = header.parent
    if links:
        document["links"] = list(links)
    return document


def marks(status: int) -> Document:
    """``error``, ``throttle`` and ``fault`` as an HTTP status sets them."""
    found: Document = {}
    if 400 <= status < 500:
        found["error"] = True
    if status == 429:
        found["throttle"] = True
    if status >= 500:
        found["fault"] = True
    return found


def subsegment(name: str, start: float, end: float) -> Document:
    """A subsegment with times in seconds since the epoch."""
    return {"id": new_id(), "name": name, "start_time": start, "end_time": end}


def sent_alone(document: Document, trace_id: str, parent_id: str) -> Document:
    """A subsegment as a document of its own, for a segment that was sent before."""
    return {**document, "type": "subsegment", "trace_id": trace_id, "parent_id": parent_id}


def function_segment(
    version: FunctionVersion, trace_id: str, ids: Ids, result: InvocationResult, style: str
) -> Document:
    """The segment with origin AWS::Lambda::Function, from the times that were measured."""
    moments = result.moments
    failure = _failure(result)
    own = {"aws": {"function_arn": version.arn}}
    document: Document = {
        "id": ids.function,
        "name": version.name,
        "start_time": moments.began,
        "end_time": moments.released,
        "trace_id": trace_id,
        "parent_id": ids.service,
        "aws": {
            "account_id": version.account_id,
            "function_arn": version.arn,
            "resource_names": [version.name],
        },
        "origin": "AWS::Lambda::Function",
        **failure,
    }
    if style == NEW_STYLE:
        document["aws"]["cloudwatch_logs"] = [{"log_group": version.log_group}]
        document["annotations"] = _annotations(result)
    parts = []
    if moments.init is not None:
        name = "Init" if style == NEW_STYLE else "Initialization"
        # Without an event the failure lies in the initialisation.
        init = {**subsegment(name, *moments.init), **own}
        parts.append({**init, "fault": True} if failure and moments.given is None else init)
    if moments.given is not None:
        end = moments.ended if moments.posted is None else moments.posted
        if style == OLD_STYLE:
            part = {**subsegment("Invocation", moments.given, end), "id": ids.invocation, **own}
            parts.append({**part, "fault": True} if failure else part)
        if moments.posted is not None:
            parts.append({**subsegment("Overhead", moments.posted, _runtime_done(moments)), **own})
    if parts:
        document["subsegments"] = parts
    return document


def _annotations(result: InvocationResult) -> Document:
    """The new style's annotations in ms.

    A response that is not streamed is in the server's hand when it has arrived: what its transfer
    took is part of the latency, and the duration of the response itself is 0.
    """
    moments = result.moments
    if moments.given is None:
        return {}
    answered = moments.ended if moments.posted is None else moments.posted
    first = answered if moments.first is None else moments.first
    return {
        "aws.responseLatency": round((first - moments.given) * 1e3, 3),
        "aws.responseDuration": round((answered - first) * 1e3, 3),
        "aws.runtimeOverhead": round((_runtime_done(moments) - answered) * 1e3, 3),
        "aws.extensionOverhead": round((moments.ended - _runtime_done(moments)) * 1e3, 3),
    }


def _runtime_done(moments: Moments) -> float:
    """When the runtime was done; extensions may have gone on until the invocation's end."""
    return moments.ended if moments.ready is None else moments.ready


def _failure(result: InvocationResult) -> Document:
    """``fault`` and ``cause`` of a function that ended in an error."""
    if not result.function_error:
        return {}
    cause = _cause_given(result.error_cause) or _cause_of(result.payload)
    return {"fault": True, "cause": cause} if cause else {"fault": True}


def _cause_given(text: str) -> Document | None:
    """The cause as the runtime gave it in its Lambda-Runtime-Function-XRay-Error-Cause header."""
    if not text or len(text) > MAX_CAUSE_CHARACTERS:
        return None
    try:
        cause = json.loads(text)
    except ValueError:
        return None
    if not isinstance(cause, dict) or not isinstance(cause.get("exceptions"), list):
        return None
    exceptions = [each for each in cause["exceptions"] if isinstance(each, dict)]
    return {**cause, "exceptions": [{"id": new_id(), **each} for each in exceptions]}


def _cause_of(payload: bytes) -> Document | None:
    """The cause from the error that the caller gets, where the runtime gave none."""
    try:
        error = json.loads(payload)
    except ValueError:
        return None
    if not isinstance(error, dict) or not isinstance(error.get("errorType"), str):
        return None
    message = str(error.get("errorMessage", ""))[:MAX_CAUSE_CHARACTERS]
    return {"exceptions": [{"id": new_id(), "type": error["errorType"], "message": message}]}
