"""What the platform itself writes into an environment's log: as text, and as JSON events.

Sources: Lambda Developer Guide, "Viewing CloudWatch logs for Lambda" and the Telemetry API's
schema reference (read 2026-11); the lines themselves as AWS wrote them (`report`).
"""

from __future__ import annotations

from typing import Any

from ..function_version import FunctionVersion
from .invocation import Event
from .log_stream import LogStream
from .memory_watch import MB
from .report import InvocationReport, init_record, init_report_line, response_spans

ON_DEMAND = "on-demand"
PROVISIONED = "provisioned-concurrency"
# What `response_spans` takes.
Times = tuple[float, float | None, float | None, float]


class PlatformLog:
    """The platform's lines of one environment. ``initialization_type`` is one of the two above."""

    def __init__(
        self, logs: LogStream, version: FunctionVersion, environment_id: str, kind: str
    ) -> None:
        self._logs = logs
        self._version = version
        self._kind = kind
        # How JSON events name this environment (seen on AWS, 8 October 2026).
        day = logs.name[: len("YYYY/MM/DD")]
        self._instance_id = f"{day}/{version.name}[{version.version}]{environment_id}"

    def init_start(self, runtime: str, runtime_arn: str) -> None:
        """INIT_START. ``runtime`` is the runtime version's label, such as ``python:3.12.v1``."""
        self._logs.platform(
            f"INIT_START Runtime Version: {runtime}\tRuntime Version ARN: {runtime_arn}",
            "platform.initStart",
            {
                "initializationType": self._kind,
                "phase": "init",
                "runtimeVersion": runtime,
                "runtimeVersionArn": runtime_arn,
                "functionName": self._version.name,
                "functionVersion": self._version.version,
                "instanceId": self._instance_id,
                "instanceMaxMemory": self._version.memory_mb * MB,
            },
        )

    def init_report(
        self, phase: str, status: str, duration_ms: float, error_type: str = ""
    ) -> None:
        """How an initialisation went. As text AWS writes a line only when it failed, and for
        provisioned concurrency. ``phase`` is "init", or "invoke" when it is done anew there."""
        record = init_record(self._kind, phase, status, error_type)
        self._logs.platform("", "platform.initRuntimeDone", record)
        told = status != "success" or self._kind != ON_DEMAND
        line = init_report_line(duration_ms, phase, status, error_type) if told else ""
        metrics = {"metrics": {"durationMs": round(duration_ms, 3)}}
        self._logs.platform(line, "platform.initReport", {**record, **metrics})

    def start(self, event: Event) -> None:
        """START."""
        version = self._version
        self._logs.platform(
            f"START RequestId: {event.request_id} Version: {version.version}",
            "platform.start",
            {
                "requestId": event.request_id,
                "functionArn": version.arn,
                "version": version.version,
                **({"tracing": event.xray.record()} if event.xray else {}),
            },
        )

    def runtime_done(
        self, request_id: str, duration_ms: float, produced_bytes: int, times: Times | None
    ) -> None:
        """The runtime is done, and extensions are not: an event of the JSON format alone."""
        report = InvocationReport(request_id, duration_ms, 0, 0)
        done = report.done_record(produced_bytes, self._spans(times))
        self._logs.platform("", "platform.runtimeDone", done)

    def _spans(self, times: Times | None) -> list[dict[str, Any]]:
        """The spans of a response, where somebody reads them."""
        return response_spans(*times) if times is not None and self._logs.has_records else []

    def end(
        self,
        report: InvocationReport,
        produced_bytes: int,
        times: Times | None = None,
        *,
        was_done: bool = False,
    ) -> None:
        """END and REPORT; ``produced_bytes`` is the size of the response, ``times`` are those of
        `response_spans`. ``was_done`` tells that `runtime_done` was written before."""
        line = f"END RequestId: {report.request_id}"
        if not was_done:
            done = report.done_record(produced_bytes, self._spans(times))
            self._logs.platform(line, "platform.runtimeDone", done)
        elif self._version.log_format != "JSON":
            self._logs.platform(line)
        self._logs.platform(report.line(), "platform.report", report.record())

    def extension(self, name: str, state: str, events: list[str], error_type: str) -> None:
        """EXTENSION: in which state an extension is after the initialisation."""
        line = f"EXTENSION\tName: {name}\tState: {state}\tEvents: [{', '.join(events)}]"
        record: dict[str, Any] = {"name": name, "state": state, "events": events}
        if error_type:
            line += f"\tError Type: {error_type}"
            record["errorType"] = error_type
        self._logs.platform(line, "platform.extension", record)

    def subscription(self, kind: str, record: dict[str, Any]) -> None:
        """TELEMETRY: an extension has subscribed."""
        types = ", ".join(each.capitalize() for each in record["types"])
        line = f"TELEMETRY\tName: {record['name']}\tState: {record['state']}\tTypes: [{types}]"
        self._logs.platform(line, kind, record)

    def logs_dropped(self, record: dict[str, Any]) -> None:
        """Telemetry was lost: an event of the JSON format, and of telemetry itself."""
        self._logs.platform("", "platform.logsDropped", record)
