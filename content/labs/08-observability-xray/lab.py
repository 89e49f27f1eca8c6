# %% [markdown] id="title"
# # Lab 08: a slow shop, and one customer who cannot buy
#
# Since this morning, customers write that the checkout of the shop is slow. And one of them writes
# that she can never buy anything at all. Nobody knows who: she did not say her number. All you have is the
# shop's code, and whatever it tells you.
#
# The goal, in figures:
#
# | | now | then |
# | --- | --- | --- |
# | which of the five steps is slow | unknown | **named**, with its share of the time |
# | which customer cannot buy, and why | unknown | **named** |
# | three failed checkouts in one minute | nobody is told | **somebody is told**, by an alarm |
#
# 30 to 40 minutes. On the embedded cloud it costs nothing. On your own AWS account, well under ten cents: some
# hundred requests and traces, one alarm, and a few metrics of your own (the free tier is not counted). On AWS, take an
# account without Transaction Search: with it, X-Ray's API does not find the traces that this lab reads. Task 7 is for
# the embedded cloud only.
#
# Read [lesson 08](../../notebooks/08-observability-xray.ipynb) first, if you have not.

# %% id="lab" tags=["measured"]
from serverless_course import Lab

lab = Lab("08-observability-xray")

# %% [markdown] id="shop-why"
# ## The shop
#
# [functions/checkout/index.py](functions/checkout/index.py) takes an order through five steps: `price`,
# `stock`, `coupon`, `reserve` and `notify`. Two of them invoke other functions, two call DynamoDB, one
# sends a message to SQS. Each step is a subsegment of its own. Read the file, but do not try to
# guess: you are going to measure.

# %% id="around"
import json
import secrets
import time
from contextlib import suppress

lam, iam, xray = lab.client("lambda"), lab.client("iam"), lab.client("xray")
logs, cloudwatch = lab.client("logs"), lab.client("cloudwatch")
dynamodb, sqs = lab.client("dynamodb"), lab.client("sqs")

table = lab.name("orders-table", kind="dynamodb:table")
with suppress(dynamodb.exceptions.ResourceInUseException):  # It is there already.
    dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "order", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "order", "AttributeType": "N"}],
        BillingMode="PAY_PER_REQUEST",
    )
waiting = {"Delay": 1, "MaxAttempts": 120}
dynamodb.get_waiter("table_exists").wait(TableName=table, WaiterConfig=waiting)
queue_url = sqs.create_queue(QueueName=lab.name("orders", kind="sqs:queue"))["QueueUrl"]

# %% id="rights"
role_name = lab.role.rpartition("/")[2]
actions = ["dynamodb:GetItem", "dynamodb:PutItem", "sqs:SendMessage", "lambda:InvokeFunction"]
names = [f"arn:aws:{service}:*:*:*{lab.slug}*" for service in ("dynamodb", "sqs", "lambda")]
statement = {"Effect": "Allow", "Action": actions, "Resource": names}
iam.put_role_policy(
    RoleName=role_name,
    PolicyName="calls",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
)
iam.attach_role_policy(
    RoleName=role_name, PolicyArn="arn:aws:iam::aws:policy/AWSXRayDaemonWriteAccess"
)
print("the role may call", ", ".join(actions), "and send traces")

# %% id="deploy" tags=["measured"]
sdk = lab.layer("xray-sdk", distributions=["aws-xray-sdk"])
options = {
    "Layers": [sdk],
    "TracingConfig": {"Mode": "Active"},
    "LoggingConfig": {"LogFormat": "JSON", "ApplicationLogLevel": "INFO"},
}
price = lab.deploy("price", memory=512, timeout=10, options=options)
coupon = lab.deploy("coupon", memory=512, timeout=10, options=options)
settings = {
    "memory": 512,
    "timeout": 10,
    "options": options,
    "environment": {
        "TABLE": table,
        "QUEUE_URL": queue_url,
        "PRICE": price.name,
        "COUPON": coupon.name,
    },
}
checkout = lab.deploy("checkout", **settings)
assert lam.get_function_configuration(FunctionName=checkout.name)["State"] == "Active"

# %% [markdown] id="traffic-why"
# ## An hour's orders, in a few seconds
#
# We begin the traces ourselves, so that each one is sampled (lesson 08 says why). Four customers are in the shop
# at once.

# %% id="traffic"
from concurrent.futures import ThreadPoolExecutor

COUNTRIES = ("BR", "DE", "PT")
UNLUCKY = f"c-{10 + secrets.randbelow(80)}"
trace_ids = []


def begin_trace(params, **_):
    """Begin a new, sampled trace with each Invoke, and remember its id."""
    trace_ids.append(f"1-{int(time.time()):08x}-{secrets.token_hex(12)}")
    params["headers"]["X-Amzn-Trace-Id"] = f"Root={trace_ids[-1]};Sampled=1"


lam.meta.events.register("before-call.lambda.Invoke", begin_trace, unique_id="begin-trace")


def buy(number):
    """One checkout: every eighth is hers."""
    hers = number % 8 == 0
    customer = UNLUCKY if hers else f"c-{100 + number % 7}"
    country = "UK" if hers else COUNTRIES[number % 3]
    order = {"order": number, "customer": customer, "country": country, "cents": 1200}
    return lab.invoke(checkout, order)


# %% id="send" tags=["measured"]
first = len(trace_ids)
with ThreadPoolExecutor(4) as customers:
    runs = list(customers.map(buy, range(1, 41)))
print(f"{sum(run.ok for run in runs)} of {len(runs)} checkouts went well")
assert sum(run.ok for run in runs) == 35

# %% id="fetch" tags=["measured"]
from serverless_course.traces.tree import trees


def traces_of(ids):
    """The traces with these ids; X-Ray gives five in a call."""
    found = []
    for at in range(0, len(ids), 5):
        found += xray.batch_get_traces(TraceIds=ids[at : at + 5])["Traces"]
    return found


def all_there():
    found = traces_of(trace_ids[first : first + 40])
    names = [{node.name for _, node in each.walk()} for each in trees(found)]
    return found if sum(checkout.name in each for each in names) == 40 else None


traces = lab.wait_until("the traces have arrived", all_there)
assert len(traces) == 40

# %% [markdown] id="slow"
# ## 1. Which step is slow?
#
# Predict first: which share of a checkout's time, in percent, goes into its slowest step?

# %% id="slow-predict" tags=["measured"]
my_guess = ...
lab.predict("the slowest step takes, of a checkout", percent=my_guess)

# %% id="slow-look" tags=["measured"]
from serverless_course.figures.trace_waterfall import trace_waterfall

assert traces
trace_waterfall(traces)

# %% [markdown] id="slow-task"
# Look at several traces: warm ones, and a cold one. A single trace can deceive you. `trees(traces)` gives each
# trace as a tree; its `state` is `"ok"` when nothing in it failed. `for depth, node in tree.walk()` walks through it,
# and each node has a `name` and its `seconds`.
#
# **Your answer:** the name of the step that takes the most time, over all checkouts that went well.

# %% id="slow-answer" role="answer" task="slow"
### BEGIN SOLUTION
steps = {"price": 0.0, "stock": 0.0, "coupon": 0.0, "reserve": 0.0, "notify": 0.0}
for tree in trees(traces):
    for _, node in tree.walk():
        if node.name in steps and tree.state == "ok":
            steps[node.name] += node.seconds
slow = max(steps, key=steps.get)
### STARTER
# slow = ...
### END SOLUTION

# %% [markdown] id="slow-hint-1" role="hint" task="slow"
# In the waterfall, look at the bars right below the function's own. Five of them bear the names of the steps.
# Which one is the longest in a warm trace?

# %% [markdown] id="slow-hint-2" role="hint" task="slow"
# Make a dictionary with the five names and a sum of 0 each. Walk through all trees; where a node's name is one of
# the five, add its `seconds`. `max(steps, key=steps.get)` gives the name with the largest sum.

# %% id="slow-wrong-whole" role="wrong" task="slow" name="the function itself" says="the whole checkout"
slow = checkout.name

# %% id="slow-wrong-service" role="wrong" task="slow" name="the service" says="Two steps call Lambda"
slow = "Lambda"

# %% id="slow-wrong-step" role="wrong" task="slow" name="another step" says="took"
slow = "price"

# %% id="slow-check" role="check" task="slow" tags=["measured"]
lab.check("slow", answer=slow)


# %% id="slow-compare" tags=["measured"]
def share_of(name):
    """The share of a step in a checkout's time, in percent, as a median over all that went well."""
    shares = sorted(
        100 * next((node.seconds for _, node in tree.walk() if node.name == name), 0) / tree.seconds
        for tree in trees(traces)
        if tree.state == "ok"
    )
    return shares[len(shares) // 2]


largest = max(share_of(name) for name in ("price", "stock", "coupon", "reserve", "notify"))
assert largest > 20
lab.compare("the slowest step takes, of a checkout", percent=largest)

# %% [markdown] id="cold"
# ## 2. How often did a customer wait for a cold start?
#
# Four customers were there at once, so `checkout` needed more than one execution environment. Each of them began with a
# cold start: a bar called `Initialization` below the function (or `Init`, on AWS).
#
# A cold start of `price` or `coupon` is felt, too; but here, count those of `checkout` alone. In a node's
# `children` stand the bars below it.
#
# **Your answer:** in how many of the 40 traces did the function `checkout` itself start cold?

# %% id="cold-answer" role="answer" task="cold"
### BEGIN SOLUTION
cold_starts = 0
for tree in trees(traces):
    for _, node in tree.walk():
        if node.origin == "AWS::Lambda::Function" and node.name == checkout.name:
            cold_starts += any(child.is_cold_start for child in node.children)
### STARTER
# cold_starts = ...
### END SOLUTION

# %% [markdown] id="cold-hint-1" role="hint" task="cold"
# Each tree has two nodes with the function's name: the service (`node.origin` is `AWS::Lambda`) and the function
# (`AWS::Lambda::Function`). You need the second.

# %% [markdown] id="cold-hint-2" role="hint" task="cold"
# `any(child.is_cold_start for child in node.children)` says whether a cold start hangs below a node. Count the
# trees in which that holds for the function `checkout`.

# %% id="cold-wrong-all" role="wrong" task="cold" name="every function's" says="of other functions"
cold_starts = sum(node.is_cold_start for tree in trees(traces) for _, node in tree.walk())

# %% id="cold-wrong-none" role="wrong" task="cold" name="none" says="Initialization"
cold_starts = 0

# %% id="cold-check" role="check" task="cold" tags=["measured"]
lab.check("cold", answer=cold_starts)

# %% [markdown] id="cold-lanes"
# These are the environments themselves, as the log tells of them: a lane is one environment, a cross is a checkout
# that failed. An environment lives on after a failed checkout.

# %% id="cold-look" tags=["measured"]
from serverless_course.figures.environment_lanes import environment_lanes


def log_of(function):
    """The events in the log of a function."""
    pages = logs.get_paginator("filter_log_events")
    pages = pages.paginate(logGroupName=f"/aws/lambda/{function.name}")
    return [event for page in pages for event in page["events"]]


assert log_of(checkout)
environment_lanes(log_of(checkout))

# %% [markdown] id="who"
# ## 3. Who cannot buy, and why?
#
# Five checkouts failed. The function logs each with the customer's number, and with the exception. Do not read; ask.
# `insights` runs a query of Logs Insights over the last hour and gives you its rows:


# %% id="who-insights"
def insights(query, function=None):
    """Ask Logs Insights about a function's log (of `checkout`), and wait for the rows."""
    now = int(time.time())
    started = logs.start_query(
        logGroupName=f"/aws/lambda/{(function or checkout).name}",
        startTime=now - 3600,
        endTime=now + 60,
        queryString=query,
    )

    def done():
        answer = logs.get_query_results(queryId=started["queryId"])
        return answer if answer["status"] == "Complete" else None

    rows = lab.wait_until("the query is complete", done)["results"]
    return [{cell["field"]: cell["value"] for cell in row} for row in rows]


# %% id="who-look" tags=["measured"]
seen = insights('filter message = "checked out" | stats count(*) as bought by customer | limit 3')
assert seen[0].keys() == {"customer", "bought"}
seen

# %% [markdown] id="who-task"
# **Your answer:** the text of a query whose **first row** has the field `customer`, with the customer whose
# checkouts fail most often, and the field `failures`, with how many. The check runs it.

# %% id="who-answer" role="answer" task="who"
### BEGIN SOLUTION
query = """
filter message = "checkout failed"
| stats count(*) as failures by customer
| sort failures desc
"""
### STARTER
# query = ...
### END SOLUTION

# %% [markdown] id="who-hint-1" role="hint" task="who"
# The query above counts the checkouts that went well. What does the function log when one fails? Look
# at its handler.

# %% [markdown] id="who-hint-2" role="hint" task="who"
# `filter message = "…" | stats count(*) as failures by customer | sort failures desc`, with the message of the
# failed ones.

# %% id="who-wrong-good" role="wrong" task="who" name="those that went well" says="went well"
query = 'filter message = "checked out" | stats count(*) as failures by customer'

# %% id="who-wrong-lines" role="wrong" task="who" name="lines without a count" says="failures"
query = 'filter message = "checkout failed" | fields customer'

# %% id="who-wrong-words" role="wrong" task="who" name="no query" says="MalformedQuery"
query = "SELECT customer FROM checkout"

# %% id="who-wrong-nobody" role="wrong" task="who" name="lines of nobody" says="has no customer"
query = 'filter level = "ERROR" | stats count(*) as failures by customer | sort failures desc'

# %% id="who-wrong-typo" role="wrong" task="who" name="a typing error" says="no row"
query = 'filter mesage = "checkout failed" | stats count(*) as failures by customer'

# %% id="who-check" role="check" task="who" tags=["measured"]
lab.check("who", answer=query)

# %% [markdown] id="find"
# ## 4. Make her traces findable
#
# Now you know who. But in X-Ray, her traces look like all the others: a customer's number is nowhere in them.
#
# **Your task:** change [functions/checkout_annotated/index.py](functions/checkout_annotated/index.py), a copy of the
# function, so that each checkout carries an **annotation** `customer`, also one that fails, as hers do. Deploy it in
# place of the old one:
# `lab.deploy("checkout", folder="checkout_annotated", **settings)`.
#
# **Your answer:** a filter expression that finds the traces of one customer, with `{customer}` where the
# number stands, as in `'service("{customer}")'`. The check sends checkouts of new customers, one of which fails, puts
# their numbers in, and looks at what it finds.

# %% id="find-answer" role="answer" task="find" changes="checkout_annotated"
### BEGIN SOLUTION
lab.deploy("checkout", folder="checkout_annotated", **settings)
expression = 'annotation.customer = "{customer}"'
### STARTER
# expression = ...
### END SOLUTION

# %% [markdown] id="find-hint-1" role="hint" task="find"
# `xray_recorder.current_subsegment().put_annotation("customer", …)` needs a subsegment: Lambda's own segment takes
# no annotations from your code. Inside `price`, for example, there is one; or give `check_out` a `capture` of its own.

# %% [markdown] id="find-hint-2" role="hint" task="find"
# The first line of `price`: `xray_recorder.current_subsegment().put_annotation("customer", order["customer"])`.
# The expression begins with `annotation.customer =`, and the number stands in double quotation marks.

# %% id="find-wrong-old" role="wrong" task="find" name="the old code" says="no trace"
expression = 'annotation.customer = "{customer}"'

# %% id="find-wrong-all" role="wrong" task="find" name="everybody's" says="of other customers"
lab.deploy("checkout", folder="checkout", **settings)
expression = f'service("{checkout.name}")'

# %% id="find-wrong-metadata" role="wrong" task="find" name="metadata" says="metadata"
from pathlib import Path

code = Path("functions/checkout_annotated/index.py").read_text()
put = '    xray_recorder.current_subsegment().put_metadata("customer", order["customer"])\n'
Path("functions/checkout_annotated/index.py").write_text(
    code.replace("def price(order):\n", "def price(order):\n" + put)
)
lab.deploy("checkout", folder="checkout_annotated", **settings)
expression = 'annotation.customer = "{customer}"'

# %% id="find-wrong-late" role="wrong" task="find" name="not where it fails" says="not one that fails"
from pathlib import Path

code = Path("functions/checkout_annotated/index.py").read_text()
put = '    xray_recorder.current_subsegment().put_annotation("customer", order["customer"])\n'
Path("functions/checkout_annotated/index.py").write_text(
    code.replace("def coupon(order):\n", "def coupon(order):\n" + put)
)
lab.deploy("checkout", folder="checkout_annotated", **settings)
expression = 'annotation.customer = "{customer}"'

# %% id="find-wrong-facade" role="wrong" task="find" name="on Lambda's segment" says="FacadeSegment"
from pathlib import Path

code = Path("functions/checkout_annotated/index.py").read_text()
put = '    xray_recorder.put_annotation("customer", event["customer"])\n'
Path("functions/checkout_annotated/index.py").write_text(
    code.replace("    try:\n", put + "    try:\n")
)
lab.deploy("checkout", folder="checkout_annotated", **settings)
expression = 'annotation.customer = "{customer}"'

# %% id="find-wrong-her" role="wrong" task="find" name="one customer only" says="There is no {customer}"
lab.deploy("checkout", folder="checkout", **settings)
expression = f'annotation.customer = "{UNLUCKY}"'

# %% id="find-check" role="check" task="find" tags=["measured"]
lab.check("find", answer=expression)

# %% [markdown] id="metric"
# ## 5. A metric that the shop understands
#
# Lambda counts `Errors`. The shop wants to know: how many customers could **not buy**, and in which country?
#
# **Your task:** change [functions/checkout_metric/index.py](functions/checkout_metric/index.py) so that each
# checkout that fails prints one line in the embedded metric format: namespace `Shop`, metric `FailedCheckouts`
# with the value 1 and the unit `Count`, and one set of dimensions: `Country`. Deploy it in place of the old one.
#
# (A copy once more: with or without the annotation of task 4, as you like.)

# %% id="metric-answer" role="answer" task="metric" changes="checkout_metric"
### BEGIN SOLUTION
lab.deploy("checkout", folder="checkout_metric", **settings)
### STARTER
# # Change the file, and deploy it here.
### END SOLUTION

# %% [markdown] id="metric-hint-1" role="hint" task="metric"
# Lesson 08 shows such a line, and `count` in [functions/quote/index.py](functions/quote/index.py) prints one. The
# place for it is where the function knows that a checkout has failed: in `except`.

# %% [markdown] id="metric-hint-2" role="hint" task="metric"
# Copy `count` from `quote`, set the namespace to `Shop` and the unit to `Count`, and call
# `count("FailedCheckouts", 1, Country=event["country"])` before `raise`. It needs `import time`.

# %% id="metric-wrong-all" role="wrong" task="metric" name="counts every checkout" says="went well"
from pathlib import Path

code = Path("functions/checkout_metric/index.py").read_text()
line = (
    '    print(json.dumps({"_aws": {"Timestamp": int(__import__("time").time() * 1000), '
    '"CloudWatchMetrics": [{"Namespace": "Shop", "Dimensions": [["Country"]], '
    '"Metrics": [{"Name": "FailedCheckouts", "Unit": "Count"}]}]}, '
    '"FailedCheckouts": 1, "Country": event["country"]}))\n'
)
head = '    known = {"order": event["order"], "customer": event["customer"]}\n'
Path("functions/checkout_metric/index.py").write_text(code.replace(head, head + line))
lab.deploy("checkout", folder="checkout_metric", **settings)

# %% id="metric-wrong-dimension" role="wrong" task="metric" name="no dimension" says="dimension"
from pathlib import Path

code = Path("functions/checkout_metric/index.py").read_text()
line = (
    '        print(json.dumps({"_aws": {"Timestamp": int(__import__("time").time() * 1000), '
    '"CloudWatchMetrics": [{"Namespace": "Shop", "Dimensions": [[]], '
    '"Metrics": [{"Name": "FailedCheckouts", "Unit": "Count"}]}]}, "FailedCheckouts": 1}))\n'
)
head = "    except Exception:\n"
Path("functions/checkout_metric/index.py").write_text(code.replace(head, head + line))
lab.deploy("checkout", folder="checkout_metric", **settings)

# %% id="metric-wrong-text" role="wrong" task="metric" name="text, no number" says="as a number"
from pathlib import Path

code = Path("functions/checkout_metric/index.py").read_text()
line = (
    '        print(json.dumps({"_aws": {"Timestamp": int(__import__("time").time() * 1000), '
    '"CloudWatchMetrics": [{"Namespace": "Shop", "Dimensions": [["Country"]], '
    '"Metrics": [{"Name": "FailedCheckouts", "Unit": "Count"}]}]}, '
    '"FailedCheckouts": "1", "Country": event["country"]}))\n'
)
head = "    except Exception:\n"
Path("functions/checkout_metric/index.py").write_text(code.replace(head, head + line))
lab.deploy("checkout", folder="checkout_metric", **settings)

# %% id="metric-wrong-seconds" role="wrong" task="metric" name="seconds" says="milliseconds"
from pathlib import Path

code = Path("functions/checkout_metric/index.py").read_text()
line = (
    '        print(json.dumps({"_aws": {"Timestamp": int(__import__("time").time()), '
    '"CloudWatchMetrics": [{"Namespace": "Shop", "Dimensions": [["Country"]], '
    '"Metrics": [{"Name": "FailedCheckouts", "Unit": "Count"}]}]}, '
    '"FailedCheckouts": 1, "Country": event["country"]}))\n'
)
head = "    except Exception:\n"
Path("functions/checkout_metric/index.py").write_text(code.replace(head, head + line))
lab.deploy("checkout", folder="checkout_metric", **settings)

# %% id="metric-wrong-import" role="wrong" task="metric" name="time is not imported" says="NameError"
from pathlib import Path

code = Path("functions/checkout_metric/index.py").read_text()
line = '        print(json.dumps({"_aws": {"Timestamp": int(time.time() * 1000)}}))\n'
head = "    except Exception:\n"
Path("functions/checkout_metric/index.py").write_text(code.replace(head, head + line))
lab.deploy("checkout", folder="checkout_metric", **settings)

# %% id="metric-wrong-dict" role="wrong" task="metric" name="no JSON" says="one JSON object"
from pathlib import Path

code = Path("functions/checkout_metric/index.py").read_text()
line = '        print({"_aws": {"CloudWatchMetrics": []}, "FailedCheckouts": 1})\n'
head = "    except Exception:\n"
Path("functions/checkout_metric/index.py").write_text(code.replace(head, head + line))
lab.deploy("checkout", folder="checkout_metric", **settings)

# %% id="metric-check" role="check" task="metric" tags=["measured"]
lab.check("metric")

# %% [markdown] id="alarm"
# ## 6. An alarm that somebody hears
#
# A metric that nobody looks at helps nobody. An SNS topic stands for the person on duty, and a queue for her
# telephone:

# %% id="alarm-topic"
sns = lab.client("sns")
topic = sns.create_topic(Name=lab.name("on-duty", kind="sns:topic"))["TopicArn"]
telephone = sqs.create_queue(QueueName=lab.name("telephone", kind="sqs:queue"))["QueueUrl"]
known = sqs.get_queue_attributes(QueueUrl=telephone, AttributeNames=["QueueArn"])
telephone_arn = known["Attributes"]["QueueArn"]
statement = {
    "Effect": "Allow",
    "Principal": {"Service": "sns.amazonaws.com"},
    "Action": "sqs:SendMessage",
    "Resource": telephone_arn,
    "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
}
policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
sqs.set_queue_attributes(QueueUrl=telephone, Attributes={"Policy": policy})
subscribed = sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=telephone_arn)
alarm_name = lab.name("cannot-buy", kind="cloudwatch:alarm")

# %% [markdown] id="alarm-task"
# **Your task:** call `cloudwatch.put_metric_alarm` with the name `alarm_name`: it watches `FailedCheckouts` of the
# country `UK`, sums over 60 seconds, and goes off when **3 or more** checkouts failed in one period. When no
# checkout fails, there is no data at all: that is **not** a reason for an alarm (`TreatMissingData`). It tells
# `topic`. The check lets three checkouts fail, and waits for the telephone.

# %% id="alarm-answer" role="answer" task="alarm"
### BEGIN SOLUTION
made = cloudwatch.put_metric_alarm(
    AlarmName=alarm_name,
    Namespace="Shop",
    MetricName="FailedCheckouts",
    Dimensions=[{"Name": "Country", "Value": "UK"}],
    Statistic="Sum",
    Period=60,
    EvaluationPeriods=1,
    Threshold=3,
    ComparisonOperator="GreaterThanOrEqualToThreshold",
    TreatMissingData="notBreaching",
    AlarmActions=[topic],
)
### STARTER
# # Call cloudwatch.put_metric_alarm here.
### END SOLUTION

# %% [markdown] id="alarm-hint-1" role="hint" task="alarm"
# `put_metric_alarm` takes `Namespace`, `MetricName`, `Dimensions` (a list of `{"Name": …, "Value": …}`), `Statistic`,
# `Period`, `EvaluationPeriods`, `Threshold`, `ComparisonOperator`, `TreatMissingData` and `AlarmActions`.

# %% [markdown] id="alarm-hint-2" role="hint" task="alarm"
# "3 or more" is `GreaterThanOrEqualToThreshold` with 3. Missing data is `notBreaching`. `AlarmActions=[topic]`.

# %% id="alarm-wrong-silent" role="wrong" task="alarm" name="tells nobody" says="tells nobody"
cloudwatch.put_metric_alarm(
    AlarmName=alarm_name,
    Namespace="Shop",
    MetricName="FailedCheckouts",
    Dimensions=[{"Name": "Country", "Value": "UK"}],
    Statistic="Sum",
    Period=60,
    EvaluationPeriods=1,
    Threshold=3,
    ComparisonOperator="GreaterThanOrEqualToThreshold",
    TreatMissingData="notBreaching",
)

# %% id="alarm-wrong-dimension" role="wrong" task="alarm" name="no dimension" says="Country"
cloudwatch.put_metric_alarm(
    AlarmName=alarm_name,
    Namespace="Shop",
    MetricName="FailedCheckouts",
    Statistic="Sum",
    Period=60,
    EvaluationPeriods=1,
    Threshold=3,
    ComparisonOperator="GreaterThanOrEqualToThreshold",
    TreatMissingData="notBreaching",
    AlarmActions=[topic],
)

# %% id="alarm-wrong-more" role="wrong" task="alarm" name="more than three" says="3 or more"
cloudwatch.put_metric_alarm(
    AlarmName=alarm_name,
    Namespace="Shop",
    MetricName="FailedCheckouts",
    Dimensions=[{"Name": "Country", "Value": "UK"}],
    Statistic="Sum",
    Period=60,
    EvaluationPeriods=1,
    Threshold=3,
    ComparisonOperator="GreaterThanThreshold",
    TreatMissingData="notBreaching",
    AlarmActions=[topic],
)

# %% id="alarm-check" role="check" task="alarm" tags=["measured"]
lab.check("alarm")

# %% [markdown] id="otel"
# ## 7. The same with OpenTelemetry
#
# [functions/checkout_otel/index.py](functions/checkout_otel/index.py) is a smaller checkout, without X-Ray's SDK. The
# file beside it, [telemetry.py](functions/checkout_otel/telemetry.py), sends OpenTelemetry's spans to X-Ray.
# Only one span is there so far: `check out`. X-Ray, as it is here, shows it as a second bar with the function's name.
#
# On your own AWS account, leave this task out: AWS takes spans there only with Transaction Search, and then the calls
# of this lab do not find the trace.
#
# **Your task:** give each of its two steps a span, `price` and `coupon`, below `check out`; and put the
# **attribute** `customer` on the span `check out`. Deploy it with `lab.deploy("checkout_otel", **otel_settings)`.
#
# (An attribute is metadata in X-Ray: you see it in the trace, and no filter finds it. To make it an annotation, as in
# task 4, its key must be listed in the attribute `aws.xray.annotations`: X-Ray migration guide, read in November 2026.)

# %% id="otel-layer" tags=["measured"]
otel = lab.layer(
    "otel",
    distributions=[
        "opentelemetry-sdk",
        "opentelemetry-exporter-otlp-proto-http",
        "opentelemetry-propagator-aws-xray",
        "opentelemetry-sdk-extension-aws",
    ],
)
otel_settings = {**settings, "options": {**options, "Layers": [otel]}}
assert otel.rpartition(":")[0].endswith("otel")

# %% id="otel-answer" role="answer" task="otel" changes="checkout_otel"
### BEGIN SOLUTION
lab.deploy("checkout_otel", **otel_settings)
### STARTER
# # Change the file, and deploy it here.
### END SOLUTION

# %% [markdown] id="otel-hint-1" role="hint" task="otel"
# A span is a `with` block: `with tracer.start_as_current_span("price"):`, and below it, indented, the line that it
# measures. Inside another span, the new one hangs from it.

# %% [markdown] id="otel-hint-2" role="hint" task="otel"
# `with tracer.start_as_current_span(…) as span:` gives the span a name in your code; then
# `span.set_attribute("customer", event["customer"])`.

# %% id="otel-wrong-spans" role="wrong" task="otel" name="no spans of its own" says="price"
lab.deploy("checkout_otel", **otel_settings)

# %% id="otel-wrong-attribute" role="wrong" task="otel" name="no attribute" says="attribute"
from pathlib import Path

code = Path("functions/checkout_otel/index.py").read_text()
for name in ("price", "coupon"):
    start = code.index(f"    {'cents' if name == 'price' else 'percent'} = ask(")
    line = code[start : code.index("\n", start) + 1]
    span = f'    with tracer.start_as_current_span("{name}"):\n    {line}'
    code = code.replace(line, span)
Path("functions/checkout_otel/index.py").write_text(code)
lab.deploy("checkout_otel", **otel_settings)

# %% id="otel-wrong-beside" role="wrong" task="otel" name="beside" says="no span price"
from pathlib import Path

code = Path("functions/checkout_otel/index.py").read_text()
line = code[code.index("    cents = ask(") : code.index("    percent = ask(")]
span = f'    with tracer.start_as_current_span("price", caller()):\n    {line}'
Path("functions/checkout_otel/index.py").write_text(code.replace(line, span))
lab.deploy("checkout_otel", **otel_settings)

# %% id="otel-wrong-layer" role="wrong" task="otel" name="the other layer" says="No module named"
lab.deploy("checkout_otel", **settings)

# %% id="otel-check" role="check" task="otel" tags=["measured"]
lab.check("otel")

# %% [markdown] id="otel-beside"
# Once it is deployed, you see the trace of one such checkout. The functions that are called hang from `Invocation`, and not from your
# spans: boto3 hands them the header that Lambda gave, and does not know of your spans.

# %% id="otel-look" tags=["measured"]
names = [f["FunctionName"] for f in lam.list_functions()["Functions"]]
if f"{checkout.name}_otel" in names:
    run = lab.invoke(
        f"{checkout.name}_otel", {"order": 1, "customer": "c-1", "country": "PT", "cents": 1200}
    )
    assert run.ok
    lab.wait_until("the trace has arrived", lambda: traces_of(trace_ids[-1:]))
shown = trace_waterfall(traces_of(trace_ids[-1:]))
assert shown
shown

# %% [markdown] id="goal"
# ## Have you reached the goal?

# %% id="goal-measure" tags=["measured"]
print(f"the slow step: {slow}, {largest:.0f} % of a checkout")
state = cloudwatch.describe_alarms(AlarmNames=[alarm_name])["MetricAlarms"]
print(f"alarms that watch the customers who cannot buy: {len(state)}")
assert len(trace_ids) >= 40
lab.progress()

# %% [markdown] id="finish-why"
# ## Clean up, and see the bill
#
# `lab.finish()` deletes what this lab made: functions, layers, queues, the topic, the alarm, the table, the role.
# Metrics and traces cannot be deleted. On AWS, they go by themselves: traces after 30 days, metrics after 15 months.

# %% id="finish" tags=["measured"]
done = lab.finish()
assert done.clean
done

# %% [markdown] id="next"
# ## What you know now
#
# - A trace shows where the time goes; look at several before you name a culprit.
# - A log that is data answers questions that nobody thought of before.
# - An annotation makes the traces of one customer findable.
# - Watch what your customers feel, and let somebody be told. No news is not always good news: choose what
#   missing data means.
# - With OpenTelemetry, the same spans go to X-Ray today and to anybody else tomorrow.
