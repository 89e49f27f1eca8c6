"""From an OpenTelemetry span to X-Ray's documents.

The mapping is the one that users know from the OpenTelemetry Collector's awsxray exporter
(opentelemetry-collector-contrib, exporter/awsxrayexporter, read 2026-11): which span is a segment,
where its name comes from, what becomes http, aws, sql, cause, annotations and metadata.
Ours, where it has nothing for it: a span whose parent is known to be remote begins a segment, as
one of the kinds SERVER and CONSUMER does; a segment is named after its service; and spans of a
Lambda function have the origin AWS::Lambda::Function, so that they join the function's node.
"""

from __future__ import annotations

import hashlib
import re
from typing import Any

from .documents import MAX_NAME, Document
from .span_attributes import (
    AWS_USED,
    HTTP_USED,
    STATUSES,
    Attributes,
    annotations_and_metadata,
    attributes_of,
    aws_of_call,
    aws_of_resource,
    first,
    http_of_span,
    origin_of,
    sql_of,
)

INTERNAL, SERVER, CLIENT, PRODUCER, CONSUMER = 1, 2, 3, 4, 5
# OTLP 1.x, Span.flags: whether it is known that the parent is remote, and whether it is.
HAS_IS_REMOTE, IS_REMOTE = 0x100, 0x200
ERROR = 2
_FRAME = re.compile(r'  File "(?P<path>[^"]*)", line (?P<line>\d+)(?:, in (?P<label>.*))?')
_NOT_IN_NAMES = re.compile(r"[^\w\s.:/%&#=+\\\-@]")


def documents_of(span: Any, resource: Any) -> list[Document]:
    """The documents of one span: a segment, or a subsegment sent alone.

    A call that is the root of its service is both: a segment for the service, and in it the call.
    """
    given = attributes_of(span.attributes)
    about = attributes_of(resource.attributes)
    if not _is_segment(span):
        return [_document(span, given, about, segment=False)]
    if span.kind not in (CLIENT, PRODUCER):
        return [_document(span, given, about, segment=True)]
    local = {key: value for key, value in given.items() if key == "aws.local.service"}
    service = _document(span, local, about, segment=True)
    service |= {flag: True for flag, is_set in flags_of(span, given).items() if is_set}
    service["id"] = hashlib.sha256(span.span_id).hexdigest()[:16]
    call = _document(span, given, about, segment=False)
    call["parent_id"] = service["id"]
    call.setdefault("namespace", "remote")
    return [service, call]


def _is_segment(span: Any) -> bool:
    if not span.parent_span_id or span.kind == SERVER:
        return True
    if span.flags & HAS_IS_REMOTE:
        return bool(span.flags & IS_REMOTE)
    return bool(span.kind == CONSUMER)


def _document(span: Any, given: Attributes, about: Attributes, *, segment: bool) -> Document:
    name = _service_name(span, about, given) if segment else _call_name(span, given)
    found: Document = {
        "name": _fit(name) or "span",
        "id": span.span_id.hex(),
        "trace_id": span.trace_id.hex(),
        "start_time": span.start_time_unix_nano / 1e9,
    }
    if span.end_time_unix_nano:
        found["end_time"] = span.end_time_unix_nano / 1e9
    else:
        found["in_progress"] = True
    if span.parent_span_id:
        found["parent_id"] = span.parent_span_id.hex()
    namespace = _namespace(span, given)
    if not segment:
        found["type"] = "subsegment"
        if namespace:
            found["namespace"] = namespace
    http = http_of_span(given, server=span.kind == SERVER)
    call = {} if segment else aws_of_call(given)
    used = (HTTP_USED if http else frozenset()) | (AWS_USED if call else frozenset())
    annotations, metadata = annotations_and_metadata(given, about if segment else {}, used)
    parts = {
        "http": http,
        "aws": aws_of_resource(about) if segment else call,
        "sql": None if segment else sql_of(given),
        "cause": cause_of(span, remote=span.kind in (CLIENT, PRODUCER)),
        "user": given.get("enduser.id"),
        "annotations": annotations,
        "metadata": metadata,
        "links": _links(span),
        **flags_of(span, given),
    }
    if segment:
        parts["origin"] = origin_of(about)
        version = about.get("service.version")
        parts["service"] = {"version": version} if version else None
        arn = about.get("cloud.resource_id") or about.get("faas.id")
        parts["resource_arn"] = arn if str(arn).startswith("arn:") else None
    return {**found, **{key: value for key, value in parts.items() if value}}


def _service_name(span: Any, about: Attributes, given: Attributes) -> str:
    """A segment's name is its service's; the SDK's stand-in for none does not count."""
    name = str(given.get("aws.local.service") or about.get("service.name") or "")
    if name and not name.startswith("unknown_service"):
        return name
    return str(about.get("faas.name") or name or span.name)


def _call_name(span: Any, given: Attributes) -> str:
    """A call is named after the service it calls, other work after itself."""
    outgoing = span.kind in (CLIENT, PRODUCER, CONSUMER)
    remote = str(given.get("aws.remote.service") or "") if outgoing else ""
    if remote and given.get("rpc.system") == "aws-api":
        remote = remote.removeprefix("AWS.SDK.").removeprefix("AWS::")
    database = given.get("db.name") or given.get("db.namespace")
    host = given.get("server.address") or given.get("net.peer.name")
    names = (
        remote,
        given.get("peer.service"),
        given.get("aws.service"),
        f"{database}@{host}" if database and host else database,
        given.get("rpc.service"),
        given.get("http.host"),
        host if outgoing else "",
        span.name,
    )
    return next(str(name) for name in names if name or name is names[-1])


def _namespace(span: Any, given: Attributes) -> str:
    if given.get("rpc.system") == "aws-api" or given.get("aws.service"):
        return "aws"
    outgoing = span.kind in (PRODUCER, CONSUMER) and given.get("aws.remote.service")
    return "remote" if span.kind == CLIENT or outgoing else ""


def _fit(name: str) -> str:
    return _NOT_IN_NAMES.sub("", name)[:MAX_NAME].strip()


def _links(span: Any) -> list[dict[str, Any]]:
    return [
        {
            "trace_id": f"1-{link.trace_id.hex()[:8]}-{link.trace_id.hex()[8:]}",
            "id": link.span_id.hex(),
            "attributes": attributes_of(link.attributes),
        }
        for link in span.links
    ]


def flags_of(span: Any, given: Attributes) -> dict[str, bool]:
    """``error``, ``throttle``, ``fault``: by the HTTP status, and without one by the span's."""
    status = first(given, STATUSES)
    code = status if isinstance(status, int) else 0
    if 400 <= code < 500:
        return {"error": True, "throttle": code == 429}
    return {"fault": 500 <= code < 600 or span.status.code == ERROR}


def cause_of(span: Any, *, remote: bool) -> dict[str, Any] | None:
    """The exceptions that the span recorded, or its status' message; None without either."""
    exceptions = [
        _exception(span, number, attributes_of(event.attributes), remote=remote)
        for number, event in enumerate(span.events)
        if event.name == "exception"
    ]
    if not exceptions and span.status.code == ERROR and span.status.message:
        exceptions = [{"id": _exception_id(span, 0), "message": span.status.message}]
    return {"exceptions": exceptions} if exceptions else None


def _exception(span: Any, number: int, event: Attributes, *, remote: bool) -> dict[str, Any]:
    found = {
        "id": _exception_id(span, number),
        "type": event.get("exception.type"),
        "message": event.get("exception.message"),
        "remote": remote,
        "stack": _stack(str(event.get("exception.stacktrace") or "")),
    }
    return {key: value for key, value in found.items() if value not in (None, [], "")}


def _stack(text: str) -> list[dict[str, Any]]:
    """The frames of a Python traceback, the innermost first, as X-Ray has them. Of other
    languages' traces none is read."""
    frames = [
        {"path": match["path"], "line": int(match["line"]), "label": match["label"] or ""}
        for match in _FRAME.finditer(text)
    ]
    return frames[::-1]


def _exception_id(span: Any, number: int) -> str:
    return hashlib.sha256(span.span_id + bytes([number % 256])).hexdigest()[:16]
