# %% [markdown] id="title"
# # Anatomy of a function
#
# **After this lesson, in 25 minutes, you will be able to**
#
# - name the four layers under a function, and say what each can do for its speed (4 minutes);
# - read the life of an execution environment from its log, and change it (7 minutes);
# - decide what to load when, now that Init is billed (4 minutes);
# - place your own cold starts beside years of AWS's (3 minutes);
# - read the talk's Python, Node.js and Java code, and write it as it is written now (5 minutes);
# - say when SnapStart or provisioned concurrency pays (2 minutes).

# %% id="lab" tags=["measured"]
from serverless_course import Lab

lab = Lab("03-function-anatomy")
lam, logs = lab.client("lambda"), lab.client("logs")

# %% [markdown] id="four-layers"
# ## Four layers
#
# The talk draws a function as a stack of four layers “that can impact performance”:
#
# | layer | what it is | what you can do for its speed |
# | --- | --- | --- |
# | **your function** | handler, modules, clients, package | nearly all of it: load less, keep what is expensive, bound what grows |
# | **language runtime** | what asks for events and calls your handler | choose language and version: an almost empty Init takes 16 ms in Rust, 84 in Python 3.12, 239 in Java 21 (below) |
# | **execution environment** | an isolated place with memory, CPU, `/tmp` | memory size (lesson 04), provisioned concurrency, SnapStart; fewer extensions, since they take part in Init |
# | **compute** | Firecracker microVMs on AWS's machines | little: processor (x86_64 or arm64) and Region. With Managed Instances you choose EC2 instances |
#
# The higher the layer, the more is yours. Most slow functions are slow in the first one, and that is good news.
#
# **What is real here?** Your function and the runtime are: AWS's own client for Python runs your handler. The
# environment is a process of its own, with its share of CPU and memory held as AWS holds it. The compute layer is this
# machine, and no microVM.

# %% [markdown] id="handler-event-context"
# ## Handler, event, context
#
# - The **handler** is the function that the runtime calls once for each event.
# - The **event** is what the caller sent: JSON, turned into the language's own values.
# - The **context** tells about this invocation: its request id, the time that is left, the name of the log.
#
# What stands *outside* the handler runs once, in Init. Here is a function that tells all four apart.

# %% id="anatomy-text"
ANATOMY = """
import time, uuid

ENVIRONMENT = uuid.uuid4().hex[:6]      # Init: once in each environment
events = 0


def handler(event, context):            # Invoke: once for each event
    global events
    events += 1
    time.sleep(event.get("seconds", 0))
    return {
        "environment": ENVIRONMENT,
        "event number": events,
        "request": context.aws_request_id,
        "ms left": context.get_remaining_time_in_millis(),
        "log stream": context.log_stream_name,
    }
"""

# %% [markdown] id="deploy-why"
# A helper deploys a text as a function; it makes the calls that you made by hand in lesson 00.

# %% id="anatomy-deploy" tags=["measured"]
from pathlib import Path
from tempfile import mkdtemp

from serverless_course.functions.deploy import deploy


def deploy_text(short, text, file="index.py", runtime=lab.runtime, handler="index.handler"):
    """Deploy one file of text as a function of 512 MB."""
    folder = Path(mkdtemp())
    (folder / file).write_text(text)
    where = {"role": lab.role, "runtime": runtime, "handler": handler}
    return deploy(lam, lab.name(short), folder, memory=512, timeout=10, **where)


anatomy = deploy_text("anatomy", ANATOMY)
run = lab.invoke(anatomy, {"seconds": 0.1})
assert run.ok, run.payload
run.payload

# %% [markdown] id="life-cycle"
# ## The life of an environment
#
# | phase | what happens | limit |
# | --- | --- | --- |
# | **Init** | extensions start, the runtime starts, your module level runs | 10 s; then it is tried again within the first Invoke |
# | **Invoke** | one event: the handler, and the extensions' part | your time-out, 15 minutes at most |
# | *frozen* | nothing runs. Memory, `/tmp` and unfinished threads are kept | nobody promises how long |
# | **Shutdown** | extensions are told; then all processes end | 0 ms without extensions, 2 s at most |
#
# (Lambda Developer Guide, *execution environment lifecycle*, read in 2026. SnapStart puts a *Restore* in place of Init;
# with provisioned concurrency, Init may last up to 15 minutes.)
#
# **Predict:** four invocations, with a second of pause between them. How many times does Init run?

# %% id="life-predict" tags=["measured"]
my_guess = ...
lab.predict("four invocations meet", count=my_guess)

# %% id="life-measure" tags=["measured"]
import time

anatomy = deploy_text("anatomy", f"{ANATOMY}\n# deployed at {time.time()}\n")
began_ms = int(time.time() * 1000)
four = []
for number in range(4):
    time.sleep(1 if number else 0)
    four.append(lab.invoke(anatomy, {"seconds": 0.2}))
assert all(run.ok for run in four), four[0].payload
lab.compare("four invocations meet", count=sum(run.cold for run in four))

# %% id="life-lanes" tags=["measured"]
from serverless_course.figures.environment_lanes import environment_lanes


def events_since(function, since_ms):
    """All events of a function's log since then."""
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=f"/aws/lambda/{function.name}", startTime=since_ms
    )
    return [event for page in pages for event in page["events"]]


def reported():
    return sum(e["message"].startswith("REPORT") for e in events_since(anatomy, began_ms)) >= 4


lab.wait_until("four reports in the log", reported)
environment_lanes(events_since(anatomy, began_ms))

# %% [markdown] id="life-widget-why"
# **Now change it.** What lies between two invocations, what is in the package, what is imported: choose, and press
# *Measure*. Each press deploys and invokes a real function three times.
#
# Try to find: which package makes Init slow, and which only makes the upload slow? What does a deployment do to the
# environments?

# %% id="life-widget" tags=["measured"]
from serverless_course.figures.life_widget import life_widget
from serverless_course.functions.environment_life import HANDLER, measure_life

lived = deploy_text("lived", HANDLER)
assert lived.name == lab.name("lived")
life_widget(lambda choice: measure_life(lam, logs, lived, choice))

# %% [markdown] id="ephemeral"
# ## Ephemeral, but reused
#
# The talk: *“the environment is ephemeral … **remember**: containers are reused.”* Both halves matter. What did our
# function count, before and after a deployment?

# %% id="ephemeral-measure" tags=["measured"]
before = [run.payload["event number"] for run in four]
anatomy = deploy_text("anatomy", f"{ANATOMY}\n# deployed at {time.time()}\n")
after = [lab.invoke(anatomy, {}).payload["event number"] for _ in range(2)]
print("before:", before, " after a deployment:", after)
assert after[0] == 1, "An old environment answered: run this cell again."

# %% [markdown] id="ephemeral-note"
# **Reused:** globals, files in `/tmp` and threads outlive an event. So keep what is expensive to open; and put nothing
# of one customer into a global, because the next event belongs to somebody else.
#
# **Ephemeral:** no count, file or thread is sure to be there. AWS documents no idle time, and ends environments *every
# few hours* even when they are busy (Lambda Developer Guide, read in 2026). Measured by others on AWS: of environments
# idle for 300 s, 8 % were gone; after 330 s 68 %; after 360 s all (data of the EuroSys '26 paper on serverless costs).
# The embedded cloud follows these figures: it ends environments that were idle for 300 to 360 seconds.

# %% [markdown] id="one-event"
# ## One event at a time
#
# The talk: *“Lambda processes one event per container.”* Five events at once, each of which takes half a second:
#
# **Predict:** how many environments answer?

# %% id="one-event-predict" tags=["measured"]
my_guess = ...
lab.predict("five events at once use", count=my_guess)

# %% id="one-event-measure" tags=["measured"]
from concurrent.futures import ThreadPoolExecutor

with ThreadPoolExecutor(5) as at_once:
    five = list(at_once.map(lambda _: lab.invoke(anatomy, {"seconds": 0.5}), range(5)))
names = {run.payload["environment"] for run in five if run.ok}
assert names, five[0].payload
lab.compare("five events at once use", count=len(names))

# %% [markdown] id="one-event-note"
# So a handler needs no locks: while it works, nobody else is in its environment. (If an event came when another was
# done already, the two shared an environment: then there are fewer than five.)
#
# **No longer for every kind.** An environment of *Managed Instances* takes up to 1,600 events at once, one of *Web
# Functions* up to 128 (API model of 17 November 2026). There, a global is shared between events *at the same moment*:
# code that leaned on the old rule needs a second look. And even here, one event may hold many records: a batch of SQS
# or of a stream.

# %% [markdown] id="lazy-eager"
# ## Lazy and eager
#
# A client is expensive: boto3 must be loaded and the client built. **Eager**: at module level, in Init. **Lazy**: when an
# event first needs it. The talk advises lazy loading of globals, and not to load *“information that you will not use”*.
# Here are both, and a path that needs no client at all.

# %% id="lazy-eager-text"
EAGER = """
import boto3
client = boto3.client("s3")

def handler(event, context):
    return {"ready": bool(event.get("pictures") and client)}
"""
LAZY = """
client = None

def handler(event, context):
    global client
    if event.get("pictures") and client is None:
        import boto3
        client = boto3.client("s3")
    return {"ready": client is not None}
"""

# %% [markdown] id="lazy-eager-why"
# For each: a cold start on the path that needs nothing, then the first event that needs the client, then the second.
# Before you run it: in which of the six places do you expect the longest time?

# %% id="lazy-eager-measure" tags=["measured"]
import pandas as pd

rows = []
for name, text in (("eager", EAGER), ("lazy", LAZY)):
    function = deploy_text(name, f"{text}\n# deployed at {time.time()}\n")
    three = [lab.invoke(function, {"pictures": wanted}) for wanted in (False, True, True)]
    assert all(run.ok for run in three), three[0].payload
    first, needs, again = three
    rows.append((name, first.init_ms, first.billed_ms, needs.billed_ms, again.billed_ms))
columns = ["loading", "Init ms", "cold, needs nothing", "first that needs it", "second"]
loading = pd.DataFrame(rows, columns=columns).set_index("loading").round(0).astype("Int64")
if loading.loc["lazy", "cold, needs nothing"] >= loading.loc["eager", "cold, needs nothing"]:
    print("The host was busy, and these figures show it: run this cell again.")
loading

# %% [markdown] id="lazy-eager-note"
# (The last three columns are *billed* milliseconds at 512 MB; the cold ones contain Init.)
#
# Read it by rows. Eager: everybody who meets a cold start waits, whether they need the client or not. Lazy: those who
# need nothing are quick; the first who needs it waits, **and for longer**: Init runs at a full vCPU whatever you buy (as
# public measurements show; AWS does not promise it), and the handler at your share.
#
# **What has changed.** Until 31 July 2025, Init of a zip on a managed runtime was not billed, so eager loading was free
# work. Since 1 August 2025 it is billed everywhere (AWS Compute Blog, 29 April 2025). The question is now only: *who
# waits?* A rule that holds: **eager for what every event needs, lazy for what few need, nothing for what none needs.**
# With provisioned concurrency or SnapStart, eager wins again: nobody waits for Init.

# %% [markdown] id="layers-runtimes"
# ## Layers, runtimes, and the Runtime API
#
# Two things that were new at the time of the talk opened Lambda up (AWS's release notes, 29 November 2018):
#
# - **Layers**: a zip that is laid into `/opt`, shared by functions. Five at most; with the package 250 MB unzipped. They
#   are a way to *share* files, not to make a package smaller: what is in a layer counts, and a cold start needs it too.
# - **The Runtime API**: a runtime is whatever asks `GET …/invocation/next` for an event and posts the answer. So *any*
#   language: in the lab you write one in shell. AWS's own clients, which are open source, do the same.
#
# Since 1 December 2020 a function may also be a **container image** of up to 10 GB. Look where your runtime finds things:

# %% id="runtime-look" tags=["measured"]
LOOK = """
import os, sys

def handler(event, context):
    names = ("_HANDLER", "AWS_EXECUTION_ENV", "LAMBDA_TASK_ROOT", "AWS_LAMBDA_RUNTIME_API")
    return {"path": sys.path[:3]} | {name: os.environ.get(name) for name in names}
"""
run = lab.invoke(deploy_text("look", LOOK))
for name, value in run.payload.items():
    print(f"{name:24} {value}")
assert run.payload["_HANDLER"] == "index.handler"

# %% [markdown] id="runtimes-today"
# Your package comes first on the path, then layers, then what the runtime brings. `AWS_LAMBDA_RUNTIME_API` is the address
# at which the runtime asks for events; you could ask there, too.
#
# **Which runtimes?** Every runtime of the talk's time is deprecated. Today: Python 3.11 to 3.14, Node.js 22 and 24, Java
# 8 to 25, .NET 10, Ruby 3.3 to 4.0, `provided.al2023` for all else (cfn-lint's copy of AWS's table, 20 October 2026; the
# API also names Python 3.15 and Node.js 26). Somebody must move a function on before its runtime ends;
# [lesson 02](02-responsibility.ipynb) says who.

# %% [markdown] id="cold-start-years"
# ## Years of real cold starts
#
# One project has measured an almost empty function on AWS, ten cold starts a day in each runtime, since September 2022
# (maxday/lambda-perf); the months below are computed from its daily files, from March 2023 on. First your own: six
# cold starts of an empty function on this machine.

# %% id="own-inits" tags=["measured"]
import os

empty = deploy_text("empty", "def handler(event, context):\n    return {}\n")
mine = []
for _ in range(6):
    lab.configure(empty, Environment={"Variables": {"RENEWED": os.urandom(4).hex()}})
    mine.append(lab.invoke(empty))
inits = [run.init_ms for run in mine if run.init_ms is not None]
busy = sum(run.host is not None and not run.host.kept_promise for run in mine)
disturbance = "This machine was busy: measure again" if busy > 3 else ""
print("Init here, ms:", *(round(ms) for ms in inits), disturbance)
assert len(inits) >= 5, "Some were warm: run this cell again."

# %% id="years-widget" tags=["measured"]
from serverless_course.figures.cold_start_widget import cold_start_widget

assert inits
cold_start_widget(inits, disturbance=disturbance)

# %% [markdown] id="years-note"
# **What the months say** (August 2026, x86_64):
#
# - **Memory does not change Init.** Python 3.12 as a zip: 85 ms at 128 MB, 84 at 1,024. Java 17: 206 and 206. More memory
#   makes the *handler* quicker (lesson 04).
# - **Images start more slowly, with a long tail**: Python 3.12 at 128 MB 156 ms instead of 85; one in ten took 301 or more.
# - **Newer is not quicker.** Python 3.9: 77 ms, 3.12: 85, 3.14: 106. (A choice between a few milliseconds and security
#   updates is no choice.)
# - **The language matters less than what you load.** Between Rust (16 ms) and Java 21 (239) lie 220 ms. What did importing
#   boto3 cost you above?
#
# Your own values are measured on your machine; they are beside AWS's, and not one of them.

# %% [markdown] id="snippets"
# ## The talk's code, line by line
#
# Three snippets stand on the slides. They are from 2018 or 2019. We read each line: what it does, and whether one writes
# it so today.
#
# ### Python
#
# ```python
# import boto3
# client = None
#
# def my_handler(event, context):
#     global client
#     if not client:
#         client = boto3.client("s3")
#
#     # process
# ```
#
# | line | what it does | today |
# | --- | --- | --- |
# | `import boto3` | loads the SDK, in Init, for every cold start | for a path that few events take, import it inside |
# | `client = None` | a global: it lives as long as the environment | the same |
# | `def my_handler(event, context)` | the handler; its name is configuration | the same; most write `handler` or `lambda_handler` |
# | `global client` | without it, the next line but one would make a local variable | the same |
# | `if not client` | lazy: built by the first event, kept for all others | `is None`: an object may count as false |
# | `boto3.client("s3")` | reads the service's description, builds the client | if *every* event needs it: at module level |
# | `# process` | a comment, so the handler returns `null` | `return` what the caller needs |
#
# It still runs as it stands. That is rare for code of that age:

# %% id="python-then" tags=["measured"]
THEN = """
import boto3
client = None

def my_handler(event, context):
    global client
    if not client:
        client = boto3.client("s3")

    # process
"""
then = deploy_text("then", THEN, handler="index.my_handler")
first, second = lab.invoke(then), lab.invoke(then)
assert first.ok and second.ok, first.payload
print(f"first: {first.duration_ms:.0f} ms, second: {second.duration_ms:.1f} ms, {second.payload!r}")

# %% [markdown] id="node"
# ### Node.js
#
# The talk took it from the Sepia app of the Serverless Application Repository.
#
# ```javascript
# const aws = require('aws-sdk');
# const gm = require('gm').subClass({imageMagick: true});
# const path = require('path');
# const s3 = new aws.S3();
#
# const destBucket = process.env.DEST_BUCKET;
#
# exports.handler = function main(event, context) {
#     for (let i = 0; i < event.Records.length; i++) {
#         tasks.push(conversionPromise(event.Records[i], destBucket));
#     }
#
#     Promise.all(tasks)
#         .then(() => { context.succeed(); })
#         .catch((err) => { context.fail(err); });
# };
#
# function conversionPromise(record, destBucket) { … }
# ```
#
# | line | what it does | today |
# | --- | --- | --- |
# | `require('aws-sdk')` | SDK version 2, all services at once | ended on 8 September 2025. Version 3: one package for each service, `@aws-sdk/client-s3` |
# | `require('gm')…` | drives ImageMagick, a program that must be there | bring it along (a layer, an image), or use a library without it |
# | `new aws.S3()` | eager client, in Init | `new S3Client()`; right here, since every event needs it |
# | `process.env.DEST_BUCKET` | configuration outside of the code | the same |
# | `exports.handler = function main` | a handler without `async` | `export const handler = async (event) =>` |
# | `event.Records[i]` | one event of S3 has a *list* of records | the same: never read only the first |
# | `tasks.push(…)` | starts all, waits for none | `event.Records.map(convert)` |
# | `Promise.all(tasks)` | done when all are done; fails with the first that fails | the same, but *await* it |
# | `context.succeed()`, `context.fail(err)` | end the invocation: the way of Node.js 0.10 | return, or throw. From Node.js 24 on, AWS's runtime takes async handlers only |
# | `conversionPromise` below | business logic apart from the handler | the same, in a file of its own: the lab does it |
#
# As it would be written now, with a stand-in for the picture. It runs if this machine has a Node.js that Lambda knows:

# %% id="node-now"
NODE = """
const bucket = process.env.DEST_BUCKET ?? "sepia";

export const handler = async (event) => Promise.all(event.Records.map(convert));

async function convert({ s3: { object } }) {
  if (!object.key.endsWith(".jpg")) throw new Error(`${object.key} is no picture`);
  return `${bucket}/${object.key}`;
}
"""

# %% [markdown] id="node-run-why"
# Which Node.js there is, Lambda says when a function is created: a runtime that this machine lacks is refused.

# %% id="node-run" tags=["measured"]
records = {"Records": [{"s3": {"object": {"key": key}}} for key in ("cat.jpg", "dog.jpg")]}
node = None
for name in ("nodejs24.x", "nodejs22.x", "nodejs20.x"):
    try:
        node = node or deploy_text("node", NODE, "index.mjs", name)
    except Exception as error:
        reason = str(error)
if node is None:
    print("There is no Node.js here, so this one does not run:", reason)
else:
    run = lab.invoke(node, records)
    assert run.payload == ["sepia/cat.jpg", "sepia/dog.jpg"], run.payload
    print(run.payload, f"Init {run.init_ms:.0f} ms" if run.cold else "(warm)")

# %% [markdown] id="java"
# ### Java
#
# ```java
# public String handleRequest(Book book, Context context) {
#     saveBook(book);
#
#     return book.getName() + " saved!";
# }
# ```
#
# | line | what it does | today |
# | --- | --- | --- |
# | `public String handleRequest(Book book, Context context)` | Lambda turns the JSON into a `Book`, and the `String` into JSON | the class should say `implements RequestHandler<Book, String>`: then the compiler checks it. Without, it works by its name only |
# | `saveBook(book)` | the business, one call | the same; with a client that is a field, built in Init |
# | `return … " saved!"` | the answer | only if saving cannot fail silently |
#
# ```java
# public class SaveBook implements RequestHandler<Book, String> {
#     private final Books books = new Books(DynamoDbClient.create());   // Init, once
#
#     @Override
#     public String handleRequest(Book book, Context context) {         // Invoke, for each event
#         books.save(book);
#         return book.getName() + " saved!";
#     }
# }
# ```
#
# This one is to be read: the embedded cloud has no Java runtime, and refuses it by name. On AWS it is the language that
# gains most from SnapStart.

# %% [markdown] id="snapstart-provisioned"
# ## SnapStart and provisioned concurrency
#
# Both take the wait for Init away. Neither existed when the talk was given.
#
# | | **SnapStart** | **provisioned concurrency** |
# | --- | --- | --- |
# | what it does | Init once, when a version is published; a snapshot of memory is restored later | keeps so many environments ready |
# | since | 29 November 2022 (Java), November 2024 (Python, .NET) | 3 December 2019 |
# | for | Java 11, Python 3.12, .NET 8 and later; zip only | every runtime |
# | not with | `$LATEST`, provisioned concurrency, EFS, more than 512 MB of `/tmp` | `$LATEST` |
# | price (us-east-1) | Java: none. Python, .NET: 0.0000015046 dollars a GB-second kept (3 hours at least), 0.0001397998 a GB restored | 0.0000041667 dollars a GB-second kept, and 0.0000097222 instead of 0.0000166667 while it works |
# | published | Spring 5,312 → 1,048 ms, Quarkus 2,525 → 487 ms (cold, median; README of aws-samples/serverless-java-frameworks-samples) | – |
# | mind | what is random or open at Init is *copied*: seeds, connections | you pay day and night, used or not |
#
# (Lambda documentation and price page, read in 2026; price list of 22 September 2026.)
#
# **SnapStart pays** when Init is long and traffic has gaps. **Provisioned concurrency pays** when a wait costs you more
# than money, and the load is known. There is a point from which it is even *cheaper* than on demand. Where?

# %% id="provisioned-price"
kept, busy_rate, on_demand = 0.0000041667, 0.0000097222, 0.0000166667
busy_part = kept / (on_demand - busy_rate)
month = 0.5 * 730 * 3600 * kept
print(f"cheaper than on demand if it works more than {busy_part:.0%} of the time")
print(f"one environment of 512 MB kept for a month: {month:.2f} dollars")
assert round(busy_part, 2) == 0.6

# %% [markdown] id="provisioned-why"
# Measured here: the eager function of above, a cold start on demand, and the first call of an environment that was
# kept ready. What the *caller* waits counts. (The cell takes 5 to 15 seconds.)

# %% id="provisioned-measure" tags=["measured"]
eager = deploy_text("eager", f"{EAGER}\n# deployed at {time.time()}\n")
on_demand_ms = lab.invoke(eager, {"pictures": True}).client_ms
version = lam.publish_version(FunctionName=eager.name)["Version"]
target = {"FunctionName": eager.name, "Qualifier": version}
lam.put_provisioned_concurrency_config(**target, ProvisionedConcurrentExecutions=1)


def ready():
    return lam.get_provisioned_concurrency_config(**target)["Status"] == "READY"


lab.wait_until("an environment is ready", ready, minutes=30)
kept_ready = lab.invoke(eager, {"pictures": True}, qualifier=version)
lam.delete_provisioned_concurrency_config(**target)
print(f"on demand, cold: {on_demand_ms:.0f} ms; provisioned: {kept_ready.client_ms:.0f} ms")
if kept_ready.client_ms >= on_demand_ms:
    print("The host was busy, and these figures show it: run this cell again.")

# %% [markdown] id="provisioned-note"
# Its Init took place before the event came. It is billed all the same, and the REPORT line of the first event tells it.
# The embedded cloud does not offer SnapStart, and says so when you ask for it.

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
# | **talk**: one event per container | holds for the default compute; not for Managed Instances and Web Functions | – | API model of 17 Nov 2026 |
# | **talk**: load globals lazily | for what few events need; eager for what all need. Both are billed | 1 Aug 2025 | AWS Compute Blog, 29 Apr 2025 |
# | **talk**: layers and the Runtime API for all runtimes | hold; images of 10 GB beside them | 1 Dec 2020 | Lambda quotas, mid 2026 |
# | **talk**: `require('aws-sdk')` | version 2 has ended | 8 Sep 2025 | notice in the SDK |
# | **talk**: `context.succeed()` | async handlers only, from Node.js 24 on | – | Lambda documentation, Node.js handler |
# | a cold start is what it is | provisioned concurrency, SnapStart | 3 Dec 2019, 29 Nov 2022 | AWS's release notes; Lambda documentation |
# | `/tmp` of 512 MB | up to 10,240 MB | 24 Mar 2022 | Lambda quotas, mid 2026 |
# | functions end after 15 minutes | holds; 90 minutes for some calls on Managed Instances | – | Lambda quotas, 2026 |
# | “Lambda functions” | “Lambda Event Functions (formerly Lambda functions)” | Sep to Oct 2026 | Lambda Developer Guide |

# %% [markdown] id="questions"
# ## Questions
#
# Choose an answer; it opens, and tells you.
#
# **1. A handler starts a thread that sends statistics, and returns. When are they sent?**
#
# <details><summary>Right after the answer, as on a server.</summary>
# No: with the answer the environment is frozen, thread included.</details>
# <details><summary>While later events are handled in that environment, or never.</summary>
# Yes. The lab shows it, and what to do.</details>
#
# **2. Your function has 128 MB, and its Init takes two seconds. Does 1,769 MB help?**
#
# <details><summary>Yes, it has 14 times the CPU then.</summary>
# For the handler, yes. Init runs at full speed at every size: the published months show the same Init at 128 MB and at
# 1,024.</details>
# <details><summary>Not the Init. Load less.</summary>
# Yes. The lab's first task does that.</details>
#
# **3. A function keeps `cart = []` at module level and appends to it. What can happen?**
#
# <details><summary>Nothing: each event gets a new environment.</summary>
# No: environments are reused. That is what the counter above shows.</details>
# <details><summary>The next customer finds the last one's things, and memory grows.</summary>
# Yes, both. And no test with one event finds it.</details>
#
# **4. One event in a hundred needs a client that takes 400 ms to load. Eager or lazy?**
#
# <details><summary>Eager: Init is free.</summary>
# It was, until 31 July 2025. Now you pay for it in every cold start, and every first visitor waits.</details>
# <details><summary>Lazy: the one in a hundred waits, once in each environment.</summary>
# Yes. If that one must not wait either, keep environments ready.</details>
#
# **5. A layer of 200 MB is attached and not imported. What does it cost in a cold start?**
#
# <details><summary>Nothing, on AWS as here.</summary>
# Here, yes: it lies on this machine. On AWS a cold start fetches it, too.</details>
# <details><summary>On this machine nothing; on AWS the fetching of it.</summary>
# Yes. That is a difference which this course cannot measure for you: published figures stand below the first widget.</details>

# %% [markdown] id="summary"
# ## To keep
#
# 1. Four layers: function, runtime, environment, compute. Most of the speed lies in the first.
# 2. Outside the handler: once for each environment. Inside: once for each event.
# 3. The life: Init, Invoke, frozen, Invoke, frozen, …, gone. No log tells the end.
# 4. Reused: keep connections. Ephemeral: rely on nothing that you kept.
# 5. Nothing of one event in a global; and a bound on what grows.
# 6. One event at a time, unless it is a Managed Instances or Web function.
# 7. **Billed = handler + Init, rounded up to a millisecond** (since 1 August 2025).
# 8. Eager for what all need, lazy for what few need, nothing for what none needs. To see it:
#    **`PYTHONPROFILEIMPORTTIME=1`**.
# 9. Memory does not change Init; what you load does.
# 10. Provisioned concurrency is cheaper than on demand when it works more than 60 % of the time.
#
# **Three questions that an interviewer might ask.** What happens between two invocations? Your p50 is 20 ms and your p99
# two seconds: what do you look at? Why can a unit test not find a leaking global?

# %% [markdown] id="read"
# ## What to read
#
# - [Understanding the Lambda execution environment lifecycle](https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html),
#   Lambda Developer Guide.
# - [Using the Lambda runtime API for custom runtimes](https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html).
# - [Lambda SnapStart](https://docs.aws.amazon.com/lambda/latest/dg/snapstart.html).
# - [maxday/lambda-perf](https://github.com/maxday/lambda-perf): cold starts of today.
#
# ## Next
#
# Do [lab 03](../labs/03-function-anatomy/lab.ipynb): a theatre's first visitor waits. Then
# [lesson 04](04-memory-tuning.ipynb) asks how big a function should be.
