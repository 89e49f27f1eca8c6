"""External and internal extensions, held against the Lambda Developer Guide's words.

"Using the Lambda Extensions API to create extensions" and "Understanding the Lambda execution
environment lifecycle" (read 2026-11); refusals as in AWS's runtime interface emulator.
"""

from __future__ import annotations

import json
import re
import socket
import time
from typing import Any

import pytest
from extension_programs import layer, log_of, variables
from running_cloud import RunningCloud, zip_of

# Nothing here waits on the scaled clock: functions settle sooner.
CLOCK_FACTOR = 6000
ECHO = "import os\ndef handler(e, c):\n    return [os.getpid(), c.aws_request_id]\n"


@pytest.fixture(scope="module")
def one(one_cloud: RunningCloud) -> str:
    """A layer with the extension ``one``."""
    return layer(one_cloud, "one")


def create(cloud: RunningCloud, *layers: str, source: str = ECHO, **more: Any) -> str:
    what = more.pop("what", {})
    return cloud.create(source, Layers=list(layers), Environment=variables(**what), **more)


def test_an_extension_takes_part_in_an_environments_life(one_cloud: RunningCloud, one: str) -> None:
    name = create(one_cloud, one)
    first = one_cloud.call(name, {})
    assert first.error == "", first.payload
    second = one_cloud.call(name, {})
    assert first.payload[0] == second.payload[0]
    log = log_of(one_cloud, name, lambda text: text.count("REPORT") == 2)
    registered = json.loads(re.findall(r"\[one\] registered 200 (.*)", log)[0])
    assert registered == {
        "accountId": "123456789012",
        "functionName": name,
        "functionVersion": "$LATEST",
        "handler": "index.handler",
    }
    events = [json.loads(each) for each in re.findall(r"\[one\] event (.*)", log)]
    assert [each["requestId"] for each in events] == [first.request_id, second.request_id]
    event = events[0]
    assert 0 < event.pop("deadlineMs") / 1000 - time.time() < 20
    assert event.pop("tracing")["type"] == "X-Amzn-Trace-Id"
    arn = f"arn:aws:lambda:us-east-1:123456789012:function:{name}"
    assert event == {
        "eventType": "INVOKE",
        "requestId": first.request_id,
        "invokedFunctionArn": arn,
    }
    assert "EXTENSION\tName: one\tState: Ready\tEvents: [INVOKE, SHUTDOWN]\n" in log
    one_cloud.configure(name, MemorySize=1770)
    one_cloud.call(name, {})
    log = log_of(one_cloud, name, lambda text: '"SHUTDOWN"' in text)
    told = [json.loads(each) for each in re.findall(r"\[one\] event (.*)", log)]
    (ending,) = [each for each in told if each["eventType"] == "SHUTDOWN"]
    assert ending["shutdownReason"] == "spindown"


def test_an_invocation_ends_when_all_are_done(one_cloud: RunningCloud, one: str) -> None:
    name = create(one_cloud, one, what={"one": {"invoke_s": 0.3}})
    one_cloud.call(name, {})
    call = one_cloud.call(name, {})
    assert call.error == ""
    assert 300 <= (call.figure("Duration") or 0) < 800


def test_init_waits_for_extensions(one_cloud: RunningCloud, one: str) -> None:
    name = create(one_cloud, one, what={"one": {"init_s": 0.5}})
    assert (one_cloud.call(name, {}).figure("Init Duration") or 0) >= 500


def test_an_extension_that_is_too_slow_times_out_the_function(
    one_cloud: RunningCloud, one: str
) -> None:
    name = create(one_cloud, one, what={"one": {"invoke_s": 9}}, Timeout=1)
    call = one_cloud.call(name, {})
    assert "Status: timeout" in call.log
    log = log_of(one_cloud, name, lambda text: "REPORT" in text)
    assert log.count("[one] event") == 1, "it was killed in the middle of its work"


@pytest.mark.parametrize(
    ("what", "error_type", "reason"),
    [
        ({"exit_at": "start", "code": 0}, "Extension.Crash", "exit code 0"),
        ({"exit_at": "start", "code": 3}, "Extension.Crash", "exit status 3"),
        ({"init_error": "One.Broken"}, "Extension.InitError", "One.Broken"),
        ({"events": ["RESUME"]}, "Extension.Crash", "exit status 1"),
        ({"name": "other", "events": ["INVOKE"]}, "", ""),
    ],
)
def test_an_extension_that_fails_in_init(
    one_cloud: RunningCloud, one: str, what: dict[str, Any], error_type: str, reason: str
) -> None:
    """The name must be the file's: with another one the init waits for the file's own."""
    name = create(one_cloud, one, what={"one": what}, Timeout=2)
    started = time.monotonic()
    failed = one_cloud.call(name, {})
    assert failed.error == "Unhandled"
    if not error_type:
        assert failed.payload["errorType"] == "Sandbox.Timedout"
        assert time.monotonic() - started > 10, "an init may take 10 s"
        return
    assert failed.payload == {
        "errorType": error_type,
        "errorMessage": f"RequestId: {failed.request_id} Error: {reason}",
    }
    assert f"Phase: init\tStatus: error\tError Type: {error_type}" in failed.log
    assert f"Status: error\tError Type: {error_type}\t\n" in failed.log


@pytest.mark.parametrize(
    ("what", "error_type"),
    [
        ({"exit_at": "invoke", "code": 5}, "Extension.Crash"),
        ({"exit_error": "One.Gone"}, "Extension.ExitError"),
    ],
)
def test_an_extension_that_fails_in_an_invocation_resets_the_environment(
    one_cloud: RunningCloud, one: str, what: dict[str, Any], error_type: str
) -> None:
    source = "import os, time\ndef handler(e, c):\n    time.sleep(0.3)\n    return os.getpid()\n"
    name = create(one_cloud, one, source=source, what={"one": what})
    failed = one_cloud.call(name, {})
    assert failed.payload["errorType"] == error_type, failed.payload
    assert f"Status: error\tError Type: {error_type}\t\n" in failed.log


def test_an_extension_that_cannot_be_started(one_cloud: RunningCloud) -> None:
    name = create(one_cloud, layer(one_cloud, "one", mode=False))
    failed = one_cloud.call(name, {})
    assert failed.payload == {
        "errorType": "Extension.LaunchError",
        "errorMessage": f"RequestId: {failed.request_id} Error: "
        "fork/exec /opt/extensions/one: permission denied",
    }
    name = create(one_cloud, layer(one_cloud, "one", text="no program"))
    assert one_cloud.call(name, {}).payload["errorMessage"].endswith("exec format error")


def test_ten_extensions_and_no_more(one_cloud: RunningCloud) -> None:
    names = [f"x{number:02}" for number in range(11)]
    light = "#!/bin/sh\nexec sleep 30\n"
    failed = one_cloud.call(create(one_cloud, layer(one_cloud, *names, text=light)), {})
    assert failed.payload["errorType"] == "Extension.LaunchError"


INTERNAL = """
import http.client, json, os, threading
seen = []
def talk(method, path, body=None, headers={}):
    api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
    api.request(method, path, body and json.dumps(body), headers)
    response = api.getresponse()
    return response, response.read()
def register(name, events):
    return talk("POST", "/2020-01-01/extension/register", {"events": events},
                {"Lambda-Extension-Name": name})
answers = []
for name, events in [("in", ["SHUTDOWN"]), ("in", ["INVOKE"]), ("in", ["INVOKE"]), ("", [])]:
    response, body = register(name, events)
    identifier = response.headers["Lambda-Extension-Identifier"] or ""
    answers.append([response.status, json.loads(body).get("errorType", "")])
    own = identifier or (own if len(answers) > 1 else "")
def run():
    while True:
        _, body = talk("GET", "/2020-01-01/extension/event/next", None,
                       {"Lambda-Extension-Identifier": own})
        seen.append(json.loads(body)["requestId"])
threading.Thread(target=run, daemon=True).start()
def handler(event, context):
    late, body = register("late", ["INVOKE"])
    wrong = []
    for headers in ({}, {"Lambda-Extension-Identifier": "x"},
                    {"Lambda-Extension-Identifier": "6f1e8c8e-2a3c-4a6c-9c57-0d1cf5f7f4f5"}):
        wrong.append(json.loads(talk("GET", "/2020-01-01/extension/event/next", None, headers)[1]))
    return {"answers": answers, "late": json.loads(body)["errorType"], "seen": seen,
            "wrong": [each["errorType"] for each in wrong]}
"""


def test_an_internal_extension(one_cloud: RunningCloud) -> None:
    name = one_cloud.create(INTERNAL)
    one_cloud.call(name, {})
    call = one_cloud.call(name, {})
    assert call.error == "", call.payload
    assert call.payload["answers"] == [
        [403, "Extension.InvalidEventType"],
        [200, ""],
        [403, "Extension.InvalidExtensionState"],
        [403, "Extension.InvalidExtensionName"],
    ]
    assert call.payload["late"] == "Extension.RegistrationClosed"
    assert call.request_id in call.payload["seen"]
    assert call.payload["wrong"] == [
        "Extension.MissingExtensionIdentifier",
        "Extension.InvalidExtensionIdentifier",
        "Extension.UnknownExtensionIdentifier",
    ]
    log = log_of(one_cloud, name, lambda text: "EXTENSION" in text)
    assert "EXTENSION\tName: in\tState: Ready\tEvents: [INVOKE]\n" in log


READ = """
import json, time
def handler(event, context):
    print("said by the function")
    time.sleep(0.4)
    try:
        with open("/tmp/telemetry") as file:
            return [json.loads(line) for line in file]
    except OSError:
        return []
"""


@pytest.mark.parametrize("protocol", ["HTTP", "TCP"])
def test_telemetry_arrives(one_cloud: RunningCloud, one: str, protocol: str) -> None:
    what = {"one": {"telemetry": {"protocol": protocol}, "invoke_s": 0.8}}
    name = create(one_cloud, one, source=READ, what=what)
    first = one_cloud.call(name, {})
    events = one_cloud.call(name, {}).payload
    kinds = [each["type"] for each in events]
    assert kinds[0] == "platform.initStart", events
    for kind in (
        *("platform.telemetrySubscription", "platform.initRuntimeDone", "platform.extension"),
        *("platform.initReport", "platform.start", "platform.runtimeDone", "platform.report"),
    ):
        assert kind in kinds
    told = [each["record"] for each in events if each["type"] == "function"]
    assert told[0] == "said by the function"
    assert any("registered 200" in each["record"] for each in events if each["type"] == "extension")
    done = next(each for each in events if each["type"] == "platform.runtimeDone")
    assert done["record"]["requestId"] == first.request_id
    report = next(each for each in events if each["type"] == "platform.report")
    (span,) = report["record"]["spans"]
    assert span["name"] == "extensionOverhead"
    assert span["durationMs"] >= 190
    assert kinds.index("platform.runtimeDone") < kinds.index("platform.report")
    log = log_of(one_cloud, name, lambda text: "TELEMETRY" in text)
    types = "Types: [Platform, Function, Extension]"
    assert f"TELEMETRY\tName: one\tState: Subscribed\t{types}\n" in log


def test_telemetry_tells_of_what_was_lost(one_cloud: RunningCloud, one: str) -> None:
    what = {"one": {"telemetry": {"protocol": "HTTP", "refused": 3}, "invoke_s": 0.8}}
    name = create(one_cloud, one, source=READ, what=what)
    one_cloud.call(name, {})
    events = one_cloud.call(name, {}).payload
    lost = [each["record"] for each in events if each["type"] == "platform.logsDropped"]
    assert lost, events
    assert set(lost[0]) == {"droppedBytes", "droppedRecords", "reason"}
    assert lost[0]["reason"].startswith("could not send events: ")
    assert lost[0]["droppedRecords"] > 0
    assert "platform.initStart" not in [each["type"] for each in events]


@pytest.mark.parametrize(
    "more",
    [
        {"schemaVersion": "2020-08-15"},
        {"types": []},
        {"types": ["platform", "all"]},
        {"destination": {"protocol": "HTTP", "URI": "http://localhost:99/"}},
        {"destination": {"protocol": "UDP", "port": 99}},
        {"destination": {"protocol": "TCP"}},
        {"buffering": {"maxItems": 10}},
        {"buffering": {"timeoutMs": 40_000}},
    ],
)
def test_a_subscription_that_is_wrong(
    one_cloud: RunningCloud, one: str, more: dict[str, Any]
) -> None:
    what = {"one": {"telemetry": {"protocol": "HTTP", "more": more}}}
    name = create(one_cloud, one, what=what)
    assert one_cloud.call(name, {}).error == ""
    log = log_of(one_cloud, name, lambda text: "subscribed" in text)
    assert re.search(r'subscribed 400 .*"errorType": "ValidationError"', log), log


WRAPPER = '#!/bin/sh\nexport WRAPPED="yes $#"\nexec "$@"\n'
WRAPPED = "import os\ndef handler(e, c):\n    return os.environ.get('WRAPPED')\n"


@pytest.mark.parametrize("place", ["/opt", "/var/task"])
def test_a_wrapper_starts_the_runtime(one_cloud: RunningCloud, place: str) -> None:
    lam = one_cloud.client("lambda")
    content = zip_of({"wrapper": WRAPPER}, "wrapper")
    arn = lam.publish_layer_version(LayerName="wrap", Content={"ZipFile": content})
    name = one_cloud.create(
        "",
        Code={"ZipFile": zip_of({"index.py": WRAPPED, "wrapper": WRAPPER}, "wrapper")},
        Layers=[arn["LayerVersionArn"]],
        Environment={"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": f"{place}/wrapper"}},
    )
    assert str(one_cloud.call(name, {}).payload).startswith("yes ")


CUSTOMIZING = """\
#!/bin/sh
export PYTHONPATH="$LAMBDA_TASK_ROOT/hooks:$PYTHONPATH"
exec "$@"
"""


@pytest.mark.parametrize(
    ("hook", "answer"),
    [
        ("import builtins; builtins.SET = 'before the handler'\n", "before the handler"),
        ("1/0", None),
    ],
)
def test_a_wrapper_may_customize_python(one_cloud: RunningCloud, hook: str, answer: str) -> None:
    """A ``sitecustomize`` on PYTHONPATH runs at the interpreter's start; one that fails is told of
    and stops nothing (Python's documentation, module site): OpenTelemetry's wrapper needs it."""
    files = {
        "index.py": "import builtins\nSET = getattr(builtins, 'SET', None)\n"
        "def handler(e, c):\n    return SET\n",
        "hooks/sitecustomize.py": hook,
        "wrapper": CUSTOMIZING,
    }
    name = one_cloud.create(
        "",
        Code={"ZipFile": zip_of(files, "wrapper")},
        Environment={"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/var/task/wrapper"}},
    )
    call = one_cloud.call(name, {})
    assert (call.error, call.payload) == ("", answer)
    log = log_of(one_cloud, name, lambda text: "REPORT" in text)
    assert ("Error in sitecustomize" in log) == (answer is None)


# A program that serves HTTP and knows nothing of Lambda, and what stands between it and Lambda.
WEB_APP = """\
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(201)
        self.end_headers()
        self.wfile.write(self.path.encode() + b" " + body + b" by " + str(os.getpid()).encode())
    def log_message(self, *_):
        pass
http.server.HTTPServer(("127.0.0.1", int(os.environ["PORT"])), Handler).serve_forever()
"""
ADAPTER = """\
import http.client, json, os, socket, time
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
def ask(method, path, body=None):
    api.request(method, "/2018-06-01/runtime/invocation/" + path, body)
    response = api.getresponse()
    return response.headers, response.read()
while True:
    try:
        socket.create_connection(("127.0.0.1", int(os.environ["PORT"]))).close()
        break
    except OSError:
        time.sleep(0.01)
while True:
    headers, data = ask("GET", "next")
    event = json.loads(data)
    app = http.client.HTTPConnection("127.0.0.1", int(os.environ["PORT"]))
    app.request("POST", event["rawPath"], event["body"])
    answer = app.getresponse()
    result = {"statusCode": answer.status, "body": answer.read().decode()}
    ask("POST", headers["Lambda-Runtime-Aws-Request-Id"] + "/response", json.dumps(result))
"""
ADAPTING = """\
#!/bin/sh
"$1" "$LAMBDA_TASK_ROOT/$_HANDLER" &
exec "$1" "$LAMBDA_TASK_ROOT/adapter.py"
"""


def test_a_web_adapter_by_wrapper(one_cloud: RunningCloud) -> None:
    """As AWS Lambda Web Adapter does it in a package: the wrapper starts the web application that
    the handler names, and asks the Runtime API in its place (its README, read 2026-11)."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        port = found.getsockname()[1]
    files = {"web.py": WEB_APP, "adapter.py": ADAPTER, "wrapper": ADAPTING}
    name = one_cloud.create(
        "",
        Code={"ZipFile": zip_of(files, "wrapper")},
        Handler="web.py",
        Environment={
            "Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/var/task/wrapper", "PORT": str(port)}
        },
    )
    answers = []
    for number in range(2):
        call = one_cloud.call(name, {"rawPath": "/orders", "body": f"order {number}"})
        assert (call.error, call.payload["statusCode"]) == ("", 201), call.payload
        answers.append(call.payload["body"].partition(" by "))
    assert [each[0] for each in answers] == ["/orders order 0", "/orders order 1"]
    assert answers[0][2] == answers[1][2], "one application for both"


def test_a_wrapper_that_is_not_there(one_cloud: RunningCloud) -> None:
    """Recorded on AWS, 24 Nov 2025."""
    name = one_cloud.create(
        WRAPPED, Environment={"Variables": {"AWS_LAMBDA_EXEC_WRAPPER": "/idontexist.sh"}}
    )
    failed = one_cloud.call(name, {})
    assert failed.payload == {
        "errorType": "Runtime.ExitError",
        "errorMessage": f"RequestId: {failed.request_id} Error: "
        "Runtime exited with error: exit status 127",
    }
