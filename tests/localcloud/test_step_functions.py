"""State machines really run, with the role of each, and reach functions of this server.

Source: AWS Step Functions Developer Guide: "Amazon States Language", "Invoke an AWS Lambda function
with Step Functions", "Handling errors in Step Functions workflows" (read 2026-11).
"""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError
from roles import ACCOUNT, ARN, acting_as, allow, of_service, role, writing_role
from running_cloud import RunningCloud, wait_for
from sinks import Sink

WORKER = """
import os

failed = {}

def handler(event, context):
    if isinstance(event, dict) and event.get("fails"):
        key = event["key"]
        failed[key] = failed.get(key, 0) + 1
        if failed[key] <= event["fails"]:
            raise ValueError(f"attempt {failed[key]}")
    return {"got": event, "trace": os.environ.get("_X_AMZN_TRACE_ID", "")}
"""


class Machines:
    """Makes state machines and runs them to their end."""

    def __init__(self, cloud: RunningCloud) -> None:
        self.cloud = cloud
        self.states = cloud.client("stepfunctions")
        self.worker = cloud.create(WORKER)
        self.arn = ARN.format("lambda", f"function:{self.worker}")
        self.role = role(
            cloud, allow("lambda:InvokeFunction", self.arn), principal=of_service("states")
        )

    def make(self, definition: dict[str, Any], role_arn: str = "", **more: Any) -> str:
        return str(
            self.states.create_state_machine(
                name=f"m-{time.time_ns()}",
                roleArn=role_arn or self.role,
                definition=json.dumps(definition),
                **more,
            )["stateMachineArn"]
        )

    def run(self, definition: dict[str, Any], given: Any = None, **more: Any) -> dict[str, Any]:
        """The description of the execution when it has ended."""
        machine = self.make(definition, **more)
        text = json.dumps({} if given is None else given)
        execution = self.states.start_execution(stateMachineArn=machine, input=text)
        return self.ended(execution["executionArn"])

    def ended(self, execution: str, limit_s: float = 15) -> dict[str, Any]:
        def describe() -> Any:
            return self.states.describe_execution(executionArn=execution)

        wait_for(lambda: describe()["status"] != "RUNNING", limit_s)
        found: dict[str, Any] = describe()
        if found["status"] == "SUCCEEDED":
            found["output"] = json.loads(found["output"])
        return found

    def history(self, execution: str) -> list[str]:
        events = self.states.get_execution_history(executionArn=execution)["events"]
        return [event["type"] for event in events]


@pytest.fixture(scope="module")
def machines(one_cloud: RunningCloud) -> Machines:
    return Machines(one_cloud)


def one_state(state: dict[str, Any]) -> dict[str, Any]:
    return {"StartAt": "A", "States": {"A": {"End": True, **state}}}


def task(machines: Machines, **more: Any) -> dict[str, Any]:
    """A task that is the function's plain ARN."""
    return {"Type": "Task", "Resource": machines.arn, **more}


def test_a_function_by_its_arn(machines: Machines) -> None:
    found = machines.run(one_state(task(machines)), {"a": 1})
    assert found["status"] == "SUCCEEDED"
    assert found["output"]["got"] == {"a": 1}
    assert machines.history(found["executionArn"]) == [
        "ExecutionStarted",
        "TaskStateEntered",
        "LambdaFunctionScheduled",
        "LambdaFunctionStarted",
        "LambdaFunctionSucceeded",
        "TaskStateExited",
        "ExecutionSucceeded",
    ]


def test_the_lambda_integration(machines: Machines) -> None:
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": machines.worker, "Payload.$": "$"},
        "ResultSelector": {"status.$": "$.StatusCode", "got.$": "$.Payload.got"},
    }
    found = machines.run(one_state(state), {"a": 1})
    assert found["output"] == {"status": 200, "got": {"a": 1}}


def test_start_execution_returns_at_once(machines: Machines) -> None:
    machine = machines.make(one_state({"Type": "Wait", "Seconds": 2}))
    began = time.monotonic()
    started = machines.states.start_execution(stateMachineArn=machine, name="first", input="{}")
    assert time.monotonic() - began < 1.5
    execution = started["executionArn"]
    assert execution == machine.replace("stateMachine", "execution") + ":first"
    assert machines.states.describe_execution(executionArn=execution)["status"] == "RUNNING"
    assert machines.ended(execution)["status"] == "SUCCEEDED"
    assert time.monotonic() - began > 1.9
    listed = machines.states.list_executions(stateMachineArn=machine)["executions"]
    assert [item["name"] for item in listed] == ["first"]


def test_an_execution_without_a_name_gets_one(machines: Machines) -> None:
    machine = machines.make(one_state({"Type": "Pass"}))
    names = {
        machines.states.start_execution(stateMachineArn=machine)["executionArn"] for _ in range(3)
    }
    assert len(names) == 3
    assert not any(name.endswith((":None", ":")) for name in names)


def test_a_failing_task_is_retried(machines: Machines) -> None:
    retry = {"ErrorEquals": ["ValueError"], "IntervalSeconds": 1, "MaxAttempts": 3}
    state = task(machines, Retry=[{**retry, "BackoffRate": 1.0}])
    found = machines.run(one_state(state), {"fails": 2, "key": "retried"})
    assert found["status"] == "SUCCEEDED"
    assert machines.history(found["executionArn"]).count("LambdaFunctionFailed") == 2


def test_an_error_is_caught(machines: Machines) -> None:
    catch = {"ErrorEquals": ["ValueError"], "ResultPath": "$.error", "Next": "B"}
    definition = one_state(task(machines, Catch=[catch]))
    definition["States"]["B"] = {"Type": "Pass", "End": True}
    found = machines.run(definition, {"fails": 1, "key": "caught"})
    assert found["output"]["error"]["Error"] == "ValueError"
    cause = json.loads(found["output"]["error"]["Cause"])
    assert (cause["errorType"], cause["errorMessage"]) == ("ValueError", "attempt 1")


def test_an_error_that_nobody_catches_fails_the_execution(machines: Machines) -> None:
    found = machines.run(one_state(task(machines)), {"fails": 1, "key": "failed"})
    assert (found["status"], found["error"]) == ("FAILED", "ValueError")
    assert json.loads(found["cause"])["errorMessage"] == "attempt 1"
    assert machines.history(found["executionArn"])[-1] == "ExecutionFailed"


def test_branches_run_at_the_same_time(machines: Machines) -> None:
    branch = one_state({"Type": "Wait", "Seconds": 2})
    work = one_state(task(machines))
    began = time.monotonic()
    found = machines.run(
        one_state({"Type": "Parallel", "Branches": [branch, branch, work]}), {"a": 1}
    )
    assert time.monotonic() - began < 3.8
    assert [part.get("got", part) for part in found["output"]] == [{"a": 1}] * 3


def test_a_map_over_items(machines: Machines) -> None:
    state = {
        "Type": "Map",
        "ItemsPath": "$.items",
        "ItemProcessor": one_state(task(machines)),
    }
    found = machines.run(one_state(state), {"items": [1, 2, 3]})
    assert [part["got"] for part in found["output"]] == [1, 2, 3]


def test_a_choice(machines: Machines) -> None:
    definition = {
        "StartAt": "C",
        "States": {
            "C": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.n", "NumericGreaterThan": 3, "Next": "Big"}],
                "Default": "Small",
            },
            "Big": {"Type": "Pass", "Result": "big", "End": True},
            "Small": {"Type": "Pass", "Result": {"size": "small"}, "End": True},
        },
    }
    assert machines.run(definition, {"n": 5})["output"] == "big"
    assert machines.run(definition, {"n": 1})["output"] == {"size": "small"}


@pytest.mark.parametrize("integration", [False, True])
def test_a_machine_may_do_what_its_role_allows(
    machines: Machines, one_cloud: RunningCloud, integration: bool
) -> None:
    empty = role(one_cloud, principal=of_service("states"))
    state = task(machines)
    if integration:
        state |= {
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {"FunctionName": machines.arn},
        }
    found = machines.run(one_state(state), role_arn=empty)
    assert (found["status"], found["error"]) == ("FAILED", "Lambda.AWSLambdaException")
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/{empty.rpartition('/')[2]}/"
    assert found["cause"].startswith(f"User: {session}")
    assert "is not authorized to perform: lambda:InvokeFunction" in found["cause"]
    assert "Service: AWSLambda; Status Code: 403; Error Code: AccessDenied" in found["cause"]


def test_a_throttled_function_has_the_name_that_retries_match(
    machines: Machines, one_cloud: RunningCloud
) -> None:
    name = one_cloud.create(WORKER)
    one_cloud.client("lambda").put_function_concurrency(
        FunctionName=name, ReservedConcurrentExecutions=0
    )
    arn = ARN.format("lambda", f"function:{name}")
    may = role(one_cloud, allow("lambda:InvokeFunction"), principal=of_service("states"))
    found = machines.run(one_state({"Type": "Task", "Resource": arn}), role_arn=may)
    assert found["error"] == "Lambda.TooManyRequestsException"


def test_a_machines_role_has_to_trust_step_functions(
    machines: Machines, one_cloud: RunningCloud
) -> None:
    with pytest.raises(ClientError) as refused:
        machines.make(one_state({"Type": "Pass"}), role_arn=role(one_cloud))
    error = refused.value.response["Error"]
    assert error["Code"] == "AccessDeniedException"
    assert error["Message"].startswith("Neither the global service principal states.amazonaws.com")


def test_a_role_is_passed_to_a_machine_only_by_who_may(
    machines: Machines, one_cloud: RunningCloud
) -> None:
    states = acting_as(one_cloud, allow("states:*")).client("stepfunctions")
    definition = json.dumps(one_state({"Type": "Pass"}))
    with pytest.raises(ClientError, match="iam:PassRole"):
        states.create_state_machine(name="no", roleArn=machines.role, definition=definition)


def test_other_services_of_a_machine(machines: Machines, one_cloud: RunningCloud) -> None:
    sink = Sink(one_cloud)
    sqs, dynamodb, sns = (one_cloud.client(name) for name in ("sqs", "dynamodb", "sns"))
    queue = sqs.create_queue(QueueName=f"q-{time.time_ns()}")["QueueUrl"]
    topic = sns.create_topic(Name=f"t-{time.time_ns()}")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=sink.arn)
    sink.let_in("sns", topic)
    dynamodb.create_table(
        TableName="states",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    may = role(
        one_cloud,
        allow(["sqs:SendMessage", "sns:Publish", "dynamodb:PutItem"]),
        principal=of_service("states"),
    )
    steps = [
        ("sqs:sendMessage", {"QueueUrl": queue, "MessageBody.$": "$"}),
        ("sns:publish", {"TopicArn": topic, "Message": "from a machine"}),
        ("dynamodb:putItem", {"TableName": "states", "Item": {"id": {"S": "1"}}}),
    ]
    states = {
        name: {
            "Type": "Task",
            "Resource": f"arn:aws:states:::{name}",
            "Parameters": parameters,
            "ResultPath": None,
            "Next": following,
        }
        for (name, parameters), following in zip(
            steps, [*(name for name, _ in steps[1:]), "Done"], strict=True
        )
    }
    states["Done"] = {"Type": "Succeed"}
    found = machines.run({"StartAt": steps[0][0], "States": states}, {"a": 1}, role_arn=may)
    assert found["status"] == "SUCCEEDED", found
    message = sqs.receive_message(QueueUrl=queue)["Messages"][0]
    assert json.loads(message["Body"]) == {"a": 1}
    assert sink.event()["Records"][0]["Sns"]["Message"] == "from a machine"
    assert dynamodb.get_item(TableName="states", Key={"id": {"S": "1"}})["Item"]


def test_a_task_token_comes_back(machines: Machines, one_cloud: RunningCloud) -> None:
    sqs = one_cloud.client("sqs")
    queue = sqs.create_queue(QueueName=f"q-{time.time_ns()}")["QueueUrl"]
    may = role(one_cloud, allow("sqs:SendMessage"), principal=of_service("states"))
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": queue, "MessageBody.$": "$$.Task.Token"},
    }
    machine = machines.make(one_state(state), role_arn=may)
    started = machines.states.start_execution(stateMachineArn=machine)["executionArn"]
    messages: list[Any] = []

    def received() -> bool:
        messages.extend(sqs.receive_message(QueueUrl=queue).get("Messages", []))
        return bool(messages)

    wait_for(received, 10)
    machines.states.send_task_success(taskToken=messages[0]["Body"], output='{"done": true}')
    assert machines.ended(started)["output"] == {"done": True}


def test_a_function_can_start_a_machine(machines: Machines, one_cloud: RunningCloud) -> None:
    machine = machines.make(one_state(task(machines)))
    source = """
import boto3

def handler(event, context):
    states = boto3.client("stepfunctions")
    return states.start_execution(stateMachineArn=event, input='{"a": 1}')["executionArn"]
"""
    name = one_cloud.create(
        source, Role=writing_role(one_cloud, allow("states:StartExecution", machine))
    )
    execution = one_cloud.call(name, machine).payload
    assert machines.ended(execution)["output"]["got"] == {"a": 1}


def test_the_trace_of_who_starts_it_reaches_its_functions(
    machines: Machines, one_cloud: RunningCloud
) -> None:
    states = acting_as(one_cloud, allow("states:*")).client("stepfunctions")
    root = "1-6b05ef06-ced2fa98d51378b022429449"

    def add(params: dict[str, Any], **_: Any) -> None:
        params["headers"]["X-Amzn-Trace-Id"] = f"Root={root};Sampled=1"

    states.meta.events.register("before-call", add)
    branch = one_state(task(machines))
    machine = machines.make(one_state({"Type": "Parallel", "Branches": [branch, branch]}))
    execution = states.start_execution(stateMachineArn=machine)["executionArn"]
    found = machines.ended(execution)["output"]
    assert [f"Root={root}" in part["trace"] for part in found] == [True, True]


def test_an_execution_is_stopped(machines: Machines) -> None:
    machine = machines.make(one_state({"Type": "Wait", "Seconds": 30}))
    execution = machines.states.start_execution(stateMachineArn=machine)["executionArn"]
    wait_for(lambda: "WaitStateEntered" in machines.history(execution))
    machines.states.stop_execution(executionArn=execution)
    assert machines.ended(execution)["status"] == "ABORTED"


def test_jsonata_and_variables(machines: Machines) -> None:
    """Step Functions Developer Guide, "Transforming data with JSONata" (read 2026-11)."""
    first = {
        "Type": "Pass",
        "Assign": {"n": "{% $states.input.a + 1 %}"},
        "Output": "{% $states.input.items[price > 2].name %}",
        "Next": "B",
    }
    last = {"Type": "Pass", "Output": {"n": "{% $n * 2 %}", "name": "{% $states.input %}"}}
    definition = {
        "QueryLanguage": "JSONata",
        "StartAt": "A",
        "States": {"A": first, "B": {**last, "End": True}},
    }
    items = [{"name": "pen", "price": 1}, {"name": "ink", "price": 3}]
    found = machines.run(definition, {"a": 1, "items": items})
    assert found["output"] == {"n": 4, "name": "ink"}


def test_the_error_and_the_cause_of_a_callback_arrive(machines: Machines) -> None:
    """Step Functions API Reference, SendTaskFailure (read 2026-11)."""
    sqs = machines.cloud.client("sqs")
    url = sqs.create_queue(QueueName="failing-tokens")["QueueUrl"]
    body = {"token.$": "$$.Task.Token"}
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": url, "MessageBody": body},
    }
    arn = role(machines.cloud, allow("sqs:SendMessage"), principal=of_service("states"))
    machine = machines.make(one_state(state), role_arn=arn)
    execution = machines.states.start_execution(stateMachineArn=machine)["executionArn"]
    (message,) = sqs.receive_message(QueueUrl=url, WaitTimeSeconds=10)["Messages"]
    token = json.loads(message["Body"])["token"]
    machines.states.send_task_failure(taskToken=token, error="Sold.Out", cause="no more of it")
    found = machines.ended(execution)
    assert (found["status"], found["error"], found["cause"]) == (
        "FAILED",
        "Sold.Out",
        "no more of it",
    )


def test_an_output_tells_of_the_answer_and_event_does_not_wait(machines: Machines) -> None:
    """Recorded: localstack's test_task_service_lambda (2024)."""
    given = {"FunctionName": machines.arn, "Payload": {"a": 1}}
    for kind, status in (("RequestResponse", 200), ("Event", 202)):
        state = {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Parameters": {**given, "InvocationType": kind},
        }
        output = machines.run(one_state(state))["output"]
        assert output["StatusCode"] == status
        told = output["SdkHttpMetadata"]
        assert told["HttpStatusCode"] == status
        assert told["AllHttpHeaders"] == {
            name: [value] for name, value in told["HttpHeaders"].items()
        }
        assert output["SdkResponseMetadata"]["RequestId"]
