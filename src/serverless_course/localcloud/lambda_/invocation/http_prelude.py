"""What a streamed response says of itself before its body: status, headers, cookies.

Source: Lambda Developer Guide, "Using the Lambda runtime API" and the Node.js runtime interface
client's HttpResponseStream (read 2026-11): JSON, then 8 null bytes, then the body.
"""

from __future__ import annotations

import json

from ...wire.http import Response
from .http_event import BadAnswer, response_of
from .streams import StreamedInvocation

CONTENT_TYPE = "application/vnd.awslambda.http-integration-response"
DELIMITER = bytes(8)
# API Gateway's limit for its own metadata (response-transfer-mode-lambda, read 2026-11); that of
# function URLs is not known.
MAX_BYTES = 16 * 1024


async def read_prelude(invocation: StreamedInvocation) -> tuple[bytes, bytes]:
    """The prelude, and what followed its delimiter in the same part. Raises `BadAnswer`."""
    held = b""
    while (at := held.find(DELIMITER)) < 0:
        if len(held) > MAX_BYTES:
            raise BadAnswer("no delimiter within 16 KB")
        part = await invocation.read()
        if not part:
            raise BadAnswer("the response ended before its prelude did")
        held += part
    if at > MAX_BYTES:
        raise BadAnswer("no delimiter within 16 KB")
    return held[:at], held[at + len(DELIMITER) :]


def response_with(prelude: bytes) -> Response:
    """The response that a prelude of a function URL stands for, without a body.

    A prelude without a status means 200. Raises `BadAnswer`.
    """
    try:
        said = json.loads(prelude)
    except ValueError as error:
        raise BadAnswer("no JSON") from error
    if not isinstance(said, dict):
        raise BadAnswer("no object")
    said = {"statusCode": 200, **said}
    said.pop("body", None)
    if not any(name.lower() == "content-type" for name in said.get("headers") or {}):
        said["headers"] = {**(said.get("headers") or {}), "Content-Type": OCTETS}
    return response_of(json.dumps(said).encode())


OCTETS = "application/octet-stream"
