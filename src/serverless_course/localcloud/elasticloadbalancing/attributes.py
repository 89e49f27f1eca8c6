"""Attributes of load balancers, listeners and target groups: names, defaults, values.

Sources: Elastic Load Balancing API reference, LoadBalancerAttribute, ListenerAttribute,
TargetGroupAttribute (read 2026-11). The words about a key and about a range: moto 5.2.5; about an
attribute of other target groups: public error reports, 2021. An attribute that has no effect here
takes its default value, and is refused by its name with any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .balancer import Members
from .balancing import Call
from .refusals import invalid, misconfigured, not_offered

BOOLEAN = ("true", "false")
MAX_TEXT = 1024


@dataclass(frozen=True)
class Attribute:
    """``values`` are those that there are, ``limits`` the least and the greatest number; without
    either it is a text. ``acts`` tells that values other than the default have their effect."""

    default: str
    values: tuple[str, ...] = ()
    limits: tuple[int, int] | None = None
    acts: bool = True

    def check(self, key: str, value: str) -> None:
        """Refuse a value. Raises `ServiceError`."""
        if self.values and value not in self.values:
            raise invalid(f"'{key}' value '{value}' must be one of [{', '.join(self.values)}]")
        if self.limits:
            least, most = self.limits
            is_number = value.isascii() and value.isdigit() and len(value) < 10
            if not is_number or not least <= int(value) <= most:
                text = f"'{key}' value '{value}' must be between '{least}-{most}' inclusive"
                raise invalid(text)
        if len(value) > MAX_TEXT or any(character in value for character in "\r\n\0"):
            raise invalid(f"'{key}' has a value that is not valid")
        if not self.acts and value != self.default:
            raise not_offered(f"the attribute {key} with the value '{value}'")


OFF = Attribute("false", BOOLEAN)
NEVER = Attribute("false", BOOLEAN, acts=False)
NOTHING = Attribute("", acts=False)
XFF_MODE = "routing.http.xff_header_processing.mode"
XFF_PORT = "routing.http.xff_client_port.enabled"
IDLE = "idle_timeout.timeout_seconds"
PROTECTION = "deletion_protection.enabled"
DROP_INVALID = "routing.http.drop_invalid_header_fields.enabled"
SERVER = "routing.http.response.server.enabled"
OF_BALANCERS: dict[str, Attribute] = {
    **{
        f"{logs}.s3.{name}": attribute
        for logs in ("access_logs", "connection_logs", "health_check_logs")
        for name, attribute in (("enabled", NEVER), ("bucket", NOTHING), ("prefix", NOTHING))
    },
    "client_keep_alive.seconds": Attribute("3600", limits=(60, 604_800), acts=False),
    PROTECTION: OFF,
    IDLE: Attribute("60", limits=(1, 4000)),
    "ipv6.deny_all_igw_traffic": NEVER,
    "load_balancing.cross_zone.enabled": Attribute("true", ("true",)),
    "routing.http.desync_mitigation_mode": Attribute(
        "defensive", ("monitor", "defensive", "strictest"), acts=False
    ),
    DROP_INVALID: OFF,
    # The Host header reaches a function as it was sent, with this and without.
    "routing.http.preserve_host_header.enabled": OFF,
    # Both concern HTTPS alone, which there is none of here.
    "routing.http.x_amzn_tls_version_and_cipher_suite.enabled": OFF,
    "routing.http2.enabled": Attribute("true", BOOLEAN),
    XFF_PORT: OFF,
    XFF_MODE: Attribute("append", ("append", "preserve", "remove")),
    "waf.fail_open.enabled": NEVER,
    "zonal_shift.config.enabled": NEVER,
}
# The header that each of a listener's attributes puts into its answers.
HEADERS = {
    f"routing.http.response.{name.lower().replace('-', '_')}.header_value": name
    for name in (
        *("Strict-Transport-Security", "Access-Control-Allow-Origin"),
        *("Access-Control-Allow-Methods", "Access-Control-Allow-Headers"),
        *("Access-Control-Allow-Credentials", "Access-Control-Expose-Headers"),
        *("Access-Control-Max-Age", "Content-Security-Policy", "X-Content-Type-Options"),
        "X-Frame-Options",
    )
}
OF_LISTENERS: dict[str, Attribute] = {
    SERVER: Attribute("true", BOOLEAN),
    **dict.fromkeys(HEADERS, Attribute("")),
}
OF_GROUPS: dict[str, Attribute] = {"lambda.multi_value_headers.enabled": OFF}
# What target groups of other types have.
OF_OTHER_GROUPS = (
    *("deregistration_delay.", "stickiness.", "load_balancing.", "slow_start."),
    *("target_group_health.", "target_health_state.", "target_failover.", "proxy_protocol_v2."),
    "preserve_client_ip.",
)


def defaults(of: Mapping[str, Attribute]) -> dict[str, str]:
    """The values that a new thing has."""
    return {key: attribute.default for key, attribute in of.items()}


def describe_of_balancer(call: Call) -> Members:
    """DescribeLoadBalancerAttributes."""
    return _shown(call.region.balancer(call["LoadBalancerArn"]).attributes)


def describe_of_listener(call: Call) -> Members:
    """DescribeListenerAttributes."""
    return _shown(call.region.listener(call["ListenerArn"])[1].attributes)


def describe_of_group(call: Call) -> Members:
    """DescribeTargetGroupAttributes."""
    return _shown(call.region.group(call["TargetGroupArn"]).attributes)


def modify_of_balancer(call: Call) -> Members:
    """ModifyLoadBalancerAttributes."""
    kept = call.region.balancer(call["LoadBalancerArn"]).attributes
    kept |= _checked(call, OF_BALANCERS, "Load balancer")
    return _shown(kept)


def modify_of_listener(call: Call) -> Members:
    """ModifyListenerAttributes."""
    kept = call.region.listener(call["ListenerArn"])[1].attributes
    kept |= _checked(call, OF_LISTENERS, "Listener")
    return _shown(kept)


def modify_of_group(call: Call) -> Members:
    """ModifyTargetGroupAttributes."""
    kept = call.region.group(call["TargetGroupArn"]).attributes
    kept |= _checked(call, OF_GROUPS, "Target group")
    return _shown(kept)


def _checked(call: Call, of: Mapping[str, Attribute], whose: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in call["Attributes"]:
        key, value = each.get("Key") or "", each.get("Value") or ""
        if of is OF_GROUPS and key.startswith(OF_OTHER_GROUPS):
            raise misconfigured("The provided target group attribute is not supported")
        if key not in of:
            raise invalid(f"{whose} attribute key '{key}' is not recognized")
        if key in found:
            raise invalid(f"{whose} attribute key '{key}' was specified more than once")
        of[key].check(key, value)
        found[key] = value
    return found


def _shown(attributes: dict[str, str]) -> Members:
    return {"Attributes": [{"Key": key, "Value": value} for key, value in attributes.items()]}
