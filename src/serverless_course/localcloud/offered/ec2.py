"""Amazon EC2: what a VPC consists of. There are no instances."""

from __future__ import annotations

from .offer import Offer, because, names

NO_INSTANCES = "It has no EC2 instances: code runs in Lambda functions."
EC2 = Offer(
    "ec2",
    "Amazon EC2",
    moto=names(
        """
        AllocateAddress AssociateDhcpOptions AssociateRouteTable AssociateSubnetCidrBlock
        AssociateVpcCidrBlock AttachInternetGateway AuthorizeSecurityGroupEgress
        AuthorizeSecurityGroupIngress CreateDefaultSubnet CreateDefaultVpc CreateDhcpOptions
        CreateEgressOnlyInternetGateway CreateInternetGateway CreateNatGateway CreateNetworkAcl
        CreateNetworkAclEntry CreateNetworkInterface CreateRoute CreateRouteTable
        CreateSecurityGroup CreateSubnet CreateTags CreateVpc CreateVpcEndpoint DeleteDhcpOptions
        DeleteEgressOnlyInternetGateway DeleteInternetGateway DeleteNatGateway DeleteNetworkAcl
        DeleteNetworkAclEntry DeleteNetworkInterface DeleteRoute DeleteRouteTable
        DeleteSecurityGroup DeleteSubnet DeleteTags DeleteVpc DeleteVpcEndpoints
        DescribeAccountAttributes DescribeAddresses DescribeAvailabilityZones DescribeDhcpOptions
        DescribeEgressOnlyInternetGateways DescribeInternetGateways DescribeNatGateways
        DescribeNetworkAcls DescribeNetworkInterfaces DescribePrefixLists DescribeRegions
        DescribeRouteTables DescribeSecurityGroupRules DescribeSecurityGroups DescribeSubnets
        DescribeTags DescribeVpcAttribute DescribeVpcEndpointServices DescribeVpcEndpoints
        DescribeVpcs DetachInternetGateway DisassociateAddress DisassociateRouteTable
        DisassociateSubnetCidrBlock DisassociateVpcCidrBlock ModifyNetworkInterfaceAttribute
        ModifySecurityGroupRules ModifySubnetAttribute ModifyVpcAttribute ModifyVpcEndpoint
        ReleaseAddress ReplaceNetworkAclAssociation ReplaceNetworkAclEntry ReplaceRoute
        ReplaceRouteTableAssociation RevokeSecurityGroupEgress RevokeSecurityGroupIngress
        UpdateSecurityGroupRuleDescriptionsEgress UpdateSecurityGroupRuleDescriptionsIngress
        """
    ),
    partly={
        "AssociateDhcpOptions": "is shown; functions resolve names as this machine does",
        "CreateEgressOnlyInternetGateway": "is shown; the simulated network is IPv4",
        "CreateNetworkInterface": "makes an interface that nothing can be attached to",
    },
    why=because(
        NO_INSTANCES,
        """
        RunInstances StartInstances StopInstances TerminateInstances RebootInstances
        DescribeInstances DescribeInstanceStatus DescribeInstanceTypes DescribeImages CreateImage
        CreateVolume AttachVolume CreateKeyPair ImportKeyPair CreateLaunchTemplate
        RequestSpotInstances RequestSpotFleet CreateFleet AssociateAddress AttachNetworkInterface
        AssociateIamInstanceProfile
        """,
    ),
)
