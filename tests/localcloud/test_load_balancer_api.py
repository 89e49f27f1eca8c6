"""Elastic Load Balancing's API through boto3: what is made is shown, what AWS refuses is refused.

Sources: Elastic Load Balancing API reference, version 2015-12-01 (read 2026-11). The words: public
error reports and moto 5.2.5, as `refusals` and its neighbours say.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from botocore.exceptions import ClientError
from load_balancers import ECHO, Balancer, Group, arn_of, fixed, name, network
from roles import acting_as, allow
from running_cloud import RunningCloud
from vpcs import MadeVpc

NOWHERE = "arn:aws:elasticloadbalancing:us-east-1:123456789012:"
LOOP = {"Type": "redirect", "RedirectConfig": {"StatusCode": "HTTP_301"}}
REDIRECT = {"Type": "redirect", "RedirectConfig": {"Protocol": "HTTPS", "StatusCode": "HTTP_301"}}
Given = dict[str, Any]


@pytest.fixture(scope="module")
def balancer(one_cloud: RunningCloud) -> Balancer:
    """One that tests share which leave its port 80 as it is."""
    return Balancer(one_cloud, fixed("default"))


def refused(call: Any, **given: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**given)
    told = caught.value.response["Error"]
    return told["Code"], told["Message"]


def test_a_load_balancer_is_shown_kept_and_deleted(one_cloud: RunningCloud) -> None:
    api, own = one_cloud.client("elbv2"), network(one_cloud)
    given = {"Name": name(), "Tags": [{"Key": "a", "Value": "1"}], **own}
    (made,) = api.create_load_balancer(**given)["LoadBalancers"]
    arn = made["LoadBalancerArn"]
    assert re.fullmatch(rf"{NOWHERE}loadbalancer/app/{given['Name']}/[0-9a-f]{{16}}", arn)
    assert (made["State"]["Code"], made["Type"]) == ("provisioning", "application")
    api.get_waiter("load_balancer_available").wait(Names=[given["Name"]])
    (shown,) = api.describe_load_balancers(LoadBalancerArns=[arn])["LoadBalancers"]
    assert (shown["Scheme"], shown["IpAddressType"]) == ("internet-facing", "ipv4")
    assert shown["SecurityGroups"] == own["SecurityGroups"]
    assert sorted(each["SubnetId"] for each in shown["AvailabilityZones"]) == sorted(own["Subnets"])
    # The same again is no error; another with its name is.
    assert api.create_load_balancer(**given)["LoadBalancers"][0]["LoadBalancerArn"] == arn
    assert refused(api.create_load_balancer, **{**given, "Scheme": "internal"}) == (
        "DuplicateLoadBalancerName",
        f"A load balancer with the same name '{given['Name']}' exists, but with different settings",
    )
    protect = {"Key": "deletion_protection.enabled", "Value": "true"}
    api.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[protect])
    assert refused(api.delete_load_balancer, LoadBalancerArn=arn) == (
        "OperationNotPermitted",
        f"Load balancer '{arn}' cannot be deleted because deletion protection is enabled",
    )
    protect["Value"] = "false"
    api.modify_load_balancer_attributes(LoadBalancerArn=arn, Attributes=[protect])
    api.delete_load_balancer(LoadBalancerArn=arn)
    api.delete_load_balancer(LoadBalancerArn=arn)
    assert refused(api.describe_load_balancers, Names=["no", given["Name"]]) == (
        "LoadBalancerNotFound",
        f"Load balancers '[no, {given['Name']}]' not found",
    )
    assert refused(api.describe_load_balancers, LoadBalancerArns=[arn]) == (
        "LoadBalancerNotFound",
        "One or more load balancers not found",
    )


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        ({"Name": "a" * 33}, "ValidationError", "cannot be longer than '32' characters"),
        ({"Name": "a_b"}, "ValidationError", "alphanumeric characters and hyphens"),
        ({"Name": "-a"}, "ValidationError", "cannot begin or end with a hyphen"),
        ({"Name": "internal-a"}, "ValidationError", "cannot begin with 'internal-'"),
        ({"Subnets": []}, "ValidationError", "At least two subnets in two different"),
        ({"Subnets": ["subnet-0"]}, "SubnetNotFound", "The subnet ID 'subnet-0' does not exist"),
        (
            {"SecurityGroups": ["sg-0"]},
            "InvalidConfigurationRequest",
            "security groups are invalid",
        ),
        ({"Scheme": "public"}, "ValidationError", "Member must satisfy enum value set"),
        ({"Type": "network"}, "NotImplemented", "load balancers of the type network"),
        ({"IpAddressType": "dualstack"}, "NotImplemented", "the IpAddressType dualstack"),
        ({"CustomerOwnedIpv4Pool": "ipv4pool-coip-a"}, "NotImplemented", "CustomerOwnedIpv4Pool"),
        (
            {"Tags": [{"Key": "a", "Value": "1"}, {"Key": "a", "Value": "2"}]},
            "DuplicateTagKeys",
            "specified more than once: a",
        ),
    ],
)
def test_a_load_balancer_that_aws_refuses(
    one_cloud: RunningCloud, given: Given, code: str, words: str
) -> None:
    api = one_cloud.client("elbv2")
    found = refused(api.create_load_balancer, **{"Name": name(), **network(one_cloud), **given})
    assert found[0] == code
    assert words in found[1]


def test_subnets_are_in_two_zones_of_a_vpc_with_a_gateway(one_cloud: RunningCloud) -> None:
    api, vpc = one_cloud.client("elbv2"), MadeVpc(one_cloud, zones=3)
    groups = {"SecurityGroups": [vpc.group]}
    given = {"Name": name(), "Subnets": vpc.subnets[:2], **groups}
    assert refused(api.create_load_balancer, **given) == (
        "InvalidSubnet",
        f"VPC {vpc.id} has no internet gateway",
    )
    (made,) = api.create_load_balancer(**given, Scheme="internal")["LoadBalancers"]
    arn = made["LoadBalancerArn"]
    twice = [*vpc.subnets, vpc.subnet("10.20.50.0/24", 0)]
    assert refused(api.set_subnets, LoadBalancerArn=arn, Subnets=twice) == (
        "InvalidConfigurationRequest",
        "A load balancer cannot be attached to multiple subnets in the same Availability Zone",
    )
    other = network(one_cloud)
    code, _ = refused(api.set_subnets, LoadBalancerArn=arn, Subnets=other["Subnets"])
    assert code == "InvalidConfigurationRequest"
    mixed = [vpc.subnets[0], other["Subnets"][1]]
    code, _ = refused(api.set_subnets, LoadBalancerArn=arn, Subnets=mixed)
    assert code == "InvalidConfigurationRequest"
    code, _ = refused(api.set_security_groups, LoadBalancerArn=arn, **_groups(other))
    assert code == "InvalidConfigurationRequest"
    zones = api.set_subnets(LoadBalancerArn=arn, Subnets=vpc.subnets)["AvailabilityZones"]
    assert [each["SubnetId"] for each in zones] == vpc.subnets
    assert api.set_security_groups(LoadBalancerArn=arn, **groups)["SecurityGroupIds"] == [vpc.group]
    assert api.set_ip_address_type(LoadBalancerArn=arn, IpAddressType="ipv4")
    # Without a security group it gets the VPC's default one.
    given = {"Name": name(), "Subnets": vpc.subnets[:2], "Scheme": "internal"}
    (made,) = api.create_load_balancer(**given)["LoadBalancers"]
    (default,) = one_cloud.client("ec2").describe_security_groups(
        Filters=[
            {"Name": "vpc-id", "Values": [vpc.id]},
            {"Name": "group-name", "Values": ["default"]},
        ]
    )["SecurityGroups"]
    assert made["SecurityGroups"] == [default["GroupId"]]


def _groups(given: Given) -> Given:
    return {"SecurityGroups": given["SecurityGroups"]}


def test_a_target_group_of_functions(one_cloud: RunningCloud) -> None:
    api, own = one_cloud.client("elbv2"), name()
    (made,) = api.create_target_group(Name=own, TargetType="lambda")["TargetGroups"]
    arn = made["TargetGroupArn"]
    assert re.fullmatch(rf"{NOWHERE}targetgroup/{own}/[0-9a-f]{{16}}", arn)
    (shown,) = api.describe_target_groups(Names=[own])["TargetGroups"]
    assert shown == {
        "TargetGroupArn": arn,
        "TargetGroupName": own,
        "HealthCheckEnabled": False,
        "HealthCheckIntervalSeconds": 35,
        "HealthCheckTimeoutSeconds": 30,
        "HealthyThresholdCount": 5,
        "UnhealthyThresholdCount": 2,
        "HealthCheckPath": "/",
        "Matcher": {"HttpCode": "200"},
        "LoadBalancerArns": [],
        "TargetType": "lambda",
        "IpAddressType": "ipv4",
    }
    api.modify_target_group(TargetGroupArn=arn, HealthCheckEnabled=True, HealthCheckPath="/up")
    (shown,) = api.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"]
    assert (shown["HealthCheckEnabled"], shown["HealthCheckPath"]) == (True, "/up")
    assert shown["HealthCheckIntervalSeconds"] == 35
    attributes = api.describe_target_group_attributes(TargetGroupArn=arn)["Attributes"]
    assert attributes == [{"Key": "lambda.multi_value_headers.enabled", "Value": "false"}]
    api.delete_target_group(TargetGroupArn=arn)
    assert refused(api.describe_target_groups, TargetGroupArns=[arn]) == (
        "TargetGroupNotFound",
        "One or more target groups not found",
    )


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        ({"TargetType": "instance"}, "ValidationError", "A protocol must be specified"),
        (
            {"TargetType": "ip", "Protocol": "HTTP", "Port": 80, "VpcId": "vpc-1"},
            *("NotImplemented", "target groups of the type ip"),
        ),
        ({"Protocol": "HTTP"}, "ValidationError", "Protocol cannot be specified for target groups"),
        ({"Port": 80}, "ValidationError", "Port cannot be specified for target groups"),
        ({"VpcId": "vpc-1"}, "ValidationError", "VPC ID cannot be specified for target groups"),
        ({"HealthCheckPort": "80"}, "ValidationError", "HealthCheckPort cannot be specified"),
        ({"HealthCheckTimeoutSeconds": 36}, "ValidationError", "Health check timeout '36'"),
        ({"HealthCheckIntervalSeconds": 301}, "ValidationError", "less than or equal to 300"),
        ({"Matcher": {"HttpCode": "ok"}}, "ValidationError", "'ok' is not valid"),
        ({"Matcher": {"HttpCode": "200-599"}}, "ValidationError", "'599' must be within '200-499'"),
        ({"HealthCheckPath": "up"}, "ValidationError", "must begin with '/'"),
    ],
)
def test_a_target_group_that_aws_refuses(
    one_cloud: RunningCloud, given: Given, code: str, words: str
) -> None:
    api = one_cloud.client("elbv2")
    found = refused(api.create_target_group, **{"Name": name(), "TargetType": "lambda", **given})
    assert found[0] == code
    assert words in found[1]


def test_a_function_is_registered_once_it_may_be_invoked(one_cloud: RunningCloud) -> None:
    """The words of AWS: ansible 52253, aws-cdk 4663, terraform-aws-alb 210."""
    api, function = one_cloud.client("elbv2"), one_cloud.create(ECHO)
    (made,) = api.create_target_group(Name=name(), TargetType="lambda")["TargetGroups"]
    arn, target = made["TargetGroupArn"], arn_of(one_cloud, function)
    given = {"TargetGroupArn": arn, "Targets": [{"Id": target}]}
    denied = (
        "AccessDenied",
        f"elasticloadbalancing principal does not have permission to invoke {target} from target "
        f"group {arn}",
    )
    assert refused(api.register_targets, **given) == denied
    permission = {
        "FunctionName": function,
        "StatementId": "other",
        "Action": "lambda:InvokeFunction",
        "Principal": "elasticloadbalancing.amazonaws.com",
    }
    client = one_cloud.client("lambda")
    client.add_permission(**permission, SourceArn=f"{NOWHERE}targetgroup/other/0123456789abcdef")
    assert refused(api.register_targets, **given) == denied
    client.add_permission(**{**permission, "StatementId": "own"}, SourceArn=arn)
    api.register_targets(**given)
    api.register_targets(**given)
    other = arn_of(one_cloud, one_cloud.create(ECHO))
    assert refused(api.register_targets, TargetGroupArn=arn, Targets=[{"Id": other}])[0] == (
        "TooManyTargets"
    )
    for wrong in ("i-1", f"{target}-gone", target.replace("us-east-1", "eu-west-1")):
        targets = [{"Id": wrong}]
        api.deregister_targets(TargetGroupArn=arn, Targets=[{"Id": target}])
        found = refused(api.register_targets, TargetGroupArn=arn, Targets=targets)
        assert found[0] == "InvalidTarget", wrong
    assert api.describe_target_health(TargetGroupArn=arn)["TargetHealthDescriptions"] == []


def test_the_health_of_a_target_that_nobody_checks(one_cloud: RunningCloud) -> None:
    group = Group(one_cloud)
    assert group.health()["Reason"] == "Target.NotInUse"
    Balancer(one_cloud, group.action)
    assert group.health() == {
        "State": "unavailable",
        "Reason": "Target.HealthCheckDisabled",
        "Description": "Health checks are not enabled for this target",
    }
    (found,) = group.api.describe_target_health(
        TargetGroupArn=group.arn, Targets=[{"Id": "arn:aws:lambda:us-east-1:1:function:x"}]
    )["TargetHealthDescriptions"]
    assert found["TargetHealth"]["Reason"] == "Target.NotRegistered"


def test_a_listener_is_shown_changed_and_deleted(one_cloud: RunningCloud) -> None:
    balancer = Balancer(one_cloud, fixed("one"))
    api, arn = balancer.api, balancer.arn
    (shown,) = api.describe_listeners(LoadBalancerArn=arn)["Listeners"]
    assert re.fullmatch(
        arn.replace(":loadbalancer/", ":listener/") + r"/[0-9a-f]{16}", shown["ListenerArn"]
    )
    assert (shown["Port"], shown["Protocol"]) == (80, "HTTP")
    assert shown["DefaultActions"] == [fixed("one")]
    # The same listener again is no error.
    assert balancer.listen(80, fixed("one"))["Listeners"] == [shown]
    with pytest.raises(ClientError) as caught:
        balancer.listen(80, fixed("two"))
    assert caught.value.response["Error"] == {
        "Type": "Sender",
        "Code": "DuplicateListener",
        "Message": f"A listener already exists on this port for this load balancer '{arn}'",
    }
    second = balancer.listen(81, fixed("two"))["Listeners"][0]["ListenerArn"]
    assert refused(api.modify_listener, ListenerArn=second, Port=80)[0] == "DuplicateListener"
    api.modify_listener(ListenerArn=second, Port=82, DefaultActions=[REDIRECT])
    (shown,) = api.describe_listeners(ListenerArns=[second])["Listeners"]
    assert shown["Port"] == 82
    assert shown["DefaultActions"][0]["RedirectConfig"] == {
        "Protocol": "HTTPS",
        "Port": "#{port}",
        "Host": "#{host}",
        "Path": "/#{path}",
        "Query": "#{query}",
        "StatusCode": "HTTP_301",
    }
    api.delete_listener(ListenerArn=second)
    assert refused(api.describe_listeners, ListenerArns=[second]) == (
        "ListenerNotFound",
        "One or more listeners not found",
    )


@pytest.mark.parametrize(
    ("given", "code", "words"),
    [
        ({"Protocol": "HTTPS"}, "NotImplemented", "HTTPS listeners"),
        ({"Protocol": "TCP"}, "ValidationError", "'TCP' must be one of 'HTTP, HTTPS'"),
        ({"Port": None}, "ValidationError", "A listener port must be specified"),
        ({"Port": 65536}, "ValidationError", "less than or equal to 65535"),
        ({"Protocol": None}, "ValidationError", "A listener protocol must be specified"),
        ({"DefaultActions": [LOOP]}, "InvalidLoadBalancerAction", "because it creates a loop."),
        ({"DefaultActions": [LOOP, LOOP]}, "InvalidLoadBalancerAction", "exactly one action"),
        ({"DefaultActions": [{"Type": "go"}]}, "ValidationError", "'defaultActions.1.member.type'"),
        (
            {"DefaultActions": [{"Type": "forward"}]},
            *("ValidationError", "A target group ARN must be specified"),
        ),
        (
            {
                "DefaultActions": [
                    {
                        "Type": "forward",
                        "TargetGroupArn": f"{NOWHERE}targetgroup/a/0123456789abcdef",
                    }
                ]
            },
            *("TargetGroupNotFound", "Target groups '"),
        ),
        (
            {"DefaultActions": [{"Type": "forward", "TargetGroupArn": "a"}]},
            *("ValidationError", "'a' is not a valid target group ARN"),
        ),
        ({"DefaultActions": [fixed("a", "302")]}, "ValidationError", "^(2|4|5)\\d\\d$"),
        ({"DefaultActions": [fixed("a" * 1025)]}, "ValidationError", "less than or equal to 1024"),
        (
            {"DefaultActions": [{**fixed("a"), **REDIRECT, "Type": "fixed-response"}]},
            *("InvalidLoadBalancerAction", "'RedirectConfig'"),
        ),
        (
            {
                "DefaultActions": [
                    {
                        "Type": "fixed-response",
                        "FixedResponseConfig": {"StatusCode": "200", "ContentType": "image/png"},
                    }
                ]
            },
            *("InvalidLoadBalancerAction", "The ContentType must be one of:"),
        ),
        (
            {
                "DefaultActions": [
                    {
                        "Type": "jwt-validation",
                        "JwtValidationConfig": {"JwksEndpoint": "https://a", "Issuer": "a"},
                    }
                ]
            },
            *("NotImplemented", "the action jwt-validation"),
        ),
        ({"SslPolicy": "a"}, "NotImplemented", "SslPolicy"),
    ],
)
def test_a_listener_that_aws_refuses(
    balancer: Balancer, given: Given, code: str, words: str
) -> None:
    usual = {"Protocol": "HTTP", "Port": 79, "DefaultActions": [fixed("a")]}
    asked = {k: v for k, v in {**usual, **given}.items() if v is not None}
    found = refused(balancer.api.create_listener, LoadBalancerArn=balancer.arn, **asked)
    assert found[0] == code
    assert words in found[1]


def test_a_target_group_belongs_to_one_load_balancer(one_cloud: RunningCloud) -> None:
    group = Group(one_cloud)
    first = Balancer(one_cloud, group.action)
    (shown,) = first.api.describe_target_groups(LoadBalancerArn=first.arn)["TargetGroups"]
    assert shown["LoadBalancerArns"] == [first.arn]
    second = Balancer(one_cloud, fixed("a"))
    with pytest.raises(ClientError) as caught:
        second.listen(81, group.action)
    assert caught.value.response["Error"]["Code"] == "TargetGroupAssociationLimit"
    assert refused(first.api.delete_target_group, TargetGroupArn=group.arn) == (
        "ResourceInUse",
        f"Target group '{group.arn}' is currently in use by a listener or a rule",
    )
    first.api.delete_load_balancer(LoadBalancerArn=first.arn)
    second.listen(81, group.action)
    second.api.delete_load_balancer(LoadBalancerArn=second.arn)
    first.api.delete_target_group(TargetGroupArn=group.arn)


def test_rules_have_priorities(one_cloud: RunningCloud) -> None:
    balancer = Balancer(one_cloud, fixed("default"))
    api, path = balancer.api, {"Field": "path-pattern", "Values": ["/a*"]}
    first = balancer.rule(10, fixed("one"), path)
    second = balancer.rule(20, fixed("two"), path)
    rules = api.describe_rules(ListenerArn=balancer.listener)["Rules"]
    assert [(each["Priority"], each["IsDefault"]) for each in rules] == [
        ("10", False),
        ("20", False),
        ("default", True),
    ]
    assert rules[0]["Conditions"] == [
        {"Field": "path-pattern", "Values": ["/a*"], "PathPatternConfig": {"Values": ["/a*"]}}
    ]
    default = rules[-1]["RuleArn"]
    with pytest.raises(ClientError) as caught:
        balancer.rule(20, fixed("three"), path)
    assert caught.value.response["Error"]["Message"] == "Priority '20' is currently in use"
    swapped = [{"RuleArn": first, "Priority": 20}, {"RuleArn": second, "Priority": 10}]
    api.set_rule_priorities(RulePriorities=swapped)
    assert balancer.ask(path="/a").body == b"two"
    same = [{"RuleArn": first, "Priority": 5}, {"RuleArn": second, "Priority": 5}]
    assert refused(api.set_rule_priorities, RulePriorities=same) == (
        "ValidationError",
        "Priority '5' was provided multiple times",
    )
    taken = [{"RuleArn": first, "Priority": 10}]
    assert refused(api.set_rule_priorities, RulePriorities=taken)[0] == "PriorityInUse"
    for call, given in (
        (api.delete_rule, {}),
        (api.modify_rule, {"Actions": [fixed("a")]}),
    ):
        assert refused(call, RuleArn=default, **given)[0] == "OperationNotPermitted"
    assert refused(api.modify_rule, RuleArn=first) == (
        "ValidationError",
        "Either conditions or actions must be specified",
    )
    api.modify_rule(RuleArn=second, Conditions=[{"Field": "path-pattern", "Values": ["/b"]}])
    assert balancer.ask(path="/a").body == b"one"
    api.delete_rule(RuleArn=first)
    assert refused(api.describe_rules, RuleArns=[first]) == (
        "RuleNotFound",
        "One or more rules not found",
    )
    assert balancer.ask(path="/a").body == b"default"


def _config(field: str, config: str, **members: Any) -> Given:
    return {"Field": field, config: members}


HEADER = "HttpHeaderConfig"
METHOD = "HttpRequestMethodConfig"


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        ({"Field": "cookie", "Values": ["a"]}, "Condition field 'cookie' must be one of"),
        ({"Values": ["a"]}, "A condition field must be specified"),
        ({"Field": "path-pattern"}, "A condition value must be specified"),
        ({"Field": "path-pattern", "Values": ["/a", "/b"]}, "too many values; the limit is '1'"),
        ({"Field": "path-pattern", "Values": ["/a b"]}, "contains a character that is not valid"),
        ({"Field": "path-pattern", "Values": ["/" + "a" * 128]}, "too long; the limit is '128'"),
        ({"Field": "host-header", "Values": ["127.0.0.1"]}, "a character that is not valid"),
        ({"Field": "host-header", "Values": ["shop"]}, "a character that is not valid"),
        ({"Field": "source-ip", "Values": ["10.0.0.0/8"]}, "not compatible with 'source-ip'"),
        (_config("source-ip", "SourceIpConfig", Values=["10.0.0.1"]), "not a valid CIDR block"),
        (_config("source-ip", "SourceIpConfig", Values=["10.0.0.1/8"]), "not a valid CIDR block"),
        (
            _config("http-header", HEADER, HttpHeaderName="a" * 41, Values=["a"]),
            "the limit is '40'",
        ),
        (_config("http-header", HEADER, HttpHeaderName="Host", Values=["a"]), "'host-header'"),
        ({"Field": "http-header"}, "A 'HttpHeaderConfig' must be specified with 'http-header'"),
        (_config("http-request-method", METHOD, Values=["get"]), "the allowed characters are A-Z"),
        (
            _config("query-string", "QueryStringConfig", Values=[{"Key": "a"}]),
            "A 'Value' must be specified",
        ),
        (
            _config("path-pattern", "PathPatternConfig", Values=["/a"] * 6),
            "only have '5' condition",
        ),
        (
            _config("path-pattern", "PathPatternConfig", Values=["/*******"]),
            "only have '6' condition wildcards",
        ),
        (_config("path-pattern", METHOD, Values=["GET"]), "not compatible with 'path-pattern'"),
    ],
)
def test_a_condition_that_aws_refuses(balancer: Balancer, condition: Given, words: str) -> None:
    with pytest.raises(ClientError) as caught:
        balancer.rule(1, fixed("a"), condition)
    told = caught.value.response["Error"]
    assert told["Code"] == "ValidationError"
    assert words in told["Message"]


def test_what_is_not_done_of_rules_is_refused_by_its_name(
    one_cloud: RunningCloud, balancer: Balancer
) -> None:
    path = {"Field": "path-pattern", "Values": ["/a"]}
    given = {"ListenerArn": balancer.listener, "Priority": 1, "Actions": [fixed("a")]}
    rewrite = {
        "Type": "url-rewrite",
        "UrlRewriteConfig": {"Rewrites": [{"Regex": "a", "Replace": "b"}]},
    }
    create = balancer.api.create_rule
    found = refused(create, **given, Conditions=[path], Transforms=[rewrite])
    assert found[0] == "NotImplemented"
    assert "Transforms of rules" in found[1]
    regex = _config("path-pattern", "PathPatternConfig", RegexValues=["a"])
    assert "RegexValues" in refused(create, **given, Conditions=[regex])[1]
    brew = _config("http-request-method", "HttpRequestMethodConfig", Values=["BREW"])
    assert "request method BREW" in refused(create, **given, Conditions=[brew])[1]
    group = Group(one_cloud)
    sticky = {
        "TargetGroups": [{"TargetGroupArn": group.arn}],
        "TargetGroupStickinessConfig": {"Enabled": True, "DurationSeconds": 60},
    }
    given["Actions"] = [{"Type": "forward", "ForwardConfig": sticky}]
    assert "stickiness of target groups" in refused(create, **given, Conditions=[path])[1]


def test_attributes_have_defaults_and_act_or_are_refused(
    one_cloud: RunningCloud, balancer: Balancer
) -> None:
    group = Group(one_cloud)
    api = balancer.api
    shown = api.describe_load_balancer_attributes(LoadBalancerArn=balancer.arn)["Attributes"]
    values = {each["Key"]: each["Value"] for each in shown}
    assert values["idle_timeout.timeout_seconds"] == "60"
    assert values["routing.http.xff_header_processing.mode"] == "append"

    def problem(call: Any, arn: Given, key: str, value: str) -> tuple[str, str]:
        return refused(call, **arn, Attributes=[{"Key": key, "Value": value}])

    own = api.modify_load_balancer_attributes, {"LoadBalancerArn": balancer.arn}
    for key, value, code, words in (
        ("idle_timeout.timeout_seconds", "0", "ValidationError", "between '1-4000' inclusive"),
        ("idle_timeout.timeout_seconds", "x", "ValidationError", "between '1-4000' inclusive"),
        ("deletion_protection.enabled", "yes", "ValidationError", "[true, false]"),
        ("no.such.key", "a", "ValidationError", "'no.such.key' is not recognized"),
        ("access_logs.s3.enabled", "true", "NotImplemented", "access_logs.s3.enabled"),
    ):
        found = problem(*own, key, value)
        assert found[0] == code, key
        assert words in found[1]
    assert problem(
        api.modify_target_group_attributes,
        {"TargetGroupArn": group.arn},
        "stickiness.enabled",
        "true",
    ) == ("InvalidConfigurationRequest", "The provided target group attribute is not supported")
    listener = {"ListenerArn": balancer.listener}
    header = "routing.http.response.x_frame_options.header_value"
    api.modify_listener_attributes(
        **listener,
        Attributes=[
            {"Key": header, "Value": "DENY"},
            {"Key": "routing.http.response.server.enabled", "Value": "false"},
        ],
    )
    answer = balancer.ask()
    assert answer.headers["x-frame-options"] == "DENY"
    assert "server" not in answer.headers
    shown = api.describe_listener_attributes(**listener)["Attributes"]
    assert {"Key": header, "Value": "DENY"} in shown


def test_tags_of_everything_that_has_them(one_cloud: RunningCloud, balancer: Balancer) -> None:
    group = Group(one_cloud)
    api = balancer.api
    rule = balancer.rule(1, fixed("a"), {"Field": "path-pattern", "Values": ["/a"]})
    arns = [balancer.arn, balancer.listener, rule, group.arn]
    api.add_tags(ResourceArns=arns, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    api.remove_tags(ResourceArns=arns, TagKeys=["a"])
    assert api.describe_tags(ResourceArns=arns)["TagDescriptions"] == [
        {"ResourceArn": arn, "Tags": [{"Key": "b", "Value": "2"}]} for arn in arns
    ]
    assert refused(api.describe_tags, ResourceArns=[f"{rule[:-1]}x"])[0] == "RuleNotFound"
    many = [{"Key": f"k{number}", "Value": ""} for number in range(50)]
    assert refused(api.add_tags, ResourceArns=arns[:1], Tags=many)[0] == "TooManyTags"


def test_lists_have_pages(one_cloud: RunningCloud) -> None:
    balancer = Balancer(one_cloud, fixed("default"))
    for port in (81, 82):
        balancer.listen(port, fixed("a"))
    pages = balancer.api.get_paginator("describe_listeners").paginate(
        LoadBalancerArn=balancer.arn, PaginationConfig={"PageSize": 2}
    )
    assert [len(page["Listeners"]) for page in pages] == [2, 1]
    given = {"LoadBalancerArn": balancer.arn, "Marker": "x"}
    assert refused(balancer.api.describe_listeners, **given)[0] == "ValidationError"


def test_a_role_does_what_its_policies_allow(one_cloud: RunningCloud, balancer: Balancer) -> None:
    group = Group(one_cloud)
    api = acting_as(
        one_cloud,
        allow("elasticloadbalancing:AddTags", balancer.arn),
        allow("elasticloadbalancing:Describe*"),
    ).client("elbv2")
    tags = [{"Key": "a", "Value": "1"}]
    api.add_tags(ResourceArns=[balancer.arn], Tags=tags)
    assert api.describe_target_groups(TargetGroupArns=[group.arn])["TargetGroups"]
    code, words = refused(api.add_tags, ResourceArns=[balancer.arn, group.arn], Tags=tags)
    assert code == "AccessDenied"
    assert f"elasticloadbalancing:AddTags on resource: {group.arn}" in words
    code, _ = refused(api.create_target_group, Name=name(), TargetType="lambda")
    assert code == "AccessDenied"


def test_classic_load_balancers_are_refused_by_their_name(one_cloud: RunningCloud) -> None:
    found = refused(one_cloud.client("elb").describe_load_balancers)
    assert found[0] == "NotImplemented"
    assert "Classic Load Balancers" in found[1]
