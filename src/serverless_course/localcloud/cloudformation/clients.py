"""Clients with which a stack's resources are made: by its caller's rights, or its role's."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..iam.role_client import make_client, own_session
from ..wire.credential import Credential

if TYPE_CHECKING:
    import botocore.session

MAX_CLIENTS = 64
READ_TIMEOUT_S = 120.0


class Clients:
    """Makes and keeps botocore clients of this server. ``endpoint`` is its URL."""

    def __init__(self, endpoint: str) -> None:
        self._endpoint = endpoint
        self._session: botocore.session.Session | None = None
        self._kept: OrderedDict[tuple[str, str, str], Any] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, credential: Credential, region: str) -> Callable[[str], Any]:
        """What makes a client of a service, which signs with that credential."""
        return lambda service: self._client(credential, region, service)

    def close(self) -> None:
        """Close every connection that no call uses now."""
        with self._lock:
            for client in self._kept.values():
                client.close()
            self._kept.clear()

    def _client(self, credential: Credential, region: str, service: str) -> Any:
        key = credential.access_key_id, region, service
        with self._lock:
            client = self._kept.get(key)
            if client is None:
                if self._session is None:
                    self._session = own_session()
                client = self._kept[key] = make_client(
                    *(self._session, service, self._endpoint, region, credential),
                    read_timeout=READ_TIMEOUT_S,
                    parameter_validation=False,
                )
                while len(self._kept) > MAX_CLIENTS:
                    self._kept.popitem(last=False)
            self._kept.move_to_end(key)
        return client
