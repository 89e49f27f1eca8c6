"""One execution of a pipe: a batch of records through its enrichment to its target.

Sources: EventBridge User Guide, "Amazon EventBridge Pipes" (enrichment), "batching and
concurrency", "error handling and troubleshooting" (read 2026-11): internal errors are tried again
without being counted, those of the pipe's owner are counted. An empty answer of the enrichment ends
the execution.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ParamValidationError,
    ReadTimeoutError,
)

from ..iam.role_client import RoleClients, tracing
from ..wire.errors import ServiceError
from . import records, templates
from .pipe import Members, Pipe
from .target_kinds import MOST, service_of
from .targets import Delivered, Item, deliver, invoke, run, whole

THROTTLES = ("Throttl", "TooManyRequests", "ProvisionedThroughputExceeded", "SlowDown")
# botocore's names of services, where they are not those of ARNs.
CLIENTS = {"states": "stepfunctions"}
# StartSyncExecution of a standard workflow.
NOT_EXPRESS = "StateMachineTypeNotSupported"
EMPTY: tuple[Any, ...] = ("", {}, [], None)
# How a stage ended: its name ("Enrichment", "Target"), and whether it went well.
Told = Callable[[str, bool], None]


def is_throttle(code: str) -> bool:
    """Whether an error says that its caller was too fast."""
    return any(each in code for each in THROTTLES)


@dataclass(frozen=True)
class Result:
    """What came of a batch, as a poller's `Outcome`. ``stop`` says why the pipe cannot go on."""

    payload: bytes = b""
    function_error: str = ""
    stop: str = ""


class Execution:
    """Runs batches of one pipe on worker threads. ``told`` is called when a stage has ended."""

    def __init__(self, clients: RoleClients, pipe: Pipe, told: Told) -> None:
        self._clients = clients
        self._pipe = pipe
        self._told = told

    def run(self, batch: list[Members], trace: str) -> Result:
        """One execution. Raises `ServiceError` for an internal error: it counts as no attempt."""
        events: list[Any] = [records.flat(each) for each in batch]
        try:
            with tracing(trace), _sorted():
                if self._pipe.settings.get("Enrichment"):
                    with self._stage("Enrichment"):
                        events = self._enriched(events)
                    if not events:
                        return Result()
                with self._stage("Target"):
                    return self._delivered(events, batch)
        except _Failed as failed:
            return Result(function_error=str(failed), stop=failed.stop)

    def _enriched(self, events: list[Any]) -> list[Any]:
        """What the enrichment makes of the events; nothing when there is nothing to deliver."""
        items = self._items("EnrichmentParameters", events)
        enrichment = self._pipe.settings["Enrichment"]
        service = service_of(enrichment, "enrichment")
        call = run if service == "states" else invoke
        answer = call(self._client(service), enrichment, whole(items))
        if answer.error:
            raise _Failed(answer.error)
        if answer.answer in EMPTY:
            return []
        given: list[Any] = answer.answer if isinstance(answer.answer, list) else [answer.answer]
        return given

    def _delivered(self, events: list[Any], batch: list[Members]) -> Result:
        service = service_of(self._pipe.settings["Target"])
        if len(events) > MOST.get(service, len(events)):
            raise _Failed(f"The target takes {MOST[service]} records, the enrichment gave more.")
        items = self._items("TargetParameters", events)
        delivered = deliver(self._client(service), service, self._pipe, items)
        if delivered.error:
            raise _Failed(delivered.error)
        if delivered.failed:
            return self._partly(delivered, events, batch)
        answer = delivered.answer if isinstance(delivered.answer, dict) else {}
        named = answer.get("batchItemFailures")
        return Result(json.dumps({"batchItemFailures": named}).encode()) if named else Result()

    def _partly(self, delivered: Delivered, events: list[Any], batch: list[Members]) -> Result:
        """Some items were refused: those come again, when it can be told which they are."""
        source = self._pipe.source
        known = {records.identifier(source, each) for each in batch}
        failed = {records.identifier(source, events[number]) for number in delivered.failed}
        if len(delivered.failed) == len(events) or not failed <= known:
            raise _Failed("The target refused records of the batch.")
        failures = [{"itemIdentifier": each} for each in sorted(failed)]
        return Result(json.dumps({"batchItemFailures": failures}).encode())

    def _items(self, parameters: str, events: list[Any]) -> list[Item]:
        template = (self._pipe.settings.get(parameters) or {}).get("InputTemplate")
        return [self._item(template, each) for each in events]

    def _item(self, template: str | None, event: Any) -> Item:
        seen, is_json = records.view(self._pipe.source, event)
        if not template:
            return Item(json.dumps(event, separators=(",", ":")), seen)
        settings = self._pipe.settings
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        variables = {
            "aws.pipes.pipe-arn": self._pipe.arn,
            "aws.pipes.pipe-name": self._pipe.name,
            "aws.pipes.source-arn": settings["Source"],
            "aws.pipes.enrichment-arn": settings.get("Enrichment") or "",
            "aws.pipes.target-arn": settings["Target"],
            "aws.pipes.event.ingestion-time": now,
            "aws.pipes.event": event,
            **({"aws.pipes.event.json": seen} if is_json else {}),
        }
        return Item(templates.filled(template, variables, seen), seen)

    def _client(self, service: str) -> Any:
        role, named = self._pipe.settings["RoleArn"], CLIENTS.get(service, service)
        return self._clients.client(named, role, self._pipe.name, self._pipe.region)

    @contextmanager
    def _stage(self, name: str) -> Iterator[None]:
        try:
            yield
        except Exception:
            self._told(name, False)
            raise
        self._told(name, True)


class _Failed(Exception):
    """The execution failed, by a mistake of the pipe's owner. ``stop``: it always will."""

    def __init__(self, text: str, stop: str = "") -> None:
        super().__init__(text)
        self.stop = stop


@contextmanager
def _sorted() -> Iterator[None]:
    """Tell errors that are tried again without being counted from those that are counted."""
    try:
        yield
    except ClientError as error:
        told = error.response["Error"]
        code, text = str(told.get("Code") or ""), str(told.get("Message") or "")
        status = error.response["ResponseMetadata"].get("HTTPStatusCode", 0)
        if status >= 500 or is_throttle(code):
            raise ServiceError(code, text, status) from error
        raise _Failed(f"{code}: {text}", text or code if code == NOT_EXPRESS else "") from error
    except ParamValidationError as error:
        raise _Failed(str(error)) from error
    except ReadTimeoutError as error:
        raise _Failed("The execution took longer than 5 minutes.") from error
    except BotoCoreError as error:
        raise ServiceError("InternalException", str(error), 500) from error
    except (templates.NoJson, ValueError, OverflowError) as error:
        raise _Failed(str(error)) from error
