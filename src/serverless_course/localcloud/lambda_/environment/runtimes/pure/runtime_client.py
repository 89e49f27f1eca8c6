"""A pure-Python ``runtime_client``: the four functions awslambdaric expects of its native one.

Used where AWS publishes no native module (macOS). The Runtime API is HTTP on loopback.
Source: Lambda Developer Guide, "Using the Lambda runtime API" (2018-06-01, read 2026-11).
"""

import http.client
import os

_BASE = "/2018-06-01/runtime"
_connections: dict[str, http.client.HTTPConnection] = {}
_agent = {"User-Agent": "aws-lambda-python/pure"}


def initialize_client(user_agent: str) -> None:
    """Remember the user agent that goes with every request."""
    _agent["User-Agent"] = user_agent


def next() -> tuple[bytes, dict[str, str]]:
    """Wait for the next event; return its body and its headers."""
    response, body = _call("GET", f"{_BASE}/invocation/next")
    return body, dict(response.headers.items())


def post_invocation_result(
    invoke_id: str, result: bytes, content_type: str, invocation_id: str | None = None
) -> None:
    """Send the handler's result."""
    _call(
        "POST", f"{_BASE}/invocation/{invoke_id}/response", result, {"Content-Type": content_type}
    )


def post_error(
    invoke_id: str, error: str, xray_fault: str, invocation_id: str | None = None
) -> None:
    """Send the error that the handler raised."""
    headers = {
        "Content-Type": "application/json",
        "Lambda-Runtime-Function-Error-Type": "Unhandled",
        "Lambda-Runtime-Function-XRay-Error-Cause": xray_fault,
    }
    body = error.encode() if isinstance(error, str) else error
    _call("POST", f"{_BASE}/invocation/{invoke_id}/error", body, headers)


def _call(
    method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[http.client.HTTPResponse, bytes]:
    address = os.environ["AWS_LAMBDA_RUNTIME_API"]
    connection = _connections.get(address)
    if connection is None:
        connection = _connections[address] = http.client.HTTPConnection(address)
    connection.request(method, path, body, {**_agent, **(headers or {})})
    response = connection.getresponse()
    data = response.read()
    if response.status >= 300:
        raise RuntimeError(f"Runtime API answered {response.status} to {method} {path}: {data!r}")
    return response, data
