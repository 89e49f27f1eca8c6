# %% [markdown] id="title"
# # Lab 07: the shop that loses orders
#
# The shop's web page invokes a function for each order, **asynchronously**: the customer need not wait.
# Since the new web page went live, customers write that their orders never arrive. Nobody sees an error.
# You are asked to find the orders, all of them.
#
# The goal, in figures:
#
# | | now | then |
# | --- | --- | --- |
# | orders that are booked, of 24 sent | fewer than 24 | **24** |
# | orders lost without a trace | some | **0** |
# | parcels packed more than once | some | **0** |
#
# 30 to 40 minutes. On the embedded cloud it costs nothing. On your own AWS account, well under a cent
# (some hundred requests; the free tier is not counted), and more patience: there a retry takes minutes.
#
# Read [lesson 07](../../notebooks/07-failures-and-dlq.ipynb) first, if you have not.

# %% id="lab" tags=["measured"]
from serverless_course import Lab

lab = Lab("07-failures-and-dlq")

# %% [markdown] id="shop-why"
# ## The shop
#
# [functions/orders/index.py](functions/orders/index.py) works out what an order costs, and
# writes it into a DynamoDB table. Read it now; it is short. The next cells make the table, allow the
# lab's role to write to it, and deploy the function.

# %% id="shop"
import json
import time

lam, sqs, iam = lab.client("lambda"), lab.client("sqs"), lab.client("iam")
dynamodb = lab.client("dynamodb")

table = lab.name("orders-table", kind="dynamodb:table")
dynamodb.create_table(
    TableName=table,
    KeySchema=[{"AttributeName": "order", "KeyType": "HASH"}],
    AttributeDefinitions=[{"AttributeName": "order", "AttributeType": "N"}],
    BillingMode="PAY_PER_REQUEST",
)
dynamodb.get_waiter("table_exists").wait(TableName=table, WaiterConfig={"Delay": 1})
table_arn = dynamodb.describe_table(TableName=table)["Table"]["TableArn"]

# %% id="rights"
role_name = lab.role.rpartition("/")[2]


def allow(name, actions, resource):
    """Give the lab's role the right to some actions on one resource."""
    statement = {"Effect": "Allow", "Action": actions, "Resource": resource}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName=role_name, PolicyName=name, PolicyDocument=document)


allow("write-orders", ["dynamodb:PutItem", "dynamodb:UpdateItem"], table_arn)

# %% id="deploy" tags=["measured"]
orders = lab.deploy("orders", memory=1024, timeout=10, environment={"TABLE": table})
state = lam.get_function_configuration(FunctionName=orders.name)["State"]
assert state == "Active"

# %% [markdown] id="send-why"
# ## A day's orders
#
# Here are the orders of a day, as the web page sends them: one after the other, each with
# `InvocationType="Event"`. The page gets a 202 for each, shows *thank you*, and forgets about it.

# %% id="day"
day = [
    {
        "order": number,
        "items": [{"cents": 450, "number": 1 + number % 3}],
        "coupon": None if number % 6 == 0 else {"percent": 10 * (number % 2)},
    }
    for number in range(1, 25)
]


def send(order):
    """Send an order as the web page does; returns the request id."""
    answer = lam.invoke(
        FunctionName=orders.name, InvocationType="Event", Payload=json.dumps(order)
    )
    return answer["ResponseMetadata"]["RequestId"]


def booked():
    """The numbers of the orders that are in the table."""
    pages = dynamodb.get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    return {int(i["order"]["N"]) for page in pages for i in page["Items"] if "cents" in i}


day[0]

# %% [markdown] id="predict-why"
# Predict first: how many of the 24 orders will be in the table at the end of the day?

# %% id="predict" tags=["measured"]
my_guess = ...
lab.predict("orders booked at the end of the day", count=my_guess)

# %% id="send" tags=["measured"]
request_ids = {}
for order in day:
    request_ids[order["order"]] = send(order)
    time.sleep(0.12)

lab.wait_until("20 orders are booked", lambda: len(booked()) >= 20)
lab.wait(minutes=4)
assert len(booked()) >= 20
lab.compare("orders booked at the end of the day", count=len(booked()))

# %% [markdown] id="lost"
# ## 1. Which orders are lost?
#
# We waited for four minutes of AWS's clock: more than enough for two retries. What is not in the
# table now will not come any more.
#
# **Your answer:** the numbers of the lost orders, as a list.

# %% id="lost-answer" role="answer" task="lost"
### BEGIN SOLUTION
lost = sorted({order["order"] for order in day} - booked())
### STARTER
# lost = ...
### END SOLUTION

# %% [markdown] id="lost-hint-1" role="hint" task="lost"
# You know which orders were sent: `day`. You know which are booked: `booked()`. What is the difference?

# %% [markdown] id="lost-hint-2" role="hint" task="lost"
# `{order["order"] for order in day}` is the set of the numbers sent. Sets can be subtracted.

# %% id="lost-wrong-booked" role="wrong" task="lost" name="the booked ones" says="is in the table"
lost = sorted(booked())

# %% id="lost-wrong-count" role="wrong" task="lost" name="how many" says="which orders, not how many"
lost = 24 - len(booked())

# %% id="lost-wrong-some" role="wrong" task="lost" name="only the first" says="more"
lost = [6]

# %% id="lost-check" role="check" task="lost" tags=["measured"]
lab.check("lost", answer=lost)

# %% [markdown] id="attempts"
# ## 2. How often did Lambda try?
#
# You have the request id of each order in `request_ids`. `lab.attempts` reads the log and
# gives the attempts at one event:

# %% id="attempts-look" tags=["measured"]
life = lab.attempts(orders, request_ids[6], at_least=3)
assert len(life) >= 1
life.plot()

# %% [markdown] id="attempts-task"
# **Your answer:** how many attempts were there at each lost order?

# %% id="attempts-answer" role="answer" task="attempts"
### BEGIN SOLUTION
number_of_attempts = len(lab.attempts(orders, request_ids[12], at_least=3))
### STARTER
# number_of_attempts = ...
### END SOLUTION

# %% [markdown] id="attempts-hint-1" role="hint" task="attempts"
# Count the points in the picture above. The first attempt counts, too.

# %% [markdown] id="attempts-hint-2" role="hint" task="attempts"
# `len(lab.attempts(orders, request_ids[12], at_least=3))` counts the attempts at order 12.

# %% id="attempts-wrong-retries" role="wrong" task="attempts" name="the retries alone" says="the first attempt"
number_of_attempts = 2

# %% id="attempts-wrong-one" role="wrong" task="attempts" name="once" says="tries again"
number_of_attempts = 1

# %% id="attempts-check" role="check" task="attempts" tags=["measured"]
lab.check("attempts", answer=number_of_attempts)

# %% [markdown] id="dlq"
# ## 3. Lose nothing from now on
#
# Give `orders` a dead-letter queue. The queue is here; what is missing is the rest.

# %% id="dlq-queue"
def make_queue(short, **attributes):
    """Make a queue of this lab; returns its URL and its ARN."""
    name = lab.name(short, kind="sqs:queue")
    url = sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    known = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return url, known["Attributes"]["QueueArn"]


dead_url, dead_arn = make_queue("dead-orders")

# %% [markdown] id="dlq-task"
# **Your task:** (a) allow the lab's role to send messages to this queue (`allow` from above), and (b)
# name the queue in the function's `DeadLetterConfig`. `lab.configure(orders, …)` calls
# `update_function_configuration` and waits until the change is in force.

# %% id="dlq-answer" role="answer" task="dlq"
### BEGIN SOLUTION
allow("dead-letters", "sqs:SendMessage", dead_arn)
lab.configure(orders, DeadLetterConfig={"TargetArn": dead_arn})
### STARTER
# # Allow the role to send, and set the function's DeadLetterConfig.
### END SOLUTION

# %% [markdown] id="dlq-hint-1" role="hint" task="dlq"
# `allow` takes a name of your choice, an action, and a resource. Lambda sends with the rights of the
# function's role; the action is called as in SQS's API: `sqs:` and the name of the call that sends.

# %% [markdown] id="dlq-hint-2" role="hint" task="dlq"
# `lab.configure(orders, DeadLetterConfig={"TargetArn": …})`: the target is an ARN, not a URL. You have
# it in `dead_arn`.

# %% id="dlq-wrong-redrive" role="wrong" task="dlq" name="a redrive policy on the queue" says="has no dead-letter target"
elsewhere_url, _ = make_queue("elsewhere")
redrive = json.dumps({"deadLetterTargetArn": dead_arn, "maxReceiveCount": 5})
sqs.set_queue_attributes(QueueUrl=elsewhere_url, Attributes={"RedrivePolicy": redrive})

# %% id="dlq-wrong-topic" role="wrong" task="dlq" name="a topic" says="is a topic"
topic_name = lab.name("dead-topic", kind="sns:topic")
topic_arn = lab.client("sns").create_topic(Name=topic_name)["TopicArn"]
allow("dead-letters", "sns:Publish", topic_arn)
lab.configure(orders, DeadLetterConfig={"TargetArn": topic_arn})

# %% id="dlq-check" role="check" task="dlq" tags=["measured"]
lab.check("dlq")

# %% [markdown] id="cause"
# ## 4. Why do they fail?
#
# The four orders are gone; but the shop's web page kept a copy. Send them again: now they will end in
# your queue. Three attempts take three minutes of AWS's clock.

# %% id="cause-send" tags=["measured"]
def letters():
    """The dead letters that are in the queue now. They stay in it."""
    found = {}
    for _ in range(8):
        answer = sqs.receive_message(
            QueueUrl=dead_url,
            MaxNumberOfMessages=10,
            MessageAttributeNames=["All"],
            VisibilityTimeout=0,
        )
        found |= {m["MessageId"]: m for m in answer.get("Messages", [])}
    return list(found.values())


has_dlq = "DeadLetterConfig" in lam.get_function_configuration(FunctionName=orders.name)
if has_dlq and not letters():
    for order in day:
        if order["order"] not in booked():
            send(order)
    lab.wait_until("4 dead letters are there", lambda: len(letters()) >= 4, minutes=6)
assert not has_dlq or len(letters()) >= 4 or len(booked()) > 20

# %% id="cause-look" tags=["measured"]
for letter in letters():
    said = {k: v["StringValue"] for k, v in letter["MessageAttributes"].items()}
    print(letter["Body"], said["ErrorCode"], said["ErrorMessage"])
assert all("RequestID" in letter["MessageAttributes"] for letter in letters())

# %% [markdown] id="cause-task"
# The error's message does not name the culprit. Compare the four bodies with orders that went well, and
# with [functions/orders/index.py](functions/orders/index.py).
#
# **Your answer:** a pair: the **field** of the event that breaks the function, and the **value** it has
# there.

# %% id="cause-answer" role="answer" task="cause"
### BEGIN SOLUTION
cause = ("coupon", None)
### STARTER
# cause = ...
### END SOLUTION

# %% [markdown] id="cause-hint-1" role="hint" task="cause"
# What do the four bodies have in common that `day[0]` has not?

# %% [markdown] id="cause-hint-2" role="hint" task="cause"
# JSON's `null` is Python's `None`. `None["percent"]` raises exactly this error.

# %% id="cause-wrong-code" role="wrong" task="cause" name="the error code" says="ErrorCode"
cause = ("ErrorCode", 200)

# %% id="cause-wrong-items" role="wrong" task="cause" name="the items" says="went well"
cause = ("items", [{"cents": 450, "number": 1}])

# %% id="cause-check" role="check" task="cause" tags=["measured"]
lab.check("cause", answer=cause)

# %% [markdown] id="mend"
# ## 5. Fix it, and bring the orders home
#
# [functions/orders_mended/index.py](functions/orders_mended/index.py) is a copy of the function, for you to fix.
#
# **Your task:** change that file, so that an order without a coupon is booked at its full price. Deploy it in
# place of the old one: `lab.deploy("orders", folder="orders_mended", …)`. Then **redrive**: send each dead
# letter's body to the function again, and delete the letter when that went well, and only then. (SQS's own redrive
# does not work here: Lambda filled this queue, not another SQS queue. SQS's API model of 17 November 2026.)

# %% id="mend-answer" role="answer" task="mend" changes="orders_mended"
### BEGIN SOLUTION
lab.deploy("orders", folder="orders_mended", memory=1024, environment={"TABLE": table})
for letter in letters():
    if lab.invoke(orders, json.loads(letter["Body"])).ok:
        sqs.delete_message(QueueUrl=dead_url, ReceiptHandle=letter["ReceiptHandle"])
### STARTER
# # Deploy the mended function here, and redrive the dead letters.
### END SOLUTION

# %% [markdown] id="mend-hint-1" role="hint" task="mend"
# In the file: `order.get("coupon") or {"percent": 0}` gives a coupon of 0 % where there is none.
# Then call `lab.deploy("orders", folder="orders_mended", …)` with the settings of the first time.

# %% [markdown] id="mend-hint-2" role="hint" task="mend"
# Loop over `letters()`. `lab.invoke(orders, json.loads(letter["Body"]))` waits for the answer; if it is
# `.ok`, call `sqs.delete_message` with `QueueUrl=dead_url` and the letter's `ReceiptHandle`.

# %% id="mend-wrong-swallow" role="wrong" task="mend" name="swallows the error" says="says that all is well"
from pathlib import Path

code = Path("functions/orders_mended/index.py").read_text()
swallowed = code.replace(
    "    cents = total(event)\n",
    "    try:\n        cents = total(event)\n    except TypeError:\n        return event\n",
)
Path("functions/orders_mended/index.py").write_text(swallowed)
lab.deploy("orders", folder="orders_mended", memory=1024, environment={"TABLE": table})
for letter in letters():
    lab.invoke(orders, json.loads(letter["Body"]))

# %% id="mend-wrong-one" role="wrong" task="mend" name="brings home only one" says="3 of the 24 orders"
from pathlib import Path

code = Path("functions/orders_mended/index.py").read_text()
code = code.replace('order["coupon"]["percent"]', '(order["coupon"] or {"percent": 0})["percent"]')
Path("functions/orders_mended/index.py").write_text(code)
lab.deploy("orders", folder="orders_mended", memory=1024, environment={"TABLE": table})
letter = letters()[0]
lab.invoke(orders, json.loads(letter["Body"]))
sqs.delete_message(QueueUrl=dead_url, ReceiptHandle=letter["ReceiptHandle"])

# %% id="mend-check" role="check" task="mend" tags=["measured"]
lab.check("mend")

# %% [markdown] id="partial"
# ## 6. One bad parcel, and nine good ones
#
# Booked orders go on to the packer, through an **SQS queue**. Here Lambda polls, and calls your function with a batch
# of up to ten messages. [functions/packer/index.py](functions/packer/index.py) packs them one
# after the other, and raises an error when one is too heavy.
#
# The queue has a dead-letter queue of its own: after three deliveries, SQS moves a message there. (AWS advises a
# `maxReceiveCount` of 5 or more, and a visibility time-out of six times the function's time-out plus the batching
# window: Lambda Developer Guide, read in 2026. We take 3, and 2 seconds, to save your time: SQS's visibility time-out
# is not scaled.)

# %% id="partial-queue"
bad_url, bad_arn = make_queue("bad-parcels")
redrive = json.dumps({"deadLetterTargetArn": bad_arn, "maxReceiveCount": 3})
parcels_url, parcels_arn = make_queue("parcels", VisibilityTimeout="2", RedrivePolicy=redrive)
reads = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
allow("read-parcels", reads, parcels_arn)

# %% id="partial-deploy" tags=["measured"]
packer = lab.deploy("packer", memory=1024, timeout=2, environment={"TABLE": table})
lab.name("packer", kind="lambda:event-source-mapping")
mapping = lam.create_event_source_mapping(
    FunctionName=packer.name,
    EventSourceArn=parcels_arn,
    BatchSize=10,
    MaximumBatchingWindowInSeconds=1,
)


def mapping_state():
    return lam.get_event_source_mapping(UUID=mapping["UUID"])["State"]


lab.wait_until("the mapping is enabled", lambda: mapping_state() == "Enabled", minutes=10)
assert mapping_state() == "Enabled"

# %% [markdown] id="partial-predict-why"
# We send ten parcels at once; the last one has 40 kg. Here they come in one batch. (On AWS a batch may be smaller than
# ten, though ten messages wait. If parcel 101 is not in the heavy one's batch there, it is packed once, and the cell
# below stops at its last check: that is no mistake of yours, go on.) Predict: how often will parcel 101, which is
# light, be packed?

# %% id="partial-predict" tags=["measured"]
my_guess = ...
lab.predict("parcel 101 is packed", times=my_guess)

# %% id="partial-send" tags=["measured"]
batch = [{"order": 101 + n, "kg": 40 if n == 9 else 3} for n in range(10)]
sqs.send_message_batch(
    QueueUrl=parcels_url,
    Entries=[{"Id": str(p["order"]), "MessageBody": json.dumps(p)} for p in batch],
)


def waiting_in(url):
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    known = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(known[name]) for name in names)


lab.wait_until("the queue is empty", lambda: waiting_in(parcels_url) == 0, minutes=30)
item = dynamodb.get_item(TableName=table, Key={"order": {"N": "101"}}, ConsistentRead=True)
times_packed = int(item["Item"]["packed"]["N"])
assert times_packed >= 2
lab.compare("parcel 101 is packed", times=times_packed)

# %% [markdown] id="partial-note"
# The function raised an error, so the whole batch came back: SQS delivered all ten again, and the good ones
# were packed again. And in the end, all ten went to the dead-letter queue. Nine good parcels!
#
# A **partial batch response** fixes that. The function says which messages failed, and Lambda deletes the
# others.
#
# **Your task:** (a) change [functions/packer_mended/index.py](functions/packer_mended/index.py) so that its
# handler returns `{"batchItemFailures": [{"itemIdentifier": messageId}, …]}` for the parcels that failed,
# and goes on with the next; deploy it in place of the old one. (b) Tell the mapping to look at that answer: `FunctionResponseTypes` with
# `ReportBatchItemFailures`. The check sends ten new parcels, one of them too heavy, and waits.

# %% id="partial-answer" role="answer" task="partial" changes="packer_mended"
### BEGIN SOLUTION
settings = {"memory": 1024, "timeout": 2, "environment": {"TABLE": table}}
lab.deploy("packer", folder="packer_mended", **settings)
lam.update_event_source_mapping(
    UUID=mapping["UUID"], FunctionResponseTypes=["ReportBatchItemFailures"]
)
lab.wait_until("the mapping is enabled", lambda: mapping_state() == "Enabled", minutes=10)
### STARTER
# # Deploy the changed packer here, and update the mapping.
### END SOLUTION

# %% [markdown] id="partial-hint-1" role="hint" task="partial"
# In the handler: begin with `failed = []`. Put `pack(…)` into `try:`, and in `except ValueError:` append
# `{"itemIdentifier": record["messageId"]}`. At the end, return the dictionary.

# %% [markdown] id="partial-hint-2" role="hint" task="partial"
# The mapping: `lam.update_event_source_mapping(UUID=mapping["UUID"], FunctionResponseTypes=[…])`. Then
# wait until `mapping_state()` is `Enabled`.

# %% id="partial-wrong-mapping" role="wrong" task="partial" name="the function alone" says="does not look at"
from pathlib import Path

code = Path("functions/packer_mended/index.py").read_text()
code = code.replace(
    '        pack(json.loads(record["body"]))\n',
    "        try:\n"
    '            pack(json.loads(record["body"]))\n'
    "        except ValueError:\n"
    '            return {"batchItemFailures": [{"itemIdentifier": record["messageId"]}]}\n',
)
Path("functions/packer_mended/index.py").write_text(code)
settings = {"memory": 1024, "timeout": 2, "environment": {"TABLE": table}}
lab.deploy("packer", folder="packer_mended", **settings)

# %% id="partial-wrong-all" role="wrong" task="partial" name="reports the whole batch" says="more than once"
from pathlib import Path

code = Path("functions/packer_mended/index.py").read_text()
code = code.replace(
    '    for record in event["Records"]:\n        pack(json.loads(record["body"]))\n',
    "    try:\n"
    '        for record in event["Records"]:\n'
    '            pack(json.loads(record["body"]))\n'
    "    except ValueError:\n"
    '        every = [{"itemIdentifier": r["messageId"]} for r in event["Records"]]\n'
    '        return {"batchItemFailures": every}\n',
)
Path("functions/packer_mended/index.py").write_text(code)
settings = {"memory": 1024, "timeout": 2, "environment": {"TABLE": table}}
lab.deploy("packer", folder="packer_mended", **settings)
lam.update_event_source_mapping(
    UUID=mapping["UUID"], FunctionResponseTypes=["ReportBatchItemFailures"]
)
lab.wait_until("the mapping is enabled", lambda: mapping_state() == "Enabled", minutes=10)

# %% id="partial-check" role="check" task="partial" tags=["measured"]
lab.check("partial")

# %% [markdown] id="record"
# ## 7. A destination tells more
#
# A dead letter has no stack trace, and it does not say how often Lambda tried. A destination does.
# Here is a queue for it, and an order that cannot be booked at all:

# %% id="record-queue"
failures_url, failures_arn = make_queue("failures")
allow("failure-records", "sqs:SendMessage", failures_arn)
broken = {"order": 900, "items": "three apples", "coupon": None}

# %% [markdown] id="record-task"
# **Your task:** set the event invoke configuration of `orders` (`put_function_event_invoke_config`) to **one retry**, and
# send failed events to `failures_arn`. Then send `broken`, wait for the record, and read it.
#
# **Your answer:** a dictionary with the record's `condition`, and how many `attempts` it counts.

# %% id="record-answer" role="answer" task="record"
### BEGIN SOLUTION
lam.put_function_event_invoke_config(
    FunctionName=orders.name,
    MaximumRetryAttempts=1,
    DestinationConfig={"OnFailure": {"Destination": failures_arn}},
)
send(broken)


def first_record():
    answer = sqs.receive_message(QueueUrl=failures_url, VisibilityTimeout=0)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


context = lab.wait_until("the record is there", first_record)[0]["requestContext"]
record = {"condition": context["condition"], "attempts": context["approximateInvokeCount"]}
### STARTER
# record = {"condition": ..., "attempts": ...}
### END SOLUTION

# %% [markdown] id="record-hint-1" role="hint" task="record"
# `lam.put_function_event_invoke_config` takes `FunctionName`, `MaximumRetryAttempts` and
# `DestinationConfig={"OnFailure": {"Destination": …}}`. Then `send(broken)`.

# %% [markdown] id="record-hint-2" role="hint" task="record"
# Receive from `failures_url`, and read the body as JSON. Both answers stand under `requestContext`: `condition`
# and `approximateInvokeCount`.

# %% id="record-wrong-retries" role="wrong" task="record" name="counts the retries" says="the first attempt"
lam.put_function_event_invoke_config(
    FunctionName=orders.name,
    MaximumRetryAttempts=1,
    DestinationConfig={"OnFailure": {"Destination": failures_arn}},
)
record = {"condition": "RetriesExhausted", "attempts": 1}

# %% id="record-wrong-default" role="wrong" task="record" name="keeps two retries" says="MaximumRetryAttempts"
lam.put_function_event_invoke_config(
    FunctionName=orders.name,
    DestinationConfig={"OnFailure": {"Destination": failures_arn}},
)
record = {"condition": "RetriesExhausted", "attempts": 3}

# %% id="record-check" role="check" task="record" tags=["measured"]
lab.check("record", answer=record)

# %% [markdown] id="goal"
# ## Have you reached the goal?

# %% id="goal-measure" tags=["measured"]
numbers = {order["order"] for order in day}
missing = sorted(numbers - booked())
print(f"booked: {len(numbers & booked())} of {len(numbers)}; missing: {missing or 'none'}")
waiting = [json.loads(letter["Body"])["order"] for letter in letters()]
print(f"dead letters that wait: {waiting or 'none'} (900 was broken on purpose)")
assert numbers

# %% [markdown] id="finish-why"
# ## Clean up, and see the bill
#
# `lab.finish()` deletes what this lab made: functions, queues, the table, the mapping, the role.

# %% id="finish" tags=["measured"]
done = lab.finish()
assert done.clean
done

# %% [markdown] id="next"
# ## What you know now
#
# - A 202 is a receipt, and no success. Three attempts, then the event is gone, unless you catch it.
# - A dead letter is the event itself: fix the function, and send it again.
# - Swallowing an error makes a loss invisible. Let it fail, and catch the event.
# - For an SQS queue, the dead-letter queue belongs to the **queue**; and a partial batch response keeps
#   good messages from being handled twice.
