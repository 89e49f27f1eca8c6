"""The public endpoint: guards every request, then sends it to the engine, to X-Ray or to moto."""

from __future__ import annotations

import asyncio
import secrets
import uuid
from collections.abc import Callable

from .apigateway.plane import ApiGateway
from .apigateway.serving.front import HOST_MARK as API_MARK
from .apigateway.serving.front import ApiFront
from .cloudformation.front import PATH as STACK_PATH
from .cloudformation.front import StackFront
from .elasticloadbalancing.elastic_load_balancing import ElasticLoadBalancing
from .fis.fis import FaultInjection
from .iam.account import ACCOUNT_ID
from .iam.authorization import Authorizer
from .iam.principal import Principal
from .iam.requested import (
    check_reserved_tags,
    check_scope,
    form_of,
    needs,
    one_form,
    operation_of,
)
from .lambda_.api.invoke import InvokeApi
from .lambda_.api.invoke_with_response_stream import SUFFIX as STREAMING_PATH
from .lambda_.api.invoke_with_response_stream import StreamingInvokeApi
from .lambda_.api.plane import ControlPlane
from .lambda_.code_store import LINK_PATH
from .lambda_.invocation.door import Door
from .lambda_.invocation.function_urls import HOST_MARK, FunctionUrls
from .lambda_.invocation.streams import Streams
from .lambda_.tracing import TraceWriter
from .logs.api import LogsApi
from .logs.log_writer import LogWriter
from .moto_seam import CurrentCall, Services
from .offered import OFFERED, check_offered
from .pipes.pipes import Pipes
from .scheduler.scheduler import Scheduler
from .signers import Signers
from .vpc.view import may_change
from .wire.body_limits import MAX_UNKNOWN_BYTES, MAX_URL_BYTES, most_bytes
from .wire.budget import Allowance, Budget
from .wire.connection import MAX_BODY
from .wire.errors import ServiceError, error_response
from .wire.exhaustion import told
from .wire.http import Request, Response, is_local
from .wire.plain_request import plain
from .wire.post_form import is_post_form
from .wire.received import Received, claimed, receive, service_of, verify_s3_head
from .wire.workers import Workers
from .xray import XRay

# The hash of a larger body is computed on a worker thread.
LARGE_BODY = 1024 * 1024
# Bodies whose signature is not known yet are held together up to this.
UNKNOWN_BODIES = 160 * 1024 * 1024


class Gateway:
    """Callable for `HttpProtocol`. ``host`` is the address this server answers to."""

    def __init__(
        self,
        services: Services,
        plane: ControlPlane,
        invoke: InvokeApi,
        door: Door,
        logs: LogWriter,
        authorizer: Authorizer,
        xray: XRay,
        traces: TraceWriter,
        experiments: FaultInjection,
        signers: Signers,
        apis: ApiFront,
        stacks: StackFront,
        scheduler: Scheduler,
        pipes: Pipes,
        balancing: ElasticLoadBalancing,
    ) -> None:
        self.host = ""
        self.on_network_change: Callable[[], None] = lambda: None
        self.learner = signers.learner
        self.administrator = signers.administrator
        self._signers = signers
        # What answers at once when moto is there, by its name in signatures.
        self._at_once: dict[str, Callable[[Request, str], Response]] = {
            "apigateway": ApiGateway(apis.apis).answer,
            "pipes": pipes.answer,
            "scheduler": scheduler.answer,
            "elasticloadbalancing": lambda request, region: balancing.answer(
                form_of(request), region
            ),
        }
        self._apis = apis
        self._authorizer = authorizer
        self._experiments = experiments
        self._stacks = stacks
        self._services = services
        self._invoke = invoke
        self._logs = logs
        self._logs_api = LogsApi(services.log_groups)
        self._plane = plane
        self._xray = xray
        self._traces = traces
        streams = Streams(door)
        self._streaming_invoke = StreamingInvokeApi(plane.registry, streams)
        self._urls = FunctionUrls(
            plane.registry,
            door,
            streams,
            ACCOUNT_ID,
            signers.verify,
            signers.principal,
            signers.may_use_url,
        )
        self._workers = Workers()
        self._unknown_bodies = Budget(UNKNOWN_BODIES)
        self._known_bodies = Budget(MAX_BODY)

    async def __call__(self, request: Request) -> Response:
        try:
            self._guard(request)
            host = request.header("host")
            if request.path.startswith(LINK_PATH) and HOST_MARK not in host:
                return self._package(request)
            if API_MARK in host:
                return await self._apis.answer(request)
            if request.path.startswith(STACK_PATH) and HOST_MARK not in host:
                return self._stacks.respond(request)
            await self._signers.wait(request)
            if HOST_MARK in host:
                return await self._urls.answer(request)
            received = await self._receive(request)
            response = await self._answer(received)
            return received.answer(response) if received.answer else response
        except ServiceError as error:
            problem = error
        except Exception as error:
            problem = told(error)
        return error_response(problem, request, service_of(request), str(uuid.uuid4()))

    async def _receive(self, request: Request) -> Received:
        """Verify a request; the hash of a large body is not computed on the event loop."""
        if len(request.body) < LARGE_BODY:
            return receive(request, self._signers.find)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(
            self._workers.of("hashes"), receive, request, self._signers.find
        )

    def refusal(self, head: Request) -> Response | None:
        """The answer to a request that may not reach this server, from its head alone.

        So what a web page sends is not even read.
        """
        try:
            self._guard(head)
        except ServiceError as error:
            return error_response(error, head, "", str(uuid.uuid4()))
        return None

    def allow(self, head: Request) -> Allowance | Response:
        """How large a body may be, from its head alone; or the answer, when there is none to be.

        A large body to S3 is read when its head's signature is right; what another service takes
        is small, and together it has room of its own.
        """
        try:
            host = head.header("host")
            if API_MARK in host:
                return self._apis.allow(head)
            if HOST_MARK in host:
                return Allowance(MAX_URL_BYTES, self._unknown_bodies)
            service = service_of(head)
            most = most_bytes(head, service)
            if service == "s3" and not is_post_form(head):
                own = self.learner.access_key_id in head.header("authorization") + head.query
                if own or self._services.loaded:
                    verify_s3_head(head, self._signers.find)
                    return Allowance(MAX_BODY, self._known_bodies)
                most = MAX_UNKNOWN_BYTES
            return Allowance(most, self._unknown_bodies)
        except ServiceError as error:
            return error_response(error, head, service_of(head), str(uuid.uuid4()))

    def action(self, request: Request) -> str | None:
        """The IAM action that a request needs, unverified; None when there is none."""
        try:
            found = claimed(request)
            scope = found.scope
            wanted = needs(
                plain(found.request, scope, self.host), scope, ACCOUNT_ID, self._services.names
            )
        except ServiceError:
            return None
        return wanted[0].action if wanted else None

    def close(self) -> None:
        """Let go of the worker threads."""
        self._workers.close()
        self._logs_api.close()

    def _guard(self, request: Request) -> None:
        """Refuse what is not for this server: foreign names, browser origins, whole addresses.

        A browser says its page's origin in every request but a plain GET (``no-cors``): that one
        bears no signature, so it gets no further than to a public function URL. APIs have rules of
        their own (`apigateway.serving.cors`).
        """
        host = request.header("host")
        name = self.host.partition(":")[0]
        # What came through a VPC was sent to the ENI's own listener, which knows its address.
        if request.vpc_source is None and not is_local(host, self.host):
            raise ServiceError("AccessDeniedException", f"This server answers only as {name}.", 403)
        if not request.target.startswith("/"):
            raise ServiceError("InvalidURI", "A request names a path, not a whole address.", 400)
        if request.has_header("origin") and API_MARK not in host:
            raise ServiceError("AccessDeniedException", "Web pages may not call this server.", 403)

    def _package(self, request: Request) -> Response:
        """A deployment package by its link: the unguessable address is the signature."""
        data = self._plane.code.linked(request.path)
        if data is None:
            raise ServiceError("AccessDenied", "Request has expired", 403)
        return Response(200, {"Content-Type": "application/zip"}, data)

    async def _answer(self, received: Received) -> Response:
        request, scope = received.request, received.scope
        check_scope(scope)
        principal = self._signers.principal(scope)
        on_the_loop = scope.service in ("lambda", "fis", *self._at_once)
        if scope.service == "elasticloadbalancing":
            request = plain(request, scope, self.host)
        if on_the_loop and principal is not self.administrator:
            self._authorizer.check(principal, request, scope)
        if scope.service == "lambda":
            if request.method == "POST" and request.path.endswith("/invocations"):
                return await self._invoke.answer(request, scope.region)
            if request.method == "POST" and request.path.endswith(STREAMING_PATH):
                return await self._streaming_invoke.answer(request, scope.region)
            check_reserved_tags(request, scope.service)
            return await self._plane.answer(request, scope.region, principal.arn)
        if on_the_loop:
            check_reserved_tags(request, scope.service)
        if scope.service in self._at_once:
            await self._signers.wait_for_services()
            return self._at_once[scope.service](request, scope.region)
        if scope.service == "fis":
            return await self._experiments.answer(request, scope.region)
        if scope.service in ("logs", "monitoring"):
            # What functions logged is there to be read, and the metrics embedded in it.
            await asyncio.to_thread(self._logs.flush)
        loop = asyncio.get_running_loop()
        workers = self._workers.of(scope.service, request)
        return await loop.run_in_executor(workers, self._work, received, principal)

    def _work(self, received: Received, principal: Principal) -> Response:
        """Check what the caller may do, and let X-Ray or moto answer. Called on worker threads."""
        scope = received.scope
        request = plain(received.request, scope, self.host)
        operation = operation_of(request, scope)
        if operation.model in OFFERED and operation.name:
            check_offered(operation.model, operation.name)
        request = one_form(request, operation)
        if principal is self.administrator:
            self._authorizer.check_administrator(principal, request, scope, operation)
        else:
            self._authorizer.check(principal, request, scope, operation)
        check_reserved_tags(request, scope.service, operation)
        if scope.service == "xray":
            # What Lambda and its daemons have sent is there for who asks now.
            self._traces.flush()
            return self._xray.answer(request, scope.region)
        if scope.service == "cloudformation":
            return self._stacks.answer(
                form_of(request), operation.name, scope.region, principal.credential
            )
        if scope.service == "logs":
            answer = self._logs_api.answer(request, scope.region, principal.arn)
            if answer is not None:
                return answer
        call = CurrentCall(
            request.header("x-amzn-trace-id"),
            principal.user_id,
            request.source_ip,
            secrets.token_hex(8).upper(),
            operation.said,
            is_form=received.is_form,
            principal_arn=principal.arn,
            region=scope.region,
        )
        response = self._services.answer(request, self.host, operation.model, call)
        if may_change(request, scope.service):
            self.on_network_change()
        return response
