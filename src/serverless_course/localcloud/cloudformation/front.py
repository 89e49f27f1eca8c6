"""CloudFormation as the gateway knows it: a server that makes no stack does not load it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ..clock import ScaledClock
from ..wire.credential import Credential
from ..wire.http import Request, Response
from .responses import PATH, Responses

if TYPE_CHECKING:
    from .api import Plane

__all__ = ["PATH", "StackFront"]


class StackFront:
    """Answers CloudFormation's requests, and takes custom resources' answers.

    ``endpoint`` is this server's URL. ``assume`` gives the credentials of a role that
    CloudFormation takes on, or raises `ServiceError`; ``own`` is the service's own credential.
    """

    def __init__(
        self,
        endpoint: str,
        clock: ScaledClock,
        assume: Callable[[str, str], Credential],
        own: Callable[[], Credential],
    ) -> None:
        self._responses = Responses(endpoint, clock)
        self._endpoint = endpoint
        self._assume = assume
        self._own = own
        self._lock = threading.Lock()
        self._loaded: Plane | None = None

    def answer(
        self, form: Mapping[str, str], operation: str, region: str, credential: Credential
    ) -> Response:
        """Answer one request, on a worker thread. Raises `ServiceError` for every refusal."""
        return self._cloud_formation().answer(form, operation, region, credential)

    def respond(self, request: Request) -> Response:
        """A custom resource's answer, at its address."""
        return self._responses.take(request)

    def close(self) -> None:
        """Let go of what is under way and of the connections."""
        if self._loaded is not None:
            self._loaded.close()

    def _cloud_formation(self) -> Plane:
        with self._lock:
            if self._loaded is None:
                from .api import OPERATIONS, Plane  # noqa: PLC0415 - who makes stacks waits for it

                self._loaded = Plane(
                    self._endpoint, self._responses, self._assume, self._own, OPERATIONS
                )
            return self._loaded
