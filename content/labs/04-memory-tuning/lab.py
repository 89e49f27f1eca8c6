# %% [markdown] id="title"
# # Lab 04: a shop, three functions, and a bill that must fall
#
# A small shop runs on Lambda. A year ago, somebody gave all of its functions **1,024 MB**, and
# nobody has looked since. You are asked to look. The goal, in figures:
#
# | function | what it does | invocations a month | must hold |
# | --- | --- | --- | --- |
# | `primes` | puts labels on pictures (we count primes instead: work for the CPU) | 3 million | done in under 100 ms |
# | `waiting` | checkout: asks the bank, and waits for its answer | 20 million | done in under 150 ms |
# | `hungry` | the catalogue: holds 150 MB in memory | 1 million | never dies |
#
# **The month's bill must fall by half, and each “must hold” must still hold.**
#
# You will measure, choose a memory size for each, and defend it with your own numbers. 30 to 40
# minutes. On the embedded cloud it costs nothing; on your own AWS account, less than a tenth of a cent
# (some two hundred short invocations, by the price list of 22 September 2026, free tier left out).
#
# Read [lesson 04](../../notebooks/04-memory-tuning.ipynb) first, if you have not.

# %% id="lab" tags=["measured"]
from serverless_course import Lab

lab = Lab("04-memory-tuning")

# %% [markdown] id="by-hand"
# ## The first function, by hand
#
# The first deployment goes without any helper: this is what `lab.deploy` will do for you later.
# Open [functions/primes/index.py](functions/primes/index.py) and read it; it is short.
# Then package it, create the function, and wait until it is active.

# %% id="package"
import io
import json
import zipfile
from pathlib import Path

buffer = io.BytesIO()
with zipfile.ZipFile(buffer, "w") as archive:
    entry = zipfile.ZipInfo("index.py")
    entry.external_attr = 0o644 << 16  # everybody may read it, as Lambda wants it
    archive.writestr(entry, Path("functions/primes/index.py").read_text())

# %% id="create"
from contextlib import suppress

lam = lab.client("lambda")
primes_name = lab.name("primes")

with suppress(lam.exceptions.ResourceNotFoundException):
    lam.delete_function(FunctionName=primes_name)  # of an earlier run of this cell
created = lam.create_function(
    FunctionName=primes_name,
    Runtime=lab.runtime,
    Handler="index.handler",
    Role=lab.role,
    Code={"ZipFile": buffer.getvalue()},
    MemorySize=1024,
    Timeout=60,
)
lam.get_waiter("function_active_v2").wait(FunctionName=primes_name)
created["MemorySize"]

# %% [markdown] id="invoke-why"
# Invoke it with an event. How many primes are there up to 600,000?

# %% id="invoke"
answer = lam.invoke(FunctionName=primes_name, Payload=json.dumps({"limit": 600_000}))
json.load(answer["Payload"])

# %% [markdown] id="helpers"
# That is all there is to it. From here on, `lab.deploy` and `lab.invoke` make the same calls, and
# `lab.calls()` shows them. Deploy the other functions, and the first once more through the helper (it is
# brought up to date, and not made twice).

# %% id="deploy" tags=["measured"]
primes = lab.deploy("primes", memory=1024, timeout=60)
waiting = lab.deploy("waiting", memory=1024, timeout=60)
hungry = lab.deploy("hungry", memory=1024, timeout=60)

run = lab.invoke(waiting, {"order": 17})
print(f"{run.duration_ms:.1f} ms, billed {run.billed_ms} ms, at most {run.max_memory_mb} MB")
assert run.ok and run.payload["paid"], f"The checkout failed: {run.payload}"
lab.calls()

# %% [markdown] id="kinds"
# ## 1. Three kinds of functions
#
# Before you tune a function, find out what it needs. Two questions to each of them, in this order:
#
# 1. **Does it use more than 128 MB,** the least that Lambda gives? Then it needs `"memory"`, whatever its
#    time does. (Filling memory is work for the CPU, so its time may grow, too.)
# 2. If not: **what happens to its time at a quarter of the memory?** If it grows about four times, the
#    function wants `"cpu"`. If it stays, the function is `"waiting"`.
#
# Predict first: how many times as long will the checkout (`waiting`) take at 256 MB, against
# 1,024 MB? The measurement takes about 10 seconds, up to twice as long on a busy machine: a run that
# something else disturbed is measured once more.

# %% id="kinds-predict" tags=["measured"]
my_guess = ...
lab.predict("from 1,024 to 256 MB the time of the checkout grows", times=my_guess)

# %% id="kinds-measure" tags=["measured"]
events = {"primes": {"limit": 600_000}, "waiting": {"order": 17}, "hungry": {"megabytes": 150}}
functions = {"primes": primes, "waiting": waiting, "hungry": hungry}

at_256_and_1024 = {
    name: lab.sweep(functions[name], events[name], memory=[256, 1024], runs=6) for name in functions
}
times = {}
for name, found in at_256_and_1024.items():
    times[name] = found[256].median_ms / found[1024].median_ms
    most = max(row.max_memory_mb for row in found.rows)
    print(f"{name:8} {times[name]:.2f} times as long; at most {most} MB used", found.disturbance)
if times["primes"] <= times["waiting"]:
    print("This machine was very busy, and the times tell little: run this cell again.")
assert len(times) == 3, "A function was not measured: run this cell again."
lab.compare("from 1,024 to 256 MB the time of the checkout grows", times=times["waiting"])

# %% [markdown] id="kinds-task"
# **Your answer:** for each function one word: `"cpu"`, `"waiting"` or `"memory"`. It says what the
# function needs most, to be quick or to live at all.

# %% id="kinds-answer" role="answer" task="kinds"
### BEGIN SOLUTION
kinds = {"primes": "cpu", "waiting": "waiting", "hungry": "memory"}
### STARTER
# kinds = {"primes": ..., "waiting": ..., "hungry": ...}
### END SOLUTION

# %% [markdown] id="kinds-hint-1" role="hint" task="kinds"
# Begin with the memory. The printed lines say how much each function used at most. Which one used more
# than 128 MB?

# %% [markdown] id="kinds-hint-2" role="hint" task="kinds"
# Two are left. Which of them did not mind losing three quarters of its CPU?

# %% id="kinds-wrong-swapped" role="wrong" task="kinds" name="swaps the first two" says="more CPU does not help it"
kinds = {"primes": "waiting", "waiting": "cpu", "hungry": "memory"}

# %% id="kinds-wrong-all-cpu" role="wrong" task="kinds" name="all want CPU" says="Filling memory is work for the CPU"
kinds = {"primes": "cpu", "waiting": "waiting", "hungry": "cpu"}

# %% id="kinds-check" role="check" task="kinds" tags=["measured"]
lab.check("kinds", answer=kinds)

# %% [markdown] id="cheapest"
# ## 2. The cheapest size for `primes`
#
# Predict: how long will one run take at 128 MB, in milliseconds? You have seen it at 1,024 MB. The sweep
# takes 10 to 20 seconds.

# %% id="cheapest-predict" tags=["measured"]
my_guess = ...
lab.predict("one run of primes at 128 MB takes", milliseconds=my_guess)

# %% id="cheapest-sweep" tags=["measured"]
sizes = [128, 256, 512, 1024, 1769, 3008]
sweep = lab.sweep(primes, {"limit": 600_000}, memory=sizes, runs=9)
assert [row.memory_mb for row in sweep.rows] == sizes, f"A size failed: {sweep.failures}"
lab.compare("one run of primes at 128 MB takes", milliseconds=sweep.rows[0].median_ms)

# %% id="cheapest-table" tags=["measured"]
assert len(sweep.rows) == len(sizes), "Run the sweep above first."
sweep.table()

# %% id="cheapest-plot" tags=["measured"]
assert len(sweep.rows) == len(sizes), "A size failed: run the sweep above again."
if sweep.rows[0].median_ms <= sweep.rows[-1].median_ms:
    print("This machine was very busy, and the times tell little: run the sweep above again.")
sweep.plot()

# %% [markdown] id="cheapest-task"
# **Your answer:** at which memory size, in MB, does one run cost least, by your sweep?
# Take it from `sweep.rows`: each row has `memory_mb`, `median_ms` and `usd` (dollars for one
# invocation, with its request). Where intervals overlap, there is no winner: then any size whose
# interval overlaps with the lowest is right. If a title says that this machine was too busy, measure again
# first: the check does not judge such figures.

# %% id="cheapest-answer" role="answer" task="cheapest"
### BEGIN SOLUTION
cheapest = min(sweep.rows, key=lambda row: row.usd).memory_mb
### STARTER
# cheapest = ...
### END SOLUTION

# %% [markdown] id="cheapest-hint-1" role="hint" task="cheapest"
# Cost is not time. Which column of `sweep.table()` holds dollars? Which row has the least in it?

# %% [markdown] id="cheapest-hint-2" role="hint" task="cheapest"
# `min(sweep.rows, key=lambda row: row.usd)` finds the row with the least dollars. The answer is its
# `memory_mb`.

# %% id="cheapest-wrong-dollars" role="wrong" task="cheapest" name="dollars for the size" says="looks like dollars"
cheapest = min(row.usd for row in sweep.rows)

# %% id="cheapest-wrong-largest" role="wrong" task="cheapest" name="the largest" says="MB costs less than 3,008 MB"
cheapest = 3008

# %% id="cheapest-wrong-most" role="wrong" task="cheapest" name="the most expensive" says="intervals do not overlap"
cheapest = max(sweep.rows, key=lambda row: row.usd).memory_mb

# %% id="cheapest-wrong-row" role="wrong" task="cheapest" name="the whole row" says="whole row"
cheapest = min(sweep.rows, key=lambda row: row.usd)

# %% id="cheapest-wrong-other" role="wrong" task="cheapest" name="a size not measured" says="not among the sizes"
cheapest = 2048

# %% id="cheapest-check" role="check" task="cheapest" tags=["measured"]
lab.check("cheapest", answer=cheapest)

# %% [markdown] id="waiting"
# ## 3. The right size for the checkout
#
# The checkout waits 100 ms for the bank, whatever it has. Measure it over the sizes.

# %% id="waiting-sweep" tags=["measured"]
waits = lab.sweep(waiting, {"order": 17}, memory=[128, 256, 512, 1024], runs=6)
assert all(row.median_ms > 99 for row in waits.rows), "The checkout did not wait for its bank."
waits.table()

# %% [markdown] id="waiting-task"
# It must stay under 150 ms, and cost as little as it can.
#
# **Your task:** give the function the size that you choose, with the boto3 call that the sweep made for
# you: `lam.update_function_configuration`. The check looks at the function itself.

# %% id="waiting-answer" role="answer" task="waiting"
### BEGIN SOLUTION
quick_enough = [row for row in waits.rows if row.median_ms < 150]
choice = min(quick_enough, key=lambda row: row.usd).memory_mb
lam.update_function_configuration(FunctionName=waiting.name, MemorySize=choice)
lam.get_waiter("function_updated_v2").wait(FunctionName=waiting.name)
### STARTER
# # Set the memory size of the function waiting.name here.
### END SOLUTION

# %% [markdown] id="waiting-hint-1" role="hint" task="waiting"
# Compare the first and the last row of `waits.table()`: how much time does the larger size save, and
# what does it cost?

# %% [markdown] id="waiting-hint-2" role="hint" task="waiting"
# The call takes two arguments: `FunctionName=waiting.name` and `MemorySize=` your size in MB.

# %% id="waiting-wrong-half" role="wrong" task="waiting" name="half of what it had" says="512 MB"
lam.update_function_configuration(FunctionName=waiting.name, MemorySize=512)
lam.get_waiter("function_updated_v2").wait(FunctionName=waiting.name)

# %% id="waiting-wrong-quarter" role="wrong" task="waiting" name="a quarter of what it had" says="memory that it does not use"
lam.update_function_configuration(FunctionName=waiting.name, MemorySize=256)
lam.get_waiter("function_updated_v2").wait(FunctionName=waiting.name)

# %% id="waiting-wrong-code" role="wrong" task="waiting" name="without its bank" says="its code is another"
quick = io.BytesIO()
with zipfile.ZipFile(quick, "w") as archive:
    entry = zipfile.ZipInfo("index.py")
    entry.external_attr = 0o644 << 16
    archive.writestr(entry, "def handler(event, context):\n    return {'paid': True}\n")
lam.update_function_code(FunctionName=waiting.name, ZipFile=quick.getvalue())
lam.get_waiter("function_updated_v2").wait(FunctionName=waiting.name)
lam.update_function_configuration(FunctionName=waiting.name, MemorySize=128)
lam.get_waiter("function_updated_v2").wait(FunctionName=waiting.name)

# %% id="waiting-wrong-largest" role="wrong" task="waiting" name="more than it had" says="2,048 MB"
lab.deploy("waiting", memory=2048, timeout=60)

# %% id="waiting-check" role="check" task="waiting" tags=["measured"]
lab.check("waiting")

# %% [markdown] id="hungry"
# ## 4. The size under which it dies
#
# `hungry` holds 150 MB of catalogue. Python itself needs some memory, too. When a function needs
# more than its memory size, Lambda ends it, and the caller gets an error. See it once, at 128 MB:

# %% id="hungry-dies" tags=["measured"]
lam.update_function_configuration(FunctionName=hungry.name, MemorySize=128)
lam.get_waiter("function_updated_v2").wait(FunctionName=hungry.name)
dead = lab.invoke(hungry, {"megabytes": 150})
print(dead.function_error, dead.payload)
print(next(line for line in dead.log.splitlines() if line.startswith("REPORT")))
assert not dead.ok, "It lived. Is functions/hungry/index.py as it was?"

# %% [markdown] id="hungry-task"
# The message has not a word of Python in it: the process was ended from outside, so nothing could
# raise an exception. The REPORT line below it tells more: `Error Type` is `Runtime.OutOfMemory`, and
# `Max Memory Used` is all there was.
#
# **Your answer:** the smallest multiple of 64 MB at which `hungry` lives with 150 MB of catalogue.
# Predict it first, if you like: 150 MB for the catalogue, and how much for Python? Then try sizes. The
# check tries yours, and the one below it.

# %% id="hungry-answer" role="answer" task="hungry"
### BEGIN SOLUTION
def lives(memory):
    lam.update_function_configuration(FunctionName=hungry.name, MemorySize=memory)
    lam.get_waiter("function_updated_v2").wait(FunctionName=hungry.name)
    return lab.invoke(hungry, {"megabytes": 150}).ok


hungry_mb = next(memory for memory in range(128, 1025, 64) if lives(memory))
### STARTER
# hungry_mb = ...
### END SOLUTION

# %% [markdown] id="hungry-hint-1" role="hint" task="hungry"
# `max_memory_mb` of a run that lived tells what it used at most; task 1 printed it. Which multiple of
# 64 is the next above it?

# %% [markdown] id="hungry-hint-2" role="hint" task="hungry"
# Write a loop over `range(128, 1025, 64)`: set the memory size as the cell above does, invoke,
# and stop at the first `run.ok`.

# %% id="hungry-wrong-dies" role="wrong" task="hungry" name="the least that Lambda gives" says="dies"
hungry_mb = 128

# %% id="hungry-wrong-large" role="wrong" task="hungry" name="far too much" says="survives at 512 MB"
hungry_mb = 512

# %% id="hungry-wrong-catalogue" role="wrong" task="hungry" name="the catalogue alone" says="multiple of 64"
hungry_mb = 150

# %% id="hungry-wrong-used" role="wrong" task="hungry" name="no multiple of 64" says="multiple of 64"
hungry_mb = 190

# %% id="hungry-wrong-unit" role="wrong" task="hungry" name="with its unit" says="multiple of 64"
hungry_mb = "192 MB"

# %% id="hungry-check" role="check" task="hungry" tags=["measured"]
lab.check("hungry", answer=hungry_mb)

# %% [markdown] id="balanced"
# ## 5. Neither the cheapest nor the fastest
#
# A tool that many use on AWS is *aws-lambda-power-tuning*. It has three strategies: `cost`, `speed`
# and `balanced`. For `balanced` it gives each size a score, and takes the lowest:
#
# > weight × cost / highest cost + (1 − weight) × duration / longest duration
#
# **Your answer:** the best size for `primes` by that score, with a weight of 0.5. Use your own `sweep`.
# Work it out once by hand. Then `sweep.output(strategy="balanced", balanced_weight=0.5)` gives you what the
# tool gives, in its format: its `power` is the size. (The tool takes trimmed means and you take medians, so
# where two sizes are as good as each other, it may name the other one.)

# %% id="balanced-answer" role="answer" task="balanced"
### BEGIN SOLUTION
highest = max(row.usd for row in sweep.rows)
longest = max(row.median_ms for row in sweep.rows)


def score(row):
    return 0.5 * row.usd / highest + 0.5 * row.median_ms / longest


balanced = min(sweep.rows, key=score).memory_mb
### STARTER
# balanced = ...
### END SOLUTION

# %% [markdown] id="balanced-hint-1" role="hint" task="balanced"
# You need two numbers from the whole sweep first: the highest `usd` and the longest `median_ms`.

# %% [markdown] id="balanced-hint-2" role="hint" task="balanced"
# Write a function `score(row)` that returns the formula above. Then
# `min(sweep.rows, key=score).memory_mb`.

# %% id="balanced-wrong-slowest" role="wrong" task="balanced" name="the slowest" says="slowest size"
balanced = 128

# %% id="balanced-wrong-second" role="wrong" task="balanced" name="the second smallest" says="lower sum"
balanced = 256

# %% id="balanced-wrong-score" role="wrong" task="balanced" name="the score" says="not among the sizes"
balanced = min(sweep.scores(balanced_weight=0.5).values())

# %% id="balanced-wrong-largest" role="wrong" task="balanced" name="the largest" says="lower sum"
balanced = max(sweep.rows, key=lambda row: row.usd).memory_mb

# %% id="balanced-check" role="check" task="balanced" tags=["measured"]
lab.check("balanced", answer=balanced)

# %% [markdown] id="threads"
# ## 6. One process, or two?
#
# `primes_pair` shares the same count out between one or two worker processes. At 1,769 MB a function has
# the time of one vCPU (Lambda quotas, mid 2026). By arithmetic, 3,538 MB gives the time of two: AWS states no
# second point. Predict: how many times as fast are two workers, at 3,538 MB? The measurement takes 10 to 20
# seconds.

# %% id="threads-predict" tags=["measured"]
my_guess = ...
lab.predict("a second worker at 3,538 MB makes it faster", times=my_guess)

# %% id="threads-measure" tags=["measured"]
pair = lab.deploy("primes_pair", memory=1769, timeout=60)
median_ms = {}
for workers in (1, 2):
    found = lab.sweep(pair, {"limit": 2_000_000, "workers": workers}, memory=[1769, 3538], runs=6)
    for row in found.rows:
        median_ms[row.memory_mb, workers] = row.median_ms
        busy = f"host busy in {row.doubtful} of {len(row.samples)} runs"
        print(f"{row.memory_mb:,} MB, {workers} worker(s): {row.median_ms:.0f} ms, {busy}")
    print(found.disturbance)
assert len(median_ms) == 4, "A size failed: run this cell again."
lab.compare(
    "a second worker at 3,538 MB makes it faster",
    times=median_ms[3538, 1] / median_ms[3538, 2],
)

# %% [markdown] id="threads-task"
# On the embedded cloud, two workers can only be twice as fast if this machine has two CPUs free. If the
# printed lines say that the host was busy in most of the runs, these times cannot tell: close what you can, and
# measure again. If that does not help, answer by arithmetic: what follows from the vCPUs that a size buys?
#
# **Your answer:** does a second worker make it clearly faster? For both sizes, `True` or `False`.

# %% id="threads-answer" role="answer" task="threads"
### BEGIN SOLUTION
second_helps = {1769: False, 3538: True}
### STARTER
# second_helps = {1769: ..., 3538: ...}
### END SOLUTION

# %% [markdown] id="threads-hint-1" role="hint" task="threads"
# For each size, compare the printed time of one worker with that of two. A few per cent are noise.

# %% [markdown] id="threads-hint-2" role="hint" task="threads"
# Think of vCPUs: 1,769 MB is the time of one; 3,538 MB, by arithmetic, of two. How many can one worker use?

# %% id="threads-wrong-both" role="wrong" task="threads" name="always" says="Two processes share it"
second_helps = {1769: True, 3538: True}

# %% id="threads-wrong-never" role="wrong" task="threads" name="never" says="At 3,538 MB there are two"
second_helps = {1769: False, 3538: False}

# %% id="threads-wrong-swapped" role="wrong" task="threads" name="the other way round" says="Two processes share it"
second_helps = {1769: True, 3538: False}

# %% id="threads-wrong-words" role="wrong" task="threads" name="in words" says="True or False"
second_helps = {1769: "no", 3538: "yes"}

# %% id="threads-check" role="check" task="threads" tags=["measured"]
lab.check("threads", answer=second_helps)

# %% [markdown] id="bill"
# ## 7. The month's bill
#
# What does the shop pay for `primes`, as it is: **3 million invocations a month at 1,024 MB**? The price
# in us-east-1, for x86_64: 0.0000166667 dollars for a GB-second, and 0.20 dollars for a million requests
# (AWS price list, read on 22 September 2026). A GB is 1,024 MB. Leave out the free tier, and cold starts.
#
# What one invocation is billed at 1,024 MB, by your sweep:

# %% id="bill-billed" tags=["measured"]
at_1024 = sweep[1024]
assert at_1024.billed_ms >= at_1024.median_ms, "Billed is rounded up: run the sweep again."
print(f"{at_1024.billed_ms:.0f} ms")

# %% [markdown] id="bill-task"
# **Your answer:** the dollars of one month.

# %% id="bill-answer" role="answer" task="bill"
### BEGIN SOLUTION
gb_seconds = 3_000_000 * 1024 / 1024 * at_1024.billed_ms / 1000
bill = gb_seconds * 0.0000166667 + 3 * 0.20
### STARTER
# bill = ...
### END SOLUTION

# %% [markdown] id="bill-hint-1" role="hint" task="bill"
# First the GB-seconds: requests × memory in GB × billed milliseconds / 1,000. At 1,024 MB, the memory
# in GB is 1.

# %% [markdown] id="bill-hint-2" role="hint" task="bill"
# Then the dollars: GB-seconds × 0.0000166667, and 3 × 0.20 for three million requests.

# %% id="bill-wrong-no-requests" role="wrong" task="bill" name="forgets the requests" says="request fee is missing"
bill = 3_000_000 * at_1024.billed_ms / 1000 * 0.0000166667

# %% id="bill-wrong-one-million" role="wrong" task="bill" name="one million only" says="bill of one million"
bill = 1_000_000 * at_1024.billed_ms / 1000 * 0.0000166667 + 0.20

# %% id="bill-wrong-milliseconds" role="wrong" task="bill" name="takes milliseconds for seconds" says="seconds x rate"
bill = 3_000_000 * at_1024.billed_ms * 0.0000166667 + 3 * 0.20

# %% id="bill-wrong-decimal" role="wrong" task="bill" name="a GB of 1,000 MB" says="1,024 MB here"
bill = 3_000_000 * 1024 / 1000 * at_1024.billed_ms / 1000 * 0.0000166667 + 3 * 0.20

# %% id="bill-wrong-one-fee" role="wrong" task="bill" name="the fee of one million" says="there are three million"
bill = 3_000_000 * at_1024.billed_ms / 1000 * 0.0000166667 + 0.20

# %% id="bill-wrong-unit" role="wrong" task="bill" name="with its unit" says="write the number alone"
bill = f"${3_000_000 * at_1024.billed_ms / 1000 * 0.0000166667 + 3 * 0.20:.2f}"

# %% id="bill-check" role="check" task="bill" tags=["measured"]
lab.check("bill", answer=bill)

# %% [markdown] id="decide"
# ## 8. Decide, and defend it
#
# The checkout has its size, and you know what the catalogue needs. What should `primes` have? Choose,
# and **set it** on the function. Then defend it against the size that a colleague would rather have: with
# numbers of your own sweep.
#
# **Your answer:** a dictionary.
#
# | key | what it holds |
# | --- | --- |
# | `memory` | the size that you chose and set, in MB |
# | `takes_ms` | how long one run takes there |
# | `instead_of` | another size that you measured: the colleague's |
# | `times_as_fast` | how many times as fast yours is (below 1: it is slower) |
# | `percent_more_expensive` | by how many per cent one run costs more (below 0: it costs less) |
#
# The check reads the function's memory size, and holds each number against your sweep. Two sizes that are nearly
# as good as each other are both right, if both are done in under 100 ms. Then it writes your defence as a sentence.

# %% id="decide-answer" role="answer" task="decide"
### BEGIN SOLUTION
scores = sweep.scores(balanced_weight=0.5)
quick_enough = [row.memory_mb for row in sweep.rows if row.median_ms < 100]
memory = min(quick_enough or scores, key=lambda size: scores[size])
other = 128 if memory != 128 else 256
decision = {
    "memory": memory,
    "takes_ms": sweep[memory].median_ms,
    "instead_of": other,
    "times_as_fast": sweep[other].median_ms / sweep[memory].median_ms,
    "percent_more_expensive": 100 * (sweep[memory].usd / sweep[other].usd - 1),
}
lam.update_function_configuration(FunctionName=primes.name, MemorySize=memory)
lam.get_waiter("function_updated_v2").wait(FunctionName=primes.name)
### STARTER
# decision = {
#     "memory": ...,
#     "takes_ms": ...,
#     "instead_of": ...,
#     "times_as_fast": ...,
#     "percent_more_expensive": ...,
# }
# # Set the memory size of the function primes.name here.
### END SOLUTION

# %% [markdown] id="decide-hint-1" role="hint" task="decide"
# Look at `sweep.table()`: the cost is nearly flat up to 1,769 MB. So what else can decide?
# `sweep.scores(balanced_weight=0.5)` gives the score of each size.

# %% [markdown] id="decide-hint-2" role="hint" task="decide"
# `sweep[512].median_ms` is the time at 512 MB, `sweep[512].usd` its cost. *Times as fast* is the other's time
# divided by yours. *Per cent more expensive* is `100 * (your cost / the other's cost - 1)`.

# %% id="decide-wrong-sentence" role="wrong" task="decide" name="a sentence" says="a dictionary with the keys"
decision = (sweep.best("balanced").point, "One run takes 80 ms, banana banana banana.")

# %% id="decide-wrong-other-size" role="wrong" task="decide" name="the time of another size" says="is what"
best = sweep.best("balanced").point
other = 128 if best != 128 else 256
decision = {
    "memory": best,
    "takes_ms": sweep[other].median_ms,
    "instead_of": other,
    "times_as_fast": sweep[other].median_ms / sweep[best].median_ms,
    "percent_more_expensive": 100 * (sweep[best].usd / sweep[other].usd - 1),
}

# %% id="decide-wrong-seconds" role="wrong" task="decide" name="seconds" says="looks like seconds"
best = sweep.best("balanced").point
other = 128 if best != 128 else 256
decision = {
    "memory": best,
    "takes_ms": sweep[best].median_ms / 1000,
    "instead_of": other,
    "times_as_fast": sweep[other].median_ms / sweep[best].median_ms,
    "percent_more_expensive": 100 * (sweep[best].usd / sweep[other].usd - 1),
}

# %% id="decide-wrong-untrue" role="wrong" task="decide" name="a time that is not so" says="takes another time"
best = sweep.best("balanced").point
other = 128 if best != 128 else 256
decision = {
    "memory": best,
    "takes_ms": 1,
    "instead_of": other,
    "times_as_fast": sweep[other].median_ms / sweep[best].median_ms,
    "percent_more_expensive": 100 * (sweep[best].usd / sweep[other].usd - 1),
}

# %% id="decide-wrong-upside-down" role="wrong" task="decide" name="upside down" says="upside down"
best = sweep.best("balanced").point
other = 128 if best != 128 else 256
decision = {
    "memory": best,
    "takes_ms": sweep[best].median_ms,
    "instead_of": other,
    "times_as_fast": sweep[best].median_ms / sweep[other].median_ms,
    "percent_more_expensive": 100 * (sweep[best].usd / sweep[other].usd - 1),
}

# %% id="decide-wrong-faster" role="wrong" task="decide" name="a factor that is not so" says="gives another number"
best = sweep.best("balanced").point
other = 128 if best != 128 else 256
decision = {
    "memory": best,
    "takes_ms": sweep[best].median_ms,
    "instead_of": other,
    "times_as_fast": 40,
    "percent_more_expensive": 100 * (sweep[best].usd / sweep[other].usd - 1),
}

# %% id="decide-wrong-percent" role="wrong" task="decide" name="per cent that are not so" says="gives another number"
best = sweep.best("balanced").point
other = 128 if best != 128 else 256
decision = {
    "memory": best,
    "takes_ms": sweep[best].median_ms,
    "instead_of": other,
    "times_as_fast": sweep[other].median_ms / sweep[best].median_ms,
    "percent_more_expensive": 55,
}

# %% id="decide-wrong-itself" role="wrong" task="decide" name="against itself" says="against itself"
best = sweep.best("balanced").point
other = 128 if best != 128 else 256
decision = {
    "memory": best,
    "takes_ms": sweep[best].median_ms,
    "instead_of": best,
    "times_as_fast": 1,
    "percent_more_expensive": 0,
}

# %% id="decide-wrong-words" role="wrong" task="decide" name="a number in words" says="write the number alone"
best = sweep.best("balanced").point
other = 128 if best != 128 else 256
decision = {
    "memory": best,
    "takes_ms": sweep[best].median_ms,
    "instead_of": other,
    "times_as_fast": "twice",
    "percent_more_expensive": 100 * (sweep[best].usd / sweep[other].usd - 1),
}

# %% id="decide-wrong-not-set" role="wrong" task="decide" name="decided and not deployed" says="the function has"
best = sweep.best("balanced").point
other = 128 if best != 128 else 256
lam.update_function_configuration(FunctionName=primes.name, MemorySize=640)
lam.get_waiter("function_updated_v2").wait(FunctionName=primes.name)
decision = {
    "memory": best,
    "takes_ms": sweep[best].median_ms,
    "instead_of": other,
    "times_as_fast": sweep[other].median_ms / sweep[best].median_ms,
    "percent_more_expensive": 100 * (sweep[best].usd / sweep[other].usd - 1),
}

# %% id="decide-wrong-small" role="wrong" task="decide" name="as small as can be" says="more than a quarter better"
lam.update_function_configuration(FunctionName=primes.name, MemorySize=128)
lam.get_waiter("function_updated_v2").wait(FunctionName=primes.name)
decision = {
    "memory": 128,
    "takes_ms": sweep[128].median_ms,
    "instead_of": 1024,
    "times_as_fast": sweep[1024].median_ms / sweep[128].median_ms,
    "percent_more_expensive": 100 * (sweep[128].usd / sweep[1024].usd - 1),
}

# %% id="decide-check" role="check" task="decide" tags=["measured"]
lab.check("decide", answer=decision)

# %% [markdown] id="goal"
# ## Have you reached the goal?
#
# The next cell gives the catalogue 256 MB: that leaves room above what it used at most. Then it invokes
# each function as it is deployed **now**, takes the median of seven (5 seconds in all), and says of each “must
# hold” whether it is met. At the end stands the month's bill: as it was with 1,024 MB for all, and as it is.

# %% id="goal-measure" tags=["measured"]
from statistics import median

import pandas as pd

from serverless_course.pricing.cost import month
from serverless_course.pricing.tables import price_table

requests = {"primes": 3_000_000, "waiting": 20_000_000, "hungry": 1_000_000}
under_ms = {"primes": 100, "waiting": 150}
lam.update_function_configuration(FunctionName=hungry.name, MemorySize=256)
lam.get_waiter("function_updated_v2").wait(FunctionName=hungry.name)
before, after, rows = 0, 0, []
for name, function in functions.items():
    runs = [lab.invoke(function, events[name]) for _ in range(8)][1:]
    memory, took_ms = runs[0].memory_mb, median(run.duration_ms for run in runs)
    lives, limit = all(run.ok for run in runs), under_ms.get(name)
    must = "never dies" if limit is None else f"under {limit} ms"
    met = lives and (limit is None or took_ms < limit)
    rows.append([name, f"{memory:,} MB, {took_ms:.1f} ms", must, met])
    was_ms, now_ms = at_256_and_1024[name][1024].billed_ms, median(run.billed_ms for run in runs)
    before += month(requests[name], 1024, was_ms, price_table()).total_usd
    after += month(requests[name], memory, now_ms, price_table()).total_usd
bill_line = f"{after:.2f} dollars (it was {before:.2f})"
rows.append(["the month", bill_line, "falls by half", after <= before / 2])
assert len(rows) == 4, "The goal has four rows."
goal = pd.DataFrame(rows, columns=["what", "now", "must hold", "met"]).set_index("what")
goal["met"] = goal["met"].map({True: "met", False: "not met"})
goal

# %% [markdown] id="goal-note"
# Where did the money go? Most of it was the checkout, waiting with 1,024 MB in its hands. Tuning begins
# with the function that costs most, and that is not always the one that works hardest.

# %% [markdown] id="arm"
# **And arm64?** A GB-second costs 20 % less there (0.0000133334 dollars, the same price list). The
# embedded cloud runs everything on this machine's own processor, so it cannot tell you how
# fast your code is on AWS's arm64. Only a measurement on AWS can.

# %% [markdown] id="finish-why"
# ## Clean up, and see the bill
#
# `lab.finish()` deletes what this lab made and names it, lists what is left (nothing), and shows what AWS
# would have charged for everything that you invoked here.

# %% id="finish" tags=["measured"]
done = lab.finish()
assert done.clean, done.text
done

# %% [markdown] id="next"
# ## Summary
#
# - Ask first what a function spends its time on: CPU, waiting, memory.
# - Share of a vCPU = memory / 1,769. Cost = GB × billed seconds × price of a GB-second + price of a request.
# - For work on one CPU, cost is nearly flat up to 1,769 MB, and climbs above. So take the time that your
#   caller wants.
# - For waiting, more memory is money for nothing.
# - For memory, find the size under which it dies, and leave room above it.
# - A second process helps only where there is a second vCPU of time to use.
# - Measure more than once, name no winner when the intervals overlap, and believe no figure that a busy machine
#   disturbed.
#
# ## Go further
#
# Two tasks without a check:
#
# 1. Sweep `primes` with `{"limit": 20_000}`: work of a few milliseconds. Is it as slow at 128 MB as its share
#    says? Lesson 04's staircase has the reason.
# 2. Give the checkout work for the CPU as well as its wait, in a copy of its folder. From which mixture on does
#    more memory pay?
#
# ## Three questions, as an interviewer asks them
#
# 1. Why may a function with more memory cost less?
# 2. A function that calls a database gets 1,024 MB instead of 128. What happens to its time, and to its bill?
# 3. Two sizes differ by 2 % in cost. What do you ask before you choose the cheaper one?
#
# **Next:** [lesson 05, *Do I need a VPC?*](../../notebooks/05-vpc-design.ipynb)
