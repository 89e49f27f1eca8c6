"""What the interpreter imports of LocalStack, without LocalStack.

The package localstack-core holds the whole program; its interpreter of the Amazon States Language
uses little of it. The modules that would bring the program's server, its packages and Java get
stand-ins here, before the interpreter is imported. Nothing of botocore is patched, nothing listens,
nothing is counted.
"""

from __future__ import annotations

import logging
import sys
import threading
from types import ModuleType, SimpleNamespace
from typing import Any

from .outlets import Outlets

_lock = threading.Lock()
_outlets: list[Outlets] = []


def prepare(outlets: Outlets) -> None:
    """Make the interpreter importable; ``outlets`` is where its executions' logs and events go."""
    with _lock:
        _outlets[:] = [outlets]
        if "localstack.services.plugins" in sys.modules:
            return
        logging.getLogger("localstack").setLevel(logging.CRITICAL)
        stand_ins: dict[str, dict[str, Any]] = {
            "rolo": {},
            "rolo.gateway": {"RequestContext": _RequestContext},
            "localstack.http": {"Request": object, "Response": object},
            "localstack.services.plugins": {"ServiceLifecycleHook": type("Hook", (), {})},
            "localstack.state": {"StateVisitor": object},
            "localstack.aws.connect": {
                "connect_to": _connect,
                "InternalRequestParameters": dict,
            },
            "localstack.utils.analytics": {},
            "localstack.utils.analytics.metrics": {
                "Counter": _Counter,
                "LabeledCounter": _Counter,
            },
            "localstack.services.stepfunctions.packages": {"jpype_jsonata_package": None},
            "jpype": {},
            "jpype.imports": {},
        }
        for name, members in stand_ins.items():
            module: Any = ModuleType(name)
            module.__dict__.update(members)
            module.__path__ = []
            sys.modules[name] = module


class _RequestContext:
    """A request, as far as the interpreter looks at it."""

    def __init__(self, request: Any = None) -> None:
        self.request = request


class _Counter:
    """Counts nothing."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def labels(self, **_: Any) -> _Counter:
        return self

    def increment(self, *_: Any, **__: Any) -> None:
        pass


def _connect(*_: Any, region_name: str, **__: Any) -> Any:
    """The clients that executions use on their own behalf."""
    return SimpleNamespace(logs=_LogsClient(region_name), events=_EventsClient(region_name))


class _LogsClient:
    """CreateLogStream and PutLogEvents of the service that delivers logs."""

    def __init__(self, region: str) -> None:
        self._region = region

    def create_log_stream(self, **given: str) -> None:
        """Refuses a group that is not there, as CloudWatch Logs does."""
        from botocore.exceptions import ClientError  # noqa: PLC0415 - rarely needed

        if not _outlets[0].has_group(self._region, given["logGroupName"]):
            error = {
                "Code": "ResourceNotFoundException",
                "Message": "The specified log group does not exist.",
            }
            raise ClientError({"Error": error}, "CreateLogStream")

    def put_log_events(self, **given: Any) -> None:
        """Write events."""
        for event in given["logEvents"]:
            _outlets[0].log(
                self._region,
                given["logGroupName"],
                given["logStreamName"],
                event["timestamp"],
                event["message"],
            )


class _EventsClient:
    """PutEvents of Step Functions itself."""

    def __init__(self, region: str) -> None:
        self._region = region

    def put_events(self, **given: Any) -> None:
        """Put events on the default bus."""
        for entry in given["Entries"]:
            _outlets[0].put_event(self._region, entry)
