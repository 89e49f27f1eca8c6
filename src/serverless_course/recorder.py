"""What a lab's boto3 clients were asked: the calls, and what the invocations came to."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pandas as pd

from serverless_course.functions.report import Report
from serverless_course.pricing.cost import gb_seconds, invocation_cost
from serverless_course.pricing.tables import price_table

LONGEST_VALUE = 60
SECRET_WORDS = ("secret", "password", "token", "key")


@dataclass
class Recorder:
    """Listens to clients through botocore's events; it changes no call."""

    calls: list[tuple[str, str, str]] = field(default_factory=list)
    invocations: int = 0
    reports: list[Report] = field(default_factory=list)
    _heard: set[int] = field(default_factory=set)

    def listen(self, client: Any) -> None:
        """Record every call of this client from now on."""
        if id(client) in self._heard:
            return
        self._heard.add(id(client))
        client.meta.events.register("before-parameter-build.*.*", self._on_call)
        client.meta.events.register("after-call.lambda.Invoke", self._on_invoked)

    def table(self) -> pd.DataFrame:
        """The calls so far: service, operation, parameters (shortened; secrets left out)."""
        return pd.DataFrame(self.calls, columns=["service", "operation", "parameters"])

    def bill(self, region: str) -> str:
        """What the invocations would cost on AWS today, in one sentence."""
        table = price_table(region)
        used = sum((gb_seconds(r.memory_mb, r.billed_ms) for r in self.reports), Decimal(0))
        cost = sum(
            (invocation_cost(r.memory_mb, r.billed_ms, table) for r in self.reports), Decimal(0)
        )
        unread = self.invocations - len(self.reports)
        more = f" {unread} more returned no REPORT line and are not in the sum." if unread else ""
        return (
            f"{self.invocations} invocations, {used:.2f} GB-seconds: ${cost:.6f} on AWS by the "
            f"prices of {table.valid_from:%d %b %Y}, free tier left out.{more}"
        )

    def _on_call(self, params: Any, model: Any, **_: Any) -> None:
        text = ", ".join(f"{name}={_short(name, value)}" for name, value in params.items())
        self.calls.append((model.service_model.service_name, model.name, text))

    def _on_invoked(self, http_response: Any, **_: Any) -> None:
        self.invocations += 1
        tail = http_response.headers.get("x-amz-log-result")
        if tail:
            try:
                self.reports.append(Report.parse(base64.b64decode(tail).decode("utf-8", "replace")))
            except ValueError:
                return


def _short(name: str, value: Any) -> str:
    if isinstance(value, dict) and any(isinstance(item, bytes) for item in value.values()):
        return "{…}"
    if name.lower() not in ("s3key", "key") and any(w in name.lower() for w in SECRET_WORDS):
        return "…"
    text = repr(value)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
