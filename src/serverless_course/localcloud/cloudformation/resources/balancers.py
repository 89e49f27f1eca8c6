"""The resource types of Elastic Load Balancing: Application Load Balancers and what is in them."""

from __future__ import annotations

from typing import Any

from .base import Made, Properties, ResourceType, Work, changed, picked


class LoadBalancer(ResourceType):
    """AWS::ElasticLoadBalancingV2::LoadBalancer."""

    name = "AWS::ElasticLoadBalancingV2::LoadBalancer"
    not_given = frozenset({"CanonicalHostedZoneID"})
    PLAIN = ("IpAddressType", "Scheme", "SecurityGroups", "SubnetMappings", "Subnets", "Type")
    done = frozenset({*PLAIN, "LoadBalancerAttributes", "Name", "Tags"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateLoadBalancer, ModifyLoadBalancerAttributes."""
        (found,) = work.client("elbv2").create_load_balancer(
            Name=given.get("Name") or work.name(32),
            **_tags(work, given),
            **picked(given, *self.PLAIN),
        )["LoadBalancers"]
        arn = found["LoadBalancerArn"]
        work.begin(arn)
        self._set_attributes(work, arn, {}, given)
        return Made(
            arn,
            {
                "LoadBalancerArn": arn,
                "LoadBalancerName": found["LoadBalancerName"],
                "LoadBalancerFullName": arn.partition(":loadbalancer/")[2],
                "DNSName": found["DNSName"],
            },
        )

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """SetSubnets, SetSecurityGroups, SetIpAddressType, ModifyLoadBalancerAttributes."""
        client, arn = work.client("elbv2"), made.physical_id
        if changed(old, new, "Subnets", "SubnetMappings"):
            client.set_subnets(LoadBalancerArn=arn, **picked(new, "Subnets", "SubnetMappings"))
        if changed(old, new, "SecurityGroups"):
            groups = new.get("SecurityGroups") or []
            client.set_security_groups(LoadBalancerArn=arn, SecurityGroups=groups)
        if changed(old, new, "IpAddressType"):
            kind = new.get("IpAddressType") or "ipv4"
            client.set_ip_address_type(LoadBalancerArn=arn, IpAddressType=kind)
        self._set_attributes(work, arn, old, new)
        _retag(work, arn, old, new)
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteLoadBalancer."""
        work.client("elbv2").delete_load_balancer(LoadBalancerArn=made.physical_id)

    def _set_attributes(self, work: Work, arn: str, old: Properties, new: Properties) -> None:
        attributes = new.get("LoadBalancerAttributes")
        if attributes and changed(old, new, "LoadBalancerAttributes"):
            work.client("elbv2").modify_load_balancer_attributes(
                LoadBalancerArn=arn, Attributes=attributes
            )


class TargetGroup(ResourceType):
    """AWS::ElasticLoadBalancingV2::TargetGroup."""

    name = "AWS::ElasticLoadBalancingV2::TargetGroup"
    not_given = frozenset({"LoadBalancerArns"})
    HEALTH = (
        *("HealthCheckEnabled", "HealthCheckIntervalSeconds", "HealthCheckPath"),
        *("HealthCheckPort", "HealthCheckProtocol", "HealthCheckTimeoutSeconds"),
        *("HealthyThresholdCount", "Matcher", "UnhealthyThresholdCount"),
    )
    FIXED = (
        *("IpAddressType", "Port", "Protocol", "ProtocolVersion", "TargetControlPort"),
        *("TargetType", "VpcId"),
    )
    done = frozenset({*HEALTH, *FIXED, "Name", "Tags", "TargetGroupAttributes", "Targets"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateTargetGroup, ModifyTargetGroupAttributes, RegisterTargets."""
        (found,) = work.client("elbv2").create_target_group(
            Name=given.get("Name") or work.name(32),
            **_tags(work, given),
            **picked(given, *self.HEALTH, *self.FIXED),
        )["TargetGroups"]
        arn = found["TargetGroupArn"]
        work.begin(arn)
        self._set_rest(work, arn, {}, given)
        return Made(
            arn,
            {
                "TargetGroupArn": arn,
                "TargetGroupName": found["TargetGroupName"],
                "TargetGroupFullName": arn.rpartition(":")[2],
            },
        )

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """ModifyTargetGroup and its attributes, DeregisterTargets, RegisterTargets."""
        arn = made.physical_id
        if changed(old, new, *self.HEALTH):
            work.client("elbv2").modify_target_group(
                TargetGroupArn=arn, **picked(new, *self.HEALTH)
            )
        self._set_rest(work, arn, old, new)
        _retag(work, arn, old, new)
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteTargetGroup."""
        work.client("elbv2").delete_target_group(TargetGroupArn=made.physical_id)

    def _set_rest(self, work: Work, arn: str, old: Properties, new: Properties) -> None:
        client = work.client("elbv2")
        attributes = new.get("TargetGroupAttributes")
        if attributes and changed(old, new, "TargetGroupAttributes"):
            client.modify_target_group_attributes(TargetGroupArn=arn, Attributes=attributes)
        before, after = old.get("Targets") or [], new.get("Targets") or []
        gone = [each for each in before if each not in after]
        if gone:
            client.deregister_targets(TargetGroupArn=arn, Targets=gone)
        fresh = [each for each in after if each not in before]
        if fresh:
            client.register_targets(TargetGroupArn=arn, Targets=fresh)


class Listener(ResourceType):
    """AWS::ElasticLoadBalancingV2::Listener."""

    name = "AWS::ElasticLoadBalancingV2::Listener"
    PLAIN = (
        *("AlpnPolicy", "Certificates", "DefaultActions", "MutualAuthentication", "Port"),
        *("Protocol", "SslPolicy"),
    )
    done = frozenset({*PLAIN, "ListenerAttributes", "LoadBalancerArn", "Tags"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateListener, ModifyListenerAttributes."""
        (found,) = work.client("elbv2").create_listener(
            **_tags(work, given), **picked(given, "LoadBalancerArn", *self.PLAIN)
        )["Listeners"]
        arn = found["ListenerArn"]
        work.begin(arn)
        self._set_attributes(work, arn, {}, given)
        return Made(arn, {"ListenerArn": arn})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """ModifyListener, ModifyListenerAttributes."""
        arn = made.physical_id
        if changed(old, new, *self.PLAIN):
            work.client("elbv2").modify_listener(ListenerArn=arn, **picked(new, *self.PLAIN))
        self._set_attributes(work, arn, old, new)
        _retag(work, arn, old, new)
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteListener."""
        work.client("elbv2").delete_listener(ListenerArn=made.physical_id)

    def _set_attributes(self, work: Work, arn: str, old: Properties, new: Properties) -> None:
        attributes = new.get("ListenerAttributes")
        if attributes and changed(old, new, "ListenerAttributes"):
            work.client("elbv2").modify_listener_attributes(ListenerArn=arn, Attributes=attributes)


class ListenerRule(ResourceType):
    """AWS::ElasticLoadBalancingV2::ListenerRule."""

    name = "AWS::ElasticLoadBalancingV2::ListenerRule"
    PLAIN = ("Actions", "Conditions", "Transforms")
    done = frozenset({*PLAIN, "ListenerArn", "Priority", "Tags"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateRule."""
        (found,) = work.client("elbv2").create_rule(
            **_tags(work, given), **picked(given, "ListenerArn", "Priority", *self.PLAIN)
        )["Rules"]
        return Made(found["RuleArn"], {"RuleArn": found["RuleArn"], "IsDefault": False})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """ModifyRule, SetRulePriorities."""
        client, arn = work.client("elbv2"), made.physical_id
        if changed(old, new, *self.PLAIN):
            client.modify_rule(RuleArn=arn, **picked(new, *self.PLAIN))
        if changed(old, new, "Priority"):
            priority: dict[str, Any] = {"RuleArn": arn, "Priority": new["Priority"]}
            client.set_rule_priorities(RulePriorities=[priority])
        _retag(work, arn, old, new)
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteRule."""
        work.client("elbv2").delete_rule(RuleArn=made.physical_id)


TYPES = (LoadBalancer(), TargetGroup(), Listener(), ListenerRule())


def _tags(work: Work, given: Properties) -> dict[str, Any]:
    """No empty list: the API takes one tag or more."""
    tags = work.tag_list(given)
    return {"Tags": tags} if tags else {}


def _retag(work: Work, arn: str, old: Properties, new: Properties) -> None:
    client = work.client("elbv2")
    work.retag(
        *(old, new),
        lambda tags: client.add_tags(
            ResourceArns=[arn], Tags=[{"Key": key, "Value": tags[key]} for key in tags]
        ),
        lambda keys: client.remove_tags(ResourceArns=[arn], TagKeys=keys),
    )
