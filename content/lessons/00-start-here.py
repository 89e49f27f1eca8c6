# %% [markdown] id="title"
# # Start here: a first function in one minute
#
# This course teaches AWS serverless by **measuring** it.
# You will deploy real functions, time them, break them, fix them, and read the bill.
# You need no AWS account for it, and nothing here costs money.
#
# **After this page, in 10 to 15 minutes, you will be able to**
#
# - run a cell, ask for a check and ask for a hint;
# - create a Lambda function with two calls, and invoke it;
# - find the *cold* and the *warm* invocation in a log, and say where the time went;
# - tell AWS's behaviour from what is measured on your machine;
# - clean up, and prove that nothing is left.
#
# **AWS Lambda** runs your code when an event arrives. You bring the code; AWS brings the servers, and
# bills the time for which your code runs, by the millisecond.
#
# **The talk** that this course follows is *Serverless: o que preciso saber para começar? e ir além…*.
# AWS's business development manager for serverless in Latin America gave it in Portuguese. Its slides
# have no date; by what they say and do not say, they are of November 2018 to mid 2019.

# %% [markdown] id="how-it-works"
# ## How the course works
#
# A **lesson** explains one idea and shows it happen. In its **lab**, you do it yourself. This page is the first
# lesson; the others are
#
# | | lesson | minutes | what you do in its lab | minutes |
# | --- | --- | --- | --- | --- |
# | 01 | [Why serverless, and when not](01-why-serverless.ipynb) | 20 to 25 | [a shop's bill on Lambda, beside two servers](../labs/01-why-serverless/lab.ipynb) | 30 to 40 |
# | 02 | [Who is responsible for what](02-responsibility.ipynb) | 20 | [an audit: five functions with too many rights](../labs/02-responsibility/lab.ipynb) | 35 to 45 |
# | 03 | [Anatomy of a function](03-function-anatomy.ipynb) | 25 | [the first visitor waits less; a runtime in shell](../labs/03-function-anatomy/lab.ipynb) | 40 to 60 |
# | 04 | [Memory tuning](04-memory-tuning.ipynb) | 20 to 25 | [three functions, and a bill that must fall by half](../labs/04-memory-tuning/lab.ipynb) | 30 to 40 |
# | 05 | [Do I need a VPC? Networks for functions](05-vpc-design.ipynb) | 30 to 35 | [a till that hangs, and a zone that fails](../labs/05-vpc-design/lab.ipynb) | 40 to 50 |
# | 06 | [Scaling and concurrency](06-scaling-and-concurrency.ipynb) | 30 | [an evening on television, with five connections](../labs/06-scaling-and-concurrency/lab.ipynb) | 40 to 50 |
# | 07 | [When nobody waits for the answer](07-failures-and-dlq.ipynb) | 20 to 25 | [a shop that loses orders](../labs/07-failures-and-dlq/lab.ipynb) | 35 to 45 |
# | 08 | [What happened, how often, and where](08-observability-xray.ipynb) | 25 to 30 | [a slow shop, and one customer who cannot buy](../labs/08-observability-xray/lab.ipynb) | 40 to 50 |
# | 09 | [Good practice and orchestration](09-good-practice-and-orchestration.ipynb) | 25 | [one function that does everything, taken apart](../labs/09-good-practice-and-orchestration/lab.ipynb) | 50 to 70 |
# | 10 | [Ship it](10-ship-it.ipynb) | 25 | [the capstone: 200 photos, none lost, none twice](../labs/10-ship-it/lab.ipynb) | 90 |
#
# Take them in this order, or take the one that you need: no page rests on what another one made.
#
# A page is made of cells. Click on a grey cell and press **Shift+Enter**: the cell runs, and its
# answer appears below it. Run the cells from top to bottom. A cell may be run again; the few that mind
# say what to do then. If you get lost, choose *Kernel*, then *Restart Kernel and Run All Cells*.
#
# The cell below opens the lesson. It starts an **embedded cloud**: a program on this machine that
# speaks AWS's own protocols. Your functions run in it as real processes. The code you write to
# talk to it is the code you would write for AWS. What the cell prints is the **banner**. It names the
# cloud, and the **clock factor**: how many times faster than on AWS the long waits run.

# %% id="lab" tags=["measured"]
from serverless_course import Lab

lab = Lab("00-start-here")

# %% [markdown] id="where-the-words-come-from"
# ## Where the words come from
#
# We use AWS's words, as its documentation uses them. Then what you read here and what you read
# there fit together.
#
# | word | what it means |
# | --- | --- |
# | **function** | your code and its settings: runtime, handler, memory size, time-out, role |
# | **handler** | the one function in your code that Lambda calls |
# | **event** | the input: a JSON document |
# | **invocation** | one event, handled once |
# | **execution environment** | the isolated place where your code runs; it is kept and used again |
# | **Init** | the start of a new execution environment, before its first event |
# | **cold**, **warm** | an invocation that had to wait for Init; one that did not |
# | **role** | the identity of your function: what it may do in AWS |
# | **GB-second** | what is paid for: one GB of memory, held for one second |
#
# There are older and looser words for some of these. A *container*, in talks of 2018 and 2019, is an
# execution environment; on AWS it is a small virtual machine (Lambda Developer Guide, read in 2026).
#
# **One word is changing.** AWS's documentation now says **Lambda Event Functions (formerly Lambda
# functions)**. Beside them stand **Web Functions**, which are HTTP servers, and **MicroVMs**, virtual machines
# that keep their state for up to 8 hours. (Lambda Developer Guide, 2026. In AWS's API model the new name is
# absent on 8 September 2026, and present on 19 October 2026.) The calls, the ARNs and the command
# line keep the old name. So does this course: a *function* here is an Event Function.

# %% [markdown] id="first-function"
# ## A first function in one minute
#
# A function needs a **handler**. It takes an event and returns an answer. Ours says hello.
# The line above the handler stands at the top of the file: it runs during Init, once for each
# execution environment. It stands for what real functions do there, such as reading settings
# and opening connections.

# %% id="source"
source = """
import json, decimal, datetime, urllib.request   # runs once, during Init

def handler(event, context):
    return {"message": f"Hello, {event['name']}!"}
"""

# %% [markdown] id="package-why"
# Lambda takes code as a zip file. Ours has one file in it, and it never touches the disk.
#
# A zip keeps who may read a file. Lambda runs your code as a user of its own, so everybody must be
# allowed to: mode 644. With only a name, `writestr` would give 600, *the owner alone*, and the import
# would fail with *Permission denied*.

# %% id="package"
import io
import zipfile

buffer = io.BytesIO()
with zipfile.ZipFile(buffer, "w") as archive:
    entry = zipfile.ZipInfo("index.py")
    entry.external_attr = 0o644 << 16  # everybody may read it
    archive.writestr(entry, source)
package = buffer.getvalue()

# %% [markdown] id="create-why"
# Now create the function. `lam` is a plain [boto3](https://docs.aws.amazon.com/boto3/latest/)
# client, AWS's library for Python. Nothing of the course stands between you and the call.
#
# The first lines delete what an earlier run of this cell made; then it may be run again.
#
# `lab.name` puts the course's name in front, so that you can find in any account what the course
# made. `lab.role` is a role with the least rights that a function needs: to write its log.

# %% id="create"
from contextlib import suppress

lam = lab.client("lambda")
name = lab.name("hello")
with suppress(lam.exceptions.ResourceNotFoundException):
    lam.delete_function(FunctionName=name)

created = lam.create_function(
    FunctionName=name,
    Runtime=lab.runtime,
    Handler="index.handler",
    Role=lab.role,
    Code={"ZipFile": package},
    MemorySize=128,
)
lam.get_waiter("function_active_v2").wait(FunctionName=name)
created["FunctionName"]

# %% [markdown] id="handler-note"
# `Handler="index.handler"` means: in the file `index.py`, call `handler`.
# 128 MB is the least memory that Lambda gives, and its default (Lambda quotas, mid 2026). What memory buys
# is the subject of lesson 04. The last call waits until the function's state is `Active`: on AWS that
# takes a moment. A name can be taken once: without the `delete_function`, a second `create_function` is refused
# with `ResourceConflictException`.

# %% [markdown] id="predict-why"
# ## Predict, then measure
#
# Before you measure, commit to a number. It need not be good. A guess that turns out wrong is how
# we notice what we did not know.
#
# **How many milliseconds will Init take: the start of an execution environment with Python in it?**
# Put your number in place of `...`, and run the cell.

# %% id="predict" tags=["measured"]
my_guess = ...
lab.predict("Init takes", milliseconds=my_guess)

# %% [markdown] id="first-invoke-why"
# Now the first invocation. `LogType="Tail"` asks for the end of the log with the answer. The line before it
# changes a setting: Lambda never uses an execution environment of older settings again, so this invocation is cold
# each time that you run the cell.

# %% id="first-invoke"
import json
import time

settings = {"Variables": {"BEGUN": str(time.time())}}
lam.update_function_configuration(FunctionName=name, Environment=settings)
lam.get_waiter("function_updated_v2").wait(FunctionName=name)
first = lam.invoke(
    FunctionName=name,
    Payload=json.dumps({"name": "Ada"}),
    LogType="Tail",
)
json.load(first["Payload"])

# %% [markdown] id="log-why"
# It said hello. And what did it cost? The log tells. It comes in Base64; this is how it reads.

# %% id="cold-log" tags=["measured"]
import base64

cold_log = base64.b64decode(first["LogResult"]).decode()
print(cold_log)
assert "Init Duration" in cold_log, "This run was warm. Run the cell above again."

# %% [markdown] id="report-line"
# The last line, `REPORT`, is the one to know. AWS writes it for each invocation:
#
# | field | what it says |
# | --- | --- |
# | `Duration` | how long your handler took |
# | `Init Duration` | how long Init took; **a warm invocation has none** |
# | `Billed Duration` | what you pay for: the two together, rounded up to a millisecond |
# | `Memory Size` | what you asked for |
# | `Max Memory Used` | the most that was used |
#
# **Two exceptions on AWS.** After a crash or a time-out, Lambda runs Init again *within* the next
# invocation (*suppressed init*); the REPORT line of that one has no `Init Duration`. And Lambda may
# start an environment *ahead* of the request: then Init took time, and nobody waited for it. (Lambda
# Developer Guide, "Understanding the Lambda execution environment lifecycle", read between April and August 2026.)
#
# AWS bills Init for every function since 1 August 2025 (AWS Compute Blog, 29 April 2025). At the time
# of the talk, Init of a function like this was free (the same post).
#
# Take the numbers out of the line, and set your guess beside them:

# %% id="cold-report" tags=["measured"]
from serverless_course.functions.report import Report

cold = Report.parse(cold_log)
assert cold.init_ms is not None, "This log is of a warm run. Invoke again, from the cell above."
lab.compare("Init takes", milliseconds=cold.init_ms)

# %% [markdown] id="warm-why"
# ## The same again, warm
#
# Invoke the function a second time. The execution environment is still there, with your code loaded.
# So there is no Init to wait for. (Unless you read on for more than five minutes: an environment that
# is not used ends. On real AWS, 94 % were gone after 345 seconds: data of *Demystifying Serverless
# Costs on Public Platforms*, EuroSys '26.)

# %% id="warm-invoke" tags=["measured"]
second = lam.invoke(
    FunctionName=name,
    Payload=json.dumps({"name": "Grace"}),
    LogType="Tail",
)
warm_log = base64.b64decode(second["LogResult"]).decode()
print(warm_log)
assert "Init Duration" not in warm_log, "Cold again, after a pause. Run this cell once more."

# %% [markdown] id="life-why"
# Here are the two, one above the other. The hatched part is Init.

# %% id="life" tags=["measured"]
from serverless_course.figures.life import life

warm = Report.parse(warm_log)
assert warm.init_ms is None, "This log is of a cold run: run the cell above once more."
life([cold, warm])

# %% [markdown] id="cold-and-warm"
# That is the first thing to know about Lambda: **a new environment costs an Init, and it is used
# again.** How long is Init on AWS? For Python 3.12 at 128 MB, a public benchmark reads 85 ms
# (maxday/lambda-perf, 22 August 2026; an almost empty function). How often does it happen? AWS says:
# typically in under 1 % of invocations (Lambda Developer Guide, read in 2026).
#
# **Two runs are only two runs.** They show how it usually goes, and prove nothing. In the lessons that follow
# we measure more often, and say how far the numbers spread.

# %% [markdown] id="what-is-real"
# ## What is AWS's, what is measured here, what is simulated
#
# This table holds for the embedded cloud. Keep it in mind through the whole course.
#
# | | |
# | --- | --- |
# | **as on AWS** | the calls and their answers, the REPORT line, the life of an execution environment, how the bill is counted |
# | **measured here** | every duration: a real process did real work on *this* machine, which is not AWS's |
# | **simulated here** | a small memory size gets its share of a CPU because the cloud holds the process back; long waits of AWS, such as the minutes between retries, run faster, by the clock factor in the banner |
#
# A number that is none of these three is published by somebody else. Then its source and its date
# stand beside it.

# %% [markdown] id="checks"
# ## Checks and hints
#
# A lab gives you tasks. Each has a **check**, which looks at what you did. It answers in one of
# five ways: *not attempted*, *not yet right*, *error in your code*, *problem of the environment*,
# *right*. It never only says no: it says what it saw, and what to try next.
#
# Each has **hints**, too: `lab.hint("…")` with the name of a task gives a first step, and one step
# more each time you run it. `lab.solution("…")` shows one way to do it.

# %% [markdown] id="billed-task"
# ## A small task: what was billed?
#
# **How many milliseconds of the first invocation were billed?** The task's name is `billed`. You find
# the number in the first REPORT line above. Put it in place of `...`, and run the check below. Try
# a wrong number first, if you like. And this is how to ask for a hint:

# %% id="ask-a-hint"
lab.hint("billed")

# %% id="billed" role="answer" task="billed" tags=["measured"]
### BEGIN SOLUTION
billed = cold.billed_ms
### STARTER
# billed = ...
### END SOLUTION

# %% [markdown] id="billed-hint-1" role="hint" task="billed"
# One field of the REPORT line says what you pay for. The table above names it.

# %% [markdown] id="billed-hint-2" role="hint" task="billed"
# It is *Billed Duration*, in the line that has an *Init Duration* as well. `cold.billed_ms` holds the
# same number.

# %% id="billed-wrong-duration" role="wrong" task="billed" name="the Duration" says="AWS bills Init as well"
billed = cold.duration_ms

# %% id="billed-wrong-warm" role="wrong" task="billed" name="the second invocation" says="a warm invocation"
billed = warm.billed_ms

# %% id="billed-wrong-unit" role="wrong" task="billed" name="with its unit" says="write the number alone"
billed = f"{cold.billed_ms} ms"

# %% id="billed-check" role="check" task="billed" tags=["measured"]
lab.check("billed", answer=billed)

# %% [markdown] id="overview-why"
# ## How far are you?
#
# The course keeps which tasks are right, how long each took, and what you predicted, in the folder `.course` of this
# checkout. It outlives this page. Come back to this cell whenever you want to know how far you are, and whether your
# predictions are getting better.
#
# To begin a lab again from nothing, type `make reset LAB=04-memory-tuning` in a terminal. It sets your files of that lab
# aside, and touches no other.

# %% id="overview" tags=["measured"]
overview = lab.overview()
assert len(overview.table) > 0, "No task yet: run the check above first."
overview

# %% [markdown] id="clean-up"
# ## Clean up, and prove it
#
# Whatever a page makes, its last cell takes away. The course writes each resource down *before*
# it is made. `lab.finish()` deletes what is written down and names it, lists what is left, and shows
# the bill: what AWS would have charged for what you did.
#
# The bill of one invocation is **GB × billed seconds × price of a GB-second + price of a request**. (A GB
# is 1,024 MB, so 128 MB is 0.125 GB.)
#
# **What is in that bill, and what is not.** In it: the invocations whose REPORT line your kernel has seen, with
# Init, without the free tier. Not in it: everything else that AWS charges for. That is logs (by GB taken in and
# kept), traces and metrics of your own, messages of SQS and SNS, rows of DynamoDB, a NAT gateway by the hour and by
# GB, public IPv4 addresses by the hour, interface endpoints, experiments of the Fault Injection Service by the
# minute, and asynchronous or polled invocations, whose log you did not ask for. Where a page uses one of them on
# your own account, it says so, with its price.

# %% id="finish" tags=["measured"]
done = lab.finish()
assert done.clean, done.text
done

# %% [markdown] id="proof-why"
# Do not take its word for it. Ask the cloud which functions there are:

# %% id="proof"
left = [f["FunctionName"] for f in lam.list_functions()["Functions"] if f["FunctionName"] == name]
assert left == [], "It is still there: run lab.finish() once more."
left

# %% [markdown] id="questions"
# ## Questions
#
# Choose an answer; it opens, and tells you.
#
# **1. The second invocation had no `Init Duration`. Why?**
#
# <details><summary>Lambda remembered the answer of the first.</summary>
# No: the handler ran again, with another name. Lambda keeps environments, and never answers.</details>
# <details><summary>The execution environment was there already.</summary>
# Yes. Init is paid once for each execution environment. The second event found it ready.</details>
# <details><summary>Init was there, and too short to be shown.</summary>
# No: there was none. Init runs once for each execution environment, before its first event. (The reverse is
# possible: after a crash or a time-out, Init runs within the next invocation, and the line does not show
# it.)</details>
#
# **2. Two events arrive at the same moment. One environment is free. What happens?**
#
# <details><summary>The environment handles both at the same time.</summary>
# No: an environment of a function like ours handles one event at a time. (AWS has newer kinds of functions
# for which that is different: AWS's API model of Lambda, 17 November 2026.)</details>
# <details><summary>The second event waits for the first.</summary>
# No: Lambda does not queue a direct call. It starts a new environment.</details>
# <details><summary>A second environment is started, and that invocation is cold.</summary>
# Yes. That is how Lambda scales, and why a burst brings cold starts.</details>
#
# **3. You read a Duration in the second REPORT line. Will it be the same number on AWS?**
#
# <details><summary>Yes: the embedded cloud behaves as AWS does.</summary>
# Behaviour, yes. Speed, no: it was measured on this machine. What carries over is the shape:
# a cold invocation, then a warm one.</details>
# <details><summary>No: durations are measured on this machine, which is not AWS's.</summary>
# Yes. For AWS's own numbers, look for a source and a date, or run the page on your account.</details>

# %% [markdown] id="read"
# ## What to read
#
# - [Lambda execution environment](https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtime-environment.html),
#   in the Lambda Developer Guide: Init, Invoke, Shutdown.
# - [Invoke](https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html), in the Lambda API reference:
#   the call that you made.
# - In this course's folder: `docs/architecture.md` says how the embedded cloud is built.
#
# ## Next
#
# Go on to [01: Why serverless, and when not](01-why-serverless.ipynb): what a platform takes over, and what idle
# costs.
