"""Who may use a method of a REST API: everybody, who signs, whom a function lets; and API keys.

Source: API Gateway Developer Guide, "Use API Gateway Lambda authorizers", "Control access to a REST
API with IAM permissions", "Usage plans and API keys", "Gateway response types" (read 2026-11); the
bodies as users see them on AWS.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs

from ...clock import ScaledClock
from ...iam.policies import Decision
from ..rest_apis.authorizers import sources_of
from ..rest_apis.rest_api import Members, Snapshot
from ..rest_apis.usage import Usage
from .event_1 import event_1
from .exchange import Exchange
from .function_authorizer import BadAuthorizer, FunctionAuthorizers, SaysUnauthorized, Verdict
from .iam_authorizer import Denied, NotSigned, Signatures, authorize
from .refused import Refused

# The time that an integration has at most, too.
AUTHORIZER_S = 29.0
MATCH_S = 0.5
INTERNAL = "Internal server error"
DENIED = "User is not authorized to access this resource"


def error_type(name: str) -> dict[str, str]:
    """The header in which a REST API names its refusal."""
    return {"x-amzn-ErrorType": name}


def missing_token(why: str = "") -> Refused:
    """The answer to a path, a method or a caller that is not there."""
    return Refused(
        403, "Missing Authentication Token", why, error_type("MissingAuthenticationTokenException")
    )


class RestAuthorization:
    """Belongs to the event loop."""

    def __init__(
        self, signatures: Signatures, functions: FunctionAuthorizers, clock: ScaledClock
    ) -> None:
        self._signatures = signatures
        self._functions = functions
        self._clock = clock

    async def check(
        self, snapshot: Snapshot, method: Members, exchange: Exchange, usage: Usage
    ) -> None:
        """Let a request go on, and say in ``exchange.authorizer`` who sent it. Raises `Refused`."""
        kind = method["authorizationType"]
        arn = exchange.arn(f"{exchange.stage}/{exchange.request.method}{exchange.path}")
        key = exchange.request.header("x-api-key") if snapshot.key_source == "HEADER" else ""
        if kind == "AWS_IAM":
            await self._signed(exchange, arn)
        elif kind == "CUSTOM":
            verdict = await self._ask(snapshot.authorizers[method["authorizerId"]], exchange, arn)
            if snapshot.key_source == "AUTHORIZER":
                key = verdict.usage_key
        if method["apiKeyRequired"]:
            self._check_key(exchange, usage, key)

    def _check_key(self, exchange: Exchange, usage: Usage, value: str) -> None:
        found = usage.find(value, exchange.api_id, exchange.stage) if value else None
        if found is None:
            raise Refused(403, "Forbidden", "", error_type("ForbiddenException"))
        key, plan, of_stage = found
        exchange.context |= {"identity.apiKey": key["value"], "identity.apiKeyId": key["id"]}
        route = f"{exchange.route}/{exchange.request.method}"
        if not plan.admits(key["id"], of_stage, route):
            raise Refused(429, "Too Many Requests", "", error_type("TooManyRequestsException"))
        if not plan.count(key["id"], self._clock.factor):
            raise Refused(429, "Limit Exceeded", "", error_type("LimitExceededException"))

    async def _signed(self, exchange: Exchange, arn: str) -> None:
        try:
            await authorize(self._signatures, exchange, arn)
        except NotSigned as error:
            raise missing_token() from error
        except Denied as error:
            member = "Message" if error.by_policy else "message"
            headers = error_type("AccessDeniedException" if error.by_policy else error.code)
            raise Refused(403, str(error), str(error), headers, member) from error

    async def _ask(self, authorizer: Members, exchange: Exchange, arn: str) -> Verdict:
        sources = [_value(exchange, each) for each in sources_of(authorizer)]
        if not all(sources) or not _fits(authorizer, sources):
            raise _unauthorized("A missing or invalid identity source")
        ttl_s = authorizer["authorizerResultTtlInSeconds"]
        key = (exchange.api_id, exchange.stage, exchange.flushes, authorizer["id"], *sources)
        verdict = self._functions.kept(key) if ttl_s and sources else None
        if verdict is None:
            try:
                verdict = await self._functions.ask(
                    authorizer["authorizerUri"],
                    exchange.variables,
                    authorizer.get("authorizerCredentials"),
                    exchange.arn(f"authorizers/{authorizer['id']}"),
                    _event(authorizer, exchange, sources, arn),
                    exchange.trace,
                    AUTHORIZER_S,
                )
                _check_context(verdict)
            except SaysUnauthorized as error:
                raise _unauthorized("The authorizer's answer") from error
            except BadAuthorizer as error:
                headers = error_type("AuthorizerConfigurationException")
                raise Refused(500, None, str(error), headers) from error
            if ttl_s and sources:
                self._functions.keep(key, verdict, ttl_s)
        said = verdict.says(arn)
        if said is not Decision.ALLOWED:
            more = " with an explicit deny" if said is Decision.DENIED else ""
            headers = error_type("AccessDeniedException")
            raise Refused(403, DENIED + more, "", headers, "Message")
        told = {name: _text(value) for name, value in verdict.context.items()}
        exchange.authorizer = {"principalId": verdict.principal, **told}
        exchange.context |= {
            "authorizer.principalId": verdict.principal,
            **{f"authorizer.{name}": value for name, value in told.items()},
        }
        return verdict


def _event(authorizer: Members, exchange: Exchange, sources: list[str], arn: str) -> dict[str, Any]:
    if authorizer["type"] == "TOKEN":
        return {"type": "TOKEN", "methodArn": arn, "authorizationToken": sources[0]}
    event = event_1(exchange, exchange.path, exchange.route)
    return {"type": "REQUEST", "methodArn": arn, **event}


def _value(exchange: Exchange, source: str) -> str:
    """The value of an identity source, such as ``method.request.header.Authorization``."""
    if not source.startswith("method.request."):
        return exchange.source(f"${source}")
    where, _, name = source.removeprefix("method.request.").partition(".")
    if where.endswith("header"):
        return exchange.request.header(name.lower())
    values = parse_qs(exchange.request.query, keep_blank_values=True).get(name, [])
    return ",".join(values if where.startswith("multi") else values[-1:])


def _fits(authorizer: Members, sources: list[str]) -> bool:
    """Whether a token fits the expression that it has to; one that takes too long does not."""
    expression = authorizer.get("identityValidationExpression")
    if not expression:
        return True
    import regex  # noqa: PLC0415 - few authorizers have an expression, and it loads slowly

    try:
        return regex.fullmatch(expression, sources[0], timeout=MATCH_S) is not None
    except TimeoutError:
        return False


def _check_context(verdict: Verdict) -> None:
    for name, value in verdict.context.items():
        if isinstance(value, (dict, list)):
            raise BadAuthorizer(f"{name} of the authorizer's context is no text, number or boolean")


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    return "" if value is None else str(value)


def _unauthorized(why: str) -> Refused:
    return Refused(401, "Unauthorized", why, error_type("UnauthorizedException"))
