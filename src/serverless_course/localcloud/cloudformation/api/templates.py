"""Templates of stacks, and templates that nobody has deployed.

Source: CloudFormation API Reference (read 2026-11).
"""

from __future__ import annotations

from typing import Any

from .. import describe
from ..errors import invalid
from ..planning import fetched
from ..template import check, parse, source
from .given import Given
from .plane import Caller, Operation, Plane


def get_template(plane: Plane, caller: Caller, given: Given) -> dict[str, Any]:
    """GetTemplate, as it was sent or after its transforms."""
    if given.get("ChangeSetName"):
        plan = plane.change_set(caller, given).plan
        original, template = plan.original, plan.template
    else:
        if not given.get("StackName"):
            raise invalid("StackName must be specified.")
        stack = plane.stack(caller, given["StackName"], gone=True)
        original, template = stack.original, stack.template
    body = original
    if given.get("TemplateStage") == "Processed":
        body = describe.as_json(template)
    return {"TemplateBody": body, "StagesAvailable": ["Original", "Processed"]}


def get_template_summary(plane: Plane, caller: Caller, given: Given) -> dict[str, Any]:
    """GetTemplateSummary, of a template or of a stack."""
    if given.get("StackName"):
        text = plane.stack(caller, given["StackName"]).original
    else:
        text = source(given, lambda url: fetched(url, caller.client))
    template = parse(text)
    check(template)
    return describe.template_summary(template)


def validate_template(plane: Plane, caller: Caller, given: Given) -> dict[str, Any]:
    """ValidateTemplate: its form, as AWS does; types and properties are not looked at."""
    template = parse(source(given, lambda url: fetched(url, caller.client)))
    check(template)
    return describe.validated(template)


OPERATIONS: dict[str, Operation] = {
    "GetTemplate": get_template,
    "GetTemplateSummary": get_template_summary,
    "ValidateTemplate": validate_template,
}
