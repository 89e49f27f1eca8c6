"""The user that a function runs as.

Number and name as public code that runs on Lambda reports them: user id 993, ``sbx_user1051``,
whose home does not exist (several repositories on GitHub, 2020 to 2026). The group's number is
ours: AWS does not document it.
"""

from __future__ import annotations

UID, GID = 993, 990
NAME = "sbx_user1051"

USER_FILES = {
    "passwd": "root:x:0:0:root:/root:/bin/bash\n"
    f"{NAME}:x:{UID}:{GID}::/home/{NAME}:/sbin/nologin\n"
    "nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\n",
    "group": f"root:x:0:\n{NAME}:x:{GID}:\nnogroup:x:65534:\n",
}
