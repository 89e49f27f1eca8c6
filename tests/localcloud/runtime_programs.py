"""One program in each language: what it does is in the event, so that one function tells much.

``{"do": …}``: context, fail, big, deep, nothing, text, unserialisable, exit, signal, sleep, print.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from more_nodes import CAN, VERSIONS
from running_cloud import RUNTIME, RunningCloud

from serverless_course.localcloud.lambda_.environment.runtimes.node_runtime import node_runtimes
from serverless_course.localcloud.lambda_.environment.runtimes.python_runtime import (
    other_interpreters,
)

PYTHON = r"""
import os, sys, time

class Custom(Exception):
    pass

def deep(n):
    return deep(n + 1) + 1

def handler(event, context):
    do = event["do"]
    if do == "context":
        custom = context.client_context.custom if context.client_context else None
        return {
            "request_id": context.aws_request_id,
            "name": context.function_name,
            "version": context.function_version,
            "memory": context.memory_limit_in_mb,
            "arn": context.invoked_function_arn,
            "group": context.log_group_name,
            "stream": context.log_stream_name,
            "left": context.get_remaining_time_in_millis(),
            "custom": custom,
            "pid": os.getpid(),
            "trace": os.environ.get("_X_AMZN_TRACE_ID"),
        }
    if do == "fail":
        raise Custom(event["message"])
    if do == "big":
        raise Custom("x" * event["size"])
    if do == "deep":
        return deep(0)
    if do == "nothing":
        return None
    if do == "text":
        return event["text"]
    if do == "unserialisable":
        return {"a": object()}
    if do == "exit":
        os._exit(event["code"])
    if do == "signal":
        os.kill(os.getpid(), event["number"])
        time.sleep(5)
    if do == "sleep":
        time.sleep(event["seconds"])
    if do == "print":
        print(event["text"])
        print()
        print("to stderr", file=sys.stderr)
    return "done"
"""

NODE = r"""
class Custom extends Error { constructor(message) { super(message); this.name = 'Custom'; } }
const deep = (n) => deep(n + 1) + 1;
const sleep = (ms) => new Promise((go) => setTimeout(go, ms));

exports.handler = async (event, context) => {
  switch (event.do) {
    case 'context': return {
      request_id: context.awsRequestId,
      name: context.functionName,
      version: context.functionVersion,
      memory: context.memoryLimitInMB,
      arn: context.invokedFunctionArn,
      group: context.logGroupName,
      stream: context.logStreamName,
      left: context.getRemainingTimeInMillis(),
      custom: context.clientContext?.custom ?? null,
      pid: process.pid,
      trace: process.env._X_AMZN_TRACE_ID,
    };
    case 'fail': throw new Custom(event.message);
    case 'big': throw new Custom('x'.repeat(event.size));
    case 'deep': return deep(0);
    case 'nothing': return undefined;
    case 'text': return event.text;
    case 'unserialisable': return { a: 1n };
    case 'exit': process.exit(event.code); break;
    case 'signal': process.kill(process.pid, event.number); await sleep(5000); break;
    case 'sleep': await sleep(event.seconds * 1000); break;
    case 'print':
      process.stdout.write(`${event.text}\n\n`);
      process.stderr.write('to stderr\n');
      break;
  }
  return 'done';
};
"""

# The machine's own Python: what an OS-only runtime sees of this machine has no other.
PROVIDED = r"""#!/usr/bin/python3
import base64, http.client, json, os, sys, time

BASE = "/2018-06-01/runtime/invocation"
api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])

def call(method, path, body=None, headers={}):
    api.request(method, BASE + path, body, headers)
    response = api.getresponse()
    return json.loads(response.read()), response.headers

def error(request_id, kind, message):
    body = json.dumps({"errorType": kind, "errorMessage": message, "stackTrace": ["here"]})
    cause = {"working_directory": "/", "exceptions": [{"type": kind, "message": message}]}
    cause["paths"] = []
    headers = {"Lambda-Runtime-Function-Error-Type": kind}
    if len(message) < 1_000_000:
        headers["Lambda-Runtime-Function-XRay-Error-Cause"] = json.dumps(cause)
    call("POST", f"/{request_id}/error", body, headers)

while True:
    event, headers = call("GET", "/next")
    request_id = headers["Lambda-Runtime-Aws-Request-Id"]
    do, result = event["do"], "done"
    if do == "context":
        result = {
            "request_id": request_id,
            "name": os.environ["AWS_LAMBDA_FUNCTION_NAME"],
            "version": os.environ["AWS_LAMBDA_FUNCTION_VERSION"],
            "memory": os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
            "arn": headers["Lambda-Runtime-Invoked-Function-Arn"],
            "group": os.environ["AWS_LAMBDA_LOG_GROUP_NAME"],
            "stream": os.environ["AWS_LAMBDA_LOG_STREAM_NAME"],
            "left": int(headers["Lambda-Runtime-Deadline-Ms"]) - int(time.time() * 1000),
            "custom": json.loads(headers["Lambda-Runtime-Client-Context"] or "{}").get("custom"),
            "pid": os.getpid(),
            "trace": headers["Lambda-Runtime-Trace-Id"],
        }
    elif do == "fail":
        error(request_id, "Custom", event["message"])
        continue
    elif do == "big":
        error(request_id, "Custom", "x" * event["size"])
        continue
    elif do == "nothing":
        result = None
    elif do == "text":
        result = event["text"]
    elif do == "exit":
        os._exit(event["code"])
    elif do == "signal":
        os.kill(os.getpid(), event["number"])
        time.sleep(5)
    elif do == "sleep":
        time.sleep(event["seconds"])
    elif do == "print":
        print(event["text"] + "\n", flush=True)
        print("to stderr", file=sys.stderr, flush=True)
    call("POST", f"/{request_id}/response", json.dumps(result))
"""


@dataclass(frozen=True)
class Family:
    """What differs between languages. ``files`` is the program; the others are what the same
    mistake looks like. An empty entry: the language does not have it."""

    files: dict[str, str]
    trace: str
    deep: str
    unserialisable: tuple[str, str]
    init: dict[str, tuple[str, str]]
    handlers: dict[str, tuple[str, str]] = field(default_factory=dict)


FAMILIES = {
    "python": Family(
        {"index.py": PYTHON},
        "stackTrace",
        "RecursionError",
        ("Runtime.MarshalError", "Unable to marshal response: "),
        {
            "index.handler": ("import gone\n", "Runtime.ImportModuleError"),
            "index.absent": ("x = 1\n", "Runtime.HandlerNotFound"),
            "index": ("x = 1\n", "Runtime.MalformedHandlerName"),
            "index.broken": ("def (:\n", "Runtime.UserCodeSyntaxError"),
            "index.raises": ("raise ValueError('no')\n", "ValueError"),
            "sys.exit": ("x = 1\n", "Runtime.BuiltInModuleConflict"),
        },
        {
            "pkg.mod.fn": ("pkg/mod.py", "def fn(e, c):\n    return __name__\n"),
            "pkg/mod.fn": ("pkg/mod.py", "def fn(e, c):\n    return __name__\n"),
        },
    ),
    "nodejs": Family(
        {"index.js": NODE},
        "trace",
        "RangeError",
        ("Error", "Unable to stringify response body"),
        {
            "index.handler": ("require('gone')", "Runtime.ImportModuleError"),
            "index.absent": ("exports.x = 1", "Runtime.HandlerNotFound"),
            "index": ("exports.x = 1", "Runtime.MalformedHandlerName"),
            "index.broken": ("exports.broken = {{", "Runtime.UserCodeSyntaxError"),
            "index.raises": ("throw new RangeError('no')", "RangeError"),
        },
        {
            "pkg/mod.fn": ("pkg/mod.js", "exports.fn = async () => 'pkg.mod'"),
            "pkg/mod.api.fn": ("pkg/mod.js", "exports.api = {fn: async () => 'pkg.mod'}"),
        },
    ),
    "provided": Family({"bootstrap": PROVIDED}, "stackTrace", "", ("", ""), {}),
}


def runtimes() -> list[str]:
    """Every runtime of this machine, and each Node.js that npm can bring."""
    others = [name for name, _ in other_interpreters()]
    nodes = dict.fromkeys([*installed_nodes(), *(VERSIONS if CAN else ())])
    return [RUNTIME, *others, *nodes, "provided.al2023", "provided.al2"]


def installed_nodes() -> list[str]:
    """The Node.js runtimes of this machine."""
    with tempfile.TemporaryDirectory() as folder:
        return [each.name for each in node_runtimes(Path(folder))]


def family_of(runtime: str) -> Family:
    return next(each for name, each in FAMILIES.items() if runtime.startswith(name))


def create(cloud: RunningCloud, runtime: str, files: dict[str, str], **settings: Any) -> str:
    """A function of these files; a bootstrap among them is executable."""
    return cloud.create_from(files, "bootstrap", Runtime=runtime, **settings)
