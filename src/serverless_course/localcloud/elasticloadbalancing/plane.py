"""Elastic Load Balancing's API, version 2015-12-01. Runs on the server's event loop.

Source: Elastic Load Balancing API reference (read 2026-11). What a model does not allow is told in
the words of AWS's other services, with this one's code.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from ..wire.errors import ServiceError
from ..wire.http import Response
from ..wire.query import read_form, write_xml
from ..wire.rest_json import model
from ..wire.validation import validate
from . import attributes, listeners, load_balancers, rules, tags, target_groups
from .balancer import Members
from .balancing import Balancing, Call
from .refusals import not_offered

MODEL = "elbv2"
CLASSIC = "2012-06-01"
# Where a listener is reached on this machine: AWS's answers have no member for it.
ENDPOINT = "x-serverless-course-endpoint"
Handler = Callable[[Call], Members]
OPERATIONS: dict[str, Handler] = {
    **load_balancers.OPERATIONS,
    **listeners.OPERATIONS,
    **rules.OPERATIONS,
    **target_groups.OPERATIONS,
    **tags.OPERATIONS,
    "DescribeLoadBalancerAttributes": attributes.describe_of_balancer,
    "DescribeListenerAttributes": attributes.describe_of_listener,
    "DescribeTargetGroupAttributes": attributes.describe_of_group,
    "ModifyLoadBalancerAttributes": attributes.modify_of_balancer,
    "ModifyListenerAttributes": attributes.modify_of_listener,
    "ModifyTargetGroupAttributes": attributes.modify_of_group,
}


def answer(balancing: Balancing, form: Mapping[str, str], region: str) -> Response:
    """Answer one request. Raises `ServiceError` for every refusal."""
    name = form.get("Action", "")
    if form.get("Version") == CLASSIC:
        raise not_offered(f"{name} for Classic Load Balancers (elasticloadbalancing {CLASSIC})")
    if name not in model(MODEL).operation_names:
        text = f"The action {name} is not valid for this web service."
        raise ServiceError("InvalidAction", text)
    handler = OPERATIONS.get(name)
    if handler is None:
        raise not_offered(name)
    operation = model(MODEL).operation_model(name)
    given = read_form(form, operation.input_shape)
    try:
        validate(operation.input_shape, given)
    except ServiceError as error:
        raise ServiceError("ValidationError", error.message) from error
    result = handler(Call(balancing, region, given))
    response = write_xml(operation, result, str(uuid.uuid4()))
    shown = result.get("Listeners") or []
    if len(shown) == 1:
        found = balancing.region(region).listener(shown[0]["ListenerArn"])[1]
        response.headers[ENDPOINT] = found.endpoint
    return response
