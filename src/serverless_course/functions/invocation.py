"""The record of one invocation: what came back, and what its REPORT line says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from serverless_course.functions.host import HostTiming
from serverless_course.functions.report import NoReport, Report


@dataclass(frozen=True)
class Invocation:
    """One call of Invoke.

    Attributes:
        request_id: AWS request id.
        status_code: 200 synchronous, 202 asynchronous, 204 dry run.
        payload: the function's answer, read from JSON where it is JSON; None when it is empty.
        function_error: ``"Unhandled"`` or ``"Handled"`` when the function failed, else None.
        executed_version: version that ran, for example ``"$LATEST"``.
        log: the last 4 KB of the log, "" where none came back.
        report: the REPORT line; None where none came back.
        client_ms: milliseconds from the call to the answer, seen from here.
        host: how well the host kept its promise; None on AWS.
    """

    request_id: str
    status_code: int
    payload: Any
    function_error: str | None
    executed_version: str | None
    log: str
    report: Report | None
    client_ms: float
    host: HostTiming | None = None

    @property
    def _report(self) -> Report:
        if self.report is None:
            raise NoReport(
                "This invocation came back without a REPORT line, so its duration is not known. "
                "Only a synchronous invocation (invocation_type='RequestResponse') returns one."
            )
        return self.report

    @property
    def duration_ms(self) -> float:
        """Duration of the Invoke phase, in milliseconds.

        Raises:
            NoReport: no REPORT line came back; so for the next properties.
        """
        return self._report.duration_ms

    @property
    def billed_ms(self) -> int:
        """Billed Duration in milliseconds."""
        return self._report.billed_ms

    @property
    def init_ms(self) -> float | None:
        """Init Duration in milliseconds; None for a warm invocation."""
        return self._report.init_ms

    @property
    def memory_mb(self) -> int:
        """Memory Size in MB."""
        return self._report.memory_mb

    @property
    def max_memory_mb(self) -> int:
        """Max Memory Used in MB."""
        return self._report.max_memory_mb

    @property
    def cold(self) -> bool:
        """Whether a new execution environment was made (or restored) for it."""
        return self._report.init_ms is not None or self._report.restore_ms is not None

    @property
    def ok(self) -> bool:
        """Whether Lambda took it and the function did not fail."""
        return self.function_error is None and 200 <= self.status_code < 300

    @property
    def timed_out(self) -> bool:
        """Whether it reached the function's time-out, in the old log format or the new."""
        if self.report is not None and self.report.status == "timeout":
            return True
        return self.function_error is not None and (
            self.error_type == "Sandbox.Timedout" or "Task timed out after" in self.error_message
        )

    @property
    def error_type(self) -> str | None:
        """``errorType`` of a failed function's answer, or else of the REPORT line."""
        if isinstance(self.payload, dict) and self.function_error and "errorType" in self.payload:
            return str(self.payload["errorType"])
        return self.report.error_type if self.report else None

    @property
    def error_message(self) -> str:
        """``errorMessage`` of a failed function's answer, "" where there is none."""
        if isinstance(self.payload, dict) and self.function_error:
            return str(self.payload.get("errorMessage", ""))
        return ""
