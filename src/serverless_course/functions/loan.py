"""A function's configuration on loan: changed for measuring, given back whatever happens."""

from __future__ import annotations

import time
from collections.abc import Callable
from types import TracebackType
from typing import Any

from botocore.exceptions import ClientError

from serverless_course.aws.embedded import EmbeddedCloudError
from serverless_course.functions.patience import code_of, patiently, wait_until_ready

ATTEMPTS = 8
COLD_START_VARIABLE = "COURSE_COLD_START"


class NotRestored(RuntimeError):
    """The function could not be given its own memory size back; the message says how to."""


class Loan:
    """A function's memory and environment variables, borrowed inside a ``with`` block.

    Only ``$LATEST`` is changed and no version is published, so none is left behind. On the way
    out the own values are written back and read again to be sure, also after Ctrl-C.

    Args:
        client: a boto3 Lambda client.
        name: FunctionName or ARN.
        sleep: how to wait.
    """

    def __init__(
        self, client: Any, name: str, *, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._client = client
        self._name = name
        self._sleep = sleep
        self._renewals = 0
        self._touched = False
        self.configuration: dict[str, Any] = patiently(
            lambda: client.get_function_configuration(FunctionName=name), sleep=sleep
        )
        self.own_memory = int(self.configuration["MemorySize"])
        self._own_variables = _variables(self.configuration)
        self._memory_after = self.own_memory

    def __enter__(self) -> Loan:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        # With the cloud, the function is gone: nothing is left to be given back.
        if not isinstance(error, EmbeddedCloudError):
            self._give_back()

    def set_memory(self, memory_mb: int) -> None:
        """Give the function another memory size, in MB, and wait until it holds."""
        self._update(MemorySize=memory_mb)

    def renew(self) -> None:
        """Make the next invocation start in a new execution environment.

        A changed environment variable does that: Lambda never reuses an execution environment of
        an older configuration.

        Raises:
            PermissionError: the function's variables cannot be read, so they could not be given
                back.
        """
        if "Error" in self.configuration.get("Environment", {}):
            raise PermissionError(
                f"The environment variables of {self._name} cannot be read with these "
                "permissions, so a cold start cannot be forced safely. Measure warm instead."
            )
        self._renewals += 1
        count = str(self._renewals)
        self._update(Environment={"Variables": {**self._own_variables, COLD_START_VARIABLE: count}})

    def keep(self, memory_mb: int) -> None:
        """Leave the function with this memory size instead of its own at the end."""
        self._touched = True
        self._memory_after = memory_mb

    def _update(self, **changes: Any) -> None:
        # Said before the call: an interrupted call may have had its effect.
        self._touched = True
        patiently(
            lambda: self._client.update_function_configuration(FunctionName=self._name, **changes),
            sleep=self._sleep,
        )
        wait_until_ready(self._client, self._name)

    def _give_back(self) -> None:
        if not self._touched:
            return
        interrupt: BaseException | None = None
        last: BaseException | None = None
        for _ in range(ATTEMPTS):
            try:
                if self._is_back():
                    break
                self._update(MemorySize=self._memory_after, **self._own_environment())
            except EmbeddedCloudError:
                raise
            except Exception as error:
                last = error
                self._sleep(0.2)
            except BaseException as error:
                # A second Ctrl-C must not leave the function changed: finish first, then stop.
                last = interrupt = error
        else:
            raise NotRestored(
                f"The function {self._name} could not be given its {self._memory_after} MB back. "
                f'Run client.update_function_configuration(FunctionName="{self._name}", '
                f"MemorySize={self._memory_after}) to do it. The last try failed with: {last}"
            ) from last
        if interrupt is not None:
            raise interrupt

    def _own_environment(self) -> dict[str, Any]:
        # Not written unless changed: variables that may not be read must not be emptied.
        return {"Environment": {"Variables": self._own_variables}} if self._renewals else {}

    def _is_back(self) -> bool:
        try:
            wait_until_ready(self._client, self._name)
            now = self._client.get_function_configuration(FunctionName=self._name)
        except ClientError as error:
            # A function that somebody deleted meanwhile has nothing to be given back.
            if code_of(error) == "ResourceNotFoundException":
                return True
            raise
        return (now["MemorySize"], _variables(now)) == (self._memory_after, self._own_variables)


def _variables(configuration: dict[str, Any]) -> dict[str, str]:
    return dict(configuration.get("Environment", {}).get("Variables", {}))
