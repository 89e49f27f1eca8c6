"""The seam to moto: the one module that touches moto's private names.

Every AWS service but Lambda's execution is moto's (https://github.com/getmoto/moto). What is
used here of its inside is held by a contract test, so that an upgrade that moves it is seen.
"""

from __future__ import annotations

import io
import os
import threading
from collections.abc import Iterable
from typing import Any
from urllib.parse import unquote

from .code_store import CodeStore
from .errors import ServiceError
from .function_version import FunctionVersion, parse_reference
from .http import Request, Response
from .log_stream import LogEvent
from .signature import Credential

ACCOUNT_ID = "123456789012"
CLOSED_PATHS = ("/moto-api", "/latest/meta-data", "/latest/api", "/favicon.ico")


class Services:
    """moto's services as one application, and direct access to the parts the engine needs."""

    def __init__(self, code: CodeStore) -> None:
        self._code = code
        self._loaded = threading.Event()
        self._app: Any = None
        self._lock = threading.Lock()

    def load(self, endpoint: str) -> None:
        """Import moto and make its application. Takes about a second; safe on any thread."""
        host, _, port = endpoint.removeprefix("http://").partition(":")
        os.environ.setdefault("MOTO_ACCOUNT_ID", ACCOUNT_ID)
        os.environ["MOTO_HOST"] = f"http://{host}"
        os.environ["MOTO_PORT"] = port
        os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "false"
        os.environ["SF_EXECUTION_HISTORY_TYPE"] = "SUCCESS"
        from moto import settings  # noqa: PLC0415 - imported late: the port answers before it
        from moto.awslambda import models  # noqa: PLC0415
        from moto.moto_server.werkzeug_app import (  # noqa: PLC0415
            DomainDispatcherApplication,
            create_backend_app,
        )

        settings.TEST_SERVER_MODE = True
        self._lambda = models.lambda_backends
        self._app = DomainDispatcherApplication(create_backend_app)
        self._loaded.set()

    # any service, over HTTP

    def answer(self, request: Request, host: str) -> Response:
        """Let moto answer a request. Called on worker threads."""
        self._loaded.wait()
        if unquote(request.path).startswith(CLOSED_PATHS):
            return Response(404)
        status_line = ""
        headers: list[tuple[str, str]] = []

        def start(status: str, fields: list[tuple[str, str]], exc_info: Any = None) -> None:
            nonlocal status_line, headers
            status_line, headers = status, fields

        chunks: Iterable[bytes] = self._app(_wsgi_environ(request, host), start)
        try:
            body = b"".join(chunks)
        finally:
            close = getattr(chunks, "close", None)
            if close is not None:
                close()
        kept = [
            (name, value)
            for name, value in headers
            if name.lower() not in ("connection", "content-length", "access-control-allow-origin")
        ]
        response = Response(int(status_line.split(maxsplit=1)[0]), {}, body, kept)
        if request.method == "HEAD":
            named = {name.lower(): value for name, value in headers}
            response.headers["Content-Length"] = named.get("content-length", "0")
        return response

    # Lambda's functions

    def function_version(
        self, region: str, name: str, qualifier: str | None
    ) -> tuple[FunctionVersion, str]:
        """The version a caller means, and the ARN by which it was invoked.

        Raises ResourceNotFoundException (404) in AWS's words.
        """
        self._loaded.wait()
        reference = parse_reference(name)
        if reference is None:
            raise ServiceError(
                "ValidationException",
                f"1 validation error detected: Value '{name}'"
                " at 'functionName' failed to satisfy constraint: Member must "
                "satisfy regular expression pattern: [a-zA-Z0-9-_]+",
            )
        wanted = qualifier or reference.qualifier
        arn = f"arn:aws:lambda:{region}:{ACCOUNT_ID}:function:{reference.name}"
        if reference.region not in (None, region):
            raise ServiceError(
                "ResourceNotFoundException",
                f"Functions from '{reference.region}' are not reachable in this region "
                f"('{region}')",
                404,
            )
        storage = self._lambda[ACCOUNT_ID][region]._lambdas
        try:
            found = storage.get_function_by_name_with_qualifier(reference.name, wanted)
        except Exception as error:
            named = arn if wanted is None else f"{arn}:{wanted}"
            raise ServiceError(
                "ResourceNotFoundException",
                f"Function not found: {named}",
                404,
                fields={"Type": "User"},
            ) from error
        return self._describe(found, region, arn), arn if wanted is None else f"{arn}:{wanted}"

    def has_function(self, region: str, name: str) -> bool:
        """Whether a function of that name exists."""
        if not self._loaded.is_set():
            return False
        return name in self._lambda[ACCOUNT_ID][region]._lambdas._functions

    def _describe(self, found: Any, region: str, arn: str) -> FunctionVersion:
        key = self._code.put(found.code_bytes, known_as=found.code_sha_256)
        layers = []
        for layer in found.layers:
            held = self._lambda[ACCOUNT_ID][region].layers_versions_by_arn(layer["Arn"])
            if held is not None:
                layers.append(self._code.put(held.code_bytes, known_as=layer["Arn"]))
        reserved = found.reserved_concurrency
        return FunctionVersion(
            name=found.function_name,
            arn=arn,
            version=str(found.version),
            region=region,
            account_id=ACCOUNT_ID,
            runtime=found.run_time or "",
            handler=found.handler or "",
            role=found.role,
            memory_mb=int(found.memory_size),
            timeout_s=int(found.timeout),
            environment=tuple(sorted((found.environment_vars or {}).items())),
            code_key=key,
            layer_keys=tuple(layers),
            log_group=found.logs_group_name,
            reserved_concurrency=None if reserved is None else int(reserved),
        )

    # logs, roles, keys

    def write_logs(
        self, version: FunctionVersion, group: str, stream: str, events: list[LogEvent]
    ) -> None:
        """Put events into CloudWatch Logs; group and stream are made when first written to."""
        self._loaded.wait()
        from moto.logs.models import logs_backends  # noqa: PLC0415

        backend = logs_backends[version.account_id][version.region]
        with self._lock:
            backend.ensure_log_group(group)
            if stream not in backend.groups[group].streams:
                backend.create_log_stream(group, stream)
            backend.put_log_events(
                group,
                stream,
                [{"timestamp": event.at_ms, "message": event.message} for event in events],
            )

    def role_credentials(self, version: FunctionVersion) -> dict[str, str]:
        """Temporary credentials of the function's role, as environment variables."""
        self._loaded.wait()
        from moto.sts.models import sts_backends  # noqa: PLC0415

        assumed = sts_backends[version.account_id]["aws"].assume_role(
            region_name=version.region,
            role_session_name=version.name,
            role_arn=version.role,
            policy="",
            duration=12 * 3600,
            external_id="",
        )
        return {
            "AWS_ACCESS_KEY_ID": assumed.access_key_id,
            "AWS_SECRET_ACCESS_KEY": assumed.secret_access_key,
            "AWS_SESSION_TOKEN": assumed.session_token,
        }

    def credential(self, access_key_id: str) -> Credential | None:
        """The credential behind an access key that IAM or STS gave out, or None."""
        self._loaded.wait()
        from moto.iam.models import iam_backends  # noqa: PLC0415
        from moto.sts.models import sts_backends  # noqa: PLC0415

        assumed = sts_backends[ACCOUNT_ID]["aws"].get_assumed_role_from_access_key(access_key_id)
        if assumed is not None:
            return Credential(access_key_id, assumed.secret_access_key, assumed.session_token)
        for user in iam_backends[ACCOUNT_ID]["aws"].users.values():
            for key in user.access_keys:
                if key.access_key_id == access_key_id and key.status == "Active":
                    return Credential(access_key_id, key.secret_access_key)
        return None


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
