"""The AWS SDK for JavaScript in the Node.js runtimes, and where ES modules look for packages."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from more_nodes import CAN, VERSIONS, cloud_with_nodes, folder_of
from running_cloud import RunningCloud, zip_of
from runtime_programs import installed_nodes
from streaming_programs import NODE

from serverless_course.localcloud.lambda_.environment.runtimes import node_sdk

# Nothing here waits on the scaled clock: functions settle sooner.
CLOCK_FACTOR = 6000
RUNTIMES = list(dict.fromkeys([*installed_nodes(), *VERSIONS]))
pytestmark = pytest.mark.skipif(not CAN, reason="no npm, or no Linux on x86-64")
INVOKES = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": "*"}],
    }
)
QUEUES = "client => client.send(new ListQueuesCommand({}))"


@pytest.fixture(scope="module")
def cloud() -> Iterator[RunningCloud]:
    with cloud_with_nodes("--clock-factor", str(CLOCK_FACTOR)) as found:
        yield found


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_the_sdk_is_part_of_the_runtime(cloud: RunningCloud, runtime: str) -> None:
    if runtime in VERSIONS:
        assert folder_of(runtime) is not None
    body = (
        "async () => { const found = await new SQSClient().send(new ListQueuesCommand({}));"
        " return [typeof found.$metadata.requestId, process.version]; }"
    )
    major = runtime.removeprefix("nodejs").removesuffix(".x")
    names = "{ SQSClient, ListQueuesCommand }"
    role = cloud.client("iam")
    cloud.role()
    role.attach_role_policy(
        RoleName="tests", PolicyArn="arn:aws:iam::aws:policy/AmazonSQSReadOnlyAccess"
    )
    for files in (
        {"index.mjs": f"import {names} from '@aws-sdk/client-sqs'; export const handler = {body}"},
        {"index.js": f"const {names} = require('@aws-sdk/client-sqs'); exports.handler = {body}"},
    ):
        call = cloud.call(cloud.create_from(files, Runtime=runtime), {})
        assert call.error == "", call.payload
        assert call.payload[0] == "string"
        assert call.payload[1].startswith(f"v{major}.")


@pytest.mark.parametrize("runtime", RUNTIMES[:1])
def test_the_sdk_reads_a_streamed_response(cloud: RunningCloud, runtime: str) -> None:
    streaming = cloud.create_from({"index.js": NODE}, Runtime=runtime)
    cloud.client("iam").put_role_policy(
        RoleName="tests", PolicyName="invoke", PolicyDocument=INVOKES
    )
    source = """
    import { LambdaClient, InvokeWithResponseStreamCommand } from '@aws-sdk/client-lambda';
    export const handler = async ({ name, event }) => {
      const command = new InvokeWithResponseStreamCommand({
        FunctionName: name, Payload: JSON.stringify(event), LogType: 'Tail',
      });
      const answer = await new LambdaClient().send(command);
      const parts = [];
      for await (const each of answer.EventStream) {
        const chunk = each.PayloadChunk?.Payload;
        parts.push(chunk ? Buffer.from(chunk).toString() : each.InvokeComplete);
      }
      const { ErrorCode, ErrorDetails, LogResult } = parts.pop();
      return { text: parts.join(''), ErrorCode, ErrorDetails, logs: typeof LogResult };
    };
    """
    caller = cloud.create_from({"index.mjs": source}, Runtime=runtime, Timeout=30)
    told = cloud.call(caller, {"name": streaming, "event": {"do": "pipeline"}})
    assert told.payload == {"text": "one two three", "logs": "string"}
    failed = cloud.call(caller, {"name": streaming, "event": {"do": "late"}}).payload
    assert failed["text"] == 'first {"an":"object"}'
    assert failed["ErrorCode"] == "Unhandled"
    assert json.loads(failed["ErrorDetails"])["errorType"] == "TypeError"


@pytest.mark.parametrize("runtime", RUNTIMES)
def test_es_modules_find_layers(cloud: RunningCloud, runtime: str) -> None:
    files = {
        "nodejs/node_modules/greet/package.json": '{"type": "module", "exports": "./main.js"}',
        "nodejs/node_modules/greet/main.js": "export default 'from a layer'",
    }
    layer = cloud.client("lambda").publish_layer_version(
        LayerName="greet", Content={"ZipFile": zip_of(files)}
    )
    source = "import greet from 'greet'; export const handler = async () => greet"
    name = cloud.create_from(
        {"index.mjs": source}, Runtime=runtime, Layers=[layer["LayerVersionArn"]]
    )
    assert cloud.call(name, {}).payload == "from a layer"
    lost = cloud.create_from(
        {"index.mjs": "import 'nowhere'; export const handler = 1"}, Runtime=runtime
    )
    failed = cloud.call(lost, {})
    assert failed.payload["errorType"] == "Runtime.ImportModuleError"
    assert "Cannot find package 'nowhere'" in failed.payload["errorMessage"]


def test_without_npm_a_note_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, folder = tmp_path / "code", tmp_path / "runtime"
    for each in (code, folder):
        each.mkdir()
    (code / "plain.js").write_text("exports.handler = async () => 1")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(shutil, "which", lambda _: None)
    asyncio.run(node_sdk.provide(folder, code))
    assert not (folder / node_sdk.NOTE).exists(), "nobody asked for it"
    (code / "index.js").write_text("require('@aws-sdk/client-s3')")
    asyncio.run(node_sdk.provide(folder, code))
    assert "there is no npm on PATH" in (folder / node_sdk.NOTE).read_text()
    (code / "node_modules/@aws-sdk/client-lambda").mkdir(parents=True)
    (folder / node_sdk.NOTE).unlink()
    asyncio.run(node_sdk.provide(folder, code))
    assert (folder / node_sdk.NOTE).exists(), "it brings another package of the SDK"
    (code / "node_modules/@aws-sdk/client-s3").mkdir(parents=True)
    (folder / node_sdk.NOTE).unlink()
    asyncio.run(node_sdk.provide(folder, code))
    assert not (folder / node_sdk.NOTE).exists(), "the package brings its own"
    peer = code / "node_modules/@aws-lambda-powertools/parameters/package.json"
    peer.parent.mkdir(parents=True)
    peer.write_text('{"peerDependencies": {"@aws-sdk/client-ssm": ">=3.x", "@middy/core": "6"}}')
    asyncio.run(node_sdk.provide(folder, code))
    assert (folder / node_sdk.NOTE).exists(), "a package in it expects the runtime's"
