# %% [markdown] id="title"
# # When nobody waits for the answer: failures, retries and dead letters
#
# **After this lesson, in 20 to 25 minutes, you will be able to**
#
# - say what Lambda does with an event that nobody waits for, and how often it tries (5 minutes);
# - measure one failing event's life, and read it in the log (6 minutes);
# - say what is lost, and when, without a dead-letter queue (4 minutes);
# - read a dead letter, and say what a destination tells more (5 minutes);
# - tell the places where a failed message can end (3 minutes).

# %% [markdown] id="idea"
# ## The idea: a queue that you do not see
#
# You can invoke a function in two ways. In a **synchronous** invocation the caller waits. If the function
# fails, the caller sees the error, and decides what to do.
#
# In an **asynchronous** invocation nobody waits. Lambda puts the event into a queue of its own and
# answers **202** at once: *accepted*. That is no promise that your code will succeed. S3, SNS and
# EventBridge invoke functions like this.
#
# So who deals with a failure? Lambda does: it tries again. How often, and after how long? Do not read on
# for the answer: measure it.

# %% [markdown] id="retries"
# ## See it happen: one event's life
#
# We deploy a function that fails when the event tells it to. `as_deployed` gives it Lambda's own settings
# back, so that the cells below may be run again.
# Have a look at it: [functions/fragile/index.py](../labs/07-failures-and-dlq/functions/fragile/index.py).

# %% id="lab" tags=["measured"]
from serverless_course import Lab

lab = Lab("07-failures-and-dlq")

# %% id="deploy" tags=["measured"]
from contextlib import suppress

lam = lab.client("lambda")
fragile = lab.deploy("fragile", memory=256, timeout=5)


def as_deployed():
    """Lambda's own settings: no limit of concurrency, its own retries, no dead-letter queue."""
    lam.delete_function_concurrency(FunctionName=fragile.name)
    with suppress(lam.exceptions.ResourceNotFoundException):
        lam.delete_function_event_invoke_config(FunctionName=fragile.name)
    lab.configure(fragile, DeadLetterConfig={"TargetArn": ""})


run = lab.invoke(fragile, {"order": 1, "fail": False})
assert run.payload == {"order": 1, "done": True}, f"It should go well: {run.payload}"

# %% [markdown] id="predict-why"
# **Predict first.** You invoke it asynchronously, and it fails each time. How many attempts will Lambda make in
# all? And how many seconds pass, on AWS's clock, from the first attempt to the last? Put your numbers in place of
# `...`.

# %% id="predict" tags=["measured"]
my_number = ...
my_seconds = ...
print(lab.predict("attempts at one event", count=my_number))
lab.predict("from the first attempt to the last it takes", seconds=my_seconds)

# %% [markdown] id="event-why"
# Now the invocation. `InvocationType="Event"` makes it asynchronous. Look at what comes back.

# %% id="event"
import json

as_deployed()
accepted = lam.invoke(
    FunctionName=fragile.name,
    InvocationType="Event",
    Payload=json.dumps({"order": 2, "fail": True}),
)
print(accepted["StatusCode"], repr(accepted["Payload"].read()), accepted.get("FunctionError"))

# %% [markdown] id="event-note"
# 202, an empty answer, and no error: the function has not run yet. All that you hold is a **request
# id**. Keep it, for every attempt at this event has the same one, and so the log can tell them
# apart from all others.
#
# The next cell waits for five AWS minutes, which is enough for all attempts, and then reads the log. The embedded
# cloud lets AWS's long waits run faster, by the factor in the banner: here it takes some seconds.

# %% id="life" tags=["measured"]
request_id = accepted["ResponseMetadata"]["RequestId"]
lab.wait(minutes=5)
life = lab.attempts(fragile, request_id, at_least=3, minutes=30)
assert len(life) == 3, "An attempt is missing: run this cell again."
life

# %% id="life-compare" tags=["measured"]
whole = sum(life.gaps_s)
if not 150 < whole < 600:
    print("This machine was very busy, and the pauses show it: run from `event` on again.")
assert whole > 0
print(lab.compare("attempts at one event", count=len(life)))
lab.compare("from the first attempt to the last it takes", seconds=whole)

# %% id="life-plot" tags=["measured"]
assert len(life.gaps_s) == 2, "An attempt is missing: run the cell `life` again."
if life.gaps_s[1] <= life.gaps_s[0]:
    print("A pause was late, for this machine was busy: run the cells from `event` on again.")
life.plot()

# %% [markdown] id="life-note"
# Three series: **measured here** on the scaled clock, **published** from real AWS (66 and 130 s between
# the attempts of a function that raises; github.com/cosmo-grant/aws-by-example, 21 November 2025), and the
# **documented** one and two minutes. AWS is a little slower than its documentation. That is no
# contradiction: it promises no exact second.
#
# **What is AWS's, what is measured, what is simulated?** The number of attempts, their order, the request
# id and the settings are AWS's. The pauses here are simulated: they are AWS's, divided by the clock
# factor. How long your function runs is measured, and never scaled.

# %% [markdown] id="schedule"
# ### By the documentation, and with your own numbers
#
# The talk said, in 2018-2019: the event is **retried twice**, and then discarded. That is still the default:
#
# > first attempt → one minute → second attempt → two minutes → third attempt
# > *(Lambda Developer Guide, "How Lambda handles errors and retries with asynchronous invocation",
# > read between April and August 2026)*
#
# Two settings change it, since 25 November 2019: `MaximumRetryAttempts` (0 to 2) and
# `MaximumEventAgeInSeconds` (60 to 21,600, that is 6 hours).
#
# Move the numbers. Which event is lost, and when? This is **a model, not a measurement**: it takes the
# documented pauses, and leaves out how long an attempt takes.

# %% id="planner" tags=["measured"]
from serverless_course.figures.retry_planner import modelled_life, retry_planner

assert modelled_life(2, 21_600, 3).ending == "RetriesExhausted", "By default, two retries."
retry_planner()

# %% [markdown] id="planner-note"
# Did you find all three endings? With a maximum age of 60 s there is only one attempt, whatever
# `MaximumRetryAttempts` says: the next would come too late.

# %% [markdown] id="lost"
# ## What is lost
#
# And now, where is order 2? Ask around. The caller got a 202. The function failed three times. The
# event's queue is Lambda's own; you cannot look into it. **The order is gone.** What is left of it is
# a stack trace in a log, if somebody looks before the log expires.
#
# It can be worse. Here is the *kill switch* of lesson 06: reserved concurrency 0. It stops a
# function that does harm. What happens to an event that arrives then?

# %% id="kill-switch"
as_deployed()
lam.put_function_concurrency(FunctionName=fragile.name, ReservedConcurrentExecutions=0)
dropped = lam.invoke(
    FunctionName=fragile.name,
    InvocationType="Event",
    Payload=json.dumps({"order": 3, "fail": False}),
)
dropped["StatusCode"]

# %% [markdown] id="kill-switch-note"
# 202 again: accepted. Wait for three AWS minutes, put the function back to work, and look for the
# attempts.

# %% id="kill-switch-after" tags=["measured"]
lab.wait(minutes=3)
lam.delete_function_concurrency(FunctionName=fragile.name)
gone = lab.attempts(fragile, dropped["ResponseMetadata"]["RequestId"], at_least=1, minutes=2)
assert len(gone) == 0, "It ran. Run the cell above once more, then this one."
print(f"attempts at order 3: {len(gone)}")

# %% [markdown] id="kill-switch-truth"
# None. With reserved concurrency 0, Lambda sends new events **at once to the dead-letter queue, without
# any attempt** (Lambda Developer Guide, read in 2026). This function has none, so the order vanished, with
# no error and no log line. On real AWS it was seen to be just as silent: no retries, and
# no count in the metric Throttles (aws-by-example, 21 November 2025).
#
# A throttle is another thing: with a reserved concurrency of 1, an event that finds the function busy
# goes back into the queue. Lambda tries again after growing pauses of 1 second to 5 minutes, for up to
# 6 hours, and that does not count as an attempt. The 6 hours are a limit, not a promise: when a function is throttled
# for long and its queue grows, events "might also be deleted from the queue without being sent" to it (the
# same guide). The embedded cloud deletes none.

# %% [markdown] id="notice"
# ## How do you notice a loss?
#
# Not by the caller, and not by the function's errors: order 3 caused none. But Lambda counts. Two metrics are the
# ones to know (Lambda Developer Guide, read in 2026):
#
# - **`AsyncEventsDropped`**: events that Lambda gave up without success. With a dead-letter queue or a
#   destination they go there first; they count all the same.
# - **`DeadLetterErrors`**: letters that could not be delivered to the dead-letter queue, because of a permission,
#   for example. Those are lost, in spite of the queue.

# %% id="notice-metrics" tags=["measured"]
from datetime import UTC, datetime, timedelta


def total_of(metric):
    """The sum of one of Lambda's metrics for this function, over the last hour."""
    found = lab.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Lambda",
        MetricName=metric,
        Dimensions=[{"Name": "FunctionName", "Value": fragile.name}],
        StartTime=datetime.now(UTC) - timedelta(hours=1),
        EndTime=datetime.now(UTC) + timedelta(minutes=5),
        Period=3600,
        Statistics=["Sum"],
    )
    return round(sum(point["Sum"] for point in found["Datapoints"]))


lab.wait_until("the metrics are there", lambda: total_of("AsyncEventsDropped") >= 2)
assert total_of("AsyncEventsDropped") >= 2, "Not counted yet: run this cell again."
{metric: total_of(metric) for metric in ("AsyncEventsReceived", "Errors", "AsyncEventsDropped")}

# %% [markdown] id="notice-note"
# Two events are dropped, orders 2 and 3, and all errors are of order 2. (If you ran the cells above more than
# once, all of it counts.) So put an **alarm on `AsyncEventsDropped` > 0**, one on `DeadLetterErrors` > 0, and one
# on the depth of the dead-letter queue (`ApproximateNumberOfMessagesVisible` in `AWS/SQS`): a letter that nobody
# reads expires, too, after 14 days at most (Amazon SQS API Reference, `MessageRetentionPeriod`).

# %% [markdown] id="dead-letter-queues"
# ## Dead-letter queues
#
# A **dead-letter queue** (DLQ) catches what would be lost. You name a standard SQS queue, or a
# standard SNS topic, in the function's configuration. The function's **role** must be allowed to write
# to it. Forget that, and Lambda tells you when you configure it:

# %% id="queue"
sqs = lab.client("sqs")
queue_name = lab.name("dead", kind="sqs:queue")
queue_url = sqs.create_queue(QueueName=queue_name)["QueueUrl"]
wanted = sqs.get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
queue_arn = wanted["Attributes"]["QueueArn"]
iam, role_name = lab.client("iam"), lab.role.rpartition("/")[2]
with suppress(iam.exceptions.NoSuchEntityException):
    iam.delete_role_policy(RoleName=role_name, PolicyName="dead-letters")

try:
    lam.update_function_configuration(
        FunctionName=fragile.name, DeadLetterConfig={"TargetArn": queue_arn}
    )
except lam.exceptions.InvalidParameterValueException as refused:
    print(refused.response["Error"]["Message"])

# %% [markdown] id="permission-why"
# So give the role that right, for this one queue, and nothing else:

# %% id="permission"
allow = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue_arn}
policy = {"Version": "2012-10-17", "Statement": [allow]}
iam.put_role_policy(
    RoleName=role_name, PolicyName="dead-letters", PolicyDocument=json.dumps(policy)
)
lab.configure(fragile, DeadLetterConfig={"TargetArn": queue_arn})
changed = lam.get_function_configuration(FunctionName=fragile.name)
assert changed["DeadLetterConfig"]["TargetArn"] == queue_arn, "The function has another target."

# %% [markdown] id="letter-why"
# `lab.configure` calls `update_function_configuration` and waits until the change is in force. On AWS a
# new permission may take some seconds to be known everywhere; then it tries again.
#
# Send an order that fails. To save time, one attempt is enough now:

# %% id="letter-send"
lab.configure(fragile, DeadLetterConfig={"TargetArn": queue_arn})
lam.put_function_event_invoke_config(FunctionName=fragile.name, MaximumRetryAttempts=0)
sent = lam.invoke(
    FunctionName=fragile.name,
    InvocationType="Event",
    Payload=json.dumps({"order": 4, "fail": True}),
)
sent["StatusCode"]


# %% id="letter" tags=["measured"]
def letter_of(request_id):
    """The dead letter of one event; it stays in the queue. None while it is not there."""
    answer = sqs.receive_message(
        QueueUrl=queue_url,
        MessageAttributeNames=["All"],
        MaxNumberOfMessages=10,
        VisibilityTimeout=0,
    )
    wanted = {"StringValue": request_id, "DataType": "String"}
    found = answer.get("Messages", [])
    return next(
        (m for m in found if m.get("MessageAttributes", {}).get("RequestID") == wanted), None
    )


request_id = sent["ResponseMetadata"]["RequestId"]
letter = lab.wait_until("the dead letter is there", lambda: letter_of(request_id))
assert json.loads(letter["Body"]) == {"order": 4, "fail": True}, "That is another letter."
print(letter["Body"])

# %% [markdown] id="letter-note"
# The body is **the event, as you sent it**. That is what makes it possible to send it again. What went wrong stands
# beside it, in three message attributes:

# %% id="letter-attributes" tags=["measured"]
attributes = {name: value["StringValue"] for name, value in letter["MessageAttributes"].items()}
assert attributes["RequestID"] == sent["ResponseMetadata"]["RequestId"], "Another letter."
attributes

# %% [markdown] id="letter-attributes-note"
# | attribute | what it says |
# | --- | --- |
# | `RequestID` | the event's id: with it you find all attempts in the log |
# | `ErrorCode` | an HTTP status. **200 means that your function failed**: Lambda itself did its work |
# | `ErrorMessage` | the first kilobyte of the error's message |
#
# There is no stack trace. For that, you need the log, or a destination.

# %% [markdown] id="destinations"
# ## Destinations: newer, and they tell more
#
# Since 25 November 2019 a function can have **destinations**, for success and for failure: an SQS
# queue, an SNS topic, an EventBridge bus, another function; and for failure an S3 bucket, too.
# AWS prefers them to a DLQ, because they tell more. Put one beside the dead-letter queue, and let order 5 fail:

# %% id="destination" tags=["measured"]
lam.put_function_event_invoke_config(
    FunctionName=fragile.name,
    MaximumRetryAttempts=0,
    DestinationConfig={"OnFailure": {"Destination": queue_arn}},
)
failing = lam.invoke(
    FunctionName=fragile.name,
    InvocationType="Event",
    Payload=json.dumps({"order": 5, "fail": True}),
)


def record_of(request_id):
    """The record of one event; it stays in the queue. None while it is not there."""
    answer = sqs.receive_message(QueueUrl=queue_url, MaxNumberOfMessages=10, VisibilityTimeout=0)
    bodies = [json.loads(message["Body"]) for message in answer.get("Messages", [])]
    about = [b for b in bodies if b.get("requestContext", {}).get("requestId") == request_id]
    return about[0] if about else None


# %% id="destination-record" tags=["measured"]
request_id = failing["ResponseMetadata"]["RequestId"]
record = lab.wait_until("the record of order 5 is there", lambda: record_of(request_id))
assert record["requestContext"]["condition"] == "RetriesExhausted", record["requestContext"]
print(json.dumps(record, indent=1)[:900])

# %% [markdown] id="destination-note"
# The record holds the event (`requestPayload`), how it ended (`condition`), how many attempts there were
# (`approximateInvokeCount`), and what your function answered: with type, message and stack trace.
#
# | | dead-letter queue | destination |
# | --- | --- | --- |
# | belongs to | the function | the function, a version or an alias |
# | when | failure | failure, or success |
# | where to | SQS, SNS (standard) | SQS, SNS (standard), EventBridge, Lambda; for failure S3 |
# | what | the event, and three attributes | the event, the answer with its stack trace, the attempts |
#
# *(Lambda Developer Guide, read in 2026.)* A function can have both.
#
# **Mind the size.** An asynchronous event may have 1 MB (AWS Compute Blog, 29 January 2026). An SNS topic takes
# 256 KB. If the record for an SNS destination is larger, its delivery fails; the metric
# `DestinationDeliveryFailures` counts it. For a dead-letter queue, that metric is `DeadLetterErrors` (Lambda
# Developer Guide, read in 2026).

# %% [markdown] id="three-places"
# ## Where a failed message can end
#
# Do not mix these places up. It depends on **who polls**:
#
# | the event comes from | who tries again | where it ends |
# | --- | --- | --- |
# | an asynchronous invocation (S3, SNS, EventBridge) | Lambda's own queue: 2 times more | the **function's** DLQ or destination |
# | an SQS queue (event source mapping) | SQS: the message becomes visible again | the **queue's** DLQ, by its redrive policy |
# | a stream (Kinesis, DynamoDB) | the mapping: until the record expires, unless you limit it | the **mapping's** on-failure destination |
#
# A function's DLQ does nothing for an SQS queue. In the lab you meet the first two.
#
# All three are for events that **reached** Lambda. EventBridge has one place more: a target of a rule has a
# dead-letter queue of its own, for events that EventBridge could not *deliver* to it (AWS SAM reference, read in 2026).
# An event that was delivered, and then failed in your function, does not go there.

# %% [markdown] id="bring-back"
# ### Back again, and faster
#
# **Redrive.** When the cause is fixed, the messages should come back. For the dead-letter queue of an *SQS queue*,
# SQS has an operation for that: `StartMessageMoveTask` moves them to the queue from which they came, or to another
# one. It works for such queues only: what Lambda or SNS put into a dead-letter queue, **you** send again
# (SQS's API model of 17 November 2026). In the lab you do it by hand.
#
# **A letter that is sent twice.** You send it again, and are interrupted before you delete it; a colleague has
# the same idea. Or Lambda or a standard queue delivers twice by itself: both promise *at least* once. So a function
# that gets events must bear the same one twice. In the lab you see one function that does, and one that does not.
#
# **Provisioned pollers.** For an SQS queue, Lambda begins with 5 concurrent invocations and adds up to 300 a minute. In
# *provisioned mode* you keep pollers ready. Each takes up to 1 MB a second and 10 concurrent invocations, and a
# mapping gains up to 1,000 concurrent invocations a minute (Lambda Developer Guide, read between April and August
# 2026). You set the least number of pollers, 200 at most, and the largest: 10,000 at most by the API model of
# 17 November 2026, while that guide says 2,000. The embedded cloud has no provisioned pollers.

# %% [markdown] id="finish-why"
# Clean up, and see that nothing remains.

# %% id="finish" tags=["measured"]
done = lab.finish()
assert done.clean, done.text
done

# %% [markdown] id="then-and-now"
# ## Then and now
#
# Rows marked **talk** are the talk's own sentences. The others are AWS as it was at that time.
#
# | then (2018-2019) | today | since | source |
# | --- | --- | --- | --- |
# | **talk**: “retried twice” | the default; **0 to 2**, as you choose | 25 Nov 2019 | Lambda release notes; API model of 17 Nov 2026 |
# | **talk**: DLQ to SQS or SNS | the same; **destinations** tell more | 25 Nov 2019 | Lambda release notes |
# | throttled events are tried again for up to 6 hours | the same, or less, **as you choose** | 25 Nov 2019 | Lambda Developer Guide, Dec 2018, June 2019 and 2026 |
# | an asynchronous event holds 256 KB at most | **1 MB** | – | Lambda Developer Guide, 19 Aug 2019; AWS Compute Blog, 29 Jan 2026 |
# | an SQS batch fails as a whole | **partial batch responses** | 23 Nov 2021 (secondary sources) | Lambda Developer Guide, 19 Aug 2019; API model of 17 Nov 2026 |
#
# You may read of *4 days* in place of 6 hours. That stood in the guide only from 28 July to 25 November 2019 (its
# public history).
#
# The page that the talk points to (`dlq.html`) is history. Today's is
# *Capturing records of Lambda asynchronous invocations*; the link is below.

# %% [markdown] id="on-call"
# ## On-call card
#
# Events get lost, and it is three in the morning. What do you look at?
#
# | symptom | command | look for |
# | --- | --- | --- |
# | customers miss orders, nobody sees an error | `aws cloudwatch get-metric-statistics --namespace AWS/Lambda --metric-name AsyncEventsDropped …` | more than 0: events were given up |
# | dropped events, and the dead-letter queue is empty | the same with `DeadLetterErrors`; `aws lambda get-function-configuration --function-name NAME` | no `DeadLetterConfig`, or a role that may not send |
# | nothing runs at all, and no throttle is counted | `aws lambda get-function-concurrency --function-name NAME` | `ReservedConcurrentExecutions` 0: somebody pulled the kill switch |
# | fewer retries than expected | `aws lambda get-function-event-invoke-config --function-name NAME` | `MaximumRetryAttempts`, `MaximumEventAgeInSeconds` |
# | one order: what happened to it? | `aws logs filter-log-events --log-group-name /aws/lambda/NAME --filter-pattern '"REQUEST-ID"'` | one START line for each attempt, and the error |
# | letters wait | `aws sqs receive-message --queue-url URL --message-attribute-names All --visibility-timeout 0` | the event in `Body`, the reason in `ErrorMessage` |
# | messages of an SQS queue come again and again | `aws lambda list-event-source-mappings --function-name NAME` | `FunctionResponseTypes`: empty means that one failure fails the batch |
# | the cause is fixed, messages wait in a *queue's* DLQ | `aws sqs start-message-move-task --source-arn ARN` | only for a queue's DLQ; a function's letters you invoke again |

# %% [markdown] id="summary"
# ## Summary
#
# - Asynchronous: 202, and nobody waits. A failure is Lambda's to deal with: two retries, after one and two minutes.
# - Without a dead-letter queue or a destination, the event is then gone. With reserved concurrency 0 it is gone at once.
# - A dead letter is the event as you sent it, with three attributes. A destination's record adds answer and attempts.
# - The role must be allowed to send to the queue; otherwise the letter is lost: `DeadLetterErrors`.
# - Notice it: alarms on `AsyncEventsDropped`, `DeadLetterErrors`, and the depth of the dead-letter queue.
# - For SQS, the dead-letter queue belongs to the queue; for a stream, the destination belongs to the mapping.
#
# **Go further**, without a check: set `MaximumEventAgeInSeconds` to 60 and let an event fail: what is its
# `condition`? And send the failure destination to another function: what does that function get?

# %% [markdown] id="questions"
# ## Questions
#
# Choose an answer; it opens, and tells you.
#
# **1. A function got the same event three times, with one request id. Which is true?**
#
# <details><summary>Somebody sent the event three times.</summary>
# Then there would be three request ids. One id means one event, and three attempts.</details>
# <details><summary>Its first two attempts failed.</summary>
# Probably. It may also have been delivered twice without any failure: asynchronous events come *at least*
# once. Write your function so that a second time does no harm.</details>
#
# **2. The `ErrorCode` of a dead letter is 200. What happened?**
#
# <details><summary>The event was handled; it came here by mistake.</summary>
# No: it is an HTTP status of Lambda's, and Lambda did its work. Your function raised an error, or reached
# its time-out.</details>
# <details><summary>The function failed.</summary>
# Yes. Read <code>ErrorMessage</code> next.</details>
#
# **3. You set reserved concurrency to 0 for an hour. What becomes of the asynchronous events of that hour?**
#
# <details><summary>They wait in Lambda's queue.</summary>
# That holds for throttled events. With 0, they are not even tried.</details>
# <details><summary>They go to the dead-letter queue at once; without one they are lost.</summary>
# Yes. Set up the DLQ before you need the kill switch.</details>
#
# **4. Messages of an SQS queue fail in your function. Where should its dead-letter queue be set?**
#
# <details><summary>In the function's DeadLetterConfig.</summary>
# No: that is for asynchronous invocations. Here the mapping calls your function synchronously.</details>
# <details><summary>In the redrive policy of the queue that they come from.</summary>
# Yes, with a <code>maxReceiveCount</code> of 5 or more, as AWS advises.</details>

# %% [markdown] id="read"
# ## What to read
#
# - [How Lambda handles errors and retries with asynchronous invocation](https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html)
# - [Capturing records of Lambda asynchronous invocations](https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html)
# - [Handling errors for an SQS event source in Lambda](https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html)
# - [aws-by-example](https://github.com/cosmo-grant/aws-by-example): the published measurements.
#
# ## Next
#
# Do [lab 07](../labs/07-failures-and-dlq/lab.ipynb): a shop loses orders, and you find them.
