"""What the APIs within an environment refuse, given after a short while."""

from __future__ import annotations

import asyncio
import json

from ...wire.http import Response

# Who asks for nonsense all the time shall not keep the server busy.
REFUSAL_S = 0.02
JSON = {"Content-Type": "application/json"}


async def refusal(status: int, error_type: str, message: str) -> Response:
    """An error, given after a short while."""
    await asyncio.sleep(REFUSAL_S)
    return Response(status, JSON, error_body(error_type, message))


def error_body(error_type: str, message: str) -> bytes:
    """An error as the Runtime API writes it."""
    return json.dumps({"errorMessage": message, "errorType": error_type}).encode()
