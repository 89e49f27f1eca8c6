"""MOCK integrations of REST APIs: answers without a function, as CORS needs them.

Source: API Gateway Developer Guide, "Mock integrations for REST APIs" (read 2026-11).
"""

from __future__ import annotations

import re

from ...wire.http import Request, Response
from ..rest_apis.method_integrations import fixed_headers, mock_status
from ..rest_apis.rest_api import Members
from .refused import Refused
from .rest_authorization import INTERNAL, error_type


def mock_answer(integration: Members, request: Request) -> Response:
    """The answer of a MOCK: the status in its template chooses one of its fixed responses."""
    templates = integration.get("requestTemplates") or {}
    kind = request.header("content-type", "application/json").partition(";")[0].strip()
    template = templates.get(kind)
    if template is None:
        if integration["passthroughBehavior"] == "NEVER" or not templates:
            headers = error_type("UnsupportedMediaTypeException")
            raise Refused(415, "Unsupported Media Type", "", headers)
        template = next(iter(templates.values()))
    status = str(mock_status(template))
    chosen: Members | None = None
    for each in (integration.get("integrationResponses") or {}).values():
        pattern = each.get("selectionPattern")
        if pattern and re.fullmatch(pattern, status):
            chosen = each
            break
        if not pattern:
            chosen = chosen or each
    if chosen is None:
        headers = error_type("InternalServerErrorException")
        raise Refused(500, INTERNAL, "", headers)
    bodies = chosen.get("responseTemplates") or {}
    kind, body = next(iter(bodies.items()), ("application/json", ""))
    headers = {"Content-Type": kind, **fixed_headers(chosen)}
    return Response(int(chosen["statusCode"]), headers, (body or "").encode())
