"""A pure-Python ``runtime_client``: the four functions awslambdaric expects of its native one.

Used where AWS publishes no native module (macOS). The Runtime API is HTTP on loopback.
Source: Lambda Developer Guide, "Using the Lambda runtime API" (2018-06-01, read 2026-11).
"""

import http.client
import os

from quick_strings import quicken  # type: ignore[import-not-found]

_BASE = "/2018-06-01/runtime"
_EVENT_HEADERS = (
    "Lambda-Runtime-Aws-Request-Id",
    "Lambda-Runtime-Trace-Id",
    "Lambda-Runtime-Invoked-Function-Arn",
    "Lambda-Runtime-Client-Context",
    "Lambda-Runtime-Cognito-Identity",
    "Lambda-Runtime-Aws-Tenant-Id",
    "Content-Type",
)
_connections: dict[str, http.client.HTTPConnection] = {}
_agent = {"User-Agent": "aws-lambda-python/pure"}


def initialize_client(user_agent: str) -> None:
    """Remember the user agent that goes with every request, and make ready for the first."""
    _agent["User-Agent"] = user_agent
    quicken()


def next() -> tuple[bytes, dict[str, str | int | None]]:
    """Wait for the next event; return its body and its headers.

    As from AWS's module, the deadline is a number, and a header that is empty is None.
    """
    response, body = _call("GET", f"{_BASE}/invocation/next")
    headers: dict[str, str | int | None] = {
        name: response.headers.get(name) or None for name in _EVENT_HEADERS
    }
    headers["Lambda-Runtime-Deadline-Ms"] = int(response.headers["Lambda-Runtime-Deadline-Ms"])
    return body, headers


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
    headers: dict[str, str | bytes] = {
        "Content-Type": "application/json",
        "Lambda-Runtime-Function-Error-Type": "Unhandled",
        "Lambda-Runtime-Function-XRay-Error-Cause": _on_one_line(xray_fault),
    }
    body = error.encode() if isinstance(error, str) else error
    _call("POST", f"{_BASE}/invocation/{invoke_id}/error", body, headers)


def _on_one_line(text: str) -> bytes:
    """A header's value: UTF-8, as AWS's module sends it."""
    return text.replace("\r", " ").replace("\n", " ").encode("utf-8", "replace")


def _call(
    method: str,
    path: str,
    body: bytes | None = None,
    headers: dict[str, str | bytes] | None = None,
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
