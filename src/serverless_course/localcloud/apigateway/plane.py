"""API Gateway's own API: finds the operation that a request names, and answers it.

Source: API Gateway API references, version 1 (``/restapis``) and version 2 (``/v2/apis``) (read
2026-11). What is not offered is refused by its name.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable

from ..wire.errors import ServiceError
from ..wire.http import Request, Response
from ..wire.rest_json import find_operation, read_parameters, write_response
from .apis import Apis
from .call import Call, Members
from .http_apis import apis as http_apis
from .http_apis import authorizers, importing, integrations, routes, stages, tags
from .refusals import bad_request, not_offered

Operation = Callable[[Call], Members]
VERSION_2: dict[str, Operation] = {
    **http_apis.OPERATIONS,
    **authorizers.OPERATIONS,
    **importing.OPERATIONS,
    **integrations.OPERATIONS,
    **routes.OPERATIONS,
    **stages.OPERATIONS,
    **tags.OPERATIONS,
}
OFFERED = {"apigatewayv2": VERSION_2}
DOCS = "docs/api-gateway.md lists what it does offer."


class ApiGateway:
    """Every operation of both versions. Runs on the server's event loop."""

    def __init__(self, apis: Apis) -> None:
        self._apis = apis

    def answer(self, request: Request, region: str) -> Response:
        """Answer one request. Raises `ServiceError` for every refusal."""
        service = "apigatewayv2" if request.path.startswith("/v2/") else "apigateway"
        operation, fields = find_operation(request, service)
        handler = OFFERED.get(service, {}).get(operation.name)
        if handler is None:
            raise not_offered(f"API Gateway's {operation.name}", DOCS)
        try:
            given = read_parameters(request, operation, fields)
        except ServiceError as error:
            if error.code != "ValidationException":
                raise
            raise bad_request(error.message) from error
        result = handler(Call(self._apis, region, given))
        return write_response(operation, result, str(uuid.uuid4()))
