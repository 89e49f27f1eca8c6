"""moto does what a request was read to be, and nothing else.

moto looks for a request's service in hosts and paths, and for its operation in the address, the
body and the headers. What a caller may do is decided from one reading (`iam.requested`): moto's
part for that service answers, without its own search, and refuses to do any other operation.
"""

from __future__ import annotations

import threading
from typing import Any

from .current import current
from .seam import replace

# S3's operations are in methods and paths; moto's part for it is handed a request that has one
# sub-resource at most (`iam.requested.object_request`).
BY_PATH = "s3"


class Parts:
    """moto's application in parts, one for each of its services. May be used on any thread."""

    def __init__(self) -> None:
        self._made: dict[str, Any] = {}
        self._lock = threading.Lock()

    def part(self, model: str) -> Any:
        """The WSGI application of a service, by botocore's name, which is moto's without dashes."""
        made = self._made.get(model)
        if made is None:
            # To make one may import for a second: who needs another part does not wait for it.
            with self._lock:
                made = self._made.get(model)
                if made is None:
                    made = self._made[model] = _make(model)
        return made


def install() -> None:
    """Hold moto to the operation that the current call was read to be."""
    from moto.core.exceptions import JsonRESTError  # noqa: PLC0415 - moto loads late
    from moto.core.responses import BaseResponse  # noqa: PLC0415

    def make(known: Any) -> Any:
        def get_action(self: Any) -> Any:
            found, read = known(self), current().operation
            if read and found != read:
                raise JsonRESTError("UnknownOperationException", "")
            return found

        return get_action

    replace(BaseResponse, "_get_action", make)


def _make(model: str) -> Any:
    from moto.moto_server.werkzeug_app import (  # noqa: PLC0415 - moto loads late
        BackendRequest,
        create_backend_app,
    )

    name: Any = model
    made = create_backend_app(name)
    # What moto does not expect is told by the gateway, in the service's protocol.
    made.config["PROPAGATE_EXCEPTIONS"] = True
    if model == BY_PATH:

        class ObjectRequest(BackendRequest):
            """A request to S3, whose body is an object or XML, whatever its content type says."""

            want_form_data_parsed = False

        made.request_class = ObjectRequest
    return made
