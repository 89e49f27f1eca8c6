"""The verifier of signatures, held against botocore's own signers."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import given
from hypothesis import strategies as st

from serverless_course.localcloud.wire.errors import ServiceError
from serverless_course.localcloud.wire.http import Request
from serverless_course.localcloud.wire.signature import Credential, verify

KEY = Credential("AKIATEST", "a secret", None)
TEMPORARY = Credential("ASIATEST", "another secret", "a/token+with=signs")
KNOWN = {each.access_key_id: each for each in (KEY, TEMPORARY)}
WORDS = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
PATHS = st.lists(WORDS, min_size=1, max_size=4).map(lambda parts: "/" + "/".join(parts))
QUERIES = st.dictionaries(WORDS.filter(bool), WORDS, max_size=4)
HEADERS = st.dictionaries(
    st.sampled_from(["x-amz-meta-one", "x-custom", "content-type", "x-amz-target"]),
    st.text(alphabet="abc XYZ-./;=0", max_size=20),
    max_size=3,
)
SIGNERS: list[tuple[Callable[..., Any], str]] = [
    (SigV4Auth, "lambda"),
    (S3SigV4Auth, "s3"),
    (SigV4QueryAuth, "lambda"),
    (S3SigV4QueryAuth, "s3"),
]


def sign(
    signer: Callable[..., Any],
    service: str,
    credential: Credential,
    method: str,
    path: str,
    query: dict[str, str],
    headers: dict[str, str],
    body: bytes,
) -> Request:
    """A request as botocore signs it and a connection sends it."""
    encoded = "&".join(f"{quote(k, safe='-_.~')}={quote(v, safe='-_.~')}" for k, v in query.items())
    url = "http://127.0.0.1:4566" + quote(path, safe="/~") + (f"?{encoded}" if encoded else "")
    if signer in (SigV4QueryAuth, S3SigV4QueryAuth):
        headers = {}
    request = AWSRequest(method, url, data=body, headers=headers)
    keys = Credentials(
        credential.access_key_id, credential.secret_access_key, credential.session_token
    )
    signer(keys, service, "eu-west-1").add_auth(request)
    parts = urlsplit(request.url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    sent = [(name.lower(), value) for name, value in request.headers.items()]
    return Request(method, target, [("host", parts.netloc), *sent], body)


@pytest.mark.parametrize(("signer", "service"), SIGNERS)
@given(
    st.sampled_from([KEY, TEMPORARY]),
    st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD"]),
    PATHS,
    QUERIES,
    HEADERS,
    st.binary(max_size=50),
)
def test_what_botocore_signs_is_accepted(
    signer: Callable[..., Any],
    service: str,
    credential: Credential,
    method: str,
    path: str,
    query: dict[str, str],
    headers: dict[str, str],
    body: bytes,
) -> None:
    if signer in (SigV4QueryAuth, S3SigV4QueryAuth):
        body = b""  # botocore moves a query-signed body into the URL
    request = sign(signer, service, credential, method, path, query, headers, body)
    scope = verify(request, KNOWN.get)
    assert (scope.access_key_id, scope.region, scope.service) == (
        credential.access_key_id,
        "eu-west-1",
        service,
    )


@pytest.mark.parametrize(("signer", "service"), SIGNERS)
@pytest.mark.parametrize("change", ["method", "path", "query", "signature", "token", "host"])
def test_what_was_changed_afterwards_is_refused(
    signer: Callable[..., Any], service: str, change: str
) -> None:
    request = sign(signer, service, TEMPORARY, "GET", "/a/b", {"x": "1"}, {}, b"")
    verify(request, KNOWN.get)
    if change == "method":
        request.method = "PUT"
    elif change == "path":
        request.target = request.target.replace("/a/b", "/a/c")
    elif change == "query":
        request.target = request.target.replace("x=1", "x=2")
    elif change == "host":
        request.headers[0] = ("host", "127.0.0.1:4567")
    else:
        old = {"signature": "Signature=", "token": "token"}[change]
        new = {"signature": "Signature=0", "token": "nekot"}[change]
        request.target = request.target.replace(old, new)
        request.headers = [(name, value.replace(old, new)) for name, value in request.headers]
    with pytest.raises(ServiceError) as refused:
        verify(request, KNOWN.get)
    assert refused.value.status == 403


@pytest.mark.parametrize(
    ("signer", "service", "good_s", "late_s"),
    [
        (SigV4Auth, "lambda", 890, 910),
        (S3SigV4QueryAuth, "s3", 3590, 3610),
    ],
)
def test_a_signature_has_its_time(
    signer: Callable[..., Any], service: str, good_s: float, late_s: float
) -> None:
    request = sign(signer, service, KEY, "GET", "/a", {}, {}, b"")
    now = datetime.datetime.now(datetime.UTC).timestamp()
    verify(request, KNOWN.get, now + good_s)
    for wrong in (now + late_s, now - 910):
        with pytest.raises(ServiceError):
            verify(request, KNOWN.get, wrong)


@pytest.mark.parametrize(
    "header",
    [
        "",
        "Basic abc",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=a/b",
        "AWS4-HMAC-SHA256 "
        "Credential=AKIATEST/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0",
    ],
)
def test_a_header_that_is_no_signature(header: str) -> None:
    with pytest.raises(ServiceError) as refused:
        verify(Request("GET", "/", [("authorization", header)], b""), KNOWN.get)
    assert refused.value.status == 403
