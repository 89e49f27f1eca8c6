# %% [markdown] id="title"
# # What happened, how often, and where: logs, metrics and traces
#
# **After this lesson, in 25 to 30 minutes, you will be able to**
#
# - say which question a log answers, which a metric, and which a trace (2 minutes);
# - write log lines that you can query, and query them (5 minutes);
# - read Lambda's metrics, and send one that your customers would understand (5 minutes);
# - read a trace: the calls, the cold start, the error (7 minutes);
# - say what sampling leaves out, and which line of the talk's code has no effect (4 minutes).

# %% [markdown] id="idea"
# ## The idea: three questions
#
# A function has failed, or it is slow. You cannot log in anywhere and look: there is no server of yours.
# All that you will ever know is what the function left behind. It can leave three things, and
# each answers a question of its own.
#
# | question | tool | an answer looks like this |
# | --- | --- | --- |
# | **What happened** to this one request? | a **log** | a line with a time and a request id |
# | **How often**, and is it getting worse? | a **metric** | a number for each minute |
# | **Where** did the time go, and who failed? | a **trace** | a tree of calls, with start and end |
#
# Use them in this order: a metric wakes you, a trace shows you where, a log tells you what.
#
# We deploy two functions. [quote](../labs/08-observability-xray/functions/quote/index.py) asks
# [rates](../labs/08-observability-xray/functions/rates/index.py) what a currency costs, writes the quote into
# a DynamoDB table, and puts it into an SQS queue. Read them now; they are short.

# %% id="lab" tags=["measured"]
from serverless_course import Lab

lab = Lab("08-observability-xray")

# %% id="around"
import json
from contextlib import suppress

lam, iam, xray = lab.client("lambda"), lab.client("iam"), lab.client("xray")
dynamodb, sqs = lab.client("dynamodb"), lab.client("sqs")

table = lab.name("quotes", kind="dynamodb:table")
with suppress(dynamodb.exceptions.ResourceInUseException):  # It is there already.
    dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "order", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "order", "AttributeType": "N"}],
        BillingMode="PAY_PER_REQUEST",
    )
waiting = {"Delay": 1, "MaxAttempts": 120}
dynamodb.get_waiter("table_exists").wait(TableName=table, WaiterConfig=waiting)
queue_url = sqs.create_queue(QueueName=lab.name("quotes", kind="sqs:queue"))["QueueUrl"]

# %% [markdown] id="rights-why"
# The lab's role may write logs, and no more. The function needs three rights for its calls, and some to send
# traces: without them, Lambda refuses to turn active tracing on. AWS keeps a policy for that,
# `AWSXRayDaemonWriteAccess`.

# %% id="rights"
role_name = lab.role.rpartition("/")[2]
actions = ["dynamodb:PutItem", "sqs:SendMessage", "lambda:InvokeFunction"]
names = [f"arn:aws:{service}:*:*:*{lab.slug}*" for service in ("dynamodb", "sqs", "lambda")]
statement = {"Effect": "Allow", "Action": actions, "Resource": names}
policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
iam.put_role_policy(RoleName=role_name, PolicyName="calls", PolicyDocument=policy)
attached = iam.attach_role_policy(
    RoleName=role_name, PolicyArn="arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"
)

# %% [markdown] id="deploy-why"
# Three settings make a function observable. Look for them below: a **layer** that holds the X-Ray SDK, active
# **tracing**, and the **JSON** log format. (The cell takes about 10 seconds.)

# %% id="deploy" tags=["measured"]
sdk = lab.layer("xray-sdk", distributions=["aws-xray-sdk"])
options = {
    "Layers": [sdk],
    "TracingConfig": {"Mode": "Active"},
    "LoggingConfig": {"LogFormat": "JSON"},
}
rates = lab.deploy("rates", memory=512, timeout=10, options=options)
around = {"TABLE": table, "QUEUE_URL": queue_url, "RATES": rates.name}
quote = lab.deploy("quote", memory=512, timeout=10, environment=around, options=options)
tracing = lam.get_function_configuration(FunctionName=quote.name)["TracingConfig"]
assert tracing == {"Mode": "Active"}, "Active tracing is off: run this cell again."

# %% [markdown] id="logs"
# ## Logs: what happened
#
# Send one order, and one that cannot be quoted: nobody knows what a *shell* is worth. **Predict first:** which of the two
# functions logs an error for it: `quote`, `rates`, or both?

# %% id="send-two" tags=["measured"]
good = lab.invoke(quote, {"order": 1, "cents": 1200, "currency": "EUR"})
bad = lab.invoke(quote, {"order": 2, "cents": 1200, "currency": "SHELL"})
assert good.ok, f"The good order failed: {good.payload}. Run the cell `deploy` again."
assert not bad.ok, "Somebody knows what a shell is worth: run the cell `deploy` again."
print(good.payload)
print(bad.payload["errorType"], bad.payload["errorMessage"])

# %% [markdown] id="log-explorer-why"
# Here is all that both functions logged. Filter it: type `order` or a request id, or choose a level.

# %% id="log-explorer" tags=["measured"]
from serverless_course.figures.log_explorer import log_explorer


def log_of(function):
    """The events in the log of a function, in their order."""
    pages = lab.client("logs").get_paginator("filter_log_events")
    pages = pages.paginate(logGroupName=f"/aws/lambda/{function.name}")
    return [event for page in pages for event in page["events"]]


def reported():
    return sum('"platform.report"' in event["message"] for event in log_of(quote)) >= 2


lab.wait_until("both reports are in the log", reported)
log_explorer(log_of(quote) + log_of(rates))

# %% [markdown] id="log-note"
# The lines with a `type` are Lambda's own: when an environment starts, when an invocation begins, and
# its report. The others are the function's.
#
# **Look at the report of the order that failed: its `status` is `success`.** The report speaks of Lambda's part: the
# runtime gave an answer, and the environment lives on. That the answer was your function's exception stands in the
# function's own line, and counts in the metric `Errors`. `status` has other values when the runtime could not answer:
# `timeout` or `error`. So never count failures by this field. (So it is in the embedded cloud, and AWS's REPORT line shows
# no status after an exception of your code; that the JSON report says `success` there, we have not found confirmed.)
#
# **Searching for time-outs?** Look for `timeout` as the `status` of the report. The older line `Task timed out after …`
# is not written any more: by June 2026, a team's dashboard that searched for it showed nothing
# (DataBiosphere/azul, issue 8140).
#
# The talk said that simple debug lines work well, and are easy to filter. They still do. But a
# line such as `debug: in function quote` is one text: to sum or group, you have to pick its words apart first. In a
# JSON line, each member is a field already. **Logs Insights** asks such questions:

# %% id="insights"
import time


def insights(query, *functions):
    """Ask Logs Insights, and wait for the rows."""
    logs, now = lab.client("logs"), int(time.time())
    started = logs.start_query(
        logGroupNames=[f"/aws/lambda/{each.name}" for each in functions],
        startTime=now - 3600,
        endTime=now + 60,
        queryString=query,
    )

    def done():
        answer = logs.get_query_results(queryId=started["queryId"])
        return answer if answer["status"] == "Complete" else None

    rows = lab.wait_until("the query is complete", done)["results"]
    return [{cell["field"]: cell["value"] for cell in row} for row in rows]


# %% id="insights-ask"
insights("stats count(*) as lines by type | sort type asc", quote)

# %% [markdown] id="insights-note"
# The first row has no `type`: those are the function's own lines. `stats` groups lines that lack a field, too; you
# will meet this row again. Now only the lines with an error:

# %% id="insights-errors" tags=["measured"]
errors = insights("fields @timestamp, errorType, errorMessage | filter ispresent(errorType)", quote)
assert any("SHELL" in row["errorMessage"] for row in errors), "Run the cell `send-two` again."
errors

# %% [markdown] id="ptr-note"
# You did not ask for `@ptr`: Logs Insights adds it to each row that is a log line. It is a pointer: `get_log_record` takes
# it, and gives you the whole line. Rows of `stats` stand for many lines, and have none.

# %% [markdown] id="metrics"
# ## Metrics: how often
#
# Lambda counts for you, in the namespace `AWS/Lambda`: `Invocations`, `Errors`, `Throttles`, `Duration`,
# `ConcurrentExecutions`, and more for asynchronous and stream events. Some traffic first: forty orders.
#
# We are the first in the chain, so **we begin the traces**, and we decide which requests are sampled:
# this hook writes a trace header with `Sampled=1` into each Invoke. (Traffic and counting take 5 to 20 seconds.)

# %% id="trace-header"
import secrets

trace_ids = []


def begin_trace(params, **_):
    """Begin a new trace with each Invoke, and remember its id."""
    trace_ids.append(f"1-{int(time.time()):08x}-{secrets.token_hex(12)}")
    params["headers"]["X-Amzn-Trace-Id"] = f"Root={trace_ids[-1]};Sampled=1"


lam.meta.events.register("before-call.lambda.Invoke", begin_trace, unique_id="begin-trace")

# %% id="traffic" tags=["measured"]
from concurrent.futures import ThreadPoolExecutor


def order(number):
    """One order; every tenth is in a currency that nobody knows."""
    currency = "SHELL" if number % 10 == 0 else ("EUR", "USD", "BRL")[number % 3]
    return lab.invoke(quote, {"order": number, "cents": 100 * number, "currency": currency})


first = len(trace_ids)
with ThreadPoolExecutor(4) as pool:
    runs = list(pool.map(order, range(101, 141)))
sent = trace_ids[first:]
lost = sum(not run.ok for run in runs)
assert lost >= 4, f"{lost} orders failed, and 4 should: run the cell `deploy` again, then this one."
if lost > 4:
    print(f"{lost} orders failed, and 4 should: this machine was busy. Run this cell again.")

# %% id="metric"
cloudwatch = lab.client("cloudwatch")


def metric(name, statistic, namespace="AWS/Lambda", **dimensions):
    """A statistic of a metric over this hour and the last, as one number."""
    named = [{"Name": key, "Value": value} for key, value in dimensions.items()]
    which = {"Namespace": namespace, "MetricName": name, "Dimensions": named}
    this_hour = time.time() - time.time() % 3600
    answer = cloudwatch.get_metric_data(
        MetricDataQueries=[
            {"Id": "m", "MetricStat": {"Metric": which, "Period": 7200, "Stat": statistic}}
        ],
        StartTime=this_hour - 3600,
        EndTime=this_hour + 3600,
    )
    return next(iter(answer["MetricDataResults"][0]["Values"]), 0.0)


# %% id="metric-ask" tags=["measured"]
ours = {"FunctionName": quote.name}


def all_reported():
    """How many invocations the log reports, once the metric has counted them all."""
    reports = sum('"platform.report"' in event["message"] for event in log_of(quote))
    return reports if metric("Invocations", "Sum", **ours) >= reports >= 42 else None


calls = lab.wait_until("all are counted", all_reported)
print(f"since this function exists: {metric('Errors', 'Sum', **ours):g} errors of {calls} calls")
for statistic in ("Average", "p50", "p99"):
    print(f"{statistic:8} {metric('Duration', statistic, **ours):8.1f} ms")
assert metric("Duration", "p50", **ours) <= metric("Duration", "p99", **ours), "p50 above p99?"

# %% [markdown] id="own-metrics"
# (After 42 calls, 5 of them are errors. If you run the lesson's cells again, both numbers go on from there: a metric counts
# all that this function did in the last hours.)
#
# ### The metrics that matter most
#
# The talk said: *the most important metrics are those that have to do with your customer or your business*.
# Nobody calls you because a duration is at its 99th percentile. They call you because they cannot buy.
#
# So count what your customers do. You do not have to call CloudWatch for that, which would cost time in each
# invocation. Print one JSON line in the **embedded metric format**, and CloudWatch takes the metric out of the
# log. `quote` does it, in its function `count`: here is such a line, spread out so that you can read it. `_aws` says
# which members are metrics and which are dimensions; their values stand beside it. `Timestamp` is in milliseconds.

# %% id="emf-line" tags=["measured"]
lines = [event["message"] for event in log_of(quote) if "QuotedCents" in event["message"]]
print(json.dumps(json.loads(lines[0]), indent=1))


# %% id="emf-metric" tags=["measured"]
def quoted():
    """The sum of each currency, once CloudWatch has all three."""
    found = {
        currency: metric("QuotedCents", "Sum", "Quotes", Currency=currency)
        for currency in ("BRL", "EUR", "USD")
    }
    return found if all(found.values()) else None


sums = lab.wait_until("CloudWatch has the metric", quoted)
assert min(sums.values()) > 0, "A currency has no value: run the cell `traffic` again."
sums

# %% [markdown] id="active-tracing"
# ## Traces: where
#
# X-Ray calls what one service did for one request a **segment**, and the calls within it **subsegments**. All
# segments with one trace id make a **trace**. The id travels in a header, `X-Amzn-Trace-Id`: you saw
# it above.
#
# **Active tracing** makes Lambda itself send two segments for each sampled request: `AWS::Lambda` is the
# service, with its queue and its waiting; `AWS::Lambda::Function` is your function. You need no code for that.
# The X-Ray SDK adds what your code calls.
#
# **Predict first:** one order calls another function, DynamoDB and SQS. Which share of its time, in percent,
# goes into the call of the other function? We take the **median** of the shares: what a typical order meets. (The sum of
# all these calls, divided by the sum of all times, is another number: there, slow cold starts weigh more.)

# %% id="predict" tags=["measured"]
my_guess = ...
lab.predict("the call of the other function takes, of the whole", percent=my_guess)


# %% id="fetch" tags=["measured"]
def traces_of(ids):
    """The traces with these ids; X-Ray gives five in a call."""
    found = []
    for first in range(0, len(ids), 5):
        found += xray.batch_get_traces(TraceIds=ids[first : first + 5])["Traces"]
    return found


def all_there():
    """The traces, once each has the segments of both functions."""
    complete = [trace for trace in traces_of(sent) if len(trace["Segments"]) >= 4]
    return complete if len(complete) == len(sent) else None


assert len(sent) == 40, "The traffic was interrupted: run the cell `traffic` again, to its end."
traces = lab.wait_until("the traces have arrived", all_there)

# %% id="waterfall" tags=["measured"]
from serverless_course.figures.trace_waterfall import trace_waterfall

trace_waterfall(traces)

# %% [markdown] id="waterfall-note"
# Each bar is one segment or subsegment; what is called stands below its caller, further to the right. Choose the
# slowest trace, then one with an error. Can you see in which function the error began, and where it only passed
# through? The pictures leave out what all names begin with: `course-08-observability-xray-`.
#
# Three things that puzzle at first:
#
# - **The trace is longer than the report's `Duration`.** `Duration` is the handler's time alone. The cold start is
#   `Init Duration` in the report, and a bar of its own in the trace, before the invocation. And the segment `AWS::Lambda`
#   begins when the request reaches Lambda: it holds both.
# - **`Overhead`** stands after `Invocation`: the time from your answer until the runtime asks for the next event. The caller
#   has his answer already, as a rule.
# - **A fault in `quote`, too.** The error began in `rates`; `quote` raised one of its own because of it. In the picture the
#   culprit is the deepest bar that failed.

# %% id="share" tags=["measured"]
from serverless_course.traces.tree import trees


def seconds_of(found, name):
    """How long the parts of that name took in a trace, in seconds, the first of them."""
    return next((node.seconds for _, node in found.walk() if node.name == name), 0.0)


well = [found for found in trees(traces) if found.state == "ok"]
shares = sorted(100 * seconds_of(found, "ask for the rate") / found.seconds for found in well)
typical = shares[len(shares) // 2]
assert 0 < typical < 100, "The trace has no such step: run the cell `traffic` again."
if typical <= 20:
    print("This machine was too busy, and the shares show it: run the cell `traffic` again.")
lab.compare("the call of the other function takes, of the whole", percent=typical)

# %% [markdown] id="cold-start"
# ### The cold start, seen
#
# The talk showed a screenshot of it: the first request of an execution environment has one bar more,
# **Initialization** (`Init`, in the newer form of Lambda's segments that AWS is rolling out). It stands before the
# invocation, and it is where your imports and your clients are made. Here are the cold and the warm requests of our
# traffic. Cold is each for which an environment began, that of `quote` or that of `rates`:

# %% id="cold-histogram" tags=["measured"]
from serverless_course.figures.latency_histogram import latency_histogram

cold = [found.seconds * 1000 for found in well if found.is_cold]
warm = [found.seconds * 1000 for found in well if not found.is_cold]
print(f"{len(cold)} cold and {len(warm)} warm requests")
if not cold:
    print("A second run finds warm environments: lab.finish(), then run the lesson from its top.")
assert warm, "All were cold: run the cell `traffic` again."
latency_histogram(warm, cold=cold)

# %% [markdown] id="map-why"
# ### The service map
#
# Many traces together make a map: who calls whom, how often, how fast, with which errors. The title names the service in
# which the failures begin: `quote` fails as often as `rates`, but only because it calls it.

# %% id="map" tags=["measured"]
from serverless_course.figures.service_map import service_map

graph = xray.get_service_graph(StartTime=time.time() - 3600, EndTime=time.time())
types = {service.get("Type") for service in graph["Services"]}
assert {"AWS::Lambda", "AWS::Lambda::Function"} <= types, f"Only {types} so far: run it again."
service_map(graph["Services"])

# %% [markdown] id="filter-why"
# ### Find the trace that you need
#
# A thousand traces are no help; the right one is. A **filter expression** finds it. `annotation` reads what your
# code noted with `put_annotation`: have a look at `rate_of` in `quote`.


# %% id="filter" tags=["measured"]
def summaries(expression):
    """Summaries of the traces of the last hour that fit."""
    pages = xray.get_paginator("get_trace_summaries").paginate(
        StartTime=time.time() - 3600, EndTime=time.time(), FilterExpression=expression
    )
    return [summary for page in pages for summary in page["TraceSummaries"]]


def in_shells():
    """The traces of our four orders in shells, once X-Ray finds them."""
    found = summaries('annotation.currency = "SHELL"')
    return found if len(found) >= 4 else None


unknown = lab.wait_until("the traces can be searched", in_shells)
slow = summaries("responsetime > 0.2")
segment = f'service(id(name: "{quote.name}", type: "AWS::Lambda::Function"))'
failed = summaries(f"{segment} {{ fault OR error }}")
assert len(failed) >= 4, "Too few failed traces are found yet: run this cell again."
print(f"in shells: {len(unknown)}; slower than 200 ms: {len(slow)}; failed: {len(failed)}")

# %% [markdown] id="filter-note"
# Why so long a filter for the failed ones? Without `service(…)`, the keywords look at the trace's first segment: that
# is Lambda, the service, and **Lambda did its work well**. It was your function that failed, one segment below.
#
# And why `fault OR error`? X-Ray has a flag for each: *error* for a mistake of the caller (4xx), *fault* for one of
# the service (5xx). Which of them AWS sets when your function raises an exception is **not settled**. A change proposed to
# AWS's own guide says: *error* for an exception that your code does not handle, *fault* only when Lambda itself is
# in trouble (awsdocs/aws-lambda-developer-guide, pull request 405, 10 January 2023; not merged). **The embedded cloud
# sets `fault`: that is our choice.** Ask for both, and you find them on either.

# %% [markdown] id="truth"
# **What is AWS's, what is measured, what is simulated?** The documents, the API, the filter expressions and the
# embedded metric format are AWS's, as documented; that a failed function's segment is a *fault* is the embedded
# cloud's choice, as said above. All times are measured here, on this machine: your own numbers
# on AWS will differ. On AWS, traces take some seconds to arrive, and metrics up to some minutes; here both are
# there at once. And where **Transaction Search** is turned on in an account, `BatchGetTraces` does not find its traces
# (X-Ray API reference): use an account without it for this lesson.

# %% [markdown] id="sampling"
# ## What sampling leaves out
#
# We sampled every request, because we are learning. With a thousand requests a second, that is a lot of data, and X-Ray
# charges for each trace that it records. X-Ray's default records **the first request of each second, and 5 % of the
# others**. For a function with active tracing, Lambda takes this default, unless the caller decided already, as we
# did in our hook. The first number is called the **reservoir**, the second the **rate**.
#
# You cannot change the rate for Lambda (Lambda Developer Guide, "Visualize Lambda function invocations using AWS
# X-Ray", read between April and August 2026). Move the numbers: what is the price of a low rate? This is **a model**.

# %% id="sampling-planner" tags=["measured"]
from serverless_course.figures.sampling_planner import sampled, sampling_planner

assert sampled(101, 1, 5).a_second == 6, "The model is wrong: this is a bug in the course."
sampling_planner()

# %% [markdown] id="sampling-note"
# That is why a trace answers *where*, and never *how often*: it has seen a few requests only. Count with
# metrics; they see all.

# %% [markdown] id="talks-code"
# ## The talk's code, read today
#
# This is the snippet of the talk, in JavaScript:
#
# ```javascript
# var AWSXRay = require('aws-xray-sdk-core');
# AWSXRay.middleware.setSamplingRules('sampling-rules.json');
# var AWS = AWSXRay.captureAWS(require('aws-sdk'));
# S3Client = AWS.S3();
# ```
#
# | line | today |
# | --- | --- |
# | 1 | still there; in **maintenance mode** since 25 February 2026: security fixes only |
# | 2 | **has no effect on Lambda**, and had none: "On AWS Lambda, you cannot modify the sampling rate", says X-Ray's own guide, right above this very example (X-Ray Developer Guide, 19 May 2023) |
# | 3 | `aws-sdk` is version 2 of the SDK: no support since 8 September 2025 (said by the SDK itself, as quoted in public repositories). Version 3 is captured with `captureAWSv3Client` |
# | 4 | lacks `new` and `var` |
#
# And the sentence beside it, *Lambda instruments incoming requests for all supported languages*, holds only with
# **active** tracing. The default is `PassThrough`: the header is passed on, and no traces are sent, even if the
# header says `Sampled=1` (Lambda Developer Guide, read in 2026). Let us see that. `quote` gets `PassThrough`, `rates` stays
# active. **Predict first:** does this order leave no trace, or a part of one?

# %% id="pass-through" tags=["measured"]
lab.configure(quote, TracingConfig={"Mode": "PassThrough"})
passed = lab.invoke(quote, {"order": 900, "cents": 100, "currency": "EUR"})
holed = trace_ids[-1]
lab.configure(quote, TracingConfig={"Mode": "Active"})
assert passed.ok, f"The order failed: {passed.payload}. Run this cell again."


def of_rates():
    """The trace, once it holds the segments of rates."""
    found = traces_of([holed])
    names = {node.name for tree in trees(found) for _, node in tree.walk()}
    return found if rates.name in names else None


trace_waterfall(lab.wait_until("the trace has arrived", of_rates))

# %% [markdown] id="pass-through-note"
# **A trace with a hole.** The header went through `quote` to `rates`, which records; but `quote` itself, its DynamoDB and
# SQS calls, and its time are missing. What looks like the beginning is the second function. Whenever a trace begins in the
# middle, look at the caller's `TracingConfig`.

# %% [markdown] id="open-telemetry"
# ## Today's way: OpenTelemetry
#
# AWS now advises **OpenTelemetry**: one open standard for traces, metrics and logs, in all languages, for all
# vendors. For X-Ray's SDK and daemon, AWS first published an end of support on 25 February 2027; a
# newer page shows no date (both read in 2026). Whatever the date: begin nothing new with it.
#
# What you have learnt stays: a trace is a trace, and a *segment* or *subsegment* is called a **span**. *Annotations*
# and *metadata* are both **attributes**. X-Ray shows an attribute as **metadata**, for which no filter can search,
# unless its key is listed in `aws.xray.annotations` (X-Ray migration guide, read in November 2026). X-Ray takes spans
# at an endpoint of its own, in OpenTelemetry's protocol (OTLP); on AWS only where Transaction Search is turned on
# (CloudWatch User Guide, read in 2026). In the lab you send some.
#
# **Without code of yours:** AWS has a layer for Lambda, from its **Distro for OpenTelemetry (ADOT)**. It instruments
# your function, and turns on **Application Signals**, CloudWatch's monitoring of applications. It replaces the X-Ray
# SDK: remove the SDK's code first (aws-otel.github.io, read in November 2026). The embedded cloud has neither
# the layer nor Application Signals.

# %% [markdown] id="costs"
# ## What it costs to look
#
# | you leave behind | AWS charges for | how much |
# | --- | --- | --- |
# | **logs** | each gigabyte that is written | 0.50 dollars for a GB up to 10 TB a month, then 0.25 up to 30 TB, 0.10 up to 50 TB, 0.05 above (Lambda's logs in us-east-1 since 1 May 2025, by secondary sources) |
# | **metrics** of your own | each metric; each combination of dimensions is one | no confirmed price is held here: see CloudWatch's price page |
# | **traces** | each trace that X-Ray records | no confirmed price is held here: see X-Ray's price page |
#
# So log what you will ask for: a debug line in a loop costs money with each turn. Choose dimensions with few values,
# such as a country, not a customer. And sampling limits how many traces you pay for. *(That each different value of a
# dimension is charged as a metric of its own: CloudWatch Logs API reference, read in November 2026.)*

# %% [markdown] id="finish-why"
# Clean up, and see that nothing remains. Traces cannot be deleted: on AWS they stay for 30 days.

# %% id="finish" tags=["measured"]
done = lab.finish()
assert done.clean, "Something is left: read the list above, and run this cell again."
done

# %% [markdown] id="then-and-now"
# ## Then and now
#
# Rows marked **talk** are the talk's own advice. The other one is AWS as it was at that time.
#
# | then (2018-2019) | today | since | source |
# | --- | --- | --- | --- |
# | **talk**: simple debug lines are easy to filter | they are; **JSON logs** with levels can be queried, too | 16 Nov 2023 | boto3 change log |
# | **talk**: turn X-Ray on | the same: **active** tracing; the default sends nothing, whatever the header says | 2024 (secondary sources) | changes of the X-Ray SDKs, May to Aug 2024; Lambda Developer Guide, 2026 |
# | **talk**: use the X-Ray SDK | **OpenTelemetry**; the SDK is in maintenance mode | 25 Feb 2026 | X-Ray SDK and daemon support timeline |
# | **talk**: rules in `sampling-rules.json` | no effect on Lambda, then and now | – | X-Ray Developer Guide, 19 May 2023 |
# | **talk**: metrics of your customer or business | the same; without a call, by the **embedded metric format** | – | CloudWatch User Guide, 13 Apr 2026 |
# | sampled traces only | **Transaction Search** can keep all spans, as log events | 21 Nov 2024 | boto3 change log |

# %% [markdown] id="questions"
# ## Questions
#
# Choose an answer; it opens, and tells you.
#
# **1. One customer writes that her order of 9:14 failed. Where do you look first?**
#
# <details><summary>In the metrics of 9:14.</summary>
# They say how many failed, and not which.</details>
# <details><summary>In the log, for her customer number.</summary>
# Yes, if your function logs it. From the line you have the request id, and from that the trace, if it was
# sampled.</details>
#
# **2. You search X-Ray for a failed request, and find nothing. Which reason is the most likely?**
#
# <details><summary>It was not sampled.</summary>
# Yes. By default, 95 of 100 requests beyond the first of a second are not.</details>
# <details><summary>X-Ray does not record failures.</summary>
# It does, with the exception. But whether a request is recorded is decided before it fails.</details>
#
# **3. Your function calls CloudWatch's `PutMetricData` in each invocation. What is better?**
#
# <details><summary>A line in the embedded metric format.</summary>
# Yes: a line costs no waiting, and does not fail when CloudWatch is slow.</details>
# <details><summary>Count in a global variable, and send it at the end.</summary>
# There is no end: an environment is frozen, and one day it is gone, with your count.</details>
#
# **4. A trace of your function shows no calls to DynamoDB, though your code makes some. Why?**
#
# <details><summary>Active tracing is off.</summary>
# Then there would be no segments of your function at all.</details>
# <details><summary>The code does not use the SDK, or OpenTelemetry.</summary>
# Yes. Lambda sends its two segments; what happens inside your code, it cannot see.</details>

# %% [markdown] id="read"
# ## What to read
#
# - [Visualize Lambda function invocations using AWS X-Ray](https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html)
# - [Using filter expressions](https://docs.aws.amazon.com/xray/latest/devguide/xray-console-filters.html)
# - [Embedded metric format specification](https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html)
# - [CloudWatch Logs Insights query syntax](https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html)
# - [X-Ray SDK and daemon support timeline](https://docs.aws.amazon.com/xray/latest/devguide/xray-sdk-daemon-timeline.html)
#
# ## To keep
#
# - A metric wakes you, a trace shows where, a log tells what.
# - Log data, not sentences: then a query finds what nobody thought of before.
# - Count what your customers feel, by a line in the embedded metric format: no call, no waiting.
# - `Duration` is the handler alone; the trace holds the cold start as well.
# - `status: success` says that the runtime answered, not that your code did well.
# - A trace that begins in the middle: somebody before it passes the header on, and records nothing.
# - Sampling: a trace answers *where*, and never *how often*.
#
# ## The on-call card
#
# | symptom | ask first |
# | --- | --- |
# | "it fails" | metric `Errors` of the last hour: how often, since when? |
# | "it is slow" | filter expression `responsetime > 1`, then three waterfalls |
# | "*I* cannot buy" | Logs Insights: her number, then the request id, then the trace |
# | time-outs | Logs Insights: reports with `status` `timeout` |
# | slow at first only | bars called `Initialization` or `Init`; `Init Duration` in the report |
# | a trace has a hole | `TracingConfig` of the caller; its role's right to send |
# | nobody was told | the alarm's history; what missing data means to it |
#
# ## Go further
#
# 1. Turn sampling into a decision: how many traces a day does your own service leave behind at 5 %, and is the rarest
#    failure that you care about among them?
# 2. Write the query that finds the order with the longest report, and open its trace. Is the slowest request also the
#    one that your customers complain about?
#
# ## Next
#
# Do [lab 08](../labs/08-observability-xray/lab.ipynb): a slow shop, and one customer who cannot buy.
# Then go on to [lesson 09](09-good-practice-and-orchestration.ipynb): habits that are measured, and one order three ways.
