"""A test double of Lambda: its control plane, and REPORT lines from a seeded random model.

It stands in for the cloud in tests of the measuring code; nothing of the course uses it.
"""

from __future__ import annotations

import base64
import io
import json
import math
import random
import threading
import time
import uuid
from types import SimpleNamespace

from botocore.exceptions import ClientError

ONE_VCPU_MB = 1769


class ResourceNotFoundException(ClientError):
    pass


def refusal(code, message, operation="Invoke", kind=ClientError):
    return kind({"Error": {"Code": code, "Message": message}}, operation)


class FakeLambda:
    """One function, with execution environments, a configuration and versions.

    Args:
        seed: of the random model.
        work_ms: CPU time of an invocation at one vCPU.
        noise: relative scatter of a duration.
        json_logs: whether REPORT lines come in the JSON format.
        slow_s: real seconds that an invocation takes, so that parallel ones overlap.
        header: value of Server-Timing by duration, or None.
    """

    def __init__(
        self, *, seed=1, work_ms=20.0, noise=0.02, json_logs=False, slow_s=0.0, header=None
    ):
        self.random = random.Random(seed)
        self.work_ms, self.noise = work_ms, noise
        self.json_logs, self.slow_s, self.header = json_logs, slow_s, header
        self.configuration = {
            "FunctionName": "primes",
            "FunctionArn": "arn:aws:lambda:us-east-1:123456789012:function:primes",
            "MemorySize": 640,
            "Timeout": 3,
            "Runtime": "python3.12",
            "Architectures": ["x86_64"],
            "Handler": "lambda_function.lambda_handler",
            "Environment": {"Variables": {"MODE": "fast"}},
            "State": "Active",
            "LastUpdateStatus": "Successful",
        }
        self.meta = SimpleNamespace(region_name="us-east-1")
        self.exceptions = SimpleNamespace(ResourceNotFoundException=ResourceNotFoundException)
        self.calls = []
        self.events = []
        self.versions, self.aliases = [], {}
        self.errors = {}  # memory size: the answer of a failing invocation, or an exception
        self.other_functions = {}
        self.interrupt = lambda number, name: None
        self._idle, self._generation = 0, 0
        self._lock = threading.Lock()

    def _called(self, name):
        with self._lock:
            self.calls.append(name)
            number = len(self.calls)
        self.interrupt(number, name)

    def get_function_configuration(self, FunctionName):
        self._called("get_function_configuration")
        return json.loads(json.dumps(self.configuration))

    def update_function_configuration(self, FunctionName, **changes):
        self._called("update_function_configuration")
        size = changes.get("MemorySize", 128)
        if size in self.errors and isinstance(self.errors[size], ClientError):
            raise self.errors[size]
        with self._lock:
            self.configuration.update(changes)
            self._idle, self._generation = 0, self._generation + 1
        self._called("update_function_configuration took effect")
        return self.configuration

    def get_waiter(self, name):
        fake = self

        class Waiter:
            def wait(self, FunctionName, WaiterConfig):
                fake._called("wait")

        return Waiter()

    def publish_version(self, FunctionName):
        self._called("publish_version")
        self.versions.append(dict(self.configuration))
        return {"Version": str(len(self.versions))}

    def update_alias(self, FunctionName, Name, FunctionVersion):
        self._called("update_alias")
        if Name not in self.aliases:
            raise refusal(
                "ResourceNotFoundException", "none", "UpdateAlias", ResourceNotFoundException
            )
        self.aliases[Name] = FunctionVersion

    def create_alias(self, FunctionName, Name, FunctionVersion):
        self._called("create_alias")
        self.aliases[Name] = FunctionVersion

    def invoke(self, FunctionName, Payload, **_):
        self._called("invoke")
        event = json.loads(Payload)
        if FunctionName in self.other_functions:
            return self._answer(self.other_functions[FunctionName](event), "", None)
        with self._lock:
            memory, generation = self.configuration["MemorySize"], self._generation
            cold = self._idle == 0
            self._idle = max(0, self._idle - 1)
            self.events.append(event)
            scatter = math.exp(self.random.gauss(0, self.noise))
            init = self.random.uniform(80, 120) if cold else None
        time.sleep(self.slow_s)
        with self._lock:
            if generation == self._generation:
                self._idle += 1
        duration = self.work_ms * scatter / min(1.0, memory / ONE_VCPU_MB)
        failing = self.errors.get(memory)
        error = None
        if callable(failing):
            failing = failing()
        if failing is not None:
            error, status = failing, failing.get("status", "error")
        else:
            status = None
        return self._answer(
            error["payload"] if error else {"primes": 1},
            self._log(memory, duration, init, status),
            "Unhandled" if error else None,
            self.header(duration) if self.header else None,
        )

    def _log(self, memory, duration, init, status):
        billed = math.ceil(round(duration + (init or 0), 3))
        request = str(uuid.UUID(int=self.random.getrandbits(128)))
        if self.json_logs:
            metrics = {
                "durationMs": round(duration, 3),
                "billedDurationMs": billed,
                "memorySizeMB": memory,
                "maxMemoryUsedMB": 60,
            }
            if init:
                metrics["initDurationMs"] = round(init, 3)
            record = {"requestId": request, "metrics": metrics, "status": status or "success"}
            return json.dumps({"time": "t", "type": "platform.report", "record": record}) + "\n"
        line = (
            f"END RequestId: {request}\nREPORT RequestId: {request}\tDuration: {duration:.2f} ms\t"
            f"Billed Duration: {billed} ms\tMemory Size: {memory} MB\tMax Memory Used: 60 MB\t"
        )
        if init:
            line += f"Init Duration: {init:.2f} ms\t"
        if status:
            line += f"Status: {status}\t"
        return line + "\n"

    def _answer(self, payload, log, error, header=None):
        response = {
            "StatusCode": 200,
            "Payload": io.BytesIO(json.dumps(payload).encode()),
            "ExecutedVersion": "$LATEST",
            "ResponseMetadata": {"RequestId": "r", "HTTPHeaders": {}},
        }
        if log:
            response["LogResult"] = base64.b64encode(log.encode()).decode()
        if error:
            response["FunctionError"] = error
        if header:
            response["ResponseMetadata"]["HTTPHeaders"]["server-timing"] = header
        return response


TIMEOUT = {
    "status": "timeout",
    "payload": {"errorType": "Sandbox.Timedout", "errorMessage": "Task timed out after 3.00 s"},
}
CRASH = {"payload": {"errorType": "Runtime.ExitError", "errorMessage": "signal: killed"}}
OWN_ERROR = {"payload": {"errorType": "HandledError", "errorMessage": "as it should"}}
