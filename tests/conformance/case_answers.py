"""Answers of boto3 as recorded cases look at them: plain values, with status and headers."""

from __future__ import annotations

import base64
import json
import math
import re
from contextlib import suppress
from typing import Any

from botocore.exceptions import ClientError
from case_values import shorten

REPORT = re.compile(
    r"REPORT RequestId: (?P<id>\S+)\tDuration: (?P<duration>\d+\.\d{2}) ms\t"
    r"Billed Duration: (?P<billed>\d+) ms\tMemory Size: (?P<memory>\d+) MB\t"
    r"Max Memory Used: (?P<most>\d+) MB(?P<rest>[^\n]*)"
)


def answer_of(response: dict[str, Any], operation: str) -> dict[str, Any]:
    """A response, with what its operation packs into text or a stream laid open."""
    answer = _with_metadata(dict(response))
    if operation == "invoke":
        raw = answer.pop("Payload").read()
        answer |= {"PayloadText": raw.decode("utf-8", "replace"), "PayloadBytes": len(raw)}
        with suppress(ValueError):
            answer["Payload"] = json.loads(raw)
        if answer.get("LogResult"):
            answer["Log"] = base64.b64decode(answer["LogResult"]).decode("utf-8", "replace")
    return _plain(answer)


def error_answer(error: ClientError) -> dict[str, Any]:
    """An error, with the members of its shape."""
    return _plain(_with_metadata(dict(error.response)))


def failed_answer(kind: str, text: str) -> dict[str, Any]:
    """No answer at all: the connection broke, or boto3 refused."""
    error = {"Code": f"RunnerSaw{kind}", "Message": text}
    return {"Error": error, "HTTPStatus": 0, "Headers": {}}


def report_of(text: str) -> dict[str, Any]:
    """The figures of the last REPORT line in a log, with durations in ms and sizes in MB."""
    found = list(REPORT.finditer(text))
    if not found:
        return {"found": False, "text": shorten(text[-400:])}
    match = found[-1]
    duration = float(match["duration"])
    init = _rest(match["rest"], r"Init Duration: (\d+\.\d{2}) ms")
    init_ms = float(init) if init else None
    figures = {
        "found": True,
        "count": len(found),
        "id": match["id"],
        "duration_ms": duration,
        "billed_ms": int(match["billed"]),
        "memory_mb": int(match["memory"]),
        "max_memory_mb": int(match["most"]),
        "line": match[0],
        "ceil_duration": math.ceil(duration - 1e-9),
        "ceil_total": math.ceil(duration + (init_ms or 0.0) - 1e-9),
        "init_ms": init_ms,
        "status": _rest(match["rest"], r"Status: (\S+)"),
        "error_type": _rest(match["rest"], r"Error Type: (\S+)"),
    }
    return {name: value for name, value in figures.items() if value is not None}


def _rest(text: str, pattern: str) -> str | None:
    match = re.search(r"\t" + pattern, text)
    return match[1] if match else None


def _with_metadata(answer: dict[str, Any]) -> dict[str, Any]:
    metadata = answer.pop("ResponseMetadata", {})
    headers = {name.lower(): text for name, text in metadata.get("HTTPHeaders", {}).items()}
    answer["HTTPStatus"] = metadata.get("HTTPStatusCode")
    answer["Headers"] = headers
    answer["RequestId"] = headers.get("x-amzn-requestid") or metadata.get("RequestId")
    return answer


def _plain(value: Any) -> Any:
    """The value in types that JSON has."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return value if isinstance(value, (str, int, float, bool, type(None))) else str(value)
