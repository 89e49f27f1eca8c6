"""When a rule counts: conditions as they are given, checked, and as they are shown.

Source: Elastic Load Balancing API reference, RuleCondition and its configurations; User Guide for
Application Load Balancers, "Condition types for listener rules" and "Quotas" (read 2026-11). The
words of most refusals: moto 5.2.5; of a character that is not valid and of too many values: public
error reports, 2018 to 2026.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from typing import Any

from ..wire.header_fields import NAME
from ..wire.methods import READ
from .balancer import Members
from .refusals import invalid, not_offered

# The configuration of each field.
CONFIGS = {
    "path-pattern": "PathPatternConfig",
    "host-header": "HostHeaderConfig",
    "http-header": "HttpHeaderConfig",
    "http-request-method": "HttpRequestMethodConfig",
    "query-string": "QueryStringConfig",
    "source-ip": "SourceIpConfig",
}
# These may stand in a rule more than once, and these may give a value without a configuration.
REPEATABLE = frozenset({"http-header", "query-string"})
SIMPLE = frozenset({"path-pattern", "host-header"})
MAX_VALUES, MAX_WILDCARDS = 5, 6
MAX_LENGTH, MAX_NAME = 128, 40
NOWHERE = ("255.255.255.255/32",)
_PATH = re.compile(r"[A-Za-z0-9_\-.$/~\"'@:+&*?]+")
_HOST = re.compile(r"[A-Za-z0-9\-.*?]+")
_LAST_LABEL = re.compile(r".*\.[A-Za-z*?]+", re.DOTALL)
_METHOD = re.compile(r"[A-Z_-]+")
_NAME = re.compile(NAME)


def checked_conditions(given: list[Members]) -> list[Members]:
    """The conditions as they are shown. Raises `ServiceError`."""
    shown = [_checked(each) for each in given]
    fields = [each["Field"] for each in shown]
    for field in fields:
        if field not in REPEATABLE and fields.count(field) > 1:
            raise invalid(f"A rule can only have one '{field}' condition")
    values = [value for each in shown for value in texts_of(each)]
    if not values:
        raise invalid("A condition must be specified")
    count = sum(len(each[CONFIGS[each["Field"]]]["Values"]) for each in shown)
    if count > MAX_VALUES:
        raise invalid(f"A rule can only have '{MAX_VALUES}' condition values")
    wildcards = sum(value.count("*") + value.count("?") for value in values)
    if wildcards > MAX_WILDCARDS:
        raise invalid(f"A rule can only have '{MAX_WILDCARDS}' condition wildcards")
    return shown


def texts_of(condition: Members) -> list[str]:
    """All that a condition compares with, as texts."""
    values = condition[CONFIGS[condition["Field"]]]["Values"]
    if condition["Field"] == "query-string":
        return [text for each in values for text in (each.get("Key"), each["Value"]) if text]
    return list(values)


def _checked(given: Members) -> Members:
    field = _field(given)
    name = CONFIGS[field]
    config, simple = given.get(name), given.get("Values")
    if given.get("RegexValues") or (config or {}).get("RegexValues"):
        raise not_offered("RegexValues of conditions")
    if simple is not None:
        _check_simple(field, simple, has_config=bool(config))
    if config is None and field not in SIMPLE:
        raise invalid(f"A '{name}' must be specified with '{field}'")
    values = (config or {}).get("Values") or simple or []
    if not values:
        raise invalid("A condition value must be specified")
    CHECKS[field](values)
    shown: Members = {"Field": field, name: {"Values": values}}
    if field == "http-header":
        shown[name]["HttpHeaderName"] = _header_name(config or {})
    if field in SIMPLE:
        shown["Values"] = values
    return shown


def _field(given: Members) -> str:
    """The field that a condition is about; its other configurations must not be there."""
    named = [name for name, config in CONFIGS.items() if given.get(config) is not None]
    field = given.get("Field")
    if field is None:
        if len(named) != 1:
            raise invalid("A condition field must be specified")
        return named[0]
    if field not in CONFIGS:
        raise invalid(f"Condition field '{field}' must be one of '[{','.join(CONFIGS)}]'")
    for other in named:
        if other != field:
            raise invalid(f"The '{CONFIGS[other]}' field is not compatible with '{field}'")
    return str(field)


def _check_simple(field: str, values: list[str], *, has_config: bool) -> None:
    if field not in SIMPLE:
        raise invalid(f"The 'Values' field is not compatible with '{field}'")
    if has_config:
        raise invalid(
            f"You cannot provide both Values and '{CONFIGS[field]}' for a condition of type "
            f"'{field}'"
        )
    if len(values) > 1:
        raise invalid(f"The '{field}' field contains too many values; the limit is '1'")


def _header_name(config: Members) -> str:
    name = config.get("HttpHeaderName") or ""
    if not name:
        raise invalid("A 'HttpHeaderName' must be specified with 'http-header'")
    if len(name) > MAX_NAME:
        raise invalid(f"The 'HttpHeaderName' value is too long; the limit is '{MAX_NAME}'")
    if not _NAME.fullmatch(name):
        raise _character(name)
    if name.lower() == "host":
        raise invalid("Use a 'host-header' condition for the host header")
    return str(name)


def _paths(values: list[str]) -> None:
    for value in values:
        _check_length("path-pattern", value)
        if not _PATH.fullmatch(value):
            raise _character(value)


def _hosts(values: list[str]) -> None:
    for value in values:
        _check_length("host-header", value)
        if not _HOST.fullmatch(value) or not _LAST_LABEL.fullmatch(value):
            raise _character(value)


def _headers(values: list[str]) -> None:
    for value in values:
        _check_length("http-header", value)


def _methods(values: list[str]) -> None:
    for value in values:
        _check_length("http-request-method", value, MAX_NAME)
        if not _METHOD.fullmatch(value):
            raise invalid(
                "The 'http-request-method' value is invalid; the allowed characters are A-Z, "
                "hyphen and underscore"
            )
        if value not in READ:
            raise not_offered(f"the request method {value} in conditions")


def _queries(values: list[Members]) -> None:
    for value in values:
        if not value.get("Value"):
            raise invalid("A 'Value' must be specified in 'QueryStringKeyValuePair'")
        for name in ("Key", "Value"):
            if len(value.get(name) or "") > MAX_LENGTH:
                raise invalid(f"The '{name}' value is too long; the limit is '{MAX_LENGTH}'")


def _sources(values: list[str]) -> None:
    for value in values:
        try:
            ipaddress.ip_network(value)
        except ValueError as error:
            raise invalid(f"'{value}' is not a valid CIDR block") from error
        if "/" not in value or value in NOWHERE:
            raise invalid(f"'{value}' is not a valid CIDR block")


CHECKS: dict[str, Callable[[list[Any]], None]] = {
    "path-pattern": _paths,
    "host-header": _hosts,
    "http-header": _headers,
    "http-request-method": _methods,
    "query-string": _queries,
    "source-ip": _sources,
}


def _check_length(field: str, value: str, most: int = MAX_LENGTH) -> None:
    if not value:
        raise invalid("A condition value must be specified")
    if len(value) > most:
        raise invalid(f"The '{field}' value is too long; the limit is '{most}'")


def _character(value: str) -> Exception:
    return invalid(f"Condition value '{value}' contains a character that is not valid")
