# %% [markdown] id="title"
# # Why serverless, and when not
#
# **After this lesson, in 20 to 25 minutes, you will be able to**
#
# - say what part of a program is about your business, and what part is about machines (5 minutes);
# - check the four properties of serverless by measuring, not by believing (8 minutes);
# - name what other services share this operating model, and what each is billed by (3 minutes);
# - work out what idle time costs, and from which traffic on a server is cheaper (6 minutes).

# %% [markdown] id="customers-want"
# ## What customers want
#
# The talk begins with three wishes. (Its slides are in Portuguese; the translation is ours.)
#
# > Build applications, not infrastructure. Scale quickly and cleanly. Security and isolation by default.
#
# Then it says two words that are older than the cloud: **essential** and **accidental** complexity. Essential
# is what the problem itself asks for: what does an order cost? Accidental is what our tools ask for: which port,
# how many threads, what if the disk is full? (The words are from Fred Brooks, *No Silver Bullet*, 1986, who took
# them from Aristotle.)

# %% [markdown] id="complexity"
# ## Essential and accidental complexity, made visible
#
# A shop takes orders. [orders.py](../labs/01-why-serverless/functions/orders/orders.py) is its business: it prices
# an order and signs the receipt. It knows no server and no Lambda.
#
# Around it, for a machine of your own, you write
# [server.py](../labs/01-why-serverless/functions/before/server.py): it listens, it keeps workers, it turns away
# what is too much, it rotates its log, it says whether it is healthy, and it stops in order. On Lambda you write
# [index.py](../labs/01-why-serverless/functions/orders/index.py).
#
# **Predict:** how many lines does `index.py` have, without blank lines and comments, if `server.py` has about 120?

# %% id="lab" tags=["measured"]
from serverless_course import Lab

lab = Lab("01-why-serverless")

# %% id="lines-predict" tags=["measured"]
my_guess = ...
lab.predict("left on Lambda are", count=my_guess)

# %% id="lines" tags=["measured"]
from pathlib import Path

from serverless_course.figures.code_blocks import code_blocks, code_lines

functions = Path("../labs/01-why-serverless/functions")
left = code_lines((functions / "orders/index.py").read_text())
assert left > 0
lab.compare("left on Lambda are", count=left)

# %% [markdown] id="blocks-why"
# And where did the other lines go? Each bar is a block of `server.py`; the table says who does its work on Lambda.

# %% id="blocks" tags=["measured"]
assert (functions / "before/server.py").exists()
code_blocks(functions / "before/server.py", functions / "orders/index.py")

# %% [markdown] id="blocks-note"
# **Read the table with care.** A block that left your code did not leave the world. *Retries* are Lambda's for
# asynchronous events only (lesson 07). *Scheduled work* still needs a rule that you write. *Settings* became
# configuration, and somebody must choose them (lesson 04). Fewer lines is not the same as no responsibility: that
# is [lesson 02](02-responsibility.ipynb).

# %% [markdown] id="same-tests"
# ## The same tests pass on both
#
# A comparison is fair if both do the same. Here are four orders with what must come back, one of them wrong on
# purpose.

# %% id="tests"
EXPECTED = [
    ({"order": 1, "item": "mug", "number": 2}, "cents", 2500),
    ({"order": 2, "item": "label", "number": 100}, "cents", 25000),
    ({"order": 3, "item": "sofa", "number": 1}, "refused", "We have no 'sofa'."),
    ({"order": 4, "item": "label", "number": 3}, "cents", 750),
]


def passed(take):
    """How many of the orders come back as they must."""
    return sum(take(order).get(key) == value for order, key, value in EXPECTED)


# %% [markdown] id="server-why"
# First the server, as a process on this machine. It picks a free port and says which.

# %% id="server-test" tags=["measured"]
import json
import os
import subprocess
import sys
import tempfile
import urllib.request

place = {"PYTHONPATH": str(functions / "orders"), "LOG_FILE": f"{tempfile.mkdtemp()}/orders.log"}
command = [sys.executable, str(functions / "before/server.py"), "0"]
with subprocess.Popen(command, env=os.environ | place, stdout=subprocess.PIPE, text=True) as server:
    port = server.stdout.readline().split()[-1]

    def over_http(order):
        request = urllib.request.Request(f"http://127.0.0.1:{port}/", json.dumps(order).encode())
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)

    on_server = passed(over_http)
    server.terminate()
print(f"on the server: {on_server} of {len(EXPECTED)}")
assert on_server == len(EXPECTED), "The server answers otherwise. Is server.py as it was?"

# %% [markdown] id="function-why"
# Then the function. `lab.deploy` makes the calls that you made by hand in lesson 00.

# %% id="function-test" tags=["measured"]
orders = lab.deploy("orders", memory=512, timeout=10)
on_lambda = passed(lambda order: lab.invoke(orders, order).payload)
print(f"on Lambda: {on_lambda} of {len(EXPECTED)}")
assert on_lambda == len(EXPECTED), "The function answers otherwise. Is index.py as it was?"

# %% [markdown] id="four-properties"
# ## Four properties, measured
#
# The talk says what serverless means in four lines: *no servers to manage; it scales with use; you do not pay for
# idle; highly available*. Slides are easily written. Which of them can we measure?

# %% [markdown] id="no-servers"
# ### 1. No servers to manage
#
# Which services did the calls so far go to? There is no call to EC2 among them, and nothing was started, patched or
# listed. What runs the code has a version all the same: the first line in the log of each environment names it.

# %% id="no-servers-calls" tags=["measured"]
services = sorted(set(lab.calls()["service"]))
print("services called:", ", ".join(services))
assert "ec2" not in services

logs = lab.client("logs")
group = f"/aws/lambda/{orders.name}"


def init_lines():
    found = logs.filter_log_events(logGroupName=group, filterPattern="INIT_START")
    return [event["message"].strip() for event in found["events"]]


lab.wait_until("the log is there", init_lines)
print(init_lines()[0])

# %% [markdown] id="no-servers-note"
# On AWS, the version in that line moves while you sleep: AWS patches the runtime under your function, by default on
# its own (*runtime management*; Lambda Developer Guide, read in 2026). That is the work you no longer do.
#
# **Then and now.** Since the talk, Lambda has kinds that are nearer to servers: *Managed Instances* run your
# functions on EC2 instances in your account (AWS still patches them), and *Web Functions* are HTTP servers.

# %% [markdown] id="scales"
# ### 2. It scales with use
#
# One environment handles one event at a time. So what happens when 20 orders arrive at once? The function puts
# the name of its environment into each answer: it is made during Init.
#
# **Predict:** how many environments will 20 orders at once use? (The cell takes 3 to 15 seconds.)

# %% id="scales-predict" tags=["measured"]
my_guess = ...
lab.predict("20 orders at once use", count=my_guess)

# %% id="scales-burst" tags=["measured"]
import time
from concurrent.futures import ThreadPoolExecutor

burst_began_ms = int(time.time() * 1000)
with ThreadPoolExecutor(20) as at_once:
    order = {"order": 5, "item": "poster", "number": 3}
    runs = list(at_once.map(lambda _: lab.invoke(orders, order), range(20)))
environments = {run.payload["environment"] for run in runs}
assert len(runs) == 20
lab.compare("20 orders at once use", count=len(environments))

# %% [markdown] id="scales-lanes-why"
# Each environment writes a log stream of its own. So the log shows who ran when, one lane for each.

# %% id="scales-lanes" tags=["measured"]
from serverless_course.figures.environment_lanes import environment_lanes


def events(since_ms):
    """All log events of the function since then."""
    pages = logs.get_paginator("filter_log_events").paginate(logGroupName=group, startTime=since_ms)
    return [event for page in pages for event in page["events"]]


def reports(since_ms):
    return [event["message"] for event in events(since_ms) if event["message"].startswith("REPORT")]


lab.wait_until("20 reports in the log", lambda: len(reports(burst_began_ms)) >= 20)
environment_lanes(events(burst_began_ms))

# %% [markdown] id="scales-note"
# Nobody told Lambda that a burst was coming. Most orders met no free environment, so Lambda made one; the price is
# a cold start for each. (If an order came when another was done already, the two shared an environment: then there
# are fewer than 20.) How fast AWS adds environments, and what stops it, is the subject of lesson 06. **A new AWS
# account may run few at once**: its quota begins low, and AWS raises it by your usage (Lambda quotas, mid 2026).
# Then some of the 20 are refused with a 429, and the cell above says so.
#
# What is measured here? The number of environments and every time. This machine shares its CPUs among all of them;
# AWS does not, so there the lanes are shorter.

# %% [markdown] id="no-idle"
# ### 3. You do not pay for idle
#
# The bill of a function is the sum of its REPORT lines. So: read the sum, let ten minutes pass in which nobody calls,
# and read it again. (Ten minutes of AWS's clock; the banner says how much faster it runs here.)

# %% id="no-idle-measure" tags=["measured"]
from serverless_course.functions.report import Report


def billed_ms(since_ms=0):
    """Billed milliseconds in the log since then."""
    return sum(Report.parse(line).billed_ms for line in reports(since_ms))


before_ms = billed_ms(burst_began_ms)
lab.wait(minutes=10)
after_ms = billed_ms(burst_began_ms)
print(f"billed before: {before_ms:,} ms; after ten idle minutes: {after_ms:,} ms")
assert before_ms == after_ms > 0, "Something invoked the function meanwhile. Run this cell again."

# %% [markdown] id="no-idle-note"
# Nothing was added. Two remarks, so that the sentence stays true:
#
# - **You** pay nothing for idle; **the next caller** may pay with a cold start.
# - Not everything around a function is free when it idles. A NAT gateway, an address, a stored gigabyte and
#   *provisioned concurrency* cost by time, used or not. A queue that feeds a function is polled while it is empty, and each
#   poll is a request (SQS is billed by the request: cloudburn.io, *Amazon SQS Pricing*, 14 March 2026).

# %% [markdown] id="available"
# ### 4. Highly available
#
# Lambda runs functions in several Availability Zones of a Region (Lambda Developer Guide, *Resilience*). That we
# cannot measure on one laptop, and this lesson does not pretend to. What *you* can break is measured in
# [lesson 05](05-vpc-design.ipynb): a function in a VPC with one subnet dies with that subnet's zone.

# %% [markdown] id="operating-model"
# ## An operating model, not a product
#
# The talk: *serverless is an operating model that is present in different categories of services*. Its slide has three
# columns. We add what each is billed by, and what has changed.
#
# | category | service (talk) | billed by | idle costs | then and now |
# | --- | --- | --- | --- | --- |
# | compute | Lambda | requests, GB-seconds | nothing | Init is billed since 1 August 2025 |
# | compute | Fargate | vCPU and GB of a task, by the second | as much as busy | ECS has Managed Instances beside it |
# | data | S3 | stored GB-month, requests | the storage | “no minimum charge” (its price page, read on 20 September 2026) |
# | data | Aurora Serverless | capacity units (ACU) by the second, storage | storage, and what it may not go below | v1 ended on 31 March 2025; v2 can pause at 0 ACU |
# | data | DynamoDB | read and write units, storage | storage | on-demand was new at the time of the talk; AWS recommends it now |
# | integration | API Gateway | calls | nothing | HTTP APIs since 2020 |
# | integration | SQS | requests | what a poller asks for | messages of up to 1 MiB, not 256 KB |
# | integration | SNS | publications, deliveries | nothing | |
# | integration | Step Functions | state transitions (Standard) | nothing | durable functions since 2 December 2025 (lesson 09) |
# | integration | AppSync | operations | nothing | an Events API beside GraphQL |
#
# Two of them **scale to zero only with a catch**: a Fargate task is paid while it stands there, and Aurora pauses
# only if you let it. So *serverless* is not a yes or a no. Ask each service two questions: **what do I pay when
# nobody comes, and who adds capacity when everybody does?**

# %% [markdown] id="idle-cost"
# ## What does idle cost?
#
# A server is sized for the busiest hour, and paid in all hours. A function is paid by what it does. Which is cheaper
# depends on one thing more than on any other: **the shape of your traffic**.
#
# **Predict first.** Office hours, five requests a second in the busiest hour; a request is billed 50 ms at 512 MB.
# What does a month on Lambda cost, in dollars?

# %% id="idle-predict" tags=["measured"]
my_guess = ...
lab.predict("a month of office hours on Lambda costs", dollars=my_guess)

# %% id="idle-compare" tags=["measured"]
from serverless_course.figures.idle_cost_widget import idle_cost, idle_cost_widget

office = idle_cost("office hours", peak=5)
assert office.on_lambda > 0
lab.compare("a month of office hours on Lambda costs", dollars=float(office.on_lambda))

# %% [markdown] id="idle-widget-why"
# Now move it: choose a shape or type 24 numbers of your own, one for each hour. **This is a model.** Prices are dated
# (the cell *prices-table* below prints those of the hosts, with their sources); the rest is arithmetic.

# %% id="idle-widget" tags=["measured"]
assert idle_cost("steady", peak=100).cheapest != "Lambda"
idle_cost_widget()

# %% [markdown] id="idle-widget-note"
# **Try to find** (there is an answer to each):
#
# 1. the peak of *office hours* at which Lambda stops being the cheapest;
# 2. a shape with the same number of requests a month for which it never stops. What do your numbers look like?
# 3. what changes if the request needs half of the memory, and what if it waits for 500 ms.
#
# **What the model leaves out**: a load balancer, public addresses, disks, logs; servers that are added by the hour
# (the table has that column, as an ideal); and **the people who patch the servers**. For most small teams the last
# is the largest, and we have no number for it. It is on the other side, too: somebody must learn Lambda.
#
# **Burstable servers.** A `t3.small` has two vCPUs, of which 20 % each may be used without end. Steady load above
# that slows down, or costs more. The model therefore buys more of them.
#
# **Free tier, credits.** Lambda's free tier is a million requests and 400,000 GB-seconds each month, always. New AWS
# accounts have credits instead of the old twelve-month free tier (since 15 July 2025: 200 dollars for 6 months, as
# reported in aws/agent-toolkit-for-aws). Credits end; so leave them out of a decision.

# %% [markdown] id="prices"
# The prices of hosts, with what they are known from:

# %% id="prices-table"
from serverless_course.pricing.hosts import fargate_task, small_instance

for region in ("us-east-1", "sa-east-1"):
    for host in (fargate_task(region), small_instance(region)):
        price = host.usd_per_hour or "not confirmed"
        print(f"{host.name}, {region}, dollars an hour: {price}\n    ({host.source})")
assert small_instance("sa-east-1").usd_per_hour is None

# %% [markdown] id="agility"
# ## What people said: agility
#
# The talk ends with quotes of customers. They are quotes on slides, probably of 2016 to 2018. **None could be
# verified**, so we read them as claims, and ask what one would have to measure to believe them.
#
# > “We trusted AWS Lambda to bring our platform to market in less than four weeks.” *(A Cloud Guru)*
# >
# > “We can have a commit in production in literally minutes.” *(Pinpoint)*
#
# *What to measure:* the time from commit to production, over many commits, before and after. A single launch proves
# little: what else did they leave out to be so quick?

# %% [markdown] id="elasticity"
# ### Elasticity
#
# > “… machine learning models on 600 photos on average, which results in thousands of invocations, and still makes a
# > photo book in one minute.” *(Resnap)*
# >
# > “… target audiences 60 % faster than with instances.” *(Infinia Mobile)*
#
# *What to measure:* the time to the finished book for 1 and for 600 photos, with p50 and p95; the instances that “60 %
# faster” is compared with. A percentage without its base says nothing.

# %% [markdown] id="cost-efficiency"
# ### Cost
#
# > “Our costs fell by more than 25 %, and our average monthly time to process data fell to 7 seconds.” *(Speed Shift Media)*
# >
# > “… from 20 minutes to 30 seconds, and expected costs are 20 USD for 10,000 orders.” *(Mercury)*
#
# *What to measure:* the whole bill, people included, for the same traffic. Check the last one: 20 dollars for 10,000
# orders are 0.2 cents an order. How many GB-seconds does that buy?

# %% id="cost-check"
gb_seconds = 0.002 / 0.0000166667
print(f"{gb_seconds:.0f} GB-seconds: {gb_seconds:.0f} s at 1,024 MB, for each order")
assert round(gb_seconds) == 120

# %% [markdown] id="cost-check-note"
# Two minutes of a 1 GB function for one order: generous. The quote may well be true. It also shows why dollars *for
# each order* is the number to ask for.

# %% [markdown] id="finish-why"
# ## Clean up
#
# The last cell takes away what this page made, and proves it.

# %% id="finish" tags=["measured"]
done = lab.finish()
assert done.clean, done.text
done

# %% [markdown] id="then-and-now"
# ## Then and now
#
# | then (2018-2019) | today | since | source |
# | --- | --- | --- | --- |
# | **talk**: no payment for idle | holds; Init, once free for such functions, is billed | 1 Aug 2025 | AWS Compute Blog, 29 Apr 2025 |
# | **talk**: Aurora Serverless | version 1 has ended; version 2 can pause at 0 | 31 Mar 2025 | copy of AWS's documentation of 13 Apr 2026; API model of 17 Nov 2026 |
# | billed by 100 ms | by 1 ms | 1 Dec 2020 | AWS News Blog, 1 Dec 2020 |
# | scaling: a burst for each Region, then 500 more a minute | 1,000 environments every 10 s for each function | – | guide of 19 Aug 2019; Lambda documentation, *scaling behavior* |
# | functions end after 15 minutes | a durable function may last a year | 2 Dec 2025 | API model of 17 Nov 2026 |
# | containers mean Fargate or a cluster | a function may be a container image of 10 GB | 1 Dec 2020 | Lambda quotas, mid 2026 |

# %% [markdown] id="questions"
# ## Questions
#
# Choose an answer; it opens, and tells you.
#
# **1. Which of these is accidental complexity of an order service?**
#
# <details><summary>A mug costs 12.50 dollars.</summary>
# No: that is the business itself. It stands in `orders.py`, on both sides.</details>
# <details><summary>At most 50 orders may wait; the 51st gets a 503.</summary>
# Yes: no customer asked for it. The machine does.</details>
# <details><summary>An order of 0 mugs is refused.</summary>
# No: it is a rule of the shop.</details>
#
# **2. Your function was not called for a month. Its log group holds 2 GB. What does the month cost?**
#
# <details><summary>Nothing.</summary>
# The function costs nothing. The stored log does: idle functions are free, stored gigabytes are not.</details>
# <details><summary>The storage of the log, and nothing for the function.</summary>
# Yes. Lesson 02 asks whose duty it is to set how long logs are kept.</details>
#
# **3. Two services have the same number of requests a month. One is steady, one comes in three short bursts a day.
# Where does the shape change the bill?**
#
# <details><summary>On Lambda.</summary>
# No: it is billed by requests and time. The model says the same for both shapes, to the cent.</details>
# <details><summary>On servers that are sized for the peak.</summary>
# Yes: the burst decides how many there are, and all of them are paid all day.</details>
#
# **4. A steady 100 requests a second, day and night, each 50 ms at 512 MB. Lambda, or small servers?**
#
# <details><summary>Lambda: serverless is always cheaper.</summary>
# Not here. Far above the break-even, servers cost a fraction. Look at the lines in the widget.</details>
# <details><summary>Servers are cheaper to rent. Whether they are cheaper to have depends on who runs them.</summary>
# Yes. The model knows rent, and no people.</details>

# %% [markdown] id="summary"
# ## To keep
#
# 1. Essential complexity stays; accidental complexity can be handed over, and is then somebody else's work.
# 2. Count it: what left your code, and what became configuration?
# 3. One environment handles one event at a time; more events at once mean more environments.
# 4. The bill of a function: **requests × fee + GB × billed seconds × rate**. Idle adds nothing.
# 5. The bill of servers: **number for the peak × hours × price**. Idle costs as much as work.
# 6. **Break-even, steady: 2 × hourly price × 730 / (dollars a request × 2,628,000)** requests a second.
# 7. Traffic with high peaks and quiet hours speaks for functions; steady traffic speaks for servers.
# 8. Not everything called serverless is free when idle. Ask what you pay when nobody comes.
# 9. A quote without a base is a claim. Ask what one would measure.
# 10. People are the cost that no price list has.
#
# **Three questions that an interviewer might ask.** When would you *not* use Lambda? What is the difference between
# scaling to zero and costing zero? Your bill doubled while traffic stayed the same: what do you look at first?

# %% [markdown] id="read"
# ## What to read
#
# - Fred Brooks, *No Silver Bullet: Essence and Accidents of Software Engineering* (1986).
# - [AWS Lambda pricing](https://aws.amazon.com/lambda/pricing/) and
#   [Fargate pricing](https://aws.amazon.com/fargate/pricing/).
# - [Understanding Lambda function scaling](https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html),
#   Lambda Developer Guide.
#
# ## Next
#
# Do [lab 01](../labs/01-why-serverless/lab.ipynb): measure a shop's function, and decide where it should run.
