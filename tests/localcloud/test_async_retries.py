"""Asynchronous invocation on a real server: 202, retries on the scaled clock, throttles, the end.

"Recorded" means recorded on AWS: localstack/localstack, tests/aws/services/lambda_, files
``*.snapshot.json``; the test's name is given.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Iterator
from itertools import pairwise

import pytest
from async_targets import (
    FAILS,
    WORKS,
    able_role,
    executed_versions,
    log_lines,
    on_failure,
    queue,
    send,
    starts,
)
from botocore.exceptions import ClientError
from running_cloud import RUNTIME, RunningCloud, own_launcher, running, start, wait_for, zip_of

FACTOR = 60.0
SLEEPS = "import time\n\ndef handler(event, context):\n    time.sleep(event['s'])\n"


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningCloud]:
    with running(own_launcher(), "--clock-factor", str(FACTOR)) as found:
        yield found


@pytest.mark.measures
def test_the_call_is_answered_at_once(cloud: RunningCloud) -> None:
    """Recorded, test_invocation_type_event: 202, an empty body, neither version nor error."""
    name = cloud.create(SLEEPS)
    started = time.monotonic()
    answer = cloud.client("lambda").invoke(
        FunctionName=name, InvocationType="Event", Payload=b'{"s": 2}'
    )
    assert time.monotonic() - started < 1.0
    assert answer["StatusCode"] == 202
    assert answer["Payload"].read() == b""
    assert "ExecutedVersion" not in answer
    assert "FunctionError" not in answer


@pytest.mark.measures
def test_retries_keep_the_request_id_and_the_pauses(cloud: RunningCloud) -> None:
    """Two more attempts, about one and two minutes later (gaps of 66 and 130 s were measured on
    AWS in 2025), all with one request id."""
    failed = queue(cloud)
    name = cloud.create(FAILS, Role=able_role(cloud))
    on_failure(cloud, name, failed.arn)
    request_id = send(cloud, name, {"n": 1})
    record = failed.body()
    assert record["requestContext"]["requestId"] == request_id
    assert record["requestContext"]["approximateInvokeCount"] == 3
    at = starts(cloud, name, request_id)
    gaps = [(later - earlier) * FACTOR for earlier, later in pairwise(at)]
    assert len(gaps) == 2
    assert 60 <= gaps[0] <= 90
    assert 120 <= gaps[1] <= 150


def test_a_time_out_is_retried_as_well(cloud: RunningCloud) -> None:
    failed = queue(cloud)
    name = cloud.create(SLEEPS, Role=able_role(cloud), Timeout=1)
    on_failure(cloud, name, failed.arn, MaximumRetryAttempts=1)
    request_id = send(cloud, name, {"s": 9})
    record = failed.body()
    assert record["requestContext"]["approximateInvokeCount"] == 2
    assert record["responsePayload"]["errorType"] == "Sandbox.Timedout"
    assert len(starts(cloud, name, request_id)) == 2


def test_an_event_whose_retry_would_come_too_late_ends_at_once(cloud: RunningCloud) -> None:
    """Recorded, test_maxeventage: EventAgeExceeded with one attempt, before the age is reached."""
    failed = queue(cloud)
    name = cloud.create(FAILS, Role=able_role(cloud))
    on_failure(cloud, name, failed.arn, MaximumEventAgeInSeconds=60)
    request_id = send(cloud, name, {"n": 1})
    context = failed.body()["requestContext"]
    assert context["condition"] == "EventAgeExceeded"
    assert context["approximateInvokeCount"] == 1
    time.sleep(1.2)
    assert len(starts(cloud, name, request_id)) == 1


def test_a_throttled_event_waits_and_runs(cloud: RunningCloud) -> None:
    """Developer Guide, "Asynchronous invocation": throttled events go back to the queue."""
    failed = queue(cloud)
    name = cloud.create(SLEEPS, Role=able_role(cloud))
    on_failure(cloud, name, failed.arn, MaximumRetryAttempts=0)
    cloud.client("lambda").put_function_concurrency(
        FunctionName=name, ReservedConcurrentExecutions=1
    )
    cloud.call(name, {"s": 0})
    busy = threading.Thread(target=cloud.call, args=(name, {"s": 2}))
    busy.start()
    time.sleep(0.5)
    request_id = send(cloud, name, {"s": 0})
    time.sleep(0.5)
    assert not starts(cloud, name, request_id)
    busy.join()
    wait_for(lambda: len(starts(cloud, name, request_id)) == 1, 8.0)
    assert not failed.receive(1, limit_s=0.3)


def test_an_event_throttled_until_it_is_too_old_is_dropped(cloud: RunningCloud) -> None:
    """Reported of AWS in 2026 (radkawar/stackd): EventAgeExceeded, count 0, status 429, no response payload."""
    failed, dead = queue(cloud), queue(cloud)
    name = cloud.create(
        SLEEPS, Role=able_role(cloud), DeadLetterConfig={"TargetArn": dead.arn}, Timeout=30
    )
    on_failure(cloud, name, failed.arn, MaximumEventAgeInSeconds=60)
    cloud.client("lambda").put_function_concurrency(
        FunctionName=name, ReservedConcurrentExecutions=1
    )
    cloud.call(name, {"s": 0})
    busy = threading.Thread(target=cloud.call, args=(name, {"s": 3}))
    busy.start()
    time.sleep(0.5)
    request_id = send(cloud, name, {"s": 0, "late": True})
    record = failed.body(5)
    assert record["requestContext"]["condition"] == "EventAgeExceeded"
    assert record["requestContext"]["approximateInvokeCount"] == 0
    assert record["responseContext"] == {"statusCode": 429}
    assert "responsePayload" not in record
    attributes = dead.one(5)["MessageAttributes"]
    assert attributes["ErrorCode"]["StringValue"] == "429"
    assert attributes["ErrorMessage"]["StringValue"] == "Rate Exceeded."
    busy.join()
    time.sleep(0.5)
    assert not starts(cloud, name, request_id)


def test_the_kill_switch_drops_events_that_nobody_keeps(cloud: RunningCloud) -> None:
    """Measured on AWS in 2025: with reserved concurrency 0 and no queue the event is gone."""
    name = cloud.create(WORKS)
    lam = cloud.client("lambda")
    lam.put_function_concurrency(FunctionName=name, ReservedConcurrentExecutions=0)
    request_id = send(cloud, name, {"n": 1})
    time.sleep(0.5)
    lam.delete_function_concurrency(FunctionName=name)
    assert cloud.call(name, {"n": 2}).payload["done"] == 2
    time.sleep(1.5)
    assert not starts(cloud, name, request_id)


def test_each_qualifier_has_its_own_settings(cloud: RunningCloud) -> None:
    """Error handling is configured on a function, a version or an alias (Developer Guide)."""
    failed = queue(cloud)
    name = cloud.create(FAILS, Role=able_role(cloud))
    lam = cloud.client("lambda")
    lam.publish_version(FunctionName=name)
    lam.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    on_failure(cloud, name, failed.arn, Qualifier="live", MaximumRetryAttempts=0)
    request_id = send(cloud, name, {"n": 1}, Qualifier="live")
    record = failed.body()
    assert record["requestContext"]["functionArn"].endswith(f":{name}:live")
    assert record["responseContext"]["executedVersion"] == "1"
    assert executed_versions(cloud, name, request_id) == ["1"]
    plain = send(cloud, name, {"n": 2})
    wait_for(lambda: len(starts(cloud, name, plain)) == 3, 8.0)
    assert not failed.receive(1, limit_s=0.3)


def test_events_of_a_deleted_function_end(cloud: RunningCloud) -> None:
    """Reported of AWS in 2026 (radkawar/stackd): 404 takes the place of the function's answer."""
    dead = queue(cloud)
    name = cloud.create(FAILS, Role=able_role(cloud), DeadLetterConfig={"TargetArn": dead.arn})
    request_id = send(cloud, name, {"n": 1})
    wait_for(lambda: starts(cloud, name, request_id), 10.0)
    cloud.delete(name)
    message = dead.one()
    assert json.loads(message["Body"]) == {"n": 1}
    assert message["MessageAttributes"]["ErrorCode"]["StringValue"] == "404"
    text = message["MessageAttributes"]["ErrorMessage"]["StringValue"]
    assert text.startswith("Function not found: arn:aws:lambda:")


def test_a_function_that_is_not_active_refuses_events(cloud: RunningCloud) -> None:
    """Invoke answers 409 while a function is Pending, for events as for other calls."""
    name = f"f-{secrets.token_hex(5)}"
    cloud.client("lambda").create_function(
        FunctionName=name,
        Runtime=RUNTIME,
        Handler="index.handler",
        Role=cloud.role(),
        Code={"ZipFile": zip_of({"index.py": WORKS})},
    )
    with pytest.raises(ClientError) as caught:
        send(cloud, name, {"n": 1})
    assert caught.value.response["Error"]["Code"] == "ResourceConflictException"
    cloud.settle(name)


def test_a_burst_is_handled_whole(cloud: RunningCloud) -> None:
    name = cloud.create(WORKS)
    sent = {send(cloud, name, {"n": number}) for number in range(60)}

    def ended() -> set[str]:
        return {text.split()[2] for _, text in log_lines(cloud, name) if text.startswith("END ")}

    wait_for(lambda: sent <= ended(), 20.0)


@pytest.mark.measures
def test_the_server_ends_in_order_with_events_waiting_and_running() -> None:
    """`stop` fails when a process is left, or the server does not end with status 0."""
    cloud = start(own_launcher(), "--clock-factor", "1")
    try:
        dead = queue(cloud)
        role = able_role(cloud)
        name = cloud.create(SLEEPS, Role=role)
        failing = cloud.create(FAILS, Role=role, DeadLetterConfig={"TargetArn": dead.arn})
        cloud.client("lambda").put_function_concurrency(
            FunctionName=name, ReservedConcurrentExecutions=2
        )
        for number in range(20):
            send(cloud, name, {"s": 15})
            send(cloud, failing, {"n": number})
        time.sleep(1.0)
        started = time.monotonic()
    finally:
        cloud.stop()
    assert time.monotonic() - started < 5.0
