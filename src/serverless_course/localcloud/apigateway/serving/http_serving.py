"""Answers requests to HTTP APIs: stage, route, throttle, authorizer, function, answer.

Source: API Gateway Developer Guide, "HTTP APIs" (read 2026-11); answers as its users see them on
AWS: 404 Not Found, 429 Too Many Requests, 500 Internal Server Error (a function that fails, answers
badly or may not be invoked), 503 Service Unavailable (one that does not answer in time; public
reports, 2022 to 2026).
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from ...lambda_.invocation.http_event import BadAnswer, body_of, response_of
from ...lambda_.invocation.waiting import TimedOut
from ...wire.errors import ServiceError
from ...wire.http import Request, Response
from ..http_apis.http_api import HttpApi, Members, Snapshot, Stage
from ..http_apis.route_table import DEFAULT
from . import cors
from .access_logs import AccessLogs
from .answer_1 import answer_1
from .api_metrics import ApiMetrics, dimension_sets
from .event_1 import event_1
from .event_2 import event_2
from .exchange import Exchange
from .functions import Functions, NoFunction, TooLarge
from .http_authorization import HttpAuthorization
from .refused import Refused

# Quotas for HTTP APIs (read 2026-11).
MAX_BODY = 10 * 1024 * 1024
ERRORS = ("4xx", "5xx")


@dataclass(frozen=True)
class HttpServing:
    """The data plane of HTTP APIs. Runs on the event loop."""

    functions: Functions
    authorization: HttpAuthorization
    logs: AccessLogs
    metrics: ApiMetrics

    async def answer(self, api: HttpApi, request: Request, domain: str) -> Response:
        """The answer to a request, whatever comes of it."""
        stage, path = api.split(request.path)
        if stage is None or stage.snapshot is None:
            return Refused(404, "Not Found").response()
        exchange = Exchange(
            request, api.region, api.id, stage.name, domain, path, dict(stage.variables)
        )
        exchange.flushes = stage.flushes
        snapshot = stage.snapshot
        try:
            response = await self._answer(api, stage, snapshot, exchange)
        except Refused as refused:
            exchange.context["error.message"] = refused.message or ""
            exchange.context["error.messageString"] = json.dumps(refused.message)
            if refused.why:
                exchange.context["authorizer.error"] = refused.why
            response = refused.response()
        cors.apply(snapshot.cors, request, response)
        response.headers["apigw-requestid"] = exchange.request_id
        self._tell(stage, exchange, response)
        return response

    async def _answer(
        self, api: HttpApi, stage: Stage, snapshot: Snapshot, exchange: Exchange
    ) -> Response:
        request = exchange.request
        if cors.is_foreign_page(request, snapshot.cors):
            raise Refused(403, "Forbidden", "A page of another site")
        if len(request.body) > MAX_BODY:
            raise Refused(413, "Request Entity Too Large")
        if api.members.get("DisableExecuteApiEndpoint"):
            raise Refused(404, "Not Found")
        parts = [unquote(part) for part in exchange.path.removeprefix("/").split("/")]
        preflight = bool(snapshot.cors) and cors.is_preflight(request)
        found = snapshot.table.find(request.method, parts)
        if found is None:
            if preflight:
                return Response(204)
            raise Refused(404, "Not Found")
        exchange.route, exchange.parameters = found
        exchange.context["routeKey"] = exchange.route
        if not _admits(stage, exchange.route):
            raise Refused(429, "Too Many Requests")
        route = snapshot.routes[exchange.route]
        await self.authorization.check(snapshot, route, exchange)
        if preflight and not exchange.route.startswith("OPTIONS "):
            return Response(204)
        integration = snapshot.integrations.get((route.get("Target") or "").partition("/")[2])
        if integration is None:
            raise Refused(500, "Internal Server Error")
        return await self._integrate(integration, exchange)

    async def _integrate(self, integration: Members, exchange: Exchange) -> Response:
        as_2 = integration["PayloadFormatVersion"] == "2.0"
        event = event_2(exchange) if as_2 else _event_1(exchange)
        began = time.perf_counter()
        try:
            found = await self.functions.find(
                integration["IntegrationUri"],
                exchange.variables,
                exchange.arn(source_of(exchange)),
                integration.get("CredentialsArn"),
            )
            timeout_s = integration["TimeoutInMillis"] / 1000
            payload = json.dumps(event).encode()
            result = await self.functions.call(found, payload, exchange.trace, timeout_s)
        except NoFunction as error:
            exchange.context["integrationErrorMessage"] = str(error)
            raise Refused(500, "Internal Server Error") from error
        except TooLarge as error:
            raise Refused(413, "Request Entity Too Large") from error
        except TimedOut as error:
            exchange.context["integrationErrorMessage"] = "Integration timed out"
            raise Refused(503, "Service Unavailable") from error
        except ServiceError as error:
            exchange.context["integrationErrorMessage"] = error.message
            exchange.context["integrationStatus"] = str(error.status)
            if error.status == 429:
                raise Refused(503, "Service Unavailable") from error
            raise Refused(500, "Internal Server Error") from error
        finally:
            exchange.integration_ms = (time.perf_counter() - began) * 1000
        exchange.context["integrationStatus"] = exchange.context["integration.status"] = "200"
        exchange.context["integration.requestId"] = result.report.request_id
        if result.function_error:
            exchange.context["integrationErrorMessage"] = (
                "The Lambda function returned an error: see its logs"
            )
            raise Refused(500, "Internal Server Error")
        try:
            return response_of(result.payload) if as_2 else answer_1(result.payload)
        except BadAnswer as error:
            exchange.context["integrationErrorMessage"] = (
                f"The response from the Lambda function doesn't match the format: {error}"
            )
            raise Refused(500, "Internal Server Error") from error

    def _tell(self, stage: Stage, exchange: Exchange, response: Response) -> None:
        latency_ms = (time.perf_counter() - exchange.started) * 1000
        detail = None
        if exchange.route and _setting(stage, exchange.route, "DetailedMetricsEnabled"):
            method, _, resource = exchange.route.partition(" ")
            detail = {"Method": method, "Resource": resource or method}
        self.metrics.note(
            exchange.region,
            dimension_sets(("ApiId", exchange.api_id), stage.name, detail),
            ERRORS,
            response.status,
            latency_ms,
            exchange.integration_ms,
            len(exchange.request.body) + len(response.body),
        )
        settings = stage.members.get("AccessLogSettings")
        if settings:
            known = exchange.known_at_end(response, latency_ms)
            self.logs.write(settings, exchange.region, f"{exchange.api_id}/{stage.name}", known)


def _event_1(exchange: Exchange) -> dict[str, Any]:
    request = exchange.request
    resource = exchange.route.partition(" ")[2] or exchange.route
    body, encoded = body_of(request) if request.body else (None, False)
    return {
        "version": "1.0",
        **event_1(exchange, unquote(request.path), resource),
        "body": body,
        "isBase64Encoded": encoded,
    }


def source_of(exchange: Exchange) -> str:
    """The end of the ARN that a function's policy names: stage, method, path of the route."""
    if exchange.route == DEFAULT:
        return f"{exchange.stage}/{DEFAULT}"
    path = exchange.route.partition(" ")[2]
    return f"{exchange.stage}/{exchange.request.method}{path}"


def _admits(stage: Stage, route: str) -> bool:
    rate = _setting(stage, route, "ThrottlingRateLimit")
    burst = _setting(stage, route, "ThrottlingBurstLimit")
    return stage.throttles.admits(route, rate, burst)


def _setting(stage: Stage, route: str, name: str) -> Any:
    own = (stage.members.get("RouteSettings") or {}).get(route) or {}
    default = stage.members.get("DefaultRouteSettings") or {}
    return own.get(name, default.get(name))
