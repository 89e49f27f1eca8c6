"""Whether a request meets a rule's conditions.

Source: User Guide for Application Load Balancers, "Condition types for listener rules" (read
2026-11): a path is compared with its case, and without the query; hosts, headers and queries
without theirs; ``*`` is any characters or none, ``?`` exactly one; in headers and queries a
backslash before them means the characters themselves. All conditions have to be met, of one
condition's values one. An address is the connection's own, not one that X-Forwarded-For tells. That
a query is compared as it was sent, percent-encoded, is ours: AWS does not say.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from functools import lru_cache

from ..wire.http import Request
from .balancer import Members
from .conditions import CONFIGS


def meets(request: Request, conditions: Iterable[Members]) -> bool:
    """Whether a request meets all of the conditions."""
    return all(MATCHES[each["Field"]](request, each) for each in conditions)


def names_host(conditions: Iterable[Members], name: str) -> bool:
    """Whether one of the conditions is met by a host of that name."""
    return any(
        pattern(value, cased=False).fullmatch(name)
        for each in conditions
        if each["Field"] == "host-header"
        for value in _values(each)
    )


def host_of(request: Request) -> str:
    """The name in the Host header, without a port, in small letters."""
    return name_of(request.header("host"))


def name_of(host: str) -> str:
    """A Host without its port, in small letters."""
    host = host.lower()
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


@lru_cache(maxsize=1024)
def pattern(text: str, *, cased: bool, escapes: bool = False) -> re.Pattern[str]:
    """A value with wildcards."""
    parts = re.findall(r"\\[*?\\]|.", text, re.DOTALL) if escapes else list(text)
    built = "".join(
        {"*": ".*", "?": "."}.get(part) or re.escape(part[1:] if part[1:] else part)
        for part in parts
    )
    return re.compile(built, re.DOTALL if cased else re.DOTALL | re.IGNORECASE)


def _path(request: Request, condition: Members) -> bool:
    return any(pattern(each, cased=True).fullmatch(request.path) for each in _values(condition))


def _host(request: Request, condition: Members) -> bool:
    return names_host([condition], host_of(request))


def _header(request: Request, condition: Members) -> bool:
    name = condition["HttpHeaderConfig"]["HttpHeaderName"].lower()
    given = [value for key, value in request.headers if key == name]
    return any(
        pattern(each, cased=False, escapes=True).fullmatch(value)
        for each in _values(condition)
        for value in given
    )


def _method(request: Request, condition: Members) -> bool:
    return request.method in _values(condition)


def _query(request: Request, condition: Members) -> bool:
    pairs = [part.partition("=") for part in request.query.split("&") if part]
    return any(
        pattern(each["Value"], cased=False, escapes=True).fullmatch(value)
        and (
            not each.get("Key")
            or pattern(each["Key"], cased=False, escapes=True).fullmatch(key) is not None
        )
        for each in condition["QueryStringConfig"]["Values"]
        for key, _, value in pairs
    )


def _source(request: Request, condition: Members) -> bool:
    address = ipaddress.ip_address(request.peer[0])
    return any(address in ipaddress.ip_network(each) for each in _values(condition))


MATCHES = {
    "path-pattern": _path,
    "host-header": _host,
    "http-header": _header,
    "http-request-method": _method,
    "query-string": _query,
    "source-ip": _source,
}


def _values(condition: Members) -> list[str]:
    values: list[str] = condition[CONFIGS[condition["Field"]]]["Values"]
    return values
