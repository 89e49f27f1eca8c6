"""The threads on which moto, X-Ray and CloudWatch Logs answer: some for each service.

A service that is slow, or whose calls wait for long, so holds up no other. Calls that wait by
their nature (long polling, synchronous executions) hold up no other of their own service either.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from .http import Request

THREADS = 32
WAITING_THREADS = 256
WAITING = {"sqs": "ReceiveMessage", "states": "StartSyncExecution"}


class Workers:
    """Pools of threads, made when they are needed. Lives on the event loop."""

    def __init__(self) -> None:
        self._pools: dict[str, ThreadPoolExecutor] = {}

    def of(self, service: str, request: Request | None = None) -> ThreadPoolExecutor:
        """The threads for a call to a service."""
        name, threads = service, THREADS
        if request is not None and waits(service, request):
            name, threads = f"{service}-waiting", WAITING_THREADS
        pool = self._pools.get(name)
        if pool is None:
            pool = self._pools[name] = ThreadPoolExecutor(threads, name)
        return pool

    def close(self) -> None:
        """Let go of the threads."""
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)


def waits(service: str, request: Request) -> bool:
    """Whether a call may wait for long, by its nature."""
    operation = WAITING.get(service)
    if operation is None:
        return False
    target, action = request.header("x-amz-target"), f"Action={operation}"
    in_query = action in request.query
    return target.endswith(f".{operation}") or in_query or action.encode() in request.body
