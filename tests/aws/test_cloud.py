import os
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from moto.server import ThreadedMotoServer

from serverless_course.aws import cloud as cloud_module
from serverless_course.aws.cloud import ConnectError, connect, on_embedded
from serverless_course.aws.embedded import EmbeddedCloud, EmbeddedCloudError
from serverless_course.aws.guard import AccountNotConfirmed

AWS_VARIABLES = ("AWS_ENDPOINT_URL", "COURSE_TARGET", "AWS_PROFILE", "AWS_REGION")

READY = """
import json, os, sys
print(json.dumps({{"ready": True, "endpoint": {endpoint!r}, "region": "sa-east-1",
  "access_key_id": "the-key", "secret_access_key": "b", "account_id": "123456789012",
  "clock_factor": 60.0, "governor": "signals", "cores": 2, "pid": os.getpid()}}), flush=True)
sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def quiet_environment(monkeypatch, tmp_path):
    for name in [key for key in os.environ if key.startswith(("AWS_", "COURSE_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.fixture(scope="module")
def endpoint():
    server = ThreadedMotoServer(port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"
    server.stop()


@pytest.fixture
def embedded(endpoint):
    code = READY.format(endpoint=endpoint)
    server = EmbeddedCloud(command=(sys.executable, "-c", code))
    yield server
    server.stop()


def test_an_endpoint_is_used_when_named(endpoint):
    cloud = connect({"AWS_ENDPOINT_URL": endpoint})
    assert (cloud.kind, cloud.endpoint_url, cloud.region) == ("endpoint", endpoint, "us-east-1")
    assert len(cloud.account_id) == 12
    assert cloud.client("lambda").list_functions()["Functions"] == []
    assert endpoint in cloud.target


def test_an_endpoint_that_does_not_answer_says_what_to_do():
    with pytest.raises(ConnectError, match="unset AWS_ENDPOINT_URL"):
        connect({"AWS_ENDPOINT_URL": "http://127.0.0.1:9"})


@pytest.mark.parametrize(
    ("env", "says"),
    [
        ({"COURSE_TARGET": "aws", "AWS_ENDPOINT_URL": "http://127.0.0.1:1"}, "Unset one"),
        ({"COURSE_TARGET": "azure"}, "Set it to 'aws'"),
    ],
)
def test_settings_that_contradict_are_refused(env, says):
    with pytest.raises(ConnectError, match=says):
        connect(env)


@pytest.mark.parametrize(
    "env", [{"COURSE_TARGET": "aws"}, {"AWS_ENDPOINT_URL": "http://127.0.0.1:9"}]
)
def test_a_profile_that_does_not_exist_is_told(env, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "nope")
    with pytest.raises(ConnectError, match=r"\(nope\).*Set AWS_PROFILE"):
        connect(env)


class Page(BaseHTTPRequestHandler):
    body = b"<html><body>hello</body></html>"

    def do_POST(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_):
        pass


@pytest.mark.parametrize("body", [b"<html><br>hello", b"<html><p>hello</p></html>", b"{}", b""])
def test_an_endpoint_that_is_a_plain_web_server_is_told(body, monkeypatch):
    monkeypatch.setattr(Page, "body", body)
    with HTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            with pytest.raises(ConnectError, match="unset AWS_ENDPOINT_URL"):
                connect({"AWS_ENDPOINT_URL": f"http://127.0.0.1:{server.server_port}"})
        finally:
            server.shutdown()


def test_a_region_that_does_not_exist_is_told_before_the_cloud_starts(monkeypatch):
    started = []
    monkeypatch.setattr(cloud_module, "embedded_cloud", started.append)
    monkeypatch.setattr(cloud_module, "on_embedded", lambda server: server)
    monkeypatch.setenv("AWS_PROFILE", "nope")
    with pytest.raises(ConnectError, match="COURSE_REGION=nowhere-1 is no AWS Region"):
        connect({"COURSE_REGION": "nowhere-1"})
    with pytest.raises(ConnectError, match="eu-west-1"):
        connect({"COURSE_REGION": "eu-west-11"})
    assert started == []
    for region in ("us-east-1", "sa-east-1", "cn-north-1"):
        connect({"COURSE_REGION": region})
    assert started == ["us-east-1", "sa-east-1", "cn-north-1"]


def test_aws_is_never_reached_without_credentials_and_a_named_account():
    with pytest.raises(AccountNotConfirmed, match="Sign in first"):
        connect({"COURSE_TARGET": "aws", "COURSE_ACCOUNT_ID": "111122223333"})


def test_clients_are_kept_and_lambda_never_retries(embedded):
    cloud = on_embedded(embedded)
    lam = cloud.client("lambda")
    assert cloud.client("lambda") is lam
    assert cloud.client("lambda", region_name="us-east-1") is not lam
    assert lam.meta.config.read_timeout == 910
    assert lam.meta.config.tcp_keepalive is True
    assert lam.meta.config.retries["total_max_attempts"] == 1
    assert cloud.client("iam").meta.config.retries["total_max_attempts"] == 5
    assert lam.meta.config.proxies == {}


def test_the_embedded_cloud_reads_nothing_of_the_learners(embedded, monkeypatch, tmp_path):
    folder = tmp_path / ".aws"
    folder.mkdir()
    (folder / "config").write_text("[default]\nregion = eu-west-3\nthis is = not [valid")
    (folder / "credentials").write_text("[default]\naws_access_key_id = LEARNER\n")
    before = {path: path.stat() for path in folder.iterdir()}
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "LEARNER")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "LEARNER")
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    opened = []
    sys.addaudithook(lambda event, args: opened.append(str(args[0])) if event == "open" else None)
    cloud = on_embedded(embedded)
    credentials = cloud.session.get_credentials()
    assert (credentials.access_key, credentials.token) == ("the-key", None)
    assert cloud.client("sts").get_caller_identity()["Account"]
    assert cloud.client("sts").meta.region_name == "sa-east-1"
    assert not [path for path in opened if str(folder) in path]
    # Reading moves the access time; writing would move more.
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == {
        path: stat.st_mtime_ns for path, stat in before.items()
    }


def test_a_stopped_server_is_reported_by_the_next_call(embedded):
    cloud = on_embedded(embedded)
    sts, lam = cloud.client("sts"), cloud.client("lambda")
    assert sts.get_caller_identity()
    os.kill(embedded.ready.pid, signal.SIGKILL)
    # The endpoint of this double is another process, and goes on answering.
    end = time.monotonic() + 5
    while embedded.running and time.monotonic() < end:
        time.sleep(0.01)
    for call in (sts.get_caller_identity, lam.list_functions):
        with pytest.raises(EmbeddedCloudError, match="what you deployed in it is gone"):
            call()


DIES_ON_REQUEST = """
import json, os, socket, sys
listener = socket.create_server(("127.0.0.1", 0))
print(json.dumps({"ready": True, "endpoint": "http://127.0.0.1:%d" % listener.getsockname()[1],
  "region": "us-east-1", "access_key_id": "a", "secret_access_key": "b",
  "account_id": "123456789012", "clock_factor": 60.0, "governor": "none", "cores": 2,
  "pid": os.getpid()}), flush=True)
listener.accept()[0].recv(10)
os._exit(1)
"""


def test_a_server_that_dies_during_a_call_is_reported_by_that_call():
    server = EmbeddedCloud(command=(sys.executable, "-c", DIES_ON_REQUEST))
    try:
        with pytest.raises(EmbeddedCloudError, match="Run the first cell again"):
            on_embedded(server).client("lambda").invoke(FunctionName="f")
    finally:
        server.stop()


def test_the_target_keeps_clouds_apart(embedded, endpoint):
    assert on_embedded(embedded).place == "embedded 123456789012 sa-east-1"
    assert on_embedded(embedded).target.startswith("embedded 123456789012 sa-east-1 ")
    assert on_embedded(embedded).target == on_embedded(embedded).target
    assert "the-key" not in on_embedded(embedded).target
    assert connect({"AWS_ENDPOINT_URL": endpoint}).target != on_embedded(embedded).target
    assert connect({"AWS_ENDPOINT_URL": endpoint}).place == (
        connect({"AWS_ENDPOINT_URL": endpoint}).target
    )


def test_each_embedded_cloud_is_a_target_of_its_own(embedded, endpoint):
    code = READY.format(endpoint=endpoint).replace("the-key", "another-key")
    other = EmbeddedCloud(command=(sys.executable, "-c", code))
    try:
        assert on_embedded(other).target != on_embedded(embedded).target
        assert on_embedded(other).place == on_embedded(embedded).place
    finally:
        other.stop()
