"""From a request's template and parameters to a plan of the stack."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore.exceptions import ClientError

from . import transforms
from .engine import Client, before_resources
from .errors import invalid
from .parameters import Parameter, values_of
from .plan import Plan, check_capabilities, check_types, wanted_of
from .rules import check_rules
from .stack import Stack
from .template import check, parse, source


class Planner:
    """Reads requests. ``own`` makes what makes clients with the service's own rights, by region."""

    def __init__(self, own: Callable[[str], Client]) -> None:
        self._own = own

    def plan(self, client: Client, stack: Stack, given: Mapping[str, Any], *, direct: bool) -> Plan:
        """What a request wants of a stack. ``client`` has the caller's rights, ``direct`` says
        that nobody looks at a change set first. Raises `ServiceError` for what is refused."""
        if given.get("UsePreviousTemplate"):
            if not stack.original:
                raise invalid("There is no previous template.")
            text = stack.original
        else:
            text = source(given, lambda url: fetched(url, client))
        template = parse(text)
        transforms.check_named(template)
        check(template)
        parameters = values_of(
            template,
            given.get("Parameters") or [],
            stack.parameters,
            lambda name: _stored(client, name),
        )
        plain = {name: each.value for name, each in parameters.items()}
        check_rules(template, plain)
        has_transform = bool(transforms.named(template))
        own = self._own(stack.region)
        processed = transforms.apply(template, plain, stack.region, lambda: own("iam"))
        check(processed)
        all_values: dict[str, Parameter] = dict(parameters)
        # A transform may add parameters of its own.
        added = set(processed.get("Parameters") or {}) - set(parameters)
        if added:
            extra = {"Parameters": {n: processed["Parameters"][n] for n in added}}
            all_values |= values_of(extra, [], {}, lambda name: _stored(client, name))
        capabilities = tuple(given.get("Capabilities") or ())
        check_capabilities(processed, capabilities, expands=direct and has_transform)
        wanted = wanted_of(processed, before_resources(processed, stack, all_values))
        check_types(processed, wanted)
        _check_kept_types(stack, processed)
        tags = {each["Key"]: each.get("Value", "") for each in given.get("Tags") or []}
        if "Tags" not in given:
            tags = dict(stack.tags)
        return Plan(
            text,
            processed,
            all_values,
            wanted,
            tags,
            capabilities,
            str(given.get("RoleARN", "")),
            bool(given.get("DisableRollback")),
            bool(given.get("RetainExceptOnCreate")),
        )


def fetched(url: str, client: Client) -> str:
    """A template in S3, by an address in any of S3's forms, read with the caller's rights."""
    parts = urlsplit(url)
    host, path = parts.netloc, unquote(parts.path).lstrip("/")
    in_host = re.match(r"(.+)\.s3[.-][^/]*$", host)
    bucket, key = (in_host[1], path) if in_host else path.partition("/")[::2]
    if parts.scheme not in ("http", "https", "s3") or not bucket or not key:
        raise invalid(f"S3 error: Domain name specified in {host} is not a valid S3 domain")
    try:
        body = client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    except ClientError as error:
        raise invalid(f"S3 error: {error.response['Error'].get('Message')}") from error
    return str(body.decode("utf-8", "replace"))


def _stored(client: Client, name: str) -> str:
    try:
        return str(client("ssm").get_parameter(Name=name)["Parameter"]["Value"])
    except ClientError as error:
        if "NotFound" in error.response["Error"]["Code"]:
            raise invalid(
                f"Unable to fetch parameters [{name}] from parameter store for this account."
            ) from error
        raise invalid(str(error.response["Error"].get("Message"))) from error


def _check_kept_types(stack: Stack, template: Mapping[str, Any]) -> None:
    changed = sorted(
        name
        for name, each in template["Resources"].items()
        if name in stack.resources
        and stack.resources[name].exists
        and stack.resources[name].type != each["Type"]
    )
    if changed:
        raise invalid(
            "Update of resource type is not permitted. The new template modifies resource type of "
            f"the following resources: [{', '.join(changed)}]"
        )
