# %% [markdown] id="title"
# # Who is responsible for what
#
# **After this lesson, in 20 minutes, you will be able to**
#
# - say for each way to run a program which duties AWS takes over, and which stay yours (8 minutes);
# - see what AWS patches under a function, and what happens when you take that over (4 minutes);
# - name what AWS never does for you, because you saw that it did not (5 minutes);
# - tell an audit programme from a law, and say what *in scope* means (3 minutes).

# %% [markdown] id="operational-responsibility"
# ## Operational responsibility, compared
#
# Every program needs somebody who patches the operating system, adds machines, keeps secrets and reads logs. The talk
# compares four ways to run a program by *who does what*: Lambda, Fargate, ECS or EKS on EC2, and EC2. From the last to
# the first, duties move from you to AWS.
#
# Its cell for the customer of Lambda has one entry: *Código da aplicação*, application code. Nothing else. Is that
# so?
#
# **Predict:** here are eleven duties, from cables to log retention. On Lambda, how many of them are yours, wholly or
# in part?

# %% id="lab" tags=["measured"]
from serverless_course import Lab

lab = Lab("02-responsibility")
lam, logs = lab.client("lambda"), lab.client("logs")

# %% id="duties-predict" tags=["measured"]
my_guess = ...
lab.predict("of eleven duties, on Lambda yours are", count=my_guess)

# %% [markdown] id="board-why"
# Now put each duty where it belongs: on AWS, on you, or on both. Choose the way to run a program in the first row.
# Each answer tells why, and what the talk's cell says. Two of the six ways are newer than the talk.

# %% id="board" tags=["measured"]
from serverless_course.figures.who_does_it import who_does_it

board = who_does_it()
assert len(board.choices) == 11
board

# %% id="duties-compare" tags=["measured"]
from serverless_course.figures.duty_board import answers_table, yours

assert yours("EC2") > yours("Lambda")
lab.compare("of eleven duties, on Lambda yours are", count=yours("Lambda"))

# %% [markdown] id="board-note"
# *Only application code* is a slide's shorthand. What it leaves out: roles and policies, data and secrets,
# dependencies, settings, and leaving a runtime that is deprecated. None of these went away when the servers did.
#
# Look at the columns the other way round: **which duties never move**, whatever you choose?

# %% id="never-move"
whole = answers_table()
for duty in whole.index[(whole == "you").all(axis=1)]:
    print(duty)
assert (whole.loc["Buildings, machines, power, cables"] == "AWS").all()

# %% [markdown] id="shared-responsibility"
# ## Shared responsibility
#
# AWS's own words for this are *security of the cloud* (AWS's: buildings, machines, the services themselves) and
# *security in the cloud* (yours: what you put there, and how you set it up). The line between them is not one line. It
# moves with each service, and with each setting:
#
# - On EC2 you patch the operating system. On Lambda you have no way to.
# - A Lambda function from a **container image** has its runtime from you: build and deploy it again for each patch. The
#   same function as a **zip** has it from AWS.
# - A function **outside a VPC** has no security group of yours. The same function **in a VPC** has one, with your
#   mistakes in it (lesson 05).
#
# Two sentences to take along. **What you can set, you answer for.** And: **AWS enforces your policy; it does not ask
# whether you meant it.**

# %% [markdown] id="patches"
# ## What AWS patches under you
#
# Deploy a function and let it run once. The first line of its log says on which *runtime version* it began.

# %% id="init-start" tags=["measured"]
carrier = lab.deploy("lesson-carrier", folder="carrier", memory=512, timeout=5)
run = lab.invoke(carrier, {"parcel": 7, "carrier": "quick"})
group = f"/aws/lambda/{carrier.name}"


def first_lines():
    found = logs.filter_log_events(logGroupName=group, filterPattern="INIT_START")
    return [event["message"].strip() for event in found["events"]]


lab.wait_until("the first line of the log", first_lines)
assert run.ok and "Runtime Version" in first_lines()[-1]
print(first_lines()[-1].replace("\t", "\n"))

# %% [markdown] id="init-start-note"
# On AWS this line reads `python:3.13.v43`, for example: version 43 of the runtime `python3.13`, by AWS's own count. You
# chose `python3.13`; AWS chose `v43`. **On the embedded cloud** it says `local`, with the version of the Python on
# this machine: nobody patches that but you.
#
# Who chooses is a setting, with three values:

# %% id="mode" tags=["measured"]
mode = lam.get_runtime_management_config(FunctionName=carrier.name)["UpdateRuntimeOn"]
version = lam.get_function_configuration(FunctionName=carrier.name)["RuntimeVersionConfig"]
assert mode == "Auto"
print(mode, version["RuntimeVersionArn"], sep="\n")

# %% [markdown] id="mode-note"
# | mode | AWS | you |
# | --- | --- | --- |
# | `Auto` (default) | makes patched versions and moves your function to them | go back to an older version, if one breaks your code |
# | `FunctionUpdate` | makes patched versions, applies them when you update the function | update the function regularly |
# | `Manual` | makes patched versions | apply each of them |
# | container image | makes patched base images | build the image again, and deploy it |
#
# (Lambda Developer Guide, *Understanding the shared responsibility model for Lambda runtime management*, read on
# 30 November 2026. AWS recommends `Manual` only for a short time, to go back.)
#
# So a scanner that says “nobody chose your patch version” has found something that is in order. What if you *fix* it?

# %% id="pin" tags=["measured"]
try:
    lam.put_runtime_management_config(
        FunctionName=carrier.name,
        UpdateRuntimeOn="Manual",
        RuntimeVersionArn=version["RuntimeVersionArn"],
    )
    lam.update_function_configuration(FunctionName=carrier.name, Runtime="provided.al2023")
    changed = True
except lam.exceptions.InvalidParameterValueException as refused:
    changed = False
    print(refused.response["Error"]["Message"])
finally:
    lam.put_runtime_management_config(FunctionName=carrier.name, UpdateRuntimeOn="Auto")
assert not changed, "A pinned function took another runtime."

# %% [markdown] id="pin-note"
# Pinned, the function gets no patches, and it does not even move to another runtime until you let go. You took over a
# duty of AWS's, and got a risk for it. (The cell put the mode back to `Auto`.)
#
# ### And what stays yours: leaving in time
#
# AWS patches a runtime until it is **deprecated**. Then it blocks new functions with it, and later updates; what runs
# goes on running, without a promise of patches. All runtimes of 2019, the talk's time, are deprecated today. This
# autumn's list (cfn-lint 1.58.0, which copied AWS's table on 20 October 2026):
#
# | runtime | deprecated | new functions blocked | updates blocked |
# | --- | --- | --- | --- |
# | `nodejs20.x` | 30 April 2026 | 1 February 2027 | 3 March 2027 |
# | `provided.al2` | 31 July 2026 | 1 February 2027 | 3 March 2027 |
# | `python3.10` | 31 October 2026 | 1 February 2027 | 3 March 2027 |
# | `dotnet8` | 10 November 2026 | 1 February 2027 | 3 March 2027 |
#
# **AWS moves the two right columns**: a reader of its page saw 31 August 2027 for `nodejs20.x` on 3 October 2026. Plan by
# the first date.

# %% [markdown] id="never"
# ## What AWS never does for you
#
# Three mistakes, made on purpose. Watch what AWS does about each. (Your own account would do the same.)
#
# ### A role that may do everything
#
# **Predict:** a function has the lab's role, which may write logs. It tries five other calls. How many succeed? And
# with a role that says `"Action": "*", "Resource": "*"`?

# %% id="role-predict" tags=["measured"]
my_guess = ...
lab.predict("of five calls, with a role of stars succeed", count=my_guess)

# %% id="wide-role" tags=["measured"]
import json
from contextlib import suppress

iam = lab.client("iam")
wide = lab.name("wide", kind="iam:role")
trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}}
trust["Action"] = "sts:AssumeRole"
with suppress(iam.exceptions.EntityAlreadyExistsException):
    iam.create_role(
        RoleName=wide,
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )
stars = {"Effect": "Allow", "Action": "*", "Resource": "*"}
answer = iam.put_role_policy(
    RoleName=wide,
    PolicyName="everything",
    PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [stars]}),
)
assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200

# %% [markdown] id="wide-role-why"
# No warning. Now five calls, tried by a function that has the role, and is deleted afterwards:

# %% id="role-tried" tags=["measured"]
import pandas as pd

from serverless_course.exercises.role_probe import tried

calls = {
    "list the buckets": ("s3", "list_buckets", {}),
    "list the roles": ("iam", "list_roles", {}),
    "list the secrets": ("secretsmanager", "list_secrets", {}),
    "list the functions": ("lambda", "list_functions", {}),
    "list the queues": ("sqs", "list_queues", {}),
}
wide_arn = iam.get_role(RoleName=wide)["Role"]["Arn"]
said = {
    "the lab's role": tried(lab, lab.role, lab.runtime, calls),
    "a role of stars": tried(lab, wide_arn, lab.runtime, calls),
}
allowed = {role: list(answers.values()).count("allowed") for role, answers in said.items()}
assert allowed == {"the lab's role": 0, "a role of stars": 5}, said
pd.DataFrame(said)

# %% id="role-compare" tags=["measured"]
assert allowed["the lab's role"] == 0
lab.compare("of five calls, with a role of stars succeed", count=allowed["a role of stars"])

# %% [markdown] id="role-note"
# The policy was *enforced* both times: that is AWS's part. That the second one is foolish is your part.
#
# ### A secret in the environment
#
# The next cell gives the function a password as an environment variable, and then asks for the function's
# configuration, as a colleague might who only wants to see its memory size.

# %% id="secret" tags=["measured"]
lab.configure(carrier, Environment={"Variables": {"PASSWORD": "correct-horse"}})
seen = lam.get_function_configuration(FunctionName=carrier.name)
print(seen["MemorySize"], seen["Environment"]["Variables"])
assert seen["Environment"]["Variables"]["PASSWORD"] == "correct-horse"

# %% [markdown] id="secret-note"
# Lambda stores variables encrypted, and gives them in plain text to everybody who may call
# `GetFunctionConfiguration`. A variable is configuration. A secret belongs in Secrets Manager or the Parameter Store,
# where reading it is a right of its own. (Lesson 09 measures what that costs a function.)
#
# ### A log that is kept for ever
#
# Lambda made the log group when the function first ran. How long does it keep what it holds?

# %% id="retention" tags=["measured"]
held = logs.describe_log_groups(logGroupNamePrefix=group)["logGroups"][0]
print(held["logGroupName"], "keeps events for", held.get("retentionInDays", "ever"))
assert "retentionInDays" not in held, "This group is not as Lambda made it."

# %% [markdown] id="retention-note"
# For ever: what your function printed of a customer today can still be read in ten years, and is paid for each month.
# One call, `put_retention_policy`, sets the days. Nobody makes it for you.
#
# What all three have in common: **AWS did what you said**. In [lab 02](../labs/02-responsibility/lab.ipynb) you take
# over a shop with seven such faults.

# %% [markdown] id="compliance"
# ## Compliance programmes
#
# The talk has one line: *ISO, PCI, HIPAA, SOC, GDPR, e FedRamp compliances*. It mixes two kinds of things.
#
# **A programme** has a catalogue of controls, and auditors who check them. AWS lets third parties audit it and gives you
# their reports. The Lambda Developer Guides of 2019 and of 2022 name SOC, PCI, FedRAMP, HIPAA *and others*.
# **A law** has no certificate. GDPR (Regulation (EU) 2016/679) and Brazil's LGPD (Law 13.709 of 2018) bind whoever
# decides about personal data: you. No service is “GDPR certified” by its place on a slide.
#
# | on the slide | what it is | what AWS can show you | what stays yours |
# | --- | --- | --- | --- |
# | ISO, SOC | programmes | an auditor's certificate or report on its services | the same questions about your code, roles and people |
# | PCI | a standard of the card industry | that a service was assessed | your own assessment, if you touch card data |
# | FedRAMP | a programme of the US government | an authorisation | your own system's |
# | HIPAA | a law of the US | which services may be used under a contract about it | how you use them |
# | GDPR | a law of the EU; LGPD is Brazil's | contracts, and services that help | purpose, consent, deletion, where the data is |
#
# ***In scope*** is said of one **service**, in one **programme**: the auditors looked at it. AWS publishes the list as
# *Services in Scope*. It says that AWS keeps its part of the line. It says nothing about your function: a shop with a
# role of stars runs on services that are all in scope.

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
# | then (2018-2019) | today | source |
# | --- | --- | --- |
# | **talk**: Lambda's customer manages application code | also roles, data, dependencies, settings, runtime upgrades | Lambda Developer Guide, read November 2026 |
# | **talk**: four models, each duty on one side | models in between: Lambda Managed Instances, ECS Managed Instances, EKS Auto Mode, where AWS starts, manages and ends the instances | Lambda API model of 17 November 2026; ECS API reference; EKS User Guide |
# | **talk**: *gerenciamento de tarefas*, management of tasks | a slip: the English slide has *management tasks* (*tarefas de gerenciamento*) | notes of the talk in English |
# | **talk**: GDPR among the programmes | a law; LGPD is another | Regulation (EU) 2016/679; Law 13.709/2018 |
# | runtime patches: no setting, no line in the log | three modes; INIT_START names the version | AWS Compute Blog, *Introducing AWS Lambda runtime management controls* |
# | Python 2.7 to 3.7, Node.js 8 and 10, Java 8, Go 1 | all deprecated | guide of 19 August 2019; runtime table of October 2026 |
# | an address for a function: API Gateway or a load balancer | function URLs since 6 April 2022, with or without signatures | boto3 change log |

# %% [markdown] id="questions"
# ## Questions
#
# Choose an answer; it opens, and tells you.
#
# **1. A hole is found in OpenSSL. Your function is a zip on `python3.13`, in mode Auto. It also brings a library of its
# own with OpenSSL inside. Who patches what?**
#
# <details><summary>AWS patches both: it is serverless.</summary>
# No. AWS does not look into your package.</details>
# <details><summary>AWS patches the runtime's, you deploy again for the library's.</summary>
# Yes. What you packed is yours.</details>
# <details><summary>You patch both.</summary>
# Not in mode Auto. In mode Manual, or from a container image, that would be the answer.</details>
#
# **2. An auditor asks for your SOC report. You send AWS's.**
#
# <details><summary>That is enough: the function runs on Lambda, and Lambda is in scope.</summary>
# No. It tells of AWS's part. Who may deploy in your account is not in it.</details>
# <details><summary>It covers AWS's part. The controls that are yours need evidence of yours.</summary>
# Yes. Reports of this kind name what they expect of the customer.</details>
#
# **3. You move from ECS on EC2 to Fargate. Which duty goes to AWS?**
#
# <details><summary>Patches of the nodes' operating system.</summary>
# Yes. The nodes are AWS's now.</details>
# <details><summary>Patches of the language runtime.</summary>
# No: that is in your image, there as here.</details>
# <details><summary>Security groups.</summary>
# No: tasks have them, too.</details>
#
# **4. A scanner reports: “The function's runtime version is chosen automatically. Risk: high.” What do you do?**
#
# <details><summary>Pin it (mode Manual), so that nothing changes without us.</summary>
# Then nothing changes: patches neither. Now somebody of yours has to apply each of them.</details>
# <details><summary>Leave it, and write down why.</summary>
# Yes. It is AWS's duty, and AWS does it. Tests that run each day tell you if a patch breaks you.</details>
#
# **5. A function without any policy on its URL, AuthType NONE: who may call it?**
#
# <details><summary>Everybody: NONE means no check.</summary>
# Not quite: AuthType NONE asks for no signature, and the function's policy must still let everybody in. The console
# adds that policy for you, which is why it looks as if NONE were enough.</details>
# <details><summary>Nobody, until its policy says so.</summary>
# Yes. Since October 2025 it must grant two actions: InvokeFunctionUrl and InvokeFunction (Lambda Developer Guide,
# *Control access to Lambda function URLs*).</details>

# %% [markdown] id="summary"
# ## To keep
#
# 1. Duties move from you to AWS: EC2 → ECS or EKS → Fargate → Lambda. They do not vanish.
# 2. Code, dependencies, roles, data, secrets and settings are yours in every model.
# 3. What you can set, you answer for.
# 4. AWS enforces your policy; it does not ask whether you meant it.
# 5. Zip and mode Auto: AWS patches the runtime. Image, or mode Manual: you do.
# 6. **`get_runtime_management_config`** says who applies patches; `INIT_START` says which version runs.
# 7. Leaving a deprecated runtime is yours. Plan by the date of deprecation: AWS moves the others.
# 8. A role of stars, a secret in a variable, a log for ever: AWS accepts all three without a word.
# 9. **`put_retention_policy`** on each log group; Lambda makes groups that keep everything.
# 10. *In scope* is said of a service in a programme. Laws bind you, not the service.
#
# **Three questions that an interviewer might ask.** What is left to patch on Lambda? How would you prove that a role
# is small enough? Your company is PCI assessed and wants to use Lambda: what do you ask AWS, and what yourself?

# %% [markdown] id="read"
# ## What to read
#
# - [Shared responsibility for runtimes](https://docs.aws.amazon.com/lambda/latest/dg/runtime-management-shared.html)
#   and [Lambda runtimes](https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html), with the table of dates.
# - [Shared Responsibility Model](https://aws.amazon.com/compliance/shared-responsibility-model/) and
#   [Services in Scope](https://aws.amazon.com/compliance/services-in-scope/).
# - [Managed instances of EKS Auto Mode](https://docs.aws.amazon.com/eks/latest/userguide/automode-learn-instances.html):
#   one page that says who patches what.
#
# ## Next
#
# Do [lab 02](../labs/02-responsibility/lab.ipynb): seven faults in a shop, and one finding to be left alone.
