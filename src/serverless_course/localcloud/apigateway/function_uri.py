"""How an integration or an authorizer names its function.

Source: API Gateway API reference, "Integration", ``uri``; OpenAPI extension
``x-amazon-apigateway-integration`` (read 2026-11). HTTP APIs take a function's plain ARN too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from .refusals import bad_request

_URI = re.compile(
    r"arn:aws:apigateway:[a-z0-9-]+:lambda:path/"
    r"(?:2015-03-31/functions/(?P<arn>[^/]+)/invocations"
    r"|2021-11-15/functions/(?P<streaming>[^/]+)/response-streaming-invocations)"
)
_FUNCTION = re.compile(r"arn:aws:lambda:[a-z0-9-]+:\d{12}:function:[^/]+")
_VARIABLE = re.compile(r"\$\{stageVariables\.([A-Za-z0-9_]+)\}")


def function_arn(uri: str, variables: Mapping[str, str]) -> str:
    """The function's ARN, with stage variables filled in; one that is missing stays empty."""
    filled = _VARIABLE.sub(lambda found: variables.get(found[1], ""), uri)
    match = _URI.fullmatch(filled)
    return match["arn"] or match["streaming"] if match else filled


def check_uri(uri: str, *, streaming: bool = False) -> None:
    """Refuse what names no function, once stage variables stand in it. Raises `ServiceError`.

    ``streaming`` tells that it is to name InvokeWithResponseStream, and else not.
    """
    plain = _VARIABLE.sub("variable", uri)
    match = _URI.fullmatch(plain)
    streams = match is not None and match["streaming"] is not None
    if streams is not streaming or not _FUNCTION.fullmatch(function_arn(plain, {})):
        raise bad_request(f"Invalid function ARN or invalid uri: {uri}")
