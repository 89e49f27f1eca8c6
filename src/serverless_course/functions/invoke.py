"""Invoke a function and bring home everything that the answer tells."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

from serverless_course.functions.function import Function, name_of
from serverless_course.functions.host import HostTiming
from serverless_course.functions.invocation import Invocation
from serverless_course.functions.report import NoReport, Report

# Lambda limits page and API model of 17 Nov 2026: 6 MB synchronous, 1 MB asynchronous.
MAX_SYNCHRONOUS_BYTES = 6 * 1024 * 1024
MAX_ASYNCHRONOUS_BYTES = 1024 * 1024


class PayloadTooLarge(ValueError):
    """The payload is larger than Lambda accepts; it was not sent."""


def encode(payload: Any) -> bytes:
    """A payload as Invoke takes it: bytes as they are, everything else as JSON.

    Raises:
        TypeError: it cannot be written as JSON.
    """
    if isinstance(payload, bytes | bytearray):
        return bytes(payload)
    try:
        return json.dumps(payload).encode()
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"The payload cannot be written as JSON ({error}). Use dictionaries, lists, text, "
            "numbers, True, False and None."
        ) from error


def invoke(
    client: Any,
    function: Function | str,
    payload: Any = None,
    *,
    qualifier: str | None = None,
    invocation_type: str = "RequestResponse",
) -> Invocation:
    """Invoke a function once.

    Args:
        client: a boto3 Lambda client that does not retry (``Cloud.client("lambda")``): a retried
            call would run the function twice.
        function: the function, its name or its ARN.
        payload: the event; anything that JSON can hold, or bytes that are JSON already.
        qualifier: a version or an alias.
        invocation_type: ``"RequestResponse"``, ``"Event"`` or ``"DryRun"``.

    Returns:
        The invocation. A function that failed does not raise here: see ``function_error``.

    Raises:
        PayloadTooLarge: more than 6 MB (1 MB for an asynchronous invocation); nothing was sent.
        TypeError: the payload is not JSON.
        ClientError: Lambda refused, for example because of throttling.
    """
    body = encode(payload)
    _check_size(body, asynchronous=invocation_type == "Event")
    arguments: dict[str, Any] = {
        "FunctionName": name_of(function),
        "InvocationType": invocation_type,
        "Payload": body,
    }
    if qualifier:
        arguments["Qualifier"] = qualifier
    if invocation_type == "RequestResponse":
        arguments["LogType"] = "Tail"
    start = time.perf_counter()
    response = client.invoke(**arguments)
    answer = response["Payload"].read()
    client_ms = (time.perf_counter() - start) * 1000
    log = base64.b64decode(response.get("LogResult", "")).decode(errors="replace")
    report = _report(log)
    metadata = response["ResponseMetadata"]
    header = metadata.get("HTTPHeaders", {}).get("server-timing")
    return Invocation(
        request_id=metadata.get("RequestId") or (report.request_id if report else ""),
        status_code=response["StatusCode"],
        payload=_decode(answer),
        function_error=response.get("FunctionError"),
        executed_version=response.get("ExecutedVersion"),
        log=log,
        report=report,
        client_ms=client_ms,
        host=HostTiming.parse(header, report.duration_ms if report else None),
    )


def _check_size(body: bytes, *, asynchronous: bool) -> None:
    limit = MAX_ASYNCHRONOUS_BYTES if asynchronous else MAX_SYNCHRONOUS_BYTES
    if len(body) > limit:
        kind = "an asynchronous" if asynchronous else "a synchronous"
        raise PayloadTooLarge(
            f"The payload has {len(body):,} bytes; {kind} invocation takes {limit:,} "
            f"({limit // 1024 // 1024} MB). It was not sent. Put large data into S3 and send its "
            "key instead."
        )


def _report(log: str) -> Report | None:
    try:
        return Report.parse(log)
    except NoReport:
        return None


def _decode(answer: bytes) -> Any:
    if not answer:
        return None
    try:
        return json.loads(answer)
    except ValueError:
        return answer.decode(errors="replace")
