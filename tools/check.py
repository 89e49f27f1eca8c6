"""Run the project's checks, all of them, and say at the end what failed.

``python tools/check.py`` runs what ``make test`` promises; ``tools/check.py mypy pytest`` chooses.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from jupyter_dirs import ROOT, isolated

CHECKS = {
    "ruff": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "mypy": ["mypy"],
    "mypy-tools": ["mypy", "tools", "tests_browser"],
    "pytest": ["pytest"],
}
ON_REQUEST = {"browser": ["pytest", "tests_browser"]}


def hermetic(state: Path) -> dict[str, str]:
    """Return an environment in which no check reaches a real account or a learner's own files.

    Credentials, profiles and the course's own switches are left out; what is written goes below
    ``state``.
    """
    kept = {
        name: value
        for name, value in isolated(state).items()
        if not name.startswith(("AWS_", "COURSE_")) or name == "AWS_CA_BUNDLE"
    }
    return kept | {
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "COURSE_STATE_DIR": str(state),
    }


def run(name: str, arguments: list[str], environment: dict[str, str]) -> bool:
    """Run one check, print how long it took, and tell whether it passed."""
    print(f"── {name}", flush=True)
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", *arguments], cwd=ROOT, env=environment, check=False
    )
    verdict = "passed" if done.returncode == 0 else f"FAILED (exit status {done.returncode})"
    print(f"── {name} {verdict} in {time.monotonic() - started:.1f} s\n", flush=True)
    return done.returncode == 0


def main() -> int:
    """Command line: run the named checks, or all. Returns 1 when one failed."""
    known = CHECKS | ON_REQUEST
    parser = argparse.ArgumentParser(prog="check.py", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="CHECK", help=", ".join(known))
    names = parser.parse_args().names or list(CHECKS)
    unknown = sorted(set(names) - set(known))
    if unknown:
        parser.error(f"no check is called {', '.join(unknown)}; there are {', '.join(known)}")
    with tempfile.TemporaryDirectory(prefix="course-checks-") as state:
        environment = hermetic(Path(state))
        failed = [name for name in names if not run(name, known[name], environment)]
    print(f"FAILED: {', '.join(failed)}" if failed else "All checks passed.", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
