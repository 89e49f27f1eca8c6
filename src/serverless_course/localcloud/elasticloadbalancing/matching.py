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

from ..wildcards import literal, wildcard
from ..wire.http import Request
from .balancer import Members
from .conditions import CONFIGS

_ESCAPED = re.compile(r"\\([*?\\])")


def meets(request: Request, conditions: Iterable[Members]) -> bool:
    """Whether a request meets all of the conditions."""
    return all(MATCHES[each["Field"]](request, each) for each in conditions)


def names_host(conditions: Iterable[Members], name: str) -> bool:
    """Whether one of the conditions is met by a host of that name."""
    return any(
        fits(value, name)
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


def fits(pattern: str, text: str) -> bool:
    """Whether a text is of a pattern, whatever its case."""
    return wildcard(pattern.lower())(text.lower())


def fits_escaped(pattern: str, text: str) -> bool:
    """The same, where a backslash takes a wildcard, or a backslash, as it is."""
    return fits(_ESCAPED.sub(lambda found: literal(found[1]), pattern), text)


def _path(request: Request, condition: Members) -> bool:
    return any(wildcard(each)(request.path) for each in _values(condition))


def _host(request: Request, condition: Members) -> bool:
    return names_host([condition], host_of(request))


def _header(request: Request, condition: Members) -> bool:
    name = condition["HttpHeaderConfig"]["HttpHeaderName"].lower()
    given = [value for key, value in request.headers if key == name]
    return any(fits_escaped(each, value) for each in _values(condition) for value in given)


def _method(request: Request, condition: Members) -> bool:
    return request.method in _values(condition)


def _query(request: Request, condition: Members) -> bool:
    pairs = [part.partition("=") for part in request.query.split("&") if part]
    return any(
        fits_escaped(each["Value"], value)
        and (not each.get("Key") or fits_escaped(each["Key"], key))
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
