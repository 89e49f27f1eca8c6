"""Steady load: a fixed number of invocations a second, whether or not earlier ones have ended."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from serverless_course.functions.function import Function, name_of
from serverless_course.functions.host import HostTiming

MOST_A_SECOND = 200
# Invocations under way at once: beyond them the load would wait, and no longer be steady.
MOST_AT_ONCE = 256
Progress = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Call:
    """One invocation of a load.

    Attributes:
        at_s: seconds from the load's start to when it was sent.
        ok: whether the function answered without an error.
        latency_ms: until the answer was there, as the caller saw it.
        error: why not, in a word or two; "" when it went well.
        late_ms: how long after its time it was sent.
        host: how well the host kept its promise, its latency taken for the duration; None on AWS,
            and for one that did not reach an environment.
    """

    at_s: float
    ok: bool
    latency_ms: float
    error: str = ""
    late_ms: float = 0.0
    host: HostTiming | None = None


def steady_load(
    client: Any,
    function: Function | str,
    payload: Any = None,
    *,
    per_second: float,
    seconds: float,
    during: Mapping[float, Callable[[], object]] | None = None,
    progress: Progress = lambda done, of, what: None,
) -> list[Call]:
    """Invoke a function steadily, and tell how each invocation went.

    An open loop: the next is sent at its time, even if the function hangs. A load that waits for
    answers would spare a system in trouble, and hide how many customers it fails ("coordinated
    omission", Gil Tene, 2013).

    Args:
        client: a boto3 Lambda client; its pool of connections bounds what is under way.
        function: which.
        payload: what it gets each time; anything JSON can hold.
        per_second: invocations a second, up to 200.
        seconds: for how long.
        during: what to do meanwhile, by seconds from the start. Each is called between two
            invocations, so it should be quick.
        progress: told how many were sent, of how many.

    Returns:
        One `Call` for each invocation, in the order in which they were sent.

    Raises:
        ValueError: a rate or a length that is not possible.
    """
    if not 0 < per_second <= MOST_A_SECOND:
        raise ValueError(f"per_second={per_second!r}: give a number up to {MOST_A_SECOND}.")
    if not seconds > 0:
        raise ValueError(f"seconds={seconds!r}: give a number above 0.")
    number = max(1, round(per_second * seconds))
    waiting = sorted((during or {}).items())
    body = json.dumps(payload).encode()
    with ThreadPoolExecutor(MOST_AT_ONCE) as pool:
        started = time.perf_counter()
        sent: list[Future[Call]] = []
        for place in range(number):
            at_s = place / per_second
            while waiting and waiting[0][0] <= at_s:
                _sleep_until(started + waiting[0][0])
                waiting.pop(0)[1]()
            _sleep_until(started + at_s)
            sent.append(pool.submit(_call, client, name_of(function), body, started, at_s))
            progress(place + 1, number, "")
        for at_s, action in waiting:
            _sleep_until(started + at_s)
            action()
        return [each.result() for each in sent]


def _sleep_until(at: float) -> None:
    time.sleep(max(0.0, at - time.perf_counter()))


def _call(client: Any, name: str, body: bytes, started: float, due_s: float) -> Call:
    sent, header = time.perf_counter(), None
    try:
        answer = client.invoke(FunctionName=name, Payload=body)
        error = _error(answer)
        header = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("server-timing")
    except ClientError as refused:
        error = str(refused.response["Error"]["Code"])
    except BotoCoreError as broken:
        error = type(broken).__name__
    latency_ms = (time.perf_counter() - sent) * 1e3
    late_ms = max(0.0, sent - started - due_s) * 1e3
    host = HostTiming.parse(header, latency_ms)
    return Call(sent - started, not error, latency_ms, error, late_ms, host)


def _error(answer: Mapping[str, Any]) -> str:
    payload = answer["Payload"].read()
    if "FunctionError" not in answer:
        return ""
    try:
        said = json.loads(payload)
        return str(said.get("errorType") or said.get("errorMessage") or answer["FunctionError"])
    except (ValueError, AttributeError):
        return str(answer["FunctionError"])
