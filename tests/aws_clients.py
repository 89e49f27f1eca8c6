"""Clients of servers under test, all from one boto3 session, and a session for moto's mocks.

A new session costs 71 to 275 ms of CPU for each client, since each reads botocore's service models
again and keeps them; a client from a session that knows the model costs 4 to 15 ms.
"""

from __future__ import annotations

import threading
from functools import cache
from typing import Any

import boto3
from botocore.config import Config

# A session makes one client at a time.
_making = threading.Lock()


@cache
def _session() -> boto3.Session:
    return boto3.Session(region_name="us-east-1")


@cache
def moto_session() -> boto3.Session:
    """One session with made-up keys, for all tests against moto in this process."""
    return boto3.Session("a", "b", region_name="us-east-1")


def client_of(
    service: str,
    endpoint: str,
    keys: tuple[str, str, str | None],
    config: Config,
    region: str = "us-east-1",
    **settings: Any,
) -> Any:
    """A client of the server at ``endpoint``, with an access key, its secret, and a token."""
    access_key, secret_key, token = keys
    with _making:
        return _session().client(
            service,
            region_name=region,
            endpoint_url=endpoint,
            aws_access_key_id=access_key,
            aws_secret_access_key=secret_key,
            aws_session_token=token,
            config=config,
            **settings,
        )
