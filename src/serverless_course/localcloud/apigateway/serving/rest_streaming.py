"""Streamed responses of REST APIs: an integration whose response transfer mode is STREAM.

Source: API Gateway Developer Guide, "Stream the integration response for your proxy integrations"
and "Set up a Lambda proxy integration with payload response streaming" (read 2026-11): metadata as
JSON, 8 null bytes, then the body; 15 minutes at most, 5 minutes between two parts, 30 seconds with
an edge-optimized endpoint.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from typing import Any

from ...lambda_.invocation.http_event import BadAnswer
from ...lambda_.invocation.http_prelude import read_prelude
from ...lambda_.invocation.streams import StreamedInvocation
from ...lambda_.invocation.waiting import TimedOut
from ...wire.streamed import Broken, Streamed
from .answer_1 import answer_1

IDLE_S = {"EDGE": 30.0}
OTHER_IDLE_S = 300.0
FAILED = "Lambda execution failed with status 200 due to customer function"


async def streamed_answer(
    invocation: StreamedInvocation, timeout_s: float, endpoint_type: str
) -> Streamed:
    """The response, as soon as its metadata is there.

    Raises `BadAnswer`, `TimedOut`, or Lambda's `ServiceError`.
    """
    ends_at = asyncio.get_running_loop().time() + timeout_s
    try:
        async with asyncio.timeout_at(ends_at):
            if not await invocation.begun():
                raise BadAnswer(FAILED)
            metadata, first = await read_prelude(invocation)
        said = answer_1(_answer_of(metadata), strict=True)
    except TimeoutError as error:
        invocation.abandon()
        raise TimedOut from error
    except BadAnswer:
        invocation.abandon()
        raise
    idle_s = IDLE_S.get(endpoint_type, OTHER_IDLE_S)
    parts = _parts(invocation, first, ends_at, idle_s)
    return Streamed(said.status, said.headers, b"", said.extra_headers, parts=parts)


async def _parts(
    invocation: StreamedInvocation, first: bytes, ends_at: float, idle_s: float
) -> AsyncGenerator[bytes]:
    clock = asyncio.get_running_loop().time
    part = first
    try:
        while True:
            yield part
            async with asyncio.timeout_at(min(ends_at, clock() + idle_s)):
                part = await invocation.read()
            if not part:
                break
        result = await invocation.result()
    except Exception as error:
        raise Broken from error
    finally:
        invocation.abandon()
    if result.report.status != "success":
        raise Broken


def _answer_of(metadata: bytes) -> bytes:
    """Metadata as a function's answer without a body. Raises `BadAnswer`."""
    try:
        said: Any = json.loads(metadata)
    except ValueError as error:
        raise BadAnswer("no JSON") from error
    if not isinstance(said, dict) or {"body", "isBase64Encoded"} & set(said):
        raise BadAnswer("no metadata")
    cookies = said.pop("cookies", None) or []
    if not isinstance(cookies, list):
        raise BadAnswer("cookies are no list")
    multi = said.get("multiValueHeaders") or {}
    if cookies and isinstance(multi, dict):
        multi["Set-Cookie"] = [*multi.get("Set-Cookie", []), *cookies]
        said["multiValueHeaders"] = multi
    return json.dumps(said).encode()
