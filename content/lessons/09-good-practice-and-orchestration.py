# %% [markdown] id="title"
# # Good practice and orchestration
#
# **After this lesson, in 25 minutes, you will be able to**
#
# - test your logic without a cloud, and say what that saves (3 minutes);
# - choose where a setting lives, and say what reading it costs (4 minutes);
# - read only the bytes that you need (3 minutes);
# - say what a fat function and a fat package cost, from your own cold starts (4 minutes);
# - run an order in three ways, kill each in the middle, and say what ran twice (7 minutes);
# - read a replay step by step, and work out the bill for a million orders (4 minutes).

# %% id="lab" tags=["measured"]
from serverless_course import Lab

lab = Lab("09-good-practice-and-orchestration")
lam, logs, iam = lab.client("lambda"), lab.client("logs"), lab.client("iam")
dynamodb, s3, sfn = lab.client("dynamodb"), lab.client("s3"), lab.client("stepfunctions")
ssm, secrets, cfn = (lab.client(name) for name in ("ssm", "secretsmanager", "cloudformation"))

# %% [markdown] id="idea"
# Two slides of the talk list habits: *“Boas práticas de uma função Lambda”* (good practice for a Lambda function), and
# *“+ Boas práticas!”* (more good practice). Between them stands one sentence in large letters: *“Não faça orquestrações
# no seu código”*, do not orchestrate in your code. (The translations are ours.)
#
# Advice is cheap. Here **each habit is measured**: what does it save, and what does it cost? First what this page needs: a
# table, a bucket (made by a template, as in lesson 10), and rights for the role. (About 10 seconds.)

# %% id="stores" tags=["measured"]
import json
import time
from contextlib import suppress

table = lab.name("orders", kind="dynamodb:table")
with suppress(dynamodb.exceptions.ResourceInUseException):  # It is there already.
    dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
waiting = {"Delay": 1, "MaxAttempts": 120}
dynamodb.get_waiter("table_exists").wait(TableName=table, WaiterConfig=waiting)
assert table.endswith("orders")

# %% id="bucket" tags=["measured"]
stack = lab.name("files", kind="cloudformation:stack")
with suppress(cfn.exceptions.AlreadyExistsException):
    text = json.dumps({"Resources": {"Files": {"Type": "AWS::S3::Bucket"}}})
    cfn.create_stack(StackName=stack, TemplateBody=text)
cfn.get_waiter("stack_create_complete").wait(StackName=stack, WaiterConfig=waiting)
bucket = cfn.describe_stack_resource(StackName=stack, LogicalResourceId="Files")
bucket = bucket["StackResourceDetail"]["PhysicalResourceId"]
assert bucket, "The stack has no bucket: run this cell again."

# %% id="rights" tags=["measured"]
may = {
    "dynamodb": ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"],
    "ssm": "ssm:GetParameter",
    "secretsmanager": "secretsmanager:GetSecretValue",
    "lambda": ["lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"],
}
statements = [
    {"Effect": "Allow", "Action": action, "Resource": f"arn:aws:{service}:*:*:*{lab.slug}*"}
    for service, action in may.items()
]
objects = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{bucket}/*"}
policy = {"Version": "2012-10-17", "Statement": [*statements, objects]}
allowed = iam.put_role_policy(
    RoleName=lab.role.rpartition("/")[2], PolicyName="orders", PolicyDocument=json.dumps(policy)
)
assert allowed["ResponseMetadata"]["HTTPStatusCode"] == 200


# %% id="deploy-helper" tags=["measured"]
from pathlib import Path
from tempfile import mkdtemp

from serverless_course.functions.deploy import deploy


def deploy_files(short, files, environment=None, **options):
    """Deploy some files as a function of 512 MB; new code each time."""
    folder = Path(mkdtemp())
    for name, content in files.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    (folder / "deployed_at.txt").write_text(str(time.time()))
    settings = {"memory": 512, "timeout": 60, "handler": "index.handler", "options": options}
    return deploy(
        lam,
        lab.name(short),
        folder,
        role=lab.role,
        runtime=lab.runtime,
        environment={"TABLE": table} | (environment or {}),
        permissions_spread=lab.cloud.kind == "aws",
        **settings,
    )


# %% id="table-helper" tags=["measured"]
import pandas as pd

from serverless_course.figures.titled_table import titled


def measured_table(run, what):
    """What a function measured, as a table whose title says when the machine was busy."""
    assert run.ok, f"{run.payload}: the role may be too new. Run this cell again."
    busy = run.host is not None and not run.host.kept_promise
    title = f"{what}. The machine was busy, and the times show it" if busy else what
    return titled(pd.DataFrame.from_dict(run.payload, orient="index"), title)


# %% [markdown] id="handler-and-logic"
# ## Handler and logic apart
#
# The talk: *“Separe o handler (entry point) da lógica do negócio”*, separate the handler from the business logic. The
# **handler** knows Lambda: it reads the event, and shapes the answer. The **logic** knows postage, and nothing of a cloud.

# %% id="postage-text"
POSTAGE = """
def postage_cents(grams, express=False):
    if grams <= 0:
        raise ValueError("a parcel weighs something")
    base = 350 if grams <= 500 else 350 + 90 * -(-(grams - 500) // 500)
    return base * 2 if express else base
"""
HANDLER = """
from postage import postage_cents

def handler(event, context):
    return {"cents": postage_cents(event["grams"], event.get("express", False))}
"""

# %% [markdown] id="logic-predict-why"
# **Predict:** a test of the logic runs on your machine. The same test through the cloud needs a deployment and an
# invocation. How many tests of the logic fit into the time of *one* through the cloud?

# %% id="logic-predict" tags=["measured"]
my_guess = ...
lab.predict("tests of the logic for one through the cloud", count=my_guess)


# %% id="logic-measure" tags=["measured"]
namespace = {}
exec(POSTAGE, namespace)
postage_cents = namespace["postage_cents"]
CASES = [(1, False, 350), (500, True, 700), (501, False, 440), (1500, False, 530)]


def test_logic():
    for grams, express, cents in CASES:
        assert postage_cents(grams, express) == cents, (grams, express)


began = time.perf_counter()
for _ in range(1000):
    test_logic()
logic_s = (time.perf_counter() - began) / 1000
began = time.perf_counter()
parcel = deploy_files("parcel", {"index.py": HANDLER, "postage.py": POSTAGE})
run = lab.invoke(parcel, {"grams": 501})
cloud_s = time.perf_counter() - began
assert run.payload == {"cents": 440}, f"It answered {run.payload}: run this cell again."
print(f"{logic_s * 1e6:.1f} µs by logic alone, {cloud_s:.2f} s by deployment and invocation")
lab.compare("tests of the logic for one through the cloud", count=round(cloud_s / logic_s))

# %% id="logic-shown"
{grams: postage_cents(grams) for grams in (1, 500, 501, 1500)}

# %% [markdown] id="logic-note"
# On AWS a deployment takes longer, so the factor grows. It decides how you work: a test of microseconds runs at each key
# press, one of seconds before lunch. **Keep one test through the cloud, too**: only it finds a wrong handler name, a missing
# right or a forgotten file. (Lab 03 takes such a function apart.)

# %% [markdown] id="configuration"
# ## Configuration outside the code
#
# The talk: *“Por função: variáveis de ambiente. Entre funções: Amazon Parameter Store / Secrets Manager.”* For one function,
# environment variables; between functions, these two. (The first is now called AWS Systems Manager Parameter Store.)
#
# What does reading cost? This function reads the same setting in five ways, 20 times each, and counts its calls.

# %% id="settings-text"
SETTINGS = """
import os, time
import boto3

ssm, secrets = boto3.client("ssm"), boto3.client("secretsmanager")
calls, kept = {"n": 0}, {}

def parameter():
    calls["n"] += 1
    return ssm.get_parameter(Name=os.environ["SETTING"])["Parameter"]["Value"]

def secret():
    calls["n"] += 1
    return secrets.get_secret_value(SecretId=os.environ["SETTING"])["SecretString"]

def cached(read, seconds=300):
    value, until = kept.get(read, (None, 0))
    if time.monotonic() >= until:
        value = read()
        kept[read] = value, time.monotonic() + seconds
    return value
"""

# %% id="settings-handler"
READ = """
WAYS = {
    "environment variable": lambda: os.environ["LIMIT"],
    "parameter, each time": parameter,
    "parameter, kept 5 minutes": lambda: cached(parameter),
    "secret, each time": secret,
    "secret, kept 5 minutes": lambda: cached(secret),
}

def handler(event, context):
    told = {}
    for way, read in WAYS.items():
        calls["n"], began = 0, time.perf_counter()
        for _ in range(event["times"]):
            value = read()
        ms = (time.perf_counter() - began) * 1000 / event["times"]
        told[way] = {"ms each": round(ms, 3), "calls": calls["n"], "value": value}
    return told
"""

# %% id="settings-run" tags=["measured"]
setting = lab.name("limit", kind="ssm:parameter")
with suppress(ssm.exceptions.ParameterAlreadyExists):
    ssm.put_parameter(Name=setting, Value="10", Type="String")
ssm.put_parameter(Name=setting, Value="10", Type="String", Overwrite=True)
with suppress(secrets.exceptions.ResourceExistsException):
    secrets.create_secret(Name=lab.name("limit", kind="secretsmanager:secret"), SecretString="10")
secrets.put_secret_value(SecretId=setting, SecretString="10")
reader = deploy_files("reader", {"index.py": SETTINGS + READ}, {"SETTING": setting, "LIMIT": "10"})
run = lab.invoke(reader, {"times": 20})
shown = measured_table(run, "Reading one setting 20 times in five ways")
calls = {way: told["calls"] for way, told in run.payload.items()}
assert list(calls.values()) == [0, 20, 1, 20, 1], f"{calls}: run this cell again."
shown

# %% [markdown] id="settings-predict-why"
# **Predict:** now somebody changes the parameter and the secret to 99. The warm function reads again. In how many of the
# five ways does it see the new value *at once*?

# %% id="settings-predict" tags=["measured"]
my_guess = ...
lab.predict("ways that see the new value at once", count=my_guess)

# %% id="settings-changed" tags=["measured"]
ssm.put_parameter(Name=setting, Value="99", Type="String", Overwrite=True)
secrets.put_secret_value(SecretId=setting, SecretString="99")
run = lab.invoke(reader, {"times": 1})
values = {way: told["value"] for way, told in run.payload.items()}
print(lab.compare("ways that see the new value at once", count=list(values.values()).count("99")))
assert set(values.values()) <= {"10", "99"}, values
print("a new environment since the reading before:", "yes" if run.cold else "no")
values

# %% [markdown] id="settings-note"
# | where | reading costs | a change is seen | who can read it |
# | --- | --- | --- | --- |
# | **environment variable** | nothing | after an update of the function, in new environments | whoever may read the configuration |
# | **Parameter Store** | a call, each time or once per environment and period | after your cache's time | who has `ssm:GetParameter` |
# | **Secrets Manager** | the same | the same | who has `secretsmanager:GetSecretValue` |
#
# The milliseconds are this cloud's; on AWS a call crosses a network. The **calls** are the same there. 1,000 invocations a
# second that read each time are 1,000 calls a second, and both services throttle. Kept for 5 minutes in 50 environments,
# that is 10 calls *a minute*. A cache's time is the answer to one question: **how long may a function work with the old value?**
#
# Standard parameters cost nothing (4 KB each, 10,000 in a Region; AWS's API model, 2026). We hold no confirmed price of
# Secrets Manager. AWS offers the cache ready-made as an extension layer, and Powertools has it as `parameters`.

# %% [markdown] id="read-only-needed"
# ## Read only what is needed
#
# The talk: *“Leia somente o que for preciso”*, read only what you need. A file of 8 MB has a table of contents in its first
# 200 bytes. An item in DynamoDB has a status, and a description of 300 KB. Both in full, and both in part:

# %% id="partial-text"
PARTIAL = """
import os, time
import boto3

s3, rows = boto3.client("s3"), boto3.client("dynamodb")

def whole_file(**part):
    return len(s3.get_object(Bucket=os.environ["BUCKET"], Key="book", **part)["Body"].read())

def item(**part):
    got = rows.get_item(TableName=os.environ["TABLE"], Key={"id": {"S": "book"}}, **part)
    return int(got["ResponseMetadata"]["HTTPHeaders"]["content-length"])

WAYS = {
    "S3: the whole object": whole_file,
    "S3: Range, 200 bytes": lambda: whole_file(Range="bytes=0-199"),
    "DynamoDB: the whole item": item,
    "DynamoDB: projection": lambda: item(ProjectionExpression="stock"),
}
"""

# %% id="partial-handler"
MEASURE = """
def handler(event, context):
    told = {}
    for way, read in WAYS.items():
        read()                                    # The first one opens the connection.
        times = []
        for _ in range(7):
            began = time.perf_counter()
            size = read()
            times.append((time.perf_counter() - began) * 1000)
        told[way] = {"bytes": size, "median ms": round(sorted(times)[3], 2)}
    return told
"""

# %% id="partial-run" tags=["measured"]
s3.put_object(Bucket=bucket, Key="book", Body=b"contents: ".ljust(200) + bytes(8_000_000))
book = {"id": {"S": "book"}, "stock": {"N": "12"}, "text": {"S": "word " * 60_000}}
dynamodb.put_item(TableName=table, Item=book)
partial = deploy_files("partial", {"index.py": PARTIAL + MEASURE}, {"BUCKET": bucket})
run = lab.invoke(partial, {})
shown = measured_table(run, "Read in full, and in part")
sizes = [told["bytes"] for told in run.payload.values()]
assert sizes[1] == 200, f"{sizes}: run this cell again."
assert sizes[3] < sizes[2] / 100, f"{sizes}: run this cell again."
shown

# %% [markdown] id="partial-note"
# A `Range` reads part of an object: the index of a file, the tail of a log. Bytes that are not sent need no time, no memory
# and no parsing. **One thing a projection does not save**: DynamoDB counts capacity by the size of the *item*, and takes
# the projection afterwards (DynamoDB Developer Guide). To pay less, keep what is large in an item of its own, or in S3.

# %% [markdown] id="no-fat-functions"
# ## No fat functions, and dependencies under control
#
# The second slide: *“Evite funções ‘fat’/monolíticas”* (avoid fat, monolithic functions), *“Controle as dependências no seu
# pacote de deploy”* (control the dependencies in your package). Three functions of a shop: quote a price, make an invoice,
# import a catalogue. The fat one has all three, and loads what the catalogue needs for everybody.
#
# `catalogue.py` stands for a heavy dependency: 6,000 small functions, compiled and run when it is imported. Beside it,
# 12 MB of data that nobody reads.

# %% id="fat-text"
import random

HEAVY = "\n".join(f"def part_{n}(a, b):\n    return a * {n} + b\n" for n in range(6_000))
QUOTE = "def handler(event, context):\n    return {'cents': 440}\n"
ROUTES = """
import catalogue
import invoices

def handler(event, context):
    return {"quote": {"cents": 440}, "invoice": invoices, "import": catalogue}.get(event["do"])
"""
LAZY = """
def handler(event, context):
    if event["do"] == "import":
        import catalogue
    return {"cents": 440}
"""

# %% id="packages"
PACKAGES = {
    "split": {"index.py": QUOTE},
    "fat": {"index.py": ROUTES, "invoices.py": "import decimal\n", "catalogue.py": HEAVY},
    "fat, loaded lazily": {"index.py": LAZY, "catalogue.py": HEAVY},
    "split, 12 MB of data": {"index.py": QUOTE, "data.bin": random.Random(9).randbytes(12_000_000)},
}

# %% [markdown] id="fat-predict-why"
# **Predict:** the fat function's Init, as a multiple of the split one's? Both answer the same question: what does a parcel
# of 501 g cost?

# %% id="fat-predict" tags=["measured"]
my_guess = ...
lab.predict("Init, fat by split", times=my_guess)


# %% [markdown] id="fat-run-why"
# Each package is deployed three times, so that each gives three cold starts. (About 25 seconds.)


# %% id="cold-starts" tags=["measured"]
def cold_starts(short, files, times=3):
    """Init of so many new environments, in ms, and the size of the package that was uploaded."""
    found, busy = [], 0
    for _ in range(times):
        function = deploy_files(short, files)
        run = lab.invoke(function, {"do": "quote"})
        assert run.ok and run.init_ms, f"{run.payload}: run this cell again."
        found.append(run.init_ms)
        busy += bool(run.host and not run.host.kept_promise)
    size = lam.get_function_configuration(FunctionName=function.name)["CodeSize"]
    return found, size, busy


assert len(cold_starts("shop-0", PACKAGES["split"], times=1)[0]) == 1, "Run this cell again."

# %% id="fat-run" tags=["measured"]
from serverless_course.figures.package_diet import Package, package_diet

diet, busy = [], 0
for number, (name, files) in enumerate(PACKAGES.items()):
    found, size, disturbed = cold_starts(f"shop-{number}", files)
    diet.append(Package(name, size, found))
    busy += disturbed
median = {each.name: each.median_ms for each in diet}
if median["fat"] <= median["split"]:
    print(f"{median}: this machine was busy, and the times tell little. Run this cell again.")
print(lab.compare("Init, fat by split", times=median["fat"] / median["split"]))
package_diet(diet, disturbance="The machine was busy" if busy else "")

# %% [markdown] id="fat-note"
# - **What is imported costs, what lies there does not** – *here*: the package lies on this machine. On AWS a cold start also
#   fetches it. The squares are somebody's measurement of whole cold starts on AWS, of 7 January 2021 (1 KB, 14 MB, 35 MB:
#   0.26, 1.70, 3.87 s). They are old, and of other code: look at the slope, and not at the height.
# - **Lazy loading** moves the cost to the one event that needs it. Since 1 August 2025 Init is billed, so it is a question
#   of waiting, and no longer of money (lesson 03).
# - Time is the smallest trouble of a fat function. It has **one** role with the rights of all its parts, **one** memory size
#   and **one** time-out for all, **one** version that ships them together, and one alarm that does not say who is ill.
# - The other extreme, a function for each line, only moves the tangle into the calls. A good cut follows *what changes
#   together, and needs the same rights*.

# %% [markdown] id="optimise-languages"
# ## Optimise for each language
#
# The talk: *“Otimize a função para cada linguagem – Node: Browserify, Minify.”* What that means today depends on where your
# language spends its Init:
#
# | language | where Init goes | what helps |
# | --- | --- | --- |
# | Node.js | finding and reading many small files; one big SDK | bundle and minify, as the talk says; one `@aws-sdk/client-…` for each service. SDK version 2 ended on 8 September 2025 |
# | Python | running modules when they are imported | import less, import late; leave test files and unused compiled parts out |
# | Java | starting the virtual machine, frameworks, reflection | SnapStart (free for Java), fewer frameworks |
# | Go, Rust | little: they are compiled ahead of time | a small binary |
#
# So **measure where yours goes**. In Python one function can tell. Guess first: which of these is the most expensive?

# %% id="imports-run" tags=["measured"]
IMPORTS = """
import importlib, sys, time

def handler(event, context):
    told = {}
    for name in event["modules"]:
        before, began = len(sys.modules), time.perf_counter()
        importlib.import_module(name)
        took = (time.perf_counter() - began) * 1000
        told[name] = {"ms": round(took, 1), "modules more": len(sys.modules) - before}
    return told
"""
sdk = lab.layer("durable-sdk", distributions=["aws-durable-execution-sdk-python"])
importing = deploy_files("importing", {"index.py": IMPORTS}, Layers=[sdk])
modules = ["json", "decimal", "asyncio", "boto3", "aws_durable_execution_sdk_python"]
run = lab.invoke(importing, {"modules": modules})
shown = measured_table(run, "What importing costs, one after the other")
assert list(run.payload) == modules, f"{run.payload}: run this cell again."
shown

# %% [markdown] id="imports-note"
# A module is loaded once in each environment: run the cell again without a new deployment, and all of it is 0. What one
# module has loaded already, the next one gets for nothing, so the order counts.

# %% [markdown] id="no-orchestration"
# ## “Do not orchestrate in your code”
#
# The talk's slide gives three reasons for Step Functions: it *coordinates functions*, it *keeps the state of data and
# execution*, it *removes redundant code*. Was that right? And is it still, when **durable functions** (since 2 December 2025)
# are exactly orchestration in code? We do not argue. We take one order through all three ways, and kill each in the middle.
#
# ```
# reserve → charge → invoice and notify, side by side → wait for the courier → ship
# ```
#
# All three use **the same steps**. A step's effect is a count in the table, so nothing can hide. To kill it, the process
# ends itself with `os._exit(1)`, *after* the effect and *before* anybody is told. That is what a crash, a lost host or too
# little memory does, and it works on AWS, too.

# %% id="steps-text"
STEPS = """
import os, time
import boto3

rows, TABLE = boto3.client("dynamodb"), os.environ["TABLE"]

def do(step, event):
    \"\"\"One step's effect: its count. As told by the event, the process dies right after it.\"\"\"
    found = rows.update_item(
        TableName=TABLE, Key={"id": {"S": f"{event['order']} {step}"}},
        UpdateExpression="ADD times :one", ExpressionAttributeValues={":one": {"N": "1"}},
        ReturnValues="UPDATED_NEW")
    if step == event.get("dies_at") and int(found["Attributes"]["times"]["N"]) <= event["deaths"]:
        os._exit(1)
    time.sleep(0.1)                                # The work.
    return f"{step}: done"

def ask_courier(event, token):
    rows.put_item(TableName=TABLE, Item={
        "id": {"S": f"{event['order']} courier"}, "token": {"S": token}})
"""


# %% id="order-helpers" tags=["measured"]
NAMES = ("reserve", "charge", "invoice", "notify", "ship", "release")


def row(id):
    found = dynamodb.get_item(TableName=table, Key={"id": {"S": id}}, ConsistentRead=True)
    return found.get("Item", {})


def effects(order):
    """How often each step had its effect."""
    times = {name: row(f"{order} {name}").get("times", {"N": "0"}) for name in NAMES}
    return {name: int(found["N"]) for name, found in times.items()}


def courier_asked(order):
    """Wait until the order waits for its courier; the token with which he answers."""
    what = "the order waits for its courier"
    found = lab.wait_until(what, lambda: row(f"{order} courier").get("token"), minutes=120)
    time.sleep(1)  # He takes a second to answer.
    return found["S"]


def new_order(way, **more):
    return {"order": f"{way} {time.time_ns()}", **more}


KILLED = {"dies_at": "charge", "deaths": 1}
assert effects("no such order")["charge"] == 0, "The table is not empty: run this page again."


# %% id="billed-helper" tags=["measured"]
from serverless_course.functions.report import Report


def billed(function, since_ms):
    """Billed milliseconds of all that ended since then, when nothing is under way any more."""

    def all_there():
        pages = logs.get_paginator("filter_log_events").paginate(
            logGroupName=f"/aws/lambda/{function.name}", startTime=since_ms
        )
        lines = [event["message"] for page in pages for event in page["events"]]
        found = [Report.parse(line) for line in lines if line.startswith("REPORT")]
        started = sum(line.startswith("START") for line in lines)
        return found if found and len(found) == started else None

    return lab.wait_until("all reports", all_there, minutes=60)


def now_ms():
    return int(time.time() * 1000)


since = now_ms()
lab.invoke(parcel, {"grams": 1})
assert len(billed(parcel, since)) == 1, "Another call is under way: run this cell again."

# %% [markdown] id="waiting-code"
# ### Way 1: code that waits
#
# One function does it all, and asks every fifth of a second whether the courier has answered.

# %% id="waiting-text"
WAITING = """
import time
from steps import TABLE, ask_courier, do, rows

def handler(event, context):
    for step in ("reserve", "charge", "invoice", "notify"):
        do(step, event)
    ask_courier(event, "none needed")
    key = {"id": {"S": f"{event['order']} courier"}}
    while "answer" not in rows.get_item(TableName=TABLE, Key=key)["Item"]:
        time.sleep(0.2)                            # Billed, like all the rest.
    return do("ship", event)
"""


# %% id="waiting-run" tags=["measured"]
def waiting_order(**more):
    """One order through the code that waits: its effects, and its reports."""
    event, began = new_order("waiting", **more), now_ms()
    lam.invoke(FunctionName=waiter.name, InvocationType="Event", Payload=json.dumps(event))
    courier_asked(event["order"])
    dynamodb.update_item(
        TableName=table,
        Key={"id": {"S": f"{event['order']} courier"}},
        UpdateExpression="SET answer = :yes",
        ExpressionAttributeValues={":yes": {"S": "yes"}},
    )
    lab.wait_until("it is shipped", lambda: effects(event["order"])["ship"], minutes=60)
    return effects(event["order"]), billed(waiter, began)


waiter = deploy_files("waiting", {"index.py": WAITING, "steps.py": STEPS})
waiting_order()  # Starts an environment.
done, reports = waiting_order()
assert done == dict.fromkeys(NAMES, 1) | {"release": 0}, f"{done}: run this cell again."
waiting_ms = [each.billed_ms for each in reports]
print(f"billed: {sum(waiting_ms)} ms, of which the courier took about 1,000")

# %% [markdown] id="waiting-note"
# It works, and you pay for the waiting. A second is nothing. But the courier takes *ten minutes*, and a function may take 15
# at most. And now: it dies while it charges the card.
#
# **Predict:** the event is asynchronous, so Lambda tries it again, from the top. How many of the five effects happen twice?

# %% id="waiting-predict" tags=["measured"]
my_guess = ...
lab.predict("effects twice, code that waits", count=my_guess)

# %% id="waiting-killed" tags=["measured"]
killed, told, bills = {}, {}, {}
killed["code that waits"], reports = waiting_order(**KILLED)
twice = sum(times == 2 for times in killed["code that waits"].values())
print(lab.compare("effects twice, code that waits", count=twice))
print("reports:", [(each.billed_ms, each.error_type or "ended well") for each in reports])
bills["code that waits"] = sum(each.billed_ms for each in reports)
assert twice >= 2, f"{killed}: run this cell again."
killed["code that waits"]

# %% [markdown] id="waiting-killed-note"
# **Everything before the crash runs again**: the stock is reserved twice, the card is charged twice. Lambda does not know
# how far the code had come; the code forgot. Called *synchronously*, nobody would have tried again, and the order would be
# lost in the middle: paid, and never shipped. To be safe, each step must find out whether it was done. That is the
# *redundant code* of the slide.

# %% [markdown] id="step-functions"
# ### Way 2: Step Functions
#
# A **state machine** says in JSON which step follows which. Step Functions keeps the state, calls the functions, tries again
# (`Retry`), goes another way when it must (`Catch`), runs branches (`Parallel`), and waits for an answer with a token
# (`.waitForTaskToken`), for up to a year, without a function running.

# %% id="machine-function" tags=["measured"]
ONE_STEP = """
from steps import ask_courier, do

def handler(event, context):
    if "token" in event:
        return ask_courier(event, event["token"])
    return do(event["step"], event)
"""
stepper = deploy_files("step", {"index.py": ONE_STEP, "steps.py": STEPS})
trust = {"Effect": "Allow", "Principal": {"Service": "states.amazonaws.com"}}
trust["Action"] = "sts:AssumeRole"
with suppress(iam.exceptions.EntityAlreadyExistsException):
    iam.create_role(
        RoleName=lab.name("machine", kind="iam:role"),
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )
may_call = {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": stepper.arn}
policy = json.dumps({"Version": "2012-10-17", "Statement": [may_call]})
iam.put_role_policy(RoleName=lab.name("machine", "iam:role"), PolicyName="p", PolicyDocument=policy)
machine_role = iam.get_role(RoleName=lab.name("machine", kind="iam:role"))["Role"]["Arn"]
assert machine_role.endswith("machine")


# %% id="machine-text"
RETRY = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 2}]


def task(step, **more):
    """A state that calls the function for one step, and keeps its own input."""
    payload = {"step": step, "order.$": "$.order", "dies_at.$": "$.dies_at"}
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {
            "FunctionName": stepper.arn,
            "Payload": payload | {"deaths.$": "$.deaths"},
        },
        "ResultPath": None,
        "Retry": RETRY,
    } | (more or {"End": True})


def branch(step):
    return {"StartAt": step, "States": {step: task(step)}}


# %% [markdown] id="machine-text-why"
# The whole order. `charge` has a `Catch`: when all retries fail, the stock is released, and the execution says so.

# %% id="machine-states" tags=["measured"]
caught = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "release"}]
asked = {"order.$": "$.order", "token.$": "$$.Task.Token"}
courier = {
    "Type": "Task",
    "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
    "Parameters": {"FunctionName": stepper.arn, "Payload": asked},
    "TimeoutSeconds": 3600,
    "ResultPath": None,
    "Next": "ship",
}
assert courier["Parameters"]["FunctionName"] == stepper.arn

# %% id="machine-create" tags=["measured"]
papers = {"Type": "Parallel", "Branches": [branch("invoice"), branch("notify")]}
states = {
    "reserve": task("reserve", Next="charge"),
    "charge": task("charge", Next="papers", Catch=caught),
    "papers": papers | {"ResultPath": None, "Next": "courier"},
    "courier": courier,
    "ship": task("ship"),
    "release": task("release", Next="not charged"),
    "not charged": {"Type": "Fail", "Error": "NotCharged"},
}
definition = json.dumps({"StartAt": "reserve", "States": states})
made = {"name": lab.name("orders", kind="states:state-machine"), "roleArn": machine_role}
machine = sfn.create_state_machine(definition=definition, **made)["stateMachineArn"]
assert machine.endswith("orders")


# %% id="machine-run" tags=["measured"]
def machine_order(ships=True, **more):
    """One order through the state machine: effects, history, the reports of its functions."""
    event, began = new_order("machine", **({"dies_at": "", "deaths": 0} | more)), now_ms()
    started = sfn.start_execution(stateMachineArn=machine, input=json.dumps(event))
    arn = started["executionArn"]
    if ships:
        sfn.send_task_success(taskToken=courier_asked(event["order"]), output='"yes"')

    def ended():
        return sfn.describe_execution(executionArn=arn)["status"] != "RUNNING"

    lab.wait_until("the execution has ended", ended, minutes=120)
    pages = sfn.get_paginator("get_execution_history").paginate(executionArn=arn)
    history = [event for page in pages for event in page["events"]]
    return effects(event["order"]), history, billed(stepper, began)


machine_order()  # Starts environments.
done, healthy_machine, reports = machine_order()
assert done == dict.fromkeys(NAMES, 1) | {"release": 0}, f"{done}: run this cell again."
machine_ms = [each.billed_ms for each in reports]
print(f"billed: {sum(machine_ms)} ms in {len(machine_ms)} invocations, none of them for waiting")

# %% [markdown] id="machine-killed-why"
# Now kill it while it charges. The history of the execution, drawn from what `get_execution_history` returns:

# %% id="machine-killed" tags=["measured"]
from serverless_course.figures.flow_timeline import flow_timeline

killed["Step Functions"], history, reports = machine_order(**KILLED)
bills["Step Functions"] = sum(each.billed_ms for each in reports)
assert killed["Step Functions"]["charge"] == 2, f"{killed['Step Functions']}: run this cell again."
assert killed["Step Functions"]["reserve"] == 1, f"{killed['Step Functions']}: run it again."
print(killed["Step Functions"])
flow_timeline(history, title="Killed while it charged")

# %% [markdown] id="machine-killed-note"
# Step Functions saw one call fail (`Runtime.ExitError`), waited a second, and made **that call** again. What was done before
# is done. The function that dies is not the one that remembers. (`States.ALL` is short, and here anything may die. In
# earnest, name the errors that a second try can cure: a card that was refused stays refused, and each try costs.)
#
# And if it dies each time? Then the retries end, and `Catch` takes the other way:

# %% id="machine-caught" tags=["measured"]
done, history, _ = machine_order(ships=False, dies_at="charge", deaths=99)
assert done["release"] == 1 and done["ship"] == 0, f"{done}: run this cell again."
print(done)
flow_timeline(history, title="Killed at each attempt")

# %% [markdown] id="machine-caught-note"
# Three attempts, then the release: the order ends in an *orderly* way, and says `NotCharged`. (And yet: the effect happened
# three times here. Whoever charges needs an idempotency key, in all three ways: lesson 06.)

# %% [markdown] id="durable-functions"
# ### Way 3: a durable function
#
# The code reads like way 1. But each step goes through a **context**: when it has ended, its result is written down, a
# *checkpoint*. To wait, the function *ends*. When there is an answer, or after a crash, Lambda invokes it again **from the
# top**, and this time each step that has a checkpoint is not run: its result is read. That is the *replay*.

# %% id="durable-text"
DURABLE = """
from aws_durable_execution_sdk_python import durable_execution
from aws_durable_execution_sdk_python.config import Duration, WaitForCallbackConfig
from steps import ask_courier, do

@durable_execution
def handler(event, context):
    def step(name, where=context):
        return where.step(lambda _: do(name, event), name=name)

    step("reserve")
    step("charge")
    context.parallel(
        [lambda child: step("invoice", child), lambda child: step("notify", child)], name="papers")
    context.wait_for_callback(
        lambda token, _: ask_courier(event, token), name="courier",
        config=WaitForCallbackConfig(timeout=Duration.from_hours(1)))
    return step("ship")
"""


# %% id="durable-run" tags=["measured"]
def durable_order(**more):
    """One order through the durable function: effects, history, the reports of its invocations."""
    event, began = new_order("durable", **more), now_ms()
    arn = lam.invoke(
        FunctionName=durable.name,
        Qualifier=version,
        InvocationType="Event",
        Payload=json.dumps(event),
    )["DurableExecutionArn"]
    token = courier_asked(event["order"])
    lam.send_durable_execution_callback_success(CallbackId=token, Result=b'"yes"')

    def ended():
        return lam.get_durable_execution(DurableExecutionArn=arn)["Status"] != "RUNNING"

    lab.wait_until("the execution has ended", ended, minutes=240)
    pages = lam.get_paginator("get_durable_execution_history").paginate(
        DurableExecutionArn=arn, IncludeExecutionData=True
    )
    history = [event for page in pages for event in page["Events"]]
    return effects(event["order"]), history, billed(durable, began)


# %% [markdown] id="durable-deploy-why"
# `DurableConfig` makes a function durable; it is given when the function is made. Executions run a *version*, so that a
# replay meets the same code. The SDK goes into a layer: it is AWS's own, unmodified.

# %% id="durable-healthy" tags=["measured"]
config = {"ExecutionTimeout": 7200, "RetentionPeriodInDays": 1}
durable = deploy_files(
    "durable", {"index.py": DURABLE, "steps.py": STEPS}, Layers=[sdk], DurableConfig=config
)
version = lam.publish_version(FunctionName=durable.name)["Version"]
durable_order()  # Starts an environment.
done, healthy, reports = durable_order()
assert done == dict.fromkeys(NAMES, 1) | {"release": 0}, f"{done}: run this cell again."
durable_ms = [each.billed_ms for each in reports]
print(f"billed: {sum(durable_ms)} ms in {len(durable_ms)} invocations, none of them for waiting")

# %% [markdown] id="durable-predict-why"
# **Predict:** killed while it charges, after `reserve` had its checkpoint. How many of the five effects happen twice?

# %% id="durable-predict" tags=["measured"]
my_guess = ...
lab.predict("effects twice, durable function", count=my_guess)

# %% id="durable-killed" tags=["measured"]
killed["durable function"], killed_history, reports = durable_order(**KILLED)
bills["durable function"] = sum(each.billed_ms for each in reports)
twice = sum(times == 2 for times in killed["durable function"].values())
print(lab.compare("effects twice, durable function", count=twice))
assert killed["durable function"]["reserve"] == 1, f"{killed['durable function']}: run it again."
assert killed["durable function"]["charge"] == 2, f"{killed['durable function']}: run it again."
flow_timeline(killed_history, title="Killed while it charged")

# %% [markdown] id="durable-killed-note"
# The same kind of time line, from `get_durable_execution_history`. The first invocation failed, and the second went on. Look
# for the first charge: **the history may not have it at all.** A step's end is written *after* the step; what was killed
# in between has left its effect in the world, and no trace in the history. The count in the table knows: 2. (The times are
# those of checkpoints. A step's beginning is often written late, together with something else, so its bar is too short.)
#
# By default a step runs *at least once*. `StepSemantics.AT_MOST_ONCE_PER_RETRY` turns it around: an interrupted step counts
# as failed, and its retry strategy decides. Neither is *exactly once*: no orchestrator can promise that for a card terminal.

# %% [markdown] id="compared"
# ### What ran again, what was paid, what is lost

# %% id="compared-table" tags=["measured"]
found = pd.DataFrame(killed).T[list(NAMES[:-1])]
found["billed ms"] = pd.Series(bills)
again = (found[list(NAMES[:-1])] > 1).sum(axis=1)
assert again["code that waits"] > again["Step Functions"], "Run the three ways again."
assert again["Step Functions"] == again["durable function"] == 1, "Run the three ways again."
found

# %% [markdown] id="compared-note"
# | killed in the middle | runs again | is paid for | is lost |
# | --- | --- | --- | --- |
# | **code that waits** | all of it, from the top | all of it again, and every second of waiting | without a retry the whole order; after three deaths, too (lesson 07) |
# | **Step Functions** | the one call | the one call, and one more transition | nothing; after the last retry `Catch` decides |
# | **durable function** | the one step; all code *between* steps | the invocation, with its replay; one more operation | nothing; after the last retry the execution fails |
#
# (The *billed ms* of this table contain cold starts, since each death costs an environment: they are one order's, and no
# comparison. That follows below, from warm ones.)

# %% [markdown] id="replay-microscope"
# ## The replay microscope
#
# Which steps did each invocation *run*, and which did it only *read*? And what did each checkpoint cost? Choose an invocation
# by its number; the last one is the one after the courier's answer.

# %% id="microscope" tags=["measured"]
from serverless_course.figures.replay_microscope import replay_microscope

microscope = replay_microscope(killed_history)
assert microscope.invocations >= 3, "The execution was not killed: run the cell of way 3 again."
microscope

# %% [markdown] id="microscope-note"
# Two rules follow from replay:
#
# - **Code between steps runs each time.** It must come to the same end each time: no clock, no random number, no call outside a
#   step. Otherwise the replay takes another way than its checkpoints.
# - **A loop over a thousand items is a thousand checkpoints.** An execution has 3,000 operations and 100 MB at most (Lambda
#   quotas, 2026). What is small and cheap to repeat belongs *together* into one step.

# %% [markdown] id="bill"
# ## The bill for a million orders
#
# From what was measured above on warm environments, with the work as it is and the courier as slow as you say. What no
# source confirms is an empty field: type the price that your account shows, and it counts.

# %% id="bill-move" tags=["measured"]
from serverless_course.figures.order_bill_widget import order_bill_widget
from serverless_course.pricing.orchestration import Used
from serverless_course.traces.checkpoints import checkpoints

written = checkpoints(healthy)
entered = [event for event in healthy_machine if event["type"].endswith("StateEntered")]
bill = order_bill_widget(
    waiting=Used.of(512, [max(1, ms - 1000) for ms in waiting_ms]),
    machine=Used.of(512, machine_ms),
    durable=Used.of(512, durable_ms),
    transitions=len(entered),
    operations=sum(each.operations for each in written),
    written_bytes=sum(each.written_bytes for each in written),
)
print(len(entered), "transitions,", sum(each.operations for each in written), "operations")
assert bill.totals()["code that waits"], "There is no bill: run this cell again."
bill

# %% [markdown] id="bill-note"
# (On a busy machine the milliseconds are too long; they are the smallest part of these bills.)
#
# - **Waiting is what costs**: ten minutes at 512 MB are 5 dollars for a thousand orders. With no waiting at all, the code of
#   way 1 is the cheapest of all.
# - Step Functions (standard) costs by *transition*, a durable function by *operation*: each state or step that you save, you
#   save. Neither charges for time.
# - **Express** workflows are for short flows: 5 minutes at most, at least once, and no `.waitForTaskToken`. For this order
#   they are no way at all; the line shows what the same states would cost without the courier.
# - A bill is one reason. The others: Step Functions calls AWS's services without any function of yours, and everybody can
#   read the picture. A durable function is one language, one test, one debugger, and no JSON.

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
# Rows marked **talk** are the talk's own. The others are AWS as it was at that time.
#
# | then (2018-2019) | today | since | source |
# | --- | --- | --- | --- |
# | **talk**: do not orchestrate in your code | holds for code *that waits and forgets*. Durable functions are orchestration in code, with checkpoints: steps, waits, callbacks, for up to 366 days | 2 December 2025 | AWS's SDK change log; Lambda quotas, 2026 |
# | – | Python, Node.js; later also Java and container images | 2026 | Lambda Developer Guide |
# | **talk**: Step Functions | holds; standard and express, JSONata and variables | Nov 2024 (JSONata) | AWS's SDK change log |
# | **talk**: Amazon Parameter Store | AWS Systems Manager Parameter Store; standard parameters free, 4 KB | – | AWS's API model, 2026 |
# | **talk**: Node – Browserify, Minify | a bundler, one client for each service; SDK version 2 has ended | 8 September 2025 | AWS's announcement |
# | Init is not billed, so put work there | Init is billed: loading is a question of time only | 1 August 2025 | AWS Compute Blog, 29 April 2025 |
# | **talk**: control your dependencies | holds; 50 MB zipped, 250 MB unzipped, or an image of 10 GB | 1 December 2020 (images) | Lambda quotas, 2026 |

# %% [markdown] id="questions"
# ## Questions
#
# Choose an answer; it opens, and tells you.
#
# **1. A setting must take effect within ten seconds in all environments. Where do you put it?**
#
# <details><summary>In an environment variable: reading it costs nothing.</summary>
# A change is an update of the function. Environments that run go on with the old value until they are replaced.</details>
# <details><summary>In Parameter Store, kept for five seconds.</summary>
# Yes. The cache's time is the promise. Count the calls: environments × 12 a minute.</details>
#
# **2. You read one attribute of a 300 KB item with a projection. What do you save?**
#
# <details><summary>Bytes and time, and no capacity.</summary>
# Yes: DynamoDB counts the whole item.</details>
# <details><summary>Nearly all of the read capacity.</summary>
# No. Split the item to save that.</details>
#
# **3. A durable function prints a line between two steps. The execution has three invocations. How often is it printed?**
#
# <details><summary>Once, like a step.</summary>
# Only steps have checkpoints. Code between them runs in each replay that passes it.</details>
# <details><summary>Up to three times.</summary>
# Yes: once for each invocation that comes that far. (The SDK has a logger that keeps quiet in a replay.)</details>
#
# **4. A step charges a card and is killed. Which of the three ways charges only once?**
#
# <details><summary>The durable function: a step has a checkpoint.</summary>
# The checkpoint comes after the step. Killed in between, it runs again, as you saw.</details>
# <details><summary>None. The card terminal must know the order's key.</summary>
# Yes. An orchestrator can only bound <em>what else</em> runs again.</details>
#
# **5. A flow of 200 ms, a hundred million times a month, five states. What do you look at first?**
#
# <details><summary>Express workflows, or plain code with idempotent steps.</summary>
# Yes: there is nothing to wait for, so paying for each transition buys little.</details>
# <details><summary>Standard workflows.</summary>
# Five hundred million transitions at 25 dollars a million are 12,500 dollars.</details>

# %% [markdown] id="summary"
# ## To keep
#
# 1. Handler and logic apart: a test in microseconds, and one through the cloud.
# 2. A setting lives where the right people can change it, and is kept as long as you may be wrong.
# 3. `Range` and projections save bytes and time. A projection saves no capacity.
# 4. What is imported costs in each cold start; on AWS, what lies in the package must be fetched, too.
# 5. A fat function has one role, one memory size, one version for all. Cut where things change apart.
# 6. Code that waits pays for waiting, and forgets when it dies.
# 7. Step Functions repeats a *call*, a durable function a *step*; none of them makes an effect happen once.
# 8. **Killed step: effect twice, unless the effect has a key.**
# 9. **Price of an order = invocations + GB-seconds + transitions *or* operations (+ bytes written).**
# 10. Replay runs the code between steps again: no clock, no chance, no calls there.
#
# **Go further**, without a check: give `charge` an idempotency key (lesson 06), kill all three again, and count. Or let the
# durable function's courier never answer, with a time-out of one minute: what does the history say, and who pays?
#
# **Three questions that an interviewer might ask.** When is a queue between two functions better than an orchestrator? How do
# you ship a new version of a flow while a thousand executions of the old one wait? What must not stand between two steps?

# %% [markdown] id="read"
# ## What to read
#
# - [Best practices for working with AWS Lambda functions](https://docs.aws.amazon.com/lambda/latest/dg/best-practices.html),
#   Lambda Developer Guide.
# - [Lambda durable functions](https://docs.aws.amazon.com/lambda/latest/dg/durable-functions.html), and how their operations
#   are counted in [Durable execution SDK](https://docs.aws.amazon.com/lambda/latest/dg/durable-execution-sdk.html).
# - [Handling errors in Step Functions](https://docs.aws.amazon.com/step-functions/latest/dg/concepts-error-handling.html).
# - [Using projection expressions in DynamoDB](https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ProjectionExpressions.html).
#
# ## Next
#
# Do [lab 09](../labs/09-good-practice-and-orchestration/lab.ipynb): a flower shop in one function, and orders in trouble.
# Then [lesson 10](10-ship-it.ipynb) ships what you have built: by a template, in versions, with a canary.
