"""Call a function URL as a client on the internet does: unsigned, or signed with credentials."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.httpsession import URLLib3Session

TIMEOUT_S = 30
# Names below .localhost are this machine (RFC 6761, 6.3); not every system can look them up.
THIS_MACHINE = ".localhost"


def call_url(url: str, body: Any, credentials: Mapping[str, str] | None = None) -> tuple[int, Any]:
    """POST a body as JSON to a function URL.

    Args:
        url: the function URL, as Lambda gave it.
        body: anything that JSON can hold.
        credentials: what STS's AssumeRole gives under ``Credentials``; the call is signed with
            them for Lambda. Without them it is not signed.

    Returns:
        The HTTP status, and the answer: parsed where it is JSON, else its text.

    Raises:
        HTTPClientError: nobody answered (botocore.exceptions).
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    here = host.endswith(THIS_MACHINE)
    place = f"127.0.0.1:{parts.port}" if here else parts.netloc
    request = AWSRequest(
        "POST",
        urlunsplit((parts.scheme, place, parts.path or "/", parts.query, "")),
        {"Host": parts.netloc, "Content-Type": "application/json"},
        json.dumps(body).encode(),
    )
    if credentials is not None:
        keys = Credentials(
            credentials["AccessKeyId"],
            credentials["SecretAccessKey"],
            credentials.get("SessionToken"),
        )
        SigV4Auth(keys, "lambda", region_of(url)).add_auth(request)
    answer = URLLib3Session(timeout=TIMEOUT_S).send(request.prepare())
    text = answer.text
    try:
        return answer.status_code, json.loads(text)
    except ValueError:
        return answer.status_code, text


def region_of(url: str) -> str:
    """The Region in a function URL: ``https://id.lambda-url.REGION.on.aws/``.

    Raises:
        ValueError: this is no function URL.
    """
    labels = (urlsplit(url).hostname or "").split(".")
    if len(labels) < 3 or labels[1] != "lambda-url":
        raise ValueError(f"{url!r} is no function URL: its second part is 'lambda-url'.")
    return labels[2]
