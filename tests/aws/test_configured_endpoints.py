"""With COURSE_TARGET=aws, no configured endpoint may part STS from the other services."""

from __future__ import annotations

import os
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from serverless_course.aws.cloud import ConnectError, connect
from serverless_course.aws.guard import AccountNotConfirmed

ACCOUNT = "111122223333"
ON_AWS = {"COURSE_TARGET": "aws", "COURSE_ACCOUNT_ID": ACCOUNT}


class FakeSts(BaseHTTPRequestHandler):
    """Says that the credentials are those of the named account."""

    asked: list[str]

    def do_POST(self):
        self.asked.append(self.path)
        body = (
            '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
            f"<GetCallerIdentityResult><Account>{ACCOUNT}</Account></GetCallerIdentityResult>"
            "</GetCallerIdentityResponse>"
        )
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_):
        pass


@pytest.fixture(autouse=True)
def settings(monkeypatch, tmp_path):
    for name in [key for key in os.environ if key.startswith(("AWS_", "COURSE_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "a")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "b")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "credentials"))
    # Whoever gets through to AWS after all meets a closed port.
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    return tmp_path


@pytest.fixture
def fake_sts(monkeypatch):
    monkeypatch.setattr(FakeSts, "asked", [], raising=False)
    with HTTPServer(("127.0.0.1", 0), FakeSts) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize("handed", ["process", "mapping"])
@pytest.mark.parametrize("service", ["STS", "S3", "LAMBDA", "EVENTBRIDGE", "CLOUDWATCH_LOGS"])
def test_a_variable_for_one_service_is_refused_by_its_name(monkeypatch, fake_sts, service, handed):
    name = f"AWS_ENDPOINT_URL_{service}"
    env = dict(ON_AWS)
    if handed == "process":
        monkeypatch.setenv(name, fake_sts)
    else:
        env[name] = fake_sts
    with pytest.raises(ConnectError) as caught:
        connect(env)
    assert f"{name}={fake_sts}: unset it" in str(caught.value)
    assert "Nothing was created" in str(caught.value)
    assert FakeSts.asked == []


def test_the_variable_for_all_services_is_refused_wherever_it_stands(monkeypatch, fake_sts):
    monkeypatch.setenv("AWS_ENDPOINT_URL", fake_sts)
    with pytest.raises(ConnectError, match="AWS_ENDPOINT_URL"):
        connect(ON_AWS)
    assert FakeSts.asked == []


@pytest.mark.parametrize("profile", ["default", "work"])
@pytest.mark.parametrize("file", ["config", "credentials"])
def test_a_profiles_own_endpoint_is_refused(monkeypatch, settings, fake_sts, profile, file):
    section = profile if file == "credentials" or profile == "default" else f"profile {profile}"
    (settings / file).write_text(f"[{section}]\nendpoint_url = {fake_sts}\n")
    if profile != "default":
        monkeypatch.setenv("AWS_PROFILE", profile)
    with pytest.raises(ConnectError) as caught:
        connect(ON_AWS)
    assert f"endpoint_url = {fake_sts} in the profile {profile!r}" in str(caught.value)
    assert "delete that line" in str(caught.value)
    assert FakeSts.asked == []


def test_each_endpoint_of_a_services_section_is_refused(settings, fake_sts):
    (settings / "config").write_text(
        f"[default]\nservices = local\n[services local]\nsts =\n  endpoint_url = {fake_sts}\n"
        f"s3 =\n  endpoint_url = {fake_sts}/s3\n"
    )
    with pytest.raises(ConnectError) as caught:
        connect(ON_AWS)
    assert f"sts: endpoint_url = {fake_sts} in the section 'services local'" in str(caught.value)
    assert f"s3: endpoint_url = {fake_sts}/s3" in str(caught.value)
    assert FakeSts.asked == []


def test_settings_that_are_not_in_force_are_no_matter(settings, fake_sts):
    (settings / "config").write_text(
        f"[default]\nregion = us-east-1\n[profile other]\nendpoint_url = {fake_sts}\n"
        f"services = local\n[services local]\nsts =\n  endpoint_url = {fake_sts}\n"
    )
    with pytest.raises(AccountNotConfirmed):
        connect(ON_AWS)
    assert FakeSts.asked == []


def test_an_endpoint_that_is_set_later_moves_no_service(monkeypatch, fake_sts):
    monkeypatch.setattr(
        "serverless_course.aws.cloud.confirm_account", lambda session, named: ACCOUNT
    )
    cloud = connect(ON_AWS)
    for name in ("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL_LAMBDA"):
        monkeypatch.setenv(name, fake_sts)
    for service in ("lambda", "s3", "iam", "sts"):
        assert cloud.client(service).meta.endpoint_url.endswith(".amazonaws.com")
        assert cloud.session.client(service).meta.endpoint_url.endswith(".amazonaws.com")


def test_the_named_server_and_the_embedded_cloud_take_no_notice(monkeypatch, fake_sts):
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    cloud = connect({"AWS_ENDPOINT_URL": fake_sts})
    assert cloud.account_id == ACCOUNT
    assert cloud.client("s3").meta.endpoint_url == fake_sts
