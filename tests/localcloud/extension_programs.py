"""Extensions for the tests: a program in Python that does what a variable says."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from running_cloud import RunningCloud, zip_of

EXTENSION = r"""#!/usr/bin/env python3
import http.client, http.server, json, os, signal, socket, sys, threading, time

NAME = os.path.basename(__file__)
WHAT = json.loads(os.environ.get("EXT", "{}")).get(NAME, {})
BASE = "/2020-01-01/extension"
API = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])

def call(method, path, body=None, headers={}):
    API.request(method, path, json.dumps(body) if body is not None else None, headers)
    response = API.getresponse()
    data = response.read()
    return response, json.loads(data) if data else None

def say(*words):
    print(f"[{NAME}]", *words, flush=True)

def subscribe(identity):
    refused = WHAT["telemetry"].get("refused", 0)
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            nonlocal refused
            events = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if refused:
                refused -= 1
                self.send_error(500)
                return
            with open("/tmp/telemetry", "a") as file:
                file.writelines(json.dumps(each) + "\n" for each in events)
            self.send_response(200)
            self.end_headers()
        def log_message(self, *_):
            pass
    class Lines(threading.Thread):
        def run(self):
            connection, _ = listener.accept()
            for line in connection.makefile("rb"):
                with open("/tmp/telemetry", "ab") as file:
                    file.write(line)
    wanted = WHAT["telemetry"]
    destination = {"protocol": wanted["protocol"]}
    if wanted["protocol"] == "HTTP":
        server = http.server.HTTPServer(("sandbox.localdomain", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        destination["URI"] = f"http://sandbox.localdomain:{server.server_port}/here"
    else:
        listener = socket.create_server(("127.0.0.1", 0))
        Lines(daemon=True).start()
        destination["port"] = listener.getsockname()[1]
    body = {
        "schemaVersion": "2022-12-13",
        "types": ["platform", "function", "extension"],
        "destination": destination,
        "buffering": {"maxItems": 1000, "maxBytes": 262144, "timeoutMs": 25},
        **wanted.get("more", {}),
    }
    response, answer = call("PUT", "/2022-07-01/telemetry", body, identity)
    say("subscribed", response.status, json.dumps(answer))

if "exit_at" in WHAT and WHAT["exit_at"] == "start":
    sys.exit(WHAT["code"])
response, answer = call(
    "POST",
    f"{BASE}/register",
    {"events": WHAT.get("events", ["INVOKE", "SHUTDOWN"])},
    {"Lambda-Extension-Name": WHAT.get("name", NAME), "Lambda-Extension-Accept-Feature": "accountId"},
)
say("registered", response.status, json.dumps(answer, sort_keys=True))
identity = {"Lambda-Extension-Identifier": response.headers["Lambda-Extension-Identifier"] or ""}
if "telemetry" in WHAT:
    subscribe(identity)
if "init_error" in WHAT:
    call("POST", f"{BASE}/init/error", {}, {
        **identity, "Lambda-Extension-Function-Error-Type": WHAT["init_error"]})
    sys.exit(1)
time.sleep(WHAT.get("init_s", 0))
while True:
    response, event = call("GET", f"{BASE}/event/next", None, identity)
    say("event", json.dumps(event, sort_keys=True))
    if event["eventType"] == "SHUTDOWN":
        time.sleep(WHAT.get("shutdown_s", 0))
        with open(os.environ["MARKS"] if "MARKS" in os.environ else os.devnull, "a") as file:
            file.write(event["shutdownReason"] + "\n")
        sys.exit(0)
    if WHAT.get("exit_at") == "invoke":
        os._exit(WHAT["code"])
    if WHAT.get("exit_error"):
        call("POST", f"{BASE}/exit/error", {}, {
            **identity, "Lambda-Extension-Function-Error-Type": WHAT["exit_error"]})
        sys.exit(1)
    time.sleep(WHAT.get("invoke_s", 0))
"""


def layer(cloud: RunningCloud, *names: str, text: str = EXTENSION, mode: bool = True) -> str:
    """A layer with extensions of these names; returns its version's ARN."""
    files = {f"extensions/{name}": text for name in names}
    content = zip_of(files, *(files if mode else ()))
    found = cloud.client("lambda").publish_layer_version(
        LayerName=f"ext-{time.monotonic_ns()}", Content={"ZipFile": content}
    )
    return str(found["LayerVersionArn"])


def variables(**what: dict[str, Any]) -> dict[str, Any]:
    """The function's variables that tell each extension what to do."""
    return {"Variables": {"EXT": json.dumps(what)}}


def log_of(cloud: RunningCloud, name: str, until: Callable[[str], bool]) -> str:
    """A function's whole log, once it shows something."""
    limit = time.monotonic() + 20
    while True:
        events = cloud.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{name}")
        text = "".join(each["message"] for each in events["events"])
        if until(text):
            return text
        assert time.monotonic() < limit, text
        time.sleep(0.05)
