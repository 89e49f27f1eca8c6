"""A request that the gateway itself answers: no route, no right, no room, no good answer."""

from __future__ import annotations

import json

from ...wire.http import Response


class Refused(Exception):
    """``message`` is AWS's, to the letter; ``why`` is for the access log alone. ``member`` holds
    it in the body: REST APIs say ``Message`` where a policy refuses."""

    def __init__(
        self,
        status: int,
        message: str | None,
        why: str = "",
        headers: dict[str, str] | None = None,
        member: str = "message",
    ) -> None:
        super().__init__(f"{status} {message}")
        self.status = status
        self.message = message
        self.why = why
        self.headers = headers or {}
        self.member = member

    def response(self) -> Response:
        """The answer."""
        body = json.dumps({self.member: self.message}, separators=(",", ":")).encode()
        return Response(self.status, {"Content-Type": "application/json", **self.headers}, body)
