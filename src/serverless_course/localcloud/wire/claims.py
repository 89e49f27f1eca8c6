"""What a request says of its own signature: in the Authorization header, or in its address.

Source: IAM User Guide, "AWS Signature Version 4 for API requests"; Amazon S3 API Reference,
"Authenticating Requests: Using Query Parameters" (read 2026-11).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from urllib.parse import parse_qsl

from .auth_errors import incomplete, malformed, not_signed, two_mechanisms
from .credential import Scope
from .errors import ServiceError
from .http import Request

ALGORITHM = "AWS4-HMAC-SHA256"
# Amazon S3 API Reference: from one second to seven days.
MOST_EXPIRES_S = 604_800
# What names a signature in an address, in Signature Version 4 and in S3's Version 2.
IN_ADDRESS = frozenset(
    {
        *("X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Signature"),
        *("AWSAccessKeyId", "Signature"),
    }
)
V4_PARAMETERS = ("Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature")
REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d{1,2}", re.ASCII)
SERVICE = re.compile(r"[a-z0-9-]+")
_STAMP = re.compile(r"\d{8}T\d{6}Z", re.ASCII)
_DATE = re.compile(r"\d{8}", re.ASCII)


@dataclass(frozen=True)
class Claims:
    """One signature: its scope, the headers it covers, when it was made and how long it holds."""

    scope: Scope
    headers: tuple[str, ...]
    signature: str
    timestamp: str
    at: float
    expires_s: int | None
    presigned: bool
    token: str


def claims_of(request: Request) -> Claims:
    """Read a signature of Version 4. Raises `ServiceError` (400, 403) in AWS's words."""
    given = [value for name, value in request.headers if name == "authorization"]
    query = parse_qsl(request.query, keep_blank_values=True) if "?" in request.target else []
    in_address = any(name in IN_ADDRESS for name, _ in query)
    if len(given) > 1 or (given and in_address):
        raise two_mechanisms()
    found = _from_address(request, query) if in_address else _from_header(request, given)
    _check_headers(request, found)
    return found


def _from_header(request: Request, given: list[str]) -> Claims:
    if not given or not given[0].strip():
        raise ServiceError("MissingAuthenticationToken", "Missing Authentication Token", 403)
    algorithm, _, rest = given[0].strip().partition(" ")
    if algorithm == "AWS":
        raise ServiceError(
            "InvalidRequest",
            "The authorization mechanism you have provided is not supported. "
            f"Please use {ALGORITHM}.",
            400,
        )
    parts = [part.strip().partition("=")[::2] for part in rest.split(",")]
    named = dict(parts)
    wanted = ("Credential", "SignedHeaders", "Signature")
    lacking = [name for name in wanted if not named.get(name)]
    if algorithm != ALGORITHM or lacking or len(parts) != len(wanted):
        lacks = "".join(f"Authorization header requires '{name}' parameter. " for name in lacking)
        raise incomplete(
            f"{lacks}Authorization header requires {ALGORITHM} with 'Credential', "
            "'SignedHeaders' and 'Signature', each once."
        )
    stamp, at = _time_of(request)
    return Claims(
        _scope(named["Credential"], stamp, presigned=False),
        tuple(named["SignedHeaders"].split(";")),
        named["Signature"],
        stamp,
        at,
        None,
        presigned=False,
        token=request.header("x-amz-security-token"),
    )


def _from_address(request: Request, query: list[tuple[str, str]]) -> Claims:
    own = [(name, value) for name, value in query if name.startswith("X-Amz-")]
    named = dict(own)
    lacking = [name for name in V4_PARAMETERS if not named.get(f"X-Amz-{name}")]
    if lacking or len(named) != len(own):
        raise ServiceError(
            "AuthorizationQueryParametersError",
            "Query-string authentication version 4 requires the X-Amz-Algorithm, "
            "X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and "
            "X-Amz-Expires parameters, each once.",
            400,
        )
    stamp = named["X-Amz-Date"]
    scope = _scope(named["X-Amz-Credential"], stamp, presigned=True)
    if named["X-Amz-Algorithm"] != ALGORITHM:
        text = f'X-Amz-Algorithm only supports "{ALGORITHM}"'
        raise malformed(scope.service, text, presigned=True)
    if request.has_header("x-amz-date"):
        raise not_signed(scope.service, ["x-amz-date"])
    return Claims(
        scope,
        tuple(named["X-Amz-SignedHeaders"].split(";")),
        named["X-Amz-Signature"],
        stamp,
        seconds_of(stamp),
        _expires(named["X-Amz-Expires"]),
        presigned=True,
        token=named.get("X-Amz-Security-Token", ""),
    )


def _expires(text: str) -> int:
    """How long a presigned request holds, in seconds."""
    problem = ""
    if not re.fullmatch(r"-?\d{1,20}", text, re.ASCII):
        problem = "X-Amz-Expires should be a number"
    elif int(text) < 0:
        problem = "X-Amz-Expires must be non-negative"
    elif int(text) == 0:
        problem = "X-Amz-Expires must be at least 1 second"
    elif int(text) > MOST_EXPIRES_S:
        problem = (
            "X-Amz-Expires must be less than a week (in seconds); that is, the given "
            f"X-Amz-Expires must be less than {MOST_EXPIRES_S} seconds"
        )
    if problem:
        raise ServiceError("AuthorizationQueryParametersError", problem, 400)
    return int(text)


def _scope(text: str, stamp: str, *, presigned: bool) -> Scope:
    parts = text.rsplit("/", 4)
    if len(parts) != 5 or not all(parts):
        raise incomplete(
            "Credential must have at least 5 slash-delimited elements: "
            "KEYID/YYYYMMDD/REGION/SERVICE/aws4_request."
        )
    key, date, region, service, end = parts
    scope = Scope(key, date, region, service)
    if end != "aws4_request" or not SERVICE.fullmatch(service):
        text = "Credential should be scoped to a correct service and end in 'aws4_request'."
        raise malformed(service, text, presigned=presigned)
    if not REGION.fullmatch(region):
        text = "Credential should be scoped to a valid region."
        raise malformed(service, text, presigned=presigned)
    if not _DATE.fullmatch(date) or date != stamp[:8]:
        raise malformed(
            service,
            "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date "
            f"from HTTP: '{date}' != '{stamp[:8]}', from '{stamp}'.",
            presigned=presigned,
        )
    return scope


def _time_of(request: Request) -> tuple[str, float]:
    """When a request was signed: X-Amz-Date counts before Date."""
    stamps = [value for name, value in request.headers if name == "x-amz-date"]
    if len(stamps) > 1:
        raise incomplete("X-Amz-Date is given more than once.")
    if stamps:
        return stamps[0], seconds_of(stamps[0])
    try:
        at = parsedate_to_datetime(request.header("date")).astimezone(UTC)
    except ValueError as error:
        raise incomplete(
            "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."
        ) from error
    return at.strftime("%Y%m%dT%H%M%SZ"), at.timestamp()


@lru_cache(maxsize=64)
def seconds_of(stamp: str) -> float:
    """Seconds since the epoch. Requests of one second share their timestamp."""
    try:
        if not _STAMP.fullmatch(stamp):
            raise ValueError(stamp)
        return datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError as error:
        raise incomplete(
            f"Date must be in ISO-8601 'basic format'. Got '{stamp[:40]}'. "
            "See http://en.wikipedia.org/wiki/ISO_8601"
        ) from error


def _check_headers(request: Request, found: Claims) -> None:
    """Host, the date, and every x-amz-* header that is sent have to be signed."""
    signed = found.headers
    if "host" not in signed:
        raise not_signed(found.scope.service, ["host"])
    lacking = sorted(
        {name for name, _ in request.headers if name.startswith("x-amz-") and name not in signed}
    )
    dated = found.presigned or "x-amz-date" in signed or "date" in signed
    if not dated:
        lacking = lacking or ["date"]
    if lacking:
        raise not_signed(found.scope.service, lacking)
