# %% [markdown] id="title"
# # Lab 05: the till that hangs
#
# The shop's till, a function, has moved into a VPC: soon its database will be there. Since then, every sale hangs. The
# till has to book sales in DynamoDB, ask a partner on the internet who admits known addresses only, and read a secret
# that nobody outside of the VPC may read. And when a zone fails, sales must go on.
#
# The goal, in figures:
#
# | | now | then |
# | --- | --- | --- |
# | steps of the till that work, of 3 | 0 | **3** |
# | dollars a month for the way to DynamoDB | – | **0** |
# | of 10 sales while a zone is cut off: booked, and the partner asked | 0 | **4 at least** |
# | dollars a month for all ways out | – | **100 at most** |
#
# 40 to 50 minutes. On the embedded cloud it costs nothing. On your own AWS account, you pay some cents for each hour in
# which NAT gateways and the interface endpoint exist, and about ten cents for each minute of the Fault Injection Service
# (as public pages of 2026 report it); the lab uses several. Do not leave them running: `lab.finish()` deletes all of it.
#
# Read [lesson 05](../../notebooks/05-vpc-design.ipynb) first, if you have not.

# %% id="lab" tags=["measured"]
from serverless_course import Lab

lab = Lab("05-vpc-design")

# %% [markdown] id="till-why"
# ## The till
#
# [functions/till/index.py](functions/till/index.py) takes a sale through the steps that the event names. Read it; it is
# short. The next cells make the table, the secret and the VPC, and deploy the till into **one** private subnet, as the
# shop did. They take about 10 seconds.

# %% id="around"
import json
from contextlib import suppress

lam, ec2, iam = lab.client("lambda"), lab.client("ec2"), lab.client("iam")
dynamodb, secretsmanager = lab.client("dynamodb"), lab.client("secretsmanager")

table = lab.name("sales", kind="dynamodb:table")
with suppress(dynamodb.exceptions.ResourceInUseException):  # It is there already.
    dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "sale", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "sale", "AttributeType": "N"}],
        BillingMode="PAY_PER_REQUEST",
    )
# Look every second, for ten minutes at most: on AWS some things take their time.
patience = {"Delay": 1, "MaxAttempts": 600}
dynamodb.get_waiter("table_exists").wait(TableName=table, WaiterConfig=patience)
secret_name = lab.name("partner", kind="secretsmanager:secret")
with suppress(secretsmanager.exceptions.ResourceExistsException):
    secretsmanager.create_secret(Name=secret_name, SecretString="open sesame")
secret = secretsmanager.describe_secret(SecretId=secret_name)["ARN"]

# %% id="rights"
role_name = lab.role.rpartition("/")[2]


def allow(name, action, resource, **condition):
    """Give the lab's role the right to an action on a resource, on a condition."""
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    if condition:
        statement["Condition"] = condition
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName=role_name, PolicyName=name, PolicyDocument=document)


managed = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
iam.attach_role_policy(RoleName=role_name, PolicyArn=managed)
table_arn = dynamodb.describe_table(TableName=table)["Table"]["TableArn"]
allow("book", "dynamodb:PutItem", table_arn)

# %% id="deploy" tags=["measured"]
vpc = lab.vpc("shop", zones=2)
one_subnet = {"SubnetIds": [vpc.private[vpc.zones[0]]], "SecurityGroupIds": [vpc.group]}
settings = {"memory": 1769, "timeout": 3, "environment": {"TABLE": table, "SECRET": secret}}
till = lab.deploy("till", **settings, options={"VpcConfig": one_subnet})
outside = lab.deploy("outside", folder="till", **settings)
state = lam.get_function_configuration(FunctionName=till.name)
assert state["VpcConfig"]["VpcId"] == vpc.id, "The till is not in this VPC: run this cell again."


# %% id="without"
def no_endpoint():
    """Take away what an earlier try has left: gateway endpoints."""
    ways = [
        each["VpcEndpointId"]
        for each in lab.network(vpc)["VpcEndpoints"]
        if each["VpcEndpointType"] == "Gateway"
    ]
    if ways:
        ec2.delete_vpc_endpoints(VpcEndpointIds=ways)


def use_table(subnet, table):
    """Give a subnet another route table."""
    tables = lab.network(vpc)["RouteTables"]
    links = [link for each in tables for link in each["Associations"]]
    (link,) = [each for each in links if each.get("SubnetId") == subnet]
    if link["RouteTableId"] != table:
        ec2.replace_route_table_association(
            AssociationId=link["RouteTableAssociationId"], RouteTableId=table
        )

# %% id="start-again"
def start_again():
    """Take away what an earlier try has left: NAT gateways, and the private subnets' way out."""
    for subnet in vpc.private.values():
        use_table(subnet, vpc.private_table)
    for gateway in lab.network(vpc)["NatGateways"]:
        ec2.delete_nat_gateway(NatGatewayId=gateway["NatGatewayId"])
    # An address is free again when its gateway is gone: on AWS, minutes later.
    there = {"Name": "state", "Values": ["pending", "available", "deleting"]}
    own = [{"Name": "vpc-id", "Values": [vpc.id]}, there]
    lab.wait_until(
        "no NAT gateway is left",
        lambda: not ec2.describe_nat_gateways(Filters=own)["NatGateways"],
        minutes=10,
    )
    (table,) = ec2.describe_route_tables(RouteTableIds=[vpc.private_table])["RouteTables"]
    for route in table["Routes"]:
        if route.get("GatewayId") != "local" and "DestinationCidrBlock" in route:
            ec2.delete_route(
                RouteTableId=vpc.private_table, DestinationCidrBlock=route["DestinationCidrBlock"]
            )

# %% [markdown] id="hangs"
# ## 1. Where do the packets end?
#
# The same code is deployed twice: `till` in the VPC, and `outside` without one. The function's time-out is 3 seconds.
# **Predict first:** after how many seconds does a sale in the VPC end? And how: with an answer, or with an error? With
# which one? (The cell `hangs-look` takes away the ways out that later tasks build: run it before them.)

# %% id="hangs-predict" tags=["measured"]
my_guess = ...
lab.predict("a sale in the VPC takes", seconds=my_guess)

# %% id="hangs-look" tags=["measured"]
no_endpoint()
start_again()
inside = lab.invoke(till, {"sale": 1, "steps": ["book"]})
print("in the VPC:", inside.payload)
print("without:   ", lab.invoke(outside, {"sale": 1, "steps": ["book"]}).payload)
lab.compare("a sale in the VPC takes", seconds=inside.duration_ms / 1000)
shown = lab.reach(till, "dynamodb")
assert not shown.delivered, "The packets arrive: another endpoint or route is left in the VPC."
shown

# %% [markdown] id="hangs-task"
# **Your answer:** the id of the thing at which the till's packets to DynamoDB are dropped, as text. The drawing has
# names; `shown.table()` has the ids.

# %% id="hangs-answer" role="answer" task="hangs"
### BEGIN SOLUTION
culprit = shown.paths[0].verdict.dropped_at
### STARTER
# culprit = ...
### END SOLUTION

# %% [markdown] id="hangs-hint-1" role="hint" task="hangs"
# In the drawing, look for the ✗. What is written there?

# %% [markdown] id="hangs-hint-2" role="hint" task="hangs"
# `shown.paths[0].verdict` knows it: `words` says why, and `dropped_at` where.

# %% id="hangs-wrong-group" role="wrong" task="hangs" name="the security group" says="lets it out"
culprit = vpc.group

# %% id="hangs-wrong-subnet" role="wrong" task="hangs" name="the subnet" says="begins"
culprit = vpc.private[vpc.zones[0]]

# %% id="hangs-wrong-public" role="wrong" task="hangs" name="the public table" says="another route table"
culprit = vpc.public_table

# %% id="hangs-wrong-words" role="wrong" task="hangs" name="the whole sentence" says="the id alone"
culprit = shown.paths[0].verdict.words

# %% id="hangs-wrong-made-up" role="wrong" task="hangs" name="an id of nothing" says="no route table"
culprit = "rtb-0123"

# %% id="hangs-check" role="check" task="hangs" tags=["measured"]
lab.check("hangs", answer=culprit)

# %% [markdown] id="endpoint"
# ## 2. Sales: the way to DynamoDB that costs nothing
#
# **Your task:** make a gateway endpoint for DynamoDB in the VPC, for the route table of the private subnets
# (`vpc.private_table`). The check books a sale, and looks for it in the table. (`no_endpoint()` takes away what an earlier
# try has left.)

# %% id="endpoint-answer" role="answer" task="endpoint"
### BEGIN SOLUTION
till = lab.deploy("till", **settings, options={"VpcConfig": one_subnet})
no_endpoint()
free_way = ec2.create_vpc_endpoint(
    VpcId=vpc.id,
    VpcEndpointType="Gateway",
    ServiceName=f"com.amazonaws.{lab.cloud.region}.dynamodb",
    RouteTableIds=[vpc.private_table],
)
### STARTER
# # Call ec2.create_vpc_endpoint here.
### END SOLUTION

# %% [markdown] id="endpoint-hint-1" role="hint" task="endpoint"
# Lesson 05 makes one. It takes the VPC's id, the type `Gateway`, the service's name and a list of route tables.

# %% [markdown] id="endpoint-hint-2" role="hint" task="endpoint"
# `ec2.create_vpc_endpoint(VpcId=vpc.id, VpcEndpointType="Gateway", ServiceName=…, RouteTableIds=[…])`. The
# service is called `com.amazonaws.`, then the Region (`lab.cloud.region`), then `.dynamodb`.

# %% id="endpoint-wrong-s3" role="wrong" task="endpoint" name="for S3" says="for another service"
no_endpoint()
ec2.create_vpc_endpoint(
    VpcId=vpc.id,
    VpcEndpointType="Gateway",
    ServiceName=f"com.amazonaws.{lab.cloud.region}.s3",
    RouteTableIds=[vpc.private_table],
)

# %% id="endpoint-wrong-table" role="wrong" task="endpoint" name="the public table" says="another route table"
no_endpoint()
ec2.create_vpc_endpoint(
    VpcId=vpc.id,
    VpcEndpointType="Gateway",
    ServiceName=f"com.amazonaws.{lab.cloud.region}.dynamodb",
    RouteTableIds=[vpc.public_table],
)

# %% id="endpoint-wrong-policy" role="wrong" task="endpoint" name="a policy" says="policy does not allow"
no_endpoint()
looks_only = {"Effect": "Allow", "Principal": "*", "Action": "dynamodb:GetItem", "Resource": "*"}
ec2.create_vpc_endpoint(
    VpcId=vpc.id,
    VpcEndpointType="Gateway",
    ServiceName=f"com.amazonaws.{lab.cloud.region}.dynamodb",
    RouteTableIds=[vpc.private_table],
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [looks_only]}),
)

# %% id="endpoint-wrong-outside" role="wrong" task="endpoint" name="without the VPC" says="has left the VPC"
no_endpoint()
ec2.create_vpc_endpoint(
    VpcId=vpc.id,
    VpcEndpointType="Gateway",
    ServiceName=f"com.amazonaws.{lab.cloud.region}.dynamodb",
    RouteTableIds=[vpc.private_table],
)
lab.configure(till, VpcConfig={"SubnetIds": [], "SecurityGroupIds": []})

# %% id="endpoint-wrong-code" role="wrong" task="endpoint" name="code that only says so" says="code is not"
from pathlib import Path

code = Path("functions/till/index.py").read_text()
Path("functions/till/index.py").write_text(code.replace("    dynamodb.put_item(", "    ({}).get("))
no_endpoint()
ec2.create_vpc_endpoint(
    VpcId=vpc.id,
    VpcEndpointType="Gateway",
    ServiceName=f"com.amazonaws.{lab.cloud.region}.dynamodb",
    RouteTableIds=[vpc.private_table],
)
lab.deploy("till", **settings, options={"VpcConfig": one_subnet})

# %% id="endpoint-check" role="check" task="endpoint" tags=["measured"]
lab.check("endpoint")

# %% [markdown] id="nat"
# ## 3. The partner: one known address
#
# The partner admits one address only. Here it is, an Elastic IP address of the shop:

# %% id="nat-address" tags=["measured"]
named = {"Key": "Name", "Value": lab.name("way-out", kind="ec2:elastic-ip")}
tags = [{"ResourceType": "elastic-ip", "Tags": [named]}]
filters = [{"Name": "tag:Name", "Values": [named["Value"]]}]
mine = ec2.describe_addresses(Filters=filters)["Addresses"]
address = mine[0] if mine else ec2.allocate_address(Domain="vpc", TagSpecifications=tags)
assert address["PublicIp"], "There is no address: run this cell again."
print("the partner admits", address["PublicIp"])

# %% [markdown] id="nat-task"
# **Your task:** give the private subnets, both of them, a way out to the whole internet through a NAT gateway with this
# address. The check asks the partner which address he sees. (The waiter is called `nat_gateway_available`; on AWS it
# takes some minutes. If a try went wrong, `start_again()` takes away what it left. If you allocate another address,
# release it yourself.)

# %% id="nat-answer" role="answer" task="nat"
### BEGIN SOLUTION
lab.configure(till, VpcConfig=one_subnet)
start_again()
nat = ec2.create_nat_gateway(
    SubnetId=vpc.public[vpc.zones[0]], AllocationId=address["AllocationId"]
)["NatGateway"]["NatGatewayId"]
ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[nat], WaiterConfig=patience)
route = ec2.create_route(
    RouteTableId=vpc.private_table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat
)
### STARTER
# # Make the NAT gateway, and the route that leads to it.
### END SOLUTION

# %% [markdown] id="nat-hint-1" role="hint" task="nat"
# Two things are needed: the gateway, in a subnet that itself leads to the internet; and a route for all
# addresses, `0.0.0.0/0`, in the route table that the till's subnet uses.

# %% [markdown] id="nat-hint-2" role="hint" task="nat"
# `ec2.create_nat_gateway(SubnetId=…, AllocationId=address["AllocationId"])` with one of `vpc.public`; then
# `ec2.create_route(RouteTableId=vpc.private_table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=…)`.

# %% id="nat-wrong-route" role="wrong" task="nat" name="no route" says="no route"
start_again()
nat = ec2.create_nat_gateway(
    SubnetId=vpc.public[vpc.zones[0]], AllocationId=address["AllocationId"]
)["NatGateway"]["NatGatewayId"]
ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[nat], WaiterConfig=patience)

# %% id="nat-wrong-internet" role="wrong" task="nat" name="straight to the internet gateway" says="no public address"
start_again()
gateways = lab.network(vpc)["InternetGateways"]
ec2.create_route(
    RouteTableId=vpc.private_table,
    DestinationCidrBlock="0.0.0.0/0",
    GatewayId=gateways[0]["InternetGatewayId"],
)

# %% id="nat-wrong-private" role="wrong" task="nat" name="in the private subnet" says="private subnet"
start_again()
nat = ec2.create_nat_gateway(
    SubnetId=vpc.private[vpc.zones[0]], AllocationId=address["AllocationId"]
)["NatGateway"]["NatGatewayId"]
ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[nat], WaiterConfig=patience)
ec2.create_route(
    RouteTableId=vpc.private_table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat
)

# %% id="nat-wrong-half" role="wrong" task="nat" name="half of the internet" says="whole internet"
start_again()
nat = ec2.create_nat_gateway(
    SubnetId=vpc.public[vpc.zones[0]], AllocationId=address["AllocationId"]
)["NatGateway"]["NatGatewayId"]
ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[nat], WaiterConfig=patience)
ec2.create_route(
    RouteTableId=vpc.private_table, DestinationCidrBlock="0.0.0.0/1", NatGatewayId=nat
)

# %% id="nat-wrong-one-subnet" role="wrong" task="nat" name="one subnet only" says="whole internet"
start_again()
nat = ec2.create_nat_gateway(
    SubnetId=vpc.public[vpc.zones[0]], AllocationId=address["AllocationId"]
)["NatGateway"]["NatGatewayId"]
ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[nat], WaiterConfig=patience)
own = ec2.create_route_table(VpcId=vpc.id)["RouteTable"]["RouteTableId"]
ec2.create_route(RouteTableId=own, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
use_table(vpc.private[vpc.zones[0]], own)

# %% id="nat-wrong-outside" role="wrong" task="nat" name="without the VPC" says="has left the VPC"
lab.configure(till, VpcConfig={"SubnetIds": [], "SecurityGroupIds": []})

# %% id="nat-check" role="check" task="nat" tags=["measured"]
lab.check("nat")

# %% id="nat-look" tags=["measured"]
shown = lab.reach(till, "dynamodb", "http://checkip.amazonaws.com")
assert shown.paths, "The till is not in the VPC: run the cell `deploy` again."
shown

# %% [markdown] id="private"
# ## 4. The secret: through one endpoint, and no other way
#
# The secret may be read from inside the VPC only. That needs an **interface endpoint** of Secrets Manager, and a
# permission on one condition: the request comes through this endpoint. From anywhere else the till's role is refused,
# even with the right keys. (An administrator of the account is not: to refuse him as well, the secret itself would need
# a policy that denies.)
#
# Security asked for one more thing: no other traffic uses the till's security group. So the endpoint has a **security
# group of its own**, called `door` below. Somebody made it already, in a hurry:

# %% id="private-group" tags=["measured"]
known = lab.network(vpc)["SecurityGroups"]
doors = [each["GroupId"] for each in known if each["GroupName"].endswith("-door")]
if not doors:
    made = ec2.create_security_group(
        GroupName=f"{vpc.name}-door", Description="Endpoint of Secrets Manager", VpcId=vpc.id
    )
    doors = [made["GroupId"]]
(door,) = doors


def close_door():
    """Take away all rules that let something in, from `door` and from the till's own group."""
    both = ec2.describe_security_groups(GroupIds=[door, vpc.group])["SecurityGroups"]
    for group in both:
        rules = group["IpPermissions"]
        if rules:
            ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=rules)


assert door != vpc.group, "The endpoint's group is the till's own: make another one."

# %% id="private-endpoint" tags=["measured"]
service = f"com.amazonaws.{lab.cloud.region}.secretsmanager"


def endpoints():
    return [each for each in lab.network(vpc)["VpcEndpoints"] if each["ServiceName"] == service]


if not endpoints():
    ec2.create_vpc_endpoint(
        VpcId=vpc.id,
        VpcEndpointType="Interface",
        ServiceName=service,
        SubnetIds=list(vpc.private.values()),
        SecurityGroupIds=[door],
        PrivateDnsEnabled=True,
    )
lab.wait_until(
    "the endpoint is available", lambda: endpoints()[0]["State"] == "available", minutes=10
)
through = {"aws:SourceVpce": endpoints()[0]["VpcEndpointId"]}
allow("read-secret", "secretsmanager:GetSecretValue", secret, StringEquals=through)
assert endpoints()[0]["State"] == "available", "The endpoint is not there: run this cell again."

# %% id="private-look" tags=["measured"]
close_door()
print("outside:", lab.invoke(outside, {"sale": 2, "steps": ["secret"]}).payload["errorMessage"])
print("in the VPC:", lab.invoke(till, {"sale": 2, "steps": ["secret"]}).payload)
shown = lab.reach(till, "secretsmanager")
assert not shown.delivered, "The packets arrive: the endpoint has another group than `door`."
shown

# %% [markdown] id="private-task"
# Outside, the request is *refused*: an answer comes at once. In the VPC, it *hangs*: its packets are dropped. Two
# different failures, two different causes. Note also: before the endpoint was there, the till could have reached
# Secrets Manager through the NAT gateway. Why not now? With private DNS, the service's name leads to the endpoint, and
# nowhere else.
#
# **Your task:** fix it with **one** rule, as narrow as possible: only the till's group (`vpc.group`), only the port
# that is needed. The check stores a new secret, and lets the till and `outside` read it. (`close_door()` takes away all
# rules that let something in, for a new try.)

# %% id="private-answer" role="answer" task="private"
### BEGIN SOLUTION
allow("read-secret", "secretsmanager:GetSecretValue", secret, StringEquals=through)
outside = lab.deploy("outside", folder="till", **settings)
close_door()
rule = ec2.authorize_security_group_ingress(
    GroupId=door,
    IpPermissions=[
        {
            "IpProtocol": "tcp",
            "FromPort": 443,
            "ToPort": 443,
            "UserIdGroupPairs": [{"GroupId": vpc.group}],
        }
    ],
)
### STARTER
# # Add one rule here.
### END SOLUTION

# %% [markdown] id="private-hint-1" role="hint" task="private"
# Read the reason in the drawing. A new security group lets everything out, and nothing in. Which group decides who
# reaches the endpoint?

# %% [markdown] id="private-hint-2" role="hint" task="private"
# `ec2.authorize_security_group_ingress(GroupId=door, IpPermissions=[…])` with one permission: `IpProtocol` tcp, `FromPort` and
# `ToPort` 443 (HTTPS), and `UserIdGroupPairs` with the till's group.

# %% id="private-wrong-egress" role="wrong" task="private" name="the till's own group" says="still hangs"
close_door()
ec2.authorize_security_group_ingress(
    GroupId=vpc.group,
    IpPermissions=[
        {
            "IpProtocol": "tcp",
            "FromPort": 443,
            "ToPort": 443,
            "UserIdGroupPairs": [{"GroupId": door}],
        }
    ],
)

# %% id="private-wrong-open" role="wrong" task="private" name="open to all" says="too open"
close_door()
ec2.authorize_security_group_ingress(
    GroupId=door,
    IpPermissions=[
        {
            "IpProtocol": "tcp",
            "FromPort": 0,
            "ToPort": 65535,
            "IpRanges": [{"CidrIp": "0.0.0.0/0"}],
        }
    ],
)

# %% id="private-wrong-group" role="wrong" task="private" name="another group, open" says="other security groups"
close_door()
wide = ec2.create_security_group(GroupName=f"{vpc.name}-wide", Description="wide", VpcId=vpc.id)
https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
everybody = {**https, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
ec2.authorize_security_group_ingress(GroupId=wide["GroupId"], IpPermissions=[everybody])
one = endpoints()[0]["VpcEndpointId"]
ec2.modify_vpc_endpoint(VpcEndpointId=one, AddSecurityGroupIds=[wide["GroupId"]])
till_only = {**https, "UserIdGroupPairs": [{"GroupId": vpc.group}]}
ec2.authorize_security_group_ingress(GroupId=door, IpPermissions=[till_only])

# %% id="private-wrong-broken" role="wrong" task="private" name="outside is broken" says="nothing is proved"
close_door()
for one in [each["GroupId"] for each in endpoints()[0]["Groups"] if each["GroupId"] != door]:
    ec2.modify_vpc_endpoint(
        VpcEndpointId=endpoints()[0]["VpcEndpointId"], RemoveSecurityGroupIds=[one]
    )
https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}
till_only = {**https, "UserIdGroupPairs": [{"GroupId": vpc.group}]}
ec2.authorize_security_group_ingress(GroupId=door, IpPermissions=[till_only])
allow("read-secret", "secretsmanager:GetSecretValue", secret)
lab.configure(outside, Environment={"Variables": {"TABLE": table}})

# %% id="private-check" role="check" task="private" tags=["measured"]
lab.check("private")

# %% [markdown] id="price"
# ## 5. What would each way to DynamoDB cost?
#
# 200 GB a month go between the till and DynamoDB. There are three ways: through one NAT gateway, through an interface
# endpoint in two zones, through the gateway endpoint. **Predict first:** which of the first two costs less, and by how
# many dollars a month?
#
# `monthly_bill` gives the bill of the parts that you name, at us-east-1's prices; each line says where its price was
# read. For example, **the hours alone** of a NAT gateway with its public address, and no gigabyte through it:

# %% id="price-example"
from serverless_course.network import BilledParts
from serverless_course.pricing.vpc import monthly_bill

bill = monthly_bill(BilledParts(nat_gateways=1, public_addresses=1), "us-east-1", nat_gb=0)
for line in bill.lines:
    print(f"{line.what}: {line.quantity:g} {line.unit} at ${line.usd_per_unit} ({line.source})")
print(f"in all: ${bill.usd:.2f} a month")

# %% [markdown] id="price-task"
# **Your answer:** the three monthly prices in dollars, for 200 GB, each way taken alone. `help(BilledParts)` and
# `help(monthly_bill)` tell which parts and which traffic you can name.

# %% id="price-answer" role="answer" task="price"
### BEGIN SOLUTION
nat_way = monthly_bill(BilledParts(nat_gateways=1, public_addresses=1), nat_gb=200)
interface_way = monthly_bill(BilledParts(interface_endpoint_zones=2), endpoint_gb=200)
prices = {"nat": nat_way.usd, "interface": interface_way.usd, "gateway": 0}
### STARTER
# prices = {"nat": ..., "interface": ..., "gateway": ...}
### END SOLUTION

# %% [markdown] id="price-hint-1" role="hint" task="price"
# `monthly_bill(parts, nat_gb=…, endpoint_gb=…).usd`. For the NAT gateway: one gateway, one public address, and 200 GB
# through it.

# %% [markdown] id="price-hint-2" role="hint" task="price"
# The interface endpoint: `BilledParts(interface_endpoint_zones=2)` and `endpoint_gb=200`. The gateway endpoint costs
# nothing, neither by the hour nor by the gigabyte.

# %% id="price-wrong-traffic" role="wrong" task="price" name="no traffic" says="gigabyte"
idle = monthly_bill(BilledParts(nat_gateways=1, public_addresses=1))
idle_endpoint = monthly_bill(BilledParts(interface_endpoint_zones=2))
prices = {"nat": idle.usd, "interface": idle_endpoint.usd, "gateway": 0}

# %% id="price-wrong-zone" role="wrong" task="price" name="one zone" says="two zones"
nat_way = monthly_bill(BilledParts(nat_gateways=1, public_addresses=1), nat_gb=200)
interface_way = monthly_bill(BilledParts(interface_endpoint_zones=1), endpoint_gb=200)
prices = {"nat": nat_way.usd, "interface": interface_way.usd, "gateway": 0}

# %% id="price-wrong-address" role="wrong" task="price" name="the address forgotten" says="public address"
nat_way = monthly_bill(BilledParts(nat_gateways=1), nat_gb=200)
interface_way = monthly_bill(BilledParts(interface_endpoint_zones=2), endpoint_gb=200)
prices = {"nat": nat_way.usd, "interface": interface_way.usd, "gateway": 0}

# %% id="price-wrong-two" role="wrong" task="price" name="two gateways" says="two NAT gateways"
nat_way = monthly_bill(BilledParts(nat_gateways=2, public_addresses=2), nat_gb=200)
interface_way = monthly_bill(BilledParts(interface_endpoint_zones=2), endpoint_gb=200)
prices = {"nat": nat_way.usd, "interface": interface_way.usd, "gateway": 0}

# %% id="price-wrong-counter" role="wrong" task="price" name="counted elsewhere" says="endpoint_gb"
nat_way = monthly_bill(BilledParts(nat_gateways=1, public_addresses=1), nat_gb=200)
interface_way = monthly_bill(BilledParts(interface_endpoint_zones=2), nat_gb=200)
prices = {"nat": nat_way.usd, "interface": interface_way.usd, "gateway": 0}

# %% id="price-check" role="check" task="price" tags=["measured"]
lab.check("price", answer=prices)

# %% [markdown] id="zone"
# ## 6. A zone fails
#
# The till stands in one subnet, so in one zone. We send 5 sales a second for 10 seconds, each with the steps `book` and
# `partner`, and cut the zone's subnets off from second 2 to 7. The till's time-out is 3 seconds. **Predict first:** how
# many of the 50 sales are lost? (The cell takes about 15 seconds. It moves the till back into one subnet first.)

# %% id="zone-predict" tags=["measured"]
my_guess = ...
lab.predict("sales lost with one zone", count=my_guess)

# %% id="zone-one" tags=["measured"]
failing = vpc.zones[0]
disruption = lab.disruption(vpc.private[failing], vpc.public[failing], minutes=1)


def a_bad_day():
    """Ten seconds of sales, in the middle of which a zone is cut off."""
    during = {2: disruption.start, 7: disruption.stop}
    sale = {"sale": 6, "steps": ["book", "partner"]}
    # Start environments in each zone first: a cold start is no failure of a zone.
    lab.load(till, {**sale, "sale": 5}, per_second=100, seconds=0.08)
    return lab.load(till, sale, per_second=5, seconds=10, during=during)


lab.configure(till, VpcConfig=one_subnet)
one_zone = a_bad_day()
lost = sum(not call.ok for call in one_zone)
assert len(one_zone) == 50, "Not all sales were sent: run this cell again."
lab.compare("sales lost with one zone", count=lost)

# %% [markdown] id="zone-task"
# While the zone is cut off, no sale is booked. Why are not all sales of these seconds lost? A packet that gets no answer
# is sent again. So a sale that still waits when the zone comes back is booked, late.
#
# **Your task:** whichever zone is cut off, the till must go on booking, **and the partner must go on answering**. The
# check first follows the packets for each zone. Then it really cuts off one zone after the other, in any order, and
# sends sales; that takes about 30 seconds.
#
# Think of everything that stands in one zone. The partner admits a second address now: it is `spare` below.
# `use_table(subnet, table)` gives a subnet another route table; `start_zone_again()` goes back to the beginning of
# this task. (Environments in the zone that is cut off still get sales, and lose them. AWS does not document whether
# Lambda notices that a subnet is cut off.)


# %% id="zone-again" tags=["measured"]
second = {"Key": "Name", "Value": lab.name("way-out-2", kind="ec2:elastic-ip")}
tags = [{"ResourceType": "elastic-ip", "Tags": [second]}]
filters = [{"Name": "tag:Name", "Values": [second["Value"]]}]
mine = ec2.describe_addresses(Filters=filters)["Addresses"]
spare = mine[0] if mine else ec2.allocate_address(Domain="vpc", TagSpecifications=tags)


def start_zone_again():
    """One subnet for the till, one NAT gateway, one route table for the private subnets."""
    lab.configure(till, VpcConfig=one_subnet)
    for subnet in vpc.private.values():
        use_table(subnet, vpc.private_table)
    for gateway in lab.network(vpc)["NatGateways"]:
        if gateway["NatGatewayAddresses"][0].get("AllocationId") == spare["AllocationId"]:
            ec2.delete_nat_gateway(NatGatewayId=gateway["NatGatewayId"])


assert spare["PublicIp"] != address["PublicIp"], "The spare address is the first one."
print("the partner also admits", spare["PublicIp"])

# %% id="zone-answer" role="answer" task="zone"
### BEGIN SOLUTION
start_zone_again()
both = {"SubnetIds": list(vpc.private.values()), "SecurityGroupIds": [vpc.group]}
lab.configure(till, VpcConfig=both)
other = vpc.zones[1]
nat_2 = ec2.create_nat_gateway(
    SubnetId=vpc.public[other], AllocationId=spare["AllocationId"]
)["NatGateway"]["NatGatewayId"]
ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[nat_2], WaiterConfig=patience)
own = ec2.create_route_table(VpcId=vpc.id)["RouteTable"]["RouteTableId"]
ec2.create_route(RouteTableId=own, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat_2)
gateway_endpoint = free_way["VpcEndpoint"]["VpcEndpointId"]
ec2.modify_vpc_endpoint(VpcEndpointId=gateway_endpoint, AddRouteTableIds=[own])
use_table(vpc.private[other], own)
### STARTER
# # 1. Change the function's VpcConfig. 2. Give the partner's calls a way out in each zone.
### END SOLUTION

# %% [markdown] id="zone-hint-1" role="hint" task="zone"
# A subnet lies in one zone: `vpc.private` holds one private subnet for each. A zonal NAT gateway lies in one zone, too.
# In the drawing of `lab.reach`, follow the packets of both subnets: through which NAT gateway do they leave?

# %% [markdown] id="zone-hint-2" role="hint" task="zone"
# First `lab.configure(till, VpcConfig={"SubnetIds": […], "SecurityGroupIds": [vpc.group]})` with both private subnets.
# Then a second NAT gateway in `vpc.public[vpc.zones[1]]`, with the address `spare`.

# %% [markdown] id="zone-hint-3" role="hint" task="zone"
# The second zone's private subnet needs a route table of its own: `ec2.create_route_table(VpcId=vpc.id)`, a route
# `0.0.0.0/0` to the second NAT gateway, then `use_table(vpc.private[vpc.zones[1]], …)`. A new route table does not know
# the gateway endpoint: add it with `ec2.modify_vpc_endpoint(VpcEndpointId=…, AddRouteTableIds=[…])`.

# %% id="zone-wrong-one-nat" role="wrong" task="zone" name="the only NAT gateway" says="no longer reaches the partner"
start_zone_again()
both = {"SubnetIds": list(vpc.private.values()), "SecurityGroupIds": [vpc.group]}
lab.configure(till, VpcConfig=both)

# %% id="zone-wrong-other" role="wrong" task="zone" name="the other zone alone" says="one zone"
other = {"SubnetIds": [vpc.private[vpc.zones[1]]], "SecurityGroupIds": [vpc.group]}
lab.configure(till, VpcConfig=other)

# %% id="zone-wrong-same" role="wrong" task="zone" name="with a public subnet" says="has a public subnet"
same = [vpc.private[vpc.zones[0]], vpc.public[vpc.zones[0]]]
lab.configure(till, VpcConfig={"SubnetIds": same, "SecurityGroupIds": [vpc.group]})

# %% id="zone-wrong-outside" role="wrong" task="zone" name="without the VPC" says="has left the VPC"
lab.configure(till, VpcConfig={"SubnetIds": [], "SecurityGroupIds": []})

# %% id="zone-wrong-unused" role="wrong" task="zone" name="a NAT gateway that no route uses" says="no longer reaches"
start_zone_again()
both = {"SubnetIds": list(vpc.private.values()), "SecurityGroupIds": [vpc.group]}
lab.configure(till, VpcConfig=both)
unused = ec2.create_nat_gateway(
    SubnetId=vpc.public[vpc.zones[1]], AllocationId=spare["AllocationId"]
)["NatGateway"]["NatGatewayId"]
ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[unused], WaiterConfig=patience)

# %% id="zone-wrong-foreign" role="wrong" task="zone" name="an address of nobody" says="does not admit"
start_zone_again()
both = {"SubnetIds": list(vpc.private.values()), "SecurityGroupIds": [vpc.group]}
lab.configure(till, VpcConfig=both)
unknown = {"Key": "Name", "Value": lab.name("unknown", kind="ec2:elastic-ip")}
third = [{"ResourceType": "elastic-ip", "Tags": [unknown]}]
foreign = ec2.allocate_address(Domain="vpc", TagSpecifications=third)
far = ec2.create_nat_gateway(
    SubnetId=vpc.public[vpc.zones[1]], AllocationId=foreign["AllocationId"]
)["NatGateway"]["NatGatewayId"]
ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[far], WaiterConfig=patience)
own = ec2.create_route_table(VpcId=vpc.id)["RouteTable"]["RouteTableId"]
ec2.create_route(RouteTableId=own, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=far)
gateway_endpoint = free_way["VpcEndpoint"]["VpcEndpointId"]
ec2.modify_vpc_endpoint(VpcEndpointId=gateway_endpoint, AddRouteTableIds=[own])
use_table(vpc.private[vpc.zones[1]], own)

# %% id="zone-wrong-endpoint" role="wrong" task="zone" name="the endpoint forgotten" says="charges for each gigabyte"
start_zone_again()
both = {"SubnetIds": list(vpc.private.values()), "SecurityGroupIds": [vpc.group]}
lab.configure(till, VpcConfig=both)
near = ec2.create_nat_gateway(
    SubnetId=vpc.public[vpc.zones[1]], AllocationId=spare["AllocationId"]
)["NatGateway"]["NatGatewayId"]
ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[near], WaiterConfig=patience)
own = ec2.create_route_table(VpcId=vpc.id)["RouteTable"]["RouteTableId"]
ec2.create_route(RouteTableId=own, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=near)
use_table(vpc.private[vpc.zones[1]], own)

# %% id="zone-check" role="check" task="zone" tags=["measured"]
lab.check("zone")

# %% id="zone-look" tags=["measured"]
from serverless_course.figures.zone_failure_plot import zone_failure_plot

now = a_bad_day()
series = {
    name: [(call.at_s, call.ok, call.latency_ms) for call in calls]
    for name, calls in {"one zone": one_zone, "your till now": now}.items()
}
assert len(now) == 50, "Not all sales were sent: run this cell again."
zone_failure_plot(series, failed_s=(2, 7), timeout_s=3)

# %% [markdown] id="zone-note"
# This cell cuts off the first zone again, and compares your till with the first measurement. If you left the only NAT
# gateway in the zone that is cut off, **no** partner's call arrives, from neither zone: it is a **single point of
# failure**. A NAT gateway in each zone avoids that; so does one regional NAT gateway (lesson 05). Both double the hours
# that you pay.

# %% [markdown] id="plan"
# ## 7. Enough addresses?
#
# On launch day the till will run 800 times at once, with 1,536 MB each. Its private subnets are /24.
#
# **Your answer:** how many addresses it would have taken *then*, before September 2019; how many it takes *now*; and
# whether the two /24 subnets would have been enough then.

# %% id="plan-answer" role="answer" task="plan"
### BEGIN SOLUTION
plan = {"then": 400, "now": 2, "enough_then": 400 <= 2 * 251}
### STARTER
# plan = {"then": ..., "now": ..., "enough_then": ...}
### END SOLUTION

# %% [markdown] id="plan-hint-1" role="hint" task="plan"
# Then: peak concurrency × (memory in GB / 3 GB). Now: one interface for each pair of subnet and set of security groups.

# %% [markdown] id="plan-hint-2" role="hint" task="plan"
# 800 × 1.5 / 3. Two subnets, one set of groups. A /24 has 256 addresses, of which AWS keeps 5.

# %% id="plan-wrong-each" role="wrong" task="plan" name="one for each environment" says="slice"
plan = {"then": 800, "now": 2, "enough_then": False}

# %% id="plan-wrong-now" role="wrong" task="plan" name="today as then" says="share"
plan = {"then": 400, "now": 400, "enough_then": True}

# %% id="plan-wrong-one" role="wrong" task="plan" name="one subnet alone" says="both subnets"
plan = {"then": 400, "now": 2, "enough_then": False}

# %% id="plan-wrong-gb" role="wrong" task="plan" name="1,536 MB as 1.536 GB" says="1,024 MB"
plan = {"then": 409.6, "now": 2, "enough_then": True}

# %% id="plan-check" role="check" task="plan" tags=["measured"]
lab.check("plan", answer=plan)

# %% [markdown] id="goal"
# ## Have you reached the goal?
#
# One sale with all three steps; what the bad day of task 6 has shown; and the bill of what the VPC holds now, without
# traffic. A step that hangs ends the sale with an error.

# %% id="goal-measure" tags=["measured"]
from serverless_course.network import Network

whole = lab.invoke(till, {"sale": 7, "steps": ["book", "partner", "secret"]})
works = len(whole.payload) if whole.ok else 0
cut_off = [call for call in now if 2 <= call.at_s < 7]
in_time = [call for call in cut_off if call.ok and call.at_s + call.latency_ms / 1000 < 7]
went_well = "busy machine: run the cell `zone-look` again"
if cut_off:
    went_well = f"{10 * len(in_time) / len(cut_off):.1f}"
parts = BilledParts.of(Network.of(lab.network(vpc)))
ways = monthly_bill(parts, "us-east-1")
free = any(each["VpcEndpointType"] == "Gateway" for each in lab.network(vpc)["VpcEndpoints"])
assert len(now) == 50, "Not all sales were sent: run the cell `zone-look` again."

# %% id="goal-table" tags=["measured"]
import pandas as pd

goal = pd.DataFrame(
    [
        ("steps of the till that work, of 3", "3", f"{works}"),
        ("dollars a month for the way to DynamoDB", "0", "0" if free else "not free"),
        ("of 10 sales while a zone is cut off", "4 at least", went_well),
        ("dollars a month for all ways out", "100 at most", f"{ways.usd:.2f}"),
    ],
    columns=["goal", "asked for", "measured now"],
)
assert len(goal) == 4, "A row of the goal is missing."
goal.set_index("goal")

# %% [markdown] id="finish-why"
# ## Clean up, and see the bill
#
# `lab.finish()` deletes functions, endpoints, NAT gateways, the VPC, the Elastic IP addresses, table, secret and roles.
# It waits until Lambda has removed its network interfaces: some seconds here; on AWS up to 20 minutes. Let it run: a NAT
# gateway that you leave running costs money every hour.

# %% id="finish" tags=["measured"]
done = lab.finish()
assert done.clean, "Something is left: read the list above, and run this cell again."
done

# %% [markdown] id="next"
# ## To keep
#
# - *Dropped* hangs, *refused* answers: the way in which it fails tells you where to look.
# - A function in a VPC needs a way out: an endpoint for AWS's services, a NAT gateway for the rest.
# - A gateway endpoint for DynamoDB and S3 costs nothing. Make it first, and add each new route table to it.
# - An interface endpoint has a security group: it must let in your function's group, on port 443.
# - With `aws:SourceVpce` in its policy, a role's right holds through one endpoint only.
# - Two zones, always; and a way out in each of them. One zonal NAT gateway is a single point of failure.
# - Cut a zone off yourself, before it fails. Without a test you only hope.
# - A NAT gateway costs 32.85 dollars a month for its hours, 3.65 for its address, and 0.045 for each GB (us-east-1).
#
# The two commands that matter: `lab.reach(function, …)` here (on AWS: VPC Reachability Analyzer), and
# `aws fis start-experiment` to cut a subnet off.
#
# ## Go further
#
# 1. Replace the two NAT gateways by one **regional** one (`AvailabilityMode="regional"`). What does it cost, and which
#    addresses does the partner have to admit? (Here a regional gateway takes addresses of its own; on AWS you can name
#    them.)
# 2. Give the interface endpoint a **policy** that allows `secretsmanager:GetSecretValue` on your secret only. Which
#    error does the till get for another secret: does it hang, or is it refused?
#
# ## Three questions, as an interviewer asks them
#
# 1. A function in a VPC times out when it calls Secrets Manager, and worked before somebody made an interface endpoint.
#    What do you look at first, and why?
# 2. Your function has subnets in three zones. Name two things that can still make it fail when one zone fails.
# 3. When is an interface endpoint cheaper than a NAT gateway, and when not?
#
# ## Next
#
# [Lesson 07](../../notebooks/07-failures-and-dlq.ipynb): events that nobody waits for, and what becomes of them when a
# function fails.
