"""Clients that act as a function's role: whose credentials, which settings, how many."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest

from serverless_course.localcloud.iam import role_client
from serverless_course.localcloud.iam.role_client import RoleClients, tracing

ROLE = "arn:aws:iam::123456789012:role/r"


class Roles:
    """Gives out credentials and counts them."""

    def __init__(self) -> None:
        self.given: list[tuple[str, str, str]] = []

    def role_credentials(self, role: str, session_name: str, region: str) -> dict[str, str]:
        self.given.append((role, session_name, region))
        number = len(self.given)
        return {
            "AWS_ACCESS_KEY_ID": f"ASIA{number}",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_SESSION_TOKEN": f"token{number}",
        }


class Heard(BaseHTTPRequestHandler):
    """Notes requests; refuses the first so often as told."""

    requests: list[dict[str, str]]
    refuse: int

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.requests.append(dict(self.headers.items()))
        status = 500 if len(self.requests) <= self.refuse else 200
        body = b'{"QueueUrls": []}' if status == 200 else b"{}"
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""


@pytest.fixture
def heard() -> Iterator[type[Heard]]:
    kind = type("Here", (Heard,), {"requests": [], "refuse": 0})
    server = HTTPServer(("127.0.0.1", 0), kind)
    Thread(target=server.serve_forever, daemon=True).start()
    kind.url = f"http://127.0.0.1:{server.server_port}"
    yield kind
    server.shutdown()
    server.server_close()


def clients_of(heard: Any) -> tuple[Roles, RoleClients]:
    roles = Roles()
    services: Any = roles
    return roles, RoleClients(services, heard.url)


def test_calls_are_signed_with_the_roles_session(
    heard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The learner's own profile, endpoint and proxy have no part in it."""
    monkeypatch.setenv("AWS_PROFILE", "there-is-none")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_CA_BUNDLE", "/there/is/none")
    roles, clients = clients_of(heard)
    clients.client("sqs", ROLE, "f", "eu-west-1").list_queues()
    (headers,) = heard.requests
    assert "Credential=ASIA1/" in headers["Authorization"]
    assert "/eu-west-1/sqs/" in headers["Authorization"]
    assert headers["X-Amz-Security-Token"] == "token1"
    assert roles.given == [(ROLE, "f", "eu-west-1")]


def test_clients_are_kept_until_their_credentials_are_old(
    heard: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    roles, clients = clients_of(heard)
    first = clients.client("sqs", ROLE, "f", "us-east-1")
    assert clients.client("sqs", ROLE, "f", "us-east-1") is first
    assert clients.client("sqs", ROLE, "g", "us-east-1") is not first
    assert len(roles.given) == 2
    monkeypatch.setattr(role_client, "RENEW_S", 0.0)
    assert clients.client("sqs", ROLE, "f", "us-east-1") is not first


def test_only_so_many_are_kept(heard: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(role_client, "MAX_CLIENTS", 2)
    _, clients = clients_of(heard)
    first = clients.client("sqs", ROLE, "a", "us-east-1")
    second = clients.client("sqs", ROLE, "b", "us-east-1")
    assert clients.client("sqs", ROLE, "a", "us-east-1") is first
    clients.client("sqs", ROLE, "c", "us-east-1")
    assert clients.client("sqs", ROLE, "a", "us-east-1") is first
    assert clients.client("sqs", ROLE, "b", "us-east-1") is not second


def test_server_errors_are_tried_again(heard: Any) -> None:
    heard.refuse = role_client.ATTEMPTS - 1
    _, clients = clients_of(heard)
    clients.client("sqs", ROLE, "f", "us-east-1").list_queues()
    assert len(heard.requests) == role_client.ATTEMPTS


def test_the_trace_header_travels_within_its_block(heard: Any) -> None:
    _, clients = clients_of(heard)
    client = clients.client("sqs", ROLE, "f", "us-east-1")
    with tracing("Root=1-2-3;Lineage=1:00000000:0"):
        client.list_queues()
    client.list_queues()
    traces = [headers.get("X-Amzn-Trace-Id") for headers in heard.requests]
    assert traces == ["Root=1-2-3;Lineage=1:00000000:0", None]
