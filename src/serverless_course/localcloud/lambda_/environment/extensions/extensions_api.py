"""The Extensions API, version 2020-01-01, and the way to the Telemetry API.

Both are answered at the address of the environment's Runtime API.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Awaitable, Callable

from ....wire.http import Later, Request, Response
from ...function_version import FunctionVersion
from ..refusal import refusal
from .extension import EXIT_ERROR, INIT_ERROR, Extension
from .registry import Refusal, Registry
from .telemetry import Telemetry

EXTENSION = "/2020-01-01/extension"
TELEMETRY = "/2022-07-01/telemetry"
LOGS = "/2020-08-15/logs"
JSON = {"Content-Type": "application/json"}
ERROR_TYPE = "lambda-extension-function-error-type"
NO_LOGS_API = (
    "The embedded cloud has no Logs API, which the Telemetry API replaced: "
    "subscribe at /2022-07-01/telemetry."
)
Answer = Response | Later | Awaitable[Response]


class ExtensionsApi:
    """What an environment answers to its extensions."""

    def __init__(self, version: FunctionVersion, registry: Registry, telemetry: Telemetry) -> None:
        self._version = version
        self._registry = registry
        self._telemetry = telemetry
        self._doing: dict[tuple[str, str], Callable[[Request], Answer]] = {
            ("POST", f"{EXTENSION}/register"): self._register,
            ("GET", f"{EXTENSION}/event/next"): self._next,
            ("POST", f"{EXTENSION}/init/error"): lambda each: self._failed(each, INIT_ERROR),
            ("POST", f"{EXTENSION}/exit/error"): lambda each: self._failed(each, EXIT_ERROR),
            ("PUT", TELEMETRY): self._subscribe,
            ("PUT", LOGS): lambda _: refusal(403, "Logs.NotSupported", NO_LOGS_API),
        }

    def answer(self, request: Request) -> Answer | None:
        """The answer; None when the request is none of an extension's."""
        do = self._doing.get((request.method, request.path))
        if do is None:
            return None
        try:
            return do(request)
        except Refusal as refused:
            return refusal(403, refused.error_type, str(refused))

    def _register(self, request: Request) -> Response:
        name = request.header("lambda-extension-name")
        if not name:
            raise Refusal("Extension.InvalidExtensionName", "Empty extension name")
        extension = self._registry.register(name, _events(request.body))
        features = request.header("lambda-extension-accept-feature").split(",")
        version = self._version
        account = {"accountId": version.account_id}
        body = {
            **(account if "accountId" in [each.strip() for each in features] else {}),
            "functionName": version.name,
            "functionVersion": version.version,
            "handler": version.handler,
        }
        headers = {**JSON, "Lambda-Extension-Identifier": extension.id}
        return Response(200, headers, json.dumps(body, separators=(",", ":")).encode())

    def _subscribe(self, request: Request) -> Response | Awaitable[Response]:
        return self._telemetry.subscribe(self._extension(request).name, request.body)

    def _next(self, request: Request) -> Later:
        return self._registry.ready(self._extension(request))

    def _failed(self, request: Request, state: str) -> Response:
        extension = self._extension(request)
        error_type = request.header(ERROR_TYPE)
        if not error_type:
            what = "Lambda-Extension-Function-Error-Type"
            raise Refusal("Extension.MissingHeader", f"{what} not found")
        self._registry.failed(extension, state, error_type)
        return Response(202, JSON, b'{"status":"OK"}')

    def _extension(self, request: Request) -> Extension:
        """Who asks. Raises `Refusal`."""
        given = request.header("lambda-extension-identifier")
        if not given:
            raise Refusal(
                "Extension.MissingExtensionIdentifier",
                "Missing Lambda-Extension-Identifier header",
            )
        try:
            identifier = str(uuid.UUID(given))
        except ValueError:
            raise Refusal(
                "Extension.InvalidExtensionIdentifier", "Invalid Lambda-Extension-Identifier"
            ) from None
        found = self._registry.find(identifier)
        if found is None:
            raise Refusal("Extension.UnknownExtensionIdentifier", f"Unknown extension {identifier}")
        return found


def _events(body: bytes) -> list[str]:
    try:
        asked = json.loads(body)
    except ValueError as error:
        raise Refusal("InvalidRequestFormat", str(error)) from None
    if not isinstance(asked, dict):
        raise Refusal("InvalidRequestFormat", "The body must be a JSON object.")
    if asked.get("configurationKeys"):
        words = "configurationKeys are deprecated; use environment variables instead"
        raise Refusal("InvalidRequestFormat", words)
    events = asked.get("events") or []
    if not isinstance(events, list) or not all(isinstance(each, str) for each in events):
        raise Refusal("InvalidRequestFormat", "events must be a list of names.")
    return events
