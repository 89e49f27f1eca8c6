# %% [markdown] id="title"
# # Lab 05: the till that hangs
#
# The shop's till, a function, has moved into a VPC: soon its database will be there. Since then it does nothing but
# hang. It has to book sales in DynamoDB, ask a partner on the internet who admits only one known address, and
# read a secret that nobody outside of the VPC may read. And it must go on booking when a zone fails.
#
# The goal, in figures:
#
# | | now | then |
# | --- | --- | --- |
# | steps of the till that work, of 3 | 0 | **3** |
# | dollars a month for the way to DynamoDB | – | **0** |
# | sales booked while a zone is cut off, of 10 | 0 | **4 at least** |
#
# 30 to 40 minutes. On the embedded cloud it costs nothing. On your own AWS account, some cents for each hour in which NAT
# gateway and interface endpoint stand there, and about ten cents for each minute of the Fault Injection Service (as
# public pages of 2026 report it): there are several. Do not
# leave it standing: `lab.finish()` takes all of it away.
#
# Read [lesson 05](../../notebooks/05-vpc-design.ipynb) first, if you have not.

# %% id="lab" tags=["measured"]
from serverless_course import Lab

lab = Lab("05-vpc-design")

# %% [markdown] id="till-why"
# ## The till
#
# [functions/till/index.py](functions/till/index.py) takes a sale through the steps that the event names. Read it; it is
# short. The next cells make the table, the secret, the VPC, and deploy the till into **one** private subnet, as the
# shop did.

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
settings = {"memory": 512, "timeout": 2, "environment": {"TABLE": table, "SECRET": secret}}
till = lab.deploy("till", **settings, options={"VpcConfig": one_subnet})
outside = lab.deploy("outside", folder="till", **settings)
assert "VpcId" in lam.get_function_configuration(FunctionName=till.name)["VpcConfig"]

# %% [markdown] id="hangs"
# ## 1. Where do the packets end?
#
# The same code is deployed twice: `till` in the VPC, and `outside` without one. Predict: the time-out is 2 seconds. How
# long does a sale take in each?

# %% id="hangs-predict" tags=["measured"]
my_guess = ...
lab.predict("a sale in the VPC takes", seconds=my_guess)

# %% id="hangs-look" tags=["measured"]
inside = lab.invoke(till, {"sale": 1, "steps": ["book"]})
print("in the VPC:", inside.payload)
print("without:   ", lab.invoke(outside, {"sale": 1, "steps": ["book"]}).payload)
lab.compare("a sale in the VPC takes", seconds=inside.duration_ms / 1000)
shown = lab.reach(till, "dynamodb")
assert shown.paths
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

# %% id="hangs-check" role="check" task="hangs" tags=["measured"]
lab.check("hangs", answer=culprit)

# %% [markdown] id="endpoint"
# ## 2. Sales: the way to DynamoDB that costs nothing
#
# **Your task:** make a gateway endpoint for DynamoDB in the VPC, for the route table of the private subnets
# (`vpc.private_table`). The check books a sale.

# %% id="endpoint-answer" role="answer" task="endpoint"
### BEGIN SOLUTION
free_door = ec2.create_vpc_endpoint(
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
ec2.create_vpc_endpoint(
    VpcId=vpc.id,
    VpcEndpointType="Gateway",
    ServiceName=f"com.amazonaws.{lab.cloud.region}.s3",
    RouteTableIds=[vpc.private_table],
)

# %% id="endpoint-wrong-table" role="wrong" task="endpoint" name="the public table" says="another route table"
ec2.create_vpc_endpoint(
    VpcId=vpc.id,
    VpcEndpointType="Gateway",
    ServiceName=f"com.amazonaws.{lab.cloud.region}.dynamodb",
    RouteTableIds=[vpc.public_table],
)

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
assert address["PublicIp"]
print("the partner admits", address["PublicIp"])

# %% id="nat-again"
def start_again():
    """Take away what an earlier try has left: NAT gateways, and the private subnets' way out."""
    known = lab.network(vpc)
    for gateway in known["NatGateways"]:
        ec2.delete_nat_gateway(NatGatewayId=gateway["NatGatewayId"])
    # An address is free again when its gateway is gone: on AWS, minutes later.
    there = {"Name": "state", "Values": ["pending", "available", "deleting"]}
    own = [{"Name": "vpc-id", "Values": [vpc.id]}, there]
    lab.wait_until(
        "no NAT gateway is left",
        lambda: not ec2.describe_nat_gateways(Filters=own)["NatGateways"],
        minutes=10,
    )
    for table in known["RouteTables"]:
        for route in table["Routes"]:
            ways = route.get("DestinationCidrBlock"), table["RouteTableId"]
            if ways == ("0.0.0.0/0", vpc.private_table):
                ec2.delete_route(RouteTableId=ways[1], DestinationCidrBlock=ways[0])

# %% [markdown] id="nat-task"
# **Your task:** give the private subnets a way out through a NAT gateway with this address. The check asks the partner
# which address he sees. (The waiter is called `nat_gateway_available`; on AWS it takes some minutes. If a try went
# wrong, `start_again()` takes away what it left. An address that you allocate yourself is yours to release.)

# %% id="nat-answer" role="answer" task="nat"
### BEGIN SOLUTION
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

# %% id="nat-check" role="check" task="nat" tags=["measured"]
lab.check("nat")

# %% id="nat-look" tags=["measured"]
shown = lab.reach(till, "dynamodb", "http://checkip.amazonaws.com")
assert shown.paths
shown

# %% [markdown] id="private"
# ## 4. The secret: through one door, and no other
#
# The secret may be read from inside the VPC only. For that it needs an **interface endpoint** of Secrets Manager, and
# a right that holds on one condition: the request comes through this endpoint. From anywhere else the
# till's role is refused, even with the right keys. (An administrator of the account is not: for that, the secret itself
# would need a policy that denies.)
#
# Security asked for one thing more: the till shares its group with nobody else's traffic. So the endpoint has a
# **security group of its own**. Somebody has made it already, in a hurry:

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
    """Take all rules away that let something in."""
    (group,) = ec2.describe_security_groups(GroupIds=[door])["SecurityGroups"]
    if group["IpPermissions"]:
        ec2.revoke_security_group_ingress(GroupId=door, IpPermissions=group["IpPermissions"])


assert door.startswith("sg-")

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
assert endpoints()[0]["State"] == "available"

# %% id="private-look" tags=["measured"]
print("outside:", lab.invoke(outside, {"sale": 2, "steps": ["secret"]}).payload["errorMessage"])
print("in the VPC:", lab.invoke(till, {"sale": 2, "steps": ["secret"]}).payload)
shown = lab.reach(till, "secretsmanager")
assert shown.paths
shown

# %% [markdown] id="private-task"
# Outside, the request is *refused*: an answer comes at once. In the VPC, it *hangs*: it is dropped. Two different
# failures, two different causes. And mind: before the endpoint was there, the till could have reached
# Secrets Manager through the NAT gateway. Why does it not now? With private DNS, the service's name leads to the
# endpoint, and nowhere else.
#
# **Your task:** fix it with **one** rule, as narrow as it can be: only the till's group (`vpc.group`), only the port
# that is needed. (`close_door()` takes away all rules that let something in, for a new try.)

# %% id="private-answer" role="answer" task="private"
### BEGIN SOLUTION
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
# Read the reason in the drawing. A new security group lets everything out, and nothing in. Which group guards the
# door of the endpoint?

# %% [markdown] id="private-hint-2" role="hint" task="private"
# `ec2.authorize_security_group_ingress(GroupId=door, IpPermissions=[…])` with one permission: `IpProtocol` tcp, `FromPort` and
# `ToPort` 443 (HTTPS), and `UserIdGroupPairs` with the till's group.

# %% id="private-wrong-egress" role="wrong" task="private" name="the till's own group" says="still hangs"
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

# %% id="private-check" role="check" task="private" tags=["measured"]
lab.check("private")

# %% [markdown] id="price"
# ## 5. What would each way to DynamoDB cost?
#
# 200 GB a month go between the till and DynamoDB. There are three ways: through the NAT gateway, through an interface
# endpoint in two zones, through the gateway endpoint. `monthly_bill` gives the bill of the parts that you name, at
# us-east-1's prices; each line says where its price was read. For example, a NAT gateway with its public address, and
# nothing going through it:

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

# %% id="price-check" role="check" task="price" tags=["measured"]
lab.check("price", answer=prices)

# %% [markdown] id="zone"
# ## 6. A zone fails
#
# The till stands in one subnet, so in one zone. We book 5 sales a second for 10 seconds, and cut the zone's subnets
# off from second 2 to 7. The till's time-out is 2 seconds. Predict: how many of the 50 sales are lost?

# %% id="zone-predict" tags=["measured"]
my_guess = ...
lab.predict("sales lost with one zone", count=my_guess)

# %% id="zone-one" tags=["measured"]
failing = vpc.zones[0]
disruption = lab.disruption(vpc.private[failing], vpc.public[failing], minutes=1)


def a_bad_day():
    """Ten seconds of sales, in the middle of which a zone is cut off."""
    during = {2: disruption.start, 7: disruption.stop}
    sale = {"sale": 6, "steps": ["book"]}
    return lab.load(till, sale, per_second=5, seconds=10, during=during)


one_zone = a_bad_day()
lost = sum(not call.ok for call in one_zone)
assert len(one_zone) == 50
lab.compare("sales lost with one zone", count=lost)

# %% [markdown] id="zone-task"
# While the zone is cut off, no sale is booked. Why are not all of these seconds' sales lost? A packet that gets no
# answer is sent again. So a sale that still waits when the zone comes back is booked, late.
#
# **Your task:** change the till's `VpcConfig` so that it goes on booking when either zone is cut off. The check cuts
# one off and sends sales. It asks for the step `book` only: that goes through the gateway endpoint, which belongs to no
# zone. (Environments in the zone that is cut off still get sales, and lose them. AWS does not document whether Lambda
# notices that.)

# %% id="zone-answer" role="answer" task="zone"
### BEGIN SOLUTION
both = {"SubnetIds": list(vpc.private.values()), "SecurityGroupIds": [vpc.group]}
lab.configure(till, VpcConfig=both)
### STARTER
# # Change the function's VpcConfig here.
### END SOLUTION

# %% [markdown] id="zone-hint-1" role="hint" task="zone"
# A subnet lies in one zone. `vpc.private` holds one private subnet for each zone.

# %% [markdown] id="zone-hint-2" role="hint" task="zone"
# `lab.configure(till, VpcConfig={"SubnetIds": […], "SecurityGroupIds": [vpc.group]})` with both private subnets.

# %% id="zone-wrong-other" role="wrong" task="zone" name="the other zone alone" says="one zone"
other = {"SubnetIds": [vpc.private[vpc.zones[1]]], "SecurityGroupIds": [vpc.group]}
lab.configure(till, VpcConfig=other)

# %% id="zone-wrong-same" role="wrong" task="zone" name="two subnets in one zone" says="one zone"
same = [vpc.private[vpc.zones[0]], vpc.public[vpc.zones[0]]]
lab.configure(till, VpcConfig={"SubnetIds": same, "SecurityGroupIds": [vpc.group]})

# %% id="zone-check" role="check" task="zone" tags=["measured"]
lab.check("zone")

# %% id="zone-look" tags=["measured"]
from serverless_course.figures.zone_failure_plot import zone_failure_plot

series = {
    name: [(call.at_s, call.ok, call.latency_ms) for call in calls]
    for name, calls in {"one zone": one_zone, "now": a_bad_day()}.items()
}
assert len(series["now"]) == 50
zone_failure_plot(series, failed_s=(2, 7))

# %% [markdown] id="zone-partner-why"
# And the **partner**? Predict: the till stands in two zones now, and one of them is cut off. Does the partner still
# answer? The cell below asks him, and follows the packets meanwhile.

# %% id="zone-partner" tags=["measured"]
disruption.start()
shown = lab.reach(till, "dynamodb", "http://checkip.amazonaws.com")
asked = lab.load(till, {"sale": 8, "steps": ["partner"]}, per_second=4, seconds=3)
disruption.stop()
print(f"the partner answered {sum(call.ok for call in asked)} of {len(asked)} calls")
assert shown.paths
shown

# %% [markdown] id="zone-partner-note"
# If your only NAT gateway stands in the zone that is cut off, **no** call arrives, from neither zone. One zonal NAT
# gateway is a **single point of failure**. A NAT gateway in each zone is none, and a regional one is none: lesson 05
# says what each costs. Whether a partner's call is worth that price is for the shop to decide. Here we leave it at
# one, and know what it means.

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

# %% id="plan-check" role="check" task="plan" tags=["measured"]
lab.check("plan", answer=plan)

# %% [markdown] id="goal"
# ## Have you reached the goal?
#
# One sale, with all three steps. What the zones bring, the picture above has shown.

# %% id="goal-measure" tags=["measured"]
whole = lab.invoke(till, {"sale": 7, "steps": ["book", "partner", "secret"]})
print("a sale:", whole.payload)
shown = lab.reach(till, "dynamodb", "http://checkip.amazonaws.com", "secretsmanager")
assert shown.paths
shown

# %% [markdown] id="finish-why"
# ## Clean up, and see the bill
#
# `lab.finish()` deletes functions, endpoints, the NAT gateway, the VPC, the Elastic IP address, table, secret and
# roles. It waits until Lambda has removed its network interfaces. On AWS that takes up to 20 minutes: let it run. A
# NAT gateway that is left standing costs money every hour.

# %% id="finish" tags=["measured"]
done = lab.finish()
assert done.clean
done

# %% [markdown] id="next"
# ## What you know now
#
# - *Dropped* hangs, *refused* answers: the way in which it fails tells you where to look.
# - A function in a VPC needs a way out: an endpoint for AWS's services, a NAT gateway for the rest.
# - A gateway endpoint for DynamoDB and S3 costs nothing. Make it first.
# - With `aws:SourceVpce` in its policy, a role's right holds at one door only.
# - Two zones, always. And test it: without a test you only hope that it works.
# - The way out needs two zones as well: one zonal NAT gateway is a single point of failure.
