"""The seam to moto: the one room that touches moto's private names.

Every AWS service but Lambda, X-Ray and the network is moto's (https://github.com/getmoto/moto).
What is used here of its inside is held by contract tests, so that an upgrade that moves it is
seen.
"""

from __future__ import annotations

from ..http import Request, Response
from ..log_stream import LogEvent
from ..signature import Credential
from . import identity, logs, objects
from .application import ACCOUNT_ID, Application
from .queues import Queues, QueueState
from .streams import ShardState, Streams

__all__ = ["ACCOUNT_ID", "Services"]


class Services:
    """moto's services: over HTTP, and the few things that the engine asks of them directly.

    Every method waits until moto is loaded, and may be called on any thread.
    """

    def __init__(self) -> None:
        self.application = Application()
        self.queues = Queues()
        self.streams = Streams()
        self._logs = logs.Logs()

    def load(self, endpoint: str) -> None:
        """Import moto and make its application. Takes about a second; safe on any thread."""
        self.application.load(endpoint, prepare=self._prepare)

    def _prepare(self) -> None:
        self.queues.install()
        self.streams.install()

    def answer(self, request: Request, host: str) -> Response:
        """Let moto answer a request. Called on worker threads."""
        return self.application.answer(request, host)

    def credential(self, access_key_id: str) -> Credential | None:
        """The credential behind an access key that IAM or STS gave out, or None."""
        self.application.wait()
        return identity.credential(access_key_id)

    def role_credentials(self, role_arn: str, session_name: str, region: str) -> dict[str, str]:
        """Temporary credentials of a role, as environment variables."""
        self.application.wait()
        return identity.role_credentials(role_arn, session_name, region)

    def trusts_lambda(self, role_arn: str) -> bool:
        """Whether a role exists and lets Lambda assume it."""
        self.application.wait()
        return identity.trusts(role_arn, "lambda.amazonaws.com")

    def role_allows(self, role_arn: str, action: str, resource: str) -> bool:
        """Whether a role's policies allow an action, such as ``sqs:SendMessage``, on an ARN."""
        self.application.wait()
        return identity.role_allows(role_arn, action, resource)

    def write_logs(self, region: str, group: str, stream: str, events: list[LogEvent]) -> None:
        """Put events into CloudWatch Logs; group and stream are made when first written to."""
        self.application.wait()
        self._logs.write(region, group, stream, events)

    def queue_state(self, region: str, name: str) -> QueueState | None:
        """What a look at an SQS queue shows; None when there is no such queue."""
        self.application.wait()
        return self.queues.look(region, name)

    def stream_shards(self, arn: str) -> list[ShardState] | None:
        """The shards of a Kinesis or DynamoDB stream; None when there is no such stream."""
        self.application.wait()
        return self.streams.look(arn)

    def s3_object(self, bucket: str, key: str, version: str | None) -> bytes:
        """An object's bytes. Raises `ServiceError` in Lambda's words when it is not there."""
        self.application.wait()
        return objects.read(bucket, key, version)
