# %% [markdown] id="title"
# # Lab 02: the audit
#
# You take over a shop. Five functions take orders, ask a parcel carrier, stamp papers, pay refunds and write invoices.
# It sells, and nobody looked after it. An auditor comes tomorrow, with a list of eight lines. Seven are **your** duty;
# one is AWS's, and is to be left alone. You will find each by calls, fix it, and prove it: calls that are refused
# afterwards, and a shop that still sells.
#
# | question | today | your goal |
# | --- | --- | --- |
# | calls that the role of `orders` may make and does not need, of 10 | 10 | 0 |
# | a call to the refund URL without a signature | a refund | HTTP 403 |
# | a sale that another topic made up | an invoice | nothing |
# | one silent carrier is paid for | 900 s | at most 10 s |
# | logs that are kept for ever | 3 | 0 |
#
# 35 to 45 minutes. On the embedded cloud it costs nothing; on your own AWS account less than five cents (some 200
# short invocations by the price list of 22 September 2026, and a secret, which AWS bills by the month it is kept).
# **Use an account of your own for that, with nothing else in it**: for some minutes it holds a role that may do
# everything, and an address that is open to everybody.
#
# Read [lesson 02](../../notebooks/02-responsibility.ipynb) first, if you have not.

# %% id="lab" tags=["measured"]
import json

from serverless_course import Lab

lab = Lab("02-responsibility")
lam, iam, logs = lab.client("lambda"), lab.client("iam"), lab.client("logs")

# %% [markdown] id="shop"
# ## The shop
#
# | function | what it does | code |
# | --- | --- | --- |
# | `orders` | prices an order, stores it in a table, signs the receipt | [index.py](functions/orders/index.py) |
# | `carrier` | asks the parcel carrier for a date (the carrier is simulated: it waits) | [index.py](functions/carrier/index.py) |
# | `stamp` | stamps papers with today's date; a runtime in shell | [bootstrap](functions/stamp/bootstrap) |
# | `refunds` | gives money back; the payment partner calls its URL, with signed requests | [index.py](functions/refunds/index.py) |
# | `invoices` | writes an invoice for each sale that the topic `sales` tells of | [index.py](functions/invoices/index.py) |
#
# The code is in order, and stays as it is. The next two cells deploy it and bring it into the state in which its last
# owners left it. (What they did stands in the course's package; reading it would spoil the first task. To begin again
# from there, run both cells again.)

# %% id="deploy" tags=["measured"]
table = lab.name("orders", kind="dynamodb:table")
orders = lab.deploy("orders", memory=1769, timeout=10, environment={"TABLE": table})
carrier = lab.deploy("carrier", memory=1769, timeout=10)
stamp = lab.deploy("stamp", memory=512, timeout=10, runtime="provided.al2023")
refunds = lab.deploy("refunds", memory=512, timeout=10)
invoices = lab.deploy("invoices", memory=512, timeout=10)

# %% id="hand-over" tags=["measured"]
from serverless_course.exercises.audited_shop import hand_over

hand_over(lab)
sale = lab.invoke(orders, {"order": 1, "item": "mug", "number": 2})
assert sale.ok and sale.payload["cents"] == 2500, sale.payload
sale.payload

# %% [markdown] id="find"
# ## 1. Find them
#
# The auditor's list names no function:
#
# | line | what the auditor writes |
# | --- | --- |
# | `role` | A role may do everything, on everything. |
# | `secret` | A secret stands in an environment variable. |
# | `runtime` | A runtime is deprecated. |
# | `timeout` | A function that needs 200 ms may run for 15 minutes. |
# | `url` | A function URL answers everybody. |
# | `policy` | A function may be invoked by any topic, of anybody. |
# | `logs` | Logs are kept for ever. |
# | `patches` | Nobody in the shop chose the patch version of the language runtimes, nor the kernel below. |
#
# **Your task:** for each line, name the functions it is true of: short names, several in a list. For the line that is
# AWS's duty write `"AWS"`, and leave what it speaks of alone. A beginning:
#
# `for f in lam.list_functions()["Functions"]: print(f["FunctionName"], f.get("Runtime"))`

# %% id="find-answer" role="answer" task="find"
### BEGIN SOLUTION
shop = {"orders": orders, "carrier": carrier, "stamp": stamp, "refunds": refunds}
shop["invoices"] = invoices
found = {line: [] for line in ["role", "secret", "runtime", "timeout", "url", "policy", "logs"]}
for short, function in shop.items():
    settings = lam.get_function_configuration(FunctionName=function.name)
    role = settings["Role"].rpartition("/")[2]
    for policy in iam.list_role_policies(RoleName=role)["PolicyNames"]:
        document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
        if any(each["Action"] == "*" for each in document["Statement"]):
            found["role"].append(short)
    if "SIGNING_KEY" in settings.get("Environment", {}).get("Variables", {}):
        found["secret"].append(short)
    if settings["Runtime"] == "provided.al2":
        found["runtime"].append(short)
    if settings["Timeout"] == 900:
        found["timeout"].append(short)
    for url in lam.list_function_url_configs(FunctionName=function.name)["FunctionUrlConfigs"]:
        if url["AuthType"] == "NONE":
            found["url"].append(short)
    try:
        statements = json.loads(lam.get_policy(FunctionName=function.name)["Policy"])["Statement"]
    except lam.exceptions.ResourceNotFoundException:
        statements = []
    if any("Service" in each["Principal"] and "Condition" not in each for each in statements):
        found["policy"].append(short)
    group = logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{function.name}")
    if any("retentionInDays" not in each for each in group["logGroups"]):
        found["logs"].append(short)
found["patches"] = "AWS"
### STARTER
# found = {
#     "role": ...,
#     "secret": ...,
#     "runtime": ...,
#     "timeout": ...,
#     "url": ...,
#     "policy": ...,
#     "logs": ...,
#     "patches": ...,
# }
### END SOLUTION

# %% [markdown] id="find-hint-1" role="hint" task="find"
# `lam.get_function_configuration(FunctionName=lab.name("orders"))` tells four of the lines at once: Role, Environment,
# Runtime, Timeout. Deprecated runtimes stand in AWS's table *Lambda runtimes*; lesson 02 has those of this year.

# %% [markdown] id="find-hint-2" role="hint" task="find"
# The others: `iam.get_role_policy`, `lam.list_function_url_configs`, `lam.get_policy`, and `logs.describe_log_groups`
# (a group without `retentionInDays` keeps its events for ever). Two functions have a URL, and two are invoked by the
# topic: look at both. `lam.get_runtime_management_config` says who takes patches.

# %% id="find-wrong-all" role="wrong" task="find" name="blames all" says="not carrier"
everything = ["orders", "carrier", "stamp", "refunds", "invoices"]
found = {line: everything for line in ["role", "secret", "runtime", "timeout", "url", "policy"]}
found |= {"logs": everything, "patches": "AWS"}

# %% id="find-wrong-urls" role="wrong" task="find" name="every URL is open" says="it wants a signature"
found = {"role": "orders", "secret": "orders", "runtime": "stamp", "timeout": "carrier"}
found |= {"url": ["refunds", "carrier"], "policy": "invoices", "patches": "AWS"}
found["logs"] = ["orders", "carrier", "invoices"]

# %% id="find-wrong-aws" role="wrong" task="find" name="AWS for everything" says="that is a duty of yours"
lines = ["role", "secret", "runtime", "timeout", "url", "policy", "logs", "patches"]
found = {line: "AWS" for line in lines}

# %% id="find-wrong-patches" role="wrong" task="find" name="takes the patches over" says="has found AWS's duty"
found = {"role": "orders", "secret": "orders", "runtime": "stamp", "timeout": "carrier"}
found |= {"url": "refunds", "policy": "invoices", "patches": ["orders", "carrier"]}
found["logs"] = ["orders", "carrier", "invoices"]

# %% id="find-wrong-some" role="wrong" task="find" name="one log of three" says="it is not all"
found = {"role": "orders", "secret": "orders", "runtime": "stamp", "timeout": "carrier"}
found |= {"url": "refunds", "policy": "invoices", "logs": "orders", "patches": "AWS"}

# %% id="find-check" role="check" task="find" tags=["measured"]
lab.check("find", answer=found)

# %% [markdown] id="secret"
# ## 2. The signing key
#
# Whoever knows the key signs receipts for orders that nobody paid. It stands in the configuration of `orders`, which
# everybody sees who may look at functions: a much larger circle than those who may deploy them.
#
# The developers are prepared: if there is no `SIGNING_KEY`, the code reads the secret that `SIGNING_SECRET` names from
# Secrets Manager.
#
# **Your task:** create the secret `lab.name("signing-key", kind="secretsmanager:secret")`, put a key into it, and give
# `orders` its name instead of the key. Think about *which* key. `TABLE` must stay.

# %% id="secret-answer" role="answer" task="secret"
### BEGIN SOLUTION
import secrets
from contextlib import suppress

store = lab.client("secretsmanager")
name = lab.name("signing-key", kind="secretsmanager:secret")
with suppress(store.exceptions.ResourceExistsException):
    store.create_secret(Name=name)
# A new one: many have seen the old one.
store.put_secret_value(SecretId=name, SecretString=secrets.token_urlsafe(32))
lab.configure(orders, Environment={"Variables": {"TABLE": table, "SIGNING_SECRET": name}})
### STARTER
# # Create the secret here, and change the environment of orders.
### END SOLUTION

# %% [markdown] id="secret-hint-1" role="hint" task="secret"
# `store = lab.client("secretsmanager")`, then `store.create_secret(Name=…, SecretString=…)`; if it is there already,
# `store.put_secret_value(SecretId=…, SecretString=…)`. `lab.configure(orders, Environment={"Variables": {…}})`
# replaces all variables.

# %% [markdown] id="secret-hint-2" role="hint" task="secret"
# The old key was readable for years: whoever read it can go on signing with it. `secrets.token_urlsafe(32)` makes a
# new one. The variables are then `TABLE` and `SIGNING_SECRET`, and no more.

# %% id="secret-wrong-base64" role="wrong" task="secret" name="hides it in base64" says="in base64"
import base64
from contextlib import suppress

store = lab.client("secretsmanager")
name = lab.name("signing-key", kind="secretsmanager:secret")
variables = {"TABLE": table, "SIGNING_SECRET": name}
with suppress(store.exceptions.ResourceExistsException):
    store.create_secret(Name=name)
store.put_secret_value(SecretId=name, SecretString="a-new-key-of-2026")
hidden = base64.b64encode(b"a-new-key-of-2026").decode()
lab.configure(orders, Environment={"Variables": {**variables, "KEY": hidden}})

# %% id="secret-wrong-same" role="wrong" task="secret" name="moves the old key" says="it is the same key"
from contextlib import suppress

from serverless_course.exercises.audited_shop import PLANTED_KEY

store = lab.client("secretsmanager")
name = lab.name("signing-key", kind="secretsmanager:secret")
with suppress(store.exceptions.ResourceExistsException):
    store.create_secret(Name=name)
store.put_secret_value(SecretId=name, SecretString=PLANTED_KEY)
lab.configure(orders, Environment={"Variables": {"TABLE": table, "SIGNING_SECRET": name}})

# %% id="secret-wrong-other-key" role="wrong" task="secret" name="a new key in the same place" says="can still be read"
lab.configure(orders, Environment={"Variables": {"TABLE": table, "SIGNING_KEY": "new-in-2026"}})

# %% id="secret-wrong-gone" role="wrong" task="secret" name="takes the key away" says="does not sell any more"
lab.configure(orders, Environment={"Variables": {"TABLE": table}})

# %% id="secret-wrong-both" role="wrong" task="secret" name="leaves the variable beside the secret" says="can still be read"
from contextlib import suppress

store = lab.client("secretsmanager")
name = lab.name("signing-key", kind="secretsmanager:secret")
with suppress(store.exceptions.ResourceExistsException):
    store.create_secret(Name=name, SecretString="new-in-2026")
both = {"TABLE": table, "SIGNING_SECRET": name, "SIGNING_KEY": "shop-2026"}
lab.configure(orders, Environment={"Variables": both})

# %% id="secret-check" role="check" task="secret" tags=["measured"]
lab.check("secret")

# %% [markdown] id="role"
# ## 3. The role
#
# A role is what an attacker gets who finds a hole in the function. So the question is not what `orders` does, but what
# its role *may* do.
#
# **Predict:** of ten calls that an order function has no business with (list the buckets, read another secret, …), how
# many are allowed?

# %% id="role-predict" tags=["measured"]
my_guess = ...
lab.predict("of ten calls that it does not need, orders may make", count=my_guess)

# %% [markdown] id="role-measure-why"
# Asking a policy what it means is hard. Trying is easy: the next cell makes a function with the same role, lets it try
# ten calls, drawn from twenty, and deletes it. (None of them changes anything.)

# %% id="role-measure" tags=["measured"]
from serverless_course.exercises.checks.lab_02_responsibility.role import what_orders_may

answers = what_orders_may(lab)
assert len(answers) == 10
for call, said in answers.items():
    print(f"{call:24} {said}")
may = sum(said == "allowed" for said in answers.values())
lab.compare("of ten calls that it does not need, orders may make", count=may)

# %% [markdown] id="role-task"
# **Your task:** give `orders` the rights that it needs, and no other: to put items into the table `table`, to read the
# secret `signing-key`, and to write its own log; no action with a star. Its role is
# `lab.name("orders-role", kind="iam:role")`, with one inline policy, `what-it-may`; `iam.put_role_policy` replaces it.
# (On AWS, a changed policy is not known everywhere for some seconds. Here it counts at once.)

# %% id="role-answer" role="answer" task="role"
### BEGIN SOLUTION
account = lab.client("sts").get_caller_identity()["Account"]
place = f"{lab.cloud.region}:{account}"
secret_name = lab.name("signing-key", kind="secretsmanager:secret")
statements = [
    {
        "Effect": "Allow",
        "Action": "dynamodb:PutItem",
        "Resource": f"arn:aws:dynamodb:{place}:table/{table}",
    },
    {
        "Effect": "Allow",
        "Action": "secretsmanager:GetSecretValue",
        # Secrets Manager adds six characters to the name.
        "Resource": f"arn:aws:secretsmanager:{place}:secret:{secret_name}-??????",
    },
    {
        "Effect": "Allow",
        "Action": ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": f"arn:aws:logs:{place}:log-group:/aws/lambda/{orders.name}:*",
    },
]
role_name = lab.name("orders-role", kind="iam:role")
for policy in iam.list_attached_role_policies(RoleName=role_name)["AttachedPolicies"]:
    iam.detach_role_policy(RoleName=role_name, PolicyArn=policy["PolicyArn"])
for policy in iam.list_role_policies(RoleName=role_name)["PolicyNames"]:
    iam.delete_role_policy(RoleName=role_name, PolicyName=policy)
iam.put_role_policy(
    RoleName=role_name,
    PolicyName="what-it-may",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": statements}),
)
iam.list_role_policies(RoleName=role_name)["PolicyNames"]
### STARTER
# # Replace the policy here.
### END SOLUTION

# %% [markdown] id="role-hint-1" role="hint" task="role"
# Three statements, each with one kind of action and one resource: `dynamodb:PutItem` on the table's ARN,
# `secretsmanager:GetSecretValue` on the secret's ARN, and the `logs:` actions on the group of `orders`.
# `lab.client("dynamodb").describe_table(TableName=table)["Table"]["TableArn"]` tells an ARN; `describe_secret` the other.

# %% [markdown] id="role-hint-2" role="hint" task="role"
# `iam.put_role_policy(RoleName=lab.name("orders-role", kind="iam:role"), PolicyName="what-it-may",
# PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [...]}))`. For the log:
# `logs:CreateLogStream` and `logs:PutLogEvents` on `arn:aws:logs:REGION:ACCOUNT:log-group:/aws/lambda/NAME:*`.

# %% id="role-wrong-service" role="wrong" task="role" name="a star for each service" says="may do too much"
wide = [{"Effect": "Allow", "Action": ["dynamodb:*", "secretsmanager:*"], "Resource": "*"}]
wide[0]["Action"].append("logs:*")
iam.put_role_policy(
    RoleName=lab.name("orders-role", kind="iam:role"),
    PolicyName="what-it-may",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": wide}),
)

# %% id="role-wrong-deny" role="wrong" task="role" name="forbids what the list shows" says="may do too much"
shown_calls = ["s3:ListAllMyBuckets", "iam:ListRoles", "sqs:ListQueues", "dynamodb:Scan"]
patched = [
    {"Effect": "Allow", "Action": "*", "Resource": "*"},
    {"Effect": "Deny", "Action": shown_calls, "Resource": "*"},
]
iam.put_role_policy(
    RoleName=lab.name("orders-role", kind="iam:role"),
    PolicyName="what-it-may",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": patched}),
)

# %% id="role-wrong-pleases" role="wrong" task="role" name="forbids by a list, allows by a star" says="A star allows what nobody has thought of"
ten = ["s3:*", "iam:*", "sqs:*", "sns:*", "lambda:*", "ssm:*", "ec2:*", "dynamodb:ListTables"]
ten += ["dynamodb:Scan", "dynamodb:GetItem", "dynamodb:DeleteItem", "secretsmanager:ListSecrets"]
own_table = lab.client("dynamodb").describe_table(TableName=table)["Table"]["TableArn"]
own_secret = lab.name("signing-key", kind="secretsmanager:secret")
pleasing = [
    {"Effect": "Allow", "Action": "*", "Resource": "*"},
    {"Effect": "Deny", "Action": ten, "Resource": "*"},
    {"Effect": "Deny", "Action": "dynamodb:PutItem", "NotResource": own_table},
    {
        "Effect": "Deny",
        "Action": "secretsmanager:GetSecretValue",
        "NotResource": f"arn:aws:secretsmanager:*:*:secret:{own_secret}*",
    },
]
iam.put_role_policy(
    RoleName=lab.name("orders-role", kind="iam:role"),
    PolicyName="what-it-may",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": pleasing}),
)

# %% id="role-wrong-nothing" role="wrong" task="role" name="allows nothing" says="does not sell any more"
iam.delete_role_policy(
    RoleName=lab.name("orders-role", kind="iam:role"), PolicyName="what-it-may"
)

# %% id="role-wrong-no-log" role="wrong" task="role" name="forgets the log" says="not in the log"
quiet = [
    {
        "Effect": "Allow",
        "Action": "dynamodb:PutItem",
        "Resource": lab.client("dynamodb").describe_table(TableName=table)["Table"]["TableArn"],
    },
    {
        "Effect": "Allow",
        "Action": "secretsmanager:GetSecretValue",
        "Resource": lab.client("secretsmanager").describe_secret(
            SecretId=lab.name("signing-key", kind="secretsmanager:secret")
        )["ARN"],
    },
]
iam.put_role_policy(
    RoleName=lab.name("orders-role", kind="iam:role"),
    PolicyName="what-it-may",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": quiet}),
)

# %% id="role-check" role="check" task="role" tags=["measured"]
lab.check("role")

# %% [markdown] id="timeout"
# ## 4. The time-out
#
# The carrier answers in 0.2 seconds; on slow days in 1.2 seconds, and the answer is still worth having. Now and then
# it is silent. After ten seconds no customer waits any more.
#
# **Predict:** one silent carrier, at today's time-out of 900 s and 1,769 MB: what does this one invocation cost, in
# dollars?

# %% id="timeout-predict" tags=["measured"]
my_guess = ...
lab.predict("one silent carrier costs", dollars=my_guess)

# %% [markdown] id="timeout-compare-why"
# Nobody waits 15 minutes in a lab, so this one is worked out, not measured: 900 s × 1,769/1,024 GB, by the price list
# of 22 September 2026.

# %% id="timeout-compare" tags=["measured"]
from serverless_course.pricing.cost import month
from serverless_course.pricing.tables import price_table

dollars_900 = float(month(1, 1769, 900_000, price_table()).total_usd)
assert dollars_900 > 0
lab.compare("one silent carrier costs", dollars=dollars_900)

# %% [markdown] id="timeout-task"
# It is not the money of one. It is a thousand of them on the day when the carrier is down, and each of them counts
# towards your account's concurrency.
#
# **Your task:** choose a time-out for `carrier`, and set it.

# %% id="timeout-answer" role="answer" task="timeout"
### BEGIN SOLUTION
lam.delete_function_concurrency(FunctionName=carrier.name)
carrier = lab.deploy("carrier", memory=1769, timeout=3)  # the folder's code, whatever was there
### STARTER
# # Set the time-out here.
### END SOLUTION

# %% [markdown] id="timeout-hint-1" role="hint" task="timeout"
# Longer than the slowest answer that is worth having, shorter than anybody waits. Whole seconds.

# %% [markdown] id="timeout-hint-2" role="hint" task="timeout"
# `lab.configure(carrier, Timeout=…)`, with a number from 2 to 10.

# %% id="timeout-wrong-tight" role="wrong" task="timeout" name="fits the usual day only" says="cuts off a carrier that answers"
lab.configure(carrier, Timeout=1)

# %% id="timeout-wrong-minute" role="wrong" task="timeout" name="a minute" says="still paid for 60 s"
lab.configure(carrier, Timeout=60)

# %% id="timeout-wrong-concurrency" role="wrong" task="timeout" name="limits how many hang" says="Each of them still hangs"
lam.put_function_concurrency(FunctionName=carrier.name, ReservedConcurrentExecutions=1)

# %% id="timeout-wrong-pleases" role="wrong" task="timeout" name="answers without the carrier" says="it invents a date"
from serverless_course.functions.package import zip_files

lam.delete_function_concurrency(FunctionName=carrier.name)
quick = "def handler(event, context):\n    return {'parcel': event['parcel'], 'days': 2}\n"
lam.update_function_code(FunctionName=carrier.name, ZipFile=zip_files({"index.py": quick}))
lam.get_waiter("function_updated_v2").wait(FunctionName=carrier.name)
lab.configure(carrier, Timeout=5)

# %% id="timeout-check" role="check" task="timeout" tags=["measured"]
lab.check("timeout")

# %% [markdown] id="timeout-see-why"
# One silent carrier, measured. (As long as the time-out is above a minute, the cell does not wait for it.)

# %% id="timeout-see" tags=["measured"]
limit_s = lam.get_function_configuration(FunctionName=carrier.name)["Timeout"]
paid_s = float(limit_s)
if limit_s <= 60:
    silent = lab.invoke(carrier, {"parcel": 1, "carrier": "silent"})
    paid_s = silent.billed_ms / 1000
    print(silent.log)
assert paid_s > 0
print(f"Time-out {limit_s} s: a silent carrier is paid for {paid_s:g} s")

# %% [markdown] id="runtime"
# ## 5. The runtime
#
# A deprecated runtime goes on running. AWS no longer promises patches for it, and later blocks first new functions,
# then updates with it. This year's dates, as cfn-lint 1.58.0 copied AWS's table on 20 October 2026: `provided.al2` was deprecated
# on 31 July 2026; new functions are blocked from 1 February 2027, updates from 3 March 2027. AWS has moved such dates
# before. So on 30 November 2026 AWS still creates it, and so does the embedded cloud.
#
# **Your task:** move `stamp` to a runtime that is supported. It must still stamp.

# %% id="runtime-answer" role="answer" task="runtime"
### BEGIN SOLUTION
lam.put_runtime_management_config(FunctionName=stamp.name, UpdateRuntimeOn="Auto")
stamp = lab.deploy("stamp", memory=512, timeout=10, runtime="provided.al2023")
### STARTER
# # Change the runtime here.
### END SOLUTION

# %% [markdown] id="runtime-hint-1" role="hint" task="runtime"
# Open [bootstrap](functions/stamp/bootstrap): `stamp` brings its own runtime, in shell. So it needs an *OS-only*
# runtime. AWS has one that is supported.

# %% [markdown] id="runtime-hint-2" role="hint" task="runtime"
# `lab.configure(stamp, Runtime="provided.al2023")`: Amazon Linux 2023.

# %% id="runtime-wrong-python" role="wrong" task="runtime" name="the newest Python" says="does not run on it"
lab.configure(stamp, Runtime=lab.runtime)

# %% id="runtime-wrong-pleases" role="wrong" task="runtime" name="a function that says something" says="does not stamp the paper"
from serverless_course.functions.package import zip_files

text = "def handler(event, context):\n    return {'stamp': '2026-11-30', 'of': 'paper'}\n"
lam.update_function_code(FunctionName=stamp.name, ZipFile=zip_files({"index.py": text}))
lam.get_waiter("function_updated_v2").wait(FunctionName=stamp.name)
lab.configure(stamp, Runtime=lab.runtime, Handler="index.handler")

# %% id="runtime-wrong-pinned" role="wrong" task="runtime" name="pins the old one" says="You hold stamp to one version"
lab.deploy("stamp", memory=512, timeout=10, runtime="provided.al2")
version = lam.get_function_configuration(FunctionName=stamp.name)["RuntimeVersionConfig"]
lam.put_runtime_management_config(
    FunctionName=stamp.name,
    UpdateRuntimeOn="Manual",
    RuntimeVersionArn=version["RuntimeVersionArn"],
)

# %% id="runtime-check" role="check" task="runtime" tags=["measured"]
lab.check("runtime")

# %% [markdown] id="url"
# ## 6. The function URL
#
# Anybody on the internet gets a refund. See for yourself: no key, no signature.

# %% id="url-see" tags=["measured"]
from serverless_course.functions.function_url import call_url

address = lam.list_function_url_configs(FunctionName=refunds.name)["FunctionUrlConfigs"]
assert address, "The URL is gone: run the cell `hand-over` again."
status, said = call_url(address[0]["FunctionUrl"], {"order": 1, "cents": 2500})
print(f"HTTP {status}: {said}")

# %% [markdown] id="url-task"
# The payment partner signs its requests, with a role of this account that may call this URL
# (`lab.name("partner", kind="iam:role")`).
#
# **Your task:** close the URL for everybody, and leave it open for the partner.

# %% id="url-answer" role="answer" task="url"
### BEGIN SOLUTION
from contextlib import suppress

with suppress(lam.exceptions.ResourceConflictException):  # it may be gone
    lam.create_function_url_config(FunctionName=refunds.name, AuthType="AWS_IAM")
lam.update_function_url_config(FunctionName=refunds.name, AuthType="AWS_IAM", Cors={})
lam.delete_function_concurrency(FunctionName=refunds.name)
with suppress(lam.exceptions.ResourceNotFoundException):  # no policy is left: done
    for each in json.loads(lam.get_policy(FunctionName=refunds.name)["Policy"])["Statement"]:
        lam.remove_permission(FunctionName=refunds.name, StatementId=each["Sid"])
### STARTER
# # Close the URL here.
### END SOLUTION

# %% [markdown] id="url-hint-1" role="hint" task="url"
# A URL has an `AuthType`. With `NONE` nobody is asked who he is; the other value is `AWS_IAM`.

# %% [markdown] id="url-hint-2" role="hint" task="url"
# `lam.update_function_url_config(FunctionName=refunds.name, AuthType="AWS_IAM")`. Then `lam.get_policy`: the two
# statements with the Principal `*` have no use any more; `lam.remove_permission(FunctionName=…, StatementId=…)`.

# %% id="url-wrong-cors" role="wrong" task="url" name="CORS" says="A program asks nobody"
only = {"AllowOrigins": ["https://partner.example"]}
lam.update_function_url_config(FunctionName=refunds.name, Cors=only)

# %% id="url-wrong-everybody" role="wrong" task="url" name="a signature, whosever" says="whichever"
lam.update_function_url_config(FunctionName=refunds.name, AuthType="AWS_IAM", Cors={})
for each in json.loads(lam.get_policy(FunctionName=refunds.name)["Policy"])["Statement"]:
    lam.remove_permission(FunctionName=refunds.name, StatementId=each["Sid"])
for action, more in (
    ("lambda:InvokeFunctionUrl", {"FunctionUrlAuthType": "AWS_IAM"}),
    ("lambda:InvokeFunction", {"InvokedViaFunctionUrl": True}),
):
    lam.add_permission(
        FunctionName=refunds.name,
        StatementId=action.replace(":", "-"),
        Action=action,
        Principal="*",
        **more,
    )

# %% id="url-wrong-stopped" role="wrong" task="url" name="the kill switch" says="not whose"
lam.put_function_concurrency(FunctionName=refunds.name, ReservedConcurrentExecutions=0)

# %% id="url-wrong-gone" role="wrong" task="url" name="deletes the URL" says="the payment partner neither"
lam.delete_function_concurrency(FunctionName=refunds.name)
lam.delete_function_url_config(FunctionName=refunds.name)

# %% id="url-check" role="check" task="url" tags=["measured"]
lab.check("url")

# %% [markdown] id="policy"
# ## 7. The policy
#
# `invoices` may be invoked by `sns.amazonaws.com`: by the *service* SNS, whoever's topic it serves. Somebody who knows
# the function's ARN subscribes it to a topic of their own, and your function works for them. AWS calls this *the
# confused deputy*: SNS has the right, and lends it to anybody.
#
# **Your task:** let the shop's topic `sales` invoke `invoices`, and no other topic. Its ARN:

# %% id="policy-topic"
from serverless_course.exercises.audited_shop import topic_arn

sales = topic_arn(lab)
sales.rpartition(":")[2]

# %% id="policy-answer" role="answer" task="policy"
### BEGIN SOLUTION
from contextlib import suppress

with suppress(lam.exceptions.ResourceNotFoundException):
    for each in json.loads(lam.get_policy(FunctionName=invoices.name)["Policy"])["Statement"]:
        lam.remove_permission(FunctionName=invoices.name, StatementId=each["Sid"])
added = lam.add_permission(
    FunctionName=invoices.name,
    StatementId="sales-only",
    Action="lambda:InvokeFunction",
    Principal="sns.amazonaws.com",
    SourceArn=sales,
)
json.loads(added["Statement"])["Condition"]
### STARTER
# # Change the policy of invoices here.
### END SOLUTION

# %% [markdown] id="policy-hint-1" role="hint" task="policy"
# `lam.get_policy(FunctionName=…)["Policy"]` of `invoices` and of `stamp`: what has the one that the other lacks?

# %% [markdown] id="policy-hint-2" role="hint" task="policy"
# A statement cannot be changed: `lam.remove_permission(FunctionName=…, StatementId="sales-may-invoke")`, then
# `lam.add_permission(…, Principal="sns.amazonaws.com", SourceArn=sales)`.

# %% id="policy-wrong-beside" role="wrong" task="policy" name="adds the right one beside the old" says="the old one still stands beside it"
lam.add_permission(
    FunctionName=invoices.name,
    StatementId="sales-too",
    Action="lambda:InvokeFunction",
    Principal="sns.amazonaws.com",
    SourceArn=sales,
)

# %% id="policy-wrong-account" role="wrong" task="policy" name="the account only" says="Every topic of this account"
for each in json.loads(lam.get_policy(FunctionName=invoices.name)["Policy"])["Statement"]:
    lam.remove_permission(FunctionName=invoices.name, StatementId=each["Sid"])
lam.add_permission(
    FunctionName=invoices.name,
    StatementId="my-account",
    Action="lambda:InvokeFunction",
    Principal="sns.amazonaws.com",
    SourceAccount=sales.split(":")[4],
)

# %% id="policy-wrong-wildcard" role="wrong" task="policy" name="a SourceArn that fits all" says="its wildcard fits other topics"
for each in json.loads(lam.get_policy(FunctionName=invoices.name)["Policy"])["Statement"]:
    lam.remove_permission(FunctionName=invoices.name, StatementId=each["Sid"])
lam.add_permission(
    FunctionName=invoices.name,
    StatementId="any-topic",
    Action="lambda:InvokeFunction",
    Principal="sns.amazonaws.com",
    SourceArn=f"{sales.rpartition(':')[0]}:*",
)

# %% id="policy-wrong-nothing" role="wrong" task="policy" name="nobody may" says="the shop's own does not either"
for each in json.loads(lam.get_policy(FunctionName=invoices.name)["Policy"])["Statement"]:
    lam.remove_permission(FunctionName=invoices.name, StatementId=each["Sid"])

# %% id="policy-check" role="check" task="policy" tags=["measured"]
lab.check("policy")

# %% [markdown] id="logs"
# ## 8. The logs
#
# Lambda makes a log group with the first event, and such a group keeps everything for ever. Customers may complain for
# 30 days, so the shop needs its logs that long; after 90 days nobody has a reason to keep what they tell of customers.
#
# **Your task:** no function's log is kept for ever. Each is kept at least 30 and at most 90 days.

# %% id="logs-answer" role="answer" task="logs"
### BEGIN SOLUTION
from contextlib import suppress

for function in (orders, carrier, stamp, refunds, invoices):
    group = f"/aws/lambda/{function.name}"
    with suppress(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_group(logGroupName=group)
    logs.put_retention_policy(logGroupName=group, retentionInDays=60)
### STARTER
# # Limit the logs here.
### END SOLUTION

# %% [markdown] id="logs-hint-1" role="hint" task="logs"
# `logs.describe_log_groups(logGroupNamePrefix="/aws/lambda/" + lab.name("orders"))` shows one group. A group is called
# `/aws/lambda/` and the function's name.

# %% [markdown] id="logs-hint-2" role="hint" task="logs"
# `logs.put_retention_policy(logGroupName=…, retentionInDays=60)`, for each function. CloudWatch Logs takes certain
# numbers only: 30, 60 and 90 are among them.

# %% id="logs-wrong-delete" role="wrong" task="logs" name="deletes them" says="Lambda made it again"
for function in (orders, carrier, invoices):
    logs.delete_log_group(logGroupName=f"/aws/lambda/{function.name}")

# %% id="logs-wrong-one" role="wrong" task="logs" name="one of three" says="still kept for ever"
group = f"/aws/lambda/{orders.name}"
logs.put_retention_policy(logGroupName=group, retentionInDays=60)

# %% id="logs-wrong-day" role="wrong" task="logs" name="a day" says="gone after 1 day"
for function in (orders, carrier, invoices):
    logs.put_retention_policy(logGroupName=f"/aws/lambda/{function.name}", retentionInDays=1)

# %% id="logs-wrong-ten-years" role="wrong" task="logs" name="ten years" says="as good as for ever"
for function in (orders, carrier, invoices):
    logs.put_retention_policy(logGroupName=f"/aws/lambda/{function.name}", retentionInDays=3653)

# %% id="logs-check" role="check" task="logs" tags=["measured"]
lab.check("logs")

# %% [markdown] id="goal"
# ## Have you reached the goal?
#
# Measured now, whatever the checks said: every line is a call that this cell makes.

# %% id="goal-table" tags=["measured"]
import pandas as pd

from serverless_course.exercises.checks.lab_02_responsibility.find import pinned
from serverless_course.exercises.checks.lab_02_responsibility.logs import kept_days
from serverless_course.exercises.checks.lab_02_responsibility.policy import forged_is_invoiced

urls = lam.list_function_url_configs(FunctionName=refunds.name)["FunctionUrlConfigs"]
refund = [call_url(each["FunctionUrl"], {"order": 1, "cents": 1})[0] for each in urls]
needless = sum(said == "allowed" for said in what_orders_may(lab).values())
days = kept_days(lab)
rows = [
    ("needless calls of the role, of 10", needless, 0),
    ("a refund without a signature", f"HTTP {refund[0]}" if refund else "no URL", "HTTP 403"),
    ("a made-up sale is invoiced", "yes" if forged_is_invoiced(lab) else "no", "no"),
    ("one silent carrier is paid for", f"{paid_s:.1f} s", "at most 10 s"),
    ("logs kept for ever", sum(kept is None for kept in days.values()), 0),
    ("functions that do not take AWS's patches", len(pinned(lab)), 0),
]
goal = pd.DataFrame(rows, columns=["question", "measured", "goal"]).set_index("question")
assert len(goal) == 6
goal

# %% [markdown] id="summary"
# ## What you have
#
# - Seven duties that AWS never takes over, found by calls that you can make in any account.
# - A role that is as small as the function's work, proved by calls that were refused.
# - A key that is worth nothing to those who read the old one.
# - One finding that you answered with *leave it*: taking over a duty of AWS's makes you responsible, not safe.
#
# **Go further** (no check): write a function `audit()` that finds these seven in *every* function of an account, and
# run it on your own. And: find out who read the secret. Which of AWS's services would tell you, and is it switched on?

# %% id="finish" tags=["measured"]
done = lab.finish()
assert done.clean, done.text
done

# %% [markdown] id="next"
# ## Next
#
# The shop is in order. What is such a function made of, and why does its first visitor wait? Go on with
# [lesson 03](../../notebooks/03-function-anatomy.ipynb), the anatomy of a function.
