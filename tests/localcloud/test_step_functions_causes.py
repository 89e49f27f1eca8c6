"""Step Functions: what is refused, in AWS's words, and a case for each cause of a difference.

Sources: AWS Step Functions Developer Guide and API Reference (read 2026-11); answers recorded from
AWS (localstack's stepfunctions/v2 tests, 2023 to 2026), where a case says so.
"""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from roles import allow, of_service, role
from running_cloud import RunningCloud, wait_for

PASS = {"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="'\\{}"))


@pytest.fixture(scope="module")
def states(one_cloud: RunningCloud) -> Any:
    return one_cloud.client("stepfunctions", config=Config(inject_host_prefix=False))


@pytest.fixture(scope="module")
def machine_role(one_cloud: RunningCloud) -> str:
    return role(one_cloud, allow("*", "*"), principal=of_service("states"))


def make(states: Any, role_arn: str, definition: Any, **more: Any) -> str:
    given = {"name": f"c-{time.time_ns()}", "roleArn": role_arn, **more}
    text = json.dumps(definition)
    return str(states.create_state_machine(definition=text, **given)["stateMachineArn"])


def run(states: Any, machine: str, text: str = "{}") -> dict[str, Any]:
    arn = states.start_execution(stateMachineArn=machine, input=text)["executionArn"]
    wait_for(lambda: states.describe_execution(executionArn=arn)["status"] != "RUNNING", 15)
    found: dict[str, Any] = states.describe_execution(executionArn=arn)
    return found


@pytest.mark.parametrize(
    "definition",
    [
        {"States": PASS["States"]},
        {"StartAt": "B", "States": PASS["States"]},
        {"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "B"}}},
        {"StartAt": "A", "States": {"A": {"Type": "Nothing", "End": True}}},
    ],
    ids=["no StartAt", "unknown StartAt", "unknown Next", "unknown Type"],
)
def test_a_wrong_definition_is_refused(states: Any, machine_role: str, definition: Any) -> None:
    with pytest.raises(ClientError) as refused:
        make(states, machine_role, definition)
    assert refused.value.response["Error"]["Code"] == "InvalidDefinition"
    told = states.validate_state_machine_definition(definition=json.dumps(definition))
    assert told["result"] == "FAIL"
    assert told["diagnostics"][0]["code"] in (
        "SCHEMA_VALIDATION_FAILED",
        "MISSING_TRANSITION_TARGET",
    )


def test_versions_and_aliases(states: Any, machine_role: str) -> None:
    machine = make(states, machine_role, PASS, publish=True)
    version = f"{machine}:1"
    routes = [{"stateMachineVersionArn": version, "weight": 100}]
    alias = states.create_state_machine_alias(name="live", routingConfiguration=routes)
    found = run(states, alias["stateMachineAliasArn"])
    assert found["stateMachineVersionArn"] == version
    assert found["stateMachineAliasArn"] == alias["stateMachineAliasArn"]
    with pytest.raises(ClientError, match="must not be referenced by an alias"):
        states.delete_state_machine_version(stateMachineVersionArn=version)


def test_no_choice_matched(states: Any, machine_role: str) -> None:
    choice = {"Variable": "$.n", "NumericEquals": 1, "Next": "B"}
    definition = {
        "StartAt": "A",
        "States": {"A": {"Type": "Choice", "Choices": [choice]}, "B": {"Type": "Succeed"}},
    }
    found = run(states, make(states, machine_role, definition), '{"n": 2}')
    assert (found["status"], found["error"]) == ("FAILED", "States.NoChoiceMatched")


@pytest.mark.parametrize("resource", ["", ".sync", ".sync:2"])
def test_a_machine_starts_another(states: Any, machine_role: str, resource: str) -> None:
    child = make(states, machine_role, PASS)
    task = {
        "Type": "Task",
        "Resource": f"arn:aws:states:::states:startExecution{resource}",
        "Parameters": {"StateMachineArn": child, "Input": {"a": 1}},
        "End": True,
    }
    machine = make(states, machine_role, {"StartAt": "A", "States": {"A": task}})
    output = json.loads(run(states, machine)["output"])
    assert output["ExecutionArn"].startswith(child.replace("stateMachine", "execution"))
    assert output.get("Output") == {"": None, ".sync": '{"a":1}', ".sync:2": {"a": 1}}[resource]


def test_a_stopped_execution_tells_error_and_cause(states: Any, machine_role: str) -> None:
    wait = {"StartAt": "A", "States": {"A": {"Type": "Wait", "Seconds": 60, "End": True}}}
    machine = make(states, machine_role, wait)
    arn = states.start_execution(stateMachineArn=machine)["executionArn"]
    states.stop_execution(executionArn=arn, error="E", cause="because")
    kinds: list[Any] = []

    def ended() -> bool:
        kinds[:] = states.get_execution_history(executionArn=arn)["events"]
        return bool(kinds) and kinds[-1]["type"] == "ExecutionAborted"

    wait_for(ended, 10)
    details = kinds[-1]["executionAbortedEventDetails"]
    assert (details["error"], details["cause"]) == ("E", "because")


def test_a_stop_counts_whenever_it_comes(states: Any, machine_role: str) -> None:
    """Before the first state, between two, and in one: the execution is aborted, and soon."""
    more = {f"W{n}": {"Type": "Wait", "Seconds": 0, "Next": f"W{n + 1}"} for n in range(60)}
    last = {"W60": {"Type": "Wait", "Seconds": 60, "End": True}}
    machine = make(states, machine_role, {"StartAt": "W0", "States": {**more, **last}})
    arns = []
    for number in range(12):
        arns.append(states.start_execution(stateMachineArn=machine)["executionArn"])
        time.sleep(number * 0.01)
        states.stop_execution(executionArn=arns[-1], error="E", cause="because")

    def ended() -> bool:
        found = [states.describe_execution(executionArn=arn)["status"] for arn in arns]
        return set(found) == {"ABORTED"}

    wait_for(ended, 20)
    for arn in arns:
        last = states.get_execution_history(executionArn=arn, reverseOrder=True, maxResults=1)
        assert last["events"][0]["type"] == "ExecutionAborted"


def test_a_history_in_pages(states: Any, machine_role: str) -> None:
    arn = run(states, make(states, machine_role, PASS))["executionArn"]
    whole = states.get_execution_history(executionArn=arn)["events"]
    paginator = states.get_paginator("get_execution_history")
    pages = list(
        paginator.paginate(executionArn=arn, reverseOrder=True, PaginationConfig={"PageSize": 3})
    )
    assert [len(page["events"]) for page in pages] == [3, 1]
    assert [each for page in pages for each in page["events"]] == whole[::-1]
    with pytest.raises(ClientError) as refused:
        states.get_execution_history(executionArn=arn, nextToken="bm90aGluZw==")
    assert refused.value.response["Error"]["Code"] == "InvalidToken"


def test_an_express_machine_answers_at_once(one_cloud: RunningCloud, machine_role: str) -> None:
    states = one_cloud.client("stepfunctions", config=Config(inject_host_prefix=False))
    machine = make(states, machine_role, PASS, type="EXPRESS")
    found = states.start_sync_execution(stateMachineArn=machine, input='{"a": 1}')
    assert (found["status"], json.loads(found["output"])) == ("SUCCEEDED", {"a": 1})


def test_names_are_refused(states: Any, machine_role: str) -> None:
    with pytest.raises(ClientError) as refused:
        make(states, machine_role, PASS, name="a b")
    assert refused.value.response["Error"]["Code"] == "InvalidName"


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=TEXTS, numbers=st.lists(st.integers(-9, 9), max_size=5))
def test_intrinsic_functions_of_any_text_and_list(
    states: Any, machine_role: str, text: str, numbers: list[int]
) -> None:
    """What a function undoes another one has done; a text stays what it is."""
    state = {
        "Type": "Pass",
        "Parameters": {
            "text.$": f"States.Format('<{{}}> {text}', $.text)",
            "back.$": "States.Base64Decode(States.Base64Encode($.text))",
            "read.$": "States.StringToJson(States.JsonToString($.numbers))",
            "length.$": "States.ArrayLength($.numbers)",
        },
        "End": True,
    }
    given = json.dumps({"text": text, "numbers": numbers})
    found = states.test_state(definition=json.dumps(state), roleArn=machine_role, input=given)
    assert found["status"] == "SUCCEEDED", found
    assert json.loads(found["output"]) == {
        "text": f"<{text}> {text}",
        "back": text,
        "read": numbers,
        "length": len(numbers),
    }
