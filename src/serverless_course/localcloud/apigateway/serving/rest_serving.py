"""Answers requests to REST APIs: stage, method, authorizer, API key, throttle, integration.

Source: API Gateway Developer Guide, "REST APIs", "Gateway response types" (read 2026-11); the
bodies as users see them on AWS: 403 Missing Authentication Token for what is not there, 502 and 500
Internal server error, 504 Endpoint request timed out. A throttle of Lambda's is a 500 (AWS
re:Post, 2016 to 2026). Path and path parameters stay percent-encoded (captures of live APIs,
hotsock's voker, 2026; AWS's own .NET test tool).
"""

from __future__ import annotations

import base64
import json
import time
import uuid
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from typing import Any
from urllib.parse import quote, unquote

from ...lambda_.invocation.http_event import BadAnswer
from ...lambda_.invocation.waiting import TimedOut
from ...lambda_.registry import Found
from ...wire.errors import ServiceError
from ...wire.http import Request, Response
from ...wire.streamed import Streamed
from ..rest_apis.method_integrations import fixed_headers
from ..rest_apis.rest_api import Members, RestApi, Snapshot, Stage
from ..rest_apis.usage import Usage
from . import cors
from .access_logs import AccessLogs
from .answer_1 import answer_1
from .api_metrics import ApiMetrics, dimension_sets
from .event_1 import event_1
from .exchange import Exchange, extended_id
from .functions import Functions, NoFunction, TooLarge
from .mock import mock_answer
from .refused import Refused
from .rest_authorization import INTERNAL, RestAuthorization, error_type, missing_token
from .rest_streaming import streamed_answer

# Quotas for REST APIs (read 2026-11).
MAX_BODY = 10 * 1024 * 1024
ERRORS = ("4XXError", "5XXError")
# What stands in a path without an escape (RFC 3986, section 3.3), and the slash.
KEPT = "/:@!$&'()*+,;="


@dataclass(frozen=True)
class RestServing:
    """The data plane of REST APIs. Runs on the event loop."""

    functions: Functions
    authorization: RestAuthorization
    logs: AccessLogs
    metrics: ApiMetrics

    async def answer(self, api: RestApi, usage: Usage, request: Request, domain: str) -> Response:
        """The answer to a request, whatever comes of it."""
        name, _, rest = request.path.removeprefix("/").partition("/")
        stage = api.stages.get(unquote(name))
        exchange = Exchange(
            request,
            api.region,
            api.id,
            stage.name if stage else "",
            domain,
            f"/{rest}".rstrip("/") or "/",
            dict(stage.variables) if stage else {},
            request_id=str(uuid.uuid4()),
        )
        exchange.context["extendedRequestId"] = extended_id()
        try:
            response = await self._answer(api, stage, usage, exchange, rest)
        except Refused as refused:
            exchange.context["error.message"] = refused.message or ""
            exchange.context["error.messageString"] = json.dumps(refused.message)
            exchange.context["error.responseType"] = refused.headers.get("x-amzn-ErrorType", "")
            if refused.why:
                exchange.context["authorizer.error"] = refused.why
            response = refused.response()
        response.headers["x-amzn-RequestId"] = exchange.request_id
        response.headers["x-amz-apigw-id"] = exchange.context["extendedRequestId"]
        if stage is None:
            return response
        if isinstance(response, Streamed):
            tell = partial(self._tell, api, stage, exchange, response, usage.log_role)
            response.parts = _told_at_end(response.parts, tell)
        else:
            self._tell(api, stage, exchange, response, usage.log_role)
        return response

    async def _answer(
        self, api: RestApi, stage: Stage | None, usage: Usage, exchange: Exchange, rest: str
    ) -> Response:
        request = exchange.request
        if stage is None or api.members["disableExecuteApiEndpoint"]:
            raise Refused(403, "Forbidden", "", error_type("ForbiddenException"))
        exchange.flushes = stage.flushes
        snapshot = stage.snapshot
        parts = [unquote(part) for part in rest.rstrip("/").split("/")]
        found = snapshot.find(request.method, parts)
        if found is None:
            raise missing_token()
        exchange.route, method, decoded = found
        exchange.parameters = {key: quote(value, safe=KEPT) for key, value in decoded.items()}
        exchange.context["resourcePath"] = exchange.route
        exchange.context["resourceId"] = snapshot.ids[exchange.route]
        if cors.is_foreign_page(request, _opened(snapshot, exchange.route)):
            raise Refused(403, "Forbidden", "A page of another site")
        if len(request.body) > MAX_BODY:
            raise _too_large()
        await self.authorization.check(snapshot, method, exchange, usage)
        if not _admits(stage, exchange):
            raise Refused(429, "Too Many Requests", "", error_type("TooManyRequestsException"))
        integration = method["methodIntegration"]
        if integration["type"] == "MOCK":
            return mock_answer(integration, request)
        endpoint_type = (api.members["endpointConfiguration"].get("types") or ["EDGE"])[0]
        return await self._integrate(integration, snapshot, exchange, endpoint_type)

    async def _stream(
        self,
        found: Found,
        payload: bytes,
        exchange: Exchange,
        timeout_s: float,
        endpoint_type: str,
    ) -> Response:
        invocation = self.functions.stream(found, payload, exchange.trace)
        try:
            response = await streamed_answer(invocation, timeout_s, endpoint_type)
        except BadAnswer as error:
            raise _bad_gateway(exchange, error) from error
        exchange.context["integrationStatus"] = exchange.context["integration.status"] = "200"
        exchange.context["integration.requestId"] = invocation.received.request.request_id
        response.headers["X-Amzn-Trace-Id"] = exchange.trace
        return response

    async def _integrate(
        self, integration: Members, snapshot: Snapshot, exchange: Exchange, endpoint_type: str
    ) -> Response:
        request = exchange.request
        event = event_1(exchange, f"/{request.path.split('/', 2)[-1]}", exchange.route)
        event["body"], event["isBase64Encoded"] = (
            _body_of(request, snapshot.binary_types) if request.body else (None, False)
        )
        began = time.perf_counter()
        try:
            found = await self.functions.find(
                integration["uri"],
                exchange.variables,
                exchange.arn(f"{exchange.stage}/{request.method}{exchange.route}"),
                integration.get("credentials"),
            )
            timeout_s = integration["timeoutInMillis"] / 1000
            payload = json.dumps(event).encode()
            if integration.get("responseTransferMode") == "STREAM":
                return await self._stream(found, payload, exchange, timeout_s, endpoint_type)
            result = await self.functions.call(found, payload, exchange.trace, timeout_s)
        except TooLarge as error:
            raise _too_large() from error
        except TimedOut as error:
            exchange.context["integrationErrorMessage"] = "Execution failed due to a timeout error"
            headers = error_type("InternalServerErrorException")
            raise Refused(504, "Endpoint request timed out", "", headers) from error
        except (NoFunction, ServiceError) as error:
            exchange.context["integrationErrorMessage"] = str(error)
            headers = error_type("InternalServerErrorException")
            raise Refused(500, INTERNAL, "", headers) from error
        finally:
            exchange.integration_ms = (time.perf_counter() - began) * 1000
        exchange.context["integrationStatus"] = exchange.context["integration.status"] = "200"
        exchange.context["integration.requestId"] = result.report.request_id
        try:
            if result.function_error:
                raise BadAnswer("Lambda execution failed with status 200 due to customer function")
            response = answer_1(_encoded(result.payload, snapshot, request), strict=True)
        except BadAnswer as error:
            raise _bad_gateway(exchange, error) from error
        response.headers["X-Amzn-Trace-Id"] = exchange.trace
        return response

    def _tell(
        self,
        api: RestApi,
        stage: Stage,
        exchange: Exchange,
        response: Response,
        role: str | None,
        length: int | None = None,
    ) -> None:
        latency_ms = (time.perf_counter() - exchange.started) * 1000
        detail = None
        method = exchange.request.method
        if exchange.route and stage.setting(exchange.route, method, "metricsEnabled"):
            detail = {"Method": method, "Resource": exchange.route}
        self.metrics.note(
            exchange.region,
            dimension_sets(("ApiName", str(api.members["name"])), stage.name, detail),
            ERRORS,
            response.status,
            latency_ms,
            exchange.integration_ms,
        )
        settings = stage.members.get("accessLogSettings")
        if settings and role:
            known = exchange.known_at_end(response, latency_ms, length)
            where = {"DestinationArn": settings["destinationArn"], "Format": settings["format"]}
            self.logs.write(where, exchange.region, f"{exchange.api_id}/{stage.name}", known, role)


async def _told_at_end(
    parts: AsyncGenerator[bytes], tell: Callable[[int], None]
) -> AsyncGenerator[bytes]:
    """The same parts; ``tell`` gets their length when they end, or when nobody reads on."""
    length = 0
    try:
        async for part in parts:
            length += len(part)
            yield part
    finally:
        await parts.aclose()
        tell(length)


def _bad_gateway(exchange: Exchange, error: BadAnswer) -> Refused:
    exchange.context["integrationErrorMessage"] = str(error)
    return Refused(502, INTERNAL, "", error_type("InternalServerErrorException"))


def _opened(snapshot: Snapshot, resource: str) -> dict[str, Any] | None:
    """The origins that an OPTIONS method with MOCK opens a resource to, as CORS settings."""
    method = snapshot.methods[resource].get("OPTIONS") or {}
    for each in (
        (method.get("methodIntegration") or {}).get("integrationResponses") or {}
    ).values():
        headers = {name.lower(): value for name, value in fixed_headers(each).items()}
        if "access-control-allow-origin" in headers:
            return {"AllowOrigins": [headers["access-control-allow-origin"]]}
    return None


def _admits(stage: Stage, exchange: Exchange) -> bool:
    method = exchange.request.method
    rate = stage.setting(exchange.route, method, "throttlingRateLimit")
    burst = stage.setting(exchange.route, method, "throttlingBurstLimit")
    return stage.throttles.admits(f"{exchange.route} {method}", rate, burst)


def _body_of(request: Request, binary_types: tuple[str, ...]) -> tuple[str, bool]:
    """The body as text; in Base64 only when its type is one of the API's binary media types."""
    kind = request.header("content-type", "application/json").partition(";")[0].strip()
    if _is_binary(kind, binary_types):
        return base64.b64encode(request.body).decode(), True
    return request.body.decode("utf-8", "replace"), False


def _encoded(payload: bytes, snapshot: Snapshot, request: Request) -> bytes:
    """A function's answer, whose Base64 is taken for text unless the client accepts binary.

    Source: Developer Guide, "Return binary media from a Lambda proxy integration": the first type
    in Accept counts (read 2026-11).
    """
    first = request.header("accept", "*/*").partition(",")[0].partition(";")[0].strip()
    if not snapshot.binary_types or not _is_binary(first, snapshot.binary_types):
        try:
            answer = json.loads(payload)
        except ValueError:
            return payload
        if isinstance(answer, dict) and answer.get("isBase64Encoded"):
            return json.dumps({**answer, "isBase64Encoded": False}).encode()
    return payload


def _is_binary(kind: str, binary_types: tuple[str, ...]) -> bool:
    return any(fnmatchcase(kind, each.replace("[", "[[]")) for each in binary_types)


def _too_large() -> Refused:
    headers = error_type("RequestTooLargeException")
    return Refused(413, "Request Too Long", "", headers)
