"""AWS's SDK for durable executions in JavaScript, from npm, unmodified."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from durable_programs import counted, durable_role, make_counts
from more_nodes import CAN, cloud_with_nodes
from running_cloud import RunningCloud
from test_durable_functions import ended, event_of, history, start, types

SDK = "@aws/durable-execution-sdk-js@2.4.0"
CODE = {".js", ".cjs", ".mjs", ".json"}
SOURCE = """
const { withDurableExecution, StepSemantics } = require("@aws/durable-execution-sdk-js");
const { DynamoDBClient, UpdateItemCommand } = require("@aws-sdk/client-dynamodb");
const table = new DynamoDBClient({ maxAttempts: 1 });
async function count(key) {
  const found = await table.send(new UpdateItemCommand({
    TableName: "durable-counts", Key: { id: { S: key } }, ReturnValues: "ALL_NEW",
    UpdateExpression: "ADD n :one", ExpressionAttributeValues: { ":one": { N: "1" } } }));
  return Number(found.Attributes.n.N);
}
const work = {
  async steps(event, context) {
    const first = await context.step("first", () => count(event.key));
    await context.wait("pause", { seconds: 60 });
    return [first, await context.step("second", async () => first + 10)];
  },
  async retries(event, context) {
    return context.step("flaky", async () => {
      if (await count(event.key) < 3) throw new Error("not yet");
      return "done";
    }, { retryStrategy: (_, attempt) => ({ shouldRetry: attempt < 3, delay: { seconds: 2 } }) });
  },
  async fails(event, context) {
    await context.step("broken", async () => { throw new Error("broken"); },
      { retryStrategy: () => ({ shouldRetry: false }) });
  },
  async parallel(event, context) {
    const branch = (n) => async (child) => {
      await child.wait({ seconds: 30 });
      return child.step(async () => n * n);
    };
    return (await context.parallel("squares", [0, 1, 2].map(branch))).getResults();
  },
  async maps(event, context) {
    const one = (child, item) => child.step(async () => item.toUpperCase());
    return (await context.map("upper", event.items, one)).getResults();
  },
  async callback(event, context) {
    const [promise] = await context.createCallback("approval", { timeout: { hours: 1 } });
    return promise;
  },
  async child(event, context) {
    return context.runInChildContext("group", (inner) => inner.step("inside", async () => 7));
  },
  async invoke(event, context) {
    return context.invoke("other", event.function, { n: 4 });
  },
  async killed(event, context) {
    await context.step("before", () => count(event.key + "-before"));
    await context.step("middle", async () => {
      if (await count(event.key + "-middle") === 1) process.exit(1);
      return "middle";
    }, { semantics: StepSemantics[event.semantics],
         retryStrategy: (_, attempt) => ({ shouldRetry: attempt < 3, delay: { seconds: 2 } }) });
    return context.step("after", () => count(event.key + "-after"));
  },
};
exports.handler = withDurableExecution((event, context) => work[event.do](event, context));
"""
OTHER = "exports.handler = async (event) => event.n * 10;"
pytestmark = [
    pytest.mark.soak,
    pytest.mark.long,
    pytest.mark.skipif(not CAN, reason="npm and Linux on x86_64"),
]


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningCloud]:
    with cloud_with_nodes("--clock-factor", "60") as found:
        make_counts(found)
        yield found


@pytest.fixture(scope="module")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The files of npm's package and of what it needs, by their names in a deployment package."""
    folder = tmp_path_factory.mktemp("sdk")
    options = ("--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder))
    subprocess.run(("npm", "install", *options, SDK), check=True, timeout=300)
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in Path(folder / "node_modules").rglob("*")
        if path.suffix in CODE and "dist-types" not in path.parts and path.is_file()
    }


@pytest.fixture(scope="module", params=["nodejs22.x", "nodejs24.x"])
def function(cloud: RunningCloud, sdk: dict[str, str], request: pytest.FixtureRequest) -> str:
    name = cloud.create_from(
        {**sdk, "index.js": SOURCE},
        Runtime=request.param,
        Role=durable_role(cloud),
        DurableConfig={"ExecutionTimeout": 3600},
    )
    return f"{name}:{cloud.client('lambda').publish_version(FunctionName=name)['Version']}"


def key() -> str:
    return secrets.token_hex(4)


def succeeded(cloud: RunningCloud, function: str, event: dict[str, Any]) -> tuple[str, str]:
    """The execution's ARN and its result."""
    arn = start(cloud, function, event)
    found = ended(cloud, arn)
    assert found["Status"] == "SUCCEEDED", (found, history(cloud, arn))
    return arn, found["Result"]


def test_steps_and_a_wait(cloud: RunningCloud, function: str) -> None:
    counter = key()
    arn, result = succeeded(cloud, function, {"do": "steps", "key": counter})
    assert result == "[1,11]"
    assert counted(cloud, counter) == 1
    found = types(cloud, arn)
    assert found.count("InvocationCompleted") == 2
    assert found.count("StepSucceeded") == 2
    assert found[-1] == "ExecutionSucceeded"


def test_a_step_is_tried_again_until_it_succeeds(cloud: RunningCloud, function: str) -> None:
    counter = key()
    assert succeeded(cloud, function, {"do": "retries", "key": counter})[1] == '"done"'
    assert counted(cloud, counter) == 3


def test_a_step_that_fails_fails_the_execution(cloud: RunningCloud, function: str) -> None:
    found = ended(cloud, start(cloud, function, {"do": "fails"}))
    assert found["Status"] == "FAILED"
    assert "broken" in found["Error"]["ErrorMessage"]


@pytest.mark.parametrize(
    ("event", "result"),
    [
        ({"do": "parallel"}, "[0,1,4]"),
        ({"do": "maps", "items": ["a", "b"]}, '["A","B"]'),
        ({"do": "child"}, "7"),
    ],
)
def test_contexts(cloud: RunningCloud, function: str, event: dict[str, Any], result: str) -> None:
    assert succeeded(cloud, function, event)[1] == result


def test_a_callback(cloud: RunningCloud, function: str) -> None:
    arn = start(cloud, function, {"do": "callback"})
    client = cloud.client("lambda")
    waited = partial(types, cloud, arn)
    while "CallbackStarted" not in waited():
        assert client.get_durable_execution(DurableExecutionArn=arn)["Status"] == "RUNNING"
    made = event_of(cloud, arn, "CallbackStarted")["CallbackStartedDetails"]["CallbackId"]
    client.send_durable_execution_callback_success(CallbackId=made, Result=b'"yes"')
    assert "yes" in ended(cloud, arn)["Result"]


def test_another_function(cloud: RunningCloud, function: str) -> None:
    other = cloud.create_from({"index.js": OTHER}, Runtime="nodejs22.x", Role=durable_role(cloud))
    assert succeeded(cloud, function, {"do": "invoke", "function": other})[1] == "40"


@pytest.mark.parametrize(
    ("semantics", "times"), [("AtLeastOncePerRetry", 2), ("AtMostOncePerRetry", 2)]
)
def test_an_interrupted_step(
    cloud: RunningCloud, function: str, semantics: str, times: int
) -> None:
    counter = key()
    event = {"do": "killed", "key": counter, "semantics": semantics}
    arn, result = succeeded(cloud, function, event)
    assert result == "1"
    names = ("before", "middle", "after")
    assert [counted(cloud, f"{counter}-{each}") for each in names] == [1, times, 1]
    # At most once for each retry: the interrupted attempt has failed, and counts as one.
    assert types(cloud, arn).count("StepFailed") == (semantics == "AtMostOncePerRetry")
