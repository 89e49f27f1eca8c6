"""Operations on listeners.

Source: Elastic Load Balancing API reference (read 2026-11). The words about a port that is taken:
public error reports; about a protocol: moto 5.2.5.
"""

from __future__ import annotations

from ..wire.errors import ServiceError
from .actions import checked_actions
from .attributes import OF_LISTENERS, defaults
from .balancer import DEFAULT, Listener, LoadBalancer, Members, Rule, new_id, target_groups_of
from .balancing import Call
from .paging import page
from .refusals import invalid, missing_of_several, not_offered

MAX_LISTENERS = 50
NOT_DONE = ("SslPolicy", "Certificates", "AlpnPolicy", "MutualAuthentication")


def create(call: Call) -> Members:
    """CreateListener. The same listener again is no error."""
    balancer = call.region.balancer(call["LoadBalancerArn"])
    port = call.get("Port")
    if port is None:
        raise invalid("A listener port must be specified")
    if call.get("Protocol") is None:
        raise invalid("A listener protocol must be specified")
    _check_offered(call)
    actions = checked_actions(call["DefaultActions"], call.region, balancer)
    tags = call.tags()
    for each in balancer.listeners.values():
        if each.port == port:
            if (each.default.actions, each.tags) == (actions, tags):
                return {"Listeners": [each.shown]}
            raise _taken(balancer)
    if len(balancer.listeners) >= MAX_LISTENERS:
        text = f"A load balancer can have at most {MAX_LISTENERS} listeners"
        raise ServiceError("TooManyListeners", text)
    end = f"{balancer.full_name}/{new_id()}"
    start = balancer.arn.partition(":loadbalancer/")[0]
    default = Rule(f"{start}:listener-rule/{end}/{new_id()}", DEFAULT, [], actions)
    made = Listener(
        f"{start}:listener/{end}", balancer.arn, port, default, defaults(OF_LISTENERS), tags
    )
    made.endpoint = f"http://{call.balancing.addresses.open(balancer, port)}"
    balancer.listeners[made.arn] = made
    call.changed(target_groups_of(actions))
    return {"Listeners": [made.shown]}


def describe(call: Call) -> Members:
    """DescribeListeners."""
    arn, arns = call.get("LoadBalancerArn"), call.get("ListenerArns")
    if bool(arn) == bool(arns):
        raise invalid("You must specify either listener ARNs or a load balancer ARN")
    if arn:
        found = list(call.region.balancer(arn).listeners.values())
    else:
        known = {
            arn: listener
            for balancer in call.region.balancers.values()
            for arn, listener in balancer.listeners.items()
        }
        if any(each not in known for each in arns):
            raise missing_of_several("listener")
        found = [known[each] for each in dict.fromkeys(arns)]
    return page("Listeners", [each.shown for each in found], call)


def modify(call: Call) -> Members:
    """ModifyListener: what is left out stays."""
    balancer, listener = call.region.listener(call["ListenerArn"])
    _check_offered(call)
    port = call.get("Port") or listener.port
    if any(each.port == port and each is not listener for each in balancer.listeners.values()):
        raise _taken(balancer)
    before = target_groups_of(listener.default.actions)
    if call.get("DefaultActions"):
        listener.default.actions = checked_actions(call["DefaultActions"], call.region, balancer)
    if port != listener.port:
        if listener.port != 80:
            call.balancing.addresses.close(balancer, listener.port)
        listener.port = port
        listener.endpoint = f"http://{call.balancing.addresses.open(balancer, port)}"
    call.changed({*before, *target_groups_of(listener.default.actions)})
    return {"Listeners": [listener.shown]}


def delete(call: Call) -> Members:
    """DeleteListener, with its rules."""
    balancer, listener = call.region.listener(call["ListenerArn"])
    del balancer.listeners[listener.arn]
    # The address of port 80 is the load balancer's own.
    if listener.port != 80:
        call.balancing.addresses.close(balancer, listener.port)
    call.changed(arn for rule in listener.rules for arn in target_groups_of(rule.actions))
    return {}


OPERATIONS = {
    "CreateListener": create,
    "DescribeListeners": describe,
    "ModifyListener": modify,
    "DeleteListener": delete,
}


def _check_offered(call: Call) -> None:
    protocol = call.get("Protocol") or "HTTP"
    if protocol == "HTTPS":
        raise not_offered("HTTPS listeners")
    if protocol != "HTTP":
        raise invalid(f"Listener protocol '{protocol}' must be one of 'HTTP, HTTPS'")
    for name in NOT_DONE:
        if call.get(name):
            raise not_offered(f"the parameter {name} of listeners")


def _taken(balancer: LoadBalancer) -> ServiceError:
    return ServiceError(
        "DuplicateListener",
        f"A listener already exists on this port for this load balancer '{balancer.arn}'",
    )
