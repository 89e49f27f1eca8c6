"""What a span tells of an HTTP request: X-Ray's ``http``, in the old and the new conventions."""

from __future__ import annotations

from typing import Any

from .span_attributes import Attributes

METHODS = ("http.request.method", "http.method")
STATUSES = ("http.response.status_code", "http.status_code")
URLS = ("url.full", "http.url")
AGENTS = ("user_agent.original", "http.user_agent")
CLIENTS = ("client.address", "http.client_ip", "net.peer.ip", "network.peer.address")
SIZES = ("http.response.body.size", "http.response_content_length")
_HTTP_ALONE = (*METHODS, *STATUSES, *URLS)
_DEFAULT_PORTS = {"http": "80", "https": "443"}
USED = frozenset(
    {
        *(*METHODS, *STATUSES, *URLS, *AGENTS, *CLIENTS, *SIZES),
        *("url.scheme", "http.scheme", "url.path", "url.query", "http.target"),
        *("http.host", "server.address", "server.port", "net.host.name", "net.host.port"),
        *("net.peer.name", "net.peer.port"),
    }
)


def http_of_span(given: Attributes, *, server: bool) -> dict[str, Any]:
    """X-Ray's ``http``; empty for a span that is about no HTTP request."""
    if not any(given.get(name) for name in _HTTP_ALONE):
        return {}
    request = {
        "method": first(given, METHODS),
        "url": _url(given, server=server),
        "user_agent": first(given, AGENTS),
        "client_ip": first(given, CLIENTS) if server else None,
    }
    response = {"status": first(given, STATUSES), "content_length": first(given, SIZES)}
    return {
        name: part
        for name, part in (
            ("request", {key: value for key, value in request.items() if value}),
            ("response", {key: value for key, value in response.items() if value is not None}),
        )
        if part
    }


def first(given: Attributes, names: tuple[str, ...]) -> Any:
    """The first of some attributes that is there."""
    return next((given[name] for name in names if given.get(name) is not None), None)


def _url(given: Attributes, *, server: bool) -> str:
    """The full address, or one put together from its parts; empty without a host."""
    full = first(given, URLS)
    if full:
        return str(full)
    scheme = str(first(given, ("url.scheme", "http.scheme")) or "http")
    own = ("net.host.name", "net.host.port") if server else ("net.peer.name", "net.peer.port")
    host = first(given, ("http.host", "server.address", own[0]))
    if not host:
        return ""
    port = "" if given.get("http.host") else str(first(given, ("server.port", own[1])) or "")
    if port and port != _DEFAULT_PORTS.get(scheme):
        host = f"{host}:{port}"
    query = f"?{given['url.query']}" if given.get("url.query") else ""
    path = given.get("http.target") or f"{given.get('url.path') or '/'}{query}"
    return f"{scheme}://{host}{path}"
