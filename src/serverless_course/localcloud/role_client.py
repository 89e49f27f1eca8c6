"""AWS clients that act for the platform with a function role's credentials."""

from __future__ import annotations

import threading
import time
from typing import Any

import botocore.session
from botocore.config import Config

from .services import Services

# Temporary credentials are given out for 12 hours; a client is made anew before they end.
CLIENT_LIFE_S = 11 * 3600.0
MAX_CONNECTIONS = 32


class RoleClients:
    """Clients by service, role and region, against this server. May be used on any thread."""

    def __init__(self, services: Services, endpoint: str) -> None:
        self._services = services
        self._endpoint = endpoint
        self._lock = threading.Lock()
        self._session = botocore.session.Session()
        self._clients: dict[tuple[str, str, str, str], tuple[float, Any]] = {}

    def client(self, service: str, role_arn: str, session_name: str, region: str) -> Any:
        """A botocore client with a role's temporary credentials. Blocks while it is made."""
        key = (service, role_arn, session_name, region)
        with self._lock:
            made_at, client = self._clients.get(key, (0.0, None))
            if client is None or time.monotonic() - made_at > CLIENT_LIFE_S:
                client = self._make(service, role_arn, session_name, region)
                self._clients[key] = (time.monotonic(), client)
            return client

    def _make(self, service: str, role_arn: str, session_name: str, region: str) -> Any:
        given = self._services.role_credentials(role_arn, session_name, region)
        return self._session.create_client(
            service,
            region_name=region,
            endpoint_url=self._endpoint,
            aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
            aws_session_token=given["AWS_SESSION_TOKEN"],
            config=Config(
                retries={"total_max_attempts": 1},
                max_pool_connections=MAX_CONNECTIONS,
                parameter_validation=False,
                s3={"addressing_style": "path"},
            ),
        )
