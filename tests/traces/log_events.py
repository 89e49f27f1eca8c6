"""Events as filter_log_events returns them, with the lines that Lambda writes (AWS's formats)."""

from __future__ import annotations

import json
from typing import Any

START_MS = 1_795_000_000_000


def request(number: int) -> str:
    """A request id."""
    return f"{number:08d}-1111-4222-8333-444444444444"


def event(at_ms: float, message: str, stream: str = "s1") -> dict[str, Any]:
    """One event, ``at_ms`` after the start of all."""
    time = START_MS + round(at_ms)
    return {
        "logStreamName": f"2026/11/24/[$LATEST]{stream}",
        "timestamp": time,
        "message": message,
        "ingestionTime": time + 500,
        "eventId": f"{time}{abs(hash(message)) % 10**8}",
    }


def invocation(
    number: int,
    at_ms: float,
    duration_ms: float,
    *,
    init_ms: float | None = None,
    stream: str = "s1",
    status: str = "",
    lines: tuple[str, ...] = (),
) -> list[dict[str, Any]]:
    """The text lines of one invocation, ``at_ms`` being its START."""
    own = request(number)
    end = at_ms + duration_ms
    init = f"Init Duration: {init_ms:.2f} ms\t" if init_ms is not None else ""
    told = f"Status: {status}" if status else ""
    begin = (
        [
            event(
                at_ms - init_ms,
                "INIT_START Runtime Version: python:3.13.v43\tRuntime Version ARN: arn\n",
                stream,
            )
        ]
        if init_ms is not None
        else []
    )
    return [
        *begin,
        event(at_ms, f"START RequestId: {own} Version: $LATEST\n", stream),
        *(event(at_ms + 1, line, stream) for line in lines),
        event(end, f"END RequestId: {own}\n", stream),
        event(
            end,
            f"REPORT RequestId: {own}\tDuration: {duration_ms:.2f} ms\tBilled Duration: "
            f"{round(duration_ms + (init_ms or 0))} ms\tMemory Size: 128 MB\tMax Memory Used: 40 MB\t{init}{told}\n",
            stream,
        ),
    ]


def json_invocation(
    number: int, at_ms: float, duration_ms: float, init_ms: float | None = None
) -> list[dict[str, Any]]:
    """The same in the JSON log format."""
    own = request(number)
    metrics: dict[str, Any] = {"durationMs": duration_ms, "billedDurationMs": round(duration_ms)}
    records: list[tuple[float, str, dict[str, Any]]] = []
    if init_ms is not None:
        metrics["initDurationMs"] = init_ms
        records.append((at_ms - init_ms, "platform.initStart", {"phase": "init"}))
    records += [
        (at_ms, "platform.start", {"requestId": own, "version": "$LATEST"}),
        (
            at_ms + duration_ms,
            "platform.report",
            {"requestId": own, "metrics": metrics, "status": "success"},
        ),
    ]
    return [
        event(at, json.dumps({"time": "2026-11-24T12:00:00.000Z", "type": kind, "record": record}))
        for at, kind, record in records
    ]
