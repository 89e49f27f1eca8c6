"""Calls to function URLs: what is sent, with and without a signature."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from serverless_course.functions.function_url import call_url, region_of

KEYS = {"AccessKeyId": "AKIDEXAMPLE", "SecretAccessKey": "not-one", "SessionToken": "t-1"}


class Recorder(BaseHTTPRequestHandler):
    seen: list[tuple[dict[str, str], bytes]]
    answer = b'{"ok": true}'

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.seen.append(({k.lower(): v for k, v in self.headers.items()}, body))
        self.send_response(200)
        self.send_header("Content-Length", str(len(self.answer)))
        self.end_headers()
        self.wfile.write(self.answer)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def server() -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    seen: list[tuple[dict[str, str], bytes]] = []
    handler = type("Handler", (Recorder,), {"seen": seen})
    with HTTPServer(("127.0.0.1", 0), handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        try:
            yield f"http://abc.lambda-url.sa-east-1.localhost:{running.server_port}/", seen
        finally:
            running.shutdown()
            thread.join()


def test_an_unsigned_call_names_the_host_that_no_system_has_to_look_up(server) -> None:
    url, seen = server
    assert call_url(url, {"order": 1}) == (200, {"ok": True})
    headers, body = seen[0]
    assert headers["host"].startswith("abc.lambda-url.sa-east-1.localhost:")
    assert "authorization" not in headers
    assert json.loads(body) == {"order": 1}


def test_a_signed_call_is_signed_for_lambda_in_the_region_of_the_url(server) -> None:
    url, seen = server
    call_url(url, {"order": 1}, KEYS)
    headers, _ = seen[0]
    assert "AKIDEXAMPLE/" in headers["authorization"]
    assert "/sa-east-1/lambda/aws4_request" in headers["authorization"]
    assert "host" in headers["authorization"].split("SignedHeaders=")[1].split(",")[0]
    assert headers["x-amz-security-token"] == "t-1"


def test_the_region_is_the_third_part_of_the_name() -> None:
    assert region_of("https://abc.lambda-url.us-east-1.on.aws/") == "us-east-1"
    for other in ("https://example.com/", "abc", "https://lambda-url.us-east-1.on.aws/"):
        with pytest.raises(ValueError, match="no function URL"):
            region_of(other)
