# %% [markdown] id="title"
# # Lab 09: one function that does everything
#
# A flower shop has **one** function. It says what a bunch costs, writes the parcel's label, and works through the
# order: reserve the flowers, charge the card, book the courier. Each visitor waits for all of it; a new delivery fee
# needs a deployment; and some customers paid and got no flowers. You take it apart, and you make the order safe.
#
# | | now | your goal |
# | --- | --- | --- |
# | the first visitor who asks for a price waits | you measure it | **60 % of it at most** |
# | a new delivery fee is in force after | a deployment | **10 seconds**, and few calls |
# | bytes that the label's function carries | you count them | **half of them at most** |
# | of 6 orders in trouble, customers who paid too much | you count them | **0** |
# | the same, when the power is cut at any step | you count them | **0** |
#
# 50 to 70 minutes. On the embedded cloud it costs nothing; on your own AWS account a few cents (some 500 short
# invocations, some 200 state transitions and durable operations; price list of 22 September 2026, free tier left out).
#
# Read [lesson 09](../../notebooks/09-good-practice-and-orchestration.ipynb) first, if you have not. **After a restart
# of the kernel, run this page from the top.** Each cell may be run again.

# %% id="lab" tags=["measured"]
from serverless_course import Lab

lab = Lab("09-good-practice-and-orchestration")
lam, iam, dynamodb = lab.client("lambda"), lab.client("iam"), lab.client("dynamodb")

# %% [markdown] id="around-why"
# One table holds what became of each order. `make_role` makes a role that may write logs, and what you name besides.
# The shop's role may do much:

# %% id="around"
import json
from contextlib import suppress


def allow(actions, resource="*"):
    """A statement of a policy."""
    return {"Effect": "Allow", "Action": actions, "Resource": resource}


def function_arn(short):
    """The ARN of one of this lab's functions, with any version."""
    place = f"arn:aws:lambda:{lab.cloud.region}:{lab.cloud.account_id}:function"
    return f"{place}:{lab.name(short)}*"


LOGS = allow(["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"])


def make_role(short, *statements, service="lambda"):
    """A role that may write its log and do what the statements say; its ARN."""
    name = lab.name(f"{short}-role", kind="iam:role")
    trust = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}}
    trust = {"Version": "2012-10-17", "Statement": [{**trust, "Action": "sts:AssumeRole"}]}
    with suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    policy = json.dumps({"Version": "2012-10-17", "Statement": [LOGS, *statements]})
    iam.put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=policy)
    return iam.get_role(RoleName=name)["Role"]["Arn"]


# %% id="table"
table = lab.name("shop", kind="dynamodb:table")
with suppress(dynamodb.exceptions.ResourceInUseException):  # It is there already.
    dynamodb.create_table(
        TableName=table,
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
dynamodb.get_waiter("table_exists").wait(TableName=table, WaiterConfig={"Delay": 1})
table_arn = dynamodb.describe_table(TableName=table)["Table"]["TableArn"]
items = [f"dynamodb:{call}Item" for call in ("Get", "Put", "Update")]
asks_desk = allow("lambda:InvokeFunction", function_arn("desk"))
checkpoints = ["lambda:CheckpointDurableExecution", "lambda:GetDurableExecutionState"]
checkpoints = allow(checkpoints, function_arn("flow"))
shop_role = make_role("shop", allow(items, table_arn), asks_desk, checkpoints)
print("Beside logs, the shop's role may use the table, invoke the desk, and checkpoint.")

# %% [markdown] id="shop-why"
# ## The shop as it is
#
# Read [functions/shop/index.py](functions/shop/index.py). It carries two layers: the library `requests`, and 40,000
# places as one JSON file. It asks [functions/desk](functions/desk/index.py), which stands for the systems of *other*
# people (stock, bank, courier), and counts in the table what each was asked for.

# %% id="shop" tags=["measured"]
from serverless_course.exercises.flower_shop import places as all_places
from serverless_course.functions.package import zip_files
from serverless_course.functions.published_layer import publish_layer


def publish(short, files):
    """Publish files as a layer; the ARN of its version."""
    return publish_layer(lam, lab.name(short, kind="lambda:layer"), zip_files(files), "data")


places = all_places()
fat_places = publish("places", {"places.json": json.dumps(places)})
library = lab.layer("library", distributions=["requests"])
settings = {"memory": 512, "timeout": 20, "environment": {"TABLE": table}}
desk = lab.deploy("desk", **settings, options={"Role": shop_role})
settings["environment"]["DESK"] = desk.name
fat = {"Role": shop_role, "Layers": [library, fat_places]}
shop = lab.deploy("shop", **settings, options=fat)
run = lab.invoke(shop, {"do": "quote", "items": [{"cents": 250, "number": 3}], "coupon": "SPRING"})
assert run.payload == {"cents": 675, "percent": 10}, run.payload
places["20417"]

# %% [markdown] id="split-why"
# ## 1. Split the fat function
#
# Ninety-five of a hundred calls ask what a bunch costs. **Predict:** how many milliseconds does the first of them wait,
# Init and handler together?

# %% id="split-predict" tags=["measured"]
my_guess = ...
lab.predict("the first quote waits", milliseconds=my_guess)

# %% [markdown] id="split-measure-why"
# A new environment variable makes Lambda start a new environment. Six cold starts take 5 to 10 seconds here.

# %% id="split-measure" tags=["measured"]
import os

from serverless_course.functions.samples import Summary


def first_visitors(short, event):
    """Six cold starts: what each visitor waited (ms), and how many a busy machine disturbed."""
    name, runs = lab.name(short), []
    known = lam.get_function_configuration(FunctionName=name)["Environment"]["Variables"]
    for _ in range(6):
        variables = {**known, "RENEWED": os.urandom(4).hex()}
        lab.configure(name, Environment={"Variables": variables})
        runs.append(lab.invoke(name, event))
    assert all(run.ok for run in runs), runs[0].payload
    busy = sum(run.host is not None and not run.host.kept_promise for run in runs)
    return Summary.of(run.duration_ms + (run.init_ms or 0) for run in runs), busy


bunch = {"items": [{"cents": 250, "number": 12}], "coupon": "FRIEND"}
fat_quote = first_visitors("shop", {"do": "quote", **bunch})
print("the first quote waits", fat_quote[0].describe())
lab.compare("the first quote waits", milliseconds=fat_quote[0].median)
assert fat_quote[0].has_interval

# %% [markdown] id="split-task"
# **Your task:** [functions/quote/index.py](functions/quote/index.py) is a copy of the whole shop. Leave in it what a
# quote needs; its event is that of a quote, without `do`. Deploy it without layers, and with **a role of its own** that
# may write its log, and nothing else. (`lab.deploy(…, options={"Role": …, "Layers": []})`)
#
# The check asks for prices of fresh bunches, looks at what is loaded and read, tries what the role may do, and causes
# cold starts of `shop` and `quote` in turns. It takes about 15 seconds.

# %% id="split-answer" role="answer" task="split" changes="quote"
### BEGIN SOLUTION
# functions/quote/index.py: the coupons, the handler, and nothing else; desk.py is not used.
quote_role = make_role("quote")
lab.deploy("quote", memory=512, timeout=20, options={"Role": quote_role, "Layers": []})
### STARTER
# # Change functions/quote/index.py, make a role for it, and deploy it here.
### END SOLUTION

# %% [markdown] id="split-hint-1" role="hint" task="split"
# What does `quote` in functions/shop/index.py use? `COUPONS`, and nothing of the imports. Rename it to `handler(event,
# context)`, and delete the rest.

# %% [markdown] id="split-hint-2" role="hint" task="split"
# `quote_role = make_role("quote")` makes a role that may write logs. Then
# `lab.deploy("quote", memory=512, timeout=20, options={"Role": quote_role, "Layers": []})`.

# %% id="split-wrong-whole" role="wrong" task="split" name="deploys the copy" says="raised KeyError"  state="error in your code"
lab.deploy(
    "quote", **settings, options={"Role": make_role("quote"), "Layers": [library, fat_places]}
)

# %% id="split-wrong-imports" role="wrong" task="split" name="keeps the imports" says="boto3 is still loaded"
from pathlib import Path

Path("functions/quote/index.py").write_text("""import desk
def handler(event, context):
    part = lambda n: 95 if n >= 10 else 100
    whole = [i["cents"] * i["number"] * part(i["number"]) // 100 for i in event["items"]]
    percent = {"SPRING": 10, "FRIEND": 15}.get(event.get("coupon"), 0)
    return {"cents": sum(whole) - sum(whole) * percent // 100, "percent": percent}
""")
lab.deploy("quote", **settings, options={"Role": make_role("quote"), "Layers": []})

# %% id="split-wrong-layer" role="wrong" task="split" name="keeps the layers" says="layer is still attached"
from pathlib import Path

Path("functions/quote/index.py").write_text("""def handler(event, context):
    part = lambda n: 95 if n >= 10 else 100
    whole = [i["cents"] * i["number"] * part(i["number"]) // 100 for i in event["items"]]
    percent = {"SPRING": 10, "FRIEND": 15}.get(event.get("coupon"), 0)
    return {"cents": sum(whole) - sum(whole) * percent // 100, "percent": percent}
""")
lab.deploy("quote", memory=512, options={"Role": make_role("quote"), "Layers": [library]})

# %% id="split-wrong-role" role="wrong" task="split" name="keeps the shop's role" says="its role may read the table"
from pathlib import Path

Path("functions/quote/index.py").write_text("""def handler(event, context):
    part = lambda n: 95 if n >= 10 else 100
    whole = [i["cents"] * i["number"] * part(i["number"]) // 100 for i in event["items"]]
    percent = {"SPRING": 10, "FRIEND": 15}.get(event.get("coupon"), 0)
    return {"cents": sum(whole) - sum(whole) * percent // 100, "percent": percent}
""")
lab.deploy("quote", memory=512, options={"Role": shop_role, "Layers": []})

# %% id="split-wrong-constant" role="wrong" task="split" name="the answer of the example" says="not what the shop says"
from pathlib import Path

Path("functions/quote/index.py").write_text(
    'def handler(event, context):\n    return {"cents": 675, "percent": 10}\n'
)
lab.deploy("quote", memory=512, options={"Role": make_role("quote"), "Layers": []})

# %% id="split-wrong-coupon" role="wrong" task="split" name="loses the coupon" says="coupon takes nothing off"
from pathlib import Path

Path("functions/quote/index.py").write_text("""def handler(event, context):
    part = lambda n: 95 if n >= 10 else 100
    whole = [i["cents"] * i["number"] * part(i["number"]) // 100 for i in event["items"]]
    return {"cents": sum(whole), "percent": 0}
""")
lab.deploy("quote", memory=512, options={"Role": make_role("quote"), "Layers": []})

# %% id="split-check" role="check" task="split" tags=["measured"]
lab.check("split")

# %% [markdown] id="delivery-why"
# ## 2. Take the configuration out
#
# A colleague has split off [functions/fee](functions/fee/index.py): what the delivery costs. Its two numbers stand in
# the code. They are the shop's, not the programmer's; they change before Mother's Day, and a test must not use the
# real ones. Here is a parameter with both, and a role that may read it. Its name is in the variable `PARAMETER`.

# %% id="delivery-parameter" tags=["measured"]
ssm = lab.client("ssm")
parameter = lab.name("delivery", kind="ssm:parameter")
value = json.dumps({"fee_cents": 490, "free_from_cents": 5000})
ssm.put_parameter(Name=parameter, Value=value, Type="String", Overwrite=True)
resource = f"arn:aws:ssm:{lab.cloud.region}:{lab.cloud.account_id}:parameter/{parameter}*"
fee_role = make_role("fee", allow("ssm:GetParameter", resource))
fee_settings = {"memory": 512, "timeout": 20, "environment": {"PARAMETER": parameter}}
assert ssm.get_parameter(Name=parameter)["Parameter"]["Value"] == value

# %% [markdown] id="delivery-task"
# **Your task:** change [functions/fee/index.py](functions/fee/index.py) so that it works by the parameter, and deploy it:
#
# - a changed parameter is in force **within 10 seconds**, without a deployment;
# - an environment asks for it **at most once in 2 seconds**, however many orders come;
# - the parameter's name comes from `PARAMETER`.
#
# The check changes the parameter twice, and puts it back; it counts the calls of a burst; and it lets your package work
# by another parameter. It takes about 15 seconds.

# %% id="delivery-answer" role="answer" task="delivery" changes="fee"
### BEGIN SOLUTION
# functions/fee/index.py: reads the parameter, and keeps it for three seconds.
lab.deploy("fee", **fee_settings, options={"Role": fee_role})
### STARTER
# # Change functions/fee/index.py, and deploy it here with fee_settings and fee_role.
### END SOLUTION

# %% [markdown] id="delivery-hint-1" role="hint" task="delivery"
# `boto3.client("ssm").get_parameter(Name=os.environ["PARAMETER"])["Parameter"]["Value"]` is the JSON text. Make the
# client once, at module level.

# %% [markdown] id="delivery-hint-2" role="hint" task="delivery"
# Keep the rules and the time at which you read them in two globals. Read again when there are none, or when
# `time.monotonic() - read_at > 3`.

# %% id="delivery-wrong-code" role="wrong" task="delivery" name="deploys it as it is" says="still 490 cents"
lab.deploy("fee", **fee_settings, options={"Role": fee_role})

# %% id="delivery-wrong-variable" role="wrong" task="delivery" name="copies the value into a variable" says="does not follow"
from pathlib import Path

Path("functions/fee/index.py").write_text("""import json, os
def handler(event, context):
    rules = json.loads(os.environ["RULES"])
    return {"fee_cents": 0 if event["cents"] >= rules["free_from_cents"] else rules["fee_cents"]}
""")
rules = json.dumps({"fee_cents": 480, "free_from_cents": 5000})
lab.deploy("fee", memory=512, environment={"RULES": rules}, options={"Role": fee_role})

# %% id="delivery-wrong-once" role="wrong" task="delivery" name="reads it once" says="still 490 cents"
from pathlib import Path

Path("functions/fee/index.py").write_text("""import json, os
import boto3
found = boto3.client("ssm").get_parameter(Name=os.environ["PARAMETER"])
rules = json.loads(found["Parameter"]["Value"])
def handler(event, context):
    return {"fee_cents": 0 if event["cents"] >= rules["free_from_cents"] else rules["fee_cents"]}
""")
lab.deploy("fee", **fee_settings, options={"Role": fee_role})
lab.invoke(lab.name("fee"), {"cents": 1})

# %% id="delivery-wrong-each" role="wrong" task="delivery" name="asks for each order" says="25 orders made 25 calls"
from pathlib import Path

Path("functions/fee/index.py").write_text("""import json, os
import boto3
parameters = boto3.client("ssm")
def handler(event, context):
    found = parameters.get_parameter(Name=os.environ["PARAMETER"])
    rules = json.loads(found["Parameter"]["Value"])
    return {"fee_cents": 0 if event["cents"] >= rules["free_from_cents"] else rules["fee_cents"]}
""")
lab.deploy("fee", **fee_settings, options={"Role": fee_role})

# %% id="delivery-wrong-name" role="wrong" task="delivery" name="the name in the code" says="the name stands in the code"
from pathlib import Path

Path("functions/fee/index.py").write_text(f"""import json, time
import boto3
parameters, kept = boto3.client("ssm"), (0, None)
def handler(event, context):
    global kept
    if kept[1] is None or time.monotonic() - kept[0] > 3:
        found = parameters.get_parameter(Name="{parameter}")
        kept = (time.monotonic(), json.loads(found["Parameter"]["Value"]))
    rules = kept[1]
    return {{"fee_cents": 0 if event["cents"] >= rules["free_from_cents"] else rules["fee_cents"]}}
""")
lab.deploy("fee", **fee_settings, options={"Role": fee_role})

# %% id="delivery-check" role="check" task="delivery" tags=["measured"]
lab.check("delivery")

# %% [markdown] id="delivery-note"
# A **secret** belongs into Secrets Manager (or a `SecureString`), for its rotation and for who may read it; it is read
# and kept in the same way. What never changes while a version is in use (a table's name, the *name* of a parameter)
# belongs into environment variables.

# %% [markdown] id="diet-why"
# ## 3. Put a package on a diet
#
# [functions/label](functions/label/index.py) was split off as well, with all that it carried. **Predict:** how many
# milliseconds does the first label take? Six cold starts take 5 to 10 seconds here.

# %% id="diet-predict" tags=["measured"]
my_guess = ...
lab.predict("the first label takes", milliseconds=my_guess)

# %% id="diet-measure" tags=["measured"]
label_role = make_role("label")
lab.deploy("label", memory=512, timeout=20, options={"Role": label_role, "Layers": fat["Layers"]})
parcel = {"order": 7, "postcode": "20417"}


def carried(short):
    """Bytes of a function's package and its layers, zipped."""
    found = lam.get_function_configuration(FunctionName=lab.name(short))
    return found["CodeSize"] + sum(layer["CodeSize"] for layer in found.get("Layers", []))


fat_label, fat_bytes = first_visitors("label", parcel), carried("label")
print(f"{fat_bytes:,} bytes; the first label takes", fat_label[0].describe())
lab.compare("the first label takes", milliseconds=fat_label[0].median)
assert fat_label[0].has_interval

# %% [markdown] id="diet-task"
# **Your task:** change [functions/label_lean/index.py](functions/label_lean/index.py), a copy, and deploy it with a
# layer of your own (`publish("places-lean", {"path/in/layer.json": text})`). The labels stay as they are, for all 40,000
# places (`places`) and for a postcode that does not exist. The goals:
#
# - **half** of the bytes at most, package and layers, zipped;
# - **0.1 MB** of data files read for one label, in a new environment;
# - no `requests`; and **60 %** of the time of a first label at most.
#
# In the function, the layer's files lie below `LAYERS`. The check takes about 15 seconds.

# %% id="diet-answer" role="answer" task="diet" changes="label_lean"
### BEGIN SOLUTION
# functions/label_lean/index.py: urlencode for the link, and one small file of places for a label.
parts = {}
for postcode, place in places.items():
    parts.setdefault(postcode[:3], {})[postcode] = [place["town"], place["zone"]]
files = {f"places/{start}.json": json.dumps(part) for start, part in parts.items()}
lean = {"Role": label_role, "Layers": [publish("places-lean", files)]}
lab.deploy("label_lean", memory=512, timeout=20, options=lean)
### STARTER
# # Publish a lean layer, change functions/label_lean/index.py, and deploy it here.
### END SOLUTION

# %% [markdown] id="diet-hint-1" role="hint" task="diet"
# `urllib.parse.urlencode({"order": 7, "town": "Rosenau 3"})` writes what `requests` wrote after the question mark.

# %% [markdown] id="diet-hint-2" role="hint" task="diet"
# Group the places by `postcode[:3]`, keep town and zone, and publish one file for each group:
# `{f"places/{start}.json": json.dumps(part) for start, part in parts.items()}`.

# %% [markdown] id="diet-hint-3" role="hint" task="diet"
# In the handler, open `f"{LAYERS}/places/{postcode[:3]}.json"`. A file that is not there (`FileNotFoundError`) means that
# nobody lives there.

# %% id="diet-wrong-copy" role="wrong" task="diet" name="deploys the copy" says="requests is still loaded"
lab.deploy("label_lean", memory=512, options={"Role": label_role, "Layers": fat["Layers"]})

# %% id="diet-wrong-link" role="wrong" task="diet" name="writes the link by hand" says="link is not as before"
from pathlib import Path

file = Path("functions/label_lean/index.py")
code = file.read_text().replace("import requests\n", "")
old = 'requests.Request("GET", "https://parcel.example/track", params=asked).prepare().url'
by_hand = '"https://parcel.example/track?order={order}&town={town}".format(**asked)'
file.write_text(code.replace(old, by_hand))
lab.deploy("label_lean", memory=512, options={"Role": label_role, "Layers": [fat_places]})

# %% id="diet-wrong-whole" role="wrong" task="diet" name="reads all places" says="For one label it reads"
from pathlib import Path

file = Path("functions/label_lean/index.py")
code = file.read_text().replace("import requests\n", "from urllib.parse import urlencode\n")
old = 'requests.Request("GET", "https://parcel.example/track", params=asked).prepare().url'
file.write_text(code.replace(old, '"https://parcel.example/track?" + urlencode(asked)'))
lab.deploy("label_lean", memory=512, options={"Role": label_role, "Layers": [fat_places]})

# %% id="diet-wrong-some" role="wrong" task="diet" name="drops most places" says="is not found any more"
from pathlib import Path

few = {postcode: place for postcode, place in places.items() if postcode < "20100"}
few_layer = publish("places-few", {"places.json": json.dumps(few)})
file = Path("functions/label_lean/index.py")
code = file.read_text().replace("import requests\n", "from urllib.parse import urlencode\n")
old = 'requests.Request("GET", "https://parcel.example/track", params=asked).prepare().url'
file.write_text(code.replace(old, '"https://parcel.example/track?" + urlencode(asked)'))
lab.deploy("label_lean", memory=512, options={"Role": label_role, "Layers": [few_layer]})

# %% id="diet-wrong-carries" role="wrong" task="diet" name="still carries everything" says="The function still carries"
from pathlib import Path

parts = {}
for postcode, place in places.items():
    parts.setdefault(postcode[:3], {})[postcode] = place
small = {f"places/{start}.json": json.dumps(part) for start, part in parts.items()}
file = Path("functions/label_lean/index.py")
code = file.read_text().replace("import requests\n", "from urllib.parse import urlencode\n")
begin, _, rest = code.partition('with open(f"{LAYERS}/places.json"')
rest = rest.partition("PLACES = json.load(file)\n")[2]
find = """def find(postcode):
    name = f"{LAYERS}/places/{postcode[:3]}.json"
    return json.load(open(name)).get(postcode) if os.path.exists(name) else None
"""
code = begin + find + rest.replace('PLACES.get(event["postcode"])', 'find(event["postcode"])')
old = 'requests.Request("GET", "https://parcel.example/track", params=asked).prepare().url'
file.write_text(code.replace(old, '"https://parcel.example/track?" + urlencode(asked)'))
both = [library, publish("places-small", small)]
lab.deploy("label_lean", memory=512, options={"Role": label_role, "Layers": both})

# %% id="diet-check" role="check" task="diet" tags=["measured"]
lab.check("diet")

# %% [markdown] id="diet-plot-why"
# Your cold starts, before and after. (What is not deployed yet is missing.) It takes 5 to 10 seconds.

# %% id="diet-plot" tags=["measured"]
from serverless_course.figures.before_after import before_after

deployed = [function["FunctionName"] for function in lam.list_functions()["Functions"]]
lean_quote = lean_label = (None, 0)
if lab.name("quote") in deployed:
    lean_quote = first_visitors("quote", bunch)
if lab.name("label_lean") in deployed:
    lean_label = first_visitors("label_lean", parcel)
busy = sum(each[1] for each in (fat_quote, lean_quote, fat_label, lean_label))
assert busy <= 24
before_after(
    {"a quote": (fat_quote[0], lean_quote[0]), "a label": (fat_label[0], lean_label[0])},
    what="a first visitor waits, Init and handler",
    disturbed=f"{busy} of 24 cold starts" if busy > 6 else "",
)

# %% [markdown] id="order-why"
# ## The order, as waiting code
#
# Six orders, five of them in trouble: the courier is busy or closed, the bank declines, its answer is lost, or the power
# is cut (`kill -9` of the function's process) after the card was charged. When the shop fails, the web page sends the
# order once more, as web pages do.
#
# **Predict:** of the six orders, how many end wrong: paid without a parcel, paid twice, or flowers kept for nobody?

# %% id="order-predict" tags=["measured"]
my_guess = ...
lab.predict("orders that end wrong", count=my_guess)

# %% id="order-measure" tags=["measured"]
import secrets

import pandas as pd

from serverless_course.exercises.flower_shop import (
    orders_with_troubles,
    plant_trouble,
    what_became_of,
    wrongs_of,
)


def send_six(place):
    """Six fresh orders, each sent by `place(order)`; what became of them, as a table."""
    orders = orders_with_troubles(first=1000 + secrets.randbelow(90_000_000))
    troubles = {order["order"]: order.pop("trouble") for order in orders}
    for number, trouble in troubles.items():
        plant_trouble(dynamodb, table, number, trouble)
    ends = [place(order) for order in orders]
    lab.wait_until("all six have ended", lambda: all(end() for end in ends), minutes=120)
    rows = []
    for number, trouble in troubles.items():
        wrongs = wrongs_of(what_became_of(dynamodb, table, number))
        rows.append([str(trouble or "none"), ", ".join(wrongs) or "–"])
    return pd.DataFrame(rows, columns=["trouble", "what is wrong at the end"])


def by_waiting(order):
    """As the web page does: wait, and once more after an error."""
    if not lab.invoke(shop, {"do": "order", **order}).ok:
        lab.invoke(shop, {"do": "order", **order})
    return lambda: True  # It has ended.


six_at_first = send_six(by_waiting)
wrong_at_first = int((six_at_first.iloc[:, 1] != "–").sum())
lab.compare("orders that end wrong", count=wrong_at_first)
assert wrong_at_first > 0, "No order went wrong: run the page from the top."
six_at_first

# %% [markdown] id="machine-why"
# ## 4. The order as a state machine
#
# The same flow for Step Functions, straight on: three states, each lets `desk` do one step. `task` writes such a state;
# what you name besides (`Retry`, `Catch`, `Next`) goes into it. With `key="$.order"` the desk is given a key: the same
# step with the same key is done **once**, however often it is asked for. Banks offer that as an *idempotency key*.

# %% id="machine-straight" tags=["measured"]
machine_role = make_role("machine", asks_desk, service="states")
states = lab.client("stepfunctions")


def task(step, *, key=None, **more):
    """A state that lets the desk do a step. The order goes on to the next state."""
    payload = {"step": step, "order.$": "$.order"} | ({"key.$": key} if key else {})
    call = {"FunctionName": desk.name, "Payload": payload}
    state = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": call}
    return {**state, "ResultPath": None, **more}


straight = {
    "StartAt": "Reserve",
    "States": {
        "Reserve": task("reserve", Next="Charge"),
        "Charge": task("charge", Next="Book"),
        "Book": task("book", Next="Shipped"),
        "Shipped": {"Type": "Pass", "Result": "shipped", "ResultPath": "$.status", "End": True},
    },
}


# %% id="machine-deploy" tags=["measured"]
def machine_arn():
    name = lab.name("order-flow", kind="states:state-machine")
    pages = states.get_paginator("list_state_machines").paginate()
    found = [m["stateMachineArn"] for p in pages for m in p["stateMachines"] if m["name"] == name]
    return found[0] if found else None


def deploy_machine(definition):
    """Make the state machine, or change it; its ARN."""
    text, arn = json.dumps(definition), machine_arn()
    if arn:
        states.update_state_machine(stateMachineArn=arn, definition=text)
        return arn
    name = lab.name("order-flow", kind="states:state-machine")
    made = states.create_state_machine(name=name, definition=text, roleArn=machine_role)
    return made["stateMachineArn"]


def by_machine(order):
    """Start an execution; a function that tells how it ended, and None before."""
    started = states.start_execution(stateMachineArn=machine_arn(), input=json.dumps(order))

    def ended():
        found = states.describe_execution(executionArn=started["executionArn"])
        return found if found["status"] != "RUNNING" else None

    return ended


if machine_arn() is None:  # Else it is yours by now.
    deploy_machine(straight)
plant_trouble(dynamodb, table, 7, {})
ended = by_machine({"order": 7, "cents": 2500})
told = lab.wait_until("the execution's end", ended, minutes=30)
assert told["status"] == "SUCCEEDED", told
told["output"]

# %% [markdown] id="machine-task"
# **Your task:** write `definition`, and deploy it.
#
# - `CourierBusy` and `AnswerLost` are errors to **retry**: after a second, five times at most. The others are not.
# - The customer is charged **once**, also when the bank's answer was lost.
# - A courier that is closed (`CourierClosed`): **refund, release the flowers**, and end with `"status": "cancelled"`.
# - A card that is declined (`CardDeclined`): release the flowers, end with `"status": "cancelled"`, refund nothing.
# - All others end with `"status": "shipped"`.
#
# The steps of the desk are `reserve`, `charge`, `book`, `refund` and `release`. The check sends five fresh orders, each
# with another trouble, and counts what was done. It takes about 10 seconds: waits of Step Functions are real time here.

# %% id="machine-answer" role="answer" task="machine"
### BEGIN SOLUTION
again = {"ErrorEquals": ["CourierBusy", "AnswerLost"], "IntervalSeconds": 1, "MaxAttempts": 5}
again["BackoffRate"] = 1


def careful(step, on_error, following):
    """A state that retries, and goes another way when that does not help."""
    catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": on_error}]
    return task(step, key="$.order", Retry=[again], Catch=catch, Next=following)


def end(status):
    return {"Type": "Pass", "Result": status, "ResultPath": "$.status", "End": True}


definition = {
    "StartAt": "Reserve",
    "States": {
        "Reserve": careful("reserve", "Cancelled", "Charge"),
        "Charge": careful("charge", "Release", "Book"),
        "Book": careful("book", "Refund", "Shipped"),
        "Refund": task("refund", key="$.order", Retry=[again], Next="Release"),
        "Release": task("release", key="$.order", Retry=[again], Next="Cancelled"),
        "Shipped": end("shipped"),
        "Cancelled": end("cancelled"),
    },
}
deploy_machine(definition)
### STARTER
# definition = ...
# # deploy_machine(definition)
### END SOLUTION

# %% [markdown] id="machine-hint-1" role="hint" task="machine"
# A retrier: `{"ErrorEquals": ["CourierBusy", "AnswerLost"], "IntervalSeconds": 1, "MaxAttempts": 5, "BackoffRate": 1}`.
# Give it to `task` as `Retry=[…]`, and a key as `key="$.order"`.

# %% [markdown] id="machine-hint-2" role="hint" task="machine"
# A catcher: `Catch=[{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Refund"}]`. Without `ResultPath` the
# error replaces the order. Book goes to Refund, Refund to Release, Release to Cancelled.

# %% [markdown] id="machine-hint-3" role="hint" task="machine"
# What does Charge need to undo? The flowers alone: its catcher goes to Release, not to Refund.

# %% id="machine-wrong-keyless" role="wrong" task="machine" name="retries without a key" says="paid twice"
again = [{"ErrorEquals": ["CourierBusy", "AnswerLost"], "IntervalSeconds": 1, "BackoffRate": 1}]
states_now = json.loads(json.dumps(straight["States"]))
for name in ("Reserve", "Charge", "Book"):
    states_now[name]["Retry"] = again
definition = {"StartAt": "Reserve", "States": states_now}
deploy_machine(definition)

# %% id="machine-wrong-uncompensated" role="wrong" task="machine" name="catches, and undoes nothing" says="paid, and gets no parcel"
again = [{"ErrorEquals": ["CourierBusy", "AnswerLost"], "IntervalSeconds": 1, "BackoffRate": 1}]
catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Cancelled"}]
more = {"key": "$.order", "Retry": again, "Catch": catch}
states_now = {
    "Reserve": task("reserve", **more, Next="Charge"),
    "Charge": task("charge", **more, Next="Book"),
    "Book": task("book", **more, Next="Shipped"),
    "Shipped": straight["States"]["Shipped"],
    "Cancelled": {**straight["States"]["Shipped"], "Result": "cancelled"},
}
definition = {"StartAt": "Reserve", "States": states_now}
deploy_machine(definition)

# %% id="machine-wrong-all" role="wrong" task="machine" name="retries every error" says="To ask again is useless"
again = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "MaxAttempts": 3, "BackoffRate": 1}]


def catch(to):
    return [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": to}]


more = {"key": "$.order", "Retry": again}
states_now = {
    "Reserve": task("reserve", **more, Next="Charge"),
    "Charge": task("charge", **more, Catch=catch("Release"), Next="Book"),
    "Book": task("book", **more, Catch=catch("Refund"), Next="Shipped"),
    "Refund": task("refund", **more, Next="Release"),
    "Release": task("release", **more, Next="Cancelled"),
    "Shipped": straight["States"]["Shipped"],
    "Cancelled": {**straight["States"]["Shipped"], "Result": "cancelled"},
}
definition = {"StartAt": "Reserve", "States": states_now}
deploy_machine(definition)

# %% id="machine-wrong-refunds" role="wrong" task="machine" name="refunds what was not charged" says="refunded what was never charged"
again = [{"ErrorEquals": ["CourierBusy", "AnswerLost"], "IntervalSeconds": 1, "BackoffRate": 1}]
catch = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.error", "Next": "Refund"}]
more = {"key": "$.order", "Retry": again}
states_now = {
    "Reserve": task("reserve", **more, Next="Charge"),
    "Charge": task("charge", **more, Catch=catch, Next="Book"),
    "Book": task("book", **more, Catch=catch, Next="Shipped"),
    "Refund": task("refund", **more, Next="Release"),
    "Release": task("release", **more, Next="Cancelled"),
    "Shipped": straight["States"]["Shipped"],
    "Cancelled": {**straight["States"]["Shipped"], "Result": "cancelled"},
}
definition = {"StartAt": "Reserve", "States": states_now}
deploy_machine(definition)

# %% id="machine-wrong-pleases" role="wrong" task="machine" name="says shipped, and does nothing" says="nothing was booked"
shipped = straight["States"]["Shipped"]
catch = [{"ErrorEquals": ["States.ALL"], "Next": "Shipped"}]
definition = {
    "StartAt": "Reserve",
    "States": {"Reserve": task("reserve", Catch=catch, Next="Shipped"), "Shipped": shipped},
}
deploy_machine(definition)

# %% id="machine-check" role="check" task="machine" tags=["measured"]
lab.check("machine")

# %% [markdown] id="durable-why"
# ## 5. The order as a durable function
#
# The same flow once more, this time as Python that one reads from top to bottom:
# [functions/flow/index.py](functions/flow/index.py). AWS's SDK for durable executions goes into its package as a layer.
# Each **step** is written down when it is done (a checkpoint). When the environment dies, Lambda invokes the function
# again from the top, and steps that are done give back what was kept.
#
# A step that is *interrupted* runs again: done is done **once**, interrupted is **at least once**. So a step that must
# not happen twice needs a key, here as there: `do("charge", event, key=…)`.

# %% id="durable-deploy" tags=["measured"]
durable_sdk = lab.layer("durable-sdk", distributions=["aws-durable-execution-sdk-python"])


def deploy_flow():
    """Deploy functions/flow as a durable function, and publish it; the ARN of its version."""
    wanted = {"ExecutionTimeout": 21_600, "RetentionPeriodInDays": 1}
    options = {"Role": shop_role, "Layers": [durable_sdk], "DurableConfig": wanted}
    lab.deploy("flow", **settings, options=options)
    return lam.publish_version(FunctionName=lab.name("flow"))["FunctionArn"]


def by_flow(order):
    """Start a durable execution; a function that tells how it ended, and None before."""
    versions = lam.list_versions_by_function(FunctionName=lab.name("flow"))["Versions"]
    started = lam.invoke(
        FunctionName=versions[-1]["FunctionArn"],
        InvocationType="Event",
        DurableExecutionName=f"order-{order['order']}",
        Payload=json.dumps(order),
    )["DurableExecutionArn"]

    def ended():
        found = lam.get_durable_execution(DurableExecutionArn=started)
        return found if found["Status"] != "RUNNING" else None

    return ended


assert durable_sdk.rpartition(":")[2].isdigit()

# %% [markdown] id="durable-task"
# **Your task:** change [functions/flow/index.py](functions/flow/index.py), and call `deploy_flow()`. The promises are
# those of task 4: retry `CourierBusy` and `AnswerLost` only, charge once, undo what must be undone, end with `shipped` or
# `cancelled`. And one more: **it survives `kill -9`**. Leave `desk.py` as it is.
#
# What you need: `durable_execution` and `StepError` of `aws_durable_execution_sdk_python`; `StepConfig` and `Duration` of
# its `config`; `RetryStrategyConfig` and `create_retry_strategy` of its `retries`.
#
# The check starts five fresh orders. For two it kills the environment with `kill -9` at steps that it draws. It takes 10
# to 30 seconds.

# %% id="durable-answer" role="answer" task="durable" changes="flow"
### BEGIN SOLUTION
# functions/flow/index.py: each step is a durable step with the order's number as its key.
deploy_flow()
### STARTER
# # Change functions/flow/index.py, and deploy it here with deploy_flow().
### END SOLUTION

# %% [markdown] id="durable-hint-1" role="hint" task="durable"
# `@durable_execution` above `def handler(event, context):`. Then
# `context.step(lambda _: do("charge", event, key=event["order"]), name="charge", config=AGAIN)`.

# %% [markdown] id="durable-hint-2" role="hint" task="durable"
# `AGAIN = StepConfig(retry_strategy=create_retry_strategy(RetryStrategyConfig(max_attempts=6,
# initial_delay=Duration.from_seconds(2), backoff_rate=1, retryable_error_types=[CourierBusy, AnswerLost])))`.

# %% [markdown] id="durable-hint-3" role="hint" task="durable"
# A step that gives up raises `StepError`. Put `try` around charge and around book, each alone. What you undo is done in
# steps, too.

# %% id="durable-wrong-plain" role="wrong" task="durable" name="deploys it as it is" says="did not come to its end"
deploy_flow()

# %% id="durable-wrong-stepless" role="wrong" task="durable" name="one step for everything" says="ran again, though it was done"
from pathlib import Path

Path(
    "functions/flow/index.py"
).write_text("""from aws_durable_execution_sdk_python import durable_execution
from desk import do
def all_of_it(event):
    for step in ("reserve", "charge", "book"):
        do(step, event, key=event["order"])
@durable_execution
def handler(event, context):
    context.step(lambda _: all_of_it(event), name="all")
    return {"order": event["order"], "status": "shipped"}
""")
deploy_flow()

# %% id="durable-wrong-newkey" role="wrong" task="durable" name="a new key for each try" says="paid twice"
from pathlib import Path

file = Path("functions/flow/index.py")
file.write_text("""import uuid
from aws_durable_execution_sdk_python import StepError, durable_execution
from aws_durable_execution_sdk_python.config import Duration, StepConfig
from aws_durable_execution_sdk_python.retries import RetryStrategyConfig, create_retry_strategy
from desk import AnswerLost, CourierBusy, do
AGAIN = StepConfig(retry_strategy=create_retry_strategy(RetryStrategyConfig(
    max_attempts=6, initial_delay=Duration.from_seconds(2), backoff_rate=1,
    retryable_error_types=[CourierBusy, AnswerLost])))
@durable_execution
def handler(event, context):
    def step(name):
        def keyed(_):
            return do(name, event, key=uuid.uuid4().hex if name == "charge" else event["order"])
        return context.step(keyed, name=name, config=AGAIN)
    step("reserve")
    step("charge")
    step("book")
    return {"order": event["order"], "status": "shipped"}
""")
deploy_flow()

# %% id="durable-wrong-all" role="wrong" task="durable" name="the SDK's own retries" says="To ask again is useless"
from pathlib import Path

Path(
    "functions/flow/index.py"
).write_text("""from aws_durable_execution_sdk_python import StepError, durable_execution
from desk import do
@durable_execution
def handler(event, context):
    def step(name):
        return context.step(lambda _: do(name, event, key=event["order"]), name=name)
    undo = []
    try:
        step("reserve")
        undo = ["release"]
        step("charge")
        undo = ["refund", "release"]
        step("book")
    except StepError:
        for name in undo:
            step(name)
        return {"order": event["order"], "status": "cancelled"}
    return {"order": event["order"], "status": "shipped"}
""")
deploy_flow()

# %% id="durable-wrong-pleases" role="wrong" task="durable" name="says shipped, and does nothing" says="could not"
from pathlib import Path

Path(
    "functions/flow/index.py"
).write_text("""from aws_durable_execution_sdk_python import durable_execution
@durable_execution
def handler(event, context):
    return {"order": event["order"], "status": "shipped"}
""")
deploy_flow()

# %% id="durable-wrong-desk" role="wrong" task="durable" name="a desk without power cuts" says="desk.py is not the file"
from pathlib import Path

file = Path("functions/flow/desk.py")
file.write_text(
    file.read_text().replace("    os.kill(os.getpid(), signal.SIGKILL)\n", "    return\n")
)
deploy_flow()

# %% id="durable-check" role="check" task="durable" tags=["measured"]
lab.check("durable")

# %% [markdown] id="decide-why"
# ## 6. Decide, with the bill of a million orders
#
# `use_of` sends five fresh orders one way, one of them with a courier that is busy once. It reads from the log what
# Lambda billed, and from the histories the state transitions (retries count), or the durable operations and what their
# checkpoints wrote. It takes 10 to 20 seconds.

# %% id="use" tags=["measured"]
from serverless_course.exercises.order_usage import use_of

usage = {"waiting": use_of(lab, "waiting")}
try:
    usage["machine"] = use_of(lab, "machine")
    usage["durable"] = use_of(lab, "durable")
except (LookupError, RuntimeError) as error:
    print(error)
for way, used in usage.items():
    print(way, used)
assert usage["waiting"].compute.requests == 5 + 16, usage

# %% [markdown] id="decide-task"
# The prices are in `pricing.orchestration`, dated and with their sources: `waiting_bill(n, used)`, `standard_bill(n, used,
# transitions)` and `durable_bill(n, used, operations, written_bytes)` bill **n times** what is given. `usage["machine"]`
# holds `orders`, `compute` (that is `used`), `transitions`, `operations` and `written_bytes` of its five orders. A bill's
# `usd` is what it comes to.
#
# An order that ends wrong costs the shop **25 dollars**: flowers, phone calls, a customer.
#
# **Your answer:** the dollars of a million orders each way; your `choice`, the cheapest way that reaches the goal of 0
# wrong orders (`"waiting"`, `"machine"` or `"durable"`); and `pays_from`: how many wrong orders in a million cost as much
# as your choice costs more than the waiting code. The check measures five fresh orders each way: 15 to 30 seconds.

# %% id="decide-answer" role="answer" task="decide"
### BEGIN SOLUTION
from serverless_course.pricing.orchestration import durable_bill, standard_bill, waiting_bill

n = 1_000_000 // usage["waiting"].orders
m, d = usage["machine"], usage["durable"]
bills = {
    "waiting": waiting_bill(n, usage["waiting"].compute).usd,
    "machine": standard_bill(n, m.compute, m.transitions).usd,
    "durable": durable_bill(n, d.compute, d.operations, d.written_bytes).usd,
}
choice = min(("machine", "durable"), key=bills.get)
pays_from = (bills[choice] - bills["waiting"]) / 25
decision = {"usage": usage, **bills, "choice": choice, "pays_from": pays_from}
### STARTER
# decision = ...
# # {"usage": usage, "waiting": …, "machine": …, "durable": …, "choice": …, "pays_from": …}
### END SOLUTION

# %% [markdown] id="decide-hint-1" role="hint" task="decide"
# `usage[way].orders` is 5, so a million orders are 200,000 times what it holds:
# `waiting_bill(200_000, usage["waiting"].compute).usd`.

# %% [markdown] id="decide-hint-2" role="hint" task="decide"
# The waiting code does not reach the goal: your table says how many of six orders ended wrong. Of the other two, take the
# cheaper. `pays_from` is the difference of the two bills, divided by 25.

# %% id="decide-wrong-cheapest" role="wrong" task="decide" name="the cheapest of all" says="took money for nothing"
from serverless_course.exercises.checks.lab_09_good_practice_and_orchestration.decide import (
    bills_of,
)

decision = {"usage": usage, **bills_of(usage), "choice": "waiting", "pays_from": 0}

# %% id="decide-wrong-five" role="wrong" task="decide" name="counts five orders as one" says="counts five orders as one"
from serverless_course.exercises.checks.lab_09_good_practice_and_orchestration.decide import (
    bills_of,
)

bills = {way: 5 * usd for way, usd in bills_of(usage).items()}
decision = {"usage": usage, **bills, "choice": "durable", "pays_from": 1}

# %% id="decide-wrong-lambda" role="wrong" task="decide" name="Lambda alone" says="state transitions are missing"
from serverless_course.exercises.checks.lab_09_good_practice_and_orchestration.decide import (
    bills_of,
)
from serverless_course.pricing.orchestration import waiting_bill

alone = {way: waiting_bill(200_000, used.compute).usd for way, used in usage.items()}
decision = {"usage": usage, **alone, "choice": "durable", "pays_from": 1}

# %% id="decide-wrong-dear" role="wrong" task="decide" name="the more expensive of the safe ones" says="times as much"
from serverless_course.exercises.checks.lab_09_good_practice_and_orchestration.decide import (
    bills_of,
)

bills = bills_of(usage)
dear = max(("machine", "durable"), key=bills.get)
decision = {"usage": usage, **bills, "choice": dear, "pays_from": 4}

# %% id="decide-wrong-made-up" role="wrong" task="decide" name="a usage that nobody measured" says="five fresh ones used another number"
from dataclasses import replace

from serverless_course.exercises.checks.lab_09_good_practice_and_orchestration.decide import (
    bills_of,
)

made_up = {**usage, "machine": replace(usage["machine"], transitions=5)}
bills = bills_of(made_up)
pays = (bills["machine"] - bills["waiting"]) / 25
decision = {"usage": made_up, **bills, "choice": "machine", "pays_from": pays}

# %% id="decide-wrong-pays" role="wrong" task="decide" name="forgets what a wrong order costs" says="25 dollars"
from serverless_course.exercises.checks.lab_09_good_practice_and_orchestration.decide import (
    bills_of,
)

bills = bills_of(usage)
pays = bills["durable"] - bills["waiting"]
decision = {"usage": usage, **bills, "choice": "durable", "pays_from": pays}

# %% id="decide-check" role="check" task="decide" tags=["measured"]
lab.check("decide", answer=decision)

# %% [markdown] id="goal"
# ## Have you reached the goal?
#
# Six new orders in trouble through your state machine, and six through your durable function, six at a time: about 10
# seconds here. (What is not deployed yet is missing.)


# %% id="goal-measure" tags=["measured"]
def wrong_now(place):
    try:
        return int((send_six(place).iloc[:, 1] != "–").sum())
    except lam.exceptions.ResourceNotFoundException:
        return None


rows = [
    [what, before.median, after and after.median, 0.6 * before.median]
    for what, (before, _), (after, _) in (
        ("first quote, ms", fat_quote, lean_quote),
        ("first label, ms", fat_label, lean_label),
    )
] + [
    ["wrong orders of 6, state machine", wrong_at_first, wrong_now(by_machine), 0],
    ["wrong orders of 6, durable function", wrong_at_first, wrong_now(by_flow), 0],
]
if lab.name("label_lean") in deployed:
    rows.append(["bytes carried by the label", fat_bytes, carried("label_lean"), fat_bytes / 2])
goal = pd.DataFrame(rows, columns=["", "at first", "now", "goal"]).set_index("")
goal["met"] = ["met" if row[2] is not None and row[2] <= row[3] else "not met" for row in rows]
assert len(goal) >= 4, "The goal has four rows at least."
goal.round(0)

# %% [markdown] id="goal-note"
# Of the twelve orders, the state machine's *power cut* changes nothing: no process of yours runs while it waits between
# two states. What Step Functions runs for you cannot be killed by your code; a durable function can, and goes on.

# %% [markdown] id="finish-why"
# ## Clean up, and see the bill
#
# `lab.finish()` deletes what this lab made: functions, layers, roles, the table, the parameter, the state machine.

# %% id="finish" tags=["measured"]
done = lab.finish()
assert done.clean, done.text
done

# %% [markdown] id="next"
# ## Summary
#
# - A fat function makes each visitor wait for what others need, and gives each path the rights of all.
# - Split by what is asked, not by table: the quote needs no data, no client, and no rights.
# - What changes without the code (fees, switches) belongs into a parameter; secrets into Secrets Manager.
# - Read a parameter seldom: keep it with the time at which it was read, `time.monotonic() - read_at > 3`.
# - Carry and read what one event needs: cut data by key, and take a library out that saves one line.
# - Code that waits pays for its waits, and forgets all when it dies: paid, and no parcel.
# - Retry what helps to ask again, catch the rest, and undo in the opposite order: refund, then release.
# - *At least once* is what every way promises for an interrupted step: a key makes it once.
# - Step Functions: 25 dollars for a million transitions; durable functions: 8 dollars for a million operations
#   (us-east-1, read in 2026). Lambda's own time is the small part.
# - cost of safety ÷ cost of a wrong order = from how many wrong orders on it pays.
#
# ## Go further
#
# Two tasks without a check:
#
# 1. Reserve the flowers and look up the customer's address at the same time: a `Parallel` state in the machine,
#    `context.parallel` in the durable function. What is undone when one branch fails?
# 2. An order over 500 dollars waits for a person: `.waitForTaskToken` there, `context.create_callback` here. What does a day
#    of waiting cost, each way?
#
# ## Three questions, as an examiner asks them
#
# 1. A durable function dies after the bank was asked and before the checkpoint. What runs again, and what protects the
#    customer?
# 2. Why is `Retry` on `States.ALL` a mistake here, and what would it cost at a million orders?
# 3. A colleague reads the delivery fee at module level, "because Init runs once". When does a new fee come into force?
#
# **Next:** [lesson 10, *Ship it*](../../notebooks/10-ship-it.ipynb).
