"""S3's conditional writes: of several puts of one key at the same time, one finds it free.

moto looks whether an object is there, and writes some lines later; another thread may write in
between. Here a key's puts wait for each other. Not done: CompleteMultipartUpload and copies with a
condition.

Source: Amazon S3 User Guide, "Add preconditions to S3 operations with conditional requests" (read
2026-11): with If-None-Match the first write to finish succeeds, and later ones get 412.
"""

from __future__ import annotations

import threading
from typing import Any

from .seam import replace

# Keys share locks: enough that two keys seldom meet, and no lock for each key ever seen.
_LOCKS = [threading.Lock() for _ in range(256)]


def install() -> None:
    """Let the puts of one key run one after the other."""
    from moto.s3.responses import S3Response  # noqa: PLC0415 - moto loads late

    def make_put(known: Any) -> Any:
        def put_object(self: Any) -> Any:
            place = hash((self.bucket_name, self.parse_key_name())) % len(_LOCKS)
            with _LOCKS[place]:
                return known(self)

        return put_object

    replace(S3Response, "put_object", make_put)
