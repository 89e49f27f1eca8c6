"""What moto looks up without asking whether it is there: AWS's refusals in place of a 500.

Sources: API references of the services, section Errors (read 2026-11); the words are AWS's where
they are quoted in public (S3, DynamoDB Streams, EC2), and else ours.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any

from ..iam.requested.partiql import read_statement
from ..wire.errors import ServiceError
from .seam import when_imported
from .watchers import wrap

NO_UPLOAD = (
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have "
    "been aborted or completed."
)


def install() -> None:
    """Look first, where the services are imported."""
    when_imported("moto.dynamodbstreams.models", _table_streams)
    when_imported("moto.kinesis.models", _streams)
    when_imported("moto.s3.models", _uploads)
    when_imported("moto.ec2.models.network_acls", _network_acls)
    when_imported("moto.dynamodb.models", _statements)
    when_imported("moto.ssm.models", _parameters)


def _table_streams() -> None:
    from moto.dynamodbstreams.models import DynamoDBStreamsBackend  # noqa: PLC0415

    def get_records(original: Any, backend: Any, iterator_arn: str, limit: int) -> Any:
        if iterator_arn not in backend.shard_iterators:
            raise ServiceError("ValidationException", "Invalid ShardIterator")
        return original(backend, iterator_arn, limit)

    wrap(DynamoDBStreamsBackend, "get_records", get_records)


def _streams() -> None:
    from moto.kinesis.models import KinesisBackend  # noqa: PLC0415

    def get_records(original: Any, backend: Any, stream_arn: Any, iterator: str, limit: Any) -> Any:
        if not _is_iterator(iterator):
            raise ServiceError("InvalidArgumentException", "Invalid ShardIterator.")
        return original(backend, stream_arn, iterator, limit)

    def update_stream_mode(original: Any, backend: Any, stream_arn: str, mode: Any) -> None:
        backend.describe_stream(stream_arn, None)
        original(backend, stream_arn, mode)

    wrap(KinesisBackend, "get_records", get_records)
    wrap(KinesisBackend, "update_stream_mode", update_stream_mode)


def _is_iterator(text: str) -> bool:
    """Whether a shard iterator is one that moto gave out: a stream, a shard and a number."""
    try:
        return base64.decodebytes(text.encode()).decode().count(":") == 2
    except (binascii.Error, UnicodeDecodeError):
        return False


def _uploads() -> None:
    from moto.s3.models import S3Backend  # noqa: PLC0415

    def known(
        original: Any, backend: Any, bucket: str, upload: str, *rest: Any, **more: Any
    ) -> Any:
        if upload not in backend.get_bucket(bucket).multiparts:
            raise ServiceError("NoSuchUpload", NO_UPLOAD, 404, fields={"UploadId": upload})
        return original(backend, bucket, upload, *rest, **more)

    for name in ("upload_part", "upload_part_copy"):
        wrap(S3Backend, name, known)


def _network_acls() -> None:
    from moto.ec2.models.network_acls import NetworkAclBackend  # noqa: PLC0415

    def replace_association(original: Any, backend: Any, association_id: str, acl_id: str) -> Any:
        if not any(association_id in each._associations for each in backend.network_acls.values()):
            text = f"The association ID '{association_id}' does not exist"
            raise ServiceError("InvalidAssociationID.NotFound", text)
        backend.get_network_acl(acl_id)
        return original(backend, association_id, acl_id)

    wrap(NetworkAclBackend, "replace_network_acl_association", replace_association)


def _statements() -> None:
    from moto.dynamodb.models import DynamoDBBackend  # noqa: PLC0415

    def readable(original: Any, backend: Any, statements: list[dict[str, Any]]) -> Any:
        wrong = [not _is_statement(each["Statement"]) for each in statements]
        rest = [each for each, skipped in zip(statements, wrong, strict=True) if not skipped]
        done = iter(original(backend, rest))
        error = {"Code": "ValidationError", "Message": "Statement wasn't well formed"}
        return [{"Error": error} if skipped else next(done) for skipped in wrong]

    wrap(DynamoDBBackend, "batch_execute_statement", readable)


def _is_statement(text: str) -> bool:
    try:
        return bool(read_statement(text))
    except ServiceError:
        return False


def _parameters() -> None:
    from moto.ssm.models import SimpleSystemManagerBackend  # noqa: PLC0415

    def tagged(original: Any, backend: Any) -> Any:
        # A look at a parameter that is not there leaves an empty list under its name.
        parameters = backend._parameters
        for name in [name for name, versions in list(parameters.items()) if not versions]:
            del parameters[name]
        return original(backend)

    wrap(SimpleSystemManagerBackend, "iter_tagged_resources", tagged)
