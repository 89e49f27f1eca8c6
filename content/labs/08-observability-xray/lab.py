# %% [markdown] id="title"
# # Lab 08: a slow shop, and one customer who cannot buy
#
# Since this morning, customers write that the checkout of the shop is slow. And one of them writes that she can never
# buy anything at all. Nobody knows who: she did not say her number. All you have is the shop's code, and whatever it
# tells you.
#
# The goal, in figures:
#
# | | now | then |
# | --- | --- | --- |
# | which of the five steps is slow | unknown | **named**, with its share of the time |
# | which customer cannot buy, and why | unknown | **named** |
# | three failed checkouts in one minute | nobody is told | **somebody is told**, by an alarm |
# | checkouts of hers that succeed | 0 % | **100 %** |
#
# 40 to 50 minutes. On the embedded cloud it costs nothing. On your own AWS account, well under ten cents: some
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
# sends a message to SQS. Each step is a subsegment of its own. Read the file. Which step is slow today, and who comes in
# this morning, the code draws from the day: you cannot read it, you have to measure.

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
# The moment at which the table was made stands for this morning.
day = str(dynamodb.describe_table(TableName=table)["Table"]["CreationDateTime"].timestamp())
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

# %% [markdown] id="deploy-why"
# The next cell deploys four functions; it takes about 15 seconds. `street` is the street before the shop: it says who
# comes in.

# %% id="deploy" tags=["measured"]
sdk = lab.layer("xray-sdk", distributions=["aws-xray-sdk"])
options = {
    "Layers": [sdk],
    "TracingConfig": {"Mode": "Active"},
    "LoggingConfig": {"LogFormat": "JSON", "ApplicationLogLevel": "INFO"},
}
small = {"memory": 512, "timeout": 10, "options": options, "environment": {"DAY": day}}
price = lab.deploy("price", **small)
coupon = lab.deploy("coupon", **small)
around = {"TABLE": table, "QUEUE_URL": queue_url, "PRICE": price.name, "COUPON": coupon.name}
settings = {**small, "environment": {"DAY": day, **around}}
checkout = lab.deploy("checkout", **settings)
street = lab.deploy("street")
state = lam.get_function_configuration(FunctionName=checkout.name)["State"]
assert state == "Active", f"The function is {state}: run this cell again."

# %% [markdown] id="traffic-why"
# ## A morning's orders, in a few seconds
#
# We begin the traces ourselves, so that each one is sampled (lesson 08 says why). Four customers are in the shop
# at once. The cell `send` takes 5 to 20 seconds.

# %% id="traffic" tags=["measured"]
from concurrent.futures import ThreadPoolExecutor

morning = lab.invoke(street, {"orders": 40, "day": day}).payload
trace_ids, sent = [], []


def begin_trace(params, **_):
    """Begin a new, sampled trace with each Invoke, and remember its id."""
    trace_ids.append(f"1-{int(time.time()):08x}-{secrets.token_hex(12)}")
    params["headers"]["X-Amzn-Trace-Id"] = f"Root={trace_ids[-1]};Sampled=1"


lam.meta.events.register("before-call.lambda.Invoke", begin_trace, unique_id="begin-trace")
assert len(morning) == 40, "The street gave too few orders: run this cell again."


# %% id="send" tags=["measured"]
def buy(order):
    """One checkout."""
    return lab.invoke(checkout, order)


first = len(trace_ids)
with ThreadPoolExecutor(4) as customers:
    runs = list(customers.map(buy, morning))
sent = trace_ids[first:]
well = sum(run.ok for run in runs)
print(f"{well} of {len(runs)} checkouts went well")
assert 0 < well < len(runs), "All went well, or none: deploy `price` and `checkout` again."

# %% id="fetch" tags=["measured"]
from serverless_course.traces.tree import trees

assert len(sent) == 40, "The sending was interrupted: run the cell `send` again, to its end."


def traces_of(ids):
    """The traces with these ids; X-Ray gives five in a call."""
    found = []
    for at in range(0, len(ids), 5):
        found += xray.batch_get_traces(TraceIds=ids[at : at + 5])["Traces"]
    return found


def all_there():
    found = traces_of(sent)
    names = [{node.name for _, node in each.walk()} for each in trees(found)]
    return found if sum(checkout.name in each for each in names) == 40 else None


traces = lab.wait_until("the traces have arrived", all_there)

# %% [markdown] id="slow"
# ## 1. Which step is slow?
#
# Predict first: which share of a checkout's time, in percent, goes into its slowest step?

# %% id="slow-predict" tags=["measured"]
my_guess = ...
lab.predict("the slowest step takes, of a checkout", percent=my_guess)

# %% id="slow-look" tags=["measured"]
from serverless_course.figures.trace_waterfall import trace_waterfall

trace_waterfall(traces)

# %% [markdown] id="slow-task"
# Look at several traces: warm ones, and a cold one. A single trace may mislead you. `trees(traces)` gives each
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
# In the waterfall, look at the bars right below the function's own. Five of them have the names of the steps.
# Which one is the longest in a warm trace?

# %% [markdown] id="slow-hint-2" role="hint" task="slow"
# Make a dictionary with the five names and a sum of 0 each. Walk through all trees; where a node's name is one of
# the five, add its `seconds`. `max(steps, key=steps.get)` gives the name with the largest sum.

# %% id="slow-wrong-whole" role="wrong" task="slow" name="the function itself" says="the whole checkout"
slow = checkout.name

# %% id="slow-wrong-service" role="wrong" task="slow" name="the service" says="Two steps call Lambda"
slow = "Lambda"

# %% id="slow-wrong-step" role="wrong" task="slow" name="another step" says="took"
slow = "reserve"

# %% id="slow-wrong-function" role="wrong" task="slow" name="a function" says="the function that the step coupon calls"
slow = coupon.name

# %% id="slow-check" role="check" task="slow" tags=["measured"]
lab.check("slow", answer=slow)


# %% [markdown] id="slow-share"
# There are two shares. The check adds up: the step's seconds in **all** checkouts, of all their seconds; a slow cold start
# weighs much there. Below stands the **median** of the shares: half of the checkouts have a larger one. It says what a
# typical customer met. Both are right; say which one you mean.

# %% id="slow-compare" tags=["measured"]
def share_of(name):
    """The median share of a step in a checkout's time, in percent, over all that went well."""
    shares = sorted(
        100 * next((node.seconds for _, node in tree.walk() if node.name == name), 0) / tree.seconds
        for tree in trees(traces)
        if tree.state == "ok"
    )
    return shares[len(shares) // 2]


largest = max(share_of(name) for name in ("price", "stock", "coupon", "reserve", "notify"))
assert 0 < largest <= 100, "No step is in the traces: run the cell `send` again."
if largest <= 20:
    print("This machine was busy, and no step takes a fifth of the time: run `send` again.")
lab.compare("the slowest step takes, of a checkout", percent=largest)

# %% [markdown] id="cold"
# ## 2. How often did a customer wait for a cold start?
#
# Four customers were there at once, so `checkout` needed more than one execution environment. Each of them began with a
# cold start: a bar called `Initialization` below the function (or `Init`, on AWS). If you send a second time, the
# environments are there already, and nobody waits; count in your latest sending.
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


environment_lanes(log_of(checkout))

# %% [markdown] id="who"
# ## 3. Who cannot buy, and why?
#
# Some checkouts failed. The function logs each with the customer's number and country, and with the exception. Do not
# read all lines: ask. `insights` runs a query of Logs Insights over the last hour and gives you its rows. (Beside your
# fields, Logs Insights gives each row of log lines a field `@ptr`: a pointer to the whole line, for `GetLogRecord`. Rows
# of `stats` have none.)


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
assert seen, "Nobody has bought anything in the last hour: run the cell `send` again."
seen

# %% [markdown] id="who-task"
# **Your answer:** the text of a query whose **first row** has the field `customer`, with the customer whose
# checkouts fail most often, and the field `failures`, with how many. The check lets other, new customers fail, and runs
# your query on what they left in the log; that takes about 5 seconds.

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
query = """
filter message = "checked out"
| stats count(*) as failures by customer
| sort failures desc
"""

# %% id="who-wrong-lines" role="wrong" task="who" name="lines without a count" says="failures"
query = 'filter message = "checkout failed" | fields customer'

# %% id="who-wrong-words" role="wrong" task="who" name="no query" says="MalformedQuery"
query = "SELECT customer FROM checkout"

# %% id="who-wrong-nobody" role="wrong" task="who" name="lines of nobody" says="has no customer"
query = 'filter level = "ERROR" | stats count(*) as failures by customer | sort failures desc'

# %% id="who-wrong-typo" role="wrong" task="who" name="a typing error" says="no row"
query = 'filter mesage = "checkout failed" | stats count(*) as failures by customer'

# %% id="who-wrong-literal" role="wrong" task="who" name="one customer's number" says="also of customers who failed now"
worst = insights(
    'filter message = "checkout failed" | stats count(*) as n by customer | sort n desc'
)
query = f'filter customer = "{worst[0]["customer"]}" | stats count(*) as failures by customer'

# %% id="who-wrong-constant" role="wrong" task="who" name="columns that are constants" says="no search"
query = 'filter message = "checkout failed" | fields "c-1" as customer, 4 as failures | limit 1'

# %% id="who-wrong-up" role="wrong" task="who" name="sorted the wrong way" says="more failures"
query = """
filter message = "checkout failed"
| stats count(*) as failures by customer
| sort failures asc
"""

# %% id="who-wrong-unsorted" role="wrong" task="who" name="sorted by name" says="more failures"
query = """
filter message = "checkout failed"
| stats count(*) as failures by customer
| sort customer desc
"""

# %% id="who-check" role="check" task="who" tags=["measured"]
lab.check("who", answer=query)

# %% [markdown] id="her-why"
# From here on, the lab calls her number `her`, and her country `her_country`. It finds both from what it sent itself. A
# real shop cannot do that: it has only its log.

# %% id="her" tags=["measured"]
from collections import Counter

failed = [order for order, run in zip(morning, runs, strict=True) if not run.ok]
her = Counter(order["customer"] for order in failed).most_common(1)[0][0]
hers = next(order for order in failed if order["customer"] == her)
her_country = hers["country"]
log_of_price = log_of(price)
assert any(her_country in event["message"] for event in log_of_price), "Run the cell `send` again."
print(next(event["message"][:300] for event in log_of_price if her_country in event["message"]))

# %% [markdown] id="her-note"
# `price` says why: a `KeyError`. Nobody told it the tax of her country.

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
# their numbers in, and looks at what it finds. It takes about 5 seconds.

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
expression = f'service("{checkout.name}") OR annotation.customer = "{{customer}}"'

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

# %% id="find-wrong-outside" role="wrong" task="find" name="outside of a subsegment" says="NoneType"
from pathlib import Path

code = Path("functions/checkout_annotated/index.py").read_text()
put = '    xray_recorder.current_subsegment().put_annotation("customer", event["customer"])\n'
Path("functions/checkout_annotated/index.py").write_text(
    code.replace("    try:\n", put + "    try:\n")
)
lab.deploy("checkout", folder="checkout_annotated", **settings)
expression = 'annotation.customer = "{customer}"'

# %% id="find-wrong-key" role="wrong" task="find" name="another name" says="annotation of another name"
from pathlib import Path

code = Path("functions/checkout_annotated/index.py").read_text()
put = '    xray_recorder.current_subsegment().put_annotation("who", order["customer"])\n'
Path("functions/checkout_annotated/index.py").write_text(
    code.replace("def price(order):\n", "def price(order):\n" + put)
)
lab.deploy("checkout", folder="checkout_annotated", **settings)
expression = 'annotation.who = "{customer}"'

# %% id="find-wrong-hidden" role="wrong" task="find" name="hides the error" says="says now that it went well"
from pathlib import Path

code = Path("functions/checkout_annotated/index.py").read_text()
put = '    xray_recorder.current_subsegment().put_annotation("customer", order["customer"])\n'
code = code.replace("def price(order):\n", "def price(order):\n" + put)
Path("functions/checkout_annotated/index.py").write_text(
    code.replace("        raise\n", "        return {}\n")
)
lab.deploy("checkout", folder="checkout_annotated", **settings)
expression = 'annotation.customer = "{customer}"'

# %% id="find-wrong-empty" role="wrong" task="find" name="steps left out" says="no longer takes the step"
from pathlib import Path

code = Path("functions/checkout_annotated/index.py").read_text()
put = '    xray_recorder.current_subsegment().put_annotation("customer", order["customer"])\n'
code = code.replace("def price(order):\n", "def price(order):\n" + put)
Path("functions/checkout_annotated/index.py").write_text(
    code.replace("    reserve(order, cents)\n    notify(order)\n", "")
)
lab.deploy("checkout", folder="checkout_annotated", **settings)
expression = 'annotation.customer = "{customer}"'

# %% id="find-wrong-her" role="wrong" task="find" name="one customer only" says="There is no {customer}"
lab.deploy("checkout", folder="checkout", **settings)
expression = f'annotation.customer = "{her}"'

# %% id="find-check" role="check" task="find" tags=["measured"]
lab.check("find", answer=expression)

# %% [markdown] id="find-hers"
# Here is her own trace: she tries once more, and this is where it ends. The fault begins in `price`, and passes through
# all its callers.

# %% id="find-look" tags=["measured"]
again = lab.invoke(checkout, hers)
her_trace = trace_ids[-1]


def her_segments():
    """Her trace, once the segments of both functions have arrived."""
    found = traces_of([her_trace])
    names = {node.name for tree in trees(found) for _, node in tree.walk()}
    return found if {checkout.name, price.name} <= names else None


before = lab.wait_until("her trace has arrived", her_segments)
assert not again.ok, "She can buy already: run the cell `deploy` again."
trace_waterfall(before)

# %% [markdown] id="metric"
# ## 5. A metric that the shop understands
#
# Lambda counts `Errors`. The shop wants to know: how many customers could **not buy**, and in which country?
#
# **Your task:** change [functions/checkout_metric/index.py](functions/checkout_metric/index.py) so that each
# checkout that fails prints one line in the embedded metric format: namespace `Shop`, metric `FailedCheckouts`
# with the value 1 and the unit `Count`, and one set of dimensions: `Country`. Deploy it in place of the old one.
#
# (It is one more copy: with or without the annotation of task 4, as you like. The check lets checkouts fail in an early
# and in a late step, and waits until CloudWatch has counted them: some seconds here, up to three minutes on AWS.)

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
# `count("FailedCheckouts", 1, Country=event["country"])` before `raise`.

# %% id="metric-wrong-all" role="wrong" task="metric" name="counts every checkout" says="went well"
from pathlib import Path

code = Path("functions/checkout_metric/index.py").read_text()
line = (
    '    print(json.dumps({"_aws": {"Timestamp": int(__import__("time").time() * 1000), '
    '"CloudWatchMetrics": [{"Namespace": "Shop", "Dimensions": [["Country"]], '
    '"Metrics": [{"Name": "FailedCheckouts", "Unit": "Count"}]}]}, '
    '"FailedCheckouts": 1, "Country": event["country"]}))\n'
)
head = "    try:\n"
Path("functions/checkout_metric/index.py").write_text(code.replace(head, line + head))
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

# %% id="metric-wrong-import" role="wrong" task="metric" name="a name that does not exist" says="NameError"
from pathlib import Path

code = Path("functions/checkout_metric/index.py").read_text()
line = '        count("FailedCheckouts", 1, Country=event["country"])\n'
head = "    except Exception:\n"
Path("functions/checkout_metric/index.py").write_text(code.replace(head, head + line))
lab.deploy("checkout", folder="checkout_metric", **settings)

# %% id="metric-wrong-twice" role="wrong" task="metric" name="twice" says="prints 2 lines"
from pathlib import Path

code = Path("functions/checkout_metric/index.py").read_text()
line = (
    '        print(json.dumps({"_aws": {"Timestamp": int(time.time() * 1000), '
    '"CloudWatchMetrics": [{"Namespace": "Shop", "Dimensions": [["Country"]], '
    '"Metrics": [{"Name": "FailedCheckouts", "Unit": "Count"}]}]}, '
    '"FailedCheckouts": 1, "Country": event["country"]}))\n'
)
head = "    except Exception:\n"
Path("functions/checkout_metric/index.py").write_text(code.replace(head, head + line + line))
lab.deploy("checkout", folder="checkout_metric", **settings)

# %% id="metric-wrong-sets" role="wrong" task="metric" name="two sets" says="more than one set"
from pathlib import Path

code = Path("functions/checkout_metric/index.py").read_text()
line = (
    '        print(json.dumps({"_aws": {"Timestamp": int(time.time() * 1000), '
    '"CloudWatchMetrics": [{"Namespace": "Shop", "Dimensions": [["Country"], []], '
    '"Metrics": [{"Name": "FailedCheckouts", "Unit": "Count"}]}]}, '
    '"FailedCheckouts": 1, "Country": event["country"]}))\n'
)
head = "    except Exception:\n"
Path("functions/checkout_metric/index.py").write_text(code.replace(head, head + line))
lab.deploy("checkout", folder="checkout_metric", **settings)

# %% id="metric-wrong-early" role="wrong" task="metric" name="some failures only" says="in another step"
from pathlib import Path

code = Path("functions/checkout_metric/index.py").read_text()
line = (
    '        if event["country"] not in ("BR", "DE", "PT"):\n'
    '            print(json.dumps({"_aws": {"Timestamp": int(time.time() * 1000), '
    '"CloudWatchMetrics": [{"Namespace": "Shop", "Dimensions": [["Country"]], '
    '"Metrics": [{"Name": "FailedCheckouts", "Unit": "Count"}]}]}, '
    '"FailedCheckouts": 1, "Country": event["country"]}))\n'
)
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
# **Your task:** call `cloudwatch.put_metric_alarm` with the name `alarm_name`: it watches `FailedCheckouts` of
# `her_country`, sums over 60 seconds, and goes off when **3 or more** checkouts failed in one period. When no
# checkout fails, there is no data at all: that is **not** a reason for an alarm (`TreatMissingData`). It tells
# `topic`. The check lets three checkouts fail, and waits for the telephone: 10 to 20 seconds here, up to three minutes on
# AWS. (You may change the alarm and call `put_metric_alarm` again: the same name replaces it.)

# %% id="alarm-answer" role="answer" task="alarm"
### BEGIN SOLUTION
made = cloudwatch.put_metric_alarm(
    AlarmName=alarm_name,
    Namespace="Shop",
    MetricName="FailedCheckouts",
    Dimensions=[{"Name": "Country", "Value": her_country}],
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
# "3 or more" is `GreaterThanOrEqualToThreshold` with 3. The country's name is in `her_country`. Missing data is `notBreaching`. `AlarmActions=[topic]`.

# %% id="alarm-wrong-silent" role="wrong" task="alarm" name="tells nobody" says="tells nobody"
cloudwatch.put_metric_alarm(
    AlarmName=alarm_name,
    Namespace="Shop",
    MetricName="FailedCheckouts",
    Dimensions=[{"Name": "Country", "Value": her_country}],
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
    Dimensions=[{"Name": "Country", "Value": her_country}],
    Statistic="Sum",
    Period=60,
    EvaluationPeriods=1,
    Threshold=3,
    ComparisonOperator="GreaterThanThreshold",
    TreatMissingData="notBreaching",
    AlarmActions=[topic],
)

# %% id="alarm-wrong-unit" role="wrong" task="alarm" name="another unit" says="never sees a value"
cloudwatch.put_metric_alarm(
    AlarmName=alarm_name,
    Namespace="Shop",
    MetricName="FailedCheckouts",
    Dimensions=[{"Name": "Country", "Value": her_country}],
    Statistic="Sum",
    Unit="Seconds",
    Period=60,
    EvaluationPeriods=1,
    Threshold=3,
    ComparisonOperator="GreaterThanOrEqualToThreshold",
    TreatMissingData="notBreaching",
    AlarmActions=[topic],
)

# %% id="alarm-wrong-country" role="wrong" task="alarm" name="another country" says="another country than hers"
cloudwatch.put_metric_alarm(
    AlarmName=alarm_name,
    Namespace="Shop",
    MetricName="FailedCheckouts",
    Dimensions=[{"Name": "Country", "Value": "BR"}],
    Statistic="Sum",
    Period=60,
    EvaluationPeriods=1,
    Threshold=3,
    ComparisonOperator="GreaterThanOrEqualToThreshold",
    TreatMissingData="notBreaching",
    AlarmActions=[topic],
)

# %% id="alarm-wrong-off" role="wrong" task="alarm" name="actions off" says="its actions are off"
cloudwatch.put_metric_alarm(
    AlarmName=alarm_name,
    Namespace="Shop",
    MetricName="FailedCheckouts",
    Dimensions=[{"Name": "Country", "Value": her_country}],
    Statistic="Sum",
    Period=60,
    EvaluationPeriods=1,
    Threshold=3,
    ComparisonOperator="GreaterThanOrEqualToThreshold",
    TreatMissingData="notBreaching",
    AlarmActions=[topic],
    ActionsEnabled=False,
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
assert otel.rpartition(":")[0].endswith("otel"), "The layer has another name: run this cell again."

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

# %% id="otel-wrong-nothing" role="wrong" task="otel" name="spans around nothing" says="does not hold the call"
from pathlib import Path

code = Path("functions/checkout_otel/index.py").read_text()
empty = "".join(
    f'    with tracer.start_as_current_span("{name}"):\n        pass\n'
    for name in ("price", "coupon")
)
code = code.replace("    cents = ask(", empty + "    cents = ask(")
Path("functions/checkout_otel/index.py").write_text(code)
lab.deploy("checkout_otel", **otel_settings)

# %% id="otel-wrong-both" role="wrong" task="otel" name="each around both" says="holds the call of the function coupon"
from pathlib import Path

code = Path("functions/checkout_otel/index.py").read_text()
both = (
    '            with tracer.start_as_current_span("price"):\n'
    '                with tracer.start_as_current_span("coupon"):\n'
    "                    return check_out(event)\n"
)
code = code.replace("            return check_out(event)\n", both)
Path("functions/checkout_otel/index.py").write_text(code)
lab.deploy("checkout_otel", **otel_settings)

# %% id="otel-wrong-name" role="wrong" task="otel" name="another attribute" says="under another name"
from pathlib import Path

code = Path("functions/checkout_otel/index.py").read_text()
for name in ("price", "coupon"):
    start = code.index(f"    {'cents' if name == 'price' else 'percent'} = ask(")
    line = code[start : code.index("\n", start) + 1]
    span = f'    with tracer.start_as_current_span("{name}"):\n    {line}'
    code = code.replace(line, span)
put = 'SERVER) as span:\n            span.set_attribute("client", event["customer"])\n'
Path("functions/checkout_otel/index.py").write_text(code.replace("SERVER):\n", put))
lab.deploy("checkout_otel", **otel_settings)

# %% id="otel-wrong-layer" role="wrong" task="otel" name="the other layer" says="No module named"
lab.deploy("checkout_otel", **settings)

# %% id="otel-check" role="check" task="otel" tags=["measured"]
lab.check("otel")

# %% [markdown] id="otel-beside"
# Once it is deployed, you see the trace of one such checkout. The functions that are called hang from `Invocation`, and
# not from your spans: boto3 gives them the header that Lambda set, and knows nothing of your spans.

# %% id="otel-look" tags=["measured"]
names = [f["FunctionName"] for f in lam.list_functions()["Functions"]]
if f"{checkout.name}_otel" in names:
    run = lab.invoke(
        f"{checkout.name}_otel", {"order": 1, "customer": "c-1", "country": "PT", "cents": 1200}
    )
    print("went well" if run.ok else f"failed: {run.error_type}")
    lab.wait_until("the trace has arrived", lambda: traces_of(trace_ids[-1:]))
trace_waterfall(traces_of(trace_ids[-1:]))

# %% [markdown] id="fix"
# ## 8. She can buy
#
# You know who, where and why. The shop's accountant says: **all countries that are not listed pay 20 %**; the listed ones
# keep their tax.
#
# **Your task:** change [functions/price_fixed/index.py](functions/price_fixed/index.py), a copy of `price`, and deploy it
# in its place: `lab.deploy("price", folder="price_fixed", **small)`. The check lets people from her country, from the
# listed ones and from a new one buy, and looks at what they pay.

# %% id="fix-answer" role="answer" task="fix" changes="price_fixed"
### BEGIN SOLUTION
price = lab.deploy("price", folder="price_fixed", **small)
### STARTER
# # Change the file, and deploy it here.
### END SOLUTION

# %% [markdown] id="fix-hint-1" role="hint" task="fix"
# `TAX_PERCENT[country]` raises a KeyError for a country that is not there. Which method of a dictionary gives another
# value then?

# %% [markdown] id="fix-hint-2" role="hint" task="fix"
# `TAX_PERCENT.get(event["country"], 20)`.

# %% id="fix-wrong-her" role="wrong" task="fix" name="her country alone" says="fails"
from pathlib import Path

code = Path("functions/price_fixed/index.py").read_text()
Path("functions/price_fixed/index.py").write_text(
    code.replace('"PT": 23}', f'"PT": 23, "{her_country}": 20}}')
)
price = lab.deploy("price", folder="price_fixed", **small)

# %% id="fix-wrong-free" role="wrong" task="fix" name="no tax" says="another sum"
from pathlib import Path

code = Path("functions/price_fixed/index.py").read_text()
Path("functions/price_fixed/index.py").write_text(
    code.replace('TAX_PERCENT[event["country"]]', 'TAX_PERCENT.get(event["country"], 0)')
)
price = lab.deploy("price", folder="price_fixed", **small)

# %% id="fix-wrong-all" role="wrong" task="fix" name="20 percent for all" says="another sum"
from pathlib import Path

code = Path("functions/price_fixed/index.py").read_text()
Path("functions/price_fixed/index.py").write_text(
    code.replace('TAX_PERCENT[event["country"]]', "20")
)
price = lab.deploy("price", folder="price_fixed", **small)

# %% id="fix-wrong-hidden" role="wrong" task="fix" name="hides every error" says="an error is hidden"
from pathlib import Path

code = Path("functions/price_fixed/index.py").read_text()
tax = 'TAX_PERCENT.get(event["country"], 20)'
code = code.replace('TAX_PERCENT[event["country"]]', tax).replace(
    'event["cents"] * (', '(event["cents"] or 0) * ('
)
Path("functions/price_fixed/index.py").write_text(code)
price = lab.deploy("price", folder="price_fixed", **small)

# %% id="fix-check" role="check" task="fix" tags=["measured"]
lab.check("fix")

# %% [markdown] id="fix-hers"
# Her trace once more, beside the first one. Choose between the two: what is new in the second?

# %% id="fix-look" tags=["measured"]
again = lab.invoke(checkout, hers)
her_trace = trace_ids[-1]
after = lab.wait_until("her trace has arrived", her_segments)
print("She buys." if again.ok else "She still cannot buy.")
trace_waterfall([*before, *after])

# %% [markdown] id="goal"
# ## Have you reached the goal?

# %% id="goal-measure" tags=["measured"]
import pandas as pd

asked_for = [order for order in morning if order["customer"] == her]
bought = sum(buy(order).ok for order in asked_for)
alarms = cloudwatch.describe_alarms(AlarmNames=[alarm_name])["MetricAlarms"]
named = str(lab.verdicts["who"].state) == "right"
rows = [
    ("the slow step", "named", f"{slow}, median {largest:.0f} %" if slow is not ... else "unknown"),
    ("who cannot buy, and why", "named", f"{her}, {her_country}" if named else "unknown"),
    ("three failures in a minute", "an alarm", f"{len(alarms)} alarm(s)"),
    ("checkouts of hers that succeed", "100 %", f"{100 * bought / len(asked_for):.0f} %"),
]
goal = pd.DataFrame(rows, columns=["goal", "asked for", "measured now"]).set_index("goal")
assert len(goal) == 4, "A row of the goal is missing."
goal

# %% id="goal-progress" tags=["measured"]
lab.progress()

# %% [markdown] id="finish-why"
# ## Clean up, and see the bill
#
# `lab.finish()` deletes what this lab made: functions, layers, queues, the topic, the alarm, the table, the role.
# Metrics and traces cannot be deleted. On AWS, they go by themselves: traces after 30 days, metrics after 15 months.

# %% id="finish" tags=["measured"]
done = lab.finish()
assert done.clean, "Something is left: read the list above, and run this cell again."
done

# %% [markdown] id="next"
# ## To keep
#
# - A trace shows where the time goes; look at several before you name a culprit.
# - Name a share by its kind: the share of all seconds, or the median of the shares.
# - A log that is data answers questions that nobody thought of before. Let the query find the name.
# - An annotation makes the traces of one customer findable; metadata does not.
# - Watch what your customers feel, and let somebody be told. No news is not always good news: choose what missing data
#   means.
# - Count a failure where every failure comes by, and raise the error again.
# - With OpenTelemetry, the same spans go to X-Ray today and to another vendor tomorrow.
# - A fix is done when the customer can do what she could not do before: try it as she does.
#
# ## The on-call card
#
# | symptom | first command | what it tells |
# | --- | --- | --- |
# | "it is slow" | `aws xray get-trace-summaries --filter-expression 'responsetime > 1'` | which requests; then the waterfall of three of them |
# | "it fails" | `aws cloudwatch get-metric-data` with `Errors` and `Throttles` of `AWS/Lambda` | how often, since when |
# | "*I* cannot buy" | Logs Insights: `filter customer = "…" \| sort @timestamp desc` | what happened to this one |
# | who else? | Logs Insights: `filter level = "ERROR" \| stats count(*) by customer, country` | whether it is one or many |
# | time-outs | Logs Insights: `filter record.status = "timeout"` | Lambda's own report of each |
# | the first request is slow | `@initDuration > 0`, or bars called `Initialization` or `Init` | a cold start |
# | the alarm is silent | `aws cloudwatch describe-alarm-history --alarm-name …` | whether it changed its state, and whether its action was done |
# | no traces | `aws lambda get-function-configuration` | `TracingConfig` is `PassThrough`, or the role may not send |
#
# ## Go further
#
# 1. Let the alarm watch **all** countries: a metric with a dimension for each country needs one alarm for each. What would
#    you change in the line of task 5, and what would it cost?
# 2. The step that you found is slow because of a partner. Give its call a time-out of 100 ms and a default answer. What
#    do your customers gain, and what does the shop lose?
#
# ## Three questions, as an interviewer asks them
#
# 1. A customer complains, your dashboards are green. Name two reasons, and what you look at.
# 2. Why is `TreatMissingData` a decision about the business, and not a technical one?
# 3. What is the difference between an annotation, metadata, and a dimension of a metric: who pays for what?
#
# ## Next
#
# [Lesson 09](../../notebooks/09-good-practice-and-orchestration.ipynb) measures good practice, and takes one order three
# ways. [Lesson 04](../../notebooks/04-memory-tuning.ipynb) makes the slow function cheaper or faster; [lesson 07](../../notebooks/07-failures-and-dlq.ipynb) saves the orders that nobody waits for.
