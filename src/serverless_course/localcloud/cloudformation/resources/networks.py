"""EC2's resource types: what a function's network is made of."""

from __future__ import annotations

from typing import Any

from ..errors import ResourceFailed
from .base import Made, Properties, ResourceType, Work, changed, listed, picked
from .identities import text


def tagged(work: Work, kind: str, given: Properties) -> dict[str, Any]:
    """The tags of a thing that is made, as EC2 takes them."""
    tags = work.tag_list(given)
    return {"TagSpecifications": [{"ResourceType": kind, "Tags": tags}]} if tags else {}


def retag(work: Work, identity: str, old: Properties, new: Properties) -> None:
    """The tags of a thing that is there."""
    client = work.client("ec2")
    work.retag(
        *(old, new),
        lambda tags: client.create_tags(Resources=[identity], Tags=listed(tags)),
        lambda keys: client.delete_tags(Resources=[identity], Tags=[{"Key": k} for k in keys]),
    )


class Tagged(ResourceType):
    """A type of which nothing but tags changes in place."""

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """CreateTags, DeleteTags."""
        retag(work, made.physical_id, old, new)
        return made


class Vpc(ResourceType):
    """AWS::EC2::VPC."""

    name = "AWS::EC2::VPC"
    done = frozenset(
        {"CidrBlock", "EnableDnsHostnames", "EnableDnsSupport", "InstanceTenancy", "Tags"}
    )
    replaces = frozenset({"InstanceTenancy"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateVpc."""
        client = work.client("ec2")
        vpc = client.create_vpc(
            **picked(given, "CidrBlock", "InstanceTenancy"), **tagged(work, "vpc", given)
        )["Vpc"]
        identity = vpc["VpcId"]
        work.begin(identity)
        own = [{"Name": "vpc-id", "Values": [identity]}]
        groups = client.describe_security_groups(
            Filters=[*own, {"Name": "group-name", "Values": ["default"]}]
        )["SecurityGroups"]
        acls = client.describe_network_acls(
            Filters=[*own, {"Name": "default", "Values": ["true"]}]
        )["NetworkAcls"]
        made = Made(
            identity,
            {
                "CidrBlock": vpc["CidrBlock"],
                "CidrBlockAssociations": [
                    each["AssociationId"] for each in vpc.get("CidrBlockAssociationSet", ())
                ],
                "Ipv6CidrBlocks": [],
                "DefaultNetworkAcl": acls[0]["NetworkAclId"] if acls else "",
                "DefaultSecurityGroup": groups[0]["GroupId"] if groups else "",
                "VpcId": identity,
            },
        )
        return self.update(work, made, {"Tags": given.get("Tags")}, given)

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """ModifyVpcAttribute."""
        for name, usual in (("EnableDnsSupport", True), ("EnableDnsHostnames", False)):
            if changed(old, new, name):
                value = {"Value": new.get(name, usual)}
                work.client("ec2").modify_vpc_attribute(VpcId=made.physical_id, **{name: value})
        retag(work, made.physical_id, old, new)
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteVpc."""
        work.client("ec2").delete_vpc(VpcId=made.physical_id)


class Subnet(ResourceType):
    """AWS::EC2::Subnet."""

    name = "AWS::EC2::Subnet"
    not_given = frozenset({"BlockPublicAccessStates", "NetworkAclAssociationId"})
    done = frozenset({"AvailabilityZone", "CidrBlock", "MapPublicIpOnLaunch", "Tags", "VpcId"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateSubnet."""
        subnet = work.client("ec2").create_subnet(
            **picked(given, "AvailabilityZone", "CidrBlock", "VpcId"),
            **tagged(work, "subnet", given),
        )["Subnet"]
        identity = subnet["SubnetId"]
        work.begin(identity)
        zone = {
            "AvailabilityZone": subnet["AvailabilityZone"],
            "SubnetId": identity,
            "Ipv6CidrBlocks": [],
        }
        return self.update(work, Made(identity, zone), {"Tags": given.get("Tags")}, given)

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """ModifySubnetAttribute."""
        if changed(old, new, "MapPublicIpOnLaunch"):
            value = {"Value": bool(new.get("MapPublicIpOnLaunch"))}
            work.client("ec2").modify_subnet_attribute(
                SubnetId=made.physical_id, MapPublicIpOnLaunch=value
            )
        retag(work, made.physical_id, old, new)
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteSubnet."""
        work.client("ec2").delete_subnet(SubnetId=made.physical_id)


class RouteTable(Tagged):
    """AWS::EC2::RouteTable."""

    name = "AWS::EC2::RouteTable"
    done = frozenset({"Tags", "VpcId"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateRouteTable."""
        identity = work.client("ec2").create_route_table(
            VpcId=given["VpcId"], **tagged(work, "route-table", given)
        )["RouteTable"]["RouteTableId"]
        return Made(identity, {"RouteTableId": identity})

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteRouteTable."""
        work.client("ec2").delete_route_table(RouteTableId=made.physical_id)


class Route(ResourceType):
    """AWS::EC2::Route."""

    name = "AWS::EC2::Route"
    KEY = ("DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId")
    done = frozenset(
        {
            *(*KEY, "EgressOnlyInternetGatewayId", "GatewayId", "NatGatewayId", "RouteTableId"),
            *("NetworkInterfaceId", "VpcEndpointId", "VpcPeeringConnectionId"),
        }
    )

    def create(self, work: Work, given: Properties) -> Made:
        """CreateRoute."""
        work.client("ec2").create_route(**picked(given, *self.done))
        (target,) = picked(given, *self.KEY).values()
        return Made(f"{given['RouteTableId']}|{target}", {"CidrBlock": target})

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """ReplaceRoute."""
        work.client("ec2").replace_route(**picked(new, *self.done))
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteRoute."""
        work.client("ec2").delete_route(**picked(given, "RouteTableId", *self.KEY))


class SubnetRouteTableAssociation(ResourceType):
    """AWS::EC2::SubnetRouteTableAssociation."""

    name = "AWS::EC2::SubnetRouteTableAssociation"
    done = frozenset({"RouteTableId", "SubnetId"})

    def create(self, work: Work, given: Properties) -> Made:
        """AssociateRouteTable."""
        identity = work.client("ec2").associate_route_table(**picked(given, *self.done))
        return Made(identity["AssociationId"], {"Id": identity["AssociationId"]})

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DisassociateRouteTable."""
        work.client("ec2").disassociate_route_table(AssociationId=made.physical_id)


class InternetGateway(Tagged):
    """AWS::EC2::InternetGateway."""

    name = "AWS::EC2::InternetGateway"
    done = frozenset({"Tags"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateInternetGateway."""
        identity = work.client("ec2").create_internet_gateway(
            **tagged(work, "internet-gateway", given)
        )["InternetGateway"]["InternetGatewayId"]
        return Made(identity, {"InternetGatewayId": identity})

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteInternetGateway."""
        work.client("ec2").delete_internet_gateway(InternetGatewayId=made.physical_id)


class GatewayAttachment(ResourceType):
    """AWS::EC2::VPCGatewayAttachment."""

    name = "AWS::EC2::VPCGatewayAttachment"
    done = frozenset({"InternetGatewayId", "VpcId"})
    replaces = frozenset({"InternetGatewayId"})

    def create(self, work: Work, given: Properties) -> Made:
        """AttachInternetGateway."""
        work.client("ec2").attach_internet_gateway(**picked(given, *self.done))
        return Made(f"IGW|{given['VpcId']}", {"AttachmentType": "IGW"})

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DetachInternetGateway."""
        work.client("ec2").detach_internet_gateway(**picked(given, *self.done))


class Eip(Tagged):
    """AWS::EC2::EIP."""

    name = "AWS::EC2::EIP"
    done = frozenset({"Domain", "Tags"})
    replaces = frozenset({"Domain"})

    def create(self, work: Work, given: Properties) -> Made:
        """AllocateAddress."""
        found = work.client("ec2").allocate_address(
            Domain=given.get("Domain", "vpc"), **tagged(work, "elastic-ip", given)
        )
        shown = {"AllocationId": found["AllocationId"], "PublicIp": found["PublicIp"]}
        return Made(found["AllocationId"], {**shown, "Ref": found["PublicIp"]})

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """ReleaseAddress."""
        work.client("ec2").release_address(AllocationId=made.physical_id)


class NatGateway(Tagged):
    """AWS::EC2::NatGateway."""

    name = "AWS::EC2::NatGateway"
    not_given = frozenset({"AutoProvisionZones", "AutoScalingIps", "EniId", "RouteTableId"})
    done = frozenset({"AllocationId", "ConnectivityType", "SubnetId", "Tags"})

    def create(self, work: Work, given: Properties) -> Made:
        """CreateNatGateway, until it is available."""
        client = work.client("ec2")
        identity = client.create_nat_gateway(
            **picked(given, "AllocationId", "ConnectivityType", "SubnetId"),
            **tagged(work, "natgateway", given),
        )["NatGateway"]["NatGatewayId"]
        work.begin(identity)

        def available() -> bool:
            (found,) = client.describe_nat_gateways(NatGatewayIds=[identity])["NatGateways"]
            if found["State"] == "failed":
                raise ResourceFailed(found.get("FailureMessage", "The NAT gateway failed."))
            return bool(found["State"] == "available")

        work.until(available, "The NAT gateway")
        return Made(identity, {"NatGatewayId": identity})

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteNatGateway, until it is deleted."""
        client = work.client("ec2")
        client.delete_nat_gateway(NatGatewayId=made.physical_id)

        def deleted() -> bool:
            found = client.describe_nat_gateways(NatGatewayIds=[made.physical_id])["NatGateways"]
            return all(each["State"] == "deleted" for each in found)

        work.until(deleted, "The deletion of the NAT gateway")


class SecurityGroup(ResourceType):
    """AWS::EC2::SecurityGroup."""

    name = "AWS::EC2::SecurityGroup"
    done = frozenset(
        {
            *("GroupDescription", "GroupName", "SecurityGroupEgress", "SecurityGroupIngress"),
            *("Tags", "VpcId"),
        }
    )

    def create(self, work: Work, given: Properties) -> Made:
        """CreateSecurityGroup, and its rules."""
        client = work.client("ec2")
        identity = client.create_security_group(
            GroupName=given.get("GroupName") or work.name(255),
            Description=given["GroupDescription"],
            **picked(given, "VpcId"),
            **tagged(work, "security-group", given),
        )["GroupId"]
        work.begin(identity)
        if given.get("SecurityGroupEgress"):
            # Rules of one's own stand in place of the one that lets everything out.
            everything = {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
            client.revoke_security_group_egress(GroupId=identity, IpPermissions=[everything])
        attributes = {"GroupId": identity, "Id": identity, **picked(given, "VpcId")}
        return self.update(work, Made(identity, attributes), {"Tags": given.get("Tags")}, given)

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """Authorize what is new, revoke what is gone."""
        client = work.client("ec2")
        for key, kind in (("SecurityGroupIngress", "ingress"), ("SecurityGroupEgress", "egress")):
            before = [rule_of(each) for each in old.get(key) or []]
            after = [rule_of(each) for each in new.get(key) or []]
            gone = [each for each in before if each not in after]
            added = [each for each in after if each not in before]
            for rules, verb in ((gone, "revoke"), (added, "authorize")):
                if rules:
                    getattr(client, f"{verb}_security_group_{kind}")(
                        GroupId=made.physical_id, IpPermissions=rules
                    )
        retag(work, made.physical_id, old, new)
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteSecurityGroup."""
        work.client("ec2").delete_security_group(GroupId=made.physical_id)


def rule_of(given: Properties) -> dict[str, Any]:
    """A rule of a security group, as EC2's API takes it."""
    rule: dict[str, Any] = {"IpProtocol": str(given["IpProtocol"])}
    if rule["IpProtocol"] != "-1":
        rule |= picked(given, "FromPort", "ToPort")
    about = picked(given, "Description")
    group = given.get("SourceSecurityGroupId") or given.get("DestinationSecurityGroupId")
    prefix = given.get("SourcePrefixListId") or given.get("DestinationPrefixListId")
    for key, member, value in (
        ("IpRanges", "CidrIp", given.get("CidrIp")),
        ("Ipv6Ranges", "CidrIpv6", given.get("CidrIpv6")),
        ("UserIdGroupPairs", "GroupId", group),
        ("PrefixListIds", "PrefixListId", prefix),
    ):
        if value:
            rule[key] = [{member: value, **about}]
    return rule


class GroupRule(ResourceType):
    """AWS::EC2::SecurityGroupIngress and Egress: one rule of a group that is elsewhere."""

    def __init__(self, kind: str, end: str) -> None:
        self._kind = kind
        self.name = f"AWS::EC2::SecurityGroup{kind.capitalize()}"
        self.done = frozenset(
            {
                *("CidrIp", "CidrIpv6", "Description", "FromPort", "GroupId", "IpProtocol"),
                *("ToPort", f"{end}PrefixListId", f"{end}SecurityGroupId"),
            }
        )
        self.replaces = frozenset({"Description"})
        self.not_given = frozenset({"Id"})

    def create(self, work: Work, given: Properties) -> Made:
        """AuthorizeSecurityGroupIngress or Egress."""
        getattr(work.client("ec2"), f"authorize_security_group_{self._kind}")(
            GroupId=given["GroupId"], IpPermissions=[rule_of(given)]
        )
        return Made(work.name(80))

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """RevokeSecurityGroupIngress or Egress."""
        getattr(work.client("ec2"), f"revoke_security_group_{self._kind}")(
            GroupId=given["GroupId"], IpPermissions=[rule_of(given)]
        )


class VpcEndpoint(ResourceType):
    """AWS::EC2::VPCEndpoint."""

    name = "AWS::EC2::VPCEndpoint"
    not_given = frozenset({"CreationTimestamp"})
    done = frozenset(
        {
            *("PolicyDocument", "PrivateDnsEnabled", "RouteTableIds", "SecurityGroupIds"),
            *("ServiceName", "SubnetIds", "Tags", "VpcEndpointType", "VpcId"),
        }
    )
    replaces = frozenset({"PrivateDnsEnabled"})
    LISTS = (
        ("RouteTableIds", "RouteTableIds"),
        ("SecurityGroupIds", "SecurityGroupIds"),
        ("SubnetIds", "SubnetIds"),
    )

    def create(self, work: Work, given: Properties) -> Made:
        """CreateVpcEndpoint."""
        parameters = picked(
            given,
            *("PrivateDnsEnabled", "RouteTableIds", "SecurityGroupIds", "ServiceName"),
            *("SubnetIds", "VpcEndpointType", "VpcId"),
        )
        if given.get("PolicyDocument") is not None:
            parameters["PolicyDocument"] = text(given["PolicyDocument"])
        found = work.client("ec2").create_vpc_endpoint(
            **parameters, **tagged(work, "vpc-endpoint", given)
        )["VpcEndpoint"]
        entries = [
            f"{e.get('HostedZoneId', '')}:{e['DnsName']}" for e in found.get("DnsEntries") or []
        ]
        return Made(
            found["VpcEndpointId"],
            {
                "DnsEntries": entries,
                "Id": found["VpcEndpointId"],
                "NetworkInterfaceIds": found.get("NetworkInterfaceIds") or [],
            },
        )

    def update(self, work: Work, made: Made, old: Properties, new: Properties) -> Made:
        """ModifyVpcEndpoint."""
        parameters: dict[str, Any] = {}
        for key, member in self.LISTS:
            before, after = set(old.get(key) or []), set(new.get(key) or [])
            if after - before:
                parameters[f"Add{member}"] = sorted(after - before)
            if before - after:
                parameters[f"Remove{member}"] = sorted(before - after)
        if changed(old, new, "PolicyDocument"):
            if new.get("PolicyDocument") is None:
                parameters["ResetPolicy"] = True
            else:
                parameters["PolicyDocument"] = text(new["PolicyDocument"])
        if parameters:
            work.client("ec2").modify_vpc_endpoint(VpcEndpointId=made.physical_id, **parameters)
        retag(work, made.physical_id, old, new)
        return made

    def delete(self, work: Work, made: Made, given: Properties) -> None:
        """DeleteVpcEndpoints."""
        answer = work.client("ec2").delete_vpc_endpoints(VpcEndpointIds=[made.physical_id])
        for each in answer.get("Unsuccessful") or []:
            raise ResourceFailed(str(each["Error"].get("Message")))


TYPES = (
    *(Vpc(), Subnet(), RouteTable(), Route(), SubnetRouteTableAssociation(), InternetGateway()),
    *(GatewayAttachment(), Eip(), NatGateway(), SecurityGroup(), VpcEndpoint()),
    *(GroupRule("ingress", "Source"), GroupRule("egress", "Destination")),
)
