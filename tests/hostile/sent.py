"""Requests written by hand, header by header, and signed as botocore signs them or falsely."""

from __future__ import annotations

import http.client
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from running_cloud import RunningCloud

Headers = list[tuple[str, str]]


@dataclass
class Answer:
    """What came back."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def code(self) -> str:
        """The error's code, in whichever protocol it was told."""
        named = self.headers.get("x-amzn-errortype", "")
        match = re.search(rb"<Code>(.*?)</Code>", self.body)
        return match[1].decode() if match else named


def keys_of(cloud: RunningCloud) -> Credentials:
    """The learner's own keys."""
    return Credentials(cloud.ready["access_key_id"], cloud.ready["secret_access_key"])


def signed(
    cloud: RunningCloud,
    service: str,
    method: str,
    target: str,
    body: bytes = b"",
    headers: dict[str, str] | None = None,
    *,
    keys: Credentials | None = None,
    region: str = "us-east-1",
    auth: Callable[..., Any] | None = None,
) -> Headers:
    """Headers that sign a request, Host among them."""
    request = AWSRequest(method, cloud.endpoint + target, data=body, headers=headers or {})
    signer = auth or (S3SigV4Auth if service == "s3" else SigV4Auth)
    signer(keys or keys_of(cloud), service, region).add_auth(request)
    host = cloud.endpoint.removeprefix("http://")
    return [("Host", host), *((name, value) for name, value in request.headers.items())]


def send(
    cloud: RunningCloud,
    method: str,
    target: str,
    headers: Headers,
    body: bytes = b"",
    *,
    length: bool = True,
) -> Answer:
    """Send exactly these headers, and Content-Length."""
    connection = http.client.HTTPConnection(cloud.endpoint.removeprefix("http://"), timeout=60)
    try:
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers:
            connection.putheader(name, value)
        if length:
            connection.putheader("Content-Length", str(len(body)))
        connection.endheaders(body)
        found = connection.getresponse()
        told = {name.lower(): value for name, value in found.headers.items()}
        return Answer(found.status, found.read(), told)
    finally:
        connection.close()


def without(headers: Headers, name: str) -> Headers:
    """Headers without one."""
    return [each for each in headers if each[0].lower() != name.lower()]


def resigned(headers: Headers, names: str) -> Headers:
    """Headers whose SignedHeaders says something else; the signature stays."""
    return [
        (name, re.sub(r"SignedHeaders=[^,]*", f"SignedHeaders={names}", value))
        for name, value in headers
    ]
