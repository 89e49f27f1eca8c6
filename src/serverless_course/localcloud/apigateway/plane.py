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
from .rest_apis import account, deployments, keys, method_integrations, methods, plans, resources
from .rest_apis import apis as rest_apis
from .rest_apis import authorizers as rest_authorizers
from .rest_apis import importing as rest_importing
from .rest_apis import stages as rest_stages
from .rest_apis import tags as rest_tags

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
VERSION_1: dict[str, Operation] = {
    **account.OPERATIONS,
    **rest_apis.OPERATIONS,
    **deployments.OPERATIONS,
    **keys.OPERATIONS,
    **method_integrations.OPERATIONS,
    **methods.OPERATIONS,
    **plans.OPERATIONS,
    **resources.OPERATIONS,
    **rest_authorizers.OPERATIONS,
    **rest_importing.OPERATIONS,
    **rest_stages.OPERATIONS,
    **rest_tags.OPERATIONS,
}
OFFERED = {"apigateway": VERSION_1, "apigatewayv2": VERSION_2}
# Where version 1's answers, which have no member for it, name the API's own address. Ours.
ADDRESS = "x-serverless-course-endpoint"
DOCS = "docs/api-gateway.md lists what it does offer."


class ApiGateway:
    """Every operation of both versions. Runs on the server's event loop."""

    def __init__(self, apis: Apis) -> None:
        self._apis = apis

    def answer(self, request: Request, region: str) -> Response:
        """Answer one request. Raises `ServiceError` for every refusal."""
        service = "apigatewayv2" if request.path.startswith("/v2/") else "apigateway"
        operation, fields = find_operation(request, service)
        handler = OFFERED[service].get(operation.name)
        if handler is None:
            raise not_offered(f"API Gateway's {operation.name}", DOCS)
        try:
            given = read_parameters(request, operation, fields)
        except ServiceError as error:
            if error.code != "ValidationException":
                raise
            raise bad_request(error.message) from error
        result = handler(Call(self._apis, region, given))
        response = write_response(operation, result, str(uuid.uuid4()))
        api = self._apis.find(region, str(given.get("restApiId") or result.get("id")))
        if api is not None:
            response.headers[ADDRESS] = api.endpoint
        return response
