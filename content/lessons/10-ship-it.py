# %% [markdown] id="title"
# # Ship it: templates, versions, and a canary that is taken back
#
# **After this lesson, in 25 minutes, you will be able to**
#
# - deploy a function by a template, and read a change set before you execute it (7 minutes);
# - say what a version and an alias are, and move traffic between versions (4 minutes);
# - let a bad version reach few customers, notice it by an alarm, and take it back (8 minutes);
# - say who does that on AWS, and who does it here (2 minutes);
# - find your way on: repository, tools, training, certification (4 minutes).

# %% id="lab" tags=["measured"]
from serverless_course import Lab

lab = Lab("10-ship-it")
cfn, lam, cloudwatch = lab.client("cloudformation"), lab.client("lambda"), lab.client("cloudwatch")

# %% [markdown] id="deployment"
# ## The idea: ship often, and let mistakes be small
#
# Until now you deployed by calls, and every call took effect at once, for everybody. That is how one learns, and not how
# one ships. Three things make a release safe:
#
# | thing | what it is | which mistake it makes small |
# | --- | --- | --- |
# | **template** | a text that says what there shall be. CloudFormation makes it so, or puts everything back | a forgotten step, an account that nobody can build again |
# | **version** | a copy of code and configuration that never changes; it has a number | “what ran on Tuesday?” |
# | **alias** | a name, such as `live`, that points to one version, or to two by weight | a bad release that reaches everybody |
#
# Callers call the alias. A **canary** gives the new version a small share of the calls, while an alarm watches that
# version alone. How many customers meet a mistake? **Calls a second × share × seconds until you take it back.** So there
# are two things to work on: a small share, and a quick alarm. Move them, and run the cell again:

# %% id="idea-move"
calls_per_second, error_rate, errors_of_alarm = 20, 0.5, 5

for share in (0.01, 0.05, 0.10, 0.50, 1.00):
    bad_each_second = calls_per_second * share * error_rate
    seconds = errors_of_alarm / bad_each_second
    hurt = bad_each_second * (seconds + 60)
    print(f"{share:4.0%}: alarm after {seconds:5.1f} s; a minute later {hurt:4.0f} failed calls")

# %% [markdown] id="idea-move-note"
# The last column assumes that it takes a minute from the alarm to the end of the bad version. With a small share the
# alarm comes later, and yet fewer people are hurt: most of the harm is done *after* somebody could have known.

# %% [markdown] id="template"
# ## A template
#
# This is an **AWS SAM** template: CloudFormation with short forms for serverless. `AWS::Serverless::Function` stands for a
# function *and* a role. The shop adds up an order; its first version is good. `LINE` and `TIME` are filled in below.

# %% id="template-function"
import time

shop, stack = lab.name("shop"), lab.name("release", kind="cloudformation:stack")
FUNCTION = f"""
  Shop:
    Type: AWS::Serverless::Function
    DependsOn: Log
    Properties:
      FunctionName: {shop}
      Runtime: {lab.runtime}
      Handler: index.handler
      MemorySize: 256
      Timeout: 5
      InlineCode: |
        # built at TIME
        def handler(event, context):
            LINE"""

# %% [markdown] id="template-rest-why"
# Beside it stand the function's log, which is kept for 7 days and goes with the stack, a version, and the alias `live`:

# %% id="template-text"
REST = f"""
  Log:
    Type: AWS::Logs::LogGroup
    Properties: {{LogGroupName: /aws/lambda/{shop}, RetentionInDays: 7}}
  First: {{Type: AWS::Lambda::Version, Properties: {{FunctionName: !Ref Shop}}}}
  Live:
    Type: AWS::Lambda::Alias
    Properties: {{FunctionName: !Ref Shop, FunctionVersion: !GetAtt First.Version, Name: live}}
"""
GOOD = "return {'total': sum(event['cents'])}"
BAD = "return {'total': sum(event['cents']) // len(event['vouchers'])}"


def template(line):
    """The stack, with this line in the function's handler; new code each time."""
    text = f"Transform: AWS::Serverless-2016-10-31\nResources:{FUNCTION}{REST}"
    return text.replace("LINE", line).replace("TIME", str(time.time_ns()))


# %% [markdown] id="change-set-why"
# ### Read it before you do it
#
# A **change set** is CloudFormation's answer to *what would this template change?* Nothing is changed yet. **Predict:** how
# many resources will this template make?

# %% id="change-set-predict" tags=["measured"]
my_guess = ...
lab.predict("the template makes this many resources", count=my_guess)


# %% id="change-set-helper"
def stack_is_there():
    pages = cfn.get_paginator("describe_stacks").paginate()
    known = {each["StackName"]: each["StackStatus"] for page in pages for each in page["Stacks"]}
    return known.get(stack, "REVIEW_IN_PROGRESS") != "REVIEW_IN_PROGRESS"


def change_set(text):
    """Ask what a template would change, and wait for the answer."""
    made = cfn.create_change_set(
        StackName=stack,
        ChangeSetName=f"change-{time.time_ns()}",
        ChangeSetType="UPDATE" if stack_is_there() else "CREATE",
        TemplateBody=text,
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )

    def answered():
        found = cfn.describe_change_set(ChangeSetName=made["Id"])
        return found if found["Status"] in ("CREATE_COMPLETE", "FAILED") else None

    return lab.wait_until("the change set is there", answered)


# %% id="change-set" tags=["measured"]
import pandas as pd


def changes(found):
    """A change set as a table."""
    rows = [each["ResourceChange"] for each in found["Changes"]]
    wanted = ["Action", "LogicalResourceId", "ResourceType", "Replacement"]
    return pd.DataFrame([{name: row.get(name, "") for name in wanted} for row in rows])


first = change_set(template(GOOD))
assert first["Status"] == "CREATE_COMPLETE", first.get("StatusReason")
changes(first)

# %% [markdown] id="change-set-note"
# Your text names four resources, and the change set has five: SAM's transform added a **role**. `CAPABILITY_IAM` is your
# signature under *yes, this template may make roles*; without it the change set is refused. On a run after the first,
# only what differs is listed. Now execute it:


# %% id="execute" tags=["measured"]
def execute(found):
    """Execute a change set, and wait until the stack is done; its status."""
    cfn.execute_change_set(ChangeSetName=found["ChangeSetId"])

    def settled():
        status = cfn.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
        return "" if status.endswith("IN_PROGRESS") else status

    return lab.wait_until("the stack is done", settled)


status = execute(change_set(template(GOOD)))
made = cfn.describe_stack_resources(StackName=stack)["StackResources"]
print(lab.compare("the template makes this many resources", count=len(made)))
assert status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), f"The stack says {status}: run again."
status

# %% [markdown] id="rollback-why"
# ### What if it fails half-way?
#
# The next change keeps the log for 30 days, which is fine, and adds an alias of version 99, which does not exist. Nothing
# shows that in the change set: only Lambda knows it. **Predict:** is the log then kept for 7 days, or for 30?

# %% id="rollback" tags=["measured"]
wrong = (
    template(GOOD).replace("RetentionInDays: 7", "RetentionInDays: 30")
    + """
  Other:
    Type: AWS::Lambda::Alias
    DependsOn: Log
    Properties: {FunctionName: !Ref Shop, FunctionVersion: "99", Name: other}
"""
)
status = execute(change_set(wrong))
events = cfn.describe_stack_events(StackName=stack)["StackEvents"]
failed = next(each for each in events if each["ResourceStatus"] == "CREATE_FAILED")
print(failed["LogicalResourceId"], "|", failed["ResourceStatusReason"])
logs = lab.client("logs")
group = logs.describe_log_groups(logGroupNamePrefix=f"/aws/lambda/{shop}")["logGroups"][0]
print(status, "| the log is kept for", group["retentionInDays"], "days")
assert status == "UPDATE_ROLLBACK_COMPLETE", f"It says {status}: run this cell again."

# %% [markdown] id="rollback-note"
# Everything was put back. That is what a template gives you, and calls do not: after a failure you are where you were. It
# holds for *configuration*. It does not help when a change succeeds and the code is wrong. For that, you need versions.

# %% [markdown] id="versions"
# ## Versions and an alias
#
# The stack published version 1 and made the alias `live`. `publish_version` takes a picture of what `$LATEST` is now. Ship
# a second version; the shop now takes vouchers, and every test passed, for all test orders had a voucher:


# %% id="publish" tags=["measured"]
def ship(line):
    """Bring new code to $LATEST by the template, and publish it; its version."""
    status = execute(change_set(template(line)))
    assert status.startswith("UPDATE_COMPLETE"), f"The stack says {status}: run this cell again."
    return lam.publish_version(FunctionName=shop)["Version"]


execute(change_set(template(GOOD)))
bad = ship(BAD)
alias = lam.update_alias(FunctionName=shop, Name="live", FunctionVersion="1", RoutingConfig={})
print("published:", bad, "| live points to:", alias["FunctionVersion"])
order = {"cents": [995, 1250], "vouchers": ["AUTUMN"]}
answers = {version: lab.invoke(shop, order, qualifier=version) for version in ("1", bad, "live")}
assert all(run.ok for run in answers.values()), answers[bad].payload
{version: (run.payload["total"], run.executed_version) for version, run in answers.items()}

# %% [markdown] id="publish-note"
# Nobody's call was changed by that: `live` still points to version 1, and whoever calls `live` gets version 1. Publishing
# and releasing are two steps.

# %% [markdown] id="canary"
# ## See it happen: a canary
#
# One call in ten goes to the new version; four orders in ten have no voucher. The alarm counts errors of **that version
# only**: Lambda's metrics have a dimension `ExecutedVersion` for calls of an alias. Over all calls, the errors would hardly
# be seen.

# %% id="alarm" tags=["measured"]
alarm = lab.name("new-version-fails", kind="cloudwatch:alarm")


def watch(version):
    """An alarm on three errors of one version in a minute, called by the alias."""
    dimensions = {"FunctionName": shop, "Resource": f"{shop}:live", "ExecutedVersion": version}
    cloudwatch.put_metric_alarm(
        AlarmName=alarm,
        Namespace="AWS/Lambda",
        MetricName="Errors",
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=3,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
    )


# %% [markdown] id="alarm-quiet-why"
# An alarm that is put again, for another version, keeps its old state until it is evaluated. So wait for that:


# %% id="alarm-quiet" tags=["measured"]
def alarm_rings():
    found = cloudwatch.describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
    return found[0]["StateValue"] == "ALARM"


def watch_from_now(version):
    """Watch this version, from a quiet alarm on."""
    watch(version)
    lab.wait_until("the alarm is quiet", lambda: not alarm_rings())


watch_from_now(bad)
assert not alarm_rings(), "It still sees the errors of a run before: run this cell again."

# %% [markdown] id="who"
# **Who takes it back?** On AWS, *CodeDeploy*: a SAM template says `DeploymentPreference: Canary10Percent5Minutes` and names
# the alarm; CodeDeploy then moves the weights of the alias, and moves them back when the alarm goes off. The embedded
# cloud does not offer CodeDeploy, and says so:

# %% id="code-deploy"
preference = (
    "Timeout: 5\n      AutoPublishAlias: other\n      DeploymentPreference: {Type: AllAtOnce}"
)
try:
    change_set(template(GOOD).replace("Timeout: 5", preference))
    print("accepted: this cloud has CodeDeploy")
except cfn.exceptions.ClientError as refused:
    print(refused.response["Error"]["Message"])

# %% [markdown] id="who-note"
# So below, **we** do it: a loop asks for the alarm's state and sets the weights, with the same two calls of Lambda's API
# that CodeDeploy makes for you. What you lose with a loop of your own: it must run somewhere, and it must not die.
#
# **Predict:** how many customers will meet an error before the version is taken back?

# %% id="canary-predict" tags=["measured"]
my_guess = ...
lab.predict("failed orders in the canary", count=my_guess)

# %% id="canary-parts"
import random


def one_order(number):
    """One order to the alias: when it was answered, by which version, and whether well."""
    has_voucher = random.Random(number).random() < 0.6
    order = {"cents": [995, 1250], "vouchers": ["AUTUMN"] if has_voucher else []}
    run = lab.invoke(shop, order, qualifier="live")
    return time.monotonic(), run.executed_version, run.ok


def weight(version, share):
    """Give a version this share of the alias's calls; 0 takes it back."""
    shares = {version: share} if share else {}
    lam.update_alias(
        FunctionName=shop, Name="live", RoutingConfig={"AdditionalVersionWeights": shares}
    )


# %% id="canary-run"
from IPython.display import display

from serverless_course.figures.rollout_plot import rollout_plot


def roll_out(version, share, quiet=200):
    """Send orders while a version has a share; end after `quiet` more, or 40 past the alarm."""
    began, answers, marks, shown = time.monotonic(), [], {}, None
    weight(version, share)
    left = quiet
    while left:
        when, which, ok = one_order(len(answers))
        answers.append((when - began, which, ok))
        left -= 1
        if not marks and alarm_rings():
            marks["alarm"] = time.monotonic() - began
            weight(version, 0)
            marks["taken back"] = time.monotonic() - began
            left = 40
        if left % 40 == 0:
            picture = rollout_plot(answers, marks)
            shown.update(picture) if shown else (shown := display(picture, display_id=True))
    return answers, marks


# %% id="canary-measure" tags=["measured"]
bad = ship(BAD)
watch_from_now(bad)
answers, marks = roll_out(bad, 0.1, quiet=400)
weight(bad, 0)
failed_orders = sum(not ok for _, _, ok in answers)
assert marks, f"{failed_orders} errors were not enough for the alarm: run this cell again."
lab.compare("failed orders in the canary", count=failed_orders)

# %% id="canary-after" tags=["measured"]
from serverless_course.figures.rollout_plot import by_version

late = [each for each in answers if each[0] > marks["taken back"]]
print(f"{marks['taken back']:.1f} s from the first call to the end of version {bad}")
print("Errors after that:", sum(not ok for _, _, ok in late), "of", len(late), "orders")
assert all(ok and version == "1" for _, version, ok in late), "Another version answered: run again."
by_version(answers)

# %% [markdown] id="canary-note"
# **Read it.** All errors are the new version's. Without a canary, four orders in ten would have failed, for everybody,
# until somebody noticed. Taking it back was *one call*, and needed no deployment: version 1 was there all the time, with
# warm environments.
#
# **On AWS it takes longer** until the alarm rings: metrics come within a minute or so, and a standard alarm looks once a
# minute. Here the alarm looks every second. So the seconds above are this cloud's, and the *share* of customers who met an
# error is what carries over.
#
# **What a canary does not see.** A mistake that raises no error (a wrong total!) needs a metric of your own: *lesson 08*. And
# a canary of one in ten needs traffic: with ten orders an hour, three errors take most of a day.
#
# Now the fix, and the same way again: 10 %, then all of it.

# %% id="fix" tags=["measured"]
fixed = ship("return {'total': sum(event['cents']) // max(1, len(event['vouchers']))}")
watch_from_now(fixed)
answers, marks = roll_out(fixed, 0.1, quiet=80)
assert not marks, "The alarm still sees an error: wait a minute, and run this cell again."
moved = lam.update_alias(FunctionName=shop, Name="live", FunctionVersion=fixed, RoutingConfig={})
run = lab.invoke(shop, {"cents": [995], "vouchers": []}, qualifier="live")
assert run.ok and run.executed_version == fixed, run.payload
print(
    "live points to", moved["FunctionVersion"], "| all errors:", sum(not ok for *_, ok in answers)
)

# %% [markdown] id="drift"
# **One thing is not right yet.** The template still says that `live` points to version 1. Stack and template have drifted
# apart, because we moved the alias by hand. CodeDeploy has an agreement with CloudFormation about that (`UpdatePolicy`);
# whoever moves aliases without it must keep them out of the template, or write the new version into it.

# %% id="finish" tags=["measured"]
done = lab.finish()
assert done.clean, done.text
done

# %% [markdown] id="serverless-application-repository"
# ## The Serverless Application Repository
#
# The talk shows a page of it: *“Discover, deploy, and publish serverless applications”*, with little apps for Alexa. It is
# a shop window for SAM templates: somebody publishes one, you deploy it into your account.
#
# It is **still there**: its API has 14 operations, and the history of its documentation has an entry of 15 April 2026, which
# blocks applications with very broad permissions (`AWSLambda_FullAccess`, for example). We found no announcement that it
# closes, and few new features between 2020 and 2026.
#
# The talk's own example is the *Sepia App* (its link says `sepio`; we could not find it there).
# [Lab 10](../labs/10-ship-it/lab.ipynb) builds it again. Before you deploy somebody's template, do what you did above: **read
# the change set**, above all its roles.
#
# What people publish today, counted: of 96 folders that were added to AWS's collection `serverless-patterns` between
# 1 December 2025 and 6 August 2026, 29 are about durable functions, 28 use CDK, 27 SAM, and 9 Terraform (by their names).

# %% [markdown] id="ide-tools"
# ## IDE tools
#
# The talk: *“Tools for popular IDEs: VS Code, IntelliJ and PyCharm”*, and *“simplified deployment”*. AWS's toolkits for these
# editors are what it means. Which editor you use matters less than three habits, and you have them by now: run the logic
# without a cloud (lesson 03), deploy by a template (above), read the trace of a slow request (lesson 08).
#
# What a plugin can do changes every few months, and this course has confirmed no dated list of it: so it prints none. Look
# at the toolkit's own change log.

# %% [markdown] id="training-certification"
# ## Training and certification
#
# The talk names two certifications. As they stood on 13 April 2026 (a dated copy of AWS's documentation):
#
# | the talk | on 13 April 2026 |
# | --- | --- |
# | AWS Certified Developer – Associate | the same name, exam **DVA-C02** (guide 2.1, 12 December 2024) |
# | AWS Certified DevOps – Professional | **DevOps Engineer** – Professional, exam **DOP-C02** |
# | (not named) SysOps Administrator – Associate | is now **CloudOps Engineer** – Associate, SOA-C03 |
#
# New since then: AI Practitioner, Machine Learning Engineer, Data Engineer, Generative AI Developer. Look at
# AWS's page before you register: an exam's version ends on a day that AWS announces.
#
# The talk calls three courses (*Architecting*, *Developing* and *DevOps Engineering on AWS*) free digital training. We could
# not confirm that. Whether its page `aws.amazon.com/training/path-developing` still leads on, neither.
#
# **What a certificate shows** is that you passed an exam. What *you can do*, your measurements show.

# %% [markdown] id="delivered"
# ## “Entregue inovação”: the talk's last quotes
#
# The talk ends with *deliver innovation*, and with six quotes under **agility**, **elasticity** and **cost efficiency**.
# None could be verified; [lesson 01](01-why-serverless.ipynb) reads each of them. Now you know how one would measure:
#
# | the quote says | measure | with what you have |
# | --- | --- | --- |
# | “a commit in production in literally minutes” *(Pinpoint)* | minutes from change set to 100 % of the alias, over many releases; and how many were taken back | this lesson |
# | “600 photos … a photo book in one minute” *(Resnap)* | from the first upload to the last picture: p50, p95, losses | lessons 06 to 08 |
# | “20 dollars for 10,000 orders” *(Mercury)* | GB-seconds, requests and transitions of *one* order, times 10,000 | lessons 01 and 04 |

# %% [markdown] id="then-and-now"
# ## Then and now
#
# Rows marked **talk** are the talk's own. The others are AWS as it was at that time.
#
# | then (2018-2019) | today | since | source |
# | --- | --- | --- | --- |
# | **talk**: Serverless Application Repository | alive, with few new features | – | its API model of 17 Nov 2026; its document history, 15 Apr 2026 |
# | **talk**: DevOps – Professional | DevOps Engineer – Professional, DOP-C02 | – | AWS's documentation, copy of 13 Apr 2026 |
# | **talk**: Developer – Associate | DVA-C02 | 12 Dec 2024 (guide 2.1) | the same |
# | **talk**: layers and runtimes of your own | also container images | 1 Dec 2020 | lesson 03 |
# | x86_64 only | also arm64 | 29 Sep 2021 | AWS's announcement |

# %% [markdown] id="questions"
# ## Questions
#
# Choose an answer; it opens, and tells you.
#
# **1. You publish version 7. Which customers get it?**
#
# <details><summary>All of them: it is the newest.</summary>
# No. Whoever calls an alias gets the version to which it points. Only a call without an alias gets <code>$LATEST</code>,
# which is no published version at all.</details>
# <details><summary>Nobody, until an alias points to it or somebody calls it by its number.</summary>
# Yes. Publishing and releasing are two steps.</details>
#
# **2. The canary has 10 % of the traffic. Why does the alarm not count all errors of the function?**
#
# <details><summary>They would be drowned by the other 90 %.</summary>
# Yes: one version's errors, over that version's calls, tell it apart. The dimension is <code>ExecutedVersion</code>.</details>
# <details><summary>Lambda has no such metric.</summary>
# It has: with <code>FunctionName</code> alone. It mixes both versions.</details>
#
# **3. A change set shows “Replacement: True” for your table. What do you do?**
#
# <details><summary>Execute it: CloudFormation puts back what fails.</summary>
# It would not fail. A new, empty table takes the place of the old one; what happens to the data is the deletion policy's
# affair. Stop, and read on.</details>
# <details><summary>Stop, and find out which property causes it.</summary>
# Yes. That is what one reads a change set for.</details>
#
# **4. You take a version back. What becomes of the messages that it has already spoilt?**
#
# <details><summary>They are put back, too.</summary>
# No: an alias moves *calls*. What was written stays written, and what failed waits in a dead-letter queue, if you have one
# (lesson 07).</details>
# <details><summary>Nothing: that is your work.</summary>
# Yes. Redrive what failed; and find what was done wrongly.</details>

# %% [markdown] id="summary"
# ## To keep
#
# 1. A template says what there shall be; CloudFormation makes it so, or puts everything back.
# 2. Read the change set: what is added, changed, *replaced*; and which roles.
# 3. A version never changes. An alias is a name that you move.
# 4. Publish, then release: two steps.
# 5. **Harm = calls a second × share × error rate × seconds until it is taken back.**
# 6. A canary needs traffic, an alarm on *its* version, and somebody who moves the weight back.
# 7. On AWS that is CodeDeploy; a loop of your own can do it, with two calls.
# 8. Taking back is one call: `update_alias(…, RoutingConfig={})`.
# 9. What raises no error, no canary sees: measure what your customer feels.
# 10. Other people's templates are code that gets a role in your account: read them.
#
# **Go further**, without a check: let the alarm call a *function* that takes the version back, in place of the loop. And give
# the canary 1 %: how long does it take until the alarm rings, and does the formula say so?
#
# **Three questions that an interviewer might ask.** How do you take back a release that has changed the form of the data?
# Which alarm would you give a canary besides errors? When is a canary worse than all at once?

# %% [markdown] id="read"
# ## What to read
#
# - [Manage Lambda function versions](https://docs.aws.amazon.com/lambda/latest/dg/configuration-versions.html)
# - [Implement Lambda canary deployments using a weighted alias](https://docs.aws.amazon.com/lambda/latest/dg/configuring-alias-routing.html)
# - [Deploying serverless applications gradually with AWS SAM](https://docs.aws.amazon.com/serverless-application-model/latest/developerguide/automating-updates-to-serverless-apps.html)
# - [Update CloudFormation stacks using change sets](https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-updating-stacks-changesets.html)
#
# ## Where to go on
#
# **Next:** [lab 10, *two hundred photos*](../labs/10-ship-it/lab.ipynb), the capstone. After that, take a function of your own,
# put it into a template, give it an alias, an alarm and a dead-letter queue, and break it on
# purpose. Then look at `lab.overview()`: which lab would you now solve in another way?
