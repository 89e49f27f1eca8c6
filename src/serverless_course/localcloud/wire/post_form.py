"""S3's upload by an HTML form: a signed policy says what the form may hold.

Sources: Amazon S3 API Reference, "Browser-Based Uploads Using POST" (POST object, POST policy) and
"Authenticating Requests in Browser-Based Uploads Using POST" (read 2026-11). What is uploaded is
then the PUT of one object: permissions, events and storage see nothing else.
"""

from __future__ import annotations

import base64
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from email.message import Message
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape

from .auth_errors import incomplete, malformed, mismatch, unknown_token
from .bucket_address import path_with_bucket
from .canonical import sign
from .claims import ALGORITHM, REGION, SERVICE, seconds_of
from .credential import Credential, Scope
from .errors import ServiceError
from .http import Request, Response
from .old_signature import REGION as OLD_REGION
from .post_policy import check_policy, policy_of

MULTIPART = "multipart/form-data"
MAX_FIELDS = 200
# A form without its file has at most so many bytes (S3 API Reference, POST Object).
MAX_FIELDS_BYTES = 20 * 1024
HEADERS = ("cache-control", "content-disposition", "content-encoding", "content-type", "expires")
# Fields that are about the signature, or about the answer.
NOT_HEADERS = frozenset(
    {
        *("x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-security-token"),
        *("x-amz-signature",),
    }
)
NOT_OFFERED = ("tagging",)


@dataclass(frozen=True)
class Form:
    """A form: its fields by lower-case name, the file and the file's own name."""

    fields: dict[str, str]
    file: bytes
    filename: str


@dataclass(frozen=True)
class Upload:
    """A verified form as the PUT that it stands for, and how its answer is given."""

    scope: Scope
    request: Request
    form: Form
    bucket: str
    key: str

    def answer(self, response: Response) -> Response:
        """The answer to the form, from the answer to the PUT."""
        if response.status != 200:
            return response
        fields = self.form.fields
        named = {name.lower(): value for name, value in response.extra_headers}
        etag = named.get("etag", "")
        host = self.request.header("host")
        location = f"http://{host}/{self.bucket}/{quote(self.key)}"
        headers = {"ETag": etag, "Location": location}
        redirect = fields.get("success_action_redirect") or fields.get("redirect", "")
        if redirect.startswith(("http://", "https://")):
            mark = "&" if "?" in redirect else "?"
            told = f"bucket={quote(self.bucket)}&key={quote(self.key, safe='')}"
            headers["Location"] = f"{redirect}{mark}{told}&etag={quote(etag, safe='')}"
            return Response(303, headers)
        status = fields.get("success_action_status", "")
        if status == "201":
            members = {"Location": location, "Bucket": self.bucket, "Key": self.key, "ETag": etag}
            inner = "".join(f"<{name}>{escape(value)}</{name}>" for name, value in members.items())
            body = f'<?xml version="1.0" encoding="UTF-8"?>\n<PostResponse>{inner}</PostResponse>'
            return Response(201, {**headers, "Content-Type": "application/xml"}, body.encode())
        return Response(200 if status == "200" else 204, headers)


def is_post_form(request: Request) -> bool:
    """Whether a request uploads an object by a form: its signature is in the form."""
    return (
        request.method == "POST"
        and request.header("content-type").lower().startswith(MULTIPART)
        and not request.has_header("authorization")
    )


def verify_form(
    request: Request, find: Callable[[str], Credential | None], now: float | None = None
) -> Upload:
    """Check a form's signature and policy. Raises `ServiceError` (400, 403) in S3's words."""
    now = time.time() if now is None else now
    form = read_form(request)
    fields = form.fields
    path = unquote(path_with_bucket(request)).strip("/")
    if not path or "/" in path or "?" in request.target:
        text = "The specified method is not allowed against this resource."
        raise ServiceError("MethodNotAllowed", text, 405)
    if "policy" not in fields:
        raise ServiceError("AccessDenied", "Access Denied", 403)
    scope = _signer(fields, find, now)
    for name in NOT_OFFERED:
        if name in fields:
            text = f"The embedded cloud does not offer the form field {name}."
            raise ServiceError("NotImplemented", text, 501)
    if "key" not in fields or not fields["key"]:
        text = "Bucket POST must contain a field named 'key'."
        raise ServiceError("InvalidArgument", text, 400)
    check_policy(policy_of(fields["policy"]), {**fields, "bucket": path}, len(form.file), now)
    key = fields["key"].replace("${filename}", form.filename)
    put = replace(
        request,
        method="PUT",
        target=f"/{quote(path)}/{quote(key)}",
        headers=_headers(request, fields),
        body=form.file,
    )
    return Upload(scope, put, form, path, key)


def read_form(request: Request) -> Form:
    """The form in a request's body. Raises `ServiceError` (400) for one that is malformed."""
    from werkzeug.exceptions import RequestEntityTooLarge  # noqa: PLC0415 - rarely needed
    from werkzeug.sansio import multipart  # noqa: PLC0415

    kind = Message()
    kind["content-type"] = request.header("content-type")
    boundary = kind.get_param("boundary")
    if not isinstance(boundary, str) or not 0 < len(boundary) <= 200:
        raise _malformed()
    fields: dict[str, str] = {}
    file = bytearray()
    filename = ""
    name = ""
    value = bytearray()
    try:
        decoder = multipart.MultipartDecoder(boundary.encode("latin-1"), max_parts=MAX_FIELDS)
        decoder.receive_data(request.body)
        decoder.receive_data(None)
        while not isinstance(event := decoder.next_event(), multipart.Epilogue):
            if isinstance(event, multipart.NeedData):
                raise _malformed()
            if isinstance(event, multipart.Field | multipart.File):
                name, value = (event.name or "").lower(), bytearray()
                if name in fields:
                    text = f"The form field {name} is given more than once."
                    raise ServiceError("InvalidArgument", text, 400)
                if isinstance(event, multipart.File):
                    filename = (event.filename or "").replace("\\", "/").rpartition("/")[2]
            elif isinstance(event, multipart.Data):
                value += event.data
                if name == "file" and not event.more_data:
                    file = value
                    break
                if not event.more_data:
                    fields[name] = value.decode()
    except (ValueError, UnicodeError, RequestEntityTooLarge) as error:
        raise _malformed() from error
    if name != "file":
        text = "POST requires exactly one file upload per request."
        raise ServiceError("InvalidArgument", text, 400)
    if sum(len(key) + len(text) for key, text in fields.items()) > MAX_FIELDS_BYTES:
        text = "Your POST request fields preceding the upload file were too large."
        raise ServiceError("MaxPostPreDataLengthExceededError", text, 400)
    return Form(fields, bytes(file), filename)


def _malformed() -> ServiceError:
    return ServiceError(
        "MalformedPOSTRequest",
        "The body of your POST request is not well-formed multipart/form-data.",
        400,
    )


def _signer(fields: dict[str, str], find: Callable[[str], Credential | None], now: float) -> Scope:
    policy = fields["policy"]
    old = "awsaccesskeyid" in fields or "signature" in fields
    new = any(name in fields for name in ("x-amz-signature", "x-amz-credential"))
    if old and new:
        raise incomplete("A form is signed in one way only.")
    if old:
        key, given = fields.get("awsaccesskeyid", ""), fields.get("signature", "")
        scope = Scope(key, time.strftime("%Y%m%d", time.gmtime(now)), OLD_REGION, "s3")
    else:
        scope, given = _new_scope(fields), fields.get("x-amz-signature", "")
    credential = find(scope.access_key_id)
    if credential is None:
        raise ServiceError(
            "InvalidAccessKeyId",
            "The AWS Access Key Id you provided does not exist in our records.",
            403,
        )
    token = fields.get("x-amz-security-token", "")
    if not hmac.compare_digest(token.encode(), (credential.session_token or "").encode()):
        raise unknown_token()
    secret = credential.secret_access_key
    expected = _old_signature(secret, policy) if old else sign(secret, scope, policy)
    if not hmac.compare_digest(expected.encode(), given.encode()):
        raise mismatch("s3")
    return scope


def _old_signature(secret: str, policy: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), policy.encode(), "sha1").digest()).decode()


def _new_scope(fields: dict[str, str]) -> Scope:
    wanted = ("x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature")
    lacking = [name for name in wanted if not fields.get(name)]
    parts = fields.get("x-amz-credential", "").rsplit("/", 4)
    if lacking or len(parts) != 5 or fields["x-amz-algorithm"] != ALGORITHM:
        text = f"Bucket POST must contain the fields {', '.join(wanted)}."
        raise ServiceError("InvalidArgument", text, 400)
    key, date, region, service, end = parts
    seconds_of(fields["x-amz-date"])
    right = REGION.fullmatch(region) and SERVICE.fullmatch(service) and service == "s3"
    if not right or end != "aws4_request" or date != fields["x-amz-date"][:8]:
        raise malformed("s3", "The credential's scope is not correct.", presigned=True)
    return Scope(key, date, region, service)


def _host(request: Request) -> str:
    """This server's own name: the bucket is in the path by now."""
    host = request.header("host")
    name, _, port = host.partition(":")
    return f"localhost:{port}" if name.endswith(".localhost") else host


def _headers(request: Request, fields: dict[str, str]) -> list[tuple[str, str]]:
    kept = [(name, request.header(name)) for name in ("user-agent", "x-amzn-trace-id")]
    kept.append(("host", _host(request)))
    for name, value in fields.items():
        header = "x-amz-acl" if name == "acl" else name
        wanted = header in HEADERS or header.startswith("x-amz-")
        if wanted and header not in NOT_HEADERS:
            if any(character in value for character in "\r\n\0"):
                raise ServiceError("InvalidArgument", f"The form field {name} is not valid.", 400)
            kept.append((header, value))
    return [(name, value) for name, value in kept if value]
