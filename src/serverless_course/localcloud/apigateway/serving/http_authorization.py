"""Who may use a route of an HTTP API: everybody, who signs, who has a token, whom a function lets.

Source: API Gateway Developer Guide, "Control and manage access to HTTP APIs" (read 2026-11): a
missing identity source is a 401, a refusal a 403, an authorizer that fails a 500.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from ..http_apis.http_api import Members, Snapshot
from .event_1 import event_1
from .event_2 import authorizer_event_2
from .exchange import Exchange
from .function_authorizer import BadAuthorizer, FunctionAuthorizers, SaysUnauthorized, internal
from .iam_authorizer import Denied, NotSigned, Signatures, authorize
from .refused import Refused

if TYPE_CHECKING:
    from .jwt_authorizer import JwtAuthorizers

# Quotas for HTTP APIs (read 2026-11): a Lambda authorizer has 10 seconds.
AUTHORIZER_S = 10.0


class HttpAuthorization:
    """Belongs to the event loop."""

    def __init__(self, signatures: Signatures, functions: FunctionAuthorizers) -> None:
        self._signatures = signatures
        self._functions = functions

    @cached_property
    def _jwt(self) -> JwtAuthorizers:
        # PyJWT and cryptography are loaded when the first token comes.
        from .jwt_authorizer import JwtAuthorizers  # noqa: PLC0415

        return JwtAuthorizers()

    async def check(self, snapshot: Snapshot, route: Members, exchange: Exchange) -> None:
        """Let a request go on, and say in ``exchange.authorizer`` who sent it. Raises `Refused`."""
        kind = route["AuthorizationType"]
        if kind == "NONE":
            return
        path = unquote(exchange.path)
        arn = exchange.arn(f"{exchange.stage}/{exchange.request.method}{path}")
        if kind == "AWS_IAM":
            await self._signed(exchange, arn)
            return
        authorizer = snapshot.authorizers[route["AuthorizerId"]]
        if kind == "JWT":
            token = exchange.source(authorizer["IdentitySource"][0])
            told = await self._jwt.authorize(
                authorizer, token, route.get("AuthorizationScopes") or []
            )
            exchange.authorizer = {"jwt": told}
            exchange.context |= {
                f"authorizer.claims.{name}": value for name, value in told["claims"].items()
            }
        else:
            await self._ask(authorizer, exchange, arn)

    async def _signed(self, exchange: Exchange, arn: str) -> None:
        try:
            await authorize(self._signatures, exchange, arn)
        except (NotSigned, Denied) as error:
            raise Refused(403, "Forbidden", str(error)) from error

    async def _ask(self, authorizer: Members, exchange: Exchange, arn: str) -> None:
        sources = [exchange.source(each) for each in authorizer["IdentitySource"]]
        if not all(sources):
            raise Refused(401, "Unauthorized", "A missing identity source")
        ttl_s = authorizer.get("AuthorizerResultTtlInSeconds") or 0
        key = (exchange.api_id, exchange.stage, exchange.flushes, authorizer["AuthorizerId"])
        key = (*key, *sources)
        verdict = self._functions.kept(key) if ttl_s and sources else None
        if verdict is None:
            try:
                verdict = await self._functions.ask(
                    authorizer["AuthorizerUri"],
                    exchange.variables,
                    authorizer.get("AuthorizerCredentialsArn"),
                    exchange.arn(f"authorizers/{authorizer['AuthorizerId']}"),
                    _event(authorizer, exchange, sources, arn),
                    exchange.trace,
                    AUTHORIZER_S,
                    simple=bool(authorizer.get("EnableSimpleResponses")),
                )
            except SaysUnauthorized as error:
                raise Refused(401, "Unauthorized") from error
            except BadAuthorizer as error:
                raise internal(error) from error
            if ttl_s and sources:
                self._functions.keep(key, verdict, ttl_s)
        if not verdict.allows(arn):
            raise Refused(403, "Forbidden", "The authorizer's answer")
        told = dict(verdict.context)
        if verdict.principal and authorizer["AuthorizerPayloadFormatVersion"] == "1.0":
            told["principalId"] = verdict.principal
        exchange.authorizer = {"lambda": told or None}
        exchange.context |= {f"authorizer.{name}": str(value) for name, value in told.items()}


def _event(authorizer: Members, exchange: Exchange, sources: list[str], arn: str) -> dict[str, Any]:
    if authorizer["AuthorizerPayloadFormatVersion"] == "2.0":
        return authorizer_event_2(exchange, sources, arn)
    resource = exchange.route.partition(" ")[2] or exchange.route
    event = event_1(exchange, unquote(exchange.request.path), resource)
    del event["multiValueHeaders"], event["multiValueQueryStringParameters"]
    source = ",".join(sources)
    return {
        "version": "1.0",
        "type": "REQUEST",
        "methodArn": arn,
        "identitySource": source,
        "authorizationToken": source,
        **event,
    }
