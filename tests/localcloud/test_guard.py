"""Who may call the server: signed requests from this machine's own programs, and nobody else."""

from __future__ import annotations

import http.client
import json
import socket
import urllib.request
from typing import Any

import psutil
import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from running_cloud import RunningCloud

# Nothing here waits on the scaled clock: functions settle sooner.
CLOCK_FACTOR = 6000

LIST = "/2015-03-31/functions"


def signed(
    cloud: RunningCloud,
    method: str = "GET",
    path: str = LIST,
    body: bytes = b"",
    service: str = "lambda",
) -> dict[str, str]:
    """Headers that sign a request as the learner."""
    request = AWSRequest(method, cloud.endpoint + path, data=body)
    keys = Credentials(cloud.ready["access_key_id"], cloud.ready["secret_access_key"])
    signer = S3SigV4Auth if service == "s3" else SigV4Auth
    signer(keys, service, "us-east-1").add_auth(request)
    return {"Host": cloud.endpoint.removeprefix("http://"), **dict(request.headers.items())}


def ask(
    cloud: RunningCloud,
    headers: dict[str, str],
    method: str = "GET",
    path: str = LIST,
    body: bytes = b"",
) -> tuple[int, Any]:
    """Send exactly these headers; status and the error's code (or the body)."""
    connection = http.client.HTTPConnection(cloud.endpoint.removeprefix("http://"))
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        data = answer.read()
        return answer.status, answer.headers.get("x-amzn-ErrorType") or data
    finally:
        connection.close()


def test_a_signed_request_is_answered(one_cloud: RunningCloud) -> None:
    status, body = ask(one_cloud, signed(one_cloud))
    assert status == 200
    assert "Functions" in json.loads(body)


def test_an_unsigned_request_is_refused(one_cloud: RunningCloud) -> None:
    host = {"Host": one_cloud.endpoint.removeprefix("http://")}
    for path in (LIST, "/", "/moto-api/reset", "/bucket/key"):
        assert ask(one_cloud, host, path=path) == (403, "MissingAuthenticationToken")


@pytest.mark.parametrize(
    ("keys", "code"),
    [
        ({"secret_key": "wrong"}, "InvalidSignatureException"),
        ({"access_key": "AKIA0000000000000000"}, "UnrecognizedClientException"),
    ],
)
def test_wrong_keys_are_refused(one_cloud: RunningCloud, keys: dict[str, str], code: str) -> None:
    with pytest.raises(ClientError) as refused:
        one_cloud.client("lambda", **keys).list_functions()
    assert refused.value.response["Error"]["Code"] == code
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 403


def test_a_signature_of_another_time_is_refused(
    one_cloud: RunningCloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    import datetime

    for minutes in (-16, 16):
        at = datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=minutes)
        monkeypatch.setattr(
            "botocore.auth.get_current_datetime", lambda at=at, **_: at.replace(tzinfo=None)
        )
        assert ask(one_cloud, signed(one_cloud)) == (403, "RequestExpired")


def test_what_was_tampered_with_is_refused(one_cloud: RunningCloud) -> None:
    invalid = (403, "InvalidSignatureException")
    assert ask(one_cloud, signed(one_cloud), path=LIST + "/other") == invalid
    assert ask(one_cloud, signed(one_cloud), path=LIST + "?MaxItems=1") == invalid
    assert ask(one_cloud, signed(one_cloud), method="DELETE") == invalid
    posted = signed(one_cloud, "POST", LIST, b'{"a": 1}')
    assert ask(one_cloud, posted, "POST", LIST, b'{"a": 2}') == invalid
    later = signed(one_cloud)
    later["X-Amz-Date"] = later["X-Amz-Date"][:-2] + (
        "1Z" if later["X-Amz-Date"][-2] == "0" else "0Z"
    )
    assert ask(one_cloud, later) == invalid
    hashed = signed(one_cloud, "PUT", "/bucket/key", b"one", service="s3")
    hashed["x-amz-content-sha256"] = "0" * 64
    assert ask(one_cloud, hashed, "PUT", "/bucket/key", b"one")[0] in (400, 403)


@pytest.mark.parametrize("host", ["example.com", "127.0.0.1", "127.0.0.1:1", "", "evil.localhost"])
def test_a_foreign_host_is_refused(one_cloud: RunningCloud, host: str) -> None:
    headers = {**signed(one_cloud), "Host": host}
    assert ask(one_cloud, headers) == (403, "AccessDeniedException")


@pytest.mark.parametrize("origin", ["null", "https://example.com", "http://127.0.0.1:8888"])
def test_any_origin_is_refused(one_cloud: RunningCloud, origin: str) -> None:
    assert ask(one_cloud, {**signed(one_cloud), "Origin": origin}) == (
        403,
        "AccessDeniedException",
    )
    host = {"Host": one_cloud.endpoint.removeprefix("http://"), "Origin": origin}
    assert ask(one_cloud, host, "OPTIONS")[0] == 403


@pytest.mark.parametrize("wrong", ["Origin: https://example.com", "Host: example.com"])
def test_what_a_web_page_uploads_is_not_read(one_cloud: RunningCloud, wrong: str) -> None:
    own = one_cloud.endpoint.removeprefix("http://")
    name, _, port = own.partition(":")
    host = "" if wrong.startswith("Host") else f"Host: {own}\r\n"
    with socket.create_connection((name, int(port)), timeout=10) as connection:
        head = f"POST / HTTP/1.1\r\n{host}{wrong}\r\nContent-Length: 100000000\r\n\r\n"
        connection.sendall(head.encode())
        answer = b""
        while data := connection.recv(10_000):
            answer += data
    assert answer.startswith(b"HTTP/1.1 403 ")


@pytest.mark.parametrize(
    "path",
    [
        "/moto-api/data.json",
        "/moto-api/",
        "/%6doto-api/data.json",
        "/latest/meta-data/",
    ],
)
def test_motos_own_pages_are_closed(one_cloud: RunningCloud, path: str) -> None:
    for service in ("lambda", "s3", "moto_api"):
        headers = signed(one_cloud, path=path, service=service)
        status, body = ask(one_cloud, headers, path=path)
        assert status in (403, 404)
        told = body if isinstance(body, bytes) else b""
        # To S3 it is a bucket like another, which is not there.
        assert b"moto" not in told or b"<Code>NoSuchBucket</Code>" in told


def test_it_listens_on_loopback_only(one_cloud: RunningCloud) -> None:
    one_cloud.call(one_cloud.create("def handler(e, c): pass\n"))
    listening = [
        each.laddr.ip
        for each in psutil.Process(one_cloud.process.pid).net_connections("inet")
        if each.status == psutil.CONN_LISTEN
    ]
    assert len(listening) >= 2
    assert set(listening) == {"127.0.0.1"}


def test_a_presigned_url_works_until_it_is_changed(one_cloud: RunningCloud) -> None:
    path_style = Config(s3={"addressing_style": "path"}, signature_version="s3v4")
    s3 = one_cloud.client("s3", config=path_style)
    s3.create_bucket(Bucket="presigned")
    s3.put_object(Bucket="presigned", Key="a b/ü.txt", Body=b"hello")
    url = s3.generate_presigned_url(
        "get_object", {"Bucket": "presigned", "Key": "a b/ü.txt"}, ExpiresIn=60
    )
    with urllib.request.urlopen(url) as answer:
        assert answer.read() == b"hello"
    for changed in (url.replace("a%20b", "b"), url.replace("Expires=60", "Expires=600")):
        assert changed != url
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(changed)
        assert refused.value.code == 403


def test_a_body_that_is_no_object_is_refused_in_order(one_cloud: RunningCloud) -> None:
    for body in (b"[]", b'"text"', b"7", b"null", b"{"):
        status, answer = ask(one_cloud, signed(one_cloud, "POST", LIST, body), "POST", LIST, body)
        assert status == 400, (body, answer)


def test_garbage_on_the_port_leaves_the_server_well(one_cloud: RunningCloud) -> None:
    host, _, port = one_cloud.endpoint.removeprefix("http://").partition(":")
    for garbage in (b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"\0" * 100_000):
        with socket.create_connection((host, int(port)), 5) as connection:
            connection.sendall(garbage)
            assert connection.recv(100).startswith(b"HTTP/1.1 400")
    assert ask(one_cloud, signed(one_cloud))[0] == 200
