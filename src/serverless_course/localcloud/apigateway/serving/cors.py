"""CORS as the gateway answers it, by an HTTP API's settings; and pages of other sites.

Source: API Gateway Developer Guide, "Configure CORS for HTTP APIs" (read 2026-11): the settings'
headers stand in for those of the integration; a preflight request needs no route. For a route
that takes OPTIONS among others, or for ``$default``, authorization comes first.

On AWS every page of the web may call a public API. Here *public* means: every program of this
machine, and the pages that its owner has opened it to. So a page of another site is answered only
where CORS settings name its origin, or when it is served from this machine itself.
"""

from __future__ import annotations

from typing import Any

from ...wire import web_pages
from ...wire.http import Request, Response

HEADERS = frozenset(
    {
        *("access-control-allow-origin", "access-control-allow-methods"),
        *("access-control-allow-headers", "access-control-allow-credentials"),
        *("access-control-expose-headers", "access-control-max-age"),
    }
)


def is_preflight(request: Request) -> bool:
    """Whether a browser asks what it may send."""
    return (
        request.method == "OPTIONS"
        and request.has_header("origin")
        and request.has_header("access-control-request-method")
    )


def allowed_origin(settings: dict[str, Any] | None, origin: str) -> str:
    """What Access-Control-Allow-Origin says to an origin; empty for nothing."""
    for allowed in (settings or {}).get("AllowOrigins") or []:
        if allowed == "*":
            return "*"
        scheme, wild, rest = allowed.partition("*")
        if allowed == origin or (wild and not rest and origin.startswith(scheme)):
            return origin
    return ""


def cors_headers(settings: dict[str, Any], request: Request) -> dict[str, str]:
    """The headers for a request with an origin; none for one that the settings do not name."""
    origin = allowed_origin(settings, request.header("origin"))
    if not origin:
        return {}
    found = {"access-control-allow-origin": origin}
    if settings.get("AllowCredentials"):
        found["access-control-allow-credentials"] = "true"
    if is_preflight(request):
        if settings.get("AllowMethods"):
            found["access-control-allow-methods"] = ",".join(settings["AllowMethods"])
        if settings.get("AllowHeaders"):
            found["access-control-allow-headers"] = ",".join(settings["AllowHeaders"])
        if settings.get("MaxAge") is not None:
            found["access-control-max-age"] = str(settings["MaxAge"])
    elif settings.get("ExposeHeaders"):
        found["access-control-expose-headers"] = ",".join(settings["ExposeHeaders"])
    return found


def apply(settings: dict[str, Any] | None, request: Request, response: Response) -> None:
    """Put the settings' headers in the place of the integration's."""
    if not settings or not request.has_header("origin"):
        return
    response.headers = {k: v for k, v in response.headers.items() if k.lower() not in HEADERS}
    response.extra_headers = [
        (name, value) for name, value in response.extra_headers if name.lower() not in HEADERS
    ]
    response.headers |= cors_headers(settings, request)


def is_foreign_page(request: Request, settings: dict[str, Any] | None) -> bool:
    """Whether a page of another site sends this, and the API's owner has not opened it to that."""
    return web_pages.is_foreign_page(request, lambda origin: bool(allowed_origin(settings, origin)))
