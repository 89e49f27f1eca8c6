"""ListMultipartUploads: uploads in parts that are not complete, in pages.

moto tells the same day for each, and leaves markers, sizes of pages and delimiters out.

Source: Amazon S3 API Reference, ListMultipartUploads (read 2026-11): in the order of keys, those of
one key in the order in which they began; 1,000 in a page at most.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from ..iam.account import ACCOUNT_ID
from ..wire.errors import ServiceError
from .seam import replace
from .watchers import wrap

MOST = 1000
NO_NUMBER = "Provided max-uploads not an integer or within integer range"
OWNER = {"ID": ACCOUNT_ID, "DisplayName": "owner"}


def install() -> None:
    """Note when an upload began, and list uploads in pages."""
    from moto.core.responses import ActionResult  # noqa: PLC0415 - moto loads late
    from moto.s3.models import FakeMultipart  # noqa: PLC0415
    from moto.s3.responses import S3Response  # noqa: PLC0415

    def begin(original: Any, upload: Any, *given: Any, **named: Any) -> None:
        original(upload, *given, **named)
        upload.began_at = time.time()

    def make_list(_: Any) -> Any:
        def list_multipart_uploads(self: Any) -> Any:
            uploads = self.backend.list_multipart_uploads(self.bucket_name).values()
            given = {name: values[0] for name, values in self.querystring.items() if values}
            self.data["Action"] = "ListMultipartUploads"
            found = page(self.bucket_name, list(uploads), given)
            return self.serialized(ActionResult(found))

        return list_multipart_uploads

    wrap(FakeMultipart, "__init__", begin)
    replace(S3Response, "list_multipart_uploads", make_list)


def page(bucket: str, uploads: list[Any], given: Mapping[str, str]) -> dict[str, Any]:
    """One page of a bucket's uploads, in the shape of botocore's model.

    ``given`` are the request's parameters, by their names in its address. Raises `ServiceError`.
    """
    prefix, delimiter = given.get("prefix", ""), given.get("delimiter", "")
    after, after_id = given.get("key-marker", ""), given.get("upload-id-marker", "")
    most = _most(given.get("max-uploads"))
    encode = quote if given.get("encoding-type") == "url" else str
    shown: list[dict[str, Any]] = []
    prefixes: list[str] = []
    last = ("", "")
    truncated = False
    for upload in _following(uploads, after, after_id):
        key = upload.key_name
        if not key.startswith(prefix):
            continue
        head, found, _ = key[len(prefix) :].partition(delimiter) if delimiter else ("", "", "")
        folder = prefix + head + found if found else ""
        if folder and (folder in prefixes or (after and after.startswith(folder))):
            continue
        if len(shown) + len(prefixes) == most:
            truncated = True
            break
        if folder:
            prefixes.append(folder)
            last = (folder, "")
        else:
            shown.append(_shown(upload, encode(key)))
            last = (key, upload.id)
    answer: dict[str, Any] = {
        "Bucket": bucket,
        "KeyMarker": encode(after),
        "UploadIdMarker": after_id,
        "MaxUploads": most,
        "IsTruncated": truncated,
        "Uploads": shown,
        "CommonPrefixes": [{"Prefix": encode(each)} for each in prefixes],
    }
    for name, value in (("Prefix", encode(prefix)), ("Delimiter", encode(delimiter))):
        if value:
            answer[name] = value
    if given.get("encoding-type"):
        answer["EncodingType"] = given["encoding-type"]
    if truncated:
        answer |= {"NextKeyMarker": encode(last[0]), "NextUploadIdMarker": last[1]}
    return answer


def _most(given: str | None) -> int:
    if given is None:
        return MOST
    if not given.isdecimal() or not 0 < int(given) < 2**31:
        raise ServiceError("InvalidArgument", NO_NUMBER)
    return min(int(given), MOST)


def _following(uploads: list[Any], key: str, upload_id: str) -> list[Any]:
    """The uploads after a marker, in their order; a key alone leaves its own uploads out."""
    ordered = sorted(uploads, key=lambda each: (each.key_name, each.began_at))
    places = [place for place, each in enumerate(ordered) if each.key_name <= key]
    for place in places:
        if ordered[place].key_name == key and ordered[place].id == upload_id:
            return ordered[place + 1 :]
    return ordered[len(places) :]


def _shown(upload: Any, key: str) -> dict[str, Any]:
    return {
        "Key": key,
        "UploadId": upload.id,
        "Initiator": OWNER,
        "Owner": OWNER,
        "StorageClass": upload.storage or "STANDARD",
        "Initiated": datetime.fromtimestamp(upload.began_at, UTC),
        "ChecksumAlgorithm": upload.metadata.get("x-amz-checksum-algorithm"),
        "ChecksumType": upload.metadata.get("x-amz-checksum-type"),
    }
