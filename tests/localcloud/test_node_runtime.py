"""Node.js functions: handlers of both module kinds, log lines, errors, and AWS's version rules.

AWS's own client stands behind the words: github.com/aws/aws-lambda-nodejs-runtime-interface-client
(read 2026-11). The rules of Node.js 24 are tested with whatever Node.js is here: they go by a
version that is given.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from running_cloud import Call, RunningCloud, wait_for, zip_of
from segment_tree import carrying_header, trace_when
from traced_roles import ACTIVE, has, new_trace, traced_role

from serverless_course.localcloud.lambda_.environment.runtimes import Place
from serverless_course.localcloud.lambda_.environment.runtimes.node_runtime import (
    NodeRuntime,
    node_runtimes,
)

# Nothing here waits on the scaled clock: functions settle sooner.
CLOCK_FACTOR = 6000

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="no Node.js is installed")
CLIENT = (
    Path(__file__).resolve().parents[2]
    / "src/serverless_course/localcloud/lambda_/environment/runtimes/node"
)


@pytest.fixture(scope="module")
def runtime(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The newest Node.js runtime of this machine."""
    return node_runtimes(tmp_path_factory.mktemp("state"))[0].name


def call(
    cloud: RunningCloud,
    runtime: str,
    files: dict[str, str] | str,
    event: Any = None,
    handler: str = "index.handler",
    **settings: Any,
) -> Call:
    files = {"index.js": files} if isinstance(files, str) else files
    name = cloud.create_from(files, Runtime=runtime, Handler=handler, **settings)
    return cloud.call(name, event or {})


def script(text: str, **variables: str) -> str:
    """Run a module beside the client's own; what it prints."""
    assert NODE is not None
    done = subprocess.run(
        [NODE, "--input-type=module", "-e", text],
        cwd=CLIENT,
        env={"PATH": os.environ["PATH"], **variables},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


# handlers


@pytest.mark.parametrize(
    ("files", "handler"),
    [
        ({"index.js": "exports.handler = async (event) => event.n + 1"}, "index.handler"),
        ({"index.cjs": "exports.handler = async (event) => event.n + 1"}, "index.handler"),
        ({"index.mjs": "export const handler = async (event) => event.n + 1"}, "index.handler"),
        (
            {
                "index.js": "export const handler = async (event) => event.n + 1",
                "package.json": '{"type": "module"}',
            },
            "index.handler",
        ),
        ({"src/app.js": "exports.api = {run: async (event) => event.n + 1}"}, "src/app.api.run"),
        (
            {"index.js": "exports.handler = (event) => Promise.resolve(event.n + 1)"},
            "index.handler",
        ),
    ],
)
def test_a_handler(
    one_cloud: RunningCloud, runtime: str, files: dict[str, str], handler: str
) -> None:
    found = call(one_cloud, runtime, files, {"n": 41}, handler)
    assert found.payload == 42, found.log


@pytest.mark.parametrize(
    ("source", "answer"),
    [
        ("(e, c, done) => setTimeout(() => done(null, 'later'), 20)", "later"),
        (
            "(e, c, done) => { c.callbackWaitsForEmptyEventLoop = false;"
            " setInterval(() => {}, 1000); done(null, 'now') }",
            "now",
        ),
        ("(e, c) => c.succeed('succeeded')", "succeeded"),
        ("(e, c) => c.done(null, 'done')", "done"),
        ("(e, c, done) => { done(null, 'first'); done(null, 'second') }", "first"),
        ("() => 'a value that is no promise is forgotten'", None),
        ("(e, c, done) => { setTimeout(() => {}, 10) }", None),
    ],
)
def test_an_old_style_handler(
    one_cloud: RunningCloud, runtime: str, source: str, answer: Any
) -> None:
    if int(runtime[6:].split(".", maxsplit=1)[0]) >= 24:
        pytest.skip("Node.js 24 and later have no callbacks")
    found = call(one_cloud, runtime, f"exports.handler = {source}")
    assert (found.error, found.payload) == ("", answer), found.log


def test_a_callback_waits_until_nothing_is_left_to_do(
    one_cloud: RunningCloud, runtime: str
) -> None:
    if int(runtime[6:].split(".", maxsplit=1)[0]) >= 24:
        pytest.skip("Node.js 24 and later have no callbacks")
    found = call(
        one_cloud,
        runtime,
        "exports.handler = (e, c, done) => {"
        " setTimeout(() => console.log('work'), 150); done(null, 1) }",
    )
    assert found.payload == 1
    assert "work" in found.log
    assert (found.figure("Duration") or 0) > 140


def test_the_context(one_cloud: RunningCloud, runtime: str) -> None:
    found = call(
        one_cloud,
        runtime,
        "exports.handler = async (e, c) => ({...c, left: c.getRemainingTimeInMillis(),"
        " env: process.env.AWS_EXECUTION_ENV, trace: process.env._X_AMZN_TRACE_ID})",
        MemorySize=256,
        Timeout=7,
    )
    context = found.payload
    assert context["awsRequestId"] == found.request_id
    assert context["memoryLimitInMB"] == "256"
    assert context["functionVersion"] == "$LATEST"
    assert context["invokedFunctionArn"].endswith(f":function:{context['functionName']}")
    assert 5000 < context["left"] <= 7000
    assert context["env"] == f"AWS_Lambda_{runtime}"
    assert context["trace"].startswith("Root=1-")


def test_an_environment_is_used_again(each_user: RunningCloud, tmp_path: Path) -> None:
    runtime = node_runtimes(tmp_path)[0].name
    name = each_user.create_from(
        {"index.js": "let n = 0; exports.handler = async () => [process.pid, ++n]"}, Runtime=runtime
    )
    (pid, first), (same, second) = each_user.call(name).payload, each_user.call(name).payload
    assert (pid, first, second) == (same, 1, 2)


def test_modules_of_a_layer(one_cloud: RunningCloud, runtime: str) -> None:
    content = zip_of({"nodejs/node_modules/greet/index.js": "module.exports = 'from a layer'"})
    layer = one_cloud.client("lambda").publish_layer_version(
        LayerName="greet", Content={"ZipFile": content}
    )
    found = call(
        one_cloud,
        runtime,
        "const greet = require('greet'); exports.handler = async () => greet",
        Layers=[layer["LayerVersionArn"]],
    )
    assert found.payload == "from a layer"


# the log


def test_console_lines_have_awss_format(one_cloud: RunningCloud, runtime: str) -> None:
    found = call(
        one_cloud,
        runtime,
        "console.log('at init'); exports.handler = async () => {"
        " console.log('two\\nlines %d', 7, {a: 1}); console.warn('careful'); console.debug('fine') }",
    )
    time_ = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"
    assert "at init" not in found.log, "it was written before START"
    request_id = found.request_id
    assert re.search(rf"^{time_}\t{request_id}\tINFO\ttwo\nlines 7 {{ a: 1 }}$", found.log, re.M), (
        found.log
    )
    assert re.search(rf"^{time_}\t{request_id}\tWARN\tcareful$", found.log, re.M)
    assert re.search(rf"^{time_}\t{request_id}\tDEBUG\tfine$", found.log, re.M)


def test_several_lines_are_one_event(one_cloud: RunningCloud, runtime: str) -> None:
    name = one_cloud.create_from(
        {"index.js": "exports.handler = async () => console.log('one\\ntwo')"}, Runtime=runtime
    )
    one_cloud.call(name)
    logs = one_cloud.client("logs")

    def events() -> list[str]:
        found = logs.filter_log_events(logGroupName=f"/aws/lambda/{name}")["events"]
        return [event["message"] for event in found]

    wait_for(lambda: any(message.startswith("REPORT") for message in events()))
    assert any(message.endswith("INFO\tone\ntwo\n") for message in events())


def test_json_lines_and_their_levels(one_cloud: RunningCloud, runtime: str) -> None:
    found = call(
        one_cloud,
        runtime,
        "exports.handler = async () => { console.log('no'); console.warn({a: 1});"
        " console.error('it failed', new TypeError('x')) }",
        LoggingConfig={"LogFormat": "JSON", "ApplicationLogLevel": "WARN"},
    )
    lines = [json.loads(line) for line in found.log.splitlines()]
    own = [line for line in lines if "level" in line]
    assert [line["level"] for line in own] == ["WARN", "ERROR"]
    assert own[0]["message"] == {"a": 1}
    assert own[0]["requestId"] == found.request_id
    assert own[1]["errorType"] == "TypeError"
    assert own[1]["stackTrace"][0] == "TypeError: x"


# errors


def test_an_error_in_the_handler(one_cloud: RunningCloud, runtime: str) -> None:
    found = call(
        one_cloud, runtime, "exports.handler = async () => { throw new RangeError('far') }"
    )
    assert found.error == "Unhandled"
    assert (found.payload["errorType"], found.payload["errorMessage"]) == ("RangeError", "far")
    assert found.payload["trace"][0] == "RangeError: far"
    line = re.search(r"ERROR\tInvoke Error \t(\{.*\})", found.log)
    assert line
    assert json.loads(line[1])["stack"][0] == "RangeError: far"


def test_what_is_thrown_may_be_no_error(one_cloud: RunningCloud, runtime: str) -> None:
    found = call(one_cloud, runtime, "exports.handler = async () => { throw 'a string' }")
    assert found.payload == {"errorType": "string", "errorMessage": "a string", "trace": []}


@pytest.mark.parametrize(
    ("source", "error_type", "message"),
    [
        ("exports.handler = async () => {{", "Runtime.UserCodeSyntaxError", "SyntaxError: "),
        ("require('gone'); exports.handler = 1", "Runtime.ImportModuleError", "Error: Cannot find"),
        ("exports.other = 1", "Runtime.HandlerNotFound", "index.handler is undefined or not"),
        ("exports.handler = 1", "Runtime.HandlerNotFound", "index.handler is not a function"),
        ("throw new TypeError('at init')", "TypeError", "at init"),
        ("Promise.reject(new Error('lost'))", "Runtime.UnhandledPromiseRejection", "Error: lost"),
    ],
)
def test_an_error_in_init(
    one_cloud: RunningCloud, runtime: str, source: str, error_type: str, message: str
) -> None:
    found = call(one_cloud, runtime, source)
    assert found.error == "Unhandled"
    assert found.payload["errorType"] == error_type, found.payload
    assert found.payload["errorMessage"].startswith(message)
    shown = error_type if error_type.startswith("Runtime.") else "Runtime.Unknown"
    assert f"Phase: init\tStatus: error\tError Type: {shown}" in found.log


def test_a_handler_name_that_leaves_the_package(one_cloud: RunningCloud, runtime: str) -> None:
    found = call(one_cloud, runtime, "exports.handler = 1", handler="../index.handler")
    assert found.payload["errorType"] == "Runtime.MalformedHandlerName"


def test_an_unhandled_rejection_ends_the_process(one_cloud: RunningCloud, runtime: str) -> None:
    found = call(
        one_cloud,
        runtime,
        "exports.handler = async () => { Promise.reject(new Error('lost'));"
        " await new Promise((go) => setTimeout(go, 500)) }",
    )
    assert found.payload["errorType"] == "Runtime.UnhandledPromiseRejection"
    assert found.payload["errorMessage"] == "Error: lost"
    assert "Unhandled Promise Rejection" in found.log
    assert "Status: error" in found.log


def test_an_uncaught_exception_ends_the_process(one_cloud: RunningCloud, runtime: str) -> None:
    name = one_cloud.create_from(
        {
            "index.js": "const me = require('crypto').randomUUID();"
            " exports.handler = async (e) => { if (!e.fail) return me;"
            " setTimeout(() => { throw new Error('late') }, 5);"
            " await new Promise((go) => setTimeout(go, 500)) }"
        },
        Runtime=runtime,
    )
    before = one_cloud.call(name, {}).payload
    failed = one_cloud.call(name, {"fail": 1})
    assert (failed.payload["errorType"], failed.payload["errorMessage"]) == ("Error", "late")
    after = one_cloud.call(name, {})
    assert after.error == ""
    assert after.payload != before


def test_a_promise_that_is_never_settled(one_cloud: RunningCloud, runtime: str) -> None:
    name = one_cloud.create_from(
        {"index.js": "exports.handler = async (e) => e.hang ? new Promise(() => {}) : process.pid"},
        Runtime=runtime,
    )
    before = one_cloud.call(name, {}).payload
    assert one_cloud.call(name, {"hang": 1}).payload["errorType"] == "Runtime.NodeJsExit"
    assert one_cloud.call(name, {}).payload == before


def test_an_answer_that_is_no_json(one_cloud: RunningCloud, runtime: str) -> None:
    found = call(
        one_cloud, runtime, "exports.handler = async () => { const a = {}; a.a = a; return a }"
    )
    assert found.payload["errorMessage"] == "Unable to stringify response body"


# versions


LOADING = """
import { refuseCallback } from './handler.mjs';
for (const major of [20, 22, 24, 26]) {
  for (const handler of [(e, c, done) => 1, (e, c) => 1]) {
    try { refuseCallback(handler, major); console.log(major, handler.length, 'taken'); }
    catch (error) { console.log(major, handler.length, error.name, error.message.slice(0, 76)); }
  }
}
"""


def test_from_24_on_a_callback_is_refused() -> None:
    refused = (
        "Runtime.CallbackHandlerDeprecated "
        "ERROR: AWS Lambda has removed support for callback-based function handlers s"
    )
    assert script(LOADING).splitlines() == [
        "20 3 taken",
        "20 2 taken",
        "22 3 taken",
        "22 2 taken",
        f"24 3 {refused}",
        "24 2 taken",
        f"26 3 {refused}",
        "26 2 taken",
    ]


TURNS = """
import { Runtime } from './bootstrap.mjs';
const posted = [];
const api = {
  left: 1,
  async next() {
    if (this.left-- <= 0) { console.log(JSON.stringify(posted)); process.exit(0); }
    return { body: '{}', headers: { 'lambda-runtime-aws-request-id': 'r' } };
  },
  async succeed(id, result) { posted.push(result === undefined ? 'undefined' : result); },
  async fail(id, error) { posted.push(error.errorType); },
};
const handler = HANDLER;
const runtime = new Runtime(api, handler, MAJOR);
process.on('beforeExit', () => runtime.whenIdle());
await runtime.takeEvent();
"""


@pytest.mark.parametrize(
    ("handler", "major", "posted"),
    [
        ("() => 'plain'", 22, None),
        ("() => 'plain'", 24, "plain"),
        ("(e, c) => typeof c.succeed", 24, "undefined"),
        ("(e, c) => c.succeed(typeof c.succeed)", 22, "function"),
        ("async () => 'same'", 22, "same"),
        ("async () => 'same'", 24, "same"),
        ("() => { throw new TypeError('x') }", 24, "TypeError"),
        ("() => new Promise(() => {})", 24, "Runtime.NodeJsExit"),
    ],
)
def test_what_a_return_value_is_in_each_version(handler: str, major: int, posted: Any) -> None:
    text = TURNS.replace("HANDLER", handler).replace("MAJOR", str(major))
    assert json.loads(script(text).splitlines()[-1]) == [posted]


def test_a_runtime_of_each_installed_major(tmp_path: Path) -> None:
    found = node_runtimes(tmp_path)
    assert [each.name for each in found] == [
        f"nodejs{each.version.split('.')[0]}.x" for each in found
    ]
    runtime = NodeRuntime("nodejs24.x", "node", tmp_path, "24.1.0")
    environ = runtime.environ(Place(tmp_path / "task", tmp_path / "opt"), {})
    assert environ["NODE_PATH"].split(os.pathsep)[:2] == [
        f"{tmp_path}/opt/nodejs/node24/node_modules",
        f"{tmp_path}/opt/nodejs/node_modules",
    ]


def test_memory_of_an_empty_function(one_cloud: RunningCloud, runtime: str) -> None:
    """AWS reads 67 MB for nodejs20.x (`runtimes.overhead`)."""
    found = call(one_cloud, runtime, "exports.handler = async () => 1")
    assert 50 <= (found.figure("Max Memory Used") or 0) <= 95


@pytest.mark.measures
def test_many_calls(one_cloud: RunningCloud, runtime: str) -> None:
    name = one_cloud.create_from(
        {"index.js": "exports.handler = async (e) => 'x'.repeat(e.n)"}, Runtime=runtime
    )
    one_cloud.call(name, {"n": 1})
    started = time.perf_counter()
    for _ in range(100):
        assert one_cloud.call(name, {"n": 10}).payload == "x" * 10
    assert time.perf_counter() - started < 5
    assert len(one_cloud.call(name, {"n": 6_000_000}).payload) == 6_000_000
    assert one_cloud.call(name, {"n": 6_300_000}).payload["errorType"] == (
        "Function.ResponseSizeTooLarge"
    )


def test_an_error_has_a_cause_for_x_ray(one_cloud: RunningCloud, runtime: str) -> None:
    """In the header Lambda-Runtime-Function-XRay-Error-Cause, as AWS's client sends it."""
    cloud = one_cloud
    role = traced_role(cloud, "traced-node")
    source = "exports.handler = async () => { throw new RangeError('über'); };"
    name = cloud.create_from(
        {"index.js": source},
        Runtime=runtime,
        Handler="index.handler",
        Role=role,
        TracingConfig=ACTIVE,
    )
    root, header = new_trace()
    with carrying_header(cloud.client("lambda"), header):
        assert cloud.call(name, {}).error
    tree = trace_when(cloud.client("xray"), root, has("Overhead"))
    exception = tree.children[0].document["cause"]["exceptions"][0]
    assert (exception["type"], exception["message"]) == ("RangeError", "über")
    assert exception["stack"][0]["path"].endswith("index.js")
    assert exception["stack"][0]["line"] == 1
