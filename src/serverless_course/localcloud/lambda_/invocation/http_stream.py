"""A function's streamed response as an HTTP response.

Source: Lambda Developer Guide, "Response streaming for Lambda functions" and "Configuring a Lambda
function to stream responses" (read 2026-11).
"""

from __future__ import annotations

from collections.abc import AsyncGenerator

from ...wire.http import Response
from ...wire.streamed import Broken, Streamed
from .http_event import BadAnswer
from .http_prelude import CONTENT_TYPE, read_prelude, response_with
from .streams import StreamedInvocation


async def streamed_response(invocation: StreamedInvocation) -> Response:
    """What a function URL with RESPONSE_STREAM answers: as soon as there is a first byte.

    An error before that is a 502. Raises `ServiceError` when the function was not reached.
    """
    response = bad_gateway()
    if await invocation.begun():
        try:
            response = await _begun(invocation)
        except BadAnswer:
            invocation.abandon()
    response.headers["X-Amzn-Trace-Id"] = invocation.received.trace
    return response


async def _begun(invocation: StreamedInvocation) -> Response:
    if invocation.content_type == CONTENT_TYPE:
        prelude, first = await read_prelude(invocation)
        said = response_with(prelude)
        parts = _parts(invocation, first)
        return Streamed(said.status, said.headers, b"", said.extra_headers, parts=parts)
    first = await invocation.read()
    if not first and (await invocation.result()).function_error:
        return bad_gateway()
    headers = {"Content-Type": invocation.content_type}
    return Streamed(200, headers, parts=_parts(invocation, first))


async def _parts(invocation: StreamedInvocation, first: bytes) -> AsyncGenerator[bytes]:
    """The rest of the body. Of an error that the runtime tells in the middle of it the client sees
    nothing (a public report of 2024-11); where the runtime was cut off, the body has no end."""
    try:
        yield first
        while part := await invocation.read():
            yield part
        try:
            result = await invocation.result()
        except Exception as error:
            raise Broken from error
        if result.report.status != "success":
            raise Broken
    finally:
        invocation.abandon()


def bad_gateway() -> Response:
    """The function failed, or its answer is no HTTP response."""
    return Response(502, {"Content-Type": "application/json"}, b"Internal Server Error")
