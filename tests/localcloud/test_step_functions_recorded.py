"""What Step Functions says, as recorded from AWS (localstack's stepfunctions/v2 tests).

Sources: test_sfn_api (2023, 2024), test_sfn_api_validation (2025), test_base_scenarios,
test_sqs_task_service, test_dynamodb_task_service and error_handling/test_task_service_sqs.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from roles import allow, of_service, role
from running_cloud import RunningCloud
from test_step_functions import Machines
from test_step_functions_causes import PASS

from serverless_course.localcloud.stepfunctions import definition_schema, refusals, task_answers


@pytest.fixture(scope="module")
def machines(one_cloud: RunningCloud) -> Machines:
    return Machines(one_cloud)


def waits(until: str, **more: Any) -> str:
    state = {"Type": "Wait", "Timestamp": until, "End": True}
    return json.dumps({"StartAt": "W", "States": {"W": state}, **more})


RFC3339 = ("String does not match RFC3339 timestamp", "/States/W/Timestamp")


@pytest.mark.parametrize(
    ("definition", "found"),
    [
        (json.dumps(PASS), []),
        ("{}", [("These fields are required: [States, StartAt]", "/")]),
        (json.dumps({"States": PASS["States"]}), [("These fields are required: [StartAt]", "/")]),
        (waits("2016-12-05T21:29:29"), [RFC3339]),
        (waits("05-12-2016T21:29:29Z"), [RFC3339]),
        (waits("{% 'date' %}"), [RFC3339]),
        (waits("{% 'date' %}", QueryLanguage="JSONata"), []),
        (waits("2016-12-05T21:29:29Z"), []),
        (
            json.dumps(
                {
                    "QueryLanguage": "JSONata",
                    "StartAt": "P",
                    "States": {"P": {"Type": "Pass", "QueryLanguage": "JSONPath", "End": True}},
                }
            ),
            [
                (
                    "'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state "
                    "machine",
                    "/States/P",
                )
            ],
        ),
    ],
)
def test_a_definition_is_refused_with_its_place(
    definition: str, found: list[tuple[str, str]]
) -> None:
    assert definition_schema.found(definition) == found


@pytest.mark.parametrize(
    ("code", "message", "given", "text"),
    [
        ("InvalidArn", "Invalid arn: 'x'", {}, "Invalid Arn: 'Invalid ARN prefix: x'"),
        ("InvalidToken", "Invalid token", {}, "Invalid Token: 'Invalid token'"),
        (
            "InvalidExecutionInput",
            "",
            {"input": "not some json"},
            "Invalid State Machine Execution Input: 'Unrecognized token 'not': was expecting (JSON "
            "String, Number, Array, Object or token 'null', 'true' or 'false')'",
        ),
        (
            "InvalidExecutionInput",
            "",
            {"input": "{'not': 'json'"},
            "Invalid State Machine Execution Input: 'Unexpected character (''' (code 39)): was "
            "expecting double-quote to start field name'",
        ),
        (
            "InvalidExecutionInput",
            "",
            {"input": ""},
            "Invalid State Machine Execution Input: 'Invalid execution input.'",
        ),
    ],
)
def test_refusals_have_awss_words(code: str, message: str, given: Any, text: str) -> None:
    assert refusals.text(code, message, given) == text


@pytest.mark.parametrize(
    ("service", "names"),
    [
        ("sqs", {"x-amzn-RequestId", "connection", "Content-Length", "Date"}),
        ("dynamodb", {"x-amzn-RequestId", "Connection", "Content-Length", "Date", "Server"}),
        (
            "lambda",
            {
                *("x-amzn-RequestId", "Connection", "Content-Length", "Date"),
                "x-amzn-Remapped-Content-Length",
            },
        ),
    ],
)
def test_headers_are_named_as_the_service_names_them(service: str, names: set[str]) -> None:
    ours = {"server": "s", "x-amzn-requestid": "r", "content-length": "2", "connection": "k"}
    assert set(task_answers.headers_of(ours, service)) == names


def test_members_of_descriptions(machines: Machines) -> None:
    ended = machines.run({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}})
    states, machine = machines.states, ended["stateMachineArn"]
    described = states.describe_state_machine(stateMachineArn=machine)
    assert described["tracingConfiguration"] == {"enabled": False}
    (listed,) = states.list_executions(stateMachineArn=machine)["executions"]
    assert listed["redriveCount"] == 0
    with pytest.raises(ClientError, match="Invalid ARN prefix: x"):
        states.describe_execution(executionArn="x")


@pytest.mark.parametrize(
    ("resource", "parameters", "error", "cause"),
    [
        (
            "sqs:sendMessage",
            {"QueueUrl": "{queue}", "MessageBody": ""},
            "SQS.AmazonSQSException",
            "The request must contain the parameter MessageBody. (Service: AmazonSQS; Status Code: "
            "400; Error Code: MissingParameter; Request ID: ",
        ),
        (
            "dynamodb:putItem",
            {"TableName": "not-there", "Item": None},
            "DynamoDB.ValidationException",
            "1 validation error detected: Value null at 'item' failed to satisfy constraint: Member "
            "must not be null (Service: AmazonDynamoDBv2; Status Code: 400; Error Code: "
            "ValidationException; Request ID: ",
        ),
    ],
)
def test_errors_of_tasks(
    machines: Machines, resource: str, parameters: Any, error: str, cause: str
) -> None:
    queue = machines.cloud.client("sqs").create_queue(QueueName="recorded-errors")["QueueUrl"]
    given = {k: queue if v == "{queue}" else v for k, v in parameters.items()}
    task = {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Parameters": given}
    may = role(machines.cloud, allow("*", "*"), principal=of_service("states"))
    ended = machines.run({"StartAt": "T", "States": {"T": {**task, "End": True}}}, role_arn=may)
    assert ended["error"] == error
    assert ended["cause"].startswith(cause)


def test_a_failure_before_the_task_is_told_once(machines: Machines) -> None:
    task = {"Type": "Task", "Resource": machines.arn, "TimeoutSecondsPath": "$.no", "End": True}
    ended = machines.run({"StartAt": "T", "States": {"T": task}})
    assert ended["cause"].startswith("An error occurred while executing the state 'T' (entered at")
    assert machines.history(ended["executionArn"]).count("ExecutionFailed") == 1
