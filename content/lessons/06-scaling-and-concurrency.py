# %% [markdown] id="title"
# # Scaling and concurrency
#
# **After this lesson, in 30 minutes, you will be able to**
#
# - name the three ways to invoke a function, and say who waits and who tries again in each (7 minutes);
# - work out how many environments a load needs, and which limit stops it (6 minutes);
# - protect a database that takes only a few connections (5 minutes);
# - stop a function, and say what becomes of its work (3 minutes);
# - choose a time-out from what was measured (4 minutes);
# - book each event once, although it comes twice (5 minutes).

# %% id="lab" tags=["measured"]
from serverless_course import Lab

lab = Lab("06-scaling-and-concurrency")
lam, logs, iam = lab.client("lambda"), lab.client("logs"), lab.client("iam")
dynamodb, sqs, sns = lab.client("dynamodb"), lab.client("sqs"), lab.client("sns")

# %% [markdown] id="helpers-why"
# This page needs one table, some rights for its role, and a helper that deploys a text as a function. The table has a
# **stream**: DynamoDB tells it of each change. (The cell takes a few seconds.)

# %% id="table" tags=["measured"]
from contextlib import suppress

table = lab.name("orders", kind="dynamodb:table")
with suppress(dynamodb.exceptions.ResourceInUseException):  # It is there already.
    dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )
waiting = {"Delay": 1, "MaxAttempts": 120}
dynamodb.get_waiter("table_exists").wait(TableName=table, WaiterConfig=waiting)
stream_arn = dynamodb.describe_table(TableName=table)["Table"]["LatestStreamArn"]
assert stream_arn

# %% id="deploy-text" tags=["measured"]
import json
import time
from pathlib import Path
from tempfile import mkdtemp

from serverless_course.functions.deploy import deploy

rows = ("GetItem", "PutItem", "UpdateItem", "DeleteItem")
stream = ("DescribeStream", "GetShardIterator", "GetRecords", "ListStreams")
queues = ("SendMessage", "ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
statements = [
    {
        "Effect": "Allow",
        "Action": [f"{service}:{name}" for name in names],
        "Resource": f"arn:aws:{service}:*:*:*{lab.slug}*",
    }
    for service, names in {"dynamodb": rows + stream, "sqs": queues}.items()
]
policy = json.dumps({"Version": "2012-10-17", "Statement": statements})
allowed = iam.put_role_policy(
    RoleName=lab.role.rpartition("/")[2], PolicyName="orders", PolicyDocument=policy
)


# %% id="deploy-helper" tags=["measured"]
def deploy_text(short, text, timeout=10, **options):
    """Deploy one file of text as a function of 1,024 MB, without a reserved concurrency."""
    folder = Path(mkdtemp())
    (folder / "index.py").write_text(f"{text}\n# deployed at {time.time()}\n")
    function = deploy(
        lam,
        lab.name(short),
        folder,
        role=lab.role,
        runtime=lab.runtime,
        memory=1024,
        timeout=timeout,
        handler="index.handler",
        environment={"TABLE": table},
        options=options,
        permissions_spread=lab.cloud.kind == "aws",
    )
    lam.delete_function_concurrency(FunctionName=function.name)
    return function


assert deploy_text("empty", "def handler(event, context):\n    return {}").memory_mb == 1024

# %% [markdown] id="busy-why"
# One more helper. Most figures on this page are times, and a machine that is busy with something else changes them. For a
# synchronous invocation, the embedded cloud says how long the function waited for a CPU that it was promised. (AWS does
# not.) Where nobody waits for the function, `how_busy` asks the small function `probe` a few times. If most runs were
# disturbed, the title of the figure says so.

# %% id="busy" tags=["measured"]
from serverless_course.functions.disturbance import disturbance

probe = deploy_text("probe", "def handler(event, context):\n    return sum(range(1_000_000))")


def how_busy():
    """What the machine's other work does to figures now; "" for nothing."""
    return disturbance([lab.invoke(probe) for _ in range(5)])


assert lab.invoke(probe).ok, "The probe failed: run this cell again."
print(how_busy() or "This machine has time.")

# %% [markdown] id="three-models"
# ## Three ways to be invoked
#
# The talk's slide draws three models of execution:
#
# | model | the talk's examples | who waits | who tries again when the function fails |
# | --- | --- | --- | --- |
# | **synchronous** | API Gateway → function | the caller, until the answer | the caller, or nobody |
# | **asynchronous** | S3, SNS → function | nobody: Lambda keeps the event in a queue of its own | Lambda, twice: after 1 minute, then 2 |
# | **poll-based** | a stream or a queue → function | nobody: Lambda reads the source | Lambda reads it again: a queue's message after its *visibility timeout*, a stream's record until it works or is given up |
#
# Words do not show what that means. So we send **one order through four doors**: an HTTP API, an SNS topic, an SQS queue
# and a DynamoDB stream. The function counts its attempts at each order in the table. The **first attempt always fails**.

# %% id="order-text"
FIND_ORDER = """
import json, os, time
import boto3

orders = boto3.client("dynamodb")
PATHS = (                                          # Where each door puts the order's id.
    lambda event: json.loads(event["body"])["order"],
    lambda event: event["Records"][0]["Sns"]["Message"],
    lambda event: event["Records"][0]["body"],
    lambda event: event["Records"][0]["dynamodb"]["Keys"]["id"]["S"],
)

def order_in(event):
    for path in PATHS:
        try:
            return path(event)
        except (KeyError, TypeError):
            continue
"""

# %% id="order-handler-text"
COUNT_AND_FAIL_FIRST = """
def handler(event, context):
    began, order = time.time(), order_in(event)
    counted = orders.update_item(
        TableName=os.environ["TABLE"], Key={"id": {"S": f"attempts at {order}"}},
        UpdateExpression="ADD tries :one", ExpressionAttributeValues={":one": {"N": "1"}},
        ReturnValues="UPDATED_NEW")
    first = counted["Attributes"]["tries"]["N"] == "1"
    print(json.dumps({"order": order, "began": began, "ended": time.time(), "ok": not first}))
    if first:
        raise RuntimeError(f"the first attempt at {order} fails")
    return {"order": order}
"""

# %% [markdown] id="doors-why"
# The doors. An HTTP API and a topic *push*: they need a permission in the function's policy. A queue and a stream are
# *read*, by an **event source mapping** with the function's own role.
#
# The stream's mapping has a filter: the function writes its counts into the same table. Without the filter each count
# would invoke the function again, which counts again …: a loop that only your bill would notice.

# %% id="doors-push" tags=["measured"]
order = deploy_text("order", FIND_ORDER + COUNT_AND_FAIL_FIRST)
apis = lab.client("apigatewayv2")
for old in apis.get_apis()["Items"]:  # This cell may run again.
    if old["Name"] == lab.name("shop", kind="apigateway:http-api"):
        apis.delete_api(ApiId=old["ApiId"])
api = apis.create_api(
    Name=lab.name("shop", kind="apigateway:http-api"), ProtocolType="HTTP", Target=order.arn
)
topic = sns.create_topic(Name=lab.name("orders", kind="sns:topic"))["TopicArn"]
for service in ("apigateway", "sns"):
    with suppress(lam.exceptions.ResourceConflictException):  # It is allowed already.
        lam.add_permission(
            FunctionName=order.name,
            StatementId=service,
            Action="lambda:InvokeFunction",
            Principal=f"{service}.amazonaws.com",
        )
subscribed = sns.subscribe(TopicArn=topic, Protocol="lambda", Endpoint=order.arn)


# %% id="doors-poll" tags=["measured"]
def queue_of(short, seconds):
    """The URL and the ARN of a queue with this visibility timeout."""
    url = sqs.create_queue(QueueName=lab.name(short, kind="sqs:queue"))["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": str(seconds)})
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, found["Attributes"]["QueueArn"]


def mapping_of(function, source, **settings):
    """The event source mapping between a source and a function, made when there is none."""
    found = lam.list_event_source_mappings(EventSourceArn=source, FunctionName=function.name)
    if not found["EventSourceMappings"]:
        lam.create_event_source_mapping(
            EventSourceArn=source, FunctionName=function.name, BatchSize=1, **settings
        )

    def enabled():
        found = lam.list_event_source_mappings(EventSourceArn=source, FunctionName=function.name)
        return found["EventSourceMappings"][0]["State"] == "Enabled"

    return lab.wait_until("the mapping is enabled", enabled, minutes=30)


# %% id="doors-mappings" tags=["measured"]
queue_url, queue_arn = queue_of("orders", seconds=10)
mapping_of(order, queue_arn)
pattern = json.dumps({"dynamodb": {"Keys": {"id": {"S": [{"prefix": "order"}]}}}})
settings = {"StartingPosition": "LATEST", "FilterCriteria": {"Filters": [{"Pattern": pattern}]}}
assert mapping_of(order, stream_arn, MaximumRetryAttempts=5, **settings)

# %% [markdown] id="predict-why"
# **Predict:** one order through each of the four doors, and each first attempt fails. How many of the four are handled in
# the end?

# %% id="doors-predict" tags=["measured"]
my_guess = ...
lab.predict("orders handled in the end", count=my_guess)


# %% id="doors-send" tags=["measured"]
from serverless_course.functions.function_url import call_url

SENT = {
    "HTTP API": lambda id: call_url(api["ApiEndpoint"], {"order": id})[0],
    "SNS topic": lambda id: sns.publish(TopicArn=topic, Message=id),
    "SQS queue": lambda id: sqs.send_message(QueueUrl=queue_url, MessageBody=id),
    "stream": lambda id: dynamodb.put_item(TableName=table, Item={"id": {"S": id}}),
}
began_ms, sent = int(time.time() * 1000), {}
for number, (door, send) in enumerate(SENT.items()):
    id = f"order {number} of {began_ms}"
    at = time.time()
    answer = send(id)
    status = answer if isinstance(answer, int) else 200
    sent[door] = (id, at, (time.time() - at) * 1000, f"HTTP {status}")
busy = how_busy()
assert sent["HTTP API"][3] == "HTTP 500", sent["HTTP API"]


# %% [markdown] id="doors-wait-why"
# Now wait for the second attempts, and read the log. The minute before Lambda's first retry passes faster in the embedded
# cloud (the banner above says how much); the queue's 10 seconds are real.


# %% id="doors-wait" tags=["measured"]
def told(function, since_ms):
    """What the function printed as JSON since then; it has no log before it first ran."""
    lines = []
    with suppress(logs.exceptions.ResourceNotFoundException):
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=f"/aws/lambda/{function.name}", startTime=since_ms
        )
        lines = [event["message"] for page in pages for event in page["events"]]
    return [json.loads(line) for line in lines if line.startswith('{"order"')]


def tries_at(id):
    return sorted((t for t in told(order, began_ms) if t["order"] == id), key=lambda t: t["began"])


def all_handled():
    return all(len(tries_at(id)) >= 2 for door, (id, *_) in sent.items() if door != "HTTP API")


waited = lab.wait_until("three second attempts", all_handled, minutes=60)

# %% id="doors-drawn" tags=["measured"]
from serverless_course.figures.journeys import Attempt, Journey, journeys_picture

journeys = []
for door, (id, at, waited_ms, answer) in sent.items():
    attempts = [
        Attempt((t["began"] - at) * 1000, (t["ended"] - at) * 1000, t["ok"]) for t in tries_at(id)
    ]
    journeys.append(Journey(door, waited_ms, answer, attempts))
handled = sum(any(a.ok for a in journey.attempts) for journey in journeys)
print(lab.compare("orders handled in the end", count=handled))
journeys_picture(journeys, disturbance=busy or how_busy())

# %% [markdown] id="doors-note"
# Read it lane by lane. (The first to be sent, here the HTTP API, meets a cold start; others may, too.)
#
# - **HTTP API**: the caller waits for the function, gets a 500, and that is all. Trying again is *the caller's* work. An
#   HTTP API waits 30 seconds at most; then the caller gets a 503, and the function works on, billed, for nobody.
# - **SNS topic**: 200 means *accepted*, before the function has begun. It is Lambda that tries again, one AWS minute later.
# - **SQS queue**: accepted at once. After a failure the message is hidden until its visibility timeout has passed; then it
#   is read again, as often as the queue's *redrive policy* says (without one: until it is too old).
# - **Stream**: accepted at once. The record is tried again right away, and *all records behind it in the shard wait*.
#
# S3 and EventBridge take the asynchronous way too, Kinesis the way of the stream. Lesson 07 follows what still fails.

# %% [markdown] id="concurrency"
# ## Concurrency: rate times duration
#
# A function has one environment for each event that is *under way* (lesson 03). How many are that?
#
# > **environments = requests a second × seconds that each takes**
#
# That is Little's law. 100 requests a second of 200 ms need 20. The same 100 of 3 s need 300. **Making a function faster
# makes it smaller.** Four limits bound it:
#
# | limit | what it does | price |
# | --- | --- | --- |
# | **the account's**: 1,000 in a Region (new accounts begin lower; can be raised) | shared by all functions | – |
# | **reserved concurrency** of one function | *guarantees and caps*: nobody else can use it, and the function gets no more | none |
# | **provisioned concurrency** | so many environments are ready before the request comes (lesson 03) | by time |
# | **scaling rate**: 1,000 new environments every 10 seconds, for each function | bounds how fast, not how many | – |
#
# A request beyond a limit is **throttled**: the synchronous caller gets 429, `TooManyRequestsException`; an asynchronous
# event waits in Lambda's queue; a poller tries its batch again. (Lambda Developer Guide, read in 2026.)
#
# This is a **model** of these rules. Try: raise the account's limit to 3,000. Then make the function five times faster
# instead. Which 1,000 environments were cheaper?

# %% id="planner" tags=["measured"]
from serverless_course.figures.concurrency_planner import concurrency_planner

planner = concurrency_planner()
assert planner.chosen().needed > 0
planner

# %% [markdown] id="burst-why"
# ## A burst, live
#
# Now with a real function: each event takes half a second, and 12 come in each second, for 3 seconds. Reserved concurrency
# is 4.
#
# **Predict:** how many of the 36 are throttled?

# %% id="burst-predict" tags=["measured"]
my_guess = ...
lab.predict("throttled of 36", count=my_guess)

# %% id="burst-run" tags=["measured"]
SLOW = "import time\ndef handler(event, context):\n    time.sleep(0.5)\n"
slow = deploy_text("slow", SLOW)
lam.put_function_concurrency(FunctionName=slow.name, ReservedConcurrentExecutions=4)
burst_ms = time.time() * 1000
calls = lab.load(slow, per_second=12, seconds=3)
refused = [burst_ms + 1000 * c.at_s for c in calls if c.error == "TooManyRequestsException"]
lab.compare("throttled of 36", count=len(refused))


# %% id="burst-lanes" tags=["measured"]
from serverless_course.figures.environment_lanes import environment_lanes


def burst_events():
    """The log of the burst, when all of its reports are there."""
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=f"/aws/lambda/{slow.name}", startTime=int(burst_ms)
    )
    events = [event for page in pages for event in page["events"]]
    reports = sum(event["message"].startswith("REPORT") for event in events)
    return events if reports >= len(calls) - len(refused) else None


found = lab.wait_until("all reports", burst_events, minutes=30)
environment_lanes(found, throttles=refused, disturbance=disturbance(calls))

# %% [markdown] id="burst-note"
# 12 a second × 0.5 s = 6 environments, and the function may have 4. These finish 8 a second at best, so a third or more
# is refused: more, because the first event of each environment also waits for Init. The load does not slow down
# when it is refused: it is an **open loop**, as customers are.

# %% [markdown] id="database"
# ## Protecting a database
#
# The talk: limit concurrency, *“important when the function accesses resources such as RDS”*. A function scales to
# thousands; a small database takes perhaps a hundred connections.
#
# Here is a “database” that takes **5**. **What is real?** No SQL runs. It is a counter in DynamoDB: to open a connection,
# one conditional write adds 1 *if fewer than 5 are open*; to close it, another takes 1 away. DynamoDB decides each write
# alone, so the 6th really is refused, here as on AWS.

# %% id="till-text"
DATABASE = """
import os, time
import boto3

database = boto3.client("dynamodb")
ROW = {"TableName": os.environ["TABLE"], "Key": {"id": {"S": "connections"}}}

class TooManyConnections(Exception):
    pass

def change(by, condition=None):
    values = {":by": {"N": str(by)}} | ({":most": {"N": "5"}} if condition else {})
    more = {"ConditionExpression": condition} if condition else {}
    database.update_item(**ROW, UpdateExpression="ADD in_use :by",
                         ExpressionAttributeValues=values, **more)
"""

# %% id="till-handler-text"
QUERY = """
def handler(event, context):
    if event.get("warm"):                          # Starts an environment, asks for nothing.
        return time.sleep(1)
    try:
        change(1, "attribute_not_exists(in_use) OR in_use < :most")
    except database.exceptions.ConditionalCheckFailedException:
        raise TooManyConnections("5 of 5 connections are in use") from None
    try:
        time.sleep(0.8)                            # The query.
    finally:
        change(-1)
"""

# %% [markdown] id="database-why"
# 10 requests a second, 0.8 s each: 8 connections are wanted. First without a limit, then with a reserved concurrency of
# 5. (Before that, the cell starts 10 environments: cold starts are not what we look at here. It takes about 15 seconds.)

# %% id="database-run" tags=["measured"]
from concurrent.futures import ThreadPoolExecutor


def ask_till():
    """20 requests, 10 a second; at first, no connection is open."""
    dynamodb.delete_item(TableName=table, Key={"id": {"S": "connections"}})
    return lab.load(till, {}, per_second=10, seconds=2)


till = deploy_text("till", DATABASE + QUERY, timeout=50)
with ThreadPoolExecutor(10) as at_once:
    list(at_once.map(lambda _: lab.invoke(till, {"warm": True}), range(10)))
asked = {"no limit": ask_till()}
lam.put_function_concurrency(FunctionName=till.name, ReservedConcurrentExecutions=5)
asked["reserved concurrency 5"] = ask_till()
assert all(len(calls) == 20 for calls in asked.values())

# %% id="database-table" tags=["measured"]
import pandas as pd

from serverless_course.figures.titled_table import titled

went = {name: [call.error or "served" for call in calls] for name, calls in asked.items()}
counted = pd.DataFrame({name: pd.Series(words).value_counts() for name, words in went.items()})
busy = disturbance([call for calls in asked.values() for call in calls])
if "TooManyConnections" not in went["no limit"]:
    busy = busy or "The till was asked too slowly: run the cell above again"
assert "TooManyConnections" not in went["reserved concurrency 5"], "Run the cell above again."
table_of_till = counted.T.fillna(0).astype(int)
titled(table_of_till, busy) if busy else table_of_till

# %% [markdown] id="database-note"
# With the cap the database refuses nobody: no more than 5 functions run at once. But the customers are not better off:
# Lambda refuses them instead (429). **A cap protects the database, not the customer.** For that, let the work wait. Put a
# queue in front, and bound its poller with *maximum concurrency* (since 12 January 2023):

# %% id="database-queue" tags=["measured"]
jobs_url, jobs_arn = queue_of("jobs", seconds=60)  # Not less than the function's 50 s.
mapping_of(till, jobs_arn, ScalingConfig={"MaximumConcurrency": 5})
jobs_ms = int(time.time() * 1000)
for number in range(40):
    sqs.send_message(QueueUrl=jobs_url, MessageBody=f"job {number}")


def queue_empty(url=jobs_url):
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return all(int(found[name]) == 0 for name in names)


lab.wait_until("all 40 jobs are done", queue_empty, minutes=240)
refusals = logs.filter_log_events(
    logGroupName=f"/aws/lambda/{till.name}",
    startTime=jobs_ms,
    filterPattern="TooManyConnections",
)["events"]
print(f"40 jobs in {time.time() - jobs_ms / 1000:.1f} s, refused connections: {len(refusals)}")
assert not refusals, "A connection was refused: run this cell again."

# %% [markdown] id="database-today"
# All 40, none refused, only later. The rule: **reserved concurrency at least the sum of the mappings' maximum
# concurrency**, and 5 or more, or the poller itself meets throttles. A cap on the queue also leaves room for others.
#
# Today's usual answer for SQL databases is **RDS Proxy** (announced on 3 December 2019, after the talk): it holds a pool
# of connections and shares them among environments. The embedded cloud does not simulate it.
#
# One more trap: a function that is *killed* between opening and closing (a time-out, too much memory) leaves its
# connection open. Real databases end idle connections after some time; ours would not.

# %% [markdown] id="kill-switch"
# ## The kill switch
#
# The talk: *“kill switch: set the function's concurrency to 0”*. It acts at once, and needs no deployment. What becomes of
# the work that arrives meanwhile? Three senders: a caller, an event, a message.

# %% id="kill-off" tags=["measured"]
STEADY = "def handler(event, context):\n    print('worked on', event)\n"
held_url, held_arn = queue_of("held", seconds=10)
dead_url, dead_arn = queue_of("dead", seconds=0)
steady = deploy_text("steady", STEADY, DeadLetterConfig={"TargetArn": dead_arn})
mapping_of(steady, held_arn)
off_ms = int(time.time() * 1000)
lam.put_function_concurrency(FunctionName=steady.name, ReservedConcurrentExecutions=0)
try:
    lam.invoke(FunctionName=steady.name, Payload="{}")
    raise AssertionError("It ran: run this cell again.")
except lam.exceptions.TooManyRequestsException as refused:
    print("the caller:", refused.response["Error"]["Code"], refused.response.get("Reason"))
event = lam.invoke(FunctionName=steady.name, InvocationType="Event", Payload='"the event"')
print("the event:", event["StatusCode"])
message = sqs.send_message(QueueUrl=held_url, MessageBody=f"sent at {off_ms}")


# %% id="kill-meanwhile" tags=["measured"]
def dead_letter():
    asked = {"MaxNumberOfMessages": 10, "MessageAttributeNames": ["All"], "VisibilityTimeout": 0}
    letters = sqs.receive_message(QueueUrl=dead_url, **asked).get("Messages", [])
    ids = [letter["MessageAttributes"]["RequestID"]["StringValue"] for letter in letters]
    return event["ResponseMetadata"]["RequestId"] in ids


lab.wait_until("the event is a dead letter", dead_letter, minutes=30)
print("the event is in the dead-letter queue; the message still waits:", not queue_empty(held_url))
lam.delete_function_concurrency(FunctionName=steady.name)
lab.wait_until("the message is handled", lambda: queue_empty(held_url), minutes=60)
lines = logs.filter_log_events(
    logGroupName=f"/aws/lambda/{steady.name}", startTime=off_ms, filterPattern='"worked on"'
)["events"]
assert not any("the event" in line["message"] for line in lines), "The event ran, too."
print("back at work: the message is handled, and the event is not")

# %% [markdown] id="kill-note"
# | sender | meanwhile | afterwards |
# | --- | --- | --- |
# | synchronous caller | 429 | may call again |
# | asynchronous event | **202**, then at once to the dead-letter queue or the failure destination; without one it is lost | you send it again |
# | message in a queue | stays there, or comes back | is handled, if it is not too old by then, and if it was not received too often |
#
# The last *if* matters. Each time that a throttled message comes back, that counts as one more receive. A small
# `maxReceiveCount` moves healthy messages into the queue's dead-letter queue while the switch is off; AWS advises **5 or
# more**. To stop a queue's function without that, disable its *mapping* instead.

# %% [markdown] id="timeouts"
# ## Time-outs from a measurement
#
# The talk: *“always configure the function's time-out correctly”*. What is correct? Too long: a hanging partner costs you
# the whole time-out, and holds an environment. Too short: you kill work that would have been done, and pay for it too.
#
# So measure. This function asks a partner 50 times. **The partner is a model**: it waits for a random time with a long
# tail, as real services do. The waits are real, and measured.

# %% id="timeout-measure" tags=["measured"]
PARTNER = """
import random, time

def handler(event, context):
    times = []
    for _ in range(50):
        began = time.perf_counter()
        time.sleep(0.008 * random.lognormvariate(0, 0.9))
        times.append((time.perf_counter() - began) * 1000)
    return times
"""
partner = deploy_text("partner", PARTNER, timeout=30)
with ThreadPoolExecutor(4) as at_once:
    runs = list(at_once.map(lambda _: lab.invoke(partner), range(24)))
assert all(run.ok for run in runs), runs[0].payload
times = sorted(ms for run in runs for ms in run.payload)
len(times)

# %% id="timeout-drawn" tags=["measured"]
import math

from serverless_course.figures.latency_histogram import latency_histogram


def percentile(part):
    """The nearest rank: the smallest value that this part of all values does not exceed."""
    return times[math.ceil(part * len(times)) - 1]


shown = {f"p{100 * part:g}": round(percentile(part)) for part in (0.5, 0.99, 0.995, 0.999)}
print(shown, "ms, longest:", round(times[-1]))
assert list(shown.values()) == sorted(shown.values())
latency_histogram(times, what="the partner's answer", disturbance=disturbance(runs))

# %% [markdown] id="timeout-note"
# A time-out of the *median* would kill half of all calls. One at **p99.9** kills one call in a thousand; for that you need
# a thousand values at least, and they must contain a bad hour. Then:
#
# - **Give the call to the partner a time-out of its own**, at about p99.9, and less than the function's: then your code
#   can still answer, log and clean up. boto3: `Config(read_timeout=…, retries={"total_max_attempts": 2})`.
# - **The function's time-out**: above all its calls together, with retries and a cold start.
# - **The door's**: an HTTP API ends after 30 s; the queue's visibility timeout should be 6 times the function's time-out.
# - **A retry is load.** If one call in a hundred times out and is retried, the load grows by 1 %. If the partner is down
#   and everybody tries three times, it triples, at the worst moment.
#
# What a long time-out costs when the partner hangs: 10 requests a second for one hour, 512 MB.

# %% id="timeout-money"
requests, gb, dollars_gb_second = 10 * 3600, 0.5, 0.0000166667
for seconds in (3, 30, 900):
    dollars = requests * seconds * gb * dollars_gb_second
    print(f"time-out {seconds:3} s: {dollars:8.2f} dollars, {10 * seconds:,} environments")
assert round(requests * 3 * gb * dollars_gb_second, 2) == 0.9

# %% [markdown] id="timeout-money-note"
# (Price in us-east-1, without free tier and without the price of requests; price list of 22 September 2026.) With 900 s
# the money is not the worst: 9,000 environments are far beyond the account's 1,000, so **every other function in the
# Region is throttled, too**. Reserved concurrency would have kept the damage to one.

# %% [markdown] id="idempotency"
# ## Duplicates happen
#
# Asynchronous events and queues deliver **at least once**. *At least* is not a figure of speech. Two ways in which your
# function gets an event twice:
#
# 1. It did the work, and failed *after* it (a time-out, an error in the last line). The event is tried again.
# 2. It takes longer than the queue's visibility timeout. The message shows up again while the first attempt still works.
#
# AWS refuses a mapping when the function's time-out is above the visibility timeout. But nobody stops you from changing
# the queue later. That is what we do. First a naive function. It *books* by adding 1 to a count, and takes 3 seconds.

# %% id="naive-text"
NAIVE = """
import json, os, time
import boto3

books = boto3.client("dynamodb")

def book(order):
    books.update_item(
        TableName=os.environ["TABLE"], Key={"id": {"S": f"booked {order}"}},
        UpdateExpression="ADD times :one", ExpressionAttributeValues={":one": {"N": "1"}})
    return {"booked": order}

def handler(event, context):
    from_queue = "Records" in event
    order = event["Records"][0]["body"] if from_queue else event["order"]
    print(json.dumps({"order": order}))
    book(order)
    if from_queue:
        time.sleep(3)                              # Slower than the queue's patience.
    elif event["fails"]:
        raise RuntimeError("booked, and failed after it")
"""


# %% id="all-ended" tags=["measured"]
def all_ended(function):
    """Whether each attempt that began has its report: doubles outlive their message."""
    group = f"/aws/lambda/{function.name}"
    pages = list(logs.get_paginator("filter_log_events").paginate(logGroupName=group))
    words = [event["message"].split(" ")[0] for page in pages for event in page["events"]]
    return words.count("START") == words.count("REPORT")


assert all_ended(order), "An attempt is under way: run this cell again."


# %% id="doubles-send" tags=["measured"]
def send_doubles(function):
    """One event that fails after its booking, one message that is slower than its queue."""
    url, arn = queue_of(function.name.rpartition("-")[2], seconds=30)
    mapping_of(function, arn)
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "1"})
    now = int(time.time() * 1000)
    event, message = f"event {now}", f"message {now}"
    payload = json.dumps({"order": event, "fails": True})
    lam.invoke(FunctionName=function.name, InvocationType="Event", Payload=payload)
    sqs.send_message(QueueUrl=url, MessageBody=message)

    def twice():
        got = [t["order"] for t in told(function, now)]
        return got.count(event) >= 3 and got.count(message) >= 2

    lab.wait_until("the event's three attempts, the message's two", twice, minutes=60)
    lab.wait_until("the queue is empty", lambda: queue_empty(url), minutes=60)
    lab.wait_until("no attempt is under way", lambda: all_ended(function), minutes=60)
    return event, message


def booked(order):
    row = dynamodb.get_item(TableName=table, Key={"id": {"S": f"booked {order}"}})
    return int(row["Item"]["times"]["N"])


# %% id="doubles-naive" tags=["measured"]
naive = deploy_text("naive", NAIVE)
event, message = send_doubles(naive)
times_booked = {"event": booked(event), "message": booked(message)}
assert min(times_booked.values()) >= 2, times_booked
times_booked

# %% [markdown] id="powertools-why"
# ## Idempotency
#
# A function is **idempotent** when a second call with the same input changes nothing more. AWS's library **Powertools for
# AWS Lambda** has it ready: before the work it writes a record with the input's key into a table, *on condition that
# there is none*; after the work it keeps the result there. Who comes later gets the kept result. Who comes *meanwhile*
# gets an error, and its message comes again.
#
# Three decisions are yours:
#
# - **the key**: what makes two events *the same*? The order's id. A message's id would not do: a sender who sends twice
#   makes two messages.
# - **what is wrapped**: if the wrapped code raises, Powertools deletes the record, so that a retry can work. So wrap **the
#   effect**, and not the whole handler with all that may fail after it.
# - **how long**: records live for an hour unless you say otherwise. It should be longer than the source may retry: 6 hours
#   for asynchronous events, 4 days (the default) for messages in a queue.

# %% id="once-text"
ONCE = NAIVE.replace(
    "def book(order):",
    """from aws_lambda_powertools.utilities.idempotency import (
    DynamoDBPersistenceLayer, IdempotencyConfig, idempotent_function)

kept = DynamoDBPersistenceLayer(table_name=os.environ["TABLE"])
config = IdempotencyConfig(expires_after_seconds=4 * 24 * 3600)

@idempotent_function(data_keyword_argument="order", persistence_store=kept, config=config)
def book(order):""",
).replace(
    "    book(order)\n",
    "    config.register_lambda_context(context)\n    book(order=order)\n",
)
assert ONCE.count("order=order") == 1

# %% id="doubles-once" tags=["measured"]
powertools = lab.layer("powertools", distributions=["aws-lambda-powertools"])
once = deploy_text("once", ONCE, Layers=[powertools])
event, message = send_doubles(once)
times_booked = {"event": booked(event), "message": booked(message)}
assert times_booked == {"event": 1, "message": 1}, times_booked
times_booked

# %% [markdown] id="powertools-note"
# Both arrived twice again, and each is booked **once**. What it costs: two more writes for each event, and a read for each
# double. What it cannot do: if the function is killed *between* the booking and the second write, nobody knows whether it
# was booked. Powertools lets the record of such an attempt end with the function's time-out, so the event is tried again:
# at least once, again. To be quite sure, put booking and key into *one* conditional write, where the database allows it.

# %% [markdown] id="new-sources"
# ## New event sources, and longer functions
#
# The talk listed as new: functions of 15 minutes, SQS as a source, load balancers in front of functions, and Kinesis'
# enhanced fan-out over HTTP/2. All of them still hold. What came after:
#
# | then (2018-2019) | today | since |
# | --- | --- | --- |
# | **talk**: functions of 15 minutes | holds; *durable functions* run for up to 366 days in steps | 2 December 2025 |
# | **talk**: SQS | FIFO queues, too | 18 November 2019 |
# | batches of 10 | up to 10,000, with a batching window, for standard queues | – |
# | no bound for a queue's poller | maximum concurrency, 2 to 1,000 | 12 January 2023 |
# | **talk**: a load balancer, API Gateway | function URLs, HTTP APIs | 6 April 2022, 2020 |
# | retries: always two | 0 to 2, and a maximum age | 25 November 2019 |
#
# (AWS's release notes and API models; fact sheet of this course, November 2026.)

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
# | then (2018-2019) | today | source |
# | --- | --- | --- |
# | **talk**: limit a function's concurrency, for RDS and the like | holds; RDS Proxy and a queue's maximum concurrency beside it | Lambda Developer Guide, 2026 |
# | **talk**: kill switch, concurrency 0 | holds | the same |
# | a burst of 500 to 3,000 at once by Region, then 500 more a minute, for *all* functions together | 1,000 every 10 seconds, for *each* function | guides of 2019 and of 2026 |
# | 1,000 at once in a Region | the same; new accounts begin lower | Lambda quotas, 2026 |
# | a queue's poller: 5 batches, then 60 more a minute, up to 1,000 | 5, then 300 more a minute, up to 1,250 | guides of 2019 and of 2026 |
# | an asynchronous event of 256 KB | 1 MB | AWS Compute Blog, 29 January 2026 |

# %% [markdown] id="questions"
# ## Questions
#
# Choose an answer; it opens, and tells you.
#
# **1. 200 requests a second, 50 ms each. How many environments work at once?**
#
# <details><summary>10 by Little's law; Lambda counts 20.</summary>
# Yes. An environment counts for 10 requests a second at most, so 200 a second need a concurrency of 20.</details>
# <details><summary>200.</summary>
# No: each is done after 50 ms, and the same environment takes the next one.</details>
#
# **2. Reserved concurrency of function A is 100. What does it do to function B?**
#
# <details><summary>Nothing.</summary>
# No: the account's limit is shared. B and all others have 100 fewer, whether A uses them or not.</details>
# <details><summary>It takes 100 away from what B and all others share.</summary>
# Yes. At least 100 must stay unreserved.</details>
#
# **3. A caller of an HTTP API gets a 500. Will Lambda try again?**
#
# <details><summary>Yes, twice.</summary>
# No, that is for asynchronous events.</details>
# <details><summary>No. The caller must, and then the function should be idempotent.</summary>
# Yes: the caller cannot know whether the work was done.</details>
#
# **4. Which key makes a payment idempotent?**
#
# <details><summary>The message's id.</summary>
# It changes when the sender sends again.</details>
# <details><summary>An id of the payment that the sender chose.</summary>
# Yes. It stays the same for each try.</details>

# %% [markdown] id="summary"
# ## To keep
#
# 1. **Concurrency = requests a second × seconds each takes.**
# 2. Synchronous: the caller waits, and tries again. Asynchronous: Lambda does, twice. Poll-based: the source is read again.
# 3. A record that fails in a stream stops those behind it. A message in a standard queue stops nobody.
# 4. Reserved concurrency guarantees and caps, and is free. Provisioned is ready, and costs.
# 5. A function may add 1,000 environments every 10 seconds.
# 6. A cap protects the database; a queue in front protects the customer, too.
# 7. The kill switch: **`aws lambda put-function-concurrency --function-name NAME --reserved-concurrent-executions 0`**.
#    Asynchronous events do not survive it without a dead-letter queue.
# 8. A time-out comes from a measurement: p99.9, for each call, below the function's.
# 9. Duplicates happen: expect each event twice.
# 10. Wrap the effect, choose the business's own key, keep it longer than the source retries.
#
# **Go further** (without a check): put a FIFO queue before the till, and count environments by message group. Or give the
# HTTP API a function that takes 31 seconds, and look at what the caller gets and what you pay.
#
# **Three questions that an interviewer might ask.** Your function gets 429s at 300 of 1,000 environments: why? A queue's
# function runs twice for one message: name two reasons. Who should try again, the client, the queue or the function?

# %% [markdown] id="read"
# ## What to read
#
# - [Understanding Lambda function scaling](https://docs.aws.amazon.com/lambda/latest/dg/lambda-concurrency.html), Lambda
#   Developer Guide.
# - [Using Lambda with Amazon SQS](https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html).
# - [Idempotency](https://docs.aws.amazon.com/powertools/python/latest/utilities/idempotency/), Powertools for AWS Lambda
#   (Python).
#
# ## Next
#
# Do [lab 06](../labs/06-scaling-and-concurrency/lab.ipynb): five connections, and a bakery on television. Then
# [lesson 07](07-failures-and-dlq.ipynb) follows what fails in the end: retries, dead letters, destinations.
