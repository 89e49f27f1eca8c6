"""Clients that act as a function's execution role, against this server's own endpoint.

What Lambda does for a function outside its code (dead letters, destinations, reading an event
source) it does with the permissions of the function's role. So do these: the public endpoint
checks them like everybody else's calls, in one place.
"""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any, Protocol

from ..wire.credential import Credential

if TYPE_CHECKING:
    import botocore.session

# Credentials are made anew long before they expire (they last 12 hours).
RENEW_S = 6 * 3600.0
MAX_CLIENTS = 128
MAX_CONNECTIONS = 32
CONNECT_TIMEOUT_S = 3.0
READ_TIMEOUT_S = 30.0
# A call is tried so often when the answer is a throttle or a server error, with growing pauses.
ATTEMPTS = 3

_trace: ContextVar[str] = ContextVar("trace", default="")


@contextmanager
def tracing(trace: str) -> Iterator[None]:
    """Within the block, calls of this thread carry that trace header, lineage included."""
    token = _trace.set(trace)
    try:
        yield
    finally:
        _trace.reset(token)


def queue_url(client: Any, queue_arn: str) -> str:
    """The URL of a queue, from its ARN and the client's endpoint."""
    account, name = queue_arn.split(":")[4:6]
    return f"{client.meta.endpoint_url}/{account}/{name}"


class Roles(Protocol):
    """Who gives out a role's credentials."""

    def role_credentials(self, role_arn: str, session_name: str, region: str) -> dict[str, str]:
        """Temporary credentials of a role, as environment variables."""


class RoleClients:
    """Makes and keeps botocore clients. Every method may be called on any thread but the loop's.

    ``endpoint`` is this server's URL. The learner's own AWS settings have no part in it.
    ``read_timeout_s`` is how long an answer may take, ``attempts`` how often a call is tried.
    """

    def __init__(
        self,
        roles: Roles,
        endpoint: str,
        read_timeout_s: float = READ_TIMEOUT_S,
        attempts: int = ATTEMPTS,
    ) -> None:
        self._roles = roles
        self._endpoint = endpoint
        self._read_timeout_s = read_timeout_s
        self._attempts = attempts
        self._session: botocore.session.Session | None = None
        self._clients: OrderedDict[tuple[str, str, str, str], tuple[Any, float]] = OrderedDict()
        self._lock = threading.Lock()

    def client(self, service: str, role_arn: str, session_name: str, region: str) -> Any:
        """A client of ``service`` with the role's temporary credentials.

        ``session_name`` is the RoleSessionName: for Lambda, the name of the function.
        """
        key = (service, role_arn, session_name, region)
        with self._lock:
            client, made_at = self._clients.get(key, (None, 0.0))
            if client is None or time.monotonic() - made_at > RENEW_S:
                client = self._make(*key)
                self._clients[key] = (client, time.monotonic())
                while len(self._clients) > MAX_CLIENTS:
                    self._clients.popitem(last=False)
            self._clients.move_to_end(key)
        return client

    def close(self) -> None:
        """Close every connection that no call uses now."""
        with self._lock:
            for client, _ in self._clients.values():
                client.close()
            self._clients.clear()

    def _make(self, service: str, role_arn: str, session_name: str, region: str) -> Any:
        given = self._roles.role_credentials(role_arn, session_name, region)
        if self._session is None:
            self._session = own_session()
        credential = Credential(
            given["AWS_ACCESS_KEY_ID"], given["AWS_SECRET_ACCESS_KEY"], given["AWS_SESSION_TOKEN"]
        )
        client = make_client(
            *(self._session, service, self._endpoint, region, credential),
            attempts=self._attempts,
            read_timeout=self._read_timeout_s,
            max_pool_connections=MAX_CONNECTIONS,
        )
        client.meta.events.register("before-call", _add_trace)
        return client


def make_client(
    session: botocore.session.Session,
    service: str,
    endpoint: str,
    region: str,
    credential: Credential,
    attempts: int = ATTEMPTS,
    **config: Any,
) -> Any:
    """A botocore client of this server, at ``endpoint``; ``config`` adds to its configuration.

    No prefix such as ``sync-`` is put before the endpoint's host: it is an address.
    """
    from botocore.config import Config  # noqa: PLC0415 - the port answers before it is loaded

    return session.create_client(
        service,
        region_name=region,
        endpoint_url=endpoint,
        aws_access_key_id=credential.access_key_id,
        aws_secret_access_key=credential.secret_access_key,
        aws_session_token=credential.session_token,
        config=Config(
            connect_timeout=CONNECT_TIMEOUT_S,
            retries={"mode": "standard", "total_max_attempts": attempts},
            inject_host_prefix=False,
            s3={"addressing_style": "path"},
            proxies={},
            **config,
        ),
    )


def own_session() -> botocore.session.Session:
    """A session that reads no profile and no file of the learner's."""
    import botocore.session  # noqa: PLC0415 - the port answers before it is loaded

    nothing = (None, None, None, None)
    no_file = (None, None, os.devnull, None)
    return botocore.session.Session(
        session_vars={
            "profile": nothing,
            "config_file": no_file,
            "credentials_file": no_file,
            "ca_bundle": nothing,
        }
    )


def _add_trace(params: dict[str, Any], **_: Any) -> None:
    trace = _trace.get()
    if trace:
        params["headers"]["X-Amzn-Trace-Id"] = trace
