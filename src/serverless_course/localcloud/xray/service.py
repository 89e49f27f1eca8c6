"""The X-Ray service: takes segment documents from all sides, and answers X-Ray's API."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable

from ..wire.errors import ServiceError
from ..wire.http import Request, Response
from ..wire.rest_json import find_operation, read_parameters, write_response
from .call import Call, Region
from .documents import Unprocessed
from .operations import OPERATIONS
from .otlp import FRAMES, documents_in_frame, export
from .sampler import Sampler

TRACES_PATH = "/v1/traces"


class XRay:
    """X-Ray for all regions of the account. Thread-safe; ``sampler`` decides what is traced."""

    def __init__(self, account: str) -> None:
        self._account = account
        self._lock = threading.Lock()
        self._regions: dict[str, Region] = {}
        self.sampler = Sampler(lambda region: self.region(region).rules)

    def put(self, region: str, documents: Iterable[str | bytes]) -> list[Unprocessed]:
        """Take segment documents (JSON texts), or frames of spans as OpenTelemetry sends them to
        a daemon. Returns those that were not taken, and why."""
        found: list[str | bytes] = []
        for each in documents:
            if isinstance(each, str) and each.startswith(FRAMES):
                found += documents_in_frame(each)
            else:
                found.append(each)
        return self.region(region).traces.put(found)

    def answer(self, request: Request, region: str) -> Response:
        """Answer a request of X-Ray's API, or of OTLP. Raises `ServiceError` for a refusal."""
        if request.path == TRACES_PATH and request.method == "POST":
            return export(request, lambda documents: self.put(region, documents))
        operation, fields = find_operation(request, "xray")
        handler = OPERATIONS.get(operation.name)
        if handler is None:
            raise ServiceError(
                "UnsupportedOperationException",
                f"The embedded cloud does not offer X-Ray's {operation.name}. "
                "docs/xray.md lists what it does offer.",
                501,
            )
        try:
            parameters = read_parameters(request, operation, fields)
        except ServiceError as error:
            # X-Ray's model has no ValidationException.
            raise ServiceError("InvalidRequestException", error.message) from error
        result = handler(Call(self.region(region), self.sampler, parameters))
        return write_response(operation, result, str(uuid.uuid4()))

    def region(self, name: str) -> Region:
        """What is remembered in a region; it begins empty."""
        with self._lock:
            found = self._regions.get(name)
            if found is None:
                found = self._regions[name] = Region(name, self._account)
            return found
