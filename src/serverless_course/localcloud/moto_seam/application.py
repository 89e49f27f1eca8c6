"""moto's services as one application, answered over its own WSGI interface."""

from __future__ import annotations

import io
import logging
import os
import threading
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import unquote
from xml.parsers.expat import ExpatError

from ..iam.account import ACCOUNT_ID
from ..wire.errors import JSON, ServiceError
from ..wire.http import Request, Response
from .decided import Parts

log = logging.getLogger(__name__)
# S3's words (API reference, Error responses, read 2026-11).
MALFORMED = (
    "The XML you provided was not well-formed or did not validate against our published schema"
)


class Application:
    """moto's application. It loads on a thread of its own; who needs it waits for it."""

    def __init__(self) -> None:
        self._loaded = threading.Event()
        self._parts = Parts()
        self._failure = ""

    def wait(self) -> None:
        """Wait until moto is loaded. Raises `ServiceError` (503) when it could not be."""
        self._loaded.wait()
        if self._failure:
            raise ServiceError("ServiceUnavailable", self._failure, 503)

    @property
    def loaded(self) -> bool:
        """Whether moto is loaded."""
        return self._loaded.is_set() and not self._failure

    def load(self, endpoint: str, prepare: Callable[[], None]) -> None:
        """Import moto, ``prepare`` it, and make its application. Safe on any thread.

        When that fails, every call that needs moto says so.
        """
        try:
            _load(endpoint, prepare)
        except BaseException as error:
            log.exception("moto could not be loaded")
            self._failure = (
                f"The embedded cloud could not load moto ({type(error).__name__}: {error}), so it "
                "answers for Lambda alone. Install the course again (make setup), and restart it."
            )
        self._loaded.set()

    def answer(self, request: Request, host: str, model: str) -> Response:
        """Let moto's part of a service, by botocore's name, answer. Called on worker threads."""
        self.wait()
        status_line = ""
        headers: list[tuple[str, str]] = []

        def start(status: str, fields: list[tuple[str, str]], exc_info: Any = None) -> None:
            nonlocal status_line, headers
            status_line, headers = status, fields

        try:
            chunks: Iterable[bytes] = self._parts.part(model)(_wsgi_environ(request, host), start)
        except ExpatError as error:
            raise ServiceError("MalformedXML", MALFORMED) from error
        except StopIteration as error:
            # A future takes it for its own end, and nobody would get an answer.
            raise RuntimeError("moto looked for something that is not there") from error
        try:
            body = b"".join(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        left_out = {"connection", "content-length", "access-control-allow-origin"}
        kind = request.header("content-type")
        if kind.startswith(JSON):
            # AWS answers in the version that it was asked in, refusals too; moto often as text.
            left_out.add("content-type")
        kept = [(name, value) for name, value in headers if name.lower() not in left_out]
        if kind.startswith(JSON):
            kept.append(("Content-Type", kind))
        response = Response(int(status_line.split(maxsplit=1)[0]), {}, body, kept)
        if request.method == "HEAD":
            named = {name.lower(): value for name, value in headers}
            response.headers["Content-Length"] = named.get("content-length", "0")
        return response


def _load(endpoint: str, prepare: Callable[[], None]) -> None:
    host, _, port = endpoint.removeprefix("http://").partition(":")
    os.environ.setdefault("MOTO_ACCOUNT_ID", ACCOUNT_ID)
    os.environ["MOTO_HOST"] = f"http://{host}"
    os.environ["MOTO_PORT"] = port
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    os.environ["SF_EXECUTION_HISTORY_TYPE"] = "SUCCESS"
    from moto import settings  # noqa: PLC0415 - imported late: the port answers before it

    settings.TEST_SERVER_MODE = True
    prepare()


def _wsgi_environ(request: Request, host: str) -> dict[str, Any]:
    path, _, query = request.target.partition("?")
    name, _, port = host.partition(":")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(path).encode().decode("latin-1"),
        "QUERY_STRING": query,
        "REQUEST_URI": request.target,
        "RAW_URI": request.target,
        "SERVER_NAME": name,
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": request.peer[0],
        "CONTENT_LENGTH": str(len(request.body)),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.input_terminated": True,
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    for header, value in request.headers:
        key = header.upper().replace("-", "_")
        if key in ("CONTENT_LENGTH", "TRANSFER_ENCODING"):
            continue
        environ[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return environ
