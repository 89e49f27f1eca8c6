"""Answers requests to listeners: security groups, rules, actions, the function.

Sources: User Guide for Application Load Balancers, "Listener rules", "Use Lambda functions as
targets", "Troubleshoot your Application Load Balancers", "HTTP header limits" (read 2026-11): 413
over 1 MB, 405 for TRACE, 414 and 400 for what is too long, 463 over 30 addresses in
X-Forwarded-For, 502 when the function fails, is throttled, answers badly or with over 1 MB, 503
without a target, 504 when there is no answer within the idle time-out, 460 when the client has gone
before the answer (it is in the metrics alone).
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import Callable
from email.utils import formatdate
from typing import Protocol

from ...lambda_.invocation.waiting import TimedOut
from ...wire.errors import ServiceError
from ...wire.http import Request, Response
from ...wire.web_pages import is_foreign_page
from ..attributes import HEADERS, IDLE, SERVER
from ..balancer import Listener, LoadBalancer, Members, TargetGroup
from ..balancing import Balancing
from ..matching import meets
from .answer import BadAnswer, Reasoned, response_of
from .balancer_metrics import BalancerMetrics, Outcome
from .event import NoUtf8, event_of, trace_of
from .functions import Functions
from .pages import error_page, fixed_response, redirect

MAX_BODY = 1024 * 1024
MAX_REQUEST_LINE = MAX_HEADER = 16 * 1024
MAX_FORWARDED = 30
CLIENT_GONE = 460
FOREIGN = "Web pages of other sites may not call this load balancer."


class Client(Protocol):
    """One connection."""

    gone: asyncio.Event

    def abort(self) -> None:
        """End the connection without an answer."""


class Serving:
    """The data plane. Runs on the event loop. ``draw`` gives a number from 0 to 1, below 1."""

    def __init__(
        self,
        balancing: Balancing,
        functions: Functions,
        metrics: BalancerMetrics,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._balancing = balancing
        self._functions = functions
        self._metrics = metrics
        self._draw = draw

    async def answer(
        self, balancer: LoadBalancer, port: int, request: Request, client: Client
    ) -> Response:
        """The answer to a request that came to a port of a load balancer."""
        networks = self._balancing.networks
        if not networks.admits(balancer.region, balancer.groups, port, request.peer[0]):
            # What a security group drops, nobody answers.
            await client.gone.wait()
            return Response(CLIENT_GONE)
        listener = next((each for each in balancer.listeners.values() if each.port == port), None)
        if listener is None:
            client.abort()
            return Response(CLIENT_GONE)
        response, outcome = await self._answer(balancer, listener, request)
        if client.gone.is_set() and outcome.kind != "elb":
            outcome = outcome._replace(status=CLIENT_GONE, kind="elb")
        self._metrics.note(outcome._replace(processed=len(request.body) + len(response.body)))
        _complete(response, listener)
        return response

    async def _answer(
        self, balancer: LoadBalancer, listener: Listener, request: Request
    ) -> tuple[Reasoned, Outcome]:
        told = Outcome(balancer.region, balancer.full_name, 0, "elb", 0)
        refused = refusal(request)
        if refused is not None:
            return refused, told._replace(status=refused.status)
        rule = next(rule for rule in listener.rules if meets(request, rule.conditions))
        action = rule.actions[-1]
        if action["Type"] == "forward":
            group = self._chosen(balancer, action)
            if group is not None and group.target and len(request.body) <= MAX_BODY:
                return await self._forward(balancer, listener, request, group)
            response = error_page(413 if group is not None and group.target else 503)
        elif action["Type"] == "redirect":
            response = redirect(request, action["RedirectConfig"], listener, balancer)
            told = told._replace(kind="redirect")
        else:
            response = fixed_response(action["FixedResponseConfig"])
            told = told._replace(kind="fixed")
        return response, told._replace(status=response.status)

    async def _forward(
        self, balancer: LoadBalancer, listener: Listener, request: Request, group: TargetGroup
    ) -> tuple[Reasoned, Outcome]:
        told = Outcome(balancer.region, balancer.full_name, 502, "elb", 0, group.full_name)
        try:
            event = event_of(request, group, listener.port, balancer.attributes)
        except NoUtf8:
            return error_page(502), told._replace(is_user_error=True)
        began = time.perf_counter()
        try:
            result = await self._functions.call(
                group.target,
                group.arn,
                json.dumps(event).encode(),
                trace_of(event),
                float(balancer.attributes[IDLE]),
            )
        except TimedOut:
            return error_page(504), told._replace(status=504)
        except ServiceError as error:
            is_internal = error.status >= 500
            return error_page(502), told._replace(
                is_internal_error=is_internal, is_user_error=not is_internal
            )
        target_s = time.perf_counter() - began
        if result.function_error:
            return error_page(502), told._replace(is_user_error=True)
        try:
            response = response_of(result.payload, has_multi_values=group.has_multi_values)
        except BadAnswer:
            return error_page(502), told._replace(is_user_error=True)
        return response, told._replace(status=response.status, kind="target", target_s=target_s)

    def _chosen(self, balancer: LoadBalancer, action: Members) -> TargetGroup | None:
        groups = action["ForwardConfig"]["TargetGroups"]
        drawn = self._draw() * sum(each["Weight"] for each in groups)
        for each in groups:
            drawn -= each["Weight"]
            if drawn < 0:
                found = self._balancing.region(balancer.region).groups
                return found[each["TargetGroupArn"]]
        return None


def refusal(request: Request) -> Reasoned | None:
    """The answer to a request that no rule is asked about; None for a good one."""
    if status := malformed(request):
        return error_page(status)
    if is_foreign_page(request, lambda origin: False):
        return Reasoned(403, {"Content-Type": "text/plain"}, FOREIGN.encode())
    return None


def malformed(request: Request) -> int:
    """The status for what is too long, or for TRACE; 0 for a good request."""
    if request.method == "TRACE":
        return 405
    if len(request.method) + len(request.target) + len("  HTTP/1.1") > MAX_REQUEST_LINE:
        return 414
    if any(len(name) + len(value) > MAX_HEADER for name, value in request.headers):
        return 400
    forwarded = [value for name, value in request.headers if name == "x-forwarded-for"]
    if sum(value.count(",") + 1 for value in forwarded) > MAX_FORWARDED:
        return 463
    return 0


def _complete(response: Reasoned, listener: Listener) -> None:
    """Add the headers of the load balancer itself, and of the listener's attributes."""
    own = {"Date": formatdate(usegmt=True)}
    if listener.attributes[SERVER] == "true":
        own["Server"] = "awselb/2.0"
    for key, name in HEADERS.items():
        if listener.attributes[key]:
            own[name] = listener.attributes[key]
    taken = {name.lower() for name in own}
    kept = {k: value for k, value in response.headers.items() if k.lower() not in taken}
    response.extra_headers = [
        each for each in response.extra_headers if each[0].lower() not in taken
    ]
    response.headers = {**own, **kept}
