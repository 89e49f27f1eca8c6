"""Serves function URLs: from an HTTP request to the function, and back.

Source: Lambda Developer Guide, "Invoking Lambda function URLs" and "Control access to Lambda
function URLs" (read 2026-11). Since October 2025 a caller needs both lambda:InvokeFunctionUrl and
lambda:InvokeFunction; with AuthType NONE the function's own policy has to grant both to everybody.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from ...iam.principal import Principal
from ...wire.errors import ServiceError
from ...wire.http import Request, Response
from ...wire.signature import Scope
from ..function_url import find_url, is_closed
from ..registry import Found, FunctionRecord, Registry
from ..tracing import undecided
from .door import Door
from .http_event import BadAnswer, HttpContext, event_of, response_of
from .http_stream import bad_gateway, streamed_response
from .request import InvocationRequest, new_request_id
from .streams import Streams

HOST = re.compile(r"(?P<id>[a-z0-9]+)\.lambda-url\.(?P<region>[a-z0-9-]+)\.localhost(?::\d+)?")
ACTIONS = ("lambda:InvokeFunctionUrl", "lambda:InvokeFunction")
FORBIDDEN = (
    "Forbidden. For troubleshooting Function URL authorization issues, see: "
    "https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"
)
# AWS answers a call to an address that no function has with a Message of null (recorded).
NO_SUCH_URL = ""
HOST_MARK = ".lambda-url."
# The largest request of a function URL (Lambda quotas, read 2026-11).
MAX_BYTES = 6_291_456
JSON = {"Content-Type": "application/json"}
# Checks a request's signature; raises `ServiceError`.
Verify = Callable[[Request], Scope]
# Who signed; raises `ServiceError`.
Caller = Callable[[Scope], Principal]
# Whether who signed a request may do an action on a function, by the policies of his own.
MayInvoke = Callable[[Request, Scope, str, str], bool]


class FunctionUrls:
    """``verify`` checks signatures, ``caller`` says whose they are, ``may_invoke`` what the
    policies of a signer allow."""

    def __init__(
        self,
        registry: Registry,
        door: Door,
        streams: Streams,
        account_id: str,
        verify: Verify,
        caller: Caller,
        may_invoke: MayInvoke,
    ) -> None:
        self._registry = registry
        self._door = door
        self._streams = streams
        self._account_id = account_id
        self._verify = verify
        self._caller = caller
        self._may_invoke = may_invoke

    async def answer(self, request: Request) -> Response:
        """The answer to a request for a function URL."""
        request_id = new_request_id()
        trace = undecided(request.header("x-amzn-trace-id"))
        match = HOST.fullmatch(request.header("host"))
        try:
            if match is None:
                raise ServiceError("AccessDeniedException", NO_SUCH_URL, 403)
            response = await self._serve(request, match["id"], match["region"], request_id, trace)
        except ServiceError as error:
            response = refusal(error)
        response.headers["x-amzn-RequestId"] = request_id
        response.headers.setdefault("X-Amzn-Trace-Id", trace)
        return response

    async def _serve(
        self, request: Request, url_id: str, region: str, request_id: str, trace: str
    ) -> Response:
        found = find_url(self._registry, region, url_id)
        if found is None:
            closed = is_closed(self._registry, region, url_id)
            raise ServiceError("AccessDeniedException", FORBIDDEN if closed else NO_SUCH_URL, 403)
        record, qualifier, config = found
        if config["AuthType"] != "NONE" and is_from_a_page(request):
            raise ServiceError("AccessDeniedException", FORBIDDEN, 403)
        iam = self._authorize(request, record, qualifier, config["AuthType"])
        if len(request.body) > MAX_BYTES:
            raise ServiceError("RequestEntityTooLargeException", "Request Entity Too Large", 413)
        context = HttpContext(url_id, request.header("host"), request_id, trace, iam)
        event = event_of(request, context)
        invocation = InvocationRequest(Found(record, qualifier), event, trace, request_id)
        if config["InvokeMode"] == "RESPONSE_STREAM":
            return await streamed_response(self._streams.start(invocation))
        received = self._door.receive(invocation)
        result = await self._door.run(received)
        response = bad_gateway()
        if not result.function_error:
            with suppress(BadAnswer):
                response = response_of(result.payload)
        response.headers["X-Amzn-Trace-Id"] = received.trace
        return response

    def _authorize(
        self, request: Request, record: FunctionRecord, qualifier: str | None, auth_type: str
    ) -> dict[str, Any] | None:
        if auth_type == "NONE":
            if not all(
                grants_everybody(record, qualifier, action, auth_type) for action in ACTIONS
            ):
                raise ServiceError("AccessDeniedException", FORBIDDEN, 403)
            return None
        if not is_signed(request):
            raise ServiceError("AccessDeniedException", FORBIDDEN, 403)
        scope = self._verify(request)
        arn = record.qualified_arn(qualifier)
        if scope.service != "lambda" or not all(
            self._may_invoke(request, scope, action, arn)
            or grants_everybody(record, qualifier, action, auth_type)
            for action in ACTIONS
        ):
            raise ServiceError("AccessDeniedException", FORBIDDEN, 403)
        principal = self._caller(scope)
        return {
            "accessKey": scope.access_key_id,
            "accountId": self._account_id,
            "callerId": principal.user_id,
            "cognitoIdentity": None,
            "principalOrgId": None,
            "userArn": principal.arn,
            "userId": principal.user_id,
        }


def is_signed(request: Request) -> bool:
    """Whether a request carries a signature at all, in a header or in its query."""
    return request.has_header("authorization") or "X-Amz-Signature=" in request.query


def is_from_a_page(request: Request) -> bool:
    """Whether a browser sends this for a web page, and not because somebody typed the address.

    Source: W3C, "Fetch Metadata Request Headers", Sec-Fetch-Site (read 2026-11).
    """
    return request.header("sec-fetch-site", "none") != "none"


def grants_everybody(
    record: FunctionRecord, qualifier: str | None, action: str, auth_type: str
) -> bool:
    """Whether the function's policy grants an action on its URL to everybody."""
    policy = record.policies.get(qualifier)
    facts = {
        "lambda:FunctionUrlAuthType": auth_type,
        "lambda:InvokedViaFunctionUrl": "true",
    }
    return any(
        statement["Effect"] == "Allow"
        and statement["Principal"] in ("*", {"AWS": "*"})
        and statement["Action"] in (action, "lambda:*")
        and all(
            facts.get(key) == str(value).lower() or facts.get(key) == value
            for condition in statement.get("Condition", {}).values()
            for key, value in condition.items()
        )
        for statement in (policy["Statement"] if policy else [])
    )


def refusal(error: ServiceError) -> Response:
    """An error in the words of a function URL."""
    body: dict[str, Any] = {"Message": error.message or None}
    if error.status == 429:
        body = {"Reason": error.fields["Reason"], "Type": "User", "message": error.message}
    headers = {**JSON, "x-amzn-ErrorType": error.code, **error.headers}
    return Response(error.status, headers, json.dumps(body, separators=(",", ":")).encode())
