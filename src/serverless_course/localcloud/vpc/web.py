"""Hosts of the web as a function in a VPC finds them: none is asked, no packet leaves.

One host is served here: checkip.amazonaws.com, over http, which answers with the address that
the caller has outside (AWS's own "what is my address", read 2026-11). Every other gets an answer
that says why there is none.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from ..wire.http import Request, Response

CHECK_IP = "checkip.amazonaws.com"
NOT_HERE = "The embedded cloud has no Internet"


def host_and_port(request: Request) -> tuple[str, int]:
    """What a proxy request names: CONNECT host:port, or a whole address. Port 80 if it is left
    out. Raises ValueError."""
    if request.method == "CONNECT":
        parts = urlsplit(f"//{request.target}")
        return parts.hostname or "", parts.port or 443
    parts = urlsplit(request.target)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def answer(request: Request, host: str, outside_address: str | None) -> Response:
    """The answer to a request whose packets would have been delivered."""
    if host == CHECK_IP and request.method in ("GET", "HEAD"):
        return Response(200, {"Content-Type": "text/plain"}, f"{outside_address}\n".encode())
    if host == CHECK_IP:
        words = f"{NOT_HERE}: it answers for {CHECK_IP} over http only."
    else:
        words = f"{NOT_HERE}. On AWS this request would reach {host}."
    return Response(502, {"Content-Type": "text/plain"}, f"{words}\n".encode())
