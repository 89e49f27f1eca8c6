"""AWS's own transforms: SAM by AWS's translator, and the language extensions' functions.

Source: CloudFormation User Guide, "AWS::Serverless transform", "AWS::LanguageExtensions transform"
(read 2026-11). Macros of one's own are refused by name.
"""

from __future__ import annotations

import copy
import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from ..wire.errors import ServiceError
from .errors import invalid, not_offered
from .template import Template

SAM = "AWS::Serverless-2016-10-31"
EXTENSIONS = "AWS::LanguageExtensions"
# Functions that a template may use with the language extensions only.
EXTENDED = ("Fn::Length", "Fn::ToJsonString")
SPREAD = "Fn::ForEach::"
# Sections that would be taken and do nothing.
NOT_DONE = ("Hooks",)


def named(template: Template) -> list[str]:
    """The transforms that a template asks for."""
    found = template.get("Transform", [])
    listed = [found] if isinstance(found, (str, dict)) else list(found)
    return [str(each.get("Name")) if isinstance(each, dict) else str(each) for each in listed]


def check_named(template: Template) -> None:
    """Refuse macros that are not AWS's, wherever they are. Raises `ServiceError`."""
    for name in named(template):
        if name not in (SAM, EXTENSIONS):
            raise not_offered(f"the transform {name}")
    for section in NOT_DONE:
        if template.get(section):
            raise not_offered(f"the section {section} of templates")
    extended = EXTENSIONS in named(template)
    for key in _keys(template):
        if key == "Fn::Transform":
            raise not_offered("Fn::Transform")
        if key.startswith((*EXTENDED, SPREAD)) and not extended:
            raise invalid(f"Template error: {key} needs the transform {EXTENSIONS}.")


def apply(
    template: Template, parameters: Mapping[str, Any], region: str, iam: Callable[[], Any]
) -> Template:
    """The template after its transforms. ``iam`` makes a client of IAM, for policies' names.

    Raises `ServiceError` for what they refuse.
    """
    processed = copy.deepcopy(template)
    if EXTENSIONS in named(template):
        processed = _spread(processed, parameters, {})
    if SAM in named(template):
        processed = _sam(processed, parameters, region, iam)
    processed.pop("Transform", None)
    return processed


def _sam(
    template: Template, parameters: Mapping[str, Any], region: str, iam: Callable[[], Any]
) -> Template:
    import boto3  # noqa: PLC0415 - only SAM waits for it
    from samtranslator.model.exceptions import InvalidDocumentException  # noqa: PLC0415
    from samtranslator.parser.parser import Parser  # noqa: PLC0415
    from samtranslator.translator.translator import Translator  # noqa: PLC0415
    from samtranslator.utils.py27hash_fix import (  # noqa: PLC0415
        to_py27_compatible_template,
        undo_mark_unicode_str_in_template,
    )

    values = {
        name: ",".join(each) if isinstance(each, list) else each
        for name, each in parameters.items()
    }
    values |= {"AWS::Region": region, "AWS::Partition": "aws"}
    session = boto3.Session(
        region_name=region,
        aws_access_key_id="none",
        aws_secret_access_key="none",  # noqa: S106 - it only carries the region
    )
    logging.getLogger("samtranslator").setLevel(logging.ERROR)
    translator = Translator(None, Parser(), boto_session=session)
    # A copy as JSON has it: the translator tells texts by their exact type, and hashes them as
    # AWS's own transform does.
    document = json.loads(json.dumps(template))
    to_py27_compatible_template(document, values)
    try:
        made = translator.translate(
            document, values, get_managed_policy_map=lambda: managed_policies(iam())
        )
    except InvalidDocumentException as error:
        reasons = " ".join(cause.message for cause in error.causes)
        count = len(error.causes)
        raise invalid(
            f"Transform {SAM} failed with: Invalid Serverless Application Specification document. "
            f"Number of errors found: {count}. {reasons}"
        ) from error
    found: Template = undo_mark_unicode_str_in_template(made)
    return found


def managed_policies(iam: Any) -> dict[str, str]:
    """The ARNs of AWS's managed policies, by their names. ``iam`` is a client."""
    pages = iam.get_paginator("list_policies").paginate(Scope="AWS")
    return {each["PolicyName"]: each["Arn"] for page in pages for each in page["Policies"]}


def _keys(value: Any) -> list[str]:
    found: list[str] = []
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            found += [str(key) for key in each]
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
    return found


def _spread(value: Any, parameters: Mapping[str, Any], names: Mapping[str, str]) -> Any:
    """``Fn::ForEach`` written out, for each item of its collection."""
    if isinstance(value, list):
        return [_spread(each, parameters, names) for each in value]
    if isinstance(value, str):
        for name, item in names.items():
            value = value.replace(f"${{{name}}}", item)
            value = value.replace(f"&{{{name}}}", "".join(c for c in item if c.isalnum()))
        return value
    if not isinstance(value, dict):
        return value
    if len(value) == 1 and isinstance(value.get("Ref"), str) and value["Ref"] in names:
        return names[value["Ref"]]
    found: dict[str, Any] = {}
    for key, each in value.items():
        if key.startswith(SPREAD):
            found |= _for_each(key, each, parameters, names)
        else:
            found[_spread(key, parameters, names)] = _spread(each, parameters, names)
    return found


def _for_each(
    key: str, given: Any, parameters: Mapping[str, Any], names: Mapping[str, str]
) -> dict[str, Any]:
    if not isinstance(given, list) or len(given) != 3 or not isinstance(given[2], dict):
        raise invalid(f"Template error: {key} needs an identifier, a collection and one body.")
    name, items, body = given
    if isinstance(items, dict) and set(items) == {"Ref"}:
        items = parameters.get(items["Ref"])
    if not isinstance(items, list):
        raise _no_list(key)
    found: dict[str, Any] = {}
    for item in items:
        if isinstance(item, dict):
            item = parameters.get(str(item.get("Ref")))  # noqa: PLW2901 - the item as a text
        if not isinstance(item, (str, int)):
            raise _no_list(key)
        found |= _spread(body, parameters, {**names, str(name): str(item)})
    return found


def _no_list(key: str) -> ServiceError:
    return invalid(f"Template error: {key}'s collection is no list of texts.")
