"""The user that a function runs as.

Number and name as public code that runs on Lambda reports them: user id 993, ``sbx_user1051``,
whose home does not exist (several repositories on GitHub, 2020 to 2026). The group's number is
ours: AWS does not document it.
"""

from __future__ import annotations

# Where an extension listens for telemetry: Lambda Developer Guide, "Telemetry API reference" (read
# 2026-11).
OWN_HOSTS = "127.0.0.1 sandbox.localdomain sandbox\n"
UID, GID = 993, 990
NAME = "sbx_user1051"


def hosts() -> str:
    """``/etc/hosts``: this machine's, and the environment's own name."""
    try:
        with open("/etc/hosts") as file:
            return f"{file.read().rstrip()}\n{OWN_HOSTS}"
    except OSError:
        return f"127.0.0.1 localhost\n{OWN_HOSTS}"


USER_FILES = {
    "passwd": "root:x:0:0:root:/root:/bin/bash\n"
    f"{NAME}:x:{UID}:{GID}::/home/{NAME}:/sbin/nologin\n"
    "nobody:x:65534:65534:nobody:/nonexistent:/sbin/nologin\n",
    "hosts": hosts(),
    "group": f"root:x:0:\n{NAME}:x:{GID}:\nnogroup:x:65534:\n",
}
