"""The settings of one event source mapping, as its poller reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .filters import Filters

REPORT_FAILURES = "ReportBatchItemFailures"
# An event for a synchronous invocation is at most 6 MB (Lambda quotas, read 2026-11).
MAX_EVENT_BYTES = 6_291_456
EVENT_FRAME_BYTES = len('{"Records":[]}')


@dataclass(frozen=True)
class Settings:
    """A snapshot of a mapping, or of a pipe's source. Times in seconds; -1 retries or age means
    without a limit.

    ``function_arn`` is empty for a pipe. ``only_failed``: of a stream's batch only the records
    that failed come again, and they are named by their eventID, as EventBridge Pipes does; not all
    from the first one on, named by their sequence numbers, as Lambda does.
    """

    uuid: str
    region: str
    source_arn: str
    function_arn: str
    batch_size: int
    window_s: float
    filters: Filters
    report_failures: bool
    maximum_concurrency: int | None = None
    starting_position: str = ""
    starting_timestamp: float | None = None
    parallelization: int = 1
    maximum_retries: int = -1
    maximum_age_s: float = -1
    bisect: bool = False
    on_failure: str = ""
    only_failed: bool = False

    @property
    def service(self) -> str:
        """``sqs``, ``kinesis`` or ``dynamodb``."""
        return self.source_arn.split(":")[2]

    def item_of(self, sequence: int, event: dict[str, Any]) -> str:
        """The itemIdentifier of a stream's record in a response that names failed items."""
        return str(event["eventID"]) if self.only_failed else str(sequence)

    @classmethod
    def of(cls, mapping: dict[str, Any], region: str) -> Settings:
        """Read the members of an EventSourceMappingConfiguration."""
        service = mapping["EventSourceArn"].split(":")[2]
        destination = (mapping.get("DestinationConfig") or {}).get("OnFailure") or {}
        return cls(
            uuid=mapping["UUID"],
            region=region,
            source_arn=mapping["EventSourceArn"],
            function_arn=mapping["FunctionArn"],
            batch_size=mapping["BatchSize"],
            window_s=mapping["MaximumBatchingWindowInSeconds"],
            filters=Filters.of(service, mapping.get("FilterCriteria")),
            report_failures=REPORT_FAILURES in mapping["FunctionResponseTypes"],
            maximum_concurrency=(mapping.get("ScalingConfig") or {}).get("MaximumConcurrency"),
            starting_position=mapping.get("StartingPosition", ""),
            starting_timestamp=mapping.get("StartingPositionTimestamp"),
            parallelization=mapping.get("ParallelizationFactor", 1),
            maximum_retries=mapping.get("MaximumRetryAttempts", -1),
            maximum_age_s=mapping.get("MaximumRecordAgeInSeconds", -1),
            bisect=mapping.get("BisectBatchOnFunctionError", False),
            on_failure=destination.get("Destination", ""),
        )
