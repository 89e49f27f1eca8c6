"""Ask an interpreter of this machine what it is."""

from __future__ import annotations

import subprocess

PROBE_LIMIT_S = 5.0


def answer_of(command: list[str]) -> str | None:
    """What a program prints, without blanks around it; None when it fails or takes too long.

    It runs without any variable, so that nothing of the learner's settings changes the answer.
    """
    try:
        done = subprocess.run(
            command,
            env={},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PROBE_LIMIT_S,
            check=True,
            text=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
