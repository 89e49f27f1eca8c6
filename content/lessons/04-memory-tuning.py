# %% [markdown] id="title"
# # Memory tuning: one number buys memory and CPU
#
# **After this lesson, in 20 to 25 minutes, you will be able to**
#
# - say which share of a CPU a memory size buys, and work it out in your head (5 minutes);
# - measure the talk's prime table yourself, and read it as a bill (6 minutes);
# - explain why short work is often quicker than its share (5 minutes);
# - say when a second process helps, and when it cannot (3 minutes);
# - choose a memory size for three kinds of functions (3 minutes).

# %% [markdown] id="idea"
# ## The idea: memory buys CPU
#
# For a Lambda function you choose **one** number: the memory size. You do not choose a CPU.
# Lambda gives CPU in proportion:
#
# > At 1,769 MB a function has the equivalent of one vCPU.
# > *(AWS Lambda quotas, read in mid 2026)*
#
# A **vCPU** is a virtual CPU: the unit in which AWS counts CPU time.
# So the share of one vCPU is **memory / 1,769**. Twice the memory is twice the CPU, and twice the
# price for each millisecond.
#
# **Does memory buy network, too?** The talk says so: CPU *and network capacity* in proportion to memory.
# AWS's quotas say something else today: each execution environment has **625 Mbps, whatever its memory size**.
# Only a function outside a VPC can have more, and only after AWS approved an increase. Then it grows
# with memory, from 2,048 MB on, up to 3,000 Mbps at 10,240 MB (the same page).
#
# *The talk*, here and below, is the one that this course follows: an AWS talk
# of 2018 to 2019, in Portuguese ([the start page](00-start-here.ipynb) says more).

# %% id="shares"
import pandas as pd

shares = pd.DataFrame({"memory (MB)": [128, 256, 512, 1024, 1769, 3538, 10240]})
shares["vCPU"] = (shares["memory (MB)"] / 1769).round(3)
shares["one second of CPU work takes (s)"] = (1769 / shares["memory (MB)"]).round(2)
shares.set_index("memory (MB)")

# %% [markdown] id="shares-note"
# AWS states one point, 1,769 MB, and the proportion. All other rows are our arithmetic from these two.
#
# The last column is for work that can be shared out over CPUs perfectly. Work that cannot use more than
# one CPU takes 1 s from 1,769 MB on. We come to that under *Single core and multi core*.
#
# What does it cost? AWS counts **GB-seconds**: one GB (1,024 MB) of memory, held for one second. One
# invocation costs
#
# > GB × billed seconds × price of a GB-second + price of a request
#
# For x86_64 in us-east-1, a GB-second is 0.0000166667 dollars, and a million requests are 0.20 dollars
# (AWS price list, read on 22 September 2026; the rules of the bill are those since 1 August 2025).
#
# Now move the slider, or type a size into the field beside it. It shows time and cost of work that
# needs one second of one full CPU. This is **a model, not a measurement**: the share and the prices above.
# Its dollars are for a million invocations, with their 0.20 dollars for requests. The measurement
# comes next.

# %% id="slider" tags=["measured"]
from serverless_course.figures.memory_slider import memory_slider, modelled

ms, dollars = modelled(512)
assert round(ms) == 3455, "The model: 1,769 / 512 seconds."
memory_slider()

# %% [markdown] id="slider-note"
# Did you see it? Below one vCPU the time halves when the memory doubles, and the price of a
# millisecond doubles. So the **cost stays where it is, and the time falls**. Above 1,769 MB the time
# stays, and the cost climbs. *Faster is cheaper*, or at least not more expensive: that is the title of the
# article by Jim Conning from which the talk has its table (26 January 2017). The talk itself draws no
# conclusion; it only colours the best values green and the worst red. Is it true of real functions?

# %% [markdown] id="prime-table"
# ## See it happen: the prime table
#
# The talk shows a function that finds all primes up to 1,000,000. Jim Conning published the
# table on 26 January 2017 (*AWS Lambda: Faster Is Cheaper*, and github.com/jconning/lambda-cpu-cost):
#
# | memory | seconds, for **one** invocation | dollars, for **1,000** invocations |
# | --- | --- | --- |
# | 128 MB | 11.722965 | 0.024628 |
# | 256 MB | 6.678945 | 0.028035 |
# | 512 MB | 3.194954 | 0.026830 |
# | 1,024 MB | 1.465984 | 0.024638 |
#
# Read the heads of the columns twice. The talk says *1,000 times* over both, but the seconds are
# the mean of one run, and the dollars are the sum of a thousand.
#
# Let us measure it now. Our function is the same kind of program: a sieve, in plain Python.
# Have a look at it: [functions/primes/index.py](../labs/04-memory-tuning/functions/primes/index.py).

# %% id="lab" tags=["measured"]
from serverless_course import Lab

lab = Lab("04-memory-tuning")

# %% [markdown] id="predict-why"
# **Predict first.** By the rule above, 1,024 MB has eight times the CPU of 128 MB. How many times
# as long will 128 MB take? Put your number in place of `...`.

# %% id="predict" tags=["measured"]
my_guess = ...
lab.predict("from 1,024 to 128 MB the time grows", times=my_guess)

# %% [markdown] id="sweep-why"
# A *sweep* invokes the same function at several memory sizes. `lab.sweep` does it with plain boto3
# calls: it sets the memory size, keeps the first, cold run apart, measures the warm ones, and gives the
# function its own size back. It measures one run after another: side by side, they would compete for
# the CPUs of this machine. A run that something else on this machine disturbed is measured once more. This takes
# 15 to 30 seconds.

# %% id="sweep" tags=["measured"]
primes = lab.deploy("primes", memory=128, timeout=60)
sweep = lab.sweep(primes, {"limit": 1_000_000}, memory=[128, 256, 512, 1024], runs=8)
median_ms = {row.memory_mb: row.median_ms for row in sweep.rows}

ratio = median_ms[128] / median_ms[1024]
if sweep.disturbance or ratio <= 3:
    print(sweep.disturbance or "This machine was very busy: run this cell again.")
assert len(median_ms) == 4, "A size failed: run this cell again."
lab.compare("from 1,024 to 128 MB the time grows", times=ratio)

# %% [markdown] id="sweep-table-why"
# The sweep as a table. *median ms* is the middle of the warm runs, *from* and *to* its 95 % interval. *$ per
# million* is the cost of a million warm invocations, with their 0.20 dollars for requests. Look at the last
# column, too: it counts the runs in which **this machine was busy** with something else and could not
# keep its promise of CPU. If it is not 0, close what you can and run the sweep again.
#
# **If your ratio is not 8,** that column is the first place to look. A run that had to wait for a CPU takes
# longer, and that shows most where a run is short: at 1,024 MB. So a busy machine makes the ratio smaller.
# Where the column shows 0, look at *from* and *to*: so far may the medians, and their ratio, be off by
# chance.

# %% id="sweep-table" tags=["measured"]
assert all(row.n >= 6 for row in sweep.rows), "A size failed: the table says why."
sweep.table()

# %% [markdown] id="beside-why"
# Here are the talk's rows and ours, side by side. The seconds differ: Python 2.7 on a machine of
# 2017 there, today's Python on your machine here. What can be compared is the **ratio** to 1,024 MB, and
# the **step**: how many times as fast the work got from one row to the next.

# %% id="beside" tags=["measured"]
from serverless_course.figures.prime_table import beside_the_talk

assert set(median_ms) == {128, 256, 512, 1024}, "Run the sweep above first."
beside_the_talk(median_ms, disturbance=sweep.disturbance)

# %% [markdown] id="picture-why"
# And as a picture, with the published rows scaled to our first one:

# %% id="picture" tags=["measured"]
talk_s = {128: 11.722965, 256: 6.678945, 512: 3.194954, 1024: 1.465984}
assert [row.memory_mb for row in sweep.rows] == list(talk_s), "Run the sweep above first."
sweep.plot(published=talk_s, source="Conning, 26 Jan 2017")

# %% [markdown] id="noise"
# Look at the steps. Twice the CPU makes long work twice as fast, and no more. The talk's steps are 1.76,
# 2.09 and 2.18, so there is noise in its table; the same source has another run of 1,000 with 21.1 s at
# 128 MB. **Yours are not exactly 2 either: there is noise in your table, too.** The difference is what
# can be told: a mean without a spread hides the noise, and a median with its interval shows it. (Short
# work may beat 2 a little for another reason. That is the staircase, below.)

# %% [markdown] id="costs"
# ## The same rows under three price rules
#
# The rules of the bill have changed since. Duration was rounded up to **100 ms** until
# 30 November 2020; since 1 December 2020 it is rounded up to **1 ms** (AWS News Blog of that day). There is a
# second processor to choose: arm64 costs 20 % less for each GB-second. What would those four rows cost?
# Dollars for 1,000 invocations, in us-east-1 or São Paulo (for this, the two cost the same):

# %% id="costs-table"
from serverless_course.figures.prime_table import published_costs

published_costs()

# %% [markdown] id="costs-reading"
# What to read in it:
#
# - The talk's column is not what AWS billed. It leaves out the rounding to 100 ms, which cost 2.3 %
#   more at 1,024 MB.
# - 128 MB is cheapest by the talk's column, by **one thousandth of a cent** in a thousand runs. For that, each
#   caller waits 10 seconds longer.
# - The most expensive row is 256 MB. Cost is nearly flat here, so small noise decides.
# - The arm64 column takes the seconds to be the same. They need not be: measure your own.
#
# AWS's own operator guide (*Computing power*, read in 2026) prints this table with other labels: 128, 512,
# 1,024 and **1,536** MB, beside the same seconds and dollars. Can that be? The formula decides it:

# %% id="misprint"
from serverless_course.pricing.prime_table import published_formula

at_1536 = published_formula(1536, 1.465984)
at_1024 = published_formula(1024, 1.465984)
print(f"1,536 MB: ${at_1536:.6f}    1,024 MB: ${at_1024:.6f}    printed: $0.024638")
assert f"{at_1024:.6f}" == "0.024638", "That is what the page prints."

# %% [markdown] id="misprint-note"
# The printed dollars fit 1,024 MB, and not 1,536. So the talk's labels are right, and that page of AWS
# is not. Even AWS's pages can be wrong; arithmetic helps.

# %% [markdown] id="staircase"
# ## The staircase: on AWS, short work is quicker than its share
#
# Long work follows its share closely: a spin of 5 s at 512 MB got 29.0 % of a CPU, where its share is
# 28.9 % (pwrdrvr/lambda-throttling, 1 March 2025). Short work does not. On 25 April 2025, researchers
# measured a function of about 17.3 ms of CPU time on real AWS, at 130 memory sizes, 5,000 times each
# (EuroSys '26, *Demystifying Serverless Costs on Public Platforms*). By its share, it should take
# 239 ms at 128 MB. It took 223. At 505 MB it should take 60.5 ms. It took **41.5**.
#
# Why? AWS does not say how it limits CPU time. The authors explain what they measured by a **model**: the way
# in which Linux limits CPU time. By this model, a share of a CPU is not a slower CPU. It is a full
# CPU **for part of the time**:
#
# 1. By the authors' model, time is cut into periods of 20 ms. In each, a function may use its quota: at 128 MB,
#    20 ms × 0.0724 = 1.45 ms.
# 2. By the authors' model, Linux looks only every 4 ms. So a function runs on past its quota, until the next look.
# 3. By the authors' model, what it overran is a debt. It is held back until the following periods have paid for it.
# 4. By the authors' model, **a function that ends in debt does not wait for it.** That would make short work
#    quicker. If the next event comes at once, that run pays. If it comes later, the debt is gone.
#
# By the authors' model, short work ends in some period or other, and a little more memory may let it end one
# period earlier. So the curve has steps: a staircase. The durations above are measured on AWS; the explanation is not.
#
# We measure it here. The amount of work comes first: about 17.3 ms at full speed on this machine.
# Then the sweep, this time with a pause of 33 ms after each run, so that no run pays for the one before: 20 to
# 40 seconds.

# %% id="staircase-work" tags=["measured"]
lab.configure(primes, MemorySize=1769)
full = min(lab.invoke(primes, {"limit": 1_000_000}).duration_ms for _ in range(6))
limit = max(int(1_000_000 * 17.3 / full), 10_000)
print(f"{full:.1f} ms for a million; for 17.3 ms, count to {limit:,}")

# %% id="staircase-sweep" tags=["measured"]
sizes = [128, 257, 399, 505, 797, 1000, 1301, 1770]
short = lab.sweep(primes, {"limit": limit}, memory=sizes, runs=12, sleep_between_runs_ms=33)

here_ms = {row.memory_mb: row.times.mean for row in short.rows}
full_ms = min(17.3, *(run.duration_ms for run in short[1770].samples))
busy = {row.memory_mb: row.doubtful for row in short.rows}
runs = sum(len(row.samples) for row in short.rows)
print(f"The host was busy in {sum(busy.values())} of {runs} runs. {short.disturbance}")
assert len(here_ms) == len(sizes), "A size failed: run this cell again."
if here_ms[128] <= here_ms[505]:
    print("This machine was very busy, and the times tell little: run this cell again.")

# %% [markdown] id="staircase-picture-why"
# Three series: **published** (real AWS, with its date), **measured here**, and the **model** of pure
# proportion. Ours are scaled: if our quickest run at 1,770 MB took less than 17.3 ms, it counts as 17.3, so
# that the same work is compared. They are means, because the published figures are means. The title
# counts the sizes below 1,769 MB at which a mean lies more than 5 % below the model.

# %% id="staircase-picture" tags=["measured"]
from serverless_course.figures.staircase import staircase

assert len(here_ms) == len(sizes), "A size failed: run the sweep above again."
staircase(here_ms, full_speed_ms=full_ms, disturbance=short.disturbance)

# %% [markdown] id="staircase-near-why"
# How near does this machine come to AWS? Do not trust the eye; take the distance at each size.

# %% id="staircase-near" tags=["measured"]
from serverless_course.figures.staircase import beside_aws, middle_distance

near = beside_aws(here_ms, full_speed_ms=full_ms)
near["host was busy"] = pd.Series(busy)
print(f"Below 1,769 MB, the middle size is off by {middle_distance(near):.0f} %.")
assert len(near) == len(sizes), "A size failed: run the sweep above again."
print(short.disturbance)
near.round(1)

# %% [markdown] id="staircase-poor"
# **What if it is off by more than 15 % or so?** Then this machine could not play AWS's CPU well, nearly
# always because something else ran on it: look at *host was busy*, close what you can, and run the last
# four cells again. If that does not help, trust the published line, and not the dots.

# %% [markdown] id="what-is-real"
# **What is AWS's, what is measured, what is simulated?** The published series is AWS's, as others
# measured it. Our durations are measured: real work in a real process. Holding it back is *simulated*, by the
# authors' model: the embedded cloud keeps an account for each environment, in periods of 20 ms and looks of
# 4 ms, and stops the process when it is in debt. Two things in it are fitted to the published curve, not
# promised by AWS: the 4 ms, and a small cost of waking up. On your own AWS account, nothing of this is
# simulated.
#
# When the machine is busy with other things, it cannot keep its promise of CPU. Each measurement
# carries how well it did. The column *host was busy* of `sweep.table()` counts those that suffered.

# %% [markdown] id="cores"
# ## Single core and multi core
#
# The talk says: *below 1.8 GB single core, above it multi core*. The idea holds, and the line is at
# 1,769 MB today (Lambda quotas, mid 2026): up to there, a function gets at most the time of one vCPU.
#
# It is a limit of CPU **time**, not of the CPUs that a function sees. Others have looked
# (third-party measurement: rwnx/lambda-cpuinfo, 2021):
#
# | memory (MB) | CPUs that the function sees | vCPUs of time, by memory / 1,769 |
# | --- | --- | --- |
# | 128 to 3,008 | 2 | 0.07 to 1.70 |
# | 3,009 to 5,307 | 3 | 1.70 to 3.00 |
# | 5,308 to 7,076 | 4 | 3.00 to 4.00 |
# | 7,077 to 8,845 | 5 | 4.00 to 5.00 |
# | 8,846 to 10,240 | 6 | 5.00 to 5.79 |
#
# So at 128 MB a function sees two CPUs, and has 7.2 % of the time of one. **Two workers there share
# the 7.2 %.** They gain nothing, and starting them costs something.
#
# Above 1,769 MB it is the other way round: one worker can use one CPU at most, and what you pay
# above that is lost, unless a second worker uses it. In Python, threads do not help with that: in the usual
# build of CPython, one thread at a time runs Python code. A second **process** does. In the lab
# you measure it at 3,538 MB. By arithmetic that is 2 vCPUs, twice 1,769 MB; AWS states no other point
# than 1,769 MB.

# %% id="second-worker"
work_s = 1.0
for memory in (512, 1769, 3538):
    cpu = memory / 1769
    one, two = work_s / min(cpu, 1), work_s / min(cpu, 2)
    print(f"{memory:>5} MB: one worker {one:.2f} s, two workers {two:.2f} s (arithmetic)")

# %% [markdown] id="smart-allocation"
# ## Smart resource allocation
#
# The talk asks you to give each function what it needs. So the first question is: what does
# it spend its time on?
#
# | kind | an example | more memory makes it | so choose |
# | --- | --- | --- | --- |
# | **CPU-bound** | primes, pictures, JSON of some size | faster, at nearly the same cost, up to 1,769 MB | by the time your caller wants |
# | **waiting** | calls to a database or another service | no faster, and more expensive | little |
# | **memory-hungry** | a big catalogue, a model | possible at all | a bit more than its peak |
#
# Most functions are a mixture. And there are traps on both sides: an average hides the slow runs, and the size
# with the lowest cost may be lower by less than the noise. **If two intervals overlap, there is no winner.**

# %% [markdown] id="not-for-memory"
# ### What memory does not buy: a shorter cold start
#
# Init is work for the CPU, too. But AWS was seen to run it at full speed, whatever the memory size: Init of an almost
# empty Python 3.12 function took 84.7 ms at 128 MB and 84.0 ms at 1,024 MB (medians of August 2026, x86_64,
# zip; computed from the daily files of maxday/lambda-perf). AWS does not promise it.
#
# Three other settings change cold starts. They are not part of this lesson; look them up before you pay for
# memory that does not help.
#
# | setting | what it does | what it costs (us-east-1) |
# | --- | --- | --- |
# | **SnapStart** | starts from a snapshot that was taken after Init; for Java 11, Python 3.12, .NET 8 and later, published versions only | Java: nothing more. Python, .NET: 0.0000015046 dollars for a GB-second in the cache (3 hours at least), 0.0001397998 dollars for each GB restored |
# | **provisioned concurrency** | keeps environments initialised, for a version or an alias | 0.0000041667 dollars for a GB-second that is kept ready, used or not; 0.0000097222 instead of 0.0000166667 for one that runs |
# | **Managed Instances** | runs functions on EC2 instances in your account that AWS manages; an environment may handle several events at a time | 0.20 dollars for a million requests, the instances, and a fee of 15 % of their price; no price by duration |
#
# *(Lambda Developer Guide, "SnapStart", and AWS's Lambda price page, read in 2026; provisioned concurrency: AWS
# price list, read on 22 September 2026; several events at a time: API model of 17 November 2026.)*

# %% [markdown] id="finish-why"
# Enough measured for a lesson. Clean up, and see that nothing remains.

# %% id="finish" tags=["measured"]
done = lab.finish()
assert done.clean, done.text
done

# %% [markdown] id="then-and-now"
# ## Then and now
#
# Two rows are the talk's own sentences: they are marked **talk**. The others are AWS as it was at that time.
#
# | then (2018-2019) | today | since | source |
# | --- | --- | --- | --- |
# | **talk**: “<1.8 GB = single core, >1.8 GB = multi core” | 1,769 MB of CPU *time*; the CPUs you *see* are others | | above |
# | **talk**: network capacity in proportion to memory | 625 Mbps, whatever the memory size, unless AWS approves more | – | Lambda quotas, mid 2026 |
# | 1,792 MB is one vCPU | **1,769 MB** | 1 Dec 2020 | Lambda Developer Guide, 19 Aug 2019; Lambda quotas, mid 2026 |
# | 128 to 3,008 MB | 128 to **10,240 MB** | 1 Dec 2020 | Lambda Developer Guide, 19 Aug 2019 and its change of 2 Dec 2020 |
# | in steps of 64 MB | in steps of **1 MB** | 1 Dec 2020 | the same |
# | billed in steps of 100 ms | in steps of **1 ms** | 1 Dec 2020 | AWS News Blog, 1 Dec 2020 |
# | Init of a zip function is free | **Init is billed** | 1 Aug 2025 | AWS Compute Blog, 29 Apr 2025 |
# | x86_64 only | x86_64, or arm64 at 20 % less for a GB-second | 29 Sep 2021 | AWS release notes; price list, read on 22 Sep 2026 |
#
# **New AWS accounts** begin with lower quotas, which AWS raises “automatically based on your usage” (Lambda quotas,
# read in mid 2026). Users report that such an account gives a function 3,008 MB at most (several issue
# threads); the error then names the limit.

# %% [markdown] id="summary"
# ## Summary
#
# - Share of a vCPU = memory / 1,769. Above 1,769 MB, one process can use one vCPU and no more.
# - Cost = GB × billed seconds × price of a GB-second + price of a request.
# - Long work follows its share: twice the memory, half the time, nearly the same cost. Short work may be quicker.
# - Waiting takes as long at every size: more memory only costs more.
# - A median with its interval, measured on a machine that was not busy; no winner where intervals overlap.
# - Memory does not shorten Init, as measured on AWS; SnapStart and provisioned concurrency do.
#
# **Go further**, without a check: sweep a function of your own with your own event, and with
# `strategy="balanced"`. And measure `primes` at 1,770 and 2,048 MB: do you pay for anything?

# %% [markdown] id="questions"
# ## Questions
#
# Choose an answer; it opens, and tells you.
#
# **1. A function needs 2 seconds of CPU, on one thread. About how long does it take at 512 MB?**
#
# <details><summary>2 seconds</summary>
# That is its time at 1,769 MB. At 512 MB it has 29 % of a vCPU.</details>
# <details><summary>about 7 seconds</summary>
# Yes: 2 × 1,769 / 512 = 6.9 seconds. It is long work, so it follows its share.</details>
# <details><summary>about 4 seconds</summary>
# That would be 885 MB, half of a vCPU. Divide 1,769 by 512 once more.</details>
#
# **2. A function waits 100 ms for a database and does nearly nothing else. You go from 128 to 1,024 MB.**
#
# <details><summary>It gets 8 times as fast, at the same cost.</summary>
# No: waiting needs no CPU, so more CPU does not shorten it.</details>
# <details><summary>It takes as long as before, and costs about 8 times as much for its time.</summary>
# Yes. Its milliseconds are the same, and each costs 8 times as much.</details>
# <details><summary>Nothing changes: waiting is free.</summary>
# It is not: Lambda bills from the start of the handler to its end, whatever it does.</details>
#
# **3. At 128 MB, Python says that there are 2 CPUs. You start two processes. The work gets…**
#
# <details><summary>twice as fast</summary>
# No. Two CPUs can be seen, and the time of 0.07 of one can be used. The two share it.</details>
# <details><summary>no faster</summary>
# Yes. Below 1,769 MB, a second worker brings no more CPU time.</details>
#
# **4. Short work at 505 MB took 41.5 ms on AWS, where its share says 60.5. Where did 19 ms go?**
#
# <details><summary>AWS gave more CPU than promised, as a boost.</summary>
# The authors' model explains it without a boost. And long work shows none: a spin of 5 s at 512 MB got
# 29.0 % of a CPU, its share (pwrdrvr/lambda-throttling, 1 March 2025). But AWS does not say how it limits
# CPU time.</details>
# <details><summary>By the authors' model: the work ended before its debt was paid.</summary>
# Yes. By the authors' model, it overran its quota until the next look, and was done before it could be held back
# again. The next event would pay, if it came at once.</details>
#
# **5. Two sizes cost 2.10 and 2.14 dollars for a million; their intervals overlap. Which is cheaper?**
#
# <details><summary>The first.</summary>
# Perhaps. Another measurement may say the reverse; these numbers do not tell.</details>
# <details><summary>These numbers do not tell; choose by something else.</summary>
# Yes. If the cost is the same, take the faster one.</details>

# %% [markdown] id="read"
# ## What to read
#
# - [Configure Lambda function memory](https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html)
#   and [Lambda quotas](https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html),
#   in the Lambda Developer Guide.
# - [aws-lambda-power-tuning](https://github.com/alexcasalboni/aws-lambda-power-tuning): the tool
#   that people use on AWS. Our sweep takes and gives what it does.
# - [lambda-cpu-cost](https://github.com/jconning/lambda-cpu-cost): the source of the prime table.
# - *Demystifying Serverless Costs on Public Platforms*, EuroSys '26; data:
#   [doi 10.5281/zenodo.17162822](https://doi.org/10.5281/zenodo.17162822).
#
# ## Next
#
# Do [lab 04](../labs/04-memory-tuning/lab.ipynb): a shop, three functions, and a bill that must fall.
# The next lesson is [05, *Do I need a VPC?*](05-vpc-design.ipynb).
