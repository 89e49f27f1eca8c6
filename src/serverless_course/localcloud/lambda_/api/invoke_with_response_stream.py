"""InvokeWithResponseStream: the function's response as an event stream.

Source: Lambda API Reference, InvokeWithResponseStream (read 2026-11).
"""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncGenerator
from urllib.parse import parse_qsl, unquote

from ...wire.event_stream import CONTENT_TYPE, event
from ...wire.http import Request, Response
from ...wire.rest_json import model
from ...wire.streamed import Broken, Streamed
from ...wire.validation import validate
from ..environment.invocation import InvocationResult
from ..invocation.request import InvocationRequest, new_request_id
from ..invocation.streams import StreamedInvocation, Streams
from ..not_offered import INVOKE_HEADERS, refuse
from ..registry import LATEST, Registry
from ..tracing import undecided
from .invoke import check_payload, client_context

PREFIX = "/2021-11-15/functions/"
SUFFIX = "/response-streaming-invocations"


class StreamingInvokeApi:
    """The operation InvokeWithResponseStream."""

    def __init__(self, registry: Registry, streams: Streams) -> None:
        self._registry = registry
        self._streams = streams

    async def answer(self, request: Request, region: str) -> Response:
        """Answer ``POST /2021-11-15/functions/NAME/response-streaming-invocations``.

        Raises `ServiceError` with AWS's codes and words for everything that is refused before
        the function runs.
        """
        request_id = new_request_id()
        name = unquote(request.path[len(PREFIX) :].removesuffix(SUFFIX))
        given = {
            "FunctionName": name,
            "InvocationType": request.header("x-amz-invocation-type", "RequestResponse"),
            "LogType": request.header("x-amz-log-type", "None"),
        }
        qualifier = dict(parse_qsl(request.query)).get("Qualifier")
        if qualifier is not None:
            given["Qualifier"] = qualifier
        validate(model().operation_model("InvokeWithResponseStream").input_shape, given)
        refuse(
            {header: request.header(header.lower()) for header in INVOKE_HEADERS}, INVOKE_HEADERS
        )
        found = self._registry.find(region, name, qualifier, told=LATEST)
        payload = check_payload(request.body)
        if given["InvocationType"] == "DryRun":
            return Response(204, {"x-amzn-RequestId": request_id})
        trace = undecided(request.header("x-amzn-trace-id"))
        context = client_context(request.header("x-amz-client-context"))
        invocation = self._streams.start(
            InvocationRequest(found, payload, trace, request_id, context)
        )
        await invocation.begun()
        version = invocation.received.version
        headers = {
            "Content-Type": CONTENT_TYPE,
            "x-amzn-RequestId": request_id,
            "X-Amz-Executed-Version": version.version if version else LATEST,
            "X-Amzn-Trace-Id": invocation.received.trace,
        }
        events = _events(invocation, wants_log=given["LogType"] == "Tail")
        return Streamed(200, headers, parts=events)


async def _events(invocation: StreamedInvocation, *, wants_log: bool) -> AsyncGenerator[bytes]:
    try:
        while part := await invocation.read():
            yield event("PayloadChunk", part)
        try:
            result = await invocation.result()
        except Exception as error:
            raise Broken from error
        complete = json.dumps(_complete(result, wants_log=wants_log)).encode()
        yield event("InvokeComplete", complete, "application/json")
    finally:
        invocation.abandon()


def _complete(result: InvocationResult, *, wants_log: bool) -> dict[str, str]:
    complete = {}
    if result.function_error:
        complete["ErrorCode"] = result.function_error
        complete["ErrorDetails"] = result.payload.decode("utf-8", "replace")
    if wants_log:
        complete["LogResult"] = base64.b64encode(result.log_tail.encode()).decode()
    return complete
