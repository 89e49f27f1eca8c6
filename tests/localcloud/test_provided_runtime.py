"""OS-only runtimes: the package's own bootstrap, and what AWS says when there is none."""

from __future__ import annotations

import pytest
from running_cloud import RunningCloud, zip_of

# Nothing here waits on the scaled clock: functions settle sooner.
CLOCK_FACTOR = 6000
# The machine's own Python runs it: what an OS-only runtime sees of this machine has no other.
BOOTSTRAP = """#!/usr/bin/python3
import http.client, json, os, sys
process = os.urandom(8).hex()
BASE = "/2018-06-01/runtime/invocation"
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
print("up", os.environ["_HANDLER"], flush=True)
while True:
    api.request("GET", BASE + "/next")
    response = api.getresponse()
    event = json.loads(response.read())
    request_id = response.headers["Lambda-Runtime-Aws-Request-Id"]
    if event.get("fail"):
        body = json.dumps({"errorType": "Custom.Error", "errorMessage": "no"})
        api.request("POST", f"{BASE}/{request_id}/error", body)
    else:
        print("got", request_id, flush=True)
        api.request("POST", f"{BASE}/{request_id}/response", json.dumps(process))
    api.getresponse().read()
"""


@pytest.mark.parametrize("runtime", ["provided.al2023", "provided.al2"])
def test_a_bootstrap_in_python(each_user: RunningCloud, runtime: str) -> None:
    name = each_user.create_from(
        {"bootstrap": BOOTSTRAP}, "bootstrap", Runtime=runtime, Handler="anything"
    )
    first, second = each_user.call(name, {}), each_user.call(name, {})
    assert first.payload == second.payload
    lines = first.log.splitlines()
    assert [line.split(" ")[0] for line in lines] == [*("START", "got", "END", "REPORT")]
    assert lines[1] == f"got {first.request_id}"
    found = each_user.client("logs").filter_log_events(logGroupName=f"/aws/lambda/{name}")
    assert [each["message"].split(" ")[0] for each in found["events"][:3]] == [
        *("INIT_START", "up", "START")
    ]
    assert found["events"][1]["message"] == "up anything\n"
    failed = each_user.call(name, {"fail": True})
    assert failed.error == "Unhandled"
    assert failed.payload == {"errorType": "Custom.Error", "errorMessage": "no"}


def test_a_bootstrap_in_shell_that_hands_over(one_cloud: RunningCloud) -> None:
    files = {
        "bootstrap": '#!/bin/sh\nset -e\ncd "$LAMBDA_TASK_ROOT"\nexec ./program\n',
        "program": BOOTSTRAP,
    }
    name = one_cloud.create_from(files, "bootstrap", Runtime="provided.al2023")
    failed = one_cloud.call(name, {})
    assert failed.payload["errorType"] == "Runtime.ExitError"
    files["bootstrap"] = files["bootstrap"].replace("./program", "/usr/bin/python3 program")
    name = one_cloud.create_from(files, "bootstrap", Runtime="provided.al2023")
    assert len(one_cloud.call(name, {}).payload) == 16


@pytest.mark.parametrize(
    ("files", "executable", "reason"),
    [
        (
            {"index.py": ""},
            "",
            "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]",
        ),
        (
            {"bootstrap": "#!/bin/sh\n"},
            "",
            "fork/exec /var/task/bootstrap: permission denied",
        ),
        (
            {"bootstrap": "#!/no/such/shell\n"},
            "bootstrap",
            "fork/exec /var/task/bootstrap: no such file or directory",
        ),
        (
            {"bootstrap": "not a program"},
            "bootstrap",
            "fork/exec /var/task/bootstrap: exec format error",
        ),
    ],
)
def test_what_is_no_bootstrap(
    each_user: RunningCloud, files: dict[str, str], executable: str, reason: str
) -> None:
    name = each_user.create_from(files, executable, Runtime="provided.al2023")
    failed = each_user.call(name, {})
    assert failed.error == "Unhandled"
    assert failed.payload == {
        "errorType": "Runtime.InvalidEntrypoint",
        "errorMessage": f"RequestId: {failed.request_id} Error: {reason}",
    }
    for phase in ("init", "invoke"):
        words = f"Phase: {phase}\tStatus: error\tError Type: Runtime.InvalidEntrypoint"
        assert words in failed.log
    assert "Status: error\tError Type: Runtime.InvalidEntrypoint" in failed.log.splitlines()[-1]


def test_a_bootstrap_from_a_layer(one_cloud: RunningCloud) -> None:
    layer = one_cloud.client("lambda").publish_layer_version(
        LayerName="runtime",
        Content={"ZipFile": zip_of({"bootstrap": BOOTSTRAP}, "bootstrap")},
    )
    name = one_cloud.create_from(
        {"data.txt": "x"}, Runtime="provided.al2023", Layers=[layer["LayerVersionArn"]]
    )
    assert len(one_cloud.call(name, {}).payload) == 16


@pytest.mark.parametrize("program", ["/bin/true", "/bin/false"])
def test_a_bootstrap_that_ends_at_once(each_user: RunningCloud, program: str) -> None:
    files = {"bootstrap": f"#!{program}\n"}
    name = each_user.create_from(files, "bootstrap", Runtime="provided.al2023")
    for _ in range(5):
        failed = each_user.call(name, {})
        assert failed.payload["errorType"] == "Runtime.ExitError"
        assert "Phase: invoke\tStatus: error\tError Type: Runtime.ExitError" in failed.log
