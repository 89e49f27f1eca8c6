# %% [markdown] id="title"
# # Do I need a VPC? Networks for functions
#
# **After this lesson, in 30 to 35 minutes, you will be able to**
#
# - say when a function needs a VPC, and when it is better off without (4 minutes);
# - name the parts of a VPC, and what each decides (4 minutes);
# - meet a function that hangs, and find the place where its packets end (6 minutes);
# - give it a way out, by a NAT gateway or an endpoint, and say what each costs (8 minutes);
# - plan zones, ways out, subnets and addresses, then and now (10 minutes).

# %% [markdown] id="do-i-need-a-vpc"
# ## The idea: you already have a network
#
# Every Lambda function runs in a network. By default it is Lambda's own: from there, your function reaches the
# internet and every public AWS service. Nobody on the internet reaches your function that way; it is
# invoked through Lambda only: by its API, or by a function URL.
#
# So why connect it to a **VPC**, a private network of yours? For one reason: something **private** is in there,
# such as a database without a public address. Connect it, and **all** of its traffic goes through your
# VPC. You gain the database, and you lose the internet, unless you build a way out.
#
# The talk asked: *do I need a VPC?* Go through the questions with a function of yours in mind.

# %% id="decision-tree" tags=["measured"]
from serverless_course.figures.vpc.decision import vpc_decision

tree = vpc_decision()
assert tree, "The tree is empty: this is a bug in the course."
tree

# %% [markdown] id="decision-note"
# AWS's guide said it in 2019, and it is still good advice: do not put your function into a VPC unless you have to
# (Lambda Developer Guide, best practices, 19 August 2019). A VPC does **not** make a function safer by itself. It
# helps where a policy asks for it: with `aws:SourceVpce`, a right holds only for requests that come through your
# VPC's endpoint (IAM User Guide, read in 2026). You do that in the lab.
#
# ## The words, and one picture
#
# | word | what it is, and what it decides |
# | --- | --- |
# | **zone** (Availability Zone) | one or more data centres of their own, with their own power and network. A zone can fail alone |
# | **prefix** | a range of addresses: `10.0.1.0/24` is all that begins with the same 24 bits, so 256 addresses |
# | **VPC** | a private network of yours in one Region, with a prefix such as `10.0.0.0/16` |
# | **subnet** | a part of the VPC's prefix, in exactly one zone |
# | **route table** | the rules of a subnet: packets to *this prefix* go *there*. The most specific rule wins. Without a rule that fits, a packet is dropped |
# | **internet gateway** | the VPC's door to the internet. It serves only those who have a public address |
# | **public subnet** | a subnet whose route table leads to an internet gateway. A **private** one has no such route |
# | **NAT gateway** | stands in a public subnet, has a public address, and sends for those in private subnets |
# | **VPC endpoint** | a door to one AWS service, without the internet |
# | **security group** | rules around an interface: who may come in, where it may go. Answers always pass |
#
# (Amazon VPC User Guide, read in 2026.) Find each of them in this picture. Nothing is deployed yet: it is a plan.

# %% id="words-picture" tags=["measured"]
from serverless_course.figures.vpc.designer import designed
from serverless_course.network.design import Choices

plan = Choices(nat="one", gateway_endpoints=("dynamodb",))
picture = designed(plan)
assert picture.alt, "The picture has no words: this is a bug in the course."
picture

# %% [markdown] id="see"
# ## See it happen: a function that hangs
#
# We make a VPC with two zones. In each zone there is a private and a public subnet. Nothing leads out of the
# private ones yet. (The cells down to the first prediction take about 15 seconds in all.)

# %% id="lab" tags=["measured"]
from serverless_course import Lab

lab = Lab("05-vpc-design")

# %% id="vpc" tags=["measured"]
lam, ec2, iam = lab.client("lambda"), lab.client("ec2"), lab.client("iam")

vpc = lab.vpc("lesson", zones=2)
assert len(vpc.private) == len(vpc.public) == 2, "A zone lacks its subnets: run lab.finish()."
print(vpc.private)

# %% [markdown] id="role-why"
# The function [reach](../labs/05-vpc-design/functions/reach/index.py) asks DynamoDB about a table, and a
# server on the internet about its own address. Lambda makes **network interfaces** for it in your subnets,
# with the function's role: so the role needs that right. AWS keeps a policy for it.
#
# Then your **code** has these rights as well: it could make network interfaces itself. AWS's guide shows how to take
# them from the code and leave them to Lambda: a `Deny` for these EC2 actions, on the condition that
# `lambda:SourceFunctionArn` is your function's ARN (Lambda Developer Guide, read between April and August 2026).
# Requests that your code makes carry this key; those that Lambda makes for you do not.

# %% id="table"
import json
from contextlib import suppress

dynamodb = lab.client("dynamodb")
table = lab.name("table", kind="dynamodb:table")
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

# %% id="rights"
role_name = lab.role.rpartition("/")[2]
managed = "arn:aws:iam::aws:policy/service-role/AWSLambdaVPCAccessExecutionRole"
iam.attach_role_policy(RoleName=role_name, PolicyArn=managed)
allow = {"Effect": "Allow", "Action": "dynamodb:DescribeTable", "Resource": "*"}
policy = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
iam.put_role_policy(RoleName=role_name, PolicyName="look", PolicyDocument=policy)
print("the role may make interfaces, and look at tables")

# %% id="deploy" tags=["measured"]
network = {"SubnetIds": list(vpc.private.values()), "SecurityGroupIds": [vpc.group]}
reach = lab.deploy(
    "reach",
    memory=1769,
    timeout=3,
    environment={"TABLE": table},
    options={"VpcConfig": network},
)
state = lam.get_function_configuration(FunctionName=reach.name)
assert state["VpcConfig"]["VpcId"] == vpc.id, "The function is not in this VPC: run the cell again."

# %% [markdown] id="eni-why"
# The deployment took longer than usual: the function stays `Pending` until its network interfaces are there. Here you
# can see them, one in each subnet. On AWS, do not count on that: its guide says that they are "not directly visible
# to you", and that Lambda may make them again (Lambda Developer Guide, read in 2026). So the cell only asks in which
# zones they are.


# %% id="interfaces" tags=["measured"]
def interfaces():
    """The network interfaces that Lambda made in our VPC."""
    found = ec2.describe_network_interfaces(Filters=[{"Name": "vpc-id", "Values": [vpc.id]}])
    return [each for each in found["NetworkInterfaces"] if each["InterfaceType"] == "lambda"]


for each in interfaces():
    print(each["AvailabilityZone"], each["PrivateIpAddress"], each["Description"][:40])
zones_seen = {each["AvailabilityZone"] for each in interfaces()}
assert zones_seen <= set(vpc.zones), f"Interfaces in other zones: {zones_seen}."

# %% [markdown] id="again-why"
# You may run each cell of this lesson twice. So the cells that need a VPC without ways out first take away those that
# later cells build, with these two functions. Skip them when you read for the first time.


# %% id="again"
def no_endpoint():
    """Take away gateway endpoints that an earlier run has left."""
    found = lab.network(vpc)["VpcEndpoints"]
    left = [each["VpcEndpointId"] for each in found if each["VpcEndpointType"] == "Gateway"]
    if left:
        ec2.delete_vpc_endpoints(VpcEndpointIds=left)


def no_nat():
    """Take away NAT gateways, and the routes to them, that an earlier run has left."""
    for gateway in lab.network(vpc)["NatGateways"]:
        ec2.delete_nat_gateway(NatGatewayId=gateway["NatGatewayId"])
    own = [{"Name": "vpc-id", "Values": [vpc.id]}]
    own += [{"Name": "state", "Values": ["pending", "available", "deleting"]}]
    lab.wait_until(
        "no NAT gateway is left",
        lambda: not ec2.describe_nat_gateways(Filters=own)["NatGateways"],
        minutes=10,
    )
    with suppress(ec2.exceptions.ClientError):  # There is no such route.
        ec2.delete_route(RouteTableId=vpc.private_table, DestinationCidrBlock="0.0.0.0/0")


# %% [markdown] id="predict-why"
# **Predict first.** The function has a time-out of 3 seconds. It asks DynamoDB, a public AWS service. After how many
# seconds does the call end? **And how:** with the answer, with an error of DynamoDB, or with another error? Say it to
# yourself, and commit the seconds:

# %% id="predict" tags=["measured"]
my_guess = ...
lab.predict("the call about the table ends after", seconds=my_guess)

# %% id="hang" tags=["measured"]
no_endpoint()
no_nat()
lab.configure(reach, VpcConfig=network)
run = lab.invoke(reach, {"to": ["table"]})
assert not run.ok, "The table answered: another way out is left in the VPC."
print(run.payload)
print(run.log.splitlines()[-1])
lab.compare("the call about the table ends after", seconds=run.duration_ms / 1000)

# %% [markdown] id="hang-note"
# **It hangs.** There is no error from DynamoDB, no *permission denied*, no line of its own in the log. Packets that
# have no way are dropped, and nobody tells the sender. So the function waits, until Lambda ends it; and you pay for
# the waiting.
#
# Remember this picture: *a function in a VPC that times out, and was fine before*. Look first whether it
# has a way out.
#
# Where do the packets end? `lab.reach` reads what EC2's describe calls say, and follows them. Nothing is sent.

# %% id="hang-path" tags=["measured"]
shown = lab.reach(reach, "dynamodb", "http://checkip.amazonaws.com")
assert not shown.delivered, "The packets arrive: run the cell `hang` first."
shown

# %% id="hang-reason"
sorted({path.verdict.reason.value for path in shown.paths})

# %% [markdown] id="nat"
# ## A way out: the NAT gateway
#
# The talk said: *if your function needs resources on the internet, configure a NAT gateway!* That still holds. A
# function in a **public** subnet does not help: Lambda's interfaces never get a public address, so the internet
# gateway drops what they send (Lambda Developer Guide, read between April and August 2026).
#
# A NAT gateway stands in a public subnet. It has an **Elastic IP address**, a fixed public one, and it sends in its
# own name.


# %% id="nat-make" tags=["measured"]
def named(kind, short):
    """Tags that let the clean-up find it."""
    name = lab.name(short, kind=kind)
    return [{"ResourceType": kind.partition(":")[2], "Tags": [{"Key": "Name", "Value": name}]}]


no_nat()
mine = [{"Name": "tag:Name", "Values": [lab.name("way-out", kind="ec2:elastic-ip")]}]
known = ec2.describe_addresses(Filters=mine)["Addresses"]
address = (
    known[0]
    if known
    else ec2.allocate_address(Domain="vpc", TagSpecifications=named("ec2:elastic-ip", "way-out"))
)
nat = ec2.create_nat_gateway(
    SubnetId=vpc.public[vpc.zones[0]], AllocationId=address["AllocationId"]
)["NatGateway"]["NatGatewayId"]
ec2.get_waiter("nat_gateway_available").wait(NatGatewayIds=[nat], WaiterConfig=patience)
ec2.create_route(RouteTableId=vpc.private_table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
print(f"the way out is {nat}, under the address {address['PublicIp']}")

# %% id="nat-reach" tags=["measured"]
lab.wait_until("a call arrives", lambda: lab.invoke(reach, {"to": ["table"]}).ok, minutes=30)
run = lab.invoke(reach, {"to": ["table", "internet"]})
seen = run.payload["internet"]["answer"]
assert seen == address["PublicIp"], f"The world sees {seen}: another NAT gateway is in the way."
print(run.payload)
lab.reach(reach, "dynamodb", "http://checkip.amazonaws.com")

# %% [markdown] id="nat-note"
# The function was not deployed again: a route counts for the next packet. And the world sees it under
# the address of the NAT gateway, always the same. Partners who admit only known addresses like that. (The cell calls
# until one call arrives: after a time-out, Init runs again within the next call, and on a slow machine it needs most of
# the 3 seconds. The function has 1,769 MB, a whole vCPU, so that this start is quick.)
#
# **What is AWS's, what is measured, what is simulated?** The rules by which a packet is delivered or dropped are AWS's,
# as documented; they are computed from the same describe calls that AWS answers. The function really hangs, and
# its time is measured. The network itself is simulated: no packet leaves this machine, and `checkip.amazonaws.com` is
# answered here. Where this machine does not let us cut a process off, only calls that respect the proxy
# settings are held; boto3 and urllib do.

# %% [markdown] id="endpoints"
# ## VPC endpoints: AWS without the internet
#
# DynamoDB belongs to AWS; why should the way there lead through the internet gateway? A **VPC endpoint** is a door of
# your own to one AWS service. There are two kinds.
#
# | | gateway endpoint | interface endpoint |
# | --- | --- | --- |
# | for | S3, S3 Express One Zone, DynamoDB | most services, S3 and DynamoDB among them |
# | it is | an entry in your route tables | a network interface in your subnets, with a security group |
# | it costs | nothing | by the hour and zone, and by the gigabyte |
#
# *(AWS PrivateLink Guide and Amazon S3 User Guide, read in November 2026; that S3 and DynamoDB have interface
# endpoints, too: secondary sources of 2026.)*
#
# A new gateway endpoint breaks the connections that are open to its service (AWS PrivateLink Guide, read in 2026).
# So on AWS, the first call after it may still hang; here none does. The next cell tries again until one arrives.

# %% id="endpoint" tags=["measured"]
no_endpoint()
made = ec2.create_vpc_endpoint(
    VpcId=vpc.id,
    VpcEndpointType="Gateway",
    ServiceName=f"com.amazonaws.{lab.cloud.region}.dynamodb",
    RouteTableIds=[vpc.private_table],
)
endpoint = made["VpcEndpoint"]["VpcEndpointId"]
shown = lab.reach(reach, "dynamodb")
ways = {path.verdict.through for path in shown.paths}
assert ways == {endpoint}, f"Some packets leave another way: {ways}."
lab.wait_until("a call arrives", lambda: lab.invoke(reach, {"to": ["table"]}).ok)
shown

# %% [markdown] id="prices-why"
# What does a month cost? **Predict first:** 100 GB a month go to DynamoDB, through the NAT gateway. How much of the bill
# do the gigabytes make: a tenth, a half, or nearly all? Here is the bill, once with all of them through the NAT gateway,
# once through the endpoint.

# %% id="prices"
from serverless_course.network import BilledParts, Network
from serverless_course.pricing.vpc import monthly_bill

with_nat = BilledParts.of(Network.of(lab.network(vpc)))
for nat_gb in (100, 0):
    bill = monthly_bill(with_nat, "us-east-1", nat_gb=nat_gb)
    print(f"{nat_gb:3} GB through the NAT gateway: ${bill.usd:.2f} a month")

# %% [markdown] id="prices-note"
# The prices are those of us-east-1. Each line of `bill.lines` has its `source`, with the date: look there before you
# plan with them. They are copies, so AWS's price list of today has the last word. Most of the bill is
# for the hours: the gateway costs the same whether you use it or not. That is the opposite of *no payment for idle*:
# ask first whether you need it.
#
# You will meet **three prices of a NAT gateway**, all of them right. They count different things:
#
# | dollars a month | what it counts |
# | --- | --- |
# | 36.50 | one gateway: 32.85 for its hours (730 × 0.045), and 3.65 for its public address (730 × 0.005). No traffic |
# | 45.50 | the same, and 200 GB through it (200 × 0.045 = 9.00): the lab's task 5 |
# | 73.00 | two gateways, one in each of two zones, with an address each. No traffic |
#
# ### Interface endpoints: a worked price
#
# For services other than S3 and DynamoDB there is no gateway endpoint. An interface endpoint in two zones costs 14.60
# dollars for its hours (2 × 730 × 0.01) and 0.01 for each GB. 200 GB a month to Secrets Manager, SQS or another **one**
# service: 14.60 + 2.00 = **16.60 dollars**. The same 200 GB through a NAT gateway that you have anyway cost 200 × 0.045 =
# **9.00 dollars**, because its hours are paid already. So when does the endpoint pay? **Predict first:** from how many GB a
# month?

# %% id="break-even" tags=["measured"]
from serverless_course.figures.vpc.break_even import break_even_gb, break_even_plot

assert 400 < break_even_gb() < 450, "The prices have changed: say so in the text above."
break_even_plot()

# %% [markdown] id="break-even-note"
# The two lines meet where 14.60 dollars of hours are saved at 0.035 dollars a GB. With a third zone the point moves half as
# far again; each further service needs an endpoint of its own. And where one or two endpoints, in two zones, replace the
# **last** NAT gateway, its 36.50 dollars are saved as well: then they pay from the first gigabyte. (Prices of us-east-1, with their sources in
# `bill.lines`.)

# %% [markdown] id="other-ways"
# ### Another way out, and a lock
#
# **IPv6.** A NAT gateway is for IPv4. If every host that your function calls answers on IPv6, you can do without one:
# give the private subnets IPv6 addresses, send `::/0` to an **egress-only internet gateway**, and set
# `Ipv6AllowedForDualStack` in the function's `VpcConfig`. The gateway lets your calls out and no calls in (Amazon VPC
# User Guide, read in 2026; Lambda has the setting since 12 October 2023, boto3 change log).
#
# **A lock.** With **VPC Block Public Access**, an account closes its internet gateways for a whole Region. In the mode
# `block-bidirectional` nothing passes internet gateways and egress-only ones: **the way through a NAT gateway is cut,
# too**. In the mode `block-ingress` NAT gateways and egress-only ones go on. Exclusions for single VPCs and subnets
# are possible (EC2's API model of 17 November 2026). So if a function lost the internet and no route has
# changed, look here. The calls hang, as above.

# %% [markdown] id="zones"
# ## At least two Availability Zones
#
# The talk: *ALWAYS configure at least two zones.* A **zone** is one or more data centres of their own. Subnets live in
# one zone. Give Lambda subnets in two, and it uses both; so a failure of one zone does not stop your function. But it
# can stop what your function needs: see below.
#
# Let us fail one. AWS has a service for that, the **Fault Injection Service**: it cuts subnets off, on purpose. We send
# 5 requests a second for 12 seconds; from second 3 to 8 the first zone's subnets are cut off. Once with both subnets, once
# with the first zone's alone. **Predict first:** of 25 requests during the failure, how many are answered in time in each
# case? (The cell takes about 40 seconds.)

# %% id="zone-failure" tags=["measured"]
disruption = lab.disruption(vpc.private[vpc.zones[0]], vpc.public[vpc.zones[0]], minutes=1)
during = {3: disruption.start, 8: disruption.stop}


def bad_day(subnets):
    """Twelve seconds of requests with these subnets, in the middle of which a zone is cut off."""
    lab.configure(reach, VpcConfig={**network, "SubnetIds": subnets})
    # Start environments in each zone first: a cold start is no failure of a zone.
    lab.load(reach, {"to": ["table"]}, per_second=100, seconds=0.08)
    return lab.load(reach, {"to": ["table"]}, per_second=5, seconds=12, during=during)


both = bad_day(list(vpc.private.values()))
one = bad_day([vpc.private[vpc.zones[0]]])
lost = {"two zones": sum(not call.ok for call in both), "one": sum(not call.ok for call in one)}
assert len(both) == len(one) == 60, "Not all requests were sent: run this cell again."
if lost["one"] <= lost["two zones"]:
    print("This machine was busy, and requests were lost for that: run this cell again.")
lost

# %% id="zone-plot" tags=["measured"]
from serverless_course.figures.zone_failure_plot import zone_failure_plot

series = {
    name: [(call.at_s, call.ok, call.latency_ms) for call in calls]
    for name, calls in {"two zones": both, "one zone": one}.items()
}
assert both and one, "Nothing was sent: run the cell above again."
zone_failure_plot(series, failed_s=(3, 8), timeout_s=3)

# %% [markdown] id="zone-note"
# With one zone, nothing is answered while it is cut off. A request that waits longer than its time-out of 3 seconds is
# lost. One that still waits when the zone comes back is answered late: the upper chart and the table's column *success,
# also late* count it, the title and the column *in time* do not. If the title speaks of cold starts, this machine was
# busy: what took longer than the time-out waited for a new environment, and not for the zone. Run the cell again then.
#
# With two zones, most requests go on. Only the environments in the first zone hang, and each of them loses a request
# for each time-out. The experiment puts a network ACL, a list of rules, around the subnets; Lambda's own machines in
# that zone still work. AWS does not document whether Lambda notices a subnet that is cut off. A whitepaper of AWS's
# takes such a zone's subnets out of the `VpcConfig` by hand ("Advanced Multi-AZ Resilience Patterns", read in 2026;
# AWS marks it "for historical reference only"). And on AWS, an experiment may need longer than these seconds to begin
# and to heal: then the marks in the picture are not exact.
#
# When a **whole zone** fails, Lambda runs your function in the others (Lambda Developer Guide, read in 2026); how fast it
# notices is not documented. The Fault Injection Service has a scenario for a whole zone, *AZ Availability: Power
# Interruption*. It stops *your* resources there, and does not reach the machines on which Lambda runs functions (AWS
# Fault Injection Service User Guide, read in November 2026). The embedded cloud has an experiment that does, and three
# more. Their names begin with `local:`, and AWS refuses them. With `local:zone:fail`, Lambda leaves the zone here
# after the first time-out: that is **our model**.

# %% id="zone-local"
actions = lab.client("fis").list_actions()["actions"]
sorted(action["id"] for action in actions if action["id"].startswith("local:"))

# %% [markdown] id="one-nat-why"
# ### One NAT gateway is a single point of failure
#
# Above, the function asked DynamoDB. Its way is the gateway endpoint, which belongs to no zone. The way to the
# internet is another one: our only NAT gateway stands in the **first** zone. Give the function both zones again, cut
# the first one off, and ask for both. **Predict first:** of 12 calls to the internet, how many are answered? (About 15
# seconds.)

# %% id="one-nat" tags=["measured"]
lab.configure(reach, VpcConfig=network)
lab.load(reach, {"to": ["table"]}, per_second=100, seconds=0.08)
disruption.start()
shown = lab.reach(reach, "dynamodb", "http://checkip.amazonaws.com")
for to in ("table", "internet"):
    calls = lab.load(reach, {"to": [to]}, per_second=4, seconds=3)
    print(f"{to}: {sum(call.ok for call in calls)} of {len(calls)} answered")
disruption.stop()
assert not any(call.ok for call in calls), "The internet answered: is the NAT gateway elsewhere?"
shown

# %% [markdown] id="one-nat-note"
# From the second zone, DynamoDB is reached, and the internet is not: the route of **both** private subnets leads
# to a gateway that is cut off. Two zones for the function did not help. Two remedies:
#
# - **one NAT gateway in each zone**, and a route table for each private subnet that leads to the gateway of its own
#   zone. Your partners then admit one address for each zone;
# - **one regional NAT gateway**: it is active in several zones, and needs no public subnet (EC2's API model; boto3
#   change log, 19 November 2025). It is charged for each zone in which it is active, at the hourly price of a zonal one
#   (a saved estimate of AWS's price calculator, 24 September 2026).
#
# Both cost more. A month in us-east-1, by the same price tables as above, without traffic and with it:

# %% id="nat-per-zone"
ways = {
    "one zonal gateway": BilledParts(nat_gateways=1, public_addresses=1),
    "one in each of two zones": BilledParts(nat_gateways=2, public_addresses=2),
    "a regional one in two zones": BilledParts(regional_nat_zones=2, public_addresses=2),
}
for name, parts in ways.items():
    usd = {gb: monthly_bill(parts, "us-east-1", nat_gb=gb).usd for gb in (0, 100, 1000)}
    print(f"{name:28}", "  ".join(f"{gb:5,} GB: ${dollars:.2f}" for gb, dollars in usd.items()))

# %% [markdown] id="nat-per-zone-note"
# The gigabytes cost the same on each way; what a second zone costs is its hours. (Traffic from one zone to a gateway in
# another may cost 0.01 dollars for each GB and direction, too: AWS price list, 20 July 2026. Whether a
# function's traffic counts there is not confirmed, so it is left out.)

# %% [markdown] id="subnets"
# ## Subnets of their own, with enough addresses
#
# The talk advised *subnets of their own for your functions, with enough addresses*. Of each subnet, AWS keeps
# **5** addresses for itself: a `/24` has 251 to give. Is that enough?

# %% id="addresses"
from serverless_course.network.addresses import interfaces_now, interfaces_then, usable

peak, memory = 1000, 1536
print("usable in a /24:", usable("10.0.1.0/24"))
print("then, for a peak of 1,000 at 1.5 GB:", interfaces_then(peak, memory))
print("now, with two subnets and one set of groups:", interfaces_now(2))

# %% [markdown] id="hyperplane"
# ### What Hyperplane changed
#
# In the days of the talk, Lambda made a network interface for each slice of capacity: *peak concurrency × (memory in
# GB / 3 GB)* (Lambda Developer Guide, 19 August 2019). Each took an address, and a cold start had to wait for one. A
# subnet that was too small ended the growth, in the middle of a launch day.
#
# Since autumn 2019, Lambda makes **one interface for each pair of subnet and set of security groups**, when
# you create the function. (It came Region by Region: to Ohio by 27 September, to São Paulo by 6 November, to N.
# Virginia by 25 November; AWS Compute Blog, 3 September 2019, with its updates.) All environments share it; each
# interface carries up to 65,000 connections, and Lambda adds more by itself (Lambda Developer Guide, read in 2026).
# So *enough addresses* now means a few. Own subnets are still a good habit: their routes and rules are then for
# functions alone.
#
# Now design a network yourself, with a goal: **the function reaches the database and a partner on the internet, also
# while zone a is down, for less than 80 dollars a month** (with 100 GB through NAT). There is more than one way. The line
# *Goal* says how far you are; watch the addresses, the findings, and the price as well.

# %% id="designer" tags=["measured"]
from serverless_course.figures.vpc.designer import vpc_designer

design = vpc_designer()
assert design, "The designer is empty: this is a bug in the course."
design

# %% [markdown] id="finish-why"
# Clean up. It takes a little longer than usual, up to half a minute here: Lambda removes its interfaces some minutes after
# the function (up to 20 on AWS), and a VPC cannot be deleted before.

# %% id="finish" tags=["measured"]
done = lab.finish()
assert done.clean, "Something is left: read the list above, and run this cell again."
done

# %% [markdown] id="then-and-now"
# ## Then and now
#
# Rows marked **talk** are the talk's own advice. The others are AWS as it was at that time.
#
# | then (2018-2019) | today | since | source |
# | --- | --- | --- | --- |
# | **talk**: do I need a VPC? (AWS's guide: only for something private) | the same; and where a policy asks for it (`aws:SourceVpce`) | – | Lambda Developer Guide, 19 Aug 2019 and 2026 |
# | **talk**: always at least two zones | the same; and a way out in each of them | – | Lambda Developer Guide, 2026 |
# | **talk**: subnets with enough addresses (AWS: one for each slice of capacity) | **a few for each subnet**: one interface for each subnet and group set | Sept to Nov 2019 | AWS Compute Blog, 3 Sept 2019 |
# | a cold start waits for an interface | no penalty for each environment; the interfaces are made **when you create** the function | Sept to Nov 2019 | Lambda Developer Guide, 2019 and 2026 |
# | **talk**: internet: a NAT gateway | the same; a **regional** NAT gateway serves several zones, without a public subnet | 19 Nov 2025 | EC2 API model; boto3 change log |
# | internet over IPv4 only | IPv6, too, with an egress-only internet gateway | 12 Oct 2023 | boto3 change log |
# | – | after 14 days without a call, interfaces are taken away; the function is `Inactive`, and its next invocation fails once | after the talk | Lambda Developer Guide, 2026 |

# %% [markdown] id="questions"
# ## Questions
#
# Choose an answer; it opens, and tells you.
#
# **1. Your function only uses DynamoDB and S3. A colleague wants it in a VPC, "for security". What do you say?**
#
# <details><summary>Good idea: a private network is safer.</summary>
# Not by itself. Nobody reaches your function over a network, with or without a VPC. What it may do is decided by its
# role. Ask your colleague which policy is to use the VPC.</details>
# <details><summary>It needs no VPC, unless a policy is to admit only requests from your VPC.</summary>
# Right. Without such a policy the VPC adds no protection, and you lose the way out. With one (`aws:SourceVpce`, task 4
# of the lab), what the policy guards cannot be read from anywhere else, even with the role's keys.</details>
#
# **2. A function in a VPC times out when it calls a partner on the internet. It is in a public subnet. Why?**
#
# <details><summary>The security group lets nothing in.</summary>
# For a call from inside to outside, answers are let in by themselves. It is not that.</details>
# <details><summary>It has no public address.</summary>
# Yes. Lambda's interfaces never get one. It belongs in a private subnet, with a NAT gateway.</details>
#
# **3. Which change makes calls to DynamoDB cheaper, in a VPC with a NAT gateway?**
#
# <details><summary>A gateway endpoint for DynamoDB.</summary>
# Yes. It costs nothing, and its traffic no longer passes through the NAT gateway, which charges for each gigabyte.</details>
# <details><summary>A second NAT gateway, in the other zone.</summary>
# That costs more. It helps when a zone fails.</details>
#
# **4. A /28 subnet has 16 addresses. How many are yours?**
#
# <details><summary>14.</summary>
# That is the usual rule: without the network's and the broadcast address. AWS keeps five.</details>
# <details><summary>11.</summary>
# Yes: 16 less 5. For Hyperplane interfaces that is enough; for much else, it is not.</details>
#
# **5. You have a NAT gateway, and send 50 GB a month to SQS. Does an interface endpoint in two zones save money?**
#
# <details><summary>Yes: its gigabyte costs less.</summary>
# Its gigabyte does: 0.50 dollars against 2.25. But its hours cost 14.60 dollars a month.</details>
# <details><summary>No, not for 50 GB. It may be right for another reason.</summary>
# Yes: it pays from about 417 GB. Until then you buy it for a policy (`aws:SourceVpce`), or so that the way does not
# depend on the internet.</details>

# %% [markdown] id="read"
# ## What to read
#
# - [Giving Lambda functions access to resources in an Amazon VPC](https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html)
# - [NAT gateways](https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html)
# - [Gateway endpoints](https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html)
# - [AWS Fault Injection Service actions](https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html)
#
# ## To keep
#
# - No VPC unless something private is in it, or a policy asks for it.
# - A function in a VPC that times out, and was fine before: look for its way out first.
# - Gateway endpoints for S3 and DynamoDB are free. Interface endpoints pay beside a NAT gateway from about 417 GB a month.
# - Two zones for the function, **and** for its ways out.
# - The formula: a month = 730 × (0.045 for each NAT gateway + 0.005 for each public address + 0.01 for each endpoint and
#   zone) + 0.045 × GB through NAT + 0.01 × GB through interface endpoints (us-east-1).
#
# ## Go further
#
# 1. In the designer, choose Region sa-east-1. Which prices are unknown, and where would you look them up?
# 2. Put the function into the first zone alone, and leave the NAT gateway in the second. Cut off each zone in turn with
#    `lab.disruption`, and write down what still works.
#
# ## Next
#
# Do [lab 05](../labs/05-vpc-design/lab.ipynb): the shop's till hangs.
