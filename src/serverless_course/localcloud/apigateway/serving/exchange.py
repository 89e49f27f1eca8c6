"""One request to an API on its way: what is known of it, and what logs and metrics tell of it."""

from __future__ import annotations

import base64
import secrets
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from ...iam.account import ACCOUNT_ID
from ...lambda_.tracing import undecided
from ...wire.http import Request, Response
from ..identifiers import invoke_arn


@dataclass
class Exchange:
    """``path`` is the one within the stage, decoded; ``context`` what ``$context`` may name.

    ``flushes`` is its stage's: what authorizers answered before one counts no more.
    ``authorizer`` is what requestContext.authorizer holds. ``integration_ms`` is None until a
    function has been called.
    """

    request: Request
    region: str
    api_id: str
    stage: str
    domain: str
    path: str = ""
    variables: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, str] = field(default_factory=dict)
    route: str = ""
    authorizer: dict[str, Any] = field(default_factory=dict)
    context: dict[str, str] = field(default_factory=dict)
    integration_ms: float | None = None
    flushes: int = 0
    request_id: str = ""
    trace: str = ""
    started: float = field(default_factory=time.perf_counter)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def __post_init__(self) -> None:
        self.request_id = self.request_id or extended_id()
        self.trace = undecided(self.request.header("x-amzn-trace-id"))

    @property
    def time(self) -> str:
        """When the request came, as logs write it."""
        return self.at.strftime("%d/%b/%Y:%H:%M:%S +0000")

    @property
    def epoch_ms(self) -> int:
        """When the request came, in milliseconds since the epoch."""
        return int(self.at.timestamp() * 1000)

    @property
    def domain_prefix(self) -> str:
        """The first label of the domain."""
        return self.domain.partition(".")[0]

    def arn(self, rest: str) -> str:
        """The ARN of what is called."""
        return invoke_arn(self.region, self.api_id, rest)

    def known(self) -> dict[str, str]:
        """What every request gives to ``$context``, with what its way has added."""
        request = self.request
        return {
            "accountId": ACCOUNT_ID,
            "apiId": self.api_id,
            "domainName": self.domain,
            "domainPrefix": self.domain_prefix,
            "extendedRequestId": self.request_id,
            "httpMethod": request.method,
            "identity.sourceIp": request.peer[0],
            "identity.userAgent": request.header("user-agent"),
            "path": request.path,
            "protocol": "HTTP/1.1",
            "requestId": self.request_id,
            "requestTime": self.time,
            "requestTimeEpoch": str(self.epoch_ms),
            "stage": self.stage,
            "xrayTraceId": self.trace.partition(";")[0].removeprefix("Root="),
            **self.context,
        }

    def known_at_end(
        self, response: Response, latency_ms: float, length: int | None = None
    ) -> dict[str, str]:
        """What an answered request gives to ``$context``. ``length`` is that of a streamed body,
        in bytes."""
        known = self.known() | {
            "responseLatency": str(round(latency_ms)),
            "responseLength": str(len(response.body) if length is None else length),
            "status": str(response.status),
        }
        if self.integration_ms is not None:
            known["integrationLatency"] = str(round(self.integration_ms))
            known["integration.latency"] = known["integrationLatency"]
        return known

    def source(self, expression: str) -> str:
        """The value of an identity source, such as ``$request.header.Authorization``."""
        kind, _, name = expression.removeprefix("$").partition(".")
        if kind == "request":
            where, _, key = name.partition(".")
            if where == "header":
                return self.request.header(key.lower())
            return ",".join(parse_qs(self.request.query, keep_blank_values=True).get(key, []))
        if kind == "stageVariables":
            return self.variables.get(name, "")
        return self.known().get(name, "")


def extended_id() -> str:
    """A request's id as HTTP APIs give it: 16 characters that end in ``=``."""
    return base64.urlsafe_b64encode(secrets.token_bytes(11)).decode()
