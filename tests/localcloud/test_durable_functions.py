"""Durable functions with AWS's SDK, unmodified, in their package."""

from __future__ import annotations

import json
import os
import secrets
import signal
import time
from collections.abc import Iterator
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError
from durable_programs import counted, durable_role, make_counts, make_durable
from running_cloud import RUNTIME, RunningCloud, own_launcher, running, wait_for

from serverless_course.aws.cloud import Cloud
from serverless_course.aws.kinds.functions import FUNCTION

# Without the SDK: it answers how many operations each page of its state has.
PAGED = """
import boto3, json
def handler(event, context):
    lam, arn = boto3.client("lambda"), event["DurableExecutionArn"]
    updates = [{"Id": f"c{n}", "Type": "CONTEXT", "Action": "START"} for n in range(5)]
    token = lam.checkpoint_durable_execution(
        DurableExecutionArn=arn, CheckpointToken=event["CheckpointToken"], Updates=updates
    )["CheckpointToken"]
    sizes, marker = [], {}
    while True:
        page = lam.get_durable_execution_state(
            DurableExecutionArn=arn, CheckpointToken=token, MaxItems=2, **marker)
        sizes.append(len(page["Operations"]))
        if "NextMarker" not in page:
            return {"Status": "SUCCEEDED", "Result": json.dumps(sizes)}
        marker = {"Marker": page["NextMarker"]}
"""

# The same: it waits for a callback.
WAITS = """
import boto3
def handler(event, context):
    update = {"Id": "a", "Type": "CALLBACK", "Action": "START"}
    boto3.client("lambda").checkpoint_durable_execution(
        DurableExecutionArn=event["DurableExecutionArn"],
        CheckpointToken=event["CheckpointToken"], Updates=[update])
    return {"Status": "PENDING"}
"""


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningCloud]:
    with running(own_launcher(), "--clock-factor", "60") as found:
        make_counts(found)
        yield found


@pytest.fixture(scope="module")
def function(cloud: RunningCloud) -> str:
    return make_durable(cloud)


def key() -> str:
    return secrets.token_hex(4)


def start(cloud: RunningCloud, function: str, event: dict[str, Any], **settings: Any) -> str:
    answer = cloud.client("lambda").invoke(
        FunctionName=function,
        InvocationType="Event",
        Payload=json.dumps(event),
        **settings,
    )
    assert answer["StatusCode"] == 202
    return str(answer["DurableExecutionArn"])


def ended(cloud: RunningCloud, arn: str, limit_s: float = 60.0) -> dict[str, Any]:
    until = time.monotonic() + limit_s
    while True:
        found: dict[str, Any] = cloud.client("lambda").get_durable_execution(
            DurableExecutionArn=arn
        )
        if found["Status"] != "RUNNING":
            return found
        assert time.monotonic() < until, history(cloud, arn)
        time.sleep(0.1)


def history(cloud: RunningCloud, arn: str, **settings: Any) -> list[dict[str, Any]]:
    answer = cloud.client("lambda").get_durable_execution_history(
        DurableExecutionArn=arn, **settings
    )
    return list(answer["Events"])


def types(cloud: RunningCloud, arn: str) -> list[str]:
    return [event["EventType"] for event in history(cloud, arn)]


def event_of(cloud: RunningCloud, arn: str, kind: str) -> dict[str, Any]:
    return next(each for each in history(cloud, arn) if each["EventType"] == kind)


def refused(cloud: RunningCloud, operation: str, **arguments: Any) -> tuple[int, str, str]:
    with pytest.raises(ClientError) as caught:
        getattr(cloud.client("lambda"), operation)(**arguments)
    answer = caught.value.response
    status = answer["ResponseMetadata"]["HTTPStatusCode"]
    return status, answer["Error"]["Code"], answer["Error"]["Message"]


def test_steps_and_a_wait(cloud: RunningCloud, function: str) -> None:
    counter = key()
    call = cloud.call(function, {"do": "steps", "key": counter})
    assert call.payload == [1, 11], (call.raw, call.log)
    assert counted(cloud, counter) == 1
    arn = call.headers["x-amz-durable-execution-arn"]
    told = types(cloud, arn)
    # On a busy machine the wait is over before the invocation that began it.
    assert told[4] == "InvocationCompleted" or told[4:6] == ["WaitSucceeded", "InvocationCompleted"]
    assert told.count("InvocationCompleted") == 2
    assert told[-2:] == ["InvocationCompleted", "ExecutionSucceeded"]
    assert [each for each in told if each != "InvocationCompleted"] == [
        *("ExecutionStarted", "StepStarted", "StepSucceeded", "WaitStarted"),
        *("WaitSucceeded", "StepStarted", "StepSucceeded", "ExecutionSucceeded"),
    ]
    found = history(cloud, arn)
    assert [event["EventId"] for event in found] == list(range(1, 11))
    assert found[0]["ExecutionStartedDetails"]["ExecutionTimeout"] == 900
    assert found[1]["Name"] == "first"
    assert found[2]["StepSucceededDetails"] == {
        "Result": {"Payload": "1", "Truncated": False},
        "RetryDetails": {"CurrentAttempt": 1},
    }
    assert found[3]["WaitStartedDetails"]["Duration"] == 60
    over = event_of(cloud, arn, "WaitSucceeded")["EventTimestamp"]
    waited = over - found[3]["EventTimestamp"]
    assert 0.9 < waited.total_seconds() < 5
    newest = history(cloud, arn, ReverseOrder=True, IncludeExecutionData=False)
    assert newest[0]["EventId"] == 10
    assert newest[0]["ExecutionSucceededDetails"] == {"Result": {"Truncated": True}}


def test_pages_of_a_history(cloud: RunningCloud, function: str) -> None:
    arn = start(cloud, function, {"do": "steps", "key": key()})
    ended(cloud, arn)
    pages = cloud.client("lambda").get_paginator("get_durable_execution_history")
    ids = [
        event["EventId"]
        for page in pages.paginate(DurableExecutionArn=arn, PaginationConfig={"PageSize": 3})
        for event in page["Events"]
    ]
    assert ids == list(range(1, 11))
    for marker in ("1", "WzFd"):
        told = refused(
            cloud, "get_durable_execution_history", DurableExecutionArn=arn, Marker=marker
        )
        assert told[:2] == (400, "InvalidParameterValueException")


def test_pages_of_a_state(cloud: RunningCloud) -> None:
    function = cloud.create(PAGED, Role=durable_role(cloud), DurableConfig={"ExecutionTimeout": 60})
    call = cloud.call(f"{function}:$LATEST", {"n": 5})
    assert call.payload == [2, 2, 2], (call.raw, call.log)


def test_a_step_is_tried_again(cloud: RunningCloud, function: str) -> None:
    counter = key()
    arn = start(cloud, function, {"do": "retries", "key": counter})
    assert ended(cloud, arn)["Result"] == '"done"'
    assert counted(cloud, counter) == 3
    failed = [e for e in history(cloud, arn) if e["EventType"] == "StepFailed"]
    details = [each["StepFailedDetails"] for each in failed]
    assert [each["RetryDetails"] for each in details] == [
        {"CurrentAttempt": 1, "NextAttemptDelaySeconds": 2},
        {"CurrentAttempt": 2, "NextAttemptDelaySeconds": 2},
    ]
    assert details[0]["Error"]["Payload"]["ErrorMessage"] == "not yet"
    last = event_of(cloud, arn, "StepSucceeded")["StepSucceededDetails"]
    assert last["RetryDetails"] == {"CurrentAttempt": 3}


@pytest.mark.parametrize(
    ("event", "result"),
    [
        ({"do": "parallel"}, [0, 1, 4]),
        ({"do": "maps", "items": ["a", "b", "c"]}, ["A", "B", "C"]),
        ({"do": "child"}, 7),
        ({"do": "polls"}, 3),
    ],
    ids=lambda value: value["do"] if isinstance(value, dict) else "",
)
def test_what_the_sdk_offers(
    cloud: RunningCloud, function: str, event: dict[str, Any], result: Any
) -> None:
    call = cloud.call(function, event)
    assert call.payload == result, (call.raw, call.log)


def test_a_callback(cloud: RunningCloud, function: str) -> None:
    lam = cloud.client("lambda")
    arns = [start(cloud, function, {"do": "callback"}) for _ in range(2)]
    ids = []
    for arn in arns:
        until = time.monotonic() + 30
        while "InvocationCompleted" not in types(cloud, arn):
            assert time.monotonic() < until
            time.sleep(0.1)
        told = event_of(cloud, arn, "CallbackStarted")["CallbackStartedDetails"]
        assert told["Timeout"] == 3600
        ids.append(told["CallbackId"])
    lam.send_durable_execution_callback_heartbeat(CallbackId=ids[0])
    lam.send_durable_execution_callback_success(CallbackId=ids[0], Result=b'"yes"')
    lam.send_durable_execution_callback_failure(
        CallbackId=ids[1], Error={"ErrorType": "No", "ErrorMessage": "not today"}
    )
    good, bad = (ended(cloud, arn) for arn in arns)
    assert json.loads(good["Result"]) == '"yes"'
    assert (bad["Status"], bad["Error"]["ErrorMessage"]) == ("FAILED", "not today")
    told = event_of(cloud, arns[1], "CallbackFailed")["CallbackFailedDetails"]
    assert told["Error"]["Payload"]["ErrorType"] == "No"
    code = refused(cloud, "send_durable_execution_callback_success", CallbackId="YQ==")[1]
    assert code == "ResourceNotFoundException"


def test_a_callback_that_nobody_answers(cloud: RunningCloud, function: str) -> None:
    arn = start(cloud, function, {"do": "callback", "timeout": 60})
    assert ended(cloud, arn)["Status"] == "FAILED"
    told = event_of(cloud, arn, "CallbackTimedOut")["CallbackTimedOutDetails"]
    assert told["Error"]["Payload"]["ErrorMessage"] == "Callback timed out"


def test_another_function_is_invoked(cloud: RunningCloud, function: str) -> None:
    other = cloud.create("def handler(event, context): return event['n'] * 2")
    call = cloud.call(function, {"do": "invoke", "function": other})
    assert call.payload == 8, (call.raw, call.log)
    missing = cloud.call(function, {"do": "invoke", "function": "missing"})
    assert missing.error == "Unhandled"
    assert "Function not found" in missing.payload["errorMessage"]


def test_a_name_starts_one_execution(cloud: RunningCloud, function: str) -> None:
    event, name = {"do": "steps", "key": key()}, f"order-{key()}"
    first = start(cloud, function, event, DurableExecutionName=name)
    assert start(cloud, function, event, DurableExecutionName=name) == first
    again = cloud.call(function, event, DurableExecutionName=name)
    assert again.payload == [1, 11]
    assert counted(cloud, event["key"]) == 1
    assert f"/durable-execution/{name}/" in first
    told = refused(
        cloud,
        "invoke",
        FunctionName=function,
        InvocationType="Event",
        DurableExecutionName=name,
        Payload=b'{"do": "other"}',
    )
    assert told[:2] == (409, "DurableExecutionAlreadyStartedException")
    listed = cloud.client("lambda").list_durable_executions_by_function(
        FunctionName=function, DurableExecutionName=name, Statuses=["SUCCEEDED"]
    )["DurableExecutions"]
    assert [each["DurableExecutionArn"] for each in listed] == [first]


def test_stop_and_delete(cloud: RunningCloud, function: str) -> None:
    lam = cloud.client("lambda")
    arn = start(cloud, function, {"do": "long"})
    assert refused(cloud, "delete_durable_execution", DurableExecutionArn=arn)[0] == 409
    lam.stop_durable_execution(DurableExecutionArn=arn, Error={"ErrorMessage": "enough"})
    found = ended(cloud, arn)
    assert (found["Status"], found["Error"]) == ("STOPPED", {"ErrorMessage": "enough"})
    assert types(cloud, arn)[-1] == "ExecutionStopped"
    lam.delete_durable_execution(DurableExecutionArn=arn)
    assert refused(cloud, "get_durable_execution", DurableExecutionArn=arn)[:2] == (
        404,
        "ResourceNotFoundException",
    )


def test_a_failure(cloud: RunningCloud, function: str) -> None:
    call = cloud.call(function, {"do": "fails"})
    assert call.error == "Unhandled"
    assert "broken" in call.payload["errorMessage"]
    arn = call.headers["x-amz-durable-execution-arn"]
    assert types(cloud, arn)[-1] == "ExecutionFailed"


def test_an_execution_times_out(cloud: RunningCloud) -> None:
    function = make_durable(cloud, timeout_s=120)
    arn = start(cloud, function, {"do": "long"})
    assert ended(cloud, arn)["Status"] == "TIMED_OUT"
    assert types(cloud, arn)[-1] == "ExecutionTimedOut"


def test_a_killed_environment_repeats_no_completed_step(cloud: RunningCloud) -> None:
    function = make_durable(cloud, timeout_s=43_200)
    counter = key()
    arn = start(cloud, function, {"do": "killed", "key": counter})
    until = time.monotonic() + 30
    while not counted(cloud, f"{counter}-middle"):
        assert time.monotonic() < until
        time.sleep(0.05)
    for pid in cloud.processes(function.partition(":")[0]):
        os.kill(pid, signal.SIGKILL)
    assert ended(cloud, arn)["Status"] == "SUCCEEDED", history(cloud, arn)
    counts = [counted(cloud, f"{counter}-{part}") for part in ("before", "middle", "after")]
    assert counts == [1, 2, 1]
    failed = event_of(cloud, arn, "InvocationCompleted")["InvocationCompletedDetails"]
    assert failed["Error"]["Payload"]["ErrorMessage"]


def test_a_step_that_runs_at_most_once_for_each_retry(cloud: RunningCloud, function: str) -> None:
    counter = key()
    event = {
        "do": "killed",
        "key": counter,
        "exit": True,
        "semantics": "AT_MOST_ONCE_PER_RETRY",
    }
    arn = start(cloud, function, event)
    assert ended(cloud, arn)["Status"] == "SUCCEEDED"
    # The interrupted attempt is failed by the SDK, and counts as one.
    failed = event_of(cloud, arn, "StepFailed")["StepFailedDetails"]
    assert failed["RetryDetails"]["CurrentAttempt"] == 1
    assert counted(cloud, f"{counter}-before") == 1


def test_what_is_refused(cloud: RunningCloud, function: str) -> None:
    name = function.partition(":")[0]
    told = refused(cloud, "invoke", FunctionName=name)
    expected = "You cannot invoke a durable function using an unqualified ARN."
    assert told == (400, "InvalidParameterValueException", expected)
    plain = cloud.create("def handler(event, context): pass")
    config = {"ExecutionTimeout": 60}
    told = refused(cloud, "update_function_configuration", FunctionName=plain, DurableConfig=config)
    assert told[1] == "InvalidParameterValueException"
    told = refused(cloud, "invoke", FunctionName=plain, DurableExecutionName="n")
    assert told[1] == "InvalidParameterValueException"
    long = make_durable(cloud, timeout_s=901)
    assert "greater than 15 minutes" in refused(cloud, "invoke", FunctionName=long)[2]
    arn = start(cloud, function, {"do": "long"})
    told = refused(
        cloud, "checkpoint_durable_execution", DurableExecutionArn=arn, CheckpointToken="YQ=="
    )
    assert told == (400, "InvalidParameterValueException", "Invalid checkpoint token")
    for operation in ("pause_durable_execution", "resume_durable_execution"):
        assert refused(cloud, operation, DurableExecutionArn=arn)[0] == 501
    cloud.client("lambda").stop_durable_execution(DurableExecutionArn=arn)


# what happens to executions when their function changes or is deleted


def callback_of(cloud: RunningCloud, arn: str) -> str:
    """The id of the callback that an execution waits for, once it does not run."""
    wait_for(lambda: {"InvocationCompleted", "CallbackStarted"} <= {*types(cloud, arn)})
    told = event_of(cloud, arn, "CallbackStarted")["CallbackStartedDetails"]
    return str(told["CallbackId"])


def state_of(cloud: RunningCloud, name: str) -> tuple[str, str]:
    found = cloud.client("lambda").get_function_configuration(FunctionName=name)
    return found["State"], found.get("StateReasonCode", "")


def test_a_change_of_the_settings_is_for_executions_that_start_later(cloud: RunningCloud) -> None:
    lam = cloud.client("lambda")
    name = make_durable(cloud).partition(":")[0]
    latest = f"{name}:$LATEST"
    before = start(cloud, latest, {"do": "callback"})
    lam.update_function_configuration(
        FunctionName=name, DurableConfig={"ExecutionTimeout": 1200, "RetentionPeriodInDays": 3}
    )
    lam.get_waiter("function_updated_v2").wait(FunctionName=name)
    after = start(cloud, latest, {"do": "callback"})
    configs = [
        lam.get_durable_execution(DurableExecutionArn=arn)["DurableConfig"]
        for arn in (before, after)
    ]
    assert configs == [
        {"ExecutionTimeout": 900, "RetentionPeriodInDays": 14},
        {"ExecutionTimeout": 1200, "RetentionPeriodInDays": 3},
    ]
    published = lam.get_function_configuration(FunctionName=name, Qualifier="1")
    assert published["DurableConfig"]["ExecutionTimeout"] == 900


def test_an_alias_stands_for_the_version_that_it_has_at_the_start(cloud: RunningCloud) -> None:
    lam = cloud.client("lambda")
    name = make_durable(cloud).partition(":")[0]
    lam.create_alias(FunctionName=name, Name="live", FunctionVersion="1")
    lam.update_function_configuration(FunctionName=name, Description="second")
    lam.get_waiter("function_updated_v2").wait(FunctionName=name)
    assert lam.publish_version(FunctionName=name)["Version"] == "2"
    arn = start(cloud, f"{name}:live", {"do": "callback"}, DurableExecutionName="first")
    waits_for = callback_of(cloud, arn)
    lam.update_alias(FunctionName=name, Name="live", FunctionVersion="2")
    other = start(cloud, f"{name}:live", {"do": "child"}, DurableExecutionName="second")
    # The name is the function's: through another version it finds the execution that is there.
    again = start(cloud, f"{name}:live", {"do": "callback"}, DurableExecutionName="first")
    lam.delete_alias(FunctionName=name, Name="live")
    lam.send_durable_execution_callback_success(CallbackId=waits_for, Result=b'"yes"')
    assert (again, ended(cloud, arn)["Status"]) == (arn, "SUCCEEDED")
    versions = [
        lam.get_durable_execution(DurableExecutionArn=each)["Version"] for each in (arn, other)
    ]
    assert versions == ["1", "2"]


@pytest.mark.parametrize("end", ["callback", "stop"])
def test_a_function_is_deleted_when_its_executions_have_ended(
    cloud: RunningCloud, end: str
) -> None:
    lam = cloud.client("lambda")
    function = make_durable(cloud)
    name = function.partition(":")[0]
    arn = start(cloud, function, {"do": "callback"}, DurableExecutionName="only")
    waits_for = callback_of(cloud, arn)
    answer = lam.delete_function(FunctionName=name)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert state_of(cloud, name) == ("Deleting", "DrainingDurableExecutions")
    told = refused(cloud, "invoke", FunctionName=function, InvocationType="Event")
    assert told[:2] == (409, "ResourceConflictException")
    assert "Deleting" in told[2]
    told = refused(cloud, "update_function_configuration", FunctionName=name, Timeout=9)
    assert told[:2] == (409, "ResourceConflictException")
    # The name of one that runs still finds it.
    assert start(cloud, function, {"do": "callback"}, DurableExecutionName="only") == arn
    if end == "callback":
        lam.send_durable_execution_callback_success(CallbackId=waits_for, Result=b'"yes"')
        assert ended(cloud, arn)["Status"] == "SUCCEEDED"
    else:
        lam.stop_durable_execution(DurableExecutionArn=arn)
    wait_for(lambda: name not in [f["FunctionName"] for f in lam.list_functions()["Functions"]])
    assert refused(cloud, "get_function", FunctionName=name)[0] == 404
    # Its history is kept, and a new function of that name knows nothing of it.
    assert types(cloud, arn)[0] == "ExecutionStarted"
    cloud.create(
        "def handler(event, context): return {'Status': 'SUCCEEDED', 'Result': '2'}",
        name=name,
        Role=durable_role(cloud),
        DurableConfig={"ExecutionTimeout": 60},
    )
    new = start(cloud, f"{name}:$LATEST", {"do": "callback"}, DurableExecutionName="only")
    assert new != arn
    assert ended(cloud, new)["Result"] == "2"


def test_a_version_is_deleted_when_its_executions_have_ended(cloud: RunningCloud) -> None:
    lam = cloud.client("lambda")
    function = make_durable(cloud)
    name = function.partition(":")[0]
    arn = start(cloud, function, {"do": "callback"})
    callback_of(cloud, arn)
    assert lam.delete_function(FunctionName=name, Qualifier="1")["StatusCode"] == 202
    assert state_of(cloud, f"{name}:1") == ("Deleting", "DrainingDurableExecutions")
    assert state_of(cloud, name)[0] == "Active"
    assert refused(cloud, "invoke", FunctionName=function, InvocationType="Event")[0] == 409
    assert ended(cloud, start(cloud, f"{name}:$LATEST", {"do": "child"}))["Result"] == "7"
    lam.stop_durable_execution(DurableExecutionArn=arn)
    wait_for(lambda: len(lam.list_versions_by_function(FunctionName=name)["Versions"]) == 1)
    assert lam.delete_function(FunctionName=name)["StatusCode"] == 204


def test_clean_up_stops_what_runs(cloud: RunningCloud) -> None:
    function = make_durable(cloud)
    name = function.partition(":")[0]
    arns = [start(cloud, function, {"do": "callback"}) for _ in range(2)]
    FUNCTION.delete(cast(Cloud, cloud), name)
    assert {ended(cloud, arn)["Status"] for arn in arns} == {"STOPPED"}
    assert refused(cloud, "get_function", FunctionName=name)[0] == 404


def test_a_stack_waits_for_the_executions_of_its_function(cloud: RunningCloud) -> None:
    stacks, lam = cloud.client("cloudformation"), cloud.client("lambda")
    name = f"stacked-{key()}"
    properties = {
        "FunctionName": name,
        "Role": durable_role(cloud),
        "Runtime": RUNTIME,
        "Handler": "index.handler",
        "MemorySize": 1769,
        "Timeout": 60,
        "Code": {"ZipFile": WAITS},
        "DurableConfig": {"ExecutionTimeout": 3600},
    }
    body = {"Resources": {"It": {"Type": "AWS::Lambda::Function", "Properties": properties}}}
    made = stacks.create_stack(StackName=name, TemplateBody=json.dumps(body))["StackId"]

    def status() -> str:
        return str(stacks.describe_stacks(StackName=made)["Stacks"][0]["StackStatus"])

    wait_for(lambda: status() == "CREATE_COMPLETE")
    arn = start(cloud, f"{name}:$LATEST", {})
    callback_of(cloud, arn)
    stacks.delete_stack(StackName=made)
    wait_for(lambda: state_of(cloud, name)[0] == "Deleting")
    assert status() == "DELETE_IN_PROGRESS"
    lam.stop_durable_execution(DurableExecutionArn=arn)
    wait_for(lambda: status() == "DELETE_COMPLETE")
    assert refused(cloud, "get_function", FunctionName=name)[0] == 404
