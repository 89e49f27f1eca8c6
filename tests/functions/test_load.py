"""Steady load: sent at its times, whether the function hangs or not, and told as it was."""

from __future__ import annotations

import io
import json
import threading
import time

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from serverless_course.functions.load import Call, steady_load


class Answers:
    """A Lambda client whose answers a function of the invocation's number gives."""

    def __init__(self, answer):
        self.count = 0
        self._answer = answer
        self._lock = threading.Lock()

    def invoke(self, FunctionName, Payload):
        with self._lock:
            number, self.count = self.count, self.count + 1
        return self._answer(number)


def well(_):
    return {"Payload": io.BytesIO(b"{}")}


def failed(payload):
    return {"Payload": io.BytesIO(json.dumps(payload).encode()), "FunctionError": "Unhandled"}


def test_every_invocation_is_sent_and_told_in_its_order() -> None:
    client = Answers(well)
    calls = steady_load(client, "f", {"a": 1}, per_second=100, seconds=0.3)
    assert client.count == len(calls) == 30
    assert all(call.ok for call in calls)
    assert [call.at_s for call in calls] == sorted(call.at_s for call in calls)


def test_a_function_that_hangs_does_not_hold_up_the_others() -> None:
    """An open loop: with a closed one, 30 answers of 0.2 s each would take 6 s."""
    held = threading.Barrier(20)

    def together(_):
        held.wait(timeout=30)
        return well(0)

    calls = steady_load(Answers(together), "f", per_second=200, seconds=0.1)
    assert len(calls) == 20
    assert all(call.ok for call in calls)


def test_errors_are_told_by_their_names() -> None:
    def answer(number):
        if number == 0:
            return failed({"errorType": "Sandbox.Timedout", "errorMessage": "…"})
        if number == 1:
            raise ClientError({"Error": {"Code": "TooManyRequestsException"}}, "Invoke")
        if number == 2:
            raise ReadTimeoutError(endpoint_url="http://x")
        return failed("no object")

    calls = steady_load(Answers(answer), "f", per_second=50, seconds=0.08)
    assert sorted(call.error for call in calls) == [
        "ReadTimeoutError",
        "Sandbox.Timedout",
        "TooManyRequestsException",
        "Unhandled",
    ]
    assert not any(call.ok for call in calls)


def test_what_is_to_happen_meanwhile_happens_between_the_invocations() -> None:
    client = Answers(well)
    seen = {}
    began = time.perf_counter()

    def note(name):
        return lambda: seen.setdefault(name, (client.count, time.perf_counter() - began))

    steady_load(
        client,
        "f",
        per_second=20,
        seconds=0.5,
        during={0.25: note("middle"), 0.9: note("after")},
    )
    assert seen["middle"][0] <= 6
    assert seen["after"][1] >= 0.9


@pytest.mark.parametrize("given", [{"per_second": 0}, {"per_second": 1000}, {"seconds": 0}])
def test_what_is_not_possible_is_refused(given) -> None:
    with pytest.raises(ValueError, match="give a number"):
        steady_load(Answers(well), "f", **{"per_second": 1, "seconds": 1, **given})


def test_a_call_that_went_well_has_no_error() -> None:
    assert Call(0.0, True, 1.0).error == ""
