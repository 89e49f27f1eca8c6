# %% [markdown] id="title"
# # Lab 01: should the shop move?
#
# A shop for prints and mugs takes orders on **two small servers**, day and night, for 30.37 dollars a month (two EC2
# `t3.small` at 0.0208 dollars an hour, 730 hours). Most of the time they wait. Somebody asks: *would Lambda cost less,
# and can it take our rush?* You will answer with your own measurements.
#
# | question | your goal |
# | --- | --- |
# | What does a month of 1.5 million orders cost on Lambda? | a figure from your own REPORT lines |
# | 50 orders at the same moment? | all 50 answered; you know how many environments it took |
# | What do ten idle minutes cost? | 0 ms billed, proved by the log |
# | From which steady rate are the servers cheaper? | an interval, not a feeling |
#
# 30 to 40 minutes. On the embedded cloud it costs nothing; on your own AWS account less than a cent (some 300 short
# invocations, by the price list of 22 September 2026, free tier left out).
#
# Read [lesson 01](../../notebooks/01-why-serverless.ipynb) first, if you have not.

# %% id="lab" tags=["measured"]
from serverless_course import Lab

lab = Lab("01-why-serverless")
lam = lab.client("lambda")

# %% [markdown] id="deploy"
# ## 1. Deploy it with plain boto3
#
# The function has two files: [index.py](functions/orders/index.py), the handler, and
# [orders.py](functions/orders/orders.py), the shop's business. Here they are as a package, in memory:

# %% id="package"
import io
import zipfile
from pathlib import Path


def packed(*files):
    """A zip with these files of functions/orders; everybody may read them, as Lambda wants it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for file in files:
            entry = zipfile.ZipInfo(file)
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, Path("functions/orders", file).read_text())
    return buffer.getvalue()


package = packed("index.py", "orders.py")
zipfile.ZipFile(io.BytesIO(package)).namelist()

# %% [markdown] id="deploy-task"
# **Your task:** create the function with `lam.create_function`, and wait until it is active. It is called
# `lab.name("orders")`, has 512 MB, 10 seconds of time-out, the runtime `lab.runtime` and the role `lab.role`. Which
# handler, in which file, is yours to say.
#
# (If you run it a second time, Lambda says that the name is taken. Delete the function first:
# `lam.delete_function(FunctionName=lab.name("orders"))`.)

# %% id="deploy-answer" role="answer" task="deploy"
### BEGIN SOLUTION
from contextlib import suppress

with suppress(lam.exceptions.ResourceNotFoundException):
    lam.delete_function(FunctionName=lab.name("orders"))  # so that this cell can be run again
lam.create_function(
    FunctionName=lab.name("orders"),
    Runtime=lab.runtime,
    Handler="index.handler",
    Role=lab.role,
    Code={"ZipFile": package},
    MemorySize=512,
    Timeout=10,
)
lam.get_waiter("function_active_v2").wait(FunctionName=lab.name("orders"))
### STARTER
# # Create the function here.
### END SOLUTION

# %% [markdown] id="deploy-hint-1" role="hint" task="deploy"
# Lesson 00 has the whole call, in its cell *create*. What differs here: the name, the memory size and the time-out.

# %% [markdown] id="deploy-hint-2" role="hint" task="deploy"
# `Handler` names the file without `.py`, a dot, and the function in it. The package goes into
# `Code={"ZipFile": package}`. Then `lam.get_waiter("function_active_v2").wait(FunctionName=…)`.

# %% id="deploy-wrong-handler" role="wrong" task="deploy" name="a handler that does not exist" says="HandlerNotFound" state="error in your code"
from contextlib import suppress

with suppress(lam.exceptions.ResourceNotFoundException):
    lam.delete_function(FunctionName=lab.name("orders"))
lam.create_function(
    FunctionName=lab.name("orders"),
    Runtime=lab.runtime,
    Handler="index.main",
    Role=lab.role,
    Code={"ZipFile": package},
    MemorySize=512,
    Timeout=10,
)
lam.get_waiter("function_active_v2").wait(FunctionName=lab.name("orders"))

# %% id="deploy-wrong-file" role="wrong" task="deploy" name="half of the package" says="ImportModuleError" state="error in your code"
from contextlib import suppress

with suppress(lam.exceptions.ResourceNotFoundException):
    lam.delete_function(FunctionName=lab.name("orders"))
lam.create_function(
    FunctionName=lab.name("orders"),
    Runtime=lab.runtime,
    Handler="index.handler",
    Role=lab.role,
    Code={"ZipFile": packed("index.py")},
    MemorySize=512,
    Timeout=10,
)
lam.get_waiter("function_active_v2").wait(FunctionName=lab.name("orders"))

# %% id="deploy-wrong-memory" role="wrong" task="deploy" name="the default memory" says="has 128 MB"
from contextlib import suppress

with suppress(lam.exceptions.ResourceNotFoundException):
    lam.delete_function(FunctionName=lab.name("orders"))
lam.create_function(
    FunctionName=lab.name("orders"),
    Runtime=lab.runtime,
    Handler="index.handler",
    Role=lab.role,
    Code={"ZipFile": package},
    Timeout=10,
)
lam.get_waiter("function_active_v2").wait(FunctionName=lab.name("orders"))

# %% id="deploy-wrong-constant" role="wrong" task="deploy" name="an answer that pleases" says="not with the price and the receipt"
from contextlib import suppress

fake = io.BytesIO()
with zipfile.ZipFile(fake, "w") as archive:
    entry = zipfile.ZipInfo("index.py")
    entry.external_attr = 0o100644 << 16
    archive.writestr(entry, "def handler(e, c): return {'cents': 2500, 'receipt': 'ok'}")
with suppress(lam.exceptions.ResourceNotFoundException):
    lam.delete_function(FunctionName=lab.name("orders"))
lam.create_function(
    FunctionName=lab.name("orders"),
    Runtime=lab.runtime,
    Handler="index.handler",
    Role=lab.role,
    Code={"ZipFile": fake.getvalue()},
    MemorySize=512,
    Timeout=10,
)
lam.get_waiter("function_active_v2").wait(FunctionName=lab.name("orders"))

# %% id="deploy-check" role="check" task="deploy" tags=["measured"]
lab.check("deploy")

# %% [markdown] id="ready-why"
# From here on, the page needs the function as the task asks for it. The next cell brings it up to date whatever
# became of your own, with the same calls, so that you can go on and come back.

# %% id="ready" tags=["measured"]
orders = lab.deploy("orders", memory=512, timeout=10)
lab.configure(orders, Handler="index.handler")
run = lab.invoke(orders, {"order": 1, "item": "mug", "number": 2})
assert run.ok and run.payload["cents"] == 2500, run.payload
print(run.log)

# %% [markdown] id="cold"
# ## 2. Cold or warm?
#
# Above stands the log of one invocation. Yours may have been cold or warm; how do you know?
#
# **Predict:** how many times as long does an order take that meets a cold start, Init included?

# %% id="cold-predict" tags=["measured"]
my_guess = ...
lab.predict("an order with a cold start takes", times=my_guess)

# %% [markdown] id="cold-measure-why"
# Seven orders, one after the other. A new environment variable makes Lambda start a new environment, so the first is
# cold.

# %% id="cold-measure" tags=["measured"]
import os
from statistics import median

lab.configure(orders, Environment={"Variables": {"RUN": os.urandom(4).hex()}})
seven = [lab.invoke(orders, {"order": n, "item": "label", "number": n}) for n in range(1, 8)]
first, others = seven[0], median(run.duration_ms for run in seven[1:])
assert first.init_ms is not None, "The first was warm: run this cell again."
lab.compare("an order with a cold start takes", times=(first.init_ms + first.duration_ms) / others)

# %% id="cold-life" tags=["measured"]
from serverless_course.figures.life import life

assert len(seven) == 7
life(seven)

# %% [markdown] id="cold-published"
# **Three series.** *Yours* is above. *Published*: Init of an almost empty Python 3.12 function on AWS has a median of
# 84 ms at 1,024 MB and 85 ms at 128 MB (August 2026, x86_64, zip; computed from the daily files of
# maxday/lambda-perf). *The model*: Init does not depend on the memory size. Your machine is not AWS's, so yours differs.

# %% [markdown] id="cold-task"
# **Your task:** write a function `is_cold(log)` that takes the text of a log, such as `run.log`, and returns `True` if
# that invocation was a cold start. The check invokes your function `orders` again, several times, cold and warm.

# %% id="cold-answer" role="answer" task="cold"
### BEGIN SOLUTION
def is_cold(log):
    return "Init Duration:" in log
### STARTER
# is_cold = ...  # a function: def is_cold(log): …
### END SOLUTION

# %% [markdown] id="cold-hint-1" role="hint" task="cold"
# Print `seven[0].log` and `seven[1].log`, and compare their REPORT lines. One has a field that the other lacks.

# %% [markdown] id="cold-hint-2" role="hint" task="cold"
# In Python, `"some words" in log` is `True` if the text has these words. The field is called `Init Duration`.

# %% id="cold-wrong-constant" role="wrong" task="cold" name="always cold" says="said True to all"
def is_cold(log):
    return True


# %% id="cold-wrong-reverse" role="wrong" task="cold" name="the other way round" says="other way round"
def is_cold(log):
    return "Init Duration:" not in log


# %% id="cold-wrong-called" role="wrong" task="cold" name="its result, not the function" says="the function itself"
is_cold = "Init Duration:" in seven[0].log

# %% id="cold-wrong-slow" role="wrong" task="cold" name="judges by REPORT's existence" says="said True to all"
def is_cold(log):
    return "REPORT" in log


# %% id="cold-check" role="check" task="cold" tags=["measured"]
lab.check("cold", answer=is_cold)

# %% [markdown] id="month"
# ## 3. From GB-seconds to a month's bill
#
# Lambda bills **requests** and **GB-seconds**. In us-east-1, for x86_64: 0.20 dollars for a million requests, and
# 0.0000166667 dollars for a GB-second (AWS price list, read on 22 September 2026). A GB is 1,024 MB here.
#
# **Predict:** what does a month of 1.5 million orders cost on Lambda, in dollars?

# %% id="month-predict" tags=["measured"]
my_guess = ...
lab.predict("1.5 million orders cost", dollars=my_guess)

# %% [markdown] id="month-task"
# **Your task:** write a function `month_usd(requests, memory_mb, billed_ms)` that returns the dollars of a month, for
# any function: so many requests, each billed so many milliseconds. Leave out the free tier. The check calls it with
# numbers of its own.

# %% id="month-answer" role="answer" task="month"
### BEGIN SOLUTION
def month_usd(requests, memory_mb, billed_ms):
    gb_seconds = requests * memory_mb / 1024 * billed_ms / 1000
    return requests * 0.20 / 1_000_000 + gb_seconds * 0.0000166667
### STARTER
# month_usd = ...  # a function: def month_usd(requests, memory_mb, billed_ms): …
### END SOLUTION

# %% [markdown] id="month-hint-1" role="hint" task="month"
# Begin with the GB-seconds of all requests: requests × memory in GB × billed time in seconds.

# %% [markdown] id="month-hint-2" role="hint" task="month"
# Memory in GB is `memory_mb / 1024`, time in seconds is `billed_ms / 1000`. Then add the fee of the requests:
# `requests * 0.20 / 1_000_000`.

# %% id="month-wrong-fee" role="wrong" task="month" name="forgets the fee" says="request fee is missing"
def month_usd(requests, memory_mb, billed_ms):
    return requests * memory_mb / 1024 * billed_ms / 1000 * 0.0000166667


# %% id="month-wrong-ms" role="wrong" task="month" name="takes ms for seconds" says="Milliseconds were taken for seconds"
def month_usd(requests, memory_mb, billed_ms):
    return requests * 0.2e-6 + requests * memory_mb / 1024 * billed_ms * 0.0000166667


# %% id="month-wrong-constant" role="wrong" task="month" name="a number" says="the function itself"
month_usd = 0.83

# %% id="month-wrong-memory" role="wrong" task="month" name="for 1,024 MB only" says="memory size is not in it"
def month_usd(requests, memory_mb, billed_ms):
    return requests * 0.2e-6 + requests * billed_ms / 1000 * 0.0000166667


# %% id="month-check" role="check" task="month" tags=["measured"]
lab.check("month", answer=month_usd)

# %% [markdown] id="sweep-why"
# Now with your own figures. The sweep measures the order function nine times at 512 MB (about 5 seconds). Each
# measurement carries an interval; so the month has one, too.

# %% id="sweep" tags=["measured"]
from serverless_course.pricing.cost import month
from serverless_course.pricing.tables import price_table

poster = {"order": 7, "item": "poster", "number": 3}
sweep = lab.sweep(orders, poster, memory=[512], runs=9)
row = sweep[512]
usd_low, usd_high = row.usd_low or row.usd, row.usd_high or row.usd
usd_month = float(month(1_500_000, 512, row.billed_ms, price_table()).total_usd)
busy = f" (host busy in {row.doubtful} of {row.n} runs: measure again when it is quiet)"
from_usd, to_usd = 1.5e6 * usd_low, 1.5e6 * usd_high
print(f"{row.billed_ms:g} ms billed; 1.5 million orders: {from_usd:.2f} to {to_usd:.2f} dollars")
print(f"measured in {row.n} runs{busy if row.doubtful else ''}")
assert usd_month > 0
lab.compare("1.5 million orders cost", dollars=usd_month)

# %% [markdown] id="at-once"
# ## 4. Many orders at the same moment
#
# One environment handles one order at a time. The function names its environment in each answer: look at
# `run.payload["environment"]`.
#
# **Your task:** write a function `at_once(number)` that sends `number` orders **at the same time**, and returns how
# many different environments answered. The check calls it with a number of its own, and looks into the log.

# %% id="at-once-answer" role="answer" task="at-once"
### BEGIN SOLUTION
from concurrent.futures import ThreadPoolExecutor


def at_once(number):
    with ThreadPoolExecutor(number) as pool:
        runs = list(pool.map(lambda n: lab.invoke(orders, poster), range(number)))
    return len({run.payload["environment"] for run in runs})
### STARTER
# at_once = ...  # a function: def at_once(number): …
### END SOLUTION

# %% [markdown] id="at-once-hint-1" role="hint" task="at-once"
# `lab.invoke` waits for the answer. To have several under way at once you need several threads:
# `concurrent.futures.ThreadPoolExecutor(number)`.

# %% [markdown] id="at-once-hint-2" role="hint" task="at-once"
# `pool.map(lambda n: lab.invoke(orders, poster), range(number))` gives the runs. A set counts each environment once:
# `len({run.payload["environment"] for run in runs})`.

# %% id="at-once-wrong-loop" role="wrong" task="at-once" name="one after the other" says="one after the other"
def at_once(number):
    runs = [lab.invoke(orders, poster) for _ in range(number)]
    return len({run.payload["environment"] for run in runs})


# %% id="at-once-wrong-constant" role="wrong" task="at-once" name="sends nothing and says a number" says="The log shows 0"
def at_once(number):
    return number


# %% id="at-once-wrong-one" role="wrong" task="at-once" name="counts 0" says="counted 0 environments"
from concurrent.futures import ThreadPoolExecutor


def at_once(number):
    with ThreadPoolExecutor(number) as pool:
        list(pool.map(lambda n: lab.invoke(orders, poster), range(number)))
    return 0


# %% id="at-once-check" role="check" task="at-once" tags=["measured"]
lab.check("at-once", answer=at_once)

# %% [markdown] id="burst-why"
# And now the rush of the shop: **50 orders at the same moment**. (5 to 20 seconds here, because 50 processes share this
# machine's CPUs. On a new AWS account the quota may be lower than 50; then some are refused with a 429.)

# %% id="burst" tags=["measured"]
import time
from concurrent.futures import ThreadPoolExecutor

lab.configure(orders, Environment={"Variables": {"RUN": os.urandom(4).hex()}})
burst_ms = int(time.time() * 1000)
with ThreadPoolExecutor(50) as pool:
    burst = list(pool.map(lambda n: lab.invoke(orders, {**poster, "order": n}), range(50)))
names = {run.payload["environment"] for run in burst}
cold_starts = sum(run.cold for run in burst)
print(f"{len(burst)} answered by {len(names)} environments; {cold_starts} were cold")
assert len(burst) == 50

# %% [markdown] id="idle"
# ## 5. Idle costs nothing: prove it
#
# The bill is the sum of the REPORT lines in the function's log group, `/aws/lambda/` and the function's name. So the
# proof is a function that reads it.
#
# **Your task:** write `billed_ms(since_ms, until_ms)`. It returns the sum of *Billed Duration*, in milliseconds, of all
# REPORT lines whose time lies in between (milliseconds since 1970, as `time.time() * 1000`). CloudWatch Logs has
# `filter_log_events`, with `startTime` and `endTime`. `Report.parse(line).billed_ms` reads one line.

# %% id="idle-answer" role="answer" task="idle"
### BEGIN SOLUTION
from serverless_course.functions.report import Report

logs = lab.client("logs")


def billed_ms(since_ms, until_ms):
    pages = logs.get_paginator("filter_log_events").paginate(
        logGroupName=f"/aws/lambda/{orders.name}", startTime=since_ms, endTime=until_ms
    )
    lines = [event["message"] for page in pages for event in page["events"]]
    return sum(Report.parse(line).billed_ms for line in lines if line.startswith("REPORT"))
### STARTER
# billed_ms = ...  # a function: def billed_ms(since_ms, until_ms): …
### END SOLUTION

# %% [markdown] id="idle-hint-1" role="hint" task="idle"
# `lab.client("logs").filter_log_events(logGroupName=…, startTime=…, endTime=…)["events"]` is a list; each event has a
# `"message"`. Which of them begin with `REPORT`?

# %% [markdown] id="idle-hint-2" role="hint" task="idle"
# `from serverless_course.functions.report import Report`, then sum `Report.parse(message).billed_ms` over the REPORT
# lines. Many events come in pages: `logs.get_paginator("filter_log_events").paginate(…)`.

# %% id="idle-wrong-zero" role="wrong" task="idle" name="says nothing was billed" says="found nothing, and there were orders"
def billed_ms(since_ms, until_ms):
    return 0


# %% id="idle-wrong-always" role="wrong" task="idle" name="reads the whole log" says="That is more than was billed"
def billed_ms(since_ms, until_ms):
    from serverless_course.functions.report import Report

    pages = lab.client("logs").get_paginator("filter_log_events")
    found = pages.paginate(logGroupName=f"/aws/lambda/{orders.name}")
    lines = [event["message"] for page in found for event in page["events"]]
    return sum(Report.parse(line).billed_ms for line in lines if line.startswith("REPORT"))


# %% id="idle-wrong-duration" role="wrong" task="idle" name="sums the Durations" says="sum of the Durations"
def billed_ms(since_ms, until_ms):
    from serverless_course.functions.report import Report

    pages = lab.client("logs").get_paginator("filter_log_events")
    group = f"/aws/lambda/{orders.name}"
    found = pages.paginate(logGroupName=group, startTime=since_ms, endTime=until_ms)
    lines = [event["message"] for page in found for event in page["events"]]
    return sum(Report.parse(line).duration_ms for line in lines if line.startswith("REPORT"))


# %% id="idle-check" role="check" task="idle" tags=["measured"]
lab.check("idle", answer=billed_ms)

# %% [markdown] id="idle-minutes-why"
# Now ten idle minutes of AWS's clock, in which nobody orders. (The course reads the log here with its own code, so that
# the cell runs with any answer.)

# %% id="idle-minutes" tags=["measured"]
def reports_since(since_ms):
    pages = lab.client("logs").get_paginator("filter_log_events")
    found = pages.paginate(logGroupName=f"/aws/lambda/{orders.name}", startTime=since_ms)
    return [e for page in found for e in page["events"] if e["message"].startswith("REPORT")]


time.sleep(1)
idle_from_ms = int(time.time() * 1000)
lab.wait(minutes=10)
idle_reports = reports_since(idle_from_ms)
print(f"{len(idle_reports)} REPORT lines in ten idle minutes: 0 ms billed")
assert idle_reports == [], "Something was invoked meanwhile. Run this cell again."

# %% [markdown] id="break-even"
# ## 6. From which rate are the servers cheaper?
#
# The servers cost the same with one order or with a thousand. Lambda costs nothing at first, and more with each order.
# Somewhere the two meet.
#
# **Your task:** write a function `break_even(usd_a_request, usd_an_hour)`: the steady rate, in **requests a second**, at
# which a month (730 hours) on Lambda costs what **two** servers cost. `usd_a_request` is what Lambda takes for one
# request, `usd_an_hour` the price of one server.

# %% id="break-even-answer" role="answer" task="break-even"
### BEGIN SOLUTION
def break_even(usd_a_request, usd_an_hour):
    servers = 2 * usd_an_hour * 730
    one_a_second = usd_a_request * 3600 * 730
    return servers / one_a_second
### STARTER
# break_even = ...  # a function: def break_even(usd_a_request, usd_an_hour): …
### END SOLUTION

# %% [markdown] id="break-even-hint-1" role="hint" task="break-even"
# Two formulas: what do two servers cost in 730 hours? What does one request a second cost on Lambda in 730 hours?

# %% [markdown] id="break-even-hint-2" role="hint" task="break-even"
# A month has 730 × 3600 seconds. The break-even is the servers' month, divided by the month of one request a second.

# %% id="break-even-wrong-one" role="wrong" task="break-even" name="one server" says="rate for one server"
def break_even(usd_a_request, usd_an_hour):
    return usd_an_hour / (usd_a_request * 3600)


# %% id="break-even-wrong-hour" role="wrong" task="break-even" name="requests an hour" says="requests an hour"
def break_even(usd_a_request, usd_an_hour):
    return 2 * usd_an_hour / usd_a_request


# %% id="break-even-wrong-constant" role="wrong" task="break-even" name="a constant" says="do not cost the same"
def break_even(usd_a_request, usd_an_hour):
    return 21.8


# %% id="break-even-check" role="check" task="break-even" tags=["measured"]
lab.check("break-even", answer=break_even)

# %% [markdown] id="break-even-mine"
# For **your** measured function, with the interval of your sweep:

# %% id="break-even-plot" tags=["measured"]
from serverless_course.figures.idle_cost_widget import compared
from serverless_course.figures.traffic_shapes import traffic
from serverless_course.pricing.idle import Work

full_speed = lab.sweep(orders, poster, memory=[1769], runs=6)[1769].median_ms
lab.configure(orders, MemorySize=512)
mine = compared(traffic("office hours", 5), Work(row.billed_ms, 512, round(full_speed, 1)))
rate_low = 2 * 0.0208 / (usd_high * 3600)
rate_high = 2 * 0.0208 / (usd_low * 3600)
print(f"Servers are cheaper from {rate_low:.1f} to {rate_high:.1f} requests a second on, steady.")
assert rate_low <= rate_high
mine.picture()

# %% [markdown] id="decide"
# ## 7. Decide for any day
#
# A steady rate is a simple case. The shop's days are not steady: servers are bought for the busiest hour, and one server
# takes **40 orders a second** (the shop's own load test). There are always two at least.
#
# **Your task:** write `cheaper(per_second, usd_low, usd_high)`. `per_second` has 24 numbers, the orders a second in each
# hour of the day; every day of the month (730 hours) is the same. One request costs `usd_low` to `usd_high` dollars on
# Lambda: that is your measurement with its interval. A server costs 0.0208 dollars an hour. Return
#
# - `"Lambda"` or `"servers"`, if that one costs less over the **whole** interval;
# - `"too close"`, if the interval leaves it open.

# %% id="decide-answer" role="answer" task="decide"
### BEGIN SOLUTION
import math


def cheaper(per_second, usd_low, usd_high):
    servers = max(2, math.ceil(max(per_second) / 40)) * 0.0208 * 730
    requests = sum(per_second) / 24 * 730 * 3600
    if requests * usd_high < servers:
        return "Lambda"
    if requests * usd_low > servers:
        return "servers"
    return "too close"
### STARTER
# cheaper = ...  # a function: def cheaper(per_second, usd_low, usd_high): …
### END SOLUTION

# %% [markdown] id="decide-hint-1" role="hint" task="decide"
# First the servers: how many does the busiest hour need, two at least? Their month is that number × 0.0208 × 730.

# %% [markdown] id="decide-hint-2" role="hint" task="decide"
# Then Lambda: the requests of a month are `sum(per_second) / 24 * 730 * 3600`. Multiply them by `usd_low` and by
# `usd_high`, and compare **both** with the servers' month.

# %% id="decide-wrong-lambda" role="wrong" task="decide" name="always Lambda" says="costs less"
def cheaper(per_second, usd_low, usd_high):
    return "Lambda"


# %% id="decide-wrong-no-interval" role="wrong" task="decide" name="forgets the interval" says="cannot tell which is cheaper"
import math


def cheaper(per_second, usd_low, usd_high):
    servers = max(2, math.ceil(max(per_second) / 40)) * 0.0208 * 730
    requests = sum(per_second) / 24 * 730 * 3600
    return "Lambda" if requests * usd_low < servers else "servers"


# %% id="decide-wrong-mean" role="wrong" task="decide" name="sizes for the mean" says="paid all day"
import math


def cheaper(per_second, usd_low, usd_high):
    servers = max(2, math.ceil(sum(per_second) / 24 / 40)) * 0.0208 * 730
    requests = sum(per_second) / 24 * 730 * 3600
    if requests * usd_high < servers:
        return "Lambda"
    return "servers" if requests * usd_low > servers else "too close"


# %% id="decide-check" role="check" task="decide" tags=["measured"]
lab.check("decide", answer=cheaper)

# %% [markdown] id="goal"
# ## Have you reached the goal?
#
# The shop's own day: office hours with five orders a second in the busiest hour. By your measurement:

# %% id="goal-table" tags=["measured"]
import pandas as pd

shop_day = traffic("office hours", 5)
on_lambda = [shop_day.requests_a_month * usd for usd in (usd_low, usd_high)]
goal = pd.DataFrame(
    [
        ("1.5 million orders", f"{from_usd:.2f} to {to_usd:.2f} dollars a month"),
        ("50 at once", f"{len(burst)} answered, by {len(names)} environments"),
        ("ten idle minutes", f"{len(idle_reports)} reports, 0 ms billed"),
        ("servers are cheaper from", f"{rate_low:.1f} to {rate_high:.1f} a second, steady"),
        ("the shop on Lambda", f"{on_lambda[0]:.2f} to {on_lambda[1]:.2f} dollars, not 30.37"),
    ],
    columns=["question", "measured"],
).set_index("question")
assert len(goal) == 5
goal

# %% [markdown] id="summary"
# ## What you have
#
# - A function that you deployed by hand, and a bill that you can work out for any function.
# - A burst that nobody announced, answered by environments that were not there before.
# - A proof from the log that idle is not billed.
# - A break-even **with its interval**, and a decision that says *too close* when it is.
#
# **Go further** (no check): What does the month cost on arm64, if the time stays the same? And: let the servers follow
# the hour, with a third one from 9 to 17. From which day on does that change your decision?

# %% id="finish" tags=["measured"]
done = lab.finish()
assert done.clean, done.text
done

# %% [markdown] id="next"
# ## Next
#
# The function works. Who looks after it? Go on with [lesson 02](../../notebooks/02-responsibility.ipynb): who is
# responsible for what, and what AWS never does for you.
