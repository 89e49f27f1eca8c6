"""What a lab's boto3 clients were asked: the calls, and what the invocations came to."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pandas as pd

from serverless_course.functions.report import Report
from serverless_course.pricing.cost import gb_seconds, invocation_cost
from serverless_course.pricing.tables import PriceTable, UnknownPrice, price_table
from serverless_course.secrecy.secret_values import SecretValues
from serverless_course.shown_parameters import shown


class Calls(pd.DataFrame):
    """A table of calls that is shown whole: pandas would cut it after 50 characters of a cell."""

    def __repr__(self) -> str:
        with self._whole():
            return super().__repr__()

    def _repr_html_(self) -> str:
        with self._whole():
            html = self.to_html(border=0)
        for cell in ("th", "td"):
            html = html.replace(f"<{cell}>", f'<{cell} style="text-align: left">')
        return html

    @staticmethod
    def _whole() -> Any:
        return pd.option_context("display.max_colwidth", None, "display.max_rows", None)


@dataclass
class Recorder:
    """Listens to clients through botocore's events; it changes no call.

    `secrets` are the secret values that the calls and their answers held.
    """

    calls: list[tuple[str, str, str]] = field(default_factory=list)
    invocations: int = 0
    reports: list[Report] = field(default_factory=list)
    secrets: SecretValues = field(default_factory=SecretValues)
    # The clients themselves: the id of one that is gone may come again.
    _heard: list[Any] = field(default_factory=list)

    def listen(self, client: Any) -> None:
        """Record every call of this client from now on."""
        if any(client is heard for heard in self._heard):
            return
        self._heard.append(client)
        client.meta.events.register("before-parameter-build.*.*", self._on_call)
        client.meta.events.register("after-call.lambda.Invoke", self._on_invoked)
        client.meta.events.register("after-call.*.*", self._on_answer)

    def table(self) -> Calls:
        """The calls so far: service, operation, parameters (long ones cut; secrets left out)."""
        return Calls(self.calls, columns=["service", "operation", "parameters"])

    def bill(self, region: str) -> str:
        """What the invocations would cost on AWS today, in lines of plain text."""
        table, whose = _prices(region)
        used = sum((gb_seconds(r.memory_mb, r.billed_ms) for r in self.reports), Decimal(0))
        cost = sum(
            (invocation_cost(r.memory_mb, r.billed_ms, table) for r in self.reports), Decimal(0)
        )
        said = [
            f"{_count(len(self.reports))}, {used:.2f} GB-seconds: ${cost:.6f} on AWS, free tier "
            f"left out.{whose}",
            f"By {table.dated}.",
        ]
        unread = self.invocations - len(self.reports)
        if unread:
            said += [
                f"{_count(unread)} more came back without a REPORT line, because nobody asked for "
                "the log",
                f'(LogType="Tail"). What {"it" if unread == 1 else "they"} cost is not in the sum.',
            ]
        return "\n".join(said)

    def _on_call(self, params: Any, model: Any, **_: Any) -> None:
        self.secrets.learn(params, model.input_shape)
        self.calls.append((model.service_model.service_name, model.name, shown(params, model)))

    def _on_answer(self, parsed: Any, model: Any, **_: Any) -> None:
        self.secrets.learn(parsed, model.output_shape)

    def _on_invoked(self, http_response: Any, **_: Any) -> None:
        self.invocations += 1
        tail = http_response.headers.get("x-amz-log-result")
        if tail:
            try:
                self.reports.append(Report.parse(base64.b64decode(tail).decode("utf-8", "replace")))
            except ValueError:
                return


def _prices(region: str) -> tuple[PriceTable, str]:
    """A Region's prices, or those of us-east-1 and a remark where none are held."""
    try:
        return price_table(region), ""
    except UnknownPrice:
        return price_table(), f"\nIn us-east-1: the course holds no prices of {region}."


def _count(invocations: int) -> str:
    return f"{invocations} invocation{'' if invocations == 1 else 's'}"
