"""The public endpoint: guards every request, then sends it to the engine or to moto."""

from __future__ import annotations

import asyncio
import secrets
import uuid
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import unquote

from .errors import ServiceError, error_response
from .function_version import parse_reference
from .http import Request, Response
from .invoker import INVOCATION_PATH, Invoker
from .log_writer import LogWriter
from .services import Services
from .signature import Credential, Scope, verify
from .validation import check

WORKER_THREADS = 32


class Gateway:
    """Callable for `HttpProtocol`. ``host`` is the address this server answers to."""

    def __init__(
        self, services: Services, invoker: Invoker, logs: LogWriter, runtimes: list[str]
    ) -> None:
        self.host = ""
        self.learner = Credential("AKIA" + secrets.token_hex(8).upper(), secrets.token_urlsafe(30))
        self._services = services
        self._invoker = invoker
        self._logs = logs
        self._runtimes = runtimes
        self._workers = ThreadPoolExecutor(WORKER_THREADS, "moto")

    async def __call__(self, request: Request) -> Response:
        service = ""
        try:
            self._guard(request)
            scope = verify(request, self._find_credential)
            service = scope.service
            return await self._answer(request, scope)
        except ServiceError as error:
            return error_response(error, request, service, str(uuid.uuid4()))

    def close(self) -> None:
        """Let go of the worker threads."""
        self._workers.shutdown(wait=False, cancel_futures=True)

    def _guard(self, request: Request) -> None:
        """No web page may reach this server: foreign names and browser origins are refused."""
        host = request.header("host")
        name, _, port = self.host.partition(":")
        local = host in (self.host, f"localhost:{port}") or host.endswith(f".localhost:{port}")
        if not local:
            raise ServiceError("AccessDeniedException", f"This server answers only as {name}.", 403)
        if request.has_header("origin"):
            raise ServiceError("AccessDeniedException", "Web pages may not call this server.", 403)

    def _find_credential(self, access_key_id: str) -> Credential | None:
        if access_key_id == self.learner.access_key_id:
            return self.learner
        return self._services.credential(access_key_id)

    async def _answer(self, request: Request, scope: Scope) -> Response:
        if scope.service == "lambda":
            if request.path.endswith("/invocations") and request.method == "POST":
                return await self._invoker.invoke(request, scope.region)
            check(request, self._runtimes)
        elif scope.service == "logs":
            await asyncio.to_thread(self._logs.flush)
        loop = asyncio.get_running_loop()
        response = await loop.run_in_executor(
            self._workers, self._services.answer, request, self.host
        )
        if request.method == "DELETE" and scope.service == "lambda" and response.status < 300:
            await self._after_delete(request, scope)
        return response

    async def _after_delete(self, request: Request, scope: Scope) -> None:
        name = unquote(request.path.removeprefix(INVOCATION_PATH))
        reference = parse_reference(name)
        if reference and not self._services.has_function(scope.region, reference.name):
            await self._invoker.forget(scope.region, reference.name)
