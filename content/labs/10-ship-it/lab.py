# %% [markdown] id="title"
# # Lab 10: two hundred photos
#
# A photo studio sells **sepia pictures**. The photos are uploaded to S3, a function turns each into a picture, and the
# picture is written to S3. It is the talk's own example, the *Sepia App*, built again. Somebody wrote a first version; in
# the demo it worked. Today 200 photos come at once, and from now on the pipeline is yours.
#
# ```
# S3 uploads ──▶ SQS queue ──▶ Lambda function, alias live ──▶ S3 pictures ──▶ a page of pictures
#                   └──▶ dead-letter queue, once you have built it
# ```
#
# The goal, in figures:
#
# | | goal |
# | --- | --- |
# | pictures of 200 photos | **200** |
# | written more than once | **0** |
# | neither picture nor dead letter | **0** |
# | Lambda's price of a thousand photos | **less than at first** |
# | upload to picture | **p50 under 2 s, p95 under 10 s** |
# | cold invocations | **under 15 %** |
# | from a bad version's first failure to the alarm | **under 60 s** |
#
# At the end you hold a report of your own: one HTML file with these figures, your first attempt beside them, and the
# evidence.
#
# 90 minutes; you may stop after each task, and go on while the cloud runs. On the embedded cloud it costs nothing. On
# your own AWS account, well under ten cents: some thousand requests of Lambda, SQS and S3, two alarms, and a few metrics
# of your own (the free tier is not counted). There, metrics come a minute late, and so does each roll-out.
#
# Read [lesson 10](../../notebooks/10-ship-it.ipynb) first, if you have not. **After a restart of the kernel, run this page
# from the top.** Each cell may be run again.

# %% id="lab" tags=["measured"]
from serverless_course import Lab

lab = Lab("10-ship-it")

# %% [markdown] id="parts-why"
# ## What there is
#
# Three files; read them now, they are short.
#
# - [functions/logic/sepia.py](functions/logic/sepia.py): from a photo to a picture. PNG in, PNG out, in pure Python: the
#   standard library has `zlib`, and a PNG is not much more than that. (The talk's app used ImageMagick. Real photos need a
#   library such as Pillow, in a layer, and more memory; the pipeline around it would be the same.)
# - [functions/worker/index.py](functions/worker/index.py): the handler. It takes a batch of the queue's messages, and tells
#   the log about each photo in one line, which CloudWatch reads as metrics, too (lesson 08).
# - [functions/pipeline/template.yaml](functions/pipeline/template.yaml): everything else. `CODE` and `RUNTIME` are filled in
#   below: CloudFormation's `InlineCode` is one file, so the page puts logic and handler into one.

# %% id="clients"
import json
import time
from pathlib import Path

cfn, lam, s3, sqs = (lab.client(name) for name in ("cloudformation", "lambda", "s3", "sqs"))
logs, cloudwatch, xray = (lab.client(name) for name in ("logs", "cloudwatch", "xray"))
sepia, stack = lab.name("sepia"), lab.name("pipeline", kind="cloudformation:stack")


def template_of(logic, worker, template):
    """The template's text, with the code in it."""
    files = (f"functions/{logic}/sepia.py", f"functions/{worker}/index.py")
    code = "\n\n".join(Path(file).read_text() for file in files)
    code = code.replace("from sepia import sepia_png\n", "") + f"# built at {time.time_ns()}\n"
    text = Path(f"functions/{template}/template.yaml").read_text()
    return text.replace("RUNTIME", lab.runtime).replace("CODE", json.dumps(code))


# %% [markdown] id="deploy-why"
# `deploy` brings the stack to what the files say, and publishes a **version**, each time a new one. `go_live` points the alias to it, for
# everybody and at once. Later you will do better than that.


# %% id="deploy"
def settled():
    """The stack's status, as soon as it is done with something."""
    status = cfn.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"]
    return "" if status.endswith("IN_PROGRESS") else status


def why_not():
    """Why the last change of the stack failed."""
    events = cfn.describe_stack_events(StackName=stack)["StackEvents"]
    failed = [each for each in events if each["ResourceStatus"].endswith("_FAILED")]
    newest = [f"{e['LogicalResourceId']}: {e.get('ResourceStatusReason', '')}" for e in failed[:3]]
    return "The stack was put back. " + " | ".join(newest)


def deploy(logic="logic", worker="worker", template="pipeline", memory=256):
    """Deploy the stack from these files, and publish a version; returns its number."""
    values = {"Prefix": sepia.removesuffix("-sepia"), "Memory": str(memory)}
    wanted = {
        "StackName": stack,
        "TemplateBody": template_of(logic, worker, template),
        "Parameters": [{"ParameterKey": k, "ParameterValue": v} for k, v in values.items()],
        "Capabilities": ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    }
    try:
        cfn.update_stack(**wanted)
    except cfn.exceptions.ClientError as refused:
        if "does not exist" not in refused.response["Error"]["Message"]:
            raise
        cfn.create_stack(**wanted)
    status = lab.wait_until("the stack is done", settled, minutes=30)
    assert status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"), why_not()
    return lam.publish_version(FunctionName=sepia)["Version"]


def go_live(version):
    """Give all traffic to this version, at once."""
    no_other = {"AdditionalVersionWeights": {}}
    lam.update_alias(
        FunctionName=sepia, Name="live", FunctionVersion=version, RoutingConfig=no_other
    )


# %% id="parts"
def parts():
    """The stack's resources: what a name of the template is called in the cloud."""
    found = cfn.describe_stack_resources(StackName=stack)["StackResources"]
    return {each["LogicalResourceId"]: each["PhysicalResourceId"] for each in found}


def forget(folder):
    """Take a folder out of both buckets, with all versions."""
    for bucket in (parts()["Uploads"], parts()["Pictures"]):
        pages = s3.get_paginator("list_object_versions").paginate(Bucket=bucket, Prefix=folder)
        for page in pages:
            held = page.get("Versions", []) + page.get("DeleteMarkers", [])
            names = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in held]
            if names:
                s3.delete_objects(Bucket=bucket, Delete={"Objects": names})


# %% id="first-deploy" tags=["measured"]
go_live(deploy())
forget("day-1/")
assert "Mapping" in parts(), "The stack is not whole. Run this cell again."
sorted(parts())

# %% [markdown] id="photos-why"
# ## The photos of a day
#
# The page draws them: 200 small landscapes, each another. Most have three colours. Some are **grey**: the studio digitizes
# its old archive, too, and nobody told the one who wrote the first version. Each run of the next cell draws other photos.

# %% id="photos"
from serverless_course.exercises.photo_day import photos_of_a_day
from serverless_course.figures.picture_page import PicturePage

day = photos_of_a_day("day-1")
assert len(day) == 200, "A day has 200 photos."
[photo.key for photo in day[:2]]

# %% id="photos-look" tags=["measured"]
some = PicturePage([(each.key, each.png, each.shows) for each in day[:16]], "Photos of the day")
assert len(some.pictures) == 16, "Run the cell `photos` first."
some

# %% [markdown] id="predict-why"
# Predict first: of how many of the 200 photos will there be a picture?

# %% id="predict" tags=["measured"]
my_guess = ...
lab.predict("pictures of 200 photos", count=my_guess)

# %% id="send-parts"
from serverless_course.exercises.photo_evidence import dead_photos, evidence_of, writes_of
from serverless_course.exercises.photo_traffic import arriving, upload
from serverless_course.figures.progress import progress


def send(photos):
    """Upload photos, all at once; returns when it began, in seconds since 1970."""
    began, bucket = time.time() - 2, parts()["Uploads"]
    with progress(len(photos), "uploading") as tell:
        upload(s3, bucket, photos, tell=lambda done: tell(done, len(photos), ""))
    return began


def written(photos):
    """How often the picture of each photo was written."""
    return writes_of(s3, parts()["Pictures"], [each.key for each in photos])


def wait_for_pictures(photos, quiet_s=6):
    """Wait until all pictures are there, or none has come for some seconds; how many."""
    seen = {"pictures": -1, "since": time.monotonic()}

    def done():
        count = sum(number > 0 for number in written(photos).values())
        if count != seen["pictures"]:
            seen.update(pictures=count, since=time.monotonic())
        return count == len(photos) or time.monotonic() - seen["since"] > quiet_s

    lab.wait_until("the pictures are there", done, minutes=90)
    return seen["pictures"]


# %% id="send" tags=["measured"]
began = send(day)
pictures_at_first = wait_for_pictures(day)
assert pictures_at_first > 0, "There is no picture. Run the page from the top."
lab.compare("pictures of 200 photos", count=pictures_at_first)

# %% [markdown] id="losses"
# ## 1. What became of them?
#
# The bucket with the pictures keeps **versions**: whoever writes an object again makes one more version of it. So the bucket
# remembers how often each picture was written. `written(day)` counts them: `{key of the photo: times}`.
#
# **Your answer:** a dictionary: how many `pictures` there are, how many of them were `written_again` (more than once), and
# which photos are `missing`, as a list of their keys.

# %% id="losses-answer" role="answer" task="losses"
### BEGIN SOLUTION
count = written(day)
losses = {
    "pictures": sum(number > 0 for number in count.values()),
    "written_again": sum(number > 1 for number in count.values()),
    "missing": [key for key, number in count.items() if not number],
}
### STARTER
# losses = {"pictures": ..., "written_again": ..., "missing": ...}
### END SOLUTION

# %% [markdown] id="losses-hint-1" role="hint" task="losses"
# `count = written(day)`. A photo with 0 has no picture; one with 2 or more was written more than once.

# %% [markdown] id="losses-hint-2" role="hint" task="losses"
# `sum(number > 0 for number in count.values())` counts pictures; `[key for key, number in count.items() if not number]` are
# the missing ones.

# %% id="losses-wrong-versions" role="wrong" task="losses" name="counts versions" says="You counted versions"
count = written(day)
grey = [k for k, number in count.items() if not number]
if sum(count.values()) == sum(number > 0 for number in count.values()):
    one = next(k for k, number in count.items() if number)
    body = s3.get_object(Bucket=parts()["Pictures"], Key=one)["Body"].read()
    about = s3.head_object(Bucket=parts()["Pictures"], Key=one)["Metadata"]
    s3.put_object(Bucket=parts()["Pictures"], Key=one, Body=body, Metadata=about)
    count = written(day)
losses = {"pictures": sum(count.values()), "written_again": 0, "missing": grey}

# %% id="losses-wrong-uploads" role="wrong" task="losses" name="counts uploads" says="how many photos were uploaded"
losses = {"pictures": len(day), "written_again": 0, "missing": []}

# %% id="losses-wrong-number" role="wrong" task="losses" name="how many are missing" says="which photos, not how many"
count = written(day)
pictures = sum(number > 0 for number in count.values())
losses = {"pictures": pictures, "written_again": 0, "missing": 200 - pictures}

# %% id="losses-wrong-some" role="wrong" task="losses" name="the first missing one" says="There are more"
count = written(day)
pictures = sum(number > 0 for number in count.values())
first_one = [key for key, number in count.items() if not number][:1]
losses = {"pictures": pictures, "written_again": 0, "missing": first_one}

# %% id="losses-wrong-there" role="wrong" task="losses" name="names one that is there" says="has a picture"
count = written(day)
pictures = sum(number > 0 for number in count.values())
losses = {"pictures": pictures, "written_again": 0, "missing": list(count)}

# %% id="losses-check" role="check" task="losses" tags=["measured"]
lab.check("losses", answer=losses)

# %% [markdown] id="first-note"
# Nobody was told. No error came back to the customer, who had a 200 from S3. For the report, keep what is known of this
# first attempt. `Evidence` holds what buckets, queue and log say of these photos.

# %% id="first" tags=["measured"]
def look(photos, since, **rest):
    """What became of photos, as buckets, queues and the log tell."""
    clients = {"s3": s3, "sqs": sqs, "logs": logs}
    return evidence_of(clients, parts(), sepia, [each.key for each in photos], since, **rest)


first = look(day, began, all_invocations=True)
assert first.reports, "The log has no invocation yet. Run this cell again."
print(f"{first.pictures} pictures, {first.twice} written again, {first.lost} lost")
print(f"{len(first.reports)} invocations in the log")

# %% [markdown] id="worker"
# ## 2. Report what failed, and write once
#
# The first version raises an error when *one* photo of a batch cannot be converted. Then the whole batch comes back, and
# its good photos are done again. And a standard queue may deliver a message twice all by itself.
#
# **Your task:** in [functions/worker_safe/index.py](functions/worker_safe/index.py),
#
# - go on when a photo fails, and report its message in a **partial batch response** (lesson 07). The mapping reads it
#   already: `FunctionResponseTypes` in the template;
# - call `tell(context, record, failed=1)` for it: an error that you catch, Lambda's metric `Errors` does not count;
# - write a picture only where there is none yet. S3 can do that since August 2024 (AWS, *What's New*):
#   `put_object(…, IfNoneMatch="*")` raises a `ClientError` with the code `PreconditionFailed` when the object is there. A
#   picture that is there already is a success.
#
# Then deploy it and go live: `go_live(deploy(worker="worker_safe"))`. The check hands batches over as the queue does, with
# photos of its own, each batch several times.

# %% id="worker-answer" role="answer" task="worker" changes="worker_safe" tags=["measured"]
### BEGIN SOLUTION
# functions/worker_safe/index.py: put_object gets IfNoneMatch="*", and the handler becomes
#     failed = []
#     for message in event["Records"]:
#         for record in json.loads(message["body"]).get("Records", []):
#             try:
#                 convert(context, record)
#             except Exception as error:
#                 if "PreconditionFailed" in str(error):  # the picture is there already
#                     continue
#                 print(repr(error))
#                 tell(context, record, failed=1)
#                 failed.append({"itemIdentifier": message["messageId"]})
#     return {"batchItemFailures": failed}
go_live(deploy(worker="worker_safe"))
### STARTER
# # Change functions/worker_safe/index.py, deploy it, and go live.
### END SOLUTION

# %% [markdown] id="worker-hint-1" role="hint" task="worker"
# Put `try:` and `except Exception as error:` around `convert(context, record)` in the handler, and collect
# `{"itemIdentifier": message["messageId"]}` in a list. At the end, `return {"batchItemFailures": that list}`.

# %% [markdown] id="worker-hint-2" role="hint" task="worker"
# `IfNoneMatch="*"` is one more argument of `put_object`. `"PreconditionFailed" in str(error)` says that the picture is
# there: then go on with the next one.

# %% id="worker-wrong-swallows" role="wrong" task="worker" name="swallows the error" says="says that all went well"
file = Path("functions/worker_safe/index.py")
kind = "        ContentType="
text = file.read_text().replace(kind, '        IfNoneMatch="*",\n' + kind)
loop = "            convert(context, record)\n"
caught = (
    "            try:\n                convert(context, record)\n"
    "            except Exception as error:\n                print(error)\n"
)
file.write_text(text.replace(loop, caught))
go_live(deploy(worker="worker_safe"))

# %% id="worker-wrong-all" role="wrong" task="worker" name="reports the whole batch" says="reports photos that went well"
file = Path("functions/worker_safe/index.py")
kind = "        ContentType="
text = file.read_text().replace(kind, '        IfNoneMatch="*",\n' + kind)
loop = "            convert(context, record)\n"
caught = (
    "            try:\n                convert(context, record)\n"
    "            except Exception:\n                bad = True\n"
    '    every = [{"itemIdentifier": m["messageId"]} for m in event["Records"]]\n'
    '    return {"batchItemFailures": every if bad else []}\n'
)
loop_of_messages = '    for message in event["Records"]:'
text = text.replace(loop_of_messages, "    bad = False\n" + loop_of_messages)
file.write_text(text.replace(loop, caught))
go_live(deploy(worker="worker_safe"))

# %% id="worker-wrong-first" role="wrong" task="worker" name="ends at the first failure" says="were not converted"
file = Path("functions/worker_safe/index.py")
kind = "        ContentType="
text = file.read_text().replace(kind, '        IfNoneMatch="*",\n' + kind)
loop = "            convert(context, record)\n"
caught = (
    "            try:\n                convert(context, record)\n"
    "            except Exception:\n                tell(context, record, failed=1)\n"
    '                return {"batchItemFailures": [{"itemIdentifier": message["messageId"]}]}\n'
)
file.write_text(text.replace(loop, caught))
go_live(deploy(worker="worker_safe"))

# %% id="worker-wrong-bare" role="wrong" task="worker" name="bare ids" says="list of dictionaries"
file = Path("functions/worker_safe/index.py")
kind = "        ContentType="
text = file.read_text().replace(kind, '        IfNoneMatch="*",\n' + kind)
loop = "            convert(context, record)\n"
caught = (
    "            try:\n                convert(context, record)\n"
    "            except Exception:\n                tell(context, record, failed=1)\n"
    '                failed.append(message["messageId"])\n'
    '    return {"batchItemFailures": failed}\n'
)
loop_of_messages = '    for message in event["Records"]:'
text = text.replace(loop_of_messages, "    failed = []\n" + loop_of_messages)
file.write_text(text.replace(loop, caught))
go_live(deploy(worker="worker_safe"))

# %% id="worker-wrong-uncounted" role="wrong" task="worker" name="does not count failures" says="the log counts 0"
file = Path("functions/worker_safe/index.py")
kind = "        ContentType="
text = file.read_text().replace(kind, '        IfNoneMatch="*",\n' + kind)
loop = "            convert(context, record)\n"
caught = (
    "            try:\n                convert(context, record)\n"
    "            except Exception:\n"
    '                failed.append({"itemIdentifier": message["messageId"]})\n'
    '    return {"batchItemFailures": failed}\n'
)
loop_of_messages = '    for message in event["Records"]:'
text = text.replace(loop_of_messages, "    failed = []\n" + loop_of_messages)
file.write_text(text.replace(loop, caught))
go_live(deploy(worker="worker_safe"))

# %% id="worker-wrong-again" role="wrong" task="worker" name="writes again" says="were written again"
file = Path("functions/worker_safe/index.py")
text = file.read_text()
loop = "            convert(context, record)\n"
caught = (
    "            try:\n                convert(context, record)\n"
    "            except Exception:\n                tell(context, record, failed=1)\n"
    '                failed.append({"itemIdentifier": message["messageId"]})\n'
    '    return {"batchItemFailures": failed}\n'
)
loop_of_messages = '    for message in event["Records"]:'
text = text.replace(loop_of_messages, "    failed = []\n" + loop_of_messages)
file.write_text(text.replace(loop, caught))
go_live(deploy(worker="worker_safe"))

# %% id="worker-wrong-memory" role="wrong" task="worker" name="remembers in a variable" says="were written again"
file = Path("functions/worker_safe/index.py")
text = file.read_text().replace("NAMES = (", "DONE = set()\nNAMES = (")
loop = "            convert(context, record)\n"
caught = (
    '            key = record["s3"]["object"]["key"]\n'
    "            if key in DONE:\n                continue\n"
    "            try:\n                convert(context, record)\n                DONE.add(key)\n"
    "            except Exception:\n                tell(context, record, failed=1)\n"
    '                failed.append({"itemIdentifier": message["messageId"]})\n'
    '    return {"batchItemFailures": failed}\n'
)
loop_of_messages = '    for message in event["Records"]:'
text = text.replace(loop_of_messages, "    failed = []\n" + loop_of_messages)
file.write_text(text.replace(loop, caught))
go_live(deploy(worker="worker_safe"))

# %% id="worker-wrong-twice-fails" role="wrong" task="worker" name="a picture that is there is a failure" says="count as failed now"
file = Path("functions/worker_safe/index.py")
kind = "        ContentType="
text = file.read_text().replace(kind, '        IfNoneMatch="*",\n' + kind)
loop = "            convert(context, record)\n"
caught = (
    "            try:\n                convert(context, record)\n"
    "            except Exception:\n                tell(context, record, failed=1)\n"
    '                failed.append({"itemIdentifier": message["messageId"]})\n'
    '    return {"batchItemFailures": failed}\n'
)
loop_of_messages = '    for message in event["Records"]:'
text = text.replace(loop_of_messages, "    failed = []\n" + loop_of_messages)
file.write_text(text.replace(loop, caught))
go_live(deploy(worker="worker_safe"))

# %% id="worker-wrong-alarms" role="wrong" task="worker" name="counts what is there as a failure" says="for messages that come twice"
file = Path("functions/worker_safe/index.py")
kind = "        ContentType="
text = file.read_text().replace(kind, '        IfNoneMatch="*",\n' + kind)
loop = "            convert(context, record)\n"
caught = (
    "            try:\n                convert(context, record)\n"
    "            except Exception as error:\n                tell(context, record, failed=1)\n"
    '                if "PreconditionFailed" not in str(error):\n'
    '                    failed.append({"itemIdentifier": message["messageId"]})\n'
    '    return {"batchItemFailures": failed}\n'
)
loop_of_messages = '    for message in event["Records"]:'
text = text.replace(loop_of_messages, "    failed = []\n" + loop_of_messages)
file.write_text(text.replace(loop, caught))
go_live(deploy(worker="worker_safe"))

# %% id="worker-check" role="check" task="worker" tags=["measured"]
lab.check("worker")

# %% [markdown] id="protect"
# ## 3. Protect it
#
# **Your task:** change [functions/pipeline_safe/template.yaml](functions/pipeline_safe/template.yaml):
#
# - a second queue, `DeadPhotos`, named `${Prefix}-dead-photos`, that keeps its messages for 14 days (1,209,600 s), and a
#   `RedrivePolicy` on `Work` that leads there after **2** receives. (AWS advises 5 or more, so that a throttled message is
#   not given up. Here 2 keeps you from waiting.)
# - `Work` hides a message for **six times the function's time-out**, and the batching window on top (Lambda Developer Guide,
#   *SQS*, read in 2026). The function's time-out of 2 s may stay.
# - the mapping uses **5 environments at most**, half as many as now, so that the studio's other functions still get theirs
#   (`ScalingConfig`), and goes on reading what the function reports. A batching window is not needed.
# - the function is **traced**.
#
# Deploy it with your worker, and go live. The check uploads eight photos and one that is cut off, and waits until that one
# is a dead letter: twice 12 s, and a little more.

# %% id="protect-answer" role="answer" task="protect" changes="pipeline_safe" tags=["measured"]
### BEGIN SOLUTION
# functions/pipeline_safe/template.yaml:
#   DeadPhotos:
#     Type: AWS::SQS::Queue
#     Properties: {QueueName: !Sub "${Prefix}-dead-photos", MessageRetentionPeriod: 1209600}
#   Work:       VisibilityTimeout: 12
#               RedrivePolicy: {deadLetterTargetArn: !GetAtt DeadPhotos.Arn, maxReceiveCount: 2}
#   Sepia:      Tracing: Active
#   Mapping:    ScalingConfig: {MaximumConcurrency: 5}, and no batching window
go_live(deploy(worker="worker_safe", template="pipeline_safe"))
### STARTER
# # Change functions/pipeline_safe/template.yaml, deploy it with your worker, and go live.
### END SOLUTION

# %% [markdown] id="protect-hint-1" role="hint" task="protect"
# `RedrivePolicy: {deadLetterTargetArn: !GetAtt DeadPhotos.Arn, maxReceiveCount: 2}` is a property of `Work`. Without a
# window, 6 × 2 s is a `VisibilityTimeout` of 12.

# %% [markdown] id="protect-hint-2" role="hint" task="protect"
# `ScalingConfig: {MaximumConcurrency: 5}` is a property of `Mapping`, `Tracing: Active` one of `Sepia`. Then
# `go_live(deploy(worker="worker_safe", template="pipeline_safe"))`.

# %% id="protect-wrong-function" role="wrong" task="protect" name="a dead-letter queue on the function" says="belongs to the queue Work"
file = Path("functions/pipeline_safe/template.yaml")
queue = (
    "Resources:\n  DeadPhotos:\n    Type: AWS::SQS::Queue\n"
    '    Properties: {QueueName: !Sub "${Prefix}-dead-photos"}\n'
)
text = file.read_text().replace("Resources:\n", queue, 1)
dead = "      DeadLetterQueue: {Type: SQS, TargetArn: !GetAtt DeadPhotos.Arn}\n      Timeout: 2\n"
file.write_text(text.replace("      Timeout: 2\n", dead))
go_live(deploy(worker="worker_safe", template="pipeline_safe"))

# %% id="protect-wrong-once" role="wrong" task="protect" name="one receive" says="the first hiccup"
file = Path("functions/pipeline_safe/template.yaml")
queue = (
    "Resources:\n  DeadPhotos:\n    Type: AWS::SQS::Queue\n"
    '    Properties: {QueueName: !Sub "${Prefix}-dead-photos"}\n'
)
text = file.read_text().replace("Resources:\n", queue, 1)
policy = (
    "      VisibilityTimeout: 12\n"
    "      RedrivePolicy: {deadLetterTargetArn: !GetAtt DeadPhotos.Arn, maxReceiveCount: 1}\n"
)
file.write_text(text.replace("      VisibilityTimeout: 3\n", policy))
go_live(deploy(worker="worker_safe", template="pipeline_safe"))

# %% id="protect-wrong-short" role="wrong" task="protect" name="hidden for as long as the time-out" says="six times the function's time-out"
file = Path("functions/pipeline_safe/template.yaml")
queue = (
    "Resources:\n  DeadPhotos:\n    Type: AWS::SQS::Queue\n"
    '    Properties: {QueueName: !Sub "${Prefix}-dead-photos"}\n'
)
text = file.read_text().replace("Resources:\n", queue, 1)
policy = (
    "      VisibilityTimeout: 3\n"
    "      RedrivePolicy: {deadLetterTargetArn: !GetAtt DeadPhotos.Arn, maxReceiveCount: 2}\n"
)
file.write_text(text.replace("      VisibilityTimeout: 3\n", policy))
go_live(deploy(worker="worker_safe", template="pipeline_safe"))

# %% id="protect-wrong-unread" role="wrong" task="protect" name="nobody reads the answer" says="does not read the function's answer"
file = Path("functions/pipeline_safe/template.yaml")
queue = (
    "Resources:\n  DeadPhotos:\n    Type: AWS::SQS::Queue\n"
    '    Properties: {QueueName: !Sub "${Prefix}-dead-photos", MessageRetentionPeriod: 1209600}\n'
)
text = file.read_text().replace("Resources:\n", queue, 1)
policy = (
    "      VisibilityTimeout: 13\n"
    "      RedrivePolicy: {deadLetterTargetArn: !GetAtt DeadPhotos.Arn, maxReceiveCount: 2}\n"
)
text = text.replace("      VisibilityTimeout: 3\n", policy)
read = "      FunctionResponseTypes: [ReportBatchItemFailures]\n"
file.write_text(text.replace(read, ""))
go_live(deploy(worker="worker_safe", template="pipeline_safe"))

# %% id="protect-wrong-reserved" role="wrong" task="protect" name="reserved concurrency" says="Reserved concurrency stops the function"
file = Path("functions/pipeline_safe/template.yaml")
queue = (
    "Resources:\n  DeadPhotos:\n    Type: AWS::SQS::Queue\n"
    '    Properties: {QueueName: !Sub "${Prefix}-dead-photos", MessageRetentionPeriod: 1209600}\n'
)
text = file.read_text().replace("Resources:\n", queue, 1)
policy = (
    "      VisibilityTimeout: 13\n"
    "      RedrivePolicy: {deadLetterTargetArn: !GetAtt DeadPhotos.Arn, maxReceiveCount: 2}\n"
)
text = text.replace("      VisibilityTimeout: 3\n", policy)
timeout = "      Timeout: 2\n"
text = text.replace(timeout, timeout + "      ReservedConcurrentExecutions: 5\n")
file.write_text(text.replace("      ScalingConfig: {MaximumConcurrency: 10}\n", ""))
go_live(deploy(worker="worker_safe", template="pipeline_safe"))

# %% id="protect-wrong-unlimited" role="wrong" task="protect" name="no limit" says="has no MaximumConcurrency"
file = Path("functions/pipeline_safe/template.yaml")
queue = (
    "Resources:\n  DeadPhotos:\n    Type: AWS::SQS::Queue\n"
    '    Properties: {QueueName: !Sub "${Prefix}-dead-photos", MessageRetentionPeriod: 1209600}\n'
)
text = file.read_text().replace("Resources:\n", queue, 1)
policy = (
    "      VisibilityTimeout: 13\n"
    "      RedrivePolicy: {deadLetterTargetArn: !GetAtt DeadPhotos.Arn, maxReceiveCount: 2}\n"
)
text = text.replace("      VisibilityTimeout: 3\n", policy)
file.write_text(text.replace("      ScalingConfig: {MaximumConcurrency: 10}\n", ""))
go_live(deploy(worker="worker_safe", template="pipeline_safe"))

# %% id="protect-wrong-ten" role="wrong" task="protect" name="the limit of the first version" says="uses 5 environments at most"
file = Path("functions/pipeline_safe/template.yaml")
queue = (
    "Resources:\n  DeadPhotos:\n    Type: AWS::SQS::Queue\n"
    '    Properties: {QueueName: !Sub "${Prefix}-dead-photos", MessageRetentionPeriod: 1209600}\n'
)
text = file.read_text().replace("Resources:\n", queue, 1)
policy = (
    "      VisibilityTimeout: 13\n"
    "      RedrivePolicy: {deadLetterTargetArn: !GetAtt DeadPhotos.Arn, maxReceiveCount: 2}\n"
)
file.write_text(text.replace("      VisibilityTimeout: 3\n", policy))
go_live(deploy(worker="worker_safe", template="pipeline_safe"))

# %% id="protect-wrong-days" role="wrong" task="protect" name="keeps letters for four days" says="keeps a letter for 4 days"
file = Path("functions/pipeline_safe/template.yaml")
queue = (
    "Resources:\n  DeadPhotos:\n    Type: AWS::SQS::Queue\n"
    '    Properties: {QueueName: !Sub "${Prefix}-dead-photos"}\n'
)
text = file.read_text().replace("Resources:\n", queue, 1)
policy = (
    "      VisibilityTimeout: 13\n"
    "      RedrivePolicy: {deadLetterTargetArn: !GetAtt DeadPhotos.Arn, maxReceiveCount: 2}\n"
)
text = text.replace("      VisibilityTimeout: 3\n", policy)
file.write_text(text.replace("MaximumConcurrency: 10", "MaximumConcurrency: 5"))
go_live(deploy(worker="worker_safe", template="pipeline_safe"))

# %% id="protect-wrong-unversioned" role="wrong" task="protect" name="no versions of pictures" says="keeps no versions"
file = Path("functions/pipeline_safe/template.yaml")
kept = "      VersioningConfiguration: {Status: Enabled}\n"
file.write_text(file.read_text().replace(kept, kept.replace("Enabled", "Suspended")))
go_live(deploy(worker="worker_safe", template="pipeline_safe"))

# %% id="protect-wrong-untraced" role="wrong" task="protect" name="not traced" says="has no active tracing"
file = Path("functions/pipeline_safe/template.yaml")
queue = (
    "Resources:\n  DeadPhotos:\n    Type: AWS::SQS::Queue\n"
    '    Properties: {QueueName: !Sub "${Prefix}-dead-photos", MessageRetentionPeriod: 1209600}\n'
)
text = file.read_text().replace("Resources:\n", queue, 1)
policy = (
    "      VisibilityTimeout: 13\n"
    "      RedrivePolicy: {deadLetterTargetArn: !GetAtt DeadPhotos.Arn, maxReceiveCount: 2}\n"
)
text = text.replace("      VisibilityTimeout: 3\n", policy)
file.write_text(text.replace("MaximumConcurrency: 10", "MaximumConcurrency: 5"))
go_live(deploy(worker="worker_safe", template="pipeline_safe"))

# %% [markdown] id="protect-send-why"
# One or the other photo of the first day may have been lost while you tried things. Those without picture and letter are
# uploaded once more. A message that comes twice does no harm now.

# %% id="protect-send" tags=["measured"]
def dead():
    """The photos of the first day that are dead letters."""
    known = {each.key for each in day}
    return dead_photos(sqs, parts()["DeadPhotos"]) & known if "DeadPhotos" in parts() else set()


known = dead() | {key for key, number in written(day).items() if number}
perhaps_lost = [photo for photo in day if photo.key not in known]
if perhaps_lost:
    send(perhaps_lost)

# %% id="protect-check" role="check" task="protect" tags=["measured"]
lab.check("protect")

# %% [markdown] id="letters-why"
# ### What lies in the dead-letter queue?
#
# The grey photos of the first day went round and round in the old queue. Now they have been received too often, and are
# dead letters. Nothing is lost any more: each photo is a picture, or somebody can see it here. The log says why it failed.

# %% id="letters" tags=["measured"]
def at_rest():
    """The photos that are a picture or a letter, as soon as no other one is under way."""
    found = {key for key, number in written(day).items() if number} | dead()
    counts = sqs.get_queue_attributes(QueueUrl=parts()["Work"], AttributeNames=["All"])
    waiting = [int(v) for k, v in counts["Attributes"].items() if k.startswith("Approximate")]
    return found if len(found) == len(day) or not any(waiting) else None


if "DeadPhotos" in parts():
    lab.wait_until("each photo is a picture or a letter", at_rest, minutes=90)
    said = logs.filter_log_events(
        logGroupName=f"/aws/lambda/{sepia}", filterPattern='"colour type"'
    )["events"]
    print(said[-1]["message"].strip() if said else "The log names no colour type.")
missing = {key for key, number in written(day).items() if not number}
assert "DeadPhotos" not in parts() or missing <= dead(), "Run this page again from `protect-send`."
print(f"{len(missing)} photos have no picture, {len(dead())} photos are dead letters")

# %% [markdown] id="memory"
# ## 4. Tune it
#
# The sweep converts one photo at each size. Its picture is there after the first time; S3 then refuses to write it again,
# which costs about as much.

# %% id="memory-sweep" tags=["measured"]
from secrets import token_hex

from serverless_course.exercises.photo_day import landscape

# Without .png at the end of its key, no notification tells the queue of it.
probe = landscape(f"sweep-{token_hex(4)}/photo", width=48)
s3.put_object(Bucket=parts()["Uploads"], Key=probe.key, Body=probe.png)
record = {
    "eventTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
    "s3": {"bucket": {"name": parts()["Uploads"]}, "object": {"key": probe.key}},
}
batch = {"Records": [{"messageId": "1", "body": json.dumps({"Records": [record]})}]}
sweep = lab.sweep(sepia, batch, memory=[128, 256, 512, 1024], runs=6)
assert sweep.rows, "No size was measured. Run this cell again."
sweep.plot()

# %% [markdown] id="memory-task"
# **Your task:** choose a size, deploy the pipeline with it, and go live.
# `deploy(worker="worker_safe", template="pipeline_safe", memory=…)`. Cost and time count the same: your size has to be
# nearly the best in the sum of the two (`sweep.scores(0.5)`, the least is best).
#
# **Your answer:** the size in MB.

# %% id="memory-answer" role="answer" task="memory" tags=["measured"]
### BEGIN SOLUTION
scores = sweep.scores(0.5)
memory = min(scores, key=scores.get)
go_live(deploy(worker="worker_safe", template="pipeline_safe", memory=memory))
### STARTER
# memory = ...
### END SOLUTION

# %% [markdown] id="memory-hint-1" role="hint" task="memory"
# `sweep.table()` shows time and cost of each size, `sweep.scores(0.5)` the sum of relative cost and relative time.

# %% [markdown] id="memory-hint-2" role="hint" task="memory"
# `min(scores, key=scores.get)` is the size with the least score. Deploy with `memory=` of it; `go_live` takes what `deploy`
# gives back.

# %% id="memory-wrong-said" role="wrong" task="memory" name="says it, and does not deploy it" says="the live version"
memory = next(row.memory_mb for row in sweep.rows if row.memory_mb != 256)

# %% id="memory-wrong-latest" role="wrong" task="memory" name="deployed, not live" says="the live version"
memory = 512
deploy(worker="worker_safe", template="pipeline_safe", memory=memory)

# %% id="memory-wrong-unmeasured" role="wrong" task="memory" name="a size that was not measured" says="not among the sizes"
memory = 640

# %% id="memory-check" role="check" task="memory" tags=["measured"]
lab.check("memory", answer=memory)

# %% [markdown] id="trace"
# ## 5. Follow one photo
#
# The next cell publishes a version without any change but its description: it has no environment yet. Then two photos come,
# one after the other. Each is the first request of its second, and those X-Ray samples (lesson 08).

# %% id="trace-send" tags=["measured"]
from serverless_course.exercises.photo_day import Photo

lab.configure(sepia, Description=f"traced {token_hex(3)}")
go_live(lam.publish_version(FunctionName=sepia)["Version"])
since = time.time()
for number in (1, 2):
    time.sleep(1.2)
    one = landscape(f"traced-{token_hex(4)}/photo-{number}.png", width=44)
    s3.put_object(Bucket=parts()["Uploads"], Key=one.key, Body=one.png)
    lab.wait_until("it is a picture", lambda one=one: all(written([one]).values()), minutes=60)
assert all(written([one]).values()), "There is no picture of it. Run this cell again."

# %% id="trace-fetch" tags=["measured"]
from datetime import UTC, datetime, timedelta


def fetch():
    """The traces of this function since the two photos."""
    end = datetime.now(UTC) + timedelta(seconds=5)
    window = {"StartTime": datetime.fromtimestamp(since, UTC), "EndTime": end}
    expression = f'service("{sepia}")'
    pages = xray.get_paginator("get_trace_summaries").paginate(
        FilterExpression=expression, **window
    )
    ids = [each["Id"] for page in pages for each in page["TraceSummaries"]][:5]
    return xray.batch_get_traces(TraceIds=ids)["Traces"] if ids else []


config = lam.get_function_configuration(FunctionName=sepia, Qualifier="live")
traced = config["TracingConfig"]["Mode"] == "Active"
if traced:
    lab.wait_until("both traces are there", lambda: len(fetch()) >= 2, minutes=30)
traces = fetch()
assert not traced or len(traces) >= 2, "A trace is missing. Run `trace-send` and this cell again."
print(len(traces), "traces" if traced else "traces: the live version is not traced (task 3)")

# %% id="trace-look" tags=["measured"]
from serverless_course.figures.trace_waterfall import trace_waterfall

assert traces or not traced, "Run the cell `trace-fetch` again."
trace_waterfall(traces) if traces else "Nothing to draw yet: do task 3 first."

# %% [markdown] id="trace-task"
# **Your answer:** a dictionary: the id of the `trace` with the cold start, and how long its Init took: `init_ms`, in
# milliseconds. `trees(traces)` from `serverless_course.traces.tree` makes trees of them: `tree.is_cold`, `tree.trace_id`, and
# `for depth, node in tree.walk()` gives each part with `name`, `start_s`, `end_s`, and `is_cold_start`.

# %% id="trace-answer" role="answer" task="trace"
### BEGIN SOLUTION
from serverless_course.traces.tree import trees

cold = next(each for each in trees(traces) if each.is_cold)
init = next(node for _, node in cold.walk() if node.is_cold_start)
trace = {"trace": cold.trace_id, "init_ms": 1000 * (init.end_s - init.start_s)}
### STARTER
# trace = {"trace": ..., "init_ms": ...}
### END SOLUTION

# %% [markdown] id="trace-hint-1" role="hint" task="trace"
# `next(each for each in trees(traces) if each.is_cold)` is the trace. Its id is `.trace_id`.

# %% [markdown] id="trace-hint-2" role="hint" task="trace"
# The Init is the node of which `is_cold_start` is true. `1000 * (node.end_s - node.start_s)` are its milliseconds.

# %% id="trace-wrong-warm" role="wrong" task="trace" name="a warm start" says="it was a warm start"
from serverless_course.traces.tree import trees

warm = next(each for each in trees(traces) if not each.is_cold)
trace = {"trace": warm.trace_id, "init_ms": 1000 * warm.seconds}

# %% id="trace-wrong-seconds" role="wrong" task="trace" name="in seconds" says="in milliseconds"
from serverless_course.traces.tree import trees

cold = next(each for each in trees(traces) if each.is_cold)
init = next(node for _, node in cold.walk() if node.is_cold_start)
trace = {"trace": cold.trace_id, "init_ms": init.end_s - init.start_s}

# %% id="trace-wrong-request" role="wrong" task="trace" name="a request id" says="That is no trace id"
trace = {"trace": first.reports[0].request_id, "init_ms": 300}

# %% id="trace-wrong-whole" role="wrong" task="trace" name="another time" says="Init"
from serverless_course.traces.tree import trees

cold = next(each for each in trees(traces) if each.is_cold)
trace = {"trace": cold.trace_id, "init_ms": 7000 * cold.seconds}

# %% id="trace-check" role="check" task="trace" tags=["measured"]
lab.check("trace", answer=trace)

# %% [markdown] id="canary"
# ## 6. A roll-out that takes bad versions back
#
# `go_live` gives a version to everybody at once. From now on, a new version has to earn it. These parts are there:
#
# - `weight(version, 0.25)` gives a version a share of the invocations; `weight(version, 0)` takes it back;
# - `promote(version)` gives it all of them;
# - `put_alarm(…)` sets an alarm on 2 failures in a minute, and `ringing()` says whether one of the two goes off;
# - `converted(version, since)` is how many photos a version has converted since a time, as CloudWatch counts them, by the
#   minute; `datetime.now(UTC)` is the time now.


# %% id="canary-parts"
ALARMS = [lab.name(each, kind="cloudwatch:alarm") for each in ("photos-fail", "invocations-fail")]


def weight(version, share):
    """Give a version this share of the invocations; 0 takes it back."""
    shares = {"AdditionalVersionWeights": {version: share} if share else {}}
    lam.update_alias(FunctionName=sepia, Name="live", RoutingConfig=shares)


promote = go_live


def put_alarm(short, namespace, metric, dimensions):
    """An alarm on two failures or more in a minute; `short`: photos-fail or invocations-fail."""
    cloudwatch.put_metric_alarm(
        AlarmName=lab.name(short, kind="cloudwatch:alarm"),
        Namespace=namespace,
        MetricName=metric,
        Dimensions=[{"Name": name, "Value": value} for name, value in dimensions.items()],
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=2,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
    )


def ringing(names=ALARMS):
    """Whether one of these alarms goes off."""
    found = cloudwatch.describe_alarms(AlarmNames=list(names))["MetricAlarms"]
    return any(each["StateValue"] == "ALARM" for each in found)


def converted(version, since):
    """How many photos a version has converted since a time, as CloudWatch counts them."""
    found = cloudwatch.get_metric_statistics(
        Namespace="Sepia",
        MetricName="Converted",
        Dimensions=[{"Name": "Version", "Value": version}],
        StartTime=since.replace(second=0, microsecond=0),
        EndTime=datetime.now(UTC) + timedelta(minutes=1),
        Period=60,
        Statistics=["Sum"],
    )
    return sum(point["Sum"] for point in found["Datapoints"])


# %% [markdown] id="canary-task"
# A version can fail in two ways, and each has a metric of its own:
#
# | what happens | who counts it |
# | --- | --- |
# | the function runs, catches an error, and reports the photo | `Sepia` / `Failed`, with the dimension `Version` |
# | the function does not start, times out, or raises | `AWS/Lambda` / `Errors`, with `FunctionName`, `Resource` (`f"{sepia}:live"`) and `ExecutedVersion` |
#
# **Your task:** write `roll_out(version)`. It sets both alarms on this version, and waits until they are quiet; it gives
# the version a share of a half at most; it takes the version back as soon as an alarm goes off; and it promotes it when it
# has converted **25 photos** without one. (Count photos, not seconds: on a slow day a few seconds prove nothing.)
#
# **Your answer:** the function. The check lets photos arrive, and calls it with three versions of its own: two bad ones,
# one of each kind, and a good one. It takes about half a minute here, ten minutes on AWS.

# %% id="canary-answer" role="answer" task="canary"
### BEGIN SOLUTION
def watch(version):
    """Both alarms on one version, from a quiet state on."""
    put_alarm("photos-fail", "Sepia", "Failed", {"Version": version})
    called = {"FunctionName": sepia, "Resource": f"{sepia}:live", "ExecutedVersion": version}
    put_alarm("invocations-fail", "AWS/Lambda", "Errors", called)
    lab.wait_until("the alarms are quiet", lambda: not ringing(), minutes=60)


def roll_out(version, enough=25, limit_s=600):
    """Try a version with a quarter of the invocations; promote it, or take it back."""
    watch(version)
    began = datetime.now(UTC)
    weight(version, 0.25)
    while converted(version, began) < enough and not ringing():
        if datetime.now(UTC) - began > timedelta(seconds=limit_s):
            break
        time.sleep(0.3)
    if not ringing():
        time.sleep(2)  # what has failed last may not be counted yet
    if ringing() or converted(version, began) < enough:
        weight(version, 0)
        return "taken back"
    promote(version)
    return "promoted"
### STARTER
# roll_out = ...
### END SOLUTION

# %% [markdown] id="canary-hint-1" role="hint" task="canary"
# Begin with both `put_alarm` calls, then `lab.wait_until("the alarms are quiet", lambda: not ringing())`, then
# `weight(version, 0.25)`.

# %% [markdown] id="canary-hint-2" role="hint" task="canary"
# Then a loop: `while converted(version, began) < 25:`, with `began = datetime.now(UTC)` before it; in it `if ringing():` take it back and return, else `time.sleep(0.3)`. After
# the loop, look at `ringing()` once more before you `promote(version)`.

# %% id="canary-wrong-word" role="wrong" task="canary" name="a word" says="the function itself"
roll_out = "taken back"

# %% id="canary-wrong-untried" role="wrong" task="canary" name="takes back without a trial" says="never got any of the traffic"
def roll_out(version):
    return "taken back"

# %% id="canary-wrong-at-once" role="wrong" task="canary" name="all at once" says="all of the traffic at once"
def roll_out(version):
    promote(version)
    time.sleep(1)
    return "promoted"

# %% id="canary-wrong-blind" role="wrong" task="canary" name="promotes after a while" says="A bad version was promoted"
def roll_out(version):
    weight(version, 0.25)
    time.sleep(1)
    promote(version)

# %% id="canary-wrong-left" role="wrong" task="canary" name="leaves it half-way" says="was not taken back"
def roll_out(version):
    weight(version, 0.25)
    time.sleep(1)
    return "taken back"

# %% id="canary-wrong-all-back" role="wrong" task="canary" name="takes every version back" says="A good version was taken back"
def roll_out(version):
    weight(version, 0.25)
    time.sleep(1)
    weight(version, 0)
    return "taken back"

# %% id="canary-wrong-errors" role="wrong" task="canary" name="watches Errors only" says="A bad version was promoted"
def roll_out(version):
    called = {"FunctionName": sepia, "Resource": f"{sepia}:live", "ExecutedVersion": version}
    put_alarm("invocations-fail", "AWS/Lambda", "Errors", called)
    lab.wait_until("the alarm is quiet", lambda: not ringing(ALARMS[1:]), minutes=60)
    weight(version, 0.25)
    for _ in range(6):
        time.sleep(0.3)
        if ringing(ALARMS[1:]):
            weight(version, 0)
            return "taken back"
    promote(version)
    return "promoted"

# %% id="canary-wrong-own" role="wrong" task="canary" name="watches its own metric only" says="A bad version was promoted"
def roll_out(version):
    put_alarm("photos-fail", "Sepia", "Failed", {"Version": version})
    lab.wait_until("the alarm is quiet", lambda: not ringing(ALARMS[:1]), minutes=60)
    weight(version, 0.25)
    for _ in range(12):
        time.sleep(0.3)
        if ringing(ALARMS[:1]):
            weight(version, 0)
            return "taken back"
    promote(version)
    return "promoted"

# %% id="canary-wrong-one" role="wrong" task="canary" name="one photo is enough" says="of its trial"
def roll_out(version):
    put_alarm("photos-fail", "Sepia", "Failed", {"Version": version})
    called = {"FunctionName": sepia, "Resource": f"{sepia}:live", "ExecutedVersion": version}
    put_alarm("invocations-fail", "AWS/Lambda", "Errors", called)
    lab.wait_until("the alarms are quiet", lambda: not ringing(), minutes=60)
    began = datetime.now(UTC)
    weight(version, 0.2)
    while converted(version, began) < 1 and not ringing():
        time.sleep(0.3)
    if ringing():
        weight(version, 0)
        return "taken back"
    promote(version)
    return "promoted"

# %% id="canary-check" role="check" task="canary" tags=["measured"]
lab.check("canary", answer=roll_out)

# %% [markdown] id="hasty"
# ### A colleague's fix
#
# A colleague has looked at the dead letters: *all of them are 40 pixels wide!* Here is the fix,
# [functions/logic_hasty/sepia.py](functions/logic_hasty/sepia.py), tried with three grey photos, and it works. Read its
# function `colours`. What will happen? Predict how many seconds pass from the first photo that fails to the alarm.

# %% id="hasty-predict" tags=["measured"]
my_guess = ...
lab.predict("from the first failure to the alarm", seconds=my_guess)

# %% id="hasty-run" tags=["measured"]
from serverless_course.exercises.photo_log import detected_after_s, photo_lines

size = memory if isinstance(memory, int) else 256
settings = {"worker": "worker_safe", "template": "pipeline_safe", "memory": size}
hasty, hasty_since, result = None, time.time() - 1, "Do task 6 first."
if callable(roll_out):
    hasty = deploy("logic_hasty", **settings)
    with arriving(s3, parts()["Uploads"], grey=True) as arrivals:
        result = roll_out(hasty)
alias = lam.get_alias(FunctionName=sepia, Name="live")
assert hasty is None or alias["FunctionVersion"] != hasty, "It was promoted. Look at your roll_out."
result

# %% id="hasty-look" tags=["measured"]
from serverless_course.figures.rollout_plot import rollout_plot

detect_s, rollout, marks = None, None, {}
if hasty:
    found = photo_lines(logs, sepia, hasty_since)
    detect_s = detected_after_s(cloudwatch, ALARMS, found, hasty)
    arrived = set(arrivals.keys)
    found = [each for each in found if each.photo in arrived]
    start = min(each.time_ms for each in found)
    answers = [((e.time_ms - start) / 1000, e.version, not e.failed) for e in found]
    if detect_s is not None:
        print(lab.compare("from the first failure to the alarm", seconds=detect_s))
        failed = min(e.time_ms for e in found if e.failed and e.version == hasty)
        marks = {"alarm": (failed - start) / 1000 + detect_s}
    rollout = rollout_plot(answers, marks)
assert not hasty or detect_s is not None, "No alarm went off. Run the cell `hasty-run` again."
rollout

# %% [markdown] id="hasty-note"
# Photos that failed in the bad version came back to the queue, and the old version converted them: the queue forgives what
# an HTTP API would not. Those that were received twice by the bad version are dead letters now. You will bring them home.

# %% [markdown] id="redrive"
# ## 7. Fix it, roll it out, and bring the dead letters home
#
# **Your task:**
#
# - in [functions/logic_grey/sepia.py](functions/logic_grey/sepia.py), let `colours` take grey photos, too. PNG's header says
#   what it is: `colour` 0 is grey, one byte for each pixel; 2 is RGB, three bytes. A grey pixel has red, green and blue alike;
# - deploy it with `deploy("logic_grey", **settings)`, and `roll_out` its version while photos arrive:
#   `with arriving(s3, parts()["Uploads"], grey=True):`;
# - **redrive**: `sqs.start_message_move_task(SourceArn=…)` moves the letters back to the queue that they came from. Unlike the
#   letters of lab 07, these come from a queue, so SQS can do it. Then wait for the pictures.

# %% id="redrive-answer" role="answer" task="redrive" changes="logic_grey" tags=["measured"]
### BEGIN SOLUTION
# functions/logic_grey/sepia.py, the function colours:
#     channels = {0: 1, 2: 3}.get(colour)
#     if channels is None:
#         raise ValueError(f"colour type {colour} is not known, only 0 (grey) and 2 (RGB)")
#     step = channels * width + 1
#     found = b"".join(rows[i + 1 : i + step] for i in range(0, len(rows), step))
#     return found if channels == 3 else bytes(v for v in found for _ in range(3))
fixed = deploy("logic_grey", **settings)
with arriving(s3, parts()["Uploads"], grey=True):
    print(roll_out(fixed))
known = sqs.get_queue_attributes(QueueUrl=parts()["DeadPhotos"], AttributeNames=["QueueArn"])
sqs.start_message_move_task(SourceArn=known["Attributes"]["QueueArn"])


def home():
    return all(written(day).values()) and not dead()


lab.wait_until("all pictures are there", home, minutes=90)
### STARTER
# # Change functions/logic_grey/sepia.py, deploy it, roll it out, and redrive the letters.
### END SOLUTION

# %% [markdown] id="redrive-hint-1" role="hint" task="redrive"
# `channels = {0: 1, 2: 3}[colour]` are the bytes of a pixel. Take the rows as before, with `step = channels * width + 1`.
# `bytes(v for v in found for _ in range(3))` writes each grey byte three times.

# %% [markdown] id="redrive-hint-2" role="hint" task="redrive"
# The ARN of the dead-letter queue: `sqs.get_queue_attributes(QueueUrl=parts()["DeadPhotos"], AttributeNames=["QueueArn"])`.
# Then `start_message_move_task(SourceArn=…)`, and wait until `all(written(day).values())`.

# %% id="redrive-wrong-hasty" role="wrong" task="redrive" name="the colleague's fix" says="Fix the kind of the mistake"
file = Path("functions/logic_grey/sepia.py")
file.write_text(Path("functions/logic_hasty/sepia.py").read_text())
go_live(deploy("logic_grey", **settings))

# %% id="redrive-wrong-skips" role="wrong" task="redrive" name="skips grey photos" says="writes nothing"
file = Path("functions/worker_safe/index.py")
kept = file.read_text()
caught = "            except Exception as error:\n"
skip = caught + '                if "colour type" in str(error):\n                    continue\n'
file.write_text(kept.replace(caught, skip))
go_live(deploy("logic", **settings))
file.write_text(kept)

# %% id="redrive-wrong-black" role="wrong" task="redrive" name="grey becomes black" says="another picture"
file = Path("functions/logic_grey/sepia.py")
draft = "    if colour != 2:\n"
black = "    if colour == 0:\n        return bytes(3 * (len(rows) - len(rows) // (width + 1)))\n"
file.write_text(file.read_text().replace(draft, black + draft))
go_live(deploy("logic_grey", **settings))

# %% id="redrive-wrong-undelivered" role="wrong" task="redrive" name="without a redrive" says="are in the dead-letter queue"
file = Path("functions/logic_grey/sepia.py")
text = file.read_text()
draft = text[text.index("    if colour != 2:") : text.index("def sepia(")]
right = (
    "    channels = {0: 1, 2: 3}[colour]\n    step = channels * width + 1\n"
    '    found = b"".join(rows[i + 1 : i + step] for i in range(0, len(rows), step))\n'
    "    return found if channels == 3 else bytes(v for v in found for _ in range(3))\n\n\n"
)
file.write_text(text.replace(draft, right))
go_live(deploy("logic_grey", **settings))

# %% id="redrive-wrong-by-hand" role="wrong" task="redrive" name="writes pictures by hand" says="no invocation of the function"
file = Path("functions/logic_grey/sepia.py")
text = file.read_text()
draft = text[text.index("    if colour != 2:") : text.index("def sepia(")]
right = (
    "    channels = {0: 1, 2: 3}[colour]\n    step = channels * width + 1\n"
    '    found = b"".join(rows[i + 1 : i + step] for i in range(0, len(rows), step))\n'
    "    return found if channels == 3 else bytes(v for v in found for _ in range(3))\n\n\n"
)
file.write_text(text.replace(draft, right))
go_live(deploy("logic_grey", **settings))
by_hand = [key for key, number in written(day).items() if not number]
for key in by_hand:
    s3.put_object(Bucket=parts()["Pictures"], Key=key, Body=day[0].png)

# %% id="redrive-wrong-letters-left" role="wrong" task="redrive" name="takes the pictures away again" says="still missing"
for key in dead():
    pages = s3.get_paginator("list_object_versions").paginate(
        Bucket=parts()["Pictures"], Prefix=key
    )
    for each in [each for page in pages for each in page.get("Versions", [])]:
        s3.delete_object(
            Bucket=parts()["Pictures"], Key=each["Key"], VersionId=each["VersionId"]
        )

# %% id="redrive-check" role="check" task="redrive" tags=["measured"]
lab.check("redrive")

# %% [markdown] id="final"
# ## 8. The report
#
# A new day: 200 other photos, all at once, through the pipeline as it is now.

# %% id="final-run" tags=["measured"]
second = photos_of_a_day(f"day-{token_hex(3)}")
second_began = send(second)
print(wait_for_pictures(second, quiet_s=15), "pictures of", len(second))
now = look(second, second_began)
assert now.waits_ms, "There is no picture. Run this cell again."

# %% id="final-page" tags=["measured"]
from concurrent.futures import ThreadPoolExecutor

shows = {each.key: each.shows for each in second}
there = [key for key, number in now.writes.items() if number]


def picture_of(key):
    """A picture of the bucket: its name, its bytes, and what it shows in words."""
    body = s3.get_object(Bucket=parts()["Pictures"], Key=key)["Body"].read()
    return key, body, f"{shows[key]}, in sepia"


with ThreadPoolExecutor(8) as pool:
    hung = list(pool.map(picture_of, there))
gallery = PicturePage(hung, "Sepia pictures")
gallery.write("pictures.html")
assert len(gallery.pictures) == len(there), "A picture is missing. Run this cell again."
PicturePage(hung[:24], "Sepia pictures, the first")

# %% id="report-parts"
from serverless_course.pricing.cost import invocation_cost
from serverless_course.pricing.tables import price_table
from serverless_course.traces.latency import percentile

# %% [markdown] id="report-task"
# The page of all pictures is in `pictures.html`, beside this notebook.
#
# **Your task:** write `figures_of(found)`, which works out seven figures from an `Evidence`, and use it for `now` and for
# `first`. What an `Evidence` has: `pictures`, `twice`, `lost`, `waits_ms` (for each photo, the milliseconds from upload to
# picture), and `reports` (the REPORT line of each invocation: `billed_ms`, `memory_mb`, and `init_ms`, which is None when
# it was warm). `invocation_cost(memory_mb, billed_ms, price_table())` are dollars; `percentile(values, 95)` is a percentile.
#
# | figure | what it is |
# | --- | --- |
# | `pictures`, `written_again`, `lost` | as the evidence counts them |
# | `usd_per_1000` | dollars of Lambda for a thousand *photos*, requests included |
# | `p50_ms`, `p95_ms` | from upload to picture |
# | `cold_share` | cold *invocations*, as a share between 0 and 1 |
# | `detect_s` | `detect_s` from above |
#
# **Your answer:** `figures`, the dictionary of these eight for `now`; and `first_figures` for `first`.

# %% id="report-answer" role="answer" task="report"
### BEGIN SOLUTION
def figures_of(found):
    table = price_table()
    dollars = sum(invocation_cost(r.memory_mb, r.billed_ms, table) for r in found.reports)
    cold = sum(each.init_ms is not None for each in found.reports)
    return {
        "pictures": found.pictures,
        "written_again": found.twice,
        "lost": found.lost,
        "usd_per_1000": 1000 * float(dollars) / found.pictures,
        "p50_ms": percentile(found.waits_ms, 50),
        "p95_ms": percentile(found.waits_ms, 95),
        "cold_share": cold / len(found.reports),
    }


figures = {**figures_of(now), "detect_s": detect_s}
first_figures = figures_of(first)
### STARTER
# figures = {
#     "pictures": ...,
#     "written_again": ...,
#     "lost": ...,
#     "usd_per_1000": ...,
#     "p50_ms": ...,
#     "p95_ms": ...,
#     "cold_share": ...,
#     "detect_s": ...,
# }
# first_figures = {}
### END SOLUTION

# %% [markdown] id="report-hint-1" role="hint" task="report"
# Dollars of all invocations, divided by the number of *pictures*, times 1,000. A batch of several photos is one invocation.

# %% [markdown] id="report-hint-2" role="hint" task="report"
# `sum(invocation_cost(r.memory_mb, r.billed_ms, price_table()) for r in found.reports)` are all dollars, as a Decimal: take
# `float(…)` of it. `sum(r.init_ms is not None for r in found.reports) / len(found.reports)` is the cold share.

# %% id="report-wrong-day" role="wrong" task="report" name="the dollars of all invocations" says="usd_per_1000"
dollars = float(sum(invocation_cost(r.memory_mb, r.billed_ms, price_table()) for r in now.reports))
figures = {
    "pictures": now.pictures,
    "written_again": now.twice,
    "lost": now.lost,
    "usd_per_1000": dollars,
    "p50_ms": percentile(now.waits_ms, 50),
    "p95_ms": percentile(now.waits_ms, 95),
    "cold_share": sum(r.init_ms is not None for r in now.reports) / len(now.reports),
    "detect_s": detect_s,
}
first_figures = {}

# %% id="report-wrong-seconds" role="wrong" task="report" name="seconds for milliseconds" says="p95_ms"
dollars = float(sum(invocation_cost(r.memory_mb, r.billed_ms, price_table()) for r in now.reports))
figures = {
    "pictures": now.pictures,
    "written_again": now.twice,
    "lost": now.lost,
    "usd_per_1000": 1000 * dollars / now.pictures,
    "p50_ms": percentile(now.waits_ms, 50),
    "p95_ms": percentile(now.waits_ms, 95) / 1000,
    "cold_share": sum(r.init_ms is not None for r in now.reports) / len(now.reports),
    "detect_s": detect_s,
}
first_figures = {}

# %% id="report-wrong-boast" role="wrong" task="report" name="a boast" says="detect_s"
dollars = float(sum(invocation_cost(r.memory_mb, r.billed_ms, price_table()) for r in now.reports))
figures = {
    "pictures": now.pictures,
    "written_again": now.twice,
    "lost": now.lost,
    "usd_per_1000": 1000 * dollars / now.pictures,
    "p50_ms": percentile(now.waits_ms, 50),
    "p95_ms": percentile(now.waits_ms, 95),
    "cold_share": sum(r.init_ms is not None for r in now.reports) / len(now.reports),
    "detect_s": detect_s + 1000,
}
first_figures = {}

# %% id="report-wrong-one" role="wrong" task="report" name="one photo too few" says="pictures: The evidence says another figure"
figures = {
    "pictures": now.pictures - 1,
    "written_again": now.twice,
    "lost": now.lost,
    "usd_per_1000": 0.001,
    "p50_ms": 1,
    "p95_ms": 2,
    "cold_share": 0,
    "detect_s": detect_s,
}
first_figures = {}

# %% id="report-wrong-first" role="wrong" task="report" name="without the first attempt" says="of the first attempt"
dollars = float(sum(invocation_cost(r.memory_mb, r.billed_ms, price_table()) for r in now.reports))
figures = {
    "pictures": now.pictures,
    "written_again": now.twice,
    "lost": now.lost,
    "usd_per_1000": 1000 * dollars / now.pictures,
    "p50_ms": percentile(now.waits_ms, 50),
    "p95_ms": percentile(now.waits_ms, 95),
    "cold_share": sum(r.init_ms is not None for r in now.reports) / len(now.reports),
    "detect_s": detect_s,
}
first_figures = {}

# %% [markdown] id="report-write-why"
# This cell writes `report.html`: your figures beside goal and first attempt, the roll-out, the waits, and the evidence.

# %% id="report-write" tags=["measured"]
from dataclasses import asdict

from serverless_course.exercises.photo_log import metric_rows
from serverless_course.figures.latency_histogram import latency_histogram
from serverless_course.figures.photo_report import PhotoReport

report = "Fill in your figures first."
if ... not in figures.values():
    versions = sorted({each.version for each in now.lines} | ({hasty} if hasty else set()))
    rows = [asdict(each) for each in now.lines]
    data = {
        "day": second[0].key.partition("/")[0],
        "bad_version": hasty,
        "evidence": rows,
        "metrics": metric_rows(cloudwatch, versions, hasty_since),
    }
    drawn = {
        "How long each photo of the first attempt waited for its picture": first.waits_ms,
        "How long each photo waits now": now.waits_ms,
    }
    drawn = {k: latency_histogram(v, what="wait for a picture") for k, v in drawn.items()}
    if rollout is not None:
        drawn[f"The roll-out of version {hasty}, which was bad"] = rollout
    notes = [
        f"Measured on {time.strftime('%d %B %Y')}. {lab.cloud.description} "
        "Dollars are AWS's list price of Lambda alone, without the free tier."
    ]
    report = PhotoReport(figures, first_figures, data=data, pictures=drawn, notes=notes)
    report.write("report.html")
    assert Path("report.html").exists(), "The report was not written. Run this cell again."
report

# %% id="report-check" role="check" task="report" tags=["measured"]
lab.check("report", answer=figures)

# %% [markdown] id="finish-why"
# ## Clean up, and see the bill
#
# `lab.finish()` deletes the stack with all that it made, photos and pictures included, and the alarms. `report.html` and
# `pictures.html` stay: they are yours.

# %% id="finish" tags=["measured"]
done = lab.finish()
assert done.clean, done.text
done

# %% [markdown] id="certificate-why"
# ## Your record of the course
#
# `lab.certificate()` writes `certificate.html`: your tasks, your predictions, and what the checks saw, of all labs.
# `python -m serverless_course.exercises.certificate certificate.html` verifies it against its own evidence. The page says
# what it cannot prove.

# %% id="certificate" tags=["measured"]
record = lab.certificate()
assert Path("certificate.html").exists(), "It was not written. Run this cell again."
record

# %% [markdown] id="next"
# ## Summary
#
# - A queue between upload and function makes a burst of 200 harmless: it waits, it comes back, nothing is refused.
# - *Nothing lost*: a partial batch response that somebody reads, and a dead-letter queue that somebody looks at.
# - *Nothing twice*: deliveries may come twice, so writing has to be conditional. The store decides, not a variable.
# - Visibility: six times the time-out, and the window on top. Concurrency: limit the mapping, not the function.
# - **Errors that you catch, Lambda does not count.** Give them a metric, by version, and watch both.
# - A canary ends by photos converted, not by seconds passed.
# - **dollars of a thousand photos = 1,000 × Σ (GB-s × price + request) ÷ pictures.** Per photo, not per invocation.
# - Redrive after the fix, never before.
# - A fix of the case that you saw is no fix of the kind.
# - A report shows figure, goal, first attempt, and the evidence: without it, it is a claim.
#
# ## Go further
#
# Two tasks without a check:
#
# 1. Put an alarm on the depth of the dead-letter queue, and on the age of the oldest message in `Work`. Both metrics are
#    SQS's own (`AWS/SQS`); a queue is looked at once a minute.
# 2. A customer uploads *another* photo with the same key. Which picture do they get now, and which should they? Change the
#    key of the picture, so that both wishes come true: never twice, and never an old one.
#
# ## Three questions, as an interviewer asks them
#
# 1. Where in this pipeline can a message be delivered twice, and what makes each of them harmless?
# 2. Your canary has 1 % of the traffic, and ten photos an hour. What do you do?
# 3. The dead-letter queue has 10,000 messages. What do you find out before you redrive them?
#
# **You are through.** `lab.overview()` shows the whole course: what you built, and how good your predictions became.
