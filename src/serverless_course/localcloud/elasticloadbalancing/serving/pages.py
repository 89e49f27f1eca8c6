"""What a load balancer answers itself: error pages, redirects, fixed responses.

Sources: User Guide for Application Load Balancers, "Action types for listener rules" and
"Troubleshoot your Application Load Balancers" (read 2026-11). The pages' text: captures of live
load balancers in public, 2017 to 2026.
"""

from __future__ import annotations

from ...wire.http import REASONS, Request
from ..balancer import Listener, LoadBalancer, Members
from ..matching import host_of
from .answer import Reasoned

# What the pages say where it is not the usual phrase.
TITLES = {
    400: "Bad Request",
    405: "Not Allowed",
    413: "Request Entity Too Large",
    414: "Request-URI Too Large",
    463: "",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
}


def error_page(status: int) -> Reasoned:
    """An answer without the function's: 400, 405, 413, 414, 463, 502, 503, 504."""
    return _page(status, {})


def redirect(request: Request, config: Members, listener: Listener, own: LoadBalancer) -> Reasoned:
    """A redirect. ``own`` is the load balancer: a port of its own is reached at another here."""
    filled = {
        "#{protocol}": "HTTP",
        "#{port}": str(listener.port),
        "#{host}": host_of(request),
        "#{path}": request.path.removeprefix("/"),
        "#{query}": request.query,
    }
    protocol, port, host, path, query = (
        _filled(config[name], filled) for name in ("Protocol", "Port", "Host", "Path", "Query")
    )
    if protocol == "HTTP" and host == filled["#{host}"]:
        reached = {str(each.port): each.endpoint for each in own.listeners.values()}
        port = reached.get(port, f":{port}").rpartition(":")[2]
    location = f"{protocol.lower()}://{host}:{port}{path}{'?' if query else ''}{query}"
    return _page(int(config["StatusCode"].removeprefix("HTTP_")), {"Location": location})


def fixed_response(config: Members) -> Reasoned:
    """A fixed response: text/plain, where the action does not say another type (ours)."""
    body = config.get("MessageBody", "").encode()
    kind = config.get("ContentType") or "text/plain"
    return Reasoned(int(config["StatusCode"]), {"Content-Type": f"{kind}; charset=utf-8"}, body)


def _filled(text: str, values: Members) -> str:
    for name, value in values.items():
        text = text.replace(name, value)
    return text


def _page(status: int, headers: dict[str, str]) -> Reasoned:
    phrase = TITLES.get(status, REASONS.get(status, ""))
    title = f"{status} {phrase}".strip()
    lines = (
        *("<html>", f"<head><title>{title}</title></head>", "<body>"),
        *(f"<center><h1>{title}</h1></center>", "</body>", "</html>", ""),
    )
    found = {"Content-Type": "text/html", **headers}
    return Reasoned(status, found, "\r\n".join(lines).encode(), [], phrase)
